import { list, number, object, optionalList, optionalObject } from "../../../http/json.js";
import { type Cell, cell, nothing, present } from "../../../model/cells.js";
import type { LocalDate } from "../../../model/records.js";
import { kmToMetres, numberIfGiven, type Unchecked } from "./raw.js";

/** https://dev.fitbit.com/build/reference/web-api/activity/get-daily-activity-summary/ — `summary` of it. */
export interface RawDailySummary {
  readonly steps: number;
  /** km, one entry per kind of activity; "total" is the day's. */
  readonly distances: readonly { readonly activity: string; readonly distance: number }[];
  /** kcal, basal included. */
  readonly caloriesOut: number;
  /** kcal of active minutes, their basal share included: not caloriesOut − caloriesBMR. */
  readonly activityCalories: number;
  /** kcal */
  readonly caloriesBMR: number;
  /** Absent without an altimeter, like `elevation`. */
  readonly floors: number;
  /** m */
  readonly elevation: number;
  readonly sedentaryMinutes: number;
  readonly lightlyActiveMinutes: number;
  readonly fairlyActiveMinutes: number;
  readonly veryActiveMinutes: number;
  /** bpm; absent where unknown. */
  readonly restingHeartRate: number;
  /** Absent for an account without heart rate. */
  readonly heartRateZones: readonly unknown[];
}

export function toDailySummary(answer: unknown, day: LocalDate): Cell[] {
  const raw: Unchecked<RawDailySummary> = object(object(answer, "daily summary")["summary"], "summary");
  const figure = (key: keyof RawDailySummary) => numberIfGiven(raw[key], `summary.${key}`);
  return [
    cell("activity.steps", day, number(raw.steps, "summary.steps")),
    ...present("activity.distance", day, totalDistance(raw.distances)),
    ...present("activity.energyBurned", day, figure("caloriesOut")),
    ...present("activity.activeEnergyBurned", day, figure("activityCalories")),
    ...present("activity.basalEnergyBurned", day, figure("caloriesBMR")),
    ...present("activity.floors", day, figure("floors")),
    ...present("activity.elevation", day, figure("elevation")),
    ...present("activity.sedentaryMinutes", day, figure("sedentaryMinutes")),
    ...present("activity.lightlyActiveMinutes", day, figure("lightlyActiveMinutes")),
    ...present("activity.moderatelyActiveMinutes", day, figure("fairlyActiveMinutes")),
    ...present("activity.veryActiveMinutes", day, figure("veryActiveMinutes")),
    restingRate(raw, day),
  ];
}

function totalDistance(distances: unknown): number | null {
  if (distances === undefined || distances === null) return null;
  const total = list(distances, "summary.distances").find((entry) => optionalObject(entry)?.["activity"] === "total");
  return total === undefined ? null : kmToMetres(number(object(total, "total")["distance"], "total.distance"));
}

function restingRate(raw: Unchecked<RawDailySummary>, day: LocalDate): Cell {
  const rate = numberIfGiven(raw.restingHeartRate, "summary.restingHeartRate");
  if (rate !== null) return cell("heart.restingRate", day, rate);
  // With zones the summary spoke of the heart and had no rate. Without, it may be that the account has no such device
  // or that the grant (this endpoint needs only "activity") hides it: the answer does not tell.
  return nothing("heart.restingRate", day, optionalList(raw.heartRateZones).length > 0 ? "NOT_RECORDED" : "UNKNOWN");
}
