import { createHash, createHmac } from "node:crypto";
import { inspect } from "node:util";
import { bench, fragile, keyA, keyB, serve, testProvider } from "../../../test/support/connections-bench.js";
import { ProviderFailure } from "../oauth/provider-failure.js";
import { createCipher, createVault, VaultUnreadable } from "./vault.js";

const failureOf = async (asking: Promise<unknown>) => {
  const error = await asking.then(() => null).catch((thrown: unknown) => thrown);
  if (!(error instanceof ProviderFailure)) throw new Error(`not a ProviderFailure: ${inspect(error)}`);
  return error.failure;
};

describe("refreshing", () => {
  test("a good token is used as it is; one near its end is renewed first", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const first = await at.connections.token(connection);
    expect(first).toMatchObject({ resolver: "vault", cacheScope: null });
    at.clock.time += 54 * 60_000;
    expect(await at.connections.token(connection)).toEqual(first);
    at.clock.time += 2 * 60_000;
    expect((await at.connections.token(connection)).accessToken).not.toBe(first.accessToken);
    expect(at.tokenRequests()).toHaveLength(1);
  });

  test("a short-lived token is not renewed at every use", async () => {
    await using at = await bench();
    at.acme.expiresIn = 60;
    const connection = await at.connected();
    for (let use = 0; use < 5; use++) await at.connections.token(connection);
    expect(at.tokenRequests()).toHaveLength(0);
  });

  test("fifty at once over two processes make one refresh, and all get its token", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const other = at.replica();
    at.clock.time += 3_700_000;
    const asking = Array.from({ length: 50 }, (_, n) => (n % 2 ? other : at.connections).token(connection));
    const found = new Set((await Promise.all(asking)).map(({ accessToken }) => accessToken));
    expect(found.size).toBe(1);
    expect(at.tokenRequests()).toHaveLength(1);
  });

  test("fifty rejected at once make one refresh", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const other = at.replica();
    const rejected = await at.connections.token(connection);
    const asking = Array.from({ length: 50 }, (_, n) => (n % 2 ? other : at.connections).renewed(connection, rejected));
    await Promise.all(asking);
    expect(at.tokenRequests()).toHaveLength(1);
  });

  test("fifty at once in one process ask the store for the lease once", async () => {
    await using at = await bench();
    const connection = await at.connected();
    let leases = 0;
    const lease: typeof at.store.lease = async (name, ttlMs) => {
      if (name === `tokens:${connection.id}`) leases++;
      return await at.store.lease(name, ttlMs);
    };
    const replica = at.replica({ store: Object.assign(Object.create(at.store), { lease }) });
    at.clock.time += 3_700_000;
    const found = await Promise.all(Array.from({ length: 50 }, () => replica.token(connection)));
    expect([leases, new Set(found.map(({ accessToken }) => accessToken)).size]).toEqual([1, 1]);
  });

  test("a token that somebody else has renewed is not renewed again for being refused", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const rejected = await at.connections.token(connection);
    const renewed = await at.replica().renewed(connection, rejected);
    expect(await at.connections.renewed(connection, rejected)).toEqual(renewed);
    expect(at.tokenRequests()).toHaveLength(1);
  });

  test("a consent found lost by an early renewal is lost, though the old token had some minutes left", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.acme.refreshTokens.clear();
    at.clock.time += 56 * 60_000;
    expect((await failureOf(at.connections.token(connection))).code).toBe("CONSENT_LOST");
    expect(await at.connections.get(connection.id)).toMatchObject({ status: "REAUTHORIZATION_REQUIRED" });
  });

  test.each(["REVOKED", "AWAITING_CONFIRMATION", "REAUTHORIZATION_REQUIRED"] as const)(
    "a connection that is %s has no token, whatever the vault holds",
    async (status) => {
      await using at = await bench();
      const connection = await at.connected();
      expect((await failureOf(at.connections.token({ ...connection, status }))).code).toBe("CONSENT_LOST");
      expect(await at.connections.token(connection)).toMatchObject({ resolver: "vault" });
    },
  );

  test("a refusal ends the connection once, with one event, and is not asked for again", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.acme.refreshTokens.clear();
    at.clock.time += 3_700_000;
    at.changed.length = 0;
    for (let use = 0; use < 3; use++) {
      expect((await failureOf(at.connections.token(connection))).code).toBe("CONSENT_LOST");
    }
    expect(at.changed.map(({ status }) => status)).toEqual(["REAUTHORIZATION_REQUIRED"]);
    expect(at.tokenRequests()).toHaveLength(1);
    expect(await at.connected()).toMatchObject({ id: connection.id, status: "CONNECTED" });
  });

  test("a loser that is refused reads the vault again before it judges", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const vault = createVault({ store: at.store, encryptionKeys: [keyA] });
    at.clock.time += 3_700_000;
    const winners = { accessToken: "at-won", refreshToken: "rt-won", expiresAt: null, obtainedAt: at.clock.time };
    at.acme.fault = ({ path }) => {
      if (path !== "/token") return undefined;
      // Somebody who held the lease before us stores the outcome while we are asking.
      void vault.save(connection, winners);
      return { status: 400, json: { error: "invalid_grant" } };
    };
    expect((await at.connections.token(connection)).accessToken).toBe("at-won");
    expect(await at.connections.get(connection.id)).toMatchObject({ status: "CONNECTED" });
  });

  test.each([500, 429, 400, 401])("an answer %i without invalid_grant changes nothing", async (status) => {
    await using at = await bench();
    const connection = await at.connected();
    at.clock.time += 3_700_000;
    at.acme.fault = ({ path }) => (path === "/token" ? { status, json: {} } : undefined);
    expect((await failureOf(at.connections.token(connection))).code).toBe("UNAVAILABLE");
    expect(await at.connections.get(connection.id)).toMatchObject({ status: "CONNECTED" });
    at.acme.fault = () => undefined;
    expect(await at.connections.token(connection)).toMatchObject({ resolver: "vault" });
  });

  test("repeated trouble is waited out, and an early renewal that fails hurts nobody", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.acme.fault = ({ path }) => (path === "/token" ? { status: 500 } : undefined);
    at.clock.time += 56 * 60_000;
    for (let use = 0; use < 5; use++) await at.connections.token(connection);
    expect(at.tokenRequests()).toHaveLength(2);
    at.clock.time += 10 * 60_000;
    await failureOf(at.connections.token(connection));
    expect(await failureOf(at.connections.token(connection))).toMatchObject({ retryAt: at.clock.time + 4000 });
    expect(at.tokenRequests()).toHaveLength(3);
  });

  test("an answer lost on its way is fetched by the identical request", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.clock.time += 3_700_000;
    let cuts = 0;
    at.acme.fault = ({ path }) => (path === "/token" && cuts++ === 0 ? { cut: true } : undefined);
    await at.connections.token(connection);
    const [first, second] = at.tokenRequests();
    expect(second!.body).toBe(first!.body);
  });

  test("a crash between answer and write is made good inside the provider's window", async () => {
    await using at = await bench();
    const connection = await at.connected();
    // The provider answers a repeat of the same refresh with the same pair.
    const repeats = new Map<string, unknown>();
    let down = false;
    at.acme.fault = ({ path, form }) => {
      const token = form.get("refresh_token");
      if (path !== "/token" || token === null) return undefined;
      if (!repeats.has(token))
        repeats.set(token, { access_token: "at-new", refresh_token: "rt-new", expires_in: 3600 });
      down = repeats.size === 1 && at.tokenRequests().length === 1;
      return { json: repeats.get(token) };
    };
    const doomed = at.replica({ store: fragile(at.store, () => down) });
    await expect(doomed.renewed(connection, await doomed.token(connection))).rejects.toThrow("disk full");
    // Another process, half an hour of life left in the old token: it must not be trusted, nor the window missed.
    const next = at.replica();
    await next.recover();
    expect(at.tokenRequests()).toHaveLength(2);
    expect((await next.token(connection)).accessToken).toBe("at-new");
    expect(at.tokenRequests()).toHaveLength(2);
    // The process that could not write still knows the pair, and sees that it is stored by now.
    expect((await doomed.token(connection)).accessToken).toBe("at-new");
  });

  test("an answer without a refresh token keeps the old one", async () => {
    await using at = await bench({
      provider: testProvider({ refresh: "reusable", refreshRepeatSeconds: 0, clientAuth: "body" }),
    });
    const connection = await at.connected();
    const vault = createVault({ store: at.store, encryptionKeys: [keyA] });
    const before = await vault.read(connection);
    at.acme.fault = ({ path }) =>
      path === "/token" ? { json: { access_token: "at-next", expires_in: 60 } } : undefined;
    at.clock.time += 3_700_000;
    await at.connections.token(connection);
    expect(await vault.read(connection)).toMatchObject({ accessToken: "at-next", refreshToken: before!.refreshToken });
    const [request] = at.tokenRequests();
    expect(request!.headers.authorization).toBeUndefined();
    expect(request!.form.get("client_secret")).toBe("s:ecret");
  });

  test("where nothing can be refreshed, a token is good until it is refused", async () => {
    await using at = await bench({ provider: testProvider({ refresh: "none" }) });
    at.acme.expiresIn = null;
    const connection = await at.connected();
    const token = await at.connections.token(connection);
    expect((await failureOf(at.connections.renewed(connection, token))).code).toBe("CONSENT_LOST");
    expect(at.tokenRequests()).toHaveLength(0);
    expect(await at.connections.get(connection.id)).toMatchObject({ status: "REAUTHORIZATION_REQUIRED" });
  });

  test("no token in any log line, event, error or stored value", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const { accessToken } = await at.connections.token(connection);
    at.acme.fault = ({ path }) =>
      path === "/token" ? { status: 400, json: { error: "invalid_grant", token: accessToken } } : undefined;
    at.clock.time += 3_700_000;
    const error = await at.connections.token(connection).catch((thrown: unknown) => thrown);
    const written: unknown[] = [at.logged, at.changed, inspect(error, { depth: 9 })];
    for (const name of ["tokens", "connections", "oauth-states"]) {
      for await (const entry of at.store.collection(name).scan("")) written.push(entry);
    }
    expect(at.logged).not.toEqual([]);
    expect(JSON.stringify(written)).not.toMatch(/\b[ar]t-[0-9a-f]{12}/);
  });
});

