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
    [401, "ACCOUNT_NOT_LINKED", "TOKEN_REJECTED"],
    [410, "RATE_LIMIT_EXCEEDED", "RETIRED"],
    [412, "SERVICE_DISABLED", "ACTION_REQUIRED"],
    [429, "SERVICE_DISABLED", "RATE_LIMITED"],
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
    [199, undefined, "UNAVAILABLE"],
    [300, undefined, "UNAVAILABLE"],
    [399, undefined, "UNAVAILABLE"],
    [408, undefined, "UNAVAILABLE"],
    [499, undefined, "REJECTED"],
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

  const wait = (status: number, text?: string) => {
    const result = answer(status, undefined, text === undefined ? {} : { "retry-after": text });
    if (result.kind !== "failed") throw new Error(result.kind);
    return [result.failure.code, result.failure.retryAt === undefined ? null : result.failure.retryAt - now];
  };
  const inSeconds = (ms: number) => String((now + ms) / 1000);
  const inDate = (ms: number) => new Date(now + ms).toUTCString();

  it.each([
    ["seconds", "7", 7000],
    ["a date", inDate(23_000), 23_000],
    ["seconds since 1970", inSeconds(31_000), 31_000],
    ["as long as the budget's window", "60", 60_000],
    ["longer than the budget's window", "61", 60_000],
    ["a date of decades to come", "Fri, 29 Nov 2083 09:30:00 GMT", 60_000],
    ["nothing", undefined, 60_000],
    ["no time", "soon", 60_000],
    ["a time that is over", inDate(-1000), 60_000],
    ["less than nothing", "-5", 60_000],
    ["no wait", "0", 60_000],
  ])("after a 429 that says %s waits a minute at most", (_, text, ms) => {
    expect(wait(429, text)).toEqual(["RATE_LIMITED", ms]);
  });

  it.each([
    ["seconds", "77", 77_000],
    ["a date", inDate(78_000), 78_000],
    ["an hour", "3600", 3_600_000],
    ["more than an hour", "3601", 3_600_000],
    ["a time stamp where seconds belong", inSeconds(79_000), 79_000],
    ["nothing", undefined, null],
    ["no time", "12:30", null],
    ["no wait", "0", null],
    ["a time that is over", inDate(-1000), null],
  ])("after an outage that says %s waits an hour at most", (_, text, ms) => {
    for (const status of [408, 500, 503]) expect(wait(status, text)).toEqual(["UNAVAILABLE", ms]);
  });

  it("names a limit by its reason too, and no wait where waiting does not help", () => {
    expect(answer(403, "RATE_LIMIT_EXCEEDED", { "retry-after": "7" })).toMatchObject({
      failure: { code: "RATE_LIMITED", retryAt: now + 7000 },
    });
    for (const status of [400, 401, 403, 404, 410, 412]) expect(wait(status, "7")[1]).toBeNull();
  });

  it("finds the reason among details of any shape", () => {
    const reason = { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "ACCOUNT_NOT_LINKED" };
    const of = (details: unknown) =>
      outcome({ status: 400, headers: {}, receivedAt: now, body: { error: { details } } });
    expect(of([null, "odd", {}, reason])).toMatchObject({ failure: { code: "ACTION_REQUIRED" } });
    for (const details of [undefined, {}, [], [{ reason: "ACCOUNT_NOT_LINKED" }]])
      expect(of(details)).toMatchObject({ failure: { code: "REJECTED" } });
  });

  it.each([
    ["SERVICE_DISABLED", /not enabled/],
    ["USER_PROJECT_DENIED", /may not use/],
  ])("tells the operator what %s means", (reason, sentence) => {
    expect(answer(403, reason)).toMatchObject({ failure: { message: expect.stringMatching(sentence) } });
  });

  it("keeps the provider's own words to itself", () => {
    const said = { status: 403, headers: {}, receivedAt: now, body: { error: { message: "SECRET" } } };
    expect(JSON.stringify(outcome(said))).not.toContain("SECRET");
  });
});
