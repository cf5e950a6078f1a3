import { object, optionalList, optionalObject, optionalString, type Unchecked } from "../../../http/json.js";
import { withoutNoise } from "../../../model/numbers.js";
import type { LocalDate, Meal, NutritionRecord } from "../../../model/records.js";
import { localDateOf } from "../../../model/time.js";
import { figure } from "../../kit/figures.js";
import { firstOfEach } from "../../kit/members.js";
import { pointId, type RawInterval, toStart } from "./wire.js";

interface RawGrams {
  readonly grams: number;
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#NutritionLog */
interface RawNutritionLog {
  readonly interval: RawInterval;
  readonly foodDisplayName: string;
  readonly mealType: string;
  readonly energy: { readonly kcal: number };
  readonly totalCarbohydrate: RawGrams;
  readonly totalFat: RawGrams;
  /** Carbohydrates and fat have members of their own. */
  readonly nutrients: readonly { readonly nutrient: string; readonly quantity: RawGrams }[];
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#HydrationLog */
interface RawHydrationLog {
  readonly interval: RawInterval;
  readonly amountConsumed: { readonly milliliters: number };
}

/** Google names what comes before a meal; what comes after dinner, or belongs to no meal, has no place of its own. */
const meals: Readonly<Record<string, Meal | undefined>> = {
  BREAKFAST: "BREAKFAST",
  BEFORE_LUNCH: "MORNING_SNACK",
  LUNCH: "LUNCH",
  BEFORE_DINNER: "AFTERNOON_SNACK",
  DINNER: "DINNER",
  BEFORE_BREAKFAST: "ANYTIME",
  AFTER_DINNER: "ANYTIME",
  SNACK: "ANYTIME",
  ANYTIME: "ANYTIME",
};

const nothing = {
  ...{ name: null, meal: null, energyConsumed: null, carbohydrateGrams: null, fatGrams: null, proteinGrams: null },
  ...{ fiberGrams: null, sodiumMilligrams: null, water: null },
};

export function toFood(value: unknown, zone: string | undefined): NutritionRecord {
  const point = object(value, "dataPoints[]");
  const raw: Unchecked<RawNutritionLog> = object(point["nutritionLog"], "nutritionLog");
  const time = toStart(raw.interval, zone, "nutritionLog.interval");
  const nutrients = firstOfEach(
    optionalList(raw.nutrients).map((each) => optionalObject(each) ?? {}),
    (each) => each["nutrient"],
  );
  const nutrient = (name: string) => gramsIn(nutrients.find((each) => each["nutrient"] === name)?.["quantity"]);
  const sodium = nutrient("SODIUM");
  return {
    ...nothing,
    id: pointId(point, time),
    time,
    name: optionalString(raw.foodDisplayName),
    meal: meals[optionalString(raw.mealType) ?? ""] ?? null,
    energyConsumed: figure(optionalObject(raw.energy)?.["kcal"]),
    carbohydrateGrams: gramsIn(raw.totalCarbohydrate) ?? nutrient("CARBOHYDRATES"),
    fatGrams: gramsIn(raw.totalFat),
    proteinGrams: nutrient("PROTEIN"),
    fiberGrams: nutrient("DIETARY_FIBER"),
    sodiumMilligrams: sodium === null ? null : withoutNoise(sodium * 1000),
  };
}

export function toDrink(value: unknown, zone: string | undefined): NutritionRecord {
  const point = object(value, "dataPoints[]");
  const raw: Unchecked<RawHydrationLog> = object(point["hydrationLog"], "hydrationLog");
  const time = toStart(raw.interval, zone, "hydrationLog.interval");
  const amount: Partial<RawHydrationLog["amountConsumed"]> = optionalObject(raw.amountConsumed) ?? {};
  return { ...nothing, id: pointId(point, time), time, water: figure(amount.milliliters) };
}

export const dayOfLog =
  (key: "nutritionLog" | "hydrationLog") =>
  (point: unknown, zone: string | undefined): LocalDate =>
    localDateOf(toStart(object(object(point, "dataPoints[]")[key], key)["interval"], zone, `${key}.interval`));

function gramsIn(value: unknown): number | null {
  return figure((optionalObject(value) as Partial<RawGrams> | null)?.grams);
}
