import type { KeyvStoreAdapter } from "keyv";

/**
 * What a backend adds to its Keyv adapter, which works on the same rows or keys. Keys are complete here, namespace
 * included, and values are texts made by `toText`; `keyvStore` does the rest for every backend. A backend never parses
 * a text: every row can be listed and deleted by its key. Any exception means that the backend can't answer.
 */
export interface Backend {
  /** As in messages: "SQLite". Never a URL, since a URL may contain a password. */
  readonly name: string;
  readonly values: Pick<KeyvStoreAdapter, "get" | "set" | "delete"> & {
    getMany(keys: string[]): Promise<(string | undefined)[]>;
  };
  putIfAbsent(key: string, text: string, ttlMs: number | undefined): Promise<boolean>;
  take(key: string): Promise<string | undefined>;
  /**
   * A value that is not a text is given as an empty text: the row exists and can't be read. With `after` or `before`: only
   * keys behind the one and ahead of the other, in the order of their UTF-8 bytes.
   */
  scan(prefix: string, after?: string, before?: string): AsyncIterable<readonly [string, string]>;
  /** The fence of the new holder, or null while somebody else holds the lease. The fence identifies the holder. */
  acquire(name: string, ttlMs: number): Promise<number | null>;
  renew(name: string, fence: number, ttlMs: number): Promise<boolean>;
  release(name: string, fence: number): Promise<void>;
  /** Removes some of the expired rows and answers how many. Left out if the backend does so by itself. */
  purge?(): Promise<number>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The first text, in the order of code points (the order of UTF-8 bytes), after all texts with the prefix. Null if
 * there is none. With it, a page of a scan reads only rows with the prefix.
 */
export function behind(prefix: string): string | null {
  const points = [...prefix].map((char) => char.codePointAt(0)!);
  const last = points.findLastIndex((point) => point < 0x10ffff);
  if (last < 0) return null;
  const next = points[last] === 0xd7ff ? 0xe000 : points[last]! + 1;
  return String.fromCodePoint(...points.slice(0, last), next);
}

/**
 * The longest wait to reach a backend: to get a connection, or to write while others write. After that time the backend
 * counts as away: an error now helps the caller more than an answer in a minute.
 */
export const patienceMs = 1_000;
/**
 * The longest wait for an answer over an open connection. It is longer than `patienceMs`: a server with much work, or
 * on a busy machine, is slow but not away, and it does what it was asked to do.
 */
export const answerMs = 5_000;
