import { Resolver } from "type-graphql";
import { nutritionFigures } from "../../model/figures.js";
import { NutritionDayType, NutritionEntryType, NutritionHistoryType } from "../types/nutrition.js";
import { Figures } from "./figures.js";
import { MISSING, MISSING_LISTS, Missing } from "./missing.js";

@Resolver(() => NutritionHistoryType)
@Missing(MISSING_LISTS)
export class NutritionHistoryResolver {}

@Resolver(() => NutritionDayType)
@Missing(MISSING)
@Figures(NutritionDayType, nutritionFigures)
export class NutritionDayResolver {}

@Resolver(() => NutritionEntryType)
@Missing(MISSING)
@Figures(NutritionEntryType, {
  energyConsumed: { type: "Float", quantity: "energy", description: "Energy of a food. Null for water." },
  water: { type: "Float", quantity: "volume", description: "Volume of a drink. Null for food." },
})
export class NutritionEntryResolver {}
