import type { Lease, Store } from "./store.js";

export type Delay = (ms: number) => Promise<void>;
export const wait: Delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Between two looks at a taken lease: short, for most are held for milliseconds, and jittered, lest waiters march in step. */
export function pause(attempt: number): number {
  return Math.min(10 * 2 ** attempt, 200) * (0.5 + Math.random());
}

/**
 * Does the work while holding the named lease. `meanwhile` is asked before each wait: an answer other than undefined
 * ends the waiting with it. Null once `waitMs` has passed without the lease (counted in pauses: no clock can cheat it).
 */
export async function withLease<T>(
  store: Store,
  name: string,
  times: { readonly ttlMs: number; readonly waitMs: number; readonly delay: Delay },
  work: (lease: Lease) => Promise<T>,
  meanwhile?: () => Promise<T | undefined>,
): Promise<{ readonly value: T } | null> {
  let waited = 0;
  for (let attempt = 0; ; attempt++) {
    const lease = await store.lease(name, times.ttlMs);
    if (lease) {
      try {
        return { value: await work(lease) };
      } finally {
        // What was done stays done even if the lease can't be given back: it runs out by itself.
        await lease.release().catch(() => {});
      }
    }
    const early = await meanwhile?.();
    if (early !== undefined) return { value: early };
    if (waited >= times.waitMs) return null;
    const ms = pause(attempt);
    waited += ms;
    await times.delay(ms);
  }
}
