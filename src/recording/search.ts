import type { Connection } from "../connections/connection.js";
import type { ProviderApi } from "../connections/provider-api.js";
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
  const { ours, alike } = await findAll(api, connection, entry);
  if (ours !== null) return ours;
  for (const name of alike) if (!(await isAnothers(name))) return name;
  return null;
}

async function findAll(api: Pick<ProviderApi, "send">, connection: Connection, entry: RecordEntry) {
  const alike: string[] = [];
  const asked = new Set<string>();
  let request: ApiRequest | null = entry.look;
  while (request !== null) {
    const key = JSON.stringify(request);
    // A cursor that leads to itself shows nothing of what lies behind.
    if (asked.has(key) || asked.size === MAX_PAGES) throw outcomeUnknown();
    asked.add(key);
    const answer = await api.send(connection, request);
    if (answer.kind !== "ok") throw outcomeUnknown();
    const page = readable(() => ({ ...entry.find(answer.body), next: entry.further?.(answer.body) ?? null }));
    if (page === undefined) throw outcomeUnknown();
    if (page.ours !== undefined) return { ours: page.ours, alike };
    alike.push(...page.alike);
    request = page.next;
  }
  return { ours: null, alike };
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
