import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { LRUCache } from "lru-cache";
import { StoreUnavailable } from "../errors.js";
import type { Cell } from "../model/cells.js";
import { domainOf, type Field, type FieldValue, isDated, isSeries } from "../model/fields.js";
import type { Domain, LocalDate, SampleSeries } from "../model/records.js";
import { type Clock, eachDay, fromEpochDay } from "../model/time.js";
import { type Delay, wait, withLease } from "../store/lease.js";
import type { Store } from "../store/store.js";
import { nextTurn } from "../turns.js";
import { Column, type Provenance, type StoredCell } from "./column.js";
import { dayNumber, dayOf, UNDATED } from "./days.js";
import { cutRow, keptMarks, oldRows } from "./old-days.js";
import { hasNights, PackedNights } from "./packed-nights.js";
import { Bucket, bucketRows, type Marks, markRows } from "./stored.js";

/**
 * What was answered of each connection: a column for each field, stored by month. It is stored by what it is, not by
 * the query that asked for it. Settled days are kept as they are; other days are fetched again when they are no longer
 * fresh.
 */
export interface History {
  /** The columns of these fields on these days (epoch days, ascending). All rows come in one round trip to the store. */
  columns(connectionId: string, wanted: WantedDays, options?: ColumnOptions): Promise<StoredColumns>;
  /** The same, cell by cell. Cells that were never answered are absent. `reread` ignores what this process remembers. */
  read(connectionId: string, cells: readonly CellKey[], reread?: boolean): Promise<CellReader>;
  /**
   * Stores what a provider answered. Readers of this process see it at once. The store has it when the returned
   * promise, or `flush`, resolves.
   */
  write(connectionId: string, cells: readonly StoredCellEntry[]): Promise<void>;
  /** Ends the freshness of these days: a notification reported a change. */
  invalidate(connectionId: string, domain: Domain, days: { from: LocalDate; to: LocalDate } | null): Promise<void>;
  forget(connectionId: string): Promise<void>;
  /**
   * Erases what lies before the first day that is kept, by domain (epoch days). Domains that are not named stay whole.
   * Answers whether there was anything. A month that a later release wrote stays until all of it is to go.
   */
  eraseBefore(connectionId: string, firstKept: ReadonlyMap<Domain, number>): Promise<boolean>;
  /** Every cell of a connection for export, by bucket, then in the order of fields and days. */
  entries(connectionId: string): AsyncIterable<{ field: Field; day: LocalDate | null; cell: StoredCell }>;
  /** The listener is called with a connection as soon as this process might read different cells of it. */
  watch(listener: (connectionId: string) => void): void;
  /** To be called when another replica changed cells of the connection: this process forgets what it remembers. */
  dropRemembered(connectionId: string): void;
  flush(): Promise<void>;
}

/** Epoch days by field, ascending; `UNDATED` stands for the one cell of an undated field. */
export type WantedDays = ReadonlyMap<Field, readonly number[]>;

export interface ColumnOptions {
  /** Ignores what this process remembers: another replica may have written since. */
  readonly reread?: boolean;
  /** The rows that the same operation has read from the store already. Those are not read again. */
  readonly seen?: Set<string>;
}

export interface StoredColumns {
  /** The stored parts of a field that may hold the wanted days, in the order of days. */
  parts(field: Field): readonly ColumnPart[];
  /** The stored part that may hold one of the wanted days. */
  at(field: Field, day: number): Column | undefined;
  /** Tells whether a notification arrived after a day was fetched; null where none is known of the field. */
  overtaken(field: Field): ((day: number, at: number) => boolean) | null;
}

