import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiled } from "../../test/support/compiled.js";
import { testProvider } from "../../test/support/connections-bench.js";
import { manualTime } from "../../test/support/manual-time.js";
import { noticeOwner } from "../connections/directory/accounts.js";
import { fitbitWebhook, signFitbit } from "../providers/fitbit/webhook.js";
import type { Provider } from "../providers/index.js";
import type { Notice, ProviderSettings, WebhookRequest, WebhookVerdict } from "../providers/provider.js";
import { openStore } from "../store/open-store.js";
import type { Store } from "../store/store.js";
import { createWebhookReceiver, type WebhookReceiverDeps } from "./receive.js";

const secret = "s3cret";
const folder = mkdtempSync(join(tmpdir(), "pulsegate-receipts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const settings = { clientSecret: secret, values: { VERIFICATION_CODE: "code" } } as unknown as ProviderSettings;
const noted = [{ collectionType: "sleep", date: "2026-11-19", ownerId: "A1", ownerType: "user", subscriptionId: "s" }];

function post(content: unknown, signedWith = secret): WebhookRequest {
  const body = new TextEncoder().encode(JSON.stringify(content));
  return { method: "POST", headers: { "x-fitbit-signature": signFitbit(body, signedWith) }, query: {}, body };
}

async function bench(change: Partial<WebhookReceiverDeps> & { provider?: Provider } = {}) {
  const { provider = testProvider({}, { webhook: fitbitWebhook }), ...others } = change;
  const store = others.store ?? (await openStore("memory:"));
  const clock = { time: Date.parse("2026-11-20T12:00:00Z"), now: () => clock.time };
  const applied: Notice[] = [];
  const counted: string[] = [];
  const visited: string[] = [];
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const deps: WebhookReceiverDeps = {
    providers: [provider],
    settings: () => settings,
    store,
    publicUrl: "https://gate.test",
    givenSecret: async () => null,
    apply: async (_provider, _at, notices) => {
      applied.push(...notices);
      return { failed: [] };
    },
    fetchText: async () => "",
    visit: async (url) => void visited.push(url),
    clock,
    log,
    count: (what) => void counted.push(what),
    ...others,
  };
  return { store, clock, applied, counted, visited, deps, receiver: createWebhookReceiver(deps) };
}

async function receiptsIn(store: Store) {
  const found: unknown[] = [];
  for await (const [, receipt] of store.collection("receipts").scan("")) found.push(receipt);
  return found;
}

test("the receipt is stored before the answer, and the work comes after it", async () => {
  const { receiver, store, applied } = await bench();
  const answer = await receiver.receive("fitbit", post(noted));
  expect(answer).toEqual({ status: 204, body: "" });
  expect(applied).toEqual([]);
  expect(await receiptsIn(store)).toHaveLength(1);
  await receiver.idle();
  expect(applied).toMatchObject([{ kind: "changed", providerUserId: "A1" }]);
  expect(await receiptsIn(store)).toEqual([]);
});

test("a repeat is answered alike and does nothing, done or not", async () => {
  const { receiver, applied, counted } = await bench();
  const answers = await Promise.all([receiver.receive("fitbit", post(noted)), receiver.receive("fitbit", post(noted))]);
  await receiver.idle();
  answers.push(await receiver.receive("fitbit", post(noted)));
  await receiver.idle();
  expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
  expect(applied).toHaveLength(1);
  expect(counted.sort()).toEqual(["accepted", "repeated", "repeated"]);
});

test("two providers may give two deliveries the same name", async () => {
  const receive = async (): Promise<WebhookVerdict> => ({
    ...{ kind: "accepted", status: 204, deliveryId: "same" },
    notices: [{ kind: "changed", providerUserId: "A1", domains: ["SLEEP"], days: null }],
  });
  const webhook = { ...fitbitWebhook, receive };
  const providers = [
    testProvider({}, { webhook }),
    { ...testProvider({}, { webhook }), id: "MISFIT", slug: "misfit" } as Provider,
  ];
  const { receiver, applied } = await bench({ providers });
  for (const slug of ["fitbit", "misfit", "misfit"]) await receiver.receive(slug, post(noted));
  await receiver.idle();
  expect(applied).toHaveLength(2);
});

test("what is forged, too long or for nobody is refused, and leaves nothing", async () => {
  const { receiver, store, applied } = await bench();
  expect((await receiver.receive("fitbit", post(noted, "guess"))).status).toBe(404);
  expect((await receiver.receive("garmin", post(noted))).status).toBe(404);
  const longest = new Uint8Array(receiver.maxBytes("fitbit"));
  expect((await receiver.receive("fitbit", { ...post(noted), body: longest })).status).toBe(404);
  const body = new Uint8Array(receiver.maxBytes("fitbit") + 1);
  expect((await receiver.receive("fitbit", { ...post(noted), body })).status).toBe(413);
  const verify = (code: string) => ({
    method: "GET" as const,
    headers: {},
    query: { verify: code },
    body: new Uint8Array(),
  });
  expect((await receiver.receive("fitbit", verify("code"))).status).toBe(204);
  expect((await receiver.receive("fitbit", verify("wrong"))).status).toBe(404);
  expect(await receiptsIn(store)).toEqual([]);
  expect(applied).toEqual([]);
});

test("a store that is away means: come again", async () => {
  const store = await openStore("memory:");
  let away = true;
  const flaky: Store = {
    ...store,
    collection: <T>(namespace: string) => {
      const real = store.collection<T>(namespace);
      return {
        ...real,
        putIfAbsent: async (...given: Parameters<typeof real.putIfAbsent>) => {
          if (away) throw new Error("away");
          return await real.putIfAbsent(...given);
        },
      };
    },
  };
  const { receiver, applied } = await bench({ store: flaky });
  expect((await receiver.receive("fitbit", post(noted))).status).toBe(503);
  away = false;
  expect((await receiver.receive("fitbit", post(noted))).status).toBe(204);
  await receiver.idle();
  expect(applied).toHaveLength(1);
});

test("a verifier that fails means: come again", async () => {
  const receive = async (): Promise<WebhookVerdict> => {
    throw new Error("no keys");
  };
  const { receiver } = await bench({ provider: testProvider({}, { webhook: { ...fitbitWebhook, receive } }) });
  expect((await receiver.receive("fitbit", post(noted))).status).toBe(503);
});

test("what was accepted before the process was killed is worked off once by the next", async () => {
  const url = `sqlite:${join(folder, "killed.db")}`;
  const signed = post(noted);
  const code = `
    import { fitbitWebhook } from "./src/providers/fitbit/webhook.ts";
    import { openStore } from "./src/store/open-store.ts";
    import { createWebhookReceiver } from "./src/webhooks/receive.ts";
    const store = await openStore(process.argv[2]);
    const receiver = createWebhookReceiver({
      store, providers: [{ id: "FITBIT", slug: "fitbit", webhook: fitbitWebhook }],
      settings: () => (${JSON.stringify(settings)}),
      clock: { now: () => ${Date.parse("2026-11-20T12:00:00Z")} }, log: { info() {}, warn() {}, error() {} },
      publicUrl: "https://gate.test", givenSecret: async () => null, fetchText: async () => "", visit: async () => {}, apply: async () => { process.exit(3); },
    });
    const answer = await receiver.receive("fitbit", ${JSON.stringify({ ...signed, body: null }).replace(
      '"body":null',
      `"body":new TextEncoder().encode(${JSON.stringify(JSON.stringify(noted))})`,
    )});
    process.stdout.write(String(answer.status), () => {});
    process.kill(process.pid, "SIGKILL");`;
  const child = spawn(process.execPath, [await compiled({ code }), url], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const said: string[] = [];
  child.stdout.on("data", (chunk) => said.push(String(chunk)));
  const [, signal] = await once(child, "close");
  expect([said.join(""), signal]).toEqual(["204", "SIGKILL"]);

  const store = await openStore(url);
  expect(await receiptsIn(store)).toHaveLength(1);
  const one = await bench({ store });
  const two = createWebhookReceiver(one.deps);
  await Promise.all([one.receiver.recover(), two.recover()]);
  await one.receiver.recover();
  expect(one.applied).toHaveLength(1);
  expect(one.applied).toMatchObject([{ providerUserId: "A1" }]);
  // The provider, never having heard the answer, sends it again.
  expect((await one.receiver.receive("fitbit", signed)).status).toBe(204);
  await one.receiver.idle();
  expect(one.applied).toHaveLength(1);
  await store.close();
});

test("work that takes longer than its lease is not begun by another process", async () => {
  const time = manualTime(Date.parse("2026-11-20T12:00:00Z"));
  const store = leasesBy(time.clock, await openStore("memory:"));
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const begun: number[] = [];
  const { receiver, deps } = await bench({
    ...{ store, clock: time.clock, timers: time.timers },
    apply: async () => {
      begun.push(time.clock.now());
      await ended;
      return { failed: [] };
    },
  });
  await receiver.receive("fitbit", post(noted));
  while (begun.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const other = createWebhookReceiver(deps);
  for (let minute = 0; minute < 5; minute++) {
    for (const _ of [1, 2, 3]) {
      time.advance(20_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await other.recover();
  }
  end();
  await receiver.idle();
  await other.recover();
  expect([begun.length, await receiptsIn(store)]).toEqual([1, []]);
});

/** A store whose leases end by this clock. */
function leasesBy(clock: { now(): number }, store: Store): Store {
  const leases = new Map<string, { fence: number; until: number }>();
  let last = 0;
  return {
    ...store,
    lease: async (name, ttlMs) => {
      const isOver = () => (leases.get(name)?.until ?? 0) <= clock.now();
      if (!isOver()) return null;
      const fence = ++last;
      const hold = (ms: number) => leases.set(name, { fence, until: clock.now() + ms });
      const isOurs = () => !isOver() && leases.get(name)?.fence === fence;
      hold(ttlMs);
      return {
        fence,
        renew: async (ms) => isOurs() && hold(ms) === leases,
        release: async () => void (isOurs() && leases.delete(name)),
      };
    },
  };
}

test("what could not be done is done later, and only that", async () => {
  const tries: (readonly Notice[])[] = [];
  const two = [...noted, { ...noted[0], ownerId: "B2" }];
  const { receiver, clock, store } = await bench({
    apply: async (_provider, _at, notices) => {
      tries.push(notices);
      return { failed: tries.length === 1 ? notices.slice(1) : [] };
    },
  });
  await receiver.receive("fitbit", post(two));
  await receiver.idle();
  await receiver.recover();
  expect(tries.map((some) => some.length)).toEqual([2]);
  clock.time += 60_000;
  await receiver.recover();
  expect(tries.map((some) => some.map((notice) => notice.providerUserId))).toEqual([["A1", "B2"], ["B2"]]);
  expect(await receiptsIn(store)).toEqual([]);
});

describe("what can't be done", () => {
  const MINUTE = 60_000;
  async function failing() {
    const lasting: [string, number | undefined][] = [];
    const real = await openStore("memory:");
    const store: Store = {
      ...real,
      collection: <T>(namespace: string, form?: Parameters<Store["collection"]>[1]) => {
        const collection = real.collection<T>(namespace, form as never);
        return {
          ...collection,
          set: async (key: string, value: T, ttlMs?: number) => {
            lasting.push([namespace, ttlMs]);
            await collection.set(key, value, ttlMs);
          },
        };
      },
    };
    let tries = 0;
    const lost: object[] = [];
    const at = await bench({
      store,
      log: { info: () => {}, warn: () => {}, error: (details) => void lost.push(details) },
      apply: async (_provider, _at, notices) => {
        tries++;
        return { failed: notices };
      },
    });
    return { ...at, tries: () => tries, lost, lasting };
  }

  test("is tried twelve times, with pauses that double from half a minute to an hour, and then given up", async () => {
    const { receiver, store, clock, tries, lost } = await failing();
    await receiver.receive("fitbit", post(noted));
    await receiver.idle();
    const pauses: number[] = [];
    while (lost.length === 0) {
      const [waiting] = (await receiptsIn(store)) as { notBefore: number; attempts: number }[];
      expect(waiting!.attempts).toBe(tries());
      pauses.push((waiting!.notBefore - clock.time) / MINUTE);
      clock.time = waiting!.notBefore - 1;
      await receiver.recover();
      expect(tries()).toBe(waiting!.attempts);
      clock.time = waiting!.notBefore;
      await receiver.recover();
    }
    expect(pauses).toEqual([0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
    expect([tries(), lost]).toEqual([12, [{ provider: "FITBIT", notices: 1, attempts: 12 }]]);
    expect(await receiptsIn(store)).toEqual([]);
    // It is as good as delivered: the provider's own repeat changes nothing.
    clock.time = Date.parse("2026-11-20T12:00:00Z");
    expect((await receiver.receive("fitbit", post(noted))).status).toBe(204);
    await receiver.idle();
    expect(tries()).toBe(12);
  });

  test("a delivery is known for two days, and for what is left of them where somebody was forgotten", async () => {
    const { receiver, clock, deps, lasting } = await failing();
    const done = createWebhookReceiver({ ...deps, apply: async () => ({ failed: [] }) });
    await done.receive("fitbit", post([...noted, { ...noted[0], ownerId: "B2" }]));
    await done.idle();
    clock.time += 47 * 3_600_000;
    await receiver.forgetOwners([noticeOwner({ provider: "FITBIT", providerUserId: "B2" })]);
    const hours = lasting.filter(([name]) => name === "deliveries").map(([, ttlMs]) => ttlMs! / 3_600_000);
    expect(hours).toEqual([48, 1]);
  });
});

test("one bad notice among good ones costs itself alone", async () => {
  const notices = [
    { kind: "changed", providerUserId: "A1", domains: ["SLEEP"], days: { from: "2026-11-19", to: "2026-11-19" } },
    { kind: "changed", providerUserId: "a\0", domains: ["SLEEP"], days: null },
    { kind: "changed", providerUserId: "B2", domains: ["HEART"], days: { from: "2026-11-99", to: "2026-11-99" } },
  ] as Notice[];
  const receive = async (): Promise<WebhookVerdict> => ({ kind: "accepted", status: 204, deliveryId: "d", notices });
  const { receiver, applied } = await bench({
    provider: testProvider({}, { webhook: { ...fitbitWebhook, receive } }),
  });
  expect((await receiver.receive("fitbit", post(noted))).status).toBe(204);
  await receiver.idle();
  expect(applied).toEqual([notices[0], { ...notices[2], days: null }]);
});

test("a confirmation that fails is fetched again, until it succeeds", async () => {
  const receive = async (): Promise<WebhookVerdict> => ({
    ...{ kind: "confirm", status: 200, confirmUrl: "https://vendor.test/confirm", deliveryId: "d2" },
  });
  const tries: string[] = [];
  const { receiver, clock, store } = await bench({
    provider: testProvider({}, { webhook: { ...fitbitWebhook, receive } }),
    visit: async (url) => {
      tries.push(url);
      if (tries.length < 3) throw new Error("not now");
    },
  });
  await receiver.receive("fitbit", post(noted));
  await receiver.idle();
  for (const minutes of [1, 2, 4]) {
    clock.time += minutes * 60_000;
    await receiver.recover();
  }
  expect([tries.length, await receiptsIn(store)]).toEqual([3, []]);
});

test("a confirmation is fetched after the answer, once", async () => {
  const receive = async (): Promise<WebhookVerdict> => ({
    kind: "confirm",
    status: 200,
    confirmUrl: "https://vendor.test/confirm",
    deliveryId: "d1",
  });
  const { receiver, visited } = await bench({
    provider: testProvider({}, { webhook: { ...fitbitWebhook, receive } }),
  });
  expect((await receiver.receive("fitbit", post(noted))).status).toBe(200);
  expect(visited).toEqual([]);
  await receiver.idle();
  await receiver.receive("fitbit", post(noted));
  await receiver.idle();
  expect(visited).toEqual(["https://vendor.test/confirm"]);
});

test("somebody forgotten is in no receipt and no mark, even of work under way", async () => {
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  const { receiver, store } = await bench({
    apply: async (_provider, _at, notices) => {
      if (notices.length > 1) await held;
      // A2 and C3 must wait for better times.
      return { failed: notices.filter(({ providerUserId }) => providerUserId !== "A1") };
    },
  });
  const of = (...ids: string[]) => ids.map((ownerId) => ({ ...noted[0], ownerId, date: `2026-11-1${ids.length}` }));
  // One alone and done, one alone and waiting, and a batch that is under way.
  await receiver.receive("fitbit", post(of("A1")));
  await receiver.receive("fitbit", post(of("A2")));
  while ((await marksIn(store)).length === 0) await new Promise((resolve) => setImmediate(resolve));
  await receiver.receive("fitbit", post(of("A1", "A2", "C3")));
  await new Promise((resolve) => setTimeout(resolve, 20));
  await receiver.forgetOwners(
    ["A1", "A2"].map((providerUserId) => noticeOwner({ provider: "FITBIT", providerUserId })),
  );
  expect(await marksIn(store)).toEqual([]);
  go();
  await receiver.idle();
  expect(await receiptsIn(store)).toMatchObject([{ notices: [{ providerUserId: "C3" }], owners: [expect.anything()] }]);
  expect(JSON.stringify(await receiptsIn(store))).not.toMatch(/"A[12]"/);
});

test("somebody forgotten is taken out of what waits to be tried again, and the others are tried", async () => {
  const tried: string[][] = [];
  const { receiver, store, clock } = await bench({
    apply: async (_provider, _at, notices) => {
      tried.push(notices.map(({ providerUserId }) => providerUserId));
      return { failed: tried.length === 1 ? notices : [] };
    },
  });
  await receiver.receive("fitbit", post([...noted, { ...noted[0], ownerId: "C3" }]));
  await receiver.idle();
  await receiver.forgetOwners([noticeOwner({ provider: "FITBIT", providerUserId: "A1" })]);
  expect(await receiptsIn(store)).toMatchObject([{ notices: [{ providerUserId: "C3" }] }]);
  clock.time += 60_000;
  await receiver.recover();
  expect(tried).toEqual([["A1", "C3"], ["C3"]]);
});

async function marksIn(store: Store) {
  const found: unknown[] = [];
  for await (const [, mark] of store.collection("deliveries").scan("")) found.push(mark);
  return found;
}
