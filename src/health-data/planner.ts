import { type Field, isDated } from "../model/fields.js";
import type { Call } from "../providers/provider.js";
import { UNDATED } from "./days.js";

/**
 * Which provider calls answer a set of cells at the least cost, the cost being HTTP requests to the provider.
 *
 * Pure: days are epoch-day numbers, undated cells live on the day `UNDATED`, and everything that is known of the world
 * comes in through `PlanInput`. The search is exact within `maxStates` and `DEEPEST`; beyond them the answer is the best
 * of a greedy cover and of each single strategy, improved by dropping what became redundant.
 */
export interface PlanInput {
  /** The calls that may be used: the provider's, less those whose scope was not granted. */
  readonly calls: readonly Call[];
  /** Unknown cells by field: epoch days, ascending; `[UNDATED]` for undated fields. */
  readonly wanted: ReadonlyMap<Field, readonly number[]>;
  /** Undated fields whose value is already known: prerequisites among them cost nothing. */
  readonly known: ReadonlySet<Field>;
  /** The same of one day of a dated field. Left out: nothing is known. */
  isKnown?(field: Field, day: number): boolean;
  readonly today: number;
  /** The epoch day of the consent, for calls that tell nothing of the time before. Left out: all days are after it. */
  readonly connectedOn?: number;
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
  /** OpenDays fields that no call yields, or whose prerequisite no call yields. */
  readonly unanswerable: ReadonlySet<Field>;
  /** OpenDays days that no call reaches back to. */
  readonly outOfReach: ReadonlyMap<Field, readonly number[]>;
}

const DEFAULT_MAX_STATES = 20_000;
/** Requests of one plan that are searched through: the search calls itself for each, and the call stack ends. */
const DEEPEST = 3_000;

export function plan(input: PlanInput): Plan {
  const { calls, unanswerable } = usableCalls(input);
  const answerable = [...input.wanted].filter(([field]) => !unanswerable.has(field));
  const inReach = (field: Field) => (day: number) => isReachable(field, day, calls, input);
  const wanted = answerable
    .map(([field, days]) => [field, days.filter(inReach(field))] as const)
    .filter(([, days]) => days.length > 0);
  const outOfReach = new Map(
    answerable
      .map(([field, days]) => [field, days.filter((day) => !inReach(field)(day))] as const)
      .filter(([, days]) => days.length > 0),
  );
  const requests: PlannedRequest[] = [];
  let cost = 0;
  let exact = true;
  for (const part of components(withInevitable(wanted, calls, input), calls, input.known)) {
    const solved = new Search(part.wanted, part.calls, input).solve();
    requests.push(...solved.chosen.map((choice) => choice.request));
    cost += solved.cost;
    exact &&= solved.exact;
  }
  return { requests: inOrderOfNeed(requests), cost, exact, unanswerable, outOfReach };
}

/** What limits the days that can be requested. */
type Bounds = Pick<PlanInput, "today" | "connectedOn">;

/** Days and requests of one window of a call that begins on a day; null where the call can't reach that day. */
export function windowOf(
  call: Call,
  start: number,
  lastWanted: number,
  { today, connectedOn }: Bounds,
  perDay?: number,
): { from: number; to: number; requests: number } | null {
  const { reach } = call;
  const earliest = (call.sinceConnection ? connectedOn : undefined) ?? Number.NEGATIVE_INFINITY;
  if (start < earliest && reach.kind !== "once") return null;
  if ("back" in reach && reach.back !== undefined && start <= today - reach.back) return null;
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
      const from = Math.max(today - reach.days + 1, earliest);
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
  /** From its first unanswered day to its last: the days whose prerequisites it waits for. */
  readonly open: { readonly from: number; readonly to: number };
}

