import type { LabClock } from "../lab.js";

export interface LimiterOptions {
  readonly clock: LabClock;
  readonly limit: number;
  readonly windowSeconds: number;
  /**
   * `clock`: windows begin on the full hour or minute. `first`: a window begins with the first request after the last
   * window.
   */
  readonly align: "clock" | "first";
}

export interface LimitState {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Rounded up, so that waiting for this time is enough. */
  readonly resetSeconds: number;
  readonly resetAtMs: number;
}

export interface Limiter {
  /** Counts a request. A refused request costs nothing. */
  take(key: string, cost?: number): LimitState;
  peek(key: string): LimitState;
  /** Sets the limit from now on. What was used in the current window stays used. */
  setLimit(limit: number): void;
  reset(): void;
}

/** Fixed windows, one for each key. */
export function createLimiter({ clock, limit: initialLimit, windowSeconds, align }: LimiterOptions): Limiter {
  const windowMs = windowSeconds * 1000;
  const windows = new Map<string, { readonly startMs: number; used: number }>();
  let limit = initialLimit;

  function windowOf(key: string): { readonly startMs: number; used: number } {
    const nowMs = clock.now();
    const current = windows.get(key);
    if (current && nowMs < current.startMs + windowMs && nowMs >= current.startMs) {
      return current;
    }
    return { startMs: align === "clock" ? Math.floor(nowMs / windowMs) * windowMs : nowMs, used: 0 };
  }

  function stateOf(window: { readonly startMs: number; readonly used: number }, allowed: boolean): LimitState {
    const resetAtMs = window.startMs + windowMs;
    const resetSeconds = Math.max(1, Math.ceil((resetAtMs - clock.now()) / 1000));
    return { allowed, limit, remaining: Math.max(0, limit - window.used), resetSeconds, resetAtMs };
  }

  return {
    take(key, cost = 1) {
      const window = windowOf(key);
      windows.set(key, window);
      const allowed = window.used + cost <= limit;
      window.used += allowed ? cost : 0;
      return stateOf(window, allowed);
    },
    peek(key) {
      const window = windowOf(key);
      return stateOf(window, window.used < limit);
    },
    setLimit(next) {
      limit = next;
    },
    reset() {
      windows.clear();
    },
  };
}
