import { expect, test } from "@jest/globals";
import { columns } from "./scale.js";
import { countGaps, gapStretches, holes, lines, signPlaces, sourceRuns } from "./series.js";
import type { Known } from "./types.js";

const day = (date: number, value: Known, source: string | null = "FIRST", settled = true) => ({
  date: `2026-11-${String(date).padStart(2, "0")}`,
  source,
  settled,
  value,
});
const parts = (days: readonly ReturnType<typeof day>[]) =>
  lines(
    days,
    ({ value }) => value,
    (k, value) => ({ x: k, y: value }),
  ).map((run) => run.map(({ x, y }) => [x, y]));

test("a line breaks at every gap, and a day alone between gaps is a part of its own", () => {
  const days = [day(1, 58), day(2, 61), day(3, "NOT_WORN"), day(4, 57), day(5, "PROVIDER_ERROR"), day(6, 63)];
  expect(parts(days)).toEqual([
    [
      [0, 58],
      [1, 61],
    ],
    [[3, 57]],
    [[5, 63]],
  ]);
});

test("a line breaks where the source changes, though no day is missing", () => {
  expect(parts([day(1, 58), day(2, 61, "SECOND"), day(3, 62, "SECOND")])).toEqual([
    [[0, 58]],
    [
      [1, 61],
      [2, 62],
    ],
  ]);
});

test("a day that may still change is known as such", () => {
  const [run] = lines(
    [day(1, 58), day(2, 61, "FIRST", false)],
    ({ value }) => value,
    (x, y) => ({ x, y }),
  );
  expect(run!.map(({ settled }) => settled)).toEqual([true, false]);
});

test("zero is a figure, and no gap", () => {
  expect(parts([day(1, 0), day(2, 4)])).toHaveLength(1);
  expect(countGaps([0, 4])).toEqual(new Map());
});

test("days without a figure belong together by their reason", () => {
  const days = [day(1, "OUT_OF_REACH"), day(2, "OUT_OF_REACH"), day(3, "NOT_WORN"), day(4, 8), day(5, "NOT_WORN")];
  expect(gapStretches(days, ({ value }) => value)).toEqual([
    { gap: "OUT_OF_REACH", first: 0, last: 1 },
    { gap: "NOT_WORN", first: 2, last: 2 },
    { gap: "NOT_WORN", first: 4, last: 4 },
  ]);
});

const signs = (values: readonly Known[], step: number) =>
  signPlaces(values, (value) => value, columns(values.length, values.length * step)).map(({ gap, x }) => [gap, x]);

test("each missing day has its sign where there is room, and days out of reach have none", () => {
  expect(signs(["OUT_OF_REACH", "NOT_WORN", "NOT_WORN", 7, "PROVIDER_ERROR"], 10)).toEqual([
    ["NOT_WORN", 15],
    ["NOT_WORN", 25],
    ["PROVIDER_ERROR", 45],
  ]);
});

test("narrow days of one reason share a sign, and no sign touches another", () => {
  expect(signs(["NOT_WORN", "NOT_WORN", "NOT_RECORDED", 7, 7, "NOT_RECORDED"], 4)).toEqual([
    ["NOT_WORN", 4],
    ["NOT_RECORDED", 22],
  ]);
});

test("the legend counts the reasons that occur, and no others", () => {
  const counts = countGaps([7, "NOT_WORN", "NOT_RECORDED", "NOT_WORN", null]);
  expect([...counts]).toEqual([
    ["NOT_WORN", 2],
    ["NOT_RECORDED", 1],
  ]);
});

test("a source's days run through its gaps, and days that nobody answered are nobody's", () => {
  const days = [day(1, 8), day(2, "NOT_WORN"), day(3, "UNKNOWN", null), day(4, 9, "SECOND"), day(5, 6, "SECOND")];
  expect(sourceRuns(days)).toEqual([
    { source: "FIRST", from: "2026-11-01", to: "2026-11-02", first: 0, last: 1 },
    { source: "SECOND", from: "2026-11-04", to: "2026-11-05", first: 3, last: 4 },
  ]);
});

test("a hole is longer than the device's own pause, and reaches from midnight to now", () => {
  expect(holes([20, 35, 51, 60], 90, 15)).toEqual([
    { from: 0, to: 20 },
    { from: 35, to: 51 },
    { from: 60, to: 90 },
  ]);
  expect(holes([], 30, 15)).toEqual([{ from: 0, to: 30 }]);
});
