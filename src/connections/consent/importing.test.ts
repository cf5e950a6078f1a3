import { bench, fragile, keyA, keyB, serve, testProvider } from "../../../test/support/connections-bench.js";
import type { Provider } from "../../providers/index.js";
import { createVault } from "../tokens/vault.js";
import type { ImportInput } from "./importing.js";

const input = { userId: "ada", provider: "FITBIT" } as const;
const budget = { scope: "CONNECTION", windowSeconds: 3600, limit: 150, remaining: 143 } as const;

/** A provider with something beside what it must tell. */
const withExtras = (change: Partial<Provider> = {}) =>
  testProvider(
    {
      refresh: "none",
      grantedScopes: {
        request: () => ({ method: "POST", path: "/tokeninfo", reads: true }),
        read: (answer) => (answer as { scope: string }).scope,
      },
    },
    {
      afterConsent: [
        ...testProvider().afterConsent,
        {
          name: "extras",
          required: false,
          request: () => ({ method: "GET", path: "/extras" }),
          read: () => ({ legacyUserId: "L1" }),
        },
      ],
      ...change,
    },
  );

describe("an import that could never work is refused before anybody is asked", () => {
  const now = Date.parse("2026-11-20T12:00:00Z");
  const longest = now + 10 * 366 * 86_400_000;
  test.each<[string, Partial<ImportInput>]>([
    ["a token with a line break", { accessToken: "good\nbad" }],
    ["a token with NUL", { accessToken: "good\0" }],
    ["a token with a space", { accessToken: "good bad" }],
    ["a token beyond ASCII", { accessToken: "gööd" }],
    ["a token beyond latin1", { accessToken: "good☃" }],
    ["a token of 8,193 characters", { accessToken: "a".repeat(8193) }],
    ["an empty token", { accessToken: "" }],
    ["a refresh token with a line break", { refreshToken: "r\r\nx: y" }],
    ["a refresh token of 8,193 characters", { refreshToken: "r".repeat(8193) }],
    ["an end that is no time", { expiresAt: Number.NaN }],
    ["an end before there was time", { expiresAt: -1 }],
    ["an end in more than ten years", { expiresAt: longest + 1 }],
    ["a provider's id with NUL", { providerUserId: "A\u00001" }],
    ["a provider's id of 257 characters", { providerUserId: "A".repeat(257) }],
    ["a scope with a space", { scopes: ["who move"] }],
    ["an empty scope", { scopes: ["who", ""] }],
    ["a scope of 257 characters", { scopes: ["s".repeat(257)] }],
    ["101 scopes", { scopes: Array.from({ length: 101 }, (_, n) => `s${n}`) }],
  ])("%s", async (_, change) => {
    await using at = await bench();
    at.acme.accountOf.set("good", "A1");
    const importing = at.connections.importConnection({ ...input, accessToken: "good", ...change });
    await expect(importing).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    expect(at.server.seen).toEqual([]);
  });

  test.each<[string, Partial<ImportInput>]>([
    ["a token of 8,192 characters", { accessToken: "a".repeat(8192) }],
    ["a token of every sign there is", { accessToken: "aA0-._~+/=!\"#$%&'()*,:;<>?@[]^`{|}\\" }],
    ["an end in exactly ten years", { expiresAt: longest }],
    ["an end as old as can be", { expiresAt: 0 }],
    ["a provider's id of 256 characters", { providerUserId: "A".repeat(256) }],
    ["100 scopes of 256 characters", { scopes: Array.from({ length: 100 }, (_, n) => `${n}`.padStart(256, "s")) }],
  ])("but not %s", async (_, change) => {
    await using at = await bench();
    const wanted = { ...input, accessToken: "good", ...change };
    at.acme.accountOf.set(wanted.accessToken, wanted.providerUserId ?? "A1");
    expect(await at.connections.importConnection({ scopes: ["who"], ...wanted })).toMatchObject({
      status: "CONNECTED",
    });
  });
});

