import { createHash } from "node:crypto";
import { addDays, dayNumber } from "../people/index.js";
import type { Person } from "../person.js";

/** A UUID that is the same on every machine, and from whose second part the local day can be read. */
export function dayUuid(person: Pick<Person, "id">, what: string, date: string, index = 0): string {
  const hex = createHash("sha256").update(`${person.id}/${what}/${date}/${index}`).digest("hex");
  const day = dayNumber(date).toString(16).padStart(4, "0");
  return `${hex.slice(0, 8)}-${day}-4${hex.slice(8, 11)}-a${hex.slice(11, 14)}-${hex.slice(14, 26)}`;
}

export function dayOfUuid(id: string): string | null {
  const day = /^[0-9a-f]{8}-([0-9a-f]{4})-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/.exec(id)?.[1];
  return day === undefined ? null : addDays("1970-01-01", Number.parseInt(day, 16));
}

/** Whether a day is the one with this number in its fortnight: for what happens once in two weeks. */
export const isFortnightly = ({ date }: { readonly date: string }, which: number) => dayNumber(date) % 14 === which;
