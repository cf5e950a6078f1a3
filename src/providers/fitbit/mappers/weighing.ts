import { number, object, optionalString, type Unchecked } from "../../../http/json.js";
import type { LocalDate, WeighingRecord } from "../../../model/records.js";
import { localToOffset } from "../../../model/time.js";
import { figure as figureOf } from "../../kit/figures.js";
import { readRecords } from "../../kit/members.js";
import { requiredDate } from "../../kit/times.js";
import type { Input, ReadPage } from "../../provider.js";
import { localDateTime } from "../wall-clock.js";
import { dayOfRow } from "./raw.js";

/**
 * https://dev.fitbit.com/build/reference/web-api/body/get-weight-log/
 * https://dev.fitbit.com/build/reference/web-api/body/get-bodyfat-log/
 */
interface RawWeighing {
  readonly date: string;
  /** Local time; 23:59:59 if the person gave none. */
  readonly time: string;
  /** API (typed in, or from another app), Aria, AriaAir, Withings, … */
  readonly source: string;
  /** kg, in the weight log. */
  readonly weight: number;
  readonly bmi: number;
  /** Percent, in the fat log. */
  readonly fat: number;
}

/** The member of an entry for each field. */
const partOf = { "body.weight": "weight", "body.bodyMassIndex": "bmi", "body.fatPercentage": "fat" } as const;
export type WeighingField = keyof typeof partOf;
type WeighingPart = (typeof partOf)[WeighingField];

/** The weighings of an answer by day, each with one part of the measurement. Entries without that part are left out. */
export function toWeighings(
  logs: readonly unknown[],
  field: WeighingField,
  span: Input,
  zone: string | undefined,
): Pick<ReadPage, "cells" | "skipped"> {
  const part = partOf[field];
  const seen = new Map<string, Set<string>>();
  return readRecords<WeighingRecord>(logs, {
    field,
    span,
    read: (log) => {
      const raw: Unchecked<RawWeighing> = object(log, "weighing");
      const day = requiredDate(raw.date, "weighing.date");
      const key = weighingKey(day, raw);
      // Two entries of one moment differ in what they weighed: an ordinal keeps both, and weight and fat of one
      // weighing still have one key. Equal entries are one.
      const alike = seen.get(key) ?? new Set();
      seen.set(key, alike);
      const content = JSON.stringify([raw.weight, raw.bmi, raw.fat]);
      if (alike.has(content)) return null;
      alike.add(content);
      if (figureOf(raw[part]) === null) return null;
      const value = number(raw[part], `weighing.${part}`);
      return toWeighing(raw, day, alike.size === 1 ? key : `${key}#${alike.size}`, part, value, zone);
    },
    dayOf: ({ id }) => id.slice(0, 10),
    dayOfUnread: dayOfRow("date"),
  });
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

/** `logId` is the local time read as if it were UTC, and two entries can share one: this key says more. */
function weighingKey(day: LocalDate, raw: Unchecked<RawWeighing>): string {
  return `${day}T${optionalString(raw.time) ?? ""}/${optionalString(raw.source) ?? ""}`;
}
