import { id, object, optionalNumber } from "../../../http/json.js";
import type { LocalDate, SleepRecord, SleepSegment, SleepStage, SleepStageTotal } from "../../../model/records.js";
import { instantOf, localDateOf, normaliseInstant, offsetOf, plusSeconds, withOffset } from "../../../model/time.js";
import { envelope, omittableList, requiredList } from "../../kit/envelope.js";
import { readRecords } from "../../kit/members.js";
import { instant } from "../../kit/times.js";
import type { Input, ReadPage } from "../../provider.js";
import { dayOfStart, secondsGiven } from "./session.js";

/** https://build.misfit.com/docs/cloudapi/api_references#sleep (the portal is gone) */
interface RawSleep {
  readonly id: string;
  readonly startTime: string;
  /** Seconds from start to end, time awake included. May be 0. */
  readonly duration: number;
  readonly sleepDetails: readonly RawSleepDetail[];
}
interface RawSleepDetail {
  /** The start of the stage. It lasts until the next one. */
  readonly datetime: string;
  /** 1 awake, 2 sleep, 3 deep sleep. */
  readonly value: number;
}

/** 2 is "sleep" of any kind, REM included, so it is not LIGHT. */
const stages: Readonly<Record<number, SleepStage>> = { 1: "AWAKE", 2: "ASLEEP", 3: "DEEP" };

interface Segment {
  /** Epoch ms; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  readonly stage: SleepStage;
}

/** Misfit gives no day for a sleep. It is the day of waking up, in the record's own offset. */
export function toSleeps(answer: unknown, span: Input): Pick<ReadPage, "cells" | "skipped"> {
  return readRecords<SleepRecord>(requiredList(envelope(answer, "sleeps"), "sleeps"), {
    field: "sleep.sessions",
    span,
    read: toSleep,
    dayOf: ({ end }) => localDateOf(end),
    // Without an end, the day of waking is not known: nights end on the day of their start or on the next.
    dayOfUnread: (member) => dayOfWaking(member) ?? dayOfStart(member),
  });
}

function dayOfWaking(member: unknown): LocalDate | null {
  const raw: Partial<RawSleep> = object(member, "sleeps[]");
  const start = normaliseInstant(raw.startTime);
  const seconds = optionalNumber(raw.duration);
  return start === null || seconds === null || seconds < 0 ? null : localDateOf(plusSeconds(start, seconds));
}

/** One sleep. The list and the answer by id have one form. */
export function toSleep(value: unknown): SleepRecord {
  const raw: Partial<RawSleep> = object(value, "sleeps[]");
  const start = instant(raw.startTime, "sleeps[].startTime");
  const seconds = secondsGiven(raw.duration, "sleeps[].duration");
  const segments = toSegments(
    omittableList(raw as Readonly<Record<string, unknown>>, "sleepDetails"),
    instantOf(start),
    seconds,
  );
  // Without segments nothing is known. If all segments are awake, it is known that there was no sleep.
  const known = segments.length > 0;
  const asleep = secondsOf(segments, "ASLEEP") + secondsOf(segments, "DEEP");
  return {
    id: id(raw.id, "sleeps[].id"),
    start,
    end: plusSeconds(start, seconds),
    isMainSleep: null,
    minutesInBed: toMinutes(seconds),
    minutesAsleep: known ? toMinutes(asleep) : null,
    minutesAwake: known ? toMinutes(secondsOf(segments, "AWAKE")) : null,
    minutesToFallAsleep: null,
    efficiency: known ? (100 * asleep) / seconds : null,
    // If nothing is known, null and not an empty list.
    stages: known ? toStageTotals(segments) : null,
    hypnogram: known ? toHypnogram(segments, offsetOf(start) ?? 0) : null,
    pending: false,
  };
}

/**
 * Converts change points to segments. Real data has points outside the record: without clamping, the stages would add
 * up to more than the time in bed. A span with an unknown value counts as time in bed but is not in the hypnogram, and
 * neither is the time before the first point.
 */
function toSegments(details: readonly unknown[], start: number, seconds: number): Segment[] {
  const end = start + seconds * 1000;
  // Of two points at one instant the later one in the list counts.
  const points = new Map<number, number | null>();
  for (const detail of details) {
    const raw: Partial<RawSleepDetail> = object(detail, "sleeps[].sleepDetails[]");
    const at = instant(raw.datetime, "sleeps[].sleepDetails[].datetime");
    points.set(instantOf(at), optionalNumber(raw.value));
  }
  const sorted = [...points].sort(([a], [b]) => a - b);
  const segments: Segment[] = [];
  sorted.forEach(([at, value], index) => {
    const from = Math.max(at, start);
    const to = Math.min(sorted[index + 1]?.[0] ?? end, end);
    const stage = value === null ? undefined : stages[value];
    if (stage === undefined || to <= from) return;
    const last = segments.at(-1);
    if (last?.stage === stage && last.to === from) segments[segments.length - 1] = { ...last, to };
    else segments.push({ from, to, stage });
  });
  return segments;
}

function toHypnogram(segments: readonly Segment[], offsetSeconds: number): SleepSegment[] {
  return segments.map(({ from, to, stage }) => ({
    stage,
    start: withOffset(from, offsetSeconds),
    seconds: (to - from) / 1000,
  }));
}

function toStageTotals(segments: readonly Segment[]): SleepStageTotal[] {
  return [...new Set(segments.map(({ stage }) => stage))].map((stage) => ({
    stage,
    minutes: toMinutes(secondsOf(segments, stage)),
    count: segments.filter((segment) => segment.stage === stage).length,
  }));
}

function secondsOf(segments: readonly Segment[], stage: SleepStage): number {
  return segments.reduce((sum, each) => (each.stage === stage ? sum + (each.to - each.from) / 1000 : sum), 0);
}

/** The seconds are summed first, so that this is the only rounding. */
function toMinutes(seconds: number): number {
  return Math.floor(seconds / 60 + 0.5);
}
