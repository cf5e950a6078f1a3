import { object, type Unchecked } from "../../../http/json.js";
import { type Cell, present } from "../../../model/cells.js";
import type { Field } from "../../../model/fields.js";
import type { HeartZoneKind, LocalDate, ZoneEnergy, ZoneMinutes } from "../../../model/records.js";
import { omittableList } from "../../kit/envelope.js";
import { figure as figureOf } from "../../kit/figures.js";
import { firstOfEach } from "../../kit/members.js";
import {
  type Duration,
  type Int64,
  type RawCivilDateTime,
  requiredDate,
  toDate,
  toMinutes,
  toSeconds,
} from "./wire.js";

/**
 * https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints/dailyRollUp
 *
 * A day that was not worn is missing; worn and still is "0". A value object without its figure may be either: nobody
 * has proven that zeros are sent, so it is read as nothing.
 */
interface RawDay {
  readonly civilStartTime: RawCivilDateTime;
  readonly steps: { readonly countSum: Int64 };
  readonly distance: { readonly millimetersSum: Int64 };
  readonly floors: { readonly countSum: Int64 };
  readonly altitude: { readonly gainMillimetersSum: Int64 };
  /** kcal, with basal energy. */
  readonly totalCalories: { readonly kcalSum: number };
  /** kcal, without basal energy. */
  readonly activeEnergyBurned: { readonly kcalSum: number };
  readonly activeMinutes: {
    readonly activeMinutesRollupByActivityLevel: readonly {
      /** LIGHT, MODERATE or VIGOROUS. */
      readonly activityLevel: string;
      readonly activeMinutesSum: Int64;
    }[];
  };
  /** Already weighted: a minute of cardio or peak counts twice. */
  readonly activeZoneMinutes: {
    readonly sumInFatBurnHeartZone: Int64;
    readonly sumInCardioHeartZone: Int64;
    readonly sumInPeakHeartZone: Int64;
  };
  readonly sedentaryPeriod: { readonly durationSum: Duration };
  readonly timeInHeartRateZone: {
    readonly timeInHeartRateZones: readonly { readonly heartRateZone: string; readonly duration: Duration }[];
  };
  readonly heartRate: {
    readonly beatsPerMinuteAvg: number;
    readonly beatsPerMinuteMin: number;
    readonly beatsPerMinuteMax: number;
  };
  readonly caloriesInHeartRateZone: {
    readonly caloriesInHeartRateZones: readonly { readonly heartRateZone: string; readonly kcal: number }[];
  };
}
export type RollUpKey = Exclude<keyof RawDay, "civilStartTime">;
/** The value of one key, before it is checked. */
export type Loose = Readonly<Record<string, unknown>>;

/** The cells of one day's row. None if it has no value object, or an empty one. */
export function toDay(
  row: unknown,
  key: RollUpKey,
  read: (value: Loose, day: LocalDate) => readonly Cell[],
): readonly Cell[] {
  const raw: Unchecked<RawDay> = object(row, "rollupDataPoints[]");
  const day = requiredDate(civilStart(raw)["date"], "rollupDataPoints[].civilStartTime.date");
  const value = raw[key];
  return value === undefined || value === null ? [] : read(object(value, `rollupDataPoints[].${key}`), day);
}

/** The day of a row that can't be read. */
export function dayOfRow(row: unknown): LocalDate | null {
  return toDate(civilStart(object(row, "rollupDataPoints[]"))["date"]);
}

function civilStart(raw: Unchecked<RawDay>): Loose {
  return object(raw.civilStartTime, "rollupDataPoints[].civilStartTime");
}

/** One figure of a day, converted to its SI unit. */
export function figure<F extends Field>(field: F, member: string, perUnit = 1) {
  return (value: Loose, day: LocalDate): Cell[] => {
    const sum = figureOf(value[member]);
    return present<Field>(field, day, sum === null ? null : sum / perUnit);
  };
}

export function toHeartRates(value: Loose, day: LocalDate): Cell[] {
  return [
    ...present("heart.averageRate", day, figureOf(value["beatsPerMinuteAvg"])),
    ...present("heart.lowestRate", day, figureOf(value["beatsPerMinuteMin"])),
    ...present("heart.highestRate", day, figureOf(value["beatsPerMinuteMax"])),
  ];
}

const levels = {
  LIGHT: "activity.lightlyActiveMinutes",
  MODERATE: "activity.moderatelyActiveMinutes",
  VIGOROUS: "activity.veryActiveMinutes",
} as const;

export function toActiveMinutes(value: Loose, day: LocalDate): Cell[] {
  const entries = omittableList(value, "activeMinutesRollupByActivityLevel").map((entry) => {
    const raw = object(entry, "activeMinutesRollupByActivityLevel[]");
    return { level: String(raw["activityLevel"]), minutes: figureOf(raw["activeMinutesSum"]) };
  });
  const minutesOf = new Map(firstOfEach(entries, ({ level }) => level).map(({ level, minutes }) => [level, minutes]));
  return Object.entries(levels).flatMap(([level, field]) => present(field, day, minutesOf.get(level)));
}

/** A zone without minutes is left out. If all three are missing, nothing is known. */
export function toActiveZoneMinutes(value: Loose, day: LocalDate): Cell[] {
  const sums = ["sumInFatBurnHeartZone", "sumInCardioHeartZone", "sumInPeakHeartZone"]
    .map((member) => figureOf(value[member]))
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
  const seconds = durationOf(value["durationSum"]);
  return present("activity.sedentaryMinutes", day, seconds === null ? null : toMinutes(seconds));
}

export const zoneKinds: Readonly<Record<string, HeartZoneKind>> = {
  LIGHT: "LIGHT",
  MODERATE: "MODERATE",
  VIGOROUS: "VIGOROUS",
  PEAK: "PEAK",
};

export function toZoneMinutes(value: Loose, day: LocalDate): Cell[] {
  const zones = byZone(value, "timeInHeartRateZones", (raw) => durationOf(raw["duration"])).map(
    ([kind, seconds]): ZoneMinutes => ({ kind, minutes: toMinutes(seconds) }),
  );
  return present("heart.zones.minutes", day, zones.length > 0 ? zones : null);
}

export function toZoneEnergy(value: Loose, day: LocalDate): Cell[] {
  const zones = byZone(value, "caloriesInHeartRateZones", (raw) => figureOf(raw["kcal"])).map(
    ([kind, energyBurned]): ZoneEnergy => ({ kind, energyBurned }),
  );
  return present("heart.zones.energyBurned", day, zones.length > 0 ? zones : null);
}

/** Each zone once: repeated entries are not added up. */
function byZone(value: Loose, key: string, read: (raw: Loose) => number | null): [HeartZoneKind, number][] {
  const entries = omittableList(value, key).flatMap((entry): [HeartZoneKind, number][] => {
    const raw = object(entry, `${key}[]`);
    const kind = zoneKinds[String(raw["heartRateZone"])];
    const amount = read(raw);
    return kind === undefined || amount === null ? [] : [[kind, amount]];
  });
  return [...firstOfEach(entries, ([kind]) => kind)];
}

/** Null if it is left out. NaN, which the check of bounds refuses, if it is not a duration. */
function durationOf(value: unknown): number | null {
  return value === undefined || value === null ? null : (toSeconds(value) ?? Number.NaN);
}
