import fc from "fast-check";
import { addDays, daysInclusive } from "../model/time.js";
import { MAX_RANGE_DAYS, resolveRange } from "./range.js";

const TODAY = "2026-03-29";
const today = (zone?: string) => (zone === "Pacific/Auckland" ? "2026-03-30" : TODAY);
const resolve = (range: Parameters<typeof resolveRange>[0]) => resolveRange(range, today);
const wrong = (range: Parameters<typeof resolveRange>[0]) =>
  expect(() => resolve(range)).toThrow(expect.objectContaining({ code: "BAD_USER_INPUT" }));

test("lastDays counts today", () => {
  expect(resolve({ lastDays: 1 })).toEqual({ from: TODAY, to: TODAY });
  expect(resolve({ lastDays: 7 })).toEqual({ from: "2026-03-23", to: TODAY });
});

test("from alone reaches to today, and null means left out", () => {
  expect(resolve({ from: "2026-03-01", to: null, lastDays: null })).toEqual({ from: "2026-03-01", to: TODAY });
});

test("from today is today alone", () => {
  expect(resolve({ from: TODAY })).toEqual({ from: TODAY, to: TODAY });
  expect(resolve({ from: TODAY, to: TODAY })).toEqual({ from: TODAY, to: TODAY });
  expect(resolve({ from: addDays(TODAY, 1) })).toEqual({ from: addDays(TODAY, 1), to: TODAY });
});

test("the longest range is a mistake when it is one day longer", () => {
  const from = addDays(TODAY, 1 - MAX_RANGE_DAYS);
  expect(resolve({ lastDays: MAX_RANGE_DAYS })).toEqual({ from, to: TODAY });
  expect(resolve({ from })).toEqual({ from, to: TODAY });
  wrong({ from: addDays(from, -1) });
});

test("timeZone decides what today is", () => {
  expect(resolve({ lastDays: 1, timeZone: "Pacific/Auckland" })).toEqual({ from: "2026-03-30", to: "2026-03-30" });
});

test("days in the future are cut, and a range wholly in the future is empty", () => {
  expect(resolve({ from: "2026-03-28", to: "2027-01-01" })).toEqual({ from: "2026-03-28", to: TODAY });
  const { from, to } = resolve({ from: "2026-04-01", to: "2026-04-05" });
  expect(daysInclusive(from, to)).toBe(0);
  expect(daysInclusive(resolve({ from: "2026-04-01" }).from, resolve({ from: "2026-04-01" }).to)).toBe(0);
});

test("mistakes are told apart from empty answers", () => {
  wrong({});
  wrong({ timeZone: "Europe/Paris" });
  wrong({ to: TODAY });
  wrong({ from: TODAY, lastDays: 1 });
  wrong({ to: TODAY, lastDays: 1 });
  wrong({ from: "2026-03-02", to: "2026-03-01" });
  wrong({ from: "2026-02-30" });
  wrong({ from: "2026-02-01", to: "2026-02-30" });
  wrong({ from: "1 March" });
  wrong({ lastDays: 0 });
  wrong({ lastDays: -3 });
  wrong({ lastDays: MAX_RANGE_DAYS + 1 });
  wrong({ from: "2020-01-01" });
  wrong({ lastDays: 1, timeZone: "Mars/Olympus" });
  wrong({ lastDays: 1, timeZone: "+01:00" });
});

test("whatever is asked, the answer is a bounded span that does not reach past today, or a mistake", () => {
  const date = fc.integer({ min: -3_000, max: 1_000 }).map((days) => addDays(TODAY, days));
  const range = fc.record({
    from: fc.option(date),
    to: fc.option(date),
    lastDays: fc.option(fc.integer({ min: -5, max: 2_000 })),
  });
  fc.assert(
    fc.property(range, (asked) => {
      let span: { from: string; to: string };
      try {
        span = resolve(asked);
      } catch (error) {
        expect(error).toMatchObject({ code: "BAD_USER_INPUT" });
        return;
      }
      const days = daysInclusive(span.from, span.to);
      expect(days).toBeGreaterThanOrEqual(0);
      expect(days).toBeLessThanOrEqual(MAX_RANGE_DAYS);
      if (days > 0) expect(span.to <= TODAY).toBe(true);
      if (asked.from) expect(span.from).toBe(asked.from);
      if (asked.lastDays) expect(days).toBe(asked.lastDays);
    }),
  );
});

test("every day of a valid range in the past is in the answer", () => {
  const start = fc.integer({ min: 0, max: 1_000 });
  fc.assert(
    fc.property(start, fc.integer({ min: 0, max: 99 }), (back, length) => {
      const from = addDays(TODAY, -back - length);
      const to = addDays(from, length);
      expect(resolve({ from, to })).toEqual({ from, to });
    }),
  );
});
