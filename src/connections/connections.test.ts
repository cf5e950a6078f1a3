import { bench, testProvider } from "../../test/support/connections-bench.js";
import { fitbit } from "../providers/fitbit/index.js";
import type { Provider } from "../providers/index.js";
import { usualOrder } from "./directory/source-priority.js";
import { hashOf } from "./oauth/oauth.js";

const steps = { method: "GET", path: "/steps" } as const;
const input = { userId: "ada", provider: "FITBIT" } as const;

describe("asking a provider", () => {
  test("sends the bearer, judges the answer, notes attempt, success and budgets", async () => {
    const known = { scope: "CONNECTION", windowSeconds: 3600, limit: 150, remaining: 149 } as const;
    const provider = testProvider(
      {},
      { outcome: ({ receivedAt }) => ({ kind: "ok", budgets: [{ ...known, resetsAt: receivedAt + 9 }] }) },
    );
    await using at = await bench({ provider });
    const connection = await at.connected();
    at.clock.time += 1000;
    const answer = await at.api.send(connection, { ...steps, query: { date: "2026-11-20", limit: 3 } });
    expect(answer).toMatchObject({ kind: "ok", status: 200, requests: 1, body: { id: "A1" }, tokenScope: null });
    expect(at.server.seen.at(-1)!.query.toString()).toBe("date=2026-11-20&limit=3");
    const noted = {
      lastAttemptAt: at.clock.time,
      lastSuccessAt: at.clock.time,
      budgets: [{ ...known, resetsAt: at.clock.time + 9 }],
    };
    expect(await at.connections.get(connection.id)).toMatchObject(noted);
  });

  test("what an answer says of the connection is stored once all is idle, or asked for", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const rows = at.store.collection<{ lastSuccessAt: number | null }>("connections");
    for (const settle of [
      () => at.connections.idle(),
      () => at.connections.get(connection.id),
      () => at.connections.list(connection.userId),
    ]) {
      at.clock.time += 1000;
      await at.api.send(connection, steps);
      await settle();
      expect(await rows.get(connection.id)).toMatchObject({ lastSuccessAt: at.clock.time });
    }
  });

  test("a failure moves only the time of the attempt", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.acme.fault = () => ({ status: 429 });
    at.clock.time += 1000;
    expect(await at.api.send(connection, steps)).toMatchObject({
      kind: "failed",
      outcome: { failure: { code: "RATE_LIMITED" } },
    });
    expect(await at.connections.get(connection.id)).toMatchObject({
      lastAttemptAt: at.clock.time,
      lastSuccessAt: null,
    });
  });

  test("a rejected token is renewed once, and the question repeated once", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.acme.accountOf.clear();
    expect(await at.api.send(connection, steps)).toMatchObject({ kind: "ok", requests: 2 });
    expect(at.tokenRequests()).toHaveLength(1);
  });

  test("a fresh token that is rejected too means that the grant is gone", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.acme.fault = ({ path }) => (path === "/steps" ? { status: 401 } : undefined);
    expect(await at.api.send(connection, steps)).toMatchObject({ kind: "failed", requests: 2 });
    expect(await at.connections.get(connection.id)).toMatchObject({ status: "REAUTHORIZATION_REQUIRED" });
  });

  test.each([
    [403, "REAUTHORIZATION_REQUIRED"],
    [410, "RETIRED"],
  ])("a %i makes this one connection %s", async (status, expected) => {
    await using at = await bench();
    const connection = await at.connected();
    at.acme.account = "A2";
    const other = await at.connected("bob");
    at.acme.fault = () => ({ status });
    await at.api.send(connection, steps);
    expect(await at.connections.get(connection.id)).toMatchObject({ status: expected });
    expect(await at.connections.get(other.id)).toMatchObject({ status: "CONNECTED" });
  });

  test("passing trouble is given a second chance, but not a POST", async () => {
    await using at = await bench();
    const connection = await at.connected();
    let left = 1;
    at.acme.fault = () => (left-- > 0 ? { status: 502 } : undefined);
    expect(await at.api.send(connection, steps)).toMatchObject({ kind: "ok", requests: 2 });
    left = 1;
    at.acme.fault = () => (left-- > 0 ? { cut: true } : undefined);
    expect(await at.api.send(connection, steps)).toMatchObject({ kind: "ok", requests: 2 });
    left = 1;
    expect(await at.api.send(connection, { ...steps, method: "POST" })).toMatchObject({
      kind: "failed",
      status: 0,
      requests: 1,
    });
  });

  test.each(["https://evil.test/steps", "//evil.test/", "@evil.test/", ".evil.test", "/../..//steps"])(
    "a token is never sent to %s",
    async (path) => {
      await using at = await bench();
      const connection = await at.connected();
      const answer = await at.api.send(connection, { method: "GET", path });
      if (answer.kind === "failed")
        expect(answer).toMatchObject({ requests: 0, outcome: { failure: { code: "REJECTED" } } });
      else expect(at.server.seen.at(-1)!.headers.host).toBe(new URL(at.server.url).host);
    },
  );

  test("a redirect is trouble, not an answer", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.acme.fault = () => ({ status: 302, headers: { location: "https://evil.test/" } });
    expect(await at.api.send(connection, steps)).toMatchObject({ kind: "failed", status: 302 });
  });

  test("a redirect is trouble, whatever the adapter takes it for", async () => {
    await using at = await bench({ provider: testProvider({}, { outcome: () => ({ kind: "ok" }) }) });
    const connection = await at.connected();
    at.acme.fault = () => ({ status: 302, headers: { location: "https://evil.test/" } });
    expect(await at.api.send(connection, steps)).toMatchObject({ kind: "failed", status: 302 });
  });

  test("a provider that wants to be asked later than in two seconds is not asked again at once", async () => {
    let waitMs = 0;
    const provider = testProvider(
      {},
      {
        outcome: ({ status, receivedAt }) =>
          status === 503
            ? { kind: "failed", failure: { code: "UNAVAILABLE", retryAt: receivedAt + waitMs } }
            : { kind: "ok" },
      },
    );
    await using at = await bench({ provider });
    const connection = await at.connected();
    at.acme.fault = () => ({ status: 503 });
    const requests: number[] = [];
    for (waitMs of [2_000, 2_001]) requests.push((await at.api.send(connection, steps)).requests);
    expect(requests).toEqual([2, 1]);
  });

  test("a time that was noted does not go back with the clock", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.clock.time += 5_000;
    const noted = at.clock.time;
    await at.api.send(connection, steps);
    at.clock.time -= 2_000;
    await at.api.send(connection, steps);
    expect(await at.connections.get(connection.id)).toMatchObject({ lastAttemptAt: noted, lastSuccessAt: noted });
  });

  test("what has to be set right is told until something succeeds; passing trouble says nothing of it", async () => {
    let outcome: ReturnType<Provider["outcome"]> = { kind: "ok" };
    await using at = await bench({ provider: testProvider({}, { outcome: () => outcome }) });
    const connection = await at.connected();
    const told: unknown[] = [];
    for (outcome of [
      { kind: "failed", failure: { code: "ACTION_REQUIRED", message: "Switch it on." } },
      { kind: "failed", failure: { code: "REJECTED", message: "Not like that." } },
      { kind: "ok" },
    ] as const) {
      await at.api.send(connection, steps);
      told.push((await at.connections.get(connection.id))!.trouble);
    }
    expect(told).toEqual(["Switch it on.", "Switch it on.", null]);
  });

  test("an answer that comes after the person left notes nothing", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.clock.time += 1_000;
    at.acme.fault = async ({ path }) => {
      if (path === "/steps") await at.connections.disconnect(input);
      return undefined;
    };
    await at.api.send(connection, steps);
    expect(await at.connections.get(connection.id)).toMatchObject({ status: "REVOKED", lastSuccessAt: null });
  });

  test("what a token that was brought along met is not noted of the stored grant", async () => {
    await using at = await bench({ tokenResolvers: ["header", "vault"] });
    const connection = await at.connected();
    at.clock.time += 1_000;
    at.acme.accountOf.set("brought", "A9");
    expect(await at.api.send(connection, steps, { headerTokens: { FITBIT: "brought" } })).toMatchObject({ kind: "ok" });
    expect(await at.connections.get(connection.id)).toMatchObject({ lastSuccessAt: null });
  });
});

