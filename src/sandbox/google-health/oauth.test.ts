import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createLocalJWKSet, jwtVerify } from "jose";
import { clientOf, movableClock, send } from "../../../test/support/google-health-lab.js";
import { fitbitUserId } from "../fitbit/user-id.js";
import { pkceChallenge } from "../kit/index.js";
import { type GoogleHealthLab, googleHealthUserId, startGoogleHealthLab } from "./index.js";
import { readScope } from "./scopes.js";

const clock = movableClock();
let lab: GoogleHealthLab;
beforeAll(async () => {
  lab = await startGoogleHealthLab({ clock });
});
afterAll(() => lab.close());

const REDIRECT = "https://app.example.org/callback";
const SCOPES = [readScope("sleep"), readScope("profile"), "openid", "email", "profile"];
const VERIFIER = "a-verifier-that-is-long-enough-to-be-one-of-its-kind";

function authorizeUrl(extra: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    client_id: lab.app.clientId,
    redirect_uri: REDIRECT,
    response_type: "code",
    scope: SCOPES.join(" "),
    access_type: "offline",
    prompt: "consent",
    state: "the-state",
    code_challenge: pkceChallenge(VERIFIER),
    code_challenge_method: "S256",
    ...extra,
  });
  return `${lab.url}/o/oauth2/v2/auth?${query}`;
}

const post = (path: string, form: Readonly<Record<string, string>>, headers: Record<string, string> = {}) =>
  send(`${lab.url}${path}`, { method: "POST", body: new URLSearchParams(form), headers });

async function consent(extra: Readonly<Record<string, string>> = {}): Promise<URLSearchParams> {
  const { status, headers } = await send(authorizeUrl({ auto: "allow", ...extra }));
  expect(status).toBe(302);
  return new URL(headers.get("location")!).searchParams;
}

const credentials = () => ({ client_id: lab.app.clientId, client_secret: lab.app.clientSecret });
const exchange = (code: string, form: Readonly<Record<string, string>> = {}) =>
  post("/token", {
    grant_type: "authorization_code",
    code,
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
    ...credentials(),
    ...form,
  });
const refresh = (refreshToken: string) =>
  post("/token", { grant_type: "refresh_token", refresh_token: refreshToken, ...credentials() });

test("a person sees a page on which each scope can be unticked", async () => {
  const { status, body } = await send(authorizeUrl());
  expect(status).toBe(200);
  expect(body).toContain('type="checkbox"');
  expect(body).toContain("googlehealth.sleep.readonly");
});

test("a code becomes tokens with the scopes that were left ticked, and identity tells whose they are", async () => {
  const callback = await consent({ person: "google", drop_scopes: "sleep.readonly" });
  expect(callback.get("state")).toBe("the-state");
  const { status, body } = await exchange(callback.get("code")!);
  expect(status).toBe(200);
  expect(body).toMatchObject({ expires_in: 3599, token_type: "Bearer" });
  expect(body.scope.split(" ")).toEqual(SCOPES.slice(1));
  expect(body.refresh_token).toBeTruthy();
  expect(body.refresh_token_expires_in).toBeUndefined();
  const headers = { authorization: `Bearer ${body.access_token}` };
  const identity = (await send(`${lab.url}/v4/users/me/identity`, { headers })).body;
  expect(identity.healthUserId).toBe(googleHealthUserId("google"));
  expect(BigInt(identity.healthUserId)).toBeGreaterThan(2n ** 53n);
  expect(identity.legacyUserId).toBe(fitbitUserId("google"));
  expect((await send(`${lab.url}/v4/users/${identity.healthUserId}/profile`, { headers })).status).toBe(200);
  expect((await send(`${lab.url}/v4/users/${googleHealthUserId("demo")}/profile`, { headers })).status).toBe(403);
  const info = (await send(`${lab.url}/oauth2/v3/userinfo`, { headers })).body;
  expect(info).toMatchObject({ given_name: "Casey", email: "google@lab.example" });
});

