import { vitalCourses } from "./figure-tables.js";
import type { FigureField, VitalCourse, VitalField } from "./figures.js";
import {
  type ActivityMetric,
  activityMetrics,
  type BatteryRecord,
  type BloodPressureRecord,
  type CourseRecord,
  type CycleRecord,
  type DeviceRecord,
  type Domain,
  type ElectrocardiogramRecord,
  type GlucoseRecord,
  type GoalRecord,
  type LocalDate,
  type NightBreathing,
  type NightHypnogram,
  type NutritionRecord,
  type OffsetRecord,
  type OxygenRecord,
  type PulseRecord,
  type Resolution,
  type RhythmAlertRecord,
  resolutions,
  type SampleSeries,
  type ScoreKind,
  type ScoreRecord,
  type Sex,
  type SleepMetric,
  type SleepRecord,
  scoreKinds,
  sleepMetrics,
  type TemperatureRecord,
  type VitalRecord,
  type Vo2MaxTestRecord,
  type WakingDay,
  type WeighingRecord,
  type WorkoutMetric,
  type WorkoutRecord,
  workoutMetrics,
  type ZoneBounds,
  type ZoneEnergy,
  type ZoneMinutes,
} from "./records.js";

/** The figures of a day. Units: m, kcal, beats per minute, ms and minutes. */
type FigureValues = { [F in FigureField]: number };
/** Vitals of a day, each in the unit of its row. */
type VitalValues = { [F in VitalField]: VitalRecord };
/** As recorded through the night that ended on the day, from its first sample. */
type VitalCourseValues = { [V in VitalCourse as `vitals.course:${V}`]: SampleSeries };
/** Scores of a day, one field for each kind: providers give them in calls of their own. */
type ScoreValues = { [K in ScoreKind as `scores.${K}`]: readonly ScoreRecord[] };
/** Courses of nights and workouts, as recorded. */
type CourseValues = { [M in SleepMetric as `sleep.course:${M}`]: readonly CourseRecord[] } & {
  [M in WorkoutMetric as `workouts.course:${M}`]: readonly CourseRecord[];
};

/**
 * Every field that a provider can be asked for, with the type of its value. A *cell* is the value of one field for one
 * connection and, if the field is dated, one local day. A list (sleep, workouts, weighings) is one cell a day.
 */
export interface FieldValues extends FigureValues, VitalValues, VitalCourseValues, ScoreValues, CourseValues {
  "profile.displayName": string;
  "profile.givenName": string;
  "profile.familyName": string;
  "profile.email": string;
  "profile.dateOfBirth": LocalDate;
  /** Whole years, as the provider gives them. Only for providers that hide the date of birth. */
  "profile.age": number;
  "profile.sex": Sex;
  /** m */
  "profile.height": number;
  /** kg */
  "profile.weight": number;
  "profile.avatarUrl": string;
  /** IANA name. */
  "profile.timeZone": string;
  "profile.utcOffsetSeconds": number;
  "profile.locale": string;
  "profile.memberSince": LocalDate;

  /**
   * The offsets from UTC around a day, by its activity records and its sleeps. Only for providers whose samples are in
   * UTC and that name no zone: calls need them to tell of which day a sample is. They are not part of the API.
   */
  "activity.offsets": readonly OffsetRecord[];
  "sleep.offsets": readonly OffsetRecord[];
  /**
   * IANA name of the zone in which the provider counts the day, for providers whose samples are in UTC without an offset.
   * A traveller's differs from the zone of the profile. Nobody selects it: calls need it.
   */
  "activity.timeZone": string;

  /** The parts of a day from which its figures are derived, for providers that count from sleep to sleep. */
  "activity.cycles": readonly CycleRecord[];

  "heart.zones.bounds": readonly ZoneBounds[];
  "heart.zones.minutes": readonly ZoneMinutes[];
  "heart.zones.energyBurned": readonly ZoneEnergy[];

