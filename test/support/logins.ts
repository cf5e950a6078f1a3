import { createHmac } from "node:crypto";
import { optionalNumber, optionalObject } from "../../src/http/json.js";
import type { OAuthProfile, TokenAnswer, TokenCall } from "../../src/providers/provider.js";

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
  revocation: { kind: "token", url: "https://acme.test/revoke", in: "query", name: "access_token", token: "access" },
};

/** As WHOOP has it: a refresh names the scope that gives a new refresh token. */
export const offline: Partial<OAuthProfile> = {
  clientAuth: "body",
  pkce: false,
  refreshRepeatSeconds: 0,
  userIdKey: undefined,
  tokenParams: { refresh: { scope: "offline" } },
  asStandard: deadGrant,
  revocation: { kind: "request", request: () => ({ method: "DELETE", path: "/v2/user/access" }) },
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

/** The same with signed calls, which alone can withdraw a grant. */
export const signedProcedures: Partial<OAuthProfile> = {
  ...procedures,
  signed: {
    calls: ["exchange", "refresh", "revoke"],
    name: "signature",
    signs: ["nonce", "client_id", "action"],
    nonce: {
      path: "/v2/signature",
      params: { action: "getnonce" },
      timestamp: "timestamp",
      signs: ["action", "client_id", "timestamp"],
      name: "nonce",
    },
    sign: (fields, secret) => createHmac("sha256", secret).update(Object.values(fields).join(",")).digest("hex"),
  },
  revocation: { kind: "app", url: "https://acme.test/revoke", form: (userid) => ({ action: "revoke", userid }) },
};

/** As Polar has it: one token for good, and the user's id beside it. */
export const oneToken: Partial<OAuthProfile> = {
  pkce: false,
  refresh: "none",
  refreshRepeatSeconds: 0,
  userIdKey: "x_user_id",
  revocation: {
    kind: "request",
    request: (id) => (id === null ? null : { method: "DELETE", path: `/v3/users/${encodeURIComponent(id)}` }),
  },
};
