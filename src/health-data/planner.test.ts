import fc from "fast-check";
import type { Field } from "../model/fields.js";
import type { Call, Reach } from "../providers/provider.js";
import { UNDATED } from "./days.js";
import { type PlanInput, type PlannedRequest, plan, windowOf } from "./planner.js";

const fields: readonly Field[] = ["activity.steps", "activity.distance", "activity.floors", "activity.energyBurned"];

function call(name: string, yields: readonly Field[], reach: Reach, needs?: readonly Field[]): Call {
  return {
    name,
    yields,
    reach,
    needs,
    request: () => ({ method: "GET", path: `/${name}` }),
    read: () => ({ cells: [], covers: null }),
  };
}

function input(
  calls: readonly Call[],
  wanted: Record<string, readonly number[]>,
  more: Partial<PlanInput> = {},
): PlanInput {
  return { calls, wanted: new Map(Object.entries(wanted)) as never, known: new Set(), today: 100, ...more };
}

const span = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const summary = call("summary", fields, { kind: "days", max: 1 });
const series = fields.map((field) => call(field, [field], { kind: "days", max: 1095 }));

describe("the cheaper of a day with every figure and a figure with every day", () => {
  it("asks thirty days of one figure with one call", () => {
    const { cost, requests } = plan(input([summary, ...series], { "activity.steps": span(1, 30) }));
    expect([cost, requests.map((r) => r.call.name)]).toEqual([1, ["activity.steps"]]);
  });

  it("asks one day of every figure with one call", () => {
    const wanted = Object.fromEntries(fields.map((field) => [field, [7]]));
    const { cost, requests } = plan(input([summary, ...series], wanted));
    expect([cost, requests.map((r) => r.call.name)]).toEqual([1, ["summary"]]);
  });

  it("prefers, at the same price, the call that answers less than nobody asked for", () => {
    const { requests } = plan(input([summary, ...series], { "activity.floors": [7] }));
    expect(requests.map((r) => r.call.name)).toEqual(["activity.floors"]);
  });

  it("mixes both where that is cheapest", () => {
    const wanted = {
      "activity.steps": span(1, 30),
      "activity.distance": [5],
      "activity.floors": [5],
      "activity.energyBurned": [5],
    };
    expect(plan(input([summary, ...series], wanted)).cost).toBe(2);
  });

  it("plans thousands of requests, and says that it has not proven them the fewest", () => {
    const daily = fields.map((field) => call(`daily ${field}`, [field], { kind: "days", max: 1 }));
    const all = call("all", fields, { kind: "hours", max: 1 });
    const wanted = Object.fromEntries(fields.map((field) => [field, span(1, 1_700)]));
    const { cost, exact } = plan(input([...daily, all], wanted, { today: 1_700 }));
    expect([cost, exact]).toEqual([6_800, false]);
  });

  it("proves thirty days of twelve figures without trying every mixture", () => {
    const many = Array.from({ length: 12 }, (_, i) => `activity.samples:STEPS:${i}` as Field);
    const calls = [
      call("all", many, { kind: "days", max: 1 }),
      ...many.map((f) => call(f, [f], { kind: "days", max: 1095 })),
    ];
    const result = plan(input(calls, Object.fromEntries(many.map((f) => [f, span(1, 30)]))));
    expect([result.cost, result.exact]).toEqual([12, true]);
  });
});

describe("of plans at one price", () => {
  const steps = fields[0]!;
  const chosen = (calls: readonly Call[], wanted: Record<string, readonly number[]>) =>
    plan(input(calls, wanted)).requests.map((r) => `${r.call.name} ${r.from}-${r.to}`);

  it("the one with fewer cells that nobody asked for is taken, though its calls reach less far", () => {
    const wide = call("a wide", fields, { kind: "days", max: 1095 });
    const week = call("a week", [steps], { kind: "trailing", days: 7 });
    const narrow = call("z narrow", [steps], { kind: "days", max: 1 });
    expect(chosen([wide, week, narrow], { [steps]: [99] })).toEqual(["z narrow 99-99"]);
  });

  it("also where no greedy choice finds it", () => {
    const calls = [call("four", [steps], { kind: "days", max: 4 }), call("one", [steps], { kind: "days", max: 1 })];
    expect(chosen(calls, { [steps]: [95, 98, 100] }).sort()).toEqual(["four 98-100", "one 95-95"]);
  });

  it("the one of fewer windows is taken", () => {
    const halves = call("a halves", [steps], { kind: "days", max: 5 });
    const list = call("z list", [steps], { kind: "pages", size: 10, perDay: 2, maxDays: 10 });
    expect(chosen([halves, list], { [steps]: span(1, 10) })).toEqual(["z list 1-10"]);
  });

  it("then the one whose calls reach further, then the first by name, in whatever order they come", () => {
    const [short, long] = [5, 9].map((max) => call(`${max > 5 ? "z" : "a"} ${max}`, [steps], { kind: "days", max }));
    const again = call("b 9", [steps], { kind: "days", max: 9 });
    for (const calls of [
      [short!, long!, again],
      [again, long!, short!],
    ])
      expect(chosen(calls, { [steps]: [7] })).toEqual(["b 9 7-7"]);
  });
});

