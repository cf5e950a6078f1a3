import { memory } from "../people/memory.js";
import { DAY_MINUTES, type FitbitDay, type View } from "./view.js";

/** What one day adds up to. Every daily figure of the lab comes from here, so that no two answers disagree. */
export interface FitbitTotals {
  readonly worn: boolean;
  readonly steps: number;
  readonly meters: number;
  readonly floors: number;
  readonly climbMeters: number;
  readonly kcal: number;
  readonly basalKcal: number;
  /** All that was burnt in active minutes, their share of the basal rate included. */
  readonly activityKcal: number;
  /** The same without the basal share. */
  readonly marginalKcal: number;
  readonly strokes: number;
  /** Sedentary, lightly, fairly, very; with the time in bed of the date they are all minutes of a worn day. */
  readonly minutesByLevel: readonly [number, number, number, number];
  readonly metersByLevel: readonly [number, number, number, number];
}

const finished = memory<FitbitTotals>(2500);

/** Totals of days that are over and wholly synced are kept: a series may ask for three years of them. */
export function totalsOf(view: View, date: string): FitbitTotals {
  const kept = finished(view.person);
  const over = view.person.day(date).endMs <= view.syncedMs;
  const known = over ? kept.get(date) : undefined;
  if (known) return known;
  const totals = addUp(view, view.day(date));
  if (over) kept.set(date, totals);
  return totals;
}

function addUp(view: View, day: FitbitDay): FitbitTotals {
  const minutesByLevel: [number, number, number, number] = [0, 0, 0, 0];
  const metersByLevel: [number, number, number, number] = [0, 0, 0, 0];
  let activityKcal = 0;
  let marginalKcal = 0;
  for (let cell = 0; cell < DAY_MINUTES; cell++) {
    const level = day.level[cell] as 0 | 1 | 2 | 3;
    minutesByLevel[level]++;
    metersByLevel[level] += day.meters[cell]!;
    if (level > 0) {
      activityKcal += day.kcal[cell]!;
      marginalKcal += day.kcal[cell]! - day.basalKcal[cell]!;
    }
  }
  const [, lightly, fairly, very] = minutesByLevel;
  // Sedentary is what remains. Time in bed is that of the sleeps filed under the date, the evening before included.
  const inBed = day.worn ? minutesInBed(view, day.date) : 0;
  minutesByLevel[0] = Math.max(0, day.elapsed - lightly - fairly - very - inBed);
  return {
    worn: day.worn,
    steps: sum(day.steps),
    meters: sum(day.meters),
    floors: sum(day.floors),
    climbMeters: sum(day.climbMeters),
    kcal: sum(day.kcal),
    basalKcal: sum(day.basalKcal),
    activityKcal,
    marginalKcal,
    strokes: sum(day.strokes),
    minutesByLevel,
    metersByLevel,
  };
}

function minutesInBed(view: View, date: string): number {
  return view.sleeps(date).reduce((total, sleep) => total + Math.floor((sleep.endMs - sleep.startMs) / 60_000), 0);
}

export function sum(column: Float64Array, from = 0, until = column.length): number {
  let total = 0;
  for (let index = from; index < until; index++) total += column[index]!;
  return total;
}
