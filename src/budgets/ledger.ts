import { LRUCache } from "lru-cache";
import type { Connection } from "../connections/connection.js";
import type { Clock } from "../model/time.js";
import type { Provider } from "../providers/index.js";
import type { Budget, BudgetReading } from "../providers/provider.js";
import { isOfWindow } from "../providers/waits.js";

/**
 * What is left of each connection's budgets: as the provider last said, or, where it says nothing, as we counted.
 * No request is sent when the ledger says zero.
 */
export interface Ledger {
  /** One reading per declared budget, in the order of declaration. */
  budgets(provider: Provider, connection: Connection): readonly BudgetReading[];
  /** After a request: what the provider said of its budgets, if anything. */
  spent(provider: Provider, connection: Connection, heard: readonly BudgetReading[] | undefined): void;
  /** Epoch ms until which nothing may be sent; null if something may. `reserve` is the share left for others. */
  closedUntil(provider: Provider, connection: Connection, reserve?: number): number | null;
  /**
   * Before a request: until the returned function is called it counts against every budget, so that several at once
   * don't all take the last one.
   */
  begin(provider: Provider, connection: Connection): () => void;
  /**
   * A refusal closes the budgets that are at their end until then; where none is known to be, the connection's own: one
   * person's limit must not shut out everybody. Of several it is the one with the shortest window that can ask for such
   * a wait. No budget stays closed for longer than its window.
   */
  refused(provider: Provider, connection: Connection, retryAt: number): void;
}

interface Kept {
  readonly reading: BudgetReading;
  /** Whether the provider said so; else it is our own count. */
  readonly told: boolean;
}

/** Two answers tell the end of one window in whole seconds, counted from when each was sent. */
const SAME_WINDOW_MS = 1000;

export function createLedger(clock: Clock): Ledger {
  // Bounded: every header token is a connection of its own.
  const readings = new LRUCache<string, Kept>({ max: 50_000 });
  const underWay = new Map<string, number>();

  const keyOf = (provider: Provider, connection: Connection, budget: Budget | BudgetReading) =>
    `${provider.id}/${budget.scope === "APP" ? "" : connection.id}/${budget.windowSeconds}`;

  function current(provider: Provider, connection: Connection, budget: Budget): Kept {
    const now = clock.now();
    const kept = readings.get(keyOf(provider, connection, budget));
    if (kept && isOfWindow(kept.reading, now)) return kept;
    const stored = connection.budgets.find((each) => isSame(each, budget));
    if (stored && isOfWindow(stored, now)) return { reading: stored, told: false };
    const windowMs = budget.windowSeconds * 1000;
    const resetsAt = budget.window === "clock" ? (Math.floor(now / windowMs) + 1) * windowMs : now + windowMs;
    const { scope, windowSeconds, limit } = budget;
    return { reading: { scope, windowSeconds, limit, remaining: limit, resetsAt }, told: false };
  }

  /** What is known after an answer that said `said` of a budget of which `kept` was known before it. */
  function afterAnswer({ reading, told }: Kept, said: BudgetReading | undefined): Kept {
    const counted = { reading: { ...reading, remaining: Math.max(0, reading.remaining - 1) }, told };
    // Said of a window that is over by now: this answer was overtaken by the clock.
    if (!said || !isOfWindow(said, clock.now())) return counted;
    if (!told) return { reading: said, told: true };
    // Closed is closed until its end: whatever says otherwise before was sent before.
    if (reading.remaining === 0) return { reading, told };
    // Answers overtake one another: within one window the provider's remainder only ever falls.
    const isOneWindow = said.resetsAt <= reading.resetsAt + SAME_WINDOW_MS;
    const remaining = isOneWindow ? Math.min(said.remaining, reading.remaining) : said.remaining;
    return { reading: { ...said, remaining }, told: true };
  }

  return {
    budgets: (provider, connection) => provider.budgets.map((budget) => current(provider, connection, budget).reading),

    spent(provider, connection, heard) {
      for (const budget of provider.budgets) {
        const said = heard?.find((each) => isSame(each, budget));
        const next = afterAnswer(current(provider, connection, budget), said);
        readings.set(keyOf(provider, connection, budget), next);
      }
    },

    begin(provider, connection) {
      const keys = provider.budgets.map((budget) => keyOf(provider, connection, budget));
      for (const key of keys) underWay.set(key, (underWay.get(key) ?? 0) + 1);
      return () => {
        for (const key of keys) {
          const left = (underWay.get(key) ?? 1) - 1;
          if (left > 0) underWay.set(key, left);
          else underWay.delete(key);
        }
      };
    },

    closedUntil(provider, connection, reserve = 0) {
      const closed = provider.budgets
        .map((budget) => ({
          ...current(provider, connection, budget).reading,
          underWay: underWay.get(keyOf(provider, connection, budget)) ?? 0,
        }))
        .filter(({ remaining, limit, underWay }) => remaining - underWay <= limit * reserve);
      return closed.length === 0 ? null : Math.max(...closed.map((each) => each.resetsAt));
    },

    refused(provider, connection, retryAt) {
      const now = clock.now();
      const all = provider.budgets
        .map((budget) => ({ budget, before: current(provider, connection, budget) }))
        .sort((a, b) => a.budget.windowSeconds - b.budget.windowSeconds);
      const canAsk = ({ budget }: (typeof all)[number]) => retryAt <= now + budget.windowSeconds * 1000;
      const used = all.filter(({ before }) => before.reading.remaining === 0);
      const own = all.filter(({ budget }) => budget.scope === "CONNECTION");
      const unknown = own.length > 0 ? own : all;
      const usedThatCan = used.filter(canAsk);
      const hit = usedThatCan.length > 0 ? usedThatCan : [unknown.find(canAsk) ?? used.at(-1) ?? unknown.at(-1)];
      for (const each of hit) {
        if (!each) continue;
        const { budget, before } = each;
        // Where the provider told the end of a budget that is used up, a shorter wait is another budget's.
        const known = before.told && before.reading.remaining === 0 ? before.reading.resetsAt : now + 1;
        const resetsAt = Math.min(Math.max(retryAt, known), now + budget.windowSeconds * 1000);
        const reading = { ...before.reading, remaining: 0, resetsAt };
        readings.set(keyOf(provider, connection, budget), { reading, told: true });
      }
    },
  };
}

function isSame(reading: BudgetReading, budget: Budget): boolean {
  return reading.scope === budget.scope && reading.windowSeconds === budget.windowSeconds;
}
