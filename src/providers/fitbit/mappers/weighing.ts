import { object, optionalString } from "../../../http/json.js";
import type { LocalDate, WeighingRecord } from "../../../model/records.js";
import { localToOffset } from "../../../model/time.js";
import { localDateTime } from "../wall-clock.js";
import { numberIfGiven, requiredDate, type Unchecked } from "./raw.js";

/**
 * https://dev.fitbit.com/build/reference/web-api/body/get-weight-log/
 * https://dev.fitbit.com/build/reference/web-api/body/get-bodyfat-log/
 */
export interface RawWeighing {
  readonly date: string;
  /** Local; 23:59:59 where none was given. */
  readonly time: string;
  /** API (typed in, or from another app), Aria, AriaAir, Withings, … */
  readonly source: string;
  /** kg, in the weight log. */
  readonly weight: number;
  readonly bmi: number;
  /** Percent, in the fat log. */
  readonly fat: number;
}

export type WeighingPart = "weight" | "bmi" | "fat";

/** The weighings of an answer by day, each with one part of what was measured; those without that part are left out. */
export function toWeighings(
  logs: readonly unknown[],
  part: WeighingPart,
  zone: string | undefined,
): Map<LocalDate, WeighingRecord[]> {
  const days = new Map<LocalDate, WeighingRecord[]>();
  const seen = new Map<string, number>();
  for (const log of logs) {
    const raw: Unchecked<RawWeighing> = object(log, "weighing");
    const day = requiredDate(raw.date, "weighing.date");
    const key = weighingKey(day, raw);
    // Two entries can have all in common; an ordinal keeps both, and weight and fat of one are still alike.
    const ordinal = (seen.get(key) ?? 0) + 1;
    seen.set(key, ordinal);
    const value = numberIfGiven(raw[part], `weighing.${part}`);
    if (value === null) continue;
    const record = toWeighing(raw, day, ordinal === 1 ? key : `${key}#${ordinal}`, part, value, zone);
    days.set(day, [...(days.get(day) ?? []), record]);
  }
  return days;
}

function toWeighing(
  raw: Unchecked<RawWeighing>,
  day: LocalDate,
  id: string,
  part: WeighingPart,
  value: number,
  zone: string | undefined,
): WeighingRecord {
  const dateOnly = raw.time === "23:59:59" && raw.source === "API";
  const local = dateOnly ? null : localDateTime(`${day}T${optionalString(raw.time) ?? ""}`);
  return {
    id,
    time: local !== null && zone !== undefined ? localToOffset(local, zone) : null,
    weight: part === "weight" ? value : null,
    bodyMassIndex: part === "bmi" ? value : null,
    fatPercentage: part === "fat" ? value : null,
  };
}

/** `logId` is the local time read as if it were UTC, and two entries can share one: it says less than this. */
function weighingKey(day: LocalDate, raw: Unchecked<RawWeighing>): string {
  return `${day}T${optionalString(raw.time) ?? ""}/${optionalString(raw.source) ?? ""}`;
}
