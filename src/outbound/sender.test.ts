import { createCipher } from "../connections/tokens/vault.js";
import { TransportError } from "../http/client.js";
import { openStore } from "../store/open-store.js";
import { createMessages, newPlace } from "./messages.js";
import { createSender, SEND, type SenderDeps } from "./sender.js";
import { newSecret, sealSecret } from "./signing.js";
import type { Webhook, WebhookEvent } from "./webhook.js";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** One webhook, whose receiver answers each request when it is told to. */
async function bench({ of = {} as Partial<Webhook>, deps = {} as Partial<SenderDeps> } = {}) {
  const store = await openStore("memory:");
  const clock = { time: NOW, now: () => clock.time };
  const cipher = createCipher([new Uint8Array(32).fill(7)]);
  const messages = createMessages({ store, cipher, clock });
  let webhook = {
    ...{ id: "w1", app: "shop", url: "https://shop.test/hook", operation: null, events: [], lane: null },
    ...{ minimumGapSeconds: 0, createdAt: NOW, isDisabled: false, round: 0 },
    secrets: [{ box: sealSecret(cipher, "w1", newSecret()), until: null }],
    ...of,
  } as unknown as Webhook;
  /** The newest last. */
  const sent: { readonly id: string; readonly answer: (status: number, retryAfter?: number) => Promise<void> }[] = [];
  const jobs: { readonly id: string; readonly notBefore?: number }[] = [];
  const actions: string[] = [];
  const retired: string[] = [];
  const sender = createSender({
    ...{ store, messages, cipher, clock, log: { warn: () => {} }, isAllowed: async () => true },
    registry: {
      get: async () => webhook,
      all: async () => [webhook],
      change: async (_: string, how: (before: Webhook) => Webhook) => {
        webhook = how(webhook);
      },
    } as never,
    http: {
      send: ({ headers }) =>
        new Promise((resolve, reject) => {
          const answer = async (status: number, retryAfter?: number) => {
            const more = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
            if (status === 0) reject(new TransportError("timeout", "shop.test"));
            else resolve({ status, headers: more, text: "", sent: 1 });
            await settled();
          };
          sent.push({ id: headers!["webhook-id"]!, answer });
        }),
    },
    queue: {
      enqueue: async ({ id, notBefore }) => {
        const isNew = !jobs.some((job) => job.id === id);
        if (isNew) jobs.push({ id, ...(notBefore !== undefined && { notBefore }) });
        return isNew;
      },
      removeAll: async () => {},
    },
    audit: { record: async ({ action }: { readonly action: string }) => void actions.push(action) } as never,
    retire: async (id) => void retired.push(id),
    ...deps,
  });
  let put = 0;
  const counts = new Map<string, number>();
  const stopping = new AbortController();
  const aborting = new AbortController();
  return {
    ...{ store, clock, messages, sender, sent, jobs, actions, retired, stopping, aborting },
    webhook: () => webhook,
    ids: () => sent.map(({ id }) => id),
    /** Has messages wait that are of these lanes, in this order, under ids like `ada-0`. */
    put: async (lanes: readonly string[], type: WebhookEvent = "OPERATION_CHANGED") => {
      for (const lane of lanes) {
        const nth = counts.get(lane) ?? 0;
        counts.set(lane, nth + 1);
        const body = await messages.keep(lane, `{"of":"${lane}"}`);
        const message = { id: `${lane}-${nth}`, type, lane, body, createdAt: NOW };
        await messages.put("w1", newPlace(NOW + put++), message);
      }
    },
    waiting: async () => {
      const found: string[] = [];
      for await (const [, { id }] of messages.waiting("w1")) found.push(id);
      return found;
    },
    run: () => {
      const { signal } = aborting;
      const job = { id: SEND, payload: { webhookId: "w1" }, attempt: 1, signal, stopping: stopping.signal };
      return sender.handler.run(job);
    },
  };
}
const people = (count: number) => Array.from({ length: count }, (_, at) => `p${String(at).padStart(3, "0")}`);

test("messages of a person come one after the other, those of eight people at once", async () => {
  const { put, run, sent, ids, waiting } = await bench();
  await put([...people(9), ...people(9)]);
  const done = run();
  await settled();
  expect(ids()).toEqual(people(8).map((lane) => `${lane}-0`));
  await sent[3]!.answer(204);
  expect(ids().slice(8)).toEqual(["p003-1"]);
  await sent[8]!.answer(200);
  expect(ids().slice(9)).toEqual(["p008-0"]);
  for (let at = 0; at < sent.length; at++) if (at !== 3 && at !== 8) await sent[at]!.answer(204);
  expect([await done, await waiting(), new Set(ids()).size, sent.length]).toEqual([{ kind: "done" }, [], 18, 18]);
});

