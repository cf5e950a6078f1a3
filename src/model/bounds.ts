import type { Cell, Known } from "./cells.js";
import {
  type CourseField,
  type Field,
  type FieldValue,
  type FieldValues,
  isDated,
  isList,
  isSamples,
  isSeries,
  type SamplesField,
} from "./fields.js";
import { dayFigures, namesOf, valuesBy, vitalRows } from "./figure-tables.js";
import { LONGEST_DAY_MINUTES, MOST_KILOCALORIES_A_DAY, type NutritionFigure, type VitalField } from "./figures.js";
import type {
  BatteryRecord,
  BloodPressureRecord,
  CourseRecord,
  CycleRecord,
  DeviceRecord,
  ElectrocardiogramRecord,
  GlucoseRecord,
  GoalMetric,
  GoalRecord,
  LocalDate,
  NightBreathing,
  NightHypnogram,
  NutritionRecord,
  OffsetRecord,
  OxygenRecord,
  PulseRecord,
  RhythmAlertRecord,
  SampleSeries,
  ScoreContributor,
  ScoreRecord,
  SleepMetric,
  SleepRecord,
  SleepSegment,
  TemperatureRecord,
  VitalRecord,
  Vo2MaxTestRecord,
  WakingDay,
  WeighingRecord,
  WorkoutMetric,
  WorkoutRecord,
  WorkoutZone,
  ZoneBounds,
  ZoneEnergy,
  ZoneMinutes,
} from "./records.js";
import { samplesOf } from "./series.js";
import { addDays, isLocalDate, isTimeZone, localDateOf, normaliseInstant } from "./time.js";

/**
 * The least and the most that a person can have of each figure. A figure outside these bounds is a fault of the
 * provider: it is answered as null with PROVIDER_ERROR. The bounds are wide on purpose, so that records in endurance
 * sports are inside.
 */
export interface Bounds {
  readonly least: number;
  readonly most: number;
  /** True where the API gives a whole number: the figure is then rounded. */
  readonly whole?: true;
}

const between = (least: number, most: number): Bounds => ({ least, most });
const whole = (least: number, most: number): Bounds => ({ least, most, whole: true });

const minutesOfDay = whole(0, LONGEST_DAY_MINUTES);
const kcalOfDay = between(0, MOST_KILOCALORIES_A_DAY);
/** Two days, for a person who stays in bed. */
const minutesOfNight = whole(0, 2880);
const percent = between(0, 100);
const weightKg = between(0.2, 700);
const fatPercent = between(1, 90);
const heartRate = whole(20, 300);
const breaths = rangeOf("vitals.respiratoryRate");

/** The bounds of a vital, which hold for readings of the same measure too. */
function rangeOf(field: VitalField): Bounds {
  const { least, most } = vitalRows[field];
  return between(least, most);
}

type FiguresOf<T> = Extract<{ [K in keyof T]-?: NonNullable<T[K]> extends number ? K : never }[keyof T], string>;
type Table<T> = Readonly<Record<FiguresOf<T>, Bounds>>;

/** Bounds of the fields whose cell is one figure. */
export const figureBounds: Table<FieldValues> = {
  "profile.age": whole(0, 130),
  "profile.height": between(0.2, 3),
  "profile.weight": weightKg,
  "profile.utcOffsetSeconds": whole(-43_200, 50_400),
  ...valuesBy(namesOf(dayFigures), (field): Bounds => {
    const { type, least, most } = dayFigures[field];
    return type === "Int" ? whole(least, most) : between(least, most);
  }),
};

/** Bounds of one sample: a heart rate, or the count of one minute. */
export const sampleBounds = {
  HEART: between(20, 300),
  STEPS: between(0, 500),
  DISTANCE: between(0, 3000),
  ENERGY_BURNED: between(0, 100),
  FLOORS: between(0, 300),
  ELEVATION: between(0, 1000),
} as const;

