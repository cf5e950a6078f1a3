import { UnreadableAnswer } from "../../http/json.js";
import { cell, type Have, nothing } from "../../model/cells.js";
import type { Input } from "../provider.js";
import { fitbit } from "./index.js";

const day = "2024-03-12";
const input: Input = {
  ...{ from: day, to: day, today: "2024-03-20", connectedOn: "2024-01-01" },
  providerUserId: "9XYZ12",
};
const have = { value: () => undefined } as unknown as Have;
const call = (name: string) => fitbit.calls.find((each) => each.name === name)!;
const request = (name: string, over: Partial<Input> = {}) => call(name).request({ ...input, ...over }, new Set(), have);
const read = (name: string, answer: unknown, over: Partial<Input> = {}) =>
  call(name).read(answer, { ...input, ...over }, have, request(name, over));

const bread = {
  ...{ isFavorite: false, logDate: day, logId: 8_100_001 },
  loggedFood: {
    foodId: 12,
    name: "Rye bread",
    amount: 2,
    mealTypeId: 2,
    unit: { id: 3, name: "slice" },
    calories: 166,
  },
  nutritionalValues: { calories: 166, carbs: 31.2, fat: 2.1, fiber: 3.7, protein: 5.4, sodium: 422 },
};
const log = {
  foods: [bread],
  goals: { calories: 2_000 },
  summary: { calories: 1_930, carbs: 210.5, fat: 71.3, fiber: 28.4, protein: 88.6, sodium: 2_104, water: 1_450 },
};
const nothingLogged = {
  foods: [],
  summary: { calories: 0, carbs: 0, fat: 0, fiber: 0, protein: 0, sodium: 0, water: 0 },
};
const unlogged = { time: null, water: null };

it("reads a day of food with every figure", () => {
  expect(request("food-log").path).toBe(`/1/user/-/foods/log/date/${day}.json`);
  const { cells } = read("food-log", log);
  expect(cells).toHaveLength(8);
  expect(cells).toEqual(
    expect.arrayContaining([
      cell("nutrition.foods", day, [
        {
          ...{ ...unlogged, id: "8100001", name: "Rye bread", meal: "MORNING_SNACK", energyConsumed: 166 },
          ...{ carbohydrateGrams: 31.2, fatGrams: 2.1, proteinGrams: 5.4, fiberGrams: 3.7, sodiumMilligrams: 422 },
        },
      ]),
      cell("nutrition.energyConsumed", day, 1_930),
      cell("nutrition.carbohydrateGrams", day, 210.5),
      cell("nutrition.fatGrams", day, 71.3),
      cell("nutrition.proteinGrams", day, 88.6),
      cell("nutrition.fiberGrams", day, 28.4),
      cell("nutrition.sodiumMilligrams", day, 2_104),
      cell("nutrition.water", day, 1_450),
    ]),
  );
});

it("takes the zeros of a day without food for nothing", () => {
  expect(read("food-log", nothingLogged).cells).toEqual([
    nothing("nutrition.energyConsumed", day, "NOT_RECORDED"),
    nothing("nutrition.water", day, "NOT_RECORDED"),
  ]);
});

it("keeps the energy of a food whose nutrients are unknown, and an id of more than 53 bits", () => {
  const { nutritionalValues: _none, ...plain } = bread;
  const { cells } = read("food-log", { ...log, foods: [{ ...plain, logId: "9007199254740993" }] });
  expect(cells[0]).toMatchObject({
    known: { value: [{ id: "9007199254740993", energyConsumed: 166, carbohydrateGrams: null }] },
  });
});

it("reads a day of water", () => {
  expect(request("water-log").path).toBe(`/1/user/-/foods/log/water/date/${day}.json`);
  const answer = {
    summary: { water: 750 },
    water: [
      { amount: 500, logId: 71 },
      { amount: 250, logId: 72 },
    ],
  };
  const { cells } = read("water-log", answer);
  expect(cells).toMatchObject([
    {
      field: "nutrition.drinks",
      day,
      known: {
        value: [
          { id: "71", water: 500 },
          { id: "72", water: 250 },
        ],
      },
    },
    cell("nutrition.water", day, 750),
  ]);
});

it.each([
  ["caloriesIn", "nutrition.energyConsumed"],
  ["water", "nutrition.water"],
] as const)("reads years of %s in one request, days without a log as nothing", (resource, field) => {
  const span = { from: "2024-03-11", to: day };
  expect(request(`${resource}-series`, span).path).toBe(`/1/user/-/foods/log/${resource}/date/2024-03-11/${day}.json`);
  const rows = [
    { dateTime: "2024-03-11", value: "0" },
    { dateTime: day, value: "1930.5" },
  ];
  expect(read(`${resource}-series`, { [`foods-log-${resource}`]: rows }, span).cells).toEqual([
    nothing(field, "2024-03-11", "NOT_RECORDED"),
    cell(field, day, 1_930.5),
  ]);
});

it("refuses an answer of another form", () => {
  for (const name of ["food-log", "water-log", "caloriesIn-series"])
    for (const answer of [{}, { foods: {}, summary: {} }, { foods: [], water: [] }, null])
      expect(() => read(name, answer)).toThrow(UnreadableAnswer);
});

it("reads the goals of food and water", () => {
  expect(request("goal-food").path).toBe("/1/user/-/foods/log/goal.json");
  expect(request("goal-water").path).toBe("/1/user/-/foods/log/water/goal.json");
  const goal = (metric: string, target: number, unit: string) => ({
    metric,
    period: "DAILY",
    target,
    current: null,
    unit,
  });
  expect(read("goal-food", { goals: { calories: 2_150 } }).cells).toMatchObject([
    { field: "goals.energyConsumed", known: { value: [goal("ENERGY_CONSUMED", 2_150, "kcal")] } },
  ]);
  expect(read("goal-water", { goal: { goal: 1_800, startDate: day } }).cells).toMatchObject([
    { field: "goals.water", known: { value: [goal("WATER", 1_800, "ml")] } },
  ]);
  expect(read("goal-water", { goal: {} }).cells).toMatchObject([{ field: "goals.water", known: { value: [] } }]);
});
