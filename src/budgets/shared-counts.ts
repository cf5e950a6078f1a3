import type { Log } from "../log.js";
import type { BudgetState } from "../providers/provider.js";
import { BriskRedis } from "../store/brisk-redis.js";
import { type Kept, TOKEN_SHARE } from "./ledger.js";

/** One budget of an app, in a step that all replicas see. */
export interface Counted {
  readonly key: string;
  readonly windowSeconds: number;
  /** What this process knows: taken where Redis knows nothing of the window. */
  readonly known: Kept;
  /** Requests that this process counted by itself while Redis was away. */
  readonly owed: number;
}

/** What is done to each of the budgets, all in one step. */
export type Step =
  /** One request begins, unless one of them is closed to it. */
  | { readonly kind: "take"; readonly reserve: number }
  /** One request that may not be refused. */
  | { readonly kind: "count" }
  /** A request ended: what its answer said of each. */
  | { readonly kind: "settle"; readonly said: readonly (BudgetState | undefined)[] }
  /** Until when each is closed; null where it is not. */
  | { readonly kind: "close"; readonly until: readonly (number | null)[] };

export interface SharedCounts {
  /** What is known of each afterwards; null where Redis is away. `done`: false where a request may not be sent. */
  run(
    step: Step,
    budgets: readonly Counted[],
    now: number,
  ): Promise<{ readonly done: boolean; readonly kept: readonly Kept[] } | null>;
  /** Resolves once Redis counts: until then this process counts by itself. */
  ready(): Promise<void>;
  close(): void;
}

/**
 * The ledger's rules, in one command over all budgets of a provider. KEYS: a hash for each budget. ARGV: the step, now,
 * and for each key: the window, what the caller knows (limit, remaining, end, source), what it owes, and up to three
 * values of the step. Sources: 0 nobody counted yet, 1 counted, 2 told by the provider. Answers whether the step was
 * done, and limit, remaining, end and source of each. `underWay` begins anew with each window, so that what a process
 * took and never settled, since it was killed, is left out after it.
 */
const STEP = `
local step, now = ARGV[1], tonumber(ARGV[2])
local all, done = {}, 1
for i, key in ipairs(KEYS) do
  local at = 2 + (i - 1) * 9
  local b = {}
  for n = 1, 9 do b[n] = tonumber(ARGV[at + n]) end
  local kept = redis.call('HMGET', key, 'limit', 'remaining', 'resetsAt', 'source', 'underWay')
  b.limit, b.remaining, b.resetsAt, b.source = tonumber(kept[1]), tonumber(kept[2]), tonumber(kept[3]), tonumber(kept[4])
  b.underWay = tonumber(kept[5]) or 0
  local over = b.resetsAt == nil or b.resetsAt <= now
  if over then b.underWay = 0 end
  if over or b.source == 0 then b.limit, b.remaining, b.resetsAt, b.source = b[2], b[3], b[4], b[5] end
  if b[6] > 0 then b.remaining, b.source = math.max(0, b.remaining - b[6]), math.max(1, b.source) end
  if step == 'take' then
    local least = math.max(b.limit * b[7], math.min(math.ceil(b.limit * b[8]), b.limit - 1))
    if b.remaining - b.underWay <= least then done = 0 end
  end
  all[i] = b
end
local answer = { done }
for i, key in ipairs(KEYS) do
  local b = all[i]
  if step == 'take' then b.underWay = b.underWay + done
  elseif step == 'settle' then b.underWay = math.max(0, b.underWay - 1) end
  local said = step == 'settle' and b[7] or nil
  if step == 'count' or (step == 'settle' and not said) then
    b.remaining, b.source = math.max(0, b.remaining - 1), math.max(1, b.source)
  elseif said and not (b.source == 2 and b.remaining == 0) then
    if b.source == 2 and b[8] <= b.resetsAt + 1000 then said = math.min(said, b.remaining) end
    b.limit, b.remaining, b.resetsAt, b.source = b[9], said, b[8], 2
  elseif step == 'close' and b[7] then
    b.remaining, b.resetsAt, b.source = 0, b[7], 2
  end
  redis.call('HSET', key, 'limit', b.limit, 'remaining', b.remaining, 'resetsAt', b.resetsAt, 'source', b.source,
    'underWay', b.underWay)
  redis.call('PEXPIRE', key, 2 * b[1])
  for _, value in ipairs({ b.limit, b.remaining, b.resetsAt, b.source }) do answer[#answer + 1] = value end
end
return answer`;

const sources = ["fresh", "counted", "told"] as const;

type Client = BriskRedis & { stepBudgets(keys: number, ...rest: (string | number)[]): Promise<number[]> };

export function createSharedCounts({
  redisUrl,
  log,
}: {
  readonly redisUrl: string;
  readonly log: Pick<Log, "info" | "warn">;
}): SharedCounts {
  const redis = new BriskRedis(redisUrl) as Client;
  redis.defineCommand("stepBudgets", { lua: STEP });
  let alone = false;

  return {
    run: async (step, budgets, now) => {
      const keys = budgets.map(({ key }) => `pulsegate:budget:${key}`);
      const values = budgets.flatMap(({ windowSeconds, known, owed }, index) => {
        const { limit, remaining, resetsAt } = known.reading;
        // What is owed is in what is known already.
        const before = [limit, Math.min(limit, remaining + owed), resetsAt, sources.indexOf(known.source)];
        return [windowSeconds * 1000, ...before, owed, ...valuesOf(step, index)];
      });
      try {
        const answer = await redis.stepBudgets(keys.length, ...keys, step.kind, now, ...values);
        if (alone) log.info({}, "the budgets that an app has at a provider are counted over all replicas again");
        alone = false;
        const kept = budgets.map(({ known }, index) => keptOf(known, answer.slice(1 + index * 4)));
        return { done: answer[0] === 1, kept };
      } catch (error) {
        if (!alone)
          log.warn(
            { reason: (error as Error).name },
            "Redis does not answer: this replica counts by itself what the app may still ask of providers",
          );
        alone = true;
        return null;
      }
    },
    ready: () => redis.connected(),
    close: () => redis.disconnect(),
  };
}

/** Three for each budget; what is left out is empty. */
function valuesOf(step: Step, index: number): readonly (number | "")[] {
  if (step.kind === "take") return [step.reserve, TOKEN_SHARE, ""];
  if (step.kind === "close") return [step.until[index] ?? "", "", ""];
  const said = step.kind === "settle" ? step.said[index] : undefined;
  return said ? [said.remaining, said.resetsAt, said.limit] : ["", "", ""];
}

function keptOf({ reading }: Kept, [limit, remaining, resetsAt, source]: readonly number[]): Kept {
  return {
    reading: { ...reading, limit: limit!, remaining: remaining!, resetsAt: resetsAt! },
    source: sources[source!]!,
  };
}
