import { namesOf } from "../../model/figure-tables.js";
import { type NutritionFigure, nutritionFigures } from "../../model/figures.js";
import { sumOf } from "../../model/numbers.js";
import type { NutritionRecord } from "../../model/records.js";
import type { Derivation } from "../provider.js";

/**
 * The figures of a day as sums of what was logged on it, for providers whose lists reach as far as their totals: so days
 * and entries are one request.
 */
export const nutritionSums: readonly Derivation[] = namesOf(nutritionFigures).map((name) => ({
  yields: `nutrition.${name}`,
  from: [name === "water" ? "nutrition.drinks" : "nutrition.foods"],
  derive: ([list]) => sumOfLogged((list ?? []) as readonly NutritionRecord[], name),
}));

/** Null if nothing was logged, and if a part can't be true: a sum without it would be too low. */
function sumOfLogged(list: readonly NutritionRecord[], name: NutritionFigure): number | null {
  if (list.some(({ refused }) => refused?.includes(name))) return null;
  return sumOf(list.flatMap((each) => each[name] ?? []));
}
