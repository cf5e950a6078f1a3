import { object, optionalObject, UnreadableAnswer } from "../../../http/json.js";
import { type Cell, nothing } from "../../../model/cells.js";
import type { LocalDate } from "../../../model/records.js";
import { envelope } from "../../kit/envelope.js";
import { figureCells } from "../../kit/figures.js";
import { toZones } from "./heart.js";
import { kmToMetres, type Unchecked } from "./raw.js";

/** Of the zones Fitbit reckons the energy differently by endpoint: the heart series owns it. */
export const summaryZones = ["heart.zones.bounds", "heart.zones.minutes"] as const;

/** https://dev.fitbit.com/build/reference/web-api/activity/get-daily-activity-summary/ — `summary` of it. */
interface RawDailySummary {
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

/** The day of one summary. Figures that are no numbers are the provider's error; without steps it is no summary. */
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
 * With anything of the heart in it the summary spoke of the heart, and what it leaves out is not recorded. Without, it
 * may be that the account has no such device, or that the grant (this endpoint needs only "activity") hides it: the
 * answer does not tell.
 */
function theHeart(raw: Unchecked<RawDailySummary>, day: LocalDate): Cell[] {
  const rate = figureCells("heart.restingRate", day, raw.restingHeartRate);
  const zones = toZones(raw, day, summaryZones);
  if (zones.length > 0 || rate.length > 0) return [...rate, ...zones];
  return heartFields.map((field) => nothing(field, day, "UNKNOWN"));
}
