import { type Backoff, backoffMs, jittered } from "../model/backoff.js";
import { systemTimers, type Timers } from "../model/time.js";
import type { Lease, Store } from "./store.js";

export type Delay = (ms: number) => Promise<void>;
export const wait: Delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const attempts: Backoff = { firstMs: 10, longestMs: 200 };

/**
 * The wait between two attempts to take a lease. It is short, since most leases are held for milliseconds, and random,
 * so that waiting processes don't try at one moment.
 */
export function pause(attempt: number): number {
  return jittered(backoffMs(attempts, attempt));
}

/**
 * Renews a lease until `end` is called, however long the work takes. If the store can't answer, the renewal is tried
 * once more. After that, or if somebody else has the lease, the lease is lost.
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
 * Does the work while it holds the named lease, and renews the lease until the work is done. `meanwhile` is called
 * before each wait: an answer other than undefined ends the waiting and becomes the result. Null after `waitMs` without
 * the lease (counted in pauses, so that a change of the clock has no effect).
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
        // The work stays done even if the lease can't be released: the lease expires by itself.
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
