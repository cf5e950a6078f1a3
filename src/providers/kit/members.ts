import { UnreadableAnswer } from "../../http/json.js";
import type { Cell } from "../../model/cells.js";
import type { Field, FieldValue } from "../../model/fields.js";
import type { LocalDate } from "../../model/records.js";
import type { ReadPage, Skipped } from "../provider.js";
import { optionalDate } from "./times.js";

/** Thrown by a mapper for a record that has not ended: a night or a workout without an end. */
export class StillGoingOn extends UnreadableAnswer {
  constructor(
    path: string,
    /** The day that the record will have, as far as it is known now. */
    readonly day: LocalDate | null,
  ) {
    super(`${path} is not over yet`);
  }
}

interface Members<R> {
  /** The fields of the members: all of them are incomplete on the day of a member that can't be read. */
  readonly fields: readonly Field[];
  /** What one member contains: one thing, several, or none. Throws `UnreadableAnswer`, or `StillGoingOn`. */
  readonly read: (member: unknown) => R | readonly R[] | null;
  /** The day of a member that can't be read, if the day can still be read. It may throw too. */
  readonly dayOfUnread?: (member: unknown) => LocalDate | null;
}

/**
 * Reads the members of a list one by one. A member that can't be read is skipped, and its day, if known, says
 * PROVIDER_ERROR (NOT_YET_SYNCED if the record has not ended). Other members are not affected. Of two with one `id`
 * only one is kept.
 */
export function readMembers<R>(
  members: readonly unknown[],
  { fields, read, dayOfUnread }: Members<R>,
): { readonly found: readonly R[]; readonly skipped: readonly Skipped[] } {
  const found: R[] = [];
  const skipped: Skipped[] = [];
  for (const member of members) {
    try {
      const each = read(member);
      if (Array.isArray(each)) found.push(...(each as readonly R[]));
      else if (each !== null) found.push(each as R);
    } catch (error) {
      // A TypeError of a mapper means that the member has an unknown shape, so it is unreadable.
      if (!isUnreadable(error)) throw error;
      const goingOn = error instanceof StillGoingOn;
      const day = goingOn ? error.day : dayOf(member, dayOfUnread);
      const reason = goingOn ? ("NOT_YET_SYNCED" as const) : ("PROVIDER_ERROR" as const);
      for (const field of fields) skipped.push({ field, day, reason, why: error.message });
    }
  }
  return { found: once(found), skipped };
}

/** Each record once, by its id: the later one of two replaces the earlier one in its place. */
function once<R>(found: readonly R[]): readonly R[] {
  const idOf = (each: R) => (each as { readonly id?: unknown } | null)?.id;
  // Samples have none, and are thousands.
  if (found.every((each) => idOf(each) === undefined)) return found;
  const unique = new Map<unknown, R>();
  for (const each of found) unique.set(idOf(each) ?? Symbol(), each);
  return [...unique.values()];
}

/** The first entry of each kind: an entry that a provider lists twice is one, and is not added up. */
export function firstOfEach<T>(entries: readonly T[], kindOf: (entry: T) => unknown): readonly T[] {
  const seen = new Set<unknown>();
  return entries.filter((entry) => {
    const kind = kindOf(entry);
    return !seen.has(kind) && seen.add(kind);
  });
}

/** Whether an error of a reader means an answer of unknown shape. Any other error is our defect and is thrown on. */
export function isUnreadable(error: unknown): error is Error {
  return error instanceof UnreadableAnswer || error instanceof TypeError || error instanceof RangeError;
}

function dayOf(member: unknown, tell: ((member: unknown) => LocalDate | null) | undefined): LocalDate | null {
  try {
    return optionalDate(tell?.(member));
  } catch {
    return null;
  }
}

interface Dated {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** Reads a list with one record in each member into one cell a day. The records of a day are in ascending order. */
export function readRecords<R extends { readonly id: string }>(
  members: readonly unknown[],
  {
    field,
    span,
    dayOf: dayOfRecord,
    ...of
  }: Omit<Members<R>, "fields"> & {
    readonly field: Field;
    /** Records of other days are left out: the answer may have only a part of those days. */
    readonly span: Dated;
    readonly dayOf: (record: R) => LocalDate;
  },
): Pick<ReadPage, "cells" | "skipped"> {
  const { found, skipped } = readMembers(members, { ...of, fields: [field] });
  const byDay = new Map<LocalDate, R[]>();
  for (const record of found) {
    const day = dayOfRecord(record);
    if (day < span.from || day > span.to) continue;
    const own = byDay.get(day);
    if (own) own.push(record);
    else byDay.set(day, [record]);
  }
  const cells = [...byDay]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, own]): Cell => ({ field, day, known: { value: inOrder(own) as unknown as FieldValue } }));
  return { cells, skipped };
}

function inOrder<R>(records: readonly R[]): readonly R[] {
  const at = (record: R) => {
    const { start, time } = record as { start?: string; time?: string | null };
    return Date.parse(start ?? time ?? "") || Number.NEGATIVE_INFINITY;
  };
  return [...records].sort((a, b) => (at(a) === at(b) ? 0 : at(a) - at(b)));
}

/** Reads a list with about one row a day into cells. */
export function readRows(rows: readonly unknown[], of: Members<Cell>): Pick<ReadPage, "cells" | "skipped"> {
  const { found, skipped } = readMembers(rows, of);
  return { cells: found, skipped };
}

/** One page of the requested days. If no page follows, the days without cells are proven to have nothing. */
export function page(
  { from, to }: Dated,
  { cells, skipped = [] }: Pick<ReadPage, "cells" | "skipped">,
  next?: ReadPage["next"],
): ReadPage {
  const own = cells.filter(({ day }) => day === null || (day >= from && day <= to));
  const readsOthers = own.length < cells.length ? { readsOthers: true } : {};
  return { cells: own, skipped, covers: next ? null : { from, to }, ...readsOthers, ...(next && { next }) };
}
