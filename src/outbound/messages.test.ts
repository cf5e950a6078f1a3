import { createCipher } from "../connections/tokens/vault.js";
import { keyvStore } from "../store/keyv-store.js";
import { memoryBackend } from "../store/memory.js";
import type { RowForm } from "../store/row.js";
import { createMessages, newPlace } from "./messages.js";
import { KEPT_MS } from "./webhook.js";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const store = keyvStore(memoryBackend());
const clock = { time: NOW, now: () => clock.time };
const messages = createMessages({ store, cipher: createCipher([Buffer.alloc(32, 7)]), clock });
afterAll(() => store.close());
afterEach(() => {
  clock.time = NOW;
});

const messageOf = (id: string, createdAt = NOW) => ({
  id,
  type: "OPERATION_CHANGED" as const,
  lane: "lane",
  body: "b",
  createdAt,
});
const placesOf = async (webhookId: string) => {
  const places: string[] = [];
  for await (const [place, { id }] of messages.waiting(webhookId)) places.push(`${place} ${id}`);
  return places;
};

test("what waits, or was delivered, is not put a second time", async () => {
  const place = newPlace(NOW);
  await messages.put("once", place, messageOf("msg_1"));
  await messages.put("once", place, messageOf("msg_2"));
  expect(await placesOf("once")).toEqual([`${place} msg_1`]);
  for await (const [at, pending] of messages.waiting("once")) await messages.delivered("once", at, pending);
  await messages.put("once", place, messageOf("msg_1"));
  expect(await messages.isWaiting("once")).toBe(false);
});

test("what is older than messages are kept is not put at all", async () => {
  await messages.put("old", newPlace(NOW), messageOf("msg_3", NOW - KEPT_MS));
  expect(await messages.count("old")).toBe(0);
  await messages.put("old", newPlace(NOW), messageOf("msg_4", NOW - KEPT_MS + 60_000));
  expect(await messages.count("old")).toBe(1);
});

test("what was delivered since then waits again, in its order and from its first attempt", async () => {
  const places = [newPlace(NOW - 9_000), newPlace(NOW - 5_000), newPlace(NOW - 1_000)];
  for (const [at, place] of places.entries()) await messages.put("again", place, messageOf(`msg_${at + 5}`));
  for await (const [at, pending] of messages.waiting("again")) {
    await messages.postpone("again", at, { ...pending, attempts: 3 });
    await messages.delivered("again", at, pending);
  }
  await messages.again("again", NOW - 6_000);
  expect(await placesOf("again")).toEqual([`${places[1]} msg_6`, `${places[2]} msg_7`]);
  for await (const [, { attempts }] of messages.waiting("again")) expect(attempts).toBe(0);
});

test("a crash within a delivery costs a repeat under the same id, and never the message", async () => {
  const place = newPlace(NOW);
  await messages.put("crash", place, messageOf("msg_8"));
  const done: string[] = [];
  let crashesAt = "";
  const mortal = Object.assign(Object.create(store), {
    collection: (name: string, form: RowForm<unknown>) =>
      new Proxy(store.collection(name, form), {
        get: (target, method) => {
          const step = `${String(method)} ${name}`;
          if (method !== "set" && method !== "erase") return Reflect.get(target, method);
          return async (...given: never[]) => {
            if (step === crashesAt) throw new Error("killed");
            await (target[method] as (...given: never[]) => Promise<unknown>)(...given);
            done.push(step);
          };
        },
      }),
  });
  const dying = createMessages({ store: mortal, cipher: createCipher([Buffer.alloc(32, 7)]), clock });
  const deliver = async () => {
    for await (const [at, pending] of messages.waiting("crash")) await dying.delivered("crash", at, pending);
  };
  for (crashesAt of ["set outbound-sent", "erase outbound-pending"]) {
    await expect(deliver()).rejects.toThrow("killed");
    expect(await placesOf("crash")).toEqual([`${place} msg_8`]);
  }
  crashesAt = "";
  await deliver();
  expect(done).toEqual(["set outbound-sent", "set outbound-sent", "erase outbound-pending"]);
  await messages.put("crash", place, messageOf("msg_8"));
  expect(await placesOf("crash")).toEqual([]);
});

test("what is older than messages are kept is not sent again", async () => {
  const place = newPlace(NOW);
  await messages.put("ended", place, messageOf("msg_9"));
  for await (const [at, pending] of messages.waiting("ended")) await messages.delivered("ended", at, pending);
  clock.time = NOW + KEPT_MS;
  await messages.again("ended", NOW - 1);
  expect(await messages.isWaiting("ended")).toBe(false);
  // Its rest is counted by the store's own clock: long enough to be looked at.
  clock.time -= 60_000;
  await messages.again("ended", NOW - 1);
  expect(await messages.isWaiting("ended")).toBe(true);
});
