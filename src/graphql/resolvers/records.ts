import { Arg, FieldResolver, Resolver, Root } from "type-graphql";
import type { Courses, SleepSession, Workout } from "../../health-data/views.js";
import type { Resolution, SleepMetric, WorkoutMetric } from "../../model/records.js";
import { courseAt } from "../../model/series.js";
import { BodyMeasurementType } from "../types/body.js";
import { SleepMetricEnum, WorkoutMetricEnum } from "../types/enums.js";
import { type Series, SeriesType } from "../types/series.js";
import { SleepSessionType } from "../types/sleep.js";
import { WorkoutType } from "../types/workouts.js";
import { Figures } from "./figures.js";
import { MISSING, Missing } from "./missing.js";
import { FromFirstAt } from "./resolution.js";

const mass = { type: "Float", quantity: "mass" } as const;
const energy = { type: "Float", quantity: "energy" } as const;
const length = { type: "Float", quantity: "length" } as const;
const NOT_MEASURED = "Null when the scale does not measure it.";

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
  return course ? Object.assign({}, courseAt(course, resolution), { unit: units[metric] }) : null;
}

@Resolver(() => SleepSessionType)
@Missing(MISSING)
export class SleepSessionResolver {
  @FieldResolver(() => SeriesType, {
    nullable: true,
    description:
      "The course of one measure through the sleep, from its first sample. Null when the provider tells none.",
  })
  samples(
    @Root() session: SleepSession,
    @Arg("metric", () => SleepMetricEnum, { description: "Which measure." }) metric: SleepMetric,
    @FromFirstAt("FIVE_MINUTES") resolution: Resolution,
  ): Series | null {
    return seriesOf(session, metric, resolution);
  }
}

@Resolver(() => BodyMeasurementType)
@Missing(MISSING)
@Figures(BodyMeasurementType, {
  weight: { ...mass, description: "Body weight." },
  fatMass: { ...mass, description: `Mass of the body's fat. ${NOT_MEASURED}` },
  leanMass: { ...mass, description: `Mass of everything but fat. ${NOT_MEASURED}` },
  muscleMass: { ...mass, description: `Mass of the muscles. ${NOT_MEASURED}` },
  boneMass: { ...mass, description: `Mass of the bones. ${NOT_MEASURED}` },
  waterMass: { ...mass, description: `Mass of the body's water. ${NOT_MEASURED}` },
  basalEnergyBurned: {
    ...energy,
    description: `Energy that the body burns a day at rest, as the scale reckons it. ${NOT_MEASURED}`,
  },
})
export class BodyMeasurementResolver {}

@Resolver(() => WorkoutType)
@Missing(MISSING)
@Figures(WorkoutType, {
  distance: { ...length, description: "Distance covered." },
  energyBurned: { ...energy, description: "Energy burned, as the provider calculates it." },
  elevationGain: {
    ...length,
    description: "Height climbed during the workout. Null when the provider does not give it.",
  },
})
export class WorkoutResolver {
  @FieldResolver(() => SeriesType, {
    nullable: true,
    description:
      "The course of one measure through the workout, from its first sample. Null when the provider tells none.",
  })
  samples(
    @Root() workout: Workout,
    @Arg("metric", () => WorkoutMetricEnum, { description: "Which measure." }) metric: WorkoutMetric,
    @FromFirstAt("ONE_MINUTE") resolution: Resolution,
  ): Series | null {
    return seriesOf(workout, metric, resolution);
  }
}