  "sleep.sessions": readonly SleepRecord[];
  /** Only for providers that give the stages in calls of their own. Otherwise the sessions contain them. */
  "sleep.hypnograms": readonly NightHypnogram[];
  /** Only for providers that give it in a call of its own. Otherwise the sessions contain it. */
  "sleep.breathing": readonly NightBreathing[];
  /** The main sleeps that ended on the day, the day before or the day after. Nobody selects it: calls need it. */
  "sleep.wakingDays": readonly WakingDay[];
  /** Time and weight of each weighing of the day. */
  "body.weight": readonly WeighingRecord[];
  "body.bodyMassIndex": readonly WeighingRecord[];
  "body.fatPercentage": readonly WeighingRecord[];
  /** Masses, visceral fat and basal energy, for scales that measure them. */
  "body.composition": readonly WeighingRecord[];
  "workouts.workouts": readonly WorkoutRecord[];

  "readings.bloodPressures": readonly BloodPressureRecord[];
  "readings.bloodGlucose": readonly GlucoseRecord[];
  /** A sensor's course through the day, in mmol/L. */
  "readings.glucoseCourse": SampleSeries;
  "readings.vo2MaxTests": readonly Vo2MaxTestRecord[];
  /** Two parts of the tests, for providers that give runs in a call of their own: the tests are derived from them. */
  "readings.vo2MaxRuns": readonly Vo2MaxTestRecord[];
  "readings.vo2MaxOthers": readonly Vo2MaxTestRecord[];
  "readings.pulses": readonly PulseRecord[];
  "readings.temperatures": readonly TemperatureRecord[];
  "readings.oxygenSaturations": readonly OxygenRecord[];
  "readings.electrocardiograms": readonly ElectrocardiogramRecord[];
  "readings.rhythmAlerts": readonly RhythmAlertRecord[];

  /** What was eaten, and what was drunk: providers log them apart. */
  "nutrition.foods": readonly NutritionRecord[];
  "nutrition.drinks": readonly NutritionRecord[];

  "devices.devices": readonly DeviceRecord[];
  /** Only for providers that give it in a call of its own, which the call of the devices then needs. */
  "devices.batteries": readonly BatteryRecord[];

  /**
   * Goals of the day or week, of weight, of body fat, of sleep, of food and of water. Providers keep these apart, so
   * they are fields of their own.
   */
  "goals.daily": readonly GoalRecord[];
  "goals.weekly": readonly GoalRecord[];
  "goals.weight": readonly GoalRecord[];
  "goals.bodyFat": readonly GoalRecord[];
  "goals.sleep": readonly GoalRecord[];
  "goals.energyConsumed": readonly GoalRecord[];
  "goals.water": readonly GoalRecord[];
}

export type ActivitySamplesField = `activity.samples:${ActivityMetric}:${Resolution}`;
export type HeartSamplesField = `heart.samples:${Resolution}`;
export type SamplesField = ActivitySamplesField | HeartSamplesField;
export type PlainField = keyof FieldValues;
export type Field = PlainField | SamplesField;
export type ValueOf<F extends Field> = F extends PlainField
  ? FieldValues[F]
  : F extends SamplesField
    ? SampleSeries
    : never;
export type FieldValue = ValueOf<Field>;

const domainByPrefix: Readonly<Record<string, Domain>> = {
  profile: "PROFILE",
  activity: "ACTIVITY",
  heart: "HEART",
  sleep: "SLEEP",
  body: "BODY",
  workouts: "WORKOUTS",
  vitals: "VITALS",
  readings: "READINGS",
  scores: "SCORES",
  nutrition: "NUTRITION",
  devices: "DEVICES",
  goals: "GOALS",
};

/** Each field is taken apart once: these questions are asked for every cell. */
function remembered<T>(find: (field: Field) => T): (field: Field) => T {
  const found = new Map<Field, T>();
  return (field) => {
    let answer = found.get(field);
    if (answer === undefined) {
      answer = find(field);
      // Fields of other releases come from the store, in any number.
      if (found.size < MAX_REMEMBERED_FIELDS) found.set(field, answer);
    }
    return answer;
  };
}
const MAX_REMEMBERED_FIELDS = 1_000;

