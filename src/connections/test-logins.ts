import { optionalNumber, optionalObject } from "../http/json.js";
import type { OAuthProfile, TokenAnswer, TokenCall } from "../providers/provider.js";

/** Logins of vendors that each differ from RFC 6749 in another way, as `oauth` of the test provider. */

/** A dead refresh token is an `invalid_request`. */
function deadGrant(answer: TokenAnswer, call: TokenCall): TokenAnswer {
  const isDead = call === "refresh" && (answer.status === 400 || answer.status === 401);
  return isDead && answer.body["error"] === "invalid_request"
    ? { ...answer, body: { error: "invalid_grant" } }
    : answer;
}

/** Everything comes with 200: the body has a status of its own, and the tokens one level down. */
function enveloped({ status, body, retryAfter }: TokenAnswer, call: TokenCall): TokenAnswer {
  const own = optionalNumber(body["status"]);
  const inner = optionalObject(body["body"]) ?? {};
  if (status !== 200 || own === null) return { status: status === 200 ? 502 : status, body: {}, retryAfter };
  if (own === 0) return { status: 200, body: inner };
  if (own === 503 && call !== "revoke") return { status: 400, body: { error: "invalid_grant" } };
  const seconds = optionalNumber(inner["wait_seconds"]);
  return own === 601 ? { status: 429, body: {}, retryAfter: String(seconds ?? 60) } : { status: 502, body: {} };
}

/** As Oura has it: prefixed scopes. */
export const prefixed: Partial<OAuthProfile> = {
  clientAuth: "body",
  pkce: false,
  scopePrefix: "ext:",
  refreshRepeatSeconds: 0,
  userIdKey: undefined,
  asStandard: deadGrant,
};

/** As WHOOP has it: a refresh names the scope that gives a new refresh token. */
export const offline: Partial<OAuthProfile> = {
  clientAuth: "body",
  pkce: false,
  refreshRepeatSeconds: 0,
  userIdKey: undefined,
  tokenParams: { refresh: { scope: "offline" } },
  asStandard: deadGrant,
};

/** As Withings has it: remote procedure calls. */
export const procedures: Partial<OAuthProfile> = {
  clientAuth: "body",
  pkce: false,
  scopeSeparator: ",",
  refreshRepeatSeconds: 0,
  userIdKey: "userid",
  tokenParams: { exchange: { action: "requesttoken" }, refresh: { action: "requesttoken" } },
  asStandard: enveloped,
};

/** As Polar has it: one token for good, and the user's id beside it. */
export const oneToken: Partial<OAuthProfile> = {
  pkce: false,
  refresh: "none",
  refreshRepeatSeconds: 0,
  userIdKey: "x_user_id",
};
