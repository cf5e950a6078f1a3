import { z } from "zod";
import type { Sealed } from "../connections/tokens/vault.js";

/**
 * The rows of a whole store as JSON lines: a first line that says what follows, a line for each row in the order of keys,
 * and a last line that says how many there were. docs/export.md describes it.
 */

/** Increased when a reader of the form before would misunderstand a line. */
export const FORM_VERSION = 1;

export const headerLine = z.looseObject({
  type: z.literal("store"),
  version: z.int().min(1),
  /** The release that wrote it. */
  release: z.string(),
  exportedAt: z.string(),
  /** The fingerprint of the key that tokens are encrypted with. Null: there are no tokens in it. */
  keyId: z.string().nullable(),
  /** The rows begin behind this key. Null: it begins at the first. */
  after: z.string().nullable(),
});

export const rowLine = z.looseObject({
  type: z.literal("row"),
  key: z.string().regex(/^[^:\s]+:/),
  /** The version of the row's own form: see `store/row.ts`. */
  v: z.int().min(1),
  /** Epoch ms. */
  expires: z.number().optional(),
  value: z.unknown(),
  /** Where the value has something encrypted, and whom that is bound to. */
  sealed: z
    .array(z.object({ path: z.array(z.union([z.string(), z.int()])).max(4), binding: z.array(z.string()).max(8) }))
    .optional(),
});
export type RowLine = z.infer<typeof rowLine>;

export const endLine = z.looseObject({ type: z.literal("end"), rows: z.int().min(0) });

/** One encrypted part of a row's value, and whom it is bound to. */
export interface SealedPart {
  readonly path: readonly (string | number)[];
  readonly binding: readonly string[];
}

export const namespaceOf = (key: string): string => key.slice(0, key.indexOf(":"));

/** Rows that are worth nothing elsewhere, or in an hour. */
const leftOut: ReadonlySet<string> = new Set([
  // The queue of this store: each job follows from another row, and is put on the other queue because of that row.
  ...["jobs", "outbound-runs", "outbound-sends"],
  // Consents that have begun: the person begins again.
  ...["oauth-states", "awaiting-confirmation", "consent-slots", "ended-consents"],
  // What no release can read, and marks of this process.
  ...["set-aside", "ready"],
]);

export const isLeftOut = (key: string): boolean => leftOut.has(namespaceOf(key));

/** The value with each sealed part replaced; what can be read of it without a key stays. Throws `TypeError` if a part is not there. */
export function withParts(
  value: unknown,
  parts: readonly SealedPart[],
  change: (box: Sealed, part: SealedPart) => Sealed,
): unknown {
  return parts.reduce(
    (whole, part) => replaced(whole, part.path, (box) => ({ ...(box as Sealed), ...change(box as Sealed, part) })),
    value,
  );
}

function replaced(value: unknown, [step, ...rest]: SealedPart["path"], change: (part: unknown) => unknown): unknown {
  if (step === undefined) return change(value);
  const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, step);
  if (!isThere) throw new TypeError("A row lacks its encrypted part.");
  const part = replaced((value as Record<string | number, unknown>)[step], rest, change);
  if (Array.isArray(value)) return value.with(Number(step), part);
  return { ...value, [step]: part };
}
