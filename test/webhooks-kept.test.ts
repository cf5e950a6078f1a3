/** What webhooks keep of a person: it goes with them though the deletion was cut off, and it outlives no encryption key. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../src/config/read-config.js";
import { hashOf } from "../src/connections/oauth/oauth.js";
import { StoreUnavailable } from "../src/errors.js";
import { createGateway, type Gateway } from "../src/gateway.js";
import { createLogger } from "../src/log.js";
import { providers } from "../src/providers/index.js";
import { type FitbitLab, startFitbitLab } from "../src/sandbox/fitbit/index.js";
import type { Backend } from "../src/store/backend.js";
import { keyvStore } from "../src/store/keyv-store.js";
import { memoryBackend } from "../src/store/memory.js";
import type { Collection, Store } from "../src/store/store.js";
import { type Receiver, startReceiver, verifiedThen } from "./support/receiver.js";
import { credentials, eventually, testTime } from "./support/served.js";

const folder = mkdtempSync(join(tmpdir(), "pulsegate-kept-"));
writeFileSync(
  join(folder, "steps.graphql"),
  "query Steps { viewer { sourcePriority activity(range: { lastDays: 2 }) { days { date steps } } } }",
);
afterAll(() => rmSync(folder, { recursive: true }));
const owner = { app: "backend", userId: null };
const keyA = Buffer.alloc(32, 7).toString("base64");
const keyB = Buffer.alloc(32, 11).toString("base64");

let fitbit: FitbitLab;
let receiver: Receiver;
let backend: Backend;
let time: ReturnType<typeof testTime>;
const gateways: Gateway[] = [];
beforeEach(async () => {
  time = testTime("2026-11-20T20:07:00Z");
  fitbit = await startFitbitLab({ clock: time.clock });
  receiver = await startReceiver();
  backend = memoryBackend();
});
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close();
  await receiver.close();
  await fitbit.close();
});

/** It outlives the gateways that close it. */
const opened = (): Store => ({ ...keyvStore(backend), close: async () => {} });

async function start(store: Store, env: Readonly<Record<string, string>> = {}): Promise<Gateway> {
  const lab = {
    FITBIT_CLIENT_ID: fitbit.clientId,
    FITBIT_CLIENT_SECRET: fitbit.clientSecret,
    FITBIT_API_URL: fitbit.url,
  };
  const all = { ...credentials, ...lab, STORE_URL: "memory:", OPERATIONS: folder, WEBHOOKS_ALLOW_PRIVATE: "1", ...env };
  const log = createLogger({ level: "silent" });
  const gateway = await createGateway({ config: readConfig(all, { providers }), log, store, ...time });
  gateways.push(gateway);
  await gateway.startWork();
  return gateway;
}

/** A store that is away after so many further writes. */
function breaking(store: Store) {
  const state = { left: Number.POSITIVE_INFINITY };
  const write = async <T>(work: () => Promise<T>): Promise<T> => {
    if (state.left-- <= 0) throw new StoreUnavailable("The store is away.");
    return await work();
  };
  const broken: Store = {
    ...store,
    collection: <T>(...given: Parameters<typeof store.collection<T>>): Collection<T> => {
      const all = store.collection<T>(...given);
      return {
        ...all,
        set: (...args) => write(() => all.set(...args)),
        delete: (...args) => write(() => all.delete(...args)),
        putIfAbsent: (...args) => write(() => all.putIfAbsent(...args)),
        take: (...args) => write(() => all.take(...args)),
        erase: (...args) => write(() => all.erase(...args)),
        eraseAll: (...args) => write(() => all.eraseAll(...args)),
      };
    },
  };
  return { broken, state };
}

/** The clock goes on meanwhile: what is to be done in a second is done. */
const comes = (what: string, isSo: () => boolean | Promise<boolean>) =>
  eventually(60, what, async () => {
    time.moveTo(time.clock.now() + 50);
    return await isSo();
  });
const come = (n: number) => comes(`${n} messages came`, () => receiver.received.length >= n);

