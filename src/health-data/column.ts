import type { Flaw, Known } from "../model/cells.js";
import type { Field, FieldValue } from "../model/fields.js";
import type { MissingReason } from "../model/records.js";
import { UNDATED } from "./days.js";
import { PackedNights } from "./packed-nights.js";

/** Which request answered a cell. The cells of one request share one object. */
export interface Provenance {
  /** Epoch ms at which the request was sent: a change that was notified later is not in its answer. */
  readonly at: number;
  /** The call that answered. */
  readonly call: string;
  /** The provider will not change the cell any more, as far as was known when it was fetched. */
  readonly settled: boolean;
}

/** One answered cell. */
export interface StoredCell extends Provenance {
  readonly known: Known;
}

/**
 * One field of one connection over days: an array of values, and beside it an array of the requests that answered. A
 * day is known if it has a provenance. A known day without a value has a note that gives the reason; the note of a day
 * with a value says what the value lacks. An undated field has one place, for `UNDATED`.
 */
export class Column {
  private first = Number.NaN;
  private values: (FieldValue | PackedNights | undefined)[] = [];
  private provenances: (Provenance | undefined)[] = [];
  /** By day, since most columns have none. */
  private notes: Map<number, MissingReason> | undefined;

  static of(cells: Iterable<readonly [day: number, cell: StoredCell]>): Column {
    const column = new Column();
    for (const [day, { known, ...provenance }] of cells) column.set(day, known, provenance);
    return column;
  }

  provenance(day: number): Provenance | undefined {
    return this.provenances[this.placeOf(day)];
  }

  /** The value of a known day. Undefined if the day has none, or is not known. */
  value(day: number): FieldValue | undefined {
    const value = this.values[this.placeOf(day)];
    return value instanceof PackedNights ? value.unpacked() : value;
  }

  /** The value as it is kept: nights may be packed. */
  kept(day: number): FieldValue | PackedNights | undefined {
    return this.values[this.placeOf(day)];
  }

  note(day: number): MissingReason | undefined {
    return this.notes?.get(day);
  }

  known(day: number): Known | undefined {
    const place = this.placeOf(day);
    if (this.provenances[place] === undefined) return undefined;
    const value = this.value(day);
    const note = this.notes?.get(day);
    if (value === undefined) return { nothing: note as MissingReason };
    return note === undefined ? { value } : { value, lacks: note as Flaw };
  }

  cell(day: number): StoredCell | undefined {
    const provenance = this.provenance(day);
    return provenance && { known: this.known(day)!, ...provenance };
  }

  set(day: number, known: Known, provenance: Provenance): void {
    if ("value" in known) this.put(day, known.value, known.lacks, provenance);
    else this.put(day, undefined, known.nothing, provenance);
  }

  /** The same for a value that may be packed. */
  put(
    day: number,
    value: FieldValue | PackedNights | undefined,
    note: MissingReason | undefined,
    provenance: Provenance,
  ): void {
    const place = this.placeFor(day);
    this.values[place] = value;
    this.provenances[place] = provenance;
    this.setNote(day, note);
  }

  /** Packs the values of a field that has nights. */
  pack(field: Field): void {
    for (const [place, value] of this.values.entries())
      if (value !== undefined && !(value instanceof PackedNights)) this.values[place] = PackedNights.of(field, value);
  }

  /** Takes known days in a row of another column, both ends included. The values themselves are not copied. */
  take(other: Column, from: number, to = from): void {
    const days = to === from ? 1 : to - from + 1;
    const there = other.placeOf(from);
    if (this.values.length === 0 && other.notes === undefined) {
      this.first = from;
      this.values = other.values.slice(there, there + days);
      this.provenances = other.provenances.slice(there, there + days);
      return;
    }
    const here = this.placeFor(from);
    const hasNotes = this.notes !== undefined || other.notes !== undefined;
    for (let at = 0; at < days; at++) {
      this.values[here + at] = other.values[there + at];
      this.provenances[here + at] = other.provenances[there + at];
      if (hasNotes) this.setNote(from + at, other.notes?.get(from + at));
    }
  }

  private setNote(day: number, note: MissingReason | undefined): void {
    if (note === undefined) this.notes?.delete(day);
    else {
      this.notes ??= new Map();
      this.notes.set(day, note);
    }
  }

  /** The known days, in their order. */
  *days(): Generator<number> {
    for (const [place, provenance] of this.provenances.entries())
      if (provenance !== undefined) yield this.first === UNDATED ? UNDATED : this.first + place;
  }

  /** The number of places, known or not. */
  get length(): number {
    return this.provenances.length;
  }

  private placeOf(day: number): number {
    // Infinity minus itself is not 0.
    return day === this.first ? 0 : day - this.first;
  }

  /** Makes room for a day. */
  private placeFor(day: number): number {
    if (Number.isNaN(this.first)) this.first = day;
    const missing = day === this.first ? 0 : this.first - day;
    if (missing > 0) {
      this.values.unshift(...new Array<undefined>(missing).fill(undefined));
      this.provenances.unshift(...new Array<undefined>(missing).fill(undefined));
      this.first = day;
    }
    const place = this.placeOf(day);
    while (this.values.length <= place) {
      this.values.push(undefined);
      this.provenances.push(undefined);
    }
    return place;
  }
}

/** Both columns as one. Of two answers for one day, the one that was requested later counts. */
export function mergedColumns(old: Column, change: Column): Column {
  const merged = new Column();
  for (const day of old.days()) merged.take(old, day);
  for (const day of change.days()) {
    const before = merged.provenance(day);
    if (before === undefined || before.at <= change.provenance(day)!.at) merged.take(change, day);
  }
  return merged;
}

/** Things by field and day that few cells have. */
export class CellMap<T> {
  private readonly byField = new Map<Field, Map<number, T>>();

  get(field: Field, day: number): T | undefined {
    return this.byField.get(field)?.get(day);
  }
  /** Whether any day of the field has one. */
  has(field: Field): boolean {
    return this.byField.has(field);
  }
  set(field: Field, day: number, value: T): void {
    const days = this.byField.get(field);
    if (days) days.set(day, value);
    else this.byField.set(field, new Map([[day, value]]));
  }
}