const sleepBounds: Table<SleepRecord> = {
  minutesInBed: minutesOfNight,
  minutesAsleep: minutesOfNight,
  minutesAwake: minutesOfNight,
  minutesToFallAsleep: minutesOfNight,
  efficiency: percent,
  averageHeartRate: heartRate,
  lowestHeartRate: heartRate,
  respiratoryRate: breaths,
  awakenings: whole(0, 2000),
  snoringMinutes: minutesOfNight,
  minutesNeeded: minutesOfNight,
};
const stageMinutes = minutesOfNight;
const stageCount = whole(0, 2000);
const segmentSeconds = whole(0, 172_800);

const SEVEN_DAYS_SECONDS = 7 * 86_400;
const workoutBounds: Table<WorkoutRecord> = {
  durationSeconds: whole(0, SEVEN_DAYS_SECONDS),
  distance: between(0, 5_000_000),
  energyBurned: between(0, 100_000),
  steps: whole(0, 1_000_000),
  averageHeartRate: heartRate,
  points: between(0, 100_000),
  maxHeartRate: heartRate,
  elevationGain: between(0, 40_000),
  load: between(0, 100_000),
};
const workoutZoneBounds: Table<WorkoutZone> = {
  minRate: whole(0, 300),
  maxRate: whole(0, 300),
  minutes: whole(0, SEVEN_DAYS_SECONDS / 60),
  energyBurned: between(0, 100_000),
};

const weighingBounds: Table<WeighingRecord> = {
  weight: weightKg,
  bodyMassIndex: between(3, 300),
  fatPercentage: fatPercent,
  fatMass: between(0, 700),
  leanMass: between(0, 700),
  muscleMass: between(0, 700),
  boneMass: between(0, 50),
  waterMass: between(0, 700),
  visceralFatIndex: between(0, 200),
  basalEnergyBurned: between(0, 10_000),
};

/** Bounds of one thing eaten or drunk are those of a day. */
const nutritionBounds: Table<NutritionRecord> = {
  energyConsumed: ofDay("energyConsumed"),
  carbohydrateGrams: ofDay("carbohydrateGrams"),
  fatGrams: ofDay("fatGrams"),
  proteinGrams: ofDay("proteinGrams"),
  fiberGrams: ofDay("fiberGrams"),
  sodiumMilligrams: ofDay("sodiumMilligrams"),
  water: ofDay("water"),
};
function ofDay(name: NutritionFigure): Bounds {
  const { least, most } = dayFigures[`nutrition.${name}`];
  return between(least, most);
}

/** Bounds of readings: of what a person can have and an instrument can show. */
const bloodPressureBounds: Table<BloodPressureRecord> = {
  systolic: between(30, 350),
  diastolic: between(10, 250),
  pulse: heartRate,
};
const glucose = between(0.2, 60);
const glucoseBounds: Table<GlucoseRecord> = { value: glucose };
const vo2MaxBounds: Table<Vo2MaxTestRecord> = { value: rangeOf("vitals.vo2Max") };
const pulseBounds: Table<PulseRecord> = { rate: heartRate };
const temperatureBounds: Table<TemperatureRecord> = { value: between(10, 50) };
const oxygenBounds: Table<OxygenRecord> = { percent: rangeOf("vitals.oxygenSaturation") };
const ecgBounds: Table<ElectrocardiogramRecord> = { averageHeartRate: heartRate, durationSeconds: whole(0, 86_400) };

const score = between(-100_000, 100_000);
const scoreBounds: Table<ScoreRecord> = { value: score, scaleMin: score, scaleMax: score };
const contributorBounds: Table<ScoreContributor> = { value: score, scaleMin: score, scaleMax: score };
const MOST_CONTRIBUTORS = 50;

/** Bounds of one sample of a course. */
export const courseBounds: Readonly<Record<SleepMetric | WorkoutMetric, Bounds>> = {
  HEART_RATE: between(20, 300),
  HRV_RMSSD: between(1, 500),
  RESPIRATORY_RATE: breaths,
  SPEED: between(0, 100),
  CADENCE: between(0, 400),
  POWER: between(0, 5000),
  ALTITUDE: between(-500, 10_000),
};

/** A cycle may be longer than a day. */
const cycleBounds: Table<CycleRecord> = { energyBurned: between(0, 100_000), strain: score };

const deviceBounds: Table<DeviceRecord> = { batteryPercent: whole(0, 100) };
const batteryBounds: Table<BatteryRecord> = { percent: whole(0, 100) };

