import { LRUCache } from "lru-cache";
import { atMost } from "../bounded.js";
import type { Clock } from "../model/time.js";
import type { Provider } from "../providers/index.js";
import type { Budget, BudgetState } from "../providers/provider.js";
import { isOfWindow } from "../providers/waits.js";

/** Whose budgets: a holder, with what is stored of them. */
export interface Holder {
  readonly id: string;
  readonly budgets: readonly BudgetState[];
}

/**
 * What this process knows of each connection's budgets, and the app's: as the provider last said, or, where it says
 * nothing, as we counted. No request is sent when the ledger says zero.
 */
export interface Ledger {
  /** One reading per declared budget, in the order of declaration. */
  budgets(provider: Provider, holder: Holder): readonly BudgetState[];
  /** After a request: what the provider said of its budgets, if anything. */
  spent(provider: Provider, holder: Holder, heard: readonly BudgetState[] | undefined): void;
  /**
   * Epoch ms until which nothing may be sent; null if something may. `reserve` is the share left for others. With a
   * scope: as far as budgets of that scope are concerned.
   */
  closedUntil(provider: Provider, holder: Holder, reserve?: number, scope?: Budget["scope"]): number | null;
  /**
   * Before a request: until the returned function is called it counts against every budget, so that several at once
   * don't all take the last one.
   */
  begin(provider: Provider, holder: Holder): () => void;
  /**
   * A refusal closes the budgets that are at their end until then; where none is known to be, the connection's own: one
   * person's limit must not shut out everybody. Of several it is the one with the shortest window that can ask for such
   * a wait. No budget stays closed for longer than its window. Answers which were closed, and until when.
   */
  refused(provider: Provider, holder: Holder, retryAt: number): ReadonlyMap<Budget, number>;
  /** One request in the app's own name. */
  counted(provider: Provider): void;
  /** What an answer said of a budget; undefined where it is of a window that is over: the clock overtook it. */
  soundOf(heard: readonly BudgetState[] | undefined, budget: Budget): BudgetState | undefined;
  /** What is known of one budget, and what another process counted of it. */
  known(provider: Provider, holder: Holder, budget: Budget): Kept;
  learn(provider: Provider, holder: Holder, budget: Budget, kept: Kept): void;
}

export interface Kept {
  readonly reading: BudgetState;
  /** Whether the provider said so, or it is our own count; `fresh`: no request of this window is known. */
  readonly source: "fresh" | "counted" | "told";
}

/**
 * What is left of an app's budget to requests that may be refused: its tokens come out of the same one, and a refresh
 * can't be refused without costing a person their connection.
 */
export const TOKEN_SHARE = 1 / 20;

/** A request that may be refused is, where no more than this is left. */
export function leastLeft({ scope, limit }: BudgetState, reserve: number): number {
  // Of a budget of one request nothing can be kept.
  const tokens = scope === "APP" ? Math.min(Math.ceil(limit * TOKEN_SHARE), limit - 1) : 0;
  return Math.max(limit * reserve, tokens);
}

/** Two answers tell the end of one window in whole seconds, counted from when each was sent. */
const SAME_WINDOW_MS = 1000;

