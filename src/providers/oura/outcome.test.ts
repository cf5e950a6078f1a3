import { oura } from "./index.js";
import { outcome } from "./outcome.js";

const now = 1_790_000_000_000;
const answer = (status: number, body: unknown = undefined, headers: Record<string, string> = {}) =>
  outcome({ status, headers, body, receivedAt: now });
const codeOf = (...given: Parameters<typeof answer>) => {
  const found = answer(...given);
  return found.kind === "failed" ? found.failure.code : found.kind;
};
const noScope = "Token is not authorized access heartrate scope.";

describe("what an answer of Oura means", () => {
  it.each<[number, unknown, string]>([
    [200, {}, "ok"],
    [200, [], "UNAVAILABLE"],
    [200, undefined, "UNAVAILABLE"],
    [400, { detail: "Start date is greater than end date." }, "REJECTED"],
    [400, undefined, "REJECTED"],
    [401, undefined, "TOKEN_REJECTED"],
    [401, { detail: "Token expired." }, "TOKEN_REJECTED"],
    [401, { detail: noScope }, "INSUFFICIENT_SCOPE"],
    [401, { detail: [{ type: "scope", msg: noScope }] }, "INSUFFICIENT_SCOPE"],
    [401, { detail: [null, 7, "not authorized"] }, "TOKEN_REJECTED"],
    [403, undefined, "ACTION_REQUIRED"],
    [403, { detail: noScope }, "ACTION_REQUIRED"],
    [404, { detail: "Document not found." }, "REJECTED"],
    [408, undefined, "UNAVAILABLE"],
    [410, undefined, "RETIRED"],
    [422, { detail: [{ loc: ["query", "start_date"], msg: "invalid" }] }, "REJECTED"],
    [429, undefined, "RATE_LIMITED"],
    [500, "<html>", "UNAVAILABLE"],
    [503, undefined, "UNAVAILABLE"],
    [302, undefined, "UNAVAILABLE"],
  ])("%i with %j is %s", (status, body, code) => expect(codeOf(status, body)).toBe(code));

  it("never has Oura's own words", () => {
    for (const status of [400, 401, 403, 404, 422, 429, 500])
      expect(JSON.stringify(answer(status, { detail: "token OURAACCESS" }))).not.toContain("OURAACCESS");
  });

  it("waits as long as it is told, and closes the layer that is used up", () => {
    const headers = {
      ...{ "retry-after": "37", "x-ratelimit-limit": "4000", "x-ratelimit-window": "300" },
      ...{ "x-ratelimit-reset": "1790000120", "x-ratelimit-tier": "app" },
    };
    const retryAt = now + 37_000;
    expect(answer(429, undefined, headers)).toMatchObject({
      failure: { retryAt },
      budgets: [{ scope: "APP", windowSeconds: 300, limit: 4000, remaining: 0, resetsAt: retryAt }],
    });
    const { "retry-after": _, ...rest } = headers;
    expect(answer(429, undefined, { ...rest, "x-ratelimit-tier": "token" })).toMatchObject({
      failure: { retryAt: now + 120_000 },
      budgets: [{ scope: "CONNECTION" }],
    });
    expect(answer(429)).toMatchObject({ failure: { retryAt: now + 60_000 } });
    expect(answer(503, undefined, { "retry-after": "9" })).toMatchObject({ failure: { retryAt: now + 9_000 } });
  });
});

describe("at the token endpoint", () => {
  const said = (status: number, error: string) => ({ status, body: { error } });
  const asStandard = oura.oauth.asStandard!;

  it("a refresh token of the other portal is dead, and nothing else is", () => {
    expect(asStandard(said(400, "invalid_request"), "refresh")).toEqual(said(400, "invalid_grant"));
    for (const [given, call] of [
      [said(400, "invalid_request"), "exchange"],
      [said(400, "invalid_grant"), "refresh"],
      [said(401, "invalid_client"), "refresh"],
      [said(503, "invalid_request"), "refresh"],
    ] as const)
      expect(asStandard(given, call)).toBe(given);
  });
});
