import { createLimiter, type LimitState } from "../kit/index.js";
import type { LabClock } from "../lab.js";
import type { MisfitSwitches } from "./switches.js";

const LIMIT = 150;
const HOUR_MS = 3_600_000;

export interface Budget {
  /** Counts a request of this user. A refused one costs nothing. */
  take(key: string): LimitState;
  peek(key: string): LimitState;
  setLimit(limit: number): void;
}

/** Requests per user and hour. Which hour nobody wrote down: the clock's, or the one that just passed. */
export function createBudget(clock: LabClock, switches: MisfitSwitches): Budget {
  const fixed = createLimiter({ clock, limit: LIMIT, windowSeconds: HOUR_MS / 1000, align: "clock" });
  const taken = new Map<string, number[]>();
  let limit = LIMIT;

  function sliding(key: string, cost: number): LimitState {
    const nowMs = clock.now();
    const recent = (taken.get(key) ?? []).filter((atMs) => atMs > nowMs - HOUR_MS);
    const allowed = recent.length < limit;
    if (allowed && cost > 0) {
      recent.push(nowMs);
    }
    taken.set(key, recent);
    const resetAtMs = (recent[0] ?? nowMs) + HOUR_MS;
    const resetSeconds = Math.max(1, Math.ceil((resetAtMs - nowMs) / 1000));
    return { allowed, limit, remaining: Math.max(0, limit - recent.length), resetSeconds, resetAtMs };
  }

  return {
    take: (key) => (switches.rateLimitWindow === "sliding" ? sliding(key, 1) : fixed.take(key)),
    peek: (key) => (switches.rateLimitWindow === "sliding" ? sliding(key, 0) : fixed.peek(key)),
    setLimit(next) {
      limit = next;
      fixed.setLimit(next);
    },
  };
}

/** Misfit never sent `Retry-After`; the reset is an instant in seconds. */
export function limitHeaders(state: LimitState): Record<string, string> {
  return {
    "X-RateLimit-Limit": String(state.limit),
    "X-RateLimit-Remaining": String(state.remaining),
    "X-RateLimit-Reset": String(Math.ceil(state.resetAtMs / 1000)),
  };
}
