import { bench, testProvider } from "../../../test/support/connections-bench.js";
import { PulsegateError } from "../../errors.js";
import { fitbit } from "../../providers/fitbit/index.js";
import { googleHealth } from "../../providers/google-health/index.js";
import { pkceChallenge, readTokenAnswer, scopesFor } from "../oauth/oauth.js";
import { redirectLocation } from "../oauth/redirects.js";

describe("consent", () => {
  test("begins with the scopes of every call, a state and a PKCE challenge", async () => {
    await using at = await bench();
    const { authorizationUrl, expiresAt } = await at.connections.begin({ userId: "ada", provider: "FITBIT" });
    const { searchParams } = new URL(authorizationUrl);
    expect(searchParams.get("scope")).toBe("who move rest");
    expect(searchParams.get("redirect_uri")).toBe("https://gate.test/oauth/fitbit/callback");
    expect(searchParams.get("code_challenge_method")).toBe("S256");
    expect(searchParams.get("state")).toHaveLength(43);
    expect(expiresAt).toBe(at.clock.time + 600_000);
  });

  test.each(["https://ada@app.test/", "https://:pw@app.test/", "https://app.test@evil.test/", "http://app.test/"])(
    "returns to no address that only looks like an allowed one: %s",
    async (redirectTo) => {
      await using at = await bench();
      const begun = at.connections.begin({ userId: "ada", provider: "FITBIT", redirectTo });
      await expect(begun).rejects.toThrow(PulsegateError);
    },
  );

  test("connects: code and verifier exchanged, identity read, cells handed on, one event", async () => {
    await using at = await bench();
    const begun = await at.connections.begin({
      userId: "ada",
      provider: "FITBIT",
      redirectTo: "https://app.test/done?a=1",
    });
    const result = await at.connections.callback("fitbit", { code: "c0de", state: at.stateOf(begun.authorizationUrl) });
    expect(result).toMatchObject({ status: "connected", redirectTo: "https://app.test/done?a=1" });
    expect(redirectLocation(result)).toBe("https://app.test/done?a=1&provider=fitbit&status=connected");
    const exchange = at.server.seen.find(({ path }) => path === "/token")!;
    const challenge = new URL(begun.authorizationUrl).searchParams.get("code_challenge");
    expect(pkceChallenge(exchange.form.get("code_verifier")!)).toBe(challenge);
    expect(exchange.headers.authorization).toBe(`Basic ${Buffer.from("client:s%3Aecret").toString("base64")}`);
    const [connection] = await at.connections.list("ada");
    expect(connection).toMatchObject({ status: "CONNECTED", providerUserId: "A1", scopes: ["who", "move", "rest"] });
    expect(connection!.identityReadAt).toBe(at.clock.time);
    expect(await at.connections.byProviderUser("FITBIT", "A1")).toMatchObject({ userId: "ada" });
    expect(await at.connections.hasEverConnected("ada")).toBe(true);
    expect(await at.connections.hasEverConnected("bob")).toBe(false);
    expect(at.stored).toEqual([[connection!.id, [expect.objectContaining({ field: "profile.displayName" })]]]);
    expect(at.changed).toHaveLength(1);
  });

  test("a state works for ten minutes, at its own provider", async () => {
    await using at = await bench();
    const begin = async () =>
      at.stateOf((await at.connections.begin({ userId: "ada", provider: "FITBIT" })).authorizationUrl);
    const invalid = { error: "invalid_state", redirectTo: null };
    expect(await at.connections.callback("fitbit", { code: "c", state: "made-up" })).toMatchObject(invalid);
    expect(await at.connections.callback("fitbit", { code: "c" })).toMatchObject(invalid);
    expect(await at.connections.callback("misfit", { code: "c", state: await begin() })).toMatchObject(invalid);
    const [inTime, late] = [await begin(), await begin()];
    at.clock.time += 599_999;
    expect(await at.connections.callback("fitbit", { code: "c", state: inTime })).toMatchObject({
      status: "connected",
    });
    at.clock.time += 1;
    expect(await at.connections.callback("fitbit", { code: "c", state: late })).toMatchObject(invalid);
    expect(at.server.seen.filter(({ path }) => path === "/token")).toHaveLength(1);
  });

  test("a state that was given for one provider is of no use at another that is known, and stays good", async () => {
    await using at = await bench();
    const misfit = testProvider({}, { id: "MISFIT", slug: "misfit" });
    const both = at.replica({ providers: [...at.deps.providers, misfit] });
    const state = at.stateOf((await both.begin({ userId: "ada", provider: "FITBIT" })).authorizationUrl);
    expect(await both.callback("misfit", { code: "c", state })).toEqual({
      ...{ provider: "misfit", redirectTo: null, error: "invalid_state" },
    });
    expect(at.server.seen.filter(({ path }) => path === "/token")).toEqual([]);
    expect(await both.callback("fitbit", { code: "c", state })).toMatchObject({ status: "connected" });
  });

  test("whoever knows the state of a consent does not know its handle: that is made of the code, too", async () => {
    await using at = await bench();
    const redirectTo = "https://app.test/";
    const begun = await at.connections.begin({ userId: "ada", provider: "FITBIT", redirectTo, confirm: true });
    const state = at.stateOf(begun.authorizationUrl);
    const states = at.store.collection("oauth-states");
    const rows: [string, unknown][] = [];
    for await (const [key, row] of states.scan("")) rows.push([key, row]);
    const handles = new Set<string>();
    for (const code of ["one", "two"]) {
      const result = await at.connections.callback("fitbit", { code, state });
      handles.add("handle" in result ? result.handle! : "");
      await at.store.collection("ended-consents").erase(rows[0]![0]);
      await states.set(rows[0]![0], rows[0]![1]);
    }
    expect(handles.size).toBe(2);
    expect(handles.has("")).toBe(false);
  });

  test("an account that another user has is not even held for confirmation", async () => {
    await using at = await bench();
    await at.connect("ada");
    expect(await at.connect("bob", { confirm: true })).toMatchObject({ error: "PROVIDER_ACCOUNT_IN_USE" });
    expect(await at.connections.list("bob")).toEqual([]);
  });

  test("a handle confirms for an hour, to the moment", async () => {
    await using at = await bench();
    const handles: string[] = [];
    for (let n = 0; n < 2; n++) {
      const result = await at.connect("ada", { confirm: true });
      handles.push("handle" in result ? result.handle! : "");
    }
    at.clock.time += 3_599_999;
    expect(await at.connections.confirm("ada", handles[0]!)).toMatchObject({ status: "CONNECTED" });
    at.clock.time += 1;
    await expect(at.connections.confirm("ada", handles[1]!)).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
  });

  describe("a callback that is loaded again", () => {
    const redirectTo = "https://app.test/done?a=1";
    const begun = async (at: Awaited<ReturnType<typeof bench>>, more: { confirm?: boolean } = {}) =>
      at.stateOf(
        (await at.connections.begin({ userId: "ada", provider: "FITBIT", redirectTo, ...more })).authorizationUrl,
      );
    const exchanges = (at: Awaited<ReturnType<typeof bench>>) =>
      at.server.seen.filter(({ path }) => path === "/token").length;

    test("at the same time or later leads where the first led, and the code is used once", async () => {
      await using at = await bench();
      const state = await begun(at);
      const both = await Promise.all([1, 2].map(() => at.connections.callback("fitbit", { code: "c", state })));
      const [connection] = await at.connections.list("ada");
      const connected = { provider: "fitbit", redirectTo, status: "connected", connectionId: connection!.id };
      // One of them did the work.
      expect(both).toContainEqual(connected);
      expect(both).toContainEqual({ ...connected, repeated: true });
      at.clock.time += 599_999;
      expect(await at.replica().callback("fitbit", { code: "c", state })).toEqual({ ...connected, repeated: true });
      expect([exchanges(at), at.changed.length]).toEqual([1, 1]);
    });

    test("is forgotten after ten minutes", async () => {
      await using at = await bench();
      const state = await begun(at);
      await at.connections.callback("fitbit", { code: "c", state });
      at.clock.time += 600_000;
      expect(await at.connections.callback("fitbit", { code: "c", state })).toMatchObject({
        ...{ error: "invalid_state", redirectTo: null },
      });
    });

    test("with another code, or at another provider, is nobody's: whoever began a consent knows its state", async () => {
      await using at = await bench();
      const state = await begun(at, { confirm: true });
      const first = await at.connections.callback("fitbit", { code: "c", state });
      expect(first).toMatchObject({ status: "awaiting-confirmation", handle: expect.any(String) });
      const invalid = { error: "invalid_state", redirectTo: null };
      for (const query of [{ state, code: "guess" }, { state }, { state, error: "access_denied" }])
        expect(await at.connections.callback("fitbit", query)).toEqual({ provider: "fitbit", ...invalid });
      expect(await at.connections.callback("misfit", { state, code: "c" })).toMatchObject(invalid);
      expect(await at.connections.callback("fitbit", { state, code: "c" })).toEqual({ ...first, repeated: true });
    });

    test("brings the same handle as long as it confirms, and then says that all is done", async () => {
      await using at = await bench();
      const state = await begun(at, { confirm: true });
      const again = () => at.connections.callback("fitbit", { code: "c", state });
      const first = await again();
      if (!("status" in first)) throw new Error(first.error);
      expect(await again()).toEqual({ ...first, repeated: true });
      expect(await at.connections.confirm("ada", first.handle!)).toMatchObject({ status: "CONNECTED" });
      const { handle: _, ...rest } = first;
      expect(await again()).toEqual({ ...rest, status: "connected", repeated: true });
      for await (const [key, kept] of at.store.collection("ended-consents").scan(""))
        expect(key + JSON.stringify(kept)).not.toMatch(new RegExp(`${first.handle}|${state}|"c"`));
    });

    test("says what went wrong again, and a refusal stays one", async () => {
      await using at = await bench();
      const state = await begun(at);
      const denied = { provider: "fitbit", redirectTo, error: "access_denied" };
      for (let n = 0; n < 2; n++)
        expect(await at.connections.callback("fitbit", { error: "access_denied", state })).toEqual(denied);
      expect(await at.connections.callback("fitbit", { code: "c", state })).toMatchObject({ error: "invalid_state" });
      expect(exchanges(at)).toBe(0);
    });

    test("shows nobody as connected who has disconnected since", async () => {
      await using at = await bench();
      const state = await begun(at);
      await at.connections.callback("fitbit", { code: "c", state });
      const [connection] = await at.connections.list("ada");
      await at.connections.setStatus(connection!.id, "REAUTHORIZATION_REQUIRED");
      const invalid = { error: "invalid_state", redirectTo: null };
      expect(await at.connections.callback("fitbit", { code: "c", state })).toMatchObject(invalid);
      await at.connections.disconnect({ userId: "ada", provider: "FITBIT" });
      expect(await at.connections.callback("fitbit", { code: "c", state })).toMatchObject(invalid);
      for await (const [key] of at.store.collection("ended-consents").scan("")) throw new Error(`${key} was left`);
    });

    test("waits some seconds for one that does not come to its end, and then says so", async () => {
      await using at = await bench();
      const state = await begun(at);
      let go = () => {};
      const held = new Promise<void>((resolve) => {
        go = resolve;
      });
      at.acme.fault = async () => {
        await held;
        return undefined;
      };
      const waits: number[] = [];
      const patient = at.replica({ delay: async (ms) => void waits.push(ms) });
      const first = at.connections.callback("fitbit", { code: "c", state });
      while (exchanges(at) === 0) await new Promise(setImmediate);
      expect(await patient.callback("fitbit", { code: "c", state })).toMatchObject({ error: "unfinished" });
      const waited = waits.reduce((sum, ms) => sum + ms, 0);
      expect(waited).toBeGreaterThanOrEqual(20_000);
      expect(waited).toBeLessThan(20_300);
      go();
      expect(await first).toMatchObject({ status: "connected" });
      expect(await patient.callback("fitbit", { code: "c", state })).toMatchObject({ status: "connected" });
    });

    test("of somebody who was forgotten while it was under way connects nobody", async () => {
      await using at = await bench();
      const state = await begun(at);
      at.acme.fault = async ({ path }) => {
        if (path === "/me") await at.connections.deleteUser("ada");
        return undefined;
      };
      expect(await at.connections.callback("fitbit", { code: "c", state })).toMatchObject({ error: "invalid_state" });
      expect(await at.connections.list("ada")).toEqual([]);
      for (const left of ["tokens", "ended-consents", "oauth-states", "consent-slots", "connections"])
        for await (const [key] of at.store.collection(left).scan("")) throw new Error(`${left} ${key} was left`);
    });
  });

  describe("consents under way", () => {
    const begin = (at: Awaited<ReturnType<typeof bench>>, userId: string) =>
      at.connections.begin({ userId, provider: "FITBIT" });

    test("are fifty for each user at most, however many are begun at once", async () => {
      await using at = await bench();
      const results = await Promise.allSettled(Array.from({ length: 60 }, () => begin(at, "ada")));
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(50);
      at.clock.time += 1_500;
      await expect(begin(at, "ada")).rejects.toMatchObject({
        code: "RATE_LIMITED",
        details: { retryAfterSeconds: 599 },
      });
      await begin(at, "bob");
      let states = 0;
      for await (const _ of at.store.collection("oauth-states").scan("")) states++;
      expect(states).toBe(51);
    });

    test("count for ten minutes more once they have ended, and for an hour while one waits to be confirmed", async () => {
      await using at = await bench();
      const left = async () => {
        const found: number[] = [];
        for await (const [, slot] of at.store.collection<{ expiresAt: number }>("consent-slots").scan(""))
          found.push((slot.expiresAt - at.clock.time) / 60_000);
        return found;
      };
      const { authorizationUrl } = await begin(at, "ada");
      at.clock.time += 4 * 60_000;
      expect(await left()).toEqual([6]);
      await at.connections.callback("fitbit", { code: "c", state: at.stateOf(authorizationUrl) });
      expect(await left()).toEqual([10]);
      await at.connections.deleteUser("ada");
      await at.connect("ada", { confirm: true });
      expect(await left()).toEqual([60]);
    });

    test("leave nothing of the user who is forgotten, and all of the others", async () => {
      await using at = await bench();
      await begin(at, "ada");
      await begin(at, "bob");
      await at.connect("ada", { confirm: true });
      await at.connections.deleteUser("ada");
      const left: string[] = [];
      for (const name of ["oauth-states", "awaiting-confirmation", "ended-consents", "consent-slots"])
        for await (const _ of at.store.collection(name).scan("")) left.push(name);
      expect(left).toEqual(["oauth-states", "consent-slots"]);
    });

    test("of one provider end with its connection, at any time of theirs", async () => {
      await using at = await bench();
      await at.connect("ada");
      const { authorizationUrl } = await begin(at, "ada");
      await at.connections.disconnect({ userId: "ada", provider: "FITBIT" });
      const state = at.stateOf(authorizationUrl);
      expect(await at.connections.callback("fitbit", { code: "c", state })).toMatchObject({ error: "invalid_state" });
      for (const name of ["oauth-states", "ended-consents"])
        for await (const [key] of at.store.collection(name).scan("")) throw new Error(`${name} ${key} was left`);
    });
  });

  test.each([
    "https://evil.test/",
    "https://app.test.evil.test/",
    "http://app.test/",
    "https://app.test@evil.test/",
    "javascript:1",
  ])("refuses to come back to %s", async (redirectTo) => {
    await using at = await bench();
    const begin = at.connections.begin({ userId: "ada", provider: "FITBIT", redirectTo });
    await expect(begin).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
  });

  test("passes on the person's refusal, but not the provider's words", async () => {
    await using at = await bench();
    const { authorizationUrl } = await at.connections.begin({
      userId: "ada",
      provider: "FITBIT",
      redirectTo: "https://app.test/",
    });
    const state = at.stateOf(authorizationUrl);
    const result = await at.connections.callback("fitbit", { error: "access_denied", error_description: "boo", state });
    expect(redirectLocation(result)).toBe("https://app.test/?provider=fitbit&error=access_denied");
  });

  test.each([
    ["x".repeat(40), "x".repeat(40)],
    ["x".repeat(41), "PROVIDER_UNAVAILABLE"],
    ["", "PROVIDER_UNAVAILABLE"],
    ["Your data was sold", "PROVIDER_UNAVAILABLE"],
    ["access_denied\nboo", "PROVIDER_UNAVAILABLE"],
    ["ACCESS_DENIED", "PROVIDER_UNAVAILABLE"],
    ["call_0900", "PROVIDER_UNAVAILABLE"],
  ])("of an error code %j it passes on %j", async (error, told) => {
    await using at = await bench();
    const begun = await at.connections.begin({ userId: "ada", provider: "FITBIT", redirectTo: "https://app.test/" });
    const state = at.stateOf(begun.authorizationUrl);
    expect(await at.connections.callback("fitbit", { error, state })).toMatchObject({ error: told });
    expect(at.server.seen).toEqual([]);
  });

  test("a required step that fails leaves nothing behind", async () => {
    await using at = await bench();
    at.acme.fault = ({ path }) => (path === "/me" ? { status: 503 } : undefined);
    expect(await at.connect()).toMatchObject({ error: "PROVIDER_UNAVAILABLE" });
    expect(await at.connections.list("ada")).toEqual([]);
    expect(await at.connections.hasEverConnected("ada")).toBe(false);
    for await (const [key] of at.store.collection("tokens").scan("")) throw new Error(`${key} was left`);
  });

  test("one provider account belongs to one user, until they disconnect", async () => {
    await using at = await bench();
    await at.connect("ada");
    expect(await at.connect("bob")).toMatchObject({ error: "PROVIDER_ACCOUNT_IN_USE" });
    expect(await at.connections.list("bob")).toEqual([]);
    await at.connections.disconnect({ userId: "ada", provider: "FITBIT" });
    expect(await at.connect("bob")).toMatchObject({ status: "connected" });
    expect(await at.connect("ada")).toMatchObject({ error: "PROVIDER_ACCOUNT_IN_USE" });
  });

  test("two users who consent to one account at the same time: one gets it", async () => {
    await using at = await bench();
    const results = await Promise.all(["ada", "bob", "cyd"].map((user) => at.connect(user)));
    expect(results.filter((result) => "status" in result)).toHaveLength(1);
  });

  test("consenting again keeps the id; another account gets its own, and the first its id back", async () => {
    await using at = await bench();
    const first = await at.connected();
    at.acme.granted = "who";
    expect(await at.connected()).toMatchObject({ id: first.id, scopes: ["who"] });
    at.acme.account = "A2";
    const second = await at.connected();
    expect(second.id).not.toBe(first.id);
    expect(await at.connections.list("ada")).toHaveLength(1);
    expect(await at.connections.byProviderUser("FITBIT", "A1")).toBeNull();
    at.acme.account = "A1";
    expect((await at.connected()).id).toBe(first.id);
  });

  test("with confirm, nothing can be read until the same user brings the handle", async () => {
    await using at = await bench();
    const result = await at.connect("ada", { confirm: true, redirectTo: "https://app.test/" });
    if (!("status" in result)) throw new Error(result.error);
    expect(redirectLocation(result)).toContain(`status=awaiting-confirmation&handle=${result.handle}`);
    const [waiting] = await at.connections.list("ada");
    expect(waiting!.status).toBe("AWAITING_CONFIRMATION");
    expect(await at.api.send(waiting!, { method: "GET", path: "/steps" })).toMatchObject({
      kind: "failed",
      requests: 0,
    });
    expect(at.stored).toEqual([]);
    await expect(at.connections.confirm("bob", result.handle!)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(at.connections.confirm("ada", "made-up")).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    expect(await at.connections.confirm("ada", result.handle!)).toMatchObject({ id: waiting!.id, status: "CONNECTED" });
    expect(at.stored).toHaveLength(1);
    await expect(at.connections.confirm("ada", result.handle!)).rejects.toBeInstanceOf(PulsegateError);
  });

  test("what has to be confirmed needs an address for the handle, after all that is wrong with the provider", async () => {
    await using at = await bench();
    const begin = at.connections.begin({ userId: "ada", provider: "FITBIT", confirm: true });
    await expect(begin).rejects.toMatchObject({
      code: "BAD_USER_INPUT",
      message: expect.stringContaining("redirectTo is missing"),
    });
    const bare = at.replica({ settings: () => ({ ...at.settings, clientId: null }) });
    await expect(bare.begin({ userId: "ada", provider: "FITBIT", confirm: true })).rejects.toMatchObject({
      code: "PROVIDER_NOT_CONFIGURED",
    });
  });

  test("an unconfirmed connection is gone after an hour", async () => {
    await using at = await bench();
    const result = await at.connect("ada", { confirm: true });
    at.clock.time += 3_600_001;
    expect(await at.connections.list("ada")).toEqual([]);
    await expect(at.connections.confirm("ada", "handle" in result ? result.handle! : "")).rejects.toMatchObject({
      code: "BAD_USER_INPUT",
    });
  });

  test("a provider that is switched off is refused before anyone is sent there", async () => {
    const provider = testProvider({}, { retired: { since: "2026-11-02", message: "Acme was switched off." } });
    await using at = await bench({ provider, overridden: false });
    await expect(at.connections.begin({ userId: "ada", provider: "FITBIT" })).rejects.toMatchObject({
      code: "PROVIDER_RETIRED",
    });
    await using over = await bench({ provider, overridden: true });
    expect(await over.connect()).toMatchObject({ status: "connected" });
    const retired = over.replica({ settings: () => ({ ...over.settings, overridden: false }) });
    expect(await retired.list("ada")).toMatchObject([{ status: "RETIRED" }]);
  });

  test("a provider without credentials is refused", async () => {
    await using at = await bench();
    const bare = at.replica({ settings: () => ({ ...at.settings, clientId: null }) });
    await expect(bare.begin({ userId: "ada", provider: "FITBIT" })).rejects.toMatchObject({
      code: "PROVIDER_NOT_CONFIGURED",
    });
  });
});

describe("scopes and token answers", () => {
  test("scopes follow from the domains", () => {
    expect(scopesFor(testProvider(), ["SLEEP"])).toEqual(["who", "rest"]);
    expect(scopesFor(testProvider(), [])).toEqual(["who"]);
    expect(scopesFor(testProvider())).toEqual(["who", "move", "rest"]);
    // What somebody eats is asked for by name, and so are goals of it.
    expect(scopesFor(fitbit)).not.toContain("nutrition");
    expect(scopesFor(fitbit, ["NUTRITION"])).toEqual(["profile", "nutrition"]);
    expect(scopesFor(fitbit, ["GOALS"])).toContain("nutrition");
    expect(scopesFor(googleHealth).filter((scope) => scope.includes("nutrition"))).toEqual([]);
    expect(scopesFor(googleHealth, ["NUTRITION"])).toContain(
      "https://www.googleapis.com/auth/googlehealth.nutrition.readonly",
    );
  });

  test("a success without a token is no refusal, and odd parts are null", () => {
    const read = (status: number, json: Readonly<Record<string, unknown>>) =>
      readTokenAnswer(testProvider().oauth, { status, body: json });
    expect(read(200, {})).toMatchObject({ kind: "unavailable" });
    expect(read(200, { access_token: "a", expires_in: "soon", user_id: 7 })).toMatchObject({
      ...{ kind: "granted", expiresInSeconds: null, refreshToken: null, scopes: null, providerUserId: "7" },
    });
    expect(read(400, { error: "invalid_grant" })).toEqual({ kind: "refused" });
    expect(read(400, { error: "invalid_request" })).toMatchObject({ kind: "unavailable" });
    expect(read(401, { error: "invalid_client" })).toEqual({ kind: "client-refused" });
    expect(read(500, { error: "invalid_grant" })).toMatchObject({ kind: "unavailable" });
  });
});
