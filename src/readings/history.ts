import { LRUCache } from "lru-cache";
import type { Cell, Known } from "../model/cells.js";
import { domainOf, type Field, isDated, isSamples } from "../model/fields.js";
import type { Domain, LocalDate } from "../model/records.js";
import { type Clock, eachDay } from "../model/time.js";
import type { Collection, Store } from "../store/store.js";

/**
 * What the gateway knows of each connection, cell by cell: what providers answered, kept by what it is and not by the
 * query that asked for it. Settled days last; the rest is refetched when it is no longer fresh.
 */
export interface History {
  /** Cells of a connection; those that were never answered are not in it. `reread` looks past what this process remembers. */
  read(connectionId: string, cells: readonly CellKey[], reread?: boolean): Promise<CellReader>;
  /**
   * Takes in what a provider answered. Readers of this process see it at once; the store has it once the returned
   * promise, or `flush`, resolves.
   */
  write(connectionId: string, cells: readonly StoredCellEntry[]): Promise<void>;
  /** From now on, what is known of these days is no longer fresh: a notification said so. */
  invalidate(connectionId: string, domain: Domain, days: { from: LocalDate; to: LocalDate } | null): Promise<void>;
  forget(connectionId: string): Promise<void>;
  /** Every cell of a connection, in the order of fields and days within each bucket: for export. */
  entries(connectionId: string): AsyncIterable<{ field: Field; day: LocalDate | null; cell: StoredCell }>;
  /** Called with the connection whose remembered cells another replica changed. */
  dropRemembered(connectionId: string): void;
  flush(): Promise<void>;
}

export interface CellKey {
  readonly field: Field;
  /** Null for undated fields. */
  readonly day: LocalDate | null;
}

export interface StoredCell {
  readonly known: Known;
  /** Epoch ms at which the request that answered it was sent: a change notified later is not in it. */
  readonly at: number;
  /** The call that answered. */
  readonly call: string;
  /** The provider will not change it any more, as far as was known when it was fetched. */
  readonly settled: boolean;
}
export interface StoredCellEntry extends Cell, Omit<StoredCell, "known"> {}

export interface CellReader {
  get(field: Field, day: LocalDate | null): StoredCell | undefined;
  /** Whether a notification has overtaken this cell. */
  isOvertaken(field: Field, day: LocalDate | null, at: number): boolean;
}

type Bucket = { [field: string]: { [day: string]: StoredCell } };
type Marks = { [domain: string]: { [day: string]: number } };

/** Undated cells, and marks that hold for a whole domain. */
const NO_DAY = "";
const MAX_REMEMBERED_BUCKETS = 4_000;
/** Marks older than this speak of cells that are no longer fresh anyway, or were fetched again long ago. */
const MARK_LIFE_MS = 400 * 86_400_000;
const TRANSIENT_TTL_MS = 24 * 3_600_000;

function bucketOf(connectionId: string, field: Field, day: LocalDate | null): string {
  if (!isDated(field) || day === null) return `${connectionId}/${domainOf(field)}`;
  return isSamples(field) ? `${connectionId}/${field}/${day}` : `${connectionId}/${domainOf(field)}/${day.slice(0, 7)}`;
}

/** What a caller's own token fetched is kept under a connection of that token's own, and only for a while. */
const isTransient = (connectionId: string) => connectionId.startsWith("header-");

export interface HistoryOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Told of every change, so that other replicas drop what they remember. */
  readonly onChanged?: (connectionId: string) => void;
  readonly onError?: (error: unknown) => void;
}