describe("the vault", () => {
  test.each([
    ["none at all", []],
    ["a key of 31 bytes", [keyA.slice(1)]],
    ["a key of 33 bytes after a good one", [keyA, new Uint8Array(33)]],
  ])("is not made with %s", (_, keys) => {
    expect(() => createCipher(keys)).toThrow("32 bytes");
  });

  test("reads what an older key encrypted, and encrypts it anew", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const rotated = createVault({ store: at.store, encryptionKeys: [keyB, keyA] });
    const tokens = await rotated.read(connection);
    expect(tokens?.accessToken).toMatch(/^at-/);
    expect(await createVault({ store: at.store, encryptionKeys: [keyB] }).read(connection)).toEqual(tokens);
    await expect(createVault({ store: at.store, encryptionKeys: [keyA] }).read(connection)).rejects.toThrow(
      VaultUnreadable,
    );
  });

  test("seals nothing twice alike", () => {
    const { seal } = createCipher([keyA]);
    const boxes = Array.from({ length: 20 }, () => seal(["a"], "the same"));
    expect([new Set(boxes.map(({ nonce }) => nonce)).size, new Set(boxes.map(({ data }) => data)).size]).toEqual([
      20, 20,
    ]);
  });

  test("encrypts nothing anew while somebody is at work on the tokens, and keeps the lease for nobody", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const rotated = createVault({ store: at.store, encryptionKeys: [keyB, keyA] });
    const row = async () => JSON.stringify(await at.store.collection("tokens").get(connection.id));
    const lease = await at.store.lease(`tokens:${connection.id}`, 60_000);
    const before = await row();
    await rotated.read(connection);
    expect(await row()).toBe(before);
    await lease!.release();
    await rotated.read(connection);
    expect(await row()).not.toBe(before);
    expect(await at.store.lease(`tokens:${connection.id}`, 1)).not.toBeNull();
  });

  test("reads what an older key encrypted even where nothing can be written", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const rotated = createVault({ store: fragile(at.store, () => true), encryptionKeys: [keyB, keyA] });
    expect((await rotated.read(connection))?.accessToken).toMatch(/^at-/);
  });

  test("opens nothing that was altered or moved to another user", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const vault = createVault({ store: at.store, encryptionKeys: [keyA] });
    await expect(vault.read({ ...connection, userId: "bob" })).rejects.toThrow(VaultUnreadable);
    await expect(vault.read({ ...connection, provider: "MISFIT" })).rejects.toThrow(VaultUnreadable);
    const moved = at.store.collection("tokens");
    await moved.set("another", (await moved.get(connection.id))!);
    await expect(vault.read({ ...connection, id: "another" })).rejects.toThrow(VaultUnreadable);
    const boxes = at.store.collection<{ keyId: string; nonce: string; data: string }>("tokens");
    const box = (await boxes.get(connection.id))!;
    await boxes.set(connection.id, { ...box, data: `AAAA${box.data.slice(4)}` });
    await expect(vault.read(connection)).rejects.toThrow(VaultUnreadable);
  });
});

