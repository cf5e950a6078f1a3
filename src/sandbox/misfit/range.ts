import { addDays, dayNumber } from "../people/index.js";
import type { MisfitSwitches } from "./switches.js";

const LONGEST_DAYS = 31;

export interface DateRange {
  readonly first: string;
  readonly last: string;
}

/** Reads `start_date` and `end_date`, both included; null where Misfit finds the parameters invalid. */
export function requestedRange(query: URLSearchParams): DateRange | null {
  const first = query.get("start_date") ?? "";
  const last = query.get("end_date") ?? "";
  const days = isDate(first) && isDate(last) ? dayNumber(last) - dayNumber(first) + 1 : 0;
  return days >= 1 && days <= LONGEST_DAYS ? { first, last } : null;
}

/** Turns what was asked for into what Misfit answers, which nobody could rely on. */
export function createRangeReading(switches: MisfitSwitches): (asked: DateRange) => DateRange {
  let requests = 0;
  return ({ first, last }) => {
    requests++;
    const { endDateInclusive } = switches;
    const inclusive = endDateInclusive === "flaky" ? requests % 2 === 0 : endDateInclusive;
    // A range of one day answered that day under either reading.
    const read = { first, last: inclusive || first === last ? last : addDays(last, -1) };
    return switches.duplicateAcrossWindows ? { first: addDays(read.first, -1), last: addDays(read.last, 1) } : read;
  };
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(dayNumber(text)) && addDays(text, 0) === text;
}