describe("leaving", () => {
  test("takes down subscriptions while the token works, revokes, drops the tokens and stays listed", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const order: string[] = [];
    const budget = { scope: "CONNECTION", windowSeconds: 3_600, limit: 150, remaining: 7 } as const;
    const budgets = [{ ...budget, resetsAt: at.clock.time + 60_000 }];
    await at.connections.update(connection.id, (before) => ({ ...before, budgets }));
    expect((await at.connections.get(connection.id))?.budgets).toHaveLength(1);
    at.hooks.onDisconnect = async (leaving) => {
      await at.connections.token(leaving);
      order.push(`hook before ${at.server.seen.filter(({ path }) => path === "/revoke").length} revocations`);
      return ["Remove the hook by hand."];
    };
    const result = await at.connections.disconnect(input);
    expect(result).toEqual({ revokedAtProvider: true, notices: ["Remove the hook by hand."] });
    expect(order).toEqual(["hook before 0 revocations"]);
    expect(at.server.seen.at(-1)!.form.get("token")).toMatch(/^rt-/);
    expect(await at.connections.list("ada")).toMatchObject([{ id: connection.id, status: "REVOKED" }]);
    expect(await at.api.send(connection, steps)).toMatchObject({ kind: "failed", requests: 0 });
    expect(await at.connections.get(connection.id)).toMatchObject({ lastAttemptAt: connection.lastAttemptAt });
    expect(await at.connections.get(connection.id)).toMatchObject({ budgets: [], subscriptions: [] });
    await expect(at.connections.disconnect({ ...input, userId: "bob" })).rejects.toMatchObject({
      code: "PROVIDER_NOT_CONNECTED",
    });
  });

  test("a second time: nothing is taken down twice, and what is owed is asked for at once", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const left: string[] = [];
    at.hooks.onDisconnect = async ({ status }) => {
      left.push(status);
      return [];
    };
    const revocations = () => at.server.seen.filter(({ path }) => path === "/revoke").length;
    at.acme.fault = ({ path }) => (path === "/revoke" ? { status: 503 } : undefined);
    await at.connections.disconnect(input);
    // Nobody's account any more: what is told of it concerns nobody.
    expect(await at.connections.byProviderUser("FITBIT", connection.providerUserId!)).toBeNull();
    at.acme.fault = () => undefined;
    await at.connections.disconnect(input);
    expect([left, revocations()]).toEqual([["CONNECTED"], 2]);
    await at.connections.recover();
    expect(revocations()).toBe(2);
  });

  test("what is owed is given up after a week, and no sooner", async () => {
    for (const [ms, asked] of [
      [7 * 86_400_000 - 60_000, 3],
      [7 * 86_400_000, 2],
    ] as const) {
      await using at = await bench();
      await at.connected();
      at.acme.fault = ({ path }) => (path === "/revoke" ? { status: 503 } : undefined);
      await at.connections.disconnect(input);
      at.clock.time += ms;
      await at.connections.recover();
      at.acme.fault = () => undefined;
      await at.connections.recover();
      expect([ms, at.server.seen.filter(({ path }) => path === "/revoke").length]).toEqual([ms, asked]);
    }
  });

  test("a provider that is down is asked again later, unless the person came back", async () => {
    await using at = await bench();
    await at.connected();
    at.acme.fault = ({ path }) => (path === "/revoke" ? { status: 503 } : undefined);
    const { revokedAtProvider, notices } = await at.connections.disconnect(input);
    expect([revokedAtProvider, notices.length]).toEqual([false, 1]);
    at.acme.fault = () => undefined;
    await at.connections.recover();
    await at.connections.recover();
    expect(at.server.seen.filter(({ path }) => path === "/revoke")).toHaveLength(2);

    await at.connected();
    at.acme.fault = ({ path }) => (path === "/revoke" ? { cut: true } : undefined);
    await at.connections.disconnect(input);
    at.acme.fault = () => undefined;
    await at.connected();
    await at.connections.recover();
    expect(at.server.seen.filter(({ path }) => path === "/revoke")).toHaveLength(3);
  });

  test("a provider without revocation says what the person can do", async () => {
    await using at = await bench({ provider: testProvider({ revocation: null }) });
    await at.connected();
    const { revokedAtProvider, notices } = await at.connections.disconnect(input);
    expect([revokedAtProvider, notices.length]).toEqual([false, 1]);
  });

  test("deleteData unlists the connection; deleteUser forgets the user", async () => {
    await using at = await bench();
    const deleted: string[] = [];
    at.hooks.deleteData = async ({ id }) => void deleted.push(id);
    const first = await at.connected();
    await at.connections.disconnect({ ...input, deleteData: true });
    expect(await at.connections.list("ada")).toEqual([]);
    const second = await at.connected();
    expect(await at.connections.hasEverConnected("ada")).toBe(true);
    await at.connections.deleteUser("ada");
    expect(deleted).toEqual([first.id, second.id]);
    expect(await at.connections.get(second.id)).toBeNull();
    expect(await at.connections.hasEverConnected("ada")).toBe(false);
    for (const name of ["tokens", "connections", "user-connections", "users", "provider-accounts", "oauth-states"]) {
      for await (const [key] of at.store.collection(name).scan("")) throw new Error(`${name} still has ${key}`);
    }
  });
});

