import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { ApolloClient, gql as apolloGql, CombinedGraphQLErrors, HttpLink, InMemoryCache } from "@apollo/client/core";
import { Client, fetchExchange, gql as urqlGql } from "@urql/core";
import * as openid from "openid-client";
import passport from "passport";
import { consentAt, startPlaces } from "./places.mjs";

const require = createRequire(import.meta.url);
const FitbitApiClient = require("fitbit-node");
const { FitbitOAuth2Strategy } = require("passport-fitbit-oauth2");
// One API and the means to sign in: the index of the package loads three hundred.
const { health_v4: healthV4 } = require("googleapis/build/src/apis/health/v4");
const { OAuth2Client } = require("google-auth-library");

const CALLBACK = "http://127.0.0.1:9/callback";
const SCOPE = "https://www.googleapis.com/auth/googlehealth.";
const GOOGLE_SCOPES = ["activity_and_fitness", "sleep", "settings", "profile", "location"].map(
  (name) => `${SCOPE}${name}.readonly`,
);

let places;
before(async () => {
  places = await startPlaces();
});
after(() => places?.close());

/** Sends to the lab what is meant for Fitbit's hosts, whose names the clients have built in; no byte of them changes. */
async function withFitbitHosts(run) {
  const real = https.request;
  const { hostname, port } = new URL(places.fitbit.url);
  https.request = (options, onResponse) => {
    const host = options.host ?? options.hostname;
    assert.match(host, /^(api|www)\.fitbit\.com$/);
    const headers = { ...options.headers };
    for (const name of Object.keys(headers)) if (name.toLowerCase() === "host") delete headers[name];
    const { method, path } = options;
    return http.request({ hostname, port, method, path, headers, agent: false }, onResponse);
  };
  try {
    return await run();
  } finally {
    https.request = real;
  }
}

const atLab = (url) => url.replace(/^https:\/\/(www|api)\.fitbit\.com/, places.fitbit.url);

describe("fitbit-node at the Fitbit lab", () => {
  for (const apiVersion of ["1.2", "1.1", "1"]) {
    test(`signs in, reads, refreshes and revokes with version ${apiVersion}`, async () => {
      const { clientId, clientSecret } = places.fitbit;
      const client = new FitbitApiClient({ clientId, clientSecret, apiVersion });
      const url = atLab(client.getAuthorizeUrl("activity profile sleep weight", CALLBACK, undefined, "s-1"));
      const back = await consentAt(url, "both");
      await withFitbitHosts(async () => {
        const tokens = await client.getAccessToken(back.searchParams.get("code"), CALLBACK);
        const [{ user }, { statusCode }] = await client.get("/profile.json", tokens.access_token);
        assert.equal(statusCode, 200);
        assert.equal(user.encodedId, tokens.user_id);
        const [{ sleep }] = await client.get("/sleep/date/2026-03-10.json", tokens.access_token);
        assert.equal(sleep[0].dateOfSleep, "2026-03-10");
        assert.equal(sleep[0].levels !== undefined, apiVersion === "1.2");
        const [body] = await client.get("/body/weight/date/2026-03-10/max.json", tokens.access_token);
        assert.equal(body["body-weight"].at(-1).dateTime, "2026-03-10");
        const renewed = await client.refreshAccessToken(tokens.access_token, tokens.refresh_token);
        assert.notEqual(renewed.refresh_token, tokens.refresh_token);
        await client.revokeAccessToken(renewed.access_token);
        const [refused] = await client.get("/profile.json", renewed.access_token);
        assert.equal(refused.errors[0].errorType, "invalid_token");
      });
    });
  }
});

