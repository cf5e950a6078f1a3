import type { ApiRequest, Outcome } from "../provider.js";
import { reading } from "./mappers/wire.js";
import { outcome } from "./outcome.js";

const receivedAt = 1_795_000_000_000;
const anything = reading("/measure", "getmeas");
const judge = (body: unknown, status = 200, request: ApiRequest = anything, headers: Record<string, string> = {}) =>
  outcome({ status, headers, body, receivedAt }, request);
const codeOf = (judged: Outcome) => (judged.kind === "failed" ? judged.failure.code : judged.kind);

test("a success is a status of 0 in the body, as number or as text", () => {
  expect([judge({ status: 0, body: {} }), judge({ status: "0" })]).toEqual([{ kind: "ok" }, { kind: "ok" }]);
});

test.each([
  ["TOKEN_REJECTED", [100, 101, 102, 200, 401]],
  ["INSUFFICIENT_SCOPE", [214, 277, 2553, 2555]],
  [
    "REJECTED",
    [
      ...[201, 213, 216, 218, 220, 221, 223, 225, 227, 230, 234, 236, 238, 240, 252, 254, 260, 267, 271, 272, 275, 276],
      ...[283, 286, 288, 290, 294, 295, 297, 300, 304, 321, 323, 342, 353, 380, 382, 400, 501, 503, 511, 523, 532],
      ...[2554, 3017, 3019],
    ],
  ],
  ["NOT_CONFIGURED", [293]],
  ["UNAVAILABLE", [215, 219, 226, 253, 305, 322, 354, 512, 522, 524, 600, 999, 2556, 3020, -1]],
] as const)("%s is the family of its numbers", (code, statuses) => {
  expect(statuses.map((status) => [status, codeOf(judge({ status, body: {}, error: "a t0ken" }))])).toEqual(
    statuses.map((status) => [status, code]),
  );
});

test.each([[undefined], [null], ["<html>"], [[]], [{}], [{ status: "none" }], [{ status: null }], [{ body: {} }]])(
  "an answer of another form is no success: %j",
  (body) => expect(codeOf(judge(body))).toBe("UNAVAILABLE"),
);

test("what comes from the edge is judged by its HTTP status", () => {
  const codes = [401, 404, 408, 410, 429, 500, 502, 503].map((status) => codeOf(judge({ status: 0 }, status)));
  expect(codes).toEqual([
    ...["TOKEN_REJECTED", "REJECTED", "UNAVAILABLE", "RETIRED", "RATE_LIMITED"],
    ...["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"],
  ]);
  expect(judge("", 503, anything, { "retry-after": "30" })).toMatchObject({
    failure: { retryAt: receivedAt + 30_000 },
  });
});

describe("601", () => {
  const limit = (body: object, error: string) => judge({ status: 601, body, error });

  test("for the limit of the app waits as long as it says, and a minute where it does not", () => {
    expect(limit({ wait_seconds: 41 }, "Too Many Requests")).toMatchObject({
      failure: { code: "RATE_LIMITED", retryAt: receivedAt + 41_000 },
    });
    for (const body of [{}, { wait_seconds: "soon" }, { wait_seconds: -5 }])
      expect(limit(body, "Too Many Requests")).toMatchObject({ failure: { retryAt: receivedAt + 60_000 } });
    expect(limit({ wait_seconds: 1e9 }, "")).toMatchObject({ failure: { retryAt: receivedAt + 3_600_000 } });
  });

  test("for the same call twice delays that call, and closes no budget", () => {
    const error = "Same arguments in less than 10 seconds";
    expect(limit({ wait_seconds: 7 }, error)).toEqual({ kind: "pending", retryAfterMs: 7000 });
    expect(limit({}, error)).toEqual({ kind: "pending", retryAfterMs: 10_000 });
    expect(limit({ wait_seconds: 0 }, error)).toEqual({ kind: "pending", retryAfterMs: 1000 });
  });
});

test("a subscription that is not there is removed", () => {
  const revoke: ApiRequest = { method: "POST", path: "/notify", form: { action: "revoke", appli: "44" } };
  const subscribe: ApiRequest = { ...revoke, form: { action: "subscribe", appli: "44" } };
  expect([judge({ status: 286 }, 200, revoke).kind, codeOf(judge({ status: 286 }, 200, subscribe))]).toEqual([
    "ok",
    "REJECTED",
  ]);
});

test("no message has Withings's own text, which may contain a token", () => {
  for (const status of [100, 214, 293, 503, 601, 999])
    expect(JSON.stringify(judge({ status, body: {}, error: "t0ken" }))).not.toContain("t0ken");
});
