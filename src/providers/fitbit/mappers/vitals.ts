import { list, object, type Unchecked, UnreadableAnswer } from "../../../http/json.js";
import { type Cell, cell } from "../../../model/cells.js";
import type { VitalField } from "../../../model/figures.js";
import type { LocalDate, OxygenRecord, VitalRecord } from "../../../model/records.js";
import { eachDay, instantOf, inZone, localDateOf } from "../../../model/time.js";
import { envelope, refuseErrorInside, requiredList } from "../../kit/envelope.js";
import { figure } from "../../kit/figures.js";
import { firstOfEach, readMembers, readRows } from "../../kit/members.js";
import { requiredDate } from "../../kit/times.js";
import type { Input, ReadPage } from "../../provider.js";
import { occurrences, requiredLocalDateTime } from "../wall-clock.js";
import { dayOfRow } from "./raw.js";

/** What is measured in the main sleep, filed under its date. Days without a value have no row. */

/** https://dev.fitbit.com/build/reference/web-api/spo2/get-spo2-summary-by-interval/ */
interface RawOxygenDay {
  readonly dateTime: string;
  /** Percent: mean, least and most of the night. */
  readonly value: { readonly avg: number; readonly min: number; readonly max: number };
}
/** https://dev.fitbit.com/build/reference/web-api/spo2/get-spo2-intraday-by-interval/ */
interface RawOxygenMinutes {
  readonly dateTime: string;
  /** Local times without an offset. */
  readonly minutes: readonly { readonly minute: string; readonly value: number }[];
}

type Rows = Pick<ReadPage, "cells" | "skipped">;

export function toOxygenDays(answer: unknown): Rows {
  return rows(oxygenRows(answer), "vitals.oxygenSaturation", (row) => {
    const { avg, min, max }: Unchecked<RawOxygenDay["value"]> = object(row["value"], "spo2[].value");
    const value = figure(avg);
    return value === null ? null : { value, low: figure(min), high: figure(max), method: "MEASURED" };
  });
}

/** https://dev.fitbit.com/build/reference/web-api/breathing-rate/get-br-summary-by-interval/ */
export function toBreathing(answer: unknown): Rows {
  return rows(requiredList(envelope(answer, "breathing rates"), "br"), "vitals.respiratoryRate", (row) => {
    const value = figure(object(row["value"], "br[].value")["breathingRate"]);
    // -1 stands for no value.
    return value === null || value === -1 ? null : { value, method: "MEASURED" };
  });
}

/** https://dev.fitbit.com/build/reference/web-api/temperature/get-temperature-skin-summary-by-interval: a difference. */
export function toSkinTemperature(answer: unknown): Rows {
  const given = requiredList(envelope(answer, "skin temperatures"), "tempSkin");
  return rows(given, "vitals.skinTemperatureDeviation", (row) => {
    const value = figure(object(row["value"], "tempSkin[].value")["nightlyRelative"]);
    return value === null ? null : { value, method: "MEASURED" };
  });
}

/** https://dev.fitbit.com/build/reference/web-api/cardio-fitness-score/get-vo2max-summary-by-interval/ */
export function toVo2Max(answer: unknown): Rows {
  return rows(requiredList(envelope(answer, "cardio scores"), "cardioScore"), "vitals.vo2Max", (row) =>
    toVo2MaxRange(object(row["value"], "cardioScore[].value")["vo2Max"]),
  );
}

/** An estimate is a range ("44-48"), of which the middle is the value. After a run with GPS it is one number. */
function toVo2MaxRange(given: unknown): VitalRecord | null {
  const ends = typeof given === "string" ? /^\s*(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)\s*$/.exec(given) : null;
  if (ends) {
    const [low, high] = [Number(ends[1]), Number(ends[2])];
    return { value: (low + high) / 2, low, high, method: "RANGE" };
  }
  const value = figure(given);
  return value === null ? null : { value, method: "EXERCISE_TEST" };
}

function rows(
  given: readonly unknown[],
  field: VitalField,
  toVital: (row: Readonly<Record<string, unknown>>) => VitalRecord | null,
): Rows {
  return readRows(given, {
    fields: [field],
    read: (row): Cell | null => {
      const raw = object(row, "row");
      const vital = toVital(raw);
      const day = requiredDate(raw["dateTime"], "dateTime");
      return vital === null ? null : cell(field, day, vital);
    },
    dayOfUnread: dayOfRow("dateTime"),
  });
}

/** A bare list: the days are always asked for as a range. A single row may come without its list. */
function oxygenRows(answer: unknown): readonly unknown[] {
  refuseErrorInside(answer);
  if (Array.isArray(answer)) return answer;
  const one = object(answer, "spo2");
  requiredDate(one["dateTime"], "spo2.dateTime");
  return [one];
}

/**
 * The minutes of nights: the course of each night under its date, and each minute as a reading under its own day. The
 * answer reaches one night further than the days that it covers, because evenings belong to the next night.
 */
export function toOxygenMinutes(answer: unknown, input: Input, zone: string | undefined): Rows {
  if (zone === undefined) throw new UnreadableAnswer("profile.timeZone is needed to date minutes");
  const course = "vitals.course:oxygenSaturation";
  const field = "readings.oxygenSaturations";
  const { found, skipped } = readMembers(oxygenRows(answer), {
    fields: [course, field],
    read: (row) => ({ night: toNight(row, zone) }),
    dayOfUnread: dayOfRow("dateTime"),
  });
  const nights = firstOfEach(
    found.map(({ night }) => night),
    ({ date }) => date,
  );
  const all = nights.flatMap(({ minutes }) => minutes);
  return {
    cells: [
      ...nights.flatMap(({ date, minutes }) => courseOf(date, minutes)),
      ...[...eachDay(input.from, input.to)].flatMap((day): Cell[] => {
        const own = all.filter(({ time }) => localDateOf(time) === day);
        return own.length === 0 ? [] : [cell(field, day, own)];
      }),
    ],
    skipped,
  };
}

function toNight(row: unknown, zone: string): { readonly date: LocalDate; readonly minutes: readonly OxygenRecord[] } {
  const raw: Unchecked<RawOxygenMinutes> = object(row, "spo2[]");
  const date = requiredDate(raw.dateTime, "spo2[].dateTime");
  let last = Number.NEGATIVE_INFINITY;
  let before: unknown;
  const minutes = list(raw.minutes, "spo2[].minutes").flatMap((each): OxygenRecord[] => {
    const { minute, value } = object(each, "spo2[].minutes[]");
    const percent = figure(value);
    // The same minute twice is one.
    if (percent === null || minute === before) return [];
    before = minute;
    // In the repeated hour of autumn, rows that go back are of its second occurrence.
    const candidates = occurrences(requiredLocalDateTime(minute, "spo2[].minutes[].minute"), zone);
    last = candidates.find((at) => at > last) ?? candidates[0];
    const time = inZone(last, zone);
    return [{ id: time, time, percent }];
  });
  return { date, minutes: minutes.sort((a, b) => instantOf(a.time) - instantOf(b.time)) };
}

function courseOf(date: LocalDate, minutes: readonly OxygenRecord[]): Cell[] {
  const start = minutes[0]?.time;
  if (start === undefined) return [];
  return [
    cell("vitals.course:oxygenSaturation", date, {
      ...{ start, localStart: start.slice(0, 19), stepSeconds: null },
      offsets: minutes.map(({ time }) => Math.round((instantOf(time) - instantOf(start)) / 1000)),
      values: minutes.map(({ percent }) => percent),
    }),
  ];
}
