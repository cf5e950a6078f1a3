/** What is left of a person in the whole store, whatever it is called, on every backend. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@keyv/redis";
import pg from "pg";
import { type LabGateway, startLabGateway } from "../test/support/lab-gateway.js";
import type { Connection } from "./connections/connection.js";
import { noticeOwner } from "./connections/directory/accounts.js";
import { hashOf } from "./connections/oauth/oauth.js";
import { headerConnectionId } from "./connections/tokens/tokens.js";
import { createCipher } from "./connections/tokens/vault.js";
import { createErasure } from "./erasure.js";
import { signFitbit } from "./providers/fitbit/webhook.js";
import type { Backend } from "./store/backend.js";
import { keyvStore } from "./store/keyv-store.js";
import { memoryBackend } from "./store/memory.js";
import { postgresBackend } from "./store/postgres.js";
import { redisBackend } from "./store/redis.js";
import { sqliteBackend } from "./store/sqlite.js";

const folder = mkdtempSync(join(tmpdir(), "pulsegate-erasure-"));
const space = `erasure_${randomBytes(4).toString("hex")}`;
const servers = { postgres: process.env["TEST_POSTGRES_URL"], redis: process.env["TEST_REDIS_URL"] };
const backends = [
  { name: "memory", url: "memory:", open: async () => memoryBackend() },
  { name: "SQLite", url: "sqlite:", open: async () => sqliteBackend(join(folder, `${space}.db`)) },
  { name: "PostgreSQL", url: servers.postgres, open: () => postgresBackend(servers.postgres!, space) },
  { name: "Redis", url: servers.redis, open: () => redisBackend(servers.redis!, space) },
];
afterAll(async () => {
  rmSync(folder, { recursive: true });
  if (servers.postgres) {
    const client = new pg.Client(servers.postgres);
    await client.connect();
    await client.query(`DROP TABLE IF EXISTS ${space}, ${space}_lease; DROP SEQUENCE IF EXISTS ${space}_fence`);
    await client.end();
  }
  if (servers.redis) {
    const client = createClient({ url: servers.redis });
    await client.connect();
    const keys = await client.keys(`${space}:*`);
    if (keys.length > 0) await client.del(keys);
    client.destroy();
  }
});

/** Every row of every namespace. */
async function everything(backend: Backend): Promise<Map<string, string>> {
  const rows = new Map<string, string>();
  for await (const [key, text] of backend.scan("")) rows.set(key, text);
  return rows;
}

/** Counts what is asked of a backend, rows that a scan gives included. */
function counting(backend: Backend): Backend & { asked: number } {
  const counted = {
    ...backend,
    asked: 0,
    values: {
      get: (key: string) => tick(() => backend.values.get(key)),
      getMany: (keys: string[]) => tick(() => backend.values.getMany(keys)),
      set: (key: string, text: string, ttl?: number) => tick(() => backend.values.set(key, text, ttl)),
      delete: (key: string) => tick(() => backend.values.delete(key)),
    },
    take: (key: string) => tick(() => backend.take(key)),
    putIfAbsent: (key: string, text: string, ttl: number | undefined) =>
      tick(() => backend.putIfAbsent(key, text, ttl)),
    scan: async function* (prefix: string) {
      counted.asked++;
      for await (const row of backend.scan(prefix)) {
        counted.asked++;
        yield row;
      }
    },
  };
  const tick = <T>(work: () => T): T => {
    counted.asked++;
    return work();
  };
  return counted as never;
}

interface Person {
  readonly names: readonly string[];
  readonly connections: readonly Connection[];
}

const range = { lastDays: 3 } as const;