export const domainOf: (field: Field) => Domain = remembered(
  (field) => domainByPrefix[field.slice(0, field.indexOf("."))]!,
);

const undatedDomains: ReadonlySet<Domain> = new Set(["PROFILE", "DEVICES", "GOALS"]);

/** Whether the field has one cell for each day (true) or one cell in all (false). */
export function isDated(field: Field): boolean {
  return isDatedDomain(domainOf(field));
}

export function isDatedDomain(domain: Domain): boolean {
  return !undatedDomains.has(domain);
}

const hasSamples = remembered((field) => field.includes(".samples:"));

export function isSamples(field: Field): field is SamplesField {
  return hasSamples(field);
}

const listFields: ReadonlySet<Field> = new Set<Field>([
  "activity.cycles",
  "sleep.wakingDays",
  "activity.offsets",
  "sleep.offsets",
  "sleep.sessions",
  "sleep.hypnograms",
  "sleep.breathing",
  ...sleepMetrics.map((metric) => `sleep.course:${metric}` as const),
  "body.weight",
  "body.bodyMassIndex",
  "body.fatPercentage",
  "body.composition",
  "workouts.workouts",
  ...workoutMetrics.map((metric) => `workouts.course:${metric}` as const),
  "readings.bloodPressures",
  "readings.bloodGlucose",
  "readings.vo2MaxTests",
  "readings.vo2MaxRuns",
  "readings.vo2MaxOthers",
  "readings.pulses",
  "readings.temperatures",
  "readings.oxygenSaturations",
  "readings.electrocardiograms",
  "readings.rhythmAlerts",
  ...scoreKinds.map((kind) => `scores.${kind}` as const),
  "nutrition.foods",
  "nutrition.drinks",
  "devices.devices",
  "devices.batteries",
  "goals.daily",
  "goals.weekly",
  "goals.weight",
  "goals.bodyFat",
  "goals.sleep",
  "goals.energyConsumed",
  "goals.water",
]);

const callFields: ReadonlySet<Field> = new Set<Field>([
  "activity.offsets",
  "activity.timeZone",
  "sleep.offsets",
  "devices.batteries",
  "activity.cycles",
  "sleep.wakingDays",
]);

/** Whether only calls or derivations need the field: the API has nothing of its name. */
export function isForCalls(field: Field): boolean {
  return callFields.has(field);
}

/** Whether the field is a list of records. A day without a record then has an empty list, not an absent value. */
export function isList(field: Field): boolean {
  return listFields.has(field);
}

/**
 * Fields that a consent is asked for only by the name of a domain, or by an operation that reads them: single readings,
 * and what somebody eats and drinks. A goal of food needs the same scope as food.
 */
export function isAskedByName(field: Field): boolean {
  const domain = domainOf(field);
  return domain === "READINGS" || domain === "NUTRITION" || field === "goals.energyConsumed" || field === "goals.water";
}

export type CourseField = `vitals.course:${VitalCourse}` | "readings.glucoseCourse";

/** Fields whose value is one series as recorded, which is answered at any resolution. */
const courses: ReadonlySet<Field> = new Set<Field>([
  ...vitalCourses.map((name) => `vitals.course:${name}` as const),
  "readings.glucoseCourse",
]);

/** Every field whose value is a series. */
export const seriesFields: readonly (SamplesField | CourseField)[] = [
  ...activityMetrics.flatMap((metric) => resolutions.map((each) => `activity.samples:${metric}:${each}` as const)),
  ...resolutions.map((each) => `heart.samples:${each}` as const),
  ...vitalCourses.map((name) => `vitals.course:${name}` as const),
  "readings.glucoseCourse",
];

/** Whether the value is a series: samples at a resolution, or a course as recorded. */
export function isSeries(field: Field): field is SamplesField | CourseField {
  return isSamples(field) || courses.has(field);
}

/** Fields that may take a request for each night, day or workout. Work in the background leaves them out. */
export function isDear(field: Field): boolean {
  return isSeries(field) || field === "sleep.hypnograms" || field.includes(".course:");
}
