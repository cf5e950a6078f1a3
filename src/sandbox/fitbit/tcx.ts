import { trainingCenterXml } from "../kit/index.js";
import type { PersonWorkout } from "../person.js";
import type { View } from "./view.js";

/** Nobody in the lab has GPS points, so a track is there only for who asks for a partial one. */
export function tcx(view: View, date: string, exercise: PersonWorkout, device: string, partial: boolean): string {
  return trainingCenterXml({
    sport: exercise.kind === "run" ? "Running" : exercise.kind === "bike" ? "Biking" : "Other",
    startTime: view.clockWithOffset(date, exercise.startMs),
    activeSeconds: exercise.activeSeconds,
    distanceMeters: exercise.distanceMeters,
    energyKcal: exercise.energyKcal,
    deviceName: device,
    beats: partial ? beatsOf(view, date, exercise) : null,
  });
}

function beatsOf(view: View, date: string, { startMs, endMs }: PersonWorkout) {
  const day = view.day(date);
  const beats: { time: string; bpm: number }[] = [];
  for (let ms = startMs; ms < endMs; ms += 60_000) {
    const bpm = day.heartRate[view.cellAt(date, ms)]!;
    if (bpm > 0) beats.push({ time: view.clockWithOffset(date, ms), bpm });
  }
  return beats;
}
