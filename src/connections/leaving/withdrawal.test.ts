import { bench, type Exchange, keyA, type Reply, testProvider } from "../../../test/support/connections-bench.js";
import { offline, oneToken, prefixed, signedProcedures } from "../../../test/support/logins.js";
import { createCipher } from "../tokens/vault.js";

/** How each kind of withdrawal is asked for, and what is owed where the provider can't take it just then. */

type Login = Parameters<typeof testProvider>[0];
type Bench = Awaited<ReturnType<typeof bench>>;

const input = { userId: "ada", provider: "FITBIT" } as const;
const benchOf = (login: Login) => bench({ provider: testProvider(login) });
/** What the API of the test provider answers to a withdrawal; everything else is as usual. */
const answering = (at: Bench, path: string, reply: Reply | ((asked: Exchange) => Reply | undefined)) => {
  at.acme.fault = (asked) => (asked.path === path ? (typeof reply === "function" ? reply(asked) : reply) : undefined);
};
const asked = (at: Bench, path: string) => at.server.seen.filter((exchange) => exchange.path === path);
const bearers = (at: Bench, path: string) => asked(at, path).map(({ headers }) => headers.authorization);
const tokenOf = async (at: Bench) => {
  const [connection] = await at.connections.list("ada");
  return (await at.connections.token(connection!)).accessToken;
};
const owed = async (at: Bench) => {
  const rows: string[] = [];
  for await (const [key] of at.store.collection("owed-revocations").scan("")) rows.push(key);
  return rows;
};
/** A process that starts with what the last one left. */
const restarted = async (at: Bench) => await at.replica().recover();
const access = "/v2/user/access";

