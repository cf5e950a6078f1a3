import { object, optionalList, optionalNumber, optionalObject } from "../../../http/json.js";
import type { LocalDate, SampleSeries } from "../../../model/records.js";
import {
  addDays,
  eachDay,
  instantOf,
  inZone,
  localDateOf,
  offsetOf,
  startOfDay,
  withOffset,
} from "../../../model/time.js";
import { type Int64, instant, type RawSampleTime, type Timestamp, toSampleMoment } from "./wire.js";

/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints/rollUp */
export interface RawWindow {
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
export interface RawHeartRate {
  readonly sampleTime: RawSampleTime;
  readonly beatsPerMinute: Int64;
}

/** Epoch ms of a sample and its value. */
export type Sample = readonly [at: number, value: number];

/** The windows of an answer. Those in which nothing was worn are missing, which is not 0. */
export function toWindows(answer: unknown, key: WindowKey, member: string, perUnit: number): Sample[] {
  return optionalList(object(answer, "answer")["rollupDataPoints"]).flatMap((point): Sample[] => {
    const raw: Partial<Record<keyof RawWindow, unknown>> = object(point, "rollupDataPoints[]");
    const value = optionalNumber(optionalObject(raw[key])?.[member]);
    return value === null ? [] : [[instant(raw.startTime, "rollupDataPoints[].startTime"), value / perUnit]];
  });
}

/** A day's series for each day with samples, the days being those of a zone. */
export function toSeriesByDay(
  samples: Iterable<Sample>,
  { from, to }: { readonly from: LocalDate; readonly to: LocalDate },
  zone: string,
  stepSeconds: number,
): [LocalDate, SampleSeries][] {
  const sorted = [...samples].sort(([a], [b]) => a - b);
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

/** One heart rate as recorded, filed under the day it had where the person was. */
export interface HeartSample {
  readonly day: LocalDate;
  readonly at: number;
  readonly offsetSeconds: number;
  readonly value: number;
}

export function toHeartSamples(answer: unknown, zone: string | undefined): HeartSample[] {
  return optionalList(object(answer, "answer")["dataPoints"]).flatMap((point): HeartSample[] => {
    const raw: Partial<RawHeartRate> = object(object(point, "dataPoints[]")["heartRate"], "heartRate");
    const value = optionalNumber(raw.beatsPerMinute);
    if (value === null) return [];
    const time = toSampleMoment(raw.sampleTime, zone, "heartRate.sampleTime");
    return [{ day: localDateOf(time), at: instantOf(time), offsetSeconds: offsetOf(time) ?? 0, value }];
  });
}

/**
 * One day's samples of any order. The day begins at the zone's midnight where the zone agrees with the first sample,
 * else at that of the first sample's own offset: a traveller's day is not the zone's.
 */
export function toRecordedSeries(
  day: LocalDate,
  samples: readonly HeartSample[],
  zone: string | undefined,
): SampleSeries {
  const sorted = [...new Map(samples.map((sample) => [sample.at, sample])).values()].sort((a, b) => a.at - b.at);
  const first = sorted[0]!;
  const agrees = zone !== undefined && offsetOf(inZone(first.at, zone)) === first.offsetSeconds;
  const start = agrees
    ? inZone(startOfDay(day, zone), zone)
    : withOffset(Date.parse(`${day}T00:00:00Z`) - first.offsetSeconds * 1000, first.offsetSeconds);
  return toSeries(
    day,
    start,
    sorted.map(({ at, value }) => [at, value]),
    null,
  );
}

function toSeries(day: LocalDate, start: string, sorted: readonly Sample[], stepSeconds: number | null): SampleSeries {
  const began = instantOf(start);
  return {
    start,
    localStart: `${day}T00:00:00`,
    stepSeconds,
    offsets: sorted.map(([at]) => Math.round((at - began) / 1000)),
    values: sorted.map(([, value]) => value),
  };
}