test.each([[1_795_000_000_000], [null]])("the end of an imported token is kept: %j", async (expiresAt) => {
  await using at = await bench();
  at.acme.accountOf.set("good", "A1");
  const imported = await at.connections.importConnection({ ...input, accessToken: "good", expiresAt });
  const stored = await createVault({ store: at.store, encryptionKeys: [keyA] }).read(imported);
  expect(stored).toMatchObject({ accessToken: "good", refreshToken: null, expiresAt });
});

describe("tokens of other resolvers that no header can carry", () => {
  test.each(["line\nbreak", "n\0", "☃", "a".repeat(8193)])("are a typed failure: %j", async (token) => {
    await using service = await serve(() => ({ json: { accessToken: token } }));
    await using at = await bench({
      ...{ tokenResolvers: ["header", "vault", "remote"], tokenResolverUrl: service.url, tokenResolverSecret: "x" },
    });
    const connection = await at.connected();
    const steps = { method: "GET", path: "/steps" } as const;
    const sent = at.server.seen.length;
    const byHeader = await at.api.send(connection, steps, { headerTokens: { FITBIT: token } });
    expect(byHeader).toMatchObject({ kind: "failed", outcome: { failure: { code: "TOKEN_REJECTED" } } });
    expect(at.server.seen).toHaveLength(sent);
    expect((await at.connections.get(connection.id))!.status).toBe("CONNECTED");
    await at.connections.setStatus(connection.id, "REAUTHORIZATION_REQUIRED");
    const byService = await at.api.send((await at.connections.get(connection.id))!, steps);
    expect(byService).toMatchObject({ kind: "failed", outcome: { failure: { code: "UNAVAILABLE" } } });
  });

  test("are no grant at the token endpoint: the pair before it stays", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const token = await at.connections.token(connection);
    at.acme.fault = ({ path }) => (path === "/token" ? { json: { access_token: "line\nbreak" } } : undefined);
    await expect(at.connections.renewed(connection, token)).rejects.toMatchObject({ failure: { code: "UNAVAILABLE" } });
    expect((await at.connections.token(connection)).accessToken).toBe(token.accessToken);
  });
});

describe("what an import learns on its way", () => {
  test("rate limits stay with the connection, and are joined with those known before", async () => {
    const outcome: Provider["outcome"] = ({ receivedAt }) => ({
      kind: "ok",
      budgets: [{ ...budget, resetsAt: receivedAt + 1_342_000 }],
    });
    await using at = await bench({ provider: testProvider({}, { outcome }) });
    at.acme.accountOf.set("hers", "A1");
    const heard = { ...budget, resetsAt: at.clock.time + 1_342_000 };
    const imported = await at.connections.importConnection({ ...input, accessToken: "hers" });
    expect(imported.budgets).toEqual([heard]);
    const app = { ...budget, scope: "APP", limit: 90, remaining: 61, resetsAt: at.clock.time + 7_000 } as const;
    await at.connections.update(imported.id, (before) => ({ ...before, budgets: [app] }));
    expect((await at.connections.importConnection({ ...input, accessToken: "hers" })).budgets).toEqual([app, heard]);
  });

  test("so do those that a consent heard", async () => {
    const outcome: Provider["outcome"] = ({ receivedAt }) => ({
      kind: "ok",
      budgets: [{ ...budget, resetsAt: receivedAt + 9_000 }],
    });
    await using at = await bench({ provider: testProvider({}, { outcome }) });
    expect((await at.connected()).budgets).toEqual([{ ...budget, resetsAt: at.clock.time + 9_000 }]);
  });

  test("the provider's word on the scopes goes before the caller's, and before everything", async () => {
    await using at = await bench({ provider: withExtras() });
    at.acme.accountOf.set("hers", "A1");
    at.acme.fault = ({ path }) => (path === "/tokeninfo" ? { json: { scope: "who move" } } : undefined);
    const asked = (scopes?: string[]) => at.connections.importConnection({ ...input, accessToken: "hers", scopes });
    expect((await asked()).scopes).toEqual(["who", "move"]);
    expect((await asked(["who", "rest"])).scopes).toEqual(["who", "move"]);
    const { headers, method } = at.server.seen.find(({ path }) => path === "/tokeninfo")!;
    expect([method, headers.authorization]).toEqual(["POST", "Bearer hers"]);
  });

  test.each([
    ["refuses", { status: 401, json: {} }],
    ["says the consent is gone", { status: 403, json: {} }],
    ["is switched off", { status: 410, json: {} }],
    ["is broken", { status: 500, json: {} }],
    ["can't be read", { json: { scope: 7 } }],
    ["names none", { json: { scope: " " } }],
  ])("where it %s, the caller's word counts, and optional steps cost themselves alone", async (_, reply) => {
    await using at = await bench({ provider: withExtras() });
    at.acme.accountOf.set("hers", "A1");
    at.acme.fault = ({ path }) => (path === "/tokeninfo" || path === "/extras" ? reply : undefined);
    const imported = await at.connections.importConnection({ ...input, accessToken: "hers", scopes: ["who", "rest"] });
    expect(imported).toMatchObject({ status: "CONNECTED", providerUserId: "A1", scopes: ["who", "rest"] });
    expect((await at.connections.token(imported)).accessToken).toBe("hers");
    // Each day again, with the stored connection.
    expect((await at.connections.readIdentity(imported)).kind).toBe("ok");
    expect((await at.connections.get(imported.id))!.status).toBe("CONNECTED");
    expect((await at.connections.token(imported)).accessToken).toBe("hers");
  });

  test("a required step's refusal still ends what has ended", async () => {
    await using at = await bench({ provider: withExtras() });
    at.acme.accountOf.set("hers", "A1");
    const imported = await at.connections.importConnection({ ...input, accessToken: "hers" });
    at.acme.accountOf.delete("hers");
    expect(await at.connections.readIdentity(imported)).toMatchObject({ kind: "failed" });
    expect((await at.connections.get(imported.id))!.status).toBe("REAUTHORIZATION_REQUIRED");
  });
});

