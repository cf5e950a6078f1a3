import type { Cell, Known } from "./cells.js";
import { type Field, type FieldValue, type FieldValues, isDated, isList, isSamples } from "./fields.js";
import { dayFigures, namesOf, valuesBy } from "./figure-tables.js";
import { LONGEST_DAY_MINUTES, MOST_KILOCALORIES_A_DAY } from "./figures.js";
import type {
  DeviceRecord,
  GoalMetric,
  GoalRecord,
  LocalDate,
  NightHypnogram,
  SampleSeries,
  SleepRecord,
  SleepSegment,
  WeighingRecord,
  WorkoutRecord,
  ZoneBounds,
  ZoneEnergy,
  ZoneMinutes,
} from "./records.js";
import { samplesOf } from "./series.js";
import { addDays, isLocalDate, isTimeZone, localDateOf, normaliseInstant } from "./time.js";

/**
 * The least and the most that a person can have of each figure. What lies outside is no figure but a fault of the
 * provider's, and is answered as null with PROVIDER_ERROR. Wide on purpose: records of endurance lie inside.
 */
export interface Bounds {
  readonly least: number;
  readonly most: number;
  /** The API gives it as a whole number, so it is rounded to one. */
  readonly whole?: true;
}

const between = (least: number, most: number): Bounds => ({ least, most });
const whole = (least: number, most: number): Bounds => ({ least, most, whole: true });

const minutesOfDay = whole(0, LONGEST_DAY_MINUTES);
const kcalOfDay = between(0, MOST_KILOCALORIES_A_DAY);
/** Two days, for whoever stays in bed. */
const minutesOfNight = whole(0, 2880);
const percent = between(0, 100);
const weightKg = between(0.2, 700);
const fatPercent = between(1, 90);
const heartRate = whole(20, 300);

type FiguresOf<T> = Extract<{ [K in keyof T]: T[K] extends number | null ? K : never }[keyof T], string>;
type Table<T> = Readonly<Record<FiguresOf<T>, Bounds>>;

/** Fields whose cell is one figure. */
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

/** Samples: a heart rate, or what one minute can bring. */
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
};

const weighingBounds: Table<WeighingRecord> = {
  weight: weightKg,
  bodyMassIndex: between(3, 300),
  fatPercentage: fatPercent,
};

const deviceBounds: Table<DeviceRecord> = { batteryPercent: whole(0, 100) };

/** Of a day; a week's goal may be seven times as much. */
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
};

const zoneRate = whole(0, 300);
const LONGEST_NIGHT_MS = 48 * 3_600_000;
const LONGEST_WORKOUT_MS = SEVEN_DAYS_SECONDS * 1000;
const OLDEST_YEARS = 130;
/** Providers were founded later, and the epoch's first day is none. */
const EARLIEST_MEMBER: LocalDate = "1990-01-01";
const LONGEST_NAME = 500;
/** Ids become part of addresses and keys. The longest id that a provider is known to use has 63 characters. */
const LONGEST_ID = 256;
const LONGEST_URL = 2048;
/** Two days: a traveller's day may be longer than 25 hours. */
const FARTHEST_SAMPLE_SECONDS = 172_800;

/** The figure, rounded where the API has whole numbers; null where no person can have it. */
export function inBounds(value: unknown, { least, most, whole: isWhole }: Bounds): number | null {
  if (typeof value !== "number" || !(value >= least && value <= most)) return null;
  // Without the sign that a rounded -0.4 keeps.
  return isWhole ? Math.round(value) + 0 : value;
}

/** A text of bounded length that every store can hold; null for others. */
function text(value: unknown, most: number): string | null {
  const isText = typeof value === "string" && value.length > 0 && value.length <= most;
  return isText && !/[\0\p{Cs}]/u.test(value) ? value : null;
}

const refused: Known = { nothing: "PROVIDER_ERROR" };

/**
 * Holds a cell that a provider's answer gave against what a person can have. Whatever comes out may be stored, reckoned
 * with and shown: its figures are finite, in bounds, and whole where the API says so. `today` is the person's own.
 */
export function checked(cell: Cell, today: LocalDate): Cell {
  const { field, known } = cell;
  if ("nothing" in known) return cell;
  const found = check(field, known.value, today);
  if (found === null) return { ...cell, known: refused };
  if (found.value === known.value) return cell;
  return { ...cell, known: { ...known, value: found.value as FieldValue, ...(found.lacks && { lacks: found.lacks }) } };
}

/** Whether a cell is filed under a day that there is, and that is not still to come; undated fields have none. */
export function isFiledRightly({ field, day }: Pick<Cell, "field" | "day">, today: LocalDate): boolean {
  if (day === null || !isDated(field)) return day === null && !isDated(field);
  // A day of grace: travellers may be ahead of the zone that they told.
  return isLocalDate(day) && day <= addDays(today, 1);
}

interface Checked {
  readonly value: unknown;
  readonly lacks?: "PROVIDER_ERROR";
}

function check(field: Field, value: unknown, today: LocalDate): Checked | null {
  if (isSamples(field)) return checkSeries(field, value as SampleSeries);
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
      return isTimeZone(value);
    case "profile.avatarUrl":
      return text(value, LONGEST_URL) !== null && /^https?:\/\//i.test(value) && URL.canParse(value);
    default:
      return text(value, LONGEST_NAME) !== null;
  }
}

