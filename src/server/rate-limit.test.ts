import type { Caller } from "../graphql/caller.js";
import { createPlaces, type PlaceLimits } from "./places.js";
import { createRateLimiter, networkOf, type RateLimit, spending } from "./rate-limit.js";

const redisUrl = process.env["TEST_REDIS_URL"] ?? null;
const user = (userId: string): Caller => ({ kind: "user", userId, expiresAt: 1 });
const app = (name: string): Caller => ({ kind: "app", name });
const atHome: Caller = { kind: "user", userId: "me", expiresAt: null };
const bound = (appKey: string): Caller => ({ kind: "user", userId: "ann", expiresAt: 1, appKey });
const refused = expect.objectContaining({ code: "RATE_LIMITED" });

/** How many of many taken at once pass. */
async function passing(times: number, take: () => Promise<unknown>): Promise<number> {
  const results = await Promise.allSettled(Array.from({ length: times }, take));
  return results.filter(({ status }) => status === "fulfilled").length;
}

describe.each(redisUrl === null ? [null] : [null, redisUrl])("points, counted in %p", (url) => {
  // Redis keeps what earlier runs used up.
  const mine = `${process.pid}-${performance.timeOrigin}`;
  const limit: Partial<RateLimit> = { user: 5, app: 7, stranger: 3, userMutations: 2, appMutations: 4 };
  const open = (more: Partial<RateLimit> = {}) => createRateLimiter({ limit: { ...limit, ...more }, redisUrl: url });

  test("each caller has their own, as many as the limit says, in a burst too", async () => {
    const limiter = open();
    await limiter.ready();
    expect(await passing(20, () => limiter.take(user(`ann ${mine}`), "1.1.1.1"))).toBe(5);
    expect(await passing(20, () => limiter.take(user(`bob ${mine}`), "1.1.1.1"))).toBe(5);
    expect(await passing(20, () => limiter.take(app(`ann ${mine}`), "1.1.1.1"))).toBe(7);
    expect(await passing(20, () => limiter.take(app(`b ${mine}`), "1.1.1.1"))).toBe(7);
    expect(await passing(20, () => limiter.take(bound(`wall ${mine}`), "1.1.1.1"))).toBe(5);
    limiter.close();
  });

  test("an operation takes its points at once; what is left is not enough for one that costs more", async () => {
    const limiter = open();
    await limiter.ready();
    const cat = user(`cat ${mine}`);
    await limiter.take(cat, "", 5);
    await expect(limiter.take(cat, "", 1)).rejects.toEqual(refused);
    const dan = user(`dan ${mine}`);
    await limiter.take(dan, "", 4);
    await expect(limiter.take(dan, "", 2)).rejects.toEqual(refused);
    limiter.close();
  });

  test("mutations are counted beside points, users' and apps' apart", async () => {
    const limiter = open();
    await limiter.ready();
    expect(await passing(9, () => limiter.mutations(user(`eve ${mine}`), 1))).toBe(2);
    expect(await passing(9, () => limiter.mutations(user(`fay ${mine}`), 2))).toBe(1);
    expect(await passing(9, () => limiter.mutations(app(`eve ${mine}`), 1))).toBe(4);
    limiter.close();
  });

  test("strangers have one bucket for each network, their WebSockets another", async () => {
    const limiter = open();
    await limiter.ready();
    const here = `9.${mine}`;
    expect(await passing(9, () => limiter.take(null, here))).toBe(3);
    expect(await passing(9, () => limiter.take(null, `${here}0`))).toBe(3);
    expect(await passing(9, () => limiter.upgrade(here))).toBe(3);
    limiter.close();
  });

  test("replicas count together with Redis, each by itself without", async () => {
    const [one, other] = [open(), open()];
    await Promise.all([one.ready(), other.ready()]);
    const gus = user(`gus ${mine}`);
    const passed = (await passing(9, () => one.take(gus, ""))) + (await passing(9, () => other.take(gus, "")));
    expect(passed).toBe(url === null ? 10 : 5);
    one.close();
    other.close();
  });
});

test("while Redis is away the process counts by itself", async () => {
  const limiter = createRateLimiter({ limit: { user: 5 }, redisUrl: "redis://127.0.0.1:1" });
  expect(await passing(20, () => limiter.take(user("ann"), ""))).toBe(5);
  limiter.close();
  const places = createPlaces({ limits: { userSockets: 2 }, redisUrl: "redis://127.0.0.1:1" });
  expect(await passing(20, () => places.socket(user("ann")))).toBe(2);
  await places.close();
});

