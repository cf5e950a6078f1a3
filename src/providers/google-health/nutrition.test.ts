import { cell, type Have } from "../../model/cells.js";
import type { NutritionRecord } from "../../model/records.js";
import type { Input } from "../provider.js";
import { googleHealth } from "./index.js";

const input: Input = {
  ...{ from: "2026-11-17", to: "2026-11-18", today: "2026-11-19", connectedOn: "2026-01-15" },
  providerUserId: null,
};
const have = { value: () => "Europe/Paris" } as unknown as Have;
const call = (name: string) => googleHealth.calls.find((each) => each.name === name)!;
const request = (name: string) => call(name).request(input, new Set(), have);
const read = (name: string, ...dataPoints: object[]) => call(name).read({ dataPoints }, input, have, request(name));
const during = (time: string) => ({
  interval: {
    ...{ startTime: `2026-11-18T${time}Z`, startUtcOffset: "3600s" },
    ...{ endTime: `2026-11-18T${time}Z`, endUtcOffset: "3600s" },
  },
});
const foods = "reconcile nutrition-log";
const drinks = "reconcile hydration-log";
const soup = {
  dataPointName: "users/1/dataTypes/nutrition-log/dataPoints/soup-1",
  nutritionLog: {
    ...during("11:30:00"),
    foodDisplayName: "Lentil soup",
    mealType: "LUNCH",
    energy: { kcal: 412.5 },
    totalCarbohydrate: { grams: 51.25 },
    totalFat: { grams: 9.75 },
    nutrients: [
      { nutrient: "PROTEIN", quantity: { grams: 22.5 } },
      { nutrient: "DIETARY_FIBER", quantity: { grams: 14.5 } },
      { nutrient: "SODIUM", quantity: { grams: 0.8375 } },
      // Listed twice: counted once.
      { nutrient: "PROTEIN", quantity: { grams: 23.5 } },
    ],
  },
};
const nothing = {
  ...{ name: null, meal: null, energyConsumed: null, carbohydrateGrams: null, fatGrams: null, proteinGrams: null },
  ...{ fiberGrams: null, sodiumMilligrams: null, water: null },
};
const read1 = (name: string, point: object): NutritionRecord => {
  const [first] = read(name, point).cells as unknown as [{ readonly known: { readonly value: NutritionRecord[] } }];
  return first.known.value[0]!;
};

it("reads what was eaten, with each figure in its unit", () => {
  expect(read(foods, soup).cells).toEqual([
    cell("nutrition.foods", "2026-11-18", [
      {
        ...{ id: "soup-1", time: "2026-11-18T12:30:00+01:00", name: "Lentil soup", meal: "LUNCH" },
        ...{ energyConsumed: 412.5, carbohydrateGrams: 51.25, fatGrams: 9.75, proteinGrams: 22.5 },
        ...{ fiberGrams: 14.5, sodiumMilligrams: 837.5, water: null },
      },
    ]),
  ]);
});

it("reads what was drunk", () => {
  const point = {
    dataPointName: "users/1/dataTypes/hydration-log/dataPoints/w-7",
    hydrationLog: { ...during("07:15:00"), amountConsumed: { milliliters: 330.5, userProvidedUnit: "CUP_US" } },
  };
  expect(read(drinks, point).cells).toEqual([
    cell("nutrition.drinks", "2026-11-18", [
      { ...nothing, id: "w-7", time: "2026-11-18T08:15:00+01:00", water: 330.5 },
    ]),
  ]);
});

it.each([
  ["BREAKFAST", "BREAKFAST"],
  ["BEFORE_LUNCH", "MORNING_SNACK"],
  ["BEFORE_DINNER", "AFTERNOON_SNACK"],
  ["DINNER", "DINNER"],
  ["AFTER_DINNER", "ANYTIME"],
  ["SNACK", "ANYTIME"],
  ["MEAL_TYPE_UNSPECIFIED", null],
  ["BRUNCH", null],
  [undefined, null],
])("takes the meal %s for %s", (mealType, meal) => {
  const point = { nutritionLog: { ...during("11:30:00"), foodDisplayName: "Roll", mealType } };
  expect(read1(foods, point)).toMatchObject({ ...nothing, name: "Roll", meal });
});

it("takes carbohydrates from the list of nutrients where no total is told, and never both", () => {
  const nutrients = [{ nutrient: "CARBOHYDRATES", quantity: { grams: 31 } }];
  expect(read1(foods, { nutritionLog: { ...during("11:30:00"), nutrients } }).carbohydrateGrams).toBe(31);
  const both = { nutritionLog: { ...during("11:30:00"), nutrients, totalCarbohydrate: { grams: 33 } } };
  expect(read1(foods, both).carbohydrateGrams).toBe(33);
});

it("skips an entry that can't be read, and tells its day", () => {
  const { cells, skipped } = read(foods, soup, { nutritionLog: 5 }, { nutritionLog: { interval: { startTime: "?" } } });
  expect(cells).toHaveLength(1);
  expect(skipped).toMatchObject([{ field: "nutrition.foods" }, { field: "nutrition.foods" }]);
});

describe("the figures of a day", () => {
  const sum = (name: string, list: readonly object[] | undefined) =>
    googleHealth.derive!.find(({ yields }) => yields === `nutrition.${name}`)!.derive([list as never]);
  const food = { ...nothing, id: "1", energyConsumed: 100.1, fiberGrams: 3 };

  it("are the sums of what was logged", () => {
    expect(sum("energyConsumed", [food, { ...food, id: "2", energyConsumed: 200.2 }])).toBe(300.3);
    expect(sum("fiberGrams", [food, { ...food, fiberGrams: null }])).toBe(3);
    expect(
      sum("water", [
        { ...nothing, water: 250 },
        { ...nothing, water: 500 },
      ]),
    ).toBe(750);
  });

  it("are none where nothing was logged: 0 is not invented, and a logged 0 is 0", () => {
    expect(sum("energyConsumed", [])).toBeNull();
    expect(sum("energyConsumed", undefined)).toBeNull();
    expect(sum("proteinGrams", [food])).toBeNull();
    expect(sum("energyConsumed", [{ ...food, energyConsumed: 0 }])).toBe(0);
  });

  it("are none where a part of them can't be true", () => {
    expect(sum("energyConsumed", [food, { ...food, energyConsumed: null, refused: ["energyConsumed"] }])).toBeNull();
  });
});

it("asks for days as the person has them", () => {
  expect(request(foods)).toEqual({
    method: "GET",
    path: "/v4/users/me/dataTypes/nutrition-log/dataPoints:reconcile",
    query: {
      filter:
        'nutrition_log.interval.civil_start_time >= "2026-11-17" AND nutrition_log.interval.civil_start_time < "2026-11-19"',
      pageSize: 10_000,
    },
  });
});