/** A person with everything that can be kept of one: two accounts at a provider, and work under way. */
async function live(lab: LabGateway, userId: string, former: string): Promise<Person> {
  const { gateway, fitbit } = lab;
  const { connections } = gateway;
  const own = { userId, provider: "FITBIT" as const };
  await connections.importConnection({ ...own, ...fitbit.issueTokens(former) });
  const [first] = await connections.list(userId);
  await read(lab, userId);
  await notify(lab, first!.providerUserId!);
  await connections.importConnection({ ...own, ...fitbit.issueTokens(userId) });
  const [second] = await connections.list(userId);
  await connections.setSourcePriority(userId, ["MISFIT"]);
  await gateway.subscriptions.subscribe({ ...own, domains: ["SLEEP", "ACTIVITY"] });
  await gateway.subscriptions.unsubscribe({ ...own, domains: ["ACTIVITY"] });
  await gateway.backfills.start({ ...own, domains: null, range });
  await connections.begin(own);
  const weighing = { kind: "WEIGHING", time: "2026-11-19T06:07:08Z", weight: 71.25, fatPercentage: null } as const;
  await gateway.recorder.record({ ...own, key: "scale", record: weighing });
  const listening = gateway.bus.data(userId);
  await notify(lab, second!.providerUserId!);
  await listening.return?.();
  await read(lab, userId);
  const token = fitbit.issueTokens(userId).accessToken;
  await read(lab, userId, token);
  await gateway.history.flush();
  const accounts = [first!, second!].map(({ provider, providerUserId }) => ({
    provider,
    providerUserId: providerUserId!,
  }));
  const backfills = createHash("sha256").update(userId).digest("hex").slice(0, 24);
  const hashed = accounts.flatMap((account) => [hashOf(account.providerUserId), noticeOwner(account)]);
  return {
    connections: [first!, second!],
    names: [
      ...[`"${userId}"`, hashOf(userId), backfills, first!.id, second!.id, headerConnectionId(token)],
      ...accounts.map(({ providerUserId }) => `"${providerUserId}"`),
      ...hashed,
    ],
  };
}

async function read({ gateway, clock }: LabGateway, userId: string, token?: string) {
  const session = gateway.healthData.session({
    freshness: { maxAgeSeconds: 0, noCache: true, onlyIfCached: false, staleIfErrorSeconds: null },
    dryRun: false,
    headerTokens: token === undefined ? {} : { FITBIT: token },
    reserve: 0,
  });
  clock.advance(1);
  const ask = { userId, domain: "ACTIVITY", range, providers: null, fields: new Set(["activity.steps"]) };
  const [answer] = await session.load([ask as never]);
  if (answer instanceof Error) throw answer;
}

async function notify(lab: LabGateway, ownerId: string) {
  const note = { collectionType: "sleep", date: "2026-11-19", ownerId, ownerType: "user", subscriptionId: "s" };
  const body = new TextEncoder().encode(JSON.stringify([note]));
  const headers = { "x-fitbit-signature": signFitbit(body, lab.fitbit.clientSecret) };
  await lab.gateway.webhooks.receive("fitbit", { method: "POST", headers, query: {}, body });
  await lab.gateway.webhooks.idle();
}

const env = { TOKEN_RESOLVERS: "header,vault", MISFIT_CLIENT_ID: "m", MISFIT_CLIENT_SECRET: "m" };
const found = (rows: Map<string, string>, names: readonly string[]) =>
  [...rows].filter(([key, text]) => names.some((name) => `"${key}" ${text}`.includes(name))).map(([key]) => key);
const namespaces = (keys: readonly string[]) => [...new Set(keys.map((key) => key.split(":")[0]))].sort();