test("a minute later there is a minute's worth again, and not a moment before", async () => {
  const { now } = Date;
  const at = (ms: number) => {
    Date.now = () => ms;
  };
  try {
    at(0);
    const limiter = createRateLimiter({ limit: { user: 2 }, redisUrl: null });
    expect(await passing(3, () => limiter.take(user("ann"), ""))).toBe(2);
    at(30_500);
    await expect(limiter.take(user("ann"), "")).rejects.toMatchObject({ details: { retryAfterSeconds: 30 } });
    at(59_999);
    await expect(limiter.take(user("ann"), "")).rejects.toMatchObject({ details: { retryAfterSeconds: 1 } });
    at(60_000);
    expect(await passing(3, () => limiter.take(user("ann"), ""))).toBe(2);
  } finally {
    Date.now = now;
  }
});

test("an app key that is bound to a person uses up neither the person's points nor another key's", async () => {
  const limiter = createRateLimiter({ limit: { user: 3, app: 4 }, redisUrl: null });
  for (const caller of [user("ann"), bound("wall"), bound("door"), app("wall")])
    expect(await passing(9, () => limiter.take(caller, ""))).toBe(caller.kind === "app" ? 4 : 3);
});

test("the person at home has an app's limits", async () => {
  const limiter = createRateLimiter({ limit: { user: 2, app: 4 }, redisUrl: null });
  expect(await passing(9, () => limiter.take(atHome, ""))).toBe(4);
});

test("an operation pays what the request has not paid yet, and for each of its mutations", async () => {
  const taken: unknown[] = [];
  const limiter = {
    ...createRateLimiter({ redisUrl: null }),
    take: async (_caller: unknown, _address: string, points?: number) => void taken.push(["points", points]),
    mutations: async (_caller: unknown, count: number) => void taken.push(["mutations", count]),
  };
  await spending(limiter, atHome, 1)({ points: 7, mutations: 0 });
  await spending(limiter, atHome, 1)({ points: 1, mutations: 3 });
  await spending(limiter, atHome)({ points: 1, mutations: 0 });
  const inParts = spending(limiter, atHome, 4);
  for (const points of [3, 3, 2]) await inParts({ points, mutations: 0 });
  expect(taken).toEqual([
    ["points", 6],
    ["mutations", 3],
    ["points", 1],
    ["points", 2],
    ["points", 2],
  ]);
});

test("of an IPv6 address its first half counts, of an IPv4 one all of it", () => {
  expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
  expect(networkOf("2001:db8:1:2::9")).toBe("2001:db8:1:2::/64");
  expect(networkOf("2001:db8::9")).toBe("2001:db8:0:0::/64");
  expect(networkOf("::1")).toBe("0:0:0:0::/64");
  expect(networkOf("fe80::1:2%eth0")).toBe("fe80:0:0:0::/64");
  expect(networkOf("::ffff:10.0.0.7")).toBe("10.0.0.7");
  expect(networkOf("10.0.0.7")).toBe("10.0.0.7");
});

describe.each(redisUrl === null ? [null] : [null, redisUrl])("places, counted in %p", (url) => {
  const mine = `${process.pid}-${performance.timeOrigin}`;
  const limits: Partial<PlaceLimits> = {
    userSockets: 2,
    appSockets: 3,
    userOperations: 4,
    appOperations: 5,
    strangerSockets: 6,
  };
  const open = () => createPlaces({ limits, redisUrl: url });

  test("a burst gets as many as there are, each caller and each kind by itself", async () => {
    const places = open();
    await places.ready();
    expect(await passing(50, () => places.socket(user(`ann ${mine}`)))).toBe(2);
    expect(await passing(50, () => places.socket(user(`bob ${mine}`)))).toBe(2);
    expect(await passing(50, () => places.socket(app(`ann ${mine}`)))).toBe(3);
    expect(await passing(50, () => places.operation(user(`ann ${mine}`)))).toBe(4);
    expect(await passing(50, () => places.operation(app(`ann ${mine}`)))).toBe(5);
    expect(Array.from({ length: 50 }, () => places.stranger("1.1.1.1")).filter(Boolean)).toHaveLength(6);
    expect(places.stranger("1.1.1.2")).not.toBeNull();
    await places.close();
  });

  test("one given back can be taken again, once", async () => {
    const places = open();
    await places.ready();
    const cat = user(`cat ${mine}`);
    const [first] = [await places.socket(cat), await places.socket(cat)];
    await expect(places.socket(cat)).rejects.toEqual(refused);
    first();
    first();
    await places.socket(cat);
    await expect(places.socket(cat)).rejects.toEqual(refused);
    await places.close();
  });

  test("replicas count together with Redis, each by itself without", async () => {
    const [one, other] = [open(), open()];
    await Promise.all([one.ready(), other.ready()]);
    const dan = user(`dan ${mine}`);
    const leave = await one.operation(dan);
    await one.operation(dan);
    expect(await passing(9, () => other.operation(dan))).toBe(url === null ? 4 : 2);
    leave();
    await one.operation(dan);
    expect(await passing(9, () => one.operation(dan))).toBe(url === null ? 2 : 0);
    one.close();
    other.close();
  });
});
