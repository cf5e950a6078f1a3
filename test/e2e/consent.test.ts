/** From a person's consent to their connection and to its end, through the providers' own pages. */

import { buildPage } from "../../scripts/build-page.mjs";
import { createLogger } from "../../src/log.js";
import { serve } from "../../src/serve.js";
import { asApp, asUser, clientOf, credentials, inMemory, type Served, startClosed } from "../support/served.js";
import { story } from "../support/story.js";

const app = "https://app.example/connected";
let served: Served;
/** As without the variable, where users have no choice. */
let strict: Served;
beforeAll(async () => {
  await buildPage();
  served = await startClosed({ ALLOWED_REDIRECTS: "https://app.example", CONFIRM_CONNECTIONS: "caller" });
  strict = await startClosed({ ALLOWED_REDIRECTS: "https://app.example" });
});
afterAll(async () => {
  await served.close();
  await strict.close();
});

interface Wanted {
  readonly provider: string;
  readonly redirectTo?: string | null;
  readonly confirm?: boolean;
  readonly domains?: readonly string[];
}

const CONNECT = "mutation ($input: ConnectInput!) { connect(input: $input) { authorizationUrl expiresAt } }";
const CONNECTIONS = "{ viewer { connections { provider { id } status scopes providerUserId } } }";

/** Where the provider's consent page is. */
async function consentPage(userId: string, input: Wanted): Promise<URL> {
  const { data, errors } = await served.ask(CONNECT, {
    variables: { input: { redirectTo: app, ...input } },
    headers: await asUser(userId),
  });
  expect(errors).toBeUndefined();
  expect(Date.parse(data.connect.expiresAt)).toBeGreaterThan(Date.now());
  return new URL(data.connect.authorizationUrl);
}

/** What the person's browser does: it is sent to the page, they decide, and it is sent back to the gateway. */
async function decide(page: URL, decision: Record<string, string>): Promise<string> {
  for (const [name, value] of Object.entries(decision)) page.searchParams.set(name, value);
  const response = await fetch(page, { redirect: "manual" });
  return response.headers.get("location")!;
}

/** The callback, and what it says to the app: the query of the address that the browser ends at. */
async function comeBack(callback: string): Promise<{ to: string; said: Record<string, string> }> {
  const response = await fetch(callback, { redirect: "manual" });
  const location = response.headers.get("location");
  if (location === null) throw new Error(`${response.status}: ${await response.text()}`);
  const { origin, pathname, searchParams } = new URL(location);
  return { to: origin + pathname, said: Object.fromEntries(searchParams) };
}

const connectionsOf = async (userId: string) => {
  const { data } = await served.ask(CONNECTIONS, { headers: await asUser(userId) });
  return data.viewer.connections as { provider: { id: string }; status: string; scopes: string[] }[];
};
const stepsOf = async (userId: string) => {
  const { data } = await served.ask(
    "{ viewer { activity(range: { lastDays: 3 }) { days { steps } sources { status } } } }",
    { headers: await asUser(userId) },
  );
  return data.viewer.activity as { days: { steps: number }[] | null; sources: { status: string }[] };
};
const codes = ({ errors }: Awaited<ReturnType<Served["ask"]>>) => errors?.map(({ extensions }) => extensions["code"]);

test.each([
  ["FITBIT", "fitbit", "both"],
  ["MISFIT", "misfit", "napper"],
  ["GOOGLE_HEALTH", "google-health", "google"],
])("a consent at %s comes back as a connection that answers", async (provider, slug, personId) => {
  const user = `of-${slug}`;
  const page = await consentPage(user, { provider });
  const shown = await fetch(page);
  expect([shown.status, await shown.text()]).toEqual([200, expect.stringContaining("Allow")]);
  const { to, said } = await comeBack(await decide(page, { auto: "allow", person: personId }));
  expect({ to, said }).toEqual({ to: app, said: { provider: slug, status: "connected" } });
  expect(await connectionsOf(user)).toMatchObject([{ provider: { id: provider }, status: "CONNECTED" }]);
  const { days, sources } = await stepsOf(user);
  expect(sources).toEqual([{ status: "OK" }]);
  expect(days!.length).toBeGreaterThan(0);
});

test("someone who denies comes back with the error, and is not connected", async () => {
  const page = await consentPage("denier", { provider: "FITBIT" });
  const { to, said } = await comeBack(await decide(page, { auto: "deny" }));
  expect({ to, said }).toEqual({ to: app, said: { provider: "fitbit", error: "access_denied" } });
  expect(await connectionsOf("denier")).toEqual([]);
});

