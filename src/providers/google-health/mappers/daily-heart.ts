import { object } from "../../../http/json.js";
import { type Cell, cell, present } from "../../../model/cells.js";
import type { LocalDate, ZoneBounds } from "../../../model/records.js";
import { omittableList } from "../../kit/envelope.js";
import { figure } from "../../kit/figures.js";
import { firstOfEach } from "../../kit/members.js";
import { zoneKinds } from "./daily-roll-up.js";
import { type Int64, type RawDate, requiredDate, toDate } from "./wire.js";

/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#DailyRestingHeartRate */
interface RawDailyRestingHeartRate {
  readonly date: RawDate;
  readonly beatsPerMinute: Int64;
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#DailyHeartRateVariability */
interface RawDailyHeartRateVariability {
  readonly date: RawDate;
  /** RMSSD of the whole night, in ms. */
  readonly averageHeartRateVariabilityMilliseconds: number;
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#DailyHeartRateZones */
interface RawDailyHeartRateZones {
  readonly date: RawDate;
  readonly heartRateZones: readonly {
    readonly heartRateZoneType: string;
    readonly minBeatsPerMinute: Int64;
    readonly maxBeatsPerMinute: Int64;
  }[];
}

export function toRestingRate(value: unknown): Cell[] {
  const raw: Partial<RawDailyRestingHeartRate> = object(value, "dailyRestingHeartRate");
  return present("heart.restingRate", dayOf(raw), figure(raw.beatsPerMinute));
}

export function toHrv(value: unknown): Cell[] {
  const raw: Partial<RawDailyHeartRateVariability> = object(value, "dailyHeartRateVariability");
  const average = figure(raw.averageHeartRateVariabilityMilliseconds);
  // A 0 was captured beside a deep-sleep figure of 122 ms, so 0 means that there is no value.
  return present("heart.hrvRmssd", dayOf(raw), average === 0 ? null : average);
}

export function toZoneBounds(value: unknown): Cell[] {
  const raw: Partial<RawDailyHeartRateZones> = object(value, "dailyHeartRateZones");
  const bounds = omittableList(raw, "heartRateZones").flatMap((zone): ZoneBounds[] => {
    const each: Partial<RawDailyHeartRateZones["heartRateZones"][number]> = object(zone, "heartRateZones[]");
    const kind = zoneKinds[String(each.heartRateZoneType)];
    if (kind === undefined) return [];
    return [{ kind, minRate: figure(each.minBeatsPerMinute), maxRate: figure(each.maxBeatsPerMinute) }];
  });
  return bounds.length === 0
    ? []
    : [
        cell(
          "heart.zones.bounds",
          dayOf(raw),
          firstOfEach(bounds, ({ kind }) => kind),
        ),
      ];
}

/** The day of a point that can't be read. */
export function dayOfDaily(value: unknown): LocalDate | null {
  return toDate(object(value, "value")["date"]);
}

export function dayOf(raw: { readonly date?: unknown }): LocalDate {
  return requiredDate(raw.date, "date");
}
