import { memory } from "../people/memory.js";
import type { PersonDay } from "../person.js";
import type { LabList, LabRecord } from "./list-lab.js";

/** No lab has a record of a day that changes later than this after the day's end. */
const CHANGES_MS = 5 * 86_400_000;

/**
 * Records that are costly to make, such as sums over all minutes of a day, made once for each state of a day: each page
 * of a list asks for all days again, and so does each lab in the process. They must follow from the view and the day
 * alone. Small records of lists that are asked for since the person's first day want more days than the default.
 */
export function remembered(recordsOf: LabList["recordsOf"], days = 800): LabList["recordsOf"] {
  const made = memory<readonly LabRecord[]>(days);
  return (view, day: PersonDay) => {
    const own = made(view.person);
    const key = `${day.date} ${view.userId} ${Math.min(view.syncedUntil, day.endMs + CHANGES_MS)}`;
    const records = own.get(key) ?? recordsOf(view, day);
    own.set(key, records);
    return records;
  };
}
