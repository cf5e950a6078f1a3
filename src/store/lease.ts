import { systemTimers, type Timers } from "../model/time.js";
import type { Lease, Store } from "./store.js";

export type Delay = (ms: number) => Promise<void>;
export const wait: Delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Between two looks at a taken lease: short, for most are held for milliseconds, and jittered, lest waiters march in step. */
export function pause(attempt: number): number {
  return Math.min(10 * 2 ** attempt, 200) * (0.5 + Math.random());
}

/**
 * Renews a lease until it is told to end, however long the work takes. A renewal that the store can't answer is tried
 * once more; then, or where somebody else has the lease by now, it is lost.
 */
export function keepLease(lease: Lease, ttlMs: number, timers: Timers, lost: () => void = () => {}): () => void {
  let ended = false;
  let cancel = () => {};
  const renew = (attempt: number) => {
    cancel = timers.after(ttlMs / 3, async () => {
      const kept = await lease.renew(ttlMs).catch(() => null);
      if (ended) return;
      if (kept) renew(1);
      else if (kept === null && attempt === 1) renew(2);
      else lost();
    });
  };
  renew(1);
  return () => {
    ended = true;
    cancel();
  };
}

/**
 * Does the work while holding the named lease, which is renewed until it is done. `meanwhile` is asked before each wait: an answer other than undefined
 * ends the waiting with it. Null once `waitMs` has passed without the lease (counted in pauses: no clock can cheat it).
 */
export async function withLease<T>(
  store: Store,
  name: string,
  times: { readonly ttlMs: number; readonly waitMs: number; readonly delay: Delay; readonly timers?: Timers },
  work: (lease: Lease) => Promise<T>,
  meanwhile?: () => Promise<T | undefined>,
): Promise<{ readonly value: T } | null> {
  let waited = 0;
  for (let attempt = 0; ; attempt++) {
    const lease = await store.lease(name, times.ttlMs);
    if (lease) {
      const letGo = keepLease(lease, times.ttlMs, times.timers ?? systemTimers);
      try {
        return { value: await work(lease) };
      } finally {
        letGo();
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
