import type { LabClock, SyncEvent, SyncState } from "../lab.js";
import { dateAt, datesBetween, MINUTE_MS, people, person } from "../people/index.js";
import { type Wearable, wearables } from "../person.js";

export type { SyncEvent, SyncState } from "../lab.js";

const STEP_MS = 15 * MINUTE_MS;

/** One for all labs of a sandbox, so that a walk arrives at each provider when the test decides. */
export function createSyncState(clock: LabClock): SyncState {
  const fixed = new Map<string, number>();
  /** For devices that follow the clock: the time up to which their syncs were announced. */
  const announced = new Map<string, number>();
  const quarter = () => Math.floor(clock.now() / STEP_MS) * STEP_MS;
  const begun = quarter();
  const listeners = new Set<(event: SyncEvent) => void>();
  const key = (personId: string, provider: Wearable) => `${personId} ${provider}`;
  const syncedUntil = (personId: string, provider: Wearable) =>
    fixed.get(key(personId, provider)) ?? Math.max(quarter(), announced.get(key(personId, provider)) ?? 0);
  const announce = (personId: string, provider: Wearable, fromMs: number, untilMs: number) => {
    const someone = person(personId);
    const dates = datesBetween(dateAt(someone, fromMs), dateAt(someone, untilMs - 1));
    for (const listener of listeners) listener({ personId, provider, fromMs, untilMs, dates });
  };

  return {
    syncedUntil,
    sync(personId, untilMs, provider) {
      for (const each of provider ? [provider] : wearables) {
        const fromMs = syncedUntil(personId, each);
        fixed.set(key(personId, each), untilMs);
        // A move back hides minutes for a test. Devices never announce such a move.
        if (untilMs > fromMs) announce(personId, each, fromMs, untilMs);
      }
    },
    follow(personId) {
      for (const each of wearables) {
        const reached = fixed.get(key(personId, each));
        if (reached === undefined) continue;
        announced.set(key(personId, each), reached);
        fixed.delete(key(personId, each));
      }
    },
    tick() {
      const untilMs = quarter();
      for (const personId of people.keys()) {
        for (const each of wearables) {
          const fromMs = announced.get(key(personId, each)) ?? begun;
          if (fixed.has(key(personId, each)) || untilMs <= fromMs) continue;
          announced.set(key(personId, each), untilMs);
          announce(personId, each, fromMs, untilMs);
        }
      }
    },
    onSync(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
