import { createHash } from "node:crypto";
import type { LabRecord, ListView } from "../kit/list-lab.js";
import { addDays, dayNumber } from "../people/index.js";
import type { Person, PersonDay, PersonSleep } from "../person.js";

/** A UUID that is the same on every machine, and from whose second part the local day can be read. */
export function idOf(person: Pick<Person, "id">, collection: string, date: string, index = 0): string {
  const hex = createHash("sha256").update(`${person.id}/${collection}/${date}/${index}`).digest("hex");
  const day = dayNumber(date).toString(16).padStart(4, "0");
  return `${hex.slice(0, 8)}-${day}-4${hex.slice(8, 11)}-a${hex.slice(11, 14)}-${hex.slice(14, 26)}`;
}

export function dayOfId(id: string): string | null {
  const day = /^[0-9a-f]{8}-([0-9a-f]{4})-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/.exec(id)?.[1];
  return day === undefined ? null : addDays("1970-01-01", Number.parseInt(day, 16));
}

export type RecordsOf = (view: ListView, day: PersonDay) => readonly LabRecord[];

/** A collection with one document a day at most. */
export const daily =
  (collection: string, figures: (view: ListView, day: PersonDay) => object | null): RecordsOf =>
  (view, day) => {
    const found = figures(view, day);
    return found ? [{ id: idOf(view.person, collection, day.date), day: day.date, ...found }] : [];
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

/** Whether a day is the one with this number in its fortnight. */
export const isFortnightly = ({ date }: Pick<PersonDay, "date">, which: number) => dayNumber(date) % 14 === which;

/** The mean of a figure over the two weeks before a day. Null without one. */
export function usual(person: Person, date: string, figure: (day: PersonDay) => number | null): number | null {
  const days = Array.from({ length: 14 }, (_, back) => person.day(addDays(date, -1 - back)));
  const values = days.map(figure).filter((value): value is number => value !== null);
  return values.length === 0 ? null : mean(values);
}
