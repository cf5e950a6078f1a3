import type { PersonDay, PersonWorkout } from "../../person.js";
import { duration, MINUTE_MS, timestamp } from "../time.js";
import type { View } from "../view.js";
import { ZONE_MINUTE_WEIGHTS, zoneIndex, zonesOf } from "../zones.js";
import { intervalPoint, type PointsOn } from "./point.js";
import type { Point } from "./shape.js";
import { sessionId } from "./sleep.js";

interface Kind {
  readonly exerciseType: string;
  readonly displayName: string;
  readonly hasGps: boolean;
}

const KINDS: Record<PersonWorkout["kind"], Kind> = {
  walk: { exerciseType: "WALKING", displayName: "Walk", hasGps: false },
  run: { exerciseType: "RUNNING", displayName: "Run", hasGps: true },
  bike: { exerciseType: "BIKING", displayName: "Bike", hasGps: true },
  swim: { exerciseType: "SWIMMING_POOL", displayName: "Swim", hasGps: false },
  yoga: { exerciseType: "YOGA", displayName: "Yoga", hasGps: false },
  strength: { exerciseType: "STRENGTH_TRAINING", displayName: "Strength training", hasGps: false },
  hike: { exerciseType: "HIKING", displayName: "Hike", hasGps: true },
};
const POOL_METERS = 25;

const tenth = (value: number) => Math.round(value * 10) / 10;
const arrivedWorkouts = (view: View, day: PersonDay) => day.workouts.filter(({ endMs }) => endMs <= view.untilMs);

export const exercise: PointsOn = (view, day) =>
  arrivedWorkouts(view, day).map((workout) => ({
    ...intervalPoint(view, workout.startMs, workout.endMs, bodyOf(view, day, workout)),
    id: sessionId(day, workout.id),
  }));

function bodyOf(view: View, day: PersonDay, workout: PersonWorkout) {
  const { exerciseType, displayName, hasGps } = KINDS[workout.kind];
  const savedMs = workout.endMs + 82_120;
  const swim = workout.kind === "swim";
  return {
    exerciseType,
    displayName,
    activeDuration: duration(workout.activeSeconds),
    metricsSummary: metricsOf(view, day, workout),
    ...((hasGps || swim) && {
      exerciseMetadata: swim ? { poolLengthMillimeters: `${POOL_METERS * 1000}` } : { hasGps },
    }),
    exerciseEvents: eventsOf(view, workout),
    ...(hasGps && { splits: splitsOf(view, workout) }),
    createTime: timestamp(savedMs),
    updateTime: timestamp(savedMs + 3764),
  };
}

/** The sums of the minutes inside, and distance and elevation as doubles although they are millimetres. */
function metricsOf(view: View, day: PersonDay, workout: PersonWorkout) {
  const { heartRate, elevationMeters } = day.minutes;
  const zones = zonesOf(view, day);
  const seconds = [0, 0, 0, 0];
  let elevation = 0;
  let zoneMinutes = 0;
  const first = Math.floor((workout.startMs - day.startMs) / MINUTE_MS);
  const last = Math.ceil((workout.endMs - day.startMs) / MINUTE_MS);
  for (let minute = first; minute < Math.min(last, heartRate.length); minute++) {
    elevation += elevationMeters[minute]!;
    if (heartRate[minute] === 0) continue;
    const zone = zoneIndex(zones, heartRate[minute]!) as 0 | 1 | 2 | 3;
    seconds[zone]! += 60;
    zoneMinutes += ZONE_MINUTE_WEIGHTS[zone];
  }
  const meters = workout.distanceMeters;
  return {
    caloriesKcal: workout.energyKcal,
    ...(meters !== null &&
      meters > 0 && {
        distanceMillimeters: Math.round(meters * 1000),
        averageSpeedMillimetersPerSecond: tenth((meters * 1000) / workout.activeSeconds),
        averagePaceSecondsPerMeter: Math.round((workout.activeSeconds / meters) * 1e4) / 1e4,
      }),
    ...(workout.steps !== null && { steps: `${workout.steps}` }),
    ...(workout.averageHeartRate !== null && { averageHeartRateBeatsPerMinute: `${workout.averageHeartRate}` }),
    ...(elevation > 0 && { elevationGainMillimeters: Math.round(elevation * 1000) }),
    ...(zoneMinutes > 0 && { activeZoneMinutes: `${zoneMinutes}` }),
    ...(workout.kind === "swim" && meters !== null && { totalSwimLengths: Math.floor(meters / POOL_METERS) }),
    heartRateZoneDurations: {
      lightTime: duration(seconds[0]!),
      moderateTime: duration(seconds[1]!),
      vigorousTime: duration(seconds[2]!),
      peakTime: duration(seconds[3]!),
    },
  };
}

/** The one pause, where there was one, lies in the middle. */
function eventsOf(view: View, { startMs, endMs, activeSeconds }: PersonWorkout) {
  const pausedMs = endMs - startMs - activeSeconds * 1000;
  const middle = startMs + Math.floor(activeSeconds / 2) * 1000;
  const event = (exerciseEventType: string, ms: number) => ({
    eventTime: timestamp(ms),
    eventUtcOffset: duration(view.offsetAt(ms)),
    exerciseEventType,
  });
  return [
    event("START", startMs),
    ...(pausedMs > 0 ? [event("PAUSE", middle), event("RESUME", middle + pausedMs)] : []),
    event("STOP", endMs),
  ];
}

/** One for each whole kilometre, at an even pace. */
function splitsOf(view: View, { startMs, endMs, distanceMeters }: PersonWorkout) {
  const kilometres = Math.floor((distanceMeters ?? 0) / 1000);
  const millisPerKilometre = Math.floor((endMs - startMs) / ((distanceMeters ?? 1000) / 1000) / 1000) * 1000;
  return Array.from({ length: kilometres }, (_, index) => {
    const from = startMs + index * millisPerKilometre;
    const to = from + millisPerKilometre;
    return {
      startTime: timestamp(from),
      startUtcOffset: duration(view.offsetAt(from)),
      endTime: timestamp(to),
      endUtcOffset: duration(view.offsetAt(to)),
      activeDuration: duration(millisPerKilometre / 1000),
      splitType: "DISTANCE",
      metricsSummary: { distanceMillimeters: 1_000_000 },
    };
  });
}

/** Every length of the pool, at an even pace, with as many strokes as its place in the swim makes likely. */
export const swimLengthsData: PointsOn = (view, day) =>
  arrivedWorkouts(view, day)
    .filter(({ kind, distanceMeters }) => kind === "swim" && distanceMeters !== null)
    .flatMap(({ startMs, endMs, distanceMeters }) => {
      const lengths = Math.floor(distanceMeters! / POOL_METERS);
      const gap = Math.floor((endMs - startMs) / Math.max(1, lengths) / 1000) * 1000;
      return Array.from({ length: lengths }, (_, index): Point => {
        const from = startMs + index * gap;
        const strokeCount = `${15 + (index % 5)}`;
        return intervalPoint(view, from, from + gap, { strokeCount, swimStrokeType: "FREESTYLE" });
      });
    });