describe("by a request with the person's own token", () => {
  test("is sent with the token in use, as long as it is good", async () => {
    await using at = await benchOf(offline);
    await at.connected();
    const token = await tokenOf(at);
    answering(at, access, { status: 204 });
    expect(await at.connections.disconnect(input)).toEqual({ revokedAtProvider: true, notices: [] });
    expect(asked(at, access).map(({ method, body }) => [method, body])).toEqual([["DELETE", ""]]);
    expect(bearers(at, access)).toEqual([`Bearer ${token}`]);
    expect([at.tokenRequests().length, await owed(at)]).toEqual([0, []]);
  });

  test("is renewed first where the token ran out, at its last moment and not before", async () => {
    for (const [late, refreshes] of [
      [3_600_000 - 1, 0],
      [3_600_000, 1],
    ] as const) {
      await using at = await benchOf(offline);
      await at.connected();
      const old = await tokenOf(at);
      answering(at, access, { status: 204 });
      at.clock.time += late;
      expect((await at.connections.disconnect(input)).revokedAtProvider).toBe(true);
      expect([at.tokenRequests().length, asked(at, access).length]).toEqual([refreshes, 1]);
      expect(bearers(at, access).includes(`Bearer ${old}`)).toBe(refreshes === 0);
    }
  });

  test("is renewed once where the provider refuses the token, and is over where it refuses the new one too", async () => {
    await using at = await benchOf(offline);
    await at.connected();
    answering(at, access, { status: 401 });
    expect((await at.connections.disconnect(input)).revokedAtProvider).toBe(true);
    expect([at.tokenRequests().length, new Set(bearers(at, access)).size]).toEqual([1, 2]);
  });

  test("is over where the refresh token is dead", async () => {
    await using at = await benchOf(offline);
    await at.connected();
    at.acme.refreshTokens.clear();
    at.clock.time += 3_600_000;
    expect((await at.connections.disconnect(input)).revokedAtProvider).toBe(true);
    expect([asked(at, access).length, await owed(at)]).toEqual([0, []]);
  });

  test("survives a restart with the newest pair, and renews it again when that has run out", async () => {
    await using at = await benchOf(offline);
    const connection = await at.connected();
    answering(at, access, { status: 503 });
    at.clock.time += 3_600_000;
    const { revokedAtProvider, notices } = await at.connections.disconnect(input);
    expect([revokedAtProvider, notices.length, await owed(at)]).toEqual([false, 1, [connection.id]]);
    await restarted(at);
    at.clock.time += 3_600_000;
    await restarted(at);
    answering(at, access, { status: 204 });
    at.clock.time += 3_600_000;
    await restarted(at);
    expect(await owed(at)).toEqual([]);
    // Each refresh token works once: had an older pair been kept, a refresh would have been refused.
    expect(at.tokenRequests().length).toBe(3);
    expect(at.acme.refreshTokens.size).toBe(1);
    const [first, second, third, last] = bearers(at, access);
    expect(second).toBe(first);
    expect(new Set([second, third, last]).size).toBe(3);
    await restarted(at);
    expect(asked(at, access)).toHaveLength(4);
  });

  test("is kept without a readable token, and with another key it is sealed anew", async () => {
    await using at = await benchOf(offline);
    // No ciphertext has it by chance: "-" is no letter of base64.
    at.acme.account = "u-41";
    const connection = await at.connected();
    const token = await tokenOf(at);
    answering(at, access, { status: 503 });
    await at.connections.disconnect(input);
    const row = JSON.stringify(await at.store.collection("owed-revocations").get(connection.id));
    expect(row).not.toContain(token);
    expect(row).not.toContain(connection.providerUserId);
    const keyB = new Uint8Array(32).fill(2);
    expect(await at.replica({ encryptionKeys: [keyB, keyA] }).rotateKeys()).toMatchObject({ renewed: 1 });
    answering(at, access, { status: 204 });
    await at.replica({ encryptionKeys: [keyB] }).recover();
    expect([await owed(at), bearers(at, access).at(-1)]).toEqual([[], `Bearer ${token}`]);
  });

  test("waits for its key, as long as a process without it asks", async () => {
    await using at = await benchOf(offline);
    const connection = await at.connected();
    answering(at, access, { status: 503 });
    await at.connections.disconnect(input);
    answering(at, access, { status: 204 });
    const keyB = new Uint8Array(32).fill(2);
    await at.replica({ encryptionKeys: [keyB] }).recover();
    expect([await owed(at), asked(at, access).length]).toEqual([[connection.id], 1]);
    await restarted(at);
    expect([await owed(at), asked(at, access).length]).toEqual([[], 2]);
  });

  test("after a restart is owed while the pair can't be renewed just then, and over once it is dead", async () => {
    await using at = await benchOf(offline);
    const connection = await at.connected();
    answering(at, access, { status: 503 });
    await at.connections.disconnect(input);
    at.clock.time += 3_600_000;
    answering(at, "/token", { status: 503 });
    await restarted(at);
    expect(await owed(at)).toEqual([connection.id]);
    answering(at, "/token", { status: 400, json: { error: "invalid_grant" } });
    await restarted(at);
    // Nothing was sent to the API since: there was no token to send it with.
    expect([await owed(at), asked(at, access).length, at.tokenRequests().length]).toEqual([[], 1, 2]);
  });

  test("names the person, and is over with a refusal where a token can't be renewed", async () => {
    await using at = await benchOf({ ...oneToken, userIdKey: "user_id" });
    at.acme.account = "6/41";
    await at.connected();
    at.clock.time += 31_536_000_000;
    answering(at, "/v3/users/6%2F41", { status: 401 });
    expect((await at.connections.disconnect(input)).revokedAtProvider).toBe(true);
    expect(asked(at, "/v3/users/6%2F41").map(({ method }) => method)).toEqual(["DELETE"]);
    expect(at.tokenRequests()).toEqual([]);
  });

  test.each([
    ["passing trouble", { status: 503 }],
    ["no answer", { cut: true }],
    ["too many requests", { status: 429 }],
  ])("is owed after %s", async (_, reply) => {
    await using at = await benchOf(offline);
    const connection = await at.connected();
    answering(at, access, reply);
    expect((await at.connections.disconnect(input)).revokedAtProvider).toBe(false);
    expect(await owed(at)).toEqual([connection.id]);
  });
});

