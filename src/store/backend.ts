import type { KeyvStoreAdapter } from "keyv";

/**
 * What a backend gives beside its Keyv adapter, which works on the very same rows or keys. Keys come here complete,
 * namespace included, and values as text made by `toText`; `keyvStore` does the rest for every backend alike.
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
 * How long a backend may take before it counts as unavailable. Short, since every query waits for it: a caller can do
 * more with an error now than with an answer in a minute.
 */
export const patienceMs = 1_000;

/** What is stored: Keyv's own envelope. `expires` comes first, so that SQL can read it off the text without parsing it. */
interface Envelope {
  readonly value?: unknown;
  readonly expires?: number | null;
}

/** Plain JSON: several times faster than Keyv's default, which also carries Buffers. */
export function toText({ value, expires }: Envelope): string {
  return JSON.stringify(expires ? { expires, value } : { value });
}

/**
 * An expired entry reads as nothing. Saying so here keeps Keyv from its own way, which deletes the key afterwards
 * without looking: that would remove what somebody else put there in between.
 */
export function fromText(text: string): { value: unknown; expires?: number } | undefined {
  const envelope = JSON.parse(text) as { value: unknown; expires?: number };
  return envelope.expires !== undefined && envelope.expires <= Date.now() ? undefined : envelope;
}
