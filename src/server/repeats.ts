import { LRUCache } from "lru-cache";
import type { Loaded, Loaders } from "../graphql/loaders.js";
import type { Ask } from "../health-data/ask.js";
import type { Histories } from "../health-data/views.js";
import type { Domain } from "../model/records.js";
import type { Coding } from "./middleware/coding.js";

const MAX_REQUEST_BYTES = 16 * 1024 * 1024;
/** What is remembered beside the words. */
const BYTES_PER_REQUEST = 1_000;

/** An answer as it was sent. */
export interface Sent {
  readonly contentType: string;
  readonly coding: Coding;
  readonly body: Buffer;
}

/**
 * Answers to requests that come again word for word, from the same caller: dashboards poll. What the answer was made of
 * is loaded anew; only if that is all the very same objects, which the session promises for as long as nothing of them
 * changed or went stale, is the answer sent that was made of them. Nothing else about a request may decide its answer:
 * see `RequestContext.madeOf`.
 */
export interface Repeats {
  /** Null for a new request, and where anything changed; what was loaded meanwhile is not loaded twice. */
  find(request: string, loaders: () => Loaders): Promise<Sent | null>;
  /** What a request was reckoned to cost, in points; null for a new one. */
  pointsOf(request: string): number | null;
  keep(request: string, madeOf: Loaded, sent: Sent, points: number): void;
}

interface Remembered {
  readonly users: readonly string[];
  readonly asks: readonly Ask[];
  readonly points: number;
}

interface KeptResponse {
  readonly request: string;
  readonly histories: readonly Histories[Domain][];
  readonly sent: Sent;
}

export function createRepeats(): Repeats {
  const requests = new LRUCache<string, Remembered>({
    maxSize: MAX_REQUEST_BYTES,
    sizeCalculation: (_reads, words) => BYTES_PER_REQUEST + words.length,
  });
  /**
   * By the first history of an answer, so that figures go when the session drops them: one answer for each. The session bounds
   * their weight; bytes are at most some two and a half times as heavy as the cells they were made of.
   */
  const answers = new WeakMap<Histories[Domain], KeptResponse>();
  return {
    async find(request, loaders) {
      const known = requests.get(request);
      if (!known) return null;
      const { isKnown, history } = loaders();
      try {
        const [users, histories] = await Promise.all([
          Promise.all(known.users.map(isKnown)),
          Promise.all(known.asks.map((ask) => history(ask))),
        ]);
        const kept = histories[0] ? answers.get(histories[0]) : undefined;
        const isSame =
          kept?.request === request &&
          users.every(Boolean) &&
          histories.every((history, index) => history === kept.histories[index]);
        return isSame ? kept.sent : null;
      } catch {
        // Loaders remember failures too: the resolvers meet them where they can be told.
        return null;
      }
    },

    pointsOf: (request) => requests.get(request)?.points ?? null,

    keep(request, { users, histories }, sent, points) {
      const asks = [...histories.values()];
      const [first, ...rest] = histories.keys();
      // Of several people the one could go and the other's history would still hold the answer.
      if (!first || asks.some(({ userId }) => userId !== asks[0]!.userId)) return;
      const isNew = !requests.has(request);
      requests.set(request, { users: [...users], asks, points });
      // Most requests never come again, and an answer that is kept costs more than one that is dropped at once.
      if (isNew) return;
      answers.set(first, { request, histories: [first, ...rest], sent });
    },
  };
}