describe("an optional request that is refused", () => {
  const extras = { method: "GET", path: "/extras", optional: true } as const;
  const refused = { kind: "failed", outcome: { failure: { code: "INSUFFICIENT_SCOPE" } } };

  test.each([
    ["is not worth a refresh where the token's end is known", 3600, 0],
    ["makes a token fresh whose end is not known, once", null, 1],
  ])("%s", async (_, expiresIn, refreshes) => {
    await using at = await bench();
    at.acme.expiresIn = expiresIn;
    at.acme.fault = ({ path }) => (path === "/extras" ? { status: 401, json: {} } : undefined);
    const connection = await at.connected();
    expect(await at.api.send(connection, extras)).toMatchObject(refused);
    expect(at.tokenRequests()).toHaveLength(refreshes);
    expect((await at.connections.get(connection.id))!.status).toBe("CONNECTED");
  });

  test("succeeds with the fresh token where the old one had run out", async () => {
    await using at = await bench();
    at.acme.expiresIn = null;
    const connection = await at.connected();
    at.acme.accountOf.clear();
    expect(await at.api.send(connection, extras)).toMatchObject({ kind: "ok", requests: 2 });
  });

  test("is sent again with the pair of a consent that came meanwhile", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.acme.fault = async ({ path }) => {
      if (path !== "/extras") return undefined;
      at.acme.fault = () => undefined;
      await at.connect();
      return { status: 401, json: {} };
    };
    expect(await at.api.send(connection, extras)).toMatchObject({ kind: "ok", requests: 2 });
  });

  test("costs a header token nothing either", async () => {
    await using at = await bench({ tokenResolvers: ["header", "vault"] });
    const connection = await at.connected();
    expect(await at.api.send(connection, extras, { headerTokens: { FITBIT: "brought" } })).toMatchObject(refused);
  });
});

