import { expect, test } from "@jest/globals";
import { trendOf } from "./trend.js";

const at = (date: string, value: number, source = "SCALE") => ({ date, source, value });
const trends = (...weighings: ReturnType<typeof at>[]) => trendOf(weighings).map(({ trend }) => trend);

test("after five days a weighing has moved the trend half of the way", () => {
  expect(trends(at("2026-11-01", 74), at("2026-11-06", 72))).toEqual([74, 73]);
});

test("after ten days it is three quarters", () => {
  expect(trends(at("2026-11-01", 74), at("2026-11-11", 72))).toEqual([74, 72.5]);
});

test("the trend starts anew after more than fourteen days without a weighing", () => {
  const [, after14, after15] = trendOf([at("2026-10-01", 80), at("2026-10-15", 72), at("2026-10-30", 70.5)]);
  expect(after14!.anew).toBe(false);
  expect(after15).toMatchObject({ anew: true, trend: 70.5 });
});

test("each scale has a trend of its own", () => {
  expect(trends(at("2026-11-01", 74), at("2026-11-02", 90, "OTHER"), at("2026-11-06", 72))).toEqual([74, 90, 73]);
});

test("several weighings of a day count once, by their mean", () => {
  expect(trends(at("2026-11-01", 74), at("2026-11-06", 71), at("2026-11-06", 73))).toEqual([74, 73]);
});

test("no weighing has no trend", () => {
  expect(trendOf([])).toEqual([]);
});