for (const { name, url, open } of backends) {
  (url ? describe : describe.skip)(`in a ${name} store`, () => {
    let backend: Backend;
    let lab: LabGateway;
    let demo: Person;
    let both: Person;
    beforeEach(async () => {
      backend = await open();
      lab = await startLabGateway({ env, store: keyvStore(backend) });
      demo = await live(lab, "demo", "switcher");
      both = await live(lab, "both", "napper");
    });
    afterEach(async () => {
      for (const key of (await everything(backend)).keys()) await backend.values.delete(key);
      await lab.close();
    });

    test("deleteUserData leaves nothing that names the person, and others' rows byte for byte", async () => {
      const before = await everything(backend);
      // What the scan below would find, had it been left.
      expect(namespaces(found(before, demo.names))).toEqual([
        ...["backfills", "belongings", "connections", "consent-slots", "deliveries", "heard", "history", "jobs"],
        ...[
          "marks",
          "muted",
          "oauth-states",
          "provider-accounts",
          "record-ids",
          "records",
          "source-priority",
          "tokens",
          "user-connections",
          "users",
        ],
      ]);
      await lab.gateway.eraseUser("demo");
      const after = await everything(backend);
      expect(found(after, demo.names)).toEqual([]);
      for (const key of found(before, both.names)) expect([key, after.get(key)]).toEqual([key, before.get(key)]);
      // A hash without a name in it keeps late answers out for an hour.
      const added = [...after.keys()].filter((key) => !before.has(key));
      expect(added.every((key) => key.startsWith("marks:gone/"))).toBe(true);
      await lab.gateway.eraseUser("demo");
      expect([...(await everything(backend)).keys()].sort()).toEqual([...after.keys()].sort());
    });

    test("disconnect with deleteData takes the former account's data too, and leaves what is not the connections'", async () => {
      const before = await everything(backend);
      await lab.gateway.connections.disconnect({ userId: "demo", provider: "FITBIT", deleteData: true });
      const after = await everything(backend);
      const left = found(after, demo.names);
      // What the person asked for and chose; a backfill finds nothing connected, and ends. How many consents they began
      // counts for as long as these would have lasted.
      expect(namespaces(left)).toEqual([
        ...["backfills", "consent-slots", "jobs", "records", "source-priority", "user-connections", "users"],
      ]);
      // Of what was recorded, that its key was used.
      const records = [...after].filter(([key]) => key.startsWith("records:") && left.includes(key));
      expect(records.map(([, text]) => JSON.parse(text).value)).toEqual([{ spent: true }]);
      for (const { id, providerUserId } of demo.connections) {
        expect(found(after, [id, hashOf(providerUserId!)])).toEqual([]);
      }
      for (const key of found(before, both.names)) expect([key, after.get(key)]).toEqual([key, before.get(key)]);
    });

    test("whatever the person's rows hold, all of them go, and nobody else's", async () => {
      const before = await everything(backend);
      const own = found(before, demo.names);
      const texts = ['{"v":1,"val', "null", '{"v":1,"value":[]}', '{"v":99,"value":{}}', ""];
      for (const [index, key] of own.entries()) await backend.values.set(key, texts[index % texts.length]!);
      await lab.gateway.eraseUser("demo");
      const after = await everything(backend);
      expect(own.filter((key) => after.has(key))).toEqual([]);
      for (const key of found(before, both.names)) expect([key, after.get(key)]).toEqual([key, before.get(key)]);
    });
  });
}

test("a connection of a provider that only a later release knows is passed over by all, and goes with its person", async () => {
  const backend = memoryBackend();
  const lab = await startLabGateway({ env, store: keyvStore(backend) });
  await lab.connect("demo");
  await lab.connect("both");
  const { gateway } = lab;
  const [demo] = await gateway.connections.list("demo");
  const later = { ...demo!, id: "later-1", provider: "A_LATER_ONE", providerUserId: "O1" };
  const put = (key: string, value: unknown) => backend.values.set(key, JSON.stringify({ v: 1, value }));
  await put("connections:later-1", later);
  await put("tokens:later-1", { keyId: "k", nonce: "n", data: "d" });
  await put("history:later-1/ACTIVITY/2026-11", {});
  const token = createCipher([Buffer.alloc(32, 7)]).seal(["revocation", "later-0", "A_LATER_ONE"], "a token");
  await put("owed-revocations:later-0", { provider: "A_LATER_ONE", until: 9e15, token });
  const entry = await gateway.store.collection<{ current: object; former: [] }>("user-connections").get(hashOf("demo"));
  await put(`user-connections:${hashOf("demo")}`, {
    ...entry!,
    current: { ...entry!.current, A_LATER_ONE: "later-1" },
  });
  await gateway.startWork();
  await gateway.connections.recover();

  expect((await gateway.connections.list("demo")).map(({ provider }) => provider)).toEqual(["FITBIT"]);
  await read(lab, "demo");
  const ids: string[] = [];
  for await (const { id } of gateway.connections.all()) ids.push(id);
  expect(ids).toHaveLength(2);
  // Both rows are as another release left them.
  expect(JSON.parse(String(await backend.values.get("connections:later-1")))).toMatchObject({ value: later });
  expect(await backend.values.get("owed-revocations:later-0")).toBeDefined();
  await gateway.connections.disconnect({ userId: "demo", provider: "FITBIT", deleteData: true });
  expect(await backend.values.get("connections:later-1")).toBeDefined();
  await gateway.eraseUser("both");
  await gateway.eraseUser("demo");
  const left = [...(await everything(backend)).keys()].filter((key) => key.includes("later-1"));
  expect(left).toEqual([]);
  await lab.close();
});

