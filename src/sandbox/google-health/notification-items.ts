import { addDays, dateAt, datesBetween } from "../people/index.js";
import type { DataType } from "./data-types.js";
import { APPS, type Point } from "./points/shape.js";
import { civil, localMs, timestamp } from "./time.js";
import type { View } from "./view.js";

/** What a notification says about one data type of one person. There are no values in it. */
export interface Change {
  readonly operation: "UPSERT" | "DELETE";
  readonly dataType: string;
  readonly recordId?: string;
  readonly intervals: readonly object[];
}

const isoCivil = (atLocalMs: number) => new Date(atLocalMs).toISOString().slice(0, 19);

/** All three forms of a span, or those that its kind of message has. */
function interval(
  view: View,
  startMs: number,
  endMs: number,
  without: "physicalTimeInterval" | "civilDateTimeInterval" | null = null,
): object {
  const start = startMs + view.offsetAt(startMs) * 1000;
  const end = endMs + view.offsetAt(endMs) * 1000;
  const forms = {
    physicalTimeInterval: { startTime: timestamp(startMs), endTime: timestamp(endMs) },
    civilDateTimeInterval: { startDateTime: civil(start), endDateTime: civil(end) },
    civilIso8601TimeInterval: { startTime: isoCivil(start), endTime: isoCivil(end) },
  };
  return Object.fromEntries(Object.entries(forms).filter(([form]) => form !== without));
}

/** A whole local day has no instants: which ones would depend on where the person is. */
function wholeDay(date: string): object {
  const [start, end] = [localMs(date), localMs(addDays(date, 1))];
  return {
    civilDateTimeInterval: { startDateTime: civil(start), endDateTime: civil(end) },
    civilIso8601TimeInterval: { startTime: isoCivil(start), endTime: isoCivil(end) },
  };
}

export function wholeDays(type: DataType, dates: readonly string[]): Change {
  return { operation: "UPSERT", dataType: type.id, intervals: dates.map(wholeDay) };
}

/** What a sync that reached from one instant to another has brought of a type; null for nothing. */
export function changeOfSync(view: View, type: DataType, fromMs: number, untilMs: number): Change | null {
  const days = datesBetween(dateAt(view.person, fromMs), dateAt(view.person, untilMs - 1))
    .filter((date) => view.exists(date))
    .map((date) => view.person.day(date));
  if (type.kind === "daily") {
    const dates = days.filter((day) => type.pointsOn(view, day).length > 0).map(({ date }) => date);
    return dates.length === 0 ? null : wholeDays(type, dates);
  }
  if (type.kind === "rollup")
    return type.rollUp(view, fromMs, untilMs) && upsert(type, [interval(view, fromMs, untilMs)]);
  // What apps have written was told when they did.
  const recorded = days.flatMap((day) => type.pointsOn(view, day)).filter(({ source }) => !APPS.includes(source));
  const arrived = recorded.filter(({ endMs }) => endMs > fromMs);
  if (arrived.length === 0) return null;
  if (type.kind === "session" || type.methods.has("get"))
    return upsert(
      type,
      arrived.map(({ startMs, endMs }) => interval(view, startMs, endMs)),
    );
  const starts = Math.min(...arrived.map(({ startMs }) => startMs));
  const ends = arrived.reduce((latest, { endMs }) => Math.max(latest, endMs), 0);
  return upsert(type, [interval(view, starts, ends)]);
}

function upsert(type: DataType, intervals: readonly object[]): Change {
  return { operation: "UPSERT", dataType: type.id, intervals };
}

/** An app wrote one record, or changed it: then both spans are told. */
export function changeOfWrite(view: View, type: DataType, points: readonly Point[]): Change {
  return upsert(
    type,
    points.map(({ startMs, endMs }) => interval(view, startMs, endMs)),
  );
}

/** Somebody deleted one record. */
export function deletion(view: View, type: DataType, point: Point): Change {
  const intervals = [interval(view, point.startMs, point.endMs, "civilDateTimeInterval")];
  return { operation: "DELETE", dataType: type.id, ...(point.id && { recordId: point.id }), intervals };
}

/** Consent was withdrawn, so everything of the type is gone, back to the first day. */
export function withdrawal(view: View, type: DataType): Change {
  const { startMs } = view.person.day(view.person.memberSince);
  const intervals = [interval(view, startMs, view.untilMs, "civilDateTimeInterval")];
  return { operation: "DELETE", dataType: type.id, intervals };
}
