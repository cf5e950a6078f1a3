/** How Google writes time: instants in UTC with the offset beside them, and wall clocks without a zone. */

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
const QUARTER_MS = 15 * MINUTE_MS;

export interface GoogleDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

interface TimeOfDay {
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
}

export interface CivilDateTime {
  readonly date: GoogleDate;
  readonly time: TimeOfDay;
}

const formatters = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** Seconds east of UTC. Every zone changes on a quarter of an hour, so quarters are what is remembered. */
export function offsetSecondsAt(timeZone: string, ms: number): number {
  const quarter = Math.floor(ms / QUARTER_MS);
  const key = `${timeZone}|${quarter}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formatters.set(timeZone, formatter);
  }
  const instant = quarter * QUARTER_MS;
  const part = Object.fromEntries(formatter.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
  const seconds = (local - instant) / 1000;
  if (offsets.size > 200_000) offsets.clear();
  offsets.set(key, seconds);
  return seconds;
}

/** RFC 3339 in UTC, without a fraction where there is none. */
export function timestamp(ms: number): string {
  const text = new Date(ms).toISOString();
  return ms % 1000 === 0 ? `${text.slice(0, 19)}Z` : text;
}

export function duration(seconds: number): string {
  return `${Math.round(seconds * 1000) / 1000}s`;
}

/** A wall clock from "local milliseconds": the instant moved by its own offset. Zero members are left out. */
export function civil(localMs: number): CivilDateTime {
  const at = new Date(localMs);
  const hours = at.getUTCHours();
  const minutes = at.getUTCMinutes();
  const seconds = at.getUTCSeconds();
  return {
    date: { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() },
    time: { ...(hours && { hours }), ...(minutes && { minutes }), ...(seconds && { seconds }) },
  };
}

export function googleDate(date: string): GoogleDate {
  const [year, month, day] = date.split("-").map(Number);
  return { year: year!, month: month!, day: day! };
}

/** The local midnight that opens a date, in local milliseconds. */
export function localMs(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}