test("an account that another user has is refused before anybody is asked, until that user has left", async () => {
  await using at = await bench();
  const theirs = await at.connected("bob");
  at.acme.refreshTokens.set("brought-rt", "A1");
  const brought = { ...input, accessToken: "old", refreshToken: "brought-rt", expiresAt: 1, providerUserId: "A1" };
  const sent = at.server.seen.length;
  const refused = at.connections.importConnection(brought);
  await expect(refused).rejects.toMatchObject({ code: "PROVIDER_ACCOUNT_IN_USE" });
  expect(at.server.seen).toHaveLength(sent);
  await at.connections.setStatus(theirs.id, "REVOKED");
  expect(await at.connections.importConnection(brought)).toMatchObject({ userId: "ada", providerUserId: "A1" });
  // And who has it may bring it again.
  at.acme.accountOf.set("again", "A1");
  const again = { ...input, accessToken: "again", providerUserId: "A1" };
  expect(await at.connections.importConnection(again)).toMatchObject({ userId: "ada", status: "CONNECTED" });
});

test.each([
  ["one that had to be renewed is adopted without a name: it is all that is left", 1, "CONNECTED"],
  ["one as it was brought is turned down: it can be brought again", null, "PROVIDER_UNAVAILABLE"],
])("of a pair whose person can't be asked for, %s", async (_, expiresAt, found) => {
  await using at = await bench();
  at.acme.refreshTokens.set("brought-rt", "A1");
  at.acme.accountOf.set("old", "A1");
  at.acme.fault = ({ path }) => (path === "/me" ? { status: 503 } : undefined);
  const brought = { ...input, accessToken: "old", refreshToken: "brought-rt", expiresAt };
  const asked = at.connections.importConnection(brought).then(
    ({ status, providerUserId }) => [status, providerUserId],
    (error) => [error.code, null],
  );
  expect(await asked).toEqual([found, null]);
});

test("a pair that an import renewed and could not adopt is found by the next import of the same", async () => {
  await using at = await bench();
  let down = false;
  const store = fragile(at.store, () => down, "values");
  const replica = at.replica({ store });
  at.acme.refreshTokens.set("brought-rt", "A1");
  at.acme.fault = ({ path }) => {
    if (path === "/me") down = true;
    return undefined;
  };
  const brought = { ...input, accessToken: "old", refreshToken: "brought-rt", expiresAt: 1 };
  await expect(replica.importConnection(brought)).rejects.toThrow("disk full");
  down = false;
  at.acme.fault = () => undefined;
  expect(await at.connections.list("ada")).toEqual([]);
  const imported = await at.connections.importConnection(brought);
  expect(imported).toMatchObject({ status: "CONNECTED", providerUserId: "A1" });
  expect(at.tokenRequests()).toHaveLength(1);
  expect((await at.connections.token(imported)).accessToken).toBe([...at.acme.accountOf.keys()].at(-1));
  const left: string[] = [];
  for await (const [key] of at.store.collection("tokens").scan("")) left.push(key);
  expect(left).toEqual([imported.id]);
});

test("a renewed pair that waits for the next import goes with its user, and with no other", async () => {
  await using at = await bench();
  await at.connected("holder");
  for (const [userId, pair] of [
    ["ada", "ada-rt"],
    ["bob", "bob-rt"],
  ] as const) {
    at.acme.refreshTokens.set(pair, "A1");
    const brought = { ...input, userId, accessToken: "old", refreshToken: pair, expiresAt: 1 };
    await expect(at.connections.importConnection(brought)).rejects.toMatchObject({ code: "PROVIDER_ACCOUNT_IN_USE" });
  }
  const waiting = async () => {
    const keys: string[] = [];
    for await (const key of at.store.collection("tokens").keys("import-")) keys.push(key);
    return keys;
  };
  const both = await waiting();
  expect(both).toHaveLength(2);
  await at.connections.deleteUser("ada");
  const [left, ...more] = await waiting();
  expect(more).toEqual([]);
  await at.connections.deleteUser("bob");
  expect([both.includes(left!), await waiting()]).toEqual([true, []]);
});

