import type { History } from "./history.js";

const field = "profile.timeZone";

/** The IANA zone that a connection's provider last told, from the store alone; null where it told none. */
export async function storedZone(history: Pick<History, "read">, connectionId: string): Promise<string | null> {
  const known = (await history.read(connectionId, [{ field, day: null }])).get(field, null)?.known;
  return known && "value" in known ? (known.value as string) : null;
}