/** Bounds of a goal for one day. A weekly goal may be seven times as high. */
export const goalBounds: Readonly<Record<GoalMetric, Bounds>> = {
  STEPS: between(0, 400_000),
  DISTANCE: between(0, 1_500_000),
  FLOORS: between(0, 10_000),
  ENERGY_BURNED: kcalOfDay,
  ACTIVE_ENERGY_BURNED: kcalOfDay,
  ACTIVE_MINUTES: between(0, 1500),
  ACTIVE_ZONE_MINUTES: between(0, 3000),
  POINTS: between(0, 100_000),
  WEIGHT: weightKg,
  BODY_FAT: fatPercent,
  SLEEP: between(0, 1500),
  WATER: ofDay("water"),
  ENERGY_CONSUMED: kcalOfDay,
};

const zoneRate = whole(0, 300);
const LONGEST_NIGHT_MS = 48 * 3_600_000;
/** Nights may pass without the device. */
const LONGEST_CYCLE_MS = 31 * 24 * 3_600_000;
const LONGEST_WORKOUT_MS = SEVEN_DAYS_SECONDS * 1000;
const OLDEST_YEARS = 130;
/** No provider existed before this date, and 1970-01-01 stands for "no date". */
const EARLIEST_MEMBER: LocalDate = "1990-01-01";
const LONGEST_NAME = 500;
/** Ids become part of addresses and keys. The longest id that a provider is known to use has 63 characters. */
const LONGEST_ID = 256;
const LONGEST_URL = 2048;
const FARTHEST_SAMPLE_SECONDS = LONGEST_DAY_MINUTES * 60;

/** The figure, rounded where the API has whole numbers. Null if no person can have it. */
export function inBounds(value: unknown, { least, most, whole: isWhole }: Bounds): number | null {
  if (typeof value !== "number" || !(value >= least && value <= most)) return null;
  // Adding 0 removes the sign of the -0 that rounding -0.4 gives.
  return isWhole ? Math.round(value) + 0 : value;
}

/** The text, if it is not longer than `most` and every store can hold it; else null. */
function text(value: unknown, most: number): string | null {
  const isText = typeof value === "string" && value.length > 0 && value.length <= most;
  return isText && !/[\0\p{Cs}]/u.test(value) ? value : null;
}

const refused: Known = { nothing: "PROVIDER_ERROR" };

/**
 * Checks a cell from a provider's answer against what a person can have. The result may be stored, used in sums and
 * shown: its figures are finite, in bounds, and whole where the API says so. `today` is the date in the person's zone.
 */
export function checked(cell: Cell, today: LocalDate): Cell {
  const { field, known } = cell;
  if ("nothing" in known) return cell;
  const found = check(field, known.value, today);
  if (found === null) return { ...cell, known: refused };
  if (found.value === known.value) return cell;
  return { ...cell, known: { ...known, value: found.value as FieldValue, ...(found.lacks && { lacks: found.lacks }) } };
}

/** Whether the day of a cell exists and is not in the future. Undated fields have no day. */
export function isFiledRightly({ field, day }: Pick<Cell, "field" | "day">, today: LocalDate): boolean {
  if (day === null || !isDated(field)) return day === null && !isDated(field);
  // One day more is allowed: a traveller may be ahead of the zone in their profile.
  return isLocalDate(day) && day <= addDays(today, 1);
}

interface Checked {
  readonly value: unknown;
  readonly lacks?: "PROVIDER_ERROR";
}

function check(field: Field, value: unknown, today: LocalDate): Checked | null {
  if (isSeries(field)) return checkSeries(value as SampleSeries, boundsOfSeries(field));
  if (Object.hasOwn(vitalRows, field)) {
    const vital = checkVital(value, rangeOf(field as VitalField));
    return vital === null ? null : { value: vital };
  }
  if (Object.hasOwn(figureBounds, field)) {
    const figure = inBounds(value, figureBounds[field as keyof typeof figureBounds]);
    return figure === null ? null : { value: figure };
  }
  const each = memberCheck(field, today);
  if (each) return Array.isArray(value) ? checkList(value, each, isList(field)) : null;
  return isPlausibleText(field, value, today) ? { value } : null;
}

