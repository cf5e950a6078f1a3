import { expect, test } from "@jest/globals";
import { moved, nearest } from "./pointing.js";

test("arrows go from place to place, and stop at the ends", () => {
  expect([moved("ArrowLeft", 5, 29, 7), moved("ArrowRight", 5, 29, 7)]).toEqual([4, 6]);
  expect([moved("ArrowLeft", 0, 29, 7), moved("ArrowRight", 29, 29, 7)]).toEqual([0, 29]);
});

test("Page keys leap, Home and End go to the ends", () => {
  expect([moved("PageUp", 11, 29, 7), moved("PageDown", 11, 29, 7)]).toEqual([18, 4]);
  expect([moved("PageUp", 25, 29, 7), moved("PageDown", 3, 29, 7)]).toEqual([29, 0]);
  expect([moved("Home", 11, 29, 7), moved("End", 11, 29, 7)]).toEqual([0, 29]);
});

test("Escape leads back to rest, from where the first step shows the newest", () => {
  expect(moved("Escape", 11, 29, 7)).toBeNull();
  expect(moved("ArrowLeft", null, 29, 7)).toBe(29);
});

test("other keys are left to the browser", () => {
  for (const key of ["Tab", "Enter", " ", "ArrowUp", "ArrowDown", "a"]) expect(moved(key, 5, 29, 7)).toBeUndefined();
});

test("a position points at the place that it is in, or at the closest", () => {
  const columns = [
    [0, 10],
    [10, 30],
    [30, 40],
  ] as const;
  expect([-4, 9, 11, 29, 31, 99].map((x) => nearest(columns, x))).toEqual([0, 0, 1, 1, 2, 2]);
});

test("of a point within a stretch, the point is found beside its middle", () => {
  const places = [
    [20, 20],
    [0, 100],
  ] as const;
  expect([20, 70].map((x) => nearest(places, x))).toEqual([0, 1]);
});
