import { z } from "zod";

/**
 * What is stored for one key: a value, its expiry, and the version of its form. `expires` comes first: SQL reads it
 * from the text.
 */
interface Envelope {
  readonly value?: unknown;
  readonly expires?: number | null;
  readonly version?: number;
}

/**
 * Reads a stored value, or answers undefined if it has another form. Unknown members stay: a later release may have
 * written them. `leaveOut` is called if a part can't be read and the rest is answered without it.
 */
type Reader<T> = (value: unknown, leaveOut: () => void) => T | undefined;

/** How the rows of a collection are read. */
export interface RowForm<T> {
  readonly read: Reader<T>;
  /**
   * Default: 1, also for rows without a version. Raise it when an older release would misunderstand a row: it then reads
   * the row as absent, and may write its own over it. So replicas can be replaced one by one only if a release before
   * reads both forms.
   */
  readonly version?: number;
  /** `get` and `take` throw `UnreadableRow` instead of answering undefined: for rows that must not count as absent. */
  readonly throws?: boolean;
}

/** This release can't read the row. The row is kept; `reason` names the fault in a word. */
export class UnreadableRow extends Error {
  override readonly name = "UnreadableRow";
  constructor(readonly reason: RowTrouble) {
    super(`A stored row can't be read (${reason}).`);
  }
}

/** `newer`: a later release wrote the row. */
export type RowTrouble = "damaged" | "newer" | "foreign" | "too-long";

export type Row<T> =
  | { readonly kind: "row"; readonly value: T; readonly isWhole: boolean }
  | { readonly kind: "expired" }
  | { readonly kind: "unreadable"; readonly reason: RowTrouble };

/** A day of one-second samples takes a fifth of it. A longer row would hold up all other work. */
export const MAX_ROW_LENGTH = 8 * 1024 * 1024;

/**
 * Plain JSON, several times faster than Keyv's default, which also carries Buffers. Throws `RangeError` if the text is
 * too long.
 */
export function toText({ value, expires, version = 1 }: Envelope): string {
  const text = JSON.stringify(expires ? { expires, v: version, value } : { v: version, value });
  if (text.length > MAX_ROW_LENGTH) throw new RangeError("A stored value is at most 8 MB long.");
  return text;
}

const NO_OWN_KEY = "__proto__";

/** Never throws. An expired row counts as expired, whatever it contains. */
export function readRow<T>(text: unknown, { read, version: own = 1 }: RowForm<T>, now = Date.now()): Row<T> {
  if (typeof text !== "string") return { kind: "unreadable", reason: "damaged" };
  if (isOver(text, now)) return { kind: "expired" };
  if (text.length > MAX_ROW_LENGTH) return { kind: "unreadable", reason: "too-long" };
  let envelope: { v?: unknown; value?: unknown; expires?: unknown } | null;
  try {
    // A key with this name would become the prototype of the object that it is copied into. It may be written with
    // escapes.
    const isSuspect = text.includes(NO_OWN_KEY) || text.includes("\\u00");
    envelope = isSuspect ? JSON.parse(text, (key, part) => (key === NO_OWN_KEY ? undefined : part)) : JSON.parse(text);
  } catch {
    return { kind: "unreadable", reason: "damaged" };
  }
  if (typeof envelope !== "object" || envelope === null || !("value" in envelope))
    return { kind: "unreadable", reason: "damaged" };
  const { v = 1, expires, value } = envelope;
  if (!Number.isInteger(v) || (v as number) < 1) return { kind: "unreadable", reason: "damaged" };
  if ((v as number) > own) return { kind: "unreadable", reason: "newer" };
  if (typeof expires === "number" && expires <= now) return { kind: "expired" };
  let isWhole = true;
  const taken = read(value, () => {
    isWhole = false;
  });
  return taken === undefined ? { kind: "unreadable", reason: "foreign" } : { kind: "row", value: taken, isWhole };
}

/** Whether a row has expired. Only the expiry is read, so that an otherwise unreadable row can be deleted. */
export function isOver(text: string, now = Date.now()): boolean {
  const expires = expiryOf(text);
  return expires !== null && expires <= now;
}

/** Epoch ms. Null for a row that does not expire. */
export function expiryOf(text: string): number | null {
  const expires = /^\{"expires":(\d{1,16})[,}]/.exec(text)?.[1];
  return expires === undefined ? null : Number(expires);
}

/** Rows that a schema describes. Use `z.looseObject`, so that unknown members of an object stay. */
export function rowsOf<T>(schema: z.ZodType, more: Omit<RowForm<T>, "read"> = {}): RowForm<T> {
  const read = (value: unknown) => {
    const result = schema.safeParse(value);
    return result.success ? (result.data as T) : undefined;
  };
  return { ...more, read };
}

/** Rows with one number, mostly epoch ms. */
export const numberRows: RowForm<number> = rowsOf(z.number());
export const textRows: RowForm<string> = rowsOf(z.string());
