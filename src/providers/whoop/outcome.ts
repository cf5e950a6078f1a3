import { optionalObject } from "../../http/json.js";
import { unavailable, usualFailure } from "../kit/failures.js";
import type { ApiRequest, Budget, BudgetState, Failure, Outcome, ProviderResponse } from "../provider.js";
import { longestLimitMs, longestPauseMs, waitEnd } from "../waits.js";
import { BODY_PATH } from "./calls/requests.js";

/** For the whole app. How the windows begin is not documented: every answer says when they end. */
export const budgets: readonly Budget[] = [
  { scope: "APP", windowSeconds: 60, limit: 100, window: "first" },
  { scope: "APP", windowSeconds: 86_400, limit: 10_000, window: "first" },
];
const longestLimit = longestLimitMs(budgets);
const longestPause = longestPauseMs(budgets);
/** For an answer that names no wait. */
const USUAL_WAIT_MS = 60_000;

const messages = {
  token: "WHOOP no longer accepts this access token.",
  membership: "WHOOP gives no data of this person, whose membership may have ended.",
  limited: "WHOOP's limit for this app is used up.",
};

/** The meaning of an answer, by its status: bodies of errors are not documented, and some are plain text. */
export function outcome(response: ProviderResponse, { path }: ApiRequest): Outcome {
  const { status, headers, body, receivedAt } = response;
  const told = toBudgets(response);
  const budgetsTold = told.length > 0 && { budgets: told };
  const failed = (failure: Failure): Outcome => ({ kind: "failed", failure, ...budgetsTold });
  if (status === 204) return { kind: "ok", ...budgetsTold };
  if (status >= 200 && status < 300) {
    if (!optionalObject(body)) return failed(unavailable("WHOOP"));
    return { kind: "ok", ...budgetsTold };
  }
  // A member without measurements.
  if (status === 404 && path === BODY_PATH) return { kind: "ok", isNothing: true, ...budgetsTold };
  if (status === 401) return failed({ code: "TOKEN_REJECTED", message: messages.token });
  if (status === 403) return failed({ code: "ACTION_REQUIRED", message: messages.membership });
  if (status === 429) {
    const retryAt = waitEnd(headers["x-ratelimit-reset"], receivedAt, longestLimit) ?? receivedAt + USUAL_WAIT_MS;
    return failed({ code: "RATE_LIMITED", message: messages.limited, retryAt });
  }
  return failed(usualFailure("WHOOP", response, longestPause));
}

/**
 * The headers tell of one bucket, the one that is nearest to its end: its limit comes first, then all limits with their
 * windows ("100, 100;window=60, 10000;window=86400").
 */
function toBudgets({ headers, receivedAt }: ProviderResponse): readonly BudgetState[] {
  const limits = (headers["x-ratelimit-limit"] ?? "").split(",").map((part) => part.trim());
  const limit = wholeNumber(limits[0]);
  const window = limits
    .map((part) => /^(\d+) *; *window=(\d+)$/.exec(part))
    .find((each) => Number(each?.[1]) === limit);
  const remaining = wholeNumber(headers["x-ratelimit-remaining"]);
  const reset = wholeNumber(headers["x-ratelimit-reset"]);
  if (limit === null || !window || remaining === null || reset === null) return [];
  const windowSeconds = Number(window[2]);
  // Seconds from now.
  return [{ scope: "APP", windowSeconds, limit, remaining, resetsAt: receivedAt + reset * 1000 }];
}

function wholeNumber(text: string | undefined): number | null {
  return /^\d+$/.test(text ?? "") ? Number(text) : null;
}
