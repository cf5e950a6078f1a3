import type { FigureField } from "./figures.js";
import type {
  ActivityMetric,
  DeviceRecord,
  Domain,
  GoalRecord,
  LocalDate,
  NightHypnogram,
  Resolution,
  SampleSeries,
  Sex,
  SleepRecord,
  WeighingRecord,
  WorkoutRecord,
  ZoneBounds,
  ZoneEnergy,
  ZoneMinutes,
} from "./records.js";

/** The figures of a day. Units: m, kcal, beats per minute, ms and minutes. */
type FigureValues = { [F in FigureField]: number };

/**
 * Every field that a provider can be asked for, with the type of its value. A *cell* is the value of one field for one
 * connection and, if the field is dated, one local day. A list (sleep, workouts, weighings) is one cell a day.
 */
export interface FieldValues extends FigureValues {
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

  "heart.zones.bounds": readonly ZoneBounds[];
  "heart.zones.minutes": readonly ZoneMinutes[];
  "heart.zones.energyBurned": readonly ZoneEnergy[];

  "sleep.sessions": readonly SleepRecord[];
  /** Only for providers that give the stages in calls of their own. Otherwise the sessions contain them. */
  "sleep.hypnograms": readonly NightHypnogram[];
  /** Time and weight of each weighing of the day. */
  "body.weight": readonly WeighingRecord[];
  "body.bodyMassIndex": readonly WeighingRecord[];
  "body.fatPercentage": readonly WeighingRecord[];
  "workouts.workouts": readonly WorkoutRecord[];

  "devices.devices": readonly DeviceRecord[];

  /**
   * Goals of the day or week, of weight, of body fat and of sleep. Providers keep these apart, so they are four fields.
   */
  "goals.daily": readonly GoalRecord[];
  "goals.weekly": readonly GoalRecord[];
  "goals.weight": readonly GoalRecord[];
  "goals.bodyFat": readonly GoalRecord[];
  "goals.sleep": readonly GoalRecord[];
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
  devices: "DEVICES",
  goals: "GOALS",
};

export function domainOf(field: Field): Domain {
  return domainByPrefix[field.slice(0, field.indexOf("."))]!;
}

const undatedDomains: ReadonlySet<Domain> = new Set(["PROFILE", "DEVICES", "GOALS"]);

/** Whether the field has one cell for each day (true) or one cell in all (false). */
export function isDated(field: Field): boolean {
  return isDatedDomain(domainOf(field));
}

export function isDatedDomain(domain: Domain): boolean {
  return !undatedDomains.has(domain);
}

export function isSamples(field: Field): field is SamplesField {
  return field.includes(".samples:");
}

const listFields: ReadonlySet<Field> = new Set<Field>([
  "sleep.sessions",
  "sleep.hypnograms",
  "body.weight",
  "body.bodyMassIndex",
  "body.fatPercentage",
  "workouts.workouts",
  "devices.devices",
  "goals.daily",
  "goals.weekly",
  "goals.weight",
  "goals.bodyFat",
  "goals.sleep",
]);

/** Whether the field is a list of records. A day without a record then has an empty list, not an absent value. */
export function isList(field: Field): boolean {
  return listFields.has(field);
}