/** What is stored of a field from one day to another, both included. Days that the column lacks are not known. */
interface ColumnPart {
  readonly from: number;
  readonly to: number;
  readonly column: Column | undefined;
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
/**
 * A limit in bytes and not in entries: a day of one-second heart rate is a thousand times a month of steps. Sizes are
 * estimates.
 */
const MAX_REMEMBERED_BYTES = 128 * 1024 * 1024;
const BYTES_PER_SAMPLE = 20;
const BYTES_PER_ROW = 400;
const MAX_REMEMBERED_MARKS_BYTES = 16 * 1024 * 1024;
const BYTES_PER_MARK = 60;
/** A number and a reference to its request, in two arrays. */
const BYTES_PER_DAY = 24;
/** A list of records, a text or a series has so much more, and each record that much. */
const BYTES_PER_OBJECT = 200;
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

/** The first and the last day of what a row holds of a field. */
interface RowSpan {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

function rowOf(connectionId: string, field: Field, day: number): RowSpan {
  if (day === UNDATED || !isDated(field)) {
    return { key: `${connectionId}/${domainOf(field)}`, from: UNDATED, to: UNDATED };
  }
  const date = fromEpochDay(day);
  if (isSeries(field)) return { key: `${connectionId}/${field}/${date}`, from: day, to: day };
  const from = day - Number(date.slice(8)) + 1;
  const to = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0) / 86_400_000;
  return { key: `${connectionId}/${domainOf(field)}/${date.slice(0, 7)}`, from, to };
}

/** The rows of a field that may hold these days, in their order. */
function rowsOf(connectionId: string, field: Field, days: readonly number[]): readonly RowSpan[] {
  const rows: RowSpan[] = [];
  for (const day of days) {
    const last = rows.at(-1);
    if (!last || day > last.to) rows.push(rowOf(connectionId, field, day));
  }
  return rows;
}

/** Under the key alone, releases before the columns keep the cells of the month. They stay for a release back. */
const COLUMNS = "/columns";
const isMonth = (key: string) => /\/\d{4}-\d{2}$/.test(key);
const emptyBucket = (key: string) => new Bucket(new Map(), isMonth(key));

/** What a caller's own token fetched is stored under a connection of that token, for a limited time. */
export const isTransient = (connectionId: string) => connectionId.startsWith("header-");

export interface HistoryOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Called for every change, so that other replicas forget what they remember. */
  readonly onChanged?: (connectionId: string) => void;
  readonly onError?: (error: unknown) => void;
  readonly delay?: Delay;
  /** How much of what the store has this process remembers at most, by an estimate. */
  readonly maxRememberedBytes?: number;
}

/** In `seen`, for the marks of the connection. */
const MARKS = "marks";
const LEASE_MS = 10_000;
/** Longer than the lease of a process that died. */
const LONGEST_WAIT_MS = 15_000;

