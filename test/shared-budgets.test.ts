/** What two replicas ask of a provider whose limit is the app's: on one Redis, where TEST_REDIS_URL names one. */
import { readConfig } from "../src/config/read-config.js";
import { createGateway, type Gateway } from "../src/gateway.js";
import { createLogger } from "../src/log.js";
import { type Provider, providers } from "../src/providers/index.js";
import type { Budget } from "../src/providers/provider.js";
import { startFitbitLab } from "../src/sandbox/fitbit/index.js";
import { BriskRedis } from "../src/store/brisk-redis.js";
import { plainRequest, stillClock } from "./support/lab-gateway.js";

const redisUrl = process.env["TEST_REDIS_URL"];
const daily: Budget = { scope: "APP", windowSeconds: 86_400, limit: 60, window: "first" };

/** Fitbit's lab, as if its limit were the app's, and two replicas with a person each. */
async function bench(url: string) {
  const redis = new BriskRedis(url);
  await redis.connected();
  await redis.del("pulsegate:budget:{FITBIT}:86400");
  const clock = stillClock("2026-11-20T08:07:00Z");
  const lab = await startFitbitLab({ clock });
  const limited: readonly Provider[] = providers.map((each) =>
    each.id === "FITBIT" ? { ...each, budgets: [daily] } : each,
  );
  const env = {
    ...{ STORE_URL: "memory:", REDIS_URL: url, PUBLIC_URL: "http://localhost:4000" },
    AUTH_JWT_SECRET: "a secret for tests that is long enough",
    ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
    ...{ FITBIT_CLIENT_ID: lab.clientId, FITBIT_CLIENT_SECRET: lab.clientSecret, FITBIT_API_URL: lab.url },
  };
  const open = async () => {
    const gateway = await createGateway({
      ...{ config: readConfig(env, { providers }), providers: limited, clock, log: createLogger({ level: "silent" }) },
      delay: async () => {},
    });
    await gateway.budgets.ready();
    return gateway;
  };
  const replicas = [await open(), await open()] as const;
  const connectionOf = async (gateway: Gateway) => (await gateway.connections.list("demo"))[0]!;
  return {
    ...{ clock, lab, replicas, connectionOf },
    connect: async (gateway: Gateway) => {
      const tokens = lab.issueTokens("demo", { expiresInSeconds: 3 * 3600 });
      const expiresAt = clock.now() + 3 * 3_600_000;
      await gateway.connections.importConnection({ userId: "demo", provider: "FITBIT", ...tokens, expiresAt });
    },
    ask: async (gateway: Gateway) =>
      await gateway.api.send(await connectionOf(gateway), { method: "GET", path: "/1/user/-/profile.json" }),
    /** What is left by the count of all, and what the provider saw. */
    counted: async () => {
      const left = Number(await redis.hget("pulsegate:budget:{FITBIT}:86400", "remaining"));
      return { counted: daily.limit - left, seen: lab.requests.length };
    },
    [Symbol.asyncDispose]: async () => {
      for (const gateway of replicas) await gateway.close();
      redis.disconnect();
      await lab.close();
    },
  };
}

if (redisUrl) {
  test("two replicas never pass the app's limit between them: all that leaves counts, and a token is never refused", async () => {
    await using b = await bench(redisUrl);
    const [first, second] = b.replicas;
    for (const gateway of b.replicas) await b.connect(gateway);
    const steps = await b.counted();
    expect(steps).toEqual({ counted: steps.seen, seen: expect.any(Number) });
    expect(steps.seen).toBeGreaterThan(1);

    await second.subscriptions.subscribe({ userId: "demo", provider: "FITBIT", domains: ["SLEEP"] });
    const subscribed = await b.counted();
    expect(subscribed).toEqual({ counted: subscribed.seen, seen: subscribed.seen });
    expect(subscribed.seen).toBeGreaterThan(steps.seen);

    const [sleep] = await first.healthData.session(plainRequest).load([
      {
        ...{ userId: "demo", domain: "SLEEP", range: { lastDays: 5 }, fields: new Set(["sleep.sessions"]) },
        ...{ providers: null, alternatives: false, goalProgress: false },
      },
    ]);
    expect(sleep).toMatchObject({ sources: [{ provider: "FITBIT", status: "OK" }] });
    const read = await b.counted();
    expect(read).toEqual({ counted: read.seen, seen: subscribed.seen + 1 });

    const answers = await Promise.all(Array.from({ length: 90 }, (_, turn) => b.ask(b.replicas[turn % 2]!)));
    const sent = answers.filter(({ kind }) => kind === "ok");
    const kept = answers.filter(({ kind }) => kind !== "ok");
    // Three of sixty are left to tokens.
    expect(sent).toHaveLength(57 - read.seen);
    const retryAt = Date.parse("2026-11-21T08:07:00Z");
    expect(kept.map(({ outcome, requests }) => ({ outcome, requests }))).toEqual(
      kept.map(() => ({ outcome: { kind: "failed", failure: { code: "RATE_LIMITED", retryAt } }, requests: 0 })),
    );
    expect(await b.counted()).toEqual({ counted: 57, seen: 57 });

    b.clock.advance(4 * 3_600_000);
    for (const gateway of b.replicas)
      expect(await gateway.connections.token(await b.connectionOf(gateway))).toMatchObject({ resolver: "vault" });
    expect(await b.counted()).toEqual({ counted: 59, seen: 59 });
    expect(b.lab.requests.filter(({ kind }) => kind === "token")).toHaveLength(2);
    expect(await b.ask(first)).toMatchObject({ outcome: { failure: { code: "RATE_LIMITED" } }, requests: 0 });
    expect(await b.counted()).toEqual({ counted: 59, seen: 59 });
  });
} else if (process.env["CI_REQUIRE_SERVERS"] === "1") {
  test("two replicas on Redis", () => {
    throw new Error("CI_REQUIRE_SERVERS=1, but TEST_REDIS_URL is not set.");
  });
} else {
  test.skip("two replicas: skipped, because TEST_REDIS_URL is not set", () => {});
}