test("so is one that another user's connection stood in the way of; it waits for a day, and not once it is refused", async () => {
  await using at = await bench();
  await at.connected("bob");
  const lasts: unknown[] = [];
  const store = Object.assign(Object.create(at.store), {
    collection: (name: string) => {
      const inner = at.store.collection<never>(name);
      const set: typeof inner.set = async (key, value, ttlMs) => {
        if (name === "tokens") lasts.push([key.startsWith("import-"), ttlMs]);
        await inner.set(key, value, ttlMs);
      };
      return Object.assign(Object.create(inner), { set });
    },
  });
  const replica = at.replica({ store });
  at.acme.refreshTokens.set("brought-rt", "A1");
  const brought = { ...input, accessToken: "old", refreshToken: "brought-rt", expiresAt: 1 };
  const importing = () => replica.importConnection(brought);
  await expect(importing()).rejects.toMatchObject({ code: "PROVIDER_ACCOUNT_IN_USE" });
  expect(new Set(lasts.map((each) => JSON.stringify(each)))).toEqual(new Set(["[true,86400000]"]));
  expect(at.tokenRequests()).toHaveLength(1);
  await at.connections.disconnect({ userId: "bob", provider: "FITBIT" });
  const [access, refresh] = [[...at.acme.accountOf], [...at.acme.refreshTokens]];
  at.acme.accountOf.clear();
  at.acme.refreshTokens.clear();
  await expect(importing()).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
  expect(at.tokenRequests()).toHaveLength(2);
  at.acme.accountOf = new Map(access);
  at.acme.refreshTokens = new Map([...refresh, ["brought-rt", "A1"]]);
  expect(await importing()).toMatchObject({ status: "CONNECTED", providerUserId: "A1" });
});

describe("what has to be set right", () => {
  test("is said of keys that don't open the tokens, and of tokens that are damaged", async () => {
    await using at = await bench();
    const connection = await at.connected();
    expect(await at.connections.problem(connection)).toBeNull();
    const keyless = at.replica({ encryptionKeys: [keyB] });
    await keyless.recover();
    await keyless.recover();
    const named = at.logged.filter((line) => line.includes("ENCRYPTION_KEYS"));
    expect(named).toEqual([expect.stringMatching(/^\[\{"tokens":1,"keyIds":\["[0-9a-f]{16}"\]\}/)]);
    expect(await keyless.problem(connection)).toMatch(/ENCRYPTION_KEYS/);
    await expect(keyless.token(connection)).rejects.toMatchObject({ failure: { code: "NOT_CONFIGURED" } });
    expect((await at.connections.get(connection.id))!.status).toBe("CONNECTED");

    const boxes = at.store.collection<{ data: string }>("tokens");
    await boxes.set(connection.id, { ...(await boxes.get(connection.id))!, data: "AAAA" });
    expect(await at.connections.problem(connection)).toMatch(/damaged/);
    await expect(at.connections.token(connection)).rejects.toMatchObject({ failure: { code: "CONSENT_LOST" } });
    const ended = (await at.connections.get(connection.id))!;
    expect([ended.status, await at.connections.problem(ended)]).toEqual([
      "REAUTHORIZATION_REQUIRED",
      expect.stringMatching(/connect it again/),
    ]);
  });

  test("is said of tokens that a later release stored, and nothing ends for them", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const later = at.store.collection<unknown>("tokens", { read: (value) => value, version: 2 });
    await later.set(connection.id, await later.get(connection.id));
    expect(await at.connections.problem(connection)).toMatch(/later release/);
    await expect(at.connections.token(connection)).rejects.toMatchObject({ failure: { code: "NOT_CONFIGURED" } });
    expect((await at.connections.get(connection.id))!.status).toBe("CONNECTED");
  });

  test("is what the provider said last, until it answers well", async () => {
    let say: "ACTION_REQUIRED" | "NOT_CONFIGURED" | "UNAVAILABLE" | null = null;
    const outcome: Provider["outcome"] = () =>
      say ? { kind: "failed", failure: { code: say, message: `Because ${say}.` } } : { kind: "ok" };
    await using at = await bench({ provider: testProvider({}, { outcome }) });
    const connection = await at.connected();
    const after = async (code: typeof say, optional = false) => {
      say = code;
      await at.api.send(connection, { method: "GET", path: "/steps", optional });
      return await at.connections.problem((await at.connections.get(connection.id))!);
    };
    expect(await after("ACTION_REQUIRED", true)).toBeNull();
    expect(await after("ACTION_REQUIRED")).toBe("Because ACTION_REQUIRED.");
    expect(await after("UNAVAILABLE")).toBe("Because ACTION_REQUIRED.");
    expect(await after("NOT_CONFIGURED")).toBe("Because NOT_CONFIGURED.");
    expect(await after(null, true)).toBe("Because NOT_CONFIGURED.");
    expect(await after(null)).toBeNull();
  });

  test("is said of a client that the token endpoint does not take, and of one that is not configured", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.acme.fault = ({ path }) => (path === "/token" ? { status: 401, json: { error: "invalid_client" } } : undefined);
    await at.connections.renewed(connection, await at.connections.token(connection)).catch(() => {});
    const told = async (by = at.connections) => await by.problem((await by.get(connection.id))!);
    expect(await told()).toMatch(/client id or secret/);
    const without = at.replica({ settings: () => ({ ...at.settings, clientId: null }) });
    expect(await told(without)).toMatch(/no client id/);
  });

  test("is said of a consent that ends by itself, that has ended, and of each status", async () => {
    await using at = await bench();
    const connection = { ...(await at.connected()), grantEndsAt: Date.parse("2026-11-27T08:00:00Z") };
    const said = (change: object) => at.connections.problem({ ...connection, ...change });
    expect(await said({})).toMatch(/ends by itself on 2026-11-27: publish the app/);
    expect(await said({ grantEndsAt: at.clock.time + 1 })).toMatch(/ends by itself/);
    expect(await said({ grantEndsAt: at.clock.time })).toMatch(/ended by itself on 2026-11-20/);
    expect(await said({ grantEndsAt: null })).toBeNull();
    expect(await said({ status: "REVOKED" })).toBeNull();
    expect(await said({ status: "RETIRED" })).toBeNull();
    expect(await said({ status: "AWAITING_CONFIRMATION" })).toMatch(/not confirmed/);
    await createVault({ store: at.store, encryptionKeys: [keyA] }).drop(connection.id);
    expect(await said({})).toMatch(/No tokens are stored/);
  });
});

