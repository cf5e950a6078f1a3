import { outcome } from "./outcome.js";

const now = 1_700_000_000_000;
const answer = (status: number, reason?: string, headers: Record<string, string> = {}) =>
  outcome({
    status,
    headers,
    receivedAt: now,
    body: reason
      ? { error: { details: [{ "@type": "other" }, { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason }] } }
      : undefined,
  });

describe("what an answer of Google Health means", () => {
  it("is fine with an object, even an empty one, and tells no budget", () => {
    expect(outcome({ status: 200, headers: {}, body: {}, receivedAt: now })).toEqual({ kind: "ok" });
    expect(answer(200)).toMatchObject({ failure: { code: "UNAVAILABLE" } });
  });

  it.each([
    [400, "ACCOUNT_NOT_LINKED", "ACTION_REQUIRED"],
    [412, undefined, "ACTION_REQUIRED"],
    [400, "INVALID_DATA_POINT_FILTER", "REJECTED"],
    [400, undefined, "REJECTED"],
    [401, "CREDENTIALS_MISSING", "TOKEN_REJECTED"],
    [403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "INSUFFICIENT_SCOPE"],
    [403, "MISSING_OAUTH_SCOPE", "INSUFFICIENT_SCOPE"],
    [403, "DISALLOWED_OAUTH_SCOPES", "NOT_CONFIGURED"],
    [403, "API_PRIVATE_PREVIEW_ACCESS_DENIED", "NOT_PERMITTED_TO_APP"],
    [403, "SERVICE_DISABLED", "NOT_CONFIGURED"],
    [403, "USER_PROJECT_DENIED", "NOT_CONFIGURED"],
    [403, "RESOURCE_PERMISSION_DENIED", "CONSENT_LOST"],
    [403, undefined, "REJECTED"],
    [404, undefined, "REJECTED"],
    [410, undefined, "RETIRED"],
    [500, undefined, "UNAVAILABLE"],
    [503, undefined, "UNAVAILABLE"],
  ])("%i with %s is %s", (status, reason, code) => {
    expect(answer(status, reason)).toMatchObject({ kind: "failed", failure: { code } });
  });

  it("tells the operator, whose doing it is, what to do about scopes of other Google APIs", () => {
    expect(answer(403, "DISALLOWED_OAUTH_SCOPES")).toMatchObject({
      failure: { message: expect.stringMatching(/other Google APIs.*connect again/) },
    });
  });

  it("waits after a 429 as long as it says, else a minute", () => {
    expect(answer(429, "RATE_LIMIT_EXCEEDED", { "retry-after": "7" })).toMatchObject({
      failure: { code: "RATE_LIMITED", retryAt: now + 7000 },
    });
    expect(answer(429)).toMatchObject({ failure: { code: "RATE_LIMITED", retryAt: now + 60_000 } });
  });
});
