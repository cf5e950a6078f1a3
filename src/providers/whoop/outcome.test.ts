import { BODY_PATH } from "./calls/requests.js";
import { whoop } from "./index.js";

const receivedAt = Date.parse("2026-11-20T20:07:00Z");

interface Answer {
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly path?: string;
}

function outcome(status: number, answer: Answer = { body: {} }) {
  const { headers = {}, body, path = "/developer/v2/cycle" } = answer;
  return whoop.outcome({ status, headers, body, receivedAt }, { method: "GET", path });
}

const bucket = (limit: string, remaining: string, reset: string) => ({
  "x-ratelimit-limit": `${limit}, 100;window=60, 10000;window=86400`,
  "x-ratelimit-remaining": remaining,
  "x-ratelimit-reset": reset,
});

test("tells what is left of the bucket that is nearest to its end, in seconds from now", () => {
  expect(outcome(200, { body: {}, headers: bucket("100", "87", "34") })).toEqual({
    kind: "ok",
    budgets: [{ scope: "APP", windowSeconds: 60, limit: 100, remaining: 87, resetsAt: receivedAt + 34_000 }],
  });
  expect(outcome(200, { body: {}, headers: bucket("10000", "412", "5021") })).toMatchObject({
    budgets: [{ windowSeconds: 86_400, limit: 10_000, remaining: 412, resetsAt: receivedAt + 5_021_000 }],
  });
});

test.each([
  ["no limit", { "x-ratelimit-remaining": "4", "x-ratelimit-reset": "9" }],
  ["a limit that is in no list", bucket("77", "4", "9")],
  ["words", bucket("100", "few", "9")],
])("tells nothing of budgets by %s", (_, headers) => {
  expect(outcome(200, { body: {}, headers })).toEqual({ kind: "ok" });
});

test.each([
  [400, "REJECTED"],
  [401, "TOKEN_REJECTED"],
  [403, "ACTION_REQUIRED"],
  [404, "REJECTED"],
  [408, "UNAVAILABLE"],
  [429, "RATE_LIMITED"],
  [500, "UNAVAILABLE"],
  [502, "UNAVAILABLE"],
])("%i is %s, whatever the body", (status, code) => {
  for (const body of [undefined, {}, { error: "deactivated_user" }]) {
    expect(outcome(status, { body })).toMatchObject({ kind: "failed", failure: { code, message: expect.any(String) } });
  }
});

test("waits after 429 as long as the header says, else a minute", () => {
  const retryAt = (headers: Record<string, string>) => {
    const answer = outcome(429, { headers });
    return answer.kind === "failed" ? answer.failure.retryAt! - receivedAt : null;
  };
  expect(retryAt(bucket("10000", "0", "7201"))).toBe(7_201_000);
  expect(retryAt({})).toBe(60_000);
  expect(outcome(429, { headers: bucket("10000", "0", "7201") }).budgets).toMatchObject([{ remaining: 0 }]);
});

test("a member without measurements has none; anything else that is not found is our mistake", () => {
  expect(outcome(404, { path: BODY_PATH })).toEqual({ kind: "ok", isNothing: true });
});

test("an answer that is no object does not come from the API; a withdrawal has none", () => {
  expect(outcome(200, {})).toMatchObject({ failure: { code: "UNAVAILABLE" } });
  expect(outcome(204, {})).toEqual({ kind: "ok" });
});

describe("a refusal of the token endpoint", () => {
  const answer = (status: number, error: string) => ({ status, body: { error } });
  const asStandard = whoop.oauth.asStandard!;

  test.each(["invalid_grant", "invalid_request"])("at a refresh, 400 %s is a dead grant", (error) => {
    expect(asStandard(answer(400, error), "refresh").body["error"]).toBe("invalid_grant");
  });

  test.each([
    [400, "invalid_request", "exchange"],
    [401, "invalid_client", "refresh"],
    [401, "invalid_request", "refresh"],
    [400, "server_error", "refresh"],
    [500, "invalid_request", "refresh"],
  ] as const)("%i %s at %s is none", (status, error, call) => {
    expect(asStandard(answer(status, error), call)).toEqual(answer(status, error));
  });
});

test("takes a redirect address with https alone, on this machine too", () => {
  const [rule] = whoop.oauth.redirect!;
  for (const url of ["https://gate.example/callback", "https://localhost:4000/callback"])
    expect(url).toMatch(rule!.pattern);
  for (const url of ["http://localhost:4000/callback", "http://gate.example/"]) expect(url).not.toMatch(rule!.pattern);
});