describe("other resolvers", () => {
  test("a header token goes first, is kept apart under its hash, and touches nothing stored", async () => {
    await using at = await bench({ tokenResolvers: ["header", "vault"] });
    await at.connected();
    at.acme.accountOf.set("brought", "A9");
    const headerTokens = { FITBIT: "brought" };
    const [connection] = await at.connections.forReading("ada", headerTokens);
    const hash = createHash("sha256").update("brought").digest("base64url");
    expect(connection).toMatchObject({ id: `header-${hash}`, providerUserId: null });
    const token = await at.connections.token(connection!, headerTokens);
    expect(token).toEqual({ accessToken: "brought", resolver: "header", cacheScope: hash });
    const answer = await at.api.send(connection!, { method: "GET", path: "/steps" }, { headerTokens });
    expect(answer).toMatchObject({ kind: "ok", tokenScope: hash });
    at.acme.accountOf.delete("brought");
    const refused = await at.api.send(connection!, { method: "GET", path: "/steps" }, { headerTokens });
    expect(refused).toMatchObject({ kind: "failed", outcome: { failure: { code: "TOKEN_REJECTED" } } });
    expect(await at.connections.list("ada")).toMatchObject([{ status: "CONNECTED" }]);
  });

  test("a header token is ignored unless its resolver is on", async () => {
    await using at = await bench();
    expect(await at.connections.forReading("ada", { FITBIT: "brought" })).toEqual([]);
    const connection = await at.connected();
    expect(await at.connections.token(connection, { FITBIT: "brought" })).toMatchObject({ resolver: "vault" });
  });

  test.each(["", "two words", "tab\t", "umlaut-ä", "x".repeat(8_193)])("no header is made of %j", async (brought) => {
    await using at = await bench({ tokenResolvers: ["header", "vault"] });
    const connection = await at.connected();
    const asked = at.connections.token(connection, { FITBIT: brought });
    expect((await failureOf(asked)).code).toBe("TOKEN_REJECTED");
  });

  test("a header token that is refused is not replaced by a stored one", async () => {
    await using at = await bench({ tokenResolvers: ["header", "vault"] });
    const connection = await at.connected();
    const brought = await at.connections.token(connection, { FITBIT: "brought" });
    expect((await failureOf(at.connections.renewed(connection, brought))).code).toBe("TOKEN_REJECTED");
    await at.connections.rejectedForGood(connection, brought);
    expect(await at.connections.list("ada")).toMatchObject([{ status: "CONNECTED" }]);
  });

  test("the app's own service is asked with a signature, and asked again for a rejected token", async () => {
    const answers = ["r1", "r2"];
    await using service = await serve(({ body }) =>
      body.includes("ada")
        ? { json: { accessToken: answers.shift(), expiresAt: "2026-11-20T13:00:00Z" } }
        : { status: 404 },
    );
    await using at = await bench({
      ...{ tokenResolvers: ["vault", "remote"], tokenResolverUrl: service.url, tokenResolverSecret: "shared" },
    });
    expect(await at.connections.forReading("bob", {})).toEqual([]);
    const [connection] = await at.connections.forReading("ada", {});
    const token = await at.connections.token(connection!);
    expect(token).toEqual({ accessToken: "r1", resolver: "remote", cacheScope: null });
    expect(await at.connections.renewed(connection!, token)).toMatchObject({ accessToken: "r2" });
    const asked = service.seen.at(-1)!;
    expect(JSON.parse(asked.body)).toEqual({ userId: "ada", provider: "FITBIT" });
    const signature = createHmac("sha256", "shared").update(asked.body).digest("hex");
    expect(asked.headers["x-pulsegate-signature"]).toBe(`sha256=${signature}`);
    expect(service.seen).toHaveLength(3);
  });

  test("a token of the app's service is not held beyond the end of its connection", async () => {
    await using service = await serve(() => ({
      json: { accessToken: `r${service.seen.length}`, expiresAt: "2083-01-01T00:00:00Z" },
    }));
    await using at = await bench({
      ...{ tokenResolvers: ["vault", "remote"], tokenResolverUrl: service.url, tokenResolverSecret: "shared" },
    });
    const tokenOnceOursIsDead = async () => {
      const connection = await at.connected();
      at.acme.refreshTokens.clear();
      at.clock.time += 3_600_000;
      return (await at.connections.token(connection)).accessToken;
    };
    expect(await tokenOnceOursIsDead()).toBe("r1");
    expect(await tokenOnceOursIsDead()).toBe("r1");
    await at.connections.disconnect({ userId: "ada", provider: "FITBIT" });
    expect(await tokenOnceOursIsDead()).toBe("r2");
  });

  test("a token of the app's service is asked for again after a day, whatever end it names", async () => {
    await using service = await serve(() => ({ json: { accessToken: "r1", expiresAt: "2083-01-01T00:00:00Z" } }));
    await using at = await bench({
      ...{ tokenResolvers: ["remote"], tokenResolverUrl: service.url, tokenResolverSecret: "shared" },
    });
    const [connection] = await at.connections.forReading("ada", {});
    at.clock.time += 86_399_999;
    await at.connections.token(connection!);
    expect(service.seen).toHaveLength(1);
    at.clock.time += 1;
    await at.connections.token(connection!);
    expect(service.seen).toHaveLength(2);
    // The same token again is no reason to send what it was refused for again.
    const extras = { method: "GET", path: "/extras", optional: true } as const;
    expect(await at.api.send(connection!, extras)).toMatchObject({ kind: "failed", requests: 1 });
  });
});
