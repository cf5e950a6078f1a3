import { daysBetween } from "./scale.js";

/** One measurement, for example on a scale. */
export interface Weighing {
  /** Calendar day, for example 2026-03-29. */
  readonly date: string;
  readonly source: string;
  readonly value: number;
}

/** The trend on one day of one source. */
export interface TrendDay {
  readonly date: string;
  readonly source: string;
  readonly trend: number;
  /** True where the trend starts anew: no line leads here from the day before it. */
  readonly anew: boolean;
}

const HALF_LIFE_DAYS = 5;
const LONGEST_GAP_DAYS = 14;

/**
 * The trend of measurements, which are oldest first: an average in which a measurement weighs half as much as one five days
 * later. It starts anew after more than fourteen days without one. Each source has a trend of its own, since two scales
 * differ. Several measurements of a day count as one, by their mean.
 */
export function trendOf(weighings: readonly Weighing[]): readonly TrendDay[] {
  const latest = new Map<string, TrendDay>();
  return dailyMeans(weighings).map(({ date, source, value }) => {
    const before = latest.get(source);
    const age = before ? daysBetween(before.date, date) : Number.POSITIVE_INFINITY;
    const anew = age > LONGEST_GAP_DAYS;
    const trend = before && !anew ? before.trend + (value - before.trend) * (1 - 0.5 ** (age / HALF_LIFE_DAYS)) : value;
    const day = { date, source, trend, anew };
    latest.set(source, day);
    return day;
  });
}

function dailyMeans(weighings: readonly Weighing[]): readonly Weighing[] {
  const days = new Map<string, Weighing[]>();
  for (const weighing of weighings) {
    const day = `${weighing.date} ${weighing.source}`;
    days.set(day, [...(days.get(day) ?? []), weighing]);
  }
  return [...days.values()].map((day) => ({
    ...day[0]!,
    value: day.reduce((sum, { value }) => sum + value, 0) / day.length,
  }));
}