test("passport-fitbit-oauth2 signs a person in at the Fitbit lab", async () => {
  const { url, clientId: clientID, clientSecret } = places.fitbit;
  const urls = { authorizationURL: `${url}/oauth2/authorize`, tokenURL: "https://api.fitbit.com/oauth2/token" };
  const strategy = new FitbitOAuth2Strategy(
    { clientID, clientSecret, callbackURL: CALLBACK, ...urls },
    (_accessToken, refreshToken, profile, done) => done(null, { refreshToken, profile }),
  );
  passport.use(strategy);
  const authenticate = (query) =>
    new Promise((resolve, reject) => {
      const request = { query, headers: {}, connection: {} };
      const response = { setHeader: (_, value) => resolve({ location: value }), end() {} };
      passport.authenticate("fitbit", { scope: ["activity", "profile"], session: false }, (error, user) =>
        error ? reject(error) : resolve({ user }),
      )(request, response, reject);
    });
  const { location } = await authenticate({});
  const back = await consentAt(location, "demo");
  const { user } = await withFitbitHosts(() => authenticate(Object.fromEntries(back.searchParams)));
  assert.match(user.profile.id, /^[0-9A-Z]{6}$/);
  assert.equal(user.profile.provider, "fitbit");
  assert.match(user.refreshToken, /^[0-9a-f]{64}$/);
});

test("googleapis signs in at Google's lab, reads every shape of answer, and exports an exercise", async () => {
  const { url, clientId, clientSecret } = places.google;
  const endpoints = {
    oauth2AuthBaseUrl: `${url}/o/oauth2/v2/auth`,
    oauth2TokenUrl: `${url}/token`,
    oauth2RevokeUrl: `${url}/revoke`,
    tokenInfoUrl: `${url}/tokeninfo`,
  };
  const auth = new OAuth2Client({ clientId, clientSecret, redirectUri: CALLBACK, endpoints });
  const asked = auth.generateAuthUrl({ access_type: "offline", prompt: "consent", scope: GOOGLE_SCOPES });
  const back = await consentAt(asked, "google");
  const { tokens } = await auth.getToken(back.searchParams.get("code"));
  auth.setCredentials(tokens);
  assert.deepEqual((await auth.getTokenInfo(tokens.access_token)).scopes, GOOGLE_SCOPES);
  const health = new healthV4.Health({ auth, rootUrl: `${url}/` });
  const { users } = health;

  assert.match((await users.getIdentity({ name: "users/me/identity" })).data.healthUserId, /^\d{19}$/);
  assert.equal((await users.getSettings({ name: "users/me/settings" })).data.timeZone, "America/New_York");
  const { dataPoints } = users.dataTypes;
  const parent = "users/me/dataTypes/sleep";
  const filter = 'sleep.interval.civil_end_time >= "2026-03-10" AND sleep.interval.civil_end_time < "2026-03-20"';
  const nights = (await dataPoints.list({ parent, filter })).data.dataPoints;
  const ends = nights.map(({ sleep }) => sleep.interval.endTime);
  assert.deepEqual(ends, [...ends].sort().reverse());
  const cut = await dataPoints.list({ parent, filter, fields: "dataPoints/sleep/type" });
  assert.deepEqual(cut.data.dataPoints[0], { sleep: { type: nights[0].sleep.type } });

  const civil = (day) => ({ date: { year: 2026, month: 3, day }, time: {} });
  const range = { start: civil(12), end: civil(19) };
  const steps = "users/me/dataTypes/steps";
  const rolled = await dataPoints.dailyRollUp({ parent: steps, requestBody: { range, windowSizeDays: 1 } });
  assert.ok(Number(rolled.data.rollupDataPoints[0].steps.countSum) > 0);

  const exercises = await dataPoints.list({ parent: "users/me/dataTypes/exercise", pageSize: 1 });
  const { name } = exercises.data.dataPoints[0];
  const file = await dataPoints.exportExerciseTcx({ name, alt: "media" }, { responseType: "text" });
  assert.match(file.data, /<TrainingCenterDatabase/);
  await assert.rejects(dataPoints.list({ parent: "users/me/dataTypes/weight" }), (error) => {
    assert.equal(error.response.data.error.status, "PERMISSION_DENIED");
    return true;
  });
  const before = tokens.access_token;
  const { credentials } = await auth.refreshAccessToken();
  assert.notEqual(credentials.access_token, before);
  await auth.revokeToken(credentials.access_token);
  await assert.rejects(users.getIdentity({ name: "users/me/identity" }));
});

