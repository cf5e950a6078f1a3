import type { Timers } from "../../src/model/time.js";

/** A clock that moves when told, with timers that go off as it passes them. `next`: ms until the first of them. */
export function manualTime(start: number) {
  let now = start;
  const waiting = new Set<{ at: number; callback: () => void }>();
  const timers: Timers = {
    after: (ms, callback) => {
      const one = { at: now + ms, callback };
      waiting.add(one);
      return () => void waiting.delete(one);
    },
  };
  return {
    clock: { now: () => now },
    timers,
    advance: (ms: number) => {
      now += ms;
      for (const one of [...waiting]) if (one.at <= now && waiting.delete(one)) one.callback();
    },
    next: () => Math.min(...[...waiting].map(({ at }) => at)) - now,
  };
}
