import type { Backend } from "./backend.js";
import { isOver } from "./row.js";

interface Entry {
  readonly text: string;
  readonly expiresAt: number;
}

/** Lives as long as the process. Values are kept as text, so that nobody changes a stored value through a reference. */
export function memoryBackend(): Backend {
  const entries = new Map<string, Entry>();
  const leases = new Map<string, { fence: number; expiresAt: number }>();
  let lastFence = 0;

  const until = (ttlMs: number | undefined) => (ttlMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + ttlMs);
  const alive = <T extends { expiresAt: number }>(map: Map<string, T>, key: string): T | undefined => {
    const found = map.get(key);
    return found && found.expiresAt > Date.now() ? found : undefined;
  };
  const held = (name: string, fence: number) => alive(leases, name)?.fence === fence;

  return {
    name: "The memory store",
    values: {
      get: async <T>(key: string) => alive(entries, key)?.text as T,
      getMany: async (keys) => keys.map((key) => alive(entries, key)?.text),
      set: async (key, text: string, ttlMs) => {
        entries.set(key, { text, expiresAt: until(ttlMs) });
      },
      delete: async (key) => {
        const found = alive(entries, key);
        entries.delete(key);
        // By its own text it may have ended a little earlier.
        return found !== undefined && !isOver(found.text);
      },
    },
    putIfAbsent: async (key, text, ttlMs) => {
      if (alive(entries, key)) return false;
      entries.set(key, { text, expiresAt: until(ttlMs) });
      return true;
    },
    take: async (key) => {
      const found = alive(entries, key);
      entries.delete(key);
      return found?.text;
    },
    async *scan(prefix, after, before) {
      // A copy of the keys: a loop over the map itself would also visit what the caller adds meanwhile, without end.
      const keys = [...entries.keys()].filter((key) => key.startsWith(prefix));
      for (const key of after === undefined && before === undefined ? keys : between(keys, after, before)) {
        const found = alive(entries, key);
        if (found) yield [key, found.text];
      }
    },
    acquire: async (name, ttlMs) => {
      if (alive(leases, name)) return null;
      lastFence += 1;
      leases.set(name, { fence: lastFence, expiresAt: until(ttlMs) });
      return lastFence;
    },
    renew: async (name, fence, ttlMs) => {
      if (!held(name, fence)) return false;
      leases.set(name, { fence, expiresAt: until(ttlMs) });
      return true;
    },
    release: async (name, fence) => {
      if (held(name, fence)) leases.delete(name);
    },
    purge: async () => {
      for (const map of [entries, leases])
        for (const key of map.keys()) if (!alive<Entry>(map as never, key)) map.delete(key);
      return 0;
    },
    ping: async () => {},
    close: async () => entries.clear(),
  };
}

function between(keys: readonly string[], after = "", before?: string): readonly string[] {
  const [start, end] = [Buffer.from(after), before === undefined ? null : Buffer.from(before)];
  return keys
    .map((key) => ({ key, bytes: Buffer.from(key) }))
    .filter(({ bytes }) => bytes.compare(start) > 0 && (end === null || bytes.compare(end) < 0))
    .sort((a, b) => a.bytes.compare(b.bytes))
    .map(({ key }) => key);
}