test("none overtakes another, however many wait, and each is sent once", async () => {
  const { put, run, sent, ids, waiting, jobs } = await bench();
  const lanes = ["ada", "bob", "cleo"];
  await put(Array.from({ length: 451 }, (_, at) => lanes[at % 3]!));
  const done = run();
  // Answered in another order than sent.
  for (let answered = 0; answered < 451; ) {
    await settled();
    const open = sent.slice(answered);
    expect(open.length).toBeLessThanOrEqual(3);
    expect(open.length).toBeGreaterThan(0);
    for (const { answer } of open.toReversed()) await answer(204);
    answered += open.length;
  }
  await done;
  for (const lane of lanes) {
    const own = ids().filter((id) => id.startsWith(lane));
    expect(own).toEqual(own.map((_, nth) => `${lane}-${nth}`));
  }
  expect([ids().length, await waiting(), jobs]).toEqual([451, [], []]);
});

test("what follows one that is not due yet waits behind it, however far behind; others don't", async () => {
  const { put, run, sent, ids, waiting, messages, jobs, clock } = await bench();
  await put([...Array(230).fill("ada"), "bob"]);
  for await (const [place, pending] of messages.waiting("w1")) {
    await messages.postpone("w1", place, { ...pending, attempts: 2, nextAt: NOW + 300_000 });
    break;
  }
  const done = run();
  await settled();
  expect(ids()).toEqual(["bob-0"]);
  await sent[0]!.answer(204);
  await done;
  expect((await waiting()).length).toBe(230);
  expect(jobs).toEqual([{ id: `${SEND}/w1/${NOW + 300_000}`, notBefore: NOW + 300_000 }]);
  clock.time += 300_000;
  const later = run();
  await settled();
  expect(ids().slice(1)).toEqual(["ada-0"]);
  await sent[1]!.answer(500);
  await later;
  expect(ids()).toHaveLength(2);
});

describe("a receiver that fails", () => {
  it("rests though others' messages were taken that were on their way, and is then asked by one alone", async () => {
    const { put, run, sent, ids, sender, clock, jobs } = await bench();
    await put([...people(10), ...people(10)]);
    const done = run();
    await settled();
    await sent[0]!.answer(503, 40);
    // Each of them would have the next one follow.
    for (const { answer } of sent.slice(1, 8)) await answer(204);
    expect(ids()).toHaveLength(8);
    await done;
    expect(await sender.health("w1")).toEqual({
      ...{ failures: 1, restsUntil: NOW + 40_000, lastDeliveredAt: NOW },
      lastFailure: "The receiver answered 503.",
    });
    expect(jobs).toEqual([{ id: `${SEND}/w1/${NOW + 40_000}`, notBefore: NOW + 40_000 }]);
    clock.time += 39_999;
    await run();
    expect(ids()).toHaveLength(8);
    clock.time += 1;
    const trial = run();
    await settled();
    expect(ids().slice(8)).toEqual(["p000-0"]);
    await sent[8]!.answer(204);
    expect(ids().slice(9)).toEqual(["p000-1"]);
    await sent[9]!.answer(204);
    expect(ids().slice(10)).toHaveLength(8);
    for (let at = 10; at < sent.length; at++) await sent[at]!.answer(204);
    await trial;
    expect(new Set(ids()).size).toBe(20);
    expect(await sender.health("w1")).toMatchObject({ failures: 0, restsUntil: 0, lastDeliveredAt: NOW + 40_000 });
  });

  it("rests for as long as the longest wait that it asked for", async () => {
    const { put, run, sent, sender } = await bench();
    await put(people(3));
    const done = run();
    await settled();
    await sent[1]!.answer(429, 900);
    await sent[0]!.answer(500);
    await sent[2]!.answer(0);
    await done;
    expect(await sender.health("w1")).toMatchObject({ failures: 3, restsUntil: NOW + 900_000 });
  });

  it("is not asked for what follows the one that failed once it has rested", async () => {
    const { put, run, sent, ids, clock } = await bench();
    await put(["ada", "ada", "bob"]);
    const done = run();
    await settled();
    await sent[1]!.answer(204);
    await sent[0]!.answer(500);
    await done;
    clock.time += 5_000;
    const again = run();
    await settled();
    expect(ids()).toEqual(["ada-0", "bob-0", "ada-0"]);
    await sent[2]!.answer(204);
    expect(ids().slice(3)).toEqual(["ada-1"]);
    await sent[3]!.answer(204);
    await again;
  });

  it("is not asked for it even where its rest is over before others have answered", async () => {
    const { put, run, sent, ids, clock } = await bench();
    await put(["bob", ...Array(230).fill("ada"), "cleo"]);
    const done = run();
    await settled();
    await sent[1]!.answer(500);
    clock.time += 6_000;
    await sent[0]!.answer(204);
    expect(ids()).toEqual(["bob-0", "ada-0", "cleo-0"]);
    await sent[2]!.answer(204);
    await done;
    expect(ids()).toHaveLength(3);
  });

  it("and wants no more is sent nothing that waits, and all of it is kept", async () => {
    const { put, run, sent, ids, webhook, actions, waiting, jobs } = await bench();
    await put([...people(9), ...people(9)]);
    const done = run();
    await settled();
    await sent[0]!.answer(410);
    for (const { answer } of sent.slice(1, 8)) await answer(204);
    expect(ids()).toHaveLength(8);
    await done;
    expect([ids().length, webhook().isDisabled, actions, jobs]).toEqual([8, true, ["webhook-disabled"], []]);
    expect((await waiting()).length).toBe(11);
    await run();
    expect(ids()).toHaveLength(8);
  });
});

