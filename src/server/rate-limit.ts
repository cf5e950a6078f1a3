import { LRUCache } from "lru-cache";
import type { Caller } from "../graphql/caller.js";
import type { Clock } from "../model/time.js";

export interface RateLimit {
  /** Requests a minute of one user, and as many at once after a minute's rest. */
  readonly user: number;
  /** The same for an app, which asks for many users, and for the person at home. */
  readonly app: number;
  /** The same for an address that shows no valid credentials. */
  readonly stranger: number;
}
/** Nobody meets these by using an app; a loop that went wild does. They hold for each replica by itself. */
export const generousRateLimit: RateLimit = { user: 12_000, app: 120_000, stranger: 1_200 };

export interface RateLimiter {
  /** Seconds to wait, or null where the request may pass. */
  take(caller: Caller | null, address: string): number | null;
}

const MAX_CALLERS = 50_000;

export function createRateLimiter(limit: RateLimit, clock: Clock): RateLimiter {
  const buckets = new LRUCache<string, { left: number; at: number }>({ max: MAX_CALLERS });
  return {
    take(caller, address) {
      const [key, perMinute] = bucketOf(caller, address, limit);
      const now = clock.now();
      const before = buckets.get(key) ?? { left: perMinute, at: now };
      const left = Math.min(perMinute, before.left + (Math.max(now - before.at, 0) * perMinute) / 60_000);
      if (left < 1) return Math.max(1, Math.ceil(((1 - left) * 60) / perMinute));
      buckets.set(key, { left: left - 1, at: now });
      return null;
    },
  };
}

function bucketOf(caller: Caller | null, address: string, limit: RateLimit): [key: string, perMinute: number] {
  if (caller === null) return [`address ${address}`, limit.stranger];
  if (caller.kind === "app") return [`app ${caller.name}`, limit.app];
  return [`user ${caller.userId}`, caller.expiresAt === null ? limit.app : limit.user];
}
