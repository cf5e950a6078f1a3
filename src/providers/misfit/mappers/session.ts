import { id, list, number, object, optionalNumber, optionalString, UnreadableAnswer } from "../../../http/json.js";
import type { WorkoutKind, WorkoutRecord } from "../../../model/records.js";
import { normaliseInstant, plusSeconds } from "../../../model/time.js";
import { milesToMetres } from "./miles.js";

/** https://build.misfit.com/docs/cloudapi/api_references#session (the portal is gone) */
export interface RawSession {
  readonly id: string;
  /** Capitalised; an open set. */
  readonly activityType: string;
  /** With the person's offset: the only zone information there is. */
  readonly startTime: string;
  /** Elapsed seconds. */
  readonly duration: number;
  readonly points: number;
  readonly steps: number;
  /** kcal */
  readonly calories: number;
  /** Miles. */
  readonly distance: number;
}

/** The first six are documented; the app could tag others. */
const kinds: Readonly<Record<string, WorkoutKind>> = {
  cycling: "CYCLING",
  swimming: "SWIMMING",
  walking: "WALKING",
  tennis: "TENNIS",
  basketball: "BASKETBALL",
  soccer: "SOCCER",
  running: "RUNNING",
  yoga: "YOGA",
  pilates: "PILATES",
  dancing: "DANCE",
  dance: "DANCE",
  hiking: "HIKING",
  rowing: "ROWING",
  elliptical: "ELLIPTICAL",
  skiing: "SKIING",
};

/** Sessions in time order, each once: overlapping windows and repeats in one answer name the same object. */
export function toWorkouts(answer: unknown): WorkoutRecord[] {
  const workouts = list(object(answer, "sessions")["sessions"], "sessions").map(toWorkout);
  return [...new Map(workouts.map((workout) => [workout.id, workout])).values()].sort(
    (a, b) => Date.parse(a.start) - Date.parse(b.start),
  );
}

function toWorkout(value: unknown): WorkoutRecord {
  const raw: Partial<RawSession> = object(value, "sessions[]");
  const start = normaliseInstant(raw.startTime);
  if (start === null) throw new UnreadableAnswer("sessions[].startTime is not a time with offset");
  const durationSeconds = Math.max(0, number(raw.duration, "sessions[].duration"));
  const name = optionalString(raw.activityType);
  return {
    id: id(raw.id, "sessions[].id"),
    kind: kinds[(name ?? "").toLowerCase()] ?? "OTHER",
    name,
    start,
    end: plusSeconds(start, durationSeconds),
    durationSeconds,
    distance: milesToMetres(optionalNumber(raw.distance)),
    energyBurned: optionalNumber(raw.calories),
    steps: optionalNumber(raw.steps),
    averageHeartRate: null,
    points: optionalNumber(raw.points),
  };
}
