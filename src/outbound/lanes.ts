import { randomBytes } from "node:crypto";
import { hashOf } from "../connections/oauth/oauth.js";
import { textRows } from "../store/row.js";
import type { Store } from "../store/store.js";

/**
 * A random name for each person, under which everything here is kept: once it is forgotten, nothing that is left tells of
 * whom it was.
 */
export interface Lanes {
  /** Makes one where there is none. */
  of(userId: string): Promise<string>;
  find(userId: string): Promise<string | null>;
  forget(userId: string): Promise<void>;
  all(): Promise<readonly string[]>;
}

export const newLane = () => randomBytes(12).toString("hex");

export function createLanes(store: Store): Lanes {
  const lanes = store.collection("outbound-lanes", textRows);
  const find = async (userId: string) => (await lanes.get(hashOf(userId))) ?? null;
  return {
    find,
    of: async (userId) => {
      const known = await find(userId);
      if (known !== null) return known;
      const fresh = newLane();
      return (await lanes.putIfAbsent(hashOf(userId), fresh)) ? fresh : ((await find(userId)) ?? fresh);
    },
    forget: (userId) => lanes.erase(hashOf(userId)),
    all: async () => {
      const found: string[] = [];
      for await (const [, lane] of lanes.scan("")) found.push(lane);
      return found;
    },
  };
}
