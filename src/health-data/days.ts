import type { LocalDate } from "../model/records.js";
import { epochDay, fromEpochDay } from "../model/time.js";

/** Stands for the one cell of an undated field, where days are numbers. */
export const UNDATED = Number.NEGATIVE_INFINITY;

/** A day as a number: days since 1970-01-01. Null stands for an undated field. */
export function dayNumber(day: LocalDate | null): number {
  return day === null ? UNDATED : epochDay(day);
}

/** Days as numbers, made once for lists that are wanted one after the other: fields that are wanted together share one. */
export function sharedNumbers(): (days: readonly (LocalDate | null)[]) => readonly number[] {
  let last: { readonly days: readonly (LocalDate | null)[]; readonly numbers: readonly number[] } | undefined;
  return (days) => {
    if (last?.days !== days) last = { days, numbers: days.map(dayNumber) };
    return last.numbers;
  };
}

/** The days of both, ascending, each once. */
export function joinedDays(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length === 0) return b;
  return [...new Set([...a, ...b])].sort((one, other) => one - other);
}

export function dayOf(number: number): LocalDate | null {
  return number === UNDATED ? null : fromEpochDay(number);
}
