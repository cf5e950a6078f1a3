import { LRUCache } from "lru-cache";
import type { Connection } from "../connections/connection.js";
import type { Clock } from "../model/time.js";
import type { Budget, BudgetReading, Provider } from "../providers/provider.js";

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
   * person's limit must not shut out everybody.
   */
  refused(provider: Provider, connection: Connection, retryAt: number): void;
}

export function createLedger(clock: Clock): Ledger {
  // Bounded: every header token is a connection of its own.
  const readings = new LRUCache<string, BudgetReading>({ max: 50_000 });
  const underWay = new Map<string, number>();

  const keyOf = (provider: Provider, connection: Connection, budget: Budget | BudgetReading) =>
    `${provider.id}/${budget.scope === "APP" ? "" : connection.id}/${budget.windowSeconds}`;

  function current(provider: Provider, connection: Connection, budget: Budget): BudgetReading {
    const now = clock.now();
    const heard =
      readings.get(keyOf(provider, connection, budget)) ??
      connection.budgets.find((each) => each.scope === budget.scope && each.windowSeconds === budget.windowSeconds);
    if (heard && heard.resetsAt > now) return heard;
    const windowMs = budget.windowSeconds * 1000;
    const resetsAt = budget.window === "clock" ? (Math.floor(now / windowMs) + 1) * windowMs : now + windowMs;
    const { scope, windowSeconds, limit } = budget;
    return { scope, windowSeconds, limit, remaining: limit, resetsAt };
  }

  return {
    budgets: (provider, connection) => provider.budgets.map((budget) => current(provider, connection, budget)),

    spent(provider, connection, heard) {
      for (const budget of provider.budgets) {
        const said = heard?.find((each) => each.scope === budget.scope && each.windowSeconds === budget.windowSeconds);
        const before = current(provider, connection, budget);
        const counted = { ...before, remaining: Math.max(0, before.remaining - 1) };
        // Answers overtake one another: within one window the provider's remainder only ever falls.
        const next =
          said && readings.has(keyOf(provider, connection, budget)) && said.resetsAt <= before.resetsAt + 1000
            ? { ...said, remaining: Math.min(said.remaining, before.remaining) }
            : (said ?? counted);
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
          ...current(provider, connection, budget),
          underWay: underWay.get(keyOf(provider, connection, budget)) ?? 0,
        }))
        .filter(({ remaining, limit, underWay }) => remaining - underWay <= limit * reserve);
      return closed.length === 0 ? null : Math.max(...closed.map((each) => each.resetsAt));
    },

    refused(provider, connection, retryAt) {
      const all = provider.budgets.map((budget) => ({ budget, before: current(provider, connection, budget) }));
      const used = all.filter(({ before }) => before.remaining <= 0);
      const own = all.filter(({ budget }) => budget.scope === "CONNECTION");
      for (const { budget, before } of used.length > 0 ? used : own.length > 0 ? own : all) {
        readings.set(keyOf(provider, connection, budget), {
          ...before,
          remaining: 0,
          resetsAt: Math.max(retryAt, clock.now() + 1),
        });
      }
    },
  };
}
