import { page } from "../kit/members.js";
import type { ApiRequest, Call } from "../provider.js";
import { toFoodDay, toNutritionSeries, toWaterDay } from "./mappers/nutrition.js";

const scope = "nutrition";
const get = (path: string): ApiRequest => ({ method: "GET", path });

const keys = { caloriesIn: "foods-log-caloriesIn", water: "foods-log-water" } as const;

/** A series has one figure for every day; a log has one day with all of it. */
const series = (resource: "caloriesIn" | "water", field: "nutrition.energyConsumed" | "nutrition.water"): Call => ({
  name: `${resource}-series`,
  yields: [field],
  reach: { kind: "days", max: 1095 },
  scope,
  request: ({ from, to }) => get(`/1/user/-/foods/log/${resource}/date/${from}/${to}.json`),
  read: (answer, input) => page(input, toNutritionSeries(answer, keys[resource], field)),
});

/** https://dev.fitbit.com/build/reference/web-api/nutrition/ */
export const nutritionCalls: readonly Call[] = [
  series("caloriesIn", "nutrition.energyConsumed"),
  series("water", "nutrition.water"),
  {
    name: "food-log",
    yields: [
      "nutrition.foods",
      "nutrition.energyConsumed",
      "nutrition.carbohydrateGrams",
      "nutrition.fatGrams",
      "nutrition.proteinGrams",
      "nutrition.fiberGrams",
      "nutrition.sodiumMilligrams",
      "nutrition.water",
    ],
    reach: { kind: "days", max: 1 },
    scope,
    request: ({ from }) => get(`/1/user/-/foods/log/date/${from}.json`),
    read: (answer, input) => page(input, toFoodDay(answer, input)),
  },
  {
    name: "water-log",
    yields: ["nutrition.drinks", "nutrition.water"],
    reach: { kind: "days", max: 1 },
    scope,
    request: ({ from }) => get(`/1/user/-/foods/log/water/date/${from}.json`),
    read: (answer, input) => page(input, toWaterDay(answer, input)),
  },
];
