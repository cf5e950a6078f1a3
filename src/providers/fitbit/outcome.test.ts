import type { Outcome, ProviderResponse } from "../provider.js";
import { outcome } from "./outcome.js";

const now = Date.parse("2024-03-12T18:20:00Z");
const answer = (status: number, body: unknown = {}, headers: ProviderResponse["headers"] = {}): ProviderResponse => ({
  status,
  headers,
  body,
  receivedAt: now,
});
const errors = (...types: string[]) => ({
  errors: types.map((errorType) => ({ errorType, fieldName: "n/a", message: "Access token expired: SECRET" })),
  success: false,
});
const failureOf = (result: Outcome) => (result.kind === "failed" ? result.failure : result);
const codeOf = (status: number, body?: unknown) => {
  const result = outcome(answer(status, body));
  return result.kind === "failed" ? result.failure.code : result.kind;
};
const limits = {
  "fitbit-rate-limit-limit": "150",
  "fitbit-rate-limit-remaining": "96",
  "fitbit-rate-limit-reset": "1342",
};
const budget = { scope: "CONNECTION", windowSeconds: 3600, limit: 150, remaining: 96, resetsAt: now + 1_342_000 };

describe("an answer", () => {
  it("is fine, and says what is left until when: the reset counts seconds", () => {
    expect(outcome(answer(200, {}, limits))).toEqual({ kind: "ok", budgets: [budget] });
    expect(outcome(answer(204, undefined))).toEqual({ kind: "ok" });
  });

  it("says so in any capitals", () => {
    const shouted = Object.fromEntries(
      Object.entries(limits).map(([name, value]) => [name.replace("fitbit", "Fitbit"), value]),
    );
    expect(outcome(answer(200, {}, shouted))).toEqual({ kind: "ok", budgets: [budget] });
  });

  it("says nothing of a budget without all three headers", () => {
    expect(outcome(answer(200, {}, { ...limits, "fitbit-rate-limit-reset": undefined }))).toEqual({ kind: "ok" });
  });

  it("is pending while something is computed, also beside data", () => {
    const meta = { retryDuration: 3400, state: "pending" };
    expect(outcome(answer(200, { meta }))).toEqual({ kind: "pending", retryAfterMs: 3400 });
    expect(outcome(answer(200, { meta, sleep: [{}] }, limits))).toEqual({
      kind: "pending",
      retryAfterMs: 3400,
      budgets: [budget],
    });
    expect(outcome(answer(202, { meta }))).toEqual({ kind: "pending", retryAfterMs: 3400 });
    expect(outcome(answer(202, undefined))).toEqual({ kind: "pending", retryAfterMs: 3000 });
    for (const retryDuration of [0, -1, "soon", null])
      expect(outcome(answer(202, { meta: { retryDuration } }))).toEqual({ kind: "pending", retryAfterMs: 3000 });
    expect(outcome(answer(202, { meta: { retryDuration: 1 } }))).toEqual({ kind: "pending", retryAfterMs: 1 });
    expect(outcome(answer(200, { meta: { state: "done" } }))).toEqual({ kind: "ok" });
  });
});

describe("a failure", () => {
  it.each([
    [400, "validation", "REJECTED"],
    [400, "invalid_request", "REJECTED"],
    [400, "request", "REJECTED"],
    [400, "invalid_grant", "CONSENT_LOST"],
    [401, "invalid_grant", "CONSENT_LOST"],
    [401, "expired_token", "TOKEN_REJECTED"],
    [401, "invalid_token", "TOKEN_REJECTED"],
    [401, "something_new", "TOKEN_REJECTED"],
    [401, "invalid_client", "NOT_CONFIGURED"],
    [401, "invalid_request", "REJECTED"],
    [403, "insufficient_scope", "INSUFFICIENT_SCOPE"],
    [403, "insufficient_permissions", "NOT_PERMITTED_TO_APP"],
    [403, "expired_token", "TOKEN_REJECTED"],
    [404, "not_found", "REJECTED"],
    [409, "request", "UNAVAILABLE"],
    [410, "request", "RETIRED"],
    [411, "request", "REJECTED"],
    [422, "validation", "REJECTED"],
    [429, "system", "RATE_LIMITED"],
    [429, "request", "RATE_LIMITED"],
    [500, "system", "UNAVAILABLE"],
    [503, "request", "UNAVAILABLE"],
  ])("of %d %s is %s", (status, type, code) => expect(codeOf(status, errors(type))).toBe(code));

  it("with several errors is what the plainest of them says", () => {
    expect(codeOf(403, errors("request", "insufficient_scope"))).toBe("INSUFFICIENT_SCOPE");
  });

  it("in the newer gateway's shape is the app's lack, since it names no scope", () => {
    const denied = { error: { code: 403, message: "SECRET", status: "PERMISSION_DENIED" } };
    expect(codeOf(403, denied)).toBe("NOT_PERMITTED_TO_APP");
    expect(codeOf(401, { error: { code: 401, status: "UNAUTHENTICATED" } })).toBe("TOKEN_REJECTED");
  });

  it.each([
    [400, "UNAVAILABLE"],
    [403, "UNAVAILABLE"],
    [404, "UNAVAILABLE"],
    [502, "UNAVAILABLE"],
    [302, "UNAVAILABLE"],
    [401, "TOKEN_REJECTED"],
    [410, "RETIRED"],
  ])("of %d in HTML is %s", (status, code) =>
    expect(failureOf(outcome({ ...answer(status), body: undefined }))).toMatchObject({ code }),
  );

  it("of the switched-off service leads to its successor", () => {
    expect(failureOf(outcome(answer(410)))).toMatchObject({ message: expect.stringContaining("GOOGLE_HEALTH") });
  });

  it("never repeats the provider's words: they may hold a token", () => {
    for (const status of [400, 401, 403, 404, 429, 500]) {
      expect(JSON.stringify(outcome(answer(status, errors("expired_token"))))).not.toContain("SECRET");
    }
  });
});

