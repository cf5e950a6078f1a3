import { LRUCache } from "lru-cache";
import { Temporal } from "temporal-polyfill";

export const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const midnights = new LRUCache<string, number>({ max: 8192 });
const offsets = new LRUCache<string, number>({ max: 8192 });

/** Days since 1970-01-01. */
export function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

export function addDays(date: string, days: number): string {
  return new Date((dayNumber(date) + days) * DAY_MS).toISOString().slice(0, 10);
}

/** Every date from `first` to `last`, both included. */
export function datesBetween(first: string, last: string): string[] {
  const dates: string[] = [];
  for (let date = first; date <= last; date = addDays(date, 1)) {
    dates.push(date);
  }
  return dates;
}

/** The first instant of a local day, in epoch ms. */
export function midnight(date: string, timeZone: string): number {
  const key = `${date} ${timeZone}`;
  let instant = midnights.get(key);
  if (instant === undefined) {
    instant = Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds;
    midnights.set(key, instant);
  }
  return instant;
}

/** The instant of a local wall clock: 2026-11-19T04:00. */
export function instantOf(local: string, timeZone: string): number {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).epochMilliseconds;
}

/** The zone's offset from UTC at that instant, in minutes. */
export function offsetMinutes(instantMs: number, timeZone: string): number {
  // Clocks are changed at whole quarters of an hour.
  const key = `${Math.floor(instantMs / (15 * MINUTE_MS))} ${timeZone}`;
  let minutes = offsets.get(key);
  if (minutes === undefined) {
    const zoned = Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(timeZone);
    minutes = zoned.offsetNanoseconds / 60_000_000_000;
    offsets.set(key, minutes);
  }
  return minutes;
}

export function localDate(instantMs: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/**
 * The local day of an instant. The zone of a person is known by date only, so three dates are tried, from the one
 * before to the one after: on a day of travel, the date in either zone alone may be wrong.
 */
export function dateAt(person: { zoneOn(date: string): string }, instantMs: number): string {
  const utcDate = new Date(instantMs).toISOString().slice(0, 10);
  let date = addDays(utcDate, -1);
  while (midnight(addDays(date, 1), person.zoneOn(addDays(date, 1))) <= instantMs) {
    date = addDays(date, 1);
  }
  return date;
}

/** Every minute that a span touches, as indexes of the day's columns. `last` is exclusive. */
export function minuteSpan(
  span: { readonly startMs: number; readonly endMs: number },
  dayStartMs: number,
): { readonly first: number; readonly last: number } {
  return {
    first: Math.floor((span.startMs - dayStartMs) / MINUTE_MS),
    last: Math.ceil((span.endMs - dayStartMs) / MINUTE_MS),
  };
}
