import type { Field } from "../model/fields.js";
import type { Call } from "../providers/provider.js";

/**
 * Which provider calls answer a set of cells at the least cost, the cost being HTTP requests to the provider.
 *
 * Pure: days are epoch-day numbers, undated cells live on the day `UNDATED`, and everything that is known of the world
 * comes in through `PlanInput`. The search is exact within `maxStates`; beyond it the answer is the best of a greedy
 * cover and of each single strategy, improved by dropping what became redundant.
 */
export const UNDATED = Number.NEGATIVE_INFINITY;

export interface PlanInput {
  /** The calls that may be used: the provider's, less those whose scope was not granted. */
  readonly calls: readonly Call[];
  /** Unknown cells by field: epoch days, ascending; `[UNDATED]` for undated fields. */
  readonly wanted: ReadonlyMap<Field, readonly number[]>;
  /** Undated fields whose value is already known: prerequisites among them cost nothing. */
  readonly known: ReadonlySet<Field>;
  readonly today: number;
  /** Records a day that a paged call is expected to answer; the call's own `perDay` where nothing is stored. */
  recordsPerDay?(call: Call): number | undefined;
  readonly maxStates?: number;
}

export interface PlannedRequest {
  readonly call: Call;
  /** Epoch days, inclusive; both `UNDATED` for an undated call. */
  readonly from: number;
  readonly to: number;
  /** The wanted fields that it is there for. */
  readonly fields: ReadonlySet<Field>;
  /** HTTP requests it is reckoned to take. */
  readonly requests: number;
  /** True where the number of pages can't be known beforehand. */
  readonly atLeast: boolean;
}

export interface Plan {
  /** In an order in which prerequisites come first. */
  readonly requests: readonly PlannedRequest[];
  readonly cost: number;
  /** Whether the search ran to its end: then no plan is cheaper. */
  readonly exact: boolean;
  /** Wanted fields that no call yields, or whose prerequisite no call yields. */
  readonly unanswerable: ReadonlySet<Field>;
}

const DEFAULT_MAX_STATES = 20_000;

export function plan(input: PlanInput): Plan {
  const { calls, unanswerable } = usableCalls(input);
  const wanted = [...input.wanted]
    .filter(([field]) => !unanswerable.has(field))
    .map(([field, days]) => [field, days.filter((day) => isReachable(field, day, calls, input.today))] as const)
    .filter(([, days]) => days.length > 0);
  const requests: PlannedRequest[] = [];
  let cost = 0;
  let exact = true;
  for (const part of components(wanted, calls, input.known)) {
    const solved = new Search(part.wanted, part.calls, input).solve();
    requests.push(...solved.chosen.map((choice) => choice.request));
    cost += solved.cost;
    exact &&= solved.exact;
  }
  return { requests: inOrderOfNeed(requests), cost, exact, unanswerable };
}

/** Days and requests of one window of a call that begins on a day; null where the call can't reach that day. */
export function windowOf(
  call: Call,
  start: number,
  lastWanted: number,
  today: number,
  perDay?: number,
): { from: number; to: number; requests: number } | null {
  const { reach } = call;
  switch (reach.kind) {
    case "once":
      return { from: UNDATED, to: UNDATED, requests: 1 };
    case "days":
      return { from: start, to: Math.min(lastWanted, start + reach.max - 1), requests: 1 };
    case "hours": {
      const days = Math.max(1, Math.floor(reach.max / 24));
      const to = Math.min(lastWanted, start + days - 1);
      return { from: start, to, requests: Math.ceil(((to - start + 1) * 24) / reach.max) };
    }
    case "trailing": {
      const from = today - reach.days + 1;
      return start < from || start > today ? null : { from, to: today, requests: 1 };
    }
    case "pages": {
      const to = Math.min(lastWanted, reach.maxDays === undefined ? lastWanted : start + reach.maxDays - 1);
      const records = (to - start + 1) * (perDay ?? reach.perDay);
      return { from: start, to, requests: Math.max(1, Math.ceil(records / reach.size)) };
    }
  }
}

