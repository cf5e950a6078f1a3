import { optionalNumber, optionalObject } from "../../http/json.js";
import { failed, unavailable, usualFailure } from "../kit/failures.js";
import type { ApiRequest, Budget, Failure, Outcome, ProviderResponse } from "../provider.js";
import { longestLimitMs, longestPauseMs, waitEnd } from "../waits.js";

/** Of the whole app, on the free plan. */
export const minutelyBudget: Budget = {
  scope: "APP",
  windowSeconds: 60,
  limit: 120,
  window: "first",
  limitSetting: "REQUESTS_PER_MINUTE",
};
const longestLimit = longestLimitMs([minutelyBudget]);
const longestPause = longestPauseMs([minutelyBudget]);
/** The same call is refused when it comes twice within this time. */
const SAME_CALL_SECONDS = 10;

/** https://developer.withings.com/api-reference: families of the `status` in the body. */
const refused: Failure = { code: "TOKEN_REJECTED", message: "Withings no longer accepts this access token." };
const notAllowed: Failure = {
  code: "INSUFFICIENT_SCOPE",
  message: "This kind of data is not covered by the person's consent or by the plan of the app.",
};
const invalid: Failure = { code: "REJECTED", message: "Withings refused the request." };
const unreachable: Failure = {
  code: "NOT_CONFIGURED",
  message:
    "Withings could not reach our address for notifications. It must be public, https, on port 443, and registered for the app.",
};
const unwell = unavailable("Withings");

const authenticationFailed = spans([100, 102], [200], [401]);
const unauthorized = spans([214], [277], [2553], [2555]);
const notImplemented = 2554;
const invalidParameters = spans(
  ...([[201, 213], [216, 218], [220, 221], [223], [225], [227, 230], [234, 236], [238], [240, 252]] as const),
  ...([[254], [260, 267], [271, 272], [275, 276], [283, 288], [290], [293, 295], [297], [300, 304]] as const),
  ...([[321], [323, 353], [380, 382], [400], [501, 511], [523], [532], [3017, 3019]] as const),
);
const TOO_MANY = 601;
const NO_SUCH_SUBSCRIPTION = 286;
const ADDRESS_UNREACHABLE = 293;

/** What an answer means: by the status in its body, since the HTTP status is always 200. */
export function outcome(response: ProviderResponse, request: ApiRequest): Outcome {
  const body = optionalObject(response.body);
  const status = optionalNumber(body?.["status"]);
  // From a proxy or a load balancer.
  if (response.status < 200 || response.status >= 300) return ofHttp(response);
  if (body === null || status === null) return failed(unwell);
  if (status === 0) return { kind: "ok" };
  if (status === TOO_MANY) return tooMany(body, response.receivedAt);
  if (authenticationFailed.has(status)) return failed(refused);
  if (unauthorized.has(status)) return failed(notAllowed);
  if (status === NO_SUCH_SUBSCRIPTION && request.path === "/notify" && request.form?.["action"] === "revoke")
    return { kind: "ok" };
  if (status === ADDRESS_UNREACHABLE) return failed(unreachable);
  return failed(status === notImplemented || invalidParameters.has(status) ? invalid : unwell);
}

/**
 * 601 means two things. The limit of the app concerns everybody. The same call twice within ten seconds concerns this
 * call alone, and only the text tells it.
 */
function tooMany(body: Readonly<Record<string, unknown>>, receivedAt: number): Outcome {
  const seconds = optionalNumber(optionalObject(body["body"])?.["wait_seconds"]);
  if (/same arguments/i.test(String(body["error"]))) {
    return { kind: "pending", retryAfterMs: Math.max(1, seconds ?? SAME_CALL_SECONDS) * 1000 };
  }
  const waitMs = seconds !== null && seconds > 0 ? seconds * 1000 : longestLimit;
  return failed(
    { code: "RATE_LIMITED", message: "Withings's limit for this app is used up." },
    receivedAt + Math.min(waitMs, longestPause),
  );
}

function ofHttp(response: ProviderResponse): Outcome {
  const { status, headers, receivedAt } = response;
  if (status === 401) return failed(refused);
  if (status === 410) return failed({ code: "RETIRED", message: "This part of Withings is switched off." });
  if (status === 429) {
    const message = "Withings's limit for this app is used up.";
    const wait = waitEnd(headers["retry-after"], receivedAt, longestPause);
    return failed({ code: "RATE_LIMITED", message }, wait ?? receivedAt + longestLimit);
  }
  return failed(usualFailure("Withings", response, longestPause));
}

function spans(...ranges: readonly (readonly [number, number?])[]): ReadonlySet<number> {
  return new Set(
    ranges.flatMap(([first, last = first]) => Array.from({ length: last - first + 1 }, (_, n) => first + n)),
  );
}
