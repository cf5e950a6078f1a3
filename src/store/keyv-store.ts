import { Keyv } from "keyv";
import { LRUCache } from "lru-cache";
import { atMost } from "../bounded.js";
import { StoreUnavailable } from "../errors.js";
import { type Facts, tracedCall, tracedReading } from "../tracing.js";
import { nextTurn } from "../turns.js";
import { answerMs, type Backend, patienceMs } from "./backend.js";
import { expiryOf, isOver, type Row, type RowForm, type RowTrouble, readRow, toText, UnreadableRow } from "./row.js";
import type { Collection, Lease, Store } from "./store.js";

/** Called once in each process for each row that can't be read. The key may be logged: it has ids and hashes only. */
export type OnUnreadable = (row: {
  readonly namespace: string;
  readonly key: string;
  readonly reason: RowTrouble | "in-part";
}) => void;

const purgeEveryMs = 60_000;
/** PostgreSQL's index takes no longer keys. */
const maxKeyBytes = 2_000;
/** The namespace of unreadable rows whose key got a new row. */
const ASIDE = "set-aside";
/** Long enough to notice and repair. What a person deletes is deleted here too, at once. */
const ASIDE_MS = 90 * 86_400_000;
const MAX_NOTED = 20_000;
const anything: RowForm<never> = { read: (value) => value as never };

/**
 * A `Store` over one backend: Keyv reads and writes, the backend adds the operations that must be atomic. Without an
 * answer within the given milliseconds, the backend counts as away.
 */
