import { Temporal } from "temporal-polyfill";
import { instantOf, offsetOf, withOffset } from "../model/time.js";
import type { Sample, Series } from "./types/series.js";

/** The samples of a series one by one, each with the user's offset at its time. */
export function pointsOf({ start, zone, offsets, values }: Series): readonly Sample[] {
  if (start === null) return offsets.map((_, index) => ({ time: null, value: values[index] as number }));
  const begin = instantOf(start);
  const before = offsetOf(start) ?? 0;
  const change = zone ? changeOf(zone, begin, begin + (offsets.at(-1) ?? 0) * 1000) : null;
  return offsets.map((offset, index) => {
    const at = begin + offset * 1000;
    const seconds = change && at >= change.at ? change.offsetSeconds : before;
    return { time: withOffset(at, seconds), value: values[index] as number };
  });
}

/** The change of a zone's offset within a day. A day has one at most. */
function changeOf(zone: string, from: number, to: number): { at: number; offsetSeconds: number } | null {
  const next = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone).getTimeZoneTransition("next");
  if (!next || next.epochMilliseconds > to) return null;
  return { at: next.epochMilliseconds, offsetSeconds: next.offsetNanoseconds / 1e9 };
}
