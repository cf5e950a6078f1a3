import type { WorkoutRecord } from "../../model/records.js";
import { localDateOf } from "../../model/time.js";
import { isSameWorkout } from "../merge.js";
import type * as views from "../views.js";
import { recordList } from "./records.js";
import { type Assembly, opaqueId, type Scene, type Source } from "./scene.js";

export function* workouts(scene: Scene): Assembly<Omit<views.WorkoutHistory, "sources">> {
  const toView = (source: Source, record: WorkoutRecord, alternatives: readonly views.Workout[]): views.Workout => ({
    ...record,
    id: opaqueId("workout", source.reader.connection.id, record.id),
    date: localDateOf(record.start),
    source: source.reader.provider.id,
    alternatives,
  });
  return { workouts: yield* recordList(scene, "workouts.workouts", isSameWorkout, toView) };
}
