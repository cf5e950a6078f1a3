import type { Connection } from "../connections/connection.js";
import type { ProviderAnswer, ProviderApi } from "../connections/provider-api.js";
import { PulsegateError } from "../errors.js";
import { isUnreadable } from "../providers/kit/members.js";
import type { ApiRequest, RecordEntry } from "../providers/provider.js";
import { outcomeUnknown } from "./refusals.js";

/** More than a person records on a day. What lies behind can't be told from what is not there. */
const MAX_PAGES = 20;

/**
 * Looks for an entry whose request has left. Null if it is not there (yet). Throws RECORD_OUTCOME_UNKNOWN where the
 * provider does not answer to the end. `isAnothers`: an entry that looks like it is known to be another record.
 */
export async function lookFor(
  api: Pick<ProviderApi, "send">,
  connection: Connection,
  entry: RecordEntry,
  isAnothers: (name: string) => Promise<boolean>,
): Promise<string | null> {
  const pages = await lookThrough(api, connection, entry, () => outcomeUnknown());
  const found = pages.map(entry.find);
  const ours = found.find((page) => page.ours !== undefined)?.ours;
  if (ours !== undefined) return ours;
  for (const name of found.flatMap(({ alike }) => alike)) if (!(await isAnothers(name))) return name;
  return null;
}

/**
 * The names of what looks like an entry that has not been sent yet. Throws BAD_USER_INPUT where another entry stands in
 * its way, and what `troubleOf` makes of an answer (null: one that can't be read) where the provider fails.
 */
export async function othersLike(
  api: Pick<ProviderApi, "send">,
  connection: Connection,
  entry: RecordEntry,
  troubleOf: (answer: ProviderAnswer | null) => Error,
): Promise<readonly string[]> {
  const pages = await lookThrough(api, connection, entry, troubleOf);
  if (pages.some((page) => entry.isTaken?.(page)))
    throw new PulsegateError("BAD_USER_INPUT", "time: the provider has another record of that moment. Choose another.");
  return pages.flatMap((page) => entry.find(page).alike);
}

/** Pages that `find` can read. */
async function lookThrough(
  api: Pick<ProviderApi, "send">,
  connection: Connection,
  entry: RecordEntry,
  troubleOf: (answer: ProviderAnswer | null) => Error,
): Promise<readonly unknown[]> {
  const pages: unknown[] = [];
  const asked = new Set<string>();
  let request: ApiRequest | null = entry.look;
  while (request !== null) {
    const key = JSON.stringify(request);
    // A cursor that leads to itself shows nothing of what lies behind.
    if (asked.has(key) || asked.size === MAX_PAGES) throw troubleOf(null);
    asked.add(key);
    const answer = await api.send(connection, request);
    if (answer.kind !== "ok") throw troubleOf(answer);
    const page = readable(() => ({ ...entry.find(answer.body), next: entry.further?.(answer.body) ?? null }));
    if (page === undefined) throw troubleOf(null);
    pages.push(answer.body);
    request = page.ours === undefined ? page.next : null;
  }
  return pages;
}

/** Undefined if the answer is of another form than the provider documents: then it says nothing. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return undefined;
  }
}
