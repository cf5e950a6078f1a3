import { Temporal } from "temporal-polyfill";
import { UnreadableAnswer } from "../../http/json.js";
import type { LocalDate, LocalDateTime, OffsetDateTime } from "../../model/records.js";
import {
  addDays,
  instantOf,
  inZone,
  isLocalDate,
  localToOffset,
  offsetOf,
  onlyInstantOf,
  startOfDay,
  withOffset,
} from "../../model/time.js";

/*
 * Fitbit writes local time without an offset. The profile's zone turns it into an instant. One hour in autumn occurs
 * twice and one hour in spring does not exist: this file handles both.
 */

/** "2024-03-12T19:41:07" of a text that begins with a local date and time. Null for anything else. */
export function localDateTime(value: unknown): LocalDateTime | null {
  const pattern = /^(\d{4}-\d{2}-\d{2})T((?:[01]\d|2[0-3]):[0-5]\d)(?::([0-5]\d)(\.\d{1,9})?)?$/;
  const match = typeof value === "string" ? pattern.exec(value) : null;
  if (!match || !isLocalDate(match[1]!)) return null;
  const fraction = match[4] && Number(match[4]) > 0 ? match[4] : "";
  return `${match[1]}T${match[2]}:${match[3] ?? "00"}${fraction}`;
}

/** The local time of a text that the answer must have. Throws `UnreadableAnswer`. */
export function requiredLocalDateTime(value: unknown, path: string): LocalDateTime {
  const local = localDateTime(value);
  if (local === null) throw new UnreadableAnswer(`${path} is not a local time`);
  return local;
}

/** One or two instants in epoch ms, the earlier first. */
export type Instants = readonly [number, ...number[]];

/** Epoch ms of a wall-clock time in a zone: one instant, or two in the repeated hour of autumn, the earlier first. */
export function occurrences(local: LocalDateTime, zone: string): Instants {
  const only = onlyInstantOf(local, zone);
  if (only !== null) return [only];
  const first = instantOf(localToOffset(local, zone));
  const plain = Temporal.PlainDateTime.from(local);
  const later = plain.toZonedDateTime(zone, { disambiguation: "later" });
  // In the hour that is skipped in spring, "later" is another instant too, but the wall clock never showed `local`.
  return later.epochMilliseconds !== first && later.toPlainDateTime().equals(plain)
    ? [first, later.epochMilliseconds]
    : [first];
}

/**
 * Converts times of a span in a zone. If the span has one offset, as on all but two nights a year, the zone is asked
 * twice only: a hundred nights contain thousands of times.
 */
export interface SpanClock {
  write(epochMs: number): OffsetDateTime;
  /** The possible instants of a wall-clock time in the span. */
  read(local: LocalDateTime): Instants;
}

export function spanClock(from: number, to: number, zone: string): SpanClock {
  const offset = offsetOf(inZone(from, zone));
  if (offset !== null && offset === offsetOf(inZone(to, zone))) {
    return {
      write: (epochMs) => withOffset(epochMs, offset),
      read: (local) => [Date.parse(`${local}Z`) - offset * 1000],
    };
  }
  return {
    write: (epochMs) => inZone(epochMs, zone),
    read: (local) => occurrences(local, zone),
  };
}

/**
 * The start and end of something with a known elapsed duration. Only in the repeated hour of autumn there is a choice:
 * then the duration decides. Without a duration (null) the first occurrence counts.
 */
export function between(
  start: LocalDateTime,
  end: LocalDateTime,
  durationMs: number | null,
  zone: string,
): { readonly start: number; readonly end: number } {
  const starts = occurrences(start, zone);
  const ends = occurrences(end, zone);
  let best = { start: starts[0], end: ends[0] };
  if (durationMs === null) return best;
  const misfit = (pair: typeof best) => Math.abs(pair.end - pair.start - durationMs);
  for (const s of starts) {
    for (const e of ends) if (misfit({ start: s, end: e }) < misfit(best)) best = { start: s, end: e };
  }
  return best;
}

