import { createHash } from "node:crypto";
import { invalid } from "./errors.js";
import type { GoogleHealthSwitches } from "./switches.js";

/** Where a page begins. The token is opaque to clients and good only with the parameters it was given for. */
export interface Cursor {
  readonly page: number;
  /** An empty page goes first. */
  readonly pauseFirst: boolean;
  /** The service's own mark: a date and how many of its points were told, or a window's number. */
  readonly date: string;
  readonly skip: number;
}

const digest = (parameters: unknown) =>
  createHash("sha256").update(JSON.stringify(parameters)).digest("base64url").slice(0, 12);

export function readCursor(token: string | null, parameters: unknown, switches: GoogleHealthSwitches): Cursor {
  if (!token) return { page: 0, pauseFirst: switches.emptyPages === "always", date: "", skip: 0 };
  try {
    const [of, page, pause, date, skip] = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (of === digest(parameters)) return { page, pauseFirst: pause === 1, date, skip };
  } catch {
    // Answered like a token for other parameters.
  }
  throw invalid(undefined, "The page token is invalid or belongs to other parameters.");
}

export function writeToken({ page, pauseFirst, date, skip }: Cursor, parameters: unknown): string {
  return Buffer.from(JSON.stringify([digest(parameters), page, pauseFirst ? 1 : 0, date, skip])).toString("base64url");
}

/** Whether the page before which the client stands comes after an empty one. */
export function pausesBefore(page: number, switches: GoogleHealthSwitches): boolean {
  return switches.emptyPages === "always" || (switches.emptyPages === "sometimes" && page % 3 === 1);
}

/** Too many is reduced silently; 0 means the default. */
export function readPageSize(value: unknown, [usual, most]: readonly [usual: number, most: number]): number {
  if (value === null || value === undefined || value === "") return usual;
  const size = typeof value === "number" ? value : Number(value);
  if (!Number.isInteger(size) || size < 0) throw invalid(undefined, "Invalid argument: page_size");
  return size === 0 ? usual : Math.min(size, most);
}