interface Choice {
  readonly request: PlannedRequest;
  readonly surplus: number;
}

/**
 * Lexicographic: requests, then cells not asked for, then fewer windows, then longer reach, then name. What one list
 * answers is not cut up: where pages hold less than reckoned, each part would pay for its own last page.
 */
interface Score {
  readonly cost: number;
  readonly surplus: number;
  readonly windows: number;
  readonly reach: number;
  readonly names: string;
}

function compare(a: Score, b: Score): number {
  return (
    a.cost - b.cost ||
    a.surplus - b.surplus ||
    a.windows - b.windows ||
    b.reach - a.reach ||
    (a.names < b.names ? -1 : a.names > b.names ? 1 : 0)
  );
}

function reachDays(call: Call): number {
  const { reach } = call;
  switch (reach.kind) {
    case "once":
      return 1;
    case "days":
      return reach.max;
    case "hours":
      return Math.max(1, Math.floor(reach.max / 24));
    case "trailing":
      return reach.days;
    case "pages":
      return reach.maxDays ?? 100_000;
  }
}

/** Whether any call can be asked for that day at all: some only ever tell of the last few. */
function isReachable(field: Field, day: number, calls: readonly Call[], today: number): boolean {
  return calls.some((call) => call.yields.includes(field) && windowOf(call, day, day, today) !== null);
}

/** Drops calls whose prerequisites nobody can answer, and names the wanted fields that are then out of reach. */
function usableCalls(input: PlanInput): { calls: readonly Call[]; unanswerable: ReadonlySet<Field> } {
  let calls = input.calls;
  for (;;) {
    const yielded = new Set(calls.flatMap((call) => call.yields));
    const kept = calls.filter((call) => (call.needs ?? []).every((need) => input.known.has(need) || yielded.has(need)));
    if (kept.length === calls.length) {
      return { calls, unanswerable: new Set([...input.wanted.keys()].filter((field) => !yielded.has(field))) };
    }
    calls = kept;
  }
}

type Wanted = readonly (readonly [Field, readonly number[]])[];

/** Splits into parts that share no call: each can be solved alone, which keeps the search small. */
function components(
  wanted: Wanted,
  calls: readonly Call[],
  known: ReadonlySet<Field>,
): { wanted: Wanted; calls: readonly Call[] }[] {
  const parent = new Map<Field, Field>();
  const root = (field: Field): Field => {
    const up = parent.get(field) ?? field;
    return up === field ? field : root(up);
  };
  const asked = new Set(wanted.map(([field]) => field));
  // A call matters if it yields something asked for, or a prerequisite of one that matters.
  const relevant = new Set<Call>();
  const interesting = new Set<Field>(asked);
  for (let grown = true; grown; ) {
    grown = false;
    for (const call of calls) {
      if (relevant.has(call) || !call.yields.some((field) => interesting.has(field))) continue;
      relevant.add(call);
      for (const need of call.needs ?? []) if (!known.has(need)) interesting.add(need);
      grown = true;
    }
  }
  for (const call of relevant) {
    const linked = [...call.yields, ...(call.needs ?? []).filter((need) => !known.has(need))];
    const fields = linked.filter((field) => interesting.has(field));
    for (const field of fields) parent.set(root(field), root(fields[0]!));
  }
  const parts = new Map<Field, { wanted: (readonly [Field, readonly number[]])[]; calls: Call[] }>();
  for (const entry of wanted) {
    const key = root(entry[0]);
    if (!parts.has(key)) parts.set(key, { wanted: [], calls: [] });
    parts.get(key)!.wanted.push(entry);
  }
  for (const call of relevant) {
    const field = call.yields.find((yielded) => interesting.has(yielded))!;
    parts.get(root(field))?.calls.push(call);
  }
  return [...parts.values()];
}

/**
 * Branch and bound over the earliest unanswered day. A window that answers that day may as well begin on it: everything
 * earlier is answered already. So the state is, for each field, the day up to which it is answered.
 */
