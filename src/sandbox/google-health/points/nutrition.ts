import type { PersonDrink, PersonFood, PersonMeal, PersonNutrients } from "../../person.js";
import { MINUTE_MS } from "../time.js";
import type { View } from "../view.js";
import { intervalPoint, type PointsOn } from "./point.js";
import { sessionId } from "./sleep.js";

const MEAL_TYPES: Record<PersonMeal, string> = {
  breakfast: "BREAKFAST",
  morningSnack: "BEFORE_LUNCH",
  lunch: "LUNCH",
  afternoonSnack: "BEFORE_DINNER",
  dinner: "DINNER",
  eveningSnack: "AFTER_DINNER",
  anytime: "ANYTIME",
};

/** Without carbohydrate and fat, which have members of their own. */
const NUTRIENTS: readonly (readonly [nutrient: string, name: keyof PersonNutrients])[] = [
  ["PROTEIN", "protein"],
  ["SATURATED_FAT", "saturatedFat"],
  ["DIETARY_FIBER", "fiber"],
  ["SUGAR", "sugar"],
  ["SODIUM", "sodium"],
  ["CAFFEINE", "caffeine"],
];
const KCAL_OF_A_GRAM_OF_FAT = 9;

export const nutritionLog: PointsOn = (view, day) =>
  day.meals
    .filter(({ timeMs }) => timeMs + MINUTE_MS <= view.untilMs)
    .map((food) => ({
      ...intervalPoint(view, food.timeMs, food.timeMs + MINUTE_MS, foodBody(view, food), "manual"),
      id: sessionId(day, `food:${food.id}`),
    }));

/** The name of a food, or of a unit, among the catalogue's data points. */
const foodName = (view: View, id: number) => `users/${view.healthUserId}/dataTypes/food/dataPoints/${id}`;
const unitName = (view: View, unit: string) =>
  `users/${view.healthUserId}/dataTypes/food-measurement-unit/dataPoints/${unit}`;

function foodBody(view: View, { meal, name, amount, unit, energyKcal, foodId, nutrients }: PersonFood) {
  const common = { mealType: MEAL_TYPES[meal], foodDisplayName: name, energy: { kcal: energyKcal } };
  if (foodId === null || !nutrients) return common;
  return {
    ...common,
    food: foodName(view, foodId),
    serving: { amount, foodMeasurementUnit: unitName(view, unit), foodMeasurementUnitDisplayName: unit },
    ...nutrientMembers(nutrients),
  };
}

/** What of a food's figures the catalogue fills in. What it does not know is left out; a true zero is told. */
export function nutrientMembers(nutrients: PersonNutrients) {
  return {
    energyFromFat: { kcal: Math.round(nutrients.fat * KCAL_OF_A_GRAM_OF_FAT) },
    totalCarbohydrate: { grams: nutrients.carbohydrate },
    totalFat: { grams: nutrients.fat },
    nutrients: NUTRIENTS.flatMap(([nutrient, name]) => {
      const grams = nutrients[name];
      return grams === null ? [] : [{ nutrient, quantity: { grams } }];
    }),
  };
}

const VOLUME_UNITS: Record<PersonDrink["unit"], string> = {
  milliliter: "MILLILITER",
  cup: "CUP_US",
  fluidOunce: "FLUID_OUNCE_US",
};

/** A glass is drunk at once: its interval has no length. */
export const hydrationLog: PointsOn = (view, day) =>
  day.drinks
    .filter(({ timeMs }) => timeMs <= view.untilMs)
    .map(({ id, timeMs, milliliters, unit }) => {
      const amountConsumed = { milliliters, userProvidedUnit: VOLUME_UNITS[unit] };
      return {
        ...intervalPoint(view, timeMs, timeMs, { amountConsumed }, "manual"),
        id: sessionId(day, `drink:${id}`),
      };
    });