/** One message is delivered, one waits for its receiver, and one change for the end of the gap. */
async function live(gateway: Gateway, userId: string): Promise<void> {
  const { connections, store } = gateway;
  receiver.answer = 204;
  await connections.importConnection({ userId, provider: "FITBIT", ...fitbit.issueTokens(userId) });
  const before = receiver.received.length;
  await connections.setSourcePriority(userId, ["MISFIT"]);
  await come(before + 3);
  receiver.answer = 500;
  await connections.setSourcePriority(userId, ["FITBIT"]);
  const [connection] = await connections.list(userId);
  await connections.setStatus(connection!.id, "REVOKED");
  const lane = await store.collection<string>("outbound-lanes").get(hashOf(userId));
  await comes("a change waits for the gap", async () => {
    for await (const _ of store.collection("outbound-owed").keys(`${lane}/`)) return true;
    return false;
  });
  await come(before + 4);
}

async function everything(): Promise<Map<string, string>> {
  const rows = new Map<string, string>();
  for await (const [key, text] of backend.scan("")) rows.set(key, text);
  return rows;
}
const namespaceOf = (key: string) => key.split(":")[0]!;
const naming = (rows: ReadonlyMap<string, string>, names: readonly string[]) =>
  [...rows].filter(([key, text]) => names.some((name) => `${key} ${text}`.includes(name))).map(([key]) => key);

const asked = { operation: "Steps", userId: null, minimumGapSeconds: 600 };
const hook = (gateway: Gateway, path: string, more: object = {}) =>
  gateway.outbound.create(owner, { ...asked, events: [], url: `${receiver.url}/${path}`, ...more });

test("a key that speaks for one person sees and changes the webhooks of that person alone", async () => {
  backend = memoryBackend();
  const { outbound } = await start(opened());
  const about = async (userId: string | null) =>
    (await outbound.create(owner, { ...asked, events: [], userId, url: `${receiver.url}/${userId}` })).webhook.id;
  const [everybodys, theirs, own] = [await about(null), await about("walker"), await about("demo")];
  const bound = { ...owner, userId: "demo" };
  const idsOf = async (one: typeof bound | typeof owner) => (await outbound.list(one)).map(({ id }) => id);
  expect(await idsOf(bound)).toEqual([own]);
  expect((await idsOf(owner)).sort()).toEqual([everybodys, theirs, own].sort());
  expect(await idsOf({ ...owner, userId: "nobody" })).toEqual([]);
  for (const id of [everybodys, theirs])
    for (const change of [
      outbound.remove(bound, id),
      outbound.enable(bound, id),
      outbound.rotate(bound, id, 1),
      outbound.replay(bound, id, time.clock.now() - 60_000),
    ])
      await expect(change).rejects.toThrow("This app key has no webhook of this id.");
  await outbound.remove(bound, own);
  expect((await idsOf(owner)).sort()).toEqual([everybodys, theirs].sort());
});

test("a deletion that a crash cuts off anywhere is brought to its end by the next start, and told once", async () => {
  let isWhole = false;
  for (let writes = 0; !isWhole; writes += 7) {
    backend = memoryBackend();
    receiver.received.length = 0;
    const { broken, state } = breaking(opened());
    const gateway = await start(broken);
    await hook(gateway, "all", { events: ["CONNECTION_CHANGED", "USER_DELETED"] });
    await hook(gateway, "demo", { userId: "demo" });
    await live(gateway, "demo");
    const lane = (await gateway.store.collection<string>("outbound-lanes").get(hashOf("demo")))!;
    const before = await everything();
    const kept = new Set(
      naming(before, [lane])
        .map(namespaceOf)
        .filter((name) => name.startsWith("outbound-")),
    );
    expect([...kept].sort()).toEqual(
      ["bodies", "lanes", "last", "owed", "pending", "runs", "sent", "webhooks"].map((name) => `outbound-${name}`),
    );

    state.left = writes;
    const answer = await gateway.eraseUser("demo").then(
      () => "deleted",
      () => "cut off",
    );
    isWhole = answer === "deleted" && state.left > 0;
    await gateway.close().catch(() => {});
    gateways.length = 0;
    time.moveTo(time.clock.now() + 10 * 60_000);
    receiver.answer = 204;
    const next = await start(opened());
    // Whoever was not answered asks again.
    if (answer === "cut off" && writes === 0) await next.eraseUser("demo");
    const deletions = () => receiver.received.filter(({ body }) => body.type === "USER_DELETED");
    await comes(`the deletion that was cut off after ${writes} writes is told`, () => deletions().length > 0);
    await comes("nothing is left to do", async () => {
      const left = [...(await everything()).keys()].map(namespaceOf);
      return !left.some((name) => ["outbound-deletions", "outbound-events", "outbound-pending"].includes(name));
    });
    expect(new Set(deletions().map(({ id }) => id)).size).toBe(1);
    const after = await everything();
    expect([writes, naming(after, ['"demo"', hashOf("demo")])]).toEqual([writes, []]);
    // A random name that nothing leads to any more.
    expect([...new Set(naming(after, [lane]).map(namespaceOf))].filter((name) => name !== "outbound-sent")).toEqual([]);
    await next.close();
    gateways.length = 0;
  }
});

