import { object, type Unchecked } from "../../../http/json.js";
import type { LocalDate, SampleSeries } from "../../../model/records.js";
import { addDays, eachDay, instantOf, inZone, startOfDay } from "../../../model/time.js";
import { figure } from "../../kit/figures.js";
import { type Int64, instant, type RawSampleTime, type Timestamp } from "./wire.js";

/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints/rollUp */
interface RawWindow {
  readonly startTime: Timestamp;
  readonly heartRate: { readonly beatsPerMinuteAvg: number };
  readonly steps: { readonly countSum: Int64 };
  readonly distance: { readonly millimetersSum: Int64 };
  readonly floors: { readonly countSum: Int64 };
  readonly altitude: { readonly gainMillimetersSum: Int64 };
  readonly totalCalories: { readonly kcalSum: number };
}
export type WindowKey = Exclude<keyof RawWindow, "startTime">;
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#HeartRate */
interface RawHeartRate {
  readonly sampleTime: RawSampleTime;
  readonly beatsPerMinute: Int64;
}

/** Epoch ms of a sample and its value. */
export type Sample = readonly [at: number, value: number];

/**
 * One window. Windows in which the device was not worn are missing, which is not 0. A window without its figure is
 * nothing.
 */
export function toWindow(row: unknown, key: WindowKey, member: string, perUnit: number): readonly Sample[] {
  const raw: Unchecked<RawWindow> = object(row, "rollupDataPoints[]");
  const at = instant(raw.startTime, "rollupDataPoints[].startTime");
  const given = raw[key];
  if (given === undefined || given === null) return [];
  const value = figure(object(given, `rollupDataPoints[].${key}`)[member]);
  return value === null ? [] : [[at, value / perUnit]];
}

/** One heart rate as recorded, by its physical time: many points lack the civil time. */
export function toHeartSample(point: unknown): readonly Sample[] {
  const raw: Partial<RawHeartRate> = object(object(point, "dataPoints[]")["heartRate"], "heartRate");
  const time: Partial<RawSampleTime> = object(raw.sampleTime, "heartRate.sampleTime");
  const at = instant(time.physicalTime, "heartRate.sampleTime.physicalTime");
  const value = figure(raw.beatsPerMinute);
  return value === null ? [] : [[at, value]];
}

/** A series for each day of a zone that has samples. Of two samples of one instant the later one in the list counts. */
export function toSeriesByDay(
  samples: readonly Sample[],
  { from, to }: { readonly from: LocalDate; readonly to: LocalDate },
  zone: string,
  stepSeconds: number | null,
): [LocalDate, SampleSeries][] {
  const sorted = [...new Map(samples)].sort(([a], [b]) => a - b);
  let next = 0;
  const first = startOfDay(from, zone);
  while (next < sorted.length && sorted[next]![0] < first) next++;
  return [...eachDay(from, to)].flatMap((day): [LocalDate, SampleSeries][] => {
    const start = startOfDay(day, zone);
    const end = startOfDay(addDays(day, 1), zone);
    const begin = next;
    while (next < sorted.length && sorted[next]![0] < end) next++;
    return begin === next ? [] : [[day, toSeries(day, inZone(start, zone), sorted.slice(begin, next), stepSeconds)]];
  });
}

function toSeries(day: LocalDate, start: string, sorted: readonly Sample[], stepSeconds: number | null): SampleSeries {
  const began = instantOf(start);
  return {
    start,
    localStart: `${day}T00:00:00`,
    stepSeconds,
    // The last second of a day must not be rounded to the first of the next.
    offsets: sorted.map(([at]) => Math.floor((at - began) / 1000)),
    values: sorted.map(([, value]) => value),
  };
}
