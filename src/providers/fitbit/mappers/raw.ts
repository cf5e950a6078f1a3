import { object } from "../../../http/json.js";
import { withoutNoise } from "../../../model/numbers.js";
import type { LocalDate } from "../../../model/records.js";
import { requiredDate } from "../../kit/times.js";

export function kmToMetres(km: number): number {
  return withoutNoise(km * 1000);
}

export function milesToMetres(miles: number): number {
  return withoutNoise(miles * 1609.344);
}

/** The day of a row, even if its other parts can't be read. */
export function dayOfRow(key: "dateTime" | "date" | "dateOfSleep") {
  return (row: unknown): LocalDate => requiredDate(object(row, "row")[key], key);
}
