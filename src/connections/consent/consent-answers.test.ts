import { bench, testProvider } from "../../../test/support/connections-bench.js";
import { redirectLocation, redirectUri } from "../oauth/redirects.js";

/** What a consent asks for, and what becomes of each answer of the provider. */

type Bench = Awaited<ReturnType<typeof bench>>;
const input = { userId: "ada", provider: "FITBIT" } as const;
const redirectTo = "https://app.test/";
const stateOf = async (at: Bench) => at.stateOf((await at.connections.begin(input)).authorizationUrl);
const exchanges = (at: Bench) => at.server.seen.filter(({ path }) => path === "/token").length;

test.each([
  ["named ones with those that every consent needs", ["move"], "who move"],
  ["none named, those of all calls", undefined, "who move rest"],
])("scopes: %s", async (_, scopes, asked) => {
  await using at = await bench();
  const { authorizationUrl } = await at.connections.begin({ ...input, scopes });
  expect(new URL(authorizationUrl).searchParams.get("scope")).toBe(asked);
});

test.each(["", "who move", 'a"b', "a\\b", "é", "a\n"])("%j is no scope, and nothing is begun", async (scope) => {
  await using at = await bench();
  const begin = at.connections.begin({ ...input, scopes: ["move", scope] });
  await expect(begin).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
  for await (const key of at.store.collection("oauth-states").keys("")) throw new Error(`${key} was begun`);
});

test("what the provider granted counts, not what was asked for", async () => {
  await using at = await bench();
  at.acme.granted = "who rest";
  expect((await at.connected()).scopes).toEqual(["who", "rest"]);
});

test("no code is no consent, and nobody is asked", async () => {
  await using at = await bench();
  expect(await at.connections.callback("fitbit", { state: await stateOf(at) })).toMatchObject({
    error: "invalid_grant",
  });
  expect(exchanges(at)).toBe(0);
});

test.each([
  ["an unknown code", { status: 400, json: { error: "invalid_grant" } }, "invalid_grant"],
  ["an unknown client", { status: 401, json: { error: "invalid_client" } }, "PROVIDER_NOT_CONFIGURED"],
  ["the end of the provider", { status: 410, json: {} }, "PROVIDER_RETIRED"],
  ["trouble", { status: 503, json: {} }, "PROVIDER_UNAVAILABLE"],
  ["no answer", { cut: true }, "PROVIDER_UNAVAILABLE"],
])("the token endpoint's answer of %s is told as such", async (_, reply, error) => {
  await using at = await bench();
  at.acme.fault = ({ path }) => (path === "/token" ? reply : undefined);
  expect(await at.connect()).toEqual({ provider: "fitbit", redirectTo: null, error });
  expect(await at.connections.list("ada")).toEqual([]);
});

test("a pair that the first questions had to renew is the one that is kept", async () => {
  await using at = await bench();
  let refusals = 1;
  at.acme.fault = ({ path }) => (path === "/me" && refusals-- > 0 ? { status: 401 } : undefined);
  const connection = await at.connected();
  expect(at.tokenRequests()).toHaveLength(1);
  expect((await at.connections.token(connection)).accessToken).toBe([...at.acme.accountOf.keys()].at(-1));
  const kept: string[] = [];
  for await (const key of at.store.collection("tokens").keys("")) kept.push(key);
  expect(kept).toEqual([connection.id]);
});

test("the account that the token answer names counts, where the steps name none", async () => {
  await using at = await bench({ provider: testProvider({}, { afterConsent: [] }) });
  expect(await at.connected()).toMatchObject({ providerUserId: "A1" });
});

test("of any number of confirmations with one handle exactly one goes through", async () => {
  await using at = await bench();
  const result = await at.connect("ada", { confirm: true });
  const handle = "handle" in result ? result.handle! : "";
  const tries = await Promise.allSettled(Array.from({ length: 5 }, () => at.connections.confirm("ada", handle)));
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await expect(at.connections.confirm("ada", handle)).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
});

test("leaving one provider ends the consents under way there alone, and frees no place", async () => {
  const misfit = testProvider({}, { id: "MISFIT", slug: "misfit" });
  await using at = await bench({ providers: [testProvider(), misfit] });
  await at.connect();
  const here = await stateOf(at);
  const there = at.stateOf((await at.connections.begin({ userId: "ada", provider: "MISFIT" })).authorizationUrl);
  await at.connections.disconnect(input);
  const places: string[] = [];
  for await (const key of at.store.collection("consent-slots").keys("")) places.push(key);
  expect(places).toHaveLength(3);
  expect(await at.connections.callback("fitbit", { code: "c", state: here })).toMatchObject({ error: "invalid_state" });
  expect(await at.connections.callback("misfit", { code: "c", state: there })).toMatchObject({ status: "connected" });
});

test("the browser is sent to the app with what it needs, and with nothing else", () => {
  const from = { provider: "fitbit", redirectTo: `${redirectTo}?a=1` };
  const held = { ...from, status: "awaiting-confirmation", handle: "h", connectionId: "secret" } as const;
  const there = `${redirectTo}?a=1&provider=fitbit`;
  expect(redirectLocation(held)).toBe(`${there}&status=awaiting-confirmation&handle=h`);
  expect(redirectLocation({ ...from, error: "access_denied" })).toBe(`${there}&error=access_denied`);
  expect(redirectLocation({ ...from, redirectTo: null, error: "access_denied" })).toBeNull();
});

test.each(["https://gate.test", "https://gate.test/", "https://gate.test/base", "https://gate.test/base/"])(
  "the provider is told one address, with one slash, under %s",
  (publicUrl) => {
    const base = publicUrl.includes("base") ? "https://gate.test/base" : "https://gate.test";
    expect(redirectUri(testProvider(), publicUrl)).toBe(`${base}/oauth/fitbit/callback`);
  },
);
