import type { ApiRequest } from "../provider.js";
import { outcome } from "./outcome.js";

const now = 1_790_000_000_000;
const answer = (
  status: number,
  body: unknown = undefined,
  headers: Record<string, string> = {},
  method: ApiRequest["method"] = "GET",
) => outcome({ status, headers, body, receivedAt: now }, { method, path: "/v3/users/sleep" });
const codeOf = (...given: Parameters<typeof answer>) => {
  const found = answer(...given);
  if (found.kind === "failed") return found.failure.code;
  return found.kind === "ok" && found.isNothing ? "nothing" : found.kind;
};

describe("what an answer of Polar means", () => {
  it.each<[number, unknown, string]>([
    [200, {}, "ok"],
    [200, [], "ok"],
    [200, undefined, "UNAVAILABLE"],
    [204, undefined, "nothing"],
    [400, { errorType: "bad_request" }, "REJECTED"],
    [401, undefined, "TOKEN_REJECTED"],
    [403, undefined, "ACTION_REQUIRED"],
    [404, undefined, "nothing"],
    [408, undefined, "UNAVAILABLE"],
    [409, undefined, "REJECTED"],
    [429, undefined, "RATE_LIMITED"],
    [500, "<html>", "UNAVAILABLE"],
    [503, undefined, "UNAVAILABLE"],
    [302, undefined, "UNAVAILABLE"],
  ])("%i with %j is %s", (status, body, code) => expect(codeOf(status, body)).toBe(code));

  it("is nothing only for a request that reads", () => expect(codeOf(404, undefined, {}, "DELETE")).toBe("REJECTED"));

  it("never has Polar's own words", () => {
    for (const status of [400, 401, 403, 409, 429, 500])
      expect(JSON.stringify(answer(status, { message: "token POLARTOK6D" }))).not.toContain("POLARTOK6D");
  });

  const limits = { "ratelimit-usage": "37, 912", "ratelimit-limit": "520, 5100", "ratelimit-reset": "611, 70210" };

  it("tells what is left of both windows, from what is used", () => {
    expect(answer(200, {}, limits).budgets).toEqual([
      { scope: "APP", windowSeconds: 900, limit: 520, remaining: 483, resetsAt: now + 611_000 },
      { scope: "APP", windowSeconds: 86_400, limit: 5100, remaining: 4188, resetsAt: now + 70_210_000 },
    ]);
    expect(answer(200, {}, { ...limits, "ratelimit-usage": "many, 912" }).budgets).toHaveLength(1);
    expect(answer(200, {}, { "ratelimit-usage": "37" })).toEqual({ kind: "ok" });
  });

  it("waits for the end of the window that is used up", () => {
    const retryAt = (usage: string, headers: object = limits) => {
      const found = answer(429, undefined, { ...headers, "ratelimit-usage": usage });
      return found.kind === "failed" ? found.failure.retryAt! - now : null;
    };
    expect([retryAt("520, 912"), retryAt("520, 5103"), retryAt("12, 5100"), retryAt("12, 34")]).toEqual([
      611_000, 70_210_000, 70_210_000, 611_000,
    ]);
    expect(retryAt("520, 912", {})).toBe(900_000);
    // A time stamp where seconds belong.
    expect(retryAt("520, 912", { ...limits, "ratelimit-reset": "99999999999999, 5" })).toBeLessThanOrEqual(86_400_000);
  });
});
