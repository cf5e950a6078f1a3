import type { ApiCall } from "./call.js";
import { addDays } from "./local-time.js";
import type { ListQuery } from "./params.js";

export interface Listed<T> {
  readonly item: T;
  readonly date: string;
  /** The text that the list is cut by, without an offset: "2024-03-12T18:05:10.000". */
  readonly localStart: string;
}

/**
 * One page of a list by time. `beforeDate` excludes its day, or instant, and `afterDate` includes it. Days are read
 * one by one, away from the bound, until the page and a sign of a further one are found.
 */
export function listPage<T>(
  call: ApiCall,
  query: ListQuery,
  itemsOn: (date: string) => readonly Listed<T>[],
): { readonly items: T[]; readonly more: boolean } {
  const { view } = call;
  const [boundDay = ""] = query.bound.split("T");
  const before = query.key === "beforeDate";
  const first = view.person.memberSince;
  // A sleep that began before the bound may be filed under the next day, so both lists look a day further.
  let date = before ? addDays(boundDay, 1) : boundDay;
  if (before && date > view.today) date = view.today;
  if (!before && date < first) date = first;
  const found: T[] = [];
  while (date >= first && date <= view.today && found.length <= query.offset + query.limit) {
    const items = itemsOn(date).filter(({ localStart }) =>
      before ? localStart < query.bound : localStart >= query.bound,
    );
    found.push(...(before ? [...items].reverse() : items).map(({ item }) => item));
    date = addDays(date, before ? -1 : 1);
  }
  const until = query.offset + query.limit;
  return { items: found.slice(query.offset, until), more: found.length > until };
}

/** With absolute links on the lab's own host; an empty text where there is no such page. */
export function pagination(call: ApiCall, path: string, query: ListQuery, more: boolean): object {
  const { bound, key, sort, limit, offset } = query;
  const link = (to: number) =>
    `${call.origin}${path}?offset=${to}&limit=${limit}&sort=${sort}&${key}=${encodeURIComponent(bound)}`;
  return {
    [key]: bound,
    limit,
    next: more ? link(offset + limit) : "",
    offset,
    previous: offset > 0 ? link(Math.max(0, offset - limit)) : "",
    sort,
  };
}