describe("importing", () => {
  test("adopts a pair that works, and renews one that has run out", async () => {
    await using at = await bench();
    at.acme.refreshTokens.set("brought-rt", "A1");
    const imported = await at.connections.importConnection({
      ...input,
      accessToken: "old",
      refreshToken: "brought-rt",
      expiresAt: 1,
    });
    expect(imported).toMatchObject({ status: "CONNECTED", providerUserId: "A1" });
    expect((await at.connections.token(imported)).accessToken).toMatch(/^at-/);
    expect(at.tokenRequests()).toHaveLength(1);
    at.acme.accountOf.set("hers", "A1");
    const second = at.connections.importConnection({ ...input, userId: "bob", accessToken: "hers" });
    await expect(second).rejects.toMatchObject({ code: "PROVIDER_ACCOUNT_IN_USE" });
  });

  test.each([
    [410, "RETIRED"],
    [503, "CONNECTED"],
    [429, "CONNECTED"],
  ])("with the provider's id, a %i does not stand in the way", async (status, expected) => {
    await using at = await bench();
    at.acme.fault = () => ({ status });
    const imported = await at.connections.importConnection({ ...input, accessToken: "hers", providerUserId: "A1" });
    expect(imported).toMatchObject({ status: expected, providerUserId: "A1", identityReadAt: null });
    const nameless = at.connections.importConnection({ ...input, userId: "bob", accessToken: "his" });
    await expect(nameless).rejects.toMatchObject({
      code: status === 410 ? "PROVIDER_RETIRED" : "PROVIDER_UNAVAILABLE",
    });
  });

  test("tokens that the provider does not know are refused, and so is another's id", async () => {
    await using at = await bench();
    const bad = at.connections.importConnection({ ...input, accessToken: "made-up", providerUserId: "A1" });
    await expect(bad).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    at.acme.accountOf.set("hers", "A1");
    const wrong = at.connections.importConnection({ ...input, accessToken: "hers", providerUserId: "A7" });
    await expect(wrong).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    expect(await at.connections.list("ada")).toEqual([]);
  });
});

