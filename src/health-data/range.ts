import { PulsegateError } from "../errors.js";
import type { LocalDate } from "../model/records.js";
import { addDays, daysInclusive, isLocalDate, isTimeZone } from "../model/time.js";
import type { DateRange } from "./ask.js";

/** Ranges are bounded, so that lists need no cursors: about three years, the longest that a provider answers at once. */
export const MAX_RANGE_DAYS = 1_100;

/** Days from `from` to `to`, both counted. `to` lies one day before `from` where there are none. */
export interface DaySpan {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

const mistake = (sentence: string) => new PulsegateError("BAD_USER_INPUT", sentence);

/** Everything about a range that can be wrong whatever day it is. Throws BAD_USER_INPUT. */
export function checkRange(range: DateRange): void {
  const { from, to, lastDays, timeZone } = said(range);
  if (timeZone !== null && !isTimeZone(timeZone)) throw mistake("range.timeZone is not the name of an IANA time zone.");
  if (lastDays !== null) {
    if (from !== null || to !== null) throw mistake("range takes either lastDays, or from and to: not both.");
    if (!Number.isInteger(lastDays) || lastDays < 1)
      throw mistake("range.lastDays is at least 1, which is today alone.");
    if (lastDays > MAX_RANGE_DAYS) throw tooLong();
    return;
  }
  if (from === null) throw mistake(to === null ? "range needs from, or lastDays." : "range.to needs a range.from.");
  if (!isLocalDate(from)) throw mistake("range.from is not a calendar date (YYYY-MM-DD).");
  if (to === null) return;
  if (!isLocalDate(to)) throw mistake("range.to is not a calendar date (YYYY-MM-DD).");
  if (to < from) throw mistake("range.to lies before range.from.");
}

/**
 * Which days a range means. `today` answers the calendar day in a zone, or in the user's own where none is named. Days
 * in the future are cut; a range wholly in the future is empty. Throws BAD_USER_INPUT.
 */
export function resolveRange(range: DateRange, today: (timeZone?: string) => LocalDate): DaySpan {
  checkRange(range);
  const { from, to, lastDays, timeZone } = said(range);
  const now = timeZone === null ? today() : today(timeZone);
  if (lastDays !== null) return { from: addDays(now, 1 - lastDays), to: now };
  const first = from as LocalDate;
  if (first > now) return { from: first, to: addDays(first, -1) };
  const last = to === null || to > now ? now : to;
  if (daysInclusive(first, last) > MAX_RANGE_DAYS) throw tooLong();
  return { from: first, to: last };
}

const tooLong = () => mistake(`range covers more than ${MAX_RANGE_DAYS} days.`);

/** Left out and null are the same to a caller. */
function said({ from = null, to = null, lastDays = null, timeZone = null }: DateRange) {
  return { from, to, lastDays, timeZone };
}
