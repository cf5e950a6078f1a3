import { inBounds } from "./bounds.js";
import type { Domain, Meal, OffsetDateTime, WorkoutKind } from "./records.js";

/** What a person or an app writes down for a provider to keep. SI units, as everywhere. */
export type Recorded = WeighingToRecord | WorkoutToRecord | SleepToRecord | WaterToRecord | FoodToRecord;

/** A weight, a fat percentage or both. */
interface WeighingToRecord {
  readonly kind: "WEIGHING";
  readonly time: OffsetDateTime;
  /** kg */
  readonly weight: number | null;
  readonly fatPercentage: number | null;
}
interface WorkoutToRecord {
  readonly kind: "WORKOUT";
  readonly workout: WorkoutKind;
  readonly start: OffsetDateTime;
  readonly end: OffsetDateTime;
  /** m */
  readonly distance: number | null;
  /** kcal */
  readonly energyBurned: number | null;
}
interface SleepToRecord {
  readonly kind: "SLEEP";
  readonly start: OffsetDateTime;
  readonly end: OffsetDateTime;
}
interface WaterToRecord {
  readonly kind: "WATER";
  readonly time: OffsetDateTime;
  /** ml */
  readonly water: number;
}
interface FoodToRecord {
  readonly kind: "FOOD";
  readonly time: OffsetDateTime;
  readonly name: string;
  readonly meal: Meal;
  /** kcal */
  readonly energyConsumed: number;
  readonly carbohydrateGrams: number | null;
  readonly fatGrams: number | null;
  readonly proteinGrams: number | null;
}

export type RecordKind = Recorded["kind"];

/** The histories that show a record of a kind. The last measured weight is in the profile, too. */
export const domainsOfKind: Readonly<Record<RecordKind, readonly Domain[]>> = {
  WEIGHING: ["BODY", "PROFILE"],
  WORKOUT: ["WORKOUTS"],
  SLEEP: ["SLEEP"],
  WATER: ["NUTRITION"],
  FOOD: ["NUTRITION"],
};

const HOUR_MS = 3_600_000;
/** Narrower than the bounds of what is read: a slip of the finger stays at the provider. */
const figures = {
  weight: { least: 1, most: 650, unit: "kg" },
  fatPercentage: { least: 1, most: 90, unit: "%" },
  distance: { least: 0, most: 1_000_000, unit: "m" },
  energyBurned: { least: 0, most: 30_000, unit: "kcal" },
  water: { least: 1, most: 10_000, unit: "ml" },
  energyConsumed: { least: 0, most: 10_000, unit: "kcal" },
  carbohydrateGrams: { least: 0, most: 2_000, unit: "g" },
  fatGrams: { least: 0, most: 1_000, unit: "g" },
  proteinGrams: { least: 0, most: 1_000, unit: "g" },
} as const;
const LONGEST_HOURS = { WORKOUT: 48, SLEEP: 24 } as const;
const LONGEST_NAME = 200;
const EARLIEST = "2000-01-01";
/** Clocks of callers go wrong by that much. */
const AHEAD_MS = 60_000;

/** What no person can have done, in a sentence that names the bound. Null if nothing is wrong. */
export function faultOf(record: Recorded, now: number): string | null {
  for (const [name, { least, most, unit }] of Object.entries(figures)) {
    const value = (record as unknown as Readonly<Record<string, unknown>>)[name];
    if (value === undefined || value === null) continue;
    if (inBounds(value, { least, most }) === null) return `${name} must be from ${least} to ${most} ${unit}.`;
  }
  if (record.kind === "WEIGHING" && record.weight === null && record.fatPercentage === null)
    return "A weighing has a weight, a fatPercentage or both.";
  if (record.kind === "FOOD" && !isPlainText(record.name, LONGEST_NAME))
    return `name must have 1 to ${LONGEST_NAME} characters, and no control characters.`;
  return faultOfTimes(record, now);
}

function faultOfTimes(record: Recorded, now: number): string | null {
  if (!("start" in record)) return faultOfTime("time", record.time, now);
  const { kind, start, end } = record;
  const length = Date.parse(end) - Date.parse(start);
  if (length <= 0) return "end must be after start.";
  if (length > LONGEST_HOURS[kind] * HOUR_MS) return `end must be within ${LONGEST_HOURS[kind]} hours after start.`;
  return faultOfTime("start", start, now) ?? faultOfTime("end", end, now);
}

function faultOfTime(name: string, time: OffsetDateTime, now: number): string | null {
  const at = Date.parse(time);
  if (at > now + AHEAD_MS) return `${name} must not be in the future.`;
  return at < Date.parse(EARLIEST) ? `${name} must not be before ${EARLIEST}.` : null;
}

/** A text that every provider can show. */
export function isPlainText(text: string, most: number): boolean {
  return text.trim().length > 0 && text.length <= most && !/[\p{Cc}\p{Cs}]/u.test(text);
}

/** The same record with other times. */
export function withTimes<R extends Recorded>(record: R, change: (time: OffsetDateTime) => OffsetDateTime): R {
  return "start" in record
    ? { ...record, start: change(record.start), end: change(record.end) }
    : { ...record, time: change(record.time) };
}

/** The time by which a record is filed: a sleep belongs to the day of its end. */
export function filingTime(record: Recorded): OffsetDateTime {
  if (record.kind === "SLEEP") return record.end;
  return "start" in record ? record.start : record.time;
}
