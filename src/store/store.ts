import type { RowForm } from "./row.js";

/**
 * What the gateway asks of a store: Keyv's get and set, and the four things that need the backend's own atomicity.
 * Every method rejects with `StoreUnavailable` when the backend can't answer: an outage never reads as "not there".
 */
export interface Store {
  /**
   * A namespace of JSON values, and how they are read. A row that can't be read (half-written, of another form, of a
   * later release) is set aside: it reads as absent, is kept, and is told to `onUnreadable`. All else goes on.
   */
  collection<T>(namespace: string, form?: RowForm<T>): Collection<T>;
  /**
   * Takes the named lease for `ttlMs`, or answers null while somebody else holds it. `fence` grows with every holder,
   * so that a holder who was paused beyond its time can be told from the one after it.
   */
  lease(name: string, ttlMs: number): Promise<Lease | null>;
  /** Whether the backend answers; rejects with `StoreUnavailable` if not. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface Collection<T> {
  get(key: string): Promise<T | undefined>;
  /** In the order of the keys. */
  getMany(keys: readonly string[]): Promise<(T | undefined)[]>;
  /** `ttlMs` left out: it lasts. */
  set(key: string, value: T, ttlMs?: number): Promise<void>;
  delete(key: string): Promise<boolean>;
  /** Stores only where nothing is (or what was has expired); answers whether it did. Atomic over all processes. */
  putIfAbsent(key: string, value: T, ttlMs?: number): Promise<boolean>;
  /** Reads and deletes in one step: of any number of callers exactly one gets the value. */
  take(key: string): Promise<T | undefined>;
  /** Entries whose key begins with the prefix, in no promised order; safe while others write. */
  scan(prefix: string): AsyncIterable<readonly [string, T]>;
  /** Their keys, those of unreadable rows among them. */
  keys(prefix: string): AsyncIterable<string>;
  /** Deletes by key, whatever is stored there, and what was set aside of it. */
  erase(key: string): Promise<void>;
  /** As `erase`, for every key that begins with the prefix. */
  eraseAll(prefix: string): Promise<void>;
}

export interface Lease {
  readonly fence: number;
  /** Prolongs it; false if it was lost meanwhile. */
  renew(ttlMs: number): Promise<boolean>;
  /** Gives it back; does nothing if it was lost. */
  release(): Promise<void>;
}
