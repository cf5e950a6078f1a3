import { isDeepStrictEqual } from "node:util";
import { LRUCache } from "lru-cache";
import { atMost } from "../bounded.js";
import type { Connection } from "../connections/connection.js";
import type { Domain } from "../model/records.js";
import type { Clock } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/index.js";
import { type Ask, askKey, type Freshness, type PlannedCall } from "./ask.js";
import type { CellAges } from "./freshness.js";
import type { History } from "./history.js";
import type { Histories } from "./views.js";

/** Weight of the cells, as `history.ts` estimates it. What is made of them is not much larger. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;
const BYTES_PER_ANSWER = 2_000;
const MAX_ASKED = 20_000;

/** One connection's part of the cost report. */
export interface ConnectionCost {
  readonly userId: string;
  readonly provider: Provider;
  readonly connection: Connection;
  /** Why the connection may not be asked. Null if it may be. */
  readonly blocked: string | null;
  readonly calls: readonly PlannedCall[];
}

/**
 * The answers to one person's asks, in their order, and their cost. Read only: all callers with the same asks share it.
 */
export interface Answer {
  readonly asks: readonly Ask[];
  readonly histories: readonly Histories[Domain][];
  readonly costs: readonly ConnectionCost[];
}

/** Everything that an answer depends on, except the cells themselves and the date. */
export interface Question {
  readonly userId: string;
  readonly asks: readonly Ask[];
  readonly freshness: Freshness;
  readonly connections: readonly Connection[];
  readonly priority: readonly ProviderId[];
}

/** How long the store will give the same answer if nothing in it changes, and the weight of keeping it. */
export interface Lifetime {
  /** Epoch ms of the last moment of the day that is the answer's today. */
  readonly until: number;
  readonly ages: CellAges;
  readonly weight: number;
}

/**
 * Keeps answers that another reading would only repeat, until a cell of the person's connections changes or becomes
 * stale, the person's day ends, or the person connects, leaves or changes priorities. Only a session may use it: only a
 * session knows that an answer was made of stored cells alone.
 */
export interface Answers {
  find(question: Question): Answer | undefined;
  /**
   * To be called before anything is read. The returned function keeps the answer, unless something changed meanwhile.
   */
  begin(question: Question): (answer: Answer, lifetime: Lifetime) => void;
}

interface KeptAnswer extends Pick<Question, "connections" | "priority">, Lifetime {
  readonly answer: Answer;
  readonly from: number;
}

export function createAnswers({ history, clock }: { history: Pick<History, "watch">; clock: Clock }): Answers {
  /** The kept answers that use a connection's cells. */
  const madeOf = new Map<string, Set<string>>();
  const kept = new LRUCache<string, KeptAnswer>({
    maxSize: MAX_KEPT_BYTES,
    sizeCalculation: ({ weight }) => BYTES_PER_ANSWER + weight,
    dispose: ({ connections }, key) => {
      for (const { id } of connections) {
        const keys = madeOf.get(id);
        keys?.delete(key);
        if (keys?.size === 0) madeOf.delete(id);
      }
    },
  });
  /**
   * Questions that were asked once, by a number. An answer is kept from the second time on: most questions never come
   * again, and what is kept for a while costs the garbage collector far more than what is dropped at once. Where two
   * questions have one number, an answer is kept from the first time on.
   */
  const asked = new LRUCache<number, true>(atMost(MAX_ASKED));
  const isFirstTime = (key: string): boolean => {
    const number = numberOf(key);
    const isFirst = !asked.has(number);
    asked.set(number, true);
    return isFirst;
  };
  let changes = 0;
  history.watch((connectionId) => {
    changes++;
    for (const key of [...(madeOf.get(connectionId) ?? [])]) kept.delete(key);
  });

  return {
    find(question) {
      const found = kept.get(keyOf(question));
      if (!found) return undefined;
      const now = clock.now();
      const { answer, from, until, ages, connections, priority } = found;
      const holds =
        from <= now &&
        now <= until &&
        now <= ages.freshUntil(question.freshness) &&
        isDeepStrictEqual(connections, question.connections) &&
        isDeepStrictEqual(priority, question.priority);
      return holds ? answer : undefined;
    },

    begin(question) {
      const { connections, priority } = question;
      const [before, from] = [changes, clock.now()];
      return (answer, lifetime) => {
        if (changes !== before || from > lifetime.until) return;
        const key = keyOf(question);
        if (isFirstTime(key)) return;
        kept.set(key, { answer, connections, priority, from, ...lifetime });
        if (!kept.has(key)) return;
        for (const { id } of connections) madeOf.set(id, (madeOf.get(id) ?? new Set()).add(key));
      };
    },
  };
}

/** FNV-1a in 32 bits: a hash that nobody could forge would cost as much as the merge of a month. */
function numberOf(text: string): number {
  let number = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) number = Math.imul(number ^ text.charCodeAt(at), 0x01000193);
  return number;
}

/** The greatest age that a request allows is no part of it: whether an answer is young enough, its cells decide. */
function keyOf(question: Pick<Question, "userId" | "freshness" | "asks">): string {
  const known = keys.get(question);
  if (known !== undefined) return known;
  const { userId, freshness, asks } = question;
  const { maxAgeSeconds: _, ...wishes } = freshness;
  const key = JSON.stringify([userId, wishes, asks.map(askKey)]);
  keys.set(question, key);
  return key;
}
/** A question is looked for, and then kept. */
const keys = new WeakMap<object, string>();
