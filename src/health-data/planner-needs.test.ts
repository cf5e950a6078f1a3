import fc from "fast-check";
import type { Field } from "../model/fields.js";
import type { Call, Reach } from "../providers/provider.js";
import { type PlanInput, plan, windowOf } from "./planner.js";

const nights: Field = "sleep.sessions";
const stages: Field = "sleep.hypnograms";

function call(name: string, yields: readonly Field[], reach: Reach, needs?: readonly Field[]): Call {
  const request = () => ({ method: "GET", path: `/${name}` }) as const;
  return { name, yields, reach, needs, request, read: () => ({ cells: [], covers: null }) };
}
const span = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const planned = (
  calls: readonly Call[],
  wanted: Partial<Record<Field, readonly number[]>>,
  more: Partial<PlanInput> = {},
) => plan({ calls, wanted: new Map(Object.entries(wanted)) as never, known: new Set(), today: 100, ...more });
const shown = ({ requests }: ReturnType<typeof plan>) => requests.map((r) => [r.call.name, r.from, r.to]);

const list = call("nights", [nights], { kind: "days", max: 30 });
const each = call("stages", [stages], { kind: "days", max: 1 }, [nights]);

describe("a dated prerequisite", () => {
  it("is asked for first, for the same days, and counted", () => {
    const made = planned([each, list], { [stages]: [10, 11] });
    expect(shown(made)).toEqual([
      ["nights", 10, 11],
      ["stages", 10, 10],
      ["stages", 11, 11],
    ]);
    expect(made).toMatchObject({ cost: 3, exact: true });
  });

  it("costs nothing on the days of which it is known", () => {
    const isKnown = (field: Field, day: number) => field === nights && day !== 12;
    expect(shown(planned([each, list], { [stages]: span(10, 13) }, { isKnown }))[0]).toEqual(["nights", 12, 12]);
    expect(planned([each, list], { [stages]: [10, 11] }, { isKnown }).cost).toBe(2);
  });

  it("is shared with those who want it for itself", () => {
    expect(planned([each, list], { [stages]: [10], [nights]: span(1, 30) }).cost).toBe(2);
  });

  it("is never asked for by who does not want what needs it", () => {
    expect(shown(planned([each, list], { [nights]: span(1, 30) }))).toEqual([["nights", 1, 30]]);
  });

  it("is asked for in a chain", () => {
    const days = call("days", ["activity.steps"], { kind: "days", max: 90 });
    const needy = call("nights", [nights], { kind: "days", max: 30 }, ["activity.steps"]);
    expect(shown(planned([each, needy, days], { [stages]: [10] }))).toEqual([
      ["days", 10, 10],
      ["nights", 10, 10],
      ["stages", 10, 10],
    ]);
  });

  it("ends where what it needs itself is cheapest, not on the last day that may need it", () => {
    const daily = call("daily", ["activity.steps"], { kind: "days", max: 3 });
    const needy = call("nights", [nights], { kind: "days", max: 4 }, ["activity.steps"]);
    const pairs = call("pairs", [stages], { kind: "days", max: 2 }, [nights]);
    const made = planned(
      [pairs, needy, daily, call("half days", [stages], { kind: "hours", max: 12 })],
      { [stages]: [98, 99], [nights]: [96] },
      { isKnown: (field, day) => field === nights && day === 99 },
    );
    expect(shown(made)).toEqual([
      ["daily", 96, 98],
      ["nights", 96, 98],
      ["pairs", 98, 99],
    ]);
  });

  it("ends on a day that nobody wants, where one request for the days around it needs that day too", () => {
    const two = call("nights", [nights], { kind: "days", max: 2 });
    const four = call("four", [stages], { kind: "days", max: 4 }, [nights]);
    // A call that needs nothing makes the days between a choice, which its price decides.
    const dear = call("dear", [stages], { kind: "hours", max: 6 });
    expect(shown(planned([two, four, dear], { [nights]: [96], [stages]: [96, 99] }))).toEqual([
      ["nights", 96, 97],
      ["nights", 98, 99],
      ["four", 96, 99],
    ]);
  });

  it("makes a field unanswerable where nobody yields it", () => {
    expect([...planned([each], { [stages]: [10] }).unanswerable]).toEqual([stages]);
  });
});

