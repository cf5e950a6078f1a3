import { type Asked, type Harness, read, startHarness } from "../../../test/support/fitbit-lab.js";
import { fitbitUserId, LAB_ONLY_CLIENT_SECRET } from "./index.js";

const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK = "http://localhost:9/callback";

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.close());

function authorizeUrl(extra: Record<string, string> = {}): string {
  const query = {
    client_id: "LABFIT",
    response_type: "code",
    scope: "activity sleep",
    redirect_uri: CALLBACK,
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
    state: "s-1",
    auto: "allow",
  };
  return `${harness.lab.url}/oauth2/authorize?${new URLSearchParams({ ...query, ...extra })}`;
}

async function consent(extra: Record<string, string> = {}): Promise<URL> {
  const response = await fetch(authorizeUrl(extra), { redirect: "manual" });
  expect(response.status).toBe(302);
  return new URL(response.headers.get("location")!);
}

async function post(path: string, form: Record<string, string>, authorization?: string): Promise<Asked> {
  const basic = `Basic ${Buffer.from(`LABFIT:${LAB_ONLY_CLIENT_SECRET}`).toString("base64")}`;
  const headers = { authorization: authorization ?? basic };
  return read(await fetch(`${harness.lab.url}${path}`, { method: "POST", headers, body: new URLSearchParams(form) }));
}

async function redeem(code: string, verifier = VERIFIER): Promise<Asked> {
  const form = { grant_type: "authorization_code", code, redirect_uri: CALLBACK, code_verifier: verifier };
  return post("/oauth2/token", form);
}

const refresh = (refreshToken: string) =>
  post("/oauth2/token", { grant_type: "refresh_token", refresh_token: refreshToken });

test("user ids are six upper-case alphanumerics and stay what they are", () => {
  expect(fitbitUserId("demo")).toMatch(/^[0-9A-Z]{6}$/);
  expect(fitbitUserId("demo")).toBe(fitbitUserId("demo"));
  expect(fitbitUserId("both")).not.toBe(fitbitUserId("demo"));
});

test("consent leads back with a code, and the code with its verifier to tokens", async () => {
  const back = await consent();
  expect(back.searchParams.get("state")).toBe("s-1");
  expect(back.hash).toBe("#_=_");
  const { status, body } = await redeem(back.searchParams.get("code")!);
  expect(status).toBe(200);
  expect(body).toMatchObject({ expires_in: 28800, token_type: "Bearer", user_id: fitbitUserId("demo") });
  expect(body.scope.split(" ").sort()).toEqual(["activity", "sleep"]);
  expect(body.refresh_token).toMatch(/^[0-9a-f]{64}$/);
});

test("a wrong verifier, a second use and a code of eleven minutes ago get invalid_grant", async () => {
  const code = (await consent()).searchParams.get("code")!;
  const wrong = await redeem(code, VERIFIER.replace("d", "e"));
  expect(wrong.status).toBe(400);
  expect(wrong.body.errors[0].errorType).toBe("invalid_grant");
  expect((await redeem(code)).status).toBe(200);
  expect((await redeem(code)).body).toMatchObject({ errors: [{ errorType: "invalid_grant" }], success: false });
  const old = (await consent()).searchParams.get("code")!;
  harness.clock.nowMs += 11 * 60_000;
  expect((await redeem(old)).status).toBe(400);
});

test("unticked scopes are missing from the token, and a denial is redirected", async () => {
  const back = await consent({ drop_scopes: "sleep", person: "unticked" });
  const { body } = await redeem(back.searchParams.get("code")!);
  expect(body).toMatchObject({ scope: "activity", user_id: fitbitUserId("unticked") });
  const denied = await consent({ auto: "deny" });
  expect(denied.searchParams.get("error")).toBe("access_denied");
  expect(denied.searchParams.get("state")).toBe("s-1");
});

test("the page shows people and scopes, and refuses clients and challenges it cannot accept", async () => {
  const page = await (await fetch(authorizeUrl({ auto: "" }))).text();
  expect(page).toContain('value="demo"');
  expect(page).toContain('value="sleep"');
  for (const [extra, type] of [
    [{ client_id: "NOBODY" }, "unauthorized_client"],
    [{ code_challenge: "short" }, "invalid_request"],
    [{ response_type: "banana" }, "unsupported_response_type"],
  ] as const) {
    const response = await fetch(authorizeUrl(extra), { redirect: "manual" });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(type);
  }
});

test("a refresh token works once, but repeats its answer for two minutes", async () => {
  const { refreshToken, accessToken } = harness.lab.issueTokens("demo");
  const first = await refresh(refreshToken!);
  harness.clock.nowMs += 119_000;
  const again = await refresh(refreshToken!);
  expect(again.status).toBe(200);
  expect(again.body).toEqual(first.body);
  harness.clock.nowMs += 2_000;
  const late = await refresh(refreshToken!);
  expect(late.status).toBe(400);
  expect(late.body.errors[0].errorType).toBe("invalid_grant");
  expect((await refresh(first.body.refresh_token)).status).toBe(200);
  // The old access token lives on until its own end.
  expect((await harness.ask("/1/user/-/profile.json", { token: accessToken })).status).toBe(200);
});

test("wrong credentials are invalid_client, and what is missing is named", async () => {
  const wrong = await post("/oauth2/token", { grant_type: "refresh_token", refresh_token: "x" }, "Basic QTpC");
  expect(wrong.status).toBe(401);
  expect(wrong.body.errors[0].errorType).toBe("invalid_client");
  const missing = await post("/oauth2/token", { grant_type: "refresh_token" });
  expect(missing.status).toBe(400);
  expect(missing.body.errors[0]).toMatchObject({ errorType: "invalid_request" });
});

