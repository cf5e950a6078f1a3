import { object, optionalList, optionalNumber, optionalObject } from "../../../http/json.js";
import { type Cell, present } from "../../../model/cells.js";
import type { Field } from "../../../model/fields.js";
import type { HeartZoneKind, LocalDate, ZoneEnergy, ZoneMinutes } from "../../../model/records.js";
import { type Duration, type Int64, type RawCivilDateTime, requiredDate, toMinutes, toSeconds } from "./wire.js";

/**
 * https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints/dailyRollUp
 *
 * A day that was not worn is missing; worn and still is "0". A value object without its figure may be either: nobody
 * has proven that zeros are sent, so it is read as nothing.
 */
export interface RawDay {
  readonly civilStartTime: RawCivilDateTime;
  readonly steps: { readonly countSum: Int64 };
  readonly distance: { readonly millimetersSum: Int64 };
  readonly floors: { readonly countSum: Int64 };
  readonly altitude: { readonly gainMillimetersSum: Int64 };
  /** kcal; basal burn included. */
  readonly totalCalories: { readonly kcalSum: number };
  /** kcal; without basal burn. */
  readonly activeEnergyBurned: { readonly kcalSum: number };
  readonly activeMinutes: {
    readonly activeMinutesRollupByActivityLevel: readonly {
      /** LIGHT, MODERATE or VIGOROUS. */
      readonly activityLevel: string;
      readonly activeMinutesSum: Int64;
    }[];
  };
  /** Already weighted: a minute of cardio or peak counts two. */
  readonly activeZoneMinutes: {
    readonly sumInFatBurnHeartZone: Int64;
    readonly sumInCardioHeartZone: Int64;
    readonly sumInPeakHeartZone: Int64;
  };
  readonly sedentaryPeriod: { readonly durationSum: Duration };
  readonly timeInHeartRateZone: {
    readonly timeInHeartRateZones: readonly { readonly heartRateZone: string; readonly duration: Duration }[];
  };
  readonly caloriesInHeartRateZone: {
    readonly caloriesInHeartRateZones: readonly { readonly heartRateZone: string; readonly kcal: number }[];
  };
}
export type RollUpKey = Exclude<keyof RawDay, "civilStartTime">;
/** The value of one key, of which nothing is certain. */
export type Loose = Readonly<Record<string, unknown>>;

/** The cells of each day from one to another, in whatever order they came. */
export function toDays(
  answer: unknown,
  key: RollUpKey,
  { from, to }: { readonly from: LocalDate; readonly to: LocalDate },
  read: (value: Loose, day: LocalDate) => readonly Cell[],
): Cell[] {
  return optionalList(object(answer, "answer")["rollupDataPoints"]).flatMap((point) => {
    const raw: Partial<Record<keyof RawDay, unknown>> = object(point, "rollupDataPoints[]");
    const civil = object(raw.civilStartTime, "rollupDataPoints[].civilStartTime");
    const day = requiredDate(civil["date"], "rollupDataPoints[].civilStartTime.date");
    const value = optionalObject(raw[key]);
    return value === null || day < from || day > to ? [] : read(value, day);
  });
}

/** One figure of a day, converted to its SI unit. */
export function figure<F extends Field>(field: F, member: string, perUnit = 1) {
  return (value: Loose, day: LocalDate): Cell[] => {
    const sum = optionalNumber(value[member]);
    return present<Field>(field, day, sum === null ? null : sum / perUnit);
  };
}

const levels = {
  LIGHT: "activity.lightlyActiveMinutes",
  MODERATE: "activity.moderatelyActiveMinutes",
  VIGOROUS: "activity.veryActiveMinutes",
} as const;

export function toActiveMinutes(value: Loose, day: LocalDate): Cell[] {
  const sums = new Map<string, number>();
  for (const entry of optionalList(value["activeMinutesRollupByActivityLevel"])) {
    const raw = object(entry, "activeMinutesRollupByActivityLevel[]");
    const minutes = optionalNumber(raw["activeMinutesSum"]);
    const level = String(raw["activityLevel"]);
    if (minutes !== null) sums.set(level, (sums.get(level) ?? 0) + minutes);
  }
  return Object.entries(levels).flatMap(([level, field]) => present(field, day, sums.get(level)));
}

/** A zone that nobody was in is left out; all three missing is nothing. */
export function toActiveZoneMinutes(value: Loose, day: LocalDate): Cell[] {
  const sums = ["sumInFatBurnHeartZone", "sumInCardioHeartZone", "sumInPeakHeartZone"]
    .map((member) => optionalNumber(value[member]))
    .filter((sum) => sum !== null);
  return sums.length === 0
    ? []
    : present(
        "activity.activeZoneMinutes",
        day,
        sums.reduce((a, b) => a + b, 0),
      );
}

export function toSedentaryMinutes(value: Loose, day: LocalDate): Cell[] {
  const seconds = toSeconds(value["durationSum"]);
  return present("activity.sedentaryMinutes", day, seconds === null ? null : toMinutes(seconds));
}

export const zoneKinds: Readonly<Record<string, HeartZoneKind>> = {
  LIGHT: "LIGHT",
  MODERATE: "MODERATE",
  VIGOROUS: "VIGOROUS",
  PEAK: "PEAK",
};

export function toZoneMinutes(value: Loose, day: LocalDate): Cell[] {
  const zones = byZone(value["timeInHeartRateZones"], (raw) => toSeconds(raw["duration"])).map(
    ([kind, seconds]): ZoneMinutes => ({ kind, minutes: toMinutes(seconds) }),
  );
  return present("heart.zones.minutes", day, zones.length > 0 ? zones : null);
}

export function toZoneEnergy(value: Loose, day: LocalDate): Cell[] {
  const zones = byZone(value["caloriesInHeartRateZones"], (raw) => optionalNumber(raw["kcal"])).map(
    ([kind, energyBurned]): ZoneEnergy => ({ kind, energyBurned }),
  );
  return present("heart.zones.energyBurned", day, zones.length > 0 ? zones : null);
}

function byZone(entries: unknown, read: (raw: Loose) => number | null): [HeartZoneKind, number][] {
  const sums = new Map<HeartZoneKind, number>();
  for (const entry of optionalList(entries)) {
    const raw = object(entry, "zones[]");
    const kind = zoneKinds[String(raw["heartRateZone"])];
    const amount = read(raw);
    if (kind !== undefined && amount !== null) sums.set(kind, (sums.get(kind) ?? 0) + amount);
  }
  return [...sums];
}
