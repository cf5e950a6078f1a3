import type { Known } from "../model/cells.js";
import { isList } from "../model/fields.js";
import type { LocalDate, MissingReason } from "../model/records.js";
import type { ConnectionReader } from "./connection-reader.js";
import type { Wanted } from "./wanted.js";

/** Gravest first; the days follow. */
const sentences: readonly (readonly [reason: MissingReason, sentence: string])[] = [
  ["PROVIDER_ERROR", "What could not be read or believed is left out"],
  ["NOT_FETCHED", "Not all of it was asked for"],
  ["NOT_YET_SYNCED", "What is not over yet is left out"],
  ["NOT_PERMITTED_TO_APP", "The provider does not give all of it to this app"],
  ["INSUFFICIENT_SCOPE", "The person did not grant all of it"],
];
const DAYS_NAMED = 3;

/**
 * Why lists may not hold all that a source has, in sentences for people: lists have no `missing`, so their source tells.
 * Null where nothing is known to be left out.
 */
export function leftOut(reader: Pick<ConnectionReader, "look" | "supports">, wanted: Wanted): string | null {
  const found = new Map<MissingReason, Set<LocalDate | null>>();
  for (const [field, days] of wanted) {
    if (!isList(field) || !reader.supports(field)) continue;
    for (const day of days) {
      const reason = reasonOf(reader.look(field, day));
      if (reason) found.set(reason, (found.get(reason) ?? new Set()).add(day));
    }
  }
  const told = sentences.flatMap(([reason, sentence]) => {
    const days = found.get(reason);
    return days ? [`${sentence}${namesOf([...days].filter((day) => day !== null).sort())}.`] : [];
  });
  return told.length === 0 ? null : told.join(" ");
}

const reasonOf = (known: Known): MissingReason | undefined => ("nothing" in known ? known.nothing : known.lacks);

function namesOf(days: readonly LocalDate[]): string {
  if (days.length === 0) return "";
  const more = days.length - DAYS_NAMED;
  const rest = more > 0 ? ` and ${more} more ${more === 1 ? "day" : "days"}` : "";
  return ` (${days.slice(0, DAYS_NAMED).join(", ")}${rest})`;
}
