import { expect, test } from "@jest/globals";
import { unitsOf, usualSettings } from "./settings.js";

test.each([
  [["de-DE", "en"], { language: "de", units: "metric", clock: "24" }],
  [["en-US"], { language: "en", units: "us", clock: "12" }],
  [["en-GB", "de"], { language: "en", units: "metric", clock: "24" }],
  [["fr-FR", "de-AT"], { language: "de", units: "metric", clock: "24" }],
  [["pt-BR"], { language: "en", units: "metric", clock: "24" }],
  [[], { language: "en", units: "metric", clock: "24" }],
])("a first visit with the languages %j is as usual there", (languages, usual) => {
  expect(usualSettings(languages)).toEqual({ days: 30, ...usual });
});

test("figures are asked for in the units that are shown", () => {
  expect(unitsOf("us")).toEqual({
    ...{ length: "MILE", mass: "POUND", temperature: "FAHRENHEIT" },
    glucose: "MILLIGRAM_PER_DECILITER",
  });
  expect(unitsOf("metric")).toEqual({
    ...{ length: "KILOMETER", mass: "KILOGRAM", temperature: "CELSIUS" },
    glucose: "MILLIMOLE_PER_LITER",
  });
});
