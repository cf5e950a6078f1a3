import { Float, ID, ObjectType } from "type-graphql";
import type * as views from "../../health-data/views.js";
import type { NutritionFigure } from "../../model/figures.js";
import { DateTimeScalar, LocalDateScalar } from "../scalars.js";
import { MealEnum, ProviderIdEnum } from "./enums.js";
import { field, nullableField } from "./field.js";
import { HistoryType } from "./history.js";

// The figures of a day are rows of model/figures.ts. resolvers/nutrition.ts adds their fields.

@ObjectType("NutritionDay", {
  description:
    "What was eaten and drunk on one local day, as one provider has it logged. Where several providers have the day, one is chosen; figures of two providers are never added or mixed.",
  simpleResolvers: true,
})
export class NutritionDayType implements Omit<views.NutritionDay, NutritionFigure | "absent"> {
  @field(() => ID, "Opaque identifier. It stays the same for this day of this provider.")
  readonly id!: views.NutritionDay["id"];
  @field(() => LocalDateScalar, "Calendar day in the user's own time zone.") readonly date!: views.NutritionDay["date"];
  @field(() => ProviderIdEnum, "The provider whose figures these are.")
  readonly source!: views.NutritionDay["source"];
  @field(() => Boolean, "True when the provider will not change this day any more. False for today.")
  readonly settled!: views.NutritionDay["settled"];
  @field(
    () => [NutritionDayType],
    "The same day as the user's other providers have it, in the order of `sourcePriority`. The `providers` argument does not limit this list.",
  )
  readonly alternatives!: views.NutritionDay["alternatives"];
}

@ObjectType("NutritionEntry", { description: "One thing eaten or drunk.", simpleResolvers: true })
export class NutritionEntryType
  implements
    Omit<views.NutritionEntry, "absent" | "energyConsumed" | "water" | "fiberGrams" | "sodiumMilligrams" | "refused">
{
  @field(() => ID, "Opaque identifier. It stays the same for this entry.") readonly id!: views.NutritionEntry["id"];
  @field(() => LocalDateScalar, "The local date that it was logged for.") readonly date!: views.NutritionEntry["date"];
  @nullableField(() => DateTimeScalar, "When, with the offset that was valid then. Null when only the day is known.")
  readonly time!: views.NutritionEntry["time"];
  @field(() => ProviderIdEnum, "The provider that stores it.") readonly source!: views.NutritionEntry["source"];
  @nullableField(() => String, "Name of the food. Null for water.") readonly name!: views.NutritionEntry["name"];
  @nullableField(() => MealEnum, "The meal that it was logged for. Null for water, and when the provider names none.")
  readonly meal!: views.NutritionEntry["meal"];
  @nullableField(() => Float, "Carbohydrates in grams.")
  readonly carbohydrateGrams!: views.NutritionEntry["carbohydrateGrams"];
  @nullableField(() => Float, "Fat in grams.") readonly fatGrams!: views.NutritionEntry["fatGrams"];
  @nullableField(() => Float, "Protein in grams.") readonly proteinGrams!: views.NutritionEntry["proteinGrams"];
}

@ObjectType("NutritionHistory", {
  description: "What a user ate and drank, as far as it was logged.",
  implements: HistoryType,
  simpleResolvers: true,
})
export class NutritionHistoryType extends HistoryType implements Omit<views.NutritionHistory, "absent"> {
  @nullableField(
    () => [NutritionDayType],
    "Oldest first. One entry for each day that a provider answered, also when nothing was logged (null figures, reason NOT_RECORDED). Null when no provider could answer.",
  )
  readonly days!: views.NutritionHistory["days"];
  @nullableField(
    () => [NutritionEntryType],
    "Oldest first, of the provider that each day is taken from. Null when no provider could answer; empty when nothing was logged.",
  )
  readonly entries!: views.NutritionHistory["entries"];
}