/** Seconds after 00:00 of "07:15:30", "07:15" or "9:25". */
export function secondsOfClock(time: unknown, path: string): number {
  const match = typeof time === "string" ? /^(\d|[01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(time) : null;
  if (!match) throw new UnreadableAnswer(`${path} is not a time of day`);
  return Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0);
}

/** A part of a day in which the clock was not changed. */
interface Stretch {
  /** Elapsed seconds after the start of the day. `until` is exclusive. */
  readonly from: number;
  readonly until: number;
  /** How far the wall clock is ahead of the elapsed time, in seconds. */
  readonly ahead: number;
}

export interface LocalDayClock {
  /** The first instant of the day: local midnight, or the first instant after it if a clock change skips midnight. */
  readonly start: OffsetDateTime;
  /** Elapsed seconds of the whole day: 86,400, except on two days a year. */
  readonly seconds: number;
  /**
   * Elapsed seconds after the start for wall-clock seconds after 00:00, in the given order. In the repeated hour of
   * autumn, rows are of the first occurrence until the rows go back; later rows are of the second. In the skipped hour
   * of spring, rows move forward by the length of the gap. So several rows may get one offset.
   */
  offsets(wallSeconds: readonly number[]): number[];
}

const DAY_MS = 86_400_000;
/** A day is as long as this only where its clock is not changed, as no zone changes it there and back in one day. */
const wholeDay: Stretch = { from: 0, until: DAY_MS / 1000, ahead: 0 };

function stretchesOf(day: LocalDate, startMs: number, endMs: number, zone: string): readonly Stretch[] {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const stretches: Stretch[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(startMs).toZonedDateTimeISO(zone);
  while (at.epochMilliseconds < endMs) {
    const next = at.getTimeZoneTransition("next");
    const untilMs = Math.min(next?.epochMilliseconds ?? endMs, endMs);
    const wallMs = at.epochMilliseconds + at.offsetNanoseconds / 1e6;
    const from = (at.epochMilliseconds - startMs) / 1000;
    stretches.push({ from, until: (untilMs - startMs) / 1000, ahead: (wallMs - midnight) / 1000 - from });
    if (!next) break;
    at = next;
  }
  return stretches;
}

export function localDayClock(day: LocalDate, zone: string): LocalDayClock {
  const startMs = startOfDay(day, zone);
  const endMs = startOfDay(addDays(day, 1), zone);
  const stretches = endMs - startMs === DAY_MS ? [wholeDay] : stretchesOf(day, startMs, endMs, zone);

  const skipped = (wall: number): number => {
    const local = Temporal.PlainDateTime.from(`${day}T00:00:00`).add({ seconds: wall }).toString();
    return (instantOf(localToOffset(local, zone)) - startMs) / 1000;
  };

  return {
    start: inZone(startMs, zone),
    seconds: (endMs - startMs) / 1000,
    offsets(wallSeconds) {
      // All days but two a year have one stretch. A day of seconds has tens of thousands of rows.
      if (stretches.length === 1 && stretches[0]!.ahead === 0) return [...wallSeconds];
      let turns = 0;
      return wallSeconds.map((wall, index) => {
        if (index > 0 && wall < wallSeconds[index - 1]!) turns++;
        const found = stretches
          .map((one) => wall - one.ahead)
          .filter((at, i) => at >= stretches[i]!.from && at < stretches[i]!.until);
        return found[Math.min(turns, found.length - 1)] ?? skipped(wall);
      });
    },
  };
}

/**
 * Elapsed seconds after the start of a local day for the wall-clock seconds of its rows, strictly ascending. The values
 * of rows with one offset are joined: counts are summed, rates averaged.
 */
export function wallClockOffsets(
  wallSeconds: readonly number[],
  values: readonly number[],
  clock: LocalDayClock | null,
  join: "sum" | "average",
): { readonly offsets: number[]; readonly values: number[] } {
  // Without a zone, the wall clock counts as elapsed time.
  const elapsed = clock ? clock.offsets(wallSeconds) : wallSeconds;
  const order = elapsed.map((_, row) => row);
  if (elapsed.some((offset, row) => row > 0 && offset <= elapsed[row - 1]!))
    order.sort((a, b) => elapsed[a]! - elapsed[b]! || a - b);
  const offsets: number[] = [];
  const joined: number[] = [];
  let rows = 0;
  for (const row of order) {
    const last = offsets.length - 1;
    if (last >= 0 && offsets[last] === elapsed[row]) {
      const sum = joined[last]! * (join === "sum" ? 1 : rows) + values[row]!;
      rows++;
      joined[last] = join === "sum" ? sum : sum / rows;
    } else {
      offsets.push(elapsed[row]!);
      joined.push(values[row]!);
      rows = 1;
    }
  }
  return { offsets, values: joined };
}
