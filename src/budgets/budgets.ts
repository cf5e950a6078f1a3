import type { Log } from "../log.js";
import type { Clock } from "../model/time.js";
import type { Provider } from "../providers/index.js";
import type { Budget, BudgetState, Outcome } from "../providers/provider.js";
import { createLedger, type Holder, type Kept, leastLeft } from "./ledger.js";
import { type Counted, createSharedCounts, type Step } from "./shared-counts.js";

/**
 * Every request that leaves for a provider is counted here. A person's budget counts what is sent with their token; the
 * app's counts that too, and what we send in the app's own name. With Redis all replicas count the app's together, and
 * each by itself while it is away.
 */
export interface Budgets {
  /** One reading per declared budget, in the order of declaration; an app's as this process heard it last. */
  known(provider: Provider, holder: Holder): readonly BudgetState[];
  /** As far as this process knows: epoch ms until which nothing may be sent, or null. */
  closedUntil(provider: Provider, holder: Holder, reserve?: number): number | null;
  /**
   * Sends one request, counted in all budgets from before it leaves until its answer tells more. `reserve`: the share of
   * each budget that is left to others. Where no more than that is left, nothing is sent.
   */
  spend<T extends { readonly outcome: Outcome }>(
    provider: Provider,
    holder: Holder,
    reserve: number,
    send: () => Promise<T>,
  ): Promise<T | Closed>;
  /** One request in the app's own name that may not be refused: for tokens, or for what the app as a whole is told. */
  count(provider: Provider): Promise<void>;
  /** Resolves once all replicas count together. */
  ready(): Promise<void>;
  close(): void;
}

interface Closed {
  readonly closedUntil: number;
}

/** Where a refusal does not say for how long. */
const REFUSED_MS = 60_000;

export function createBudgets({
  clock,
  redisUrl,
  log,
}: {
  readonly clock: Clock;
  /** Null: this process counts by itself. */
  readonly redisUrl: string | null;
  readonly log: Pick<Log, "info" | "warn">;
}): Budgets {
  const ledger = createLedger(clock);
  const shared = redisUrl === null ? null : createSharedCounts({ redisUrl, log });
  /** What was counted while Redis was away: what of which window. */
  const owed = new Map<string, { count: number; resetsAt: number }>();

  const appBudgets = ({ budgets }: Provider) => budgets.filter(({ scope }) => scope === "APP");
  const keyOf = ({ id }: Provider, { windowSeconds }: Budget) => `{${id}}:${windowSeconds}`;
  const counted = (provider: Provider, holder: Holder) =>
    appBudgets(provider).map((budget) => {
      const { windowSeconds } = budget;
      return { key: keyOf(provider, budget), windowSeconds, known: ledger.known(provider, holder, budget) };
    });
  /** Taken out, so that of several steps at once one tells it. */
  const debtOf = (key: string) => {
    const debt = owed.get(key);
    owed.delete(key);
    return debt && debt.resetsAt > clock.now() ? debt : null;
  };
  const owe = (key: string, count: number, resetsAt: number) => {
    const before = owed.get(key);
    owed.set(key, { count: before && before.resetsAt > clock.now() ? before.count + count : count, resetsAt });
  };

  /** Null where this process counts by itself. What is known afterwards is known here too. */
  const together = async (provider: Provider, holder: Holder, step: Step, before = counted(provider, holder)) => {
    if (!shared || before.length === 0) return null;
    const debts = before.map(({ key }) => debtOf(key));
    const steps = before.map((each, index): Counted => ({ owed: debts[index]?.count ?? 0, ...each }));
    const answer = await shared.run(step, steps, clock.now());
    if (!answer) {
      debts.forEach((debt, index) => {
        if (debt) owe(before[index]!.key, debt.count, debt.resetsAt);
      });
      return null;
    }
    appBudgets(provider).forEach((budget, index) => {
      const kept = answer.kept[index]!;
      if (kept.source !== "fresh") ledger.learn(provider, holder, budget, kept);
    });
    return answer;
  };

  const oweOne = (provider: Provider, holder: Holder) => {
    if (!shared) return;
    for (const { key, known } of counted(provider, holder)) owe(key, 1, known.reading.resetsAt);
  };

  /** What counts this one until it has ended; until when it is closed, where it may not be sent. */
  const begin = async (provider: Provider, holder: Holder, reserve: number) => {
    const own = ledger.closedUntil(provider, holder, reserve, shared ? "CONNECTION" : undefined);
    if (own !== null) return ledger.closedUntil(provider, holder, reserve) ?? own;
    const ended = ledger.begin(provider, holder);
    if (!shared || appBudgets(provider).length === 0) return { ended, alone: false };
    const taken = await together(provider, holder, { kind: "take", reserve });
    if (taken?.done) return { ended, alone: false };
    ended();
    if (taken) return closedIn(taken.kept, reserve);
    return ledger.closedUntil(provider, holder, reserve) ?? { ended: ledger.begin(provider, holder), alone: true };
  };

  const settle = async (provider: Provider, holder: Holder, outcome: Outcome | null, alone: boolean) => {
    const before = counted(provider, holder);
    const said = appBudgets(provider).map((budget) => ledger.soundOf(outcome?.budgets, budget));
    ledger.spent(provider, holder, outcome?.budgets);
    const settled = await together(provider, holder, { kind: "settle", said }, before);
    // What was taken from Redis and not settled counts there until the window ends.
    if (!settled && alone) oweOne(provider, holder);
    if (outcome?.kind !== "failed" || outcome.failure.code !== "RATE_LIMITED") return;
    const closed = ledger.refused(provider, holder, outcome.failure.retryAt ?? clock.now() + REFUSED_MS);
    const until = appBudgets(provider).map((budget) => closed.get(budget) ?? null);
    if (until.some((each) => each !== null)) await together(provider, holder, { kind: "close", until });
  };

  return {
    known: ledger.budgets,
    closedUntil: ledger.closedUntil,
    async spend(provider, holder, reserve, send) {
      const begun = await begin(provider, holder, reserve);
      if (typeof begun === "number") return { closedUntil: begun };
      let outcome: Outcome | null = null;
      try {
        const answer = await send();
        outcome = answer.outcome;
        return answer;
      } finally {
        begun.ended();
        await settle(provider, holder, outcome, begun.alone);
      }
    },
    async count(provider) {
      const app = { id: "", budgets: [] };
      if (await together(provider, app, { kind: "count" })) return;
      ledger.counted(provider);
      oweOne(provider, app);
    },
    ready: async () => await shared?.ready(),
    close: () => shared?.close(),
  };
}

/** Until when the ones are closed that leave no more to us than the reserve. */
function closedIn(kept: readonly Kept[], reserve: number): number {
  const closed = kept.filter(({ reading }) => reading.remaining <= leastLeft(reading, reserve));
  // None by what is spent: what is under way takes up the rest.
  return Math.max(...(closed.length > 0 ? closed : kept).map(({ reading }) => reading.resetsAt));
}
