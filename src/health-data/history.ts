import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { LRUCache } from "lru-cache";
import { StoreUnavailable } from "../errors.js";
import type { Cell } from "../model/cells.js";
import { domainOf, type Field, isDated, isSeries } from "../model/fields.js";
import type { Domain, LocalDate, SampleSeries } from "../model/records.js";
import { type Clock, eachDay } from "../model/time.js";
import { type Delay, wait, withLease } from "../store/lease.js";
import type { Store } from "../store/store.js";
import { type Bucket, bucketRows, type Marks, markRows, type StoredCell } from "./stored.js";

export type { StoredCell } from "./stored.js";

/**
 * The answered cells of each connection. A cell is stored by what it is, not by the query that asked for it. Settled
 * days are kept as they are; other days are fetched again when they are no longer fresh.
 */
export interface History {
  /** Cells of a connection. Cells that were never answered are absent. `reread` ignores what this process remembers. */
  read(connectionId: string, cells: readonly CellKey[], reread?: boolean): Promise<CellReader>;
  /**
   * Stores what a provider answered. Readers of this process see it at once. The store has it when the returned
   * promise, or `flush`, resolves.
   */
  write(connectionId: string, cells: readonly StoredCellEntry[]): Promise<void>;
  /** Ends the freshness of these days: a notification reported a change. */
  invalidate(connectionId: string, domain: Domain, days: { from: LocalDate; to: LocalDate } | null): Promise<void>;
  forget(connectionId: string): Promise<void>;
  /** Every cell of a connection for export, by bucket, then in the order of fields and days. */
  entries(connectionId: string): AsyncIterable<{ field: Field; day: LocalDate | null; cell: StoredCell }>;
  /** The listener is called with a connection as soon as this process might read different cells of it. */
  watch(listener: (connectionId: string) => void): void;
  /** To be called when another replica changed cells of the connection: this process forgets what it remembers. */
  dropRemembered(connectionId: string): void;
  flush(): Promise<void>;
}

export interface CellKey {
  readonly field: Field;
  /** Null for undated fields. */
  readonly day: LocalDate | null;
}

export interface StoredCellEntry extends Cell, Omit<StoredCell, "known"> {}

export interface CellReader {
  get(field: Field, day: LocalDate | null): StoredCell | undefined;
  /** Whether a notification arrived after this cell was fetched. */
  isOvertaken(field: Field, day: LocalDate | null, at: number): boolean;
}

/** For undated cells, and for marks of a whole domain. */
const NO_DAY = "";
const MAX_REMEMBERED_BUCKETS = 4_000;
/**
 * A limit in bytes and not in entries: a day of one-second heart rate is a thousand times a month of steps. Sizes are
 * estimates.
 */
const MAX_REMEMBERED_BYTES = 128 * 1024 * 1024;
const BYTES_PER_SAMPLE = 20;
const BYTES_PER_CELL = 200;
/**
 * The key, in place of a domain, of the time at which the connection was forgotten. Answers to earlier requests are not
 * stored.
 */
const FORGOTTEN = "FORGOTTEN";
/** Not even the id of a forgotten connection is kept, only its hash. */
const graveOf = (connectionId: string) => `gone/${createHash("sha256").update(connectionId).digest("base64url")}`;
/** Longer than any fetch takes. */
const FORGOTTEN_TTL_MS = 3_600_000;
/** Older marks are about cells that are no longer fresh anyway, or were fetched again since. */
const MARK_LIFE_MS = 400 * 86_400_000;
const TRANSIENT_TTL_MS = 24 * 3_600_000;

function bucketOf(connectionId: string, field: Field, day: LocalDate | null): string {
  if (!isDated(field) || day === null) return `${connectionId}/${domainOf(field)}`;
  return isSeries(field) ? `${connectionId}/${field}/${day}` : `${connectionId}/${domainOf(field)}/${day.slice(0, 7)}`;
}

/** What a caller's own token fetched is stored under a connection of that token, for a limited time. */
export const isTransient = (connectionId: string) => connectionId.startsWith("header-");

export interface HistoryOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Called for every change, so that other replicas forget what they remember. */
  readonly onChanged?: (connectionId: string) => void;
  readonly onError?: (error: unknown) => void;
  readonly delay?: Delay;
}

