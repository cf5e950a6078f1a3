/** An exercise for Garmin's Training Center format. The lab has no positions, so a track has heart rates only. */
export interface TcxExercise {
  readonly sport: "Running" | "Biking" | "Other";
  /** Times in the vendor's format. */
  readonly startTime: string;
  readonly activeSeconds: number;
  readonly distanceMeters: number | null;
  readonly energyKcal: number;
  readonly deviceName: string;
  /** Null if there is no track. */
  readonly beats: readonly { readonly time: string; readonly bpm: number }[] | null;
}

/** TrainingCenterDatabase v2, with one activity of one lap. */
export function trainingCenterXml(exercise: TcxExercise): string {
  const { startTime } = exercise;
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">
  <Activities>
    <Activity Sport="${exercise.sport}">
      <Id>${startTime}</Id>
      <Lap StartTime="${startTime}">
        <TotalTimeSeconds>${exercise.activeSeconds}.0</TotalTimeSeconds>
        <DistanceMeters>${exercise.distanceMeters ?? 0}</DistanceMeters>
        <Calories>${Math.round(exercise.energyKcal)}</Calories>
        <Intensity>Active</Intensity>
        <TriggerMethod>Manual</TriggerMethod>
${exercise.beats ? track(exercise.beats) : ""}      </Lap>
      <Creator xsi:type="Device_t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Name>${exercise.deviceName}</Name></Creator>
    </Activity>
  </Activities>
</TrainingCenterDatabase>
`;
}

function track(beats: NonNullable<TcxExercise["beats"]>): string {
  const points = beats.map(
    ({ time, bpm }) =>
      `          <Trackpoint><Time>${time}</Time><HeartRateBpm><Value>${bpm}</Value></HeartRateBpm></Trackpoint>\n`,
  );
  return `        <Track>\n${points.join("")}        </Track>\n`;
}
