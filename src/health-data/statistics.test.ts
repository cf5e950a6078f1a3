import fc from "fast-check";
import type { MissingReason } from "../model/records.js";
import { addDays } from "../model/time.js";
import { inPeriods, type Period, periods, type StatisticDay, statisticOf } from "./statistics.js";

const day = (date: string, value: number | null, more: Partial<StatisticDay> = {}): StatisticDay => ({
  ...{ date, isComplete: true, worn: true, values: new Map([["steps", value]]), reasons: new Map() },
  ...more,
});

/** A history of consecutive days: some worn, some not, some lacking the figure, some not over. */
const histories = fc
  .tuple(
    fc.constantFrom("2024-02-20", "2025-12-20", "2026-03-20", "2026-10-20", "2026-12-28", "2027-01-01"),
    fc.nat(20),
    fc.array(
      fc.record({
        value: fc.option(fc.oneof(fc.nat(40_000), fc.double({ min: 0, max: 500, noNaN: true })), { nil: null }),
        isComplete: fc.boolean(),
        worn: fc.constantFrom(true, false, null),
        why: fc.constantFrom<MissingReason>("NOT_RECORDED", "PROVIDER_ERROR", "NOT_FETCHED"),
      }),
      { maxLength: 70 },
    ),
  )
  .map(([from, later, days]) =>
    days.map(({ value, isComplete, worn, why }, index) =>
      day(addDays(from, later + index), value, { isComplete, worn, reasons: new Map([["steps", why]]) }),
    ),
  );

/** The same once more, in the plainest way: by the calendar of the language, and by the definitions. */
function naive(days: readonly StatisticDay[], by: Period) {
  const named = (date: string) => {
    const at = new Date(`${date}T12:00:00Z`);
    if (by === "RANGE") return "all";
    if (by === "MONTH") return `${at.getUTCFullYear()} ${at.getUTCMonth()}`;
    const monday = new Date(at);
    while (monday.getUTCDay() !== 1) monday.setUTCDate(monday.getUTCDate() - 1);
    return monday.toISOString();
  };
  return [...new Set(days.map(({ date }) => named(date)))].map((name) => {
    const own = days.filter(({ date }) => named(date) === name);
    const reasonOf = ({ isComplete, worn, values }: StatisticDay) =>
      !isComplete ? "NOT_COMPLETE" : worn === false ? "NOT_WORN" : values.get("steps") === null ? "MISSING" : null;
    const counted = own.filter((each) => reasonOf(each) === null).map(({ values }) => values.get("steps")!);
    const n = counted.length;
    const sorted = counted.toSorted((a, b) => a - b);
    const mean = n === 0 ? null : counted.reduce((a, b) => a + b, 0) / n;
    return {
      from: own[0]!.date,
      to: own.at(-1)!.date,
      days: n,
      mean,
      minimum: n === 0 ? null : Math.min(...counted),
      maximum: n === 0 ? null : Math.max(...counted),
      median: n === 0 ? null : n % 2 === 1 ? sorted[(n - 1) / 2]! : (sorted[n / 2 - 1]! + sorted[n / 2]!) / 2,
      standardDeviation: n < 2 ? null : Math.sqrt(counted.reduce((a, b) => a + (b - mean!) ** 2, 0) / (n - 1)),
      excluded: own
        .filter((each) => reasonOf(each) !== null)
        .map((each) => ({
          date: each.date,
          reason: reasonOf(each),
          missing: reasonOf(each) === "MISSING" ? each.reasons.get("steps") : null,
        })),
    };
  });
}

const near = (value: number | null) => (value === null ? null : expect.closeTo(value, 5));

it("equals a naive reference over 10,000 random histories", () => {
  fc.assert(
    fc.property(histories, fc.constantFrom(...periods), (days, by) => {
      const found = inPeriods(days, by).map(({ from, to, days: own }) => ({ from, to, ...statisticOf(own, "steps") }));
      const expected = naive(days, by).map((each) => ({
        ...each,
        mean: near(each.mean),
        median: near(each.median),
        standardDeviation: near(each.standardDeviation),
      }));
      expect(found).toEqual(expected);
      // Each day of the range is in one period, and counts or is named.
      expect(found.reduce((sum, { days: n, excluded }) => sum + n + excluded.length, 0)).toBe(days.length);
    }),
    { numRuns: 10_000 },
  );
});

it("has no period where there is no day, and one day is a period", () => {
  for (const by of periods) {
    expect(inPeriods([], by)).toEqual([]);
    expect(inPeriods([day("2026-03-29", 7)], by)).toMatchObject([{ from: "2026-03-29", to: "2026-03-29" }]);
  }
  expect(statisticOf([day("2026-03-29", 7)], "steps")).toEqual({
    ...{ days: 1, mean: 7, minimum: 7, maximum: 7, median: 7, standardDeviation: null, excluded: [] },
  });
  expect(statisticOf([], "steps")).toMatchObject({ days: 0, mean: null, standardDeviation: null, excluded: [] });
});

it("begins weeks on Monday, over a year's end and where clocks change too", () => {
  const spans = (from: string, count: number, by: Period) =>
    inPeriods(
      Array.from({ length: count }, (_, index) => day(addDays(from, index), index)),
      by,
    ).map((each) => [each.from, each.to]);
  expect(spans("2026-12-26", 12, "WEEK")).toEqual([
    ["2026-12-26", "2026-12-27"],
    ["2026-12-28", "2027-01-03"],
    ["2027-01-04", "2027-01-06"],
  ]);
  expect(spans("2026-12-26", 12, "MONTH")).toEqual([
    ["2026-12-26", "2026-12-31"],
    ["2027-01-01", "2027-01-06"],
  ]);
  // Clocks went forward on 2026-03-29 and back on 2026-10-25, both Sundays.
  expect(spans("2026-03-23", 14, "WEEK")).toEqual([
    ["2026-03-23", "2026-03-29"],
    ["2026-03-30", "2026-04-05"],
  ]);
  expect(spans("2026-10-19", 8, "WEEK")).toEqual([
    ["2026-10-19", "2026-10-25"],
    ["2026-10-26", "2026-10-26"],
  ]);
  expect(spans("1969-12-29", 7, "WEEK")).toEqual([["1969-12-29", "1970-01-04"]]);
});

it("says the first of several reasons, and counts a 0 that is one", () => {
  const unknown = new Map([["steps", "PROVIDER_ERROR" as const]]);
  const days = [
    day("2026-11-02", null, { isComplete: false, worn: false }),
    day("2026-11-03", null, { worn: false }),
    day("2026-11-04", null, { worn: null, reasons: unknown }),
    day("2026-11-05", 0),
    day("2026-11-06", 0, { worn: false }),
    day("2026-11-07", 12, { worn: null }),
  ];
  expect(statisticOf(days, "steps")).toEqual({
    ...{ days: 2, mean: 6, minimum: 0, maximum: 12, median: 6, standardDeviation: 8.485281 },
    excluded: [
      { date: "2026-11-02", reason: "NOT_COMPLETE", missing: null },
      { date: "2026-11-03", reason: "NOT_WORN", missing: null },
      { date: "2026-11-04", reason: "MISSING", missing: "PROVIDER_ERROR" },
      { date: "2026-11-06", reason: "NOT_WORN", missing: null },
    ],
  });
});
