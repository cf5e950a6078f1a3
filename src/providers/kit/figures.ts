import { type Cell, cell, nothing } from "../../model/cells.js";
import type { Field, ValueOf } from "../../model/fields.js";
import type { VitalField } from "../../model/figures.js";
import type { LocalDate, VitalMethod } from "../../model/records.js";

/**
 * A number, or a text that contains one. Null if the provider says that there is none (left out, empty, "NaN"). NaN for
 * any other value: the check of bounds turns NaN into null with PROVIDER_ERROR, so that a record is not lost because of
 * one of its figures.
 */
export function figure(value: unknown): number | null {
  if (value === undefined || value === null || value === "" || value === "NaN") return null;
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}

/** Seconds as minutes. Null if there is no figure. */
export function minutes(seconds: unknown): number | null {
  const given = figure(seconds);
  return given === null ? null : given / 60;
}

/** The cell of a vital, unless it has no value. */
export function vital(
  field: VitalField,
  day: LocalDate,
  value: number | null,
  method: VitalMethod | null = null,
): Cell[] {
  return value === null ? [] : [cell(field, day, { value, method })];
}

/** Fields whose value is one number. */
type FigureField = { [F in Field]: ValueOf<F> extends number ? F : never }[Field];

/**
 * The cell of a figure that may be left out. A value that is not a number is an error of the provider, not a missing
 * figure.
 */
export function figureCells<F extends FigureField>(
  field: F,
  day: LocalDate | null,
  value: unknown,
  convert = (given: number) => given,
): Cell[] {
  const given = figure(value);
  if (given === null) return [];
  return [
    Number.isFinite(given) ? cell(field, day, convert(given) as ValueOf<F>) : nothing(field, day, "PROVIDER_ERROR"),
  ];
}
