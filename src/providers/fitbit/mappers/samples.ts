import { number, object, optionalNumber, optionalString, type Unchecked } from "../../../http/json.js";
import { present } from "../../../model/cells.js";
import type { Field } from "../../../model/fields.js";
import type { LocalDate } from "../../../model/records.js";
import { envelope, requiredList } from "../../kit/envelope.js";
import { readMembers } from "../../kit/members.js";
import type { ReadPage } from "../../provider.js";
import { localDayClock, secondsOfClock, wallClockOffsets } from "../wall-clock.js";

/**
 * https://dev.fitbit.com/build/reference/web-api/intraday/get-activity-intraday-by-date/
 * https://dev.fitbit.com/build/reference/web-api/intraday/get-heartrate-intraday-by-date/
 */
interface RawIntraday {
  readonly dataset: readonly {
    /** Local start of the interval, HH:mm:ss. */
    readonly time: string;
    readonly value: number;
  }[];
  readonly datasetInterval: number;
  /** "minute" or "second". */
  readonly datasetType: string;
}

export type SamplesField = Extract<Field, `${string}.samples:${string}`>;

/**
 * One day's samples; no cell for a day without any. Rows of counts with 0 are kept: they are zeros of the provider. A
 * bin is empty only where there is no row (heart minutes without signal, the time after the last sync).
 */
export function toSamples(
  answer: unknown,
  resource: string,
  field: SamplesField,
  day: LocalDate,
  zone: string | undefined,
  reading: {
    readonly join: "sum" | "average";
    readonly asRecorded?: boolean;
    readonly convert?: (given: number) => number;
  },
): Pick<ReadPage, "cells" | "skipped"> {
  const key = `activities-${resource}-intraday`;
  const raw: Unchecked<RawIntraday> = object(envelope(answer, key)[key], key);
  const [path, valuePath, timePath] = [`${key}.dataset[]`, `${key}.dataset[].value`, `${key}.dataset[].time`];
  const { found, skipped } = readMembers(requiredList(raw, "dataset"), {
    fields: [field],
    read: (row) => {
      const one: Unchecked<RawIntraday["dataset"][number]> = object(row, path);
      const value = number(one.value, valuePath);
      const seconds = secondsOfClock(one.time, timePath);
      return { seconds, value: reading.convert ? reading.convert(value) : value };
    },
    dayOfUnread: () => day,
  });
  if (found.length === 0) return { cells: [], skipped };
  const wall = found.map(({ seconds }) => seconds);
  const given = found.map(({ value }) => value);
  const clock = zone === undefined ? null : localDayClock(day, zone);
  const series = {
    start: clock?.start ?? null,
    localStart: clock?.start.slice(0, 19) ?? `${day}T00:00:00`,
    stepSeconds: reading.asRecorded ? null : stepSeconds(raw),
    ...wallClockOffsets(wall, given, clock, reading.join),
  };
  return { cells: present(field, day, series), skipped };
}

function stepSeconds(raw: Unchecked<RawIntraday>): number | null {
  const interval = optionalNumber(raw.datasetInterval);
  return interval === null ? null : interval * (optionalString(raw.datasetType) === "second" ? 1 : 60);
}