test("a message whose body is gone is dropped, and the next one follows", async () => {
  const { put, run, sent, ids, messages, waiting } = await bench();
  await put(["ada"]);
  await messages.forgetAnswers("ada");
  await put(["ada", "bob"]);
  const done = run();
  await settled();
  expect(ids().toSorted()).toEqual(["ada-1", "bob-0"]);
  for (const { answer } of sent) await answer(204);
  await done;
  expect([sent.length, await waiting()]).toEqual([2, []]);
});

test("a process that stops ends with what is on its way, and the rest is due at once", async () => {
  const { put, run, sent, ids, stopping, jobs, waiting } = await bench();
  await put(["ada", "ada", "bob"]);
  const done = run();
  await settled();
  stopping.abort();
  for (const { answer } of sent) await answer(204);
  await done;
  expect([ids(), await waiting()]).toEqual([["ada-0", "bob-0"], ["ada-1"]]);
  expect(jobs).toEqual([{ id: `${SEND}/w1/${NOW}`, notBefore: NOW }]);
});

test("one process sends to a webhook at a time, and lets go of it", async () => {
  const { put, run, sent, ids, store } = await bench();
  await put(["ada"]);
  const done = run();
  await settled();
  expect(await run()).toEqual({ kind: "again", at: NOW + 1_000 });
  expect(ids()).toEqual(["ada-0"]);
  await sent[0]!.answer(204);
  await done;
  const lease = await store.lease("outbound-send/w1", 1_000);
  expect(lease).not.toBeNull();
  await lease!.release();
});

test("the last word to a webhook of one person ends it", async () => {
  const { put, run, sent, retired } = await bench({ of: { lane: "ada" } });
  await put(["ada", "ada"], "USER_DELETED");
  const done = run();
  await settled();
  await sent[0]!.answer(204);
  await done;
  expect([sent.length, retired]).toEqual([1, ["w1"]]);
});

test("an app has sixteen receivers sent to at once, and each turn is given back", async () => {
  const webhooks = new Map(people(18).map((id) => [id, { id, app: id === "p017" ? "other" : "shop" } as Webhook]));
  const asking: (() => void)[] = [];
  const { sender, aborting, clock } = await bench({
    deps: {
      registry: { get: async (id: string) => webhooks.get(id) } as never,
      store: {
        collection: () => ({ get: async () => undefined }),
        lease: () => new Promise((resolve) => void asking.push(() => resolve(null))),
      } as never,
    },
  });
  const { signal } = aborting;
  const run = (id: string) =>
    sender.handler.run({ id, payload: { webhookId: id }, attempt: 1, signal, stopping: signal });
  const all = people(16).map(run);
  await settled();
  expect(asking).toHaveLength(16);
  const refused = (await run("p016")) as { readonly kind: string; readonly at: number };
  expect(refused.kind).toBe("again");
  expect(refused.at - clock.time).toBeGreaterThanOrEqual(2_000);
  expect(refused.at - clock.time).toBeLessThan(4_000);
  all.push(run("p017"));
  await settled();
  expect(asking).toHaveLength(17);
  asking[0]!();
  await all[0];
  all.push(run("p016"));
  await settled();
  expect(asking).toHaveLength(18);
  for (const end of asking) end();
  await Promise.all(all);
});
