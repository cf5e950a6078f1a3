import type { DataUpdate } from "./updates.js";

/** Calls back once, after `ms` milliseconds. Returns a function that cancels it. */
export type After = (ms: number, callback: () => void) => () => void;

export const afterTimeout: After = (ms, callback) => {
  const timer = setTimeout(callback, ms);
  // A pending event must not keep the process running.
  timer.unref();
  return () => clearTimeout(timer);
};

/**
 * Joins updates that come close together. One sync of a device gives several notifications (one for each type of data,
 * or each collection), and so several similar events. What arrives for one person within `ms` of the first becomes one
 * event for each provider and domain, with all the days that were named. An update without days means the whole domain,
 * and so does the event that contains it. The events of a person keep the order of their first updates.
 */
export function createGatherer({
  ms,
  after,
  deliver,
}: {
  readonly ms: number;
  readonly after: After;
  deliver(topic: string, update: DataUpdate): void;
}): { add(topic: string, update: DataUpdate): void; close(): void } {
  const waiting = new Map<string, { readonly updates: Map<string, DataUpdate>; callOff(): void }>();
  return {
    add: (topic, update) => {
      // A topic may be about all people.
      const whose = `${topic} ${update.userId}`;
      let group = waiting.get(whose);
      if (!group) {
        const updates = new Map<string, DataUpdate>();
        const callOff = after(ms, () => {
          waiting.delete(whose);
          for (const gathered of updates.values()) deliver(topic, gathered);
        });
        group = { updates, callOff };
        waiting.set(whose, group);
      }
      const key = `${update.provider}/${update.domain}`;
      const before = group.updates.get(key);
      group.updates.set(key, before ? joined(before, update) : update);
    },
    close: () => {
      for (const { callOff } of waiting.values()) callOff();
      waiting.clear();
    },
  };
}

function joined(before: DataUpdate, update: DataUpdate): DataUpdate {
  const whole = before.dates.length === 0 || update.dates.length === 0;
  const dates = whole ? [] : [...new Set([...before.dates, ...update.dates])].sort();
  return { ...before, dates, receivedAt: Math.max(before.receivedAt, update.receivedAt) };
}
