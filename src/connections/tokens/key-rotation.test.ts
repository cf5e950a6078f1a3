import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { bench, keyA, keyB } from "../../../test/support/connections-bench.js";
import { openStore } from "../../store/open-store.js";
import type { Sealed } from "./vault.js";

const folder = mkdtempSync(join(tmpdir(), "pulsegate-keys-"));
const postgres = process.env["TEST_POSTGRES_URL"];
/** A table of this run alone. */
const space = `keys_${randomBytes(4).toString("hex")}`;

afterAll(async () => {
  rmSync(folder, { recursive: true });
  if (!postgres) return;
  const client = new pg.Client(postgres);
  await client.connect();
  await client.query(`DROP TABLE IF EXISTS ${space}, ${space}_lease; DROP SEQUENCE IF EXISTS ${space}_fence`);
  await client.end();
});

const stores = [
  ["SQLite", `sqlite:${join(folder, "store.db")}`],
  ...(postgres ? [["PostgreSQL", postgres] as const] : []),
] as const;

test.each(stores)(
  "on %s, everything that lasts is under the newest key afterwards, and works without the old one",
  async (_, url) => {
    await using at = await bench({ store: await openStore(url, { space }) });
    const ada = await at.connected("ada");
    const before = await at.connections.token(ada);
    at.acme.account = "A2";
    await at.connected("bob");
    at.acme.fault = ({ path }) => (path === "/revoke" ? { status: 503 } : undefined);
    await at.connections.disconnect({ userId: "bob", provider: "FITBIT" });

    const rotating = at.replica({ encryptionKeys: [keyB, keyA] });
    expect(await rotating.rotateKeys()).toEqual({ current: 0, renewed: 2, unreadable: 0, underWay: 0 });
    expect(await rotating.rotateKeys()).toEqual({ current: 2, renewed: 0, unreadable: 0, underWay: 0 });

    const after = at.replica({ encryptionKeys: [keyB] });
    expect(await after.token(ada)).toEqual(before);
    at.acme.fault = () => undefined;
    const asked = at.server.seen.filter(({ path }) => path === "/revoke").length;
    await after.recover();
    expect(at.server.seen.filter(({ path }) => path === "/revoke")).toHaveLength(asked + 1);
  },
);

test.each([
  ["that has the new key", [keyB, keyA]],
  ["that has the old key alone", [keyA]],
])("a refresh under way in a process %s is waited for, and its new pair stays", async (_, encryptionKeys) => {
  await using at = await bench();
  const connection = await at.connected();
  const [gateway, other] = [at.replica({ encryptionKeys }), at.replica({ encryptionKeys: [keyB, keyA] })];
  at.clock.time += 59 * 60_000;
  let rotated: ReturnType<typeof other.rotateKeys> | undefined;
  at.acme.fault = ({ path }) => {
    // Just when the provider has the refresh token and we don't have its answer.
    if (path === "/token") rotated ??= other.rotateKeys();
    return undefined;
  };
  const { accessToken } = await gateway.token(connection);
  expect((await rotated)?.unreadable).toBe(0);
  expect((await at.replica({ encryptionKeys: [keyB] }).token(connection)).accessToken).toBe(accessToken);
  expect(at.tokenRequests()).toHaveLength(1);
});

test("what can't be read is counted and left alone, for whoever still has the key", async () => {
  await using at = await bench();
  const connection = await at.connected();
  const box = async () => (await at.store.collection<Sealed>("tokens").get(connection.id))!;
  const before = await box();
  const without = at.replica({ encryptionKeys: [keyB] });
  expect(await without.rotateKeys()).toEqual({ current: 0, renewed: 0, unreadable: 1, underWay: 0 });
  expect(await box()).toEqual(before);
});

test("consents under way that need an older key are told of until they are over", async () => {
  await using at = await bench();
  await at.connections.begin({ userId: "ada", provider: "FITBIT" });
  const rotating = at.replica({ encryptionKeys: [keyB, keyA] });
  expect((await rotating.rotateKeys()).underWay).toBe(1);
  at.clock.time += 10 * 60_000;
  expect((await rotating.rotateKeys()).underWay).toBe(0);
});

test("a grant that the provider will not take back is given up after a week", async () => {
  await using at = await bench();
  await at.connected();
  at.acme.fault = ({ path }) => (path === "/revoke" ? { status: 503 } : undefined);
  await at.connections.disconnect({ userId: "ada", provider: "FITBIT" });
  const owed = async () => (await at.connections.rotateKeys()).current;
  at.clock.time += 6 * 86_400_000;
  await at.connections.recover();
  expect(await owed()).toBe(1);
  at.clock.time += 86_400_000;
  await at.connections.recover();
  expect(await owed()).toBe(0);
});
