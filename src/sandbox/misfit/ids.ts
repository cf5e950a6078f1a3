import { createHash } from "node:crypto";

const hex = (text: string) => createHash("sha256").update(text).digest("hex");

/** The id under which Misfit knows a person of the lab: 24 lower-case hex characters, the same in every run. */
export function misfitUserId(personId: string): string {
  return hex(`misfit user ${personId}`).slice(0, 24);
}

/**
 * Misfit's ids are those of its database: a time in seconds, then what looks random. The time lets the lab find an
 * object by its id alone without keeping a table of everything that ever happened.
 */
export function objectId(kind: string, key: string, timeMs: number): string {
  const seconds = Math.floor(timeMs / 1000)
    .toString(16)
    .padStart(8, "0");
  return seconds + hex(`misfit ${kind} ${key}`).slice(0, 16);
}

/** The time that an object's id carries, or null if it cannot be an id. */
export function timeOf(id: string): number | null {
  return /^[0-9a-f]{24}$/.test(id) ? Number.parseInt(id.slice(0, 8), 16) * 1000 : null;
}
