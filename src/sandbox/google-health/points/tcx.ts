import { trainingCenterXml } from "../../kit/index.js";
import type { PersonDay, PersonWorkout } from "../../person.js";
import { RpcError } from "../errors.js";
import { MINUTE_MS, timestamp } from "../time.js";
import type { View } from "../view.js";
import { dateOfSession, sessionId } from "./sleep.js";

/** The exercise with that id, once it has arrived. Throws NOT_FOUND. */
export function findWorkout(view: View, id: string): { readonly day: PersonDay; readonly workout: PersonWorkout } {
  const date = dateOfSession(id);
  if (view.exists(date)) {
    const day = view.person.day(date);
    const workout = day.workouts.find((one) => one.endMs <= view.untilMs && sessionId(day, one.id) === id);
    if (workout) return { day, workout };
  }
  throw new RpcError("NOT_FOUND", "Requested entity was not found.");
}

/** Times are instants in UTC. Without positions there is a track only for who takes a partial one. */
export function exerciseTcx(day: PersonDay, workout: PersonWorkout, partial: boolean): string {
  const { heartRate } = day.minutes;
  const beats: { time: string; bpm: number }[] = [];
  for (let ms = workout.startMs; ms < workout.endMs; ms += MINUTE_MS) {
    const bpm = heartRate[Math.floor((ms - day.startMs) / MINUTE_MS)] ?? 0;
    if (bpm > 0) beats.push({ time: timestamp(ms), bpm });
  }
  return trainingCenterXml({
    sport: workout.kind === "run" ? "Running" : workout.kind === "bike" ? "Biking" : "Other",
    startTime: timestamp(workout.startMs),
    activeSeconds: workout.activeSeconds,
    distanceMeters: workout.distanceMeters,
    energyKcal: workout.energyKcal,
    deviceName: "Charge 6",
    beats: partial ? beats : null,
  });
}
