import type { GraphQLResolveInfo } from "graphql";
import { Ctx, FieldResolver, Float, Info, Resolver, Root } from "type-graphql";
import type { BodyMeasurement, SleepSession, Workout } from "../../health-data/views.js";
import type { RequestContext } from "../context.js";
import { BodyMeasurementType } from "../types/body.js";
import { MissingFieldType } from "../types/history.js";
import { SleepSessionType } from "../types/sleep.js";
import { WorkoutType } from "../types/workouts.js";
import { type EnergyUnit, energyIn, type LengthUnit, lengthIn, type MassUnit, massIn } from "../units.js";
import { MISSING, MissingFields, missingOf } from "./missing.js";
import { InEnergy, InLength, InMass } from "./units.js";

@Resolver(() => SleepSessionType)
export class SleepSessionResolver {
  @FieldResolver(() => [MissingFieldType], { description: MISSING })
  missing(
    @Root() session: SleepSession,
    @MissingFields() fields: string[] | null,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return missingOf(session, fields, context, info);
  }
}

@Resolver(() => BodyMeasurementType)
export class BodyMeasurementResolver {
  @FieldResolver(() => Float, { nullable: true, description: "Body weight." })
  weight(@Root() measurement: BodyMeasurement, @InMass("KILOGRAM") unit: MassUnit) {
    return massIn(measurement.weight, unit);
  }
}

@Resolver(() => WorkoutType)
export class WorkoutResolver {
  @FieldResolver(() => Float, { nullable: true, description: "Distance covered." })
  distance(@Root() workout: Workout, @InLength("METER") unit: LengthUnit) {
    return lengthIn(workout.distance, unit);
  }

  @FieldResolver(() => Float, { nullable: true, description: "Energy burned, as the provider calculates it." })
  energyBurned(@Root() workout: Workout, @InEnergy("KILOCALORIE") unit: EnergyUnit) {
    return energyIn(workout.energyBurned, unit);
  }
}
