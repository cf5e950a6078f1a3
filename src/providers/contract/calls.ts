import type { Cell, Flaw, Have } from "../../model/cells.js";
import type { Field, FieldValue } from "../../model/fields.js";
import type { LocalDate } from "../../model/records.js";
import type { ApiRequest } from "./exchange.js";

/**
 * The days that one request of a call covers. The planner computes from it what a span of days costs. `back`: only that
 * many days can be requested, today included. Older days are not requested, and are answered with OUT_OF_REACH.
 */
export type Reach =
  /** Undated: one request answers everything. */
  | { readonly kind: "once" }
  /** Any span of up to `max` days. */
  | { readonly kind: "days"; readonly max: number; readonly back?: number }
  /** Spans of at most `max` hours: a day needs several requests. */
  | { readonly kind: "hours"; readonly max: number; readonly back?: number }
  /** Always the last `days` days, today included. */
  | { readonly kind: "trailing"; readonly days: number }
  /**
   * Pages of `size` records over a span of up to `maxDays`. `perDay` records are expected for a day if nothing is
   * stored.
   */
  | {
      readonly kind: "pages";
      readonly size: number;
      readonly perDay: number;
      readonly maxDays?: number;
      readonly back?: number;
    };

/** The days of one planned request. For an undated call both ends are today. */
export interface Input {
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** Today in the person's zone. */
  readonly today: LocalDate;
  /** The day of the last consent, in the person's zone: some providers give no data of the time before. */
  readonly connectedOn: LocalDate;
  readonly providerUserId: string | null;
}

/** One endpoint: what it yields, the days that one request covers, what it needs first, and how its answer is read. */
export interface Call {
  /** Unique within the provider. Cost reports show it. */
  readonly name: string;
  /**
   * Fields that the call answers for every day that it covers. Two calls that yield one field must mean one thing by
   * it.
   */
  readonly yields: readonly Field[];
  readonly reach: Reach;
  /**
   * True if the provider gives nothing from before the consent (`Input.connectedOn`). Days before it are not requested,
   * and are answered with OUT_OF_REACH.
   */
  readonly sinceConnection?: true;
  /** The OAuth scope without which the call is not sent. */
  readonly scope?: string;
  /**
   * Fields that are planned and read first if they are unknown, and passed to `request` and `read`: undated ones, and
   * dated ones for the days of the request. A day is not answered if its dated need can't be read. If no call reaches
   * back to a day of a need, that day is read without it.
   */
  readonly needs?: readonly Field[];
  request(input: Input, fields: ReadonlySet<Field>, have: Have): ApiRequest;
  /**
   * True if what the call needs shows that there is nothing to ask for, such as the stages of a day without a night: no
   * request is made, and the days have nothing.
   */
  isNeedless?(input: Input, have: Have): boolean;
  /**
   * Turns one answer (one page) into cells. A day inside `covers` without a cell of a yielded field then counts as
   * NOT_RECORDED, or as an empty list. `covers` null: this page alone proves nothing of the days without cells (the
   * `covers` of the last page counts). Cells of one day on several pages are joined: lists by record id, series by
   * time. `asked` is the request that this answers: with pages, the next request is made from it. Throws
   * `UnreadableAnswer` (http/json) for an answer without its required parts: never "no data".
   */
  read(answer: unknown, input: Input, have: Have, asked: ApiRequest): ReadPage;
}

export interface ReadPage {
  readonly cells: readonly Cell[];
  readonly covers: { readonly from: LocalDate; readonly to: LocalDate } | null;
  /**
   * The request for the next page, sent even if this page was empty. A request that repeats an earlier one ends the
   * reading as UNAVAILABLE.
   */
  readonly next?: ApiRequest;
  /** True if records of days beside the requested ones were read: so the answer is of the expected form. */
  readonly readsOthers?: boolean;
  /** Parts that were left out. They affect their own day only; the other data of that day are answered. */
  readonly skipped?: readonly Skipped[];
}

/** A record, row or sample that could not be used. */
export interface Skipped {
  readonly field: Field;
  /** Null for undated fields, and if the day of the part is not known. */
  readonly day: LocalDate | null;
  readonly reason: Flaw;
  /** For the log: which part was wrong, never its content. */
  readonly why: string;
}

/** A field that is computed from other fields of one day (undated inputs are allowed). No call may yield it too. */
export interface Derivation {
  readonly yields: Field;
  readonly from: readonly Field[];
  /** Values in the order of `from`. An input is undefined if the provider has nothing. Null: no result is possible. */
  derive(values: readonly (FieldValue | undefined)[]): FieldValue | null;
}
