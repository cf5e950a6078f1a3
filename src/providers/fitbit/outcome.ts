import { optionalList, optionalNumber, optionalObject, optionalString } from "../../http/json.js";
import { carriesError } from "../kit/envelope.js";
import type { BudgetReading, Failure, Outcome, ProviderResponse } from "../provider.js";
import { longestPauseMs, waitEnd } from "../waits.js";

/*
 * https://dev.fitbit.com/build/reference/web-api/troubleshooting-guide/error-messages/
 * Told by status and `errorType`, never by the message: that changes, and may hold the access token.
 */

export const retiredMessage =
  "Fitbit switched its Web API off on 2 November 2026. The same account is read through Google Health: " +
  'connect(input: { provider: GOOGLE_HEALTH, redirectTo: "https://your-app.example/connected" }) { authorizationUrl }, ' +
  "with an address whose origin ALLOWED_REDIRECTS lists. What is stored here keeps being served.";

export const hourlyBudget = { scope: "CONNECTION", windowSeconds: 3600, limit: 150, window: "clock" } as const;

const hourMs = hourlyBudget.windowSeconds * 1000;
const longestMs = longestPauseMs([hourlyBudget]);

/** How long an answer without `retryDuration` is given before it is asked again. */
const pendingMs = 3000;

export function outcome(response: ProviderResponse): Outcome {
  const limitedUntil = response.status === 429 ? limitEnds(response) : null;
  const reading = budgetReading(response, limitedUntil);
  const budgets = reading ? { budgets: [reading] } : {};
  const waitMs = pendingFor(response);
  if (waitMs !== null) return { kind: "pending", retryAfterMs: waitMs, ...budgets };
  if (response.status >= 200 && response.status < 300) {
    // An error in a success is nothing that may be read as "no data".
    if (carriesError(response.body)) return { kind: "failed", failure: { code: "UNAVAILABLE" }, ...budgets };
    return { kind: "ok", ...budgets };
  }
  if (limitedUntil !== null)
    return { kind: "failed", failure: { code: "RATE_LIMITED", retryAt: limitedUntil }, ...budgets };
  return { kind: "failed", failure: failure(response), ...budgets };
}

/** Whether the answer says (also beside data) that something is still being computed, and how long to wait. */
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
  // Grant and client trouble come with 400 by some texts and with 401 by others.
  if (types.has("invalid_grant")) return { code: "CONSENT_LOST" };
  if (types.has("invalid_client")) {
    return { code: "NOT_CONFIGURED", message: "Fitbit refuses FITBIT_CLIENT_ID with FITBIT_CLIENT_SECRET." };
  }
  const { status } = response;
  if (status === 410) return { code: "RETIRED", message: retiredMessage };
  if (status === 401) {
    // A missing or unreadable header is our defect; anything else is cured by a new token or by nothing.
    return { code: types.has("invalid_request") ? "REJECTED" : "TOKEN_REJECTED" };
  }
  // A refusal in HTML is a gateway's, not the API's; so is a conflict (two refreshes at once) a matter of a moment.
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
  // Also the newer gateway's `{"error": {"status": "PERMISSION_DENIED"}}`. It names no scope and is seen for people who
  // had granted it, so to tell them to grant it would be wrong: like insufficient_permissions it is the app's lack.
  return {
    code: "NOT_PERMITTED_TO_APP",
    message: "Fitbit does not grant this to the app (samples within a day need a granted request or a personal app).",
  };
}

/** The types of `{"errors": [{"errorType": …}]}`. The other shape, `{"error": {…}}`, says nothing beyond its status. */
function errorTypes(body: unknown): ReadonlySet<string> {
  const errors = optionalList(optionalObject(body)?.["errors"]);
  return new Set(errors.flatMap((error) => optionalString(optionalObject(error)?.["errorType"]) ?? []));
}

/**
 * When the limit is over: what the limit's own header says, else Retry-After (missing or useless since 2025), else the
 * next full hour, at which windows begin, and a little later so that not everybody comes at once.
 */
function limitEnds(response: ProviderResponse): number {
  const end = told(response, "fitbit-rate-limit-reset") ?? told(response, "retry-after");
  if (end !== null) return end;
  const hour = (Math.floor(response.receivedAt / hourMs) + 1) * hourMs + Math.floor(Math.random() * 15_000);
  return Math.min(hour, response.receivedAt + longestMs);
}

function budgetReading(response: ProviderResponse, limitedUntil: number | null): BudgetReading | null {
  const { scope, windowSeconds } = hourlyBudget;
  const limit = optionalNumber(header(response, "fitbit-rate-limit-limit"));
  if (limitedUntil !== null) {
    // The counter is updated late: a refusal says more than what it claims to be left.
    return { scope, windowSeconds, limit: limit ?? hourlyBudget.limit, remaining: 0, resetsAt: limitedUntil };
  }
  const remaining = optionalNumber(header(response, "fitbit-rate-limit-remaining"));
  const resetsAt = told(response, "fitbit-rate-limit-reset");
  if (limit === null || remaining === null || resetsAt === null) return null;
  return { scope, windowSeconds, limit, remaining: Math.max(0, remaining), resetsAt };
}

/** Documented as seconds from now in both headers, of which neither can be relied on. */
function told(response: ProviderResponse, name: string): number | null {
  return waitEnd(header(response, name), response.receivedAt, longestMs);
}

/** Fitbit's own capitals vary; whoever hands us a response with them is understood too. */
function header(response: ProviderResponse, name: string): string | undefined {
  return response.headers[name] ?? Object.entries(response.headers).find(([key]) => key.toLowerCase() === name)?.[1];
}
