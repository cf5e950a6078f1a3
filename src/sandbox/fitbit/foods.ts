import type { PersonFood, PersonMeal } from "../person.js";
import { type ApiCall, type ApiRoute, reads } from "./call.js";
import { invalid } from "./errors.js";
import { chance, round, scramble } from "./json.js";
import { ALL_PERIODS, readDate, readDates } from "./params.js";
import { volumeOf } from "./units.js";

const LOG = "/1/user/:user/foods/log";
const SERIES_DAYS = 1095;

export const foodRoutes: readonly ApiRoute[] = [
  reads(`${LOG}/goal.json`, "nutrition", (call) => ({
    foodPlan: { estimatedDate: "", intensity: "EASIER", personalized: false },
    goals: { calories: calorieGoal(call) },
  })),
  reads(`${LOG}/water/goal.json`, "nutrition", ({ view, units }) => ({
    goal: { goal: volumeOf(1900, units), startDate: view.person.memberSince },
  })),
  reads(`${LOG}/date/:start.json`, "nutrition", foodLogs),
  reads(`${LOG}/water/date/:start.json`, "nutrition", (call) => {
    const drinks = call.view.drinks(readDate(call.params["start"], call.view));
    return {
      summary: { water: waterOf(call, drinks) },
      water: drinks.map(({ id, milliliters }) => ({ amount: volumeOf(milliliters, call.units), logId: BigInt(id) })),
    };
  }),
  reads(`${LOG}/:resource/date/:start/:end.json`, "nutrition", series),
];

const calorieGoal = ({ view }: ApiCall) => 1900 + 50 * Math.floor(9 * chance(`eats ${view.person.id}`));

function waterOf({ units }: ApiCall, drinks: readonly { readonly milliliters: number }[]): number {
  return round(
    volumeOf(
      drinks.reduce((total, { milliliters }) => total + milliliters, 0),
      units,
    ),
    2,
  );
}

const MEAL_TYPES: Record<PersonMeal, number> = {
  breakfast: 1,
  morningSnack: 2,
  lunch: 3,
  afternoonSnack: 4,
  dinner: 5,
  // Fitbit has no snack after dinner.
  eveningSnack: 7,
  anytime: 7,
};
export const mealOf = (mealTypeId: string): PersonMeal | undefined =>
  (Object.keys(MEAL_TYPES) as PersonMeal[]).findLast((meal) => String(MEAL_TYPES[meal]) === mealTypeId);

export const FOOD_UNITS: Readonly<Record<string, number>> = {
  bowl: 48,
  cup: 91,
  gram: 147,
  piece: 256,
  plate: 263,
  serving: 304,
  slice: 311,
};

const milligrams = (grams: number) => round(grams * 1000, 1);

export function foodLog(date: string, { id, meal, foodId, name, amount, unit, energyKcal, nutrients }: PersonFood) {
  const unitId = FOOD_UNITS[unit]!;
  return {
    isFavorite: false,
    logDate: date,
    logId: BigInt(id),
    loggedFood: {
      accessLevel: foodId === null ? "PRIVATE" : "PUBLIC",
      amount,
      brand: "",
      calories: energyKcal,
      foodId: foodId ?? 600_000_000 + (scramble(name) % 99_999_999),
      mealTypeId: MEAL_TYPES[meal],
      name,
      unit: { id: unitId, name: unit, plural: `${unit}s` },
      units: [unitId],
    },
    // What was typed in as a number of calories has no other figure.
    nutritionalValues: nutrients
      ? {
          calories: energyKcal,
          carbs: nutrients.carbohydrate,
          fat: nutrients.fat,
          fiber: nutrients.fiber ?? 0,
          protein: nutrients.protein,
          sodium: milligrams(nutrients.sodium ?? 0),
        }
      : undefined,
  };
}

export function foodSummary(call: ApiCall, date: string) {
  const foods = call.view.foods(date);
  const sum = (gramsOf: (food: PersonFood) => number | null | undefined) =>
    round(
      foods.reduce((total, food) => total + (gramsOf(food) ?? 0), 0),
      2,
    );
  return {
    calories: sum(({ energyKcal }) => energyKcal),
    carbs: sum(({ nutrients }) => nutrients?.carbohydrate),
    fat: sum(({ nutrients }) => nutrients?.fat),
    fiber: sum(({ nutrients }) => nutrients?.fiber),
    protein: sum(({ nutrients }) => nutrients?.protein),
    sodium: sum(({ nutrients }) => milligrams(nutrients?.sodium ?? 0)),
    water: waterOf(call, call.view.drinks(date)),
  };
}

function foodLogs(call: ApiCall): unknown {
  const date = readDate(call.params["start"], call.view);
  return {
    foods: call.view.foods(date).map((food) => foodLog(date, food)),
    goals: { calories: calorieGoal(call) },
    summary: foodSummary(call, date),
  };
}

/** Every day has its row: one without a log is a zero. */
function series(call: ApiCall): unknown {
  const { view, params } = call;
  const resource = params["resource"] ?? "";
  if (resource !== "caloriesIn" && resource !== "water")
    throw invalid("resource-path", `Invalid resource: ${resource}`);
  const dates = readDates(call, { maxDays: SERIES_DAYS, periods: ALL_PERIODS });
  const valueOn = (date: string) =>
    resource === "water"
      ? waterOf(call, view.drinks(date))
      : view.foods(date).reduce((total, { energyKcal }) => total + energyKcal, 0);
  return { [`foods-log-${resource}`]: dates.map((dateTime) => ({ dateTime, value: String(valueOn(dateTime)) })) };
}