test("boxes that were left unticked are known", async () => {
  const page = await consentPage("picky", { provider: "GOOGLE_HEALTH" });
  const sleep = page.searchParams
    .get("scope")!
    .split(" ")
    .filter((scope) => scope.includes("sleep"));
  expect(sleep.length).toBeGreaterThan(0);
  const answer = await decide(page, { auto: "allow", person: "switcher", drop_scopes: sleep.join(" ") });
  expect((await comeBack(answer)).said).toEqual({ provider: "google-health", status: "connected" });
  const [connection] = await connectionsOf("picky");
  expect(connection!.scopes.join(" ")).not.toContain("sleep");
});

describe("a callback", () => {
  test("loaded again, by a reload or a look ahead, leads where the first led", async () => {
    const callback = await decide(await consentPage("replayed", { provider: "FITBIT" }), {
      auto: "allow",
      person: "unticked",
    });
    // A mail scanner and a browser that fetches ahead come before the person.
    expect((await fetch(callback, { method: "HEAD", redirect: "manual" })).status).toBe(200);
    expect((await fetch(callback, { headers: { "sec-purpose": "prefetch" }, redirect: "manual" })).status).toBe(503);
    expect(await connectionsOf("replayed")).toEqual([]);
    const ended = { to: app, said: { provider: "fitbit", status: "connected" } };
    expect(await Promise.all([comeBack(callback), comeBack(callback)])).toEqual([ended, ended]);
    expect(await comeBack(callback)).toEqual(ended);
    expect(await connectionsOf("replayed")).toMatchObject([{ status: "CONNECTED" }]);
    // Another code is nobody's reload, and is sent nowhere.
    const other = new URL(callback);
    other.searchParams.set("code", "another");
    const refused = await fetch(other, { redirect: "manual" });
    expect([refused.status, refused.headers.get("location")]).toEqual([400, null]);
  });

  test("with a state that we never gave, or gave for another provider, is refused", async () => {
    const callback = new URL(
      await decide(await consentPage("mixed-up", { provider: "FITBIT" }), { auto: "allow", person: "empty" }),
    );
    const elsewhere = new URL(callback);
    elsewhere.pathname = "/oauth/google-health/callback";
    expect((await fetch(elsewhere, { redirect: "manual" })).status).toBe(400);
    callback.searchParams.set("state", "a-guess");
    expect((await fetch(callback, { redirect: "manual" })).status).toBe(400);
    expect(await connectionsOf("mixed-up")).toEqual([]);
  });

  test("with somebody else's code is refused: it was not given for this state", async () => {
    const theirs = new URL(
      await decide(await consentPage("victim", { provider: "FITBIT" }), { auto: "allow", person: "empty" }),
    );
    const mine = new URL(
      await decide(await consentPage("attacker", { provider: "FITBIT" }), { auto: "allow", person: "switcher" }),
    );
    mine.searchParams.set("code", theirs.searchParams.get("code")!);
    expect((await comeBack(mine.href)).said).toEqual({ provider: "fitbit", error: "invalid_grant" });
    expect(await connectionsOf("attacker")).toEqual([]);
  });

  test("without a place to go ends on a page of our own", async () => {
    const callback = await decide(await consentPage("placeless", { provider: "FITBIT", redirectTo: null }), {
      auto: "deny",
    });
    const page = await fetch(callback, { redirect: "manual" });
    expect([page.status, page.headers.get("content-type")]).toEqual([400, expect.stringContaining("text/html")]);
    expect(await page.text()).toMatch(
      /You did not give your consent at Fitbit.*<a href="[^"]+">Go back and try again</s,
    );
  });
});

test.each([
  "https://evil.example/",
  "https://app.example.evil.example/",
  "https://app.example@evil.example/",
  "javascript:alert(1)",
])("nobody is sent to %s", async (redirectTo) => {
  const answer = await served.ask(CONNECT, {
    variables: { input: { provider: "FITBIT", redirectTo } },
    headers: await asUser("anyone"),
  });
  expect(codes(answer)).toEqual(["BAD_USER_INPUT"]);
});

