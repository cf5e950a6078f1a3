import type { GraphQLResolveInfo } from "graphql";
import { Ctx, FieldResolver, Float, Info, Resolver, Root } from "type-graphql";
import type { NutritionDay, NutritionEntry, NutritionHistory } from "../../health-data/views.js";
import { nutritionFigures } from "../../model/figures.js";
import type { RequestContext } from "../context.js";
import { MissingFieldType } from "../types/history.js";
import { NutritionDayType, NutritionEntryType, NutritionHistoryType } from "../types/nutrition.js";
import { type EnergyUnit, energyIn, type VolumeUnit, volumeIn } from "../units.js";
import { serveFigures } from "./figures.js";
import { MISSING, MISSING_LISTS, MissingFields, missingOf } from "./missing.js";
import { InEnergy, InVolume } from "./units.js";

@Resolver(() => NutritionHistoryType)
export class NutritionHistoryResolver {
  @FieldResolver(() => [MissingFieldType], { description: MISSING_LISTS })
  missing(
    @Root() history: NutritionHistory,
    @MissingFields() fields: string[] | null,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return missingOf(history, fields, context, info);
  }
}

@Resolver(() => NutritionDayType)
export class NutritionDayResolver {
  @FieldResolver(() => [MissingFieldType], { description: MISSING })
  missing(
    @Root() day: NutritionDay,
    @MissingFields() fields: string[] | null,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return missingOf(day, fields, context, info);
  }
}

@Resolver(() => NutritionEntryType)
export class NutritionEntryResolver {
  @FieldResolver(() => Float, { nullable: true, description: "Energy of a food. Null for water." })
  energyConsumed(@Root() entry: NutritionEntry, @InEnergy("KILOCALORIE") unit: EnergyUnit) {
    return energyIn(entry.energyConsumed, unit);
  }

  @FieldResolver(() => Float, { nullable: true, description: "Volume of a drink. Null for food." })
  water(@Root() entry: NutritionEntry, @InVolume("MILLILITER") unit: VolumeUnit) {
    return volumeIn(entry.water, unit);
  }

  @FieldResolver(() => [MissingFieldType], { description: MISSING })
  missing(
    @Root() entry: NutritionEntry,
    @MissingFields() fields: string[] | null,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return missingOf(entry, fields, context, info);
  }
}

serveFigures(NutritionDayType, NutritionDayResolver, nutritionFigures);