describe("what is kept of a connection", () => {
  test("a hundred changes at once over two processes are all kept", async () => {
    await using at = await bench();
    const { id } = await at.connected();
    const other = at.replica();
    const change = (n: number) =>
      (n % 2 ? other : at.connections).update(id, (c) => ({ ...c, scopes: [...c.scopes, `s${n}`] }));
    await Promise.all(Array.from({ length: 100 }, (_, n) => change(n)));
    expect((await at.connections.get(id))!.scopes).toHaveLength(103);
  });

  test("identity is read again, and another account is not mixed in", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.clock.time += 60_000;
    expect(await at.connections.readIdentity(connection)).toMatchObject({ kind: "ok" });
    expect(await at.connections.get(connection.id)).toMatchObject({ identityReadAt: at.clock.time });
    at.acme.fault = ({ path }) => (path === "/me" ? { json: { id: "A2" } } : undefined);
    expect(await at.connections.readIdentity(connection)).toMatchObject({ kind: "failed" });
    expect(await at.connections.get(connection.id)).toMatchObject({
      providerUserId: "A1",
      status: "REAUTHORIZATION_REQUIRED",
    });
  });

  test("a limit's end told as a time stamp is seen as one, and an end beyond the budget's window is not believed", async () => {
    const budgets = [{ scope: "CONNECTION", windowSeconds: 3600, limit: 150, window: "clock" }] as const;
    const headers = { "fitbit-rate-limit-limit": "150", "fitbit-rate-limit-remaining": "12" };
    const cases: [number, number][] = [
      [1342, 1342],
      [57 * 31_536_000, 3_600],
    ];
    for (const [told, believed] of cases) {
      await using at = await bench({ provider: testProvider({}, { budgets, outcome: fitbit.outcome }) });
      const connection = await at.connected();
      const reset = String(at.clock.time / 1000 + told);
      const end = at.clock.time + believed * 1000;
      at.acme.fault = () => ({ status: 429, headers: { ...headers, "fitbit-rate-limit-reset": reset } });
      const answer = await at.api.send(connection, steps);
      expect(answer).toMatchObject({ kind: "failed", outcome: { failure: { code: "RATE_LIMITED", retryAt: end } } });
      const stored = await at.connections.get(connection.id);
      expect(stored!.budgets).toMatchObject([{ limit: 150, remaining: 0, resetsAt: end }]);
    }
  });

  test("whatever an adapter makes of an answer, no wait is longer than its budget's window", async () => {
    const budgets = [{ scope: "CONNECTION", windowSeconds: 60, limit: 100, window: "first" }] as const;
    const retryAt = Date.parse("2083-01-01T00:00:00Z");
    const reading = { scope: "CONNECTION", windowSeconds: 60, limit: 1e12, remaining: -4, resetsAt: retryAt } as const;
    const outcome: Provider["outcome"] = ({ status }) =>
      status === 200
        ? { kind: "ok" }
        : { kind: "failed", failure: { code: "RATE_LIMITED", retryAt }, budgets: [reading] };
    await using at = await bench({ provider: testProvider({}, { budgets, outcome }) });
    const connection = await at.connected();
    at.acme.fault = () => ({ status: 429 });
    const end = at.clock.time + 60_000;
    expect(await at.api.send(connection, steps)).toMatchObject({ outcome: { failure: { retryAt: end } } });
    expect((await at.connections.get(connection.id))!.budgets).toEqual([
      { ...reading, limit: 100, remaining: 0, resetsAt: end },
    ]);
  });

  test("a stored wait until 2083 is gone at the next start, and after the tokens are imported again", async () => {
    await using at = await bench();
    const { id } = await at.connected();
    const sound = {
      scope: "APP",
      windowSeconds: 60,
      limit: 100,
      remaining: 7,
      resetsAt: at.clock.time + 60_000,
    } as const;
    const until2083 = { ...sound, windowSeconds: 3600, remaining: 0, resetsAt: Date.parse("2083-01-01T00:00:00Z") };
    await at.connections.update(id, (before) => ({ ...before, budgets: [until2083, sound] }));
    const seen = async (by = at.connections) => [
      (await by.get(id))!.budgets,
      (await by.list("ada"))[0]!.budgets,
      (await by.forReading("ada", {}))[0]!.budgets,
      (await by.byProviderUser("FITBIT", "A1"))!.budgets,
    ];
    expect(await seen(at.replica())).toEqual([[sound], [sound], [sound], [sound]]);
    at.acme.accountOf.set("hers", "A1");
    const again = await at.connections.importConnection({ ...input, accessToken: "hers" });
    expect(again).toMatchObject({ id, budgets: [sound] });
    expect(await seen()).toEqual([[sound], [sound], [sound], [sound]]);
  });

  test("dataThrough never goes back", async () => {
    await using at = await bench();
    const { id } = await at.connected();
    await at.connections.noteSuccess(id, { dataThrough: "2026-11-19" });
    await at.connections.noteSuccess(id, { dataThrough: "2026-10-01" });
    expect(await at.connections.get(id)).toMatchObject({ dataThrough: "2026-11-19" });
  });
});