class Search {
  private readonly fields: readonly Field[];
  private readonly days: readonly (readonly number[])[];
  private readonly callsOf: readonly (readonly Call[])[];
  private readonly indexOf = new Map<Field, number>();
  private readonly maxStates: number;
  private states = 0;
  private exact = true;
  private readonly seen = new Map<string, Score>();
  private best: { score: Score; chosen: readonly Choice[] } | null = null;

  constructor(
    wanted: Wanted,
    private readonly calls: readonly Call[],
    private readonly input: PlanInput,
  ) {
    // Prerequisites get a place too: they become wanted the moment a call that needs them is chosen.
    const asked = new Map(wanted);
    const needed = calls.flatMap((call) => call.needs ?? []).filter((need) => !input.known.has(need));
    this.fields = [...new Set([...asked.keys(), ...needed])];
    this.days = this.fields.map((field) => asked.get(field) ?? []);
    this.fields.forEach((field, index) => {
      this.indexOf.set(field, index);
    });
    this.callsOf = this.fields.map((field) => calls.filter((call) => call.yields.includes(field)));
    this.maxStates = input.maxStates ?? DEFAULT_MAX_STATES;
  }

  solve(): { chosen: readonly Choice[]; cost: number; exact: boolean } {
    for (const first of [null, ...this.calls]) this.offer(this.greedy(first));
    const nothingDone = this.fields.map(() => -1);
    this.explore(nothingDone, new Set(), [], { cost: 0, surplus: 0, windows: 0, reach: 0, names: "" });
    return { chosen: this.best!.chosen, cost: this.best!.score.cost, exact: this.exact };
  }

  /**
   * `done[i]` is the position in `days[i]` of the last answered day. `needs` are prerequisites that chosen calls wait
   * for and that were not wanted for themselves.
   */
  private explore(done: readonly number[], needs: ReadonlySet<number>, chosen: readonly Choice[], score: Score): void {
    if (this.best && score.cost + this.lowerBound(done, needs) > this.best.score.cost) return;
    if (++this.states > this.maxStates) {
      this.exact = false;
      return;
    }
    const key = `${done.join()}|${[...needs].sort().join()}`;
    const before = this.seen.get(key);
    if (before && compare(before, score) <= 0) return;
    this.seen.set(key, score);

    const target = this.earliest(done, needs);
    if (!target) {
      this.offer(chosen);
      return;
    }
    for (const call of this.callsOf[target.field]!) {
      for (const choice of this.windows(call, target.day, done, needs, true)) {
        const after = this.apply(choice, done, needs);
        this.explore(after.done, after.needs, [...chosen, choice], add(score, choice));
      }
    }
  }

  /** The unanswered cell of the earliest day; among equals the one with the fewest calls to choose from. */
  private earliest(done: readonly number[], needs: ReadonlySet<number>): { field: number; day: number } | null {
    let found: { field: number; day: number } | null = null;
    for (let field = 0; field < this.fields.length; field++) {
      const day = needs.has(field) ? UNDATED : this.days[field]![done[field]! + 1];
      if (day === undefined) continue;
      if (
        !found ||
        day < found.day ||
        (day === found.day && this.callsOf[field]!.length < this.callsOf[found.field]!.length)
      ) {
        found = { field, day };
      }
    }
    return found;
  }

  /**
   * The windows of a call that begin on a day and are worth trying: the longest, and for pages each that ends at a gap.
   * Where other calls could go on from there, also each that ends before the next page.
   */
  private windows(
    call: Call,
    day: number,
    done: readonly number[],
    needs: ReadonlySet<number>,
    pageByPage: boolean,
  ): Choice[] {
    const last = this.lastOpen(call, day, Number.POSITIVE_INFINITY, done, needs);
    if (last === null) return [];
    const perDay = this.input.recordsPerDay?.(call);
    const longest = windowOf(call, day, last, this.input.today, perDay);
    if (!longest) return [];
    const ends = new Set<number>();
    if (call.reach.kind === "pages") {
      const price = (end: number) => windowOf(call, day, end, this.input.today, perDay)!.requests;
      const openDays = this.openDays(call, day, done, needs);
      openDays.forEach((open, at) => {
        const next = openDays[at + 1];
        if (open > longest.to) return;
        const isEnd = next === undefined || next > longest.to || next - open > 1;
        if (isEnd || (pageByPage && price(next) > price(open))) ends.add(open);
      });
    } else {
      // Where days are dated the first one is open itself; an undated call has one window whatever its end.
      ends.add(call.reach.kind === "trailing" ? last : (this.lastOpen(call, day, longest.to, done, needs) ?? last));
    }
    return [...ends].map((end) => this.choice(call, windowOf(call, day, end, this.input.today, perDay)!, done, needs));
  }