export function createLedger(clock: Clock): Ledger {
  // Bounded: every header token is a connection of its own.
  const readings = new LRUCache<string, Kept>(atMost(50_000));
  const underWay = new Map<string, number>();

  const keyOf = (provider: Provider, holder: Holder, budget: Budget | BudgetState) =>
    `${provider.id}/${budget.scope === "APP" ? "" : holder.id}/${budget.windowSeconds}`;

  function current(provider: Provider, holder: Holder, budget: Budget): Kept {
    const now = clock.now();
    const kept = readings.get(keyOf(provider, holder, budget));
    if (kept && isOfWindow(kept.reading, now)) return kept;
    const stored = holder.budgets.find((each) => isSame(each, budget));
    if (stored && isOfWindow(stored, now)) return { reading: stored, source: "counted" };
    const windowMs = budget.windowSeconds * 1000;
    const resetsAt = budget.window === "clock" ? (Math.floor(now / windowMs) + 1) * windowMs : now + windowMs;
    const { scope, windowSeconds, limit } = budget;
    return { reading: { scope, windowSeconds, limit, remaining: limit, resetsAt }, source: "fresh" };
  }

  /** What is known after an answer that said `said` of a budget of which `kept` was known before it. */
  function afterAnswer({ reading, source }: Kept, said: BudgetState | undefined): Kept {
    const told = source === "told";
    const counted: Kept = {
      reading: { ...reading, remaining: Math.max(0, reading.remaining - 1) },
      source: told ? "told" : "counted",
    };
    if (!said) return counted;
    if (!told) return { reading: said, source: "told" };
    // Closed is closed until its end: whatever says otherwise before was sent before.
    if (reading.remaining === 0) return { reading, source };
    // Answers overtake one another: within one window the provider's remainder only ever falls.
    const isOneWindow = said.resetsAt <= reading.resetsAt + SAME_WINDOW_MS;
    const remaining = isOneWindow ? Math.min(said.remaining, reading.remaining) : said.remaining;
    return { reading: { ...said, remaining }, source: "told" };
  }

  const soundOf: Ledger["soundOf"] = (heard, budget) => {
    const said = heard?.find((each) => isSame(each, budget));
    return said && isOfWindow(said, clock.now()) ? said : undefined;
  };

  return {
    soundOf,

    budgets: (provider, holder) => provider.budgets.map((budget) => current(provider, holder, budget).reading),

    spent(provider, holder, heard) {
      for (const budget of provider.budgets) {
        const next = afterAnswer(current(provider, holder, budget), soundOf(heard, budget));
        readings.set(keyOf(provider, holder, budget), next);
      }
    },

    begin(provider, holder) {
      const keys = provider.budgets.map((budget) => keyOf(provider, holder, budget));
      for (const key of keys) underWay.set(key, (underWay.get(key) ?? 0) + 1);
      return () => {
        for (const key of keys) {
          const left = (underWay.get(key) ?? 1) - 1;
          if (left > 0) underWay.set(key, left);
          else underWay.delete(key);
        }
      };
    },

    closedUntil(provider, holder, reserve = 0, scope) {
      const closed = provider.budgets
        .filter((budget) => scope === undefined || budget.scope === scope)
        .map((budget) => ({
          reading: current(provider, holder, budget).reading,
          underWay: underWay.get(keyOf(provider, holder, budget)) ?? 0,
        }))
        .filter(({ reading, underWay }) => reading.remaining - underWay <= leastLeft(reading, reserve));
      return closed.length === 0 ? null : Math.max(...closed.map(({ reading }) => reading.resetsAt));
    },

    refused(provider, holder, retryAt) {
      const now = clock.now();
      const all = provider.budgets
        .map((budget) => ({ budget, before: current(provider, holder, budget) }))
        .sort((a, b) => a.budget.windowSeconds - b.budget.windowSeconds);
      const canAsk = ({ budget }: (typeof all)[number]) => retryAt <= now + budget.windowSeconds * 1000;
      const used = all.filter(({ before }) => before.reading.remaining === 0);
      const own = all.filter(({ budget }) => budget.scope === "CONNECTION");
      const unknown = own.length > 0 ? own : all;
      const usedThatCan = used.filter(canAsk);
      const hit = usedThatCan.length > 0 ? usedThatCan : [unknown.find(canAsk) ?? used.at(-1) ?? unknown.at(-1)];
      const closed = new Map<Budget, number>();
      for (const each of hit) {
        if (!each) continue;
        const { budget, before } = each;
        // Where the provider told the end of a budget that is used up, a shorter wait is another budget's.
        const known = before.source === "told" && before.reading.remaining === 0 ? before.reading.resetsAt : now + 1;
        const resetsAt = Math.min(Math.max(retryAt, known), now + budget.windowSeconds * 1000);
        const reading = { ...before.reading, remaining: 0, resetsAt };
        readings.set(keyOf(provider, holder, budget), { reading, source: "told" });
        closed.set(budget, resetsAt);
      }
      return closed;
    },

    counted(provider) {
      const app = { id: "", budgets: [] };
      for (const budget of provider.budgets.filter(({ scope }) => scope === "APP"))
        readings.set(keyOf(provider, app, budget), afterAnswer(current(provider, app, budget), undefined));
    },

    known: current,

    learn(provider, holder, budget, { reading, source }) {
      // The clocks of two replicas differ: seen from here, no window lasts longer than a whole one.
      const resetsAt = Math.min(reading.resetsAt, clock.now() + budget.windowSeconds * 1000);
      readings.set(keyOf(provider, holder, budget), { reading: { ...reading, resetsAt }, source });
    },
  };
}

function isSame(reading: BudgetState, budget: Budget): boolean {
  return reading.scope === budget.scope && reading.windowSeconds === budget.windowSeconds;
}