describe("an account at a provider", () => {
  test("whose connection ended is free for another user, and stays theirs when the first one leaves", async () => {
    await using at = await bench();
    const first = await at.connected();
    await at.connections.setStatus(first.id, "REVOKED");
    const second = await at.connected("bob");
    expect(second).toMatchObject({ userId: "bob", status: "CONNECTED", providerUserId: first.providerUserId });
    await at.connections.disconnect({ ...input, deleteData: true });
    const holder = await at.connections.byProviderUser("FITBIT", first.providerUserId!);
    expect(holder?.id).toBe(second.id);
    expect(await at.connect("ada")).toMatchObject({ error: "PROVIDER_ACCOUNT_IN_USE" });
  });

  test("leads a user back to its connection, though their own list can't be read", async () => {
    await using at = await bench();
    const before = await at.connected();
    await at.store.collection("user-connections").set(hashOf("ada"), "broken");
    const other = at.replica();
    expect(await other.list("ada")).toEqual([]);
    const after = await at.connected();
    expect(after.id).toBe(before.id);
  });

  test("waits an hour for the user's confirmation, and not a millisecond longer", async () => {
    await using at = await bench();
    await at.connect("ada", { confirm: true });
    const start = at.clock.time;
    const replicaAt = (ms: number) => {
      at.clock.time = start + ms;
      return at.replica().list("ada");
    };
    expect(await replicaAt(3_600_000)).toMatchObject([{ status: "AWAITING_CONFIRMATION" }]);
    expect(await replicaAt(3_600_001)).toEqual([]);
  });
});

