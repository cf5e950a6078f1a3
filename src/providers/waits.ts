import type { Budget, BudgetState, Outcome } from "./provider.js";

/*
 * How long providers make us wait, and how much of a budget they say is left. All of it is limited: a time stamp instead
 * of seconds would otherwise block a person's data for decades.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** For a provider without a budget whose window is known. */
const UNNAMED_MS = 2 * HOUR_MS;
/** More requests in one window than any provider allows. */
const MOST_REQUESTS = 1_000_000;
const LONGEST_WINDOW_SECONDS = 31 * 24 * 3600;
/** A shorter wait would only cause more requests for something that is still being computed. */
const SHORTEST_PENDING_MS = 1_000;

type Windows = readonly Pick<Budget, "windowSeconds">[];

/** The longest wait for a used-up budget: the longest window. */
export function longestLimitMs(windows: Windows): number {
  return windows.length === 0 ? UNNAMED_MS : Math.max(...windows.map(({ windowSeconds }) => windowSeconds * 1000));
}

/** The longest wait for anything but a budget: an outage, or a refusal of the token endpoint. */
export function longestPauseMs(windows: Windows): number {
  return Math.max(HOUR_MS, longestLimitMs(windows));
}

/**
 * When the wait in a header ends, in epoch ms. The header has seconds from now, seconds or milliseconds since 1970, or
 * an HTTP date. At most `longestMs` from `now`. Null if the header is missing, can't be understood, or names no time in
 * the future.
 */
export function waitEnd(text: string | undefined, now: number, longestMs: number): number | null {
  const end = toldEnd(text?.trim() ?? "", now);
  return end === null || end <= now ? null : Math.min(end, now + longestMs);
}

/** A repeated header arrives as one text with a comma. */
const numbers = /^\d+(?:\.\d+)?(?: *, *\d+(?:\.\d+)?)*$/;
/** Dates are read only if they name their zone, since Date.parse finds a date in nearly any text. */
const zonedDate = /\d:\d\d.*(?:GMT|UTC|Z|[+-]\d\d:?\d\d)$/;
/** The oldest form of an HTTP date, in GMT without a zone: "Sun Nov  6 08:49:37 1994". */
const asctimeDate = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

function toldEnd(text: string, now: number): number | null {
  if (numbers.test(text)) return Math.max(...text.split(",").map((part) => endOfSeconds(Number(part), now)));
  const date = asctimeDate.test(text) ? `${text} GMT` : zonedDate.test(text) ? text : "";
  const end = Date.parse(date);
  return Number.isNaN(end) ? null : end;
}

/** A number of thirty years or more is a time in seconds, and a larger one is a time in milliseconds. */
function endOfSeconds(seconds: number, now: number): number {
  if (seconds >= 1e11) return seconds;
  return seconds >= 1e9 ? seconds * 1000 : now + seconds * 1000;
}

/**
 * The outcome with every wait and count limited, whatever the adapter made of the answer. A wait for a limit lasts at
 * most the window of the budget that was used up. If the answer names no budget, it lasts at most the longest window.
 */
export function boundedOutcome(outcome: Outcome, declared: readonly Budget[], now: number): Outcome {
  const readings = outcome.budgets?.flatMap((reading) => boundedState(reading, declared, now) ?? []);
  const budgets = readings && readings.length > 0 ? { budgets: readings } : {};
  if (outcome.kind === "ok") return { kind: "ok", ...(outcome.isNothing && { isNothing: true }), ...budgets };
  if (outcome.kind === "pending") {
    const told = Number.isFinite(outcome.retryAfterMs) ? outcome.retryAfterMs : SHORTEST_PENDING_MS;
    const retryAfterMs = Math.min(Math.max(told, SHORTEST_PENDING_MS), longestPauseMs(declared));
    return { kind: "pending", retryAfterMs, ...budgets };
  }
  const { retryAt, ...failure } = outcome.failure;
  if (retryAt === undefined || !(retryAt > now)) return { kind: "failed", failure, ...budgets };
  const hit = (readings ?? []).filter(({ remaining }) => remaining === 0);
  const longestMs =
    failure.code === "RATE_LIMITED" ? longestLimitMs(hit.length > 0 ? hit : declared) : longestPauseMs(declared);
  return { kind: "failed", failure: { ...failure, retryAt: Math.min(retryAt, now + longestMs) }, ...budgets };
}

/** Null if nothing of the reading can be used: then our own count is used. */
function boundedState(reading: BudgetState, declared: readonly Budget[], now: number): BudgetState | null {
  const { scope, windowSeconds } = reading;
  const budget = declared.find((each) => each.scope === scope && each.windowSeconds === windowSeconds);
  const limit = isLimit(reading.limit) ? reading.limit : budget?.limit;
  if (limit === undefined || Number.isNaN(reading.remaining) || !(reading.resetsAt > now)) return null;
  const remaining = Math.min(Math.max(Math.floor(reading.remaining), 0), limit);
  const resetsAt = Math.min(Math.ceil(reading.resetsAt), now + windowSeconds * 1000);
  return { scope, windowSeconds, limit, remaining, resetsAt };
}

const isLimit = (value: unknown) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_REQUESTS;

/**
 * Whether a reading belongs to the window of `now`. A reading that ends more than a whole window from now is never
 * valid.
 */
export function isOfWindow({ resetsAt, windowSeconds }: BudgetState, now: number): boolean {
  return resetsAt > now && resetsAt <= now + windowSeconds * 1000;
}

/**
 * The stored readings that may be kept. Earlier releases stored whatever a provider said. A reading that ends later
 * than its own window allows is dropped and not shortened: if it were shortened at each check, it would never end. If
 * all may be kept, the result is the same list.
 */
export function soundBudgets(stored: readonly BudgetState[] | undefined, now: number): readonly BudgetState[] {
  if (!Array.isArray(stored)) return [];
  const readings: readonly BudgetState[] = stored;
  return readings.every((reading) => isSound(reading, now))
    ? readings
    : readings.filter((reading) => isSound(reading, now));
}

function isSound(reading: BudgetState | null, now: number): boolean {
  if (reading === null || typeof reading !== "object") return false;
  const { limit, remaining, resetsAt, windowSeconds } = reading;
  return (
    isLimit(limit) &&
    Number.isInteger(remaining) &&
    remaining >= 0 &&
    remaining <= limit &&
    windowSeconds > 0 &&
    windowSeconds <= LONGEST_WINDOW_SECONDS &&
    Number.isInteger(resetsAt) &&
    resetsAt <= now + windowSeconds * 1000
  );
}