export function createHistory({ store, clock, onChanged, onError }: HistoryOptions): History {
  const buckets: Collection<Bucket> = store.collection("history");
  const marks: Collection<Marks> = store.collection("marks");
  const remembered = new LRUCache<string, Bucket>({ max: MAX_REMEMBERED_BUCKETS });
  const rememberedMarks = new LRUCache<string, Marks>({ max: MAX_REMEMBERED_BUCKETS });
  /** The end of each connection's queue of writes. */
  const writing = new Map<string, Promise<void>>();

  /** Read-modify-write needs the connection to itself, over all processes. */
  async function exclusively(connectionId: string, work: () => Promise<void>): Promise<void> {
    const before = writing.get(connectionId) ?? Promise.resolve();
    const turn = before
      .catch(() => {})
      .then(async () => {
        const lease = await patiently(() => store.lease(`history/${connectionId}`, 10_000));
        try {
          await work();
        } finally {
          await lease.release();
        }
      });
    writing.set(connectionId, turn);
    try {
      await turn;
    } finally {
      if (writing.get(connectionId) === turn) writing.delete(connectionId);
    }
  }

  async function loadBuckets(keys: readonly string[], reread: boolean): Promise<void> {
    const missing = reread ? keys : keys.filter((key) => !remembered.has(key));
    if (missing.length === 0) return;
    const found = await buckets.getMany(missing);
    missing.forEach((key, index) => {
      const stored = found[index] ?? {};
      const mine = remembered.get(key);
      // A write of ours may still be on its way to the store: what is remembered and newer stays.
      remembered.set(key, mine ? merged(stored, mine) : stored);
    });
  }

  async function loadMarks(connectionId: string, reread: boolean): Promise<Marks> {
    const mine = reread ? undefined : rememberedMarks.get(connectionId);
    if (mine) return mine;
    const found = (await marks.get(connectionId)) ?? {};
    rememberedMarks.set(connectionId, found);
    return found;
  }

  return {
    async read(connectionId, cells, reread = false) {
      const keys = [...new Set(cells.map(({ field, day }) => bucketOf(connectionId, field, day)))];
      const [marked] = await Promise.all([loadMarks(connectionId, reread), loadBuckets(keys, reread)]);
      const held = new Map(keys.map((key) => [key, remembered.get(key) ?? {}]));
      return {
        get: (field, day) => held.get(bucketOf(connectionId, field, day))?.[field]?.[day ?? NO_DAY],
        isOvertaken: (field, day, at) => {
          const domain = marked[domainOf(field)];
          return domain !== undefined && (domain[day ?? NO_DAY] ?? domain[NO_DAY] ?? 0) >= at;
        },
      };
    },

    async write(connectionId, cells) {
      const changes = new Map<string, Bucket>();
      for (const { field, day, ...stored } of cells) {
        const key = bucketOf(connectionId, field, day);
        const bucket = changes.get(key) ?? {};
        changes.set(key, bucket);
        bucket[field] ??= {};
        bucket[field][day ?? NO_DAY] = stored;
      }
      for (const [key, change] of changes) remembered.set(key, merged(remembered.get(key) ?? {}, change));
      try {
        await exclusively(connectionId, async () => {
          const keys = [...changes.keys()];
          const stored = await buckets.getMany(keys);
          const ttl = isTransient(connectionId) ? TRANSIENT_TTL_MS : undefined;
          await Promise.all(
            keys.map(async (key, index) => {
              const whole = merged(stored[index] ?? {}, changes.get(key)!);
              await buckets.set(key, whole, ttl);
              remembered.set(key, merged(whole, remembered.get(key) ?? {}));
            }),
          );
        });
        onChanged?.(connectionId);
      } catch (error) {
        onError?.(error);
        throw error;
      }
    },

    async invalidate(connectionId, domain, days) {
      await exclusively(`${connectionId}/marks`, async () => {
        const now = clock.now();
        const all = (await marks.get(connectionId)) ?? {};
        const marked = Object.entries(all[domain] ?? {}).filter(([, at]) => at > now - MARK_LIFE_MS);
        const named = days === null ? [NO_DAY] : [...eachDay(days.from, days.to)];
        all[domain] = { ...Object.fromEntries(marked), ...Object.fromEntries(named.map((day) => [day, now])) };
        await marks.set(connectionId, all);
        rememberedMarks.set(connectionId, all);
      });
      onChanged?.(connectionId);
    },

    async forget(connectionId) {
      for (const [key] of [...remembered.entries()]) if (belongs(key, connectionId)) remembered.delete(key);
      rememberedMarks.delete(connectionId);
      await exclusively(connectionId, async () => {
        for await (const [key] of buckets.scan(`${connectionId}/`)) await buckets.delete(key);
        await marks.delete(connectionId);
      });
      onChanged?.(connectionId);
    },

    async *entries(connectionId) {
      for await (const [, bucket] of buckets.scan(`${connectionId}/`)) {
        for (const [field, days] of Object.entries(bucket)) {
          for (const day of Object.keys(days).sort()) {
            yield { field: field as Field, day: day === NO_DAY ? null : day, cell: days[day]! };
          }
        }
      }
    },

    dropRemembered(connectionId) {
      for (const key of [...remembered.keys()]) if (belongs(key, connectionId)) remembered.delete(key);
      rememberedMarks.delete(connectionId);
    },

    async flush() {
      await Promise.allSettled(writing.values());
    },
  };
}

function belongs(key: string, connectionId: string): boolean {
  return key.startsWith(`${connectionId}/`);
}

/** Of two answers for one cell the one asked for later. */
function merged(old: Bucket, change: Bucket): Bucket {
  const result: Bucket = { ...old };
  for (const [field, days] of Object.entries(change)) {
    const whole = { ...result[field] };
    for (const [day, stored] of Object.entries(days)) {
      const before = whole[day];
      if (!before || before.at <= stored.at) whole[day] = stored;
    }
    result[field] = whole;
  }
  return result;
}

/** Tries for a lease until it is had: whoever holds it gives it back within milliseconds, or loses it in seconds. */
async function patiently<T>(attempt: () => Promise<T | null>): Promise<T> {
  for (let wait = 2; ; wait = Math.min(wait * 2, 100)) {
    const got = await attempt();
    if (got !== null) return got;
    await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
  }
}
