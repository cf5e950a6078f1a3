import { object, optionalObject, type Unchecked } from "../../../http/json.js";
import type { Cell } from "../../../model/cells.js";
import type { LocalDate } from "../../../model/records.js";
import { envelope, requiredList } from "../../kit/envelope.js";
import { figureCells } from "../../kit/figures.js";
import { readMembers } from "../../kit/members.js";
import { requiredDate } from "../../kit/times.js";
import type { ReadPage } from "../../provider.js";
import { milesToMetres } from "./miles.js";

/** https://build.misfit.com/docs/cloudapi/api_references#summary (the portal is gone) */
interface RawSummaryDay {
  /** The person's local day. It is used unchanged. */
  readonly date: string;
  readonly points: number;
  readonly steps: number;
  /** kcal of the whole day, resting included. It may be less than `activityCalories` on partial days: not corrected. */
  readonly calories: number;
  /** kcal */
  readonly activityCalories: number;
  /** Miles. */
  readonly distance: number;
}

export const summaryFields = [
  "activity.steps",
  "activity.distance",
  "activity.energyBurned",
  "activity.activeEnergyBurned",
  "activity.points",
] as const;

/** The figures of each day in the answer. */
export function toActivity(answer: unknown): Pick<ReadPage, "cells" | "skipped"> {
  const { found, skipped } = readMembers(rowsOf(answer), { fields: summaryFields, read: toDay, dayOfUnread: dayOf });
  // Each day once: of two rows the last one in the list counts.
  const days = new Map(found.map(({ day, cells }) => [day, cells]));
  return { cells: [...days.values()].flat(), skipped };
}

/** A list of days. For a range of one day, a single object with its day is described too. */
function rowsOf(answer: unknown): readonly unknown[] {
  const whole = envelope(answer, "summary");
  const lone = optionalObject(whole["summary"]);
  if (lone === null) return requiredList(whole, "summary");
  dayOf(lone);
  return [lone];
}

function dayOf(row: unknown): LocalDate {
  return requiredDate(object(row, "summary[]")["date"], "summary[].date");
}

function toDay(row: unknown): { readonly day: LocalDate; readonly cells: readonly Cell[] } {
  const raw: Unchecked<RawSummaryDay> = object(row, "summary[]");
  const day = dayOf(row);
  return {
    day,
    cells: [
      ...figureCells("activity.steps", day, raw.steps),
      ...figureCells("activity.distance", day, raw.distance, milesToMetres),
      ...figureCells("activity.energyBurned", day, raw.calories),
      ...figureCells("activity.activeEnergyBurned", day, raw.activityCalories),
      ...figureCells("activity.points", day, raw.points),
    ],
  };
}
