/** Places that replicas share. On Redis where TEST_REDIS_URL names one. */
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import type { Caller } from "../graphql/caller.js";
import { createPlaces, type Leave, type Places, type PlacesOptions } from "./places.js";

const redisUrl = process.env["TEST_REDIS_URL"] ?? "";
const check = redisUrl === "" ? test.skip : test;
/** Nobody that another run could mean. */
const person = (): Caller => ({ kind: "user", userId: randomUUID(), expiresAt: Date.UTC(2030, 0, 1) });
const keyOf = (caller: Caller) => `pulsegate:places:sockets user ${caller.kind === "user" ? caller.userId : ""}`;

const replicas: Places[] = [];
async function replica(options: Partial<PlacesOptions> = {}): Promise<Places> {
  const made = createPlaces({ redisUrl, limits: { userSockets: 2 }, ...options });
  replicas.push(made);
  await made.ready();
  return made;
}
let redis: Redis | undefined;
const look = () => {
  redis ??= new Redis(redisUrl);
  return redis;
};
afterEach(async () => {
  for (const each of replicas.splice(0)) await each.close();
});
afterAll(() => redis?.disconnect());

const refused = expect.objectContaining({ code: "RATE_LIMITED" });
const taken = (places: Places, caller: Caller): Promise<Leave | null> => places.socket(caller).catch(() => null);
/** Until it holds: what is awaited happens at the server, which tells nobody. */
async function becomes<T>(hold: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const held = await hold();
    if (held !== null) return held;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
/** When the longest lease of a caller's places ends, in seconds of the server's clock. */
const endOf = async (caller: Caller) =>
  Math.max(...Object.values(await look().hgetall(keyOf(caller))).map((text) => Number(text.split(":")[1])));

check("are taken at one replica and full at the other; what is given back is free for both", async () => {
  const [one, other] = [await replica(), await replica()];
  const caller = person();
  const first = await one.socket(caller);
  await other.socket(caller);
  await expect(one.socket(caller)).rejects.toEqual(refused);
  await expect(other.socket(caller)).rejects.toEqual(refused);
  await other.socket(person());
  first();
  await becomes(() => taken(other, caller));
  await expect(one.socket(caller)).rejects.toEqual(refused);
});

check("a replica that dies holds its callers' places until its lease ends, and no longer", async () => {
  // It says nothing more once it has them.
  const dead = await replica({ leaseSeconds: 2, renewalMs: 1_000_000 });
  const living = await replica({ leaseSeconds: 2, renewalMs: 100 });
  const caller = person();
  await dead.socket(caller);
  const end = await endOf(caller);
  await living.socket(caller);
  await expect(living.socket(caller)).rejects.toEqual(refused);
  await becomes(() => taken(living, caller));
  const [now] = await look().time();
  expect(Number(now)).toBeGreaterThanOrEqual(end);
  await expect(living.socket(caller)).rejects.toEqual(refused);
});

check("a replica that lives keeps its places for as long as it holds them", async () => {
  const one = await replica({ leaseSeconds: 2, renewalMs: 100 });
  const other = await replica();
  const caller = person();
  await one.socket(caller);
  await one.socket(caller);
  const end = await endOf(caller);
  await becomes(async () => (Number((await look().time())[0]) > end ? true : null));
  await expect(other.socket(caller)).rejects.toEqual(refused);
  expect(await endOf(caller)).toBeGreaterThan(end);
});

check("a server that lost everything is told again what is held", async () => {
  const one = await replica({ renewalMs: 100 });
  const other = await replica();
  const caller = person();
  await one.socket(caller);
  await one.socket(caller);
  await look().del(keyOf(caller));
  await becomes(async () => ((await look().exists(keyOf(caller))) === 1 ? true : null));
  await expect(other.socket(caller)).rejects.toEqual(refused);
});

check("a replica that ends gives back what it still holds, and leaves nothing of it behind", async () => {
  const [one, other] = [await replica(), await replica()];
  const caller = person();
  await one.socket(caller);
  await one.socket(caller);
  await one.close();
  expect(await look().exists(keyOf(caller))).toBe(0);
  await other.socket(caller);
});

check("addresses of those who have not said who they are stay in the process", async () => {
  const one = await replica({ renewalMs: 10, limits: { strangerSockets: 1 } });
  const address = `2001:db8:${randomUUID().slice(0, 4)}:${randomUUID().slice(0, 4)}::1`;
  expect(one.stranger(address)).not.toBeNull();
  expect(one.stranger(address)).toBeNull();
  // A renewal that came later has gone through when this one has.
  const caller = person();
  await one.socket(caller);
  await look().del(keyOf(caller));
  await becomes(async () => ((await look().exists(keyOf(caller))) === 1 ? true : null));
  expect(await look().keys(`pulsegate:places:*${address.slice(0, 18)}*`)).toEqual([]);
});

test("while no Redis answers, a replica counts by itself", async () => {
  const alone = createPlaces({ redisUrl: "redis://127.0.0.1:1", limits: { userSockets: 1 } });
  const caller = person();
  const leave = await alone.socket(caller);
  await expect(alone.socket(caller)).rejects.toEqual(refused);
  leave();
  await alone.socket(caller);
  await alone.close();
});
