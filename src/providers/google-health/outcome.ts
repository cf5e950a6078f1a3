import { object, optionalList, optionalObject, optionalString } from "../../http/json.js";
import { failed, usualFailure } from "../kit/failures.js";
import type { Budget, Failure, Outcome, ProviderResponse } from "../provider.js";
import { longestLimitMs, longestPauseMs, waitEnd } from "../waits.js";

export const minutelyBudget: Budget = {
  scope: "CONNECTION",
  windowSeconds: 60,
  limit: 300,
  window: "first",
  limitSetting: "REQUESTS_PER_MINUTE",
};
const longestLimit = longestLimitMs([minutelyBudget]);
const longestPause = longestPauseMs([minutelyBudget]);

const notLinked: Failure = {
  code: "ACTION_REQUIRED",
  message: "This Google account has no health profile yet: set up the Google Health or Fitbit app with it.",
};
const notGranted: Failure = {
  code: "INSUFFICIENT_SCOPE",
  message: "The person has not granted this kind of data.",
};
const limited: Failure = { code: "RATE_LIMITED", message: "Google Health's limit for this person is used up." };

/** https://developers.google.com/health/reference/rest/v4/errors: Google's own text is not used, it may contain secrets. */
const byReason: Readonly<Record<string, Failure>> = {
  ACCOUNT_NOT_LINKED: notLinked,
  SERVICE_DISABLED: {
    code: "NOT_CONFIGURED",
    message: "The Google Health API is not enabled in the operator's Google Cloud project.",
  },
  USER_PROJECT_DENIED: {
    code: "NOT_CONFIGURED",
    message: "The operator's Google Cloud project may not use the Google Health API.",
  },
  DISALLOWED_OAUTH_SCOPES: {
    code: "NOT_CONFIGURED",
    message:
      "This consent also covers other Google APIs, which Google Health refuses: use a Google Cloud project for it alone, then have the person remove the app in their Google account and connect again.",
  },
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: notGranted,
  MISSING_OAUTH_SCOPE: notGranted,
  API_PRIVATE_PREVIEW_ACCESS_DENIED: {
    code: "NOT_PERMITTED_TO_APP",
    message: "Google has not opened this kind of data to the operator's Google Cloud project.",
  },
  RESOURCE_PERMISSION_DENIED: { code: "CONSENT_LOST", message: "Google no longer holds this person's consent." },
  RATE_LIMIT_EXCEEDED: limited,
};

const byStatus: Readonly<Record<number, Failure>> = {
  401: { code: "TOKEN_REJECTED", message: "Google Health no longer accepts this access token." },
  410: { code: "RETIRED", message: "This part of Google Health is switched off." },
  412: notLinked,
  429: limited,
};

/** The meaning of an answer of Google Health: by its status if that is enough, else by the reason in the body. */
export function outcome(response: ProviderResponse): Outcome {
  const { status, headers, body, receivedAt } = response;
  if (status >= 200 && status < 300) {
    // An answer without data is {}. An answer that is not an object does not come from the API.
    return optionalObject(body)
      ? { kind: "ok" }
      : failed({ code: "UNAVAILABLE", message: "Google Health's answer could not be read." });
  }
  const meaning = byStatus[status] ?? byReason[reasonOf(body) ?? ""];
  if (meaning?.code === "RATE_LIMITED") {
    // The header is not documented, but used if it is there. The budgets have windows of a minute.
    const wait = waitEnd(headers["retry-after"], receivedAt, longestLimit);
    return failed(meaning, wait ?? receivedAt + longestLimit);
  }
  if (meaning) return failed(meaning);
  return failed(usualFailure("Google Health", response, longestPause));
}

/** The reason, from the one detail that has it. Domain and message vary and are not used. */
function reasonOf(body: unknown): string | null {
  const details = optionalList(optionalObject(optionalObject(body)?.["error"])?.["details"]);
  for (const detail of details) {
    if (!optionalObject(detail)) continue;
    const raw = object(detail, "details[]");
    if (optionalString(raw["@type"])?.endsWith("ErrorInfo")) return optionalString(raw["reason"]);
  }
  return null;
}