describe("a search that may look at so many states", () => {
  it("is exact where that is just what it takes, and no longer where it is one fewer", () => {
    const world = input([call("day", [fields[0]!], { kind: "days", max: 1 })], { [fields[0]!]: [7] });
    // Nothing answered, and all of it.
    expect([1, 2].map((maxStates) => plan({ ...world, maxStates }).exact)).toEqual([false, true]);
  });
});

describe("reach", () => {
  it("splits a range that is longer than one request reaches", () => {
    const { requests } = plan(
      input([call("fourteen", [fields[0]!], { kind: "days", max: 14 })], { [fields[0]!]: span(1, 30) }),
    );
    expect(requests.map((r) => [r.from, r.to])).toEqual([
      [1, 14],
      [15, 28],
      [29, 30],
    ]);
  });

  it("leaves out the days between two wanted ones where that needs no further request", () => {
    const { requests } = plan(input([call("ten", [fields[0]!], { kind: "days", max: 10 })], { [fields[0]!]: [1, 40] }));
    expect(requests.map((r) => [r.from, r.to])).toEqual([
      [1, 1],
      [40, 40],
    ]);
  });

  it("counts the requests of windows shorter than a day", () => {
    expect(
      plan(input([call("six hours", [fields[0]!], { kind: "hours", max: 6 })], { [fields[0]!]: [1, 2] })).cost,
    ).toBe(8);
  });

  it("does not wait for days that a trailing call no longer tells", () => {
    const { requests } = plan(
      input([call("week", [fields[0]!], { kind: "trailing", days: 7 })], { [fields[0]!]: [50, 98, 99] }),
    );
    expect(requests.map((r) => [r.from, r.to])).toEqual([[94, 100]]);
  });

  it("reckons pages from the density that is stored, and says that they may be more", () => {
    const paged = call("list", ["workouts.workouts"], { kind: "pages", size: 10, perDay: 0.5 });
    const wanted = { "workouts.workouts": span(1, 30) };
    expect(plan(input([paged], wanted)).cost).toBe(2);
    const dense = plan(input([paged], wanted, { recordsPerDay: () => 2 }));
    expect([dense.cost, dense.requests[0]!.atLeast]).toEqual([6, true]);
  });

  it("does not cut a list into parts that cost the same: each would have a last page of its own", () => {
    const paged = call("list", ["workouts.workouts"], { kind: "pages", size: 10, perDay: 0.5 });
    const daily = call("days", ["activity.steps"], { kind: "days", max: 7 });
    const wanted = { "workouts.workouts": span(1, 60), "activity.steps": span(1, 7) };
    const lists = plan(input([paged, daily], wanted)).requests.filter((r) => r.call === paged);
    expect(lists).toMatchObject([{ from: 1, to: 60, requests: 3 }]);
  });
});

describe("prerequisites", () => {
  const profile = call("profile", ["profile.timeZone", "profile.displayName"], { kind: "once" });
  const samples = call("samples", ["heart.samples:ONE_MINUTE"], { kind: "days", max: 1 }, ["profile.timeZone"]);

  it("are asked for first, once", () => {
    const { requests } = plan(input([samples, profile], { "heart.samples:ONE_MINUTE": [3, 4] }));
    expect(requests.map((r) => r.call.name)).toEqual(["profile", "samples", "samples"]);
  });

  it("cost nothing where they are known", () => {
    const known = new Set<Field>(["profile.timeZone"]);
    expect(plan(input([samples, profile], { "heart.samples:ONE_MINUTE": [3] }, { known })).cost).toBe(1);
  });

  it("are shared with those who want them anyway", () => {
    const wanted = { "heart.samples:ONE_MINUTE": [3], "profile.displayName": [UNDATED], "profile.timeZone": [UNDATED] };
    expect(plan(input([samples, profile], wanted)).cost).toBe(2);
  });

  it("make a field unanswerable that can't have them", () => {
    expect([...plan(input([samples], { "heart.samples:ONE_MINUTE": [3] })).unanswerable]).toEqual([
      "heart.samples:ONE_MINUTE",
    ]);
  });
});