  /** The last day from one to another that has an open cell of the call; null where none has. */
  private lastOpen(
    call: Call,
    from: number,
    to: number,
    done: readonly number[],
    needs: ReadonlySet<number>,
  ): number | null {
    let last: number | null = null;
    for (const field of call.yields) {
      const index = this.indexOf.get(field);
      if (index === undefined) continue;
      if (last === null && from === UNDATED && needs.has(index)) last = UNDATED;
      const days = this.days[index]!;
      const at = countUntil(days, to) - 1;
      const day = days[at];
      if (day !== undefined && at > done[index]! && day >= from && (last === null || day > last)) last = day;
    }
    return last;
  }

  /** Every day from one on that has an open cell of the call, ascending. */
  private openDays(call: Call, from: number, done: readonly number[], needs: ReadonlySet<number>): readonly number[] {
    const open = new Set<number>();
    for (const field of call.yields) {
      const index = this.indexOf.get(field);
      if (index === undefined) continue;
      if (from === UNDATED && needs.has(index)) open.add(UNDATED);
      const days = this.days[index]!;
      for (let at = Math.max(done[index]! + 1, countBefore(days, from)); at < days.length; at++) open.add(days[at]!);
    }
    return [...open].sort((a, b) => a - b);
  }

  private choice(
    call: Call,
    window: { from: number; to: number; requests: number },
    done: readonly number[],
    needs: ReadonlySet<number>,
  ): Choice {
    const fields = new Set<Field>();
    let asked = 0;
    for (const field of call.yields) {
      const index = this.indexOf.get(field);
      if (index === undefined) continue;
      const days = this.days[index]!;
      const dated = countUntil(days, window.to) - Math.max(done[index]! + 1, countBefore(days, window.from));
      const hits = (needs.has(index) && window.from === UNDATED ? 1 : 0) + Math.max(0, dated);
      if (hits > 0) fields.add(field);
      asked += hits;
    }
    const span = window.from === UNDATED ? 1 : window.to - window.from + 1;
    return {
      request: { call, ...window, fields, atLeast: call.reach.kind === "pages" },
      surplus: call.yields.length * span - asked,
    };
  }

  private apply(
    choice: Choice,
    done: readonly number[],
    needs: ReadonlySet<number>,
  ): { done: number[]; needs: ReadonlySet<number> } {
    const { call, to } = choice.request;
    const after = [...done];
    const waiting = new Set(needs);
    for (const field of call.yields) {
      const index = this.indexOf.get(field);
      if (index === undefined) continue;
      waiting.delete(index);
      const days = this.days[index]!;
      while (after[index]! + 1 < days.length && days[after[index]! + 1]! <= to) after[index]!++;
    }
    for (const need of call.needs ?? []) {
      const index = this.indexOf.get(need);
      if (index === undefined || this.input.known.has(need)) continue;
      // One that is wanted for itself, or was answered by a call chosen before, is already accounted for.
      if (this.days[index]!.length === 0 && after[index]! < 0) waiting.add(index);
    }
    // A prerequisite that is not wanted for itself has no day to mark; it is marked answered by moving past its end.
    for (const field of call.yields) {
      const index = this.indexOf.get(field);
      if (index !== undefined && this.days[index]!.length === 0) after[index] = 0;
    }
    return { done: after, needs: waiting };
  }