describe("how long a token endpoint makes us wait", () => {
  test.each([
    ["seconds", "90", 90_000],
    ["a time stamp that lies in 2083", "3566246400", 7_200_000],
    ["a number without an end", "9".repeat(30), 7_200_000],
    ["just what the longest is", "7200", 7_200_000],
  ])("%s", async (_, header, waitMs) => {
    await using at = await bench();
    const connection = await at.connected();
    at.clock.time += 3_700_000;
    at.acme.fault = ({ path }) =>
      path === "/token" ? { status: 429, json: {}, headers: { "retry-after": header } } : undefined;
    const failure = await at.connections.token(connection).catch((error) => error.failure);
    expect(failure).toMatchObject({ code: "UNAVAILABLE", retryAt: at.clock.time + waitMs });
    at.acme.fault = () => undefined;
    at.clock.time += waitMs - 1;
    await expect(at.connections.token(connection)).rejects.toMatchObject({ failure: { code: "UNAVAILABLE" } });
    at.clock.time += 1;
    expect((await at.connections.token(connection)).resolver).toBe("vault");
  });

  test.each(["-5", "soon", "0"])("%s is no wait", async (header) => {
    await using at = await bench();
    const connection = await at.connected();
    at.clock.time += 3_700_000;
    at.acme.fault = ({ path }) =>
      path === "/token" ? { status: 429, json: {}, headers: { "retry-after": header } } : undefined;
    const failure = await at.connections.token(connection).catch((error) => error.failure);
    expect(failure.retryAt).toBeUndefined();
  });
});

test.each([
  ["ten years are the longest life", 316_224_000, 316_224_000_000],
  ["a longer one is none", 316_224_001, null],
  ["0 is none", 0, null],
  ["a negative one is none", -1, null],
])("of a granted token, %s", async (_, expiresIn, lifeMs) => {
  await using at = await bench();
  at.acme.expiresIn = expiresIn;
  const connection = await at.connected();
  const stored = await createVault({ store: at.store, encryptionKeys: [keyA] }).read(connection);
  expect(stored!.expiresAt).toBe(lifeMs === null ? null : at.clock.time + lifeMs);
});
