import type { LocalDate, OffsetRecord, SampleSeries } from "../../../model/records.js";
import { instantOf, localDateOf, offsetOf } from "../../../model/time.js";
import { atOffset } from "./wire.js";

/** The time on the device's clock, in ms since its midnight, and a value. */
export type Placed = readonly [clockMs: number, value: number];

const DAY_MS = 86_400_000;

/**
 * A day's samples by the device's clock as a series. The offset is that of the nearest of these records: that of the
 * night which ended on the day, else of an exercise of the day, else the nearest one. Without any, the series has no
 * start. Null if there are no samples.
 */
export function placed(
  day: LocalDate,
  samples: readonly Placed[],
  records: readonly OffsetRecord[],
  stepSeconds: number | null,
): SampleSeries | null {
  if (samples.length === 0) return null;
  const midnight = Date.parse(day);
  const record = recordFor(day, records);
  const offset = record && offsetOf(record.start)!;
  // By how much clocks were changed in the night.
  const changeMs = record && localDateOf(record.end) === day ? (offsetOf(record.end)! - offset!) * 1000 : 0;
  const changedAt = changeMs === 0 ? Number.POSITIVE_INFINITY : whenChanged(samples, changeMs, record!, midnight);
  const elapsed = samples.map(([clockMs], index) =>
    Math.round((index >= changedAt ? clockMs - changeMs : clockMs) / 1000),
  );
  const byTime = new Map(elapsed.map((at, index) => [at, samples[index]![1]] as const));
  const inOrder = [...byTime].sort(([a], [b]) => a - b);
  return {
    start: offset === undefined ? null : atOffset(midnight, offset),
    localStart: `${day}T00:00:00`,
    stepSeconds,
    offsets: inOrder.map(([at]) => at),
    values: inOrder.map(([, value]) => value),
  };
}

/**
 * The first sample after the change of the clocks: the clock went back, or left out as much as it was put forward. If
 * neither is seen, the first one after waking.
 */
function whenChanged(samples: readonly Placed[], changeMs: number, { end }: OffsetRecord, midnight: number): number {
  const waking = instantOf(end) + offsetOf(end)! * 1000 - midnight;
  const seen = samples.findIndex(([at], index) => {
    const step = at - (samples[index - 1]?.[0] ?? at);
    return at <= waking && (changeMs < 0 ? step < 0 : step >= changeMs);
  });
  const first = seen >= 0 ? seen : samples.findIndex(([at]) => at >= waking);
  return first >= 0 ? first : Number.POSITIVE_INFINITY;
}

function recordFor(day: LocalDate, records: readonly OffsetRecord[]): OffsetRecord | undefined {
  const noon = Date.parse(day) + DAY_MS / 2;
  const clockOf = (time: string) => instantOf(time) + offsetOf(time)! * 1000;
  const distance = ({ start, end }: OffsetRecord) =>
    Math.min(Math.abs(clockOf(start) - noon), Math.abs(clockOf(end) - noon));
  const own = records.filter(({ end }) => localDateOf(end) === day);
  const first = (of: readonly OffsetRecord[]) => [...of].sort((a, b) => distance(a) - distance(b))[0];
  return own.find(({ id }) => id === day) ?? first(own) ?? first(records);
}
