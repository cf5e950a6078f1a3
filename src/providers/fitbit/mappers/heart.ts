import { object, type Unchecked } from "../../../http/json.js";
import { type Cell, cell, nothing, present } from "../../../model/cells.js";
import type { HeartZoneKind, LocalDate, WorkoutZone, ZoneBounds } from "../../../model/records.js";
import { envelope, omittableList, requiredList } from "../../kit/envelope.js";
import { figureCells, figure as figureOf } from "../../kit/figures.js";
import { isUnreadable, readRows } from "../../kit/members.js";
import { requiredDate } from "../../kit/times.js";
import type { ReadPage } from "../../provider.js";
import { dayOfRow } from "./raw.js";

/** https://dev.fitbit.com/build/reference/web-api/heartrate-timeseries/get-heartrate-timeseries-by-date-range/ */
interface RawHeartDay {
  readonly dateTime: string;
  readonly value: {
    /** bpm; absent if unknown. */
    readonly restingHeartRate: number;
    readonly heartRateZones: readonly RawHeartZone[];
  };
}
interface RawHeartZone {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** May be absent, as `caloriesOut` may be. */
  readonly minutes: number;
  /** kcal */
  readonly caloriesOut: number;
}

/** The person's own zones are in another list (`customHeartRateZones`) with names of their own: they are left out. */
const zoneKinds: ReadonlyMap<unknown, HeartZoneKind> = new Map([
  ["Out of Range", "LIGHT"],
  ["Fat Burn", "MODERATE"],
  ["Cardio", "VIGOROUS"],
  ["Peak", "PEAK"],
]);

const zoneFields = ["heart.zones.bounds", "heart.zones.minutes", "heart.zones.energyBurned"] as const;
export type ZoneField = (typeof zoneFields)[number];

function toHeartDay(row: unknown): Cell[] {
  const path = "activities-heart[]";
  const item = object(row, path);
  // In answers about a part of the day, `value` is the mean rate of that part as a text, and the zones are beside it.
  const aside = typeof item["value"] === "string";
  const raw: Unchecked<RawHeartDay["value"]> = aside ? item : object(item["value"], `${path}.value`);
  const day = requiredDate(item["dateTime"], `${path}.dateTime`);
  return [...figureCells("heart.restingRate", day, raw.restingHeartRate), ...toZones(raw, day, zoneFields)];
}

export function toHeartDays(answer: unknown): Pick<ReadPage, "cells" | "skipped"> {
  return readRows(requiredList(envelope(answer, "heart series"), "activities-heart"), {
    fields: ["heart.restingRate", ...zoneFields],
    read: toHeartDay,
    dayOfUnread: dayOfRow("dateTime"),
  });
}

/**
 * The given fields of one day's zones. No cells if no zone is listed. Unreadable zones are an error of the provider.
 */
export function toZones(
  raw: { readonly heartRateZones?: unknown },
  day: LocalDate,
  fields: readonly ZoneField[],
): Cell[] {
  try {
    const found = zonesOf(raw);
    return fields.flatMap((field) => present(field, day, found[field].length > 0 ? (found[field] as never) : null));
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return fields.map((field) => nothing(field, day, "PROVIDER_ERROR"));
  }
}

/** The zones of a workout. Null if none is listed, or if they can't be read. */
export function workoutZones(raw: { readonly heartRateZones?: unknown }): readonly WorkoutZone[] | null {
  try {
    const found = zonesOf(raw);
    const of = (field: ZoneField, kind: unknown) =>
      (found[field] as readonly Partial<WorkoutZone>[]).find((zone) => zone.kind === kind);
    const zones = found["heart.zones.bounds"].map((zone): WorkoutZone => {
      const { kind, minRate, maxRate } = zone as ZoneBounds;
      const minutes = of("heart.zones.minutes", kind)?.minutes ?? null;
      const energyBurned = of("heart.zones.energyBurned", kind)?.energyBurned ?? null;
      return { kind, minRate, maxRate, minutes, energyBurned };
    });
    return zones.length > 0 ? zones : null;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return null;
  }
}

function zonesOf(raw: { readonly heartRateZones?: unknown }): Readonly<Record<ZoneField, readonly object[]>> {
  const known = omittableList(raw, "heartRateZones").flatMap((zone) => {
    const one: Unchecked<RawHeartZone> = object(zone, "heartRateZones[]");
    const kind = zoneKinds.get(one.name);
    return kind ? [{ kind, one }] : [];
  });
  const figure = (one: Unchecked<RawHeartZone>, key: keyof RawHeartZone) => figureOf(one[key]);
  return {
    "heart.zones.bounds": known.map(({ kind, one }) => ({
      kind,
      minRate: figure(one, "min"),
      maxRate: figure(one, "max"),
    })),
    "heart.zones.minutes": known.flatMap(({ kind, one }) => {
      const minutes = figure(one, "minutes");
      return minutes === null ? [] : [{ kind, minutes }];
    }),
    "heart.zones.energyBurned": known.flatMap(({ kind, one }) => {
      const energyBurned = figure(one, "caloriesOut");
      return energyBurned === null ? [] : [{ kind, energyBurned }];
    }),
  };
}

/** https://dev.fitbit.com/build/reference/web-api/heartrate-variability/get-hrv-summary-by-interval/ */
interface RawHrvDay {
  readonly dateTime: string;
  /** ms, over the main sleep that ended on that day. `deepRmssd` covers deep sleep only and is not read. */
  readonly value: { readonly dailyRmssd: number };
}

/** Days without a value have no row. */
export function toHrv(answer: unknown): Pick<ReadPage, "cells" | "skipped"> {
  return readRows(requiredList(envelope(answer, "hrv answer"), "hrv"), {
    fields: ["heart.hrvRmssd"],
    read: (row) => {
      const raw: Unchecked<RawHrvDay> = object(row, "hrv[]");
      const rmssd = figureOf(object(raw.value, "hrv[].value")["dailyRmssd"]);
      const day = requiredDate(raw.dateTime, "hrv[].dateTime");
      return rmssd === null ? null : cell("heart.hrvRmssd", day, rmssd);
    },
    dayOfUnread: dayOfRow("dateTime"),
  });
}