test("a clock that was a year ahead for a while keeps nothing waiting once it is right", async () => {
  const right = time.clock.now();
  const gateway = await start(opened());
  const { webhook } = await hook(gateway, "all", { events: ["CONNECTION_CHANGED"], minimumGapSeconds: 60 });
  await hook(gateway, "both", { userId: "both" });
  time.moveTo(right + 365 * 86_400_000);
  await live(gateway, "both");
  await gateway.close();
  gateways.length = 0;

  // The receiver failed, a message was to be tried again, and a change waited for its gap: all a year from now.
  time = testTime(new Date(right + 60_000).toISOString());
  receiver.answer = 204;
  const known = receiver.received.length;
  const next = await start(opened());
  await comes("what waited is sent", async () => (await next.outbound.pending(webhook.id)) === 0);
  const orders = () => receiver.received.slice(known).map(({ body }) => body.data?.viewer?.sourcePriority?.[0]);
  await comes("the change is sent that waited for the gap", () => orders().includes("FITBIT"));
});

test("under a new key everything that webhooks keep is encrypted again, and can be sent without the old one", async () => {
  const store = opened();
  const gateway = await start(store, { ENCRYPTION_KEYS: keyA });
  const { secret, webhook } = await hook(gateway, "all", { events: ["CONNECTION_CHANGED"] });
  await hook(gateway, "both", { userId: "both" });
  await live(gateway, "both");
  const since = time.clock.now() - 3_600_000;
  // Noted, and cut off before it was told.
  await store
    .collection("outbound-deletions")
    .set("x", { at: time.clock.now(), box: { keyId: "k", nonce: "n", data: "d" } });
  await gateway.close();
  gateways.length = 0;

  const underKeys = async () => {
    const keys = new Map<string, Set<string>>();
    for (const [key, text] of await everything())
      for (const [, id] of text.matchAll(/"keyId":"([0-9a-f]{16})"/g))
        keys.set(namespaceOf(key), (keys.get(namespaceOf(key)) ?? new Set()).add(id!));
    return keys;
  };
  const old = await underKeys();
  expect([...old.keys()]).toEqual(expect.arrayContaining(["outbound-bodies", "outbound-webhooks", "tokens"]));
  const rotating = await start(store, { ENCRYPTION_KEYS: `${keyB},${keyA}` });
  time.moveTo(time.clock.now() + 86_400_000);
  const first = await rotating.rotateKeys();
  // The one that no key opens.
  expect(first.unreadable).toBe(1);
  expect(first.renewed).toBeGreaterThan(3);
  const now = await underKeys();
  for (const [namespace, ids] of now) expect([namespace, ids.size]).toEqual([namespace, 1]);
  for (const [namespace, ids] of old) expect([...now.get(namespace)!]).not.toEqual([...ids]);
  expect(await rotating.rotateKeys()).toMatchObject({ renewed: 0, unreadable: 1 });
  await store.collection("outbound-deletions").erase("x");
  await rotating.close();
  gateways.length = 0;

  const known = receiver.received.length;
  receiver.answer = 204;
  // Whatever a receiver that failed has to wait for.
  time.moveTo(time.clock.now() + 3_600_000);
  const without = await start(store, { ENCRYPTION_KEYS: keyB });
  await without.outbound.replay(owner, webhook.id, since);
  const all = () => receiver.received.slice(known).filter(({ path }) => path === "/hook/all");
  await comes(
    "what was sent and what waits is sent",
    async () => (await without.outbound.pending(webhook.id)) === 0 && all().length >= 3,
  );
  for (const one of all()) expect(() => verifiedThen(secret, one)).not.toThrow();
  // They end when they would have ended.
  for await (const [, { until }] of store.collection<{ until: number }>("outbound-bodies").scan(""))
    expect(until - time.clock.now()).toBeLessThanOrEqual(7 * 86_400_000);
});
