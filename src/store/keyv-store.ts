import { Keyv } from "keyv";
import { StoreUnavailable } from "../errors.js";
import { type Backend, fromText, patienceMs, toText } from "./backend.js";
import type { Collection, Lease, Store } from "./store.js";

const purgeEveryMs = 60_000;
/** PostgreSQL's index takes no longer ones. */
const maxKeyBytes = 2_000;

/** A `Store` over one backend: Keyv reads and writes, the backend adds what must be atomic. */
export function keyvStore(backend: Backend): Store {
  let closed = false;

  async function answer<T>(work: () => Promise<T>): Promise<T> {
    if (closed) throw new StoreUnavailable(`${backend.name} was closed.`);
    try {
      return await inTime(work());
    } catch (error) {
      // The original may quote the URL, or the row; only its code is safe to keep.
      throw new StoreUnavailable(`${backend.name} can't answer (${reason(error)}).`);
    }
  }

  // Every collection gets an adapter of its own, because Keyv writes the namespace onto the adapter it is given.
  const adapter = () => ({
    get: (key: string) => answer(() => backend.values.get(key)),
    getMany: (keys: string[]) => answer(() => backend.values.getMany(keys)),
    set: (key: string, text: string, ttlMs?: number) => answer(() => backend.values.set(key, text, ttlMs)),
    delete: (key: string) => answer(() => backend.values.delete(key)),
    clear: () => Promise.reject(new Error("Nothing of ours empties a whole namespace.")),
  });

  const timer = setInterval(() => {
    // The next round tries again, and whoever needs the store hears of the outage without us.
    purge(backend).catch(() => {});
  }, purgeEveryMs);
  timer.unref();

  return {
    collection<T>(namespace: string): Collection<T> {
      if (!/^[^:\s]+$/.test(namespace)) throw new TypeError("A namespace is one word without a colon.");
      // Keyv's own prefix is left out when a key begins with it already, so that two keys would be one.
      const at = (key: string) => `${namespace}:${checked(key)}`;
      const keyv = new Keyv<T>({
        // biome-ignore lint/suspicious/noExplicitAny: Keyv's adapter type asks for an event emitter, which it does not use
        store: adapter() as any,
        useKeyPrefix: false,
        // biome-ignore lint/suspicious/noExplicitAny: Keyv types the envelope as its own class of data
        serialize: toText as any,
        // biome-ignore lint/suspicious/noExplicitAny: likewise
        deserialize: fromText as any,
        throwOnErrors: true,
        emitErrors: false,
      });
      const take = async (key: string): Promise<T | undefined> => {
        const full = at(key);
        const text = await answer(() => backend.take(full));
        return text === undefined ? undefined : (fromText(text)?.value as T | undefined);
      };
      return {
        get: (key) => keyv.get<T>(at(key)),
        getMany: async (keys) =>
          keys.length === 0 ? [] : ((await keyv.getMany<T>(keys.map(at))) as (T | undefined)[]),
        set: async (key, value, ttlMs) => {
          await keyv.set(at(key), value, lifetime(ttlMs));
        },
        // A backend may hold for a moment longer what is over by our clock: that was not there.
        delete: async (key) => (await take(key)) !== undefined,
        putIfAbsent: (key, value, ttlMs) => {
          const ttl = lifetime(ttlMs);
          const text = toText({ value, expires: ttl === undefined ? undefined : Date.now() + ttl });
          const full = at(key);
          return answer(() => backend.putIfAbsent(full, text, ttl));
        },
        take,
        scan: async function* (prefix) {
          const full = `${namespace}:${prefix}`;
          const entries = backend.scan(full)[Symbol.asyncIterator]();
          for (;;) {
            const next = await answer(() => entries.next());
            if (next.done) return;
            const [key, text] = next.value;
            const envelope = fromText(text);
            if (envelope !== undefined) yield [key.slice(namespace.length + 1), envelope.value as T] as const;
          }
        },
      };
    },

    async lease(name, ttlMs): Promise<Lease | null> {
      const key = checked(name);
      const fence = await answer(() => backend.acquire(key, lifetime(ttlMs) as number));
      if (fence === null) return null;
      return {
        fence,
        renew: (ms) => answer(() => backend.renew(key, fence, lifetime(ms) as number)),
        release: () => answer(() => backend.release(key, fence)),
      };
    },

    ping: () => answer(() => backend.ping()),

    async close() {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      // An outage must not keep the process from ending.
      await inTime(backend.close()).catch(() => {});
    },
  };
}

/** Removes everything that has expired, a little at a time, so that others get their turn between. */
export async function purge(backend: Backend): Promise<void> {
  while (backend.purge && (await backend.purge()) > 0) await new Promise((resolve) => setImmediate(resolve));
}

/** SQLite ends a text at NUL and UTF-8 has no lone surrogates: with either in them, two different keys could be one. */
function checked(key: string): string {
  if (/[\0\p{Surrogate}]/u.test(key)) throw new TypeError("A store key is well-formed text without NUL.");
  if (Buffer.byteLength(key) > maxKeyBytes) throw new RangeError("A store key is at most 2000 bytes long.");
  return key;
}

/** Whole milliseconds, at least one: Redis takes no fraction, and Keyv reads 0 as for ever. */
function lifetime(ttlMs: number | undefined): number | undefined {
  return ttlMs === undefined || ttlMs === Number.POSITIVE_INFINITY ? undefined : Math.max(1, Math.ceil(ttlMs));
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error("late"), { code: "ETIMEDOUT" })), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The error's code (ECONNREFUSED, SQLITE_BUSY, 57P01, WRONGPASS), else the kind of error. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code, errors } = error as Error & { code?: unknown; errors?: readonly unknown[] };
  if (typeof code === "string" && code !== "") return code;
  // Node joins the failures of all addresses of a host in one error.
  if (errors?.length) return reason(errors[0]);
  return /^[A-Z]{4,}(?= )/.exec(error.message)?.[0] ?? error.constructor.name;
}
