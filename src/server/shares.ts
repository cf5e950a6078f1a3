import { LRUCache } from "lru-cache";

const MAX_ANSWERS = 10_000;
/** Characters of answers that are kept for subscriptions that have not come by yet. */
const MAX_SIZE = 32 * 1024 * 1024;

/**
 * What equal subscriptions of one caller share: each event is answered once for all of them, on however many sockets they
 * are. Events are told apart by identity: everybody who listens in this process is handed the same object.
 */
export interface Shares<T> {
  answer(subscription: string, event: object, time: number, make: () => Promise<T>): Promise<T>;
}

export function createShares<T>(sizeOf: (answer: T) => number): Shares<T> {
  const latest = new LRUCache<string, { readonly event: object; readonly time: number; readonly answer: Promise<T> }>({
    max: MAX_ANSWERS,
    maxSize: MAX_SIZE,
  });
  return {
    answer(subscription, event, time, make) {
      const known = latest.get(subscription);
      if (known?.event === event && known.time === time) return known.answer;
      const made = { event, time, answer: make() };
      latest.set(subscription, made, { size: 1 });
      made.answer.then(
        (answer) => {
          if (latest.peek(subscription) === made) latest.set(subscription, made, { size: Math.max(1, sizeOf(answer)) });
        },
        () => {
          if (latest.peek(subscription) === made) latest.delete(subscription);
        },
      );
      return made.answer;
    },
  };
}
