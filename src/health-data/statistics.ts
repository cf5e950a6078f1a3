import { withoutNoise } from "../model/numbers.js";
import type { LocalDate, MissingReason } from "../model/records.js";
import { epochDay } from "../model/time.js";

/** Averages over days that say which days they leave out. Pure. */

export const periods = ["WEEK", "MONTH", "RANGE"] as const;
export type Period = (typeof periods)[number];

export const exclusionReasons = ["NOT_WORN", "NOT_COMPLETE", "MISSING"] as const;
type ExclusionReason = (typeof exclusionReasons)[number];

/** A day as statistics see it. Figures and reasons by the figure's name. */
export interface StatisticDay {
  readonly date: LocalDate;
  /** Whether it is over, and proven synced to its end. */
  readonly isComplete: boolean;
  readonly worn: boolean | null;
  readonly values: ReadonlyMap<string, number | null>;
  /** Why figures are null. */
  readonly reasons: ReadonlyMap<string, MissingReason>;
}

export interface ExcludedDay {
  readonly date: LocalDate;
  readonly reason: ExclusionReason;
  readonly missing: MissingReason | null;
}

export interface Statistic {
  readonly days: number;
  readonly mean: number | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly median: number | null;
  readonly standardDeviation: number | null;
  readonly excluded: readonly ExcludedDay[];
}

/** The days of one week, one month, or all. */
export interface PeriodDays {
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly days: readonly StatisticDay[];
}

/** Weeks begin on Monday. The ends of the range cut the first and the last period. */
export function inPeriods(days: readonly StatisticDay[], by: Period): readonly PeriodDays[] {
  const found: { key: string | number; days: StatisticDay[] }[] = [];
  for (const day of days) {
    const key = keyOf(day.date, by);
    const last = found.at(-1);
    if (last?.key === key) last.days.push(day);
    else found.push({ key, days: [day] });
  }
  return found.map(({ days: own }) => ({ from: own[0]!.date, to: own.at(-1)!.date, days: own }));
}

function keyOf(date: LocalDate, by: Period): string | number {
  if (by === "RANGE") return "";
  // 1970-01-01 was a Thursday.
  return by === "MONTH" ? date.slice(0, 7) : Math.floor((epochDay(date) + 3) / 7);
}

/** Reckoned over the days that are complete, were worn as far as is known, and have the figure. */
export function statisticOf(days: readonly StatisticDay[], name: string): Statistic {
  const values: number[] = [];
  const excluded: ExcludedDay[] = [];
  for (const { date, isComplete, worn, values: figures, reasons } of days) {
    const value = figures.get(name) ?? null;
    if (!isComplete) excluded.push({ date, reason: "NOT_COMPLETE", missing: null });
    else if (worn === false) excluded.push({ date, reason: "NOT_WORN", missing: null });
    else if (value === null) excluded.push({ date, reason: "MISSING", missing: reasons.get(name) ?? "UNKNOWN" });
    else values.push(value);
  }
  return { days: values.length, ...summaryOf(values), excluded };
}

function summaryOf(values: readonly number[]): Omit<Statistic, "days" | "excluded"> {
  const count = values.length;
  if (count === 0) return { mean: null, minimum: null, maximum: null, median: null, standardDeviation: null };
  const sorted = values.toSorted((a, b) => a - b);
  const mean = sorted.reduce((sum, value) => sum + value, 0) / count;
  const [low, high] = [sorted[Math.floor((count - 1) / 2)]!, sorted[Math.floor(count / 2)]!];
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean: withoutNoise(mean),
    minimum: sorted[0]!,
    maximum: sorted.at(-1)!,
    median: withoutNoise((low + high) / 2),
    // Of a sample: one value has no deviation.
    standardDeviation: count < 2 ? null : withoutNoise(Math.sqrt(squares / (count - 1))),
  };
}
