import { Float, ID, Int, ObjectType } from "type-graphql";
import type { Workout, WorkoutHistory } from "../../readings/views.js";
import { DateTimeScalar, LocalDateScalar } from "../scalars.js";
import { ProviderIdEnum, WorkoutKindEnum } from "./enums.js";
import { field, nullableField } from "./field.js";
import { HistoryType } from "./history.js";

@ObjectType("Workout", { description: "One exercise, logged or recognised.", simpleResolvers: true })
export class WorkoutType implements Omit<Workout, "distance" | "energyBurned"> {
  @field(() => ID, "Opaque, and stable for this workout.") readonly id!: Workout["id"];
  @field(() => LocalDateScalar, "The local date of `start`.") readonly date!: Workout["date"];
  @field(() => ProviderIdEnum, "Who saw it.") readonly source!: Workout["source"];
  @field(() => WorkoutKindEnum, "What sort of exercise it was.") readonly kind!: Workout["kind"];
  @nullableField(() => String, "The provider's own name for it.") readonly name!: Workout["name"];
  @field(() => DateTimeScalar, "When it began.") readonly start!: Workout["start"];
  @field(() => DateTimeScalar, "When it ended.") readonly end!: Workout["end"];
  @field(() => Int, "Elapsed time, pauses included.") readonly durationSeconds!: Workout["durationSeconds"];
  @nullableField(() => Int, "Steps taken.") readonly steps!: Workout["steps"];
  @nullableField(() => Int, "Beats a minute.") readonly averageHeartRate!: Workout["averageHeartRate"];
  @nullableField(() => Float, "The provider's own score, where it has one (Misfit points).")
  readonly points!: Workout["points"];
  @field(() => [WorkoutType], "The same workout as the user's other sources saw it.")
  readonly alternatives!: Workout["alternatives"];
}

@ObjectType("WorkoutHistory", { description: "Workouts.", implements: HistoryType, simpleResolvers: true })
export class WorkoutHistoryType extends HistoryType implements WorkoutHistory {
  @nullableField(() => [WorkoutType], "Oldest first; workouts that began on a day of the range.")
  readonly workouts!: WorkoutHistory["workouts"];
}
