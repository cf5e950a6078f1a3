import { domainOf, seriesFields } from "../model/fields.js";
import type { Domain } from "../model/records.js";
import { fromEpochDay } from "../model/time.js";
import type { Collection } from "../store/store.js";
import type { Bucket, Marks } from "./stored.js";

/** A stored month of which only the days from `since` on are kept. */
interface CutRow {
  readonly key: string;
  readonly since: number;
}

/** The rows of a connection that have days before the first kept one. They are found by key, whatever they hold. */
export async function oldRows(
  buckets: Pick<Collection<Bucket>, "keys">,
  connectionId: string,
  firstKept: ReadonlyMap<Domain, number>,
): Promise<{ readonly whole: readonly string[]; readonly cut: readonly CutRow[] }> {
  const whole: string[] = [];
  const cut: CutRow[] = [];
  for (const [domain, since] of firstKept) {
    const first = fromEpochDay(since);
    const month = `${connectionId}/${domain}/${first.slice(0, 7)}`;
    // A month has two keys: its own, and one that goes on with "/". Both come before "~".
    for await (const key of buckets.keys(`${connectionId}/${domain}/`, `${month}~`)) {
      if (!key.startsWith(month)) whole.push(key);
      else if (!first.endsWith("-01")) cut.push({ key, since });
    }
    for (const field of seriesFields.filter((each) => domainOf(each) === domain)) {
      const days = `${connectionId}/${field}/`;
      for await (const key of buckets.keys(days, days + first)) whole.push(key);
    }
  }
  return { whole, cut };
}

/** Answers whether there was anything to erase. To be called while nobody else writes to the connection. */
export async function cutRow(
  buckets: Pick<Collection<Bucket>, "get" | "set" | "erase">,
  { key, since }: CutRow,
): Promise<boolean> {
  const row = await buckets.get(key);
  const rest = row?.since(since);
  if (rest === row || rest === undefined) return false;
  if (rest === null) await buckets.erase(key);
  else await buckets.set(key, rest);
  return true;
}

/** The marks without days that are not kept. Null if there are none such. */
export function keptMarks(marks: Marks, firstKept: ReadonlyMap<Domain, number>): Marks | null {
  let isWhole = true;
  const left: Marks = { ...marks };
  for (const [domain, since] of firstKept) {
    const first = fromEpochDay(since);
    const days = Object.entries(marks[domain] ?? {});
    // The mark of a whole domain has no day.
    const kept = days.filter(([day]) => day === "" || day >= first);
    if (kept.length === days.length) continue;
    isWhole = false;
    left[domain] = Object.fromEntries(kept);
  }
  return isWhole ? null : left;
}
