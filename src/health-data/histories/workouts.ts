import type { WorkoutRecord } from "../../model/records.js";
import { localDateOf } from "../../model/time.js";
import { isSameWorkout } from "../merge.js";
import type * as views from "../views.js";
import { recordIdOf } from "./record-ids.js";
import { coursesOf, reasonsIn, recordList } from "./records.js";
import { type Assembly, demand, type Scene, type Source } from "./scene.js";

const workoutFigures = [
  "name",
  "distance",
  "energyBurned",
  "steps",
  "averageHeartRate",
  "maxHeartRate",
  "elevationGain",
  "zones",
  "points",
  "load",
  "loadName",
] as const;

export function* workouts(scene: Scene): Assembly<Omit<views.WorkoutHistory, "sources">> {
  const toView = (source: Source, record: WorkoutRecord, alternatives: readonly views.Workout[]): views.Workout => {
    const date = localDateOf(record.start);
    const absent = reasonsIn(record, workoutFigures);
    return Object.assign({}, record, {
      id: recordIdOf("WORKOUT", source.reader.connection.id, record.id, date),
      date,
      source: source.reader.provider.id,
      absent,
      courses: coursesOf(scene, source, "workouts", { id: record.id, day: date }, absent),
      alternatives,
    });
  };
  // Only for the workouts that are shown: courses may cost a call for each.
  const courses = [...scene.ask.fields].filter((field) => field.startsWith("workouts.course:"));
  const detailsOf = (source: Source, records: readonly WorkoutRecord[]) => [
    demand(source, courses, [...new Set(records.map(({ start }) => localDateOf(start)))].sort()),
  ];
  return {
    workouts: yield* recordList(
      scene,
      "workouts.workouts",
      isSameWorkout,
      toView,
      courses.length > 0 ? detailsOf : undefined,
    ),
  };
}
