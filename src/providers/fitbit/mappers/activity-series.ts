import { number, object, type Unchecked } from "../../../http/json.js";
import { cell } from "../../../model/cells.js";
import type { PlainField } from "../../../model/fields.js";
import { envelope, requiredList } from "../../kit/envelope.js";
import { figure as figureOf } from "../../kit/figures.js";
import { readRows } from "../../kit/members.js";
import { requiredDate } from "../../kit/times.js";
import type { ReadPage } from "../../provider.js";
import { dayOfRow } from "./raw.js";

/** Fields of a day whose value is one number. */
export type DayFigure = Extract<
  PlainField,
  | "activity.steps"
  | "activity.distance"
  | "activity.energyBurned"
  | "activity.activeEnergyBurned"
  | "activity.basalEnergyBurned"
  | "activity.floors"
  | "activity.elevation"
  | "activity.sedentaryMinutes"
  | "activity.lightlyActiveMinutes"
  | "activity.moderatelyActiveMinutes"
  | "activity.veryActiveMinutes"
>;

/** https://dev.fitbit.com/build/reference/web-api/activity-timeseries/get-activity-timeseries-by-date-range/ */
interface RawSeriesRow {
  readonly dateTime: string;
  /**
   * A text, with rounding errors: "5.7230999999999996". Every day has a row. Days not worn have "0", which is read as
   * 0.
   */
  readonly value: string;
}

export function toDayFigures(
  answer: unknown,
  resource: string,
  field: DayFigure,
  convert = (given: number) => given,
): Pick<ReadPage, "cells" | "skipped"> {
  const key = `activities-${resource}`;
  return readRows(requiredList(envelope(answer, key), key), {
    fields: [field],
    read: (row) => {
      const raw: Unchecked<RawSeriesRow> = object(row, `${key}[]`);
      const day = requiredDate(raw.dateTime, `${key}[].dateTime`);
      return cell(field, day, convert(number(raw.value, `${key}[].value`)));
    },
    dayOfUnread: dayOfRow("dateTime"),
  });
}

/** https://dev.fitbit.com/build/reference/web-api/active-zone-minutes-timeseries/get-azm-timeseries-by-interval/ */
interface RawActiveZoneMinutesRow {
  readonly dateTime: string;
  /** The sum of the zones, with cardio and peak minutes counted twice. Zones with 0 are left out. */
  readonly value: { readonly activeZoneMinutes: number };
}

/**
 * Days with 0 have no row, and a device that does not count zone minutes has no rows at all. Only the second case is
 * "not recorded", and the answer does not tell them apart. So a day without a row stays absent, never 0.
 */
export function toActiveZoneMinutes(answer: unknown): Pick<ReadPage, "cells" | "skipped"> {
  const key = "activities-active-zone-minutes";
  return readRows(requiredList(envelope(answer, key), key), {
    fields: ["activity.activeZoneMinutes"],
    read: (row) => {
      const raw: Unchecked<RawActiveZoneMinutesRow> = object(row, `${key}[]`);
      const value = object(raw.value, `${key}[].value`);
      const total = figureOf(value["activeZoneMinutes"]);
      const day = requiredDate(raw.dateTime, `${key}[].dateTime`);
      return total === null ? null : cell("activity.activeZoneMinutes", day, total);
    },
    dayOfUnread: dayOfRow("dateTime"),
  });
}
