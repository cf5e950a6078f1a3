import { id, object, optionalNumber, optionalObject, type Unchecked } from "../../../http/json.js";
import type { LocalDate, WorkoutKind, WorkoutRecord } from "../../../model/records.js";
import { StillGoingOn } from "../../kit/members.js";
import { optionalDate } from "../../kit/times.js";
import { toZoneMinutes, zoneKinds } from "./activity.js";
import { epoch, figureOrNone, type Json, rate, requiredZone, timeIn } from "./wire.js";

/** https://developer.withings.com/api-reference/#operation/measurev2-getworkouts */
interface RawWorkout {
  readonly id: number;
  readonly category: number;
  readonly timezone: string;
  readonly startdate: number;
  readonly enddate: number;
  /** It may hold nothing but a null. */
  readonly data: {
    /** kcal of activity. */
    readonly calories: number;
    /** m */
    readonly distance: number;
    readonly steps: number;
    /** 0 in a heart rate means that nothing was read. */
    readonly hr_average: number;
    readonly hr_max: number;
    /** What the person typed in instead. 0: nothing. */
    readonly manual_calories: number;
    readonly manual_distance: number;
  };
}

export const workoutKeys = [
  ...["calories", "distance", "steps", "hr_average", "hr_max", "manual_calories", "manual_distance"],
  ...zoneKinds.map(([key]) => key),
];

/** Categories with a kind of their own, under the names that Withings gives them. All others are OTHER, without a name. */
const categories: ReadonlyMap<number, readonly [WorkoutKind, string]> = new Map([
  [1, ["WALKING", "Walk"]],
  [2, ["RUNNING", "Run"]],
  [3, ["HIKING", "Hiking"]],
  [6, ["CYCLING", "Bicycling"]],
  [7, ["SWIMMING", "Swimming"]],
  [12, ["TENNIS", "Tennis"]],
  [16, ["STRENGTH", "Weights"]],
  [18, ["ELLIPTICAL", "Elliptical"]],
  [19, ["PILATES", "Pilates"]],
  [20, ["BASKETBALL", "Basketball"]],
  [21, ["SOCCER", "Soccer"]],
  [28, ["YOGA", "Yoga"]],
  [29, ["DANCE", "Dancing"]],
  [30, ["MARTIAL_ARTS", "Boxing"]],
  [34, ["SKIING", "Skiing"]],
  [35, ["SKIING", "Snowboarding"]],
  [36, ["OTHER", "Other"]],
  [187, ["ROWING", "Rowing"]],
  [188, ["DANCE", "Zumba"]],
  [195, ["CLIMBING", "Climbing"]],
  [272, ["OTHER", "Multi-sport"]],
  [306, ["WALKING", "Indoor walk"]],
  [307, ["RUNNING", "Indoor running"]],
  [308, ["CYCLING", "Indoor cycling"]],
  [498, ["RUNNING", "Trail running"]],
  [523, ["CYCLING", "Mountain biking"]],
  [524, ["CYCLING", "Gravel cycling"]],
  [534, ["DANCE", "Hip-hop"]],
  [546, ["INTERVAL_TRAINING", "CrossFit"]],
  [547, ["CYCLING", "Spinning"]],
  [549, ["DANCE", "Flamenco"]],
  [550, ["INTERVAL_TRAINING", "HIIT"]],
  [559, ["WALKING", "Dog walk"]],
  [566, ["WALKING", "Nordic walking"]],
]);

export function toWorkout(value: unknown): WorkoutRecord {
  const raw: Unchecked<RawWorkout> = object(value, "series[]");
  if (raw.startdate && !raw.enddate) throw new StillGoingOn("a workout", dayOfWorkout(value));
  const zone = requiredZone(raw.timezone, "series[].timezone");
  const [start, end] = [epoch(raw.startdate, "series[].startdate"), epoch(raw.enddate, "series[].enddate")];
  const data: Json = optionalObject(raw.data) ?? {};
  const [kind, name] = categories.get(optionalNumber(raw.category) ?? 0) ?? ["OTHER", null];
  const zones = toZoneMinutes(data).map((each) => ({ ...each, minRate: null, maxRate: null, energyBurned: null }));
  return {
    id: id(raw.id, "series[].id"),
    kind,
    name,
    start: timeIn(zone, start),
    end: timeIn(zone, end),
    durationSeconds: end - start,
    distance: typedOr(data["manual_distance"], data["distance"]),
    energyBurned: typedOr(data["manual_calories"], data["calories"]),
    steps: figureOrNone(data["steps"]),
    averageHeartRate: rate(data["hr_average"]),
    points: null,
    maxHeartRate: rate(data["hr_max"]),
    zones: zones.length > 0 ? zones : null,
  };
}

/** What the person typed in counts before what the device measured. */
function typedOr(typed: unknown, measured: unknown): number | null {
  const own = figureOrNone(typed);
  return own !== null && own > 0 ? own : figureOrNone(measured);
}

export function dayOfWorkout(value: unknown): LocalDate | null {
  return optionalDate(object(value, "series[]")["date"]);
}
