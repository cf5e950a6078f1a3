import { object, string, UnreadableAnswer } from "../../../http/json.js";
import { withoutNoise } from "../../../model/numbers.js";
import type { LocalDate } from "../../../model/records.js";
import { isLocalDate } from "../../../model/time.js";

/** A vendor's shape as it arrives: the parts are known by name, what they hold has still to be read. */
export type Unchecked<T> = { readonly [K in keyof T]?: unknown };

export function kmToMetres(km: number): number {
  return withoutNoise(km * 1000);
}

export function milesToMetres(miles: number): number {
  return withoutNoise(miles * 1609.344);
}

/** The day under which a row is filed. */
export function requiredDate(value: unknown, path: string): LocalDate {
  const text = string(value, path);
  if (!isLocalDate(text)) throw new UnreadableAnswer(`${path} is not a date`);
  return text;
}

/** The day of a row, whatever else may be wrong with it. */
export function dayOfRow(key: "dateTime" | "date" | "dateOfSleep") {
  return (row: unknown): LocalDate => requiredDate(object(row, "row")[key], key);
}