for (const [how, authentication] of [
  ["HTTP Basic", openid.ClientSecretBasic],
  ["the body", openid.ClientSecretPost],
]) {
  test(`openid-client discovers Google's lab and verifies its ID token, with credentials in ${how}`, async () => {
    const { url, clientId, clientSecret } = places.google;
    const config = await openid.discovery(new URL(url), clientId, {}, authentication(clientSecret), {
      execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks],
    });
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const expectedNonce = openid.randomNonce();
    const expectedState = openid.randomState();
    const location = openid.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: `openid email profile ${SCOPE}sleep.readonly`,
      access_type: "offline",
      prompt: "consent",
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
      nonce: expectedNonce,
      state: expectedState,
    });
    const back = await consentAt(location, "napper");
    const checks = { pkceCodeVerifier, expectedNonce, expectedState };
    const tokens = await openid.authorizationCodeGrant(config, back, checks);
    const claims = tokens.claims();
    const info = await openid.fetchUserInfo(config, tokens.access_token, claims.sub);
    assert.equal(info.email, "napper@lab.example");
    assert.equal(claims.email, info.email);
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(renewed.access_token, tokens.access_token);
    await openid.tokenRevocation(config, renewed.access_token);
    await assert.rejects(openid.refreshTokenGrant(config, tokens.refresh_token), { error: "invalid_grant" });
  });
}

const STEPS = `query Steps($days: Int!) {
  viewer { id activity(range: { lastDays: $days }) { days { date steps } sources { provider status } } }
}`;

function assertSteps({ viewer }) {
  assert.equal(viewer.id, "demo");
  assert.equal(viewer.activity.days.length, 3);
  for (const { steps } of viewer.activity.days) assert.ok(steps === null || steps >= 0);
  // Fitbit is asked too for as long as Google Health has nothing of today.
  const [first, ...others] = viewer.activity.sources.map(({ provider, status }) => `${provider} ${status}`);
  assert.equal(first, "GOOGLE_HEALTH OK");
  assert.ok(others.every((other) => other === "FITBIT OK"));
}

describe("@urql/core at the gateway", () => {
  const client = (options) =>
    new Client({
      url: `${places.gateway}/graphql`,
      exchanges: [fetchExchange],
      fetchOptions: { headers: { authorization: `Bearer ${places.token}` } },
      ...options,
    });

  for (const preferGetMethod of [false, true]) {
    test(`reads by ${preferGetMethod ? "GET, as it does by itself" : "POST"}`, async () => {
      const { data, error } = await client({ preferGetMethod }).query(urqlGql(STEPS), { days: 3 }).toPromise();
      assert.equal(error, undefined);
      assertSteps(data);
    });
  }

  test("tells a caller's mistake by its code", async () => {
    const { error } = await client().query(urqlGql(STEPS), { days: -3 }).toPromise();
    assert.equal(error.graphQLErrors[0].extensions.code, "BAD_USER_INPUT");
  });
});

describe("@apollo/client at the gateway", () => {
  const client = (headers) =>
    new ApolloClient({
      link: new HttpLink({ uri: `${places.gateway}/graphql`, headers }),
      cache: new InMemoryCache(),
    });

  test("reads, and keeps what it read", async () => {
    const apollo = client({ authorization: `Bearer ${places.token}` });
    const query = apolloGql(STEPS);
    const { data } = await apollo.query({ query, variables: { days: 3 } });
    assertSteps(data);
    const kept = await apollo.query({ query, variables: { days: 3 }, fetchPolicy: "cache-only" });
    assert.deepEqual(kept.data, data);
  });

  test("is told that its token is none", async () => {
    await assert.rejects(
      client({ authorization: "Bearer none" }).query({ query: apolloGql(STEPS), variables: { days: 3 } }),
      (error) => {
        assert.ok(CombinedGraphQLErrors.is(error), String(error));
        assert.equal(error.errors[0].extensions.code, "UNAUTHENTICATED");
        return true;
      },
    );
  });

  test("reads anybody with an app's key", async () => {
    const query = apolloGql("query Who($id: ID!) { user(id: $id) { id connections { provider { id } } } }");
    const { data } = await client({ "x-api-key": places.appKey }).query({ query, variables: { id: "google" } });
    assert.deepEqual(
      data.user.connections.map(({ provider }) => provider.id),
      ["GOOGLE_HEALTH"],
    );
  });
});
