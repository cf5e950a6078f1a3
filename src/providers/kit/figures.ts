import { type Cell, cell, nothing } from "../../model/cells.js";
import type { Field, ValueOf } from "../../model/fields.js";
import type { LocalDate } from "../../model/records.js";

/**
 * A number, or a text that holds one. Null where the provider says that there is none (left out, empty, "NaN"). NaN where
 * something else stands in its place: every figure is held against its bounds on the way in, where NaN is answered as
 * null with PROVIDER_ERROR, so that a record is not lost with one of its figures.
 */
export function figure(value: unknown): number | null {
  if (value === undefined || value === null || value === "" || value === "NaN") return null;
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}

/** Fields whose value is one number. */
type FigureField = { [F in Field]: ValueOf<F> extends number ? F : never }[Field];

/** The cell of a figure that may be left out. One that is given but is no number is the provider's error, not a lack. */
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