function isPlausibleText(field: Field, value: unknown, today: LocalDate): boolean {
  if (typeof value !== "string") return false;
  switch (field) {
    case "profile.dateOfBirth": {
      const oldest = `${Number(today.slice(0, 4)) - OLDEST_YEARS}${today.slice(4)}`;
      return isLocalDate(value) && value <= today && value >= oldest;
    }
    case "profile.memberSince":
      return isLocalDate(value) && value <= today && value >= EARLIEST_MEMBER;
    case "profile.timeZone":
    case "activity.timeZone":
      return isTimeZone(value);
    case "profile.avatarUrl":
      return text(value, LONGEST_URL) !== null && /^https?:\/\//i.test(value) && URL.canParse(value);
    default:
      return text(value, LONGEST_NAME) !== null;
  }
}

/** Answers the member with the parts that can be used, or null if none can. */
type MemberCheck = (member: unknown) => unknown;

function memberCheck(field: Field, today: LocalDate): MemberCheck | null {
  const tomorrow = addDays(today, 1);
  const of =
    <T>(check: (member: T, tomorrow: LocalDate) => T | null): MemberCheck =>
    (member) =>
      typeof member === "object" && member !== null ? check(member as T, tomorrow) : null;
  switch (field) {
    case "sleep.sessions":
      return of(checkSleep);
    case "sleep.hypnograms":
      return of(checkHypnogram);
    case "sleep.breathing":
      return of((night: NightBreathing) =>
        text(night.id, LONGEST_ID) === null ? null : allFigures(night, { respiratoryRate: breaths }),
      );
    case "workouts.workouts":
      return of(checkWorkout);
    case "body.weight":
    case "body.bodyMassIndex":
    case "body.fatPercentage":
    case "body.composition":
      return of(checkWeighing);
    case "nutrition.foods":
    case "nutrition.drinks":
      return of(checkNutrition);
    case "readings.bloodPressures":
      return of(readingCheck<BloodPressureRecord>(bloodPressureBounds, ["systolic", "diastolic"]));
    case "readings.bloodGlucose":
      return of(readingCheck<GlucoseRecord>(glucoseBounds, ["value"]));
    case "readings.vo2MaxTests":
    case "readings.vo2MaxRuns":
    case "readings.vo2MaxOthers":
      return of(readingCheck<Vo2MaxTestRecord>(vo2MaxBounds, ["value"]));
    case "readings.pulses":
      return of(readingCheck<PulseRecord>(pulseBounds, ["rate"]));
    case "readings.temperatures":
      return of(readingCheck<TemperatureRecord>(temperatureBounds, ["value"]));
    case "readings.oxygenSaturations":
      return of(readingCheck<OxygenRecord>(oxygenBounds, ["percent"]));
    case "readings.electrocardiograms":
      return of(readingCheck<ElectrocardiogramRecord>(ecgBounds, []));
    case "activity.cycles":
      return of((cycle: CycleRecord) => {
        const isPossible = isSpan({ ...cycle, end: cycle.end ?? cycle.start }, LONGEST_CYCLE_MS, tomorrow);
        return isPossible ? figures(cycle, cycleBounds) : null;
      });
    case "sleep.wakingDays":
      return of((night: WakingDay) => {
        const isNamed = text(night.id, LONGEST_ID) !== null && text(night.cycleId, LONGEST_ID) !== null;
        return isNamed && isLocalDate(night.day) ? allFigures(night, { seconds: segmentSeconds }) : null;
      });
    case "readings.rhythmAlerts":
      return of((alert: RhythmAlertRecord) => (isSpan(alert, LONGEST_NIGHT_MS, tomorrow) ? alert : null));
    case "activity.offsets":
    case "sleep.offsets":
      return of((offset: OffsetRecord) => (isSpan(offset, LONGEST_NIGHT_MS, tomorrow) ? offset : null));
    case "devices.batteries":
      return of((battery: BatteryRecord) =>
        figures(battery.time === null || isInstant(battery.time) ? battery : { ...battery, time: null }, batteryBounds),
      );
    case "devices.devices":
      return of(checkDevice);
    case "goals.daily":
    case "goals.weekly":
    case "goals.weight":
    case "goals.bodyFat":
    case "goals.sleep":
    case "goals.energyConsumed":
    case "goals.water":
      return of(checkGoal);
    case "heart.zones.bounds":
      return of((zone: ZoneBounds) => figures(zone, { minRate: zoneRate, maxRate: zoneRate }));
    case "heart.zones.minutes":
      return of((zone: ZoneMinutes) => allFigures(zone, { minutes: minutesOfDay }));
    case "heart.zones.energyBurned":
      return of((zone: ZoneEnergy) => allFigures(zone, { energyBurned: kcalOfDay }));
    default: {
      if (field.startsWith("scores.")) return of(checkScore);
      const metric = /^(?:sleep|workouts)\.course:(\w+)$/.exec(field)?.[1];
      return metric === undefined ? null : of(courseCheck(courseBounds[metric as keyof typeof courseBounds]));
    }
  }
}

