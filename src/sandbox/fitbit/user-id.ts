import { createHash } from "node:crypto";

// Without I and O, which nobody can tell from 1 and 0 in a log.
const ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/**
 * The encoded id under which Fitbit knows a person of the lab: six upper-case alphanumerics, the same in every run.
 * Google Health reports the same value as `legacyUserId`, so both labs ask here.
 */
export function fitbitUserId(personId: string): string {
  const digest = createHash("sha256").update(`fitbit:${personId}`).digest();
  return Array.from(digest.subarray(0, 6), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
