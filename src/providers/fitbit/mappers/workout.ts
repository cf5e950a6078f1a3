import { id, number, object, optionalNumber, optionalString, type Unchecked } from "../../../http/json.js";
import type { LocalDate, WorkoutKind, WorkoutRecord } from "../../../model/records.js";
import { localDateOf, plusSeconds } from "../../../model/time.js";
import { figure as figureOf } from "../../kit/figures.js";
import { StillGoingOn } from "../../kit/members.js";
import { instant } from "../../kit/times.js";
import { workoutZones } from "./heart.js";
import { kmToMetres, milesToMetres } from "./raw.js";

/** https://dev.fitbit.com/build/reference/web-api/activity/get-activity-log-list/ */
interface RawWorkout {
  /** 64 bits: beyond 2^53 it arrives as text. */
  readonly logId: number | string;
  /** With an offset. "Z" and milliseconds occur too. */
  readonly startTime: string;
  /** ms, pauses included (`activeDuration` is without pauses). */
  readonly duration: number;
  /** True until the workout ends. */
  readonly inProgress: boolean;
  readonly activityTypeId: number;
  readonly activityName: string;
  /** Absent, with its unit, if unknown. */
  readonly distance: number;
  /** Kilometer or Mile. */
  readonly distanceUnit: string;
  /** kcal */
  readonly calories: number;
  readonly steps: number;
  /** bpm */
  readonly averageHeartRate: number;
  /** m */
  readonly elevationGain: number;
  /** Absent without a heart rate. */
  readonly heartRateZones: readonly object[];
}

const kindsById: Readonly<Record<number, WorkoutKind>> = {
  90013: "WALKING",
  17152: "WALKING",
  17200: "WALKING",
  90009: "RUNNING",
  12120: "RUNNING",
  90001: "CYCLING",
  1071: "CYCLING",
  55001: "CYCLING",
  90024: "SWIMMING",
  58002: "SWIMMING",
};

/** The set of ids is open and people add their own: a workout with an unknown id is looked up by its name. */
const kindsByName: readonly (readonly [RegExp, WorkoutKind])[] = [
  [/\b(hik(e|ing)|backpacking)\b/, "HIKING"],
  [/\b(walk|walking)\b/, "WALKING"],
  [/\b(run|running|jog|jogging|treadmill)\b/, "RUNNING"],
  [/\b(bik(e|ing)|bicycl(e|ing)|cycling|spinning)\b/, "CYCLING"],
  [/\b(swim|swimming|swims)\b/, "SWIMMING"],
  [/\btable tennis\b/, "OTHER"],
  [/\btennis\b/, "TENNIS"],
  [/\bbasketball\b/, "BASKETBALL"],
  [/\bsoccer\b/, "SOCCER"],
  [/\byoga\b/, "YOGA"],
  [/\bpilates\b/, "PILATES"],
  [/\b(weights|weight ?lifting|weight training|strength( training)?|powerlifting)\b/, "STRENGTH"],
  [/\b(danc(e|ing)|zumba|ballet)\b/, "DANCE"],
  [/\b(row|rowing|rower)\b/, "ROWING"],
  [/\belliptical\b/, "ELLIPTICAL"],
  [/\b(ski|skiing)\b/, "SKIING"],
];

export function toWorkout(value: unknown): WorkoutRecord {
  const raw: Unchecked<RawWorkout> = object(value, "activities[]");
  const figure = (key: keyof RawWorkout) => figureOf(raw[key]);
  const start = startOf(raw);
  if (raw.inProgress === true) throw new StillGoingOn("activities[]", localDateOf(start));
  const durationSeconds = number(raw.duration, "activities[].duration") / 1000;
  return {
    id: id(raw.logId, "activities[].logId"),
    kind: toWorkoutKind(raw.activityTypeId, raw.activityName),
    name: optionalString(raw.activityName),
    start,
    end: plusSeconds(start, durationSeconds),
    durationSeconds,
    distance: toMetres(figure("distance"), raw.distanceUnit),
    energyBurned: figure("calories"),
    steps: figure("steps"),
    averageHeartRate: figure("averageHeartRate"),
    points: null,
    elevationGain: figure("elevationGain"),
    zones: workoutZones(raw),
  };
}

function startOf(raw: Unchecked<RawWorkout>): string {
  return instant(raw.startTime, "activities[].startTime");
}

/** The local day of the start, even if other parts can't be read. */
export function dayOfWorkout(value: unknown): LocalDate {
  return localDateOf(startOf(object(value, "activities[]")));
}

function toWorkoutKind(typeId: unknown, name: unknown): WorkoutKind {
  const byId = kindsById[optionalNumber(typeId) ?? Number.NaN];
  if (byId) return byId;
  const lower = (optionalString(name) ?? "").toLowerCase();
  return kindsByName.find(([pattern]) => pattern.test(lower))?.[1] ?? "OTHER";
}

/** The log's own unit counts, not the unit that was requested. Null for an unknown unit. */
function toMetres(distance: number | null, unit: unknown): number | null {
  if (distance === null) return null;
  if (unit === "Kilometer") return kmToMetres(distance);
  if (unit === "Mile") return milesToMetres(distance);
  return unit === "Meter" ? distance : null;
}