/** Refused members are left out of the list. A list with refused members only is refused itself. */
function checkList(members: readonly unknown[], check: MemberCheck, mayBeEmpty: boolean): Checked | null {
  const kept = members.map(check).filter((member) => member !== null);
  if (kept.length === 0 && (members.length > 0 || !mayBeEmpty)) return null;
  const isWhole = kept.length === members.length && kept.every((member) => !("refused" in (member as object)));
  const isUnchanged = isWhole && kept.every((member, index) => member === members[index]);
  return { value: isUnchanged ? members : kept, ...(!isWhole && { lacks: "PROVIDER_ERROR" as const }) };
}

/** The record with its figures rounded. A figure that no person can have becomes null, and `refused` names it. */
function figures<T extends object>(record: T, table: Table<T>): T {
  const changes: Record<string, number | null> = {};
  const names: string[] = [];
  for (const [name, bounds] of Object.entries(table) as [keyof T & string, Bounds][]) {
    const value = record[name];
    if (value === null || value === undefined) continue;
    const figure = inBounds(value, bounds);
    if (figure === null) names.push(name);
    if (figure !== value) changes[name] = figure;
  }
  return withRefused({ ...record, ...changes }, record, names, Object.keys(changes).length > 0);
}

/** The record, or null if one of its figures can't be used: such a record means nothing without them. */
function allFigures<T extends object>(record: T, table: Table<T>): T | null {
  const found = figures(record, table);
  return "refused" in found ? null : found;
}

function withRefused<T extends object>(changed: T, record: T, names: readonly string[], isChanged: boolean): T {
  if (names.length === 0) return isChanged ? changed : record;
  const before = (record as { refused?: readonly string[] }).refused ?? [];
  return { ...changed, refused: [...before, ...names] };
}

/** Checks texts that do not identify the record: a text that can't be stored becomes null. */
function texts<T extends object>(record: T, names: readonly (keyof T & string)[]): T {
  const isGiven = (value: unknown) => value !== null && value !== undefined;
  const wrong = names.filter((name) => isGiven(record[name]) && text(record[name], LONGEST_NAME) === null);
  if (wrong.length === 0) return record;
  const changes = Object.fromEntries(wrong.map((name) => [name, null]));
  return withRefused({ ...record, ...changes }, record, wrong, true);
}

function isInstant(value: unknown): value is string {
  return typeof value === "string" && value.length < 40 && normaliseInstant(value) !== null;
}

/** Whether the record has an id and a possible span: not reversed, not too long, and not in the future. */
function isSpan(
  { id, start, end }: { readonly id: unknown; readonly start: unknown; readonly end: unknown },
  longestMs: number,
  tomorrow: LocalDate,
): boolean {
  if (text(id, LONGEST_ID) === null || !isInstant(start) || !isInstant(end)) return false;
  const length = Date.parse(end) - Date.parse(start);
  return length >= 0 && length <= longestMs && localDateOf(end) <= tomorrow;
}

function checkSegments(hypnogram: readonly SleepSegment[] | null): readonly SleepSegment[] | null {
  return (
    hypnogram?.map((each) =>
      isInstant(each.start) ? figures(each, { seconds: segmentSeconds }) : { ...each, refused: [] },
    ) ?? null
  );
}