test("a code is good once, for its own verifier and its own redirect address", async () => {
  const code = async () => (await consent()).get("code")!;
  expect((await exchange(await code(), { code_verifier: `${VERIFIER}x` })).body.error).toBe("invalid_grant");
  expect((await exchange(await code(), { redirect_uri: `${REDIRECT}/` })).status).toBe(400);
  const used = await code();
  expect((await exchange(used)).status).toBe(200);
  expect((await exchange(used)).body.error).toBe("invalid_grant");
});

test("credentials are taken from the body or from a header, and nowhere else", async () => {
  const { client_id, client_secret } = credentials();
  const basic = (secret: string) => ({
    authorization: `Basic ${Buffer.from(`${client_id}:${secret}`).toString("base64")}`,
  });
  const form = { grant_type: "refresh_token", refresh_token: "any" };
  expect((await post("/token", form)).body.error).toBe("invalid_request");
  expect((await post("/token", form, basic(client_secret))).body.error).toBe("invalid_grant");
  expect((await post("/token", form, basic("wrong"))).status).toBe(401);
  expect((await post("/token", { ...form, client_id, client_secret: "wrong" })).status).toBe(401);
  const { refreshToken } = lab.issueTokens("demo");
  const refreshed = { ...form, refresh_token: refreshToken! };
  expect((await post("/token", refreshed, basic(encodeURIComponent(client_secret)))).status).toBe(200);
});

test("who asked for openid gets a signed ID token with the request's nonce, by the keys of the metadata", async () => {
  const { body: metadata } = await send(`${lab.url}/.well-known/openid-configuration`);
  expect(metadata).toMatchObject({ issuer: lab.url, token_endpoint: `${lab.url}/token` });
  expect(metadata.token_endpoint_auth_methods_supported).toEqual(["client_secret_post", "client_secret_basic"]);
  const { body } = await exchange((await consent({ person: "both", nonce: "n-4711" })).get("code")!);
  const keys = createLocalJWKSet((await send(metadata.jwks_uri)).body);
  const currentDate = new Date(clock.nowMs);
  const options = { issuer: lab.url, audience: lab.app.clientId, currentDate };
  const { payload, protectedHeader } = await jwtVerify(body.id_token, keys, options);
  expect(protectedHeader.alg).toBe("RS256");
  const headers = { authorization: `Bearer ${body.access_token}` };
  const info = (await send(metadata.userinfo_endpoint, { headers })).body;
  expect(payload).toMatchObject({ ...info, nonce: "n-4711", iat: clock.nowMs / 1000, exp: clock.nowMs / 1000 + 3600 });
  expect(payload.sub).not.toBe(googleHealthUserId("both"));
  const plain = await consent({ scope: readScope("sleep") });
  expect((await exchange(plain.get("code")!)).body.id_token).toBeUndefined();
});

test("a token says of itself what it may do", async () => {
  const { accessToken } = lab.issueTokens("demo", { scopes: [readScope("sleep"), "email"], expiresInSeconds: 77 });
  for (const ask of [
    send(`${lab.url}/tokeninfo?access_token=${encodeURIComponent(accessToken)}`),
    post("/tokeninfo", { access_token: accessToken }),
    post("/tokeninfo", {}, { authorization: `Bearer ${accessToken}` }),
  ]) {
    const { status, body } = await ask;
    expect(status).toBe(200);
    expect(body).toMatchObject({ aud: lab.app.clientId, scope: `${readScope("sleep")} email`, expires_in: "77" });
  }
  const wrong = await send(`${lab.url}/tokeninfo?access_token=unknown`);
  expect([wrong.status, wrong.body.error]).toEqual([400, "invalid_token"]);
});

test("scopes of other Google APIs come with include_granted_scopes, and then nothing is answered", async () => {
  lab.switches.otherGrantedScopes.add("https://www.googleapis.com/auth/calendar.readonly");
  try {
    const identityOf = async (extra: Readonly<Record<string, string>>) => {
      const { body } = await exchange((await consent({ person: "switcher", ...extra })).get("code")!);
      const headers = { authorization: `Bearer ${body.access_token}` };
      return await send(`${lab.url}/v4/users/me/identity`, { headers });
    };
    expect((await identityOf({})).status).toBe(200);
    const refused = await identityOf({ include_granted_scopes: "true" });
    expect([refused.status, refused.body.error.details[0].reason]).toEqual([403, "DISALLOWED_OAUTH_SCOPES"]);
  } finally {
    lab.switches.otherGrantedScopes.clear();
  }
});

