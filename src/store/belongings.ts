import { textRows } from "./row.js";
import type { Store } from "./store.js";

/** One row that belongs to somebody: `key` within its `kind`. */
export interface Belonging {
  readonly owner: string;
  readonly kind: string;
  readonly key: string;
}

/**
 * Which rows belong to whom, where their keys don't say so. It is asked when somebody's data go: they are found by key,
 * at the same cost however many people there are, and whatever has become of the rows themselves.
 */
export interface Belongings {
  /** To be called before the row is written: a crash between leaves a note of nothing, never a row that nobody finds. */
  note(belonging: Belonging, ttlMs?: number): Promise<void>;
  /** To be called after the row has gone: who was interrupted finds it again. */
  drop(belonging: Belonging): Promise<void>;
  /** The keys noted of a kind that begin with the prefix. */
  of(owner: string, kind: string, prefix?: string): Promise<readonly string[]>;
  /** Notes those that are not noted: rows that a release without these notes wrote. */
  complete(belongings: readonly Belonging[]): Promise<void>;
}

/** Owners and kinds are without "/". */
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
