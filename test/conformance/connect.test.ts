import { jsonIn } from "../../src/http/json.js";
import type { Provider } from "../../src/providers/index.js";
import { ask, type Bench, domainsOf, type Opened, offeredIn, wearersOf, withBench, withLab } from "./harness.js";

const REDIRECT = { redirectTo: "https://localhost:4000/done" };

/** Follows the authorize URL as a browser does, with the person's decision in it, to what our callback is given. */
async function consent(authorizationUrl: string, decision: Readonly<Record<string, string>>) {
  const url = new URL(authorizationUrl);
  for (const [name, value] of Object.entries(decision)) url.searchParams.set(name, value);
  const answer = await fetch(url, { redirect: "manual" });
  const back = new URL(answer.headers.get("location") ?? `about:blank?status=${answer.status}`);
  return { path: back.pathname, query: Object.fromEntries(back.searchParams) };
}

describe.each(withLab)("%s", (_, provider) => {
  const person = wearersOf(provider)[0]!;
  let bench: Bench;
  let opened: Opened;
  withBench(provider, (ownBench, ownOpened) => {
    bench = ownBench;
    opened = ownOpened;
  });
  const begin = (userId: string) => opened.gateway.connections.begin({ userId, provider: provider.id, ...REDIRECT });
  const callback = (query: Readonly<Record<string, string>>) =>
    opened.gateway.connections.callback(provider.slug, query);
  const aDomain = domainsOf(provider).find((domain) => domain !== "PROFILE")!;
  const readOne = async (userId = person.id) => {
    const [history] = await opened.read(ask(userId, aDomain, offeredIn(provider, aDomain), { lastDays: 2 }));
    return history!.sources[0]!;
  };

  test("is connected through its consent page, and known by its own user id", async () => {
    const { authorizationUrl } = await begin("somebody");
    const back = await consent(authorizationUrl, { auto: "allow", person: person.id });
    expect(back.path).toBe(`/oauth/${provider.slug}/callback`);
    const result = await callback(back.query);
    expect(result).toMatchObject({ status: "connected", redirectTo: REDIRECT.redirectTo });
    const [connection] = await opened.gateway.connections.list("somebody");
    const { providerUserId } = bench.lab.issueTokens(person.id);
    expect(connection).toMatchObject({ status: "CONNECTED", providerUserId });
    expect(await readOne("somebody")).toMatchObject({ status: "OK" });
  });

  test("shows a consent page to a person without a decision", async () => {
    const { authorizationUrl } = await begin("somebody");
    const page = await fetch(authorizationUrl);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("<form");
  });

  test("is not connected where the person denies", async () => {
    const { authorizationUrl } = await begin("somebody");
    const back = await consent(authorizationUrl, { auto: "deny" });
    expect(await callback(back.query)).toMatchObject({ error: "access_denied", redirectTo: REDIRECT.redirectTo });
    expect(await opened.gateway.connections.list("somebody")).toEqual([]);
  });

  test("takes no state that is foreign or missing, and a used one with its own code alone, which it does not use again", async () => {
    const { authorizationUrl } = await begin("somebody");
    const { query } = await consent(authorizationUrl, { auto: "allow", person: person.id });
    const { state: _, ...stateless } = query;
    const refused = { error: "invalid_state", redirectTo: null };
    expect(await callback({ ...query, state: "of-somebody-else" })).toMatchObject(refused);
    expect(await callback(stateless)).toMatchObject(refused);
    const made = await callback(query);
    expect(made).toMatchObject({ status: "connected" });
    bench.lab.forgetRequests();
    expect(await callback(query)).toEqual({ ...made, repeated: true });
    expect(await callback({ ...query, code: "another" })).toMatchObject(refused);
    expect(bench.lab.requests.filter(({ kind }) => kind === "token")).toEqual([]);
  });

  test("takes no code that the provider did not give", async () => {
    const { authorizationUrl } = await begin("somebody");
    const { query } = await consent(authorizationUrl, { auto: "allow", person: person.id });
    expect(await callback({ ...query, code: "made-up" })).toMatchObject({ error: expect.any(String) });
    expect(await opened.gateway.connections.list("somebody")).toEqual([]);
  });

  if (provider.oauth.refresh !== "none") {
    test("refreshes an access token that has expired, once for all who wait", async () => {
      await opened.connect(person.id, { expiresInSeconds: 1800 });
      bench.clock.advance(1_801_000);
      bench.lab.forgetRequests();
      const [one, other] = await Promise.all([readOne(), readOne()]);
      expect([one.status, other.status]).toEqual(["OK", "OK"]);
      expect(bench.lab.requests.filter(({ kind }) => kind === "token")).toHaveLength(1);
    });

    test("refreshes when the access token is refused before its time", async () => {
      const connection = await opened.connect(person.id);
      bench.lab.addFault({ status: 401, times: 1 });
      bench.lab.forgetRequests();
      expect(await readOne()).toMatchObject({ status: "OK" });
      expect(bench.lab.requests.filter(({ kind }) => kind === "token")).toHaveLength(1);
      expect(await opened.gateway.connections.get(connection.id)).toMatchObject({ status: "CONNECTED" });
    });

    test.each([
      ["500", { status: 500 }],
      ["503", { status: 503 }],
      ["an HTML page", { kind: "html" as const, status: 502 }],
      ["a reset", { kind: "reset" as const }],
    ])("keeps the connection when refreshing fails by %s, and refreshes later", async (_name, fault) => {
      const connection = await opened.connect(person.id);
      const token = new URL(opened.gateway.config.providers[provider.id].tokenUrl).pathname;
      bench.lab.addFault({ status: 401, times: 1 });
      bench.lab.addFault({ ...fault, path: token });
      expect(await readOne()).toMatchObject({ status: "UNAVAILABLE" });
      expect(await opened.gateway.connections.get(connection.id)).toMatchObject({ status: "CONNECTED" });
      bench.lab.clearFaults();
      bench.clock.advance(300_000);
      expect(await readOne()).toMatchObject({ status: "OK" });
    });
  } else {
    test("has nothing to refresh with: a refused token ends the connection without asking for another", async () => {
      const connection = await opened.connect(person.id);
      bench.lab.revoke(person.id);
      bench.lab.forgetRequests();
      expect(await readOne()).toMatchObject({ status: "REAUTHORIZATION_REQUIRED" });
      expect(bench.lab.requests.filter(({ kind }) => kind === "token")).toEqual([]);
      expect(await opened.gateway.connections.get(connection.id)).toMatchObject({ status: "REAUTHORIZATION_REQUIRED" });
    });
  }

  test("asks for consent again when the person withdrew it at the provider, and then asks the provider no more", async () => {
    const connection = await opened.connect(person.id);
    bench.lab.revoke(person.id);
    expect(await readOne()).toMatchObject({ status: "REAUTHORIZATION_REQUIRED", message: expect.any(String) });
    expect(await opened.gateway.connections.get(connection.id)).toMatchObject({ status: "REAUTHORIZATION_REQUIRED" });
    bench.lab.forgetRequests();
    expect(await readOne()).toMatchObject({ status: "REAUTHORIZATION_REQUIRED" });
    expect(bench.lab.requests).toEqual([]);
  });

  test("is disconnected at the provider too, or says that it can't be", async () => {
    const connection = await opened.connect(person.id);
    const token = await opened.gateway.connections.token(connection);
    bench.lab.forgetRequests();
    const result = await opened.gateway.connections.disconnect({ userId: person.id, provider: provider.id });
    expect(bench.lab.requests.some(({ kind }) => kind === "revoke")).toBe(provider.oauth.revocation !== null);
    expect(result.revokedAtProvider).toBe(provider.oauth.revocation !== null);
    if (!result.revokedAtProvider) expect(result.notices.join(" ")).toContain(provider.name);
    expect(await opened.gateway.connections.get(connection.id)).toMatchObject({ status: "REVOKED" });
    expect(opened.logged.join("\n")).not.toContain(token.accessToken);
    if (result.revokedAtProvider) expect(await answers(provider, token.accessToken)).toBe(false);
  });

  /** Whether a token still opens the provider's door. */
  async function answers(of: Provider, accessToken: string): Promise<boolean> {
    const { apiUrl, otherUrls } = opened.gateway.config.providers[of.id];
    const person = { providerUserId: null, memberId: "member", now: bench.clock.now() };
    const request = of.afterConsent[0]!.request(person)!;
    const { path, base, method, form } = request;
    const url = (base === undefined ? apiUrl : otherUrls[base]) + path;
    const headers = { authorization: `Bearer ${accessToken}` };
    const answer = await fetch(url, { method, headers, body: form && new URLSearchParams(form) });
    // Some refuse in plain text.
    const body = jsonIn(await answer.text());
    const response = { status: answer.status, headers: {}, body, receivedAt: bench.clock.now() };
    return of.outcome(response, request).kind === "ok";
  }
});
