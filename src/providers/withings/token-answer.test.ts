import type { TokenCall } from "../provider.js";
import { asStandard, sign } from "./token-answer.js";

const convert = (body: Record<string, unknown>, call: TokenCall = "refresh", status = 200) =>
  asStandard({ status, body, retryAfter: undefined }, call);

test("tokens are one level down, under their usual names", () => {
  const tokens = {
    userid: 30_718_264,
    access_token: "a",
    refresh_token: "r",
    expires_in: 10_800,
    scope: "user.metrics",
  };
  expect(convert({ status: 0, body: tokens })).toEqual({ status: 200, body: tokens });
});

test("a dead grant is told by 503 with its own words, for its own call", () => {
  const dead = { status: 400, body: { error: "invalid_grant" } };
  const passing = { status: 502, body: {} };
  const told = (error: string, call: TokenCall) => convert({ status: 503, body: {}, error }, call);
  expect(told("Invalid Params: invalid refresh_token", "refresh")).toEqual(dead);
  expect(told("Invalid Params: invalid code", "exchange")).toEqual(dead);
  expect(told("Invalid Params: invalid code", "refresh")).toEqual(passing);
  expect(told("Invalid Params: invalid refresh_token", "revoke")).toEqual(passing);
  for (const error of ["Invalid Params: invalid client_id", "Invalid Params", ""])
    expect(told(error, "refresh")).toEqual(passing);
  expect(convert({ status: 503, body: {} })).toEqual(passing);
});

test("the app that is not known is for the operator, and all else passes", () => {
  for (const status of [100, 101, 102, 200, 342, 401])
    expect(convert({ status, error: "invalid refresh_token" })).toEqual({
      status: 401,
      body: { error: "invalid_client" },
    });
  for (const status of [214, 293, 522, 524, 999, 2554]) expect(convert({ status }).status).toBe(502);
  expect(convert({ status: 601, body: { wait_seconds: 8 } })).toEqual({ status: 429, body: {}, retryAfter: "8" });
  expect(convert({ status: 601, body: {} }).retryAfter).toBe("10");
});

test("an answer without a status of its own is passing trouble", () => {
  expect(convert({}).status).toBe(502);
  expect(convert({ status: 0 }, "refresh", 503).status).toBe(503);
  expect(convert({ error: "invalid_grant" }, "refresh", 400)).toEqual({ status: 400, body: {}, retryAfter: undefined });
});

test.each([
  [
    "0ef2e875f3cdf2e01c4b6ad0999cc2d6376e07137b5fcde31a2b6631c214bacc",
    { action: "getnonce", client_id: "client42", timestamp: "1790000000" },
  ],
  [
    "cf621ad7fbb937bd904284abdca05e27cbc955622d6f18d9f1d340bfde733553",
    { action: "requesttoken", client_id: "client42", nonce: "NONCE7" },
  ],
  [
    "922aee89893025d64ccd0fd03616de2e82ccb17217a5a245a46d5f9a7c851ae5",
    { action: "revoke", client_id: "client42", nonce: "NONCE8" },
  ],
])("signs as the vectors of the document: %s", (hex, fields) => {
  expect(sign(fields as never, "withings-test-secret")).toBe(hex);
});