test("an account that another user has by now stays theirs, with what is told of it", async () => {
  const backend = memoryBackend();
  const lab = await startLabGateway({ env, store: keyvStore(backend) });
  const { connections, ...gateway } = lab.gateway;
  await lab.connect("demo");
  const [demo] = await connections.list("demo");
  await connections.setStatus(demo!.id, "REVOKED");
  const account = { userId: "both", provider: "FITBIT" as const, ...lab.fitbit.issueTokens("demo") };
  await connections.importConnection(account);
  await notify(lab, demo!.providerUserId!);
  const [both] = await connections.list("both");
  const before = await everything(backend);
  const theirs = found(before, [
    both!.id,
    hashOf("both"),
    noticeOwner({ ...account, providerUserId: demo!.providerUserId! }),
  ]);
  expect(namespaces(theirs)).toEqual(
    expect.arrayContaining(["belongings", "deliveries", "provider-accounts", "tokens"]),
  );
  await gateway.eraseUser("demo");
  const after = await everything(backend);
  for (const key of theirs.filter((one) => !one.includes(hashOf("demo"))))
    expect([key, after.get(key)]).toEqual([key, before.get(key)]);
  expect(found(after, [hashOf("demo"), demo!.id])).toEqual([]);
  expect((await connections.byProviderUser("FITBIT", demo!.providerUserId!))?.userId).toBe("both");
  await lab.close();
});

test("what a release without notes has stored is noted at the start, and then goes though it can't be read", async () => {
  const backend = memoryBackend();
  const store = keyvStore(backend);
  const old = await startLabGateway({ env, store });
  const demo = await live(old, "demo", "switcher");
  for (const key of (await everything(backend)).keys())
    if (key.startsWith("belongings:")) await backend.values.delete(key);
  // Not closed: the backend is to live on.
  const lab = await startLabGateway({ env, store });
  await lab.gateway.connections.recover();
  await lab.gateway.webhooks.recover();
  const rows = await everything(backend);
  // Consents under way end within the hour, and what header tokens fetched within the day.
  const own = found(rows, demo.names).filter((key) => !/^(oauth-states:|history:header-|marks:header-)/.test(key));
  expect(namespaces(own)).toContain("deliveries");
  for (const key of own) if (!key.startsWith("belongings:")) await backend.values.set(key, "null");
  await lab.gateway.eraseUser("demo");
  const after = await everything(backend);
  expect(own.filter((key) => after.has(key))).toEqual([]);
  await lab.close();
  await old.close();
});

test("who comes with the same header token after their data went is found once more", async () => {
  const backend = memoryBackend();
  const lab = await startLabGateway({ env, store: keyvStore(backend) });
  const token = lab.fitbit.issueTokens("demo").accessToken;
  for (let turn = 0; turn < 2; turn++) {
    await read(lab, "demo", token);
    await lab.gateway.history.flush();
    const id = headerConnectionId(token);
    expect(namespaces(found(await everything(backend), [id]))).toEqual(["belongings", "history"]);
    await lab.gateway.eraseUser("demo");
    expect(found(await everything(backend), [id, hashOf("demo")])).toEqual([]);
    lab.clock.advance(1_000);
  }
  await lab.close();
});

test("two people who come with one header token are both noted: whoever goes takes along what it fetched", async () => {
  for (const leaving of ["demo", "both"]) {
    const backend = memoryBackend();
    const lab = await startLabGateway({ env, store: keyvStore(backend) });
    const token = lab.fitbit.issueTokens("demo").accessToken;
    for (const userId of ["demo", "both"]) await read(lab, userId, token);
    await lab.gateway.history.flush();
    const id = headerConnectionId(token);
    expect(namespaces(found(await everything(backend), [id]))).toContain("history");
    await lab.gateway.eraseUser(leaving);
    expect(namespaces(found(await everything(backend), [id]))).not.toContain("history");
    await lab.close();
  }
});

