import { optionalList, optionalObject, optionalString } from "../../http/json.js";
import { failed, unavailable, usualFailure } from "../kit/failures.js";
import type { Budget, BudgetState, Outcome, ProviderResponse } from "../provider.js";
import { longestLimitMs, longestPauseMs, waitEnd } from "../waits.js";

/** As the FAQ says, which knows of one limit only: there is one for each token and one for the app. */
export const budgets = (["CONNECTION", "APP"] as const).map(
  (scope): Budget => ({ scope, windowSeconds: 300, limit: 5000, window: "first" }),
);
const longestLimit = longestLimitMs(budgets);
const longestPause = longestPauseMs(budgets);
/** For an answer that names no wait: the window rolls. */
const USUAL_WAIT_MS = 60_000;

const messages = {
  membership:
    "Oura gives no data: this person's membership has lapsed, or they have withdrawn the permission in the Oura app.",
  scope: "The person has not granted this kind of data.",
  token: "Oura no longer accepts this access token.",
  retired: "This part of Oura's API is switched off.",
  limited: "Oura's limit is used up.",
};

export function outcome(response: ProviderResponse): Outcome {
  const { status, body, receivedAt, headers } = response;
  if (status >= 200 && status < 300) {
    return optionalObject(body) ? { kind: "ok" } : failed(unavailable("Oura"));
  }
  if (status === 401) {
    // Both are 401. A refresh for a missing scope would use up a refresh token for nothing.
    return lacksScope(body)
      ? failed({ code: "INSUFFICIENT_SCOPE", message: messages.scope })
      : failed({ code: "TOKEN_REJECTED", message: messages.token });
  }
  if (status === 403) return failed({ code: "ACTION_REQUIRED", message: messages.membership });
  if (status === 410) return failed({ code: "RETIRED", message: messages.retired });
  if (status === 429) {
    const wait = (header: string) => waitEnd(headers[header], receivedAt, longestLimit);
    const retryAt = wait("retry-after") ?? wait("x-ratelimit-reset") ?? receivedAt + USUAL_WAIT_MS;
    const failure = failed({ code: "RATE_LIMITED", message: messages.limited }, retryAt);
    return { ...failure, budgets: [toBudget(response, retryAt)] };
  }
  return failed(usualFailure("Oura", response, longestPause));
}

/** `detail` is a text or, for some errors, a list of objects with texts. */
function lacksScope(body: unknown): boolean {
  const detail = optionalObject(body)?.["detail"];
  const texts = [detail, ...optionalList(detail).map((each) => optionalObject(each)?.["msg"])];
  return texts.some((text) => /not authorized access\b.*\bscope/i.test(optionalString(text) ?? ""));
}

/** Which of the two layers is used up. The headers come only with a 429. */
function toBudget({ headers }: ProviderResponse, resetsAt: number): BudgetState {
  const scope = /app/i.test(headers["x-ratelimit-tier"] ?? "") ? "APP" : "CONNECTION";
  const number = (header: string) => Number(headers[header] ?? Number.NaN);
  const windowSeconds = number("x-ratelimit-window");
  return {
    scope,
    windowSeconds: windowSeconds > 0 ? windowSeconds : 300,
    limit: number("x-ratelimit-limit"),
    remaining: 0,
    resetsAt,
  };
}
