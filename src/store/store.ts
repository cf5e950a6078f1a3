import type { RowForm } from "./row.js";

/**
 * What the gateway needs of a store: Keyv's get and set, and four things that must be atomic in the backend. Every
 * method rejects with `StoreUnavailable` when the backend can't answer: an outage never reads as "not there".
 */
export interface Store {
  /**
   * A namespace of JSON values, and how they are read. A row that can't be read (half-written, of another form, of a
   * later release) is set aside: it reads as absent, it is kept, and `onUnreadable` is called. Other rows are not
   * affected.
   */
  collection<T>(namespace: string, form?: RowForm<T>): Collection<T>;
  /**
   * Takes the named lease for `ttlMs`, or answers null while somebody else holds it. `fence` grows with every holder:
   * so a holder that was paused for longer than its time is told apart from the next one.
   */
  lease(name: string, ttlMs: number): Promise<Lease | null>;
  /**
   * Every row of every collection as it is stored, in the order of their keys' bytes, which begin with the namespace; with
   * `after`, those behind that key. For a move to another store.
   */
  rows(after?: string): AsyncIterable<readonly [key: string, text: string]>;
  /**
   * Stores a row that `rows` of another store gave. Without `replace`, a row that is there stays. Answers whether it was
   * stored.
   */
  putRow(key: string, text: string, replace: boolean): Promise<boolean>;
  /** Whether the backend answers; rejects with `StoreUnavailable` if not. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface Collection<T> {
  get(key: string): Promise<T | undefined>;
  /** In the order of `keys`. */
  getMany(keys: readonly string[]): Promise<(T | undefined)[]>;
  /** Without `ttlMs` the value never expires. */
  set(key: string, value: T, ttlMs?: number): Promise<void>;
  delete(key: string): Promise<boolean>;
  /**
   * Stores the value only if the key is free or its value has expired. Answers whether it did. Atomic over all
   * processes.
   */
  putIfAbsent(key: string, value: T, ttlMs?: number): Promise<boolean>;
  /** Reads and deletes in one step: of several callers exactly one gets the value. */
  take(key: string): Promise<T | undefined>;
  /**
   * Entries whose key begins with the prefix, in no particular order. With `after`, which begins with the prefix and need
   * not exist: only those behind that key, in the order of their keys' bytes. Safe while others write.
   */
  scan(prefix: string, after?: string): AsyncIterable<readonly [string, T]>;
  /**
   * Keys that begin with the prefix, unreadable rows included. With `before`, which begins with the prefix too: only those
   * ahead of that key, in the order of their keys' bytes, without a look at the rest.
   */
  keys(prefix: string, before?: string): AsyncIterable<string>;
  /** Deletes the key, whatever is stored there, and what was set aside of it. */
  erase(key: string): Promise<void>;
  /** Erases every key that begins with the prefix, like `erase`. */
  eraseAll(prefix: string): Promise<void>;
}

export interface Lease {
  readonly fence: number;
  /** Prolongs the lease. False if it was lost. */
  renew(ttlMs: number): Promise<boolean>;
  /** Releases the lease. Does nothing if it was lost. */
  release(): Promise<void>;
}
