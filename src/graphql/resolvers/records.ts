import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, Float, Info, Resolver, Root } from "type-graphql";
import type { BodyMeasurement, Courses, SleepSession, Workout } from "../../health-data/views.js";
import type { Resolution, SleepMetric, WorkoutMetric } from "../../model/records.js";
import { courseAt } from "../../model/series.js";
import type { RequestContext } from "../context.js";
import { BodyMeasurementType } from "../types/body.js";
import { ResolutionEnum, SleepMetricEnum, WorkoutMetricEnum } from "../types/enums.js";
import { MissingFieldType } from "../types/history.js";
import { type Series, SeriesType } from "../types/series.js";
import { SleepSessionType } from "../types/sleep.js";
import { WorkoutType } from "../types/workouts.js";
import { type EnergyUnit, energyIn, type LengthUnit, lengthIn, type MassUnit, massIn } from "../units.js";
import { MISSING, MissingFields, missingOf } from "./missing.js";
import { InEnergy, InLength, InMass } from "./units.js";

const NOT_MEASURED = "Null when the scale does not measure it.";
const RESOLUTION = "Length of the intervals that the samples are grouped into, counted from the first sample.";

const units: Readonly<Record<SleepMetric | WorkoutMetric, string>> = {
  HEART_RATE: "bpm",
  HRV_RMSSD: "ms",
  RESPIRATORY_RATE: "breaths/min",
  SPEED: "m/s",
  CADENCE: "1/min",
  POWER: "W",
  ALTITUDE: "m",
};

function seriesOf(
  { courses }: { readonly courses: Courses },
  metric: SleepMetric | WorkoutMetric,
  resolution: Resolution,
): Series | null {
  const course = courses.get(metric);
  return course ? { ...courseAt(course, resolution), unit: units[metric] } : null;
}

@Resolver(() => SleepSessionType)
export class SleepSessionResolver {
  @FieldResolver(() => SeriesType, {
    nullable: true,
    description:
      "The course of one measure through the sleep, from its first sample. Null when the provider tells none.",
  })
  samples(
    @Root() session: SleepSession,
    @Arg("metric", () => SleepMetricEnum, { description: "Which measure." }) metric: SleepMetric,
    @Arg("resolution", () => ResolutionEnum, { defaultValue: "FIVE_MINUTES", description: RESOLUTION })
    resolution: Resolution,
  ): Series | null {
    return seriesOf(session, metric, resolution);
  }

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

  @FieldResolver(() => Float, { nullable: true, description: `Mass of the body's fat. ${NOT_MEASURED}` })
  fatMass(@Root() measurement: BodyMeasurement, @InMass("KILOGRAM") unit: MassUnit) {
    return massIn(measurement.fatMass ?? null, unit);
  }

  @FieldResolver(() => Float, { nullable: true, description: `Mass of everything but fat. ${NOT_MEASURED}` })
  leanMass(@Root() measurement: BodyMeasurement, @InMass("KILOGRAM") unit: MassUnit) {
    return massIn(measurement.leanMass ?? null, unit);
  }

  @FieldResolver(() => Float, { nullable: true, description: `Mass of the muscles. ${NOT_MEASURED}` })
  muscleMass(@Root() measurement: BodyMeasurement, @InMass("KILOGRAM") unit: MassUnit) {
    return massIn(measurement.muscleMass ?? null, unit);
  }

  @FieldResolver(() => Float, { nullable: true, description: `Mass of the bones. ${NOT_MEASURED}` })
  boneMass(@Root() measurement: BodyMeasurement, @InMass("KILOGRAM") unit: MassUnit) {
    return massIn(measurement.boneMass ?? null, unit);
  }

  @FieldResolver(() => Float, { nullable: true, description: `Mass of the body's water. ${NOT_MEASURED}` })
  waterMass(@Root() measurement: BodyMeasurement, @InMass("KILOGRAM") unit: MassUnit) {
    return massIn(measurement.waterMass ?? null, unit);
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description: `Energy that the body burns a day at rest, as the scale reckons it. ${NOT_MEASURED}`,
  })
  basalEnergyBurned(@Root() measurement: BodyMeasurement, @InEnergy("KILOCALORIE") unit: EnergyUnit) {
    return energyIn(measurement.basalEnergyBurned ?? null, unit);
  }

  @FieldResolver(() => [MissingFieldType], { description: MISSING })
  missing(
    @Root() measurement: BodyMeasurement,
    @MissingFields() fields: string[] | null,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return missingOf(measurement, fields, context, info);
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

  @FieldResolver(() => Float, {
    nullable: true,
    description: "Height climbed during the workout. Null when the provider does not give it.",
  })
  elevationGain(@Root() workout: Workout, @InLength("METER") unit: LengthUnit) {
    return lengthIn(workout.elevationGain ?? null, unit);
  }

  @FieldResolver(() => SeriesType, {
    nullable: true,
    description:
      "The course of one measure through the workout, from its first sample. Null when the provider tells none.",
  })
  samples(
    @Root() workout: Workout,
    @Arg("metric", () => WorkoutMetricEnum, { description: "Which measure." }) metric: WorkoutMetric,
    @Arg("resolution", () => ResolutionEnum, { defaultValue: "ONE_MINUTE", description: RESOLUTION })
    resolution: Resolution,
  ): Series | null {
    return seriesOf(workout, metric, resolution);
  }

  @FieldResolver(() => [MissingFieldType], { description: MISSING })
  missing(
    @Root() workout: Workout,
    @MissingFields() fields: string[] | null,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return missingOf(workout, fields, context, info);
  }
}
