import { randomBytes } from "node:crypto";
import { createClient } from "@keyv/redis";
import pg from "pg";
import { bench, fragile } from "../../../test/support/connections-bench.js";
import { codeOf, holder, statusOf, vaultOf } from "../../../test/support/refreshes.js";
import { openStore } from "../../store/open-store.js";
import { createUnsavedPairs } from "./unsaved-pairs.js";
import type { StoredTokens } from "./vault.js";

/** A token pair in hand is never lost: what becomes of it with the store away, and at the end of a process. */

const postgres = process.env["TEST_POSTGRES_URL"];
const redis = process.env["TEST_REDIS_URL"];
/** Tables and keys of this run alone. */
const space = `refresh_${randomBytes(4).toString("hex")}`;
const stores = [
  ["memory", "memory:"],
  ...(postgres ? [["PostgreSQL", postgres] as const] : []),
  ...(redis ? [["Redis", redis] as const] : []),
] as const;

afterAll(async () => {
  if (postgres) {
    const client = new pg.Client(postgres);
    await client.connect();
    await client.query(`DROP TABLE IF EXISTS ${space}, ${space}_lease; DROP SEQUENCE IF EXISTS ${space}_fence`);
    await client.end();
  }
  if (redis) {
    const client = createClient({ url: redis });
    await client.connect();
    const keys = await client.keys(`${space}*`);
    if (keys.length > 0) await client.del(keys);
    client.destroy();
  }
});

