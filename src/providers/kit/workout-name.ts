import type { WorkoutKind } from "../../model/records.js";

/** What a recorded workout is called where the provider wants a name: MARTIAL_ARTS is "Martial arts". */
export function workoutName(kind: WorkoutKind): string {
  const words = kind.toLowerCase().replaceAll("_", " ");
  return `${words[0]!.toUpperCase()}${words.slice(1)}`;
}