export function createHistory({
  store,
  clock,
  onChanged,
  onError,
  delay = wait,
  maxRememberedBytes = MAX_REMEMBERED_BYTES,
}: HistoryOptions): History {
  const buckets = store.collection("history", bucketRows);
  const marks = store.collection("marks", markRows);
  const listeners: ((connectionId: string) => void)[] = [];
  const changed = (connectionId: string): void => {
    for (const listener of listeners) listener(connectionId);
  };
  const remembered = new LRUCache<string, Bucket>({
    maxSize: maxRememberedBytes,
    sizeCalculation: weightOf,
    // The store may have cells of another replica when the bucket is read again.
    dispose: (_bucket, key, reason) => reason === "evict" && changed(key.slice(0, key.indexOf("/"))),
  });
  const rememberedMarks = new LRUCache<string, Marks>({
    maxSize: MAX_REMEMBERED_MARKS_BYTES,
    sizeCalculation: (ofDomains) =>
      Object.values(ofDomains).reduce(
        (bytes, days) => bytes + BYTES_PER_MARK * Object.keys(days).length,
        BYTES_PER_ROW,
      ),
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
      // Whoever waits for what is written has it in memory, and is answered first.
      .then(nextTurn)
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
   * What comes for a connection while its turn is waited for is done in that one turn: a notification brings the answers of
   * several calls, and marks of several domains, at almost one moment. All who brought something get the outcome.
   */
  function together<T>(
    lease: (connectionId: string) => string,
    work: (id: string, all: readonly T[]) => Promise<void>,
  ) {
    const waiting = new Map<string, { readonly all: T[]; readonly done: Promise<void> }>();
    return (connectionId: string, one: T): Promise<void> => {
      const open = waiting.get(connectionId);
      if (open) {
        open.all.push(one);
        return open.done;
      }
      const all = [one];
      const close = () => {
        if (waiting.get(connectionId)?.all === all) waiting.delete(connectionId);
      };
      const turn = exclusively(lease(connectionId), () => {
        close();
        return work(connectionId, all);
      });
      const done = turn.finally(close).then(() => onChanged?.(connectionId));
      waiting.set(connectionId, { all, done });
      return done;
    };
  }

  interface Write {
    readonly changes: ReadonlyMap<string, Bucket>;
    /** Epoch ms: when the oldest of its cells was answered. */
    readonly oldest: number;
  }
  const writeTogether = together<Write>(
    (id) => id,
    async (connectionId, writes) => {
      const forgotten = (await marks.get(graveOf(connectionId)))?.[FORGOTTEN]?.[NO_DAY] ?? 0;
      const merged = new Map<string, Bucket>();
      for (const { changes, oldest } of writes) {
        for (const [key, change] of changes) {
          if (oldest < forgotten) remembered.delete(key);
          else merged.set(key, merged.get(key)?.mergedWith(change) ?? change);
        }
      }
      if (writes.some(({ oldest }) => oldest < forgotten)) changed(connectionId);
      const keys = [...merged.keys()];
      const stored = await fromStore(keys);
      const ttl = isTransient(connectionId) ? TRANSIENT_TTL_MS : undefined;
      await Promise.all(
        keys.map(async (key, index) => {
          const whole = stored[index]!.mergedWith(merged.get(key)!);
          await buckets.set(isMonth(key) ? key + COLUMNS : key, whole, ttl);
          remember(connectionId, key, whole);
        }),
      );
    },
  );

  interface Mark {
    readonly domain: Domain;
    readonly days: { from: LocalDate; to: LocalDate } | null;
  }
  const markTogether = together<Mark>(
    (id) => `${id}/marks`,
    async (connectionId, changes) => {
      const now = clock.now();
      const all = (await marks.get(connectionId)) ?? {};
      for (const { domain, days } of changes) {
        const marked = Object.entries(all[domain] ?? {}).filter(([, at]) => at > now - MARK_LIFE_MS);
        const named = days === null ? [NO_DAY] : [...eachDay(days.from, days.to)];
        all[domain] = { ...Object.fromEntries(marked), ...Object.fromEntries(named.map((day) => [day, now])) };
      }
      await marks.set(connectionId, all);
      rememberedMarks.set(connectionId, all);
      changed(connectionId);
    },
  );

  /**
   * Remembers what the store has of a bucket, and answers everything that is known of it. A write of this process may
   * still be on its way to the store, so newer remembered cells stay.
   */
  function remember(connectionId: string, key: string, stored: Bucket): Bucket {
    const mine = remembered.get(key);
    const whole = mine ? stored.mergedWith(mine) : stored;
    remembered.set(key, whole);
    if (mine && whole.differsFrom(mine)) changed(connectionId);
    return whole;
  }

  /** In one round trip. A month may have two rows, and of each day the newer answer counts. */
  async function fromStore(keys: readonly string[]): Promise<readonly Bucket[]> {
    const rows = keys.flatMap((key) => (isMonth(key) ? [key + COLUMNS, key] : [key]));
    const found = rows.length === 0 ? [] : await buckets.getMany(rows);
    let at = 0;
    return keys.map((key) => {
      const [row, older] = isMonth(key) ? [found[at++], found[at++]] : [found[at++]];
      if (!older) return row ?? emptyBucket(key);
      return (row ?? emptyBucket(key)).mergedWith(older);
    });
  }

  /** All of the buckets, even if they are more than this process remembers. */
  async function loadBuckets(
    connectionId: string,
    keys: readonly string[],
    { reread = false, seen }: ColumnOptions,
  ): Promise<ReadonlyMap<string, Bucket>> {
    const held = new Map<string, Bucket>();
    const missing: string[] = [];
    for (const key of keys) {
      const mine = reread && !seen?.has(key) ? undefined : remembered.get(key);
      if (mine) held.set(key, mine);
      else missing.push(key);
    }
    if (missing.length === 0) return held;
    const found = await fromStore(missing);
    missing.forEach((key, index) => {
      held.set(key, remember(connectionId, key, found[index]!));
      seen?.add(key);
    });
    return held;
  }

  async function loadMarks(connectionId: string, { reread = false, seen }: ColumnOptions): Promise<Marks> {
    const mine = reread && !seen?.has(MARKS) ? undefined : rememberedMarks.get(connectionId);
    if (mine) return mine;
    seen?.add(MARKS);
    const found = (await marks.get(connectionId)) ?? {};
    // A mark that is made while the store is read is not in the store's answer.
    const before = rememberedMarks.get(connectionId);
    const whole = mergedMarks(found, before ?? {});
    rememberedMarks.set(connectionId, whole);
    if (before && !isDeepStrictEqual(before, whole)) changed(connectionId);
    return whole;
  }

  async function columns(
    connectionId: string,
    wanted: WantedDays,
    options: ColumnOptions = {},
  ): Promise<StoredColumns> {
    const spans = new Map<Field, readonly RowSpan[]>();
    const keys = new Set<string>();
    /** Fields of one domain have their rows in common, and mostly share one list of days. */
    let last = null as {
      readonly domain: Domain;
      readonly days: readonly number[];
      readonly rows: readonly RowSpan[];
    } | null;
    for (const [field, days] of wanted) {
      const domain = domainOf(field);
      const isShared = !isSeries(field);
      if (isShared && last?.domain === domain && last.days === days) {
        spans.set(field, last.rows);
        continue;
      }
      const rows = rowsOf(connectionId, field, days);
      for (const { key } of rows) keys.add(key);
      if (isShared) last = { domain, days, rows };
      spans.set(field, rows);
    }
    const [marked, held] = await Promise.all([
      loadMarks(connectionId, options),
      loadBuckets(connectionId, [...keys], options),
    ]);
    const columnIn = (field: Field, row: RowSpan | undefined) => row && held.get(row.key)?.columns.get(field);
    return {
      parts: (field) =>
        (spans.get(field) ?? []).map((row) => ({ from: row.from, to: row.to, column: columnIn(field, row) })),
      at: (field, day) =>
        columnIn(
          field,
          spans.get(field)?.find(({ from, to }) => from <= day && day <= to),
        ),
      overtaken: (field) => {
        const domain = marked[domainOf(field)];
        if (domain === undefined) return null;
        return (day, at) => Math.max(domain[dayOf(day) ?? NO_DAY] ?? 0, domain[NO_DAY] ?? 0) >= at;
      },
    };
  }

  function dropRemembered(connectionId: string): void {
    for (const key of [...remembered.keys()]) if (belongs(key, connectionId)) remembered.delete(key);
    rememberedMarks.delete(connectionId);
    changed(connectionId);
  }

  async function withoutOldMarks(connectionId: string, firstKept: ReadonlyMap<Domain, number>): Promise<boolean> {
    const isOld = (all: Marks) => keptMarks(all, firstKept) !== null;
    if (!isOld((await marks.get(connectionId)) ?? {})) return false;
    await exclusively(`${connectionId}/marks`, async () => {
      const left = keptMarks((await marks.get(connectionId)) ?? {}, firstKept);
      if (left) await marks.set(connectionId, left);
    });
    return true;
  }

  return {
    columns,

    async read(connectionId, cells, reread = false) {
      const wanted = new Map<Field, number[]>();
      for (const { field, day } of cells) {
        const days = wanted.get(field);
        if (days) days.push(dayNumber(day));
        else wanted.set(field, [dayNumber(day)]);
      }
      for (const days of wanted.values()) days.sort((a, b) => a - b);
      const stored = await columns(connectionId, wanted, { reread });
      return {
        get: (field, day) => {
          const at = dayNumber(day);
          return stored.at(field, at)?.cell(at);
        },
        isOvertaken: (field, day, at) => stored.overtaken(field)?.(dayNumber(day), at) ?? false,
      };
    },

    async write(connectionId, cells) {
      const changes = bucketsOf(connectionId, cells);
      const forgottenAt = rememberedMarks.get(connectionId)?.[FORGOTTEN]?.[NO_DAY] ?? 0;
      if (cells.every(({ at }) => at < forgottenAt)) return;
      for (const [key, change] of changes)
        remembered.set(key, (remembered.get(key) ?? emptyBucket(key)).mergedWith(change));
      changed(connectionId);
      try {
        const oldest = cells.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
        await writeTogether(connectionId, { changes, oldest });
      } catch (error) {
        onError?.(error);
        throw error;
      }
    },

    invalidate: (connectionId, domain, days) => markTogether(connectionId, { domain, days }),

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

    async eraseBefore(connectionId, firstKept) {
      const { whole, cut } = await oldRows(buckets, connectionId, firstKept);
      for (const key of whole) await buckets.erase(key);
      let hasErased = whole.length > 0;
      if (cut.length > 0) {
        await exclusively(connectionId, async () => {
          for (const row of cut) if (await cutRow(buckets, row)) hasErased = true;
        });
      }
      if (await withoutOldMarks(connectionId, firstKept)) hasErased = true;
      if (!hasErased) return false;
      dropRemembered(connectionId);
      onChanged?.(connectionId);
      return true;
    },

    async *entries(connectionId) {
      const months = new Map<string, Bucket>();
      for await (const [name, bucket] of buckets.scan(`${connectionId}/`)) {
        const key = name.endsWith(COLUMNS) ? name.slice(0, -COLUMNS.length) : name;
        // The other row of the month may come at any time.
        if (isMonth(key)) months.set(key, months.get(key)?.mergedWith(bucket) ?? bucket);
        else yield* cellsOf(bucket);
      }
      for (const bucket of months.values()) yield* cellsOf(bucket);
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

function bucketsOf(connectionId: string, cells: readonly StoredCellEntry[]): ReadonlyMap<string, Bucket> {
  const columns = new Map<string, Map<Field, Column>>();
  let before: Provenance | undefined;
  for (const { field, day, known, at, call, settled } of cells) {
    const number = dayNumber(day);
    const { key } = rowOf(connectionId, field, number);
    const row = columns.get(key) ?? new Map<Field, Column>();
    columns.set(key, row);
    const column = row.get(field) ?? new Column();
    row.set(field, column);
    if (before?.at !== at || before.call !== call || before.settled !== settled) before = { at, call, settled };
    column.set(number, known, before);
  }
  for (const row of columns.values()) for (const [field, column] of row) if (hasNights(field)) column.pack(field);
  return new Map([...columns].map(([key, row]) => [key, new Bucket(row, isMonth(key))]));
}

function* cellsOf({ columns }: Bucket): Generator<{ field: Field; day: LocalDate | null; cell: StoredCell }> {
  for (const [field, column] of columns)
    for (const day of column.days()) yield { field: field as Field, day: dayOf(day), cell: column.cell(day)! };
}

function weightOf({ columns }: Bucket): number {
  let bytes = BYTES_PER_ROW;
  for (const column of columns.values())
    for (const day of column.days()) bytes += BYTES_PER_DAY + weightOfValue(column.kept(day));
  return bytes;
}

/** An estimate, in bytes, of what a value takes beside its place in a column. */
export function weightOfValue(value: FieldValue | PackedNights | undefined): number {
  if (typeof value !== "object") return 0;
  if (value instanceof PackedNights) return value.weight;
  const { values } = value as Partial<SampleSeries>;
  if (Array.isArray(values)) return BYTES_PER_OBJECT + values.length * BYTES_PER_SAMPLE;
  return BYTES_PER_OBJECT * (1 + (Array.isArray(value) ? value.length : 0));
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