it.each([199, 300, 302])("a status of %d is no success", (status) => {
  expect(outcome(answer(status, {}))).toMatchObject({ kind: "failed", failure: { code: "UNAVAILABLE" } });
});

it("a budget is told by three headers, and by no fewer; less than nothing left is nothing", () => {
  for (const name of Object.keys(limits)) {
    const { [name as keyof typeof limits]: _, ...rest } = limits;
    expect(outcome(answer(200, {}, rest as Record<string, string>))).toEqual({ kind: "ok" });
  }
  const none = { ...limits, "fitbit-rate-limit-remaining": "-4" };
  expect(outcome(answer(200, {}, none))).toEqual({ kind: "ok", budgets: [{ ...budget, remaining: 0 }] });
});

it.each(["expired_token", "invalid_token"])("a 403 for %s is a token's end", (type) => {
  expect(failureOf(outcome(answer(403, errors(type))))).toMatchObject({ code: "TOKEN_REJECTED" });
});

describe("a success that is an error all the same", () => {
  it.each([errors("system"), { error: { code: 403, status: "PERMISSION_DENIED" } }, { success: false }])(
    "is no answer: %j",
    (body) =>
      expect(outcome(answer(200, body, limits))).toEqual({
        kind: "failed",
        failure: { code: "UNAVAILABLE" },
        budgets: [budget],
      }),
  );
});

describe("a wait after an outage", () => {
  const retryAt = (status: number, text?: string) => {
    const result = outcome(answer(status, undefined, text === undefined ? {} : { "retry-after": text }));
    return result.kind === "failed" ? [result.failure.code, result.failure.retryAt] : result;
  };

  it("is what Retry-After says, an hour at most", () => {
    expect(retryAt(503, "77")).toEqual(["UNAVAILABLE", now + 77_000]);
    expect(retryAt(502, "3600")).toEqual(["UNAVAILABLE", now + 3_600_000]);
    expect(retryAt(500, "3601")).toEqual(["UNAVAILABLE", now + 3_600_000]);
    expect(retryAt(409, String(now / 1000 + 61))).toEqual(["UNAVAILABLE", now + 61_000]);
    expect(retryAt(408)).toEqual(["UNAVAILABLE", undefined]);
  });
});

describe("a limit", () => {
  it("is told as used up, whatever is claimed to be left", () => {
    const used = { ...budget, remaining: 0 };
    expect(outcome(answer(429, errors("system"), limits))).toMatchObject({ budgets: [used] });
    expect(outcome(answer(429, errors("system"), { "retry-after": "77" }))).toMatchObject({
      budgets: [{ ...used, resetsAt: now + 77_000 }],
    });
    expect(outcome(answer(429, errors("system"), { ...limits, "fitbit-rate-limit-limit": "90" }))).toMatchObject({
      budgets: [{ ...used, limit: 90 }],
    });
  });

  it.each([
    ["seconds since 1970", String(now / 1000 + 1342), now + 1_342_000],
    ["milliseconds since 1970", String(now + 1_343_000), now + 1_343_000],
    ["more than an hour", "3601", now + 3_600_000],
    ["a year of decades to come", "3600000000", now + 3_600_000],
  ])("whose reset is told as %s ends within the hour", (_, reset, end) => {
    const headers = { ...limits, "fitbit-rate-limit-reset": reset };
    expect(outcome(answer(429, errors("system"), headers))).toMatchObject({
      failure: { code: "RATE_LIMITED", retryAt: end },
      budgets: [{ remaining: 0, resetsAt: end }],
    });
    expect(outcome(answer(200, {}, headers))).toEqual({ kind: "ok", budgets: [{ ...budget, resetsAt: end }] });
  });

  it("ends after the hour at most, though the next full hour be further ahead by the jitter", () => {
    const atTheHour = Date.parse("2024-03-12T19:00:00Z");
    const result = outcome({ ...answer(429), receivedAt: atTheHour });
    expect(result).toMatchObject({ failure: { retryAt: atTheHour + 3_600_000 } });
  });

  const retryAt = (headers: ProviderResponse["headers"]) => {
    const result = outcome(answer(429, errors("system"), headers));
    return result.kind === "failed" ? result.failure.retryAt! : Number.NaN;
  };

  it("ends when its own header says, before Retry-After", () => {
    expect(retryAt({ ...limits, "retry-after": "7" })).toBe(now + 1_342_000);
  });

  it("ends when Retry-After says", () => {
    expect(retryAt({ "retry-after": "77" })).toBe(now + 77_000);
  });

  it.each([{}, { "retry-after": "0" }, { "retry-after": "soon" }])(
    "ends soon after the full hour without a useful header: %j",
    (headers) => {
      const hour = Date.parse("2024-03-12T19:00:00Z");
      expect(retryAt(headers)).toBeGreaterThanOrEqual(hour);
      expect(retryAt(headers)).toBeLessThan(hour + 15_000);
    },
  );
});
