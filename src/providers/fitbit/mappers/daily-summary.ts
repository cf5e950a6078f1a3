import { object, optionalObject, type Unchecked, UnreadableAnswer } from "../../../http/json.js";
import { type Cell, nothing } from "../../../model/cells.js";
import type { LocalDate } from "../../../model/records.js";
import { envelope } from "../../kit/envelope.js";
import { figureCells } from "../../kit/figures.js";
import { toZones } from "./heart.js";
import { kmToMetres } from "./raw.js";

/**
 * Without the energy of zones: Fitbit computes it differently in each endpoint, and the heart series is used for it.
 */
export const summaryZones = ["heart.zones.bounds", "heart.zones.minutes"] as const;

/** The `summary` of https://dev.fitbit.com/build/reference/web-api/activity/get-daily-activity-summary/ */
interface RawDailySummary {
  readonly steps: number;
  /** km, one entry for each kind of activity. "total" is the whole day. */
  readonly distances: readonly { readonly activity: string; readonly distance: number }[];
  /** kcal, basal included. */
  readonly caloriesOut: number;
  /** kcal of active minutes, with the basal part of those minutes. So it is not caloriesOut − caloriesBMR. */
  readonly activityCalories: number;
  /** kcal */
  readonly caloriesBMR: number;
  /** Absent without an altimeter, as `elevation` is. */
  readonly floors: number;
  /** m */
  readonly elevation: number;
  readonly sedentaryMinutes: number;
  readonly lightlyActiveMinutes: number;
  readonly fairlyActiveMinutes: number;
  readonly veryActiveMinutes: number;
  /** bpm; absent if unknown. */
  readonly restingHeartRate: number;
  /** Absent for an account without heart rate. */
  readonly heartRateZones: readonly unknown[];
}

/**
 * Reads the summary of one day. A figure that is not a number is an error of the provider. Without steps, the answer is
 * unreadable.
 */
export function toDailySummary(answer: unknown, day: LocalDate): Cell[] {
  const raw: Unchecked<RawDailySummary> = object(envelope(answer, "daily summary")["summary"], "summary");
  if (raw.steps === undefined || raw.steps === null) throw new UnreadableAnswer("summary.steps is missing");
  return [
    ...figureCells("activity.steps", day, raw.steps),
    ...totalDistance(raw, day),
    ...figureCells("activity.energyBurned", day, raw.caloriesOut),
    ...figureCells("activity.activeEnergyBurned", day, raw.activityCalories),
    ...figureCells("activity.basalEnergyBurned", day, raw.caloriesBMR),
    ...figureCells("activity.floors", day, raw.floors),
    ...figureCells("activity.elevation", day, raw.elevation),
    ...figureCells("activity.sedentaryMinutes", day, raw.sedentaryMinutes),
    ...figureCells("activity.lightlyActiveMinutes", day, raw.lightlyActiveMinutes),
    ...figureCells("activity.moderatelyActiveMinutes", day, raw.fairlyActiveMinutes),
    ...figureCells("activity.veryActiveMinutes", day, raw.veryActiveMinutes),
    ...theHeart(raw, day),
  ];
}

function totalDistance(raw: Unchecked<RawDailySummary>, day: LocalDate): Cell[] {
  if (raw.distances === undefined || raw.distances === null) return [];
  if (!Array.isArray(raw.distances)) return [nothing("activity.distance", day, "PROVIDER_ERROR")];
  const total = raw.distances.map(optionalObject).find((entry) => entry?.["activity"] === "total");
  return figureCells("activity.distance", day, total?.["distance"], kmToMetres);
}

const heartFields = ["heart.restingRate", ...summaryZones] as const;

/**
 * If the summary has any heart figure, the heart figures that it leaves out are not recorded. If it has none, the
 * answer does not show why: the account may have no such device, or the grant may hide it (this endpoint needs only
 * "activity").
 */
function theHeart(raw: Unchecked<RawDailySummary>, day: LocalDate): Cell[] {
  const rate = figureCells("heart.restingRate", day, raw.restingHeartRate);
  const zones = toZones(raw, day, summaryZones);
  if (zones.length > 0 || rate.length > 0) return [...rate, ...zones];
  return heartFields.map((field) => nothing(field, day, "UNKNOWN"));
}