test("a 409 for racing refreshes comes only if wanted", async () => {
  const { refreshToken } = harness.lab.issueTokens("demo");
  harness.lab.switches.refreshConflict = true;
  expect((await refresh(refreshToken!)).status).toBe(409);
  harness.lab.switches.refreshConflict = false;
  expect((await refresh(refreshToken!)).status).toBe(200);
});

test("introspection tells scopes in braces and times in milliseconds", async () => {
  const { accessToken } = harness.lab.issueTokens("demo", { scopes: ["activity", "sleep"] });
  const { body } = await post("/1.1/oauth2/introspect", { token: accessToken }, `Bearer ${accessToken}`);
  expect(body).toEqual({
    active: true,
    scope: "{ACTIVITY=READ, SLEEP=READ}",
    client_id: "LABFIT",
    user_id: fitbitUserId("demo"),
    token_type: "access_token",
    exp: harness.clock.nowMs + 28_800_000,
    iat: harness.clock.nowMs,
  });
  const other = await post("/1.1/oauth2/introspect", { token: "nonsense" }, `Bearer ${accessToken}`);
  expect(other.body).toEqual({ active: false });
});

test("revoking one token ends all of the user's, and a bad one is a 400", async () => {
  const one = harness.lab.issueTokens("demo");
  const two = harness.lab.issueTokens("demo");
  const { status, text } = await post("/oauth2/revoke", { token: one.refreshToken! });
  expect([status, text]).toEqual([200, ""]);
  const after = await harness.ask("/1/user/-/profile.json", { token: two.accessToken });
  expect(after.status).toBe(401);
  expect(after.body.errors[0].errorType).toBe("invalid_token");
  expect((await refresh(two.refreshToken!)).status).toBe(400);
  expect((await post("/oauth2/revoke", { token: "nonsense" })).status).toBe(400);
});

test("an expired token says so, and a missing one too", async () => {
  const { accessToken } = harness.lab.issueTokens("demo", { expiresInSeconds: -1 });
  const expired = await harness.ask("/1/user/-/profile.json", { token: accessToken });
  expect(expired.status).toBe(401);
  expect(expired.body.errors[0].errorType).toBe("expired_token");
  const none = await read(await fetch(`${harness.lab.url}/1/user/-/profile.json`));
  expect(none.body.errors[0]).toMatchObject({
    errorType: "invalid_request",
    message: "Authorization header required.",
  });
});

test("after the sunset everything is gone, OAuth included", async () => {
  harness.lab.switches.sunset = true;
  for (const path of ["/oauth2/authorize", "/1/user/-/profile.json"]) {
    const { status, body } = await read(await fetch(`${harness.lab.url}${path}`));
    expect(status).toBe(410);
    expect(body).toEqual({
      errors: [{ errorType: "request", fieldName: "n/a", message: "Gone" }],
      success: false,
    });
  }
  expect((await refresh("anything")).status).toBe(410);
});

test("the parameters of a token request may stand in the query", async () => {
  const code = (await consent()).searchParams.get("code")!;
  const query = { grant_type: "authorization_code", code, redirect_uri: CALLBACK, code_verifier: VERIFIER };
  const { status, body } = await post(`/oauth2/token?${new URLSearchParams(query)}`, {});
  expect(status).toBe(200);
  const again = new URLSearchParams({ grant_type: "refresh_token", refresh_token: body.refresh_token });
  expect((await post(`/oauth2/token?${again}`, {})).body.user_id).toBe(body.user_id);
  expect((await post(`/oauth2/revoke?${new URLSearchParams({ token: body.access_token })}`, {})).status).toBe(200);
  expect(JSON.stringify(harness.lab.requests)).not.toContain(body.refresh_token);
});

test("a client app has no secret: it names itself in the body, and must prove that the code is its own", async () => {
  await harness.close();
  harness = await startHarness({ appType: "client" });
  const bare = new URLSearchParams({
    client_id: "LABFIT",
    response_type: "code",
    scope: "sleep",
    redirect_uri: CALLBACK,
  });
  expect((await fetch(`${harness.lab.url}/oauth2/authorize?${bare}&auto=allow`, { redirect: "manual" })).status).toBe(
    400,
  );
  const send = async (form: Record<string, string>) =>
    read(await fetch(`${harness.lab.url}/oauth2/token`, { method: "POST", body: new URLSearchParams(form) }));
  const form = { grant_type: "authorization_code", redirect_uri: CALLBACK, code_verifier: VERIFIER };
  const codeOf = async () => (await consent()).searchParams.get("code")!;
  expect((await send({ ...form, code: await codeOf() })).body.errors[0].errorType).toBe("invalid_client");
  expect((await redeem(await codeOf())).status).toBe(401);
  const { status, body } = await send({ ...form, client_id: "LABFIT", code: await codeOf() });
  expect(status).toBe(200);
  const refreshed = { grant_type: "refresh_token", refresh_token: body.refresh_token };
  expect((await send(refreshed)).status).toBe(401);
  expect((await send({ ...refreshed, client_id: "LABFIT" })).status).toBe(200);
});

test("a personal app reads the minutes of its owner, and of nobody else", async () => {
  await harness.close();
  harness = await startHarness({ appType: "personal", ownerId: "both", switches: { intraday: false } });
  const path = "/1/user/-/activities/steps/date/2026-06-14/1d/15min.json";
  expect((await harness.ask(path, { person: "both" })).status).toBe(200);
  expect((await harness.ask(path, { person: "demo" })).body.errors[0].errorType).toBe("insufficient_permissions");
  expect((await harness.ask("/1/user/-/activities/date/2026-06-14.json", { person: "demo" })).status).toBe(200);
});
