import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, Float, Info, Resolver, Root } from "type-graphql";
import type { HeartDay, HeartZone } from "../../health-data/views.js";
import { heartFigures } from "../../model/figures.js";
import type { Resolution } from "../../model/records.js";
import type { RequestContext } from "../context.js";
import { ResolutionEnum } from "../types/enums.js";
import { HeartDayType, HeartZoneType } from "../types/heart.js";
import { MissingFieldType } from "../types/history.js";
import { type Series, SeriesType } from "../types/series.js";
import { type EnergyUnit, energyIn } from "../units.js";
import { serveFigures } from "./figures.js";
import { MISSING, MissingFields, missingOf } from "./missing.js";
import { InEnergy } from "./units.js";

@Resolver(() => HeartDayType)
export class HeartDayResolver {
  @FieldResolver(() => SeriesType, {
    nullable: true,
    description: "Heart-rate samples within the day, in beats per minute.",
  })
  samples(
    @Root() day: HeartDay,
    @Arg("resolution", () => ResolutionEnum, {
      defaultValue: "ONE_MINUTE",
      description: "Length of the intervals that the samples are grouped into.",
    })
    resolution: Resolution,
  ): Series | null {
    const series = day.series.get(`heart.samples:${resolution}`);
    return series ? { ...series, unit: "bpm" } : null;
  }

  @FieldResolver(() => [MissingFieldType], { description: MISSING })
  missing(
    @Root() day: HeartDay,
    @MissingFields() fields: string[] | null,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return missingOf(day, fields, context, info);
  }
}

serveFigures(HeartDayType, HeartDayResolver, heartFigures);

@Resolver(() => HeartZoneType)
export class HeartZoneResolver {
  @FieldResolver(() => Float, { nullable: true, description: "Energy burned while in this zone." })
  energyBurned(@Root() zone: HeartZone, @InEnergy("KILOCALORIE") unit: EnergyUnit) {
    return energyIn(zone.energyBurned, unit);
  }
}
