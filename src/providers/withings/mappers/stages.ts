import { object, optionalNumber, optionalObject, optionalString, type Unchecked } from "../../../http/json.js";
import { heartFigures } from "../../../model/figures.js";
import type { SampleSeries, SleepRecord, SleepSegment, SleepStage } from "../../../model/records.js";
import { instantOf, inZone, offsetOf, withOffset } from "../../../model/time.js";
import { epoch, rate } from "./wire.js";

/** https://developer.withings.com/api-reference/#operation/sleepv2-get: not in order, and nights interleave. */
interface RawSegment {
  readonly startdate: number;
  readonly enddate: number;
  readonly state: number;
  readonly hash_deviceid: string;
  /** By seconds since 1970. Only what was asked for. */
  readonly hr: Readonly<Record<string, number>>;
  readonly rr: Readonly<Record<string, number>>;
  readonly rmssd: Readonly<Record<string, number>>;
  readonly sdnn_1: Readonly<Record<string, number>>;
}
export const courseKeys = ["hr", "rr", "rmssd", "sdnn_1"] as const satisfies readonly (keyof RawSegment)[];
type CourseKey = (typeof courseKeys)[number];

/** 4 and 5 are sleep of an unknown stage. 15 is out of bed, and left out: the night has a gap there. */
const stages: Readonly<Record<number, SleepStage>> = {
  0: "AWAKE",
  1: "LIGHT",
  2: "DEEP",
  3: "REM",
  4: "ASLEEP",
  5: "ASLEEP",
};

export interface Segment {
  /** Seconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly stage: SleepStage | null;
  readonly device: string | null;
  readonly samples: Readonly<Record<CourseKey, readonly Sample[]>>;
}
type Sample = readonly [at: number, value: number];

export function toSegment(value: unknown): Segment {
  const raw: Unchecked<RawSegment> = object(value, "series[]");
  const samplesOf = (key: CourseKey) =>
    Object.entries(optionalObject(raw[key]) ?? {}).flatMap(([at, given]): Sample[] => {
      // A 0 is a minute in which nothing was read.
      const read = /^\d{9,11}$/.test(at) ? rate(given) : null;
      return read === null ? [] : [[Number(at), read]];
    });
  return {
    start: epoch(raw.startdate, "series[].startdate"),
    end: epoch(raw.enddate, "series[].enddate"),
    stage: stages[optionalNumber(raw.state) ?? -1] ?? null,
    device: optionalString(raw.hash_deviceid),
    samples: { hr: samplesOf("hr"), rr: samplesOf("rr"), rmssd: samplesOf("rmssd"), sdnn_1: samplesOf("sdnn_1") },
  };
}

/**
 * The segments of one night, in order. Two devices may have watched it: its own is the one whose segments begin and end
 * as the night does.
 */
export function segmentsOf({ start, end }: SleepRecord, all: readonly Segment[]): readonly Segment[] {
  const [from, to] = [instantOf(start) / 1000, instantOf(end) / 1000];
  const within = all.filter((each) => each.start < to && each.end > from).sort((a, b) => a.start - b.start);
  const devices = [...new Set(within.map(({ device }) => device))].map((device) =>
    within.filter((each) => each.device === device),
  );
  const distance = (own: readonly Segment[]) =>
    Math.abs(own[0]!.start - from) + Math.abs(Math.max(...own.map((each) => each.end)) - to);
  return devices.sort((a, b) => distance(a) - distance(b))[0] ?? [];
}

/** Null where no stage is known. Neighbours of one stage are one segment. */
export function toHypnogram(night: SleepRecord, segments: readonly Segment[]): readonly SleepSegment[] | null {
  const joined: { stage: SleepStage; start: number; end: number }[] = [];
  for (const { stage, start, end } of segments) {
    if (stage === null) continue;
    const last = joined.at(-1);
    if (last && last.stage === stage && last.end >= start) last.end = Math.max(last.end, end);
    // The same segment on two pages of an answer, or an overlap, which the documents exclude.
    else if (!last || start >= last.end) joined.push({ stage, start, end });
  }
  if (joined.length === 0) return null;
  return joined.map(({ stage, start, end }) => ({ stage, start: timeOf(night, start), seconds: end - start }));
}

/** What was measured through one night, from the first sample. Null if nothing was. */
export function toCourse(night: SleepRecord, segments: readonly Segment[], key: CourseKey): SampleSeries | null {
  const samples = samplesOf(night, segments, key);
  const first = samples[0]?.[0];
  if (first === undefined) return null;
  const start = timeOf(night, first);
  return {
    start,
    localStart: start.slice(0, 19),
    stepSeconds: null,
    ...(night.zone !== undefined && { zone: night.zone }),
    offsets: samples.map(([at]) => at - first),
    values: samples.map(([, value]) => value),
  };
}

/** The mean of one night. Null if nothing was measured. */
export function meanOf(night: SleepRecord, segments: readonly Segment[], key: CourseKey): number | null {
  const { least, most } = heartFigures.hrvRmssd;
  // One figure that no person can have would spoil the mean.
  const samples = samplesOf(night, segments, key).filter(([, value]) => value >= least && value <= most);
  if (samples.length === 0) return null;
  const sum = samples.reduce((total, [, value]) => total + value, 0);
  return Number((sum / samples.length).toFixed(3));
}

function samplesOf({ start, end }: SleepRecord, segments: readonly Segment[], key: CourseKey): readonly Sample[] {
  const [from, to] = [instantOf(start) / 1000, instantOf(end) / 1000];
  const own = segments.flatMap(({ samples }) => samples[key]).filter(([at]) => at >= from && at <= to);
  return [...new Map(own)].sort(([a], [b]) => a - b);
}

function timeOf({ start, zone }: SleepRecord, seconds: number) {
  return zone === undefined ? withOffset(seconds * 1000, offsetOf(start) ?? 0) : inZone(seconds * 1000, zone);
}
