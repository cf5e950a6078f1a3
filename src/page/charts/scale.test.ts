import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { barAxis, columns, croppedAxis, daysBetween, dayTicks, linear } from "./scale.js";

test("bars start at zero, and leave room for the goal", () => {
  expect(barAxis([8940, 13_134], 10_000)).toEqual({ domain: [0, 13_134 * 1.04], ticks: [0, 5000, 10_000] });
  // Without a step of 5000 there would be nothing but 10,000 to read a bar by.
  expect(barAxis([17_474], 9_500).ticks).toEqual([0, 5000, 10_000, 15_000]);
  expect(barAxis([310], 10_000).domain).toEqual([0, 11_000]);
  expect(barAxis([0, 0], null)).toEqual({ domain: [0, 1], ticks: [0] });
  expect(barAxis([], null).domain[0]).toBe(0);
});

const figures = fc.double({ min: -500, max: 500, noNaN: true }).map((value) => Math.round(value * 10) / 10);

test("a cropped axis writes both of its ends, and holds every value", () => {
  fc.assert(
    fc.property(
      fc.array(figures, { minLength: 1, maxLength: 9 }),
      fc.constantFrom(1.2, 4, 9, 20, 50),
      fc.constantFrom("few", "many"),
      (values, leastSpan, labels) => {
        const { domain, ticks } = croppedAxis(values, leastSpan, labels as "few" | "many");
        expect([ticks[0], ticks.at(-1)]).toEqual(domain);
        expect(domain[0]).toBeLessThanOrEqual(Math.min(...values));
        expect(domain[1]).toBeGreaterThanOrEqual(Math.max(...values));
        if (Math.min(...values) >= 0) expect(domain[0]).toBeGreaterThanOrEqual(0);
        expect(domain[1] - domain[0]).toBeGreaterThanOrEqual(leastSpan * (1 - 1e-9));
        expect(ticks.length).toBeGreaterThanOrEqual(3);
        expect(ticks.length).toBeLessThanOrEqual(labels === "few" ? 4 : 5);
      },
    ),
  );
});

test("a cropped axis has the values in its middle, as far as round ends allow", () => {
  expect(croppedAxis([57, 64], 20, "few").ticks).toEqual([50, 60, 70]);
  expect(croppedAxis([52, 58], 20, "few").ticks).toEqual([45, 55, 65]);
  expect(croppedAxis([72.3, 73.6], 4, "many").ticks).toEqual([71, 72, 73, 74, 75]);
  expect(croppedAxis([31, 55], 50, "few").ticks).toEqual([25, 50, 75]);
});

test("an axis without values writes none", () => {
  expect(croppedAxis([], 20, "few")).toEqual({ domain: [0, 20], ticks: [] });
});

test("a scale leads from one span to the other, also downwards", () => {
  const y = linear([50, 70], [200, 0]);
  expect([y(50), y(65), y(70)]).toEqual([200, 50, 0]);
  expect(linear([50, 50], [200, 0])(50)).toBe(200);
});

test("columns share the width", () => {
  const { step, x, span } = columns(30, 900);
  expect(step).toBe(30);
  expect(x(1)).toBe(45);
  expect(span(28, 29)).toEqual([840, 900]);
});

test("the axis names Mondays, as many as there is room for", () => {
  const dates = Array.from({ length: 30 }, (_, k) => new Date(Date.UTC(2026, 9, 31 + k)).toISOString().slice(0, 10));
  const named = (step: number) => dayTicks(dates, step, 60).map((k) => dates[k]);
  expect(named(30)).toEqual(["2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23"]);
  expect(named(8)).toEqual(["2026-11-09", "2026-11-23"]);
});

test("a short range names its last day, Monday or not", () => {
  expect(dayTicks(["2026-11-29"], 900, 60)).toEqual([0]);
  expect(dayTicks(["2026-11-27", "2026-11-28", "2026-11-29"], 40, 60)).toEqual([0, 2]);
});

test("days between dates are whole, also where the clocks change", () => {
  expect(daysBetween("2026-03-28", "2026-03-30")).toBe(2);
  expect(daysBetween("2026-10-24", "2026-11-01")).toBe(8);
});