const isRefused = (parts: readonly object[] | null) => parts?.some((part) => "refused" in part) ?? false;
const changed = (kept: readonly unknown[] | null, given: readonly unknown[] | null) =>
  kept?.some((part, index) => part !== given?.[index]) ?? false;

function checkHypnogram(night: NightHypnogram): NightHypnogram | null {
  if (text(night.id, LONGEST_ID) === null) return null;
  const segments = checkSegments(night.hypnogram);
  const refused = isRefused(segments);
  const isChanged = changed(segments, night.hypnogram);
  return withRefused(
    { ...night, hypnogram: refused ? null : segments },
    night,
    refused ? ["hypnogram"] : [],
    isChanged,
  );
}

function checkSleep(sleep: SleepRecord, tomorrow: LocalDate): SleepRecord | null {
  if (!isSpan(sleep, LONGEST_NIGHT_MS, tomorrow)) return null;
  const { stages, hypnogram } = sleep;
  const totals = stages?.map((each) => figures(each, { minutes: stageMinutes, count: stageCount })) ?? null;
  const segments = checkSegments(hypnogram);
  const names = [...(isRefused(totals) ? ["stages"] : []), ...(isRefused(segments) ? ["hypnogram"] : [])];
  const inner = withRefused(
    { ...sleep, stages: isRefused(totals) ? null : totals, hypnogram: isRefused(segments) ? null : segments },
    sleep,
    names,
    changed(totals, stages) || changed(segments, hypnogram),
  );
  return figures(inner, sleepBounds);
}

function checkWorkout(workout: WorkoutRecord, tomorrow: LocalDate): WorkoutRecord | null {
  if (!isSpan(workout, LONGEST_WORKOUT_MS, tomorrow)) return null;
  // The API has no workout without a length.
  if (inBounds(workout.durationSeconds, workoutBounds.durationSeconds) === null) return null;
  const zones = workout.zones?.map((zone) => figures(zone, workoutZoneBounds)) ?? null;
  const inner = isRefused(zones)
    ? withRefused({ ...workout, zones: null }, workout, ["zones"], true)
    : changed(zones, workout.zones ?? null)
      ? { ...workout, zones }
      : workout;
  return figures(texts(inner, ["name", "loadName"]), workoutBounds);
}

function checkWeighing(weighing: WeighingRecord, tomorrow: LocalDate): WeighingRecord | null {
  const { id, time } = weighing;
  if (text(id, LONGEST_ID) === null) return null;
  if (time !== null && !(isInstant(time) && localDateOf(time) <= tomorrow)) return null;
  const found = figures(weighing, weighingBounds);
  return namesOf(weighingBounds).some((name) => (found[name] ?? null) !== null) ? found : null;
}

function checkNutrition(entry: NutritionRecord, tomorrow: LocalDate): NutritionRecord | null {
  const { id, time } = entry;
  if (text(id, LONGEST_ID) === null) return null;
  if (time !== null && !(isInstant(time) && localDateOf(time) <= tomorrow)) return null;
  return figures(texts(entry, ["name"]), nutritionBounds);
}

function checkVital(value: unknown, bounds: Bounds): VitalRecord | null {
  if (typeof value !== "object" || value === null) return null;
  const vital = value as VitalRecord;
  if (inBounds(vital.value, bounds) === null) return null;
  const found = figures(vital, { value: bounds, low: bounds, high: bounds });
  if (!("refused" in found)) return found;
  // Without its ends the value still stands.
  const { refused: _names, ...kept } = found as VitalRecord & { refused: readonly string[] };
  return kept;
}

/** A reading is kept only with the figures that make it one. */
function readingCheck<R extends { readonly id: string; readonly time: string }>(
  table: Table<R>,
  required: readonly (keyof R & string)[],
): (reading: R, tomorrow: LocalDate) => R | null {
  return (reading, tomorrow) => {
    const { id, time } = reading;
    if (text(id, LONGEST_ID) === null || !isInstant(time) || localDateOf(time) > tomorrow) return null;
    const found = figures(reading, table);
    return required.some((name) => typeof found[name] !== "number") ? null : found;
  };
}

