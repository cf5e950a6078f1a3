import { list, number, object, optionalNumber, optionalString } from "../../../http/json.js";
import type { LocalDate, SampleSeries } from "../../../model/records.js";
import { localDayClock, secondsOfClock, wallClockOffsets } from "../wall-clock.js";
import type { Unchecked } from "./raw.js";

/**
 * https://dev.fitbit.com/build/reference/web-api/intraday/get-activity-intraday-by-date/
 * https://dev.fitbit.com/build/reference/web-api/intraday/get-heartrate-intraday-by-date/
 */
export interface RawIntraday {
  readonly dataset: readonly {
    /** Local start of the interval, HH:mm:ss. */
    readonly time: string;
    readonly value: number;
  }[];
  readonly datasetInterval: number;
  /** "minute" or "second". */
  readonly datasetType: string;
}

/**
 * One day's samples; null for a day without any. Zero rows of counts are kept: they are the provider's zeros, and a bin
 * is empty only where there is no row (heart minutes without signal, the time after the last sync).
 */
export function toSamples(
  answer: unknown,
  resource: string,
  day: LocalDate,
  zone: string | undefined,
  reading: {
    readonly join: "sum" | "average";
    readonly asRecorded?: boolean;
    readonly convert?: (given: number) => number;
  },
): SampleSeries | null {
  const key = `activities-${resource}-intraday`;
  const raw: Unchecked<RawIntraday> = object(object(answer, key)[key], key);
  const wall: number[] = [];
  const given: number[] = [];
  for (const row of list(raw.dataset, `${key}.dataset`)) {
    const one: Unchecked<RawIntraday["dataset"][number]> = object(row, `${key}.dataset[]`);
    const value = number(one.value, `${key}.dataset[].value`);
    wall.push(secondsOfClock(one.time, `${key}.dataset[].time`));
    given.push(reading.convert ? reading.convert(value) : value);
  }
  if (wall.length === 0) return null;
  const clock = zone === undefined ? null : localDayClock(day, zone);
  return {
    start: clock?.start ?? null,
    localStart: clock?.start.slice(0, 19) ?? `${day}T00:00:00`,
    stepSeconds: reading.asRecorded ? null : stepSeconds(raw),
    ...wallClockOffsets(wall, given, clock, reading.join),
  };
}

function stepSeconds(raw: Unchecked<RawIntraday>): number | null {
  const interval = optionalNumber(raw.datasetInterval);
  return interval === null ? null : interval * (optionalString(raw.datasetType) === "second" ? 1 : 60);
}
