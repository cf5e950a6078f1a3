import type { Field, FieldValue, ValueOf } from "./fields.js";
import type { LocalDate, MissingReason } from "./records.js";

/** A cell that has been answered: a value, or a *known nothing* with its reason. Unknown cells are simply not there. */
export type Known =
  | {
      readonly value: FieldValue;
      /** Why it may not be all of it: a record or a sample of the day could not be used. */
      readonly lacks?: Flaw;
    }
  | { readonly nothing: MissingReason };

/** What keeps a part of an answer from being used: it can't be read or believed, or it is not over yet. */
export type Flaw = Extract<MissingReason, "PROVIDER_ERROR" | "NOT_YET_SYNCED">;

/** One answered cell of one connection. `day` is null for undated fields. */
export interface Cell {
  readonly field: Field;
  readonly day: LocalDate | null;
  readonly known: Known;
}

/** A cell with a value, its type held against the field's. */
export function cell<F extends Field>(field: F, day: LocalDate | null, value: ValueOf<F>): Cell {
  return { field, day, known: { value: value as FieldValue } };
}

/** A cell of which the provider let us know that there is nothing. */
export function nothing(field: Field, day: LocalDate | null, reason: MissingReason): Cell {
  return { field, day, known: { nothing: reason } };
}

/** Cells for those fields whose value is present; what a provider left out is filled in as NOT_RECORDED by the engine. */
export function present<F extends Field>(
  field: F,
  day: LocalDate | null,
  value: ValueOf<F> | null | undefined,
): Cell[] {
  return value === null || value === undefined ? [] : [cell(field, day, value)];
}

/** What is already known of a connection, handed to a call's request and reader. */
export interface Have {
  value<F extends Field>(field: F, day?: LocalDate | null): ValueOf<F> | undefined;
}
