/** What docs/migrating-from-fitbit.md says of tokens that an app already holds, done to the letter against the lab. */
import { readFileSync } from "node:fs";
import { asApp, clockFrom, credentials, type Served, startClosed } from "../support/served.js";

const page = readFileSync(new URL("../../docs/migrating-from-fitbit.md", import.meta.url), "utf8");
/** The page's own mutation, for a person of each test. */
const adopt = (userId: string) => {
  const [, found] = /```graphql\n( *mutation Adopt\([^`]*)```/.exec(page)!;
  return found!.replace('"u-42"', JSON.stringify(userId));
};

/** A Wednesday. On the days before it, everybody whom these tests ask about wore a device. */
const clock = clockFrom("2026-06-17T11:00:00Z");
let served: Served;
beforeAll(async () => {
  served = await startClosed({}, { clock });
});
afterAll(() => served.close());

const ALL_OF_PROFILE =
  "profile { displayName givenName email age timeZone } activity(range: { lastDays: 3 }) { days { steps } sources { status } }";

/** A pair that an app of the same project was granted, by the lab's consent page. */
async function granted(person: string, scopes: readonly string[]) {
  const { url, app } = served.labs.googleHealth;
  const redirectUri = `${served.url}/oauth/google-health/callback`;
  const page = new URL(`${url}/o/oauth2/v2/auth`);
  page.search = new URLSearchParams({
    ...{ response_type: "code", client_id: app.clientId, redirect_uri: redirectUri, access_type: "offline" },
    ...{ prompt: "consent", scope: scopes.join(" "), auto: "allow", person },
  }).toString();
  const back = await fetch(page, { redirect: "manual" });
  const code = new URL(back.headers.get("location")!).searchParams.get("code")!;
  const body = new URLSearchParams({
    ...{ grant_type: "authorization_code", code, redirect_uri: redirectUri },
    ...{ client_id: app.clientId, client_secret: app.clientSecret },
  });
  const answer = await fetch(`${url}/token`, { method: "POST", body });
  return (await answer.json()) as { access_token: string; refresh_token: string };
}

const health = (name: string) => `https://www.googleapis.com/auth/googlehealth.${name}.readonly`;
const FEW = [health("activity_and_fitness"), health("settings"), health("profile")];

test("an import without scopes is a working connection, whose scopes are what Google says", async () => {
  const tokens = await granted("google", FEW);
  const variables = { accessToken: tokens.access_token, refreshToken: tokens.refresh_token };
  const imported = await served.ask(adopt("few"), { variables, headers: asApp });
  expect(imported.errors).toBeUndefined();
  expect(imported.data.importConnection.connection).toEqual({
    ...{ status: "CONNECTED", providerUserId: expect.stringMatching(/^\d+$/) },
  });
  const { data, errors } = await served.ask(
    `{ user(id: "few") { ${ALL_OF_PROFILE} connections { status scopes problem consentEndsAt } } }`,
    { headers: asApp },
  );
  expect(errors).toBeUndefined();
  expect(data.user.connections).toEqual([
    { ...{ status: "CONNECTED", scopes: FEW, problem: null, consentEndsAt: null } },
  ]);
  expect(data.user.profile).toMatchObject({ displayName: null, email: null, timeZone: expect.any(String) });
  expect(data.user.activity.days.some(({ steps }: { steps: number | null }) => (steps ?? 0) > 0)).toBe(true);
});

test("without an answer on its scopes it works too: what was not granted costs its fields alone", async () => {
  const nowhere = await startClosed(
    { ...credentials, GOOGLE_HEALTH_TOKENINFO_URL: `${served.labs.googleHealth.url}/no` },
    { clock },
  );
  const before = served;
  served = nowhere;
  try {
    const tokens = await granted("google", FEW);
    const variables = { accessToken: tokens.access_token, refreshToken: tokens.refresh_token };
    await served.ask(adopt("few"), { variables, headers: asApp });
    const ask = () =>
      served.ask(`{ user(id: "few") { ${ALL_OF_PROFILE} connections { status problem } } }`, { headers: asApp });
    for (let times = 0; times < 2; times++) {
      const { data } = await ask();
      expect(data.user.connections).toEqual([{ status: "CONNECTED", problem: null }]);
      expect(data.user.profile).toMatchObject({ displayName: null, email: null, timeZone: expect.any(String) });
      expect(data.user.activity.days.some(({ steps }: { steps: number | null }) => (steps ?? 0) > 0)).toBe(true);
    }
  } finally {
    served = before;
    await nowhere.close();
  }
});

test("a project in testing shows when each consent ends", async () => {
  served.labs.googleHealth.switches.refreshTokenExpiresInSeconds = 604_799;
  try {
    const userId = "tester";
    const begun = await served.ask(
      'mutation { connect(input: { provider: GOOGLE_HEALTH, userId: "tester" }) { authorizationUrl } }',
      { headers: asApp },
    );
    const page = new URL(begun.data.connect.authorizationUrl);
    page.searchParams.set("auto", "allow");
    page.searchParams.set("person", "both");
    const back = await fetch(page, { redirect: "manual" });
    await fetch(back.headers.get("location")!, { redirect: "manual" });
    const { data } = await served.ask(`{ user(id: "${userId}") { connections { status consentEndsAt problem } } }`, {
      headers: asApp,
    });
    const [{ status, consentEndsAt, problem }] = data.user.connections;
    const days = (Date.parse(consentEndsAt) - clock.now()) / 86_400_000;
    expect([status, Math.round(days)]).toEqual(["CONNECTED", 7]);
    expect(problem).toBe(
      `The consent ends by itself on ${new Date(consentEndsAt).toISOString().slice(0, 10)}: publish the app at Google Health, or connect again by then.`,
    );
  } finally {
    served.labs.googleHealth.switches.refreshTokenExpiresInSeconds = null;
  }
});

test("tokens that our keys don't open are said to be so, and what was read before is still served", async () => {
  const { connections, store } = served.serving.gateway;
  const { id } = await connections.importConnection({
    userId: "sealed",
    provider: "GOOGLE_HEALTH",
    ...served.labs.googleHealth.issueTokens("napper"),
  });
  const before = await served.ask(
    '{ user(id: "sealed") { activity(range: { lastDays: 3 }) { days { date steps } } } }',
    {
      headers: asApp,
    },
  );
  const boxes = store.collection<{ keyId: string }>("tokens");
  await boxes.set(id, { ...(await boxes.get(id))!, keyId: "0123456789abcdef" });
  const { data, errors } = await served.ask(
    `{ user(id: "sealed") { activity(range: { lastDays: 9 }) { days { date steps } sources { status message } }
       connections { status problem } } }`,
    { headers: asApp },
  );
  expect(errors).toBeUndefined();
  expect(data.user.connections).toEqual([
    { status: "CONNECTED", problem: expect.stringMatching(/ENCRYPTION_KEYS does not list/) },
  ]);
  expect(data.user.activity.days.slice(-3)).toEqual(before.data.user.activity.days);
  expect(data.user.activity.sources).toEqual([
    { status: "NOT_CONFIGURED", message: expect.stringMatching(/ENCRYPTION_KEYS/) },
  ]);
});
