import { sumOf, withoutNoise } from "./numbers.js";

test("a figure loses the noise of binary fractions, and nothing that anybody measures", () => {
  expect([0.1 + 0.2, 5.7231 * 1000, 1_346, -0.5].map(withoutNoise)).toEqual([0.3, 5723.1, 1_346, -0.5]);
  expect(withoutNoise(1.0000004)).toBe(1);
  expect(withoutNoise(1.0000006)).toBe(1.000001);
});

test("a sum is exact to six decimals, and that of nothing is null, not 0", () => {
  expect(sumOf([1_234.1, 2_345.2, 3_456.3])).toBe(7_035.6);
  expect(sumOf([0])).toBe(0);
  expect(sumOf([])).toBeNull();
});
