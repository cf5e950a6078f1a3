import { LRUCache } from "lru-cache";
import { Temporal } from "temporal-polyfill";
import { atMost } from "../bounded.js";
import type { LocalDate, LocalDateTime, OffsetDateTime } from "./records.js";

const DAY_MS = 86_400_000;

/** Days up to 2069. Each is converted once, since histories walk through the same days all the time. */
const REMEMBERED_DAYS = 36_525;
const written: LocalDate[] = [];
const numbered = new Map<LocalDate, number>();

/** Days since 1970-01-01 of a calendar date. */
export function epochDay(date: LocalDate): number {
  return numbered.get(date) ?? Date.UTC(+date.slice(0, 4), +date.slice(5, 7) - 1, +date.slice(8, 10)) / DAY_MS;
}

export function fromEpochDay(day: number): LocalDate {
  const known = written[day];
  if (known !== undefined) return known;
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
  if (Number.isInteger(day) && day >= 0 && day < REMEMBERED_DAYS) {
    written[day] = date;
    numbered.set(date, day);
  }
  return date;
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return fromEpochDay(epochDay(date) + days);
}

/** The number of days from `from` to `to`, both included. */
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
    // An offset such as "+01:00" is accepted by Intl, but it is no zone: it has no daylight saving.
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

/** Zones, their dates and their midnights: every query of a person asks for the same few. */
const MAX_REMEMBERED_DATES = 10_000;
const QUARTER_MS = 900_000;
const dates = new LRUCache<string, LocalDate>(atMost(MAX_REMEMBERED_DATES));
const midnights = new LRUCache<string, number>(atMost(MAX_REMEMBERED_DATES));
const offsets = new LRUCache<string, number>(atMost(MAX_REMEMBERED_DATES));

/** Seconds by which the wall clock of a zone is ahead of UTC at an instant. */
function offsetAt(zone: string, epochMs: number): number {
  const find = () => Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone).offsetNanoseconds / 1e9;
  return perQuarter(offsets, zone, epochMs, find);
}

/** The calendar day in a zone at an instant. */
export function dateIn(zone: string, epochMs: number): LocalDate {
  const find = () => Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone).toPlainDate().toString();
  return perQuarter(dates, zone, epochMs, find);
}

/** Since 1972 all offsets are whole quarters of an hour, so that a date lasts for whole quarters too. */
function perQuarter<T extends string | number>(
  known: LRUCache<string, T>,
  zone: string,
  epochMs: number,
  find: () => T,
): T {
  return epochMs >= FIRST_REGULAR_MS ? recalled(known, `${Math.floor(epochMs / QUARTER_MS)} ${zone}`, find) : find();
}
const FIRST_REGULAR_MS = Date.UTC(1973, 0);

/** The first instant of a local day, in epoch ms. */
export function startOfDay(date: LocalDate, zone: string): number {
  return recalled(
    midnights,
    `${date} ${zone}`,
    () =>
      onlyInstantOf(`${date}T00:00:00`, zone) ??
      Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone }).epochMilliseconds,
  );
}

function recalled<T extends string | number>(known: LRUCache<string, T>, key: string, find: () => T): T {
  let value = known.get(key);
  if (value === undefined) {
    value = find();
    known.set(key, value);
  }
  return value;
}

/** Writes 3600 as "+01:00". */
function formatOffset(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${seconds < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Writes an instant with the given offset. Fractions of a second appear only if there are any. */
export function withOffset(epochMs: number, offsetSeconds: number): OffsetDateTime {
  const local = new Date(epochMs + offsetSeconds * 1000).toISOString();
  return `${local.endsWith(".000Z") ? local.slice(0, 19) : local.slice(0, 23)}${formatOffset(offsetSeconds)}`;
}

/** Writes an instant with the offset that the zone has at that time. */
export function inZone(epochMs: number, zone: string): OffsetDateTime {
  return withOffset(epochMs, offsetAt(zone, epochMs));
}

/**
 * The only instant of a wall-clock time in a zone, in epoch ms. Null where the clock is changed within two days, as the
 * time may then occur twice or not at all. Between two changes of a clock there are six days at least.
 */
export function onlyInstantOf(local: LocalDateTime, zone: string): number | null {
  const asUtc = Date.parse(`${local}Z`);
  const [before, after] = [offsetAt(zone, asUtc - TWO_DAYS_MS), offsetAt(zone, asUtc + TWO_DAYS_MS)];
  return before === after && asUtc >= FIRST_REGULAR_MS ? asUtc - before * 1000 : null;
}
const TWO_DAYS_MS = 172_800_000;

/**
 * The instant of a wall-clock time in a zone. An hour that occurs twice in autumn gives its first occurrence. A time
 * that is skipped in spring moves forward by the length of the gap.
 */
export function localToOffset(local: LocalDateTime, zone: string): OffsetDateTime {
  const only = onlyInstantOf(local, zone);
  if (only !== null) return inZone(only, zone);
  const zoned = Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: "compatible" });
  return withOffset(zoned.epochMilliseconds, zoned.offsetNanoseconds / 1e9);
}

/** The instant of an RFC 3339 text, in epoch ms. */
export function instantOf(text: OffsetDateTime): number {
  return Date.parse(text);
}

/** The offset of an RFC 3339 text, in seconds. Null if the text has none. */
export function offsetOf(text: string): number | null {
  const match = /(?:([+-])(\d{2}):?(\d{2})|Z)$/i.exec(text);
  if (!match) return null;
  if (!match[1]) return 0;
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 3600 + Number(match[3]) * 60);
}

/** The calendar day in an RFC 3339 text: the local one, not the day in UTC. */
export function localDateOf(text: OffsetDateTime): LocalDate {
  return text.slice(0, 10);
}

/** Moves an instant forward by elapsed seconds. It keeps the offset of the text, since no other zone is known. */
export function plusSeconds(text: OffsetDateTime, seconds: number): OffsetDateTime {
  return withOffset(instantOf(text) + seconds * 1000, offsetOf(text) ?? 0);
}

/** An RFC 3339 text in one spelling: fractions only if there are any, offset as +hh:mm. Null if it is not RFC 3339. */
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

/** The timers of whoever waits; tests replace them. */
export interface Timers {
  /** Calls back once. Returns a function that cancels it. */
  after(ms: number, callback: () => void): () => void;
}
export const systemTimers: Timers = {
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    // A timer alone must not keep the process running.
    timer.unref();
    return () => clearTimeout(timer);
  },
};
