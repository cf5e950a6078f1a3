import { createHash } from "node:crypto";

/**
 * The `healthUserId` of a person of the lab: nineteen digits, above 2^53, so that whoever reads it as a number notices.
 * The same in every run.
 */
export function googleHealthUserId(personId: string): string {
  const digest = createHash("sha256").update(`google-health:${personId}`).digest();
  const span = 8_000_000_000_000_000_000n;
  return (1_000_000_000_000_000_000n + (digest.readBigUInt64BE() % span)).toString();
}

/** A number in [0, 1) that is the same in every run, for what the people of the lab do not know about themselves. */
export function steadyFraction(seed: string): number {
  return createHash("sha256").update(seed).digest().readUInt32BE() / 2 ** 32;
}
