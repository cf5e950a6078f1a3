import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, Float, Info, Resolver, Root } from "type-graphql";
import type { ActivityMetric, Resolution } from "../../model/records.js";
import type { ActivityDay, ActivityTotals } from "../../readings/views.js";
import type { RequestContext } from "../context.js";
import { ActivityDayType, ActivityTotalsType } from "../types/activity.js";
import { ActivityMetricEnum, ResolutionEnum } from "../types/enums.js";
import { MissingFieldType } from "../types/history.js";
import { type Series, SeriesType } from "../types/series.js";
import { type EnergyUnit, energyIn, type LengthUnit, lengthIn } from "../units.js";
import { MISSING, MissingFields, missingOf } from "./missing.js";
import { InEnergy, InLength } from "./units.js";

const unitOf: Readonly<Record<ActivityMetric, string>> = {
  STEPS: "count",
  DISTANCE: "m",
  ENERGY_BURNED: "kcal",
  FLOORS: "count",
  ELEVATION: "m",
};

@Resolver(() => ActivityDayType)
export class ActivityDayResolver {
  @FieldResolver(() => Float, {
    nullable: true,
    description: "Distance covered. Null when the provider has none: `missing` says why.",
  })
  distance(@Root() day: ActivityDay, @InLength("METER") unit: LengthUnit) {
    return lengthIn(day.distance, unit);
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description:
      "All energy burned, resting included. Each energy figure is as its provider defines it; the parts need not add up.",
  })
  energyBurned(@Root() day: ActivityDay, @InEnergy("KILOCALORIE") unit: EnergyUnit) {
    return energyIn(day.energyBurned, unit);
  }

  @FieldResolver(() => Float, { nullable: true, description: "Energy burned by activity, without the resting part." })
  activeEnergyBurned(@Root() day: ActivityDay, @InEnergy("KILOCALORIE") unit: EnergyUnit) {
    return energyIn(day.activeEnergyBurned, unit);
  }

  @FieldResolver(() => Float, { nullable: true, description: "Energy burned at rest (basal metabolism)." })
  basalEnergyBurned(@Root() day: ActivityDay, @InEnergy("KILOCALORIE") unit: EnergyUnit) {
    return energyIn(day.basalEnergyBurned, unit);
  }

  @FieldResolver(() => Float, { nullable: true, description: "Elevation gained." })
  elevation(@Root() day: ActivityDay, @InLength("METER") unit: LengthUnit) {
    return lengthIn(day.elevation, unit);
  }

  @FieldResolver(() => SeriesType, { nullable: true, description: "Samples of one measure within the day." })
  samples(
    @Root() day: ActivityDay,
    @Arg("metric", () => ActivityMetricEnum, { description: "Which measure." }) metric: ActivityMetric,
    @Arg("resolution", () => ResolutionEnum, {
      defaultValue: "FIFTEEN_MINUTES",
      description: "Length of the intervals that the samples are grouped into.",
    })
    resolution: Resolution,
  ): Series | null {
    const series = day.series.get(`activity.samples:${metric}:${resolution}`);
    return series ? { ...series, unit: unitOf[metric] } : null;
  }

  @FieldResolver(() => [MissingFieldType], { description: MISSING })
  missing(
    @Root() day: ActivityDay,
    @MissingFields() fields: string[] | null,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return missingOf(day, fields, context, info);
  }
}

@Resolver(() => ActivityTotalsType)
export class ActivityTotalsResolver {
  @FieldResolver(() => Float, {
    nullable: true,
    description: "Distance covered. Null when the provider has none: `missing` says why.",
  })
  distance(@Root() totals: ActivityTotals, @InLength("METER") unit: LengthUnit) {
    return lengthIn(totals.distance, unit);
  }

  @FieldResolver(() => Float, { nullable: true, description: "Total energy burned, resting included." })
  energyBurned(@Root() totals: ActivityTotals, @InEnergy("KILOCALORIE") unit: EnergyUnit) {
    return energyIn(totals.energyBurned, unit);
  }

  @FieldResolver(() => Float, { nullable: true, description: "Energy burned by activity, without the resting part." })
  activeEnergyBurned(@Root() totals: ActivityTotals, @InEnergy("KILOCALORIE") unit: EnergyUnit) {
    return energyIn(totals.activeEnergyBurned, unit);
  }
}
