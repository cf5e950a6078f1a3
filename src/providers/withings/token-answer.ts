import { createHmac } from "node:crypto";
import { optionalNumber, optionalObject } from "../../http/json.js";
import type { TokenAnswer, TokenCall } from "../provider.js";

const INVALID_PARAMETERS = 503;
/** "Authentication failed", and 342, which Withings's older documents name "the signature is invalid". */
const AUTHENTICATION_FAILED: ReadonlySet<number> = new Set([100, 101, 102, 200, 342, 401]);
const SAME_CALL_SECONDS = 10;

/**
 * https://developer.withings.com/api-reference/#tag/oauth2: everything comes with HTTP 200, a status in the body, and the
 * tokens one level below. A dead code or refresh token is 503 with its own text; 503 alone may be a mistake of ours.
 */
export function asStandard(answer: TokenAnswer, call: TokenCall): TokenAnswer {
  const status = optionalNumber(answer.body["status"]);
  if (answer.status !== 200 || status === null) {
    return { status: answer.status === 200 ? 502 : answer.status, body: {}, retryAfter: answer.retryAfter };
  }
  const body = optionalObject(answer.body["body"]) ?? {};
  if (status === 0) return { status: 200, body };
  if (status === 601) {
    const seconds = optionalNumber(body["wait_seconds"]) ?? SAME_CALL_SECONDS;
    return { status: 429, body: {}, retryAfter: String(Math.ceil(seconds)) };
  }
  if (status === INVALID_PARAMETERS && isDeadGrant(String(answer.body["error"]), call))
    return { status: 400, body: { error: "invalid_grant" } };
  // No token of a person is in these calls: it is the app that is not known.
  if (AUTHENTICATION_FAILED.has(status)) return { status: 401, body: { error: "invalid_client" } };
  return { status: 502, body: {} };
}

function isDeadGrant(error: string, call: TokenCall): boolean {
  if (call === "refresh") return /invalid refresh_?token/i.test(error);
  return call === "exchange" && /invalid code/i.test(error);
}

/** https://developer.withings.com/developer-guide/v3/get-access/sign-your-requests: values only, in the order of names. */
export function sign(fields: Readonly<Record<string, string>>, clientSecret: string): string {
  return createHmac("sha256", clientSecret).update(Object.values(fields).join(",")).digest("hex");
}