describe("source priority", () => {
  const google: Provider = testProvider({}, { id: "GOOGLE_HEALTH", slug: "google-health", succeeds: "FITBIT" });
  const providers = [testProvider(), google, testProvider({}, { id: "MISFIT", slug: "misfit" })];

  test("the successor goes first; what is left out follows", async () => {
    expect(usualOrder(providers)).toEqual(["GOOGLE_HEALTH", "FITBIT", "MISFIT"]);
    await using at = await bench({ providers });
    expect(await at.connections.sourcePriority("ada")).toEqual(["GOOGLE_HEALTH", "FITBIT", "MISFIT"]);
    expect(await at.connections.setSourcePriority("ada", ["MISFIT"])).toEqual(["MISFIT", "GOOGLE_HEALTH", "FITBIT"]);
    expect(await at.connections.sourcePriority("ada")).toEqual(["MISFIT", "GOOGLE_HEALTH", "FITBIT"]);
    // What another release knows is left out here.
    await at.store.collection("source-priority").set(hashOf("bob"), ["A_LATER_ONE", "FITBIT"]);
    expect(await at.connections.sourcePriority("bob")).toEqual(["FITBIT", "GOOGLE_HEALTH", "MISFIT"]);
    await at.connections.deleteUser("ada");
    expect(await at.connections.sourcePriority("ada")).toEqual(["GOOGLE_HEALTH", "FITBIT", "MISFIT"]);
    for (const [wrong, message] of [
      [["MISFIT", "MISFIT"], "providers names one twice."],
      [["NIKE"], "providers names one that is not known here."],
      [["MISFIT", "NIKE"], "providers names one that is not known here."],
    ] as const) {
      const asked = at.connections.setSourcePriority("ada", wrong);
      await expect(asked).rejects.toMatchObject({ code: "BAD_USER_INPUT", message });
    }
  });
});
