import { object, type Unchecked, UnreadableAnswer } from "../../../http/json.js";
import type { OffsetDateTime, SampleSeries } from "../../../model/records.js";
import { addDays, localDateOf, offsetOf, withOffset } from "../../../model/time.js";
import { figure } from "../../kit/figures.js";
import { instant } from "../../kit/times.js";

/** ISO 8601: "PT1H4M12.5S". */
export type Duration = string;
/** A wall-clock time without an offset, with or without seconds: "2026-03-17T08:04". */
export type LocalTime = string;
/** Wall-clock times as keys, in the order of time, also past midnight: {"23:55": 61, "00:00": 58}. */
export type Clocked<T> = Readonly<Record<string, T>>;

/** An object whose members are read alike with hyphens and with underscores: Polar has both, also for one member. */
export function members<T>(value: unknown, path: string): Unchecked<T> {
  const given = Object.entries(object(value, path));
  return Object.fromEntries(given.map(([name, each]) => [name.replaceAll("-", "_"), each])) as Unchecked<T>;
}

/** A figure of which 0 and −1 mean that there is none. */
export function measured(value: unknown): number | null {
  const found = figure(value);
  return found === 0 || found === -1 ? null : found;
}

const durationForm = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Null if it is left out. */
export function seconds(duration: unknown, path: string): number | null {
  if (duration === undefined || duration === null || duration === "") return null;
  const parts = typeof duration === "string" && duration.length < 40 ? durationForm.exec(duration) : null;
  if (!parts) throw new UnreadableAnswer(`${path} is not a duration`);
  const [days, hours, mins, secs] = parts.slice(1).map((part) => Number(part ?? 0));
  return days! * 86_400 + hours! * 3_600 + mins! * 60 + secs!;
}

const localForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;

/** Epoch ms of a wall-clock time, as if it were UTC: for differences, and for `withOffset`. */
export function wallClock(value: unknown, path: string): number {
  const at = typeof value === "string" && localForm.test(value) ? Date.parse(`${value}Z`) : Number.NaN;
  if (Number.isNaN(at)) throw new UnreadableAnswer(`${path} is not a local time`);
  return at;
}

/** The instant of a wall-clock time (`wallClock`) at an offset. */
export function atOffset(wallMs: number, offsetSeconds: number): OffsetDateTime {
  return withOffset(wallMs - offsetSeconds * 1000, offsetSeconds);
}

/** An instant with its offset. One without an offset takes the given one; null if that is not known either. */
export function moment(value: unknown, fallbackSeconds: number | null, path: string): OffsetDateTime | null {
  if (typeof value === "string" && localForm.test(value))
    return fallbackSeconds === null ? null : atOffset(wallClock(value, path), fallbackSeconds);
  return instant(value, path);
}

const clockForm = /^([01]\d|2[0-3]):([0-5]\d)$/;
const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];

/**
 * The entries of an object whose keys are clock times, each with its instant (epoch ms), in their own order, which
 * begins at `start`. When the clock goes from evening to morning, the next day has begun. When it goes back a little,
 * clocks were changed.
 */
export function clocked(value: unknown, start: OffsetDateTime, path: string): readonly (readonly [number, unknown])[] {
  if (value === undefined || value === null) return [];
  const offsetMs = offsetOf(start)! * 1000;
  let day = localDateOf(start);
  let before = clockMs(start.slice(11, 16));
  let changedMs = 0;
  const entries = Object.entries(object(value, path));
  // A member that is no time is not for us; if no member is one, times have another form.
  const timed = entries.filter(([key]) => clockForm.test(key));
  if (timed.length === 0 && entries.length > 0) throw new UnreadableAnswer(`${path} has no clock times`);
  return timed.map(([key, each]) => {
    const clock = clockMs(key);
    if (before - clock >= DAY_MS / 2) day = addDays(day, 1);
    else if (before - clock > MINUTE_MS) changedMs += HOUR_MS;
    before = clock;
    return [Date.parse(`${day}T00:00:00Z`) + clock + changedMs - offsetMs, each] as const;
  });
}

function clockMs(text: string): number {
  const [hours, minutes] = text.split(":").map(Number);
  return hours! * HOUR_MS + minutes! * MINUTE_MS;
}

/** A series that begins with its first sample. Null if there are none. */
export function toSeries(samples: readonly (readonly [number, number])[], offsetSeconds: number): SampleSeries | null {
  const first = samples[0]?.[0];
  if (first === undefined) return null;
  const start = withOffset(first, offsetSeconds);
  const offsets = samples.map(([at]) => Math.round((at - first) / 1000));
  const step = (offsets[1] ?? 0) - offsets[0]!;
  const isRegular = step > 0 && offsets.every((offset, index) => offset === index * step);
  return {
    start,
    localStart: start.slice(0, 19),
    stepSeconds: isRegular ? step : null,
    offsets,
    values: samples.map(([, each]) => each),
  };
}

/** A course in the night by clock times, at the offset of the night's start. Null if there is none. */
export function course(value: unknown, start: OffsetDateTime, path: string): SampleSeries | null {
  const samples = clocked(value, start, path).flatMap(([at, each]): [number, number][] => {
    const found = measured(each);
    return found === null ? [] : [[at, found]];
  });
  return toSeries(samples, offsetOf(start)!);
}
