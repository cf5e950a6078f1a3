import { LRUCache } from "lru-cache";
import { atMost } from "../bounded.js";
import { PulsegateError } from "../errors.js";

export interface PaceOptions {
  /** Points a minute that a caller may go on with for ever. */
  readonly perMinute: number;
  /** Points at once after a rest: a quarter of a second's work, which others hardly notice. */
  readonly burst: number;
  readonly now?: () => number;
  readonly wait?: (ms: number) => Promise<void>;
}

/** Who would have to wait longer is refused instead: what waits takes memory. */
const MAX_WAIT_MS = 5_000;
const MAX_CALLERS = 50_000;

/**
 * Spreads what one caller costs over their minute. A minute's points in one go would hold a core for seconds, and
 * everybody else with it: so what goes beyond a burst waits. Of this process alone, as it is its loop that is spared.
 */
export interface Pace {
  /** Resolves when it is this work's turn. Throws RATE_LIMITED, and counts nothing, where that is more than five seconds off. */
  enter(key: string, points: number): Promise<void>;
}

export function createPace({
  perMinute,
  burst,
  now = () => performance.now(),
  wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref()),
}: PaceOptions): Pace {
  const msPerPoint = 60_000 / perMinute;
  /** When a caller would be through with all they began, at that pace. */
  const through = new LRUCache<string, number>(atMost(MAX_CALLERS));
  return {
    async enter(key, points) {
      const at = now();
      const before = Math.max(through.get(key) ?? at, at);
      const ms = before - at - burst * msPerPoint;
      if (ms > MAX_WAIT_MS)
        throw new PulsegateError("RATE_LIMITED", undefined, { retryAfterSeconds: Math.ceil(ms / 1000) });
      through.set(key, before + points * msPerPoint);
      if (ms > 0) await wait(ms);
    },
  };
}
