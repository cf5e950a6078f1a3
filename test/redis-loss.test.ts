/**
 * Work that was accepted is in the store, and Redis carries it: whatever becomes of Redis, it is done. The server is this
 * test's own, so that it can be emptied, evict and be killed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../src/config/read-config.js";
import { createGateway, type Gateway } from "../src/gateway.js";
import type { BackfillService } from "../src/jobs/backfill/backfill.js";
import { createLogger } from "../src/log.js";
import type { Domain } from "../src/model/records.js";
import { providers } from "../src/providers/index.js";
import { fitbitSignature } from "../src/sandbox/fitbit/index.js";
import { addDays } from "../src/sandbox/people/index.js";
import type { Serving } from "../src/serve.js";
import { bytesOf, type FitbitBench, fitbitBench } from "./support/fitbit-bench.js";
import { hasRedisServer, startOwnRedis } from "./support/own-redis.js";
import { eventually, within } from "./support/served.js";

const WHO = "napper";
const TODAY = new Date().toISOString().slice(0, 10);
const DAYS = 400;

type OwnRedis = Awaited<ReturnType<typeof startOwnRedis>>;
const losses: readonly (readonly [string, (redis: OwnRedis) => Promise<unknown>])[] = [
  ["FLUSHDB", (redis) => redis.flush()],
  ["a failover to an empty server", (redis) => redis.restartEmpty()],
  // BullMQ's lists name jobs whose rows are gone.
  [
    "an eviction of every job",
    async ({ client }) => {
      const rows = await client.keys("pulsegate:queue:jobs:*");
      const kinds = await Promise.all(rows.map((key) => client.type(key)));
      const jobs = rows.filter((key, index) => kinds[index] === "hash" && !key.endsWith(":meta"));
      if (jobs.length > 0) await client.del(...jobs);
    },
  ],
];

let folder: string;
let redis: OwnRedis;
let at: FitbitBench;
const suite = hasRedisServer ? describe : describe.skip;
suite.each(losses)("%s", (_, lose) => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "pulsegate-redis-"));
    redis = await startOwnRedis();
    at = await fitbitBench(new Date().toISOString());
  });
  afterAll(async () => {
    await at[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  let stores = 0;
  const world = async (more: Readonly<Record<string, string>> = {}) => {
    await redis.flush();
    const storeUrl = `sqlite:${join(folder, `${stores++}.db`)}`;
    const env = at.envOf(storeUrl, { REDIS_URL: redis.url, ...more });
    return { env, replica: () => at.serve(storeUrl, { REDIS_URL: redis.url, ...more }) };
  };
  /** What each replica does every minute: a look that Redis did not answer in time is made again. */
  const look = ({ gateway }: Serving) =>
    eventually(60, "a look at what is open came to its end", async () => {
      const parts = [gateway.backfills as BackfillService, gateway.webhooks, gateway.connections];
      try {
        for (const part of parts) await part.recover();
        return true;
      } catch {
        return false;
      }
    });

  test("before and in the middle of a backfill: every day comes, and none is asked for twice", async () => {
    const { env, replica } = await world();
    const start = (gateway: Gateway, domains: readonly Domain[], days: number) =>
      gateway.backfills.start({ userId: WHO, provider: "FITBIT", domains, range: { from: addDays(TODAY, -days) } });
    // A process that works on nothing: its job waits in Redis, and then in the store alone.
    const idle = await createGateway({
      config: readConfig(env, { providers }),
      log: createLogger({ level: "silent" }),
    });
    await at.connect({ gateway: idle });
    const waiting = await start(idle, ["HEART"], 200);
    await lose(redis);
    await idle.close();

    await using one = await replica();
    await using two = await replica();
    // Each takes its time: most of them are under way when Redis is lost.
    at.lab.addFault({ latencyMs: 150, times: 40 });
    at.asked();
    const job = await start(one.gateway, ["ACTIVITY", "SLEEP"], DAYS);
    await eventually(60, "a request was sent", () => at.lab.requests.length > 0);
    await lose(redis);
    await look(two);
    for (const { id } of [job, waiting]) {
      const states = two.gateway.backfills.watch(id);
      await within(30, "the end of a backfill", ended(states)).finally(() => states.return?.());
    }
    // Whoever was given the job anew waited for who had it.
    const paths = at.asked();
    expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([]);
    const range = `range: { from: "${addDays(TODAY, -DAYS)}", to: "${addDays(TODAY, -40)}" }`;
    const { data } = JSON.parse(await bytesOf(two, `activity(${range}) { days { steps } }`));
    expect([data.viewer.activity.days.length, at.asked()]).toEqual([DAYS - 39, []]);
  });

  test("in the middle of a notification: it is worked off, and who listens hears of it", async () => {
    const { replica } = await world({ PREFETCH: "1" });
    await using one = await replica();
    await using two = await replica();
    await at.connect(one);
    const [connection] = await one.gateway.connections.list(WHO);
    const heard = two.gateway.bus.data(WHO);
    await heard.ready;
    const notice = {
      collectionType: "activities",
      ownerId: connection!.providerUserId,
      ownerType: "user",
      subscriptionId: "s",
    };
    const notify = async (date: string) => {
      const body = JSON.stringify([{ ...notice, date }]);
      const headers = {
        "content-type": "application/json",
        "x-fitbit-signature": fitbitSignature(body, at.lab.clientSecret),
      };
      const answer = await fetch(`${one.url}/webhooks/fitbit`, { method: "POST", headers, body });
      expect(answer.status).toBe(204);
    };
    // Accepted, while Redis is losing what it has.
    await bytesOf(
      one,
      `activity(range: { from: "${addDays(TODAY, -60)}", to: "${addDays(TODAY, -50)}" }) { days { steps } }`,
    );
    at.asked();
    await Promise.all([notify(addDays(TODAY, -55)), lose(redis), notify(addDays(TODAY, -54))]);
    await Promise.all([one, two].map(look));
    // What is marked as changed is asked for again, by whoever is asked: nothing that a notification told is lost.
    await eventually(60, "the notifications were worked off", async () => {
      await bytesOf(
        two,
        `activity(range: { from: "${addDays(TODAY, -60)}", to: "${addDays(TODAY, -50)}" }) { days { steps } }`,
      );
      const left: string[] = [];
      for await (const key of one.gateway.store.collection("receipts").keys("")) left.push(key);
      return left.length === 0;
    });
    expect(at.asked().length).toBeGreaterThan(0);
    // The line between the replicas is up again.
    let isHeard = false;
    void heard.next().then(() => {
      isHeard = true;
    });
    await eventually(60, "one replica heard the other again", async () => {
      await one.gateway.bus.dataUpdated({ ...update, receivedAt: Date.now() });
      return isHeard;
    });
    await heard.return?.();
  });

  test("in the middle of a refresh: the token is refreshed once, and everybody is answered", async () => {
    const { replica } = await world();
    await using one = await replica();
    await using two = await replica();
    await at.connect(one);
    at.clock.advance(9 * 3_600_000);
    const live = (serving: Serving, day: number) =>
      bytesOf(
        serving,
        `activity(range: { from: "${addDays(TODAY, -day)}", to: "${addDays(TODAY, -day)}" }) { days { steps } sources { status } }`,
      );
    at.lab.addFault({ path: "/oauth2/token", latencyMs: 500, times: 1 });
    const answering = Promise.all(Array.from({ length: 12 }, (_, index) => live(index % 2 ? one : two, 100 + index)));
    await lose(redis);
    for (const answer of await answering)
      expect(JSON.parse(answer).data.viewer.activity.sources).toEqual([{ status: "OK" }]);
    expect(at.lab.requests.filter(({ kind }) => kind === "token")).toHaveLength(1);
  });
});

async function ended(states: AsyncIterable<{ readonly status: string }>): Promise<void> {
  let last: string | undefined;
  for await (const { status } of states) last = status;
  expect(last).toBe("DONE");
}

const update = { userId: WHO, provider: "FITBIT", domain: "BODY", dates: [], origin: "LIVE" } as const;
