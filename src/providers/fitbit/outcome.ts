import { optionalList, optionalNumber, optionalObject, optionalString } from "../../http/json.js";
import { carriesError } from "../kit/envelope.js";
import type { BudgetState, Failure, Outcome, ProviderResponse } from "../provider.js";
import { longestPauseMs, waitEnd } from "../waits.js";

/*
 * https://dev.fitbit.com/build/reference/web-api/troubleshooting-guide/error-messages/
 * Decides by status and `errorType`, never by the message: it changes, and may contain the access token.
 */

export const retiredMessage =
  "Fitbit switched its Web API off on 2 November 2026. The same account is read through Google Health: " +
  'connect(input: { provider: GOOGLE_HEALTH, redirectTo: "https://your-app.example/connected" }) { authorizationUrl }, ' +
  "with an address whose origin ALLOWED_REDIRECTS lists. What is stored here keeps being served.";

export const hourlyBudget = { scope: "CONNECTION", windowSeconds: 3600, limit: 150, window: "clock" } as const;

const hourMs = hourlyBudget.windowSeconds * 1000;
const longestMs = longestPauseMs([hourlyBudget]);

/** The wait before a pending request is sent again, if the answer has no `retryDuration`. */
const pendingMs = 3000;

export function outcome(response: ProviderResponse): Outcome {
  const limitedUntil = response.status === 429 ? limitEnds(response) : null;
  const reading = budgetState(response, limitedUntil);
  const budgets = reading ? { budgets: [reading] } : {};
  const waitMs = pendingFor(response);
  if (waitMs !== null) return { kind: "pending", retryAfterMs: waitMs, ...budgets };
  if (response.status >= 200 && response.status < 300) {
    // An error inside a success must not be read as "no data".
    if (carriesError(response.body)) return { kind: "failed", failure: { code: "UNAVAILABLE" }, ...budgets };
    return { kind: "ok", ...budgets };
  }
  if (limitedUntil !== null)
    return { kind: "failed", failure: { code: "RATE_LIMITED", retryAt: limitedUntil }, ...budgets };
  return { kind: "failed", failure: failure(response), ...budgets };
}

/** Whether the answer says that something is still being computed (data may be present too), and how long to wait. */
export function isPending(body: unknown): boolean {
  return optionalObject(optionalObject(body)?.["meta"])?.["state"] === "pending";
}

function pendingFor(response: ProviderResponse): number | null {
  if (response.status !== 202 && !(response.status === 200 && isPending(response.body))) return null;
  const wait = optionalNumber(optionalObject(optionalObject(response.body)?.["meta"])?.["retryDuration"]);
  return wait !== null && wait > 0 ? wait : pendingMs;
}

function failure(response: ProviderResponse): Failure {
  const types = errorTypes(response.body);
  // Errors of the grant and of the client come with 400 or with 401: the documentation names both.
  if (types.has("invalid_grant")) return { code: "CONSENT_LOST" };
  if (types.has("invalid_client")) {
    return { code: "NOT_CONFIGURED", message: "Fitbit refuses FITBIT_CLIENT_ID with FITBIT_CLIENT_SECRET." };
  }
  const { status } = response;
  if (status === 410) return { code: "RETIRED", message: retiredMessage };
  if (status === 401) {
    // A missing or unreadable header is our defect. Any other 401 is cured by a new token, or not at all.
    return { code: types.has("invalid_request") ? "REJECTED" : "TOKEN_REJECTED" };
  }
  // A refusal in HTML comes from a gateway, not from the API. A conflict (two refreshes at one time) is temporary too.
  const fromGateway = response.body === undefined && [400, 403, 404].includes(status);
  if (fromGateway || status === 408 || status === 409 || status < 400 || status >= 500) {
    const retryAt = told(response, "retry-after");
    return { code: "UNAVAILABLE", ...(retryAt === null ? {} : { retryAt }) };
  }
  return status === 403 ? forbidden(types) : { code: "REJECTED" };
}

function forbidden(types: ReadonlySet<string>): Failure {
  if (types.has("expired_token") || types.has("invalid_token")) return { code: "TOKEN_REJECTED" };
  if (types.has("insufficient_scope")) {
    return { code: "INSUFFICIENT_SCOPE", message: "The person did not grant this part; connecting again can add it." };
  }
  // Also the newer gateway's `{"error": {"status": "PERMISSION_DENIED"}}`. It names no scope, and people who had
  // granted the scope get it too. So the person is not asked to grant it: like insufficient_permissions, it means that
  // the app lacks a permission.
  return {
    code: "NOT_PERMITTED_TO_APP",
    message:
      "Fitbit does not grant this to the app (samples within a day need a granted request or a personal app, recording needs Read & Write).",
  };
}

/** The types in `{"errors": [{"errorType": …}]}`. The other shape, `{"error": {…}}`, has no more than its status. */
function errorTypes(body: unknown): ReadonlySet<string> {
  const errors = optionalList(optionalObject(body)?.["errors"]);
  return new Set(errors.flatMap((error) => optionalString(optionalObject(error)?.["errorType"]) ?? []));
}

/**
 * When the limit ends: by the limit's own header, else by Retry-After (missing or useless since 2025), else at the next
 * full hour, at which windows begin. A few seconds are added, so that not all requests come at once.
 */
function limitEnds(response: ProviderResponse): number {
  const end = told(response, "fitbit-rate-limit-reset") ?? told(response, "retry-after");
  if (end !== null) return end;
  const hour = (Math.floor(response.receivedAt / hourMs) + 1) * hourMs + Math.floor(Math.random() * 15_000);
  return Math.min(hour, response.receivedAt + longestMs);
}

function budgetState(response: ProviderResponse, limitedUntil: number | null): BudgetState | null {
  const { scope, windowSeconds } = hourlyBudget;
  const limit = optionalNumber(header(response, "fitbit-rate-limit-limit"));
  if (limitedUntil !== null) {
    // The counter is updated late: after a refusal, "remaining" counts as 0 whatever it says.
    return { scope, windowSeconds, limit: limit ?? hourlyBudget.limit, remaining: 0, resetsAt: limitedUntil };
  }
  const remaining = optionalNumber(header(response, "fitbit-rate-limit-remaining"));
  const resetsAt = told(response, "fitbit-rate-limit-reset");
  if (limit === null || remaining === null || resetsAt === null) return null;
  return { scope, windowSeconds, limit, remaining: Math.max(0, remaining), resetsAt };
}

/** Documented as seconds from now in both headers, but not reliable in either. */
function told(response: ProviderResponse, name: string): number | null {
  return waitEnd(header(response, name), response.receivedAt, longestMs);
}

/** Header names are compared without case, since Fitbit's own capitals vary. */
function header(response: ProviderResponse, name: string): string | undefined {
  return response.headers[name] ?? Object.entries(response.headers).find(([key]) => key.toLowerCase() === name)?.[1];
}
