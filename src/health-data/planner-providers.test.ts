/** The planner over the calls that providers declare: what anybody may want of them costs what brute force finds. */
import fc from "fast-check";
import { type Field, isDated } from "../model/fields.js";
import { providers } from "../providers/index.js";
import { type Call, fieldsOf } from "../providers/provider.js";
import { UNDATED } from "./days.js";
import { type PlanInput, plan, windowOf } from "./planner.js";

const TODAY = 400;

/** What is wanted, and all that calls which answer it may need. */
function concerned(calls: readonly Call[], fields: readonly Field[]): readonly Call[] {
  const found = new Set<Call>();
  const open = [...fields];
  for (let field = open.pop(); field; field = open.pop()) {
    for (const call of calls) {
      if (found.has(call) || !call.yields.includes(field)) continue;
      found.add(call);
      open.push(...(call.needs ?? []));
    }
  }
  return [...found];
}

/** Whether any call tells of a field on a day. */
const isReached = ({ calls, ...bounds }: PlanInput, field: Field, day: number) =>
  !isDated(field) || calls.some((call) => call.yields.includes(field) && windowOf(call, day, day, bounds) !== null);

/** The least cost over every set of windows from one of these days to another. */
function bruteForce(given: PlanInput, days: readonly number[]): number {
  const { calls, wanted, known, ...bounds } = given;
  const bits = new Map<string, bigint>();
  const cell = (field: Field, day: number): bigint => {
    const key = `${field}@${isDated(field) ? day : UNDATED}`;
    const bit = bits.get(key) ?? 1n << BigInt(bits.size);
    bits.set(key, bit);
    return bit;
  };
  const over = (fields: readonly Field[], of: readonly number[]) =>
    fields.reduce(
      (mask, field) =>
        of.filter((day) => isReached(given, field, day)).reduce((all, day) => all | cell(field, day), mask),
      0n,
    );
  const asked = [...wanted].reduce((mask, [field, of]) => mask | over([field], of), 0n);
  const windows = concerned(calls, [...wanted.keys()]).flatMap((call) => {
    if (call.reach.kind === "once")
      return [{ cost: 1, covers: over(call.yields, [0]), needs: over(call.needs ?? [], [0]) }];
    return days.flatMap((start) =>
      days.flatMap((end) => {
        const window = start <= end ? windowOf(call, start, end, bounds) : null;
        if (window === null || window.to < end || (window.to > end && call.reach.kind !== "trailing")) return [];
        const of = days.filter((day) => window.from <= day && day <= window.to);
        return [{ cost: window.requests, covers: over(call.yields, of), needs: over(call.needs ?? [], of) }];
      }),
    );
  });
  const had = [...known].reduce((mask, field) => mask | cell(field, UNDATED), 0n);
  const reached = new Map<string, number>();
  const cheapest = (covered: bigint, needed: bigint, budget: number): boolean => {
    const open = needed & ~covered;
    if (open === 0n) return true;
    const state = `${covered}|${needed}`;
    if ((reached.get(state) ?? -1) >= budget) return false;
    reached.set(state, budget);
    const first = open & -open;
    return windows.some(
      (w) =>
        w.cost <= budget &&
        (w.covers & first) !== 0n &&
        cheapest(covered | w.covers, needed | w.needs, budget - w.cost),
    );
  };
  for (let budget = 0; budget < 1_000; budget++) if (cheapest(had, asked, budget)) return budget;
  throw new Error("nothing answers what is wanted");
}

/** Days in a row, so that what is needed between two wanted days is among them. */
const inARow = [391, 392, 393, 394, 395];
/** Days about as far apart as requests reach. */
const farApart = [1, 12, 15, 29, 31, 60, 91, 101, 123, 366, 395];

describe.each(providers.map((provider) => [provider.id, provider.calls] as const))("%s", (_, calls) => {
  const fields = [...new Set(calls.flatMap(({ yields }) => yields))];
  const world = (all: readonly Field[], days: readonly number[]) =>
    fc
      .record({
        wanted: fc.uniqueArray(
          fc.tuple(fc.constantFrom(...all), fc.subarray([...days], { minLength: 1, maxLength: 4 })),
          { minLength: 1, maxLength: 4, selector: ([field]) => field },
        ),
        known: fc.subarray<Field>(["profile.timeZone"]),
        connectedOn: fc.constantFrom(undefined, 200, 393),
      })
      .map(({ wanted, known, connectedOn }) => ({
        connectedOn,
        wanted: new Map(wanted.map(([field, of]) => [field, isDated(field) ? of : [UNDATED]])),
        known: new Set(known.filter((field) => wanted.every(([each]) => each !== field))),
        today: TODAY,
      }));
  const holds = (world: Omit<PlanInput, "calls">, days: readonly number[]) => {
    const given = { ...world, calls };
    const made = plan(given);
    expect(made.cost).toBe(made.requests.reduce((sum, { requests }) => sum + requests, 0));
    expect([made.exact, made.cost]).toEqual([true, bruteForce(given, days)]);
    for (const [field, of] of given.wanted)
      expect(made.outOfReach.get(field) ?? []).toEqual(of.filter((day) => !isReached(given, field, day)));
  };

  it("costs what brute force finds, days in a row", () => {
    fc.assert(
      fc.property(world(fields, inARow), (given) => holds(given, inARow)),
      { numRuns: 60 },
    );
  });

  it("costs what brute force finds, days far apart", () => {
    const needsDays = (field: Field) => concerned(calls, [field]).some(({ needs = [] }) => needs.some(isDated));
    const free = fields.filter((field) => !needsDays(field));
    fc.assert(
      fc.property(world(free, farApart), (given) => {
        const days = [...new Set([...given.wanted.values()].flat())].filter((day) => day !== UNDATED);
        holds(
          given,
          days.sort((a, b) => a - b),
        );
      }),
      { numRuns: 60 },
    );
  });
});

it("every field that a provider offers is among what was wanted", () => {
  for (const provider of providers) {
    const yielded = new Set(provider.calls.flatMap(({ yields }) => yields));
    const derived = new Set((provider.derive ?? []).map(({ yields }) => yields));
    expect([...fieldsOf(provider)].filter((field) => !yielded.has(field) && !derived.has(field))).toEqual([]);
  }
});
