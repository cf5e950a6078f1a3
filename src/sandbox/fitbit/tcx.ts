import type { PersonWorkout } from "../person.js";
import type { View } from "./view.js";

/**
 * An exercise in Garmin's Training Center format. Nobody in the lab has GPS points, so a track is there only for who
 * asks for a partial one, and then holds heart rates.
 */
export function tcx(view: View, date: string, exercise: PersonWorkout, device: string, partial: boolean): string {
  const start = view.clockWithOffset(date, exercise.startMs);
  const sport = exercise.kind === "run" ? "Running" : exercise.kind === "bike" ? "Biking" : "Other";
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">
  <Activities>
    <Activity Sport="${sport}">
      <Id>${start}</Id>
      <Lap StartTime="${start}">
        <TotalTimeSeconds>${exercise.activeSeconds}.0</TotalTimeSeconds>
        <DistanceMeters>${exercise.distanceMeters ?? 0}</DistanceMeters>
        <Calories>${Math.round(exercise.energyKcal)}</Calories>
        <Intensity>Active</Intensity>
        <TriggerMethod>Manual</TriggerMethod>
${partial ? heartTrack(view, date, exercise) : ""}      </Lap>
      <Creator xsi:type="Device_t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Name>${device}</Name></Creator>
    </Activity>
  </Activities>
</TrainingCenterDatabase>
`;
}

function heartTrack(view: View, date: string, exercise: PersonWorkout): string {
  const day = view.day(date);
  const points: string[] = [];
  for (let ms = exercise.startMs; ms < exercise.endMs; ms += 60_000) {
    const bpm = day.heartRate[view.cellAt(date, ms)]!;
    if (bpm === 0) continue;
    const time = view.clockWithOffset(date, ms);
    const heart = `<HeartRateBpm><Value>${bpm}</Value></HeartRateBpm>`;
    points.push(`          <Trackpoint><Time>${time}</Time>${heart}</Trackpoint>\n`);
  }
  return `        <Track>\n${points.join("")}        </Track>\n`;
}