describe("with the store away", () => {
  test.each(stores)("on %s, a pair granted meanwhile is saved once it is back, though nobody asks", async (_, url) => {
    await using at = await bench({ store: await openStore(url, { space }) });
    const connection = await at.connected();
    let down = false;
    const holder = at.replica({ store: fragile(at.store, () => down, "all") });
    const used = await holder.token(connection);
    at.acme.fault = ({ path }) => {
      if (path === "/token") down = true;
      return undefined;
    };
    await expect(holder.renewed(connection, used)).rejects.toThrow("disk full");
    const granted = [...at.acme.accountOf.keys()].at(-1)!;
    expect(await vaultOf(at).read(connection)).toMatchObject({ accessToken: used.accessToken });
    down = false;
    await holder.idle();
    expect(await vaultOf(at).read(connection)).toMatchObject({ accessToken: granted, refreshToken: expect.anything() });
    expect((await at.connections.token(connection)).accessToken).toBe(granted);
    expect(at.tokenRequests()).toHaveLength(1);
    // No intent, and no lease, is left behind.
    expect((await vaultOf(at).read(connection))!.refreshStartedAt).toBeUndefined();
    expect(await at.store.lease(`tokens:${connection.id}`, 1)).not.toBeNull();
  });

  test.each(stores)("on %s, fifty readings over two replicas make one refresh", async (_, url) => {
    await using at = await bench({ store: await openStore(url, { space }) });
    const connection = await at.connected();
    const other = at.replica();
    at.clock.time += 3_700_000;
    const send = (n: number) =>
      (n % 2 ? other : at.connections).token(connection).then(({ accessToken }) => at.acme.accountOf.get(accessToken));
    expect(await Promise.all(Array.from({ length: 50 }, (_, n) => send(n)))).toEqual(Array(50).fill("A1"));
    expect(at.tokenRequests()).toHaveLength(1);
  });

  test("the process that has the pair in hand uses it, and asks for no other", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const { replica, granted, back } = await holder(at, connection);
    expect((await replica.token(connection)).accessToken).toBe(granted);
    expect(at.tokenRequests()).toHaveLength(1);
    back();
    await replica.idle();
  });

  test("an ending process gives up at its bound, and says so without a token", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const { replica, granted } = await holder(at, connection);
    await replica.idle(30);
    while (!at.logged.some((line) => line.includes("is lost"))) await new Promise((done) => setTimeout(done, 5));
    expect(at.logged.join()).not.toContain(granted);
    await replica.idle();
    expect((await vaultOf(at).read(connection))!.accessToken).not.toBe(granted);
  });

  test("an ending process waits for a refresh that is under way", async () => {
    await using at = await bench();
    const connection = await at.connected();
    at.clock.time += 3_700_000;
    let ending: Promise<unknown> | undefined;
    at.acme.fault = ({ path }) => {
      if (path === "/token") ending = at.connections.idle().then(() => vaultOf(at).read(connection));
      return undefined;
    };
    const { accessToken } = await at.connections.token(connection);
    expect(await ending).toMatchObject({ accessToken });
    expect(at.tokenRequests()).toHaveLength(1);
  });

  test("an ending process waits for no lease of somebody who may be dead", async () => {
    const waits: (() => void)[] = [];
    const looked = () => waits.length;
    await using at = await bench({ delay: () => new Promise((resolve) => waits.push(resolve)) });
    const connection = await at.connected();
    at.clock.time += 3_700_000;
    await at.store.lease(`tokens:${connection.id}`, 60_000);
    const asked = codeOf(at.connections.token(connection));
    while (looked() === 0) await new Promise(setImmediate);
    let ended = false;
    const ending = at.connections.idle().then(() => {
      ended = true;
    });
    waits[0]!();
    expect(await asked).toBe("UNAVAILABLE");
    await ending;
    expect([ended, looked(), at.tokenRequests().length]).toEqual([true, 1, 0]);
    // Who goes on all the same waits as ever.
    const later = at.connections.token(connection);
    while (looked() === 1) await new Promise(setImmediate);
    waits[1]!();
    while (looked() === 2) await new Promise(setImmediate);
    await vaultOf(at).save(connection, {
      ...{ accessToken: "theirs", refreshToken: "r", expiresAt: null, obtainedAt: at.clock.time },
    });
    waits[2]!();
    expect((await later).accessToken).toBe("theirs");
  });

  test("nor for the holder of a pair that it was refused for", async () => {
    const waits: (() => void)[] = [];
    await using at = await bench();
    const connection = await at.connected();
    await (await holder(at, connection)).replica.idle(0);
    const other = at.replica({ delay: () => new Promise((resolve) => waits.push(resolve)) });
    at.clock.time += 3_700_000;
    const asked = codeOf(other.token(connection));
    while (waits.length === 0) await new Promise(setImmediate);
    const ending = other.idle();
    waits[0]!();
    expect([await asked, await ending, waits.length]).toEqual(["UNAVAILABLE", undefined, 1]);
  });

  test("what the person left meanwhile is not brought back", async () => {
    await using at = await bench();
    const connection = await at.connected();
    const { replica, back } = await holder(at, connection);
    await at.connections.disconnect({ userId: "ada", provider: "FITBIT" });
    back();
    await replica.idle();
    expect(await vaultOf(at).read(connection)).toBeUndefined();
    expect(await statusOf(at, connection)).toBe("REVOKED");
  });
});

test("a pair in hand is the successor of the one that it replaces and of no other, until it is saved", async () => {
  const store = await openStore("memory:");
  const pair = (accessToken: string): StoredTokens => ({
    ...{ accessToken, refreshToken: null, expiresAt: null, obtainedAt: 0 },
  });
  const owner = { id: "one", userId: "ada", provider: "FITBIT" } as const;
  let letGo = () => {};
  const saving = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const unsaved = createUnsavedPairs({
    store,
    vault: { read: async () => pair("old"), save: () => saving } as never,
    log: { info: () => {}, warn: () => {} },
    delay: async () => {},
    revive: async () => {},
  });
  const lease = (await store.lease("tokens:one", 60_000))!;
  const saved = unsaved.save({ owner, replaced: pair("old"), tokens: pair("new") }, lease);
  const successorOf = (id: string, token: string) => unsaved.successorOf({ ...owner, id }, pair(token))?.accessToken;
  const asked = () => [successorOf("one", "old"), successorOf("one", "other"), successorOf("two", "old")];
  expect(asked()).toEqual(["new", undefined, undefined]);
  letGo();
  expect((await saved)?.accessToken).toBe("new");
  await unsaved.idle();
  expect(asked()).toEqual([undefined, undefined, undefined]);
});
