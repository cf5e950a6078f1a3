import { Float, ID, Int, ObjectType } from "type-graphql";
import type { HeartZone, Workout, WorkoutHistory } from "../../health-data/views.js";
import { DateTimeScalar, LocalDateScalar } from "../scalars.js";
import { ProviderIdEnum, WorkoutKindEnum } from "./enums.js";
import { field, nullableField, optionalField } from "./field.js";
import { HeartZoneType } from "./heart.js";
import { HistoryType } from "./history.js";

/** What resolvers/records.ts serves, and what callers don't see. */
type NotHere = "distance" | "energyBurned" | "elevationGain" | "absent" | "courses" | "refused";

@ObjectType("Workout", {
  description: "One workout, logged by the user or detected by the device.",
  simpleResolvers: true,
})
export class WorkoutType implements Omit<Workout, NotHere> {
  @field(() => ID, "Opaque identifier. It stays the same for this workout.") readonly id!: Workout["id"];
  @field(() => LocalDateScalar, "The local date of `start`.") readonly date!: Workout["date"];
  @field(() => ProviderIdEnum, "The provider that recorded it.") readonly source!: Workout["source"];
  @field(() => WorkoutKindEnum, "Type of exercise. OTHER when none of the named types fits.")
  readonly kind!: Workout["kind"];
  @nullableField(() => String, "The provider's own name for the exercise, for example Outdoor Run.")
  readonly name!: Workout["name"];
  @field(() => DateTimeScalar, "When it started, with the offset that was valid then.")
  readonly start!: Workout["start"];
  @field(() => DateTimeScalar, "When it ended, with the offset that was valid then.") readonly end!: Workout["end"];
  @field(() => Int, "Elapsed time in seconds, pauses included.") readonly durationSeconds!: Workout["durationSeconds"];
  @nullableField(() => Int, "Number of steps during the workout.") readonly steps!: Workout["steps"];
  @nullableField(() => Int, "Average heart rate in beats per minute.")
  readonly averageHeartRate!: Workout["averageHeartRate"];
  @optionalField(() => Int, "Highest heart rate in beats per minute. Null when the provider does not give it.")
  readonly maxHeartRate?: number | null;
  @optionalField(
    () => [HeartZoneType],
    "Time in each heart-rate zone, lowest zone first. Null when the provider does not give it.",
  )
  readonly zones?: readonly HeartZone[] | null;
  @optionalField(
    () => Float,
    "The provider's own figure of training load; `loadName` says which. Loads of two providers are not comparable.",
  )
  readonly load?: number | null;
  @optionalField(() => String, "What the provider calls its load, for example Cardio Load. Null when `load` is.")
  readonly loadName?: string | null;
  @nullableField(
    () => Float,
    "The provider's own activity score. Null for providers without one: scores of two providers are not comparable.",
  )
  readonly points!: Workout["points"];
  @field(() => [WorkoutType], "The same workout as the user's other providers recorded it.")
  readonly alternatives!: Workout["alternatives"];
}

@ObjectType("WorkoutHistory", { description: "Workouts of a user.", implements: HistoryType, simpleResolvers: true })
export class WorkoutHistoryType extends HistoryType implements WorkoutHistory {
  @nullableField(
    () => [WorkoutType],
    "Oldest first. Workouts that started on a day of the range. Null when no provider could answer; empty when a provider answered that there are none.",
  )
  readonly workouts!: WorkoutHistory["workouts"];
}
