import { Temporal } from "temporal-polyfill";
import type { LocalDate, LocalDateTime, OffsetDateTime } from "./records.js";

const DAY_MS = 86_400_000;

/** Days since 1970-01-01 of a calendar date. */
export function epochDay(date: LocalDate): number {
  return Date.UTC(+date.slice(0, 4), +date.slice(5, 7) - 1, +date.slice(8, 10)) / DAY_MS;
}

export function fromEpochDay(day: number): LocalDate {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return fromEpochDay(epochDay(date) + days);
}

/** How many days from `from` to `to`, both counted. */
export function daysInclusive(from: LocalDate, to: LocalDate): number {
  return epochDay(to) - epochDay(from) + 1;
}

export function* eachDay(from: LocalDate, to: LocalDate): Generator<LocalDate> {
  for (let day = epochDay(from), last = epochDay(to); day <= last; day++) yield fromEpochDay(day);
}

export function isLocalDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(epochDay(text)) && fromEpochDay(epochDay(text)) === text;
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    // An offset such as "+01:00" passes too, yet is no zone: it knows no daylight saving.
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

/** The calendar day in a zone at an instant. */
export function dateIn(zone: string, epochMs: number): LocalDate {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone).toPlainDate().toString();
}

/** Epoch ms of the first instant of a local day. */
export function startOfDay(date: LocalDate, zone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone }).epochMilliseconds;
}

/** "+01:00" for 3600. */
function formatOffset(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${seconds < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** An instant written with the given offset, in whole seconds unless there is a fraction. */
export function withOffset(epochMs: number, offsetSeconds: number): OffsetDateTime {
  const local = new Date(epochMs + offsetSeconds * 1000).toISOString();
  return `${local.endsWith(".000Z") ? local.slice(0, 19) : local.slice(0, 23)}${formatOffset(offsetSeconds)}`;
}

/** An instant written with the offset that a zone has then. */
export function inZone(epochMs: number, zone: string): OffsetDateTime {
  const offset = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone).offsetNanoseconds / 1e9;
  return withOffset(epochMs, offset);
}

/**
 * The instant of a wall-clock time in a zone. An hour that autumn gives twice is its first occurrence; one that spring
 * skips moves forward by the gap.
 */
export function localToOffset(local: LocalDateTime, zone: string): OffsetDateTime {
  const zoned = Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: "compatible" });
  return withOffset(zoned.epochMilliseconds, zoned.offsetNanoseconds / 1e9);
}

/** Epoch ms of an RFC 3339 text. */
export function instantOf(text: OffsetDateTime): number {
  return Date.parse(text);
}

/** Offset in seconds that an RFC 3339 text carries; null for one without. */
export function offsetOf(text: string): number | null {
  const match = /(?:([+-])(\d{2}):?(\d{2})|Z)$/i.exec(text);
  if (!match) return null;
  if (!match[1]) return 0;
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 3600 + Number(match[3]) * 60);
}

/** The local calendar day that an RFC 3339 text names: its own, not UTC's. */
export function localDateOf(text: OffsetDateTime): LocalDate {
  return text.slice(0, 10);
}

/** Moves an instant on by elapsed seconds, keeping the offset it carries (the only zone information there is). */
export function plusSeconds(text: OffsetDateTime, seconds: number): OffsetDateTime {
  return withOffset(instantOf(text) + seconds * 1000, offsetOf(text) ?? 0);
}

/** A RFC 3339 text in our own spelling: whole seconds unless there is a fraction, offset as +hh:mm. Null if it is none. */
export function normaliseInstant(text: unknown): OffsetDateTime | null {
  if (typeof text !== "string") return null;
  const offset = offsetOf(text);
  const instant = Date.parse(text);
  return offset === null || Number.isNaN(instant) ? null : withOffset(instant, offset);
}

export interface Clock {
  /** Epoch ms. */
  now(): number;
}
export const systemClock: Clock = { now: () => Date.now() };

/** Time that passes while something waits. */
export interface Timers {
  /** Calls back once; answers how to prevent it. */
  after(ms: number, callback: () => void): () => void;
}
export const systemTimers: Timers = {
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    // What only waits keeps nobody from stopping.
    timer.unref();
    return () => clearTimeout(timer);
  },
};