export function keyvStore(backend: Backend, onUnreadable?: OnUnreadable, withinMs = answerMs): Store {
  let closed = false;
  /**
   * Full keys of rows that can't be read in whole or in part. They are reported already, and must be kept before they
   * are overwritten.
   */
  const noted = new LRUCache<string, true>(atMost(MAX_NOTED));

  /** One round trip. `of`: what kind of rows, or leases, it is for. */
  const answer = <T>(step: string, of: string, work: () => Promise<T>): Promise<T> =>
    tracedCall(`store ${step} ${of}`, factsOf(step, of), () => answered(work));
  const factsOf = (step: string, of: string) => (): Facts => ({
    "db.system.name": backend.name.toLowerCase(),
    "db.operation.name": step,
    "db.collection.name": of,
  });
  /** Rows that begin so, in as many round trips as it takes. */
  const rows = (of: string, prefix: string, after?: string, before?: string) =>
    tracedReading(`store scan ${of}`, factsOf("scan", of), answeredRows(prefix, after, before));
  async function* answeredRows(prefix: string, after?: string, before?: string) {
    const found = backend.scan(prefix, after, before)[Symbol.asyncIterator]();
    for (;;) {
      const next = await answered(() => found.next());
      if (next.done) return;
      yield next.value;
    }
  }

  async function answered<T>(work: () => Promise<T>): Promise<T> {
    if (closed) throw new StoreUnavailable(`${backend.name} was closed.`);
    try {
      return await inTime(withinMs, work());
    } catch (error) {
      // The original error may quote the URL or the row. Only its code is safe to keep.
      throw new StoreUnavailable(`${backend.name} can't answer (${reason(error)}).`);
    }
  }

  // Every collection gets an adapter of its own, because Keyv writes the namespace onto its adapter.
  const adapter = (of: string) => ({
    get: (key: string) => answer("get", of, () => backend.values.get(key)),
    getMany: (keys: string[]) => answer("getMany", of, () => backend.values.getMany(keys)),
    set: (key: string, text: string, ttlMs?: number) => answer("set", of, () => backend.values.set(key, text, ttlMs)),
    delete: (key: string) => answer("delete", of, () => backend.values.delete(key)),
    clear: () => Promise.reject(new Error("The gateway never empties a whole namespace.")),
  });

  const timer = setInterval(() => {
    // The next round tries again. Code that needs the store gets the error by itself.
    purge(backend).catch(() => {});
  }, purgeEveryMs);
  timer.unref();

  return {
    collection<T>(namespace: string, form: RowForm<T> = anything): Collection<T> {
      if (!/^[^:\s]+$/.test(namespace)) throw new TypeError("A namespace is one word without a colon.");
      // Keyv does not add its own prefix to a key that begins with it already, so two keys could become one.
      const at = (key: string) => `${namespace}:${checked(key)}`;
      const { version } = form;
      const keyv = new Keyv<string>({
        // biome-ignore lint/suspicious/noExplicitAny: Keyv's adapter type asks for an event emitter, which it does not use
        store: adapter(namespace) as any,
        useKeyPrefix: false,
        // biome-ignore lint/suspicious/noExplicitAny: Keyv types the envelope as its own class of data
        serialize: ((envelope: object) => toText({ version, ...envelope })) as any,
        // The text unchanged: `rowOf` reads it, so that an unreadable row does not fail the rows beside it.
        deserialize: (text) => ({ value: text }) as never,
        throwOnErrors: true,
        emitErrors: false,
      });

      const note = (full: string, reason: RowTrouble | "in-part") => {
        if (noted.has(full)) return;
        noted.set(full, true);
        onUnreadable?.({ namespace, key: full.slice(namespace.length + 1), reason });
      };
      const rowOf = (full: string, text: string | undefined): Row<T> | undefined => {
        if (text === undefined) return undefined;
        const row = readRow(text, form);
        if (row.kind === "unreadable") note(full, row.reason);
        else if (row.kind === "row" && !row.isWhole) note(full, "in-part");
        else noted.delete(full);
        return row;
      };
      const taken = (row: Row<T> | undefined): T | undefined => {
        if (row?.kind === "unreadable" && form.throws) throw new UnreadableRow(row.reason);
        return row?.kind === "row" ? row.value : undefined;
      };
      const textAt = (full: string) =>
        answer("get", namespace, () => backend.values.get<string>(full)) as Promise<string | undefined>;
      /** Keeps an unreadable row in another place before a new row overwrites it. */
      const keepAside = async (full: string): Promise<void> => {
        if (!noted.has(full)) return;
        const text = await textAt(full);
        // Only a text can be kept.
        if (text === undefined || text === "") return;
        const row = readRow(text, form);
        if (row.kind === "expired" || (row.kind === "row" && row.isWhole)) return;
        await answer("set", ASIDE, () => backend.values.set(`${ASIDE}:${full}`, text, ASIDE_MS));
      };
      const put = (full: string, value: T, ttl: number | undefined): Promise<boolean> => {
        const text = toText({ value, version, expires: ttl === undefined ? undefined : Date.now() + ttl });
        return answer("putIfAbsent", namespace, () => backend.putIfAbsent(full, text, ttl));
      };
      const remove = (full: string) =>
        answer("delete", namespace, async () => (await backend.values.delete(full)) === true);
      const entries = (prefix: string, after?: string, before?: string) => {
        const [from, to] = [after, before].map((key) => (key === undefined ? undefined : at(key)));
        return rows(namespace, `${namespace}:${prefix}`, from, to);
      };

      return {
        get: async (key) => {
          const full = at(key);
          return taken(rowOf(full, await keyv.get<string>(full)));
        },
        getMany: async (keys) => {
          if (keys.length === 0) return [];
          const full = keys.map(at);
          const texts = (await keyv.getMany<string>(full)) as (string | undefined)[];
          return texts.map((text, index) => taken(rowOf(full[index]!, text)));
        },
        set: async (key, value, ttlMs) => {
          const full = at(key);
          await keepAside(full);
          await keyv.set(full, value as never, lifetime(ttlMs));
        },
        delete: (key) => remove(at(key)),
        putIfAbsent: async (key, value, ttlMs) => {
          const full = at(key);
          const ttl = lifetime(ttlMs);
          if (await put(full, value, ttl)) return true;
          // A row of a later release counts as present. A row that no release can read must not block the key for ever.
          const row = rowOf(full, await textAt(full));
          if (row?.kind !== "unreadable" || row.reason === "newer") return false;
          await keepAside(full);
          await remove(full);
          return await put(full, value, ttl);
        },
        take: async (key) => {
          const full = at(key);
          // Read before it is taken, so that an unreadable row stays.
          const row = rowOf(full, await textAt(full));
          if (row?.kind !== "row") return taken(row);
          return taken(rowOf(full, await answer("take", namespace, () => backend.take(full))));
        },
        scan: async function* (prefix, after) {
          for await (const [full, text] of entries(prefix, after)) {
            const row = rowOf(full, text);
            if (row?.kind === "row") yield [full.slice(namespace.length + 1), row.value] as const;
          }
        },
        keys: async function* (prefix, before) {
          for await (const [full, text] of entries(prefix, undefined, before)) {
            if (!isOver(text)) yield full.slice(namespace.length + 1);
          }
        },
        erase: async (key) => {
          const full = at(key);
          await remove(full);
          await answer("delete", ASIDE, () => backend.values.delete(`${ASIDE}:${full}`));
        },
        eraseAll: async (prefix) => {
          for await (const [full] of entries(prefix)) await remove(full);
          for await (const [full] of rows(ASIDE, `${ASIDE}:${namespace}:${prefix}`))
            await answer("delete", ASIDE, () => backend.values.delete(full));
        },
      };
    },

    rows: (after = "") => answeredRows("", after),

    putRow: async (key, text, replace) => {
      const full = checked(key);
      const ends = expiryOf(text);
      const ttl = lifetime(ends === null ? undefined : ends - Date.now());
      if (!replace) return await answered(() => backend.putIfAbsent(full, text, ttl));
      await answered(() => backend.values.set(full, text, ttl));
      return true;
    },

    async lease(name, ttlMs): Promise<Lease | null> {
      const key = checked(name);
      // The word before it is ours, what follows is somebody's.
      const of = /^([a-z-]+)[/:]/.exec(key)?.[1] ?? "lease";
      const fence = await answer("acquire", of, () => backend.acquire(key, lifetime(ttlMs) as number));
      if (fence === null) return null;
      return {
        fence,
        renew: (ms) => answer("renew", of, () => backend.renew(key, fence, lifetime(ms) as number)),
        release: () => answer("release", of, () => backend.release(key, fence)),
      };
    },

    ping: () => answer("ping", "server", () => backend.ping()),

    async close() {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      // An outage must not prevent the process from ending.
      await inTime(patienceMs, backend.close()).catch(() => {});
    },
  };
}

