import { list, object, optionalNumber, optionalObject, string, UnreadableAnswer } from "../../../http/json.js";
import { type Cell, present } from "../../../model/cells.js";
import type { LocalDate } from "../../../model/records.js";
import { isLocalDate } from "../../../model/time.js";
import { milesToMetres } from "./miles.js";

/** https://build.misfit.com/docs/cloudapi/api_references#summary (the portal is gone) */
export interface RawSummaryDay {
  /** The person's local day: passed through, never shifted. */
  readonly date: string;
  readonly points: number;
  readonly steps: number;
  /** kcal of the whole day, resting included. May be below `activityCalories` on partial days: not repaired. */
  readonly calories: number;
  /** kcal */
  readonly activityCalories: number;
  /** Miles. */
  readonly distance: number;
}

/** The figures of the days from one to another; rows outside them are left to the request that owns them. */
export function toActivity(answer: unknown, from: LocalDate, to: LocalDate): Cell[] {
  // Each day once: of two rows the one listed last.
  const days = new Map<LocalDate, Cell[]>();
  for (const row of rowsOf(answer)) {
    const raw: Partial<RawSummaryDay> = object(row, "summary[]");
    const day = string(raw.date, "summary[].date");
    if (!isLocalDate(day)) throw new UnreadableAnswer("summary[].date is not a date");
    if (day >= from && day <= to) days.set(day, toDay(raw, day));
  }
  return [...days.values()].flat();
}

/** A list of days; a lone object has been described for a range of one. */
function rowsOf(answer: unknown): readonly unknown[] {
  const { summary } = object(answer, "summary");
  return optionalObject(summary) ? [summary] : list(summary, "summary");
}

function toDay(raw: Partial<RawSummaryDay>, day: LocalDate): Cell[] {
  return [
    ...present("activity.steps", day, optionalNumber(raw.steps)),
    ...present("activity.distance", day, milesToMetres(optionalNumber(raw.distance))),
    ...present("activity.energyBurned", day, optionalNumber(raw.calories)),
    ...present("activity.activeEnergyBurned", day, optionalNumber(raw.activityCalories)),
    ...present("activity.points", day, optionalNumber(raw.points)),
  ];
}