test("a refresh token is used again and again, and the answer does not repeat it", async () => {
  const { body: first } = await exchange((await consent()).get("code")!);
  for (let i = 0; i < 2; i++) {
    const { status, body } = await refresh(first.refresh_token);
    expect(status).toBe(200);
    expect(body.refresh_token).toBeUndefined();
    expect(body.access_token).not.toBe(first.access_token);
  }
  lab.switches.refreshTokenOnRefresh = true;
  expect((await refresh(first.refresh_token)).body.refresh_token).not.toBe(first.refresh_token);
  lab.switches.refreshTokenOnRefresh = false;
});

test("without offline access, or without a forced second consent, there is no refresh token", async () => {
  const online = await consent({ person: "napper", access_type: "online" });
  expect((await exchange(online.get("code")!)).body.refresh_token).toBeUndefined();
  await exchange((await consent({ person: "napper" })).get("code")!);
  const again = await consent({ person: "napper", prompt: "select_account" });
  expect((await exchange(again.get("code")!)).body.refresh_token).toBeUndefined();
});

test("a project in testing says when the refresh token ends, and then it does", async () => {
  lab.switches.refreshTokenExpiresInSeconds = 604_799;
  const { body } = await exchange((await consent()).get("code")!);
  expect(body.refresh_token_expires_in).toBe(604_799);
  lab.switches.refreshTokenExpiresInSeconds = null;
  clock.nowMs += 604_800_000;
  expect((await refresh(body.refresh_token)).body).toMatchObject({ error: "invalid_grant" });
  clock.nowMs -= 604_800_000;
});

test("stale scopes, strangers and a refusal end where they should", async () => {
  for (const scope of [
    "https://www.googleapis.com/auth/googlehealth.sleep",
    "https://www.googleapis.com/auth/health.sleep",
  ]) {
    const page = await send(authorizeUrl({ scope, auto: "allow" }));
    expect([page.status, page.body.includes("invalid_scope")]).toEqual([400, true]);
  }
  expect((await send(authorizeUrl({ client_id: "stranger", auto: "allow" }))).status).toBe(400);
  const denied = await send(authorizeUrl({ auto: "deny" }));
  expect(new URL(denied.headers.get("location")!).searchParams.get("error")).toBe("access_denied");
});

test("withdrawing either token ends both", async () => {
  const { body } = await exchange((await consent({ person: "both" })).get("code")!);
  expect(
    (await send(`${lab.url}/revoke?token=${encodeURIComponent(body.access_token)}`, { method: "POST" })).status,
  ).toBe(200);
  expect((await refresh(body.refresh_token)).body.error).toBe("invalid_grant");
  const headers = { authorization: `Bearer ${body.access_token}` };
  expect((await send(`${lab.url}/v4/users/me/identity`, { headers })).status).toBe(401);
  expect((await post("/revoke", { token: "unknown" })).status).toBe(400);
});

test("an access token lives an hour", async () => {
  const client = clientOf(lab, "demo");
  clock.nowMs += 3_599_000;
  const answer = await client.get("identity");
  clock.nowMs -= 3_599_000;
  expect([answer.status, answer.body.error.status]).toEqual([401, "UNAUTHENTICATED"]);
  const bare = await send(`${lab.url}/v4/users/me/identity`);
  expect(bare.body.error.details[0].reason).toBe("CREDENTIALS_MISSING");
});

test("the log of requests holds no token", async () => {
  lab.forgetRequests();
  const { accessToken } = lab.issueTokens("demo");
  await send(`${lab.url}/revoke?token=${encodeURIComponent(accessToken)}`, { method: "POST" });
  expect(lab.requests).toMatchObject([{ kind: "revoke", personId: "demo", status: 200 }]);
  expect(JSON.stringify(lab.requests)).not.toContain(accessToken);
});