/** Removes everything that has expired, in small steps, so that other work gets its turn. */
async function purge(backend: Backend): Promise<void> {
  while (backend.purge && (await backend.purge()) > 0) await nextTurn();
}

/** SQLite ends a text at NUL and UTF-8 has no lone surrogates: with either, two different keys could become one. */
function checked(key: string): string {
  if (/[\0\p{Surrogate}]/u.test(key)) throw new TypeError("A store key is well-formed text without NUL.");
  if (Buffer.byteLength(key) > maxKeyBytes) throw new RangeError("A store key is at most 2000 bytes long.");
  return key;
}

/** Whole milliseconds, at least one: Redis takes no fraction, and Keyv reads 0 as "for ever". */
function lifetime(ttlMs: number | undefined): number | undefined {
  return ttlMs === undefined || ttlMs === Number.POSITIVE_INFINITY ? undefined : Math.max(1, Math.ceil(ttlMs));
}

async function inTime<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const giveUp = () => reject(Object.assign(new Error("late"), { code: "ETIMEDOUT" }));
    // If this process itself was late, the answer may be there already: it is read in this turn of the loop.
    timer = setTimeout(() => setImmediate(giveUp), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Codes for which the operator can do something. */
const meanings: Readonly<Record<string, string>> = {
  "53300": "53300: it has no connection left, see ?max= in STORE_URL",
};

/** The error's code (ECONNREFUSED, SQLITE_BUSY, 57P01, WRONGPASS), else the kind of error. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code, errors } = error as Error & { code?: unknown; errors?: readonly unknown[] };
  if (typeof code === "string" && code !== "") return meanings[code] ?? code;
  // Node joins the failures of all addresses of a host in one error.
  if (errors?.length) return reason(errors[0]);
  return /^[A-Z]{4,}(?= )/.exec(error.message)?.[0] ?? error.constructor.name;
}