  /**
   * Each open cell is given the price 1 / (most cells that one request of any of its calls could answer). No request
   * answers cells worth more than it costs, so the sum bounds the cost from below.
   */
  private lowerBound(done: readonly number[], needs: ReadonlySet<number>): number {
    const price = new Array<number>(this.fields.length).fill(Number.POSITIVE_INFINITY);
    for (const call of this.calls) {
      let most = 0;
      const mine: number[] = [];
      for (const field of call.yields) {
        const index = this.indexOf.get(field);
        if (index === undefined) continue;
        const open = this.days[index]!.length - 1 - done[index]!;
        if (open <= 0 && !needs.has(index)) continue;
        mine.push(index);
        most += Math.min(Math.max(open, 1), reachDays(call));
      }
      for (const index of mine) price[index] = Math.min(price[index]!, 1 / most);
    }
    let bound = 0;
    for (let index = 0; index < this.fields.length; index++) {
      const open = Math.max(0, this.days[index]!.length - 1 - done[index]!);
      const cells = needs.has(index) ? 1 : this.days[index]!.length === 0 ? 0 : open;
      if (cells > 0) bound += cells * price[index]!;
    }
    return Math.ceil(bound - 1e-9);
  }

  /** Always the window with the most new cells for its requests; `first`, if given, answers all it can to begin with. */
  private greedy(first: Call | null): readonly Choice[] {
    let done: readonly number[] = this.fields.map(() => -1);
    let needs: ReadonlySet<number> = new Set<number>();
    const chosen: Choice[] = [];
    for (;;) {
      const target = this.earliest(done, needs);
      if (!target) return chosen;
      const options = this.callsOf[target.field]!.flatMap((call) => this.windows(call, target.day, done, needs, false));
      const preferred = options.filter((option) => option.request.call === first);
      const worth = (option: Choice) => {
        const span = option.request.from === UNDATED ? 1 : option.request.to - option.request.from + 1;
        return (option.request.call.yields.length * span - option.surplus) / option.request.requests;
      };
      const pick = (preferred.length > 0 ? preferred : options).reduce((a, b) => (worth(b) > worth(a) ? b : a));
      chosen.push(pick);
      ({ done, needs } = this.apply(pick, done, needs));
    }
  }

  private offer(chosen: readonly Choice[]): void {
    const score = chosen.reduce(add, { cost: 0, surplus: 0, windows: 0, reach: 0, names: "" });
    if (!this.best || compare(score, this.best.score) < 0) this.best = { score, chosen };
  }
}

/** How many of ascending days are not after one. */
function countUntil(days: readonly number[], day: number): number {
  return countWhile(days, (each) => each <= day);
}

/** How many of ascending days are before one. */
function countBefore(days: readonly number[], day: number): number {
  return countWhile(days, (each) => each < day);
}

function countWhile(days: readonly number[], holds: (day: number) => boolean): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(days[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function add(score: Score, choice: Choice): Score {
  return {
    cost: score.cost + choice.request.requests,
    surplus: score.surplus + choice.surplus,
    windows: score.windows + 1,
    reach: score.reach + reachDays(choice.request.call),
    names: `${score.names}${choice.request.call.name};`,
  };
}

function inOrderOfNeed(requests: readonly PlannedRequest[]): readonly PlannedRequest[] {
  const waiting = [...requests];
  const ordered: PlannedRequest[] = [];
  /** How many of those that wait answer a field. */
  const open = new Map<Field, number>();
  const count = (request: PlannedRequest | undefined, change: number) => {
    for (const field of request?.call.yields ?? []) open.set(field, (open.get(field) ?? 0) + change);
  };
  for (const request of waiting) count(request, 1);
  while (waiting.length > 0) {
    const at = waiting.findIndex((request) => !(request.call.needs ?? []).some((need) => (open.get(need) ?? 0) > 0));
    const [next] = waiting.splice(Math.max(at, 0), 1);
    count(next, -1);
    ordered.push(next!);
  }
  return ordered;
}