test("a grant that could not be withdrawn goes on waiting under a name that says nothing", async () => {
  const backend = memoryBackend();
  const lab = await startLabGateway({ env, store: keyvStore(backend) });
  await lab.connect("demo");
  const { gateway, fitbit } = lab;
  const [demo] = await gateway.connections.list("demo");
  fitbit.addFault({ path: "/oauth2/revoke", status: 503 });
  await gateway.eraseUser("demo");
  const owed = () => [...rows.keys()].filter((key) => key.startsWith("owed-revocations:"));
  let rows = await everything(backend);
  expect(owed()).toHaveLength(1);
  expect(found(rows, [demo!.id, `"${demo!.providerUserId}"`, '"demo"', hashOf("demo")])).toEqual([]);
  fitbit.clearFaults();
  fitbit.forgetRequests();
  await gateway.connections.recover();
  rows = await everything(backend);
  expect(owed()).toEqual([]);
  expect(fitbit.requests.map(({ kind, status }) => [kind, status])).toEqual([["revoke", 200]]);
  await lab.close();
});

test("what is owed of a person is asked for once more as they go, and nobody else's", async () => {
  const backend = memoryBackend();
  const lab = await startLabGateway({ env, store: keyvStore(backend) });
  const { gateway, fitbit } = lab;
  fitbit.addFault({ path: "/oauth2/revoke", status: 503 });
  for (const userId of ["demo", "both"]) {
    await lab.connect(userId);
    await gateway.connections.disconnect({ userId, provider: "FITBIT" });
  }
  fitbit.clearFaults();
  fitbit.forgetRequests();
  await gateway.eraseUser("demo");
  expect(fitbit.requests.map(({ kind }) => kind)).toEqual(["revoke"]);
  const left = [...(await everything(backend)).keys()].filter((key) => key.startsWith("owed-revocations:"));
  const [both] = await gateway.connections.list("both");
  expect(left).toEqual([`owed-revocations:${both!.id}`]);
  await lab.close();
});

test("work that ends while the connections go leaves nothing either", async () => {
  const kept = new Set(["history one", "jobs one", "plans one", "marks one"]);
  const forget = (what: string) => async (ids: string | readonly string[]) => {
    for (const id of [ids].flat()) kept.delete(`${what} ${id}`);
  };
  const erasure = createErasure({
    connections: {
      byProviderUser: async () => null,
      owned: async () => ({ connections: [{ id: "one", provider: "FITBIT" }], accounts: [] }),
      deleteUser: async () => {
        await erasure.connection({ id: "one", userId: "demo", provider: "FITBIT", providerUserId: null });
        expect(kept).toEqual(new Set());
        for (const what of ["history", "jobs", "plans", "marks"]) kept.add(`${what} one`);
      },
    },
    history: { forget: forget("history") },
    webhooks: { forgetOwners: async () => {} },
    prefetch: { forgetConnections: forget("jobs") },
    onConnect: { forgetConnections: forget("plans") },
    subscriptions: { forgetConnections: forget("marks") },
    backfills: { removeUser: async () => {} },
    recorder: { forgetConnection: async () => {}, forgetUser: async () => {} },
  });
  await erasure.user("demo");
  expect(kept).toEqual(new Set());
});

test("deletion costs the same beside 10 people and beside 1,000", async () => {
  const costs: number[] = [];
  for (const others of [10, 1_000]) {
    const backend = counting(memoryBackend());
    const lab = await startLabGateway({ env, store: keyvStore(backend) });
    await live(lab, "demo", "switcher");
    const rows = await everything(backend);
    for (let n = 0; n < others; n++) {
      for (const [key, text] of rows) {
        const [namespace] = key.split(":");
        if (namespace !== "marks") await backend.values.set(`${namespace}:other-${n}/${key}`, text);
      }
    }
    backend.asked = 0;
    await lab.gateway.eraseUser("demo");
    costs.push(backend.asked);
    await lab.close();
  }
  expect(costs[0]).toBe(costs[1]);
});
