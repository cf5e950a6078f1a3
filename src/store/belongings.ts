import { textRows } from "./row.js";
import type { Store } from "./store.js";

/** One row that belongs to somebody: `key` in its `kind`. */
export interface Belonging {
  readonly owner: string;
  readonly kind: string;
  readonly key: string;
}

/**
 * Which rows belong to whom, for rows whose keys don't say so. It is read when somebody's data are deleted: it finds
 * the rows by key, at a cost that does not depend on the number of people, and even if the rows can't be read.
 */
export interface Belongings {
  /**
   * To be called before the row is written: after a crash in between there is a note without a row, never a row without
   * a note.
   */
  note(belonging: Belonging, ttlMs?: number): Promise<void>;
  /** To be called after the row is deleted: an interrupted deletion finds the row again. */
  drop(belonging: Belonging): Promise<void>;
  /** The noted keys of a kind that begin with the prefix. */
  of(owner: string, kind: string, prefix?: string): Promise<readonly string[]>;
  /** Notes rows that have no note yet: rows written by a release without these notes. */
  complete(belongings: readonly Belonging[]): Promise<void>;
}

/** Owners and kinds must not contain "/". */
export function createBelongings(store: Store): Belongings {
  const notes = store.collection("belongings", textRows);
  const at = ({ owner, kind, key }: Belonging) => `${owner}/${kind}/${key}`;
  return {
    note: (one, ttlMs) => notes.set(at(one), "", ttlMs),
    drop: (one) => notes.erase(at(one)),
    of: async (owner, kind, prefix = "") => {
      const found: string[] = [];
      const begin = at({ owner, kind, key: "" });
      for await (const key of notes.keys(begin + prefix)) found.push(key.slice(begin.length));
      return found;
    },
    complete: async (all) => {
      const known = await notes.getMany(all.map(at));
      for (const [index, one] of all.entries()) if (known[index] === undefined) await notes.set(at(one), "");
    },
  };
}
