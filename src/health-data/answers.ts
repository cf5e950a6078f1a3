import { isDeepStrictEqual } from "node:util";
import { LRUCache } from "lru-cache";
import type { Connection } from "../connections/connection.js";
import type { Domain } from "../model/records.js";
import type { Clock } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/index.js";
import type { Ask, Freshness, PlannedCall } from "./ask.js";
import type { History } from "./history.js";
import type { Histories } from "./views.js";

/** Cells as `history.ts` weighs them; what is made of them is not much more. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;
const BYTES_PER_ANSWER = 2_000;

/** What the cost report tells of one connection. */
export interface ConnectionCost {
  readonly userId: string;
  readonly provider: Provider;
  readonly connection: Connection;
  /** Whether it may not be asked at all. */
  readonly blocked: string | null;
  readonly calls: readonly PlannedCall[];
}

/** What one person's asks were answered, in their order, and what that cost. Shared by all who ask the same: read only. */
export interface Answer {
  readonly asks: readonly Ask[];
  readonly histories: readonly Histories[Domain][];
  readonly costs: readonly ConnectionCost[];
}

/** All that an answer depends on beside the cells themselves, and what day it is. */
export interface Question {
  readonly userId: string;
  readonly asks: readonly Ask[];
  readonly freshness: Freshness;
  readonly connections: readonly Connection[];
  readonly priority: readonly ProviderId[];
}

/** How long (epoch ms) the store would say the same again if nothing in it changed, and what keeping that weighs. */
export interface Lifetime {
  readonly until: number;
  readonly weight: number;
}

/**
 * Answers that reading would only make again, kept for as long as that is so: until a cell of the person's connections
 * changes or goes stale, their day ends, or they connect, leave or rank otherwise. Of use to nobody but a session, which
 * alone knows that an answer was made of stored cells only.
 */
export interface Answers {
  find(question: Question): Answer | undefined;
  /** To be called before anything is read. The function keeps what was then made, unless something changed meanwhile. */
  begin(question: Question): (answer: Answer, lifetime: Lifetime) => void;
}

interface KeptAnswer extends Pick<Question, "connections" | "priority"> {
  readonly answer: Answer;
  readonly from: number;
  readonly until: number;
  readonly weight: number;
}

export function createAnswers({ history, clock }: { history: Pick<History, "watch">; clock: Clock }): Answers {
  /** The answers that are made of a connection's cells. */
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
      const { answer, from, until, connections, priority } = found;
      const holds =
        from <= now &&
        now <= until &&
        isDeepStrictEqual(connections, question.connections) &&
        isDeepStrictEqual(priority, question.priority);
      return holds ? answer : undefined;
    },

    begin({ connections, priority, ...question }) {
      const [before, from] = [changes, clock.now()];
      return (answer, { until, weight }) => {
        if (changes !== before || from > until) return;
        const key = keyOf(question);
        kept.set(key, { answer, connections, priority, from, until, weight });
        if (!kept.has(key)) return;
        for (const { id } of connections) madeOf.set(id, (madeOf.get(id) ?? new Set()).add(key));
      };
    },
  };
}

function keyOf({ userId, freshness, asks }: Pick<Question, "userId" | "freshness" | "asks">): string {
  const said = asks.map(({ domain, range, fields, providers, alternatives, goalProgress }) => [
    domain,
    range && [range.from, range.to, range.lastDays, range.timeZone],
    [...fields],
    providers,
    alternatives,
    goalProgress,
  ]);
  return JSON.stringify([userId, freshness, said]);
}
