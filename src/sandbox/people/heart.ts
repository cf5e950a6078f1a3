import type { Person, PersonDay } from "../person.js";
import { MINUTE_MS } from "./calendar.js";
import { integer, randoms } from "./random.js";

export interface HeartSample {
  readonly timeMs: number;
  readonly bpm: number;
}

/**
 * Beats as a wrist device reports them: 1 to 15 seconds apart, around the minute's heart rate, none while the device is
 * off. Every minute has a seed of its own, so a part of the day has the same samples as the whole day.
 */
export function heartSamples(
  person: Pick<Person, "id">,
  day: PersonDay,
  fromMs: number = day.startMs,
  untilMs: number = day.endMs,
  /** Devices of other vendors send more samples: with 4 there are about 34,000 a day. */
  longestGapSeconds = 11,
): HeartSample[] {
  const { heartRate } = day.minutes;
  const samples: HeartSample[] = [];
  const ofMinute = randoms(person.id, day.date, "beats");
  const first = Math.max(0, Math.floor((fromMs - day.startMs) / MINUTE_MS));
  const last = Math.min(heartRate.length, Math.ceil((untilMs - day.startMs) / MINUTE_MS));
  for (let minute = first; minute < last; minute++) {
    const rate = heartRate[minute]!;
    if (rate === 0) {
      continue;
    }
    const next = ofMinute(minute);
    const minuteMs = day.startMs + minute * MINUTE_MS;
    // The first sample is within 4 seconds and steps are at most 11, so the gap is at most 15, also between two
    // minutes.
    for (let second = integer(next, 0, 4); second < 60; second += integer(next, 1, longestGapSeconds)) {
      const timeMs = minuteMs + second * 1000;
      const bpm = rate + integer(next, -2, 2);
      if (timeMs >= fromMs && timeMs < untilMs) {
        samples.push({ timeMs, bpm });
      }
    }
  }
  return samples;
}