const LEASE_MS = 10_000;
/** Longer than the lease of a process that died. */
const LONGEST_WAIT_MS = 15_000;

export function createHistory({ store, clock, onChanged, onError, delay = wait }: HistoryOptions): History {
  const buckets = store.collection("history", bucketRows);
  const marks = store.collection("marks", markRows);
  const listeners: ((connectionId: string) => void)[] = [];
  const changed = (connectionId: string): void => {
    for (const listener of listeners) listener(connectionId);
  };
  const remembered = new LRUCache<string, Bucket>({
    max: MAX_REMEMBERED_BUCKETS,
    maxSize: MAX_REMEMBERED_BYTES,
    sizeCalculation: weightOf,
    // The store may have cells of another replica when the bucket is read again.
    dispose: (_bucket, key, reason) => reason === "evict" && changed(key.slice(0, key.indexOf("/"))),
  });
  const rememberedMarks = new LRUCache<string, Marks>({
    max: MAX_REMEMBERED_BUCKETS,
    dispose: (_marks, connectionId, reason) => reason === "evict" && changed(connectionId),
  });
  /** The last write in each connection's queue. */
  const writing = new Map<string, Promise<void>>();

  /**
   * Does the work while no other process writes to the connection, since read-modify-write needs that. Rejects with
   * `StoreUnavailable` if another process does not release the connection: the work has then not begun, and can be
   * repeated.
   */
  async function exclusively(connectionId: string, work: () => Promise<void>): Promise<void> {
    const before = writing.get(connectionId) ?? Promise.resolve();
    const joinedAt = performance.now();
    const turn = before
      .catch(() => {})
      .then(async () => {
        // The wait in the queue of this process counts too, so that a long queue does not wait many times as long.
        const waitMs = Math.max(0, LONGEST_WAIT_MS - (performance.now() - joinedAt));
        const times = { ttlMs: LEASE_MS, waitMs, delay };
        if (!(await withLease(store, `history/${connectionId}`, times, work)))
          throw new StoreUnavailable("A connection's history is held by another process for too long.");
      });
    writing.set(connectionId, turn);
    try {
      await turn;
    } finally {
      if (writing.get(connectionId) === turn) writing.delete(connectionId);
    }
  }

  /**
   * Remembers what the store has of a bucket, and answers everything that is known of it. A write of this process may
   * still be on its way to the store, so newer remembered cells stay.
   */
  function remember(connectionId: string, key: string, stored: Bucket): Bucket {
    const mine = remembered.get(key);
    const whole = mine ? merged(stored, mine) : stored;
    remembered.set(key, whole);
    if (mine && hasOthers(whole, mine)) changed(connectionId);
    return whole;
  }

  /** All of the buckets, even if they are more than this process remembers. */
  async function loadBuckets(
    connectionId: string,
    keys: readonly string[],
    reread: boolean,
  ): Promise<ReadonlyMap<string, Bucket>> {
    const held = new Map<string, Bucket>();
    const missing: string[] = [];
    for (const key of keys) {
      const mine = reread ? undefined : remembered.get(key);
      if (mine) held.set(key, mine);
      else missing.push(key);
    }
    if (missing.length === 0) return held;
    const found = await buckets.getMany(missing);
    missing.forEach((key, index) => {
      held.set(key, remember(connectionId, key, found[index] ?? {}));
    });
    return held;
  }

  async function loadMarks(connectionId: string, reread: boolean): Promise<Marks> {
    const mine = reread ? undefined : rememberedMarks.get(connectionId);
    if (mine) return mine;
    const found = (await marks.get(connectionId)) ?? {};
    // A mark that is made while the store is read is not in the store's answer.
    const before = rememberedMarks.get(connectionId);
    const whole = mergedMarks(found, before ?? {});
    rememberedMarks.set(connectionId, whole);
    if (before && !isDeepStrictEqual(before, whole)) changed(connectionId);
    return whole;
  }

  function dropRemembered(connectionId: string): void {
    for (const key of [...remembered.keys()]) if (belongs(key, connectionId)) remembered.delete(key);
    rememberedMarks.delete(connectionId);
    changed(connectionId);
  }

  return {
    async read(connectionId, cells, reread = false) {
      // Cells that come together are mostly in one bucket: its name is built once for each field and month.
      const names = new Map<Field, Map<string, string>>();
      const nameOf = (field: Field, day: LocalDate | null): string => {
        const part = day === null ? NO_DAY : isSeries(field) ? day : day.slice(0, 7);
        let ofField = names.get(field);
        if (!ofField) {
          ofField = new Map();
          names.set(field, ofField);
        }
        let name = ofField.get(part);
        if (name === undefined) {
          name = bucketOf(connectionId, field, day);
          ofField.set(part, name);
        }
        return name;
      };
      const keys = new Set<string>();
      for (const { field, day } of cells) keys.add(nameOf(field, day));
      const [marked, held] = await Promise.all([
        loadMarks(connectionId, reread),
        loadBuckets(connectionId, [...keys], reread),
      ]);
      return {
        get: (field, day) => held.get(nameOf(field, day))?.[field]?.[day ?? NO_DAY],
        isOvertaken: (field, day, at) => {
          const domain = marked[domainOf(field)];
          return domain !== undefined && Math.max(domain[day ?? NO_DAY] ?? 0, domain[NO_DAY] ?? 0) >= at;
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
      const forgottenAt = rememberedMarks.get(connectionId)?.[FORGOTTEN]?.[NO_DAY] ?? 0;
      if (cells.every(({ at }) => at < forgottenAt)) return;
      for (const [key, change] of changes) remembered.set(key, merged(remembered.get(key) ?? {}, change));
      changed(connectionId);
      try {
        await exclusively(connectionId, async () => {
          const keys = [...changes.keys()];
          const forgotten = (await marks.get(graveOf(connectionId)))?.[FORGOTTEN]?.[NO_DAY] ?? 0;
          if (cells.some(({ at }) => at < forgotten)) {
            for (const key of keys) remembered.delete(key);
            changed(connectionId);
            return;
          }
          const stored = await buckets.getMany(keys);
          const ttl = isTransient(connectionId) ? TRANSIENT_TTL_MS : undefined;
          await Promise.all(
            keys.map(async (key, index) => {
              const whole = merged(stored[index] ?? {}, changes.get(key)!);
              await buckets.set(key, whole, ttl);
              remember(connectionId, key, whole);
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
        changed(connectionId);
      });
      onChanged?.(connectionId);
    },

    async forget(connectionId) {
      dropRemembered(connectionId);
      await exclusively(connectionId, async () => {
        await buckets.eraseAll(`${connectionId}/`);
        await marks.erase(connectionId);
        const tombstone: Marks = { [FORGOTTEN]: { [NO_DAY]: clock.now() } };
        await marks.set(graveOf(connectionId), tombstone, FORGOTTEN_TTL_MS);
        // Earlier writes in the queue may have remembered cells meanwhile.
        dropRemembered(connectionId);
        rememberedMarks.set(connectionId, tombstone);
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

    watch: (listener) => void listeners.push(listener),

    dropRemembered,

    async flush() {
      await Promise.allSettled(writing.values());
    },
  };
}

function belongs(key: string, connectionId: string): boolean {
  return key.startsWith(`${connectionId}/`);
}

function weightOf(bucket: Bucket): number {
  let bytes = BYTES_PER_CELL;
  for (const days of Object.values(bucket)) for (const cell of Object.values(days)) bytes += weightOfCell(cell);
  return bytes;
}

export function weightOfCell({ known }: StoredCell): number {
  const { values } = ("value" in known ? known.value : {}) as Partial<SampleSeries>;
  return BYTES_PER_CELL + (Array.isArray(values) ? values.length * BYTES_PER_SAMPLE : 0);
}

function mergedMarks(a: Marks, b: Marks): Marks {
  const result: Marks = { ...a };
  for (const [domain, days] of Object.entries(b)) {
    const whole = { ...result[domain] };
    for (const [day, at] of Object.entries(days)) whole[day] = Math.max(whole[day] ?? 0, at);
    result[domain] = whole;
  }
  return result;
}

/** Whether a bucket has cells that the other bucket lacks. */
function hasOthers(bucket: Bucket, before: Bucket): boolean {
  return Object.entries(bucket).some(([field, days]) =>
    Object.entries(days).some(([day, cell]) => before[field]?.[day] !== cell),
  );
}

/** Of two answers for one cell, the one that was requested later counts. */
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
