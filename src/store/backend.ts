import type { KeyvStoreAdapter } from "keyv";

/**
 * What a backend gives beside its Keyv adapter, which works on the very same rows or keys. Keys come here complete,
 * namespace included, and values as text made by `toText`; `keyvStore` does the rest for every backend alike. A
 * backend never parses a text: whatever it holds can be listed and deleted by its key.
 * Anything thrown here means that the backend can't answer.
 */
export interface Backend {
  /** As in messages: "SQLite". Never a URL, which may hold a password. */
  readonly name: string;
  readonly values: Pick<KeyvStoreAdapter, "get" | "set" | "delete"> & {
    getMany(keys: string[]): Promise<(string | undefined)[]>;
  };
  putIfAbsent(key: string, text: string, ttlMs: number | undefined): Promise<boolean>;
  take(key: string): Promise<string | undefined>;
  /** Something that is no text is given as an empty one: it is there, and can't be read. */
  scan(prefix: string): AsyncIterable<readonly [string, string]>;
  /** The new holder's fence, or null while somebody holds it. The fence then names the holder. */
  acquire(name: string, ttlMs: number): Promise<number | null>;
  renew(name: string, fence: number, ttlMs: number): Promise<boolean>;
  release(name: string, fence: number): Promise<void>;
  /** Removes some of what has expired; answers how much. Left out where the backend does so by itself. */
  purge?(): Promise<number>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The first text behind all that begin with the prefix, in the order of code points, which is that of their bytes; null
 * where there is none. So that a page of a scan reads no row but its own.
 */
export function behind(prefix: string): string | null {
  const points = [...prefix].map((char) => char.codePointAt(0)!);
  const last = points.findLastIndex((point) => point < 0x10ffff);
  if (last < 0) return null;
  const next = points[last] === 0xd7ff ? 0xe000 : points[last]! + 1;
  return String.fromCodePoint(...points.slice(0, last), next);
}

/**
 * How long a backend may take to be reached: to take a connection, or to make room where others write. Who does not by
 * then is away, and a caller can do more with an error now than with an answer in a minute.
 */
export const patienceMs = 1_000;
/**
 * How long an answer may take over a connection that stands. Longer: a server that has much to do, or shares its machine
 * with others that have, is slow and not away, and what it was asked it does.
 */
export const answerMs = 5_000;
