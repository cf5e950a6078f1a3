import { energyIn, lengthIn, massIn, roundHalfUp, volumeIn } from "./units.js";

test("lengths go out in the unit that was asked for", () => {
  expect(lengthIn(5_600, "METER")).toBe(5_600);
  expect(lengthIn(5_600, "KILOMETER")).toBe(5.6);
  expect(lengthIn(1_609.344, "MILE")).toBe(1);
  expect(lengthIn(0.3048, "FOOT")).toBe(1);
  expect(lengthIn(1.78, "CENTIMETER")).toBe(178);
  expect(lengthIn(0.0254, "INCH")).toBe(1);
});

test("weights and energies too", () => {
  expect(massIn(70.5, "KILOGRAM")).toBe(70.5);
  expect(massIn(70.5, "GRAM")).toBe(70_500);
  expect(massIn(0.45359237, "POUND")).toBe(1);
  expect(massIn(6.35029318, "STONE")).toBe(1);
  expect(energyIn(2_000, "KILOCALORIE")).toBe(2_000);
  expect(energyIn(2_000, "KILOJOULE")).toBe(8_368);
});

test("volumes are US customary", () => {
  expect(volumeIn(750, "MILLILITER")).toBe(750);
  expect(volumeIn(29.5735295625, "FLUID_OUNCE")).toBe(1);
  expect(volumeIn(473.176473, "CUP")).toBe(2);
});

test("converting shows no dust of binary fractions", () => {
  expect(lengthIn(0.07, "CENTIMETER")).toBe(7);
  expect(massIn(1.1, "GRAM")).toBe(1_100);
});

test("nothing stays nothing, and zero zero", () => {
  expect(lengthIn(null, "MILE")).toBeNull();
  expect(massIn(0, "POUND")).toBe(0);
  expect(roundHalfUp(null)).toBeNull();
});

test("halves go up", () => {
  expect([0.5, 1.5, 2.4999, -0.5, -1.5, 7].map(roundHalfUp)).toEqual([1, 2, 2, 0, -1, 7]);
});
