import { object, string, UnreadableAnswer } from "../../../http/json.js";
import { withoutNoise } from "../../../model/numbers.js";
import type { LocalDate } from "../../../model/records.js";
import { isLocalDate } from "../../../model/time.js";

/** A vendor's shape before it is checked: the names are known, the values are not. */
export type Unchecked<T> = { readonly [K in keyof T]?: unknown };

export function kmToMetres(km: number): number {
  return withoutNoise(km * 1000);
}

export function milesToMetres(miles: number): number {
  return withoutNoise(miles * 1609.344);
}

/** The day of a row. Throws `UnreadableAnswer`. */
export function requiredDate(value: unknown, path: string): LocalDate {
  const text = string(value, path);
  if (!isLocalDate(text)) throw new UnreadableAnswer(`${path} is not a date`);
  return text;
}

/** The day of a row, even if its other parts can't be read. */
export function dayOfRow(key: "dateTime" | "date" | "dateOfSleep") {
  return (row: unknown): LocalDate => requiredDate(object(row, "row")[key], key);
}