/** A score without a value and without a level says something too: that there is none. */
function checkScore(score: ScoreRecord): ScoreRecord | null {
  if (text(score.id, LONGEST_ID) === null || text(score.name, LONGEST_NAME) === null) return null;
  const { contributors } = score;
  if (!Array.isArray(contributors)) return null;
  const kept = contributors
    .filter((each) => text(each?.name, LONGEST_NAME) !== null)
    .slice(0, MOST_CONTRIBUTORS)
    .map((each) => figures(each, contributorBounds));
  const inner =
    kept.length < contributors.length || changed(kept, contributors) ? { ...score, contributors: kept } : score;
  return figures(texts(inner, ["level"]), scoreBounds);
}

function courseCheck(bounds: Bounds): (course: CourseRecord) => CourseRecord | null {
  return (course) => {
    const found = text(course.id, LONGEST_ID) === null ? null : checkSeries(course.series, bounds);
    if (found === null) return null;
    if (found.value === course.series) return course;
    return withRefused({ ...course, series: found.value as SampleSeries }, course, ["series"], true);
  };
}

function checkDevice(device: DeviceRecord, tomorrow: LocalDate): DeviceRecord | null {
  if (text(device.id, LONGEST_ID) === null) return null;
  const { lastSyncAt } = device;
  // A time of synchronisation proves that earlier days are complete. A time in the future would prove all days
  // complete.
  const isBelieved = lastSyncAt === null || (isInstant(lastSyncAt) && localDateOf(lastSyncAt) <= tomorrow);
  const dated = isBelieved ? device : withRefused({ ...device, lastSyncAt: null }, device, ["lastSyncAt"], true);
  return figures(texts(dated, ["model", "kind", "firmware"]), deviceBounds);
}

function checkGoal(goal: GoalRecord): GoalRecord | null {
  const bounds = Object.hasOwn(goalBounds, goal.metric) ? goalBounds[goal.metric] : null;
  if (!bounds) return null;
  const most = goal.period === "WEEKLY" ? bounds.most * 7 : bounds.most;
  if (inBounds(goal.target, { ...bounds, most }) === null) return null;
  return figures(goal, { target: { ...bounds, most }, current: between(0, most) });
}

const minutesOf = { ONE_SECOND: 1, ONE_MINUTE: 1, FIVE_MINUTES: 5, FIFTEEN_MINUTES: 15 } as const;

function boundsOfSeries(field: SamplesField | CourseField): Bounds {
  if (field === "readings.glucoseCourse") return glucose;
  if (!isSamples(field)) return rangeOf(field.replace("course:", "") as VitalField);
  const { metric, resolution } = samplesOf(field);
  const { least, most } = sampleBounds[metric];
  return between(least, metric === "HEART" ? most : most * minutesOf[resolution]);
}

const LONGEST_STEP_SECONDS = 86_400;
const isStep = (step: number | null): boolean => step === null || (step > 0 && step <= LONGEST_STEP_SECONDS);

/** Leaves out samples that no person can have, as if the device had been off. */
function checkSeries(series: SampleSeries, bounds: Bounds): Checked | null {
  if (typeof series !== "object" || series === null) return null;
  const { start, offsets, values, stepSeconds } = series;
  if (start !== null && !isInstant(start)) return null;
  if (!Array.isArray(values) || offsets?.length !== values.length) return null;
  const isGood = (index: number) =>
    inBounds(values[index], bounds) !== null &&
    Number.isInteger(offsets[index]) &&
    Math.abs(offsets[index]!) <= FARTHEST_SAMPLE_SECONDS;
  let good = 0;
  for (let i = 0; i < values.length; i++) if (isGood(i)) good++;
  // Each sample has its own time: the step is not needed to place it.
  const told = isStep(stepSeconds) ? series : { ...series, stepSeconds: null };
  if (good === values.length) return { value: told };
  if (good === 0) return null;
  const kept = { offsets: offsets.filter((_, i) => isGood(i)), values: values.filter((_, i) => isGood(i)) };
  return { value: { ...told, ...kept }, lacks: "PROVIDER_ERROR" };
}
