import type { PersonDay } from "../../person.js";
import { civil, duration, googleDate, timestamp } from "../time.js";
import type { View, ViewOptions } from "../view.js";
import type { Point, SourceId } from "./shape.js";

/** The points of one type on one local day, oldest first. */
export type PointsOn = (view: View, day: PersonDay) => Point[];

export function intervalPoint(
  view: View,
  startMs: number,
  endMs: number,
  body: Point["body"],
  source: SourceId = "tracker",
): Point {
  return { source, startMs, endMs, startOffset: view.offsetAt(startMs), endOffset: view.offsetAt(endMs), body };
}

export function samplePoint(view: View, ms: number, body: Point["body"], source: SourceId = "tracker"): Point {
  const offset = view.offsetAt(ms);
  return { source, startMs: ms, endMs: ms, startOffset: offset, endOffset: offset, body };
}

export function dailyPoint(day: PersonDay, body: Point["body"]): Point {
  const { date, startMs, endMs } = day;
  return { source: "tracker", startMs, endMs, startOffset: 0, endOffset: 0, date, body };
}

/** The time members of a point, in the shape its kind wants. */
export function timeOf(
  point: Point,
  kind: "interval" | "sample" | "session" | "daily",
  { sessionCivilTimes }: ViewOptions,
): Record<string, unknown> {
  if (kind === "daily") return { date: googleDate(point.date!) };
  // What a phone hands over through Health Connect arrives without the civil fields, which are optional.
  const withCivil = point.source !== "phone" && (kind !== "session" || sessionCivilTimes);
  if (point.ongoing)
    return { interval: { startTime: timestamp(point.startMs), startUtcOffset: duration(point.startOffset) } };
  if (kind === "sample")
    return {
      sampleTime: {
        physicalTime: timestamp(point.startMs),
        utcOffset: duration(point.startOffset),
        ...(withCivil && { civilTime: civil(point.startMs + point.startOffset * 1000) }),
      },
    };
  return {
    interval: {
      startTime: timestamp(point.startMs),
      startUtcOffset: duration(point.startOffset),
      endTime: timestamp(point.endMs),
      endUtcOffset: duration(point.endOffset),
      ...(withCivil && {
        civilStartTime: civil(point.startMs + point.startOffset * 1000),
        civilEndTime: civil(point.endMs + point.endOffset * 1000),
      }),
    },
  };
}
