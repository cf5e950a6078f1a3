const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The wait before each further attempt at a message, from the failure on: eleven attempts within three days. */
export const RETRY_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  8 * HOUR,
  10 * HOUR,
  12 * HOUR,
  14 * HOUR,
  20 * HOUR,
];

/** The longest wait that a receiver can ask for. */
export const LONGEST_WAIT_MS = HOUR;
/** The longest wait of any kind: a gap of a day, or the last of the waits above with what a receiver asks for. */
export const LONGEST_MS = 25 * HOUR;
/** How long a receiver is left alone after some failures in a row, whoever the next message is of. */
const LONGEST_REST_MS = MINUTE;

/** When the next attempt is due after so many failed ones. Null: that was the last. */
export function nextAttemptAt(attempts: number, now: number, retryAfterMs: number | null): number | null {
  const wait = RETRY_MS[attempts - 1];
  return wait === undefined ? null : now + Math.max(wait, retryAfterMs ?? 0);
}

/** A time that was noted, for which nobody waits longer than that; 0 where a clock that was ahead noted it. */
export function timely(at: number, now: number, longestMs: number): number {
  return at - now > longestMs ? 0 : at;
}

export function restMs(failures: number, retryAfterMs: number | null): number {
  const rest = Math.min(RETRY_MS[0]! * 2 ** Math.min(failures - 1, 10), LONGEST_REST_MS);
  return Math.max(rest, retryAfterMs ?? 0);
}

/** Reads `Retry-After`: seconds or an HTTP date, at most an hour. Null for anything else. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const ms = /^\d{1,9}$/.test(header.trim()) ? Number(header) * SECOND : Date.parse(header) - now;
  return ms > 0 ? Math.min(ms, LONGEST_WAIT_MS) : null;
}