/** Answers the member as it may stand, or null where nothing is left of it. */
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
    case "workouts.workouts":
      return of(checkWorkout);
    case "body.weight":
    case "body.bodyMassIndex":
    case "body.fatPercentage":
      return of(checkWeighing);
    case "devices.devices":
      return of(checkDevice);
    case "goals.daily":
    case "goals.weekly":
    case "goals.weight":
    case "goals.bodyFat":
    case "goals.sleep":
      return of(checkGoal);
    case "heart.zones.bounds":
      return of((zone: ZoneBounds) => figures(zone, { minRate: zoneRate, maxRate: zoneRate }));
    case "heart.zones.minutes":
      return of((zone: ZoneMinutes) => allFigures(zone, { minutes: minutesOfDay }));
    case "heart.zones.energyBurned":
      return of((zone: ZoneEnergy) => allFigures(zone, { energyBurned: kcalOfDay }));
    default:
      return null;
  }
}

/** What is refused of a list is left out of it; a list of nothing else is itself refused. */
function checkList(members: readonly unknown[], check: MemberCheck, mayBeEmpty: boolean): Checked | null {
  const kept = members.map(check).filter((member) => member !== null);
  if (kept.length === 0 && (members.length > 0 || !mayBeEmpty)) return null;
  const isWhole = kept.length === members.length && kept.every((member) => !("refused" in (member as object)));
  const isUnchanged = isWhole && kept.every((member, index) => member === members[index]);
  return { value: isUnchanged ? members : kept, ...(!isWhole && { lacks: "PROVIDER_ERROR" as const }) };
}

/** A record with its figures rounded, and null where no person can have them: `refused` names those. */
function figures<T extends object>(record: T, table: Table<T>): T {
  const changes: Record<string, number | null> = {};
  const names: string[] = [];
  for (const [name, bounds] of Object.entries(table) as [keyof T & string, Bounds][]) {
    const value = record[name];
    if (value === null) continue;
    const figure = inBounds(value, bounds);
    if (figure === null) names.push(name);
    if (figure !== value) changes[name] = figure;
  }
  return withRefused({ ...record, ...changes }, record, names, Object.keys(changes).length > 0);
}

/** A record that is nothing without its figures. */
function allFigures<T extends object>(record: T, table: Table<T>): T | null {
  const found = figures(record, table);
  return "refused" in found ? null : found;
}

function withRefused<T extends object>(changed: T, record: T, names: readonly string[], isChanged: boolean): T {
  if (names.length === 0) return isChanged ? changed : record;
  const before = (record as { refused?: readonly string[] }).refused ?? [];
  return { ...changed, refused: [...before, ...names] };
}

/** Texts that are no part of what identifies a record: null where they can't be kept. */
function texts<T extends object>(record: T, names: readonly (keyof T & string)[]): T {
  const wrong = names.filter((name) => record[name] !== null && text(record[name], LONGEST_NAME) === null);
  if (wrong.length === 0) return record;
  const changes = Object.fromEntries(wrong.map((name) => [name, null]));
  return withRefused({ ...record, ...changes }, record, wrong, true);
}

function isInstant(value: unknown): value is string {
  return typeof value === "string" && value.length < 40 && normaliseInstant(value) !== null;
}

/** Has an id, and a span that is not backwards, not longer than it can be, and not still to come. */
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
  // A length is what makes it a workout: the API has no workout without one.
  if (inBounds(workout.durationSeconds, workoutBounds.durationSeconds) === null) return null;
  return figures(texts(workout, ["name"]), workoutBounds);
}

function checkWeighing(weighing: WeighingRecord, tomorrow: LocalDate): WeighingRecord | null {
  const { id, time } = weighing;
  if (text(id, LONGEST_ID) === null) return null;
  if (time !== null && !(isInstant(time) && localDateOf(time) <= tomorrow)) return null;
  const found = figures(weighing, weighingBounds);
  return found.weight === null && found.bodyMassIndex === null && found.fatPercentage === null ? null : found;
}

function checkDevice(device: DeviceRecord, tomorrow: LocalDate): DeviceRecord | null {
  if (text(device.id, LONGEST_ID) === null) return null;
  const { lastSyncAt } = device;
  // When it last synced proves days complete: a time to come would prove all of them.
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

/** Samples that no person can have are left out, as if the device had been off. */
function checkSeries(field: Extract<Field, `${string}.samples:${string}`>, series: SampleSeries): Checked | null {
  const { metric, resolution } = samplesOf(field);
  const { least, most } = sampleBounds[metric];
  const bounds = between(least, metric === "HEART" ? most : most * minutesOf[resolution]);
  const { start, offsets, values } = series;
  if (start !== null && !isInstant(start)) return null;
  if (!Array.isArray(values) || offsets?.length !== values.length) return null;
  const isGood = (index: number) =>
    inBounds(values[index], bounds) !== null &&
    Number.isInteger(offsets[index]) &&
    Math.abs(offsets[index]!) <= FARTHEST_SAMPLE_SECONDS;
  let good = 0;
  for (let i = 0; i < values.length; i++) if (isGood(i)) good++;
  if (good === values.length) return { value: series };
  if (good === 0) return null;
  const kept = { offsets: offsets.filter((_, i) => isGood(i)), values: values.filter((_, i) => isGood(i)) };
  return { value: { ...series, ...kept }, lacks: "PROVIDER_ERROR" };
}
