import { dayUuid } from "../kit/day-uuid.js";
import type { LabRecord, ListView } from "../kit/list-lab.js";
import { addDays } from "../people/index.js";
import type { Person, PersonDay, PersonSleep } from "../person.js";

export type RecordsOf = (view: ListView, day: PersonDay) => readonly LabRecord[];

/** A collection with one document a day at most. */
export const daily =
  (collection: string, figures: (view: ListView, day: PersonDay) => object | null): RecordsOf =>
  (view, day) => {
    const found = figures(view, day);
    return found ? [{ id: dayUuid(view.person, collection, day.date), day: day.date, ...found }] : [];
  };

/** The night of a day, once it has arrived. */
export const nightOf = ({ syncedUntil }: ListView, day: PersonDay) =>
  day.sleeps.find(({ main, endMs }) => main && endMs <= syncedUntil);

/** A collection with one document for every night. */
export const nightly = (
  collection: string,
  figures: (view: ListView, day: PersonDay, night: PersonSleep) => object | null,
): RecordsOf =>
  daily(collection, (view, day) => {
    const night = nightOf(view, day);
    return night ? figures(view, day, night) : null;
  });

/** A score or a part of it: a whole number from 1 to 100. */
export const score = (value: number) => Math.min(100, Math.max(1, Math.round(value)));

export const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

/** The mean of a figure over the two weeks before a day. Null without one. */
export function usual(person: Person, date: string, figure: (day: PersonDay) => number | null): number | null {
  const days = Array.from({ length: 14 }, (_, back) => person.day(addDays(date, -1 - back)));
  const values = days.map(figure).filter((value): value is number => value !== null);
  return values.length === 0 ? null : mean(values);
}