describe("how far back", () => {
  const week = call("week", [nights], { kind: "days", max: 30, back: 7 });
  it("is not passed, and what lies beyond is named", () => {
    const made = planned([week], { [nights]: span(90, 100) });
    expect(shown(made)).toEqual([["week", 94, 100]]);
    expect([...made.outOfReach]).toEqual([[nights, span(90, 93)]]);
  });

  it("leaves older days to a call that reaches them", () => {
    const old = call("old", [nights], { kind: "days", max: 2 });
    const made = planned([week, old], { [nights]: span(92, 100) });
    expect(made).toMatchObject({ cost: 2, outOfReach: new Map() });
  });

  it("of what is given since the connection alone is the day of the connection, whatever else is told", () => {
    const since = { ...call("since", [nights], { kind: "trailing", days: 8 }), sinceConnection: true as const };
    const made = planned([since], { [nights]: span(90, 100) }, { connectedOn: 96 });
    expect(shown(made)).toEqual([["since", 96, 100]]);
    expect([...made.outOfReach]).toEqual([[nights, span(90, 95)]]);
    const before = planned([since], { [nights]: span(90, 100) }, { connectedOn: 12 });
    expect(shown(before)).toEqual([["since", 93, 100]]);
    expect(planned([since], { [nights]: [94, 95] }, { connectedOn: 96 }).cost).toBe(0);
    const spans = { ...since, reach: { kind: "days", max: 4 } as const };
    expect(shown(planned([spans], { [nights]: span(90, 100) }, { connectedOn: 96 }))).toEqual([
      ["since", 96, 99],
      ["since", 100, 100],
    ]);
  });

  it("of a prerequisite leaves the days beyond without one", () => {
    expect(shown(planned([each, week], { [stages]: [90, 95] }))).toEqual([
      ["week", 95, 95],
      ["stages", 90, 90],
      ["stages", 95, 95],
    ]);
  });
});

/** The least cost, found by trying every set of windows of every call in the order of their cost. */
function bruteForce({ calls, wanted, isKnown }: PlanInput, days: readonly number[]): number | null {
  const cells = [...new Set(calls.flatMap(({ yields }) => yields))].flatMap((field) =>
    days.map((day) => [field, day] as const),
  );
  const bit = (field: Field, day: number) => 1 << cells.findIndex(([f, d]) => f === field && d === day);
  const over = (fields: readonly Field[], from: number, to: number) =>
    fields.reduce((mask, field) => span(from, to).reduce((all, day) => all | bit(field, day), mask), 0);
  const windows = calls.flatMap((each) =>
    days.flatMap((from) =>
      days.flatMap((to) => {
        const window = from <= to ? windowOf(each, from, to, { today: 100 }) : null;
        if (!window || window.to !== to) return [];
        return [
          { covers: over(each.yields, from, to), needs: over(each.needs ?? [], from, to), cost: window.requests },
        ];
      }),
    ),
  );
  const known = cells.reduce((mask, [field, day]) => (isKnown?.(field, day) ? mask | bit(field, day) : mask), 0);
  const asked = [...wanted].reduce((mask, [field, of]) => of.reduce((all, day) => all | bit(field, day), mask), 0);
  const best = new Map<string, number>([["0|0", 0]]);
  for (let cost = 0; cost <= 30; cost++) {
    for (const [state, at] of [...best]) {
      if (at !== cost) continue;
      const [covered, needed] = state.split("|").map(Number) as [number, number];
      if ((asked & ~covered) === 0 && (needed & ~(covered | known)) === 0) return cost;
      for (const window of windows) {
        const next = `${covered | window.covers}|${needed | window.needs}`;
        const total = cost + window.cost;
        if (total < (best.get(next) ?? Number.POSITIVE_INFINITY)) best.set(next, total);
      }
    }
  }
  return null;
}

const days = [96, 97, 98, 99];
const reach: fc.Arbitrary<Reach> = fc.oneof(
  fc.record({ kind: fc.constant("days" as const), max: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant("hours" as const), max: fc.constantFrom(12, 24, 48) }),
);
const someDays = fc.subarray(days);

it("costs no more than brute force finds, over random calls, known days and chains", () => {
  fc.assert(
    fc.property(
      fc.record({
        reaches: fc.array(reach, { minLength: 4, maxLength: 4 }),
        wantedStages: fc.subarray(days, { minLength: 1 }),
        wantedNights: someDays,
        known: someDays,
        chained: fc.boolean(),
        also: fc.boolean(),
      }),
      ({ reaches, wantedStages, wantedNights, known, chained, also }) => {
        const calls = [
          call("a", [stages], reaches[0]!, [nights]),
          call("b", [nights], reaches[1]!, chained ? ["activity.steps"] : undefined),
          ...(chained ? [call("c", ["activity.steps"], reaches[2]!)] : []),
          ...(also ? [call("d", [stages], reaches[3]!), call("e", [stages, nights], { kind: "hours", max: 12 })] : []),
        ];
        const given: PlanInput = {
          calls,
          wanted: new Map<Field, readonly number[]>([
            [stages, wantedStages],
            ...(wantedNights.length > 0 ? [[nights, wantedNights] as const] : []),
          ]),
          known: new Set(),
          isKnown: (field, day) => field === nights && known.includes(day),
          today: 100,
        };
        const made = plan(given);
        expect(made.cost).toBe(bruteForce(given, days));
        // What a request needs is known, or answered by a request before it.
        made.requests.forEach((request, at) => {
          for (const need of request.call.needs ?? []) {
            const open = span(request.from, request.to).filter(
              (day) =>
                !given.isKnown!(need, day) &&
                !made.requests.slice(0, at).some((r) => r.call.yields.includes(need) && r.from <= day && day <= r.to),
            );
            expect(open).toEqual([]);
          }
        });
      },
    ),
    { numRuns: 300 },
  );
});
