import { UnreadableAnswer } from "../../../http/json.js";
import type { OffsetDateTime } from "../../../model/records.js";
import { instantOf, offsetOf, withOffset } from "../../../model/time.js";
import { instant } from "../../kit/times.js";

/** UTC with milliseconds: "2026-03-17T22:05:30.000Z". */
export type Timestamp = string;
/** The offset from UTC that is in force: "+01:00", "-05:00", or "Z", which is zero or unknown. */
export type Offset = string;
/** PENDING_SCORE: the score is still being computed. UNSCORABLE: there will be none. Only SCORED has one. */
export type ScoreState = "SCORED" | "PENDING_SCORE" | "UNSCORABLE";

const MINUTE_MS = 60_000;

/** An instant in local time, by the offset beside it. */
export function moment(time: unknown, offset: unknown, path: string): OffsetDateTime {
  return withOffset(instantOf(instant(time, path)), secondsOf(offset, path));
}

export function secondsOf(offset: unknown, path: string): number {
  const isOffset = typeof offset === "string" && /^(?:[+-]\d{2}:\d{2}|Z)$/.test(offset);
  if (!isOffset) throw new UnreadableAnswer(`${path} has no timezone_offset`);
  return offsetOf(offset)!;
}

/** Milliseconds as minutes. Null stays null. */
export function toMinutes(milliseconds: number | null): number | null {
  return milliseconds === null ? null : milliseconds / MINUTE_MS;
}

const KILOJOULES_PER_KILOCALORIE = 4.184;

export function toKilocalories(kilojoules: number | null): number | null {
  return kilojoules === null ? null : kilojoules / KILOJOULES_PER_KILOCALORIE;
}
