import { outcome } from "./outcome.js";

const now = 1_700_000_000_000;
const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  outcome({ status, body, headers, receivedAt: now });

describe("what an answer of Misfit means", () => {
  it("is fine with an object, whose headers tell the budget", () => {
    const headers = { "x-ratelimit-limit": "150", "x-ratelimit-remaining": "143", "x-ratelimit-reset": "1700001800" };
    expect(answer(200, { goals: [] }, headers)).toEqual({
      kind: "ok",
      budgets: [{ scope: "CONNECTION", windowSeconds: 3600, limit: 150, remaining: 143, resetsAt: 1_700_001_800_000 }],
    });
  });

  it.each(["limit", "remaining", "reset"])("says nothing of the budget without its %s", (name) => {
    const { [`x-ratelimit-${name}`]: _, ...headers } = {
      "x-ratelimit-limit": "150",
      "x-ratelimit-remaining": "143",
      "x-ratelimit-reset": "1700001800",
    } as Record<string, string>;
    expect(answer(200, { goals: [] }, headers)).toEqual({ kind: "ok", budgets: undefined });
  });

  it("is trouble where a 200 holds no JSON", () => {
    expect(answer(200, undefined)).toMatchObject({ kind: "failed", failure: { code: "UNAVAILABLE" } });
  });

  it.each([
    { code: 401, message: "Invalid Access Token" },
    { error_code: 400 },
    { error_message: "m" },
    { code: "500" },
  ])("is trouble where a 200 holds an error: %j", (body) =>
    expect(answer(200, body)).toMatchObject({ kind: "failed", failure: { code: "UNAVAILABLE" } }),
  );

  it("is fine where a code is none of an error", () => {
    expect(answer(200, { code: 200, id: "1" })).toMatchObject({ kind: "ok" });
    expect(answer(200, { code: 399 })).toMatchObject({ kind: "ok" });
    expect(answer(200, { code: 400 })).toMatchObject({ kind: "failed" });
  });

  it.each([
    [400, { error_message: "Invalid parameters" }, "REJECTED"],
    [401, { code: 401, message: "Invalid Access Token" }, "TOKEN_REJECTED"],
    [403, { code: 403, message: "Forbidden" }, "REJECTED"],
    [403, { error_code: 401, error_message: "Forbidden" }, "REJECTED"],
    [404, undefined, "REJECTED"],
    [410, undefined, "RETIRED"],
    [429, { error_code: 429, error_message: "Rate limit exceeded" }, "RATE_LIMITED"],
    [500, {}, "UNAVAILABLE"],
    [502, { error_code: 502, error_message: "Bad Gateway" }, "UNAVAILABLE"],
    [418, undefined, "UNAVAILABLE"],
    [199, {}, "UNAVAILABLE"],
    [300, {}, "UNAVAILABLE"],
  ])("goes by the status alone: %i", (status, body, code) => {
    expect(answer(status, body)).toMatchObject({ kind: "failed", failure: { code } });
  });

  it("is the limit of the answer, and of the plan where it tells none; and no less than nothing left", () => {
    const left = (status: number, limit?: string, remaining = "3") => {
      const headers = { "x-ratelimit-remaining": remaining, "x-ratelimit-reset": "1700001234" };
      const { budgets } = answer(status, {}, limit ? { ...headers, "x-ratelimit-limit": limit } : headers);
      return budgets && [budgets[0]!.limit, budgets[0]!.remaining];
    };
    expect([left(429, "140"), left(429), left(200, "140"), left(200, "140", "-2"), left(200)]).toEqual([
      [140, 0],
      [150, 0],
      [140, 3],
      [140, 0],
      undefined,
    ]);
    expect(Object.keys(answer(503, {}))).toEqual(["kind", "failure", "budgets"]);
  });

  it.each([
    ["the given instant", "1700001234", 1_700_001_234_000],
    ["an hour where it is missing", undefined, now + 3_600_000],
    ["an hour where it is past", "1699999999", now + 3_600_000],
    ["an hour where it is further ahead", "1700099999", now + 3_600_000],
  ])("waits after a 429 until %s", (_, reset, retryAt) => {
    const headers = { "x-ratelimit-remaining": "3", ...(reset ? { "x-ratelimit-reset": reset } : {}) };
    expect(answer(429, {}, headers)).toMatchObject({
      failure: { code: "RATE_LIMITED", retryAt },
      budgets: [{ remaining: 0, resetsAt: retryAt }],
    });
  });
});
