import { isDeepStrictEqual } from "node:util";
import { LRUCache } from "lru-cache";
import { atMost } from "../../bounded.js";

/** Another process may have changed what is recalled: it is read again after this long. */
const RECALL_MS = 1_000;
const MAX_RECALLED = 10_000;

/** What every request asks the store for, remembered for a moment. */
export interface Recall<T> {
  /** The same object for as long as the store says the same. A failure is not remembered. */
  get(key: string, read: () => Promise<T>): Promise<T>;
  /** To be called once a change of ours is in the store. */
  forget(key: string): void;
}

export function createRecall<T extends object>(): Recall<T> {
  const recalled = new LRUCache<string, { readonly readAt: number; readonly value: Promise<T> }>(atMost(MAX_RECALLED));
  return {
    get(key, read) {
      const before = recalled.get(key);
      const readAt = performance.now();
      if (before && readAt - before.readAt < RECALL_MS) return before.value;
      const value = read().then(async (now) => {
        const then = await before?.value.catch(() => undefined);
        return then !== undefined && isDeepStrictEqual(then, now) ? then : now;
      });
      const entry = { readAt, value };
      recalled.set(key, entry);
      value.catch(() => {
        if (recalled.peek(key) === entry) recalled.delete(key);
      });
      return value;
    },
    forget: (key) => void recalled.delete(key),
  };
}
