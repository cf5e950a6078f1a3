import { Temporal } from "temporal-polyfill";

/**
 * Wall clocks. Fitbit files everything under the time that the wearer's watch showed and keeps no zone with it, so
 * nearly every string that it sends is made here.
 */

const QUARTER_MS = 900_000;
const offsets = new Map<string, number>();

/** Offset from UTC in ms. Remembered per quarter of an hour, as no zone changes in between. */
export function offsetMs(zone: string, ms: number): number {
  const quarter = Math.floor(ms / QUARTER_MS);
  const key = `${zone}:${quarter}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    if (offsets.size > 200_000) offsets.clear();
    const instant = Temporal.Instant.fromEpochMilliseconds(quarter * QUARTER_MS);
    offset = instant.toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
    offsets.set(key, offset);
  }
  return offset;
}

/** "2024-03-12T18:05:10.000": what the watch showed, without an offset. */
export function wallClock(zone: string, ms: number): string {
  return new Date(ms + offsetMs(zone, ms)).toISOString().slice(0, 23);
}

/** "2024-03-12T18:05:10.000+01:00", the one place where Fitbit tells the offset: exercise logs. */
export function offsetDateTime(zone: string, ms: number): string {
  const minutes = Math.round(offsetMs(zone, ms) / 60_000);
  const size = Math.abs(minutes);
  const hours = String(Math.floor(size / 60)).padStart(2, "0");
  return `${wallClock(zone, ms)}${minutes < 0 ? "-" : "+"}${hours}:${String(size % 60).padStart(2, "0")}`;
}

export function localDate(zone: string, ms: number): string {
  return wallClock(zone, ms).slice(0, 10);
}

/** Days since 1970-01-01; calendar arithmetic needs no zone. */
export function dayNumber(date: string): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
}

function dateOfDayNumber(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

export function addDays(date: string, days: number): string {
  return dateOfDayNumber(dayNumber(date) + days);
}

/** Both ends included, ascending. */
export function datesBetween(start: string, end: string): string[] {
  const dates: string[] = [];
  for (let day = dayNumber(start); day <= dayNumber(end); day++) dates.push(dateOfDayNumber(day));
  return dates;
}

/** "07:05:00" for the 425th minute of the day. */
export function timeOfMinute(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}:00`;
}