story("a connection waits to be confirmed, and goes", (step) => {
  const CONFIRM =
    "mutation ($handle: String!) { confirmConnection(input: { handle: $handle }) { connection { status } } }";

  step("answers only once the one who began it confirms", async () => {
    const page = await consentPage("careful", { provider: "FITBIT", confirm: true });
    const { said } = await comeBack(await decide(page, { auto: "allow", person: "demo" }));
    expect(said).toEqual({ provider: "fitbit", status: "awaiting-confirmation", handle: expect.any(String) });
    expect(await connectionsOf("careful")).toMatchObject([{ status: "AWAITING_CONFIRMATION" }]);
    served.labs.fitbit.forgetRequests();
    expect((await stepsOf("careful")).sources).toEqual([{ status: "NOT_CONNECTED" }]);
    expect(served.labs.fitbit.requests).toEqual([]);

    const confirm = async (userId: string) =>
      await served.ask(CONFIRM, { variables: { handle: said["handle"] }, headers: await asUser(userId) });
    expect(codes(await confirm("stranger"))).toEqual(["FORBIDDEN"]);
    expect((await confirm("careful")).data.confirmConnection.connection.status).toBe("CONNECTED");
    expect((await stepsOf("careful")).sources).toEqual([{ status: "OK" }]);
    expect(codes(await confirm("careful"))).toEqual(["BAD_USER_INPUT"]);
  });

  step("leaves nothing at the provider or here when it is disconnected with its data", async () => {
    const { data } = await served.ask(
      "mutation { disconnect(input: { provider: FITBIT, deleteData: true }) { revokedAtProvider user { connections { status } } } }",
      { headers: await asUser("careful") },
    );
    expect(data.disconnect).toEqual({ revokedAtProvider: true, user: { connections: [] } });
    expect(served.labs.fitbit.requests.filter(({ kind }) => kind === "revoke")).toHaveLength(1);
    expect(await stepsOf("careful")).toEqual({ days: null, sources: [] });
  });
});

describe("somebody who sends another person the address of a consent", () => {
  const CONFIRM = `mutation ($input: ConfirmConnectionInput!) {
    confirmConnection(input: $input) { connection { status } } }`;
  const begin = async (input: object, headers: Record<string, string>) =>
    await strict.ask(CONNECT, { variables: { input: { provider: "FITBIT", ...input } }, headers });
  const statusOf = async (userId: string) => {
    const { data } = await strict.ask(CONNECTIONS, { headers: await asUser(userId) });
    return (data.viewer.connections as { status: string }[]).map(({ status }) => status);
  };

  test("does not get their wearable: it waits for a handle that only the other's browser is given", async () => {
    const sender = await asUser("sender");
    // Whatever the sender asks for.
    const { data } = await begin({ redirectTo: app, confirm: false }, sender);
    const callback = await decide(new URL(data.connect.authorizationUrl), { auto: "allow", person: "demo" });
    const { said } = await comeBack(callback);
    expect(said).toEqual({ provider: "fitbit", status: "awaiting-confirmation", handle: expect.any(String) });
    // The sender knows the state, and tries to come back in the other's place.
    const theirs = new URL(callback);
    theirs.searchParams.set("code", "guessed");
    const tried = await fetch(theirs, { redirect: "manual" });
    expect([tried.status, tried.headers.get("location")]).toEqual([400, null]);
    const state = new URL(data.connect.authorizationUrl).searchParams.get("state");
    const confirm = async (handle: unknown, userId: string) =>
      codes(await strict.ask(CONFIRM, { variables: { input: { handle } }, headers: await asUser(userId) }));
    expect(await confirm(state, "sender")).toEqual(["BAD_USER_INPUT"]);
    // The app's page confirms as whoever is signed in there.
    expect(await confirm(said["handle"], "victim")).toEqual(["FORBIDDEN"]);
    expect([await statusOf("sender"), await statusOf("victim")]).toEqual([["AWAITING_CONFIRMATION"], []]);
    expect(await confirm(said["handle"], "sender")).toBeUndefined();
  });

  test("has to name an address that the handle can travel to", async () => {
    for (const input of [{}, { confirm: false }, { redirectTo: null }]) {
      const answer = await begin(input, await asUser("placeless"));
      expect(codes(answer)).toEqual(["BAD_USER_INPUT"]);
      expect(answer.errors![0]!.message).toContain("redirectTo is missing");
    }
    expect(codes(await begin({ userId: "placeless", confirm: true }, asApp))).toEqual(["BAD_USER_INPUT"]);
    // An app's backend has the choice.
    expect((await begin({ userId: "placeless" }, asApp)).errors).toBeUndefined();
  });

  test("may have our own page confirm, which is at home where PUBLIC_URL says", async () => {
    const { data, errors } = await begin({ redirectTo: `${strict.url}/` }, await asUser("at-home"));
    expect(errors).toBeUndefined();
    const callback = await decide(new URL(data.connect.authorizationUrl), { auto: "allow", person: "napper" });
    const page = await fetch(callback);
    expect(new URL(page.url).searchParams.get("handle")).toEqual(expect.any(String));
    expect(new URL(page.url).searchParams.get("status")).toBe("awaiting-confirmation");
    expect(await page.text()).toContain("<title>Pulsegate</title>");
  });
});