describe("by a token", () => {
  test("the access token in the query under the provider's name for it, after a renewal where it ran out", async () => {
    await using at = await benchOf(prefixed);
    await at.connected();
    const old = await tokenOf(at);
    at.clock.time += 3_600_000;
    expect((await at.connections.disconnect(input)).revokedAtProvider).toBe(true);
    const [one, ...more] = asked(at, "/revoke");
    const token = one!.query.get("access_token")!;
    expect([more, one!.method, one!.body, token === old, at.acme.accountOf.has(token)]).toEqual([
      [],
      "POST",
      "",
      false,
      true,
    ]);
  });

  test.each([
    ["401", { status: 401 }],
    ["invalid_token", { status: 400, json: { error: "invalid_token" } }],
  ])("the access token is renewed after %s, since it may just have been too old", async (_, refusal) => {
    await using at = await benchOf(prefixed);
    await at.connected();
    const old = await tokenOf(at);
    answering(at, "/revoke", ({ query }) => (query.get("access_token") === old ? refusal : {}));
    expect((await at.connections.disconnect(input)).revokedAtProvider).toBe(true);
    expect([asked(at, "/revoke").length, at.tokenRequests().length]).toEqual([2, 1]);
  });

  test("the refresh token, which outlives the other, where either is taken; the other where there is none", async () => {
    await using at = await benchOf({});
    const connection = await at.connected();
    const [refreshToken] = at.acme.refreshTokens.keys();
    expect((await at.connections.disconnect(input)).revokedAtProvider).toBe(true);
    expect(asked(at, "/revoke").map(({ form }) => form.get("token"))).toEqual([refreshToken]);
    at.acme.accountOf.set("brought", connection.providerUserId!);
    await at.connections.importConnection({ ...input, accessToken: "brought", scopes: ["who"] });
    await at.connections.disconnect(input);
    expect(asked(at, "/revoke")[1]!.form.get("token")).toBe("brought");
  });

  test("the refresh token is over where the provider no longer knows it, and owed where no answer comes", async () => {
    for (const [reply, revokedAtProvider, left] of [
      [{ status: 400, json: { error: "invalid_token" } }, true, 0],
      [{ status: 400, json: { error: "invalid_grant" } }, true, 0],
      [{ status: 500, json: { error: "invalid_token" } }, false, 1],
      [{ status: 400, json: { error: "invalid_request" } }, false, 1],
      [{ cut: true }, false, 1],
    ] as const) {
      await using at = await bench();
      await at.connected();
      answering(at, "/revoke", reply);
      expect((await at.connections.disconnect(input)).revokedAtProvider).toBe(revokedAtProvider);
      expect(await owed(at)).toHaveLength(left);
    }
  });

  test("a row of an earlier release is still read: one token, which is sent as it is", async () => {
    await using at = await bench();
    const token = createCipher([keyA]).seal(["revocation", "c-9", "FITBIT"], "rt-earlier");
    const until = at.clock.time + 1000;
    await at.store.collection("owed-revocations").set("c-9", { provider: "FITBIT", token, until });
    await restarted(at);
    expect(asked(at, "/revoke").map(({ form }) => form.get("token"))).toEqual(["rt-earlier"]);
    expect(await owed(at)).toEqual([]);
  });

  test("where one token is enough, no more than that is kept, as an earlier release reads it", async () => {
    await using at = await bench();
    const { id } = await at.connected();
    answering(at, "/revoke", { status: 503 });
    await at.connections.disconnect(input);
    const row = await at.store.collection<{ token: never }>("owed-revocations").get(id);
    expect(createCipher([keyA]).open(["revocation", id, "FITBIT"], row!.token)).toMatch(/^rt-/);
  });
});

test("a signed call that the provider can't take is owed, and needs no token after a restart", async () => {
  await using at = await benchOf({ ...signedProcedures, userIdKey: "user_id" });
  const envelope = (body: object, status = 0) => ({ json: { status, body } });
  let busy = true;
  at.acme.fault = ({ path }) => {
    if (path === "/token") {
      at.acme.accountOf.set("at-1", "u8");
      return envelope({ access_token: "at-1", refresh_token: "rt-1", expires_in: 60, user_id: "u8" });
    }
    if (path === "/v2/signature") return envelope({ nonce: "n" });
    return path === "/revoke" ? envelope({}, busy ? 522 : 0) : undefined;
  };
  const connection = await at.connected();
  expect((await at.connections.disconnect(input)).revokedAtProvider).toBe(false);
  expect(await owed(at)).toEqual([connection.id]);
  busy = false;
  at.clock.time += 86_400_000;
  await restarted(at);
  expect(asked(at, "/revoke").map(({ form }) => form.get("userid"))).toEqual(["u8", "u8"]);
  expect([at.tokenRequests().length, await owed(at)]).toEqual([0, []]);
});

test.each([
  ["a call in the app's name", signedProcedures],
  ["a request", oneToken],
])("%s that has to name a person whom nobody named can't be made, and is not owed", async (_, login) => {
  await using at = await bench({ provider: testProvider({ ...login, asStandard: undefined }, { afterConsent: [] }) });
  at.acme.fault = ({ path }) => (path === "/v2/signature" ? { json: { nonce: "n" } } : undefined);
  const { id } = await at.connected();
  expect(await at.connections.get(id)).toMatchObject({ providerUserId: null });
  const { revokedAtProvider, notices } = await at.connections.disconnect(input);
  expect([revokedAtProvider, notices.length, await owed(at)]).toEqual([false, 1, []]);
  expect(at.server.seen.every(({ path }) => path === "/token" || path === "/v2/signature")).toBe(true);
});
