import type { Field, FieldValue, ValueOf } from "./fields.js";
import type { LocalDate, MissingReason } from "./records.js";

/**
 * The content of an answered cell: a value, or the reason why there is none. A cell that was never answered has no
 * entry.
 */
export type Known =
  | {
      readonly value: FieldValue;
      /** Set if the value may be incomplete: a record or a sample of the day could not be used. */
      readonly lacks?: Flaw;
    }
  | { readonly nothing: MissingReason };

/** Why a part of an answer can't be used: it can't be read, it can't be true, or it is not over yet. */
export type Flaw = Extract<MissingReason, "PROVIDER_ERROR" | "NOT_YET_SYNCED">;

/** One answered cell of one connection. `day` is null for undated fields. */
export interface Cell {
  readonly field: Field;
  readonly day: LocalDate | null;
  readonly known: Known;
}

/** Makes a cell with a value. The compiler checks the value's type against the field. */
export function cell<F extends Field>(field: F, day: LocalDate | null, value: ValueOf<F>): Cell {
  return { field, day, known: { value: value as FieldValue } };
}

/** Makes a cell for which the provider has nothing, with the reason. */
export function nothing(field: Field, day: LocalDate | null, reason: MissingReason): Cell {
  return { field, day, known: { nothing: reason } };
}

/** Makes cells for the fields whose value is present. The engine answers the others as NOT_RECORDED. */
export function present<F extends Field>(
  field: F,
  day: LocalDate | null,
  value: ValueOf<F> | null | undefined,
): Cell[] {
  return value === null || value === undefined ? [] : [cell(field, day, value)];
}

/** The values of a connection that are already known. A call's `request` and `read` get them. */
export interface Have {
  value<F extends Field>(field: F, day?: LocalDate | null): ValueOf<F> | undefined;
}