/** Open days, ascending, of prerequisites that were not wanted for themselves, by the place of the field. */
type Needs = ReadonlyMap<number, readonly number[]>;
const noNeeds: Needs = new Map();

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
export function isReachable(field: Field, day: number, calls: readonly Call[], bounds: Bounds): boolean {
  return calls.some((call) => call.yields.includes(field) && windowOf(call, day, day, bounds) !== null);
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

/**
 * Adds the days of dated prerequisites that are needed whatever is chosen: with them, the search sees from the start what
 * their calls can answer at once.
 */
function withInevitable(wanted: OpenDays, calls: readonly Call[], input: PlanInput): OpenDays {
  if (!calls.some((call) => call.needs?.some(isDated))) return wanted;
  const all = new Map(wanted.map(([field, days]) => [field, new Set(days)]));
  // What is added to the map while it is walked is walked too; what is added to a field walked before is rare, and left
  // to the search.
  for (const [field, days] of all) {
    const able = calls.filter((call) => call.yields.includes(field));
    for (const day of days) {
      const reaching = able.filter((call) => windowOf(call, day, day, input) !== null);
      const inevitable = (reaching[0]?.needs ?? []).filter(
        (need) => isDated(need) && reaching.every((call) => call.needs?.includes(need)),
      );
      for (const need of inevitable) {
        if (input.isKnown?.(need, day) || !isReachable(need, day, calls, input)) continue;
        all.set(need, (all.get(need) ?? new Set()).add(day));
      }
    }
  }
  return [...all].map(([field, days]) => [field, [...days].sort((a, b) => a - b)] as const);
}

type OpenDays = readonly (readonly [Field, readonly number[]])[];

/** Splits into parts that share no call: each can be solved alone, which keeps the search small. */
function components(
  wanted: OpenDays,
  calls: readonly Call[],
  known: ReadonlySet<Field>,
): { wanted: OpenDays; calls: readonly Call[] }[] {
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
  private readonly datedNeeds: readonly Field[];
  /** The wanted days of what may need each of those. */
  private readonly needy: ReadonlyMap<Field, readonly number[]>;
  private states = 0;
  private exact = true;
  private readonly seen = new Map<string, Score>();
  private best: { score: Score; chosen: readonly Choice[] } | null = null;

  constructor(
    wanted: OpenDays,
    private readonly calls: readonly Call[],
    private readonly input: PlanInput,
  ) {
    // Prerequisites get a place too: they become wanted the moment a call that needs them is chosen.
    const asked = new Map(wanted);
    const needed = calls.flatMap((call) => call.needs ?? []).filter((need) => !input.known.has(need));
    this.fields = [...new Set([...asked.keys(), ...needed])];
    this.datedNeeds = [...new Set(needed)].filter(isDated);
    this.days = this.fields.map((field) => asked.get(field) ?? []);
    this.fields.forEach((field, index) => {
      this.indexOf.set(field, index);
    });
    this.needy = new Map(this.datedNeeds.map((need) => [need, this.daysThatMayNeed(need, new Set())]));
    this.callsOf = this.fields.map((field) => calls.filter((call) => call.yields.includes(field)));
    this.maxStates = input.maxStates ?? DEFAULT_MAX_STATES;
  }

  solve(): { chosen: readonly Choice[]; cost: number; exact: boolean } {
    for (const first of [null, ...this.calls]) this.offer(this.greedy(first));
    const nothingDone = this.fields.map(() => -1);
    this.explore(nothingDone, noNeeds, [], { cost: 0, surplus: 0, windows: 0, reach: 0, names: "" });
    return { chosen: this.best!.chosen, cost: this.best!.score.cost, exact: this.exact };
  }

  /**
   * `done[i]` is the position in `days[i]` of the last answered day. `needs` are prerequisites that chosen calls wait
   * for and that were not wanted for themselves.
   */
  private explore(done: readonly number[], needs: Needs, chosen: readonly Choice[], score: Score): void {
    if (this.best && score.cost + this.lowerBound(done, needs) > this.best.score.cost) return;
    if (++this.states > this.maxStates || chosen.length > DEEPEST) {
      this.exact = false;
      return;
    }
    const key = this.stateOf(done, needs, chosen);
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
        const after = this.apply(choice, done, needs, chosen);
        this.explore(after.done, after.needs, [...chosen, choice], add(score, choice));
      }
    }
  }

  /**
   * Of the days of dated prerequisites that chosen requests answer beyond what was wanted, only the last counts: each
   * window began at or before the earliest day that is open now.
   */
  private stateOf(done: readonly number[], needs: Needs, chosen: readonly Choice[]): string {
    const open = [...needs].sort(([a], [b]) => a - b).map(([index, days]) => `${index}:${days.join()}`);
    const reached = this.datedNeeds.map((field) =>
      chosen.reduce(
        (last, { request }) => (request.call.yields.includes(field) ? Math.max(last, request.to) : last),
        0,
      ),
    );
    return `${done.join()}|${open.join(";")}|${reached.join()}`;
  }

  /**
   * The days on which a request may wait for a prerequisite, ascending: wanted ones, those that others may need in turn,
   * and those between two of them that one request can take together.
   */
  private daysThatMayNeed(need: Field, above: ReadonlySet<Field>): readonly number[] {
    if (above.has(need)) return [];
    const here = new Set(above).add(need);
    const all = new Set<number>();
    for (const call of this.calls) {
      if (!call.needs?.includes(need)) continue;
      const own = new Set<number>();
      for (const field of call.yields) {
        const index = this.indexOf.get(field);
        if (index === undefined) continue;
        for (const day of this.days[index]!) own.add(day);
        for (const day of this.daysThatMayNeed(field, here)) own.add(day);
      }
      const reach = reachDays(call);
      [...own]
        .sort((a, b) => a - b)
        .forEach((day, at, days) => {
          all.add(day);
          const before = days[at - 1];
          if (before === undefined || day - before >= reach) return;
          for (let between = before + 1; between < day; between++) all.add(between);
        });
    }
    return [...all].sort((a, b) => a - b);
  }

  /** The unanswered cell of the earliest day; among equals the one with the fewest calls to choose from. */
  private earliest(done: readonly number[], needs: Needs): { field: number; day: number } | null {
    let found: { field: number; day: number } | null = null;
    for (let field = 0; field < this.fields.length; field++) {
      const wanted = this.days[field]![done[field]! + 1];
      const needed = needs.get(field)?.[0];
      if (wanted === undefined && needed === undefined) continue;
      const day = Math.min(wanted ?? Number.POSITIVE_INFINITY, needed ?? Number.POSITIVE_INFINITY);
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
  private windows(call: Call, day: number, done: readonly number[], needs: Needs, pageByPage: boolean): Choice[] {
    const last = this.lastOpen(call, day, Number.POSITIVE_INFINITY, done, needs);
    if (last === null) return [];
    const perDay = this.input.recordsPerDay?.(call);
    const longest = windowOf(call, day, last, this.input, perDay);
    if (!longest) return [];
    const ends = new Set<number>();
    if (call.reach.kind !== "pages" && pageByPage && this.hasDatedNeeds(call)) {
      // A shorter window may need less to be asked before.
      for (const open of this.openDays(call, day, done, needs)) if (open <= longest.to) ends.add(open);
    } else if (call.reach.kind === "pages") {
      const price = (end: number) => windowOf(call, day, end, this.input, perDay)!.requests;
      const openDays = this.openDays(call, day, done, needs);
      openDays.forEach((open, at) => {
        const next = openDays[at + 1];
        if (open > longest.to) return;
        const isEnd = next === undefined || next > longest.to || next - open > 1;
        const mayGoOn = pageByPage && (price(next!) > price(open) || this.hasDatedNeeds(call));
        if (isEnd || mayGoOn) ends.add(open);
      });
    } else {
      // Where days are dated the first one is open itself; an undated call has one window whatever its end.
      ends.add(call.reach.kind === "trailing" ? last : (this.lastOpen(call, day, longest.to, done, needs) ?? last));
    }
    for (const end of this.mayBeNeeded(call, day, perDay, pageByPage)) ends.add(end);
    return [...ends].map((end) => {
      const window = windowOf(call, day, end, this.input, perDay)!;
      return this.choice(call, window, { from: day, to: end }, done, needs);
    });
  }

  /** The last day from one to another that has an open cell of the call; null where none has. */
  private lastOpen(call: Call, from: number, to: number, done: readonly number[], needs: Needs): number | null {
    let last: number | null = null;
    for (const field of call.yields) {
      const index = this.indexOf.get(field);
      if (index === undefined) continue;
      for (const day of needs.get(index) ?? []) {
        if (day >= from && day <= to && (last === null || day > last)) last = day;
      }
      const days = this.days[index]!;
      const at = countUntil(days, to) - 1;
      const day = days[at];
      if (day !== undefined && at > done[index]! && day >= from && (last === null || day > last)) last = day;
    }
    return last;
  }

  /** Every day from one on that has an open cell of the call, ascending. */
  private openDays(call: Call, from: number, done: readonly number[], needs: Needs): readonly number[] {
    const open = new Set<number>();
    for (const field of call.yields) {
      const index = this.indexOf.get(field);
      if (index === undefined) continue;
      for (const day of needs.get(index) ?? []) if (day >= from) open.add(day);
      const days = this.days[index]!;
      for (let at = Math.max(done[index]! + 1, countBefore(days, from)); at < days.length; at++) open.add(days[at]!);
    }
    return [...open].sort((a, b) => a - b);
  }

  private choice(
    call: Call,
    window: { from: number; to: number; requests: number },
    open: Choice["open"],
    done: readonly number[],
    needs: Needs,
  ): Choice {
    const fields = new Set<Field>();
    let asked = 0;
    for (const field of call.yields) {
      const index = this.indexOf.get(field);
      if (index === undefined) continue;
      const days = this.days[index]!;
      const dated = countUntil(days, window.to) - Math.max(done[index]! + 1, countBefore(days, window.from));
      const needed = (needs.get(index) ?? []).filter((day) => day >= window.from && day <= window.to).length;
      const hits = needed + Math.max(0, dated);
      if (hits > 0) fields.add(field);
      asked += hits;
    }
    const span = window.from === UNDATED ? 1 : window.to - window.from + 1;
    return {
      request: { call, ...window, fields, atLeast: call.reach.kind === "pages" },
      surplus: call.yields.length * span - asked,
      open,
    };
  }

  private apply(
    choice: Choice,
    done: readonly number[],
    needs: Needs,
    chosen: readonly Choice[],
  ): { done: number[]; needs: Needs } {
    const { call, to } = choice.request;
    const after = [...done];
    const waiting = new Map(needs);
    for (const field of call.yields) {
      const index = this.indexOf.get(field);
      if (index === undefined) continue;
      keep(
        waiting,
        index,
        (waiting.get(index) ?? []).filter((day) => day > to),
      );
      const days = this.days[index]!;
      while (after[index]! + 1 < days.length && days[after[index]! + 1]! <= to) after[index]!++;
    }
    for (const need of call.needs ?? []) {
      const index = this.indexOf.get(need);
      if (index === undefined || this.input.known.has(need)) continue;
      if (isDated(need)) {
        const more = this.openNeeds(need, choice.open, [...chosen, choice]);
        keep(
          waiting,
          index,
          [...new Set([...(waiting.get(index) ?? []), ...more])].sort((a, b) => a - b),
        );
        continue;
      }
      // One that is wanted for itself, or was answered by a call chosen before, is already accounted for.
      if (this.days[index]!.length === 0 && after[index]! < 0) waiting.set(index, [UNDATED]);
    }
    // A prerequisite that is not wanted for itself has no day to mark; it is marked answered by moving past its end.
    for (const field of call.yields) {
      const index = this.indexOf.get(field);
      if (index !== undefined && this.days[index]!.length === 0 && !isDated(field)) after[index] = 0;
    }
    return { done: after, needs: waiting };
  }

  /**
   * The days of a dated prerequisite that nothing answers yet. Days that were wanted for themselves are answered in any
   * case, and those that no call reaches stay unknown to who needs them.
   */
  private openNeeds(need: Field, { from, to }: Choice["open"], chosen: readonly Choice[]): readonly number[] {
    const wanted = this.days[this.indexOf.get(need)!]!;
    const open: number[] = [];
    for (let day = from; day <= to; day++) {
      const isAnswered = chosen.some(
        ({ request }) => request.call.yields.includes(need) && request.from <= day && request.to >= day,
      );
      if (isAnswered || wanted.includes(day) || this.input.isKnown?.(need, day)) continue;
      if (isReachable(need, day, this.calls, this.input)) open.push(day);
    }
    return open;
  }

  /**
   * Ends on days that are not open, and that calls chosen later may need. The last suffices where a longer window costs
   * no more: one that costs by its length, or needs something of each of its days, may be better off with an earlier one.
   */
  private mayBeNeeded(call: Call, day: number, perDay: number | undefined, each: boolean): readonly number[] {
    const days = this.datedNeeds.filter((need) => call.yields.includes(need)).flatMap((need) => this.needy.get(need)!);
    if (days.length === 0 || day === UNDATED || call.reach.kind === "trailing") return [];
    const { to } = windowOf(call, day, Math.max(day, ...days), this.input, perDay)!;
    const within = days.filter((one) => one >= day && one <= to).sort((a, b) => a - b);
    return each && (call.reach.kind !== "days" || this.hasDatedNeeds(call)) ? within : within.slice(-1);
  }

  private hasDatedNeeds(call: Call): boolean {
    return this.datedNeeds.length > 0 && (call.needs ?? []).some(isDated);
  }

  /**
   * Each open cell is given the price 1 / (most cells that one request of any of its calls could answer). No request
   * answers cells worth more than it costs, so the sum bounds the cost from below.
   */
  private lowerBound(done: readonly number[], needs: Needs): number {
    const price = new Array<number>(this.fields.length).fill(Number.POSITIVE_INFINITY);
    for (const call of this.calls) {
      let most = 0;
      const mine: number[] = [];
      for (const field of call.yields) {
        const index = this.indexOf.get(field);
        if (index === undefined) continue;
        const open = this.days[index]!.length - 1 - done[index]!;
        const needed = needs.get(index)?.length ?? 0;
        if (open <= 0 && needed === 0) continue;
        mine.push(index);
        most += Math.min(Math.max(open, 0) + needed, reachDays(call));
      }
      for (const index of mine) price[index] = Math.min(price[index]!, 1 / most);
    }
    let bound = 0;
    for (let index = 0; index < this.fields.length; index++) {
      const open = Math.max(0, this.days[index]!.length - 1 - done[index]!);
      const cells = open + (needs.get(index)?.length ?? 0);
      if (cells > 0) bound += cells * price[index]!;
    }
    return Math.ceil(bound - 1e-9);
  }

  /** Always the window with the most new cells for its requests; `first`, if given, answers all it can to begin with. */
  private greedy(first: Call | null): readonly Choice[] {
    let done: readonly number[] = this.fields.map(() => -1);
    let needs = noNeeds;
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
      ({ done, needs } = this.apply(pick, done, needs, chosen));
      chosen.push(pick);
    }
  }

  private offer(chosen: readonly Choice[]): void {
    const score = chosen.reduce(add, { cost: 0, surplus: 0, windows: 0, reach: 0, names: "" });
    if (!this.best || compare(score, this.best.score) < 0) this.best = { score, chosen };
  }
}

function keep(needs: Map<number, readonly number[]>, index: number, days: readonly number[]): void {
  if (days.length > 0) needs.set(index, days);
  else needs.delete(index);
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