test("Google is asked for the wanted scopes alone, never for what was granted to other apps of the project", async () => {
  const page = await consentPage("googler", { provider: "GOOGLE_HEALTH" });
  expect(page.searchParams.has("include_granted_scopes")).toBe(false);
  expect(Object.fromEntries(page.searchParams)).toMatchObject({ access_type: "offline", prompt: "consent" });
});

describe("tokens that the app already holds", () => {
  const IMPORT =
    "mutation ($input: ImportConnectionInput!) { importConnection(input: $input) { connection { status providerUserId } } }";
  const tokensOf = (personId: string) => {
    const { accessToken, refreshToken, expiresAt } = served.labs.fitbit.issueTokens(personId);
    return { provider: "FITBIT", accessToken, refreshToken, expiresAt: new Date(expiresAt!).toISOString() };
  };
  const importAs = async (userId: string, personId: string) =>
    await served.ask(IMPORT, { variables: { input: { userId, ...tokensOf(personId) } }, headers: asApp });

  beforeAll(async () => void (await importAs("adopted", "napper")));

  test("are adopted by an app's key, for one user each", async () => {
    const { data, errors } = await importAs("adopted", "napper");
    expect(errors).toBeUndefined();
    expect(data.importConnection.connection).toMatchObject({ status: "CONNECTED", providerUserId: expect.any(String) });
    expect((await stepsOf("adopted")).sources).toEqual([{ status: "OK" }]);
    const second = await importAs("somebody-else", "napper");
    expect(codes(second)).toEqual(["PROVIDER_ACCOUNT_IN_USE"]);
    expect(await connectionsOf("somebody-else")).toEqual([]);
  });

  test("a consent for an account that is taken comes back with that error", async () => {
    const page = await consentPage("third", { provider: "FITBIT" });
    const { said } = await comeBack(await decide(page, { auto: "allow", person: "napper" }));
    expect(said).toEqual({ provider: "fitbit", error: "PROVIDER_ACCOUNT_IN_USE" });
  });

  test("without an address to return to, a page says how it ended, and leads home", async () => {
    const page = await consentPage("third", { provider: "FITBIT", redirectTo: null });
    const answer = await fetch(await decide(page, { auto: "allow", person: "napper" }));
    expect(answer.status).toBe(400);
    const text = await answer.text();
    expect(text).toContain("This provider account is connected to another user.");
    const home = new URL(/<a href="([^"]+)"/.exec(text)![1]!, answer.url);
    expect(await (await fetch(home)).text()).toContain("<title>Pulsegate</title>");
  });

  test("that do not work are refused, and nothing stays", async () => {
    const input = { userId: "wrong", provider: "FITBIT", accessToken: "invented", refreshToken: "invented" };
    const answer = await served.ask(IMPORT, { variables: { input }, headers: asApp });
    expect(codes(answer)).toHaveLength(1);
    expect(JSON.stringify(answer)).not.toContain("invented");
    expect(await connectionsOf("wrong")).toEqual([]);
  });
});

test("a service that its vendor switched off is not connected to, and the message names the successor", async () => {
  const real = await serve(
    { ...inMemory, ...credentials, FITBIT_CLIENT_ID: "id", FITBIT_CLIENT_SECRET: "secret" },
    { log: createLogger({ level: "silent" }) },
  );
  try {
    const { ask } = clientOf(real.url);
    const answer = await ask(CONNECT, { variables: { input: { provider: "FITBIT" } }, headers: await asUser("late") });
    expect(codes(answer)).toEqual(["PROVIDER_RETIRED"]);
    expect(answer.errors![0]!.message).toMatch(/Google Health|GOOGLE_HEALTH/);
    const { data } = await ask("{ providers { id status } }", { headers: await asUser("late") });
    expect(data.providers).toContainEqual({ id: "FITBIT", status: "RETIRED" });
  } finally {
    await real.close();
  }
});