/** The least cost over every set of windows, tried one by one in order of cost. */
function bruteForce({ calls, wanted, today }: PlanInput): number {
  const cells = [...wanted].flatMap(([field, days]) => days.map((day) => `${field}@${day}`));
  const days = [...new Set([...wanted.values()].flat())].sort((a, b) => a - b);
  const windows = calls.flatMap((each) =>
    days.flatMap((start) =>
      days
        .filter((end) => end >= start)
        .map((end) => windowOf(each, start, end, { today }))
        .filter((window) => window !== null)
        .map((window) => ({
          cost: window.requests,
          covers: cells.filter((cell) => {
            const [field, day] = cell.split("@") as [Field, string];
            return each.yields.includes(field) && Number(day) >= window.from && Number(day) <= window.to;
          }),
        })),
    ),
  );
  const cheapest = (open: readonly string[], budget: number): boolean => {
    if (open.length === 0) return true;
    const cell = open[0]!;
    return windows.some(
      (w) =>
        w.cost <= budget &&
        w.covers.includes(cell) &&
        cheapest(
          open.filter((c) => !w.covers.includes(c)),
          budget - w.cost,
        ),
    );
  };
  for (let budget = 0; ; budget++) if (cheapest(cells, budget)) return budget;
}

const reaches: fc.Arbitrary<Reach> = fc.oneof(
  fc.record({ kind: fc.constant("days" as const), max: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant("hours" as const), max: fc.constantFrom(12, 24, 48) }),
  fc.record({ kind: fc.constant("trailing" as const), days: fc.integer({ min: 4, max: 8 }) }),
  fc.record({ kind: fc.constant("pages" as const), size: fc.constantFrom(2, 3), perDay: fc.constantFrom(0.5, 1, 2) }),
);
const worlds = fc
  .record({
    calls: fc.array(fc.tuple(fc.subarray([...fields], { minLength: 1 }), reaches), { minLength: 1, maxLength: 4 }),
    wanted: fc.array(fc.tuple(fc.constantFrom(...fields), fc.subarray([94, 95, 97, 98, 100], { minLength: 1 })), {
      minLength: 1,
      maxLength: 4,
    }),
  })
  .map(({ calls, wanted }) => {
    const made = [
      ...calls.map(([yields, reach], i) => call(`call${i}`, yields, reach)),
      // So that every cell can be answered somehow.
      ...fields.map((field) => call(`plain ${field}`, [field], { kind: "days", max: 2 })),
    ];
    return input(made, Object.fromEntries(wanted));
  });

function answers(world: PlanInput, requests: readonly PlannedRequest[]): boolean {
  return [...world.wanted].every(([field, days]) =>
    days.every((day) => requests.some((r) => r.call.yields.includes(field) && r.from <= day && day <= r.to)),
  );
}

describe("on random small worlds", () => {
  it("answers every cell at the price that brute force finds", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const result = plan(world);
        expect(answers(world, result.requests)).toBe(true);
        expect(result.cost).toBe(result.requests.reduce((sum, r) => sum + r.requests, 0));
        expect([result.exact, result.cost]).toEqual([true, bruteForce(world)]);
      }),
      { numRuns: 100 },
    );
  });

  it("answers every cell even where it may not search, at no more than any call takes by itself", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const result = plan({ ...world, maxStates: 0 });
        expect(answers(world, result.requests)).toBe(true);
        const alone = world.calls.map((only) =>
          plan({
            ...world,
            maxStates: 0,
            calls: [only],
            wanted: new Map([...world.wanted].filter(([f]) => only.yields.includes(f))),
          }),
        );
        for (const single of alone) {
          if (answers(world, single.requests)) expect(result.cost).toBeLessThanOrEqual(single.cost);
        }
      }),
      { numRuns: 100 },
    );
  });
});
