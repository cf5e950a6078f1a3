import { manualTime } from "../../test/support/manual-time.js";
import type { Connection } from "../connections/connection.js";
import { testProvider } from "../connections/test-bench.js";
import { createBus } from "../events/bus.js";
import type { BackfillJob, DataUpdate } from "../events/updates.js";
import { cell } from "../model/cells.js";
import type { Field } from "../model/fields.js";
import { eachDay } from "../model/time.js";
import type { Failure, Provider } from "../providers/provider.js";
import { createFetcher } from "../readings/fetch.js";
import { createHistory, type History } from "../readings/history.js";
import { createLedger } from "../readings/ledger.js";
import { createReadings } from "../readings/session.js";
import { openStore } from "../store/open-store.js";
import type { Store } from "../store/store.js";
import { BACKFILL, createBackfills } from "./backfill.js";
import { createEmbeddedQueue } from "./embedded.js";
import { createPrefetch, PREFETCH } from "./prefetch.js";
import { type JobQueue, MAX_ATTEMPTS } from "./queue.js";

const start = Date.parse("2026-11-20T12:00:00Z");
const HOUR = 3_600_000;

/** Steps by ten days, so that a year takes 37 requests of a budget that has thirty an hour. */
const provider: Provider = testProvider(
  {},
  {
    budgets: [{ scope: "CONNECTION", windowSeconds: 3600, limit: 30, window: "clock" }],
    calls: [
      {
        name: "steps",
        yields: ["activity.steps"] as Field[],
        reach: { kind: "days", max: 10 },
        request: ({ from, to }) => ({ method: "GET", path: `/steps/${from}/${to}` }),
        read: (answer) => {
          const { from, to } = answer as { from: string; to: string };
          return {
            cells: [...eachDay(from, to)].map((day) => cell("activity.steps", day, 1000)),
            covers: { from, to },
          };
        },
      },
    ],
  },
);

async function bench(store?: Store) {
  const own = store ?? (await openStore("memory:"));
  const time = manualTime(start);
  const { clock } = time;
  const connection = {
    id: "c1",
    userId: "ada",
    provider: "FITBIT",
    status: "CONNECTED",
    providerUserId: "A1",
    legacyUserId: null,
    scopes: [],
    connectedAt: start,
    lastAttemptAt: null,
    lastSuccessAt: null,
    dataThrough: null,
    identityReadAt: null,
    subscriptions: [{ id: "s1", collection: "activities", domains: ["ACTIVITY"], createdAt: 0, expiresAt: null }],
    budgets: [],
  } as Connection;
  const world = {
    list: [connection] as Connection[],
    asked: [] as string[],
    failure: null as Failure | null,
    before: async (_path: string) => {},
  };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const ledger = createLedger(clock);
  const fetcher = createFetcher({
    ledger,
    clock,
    delay: async () => {},
    sender: {
      send: async (_, { path }) => {
        await world.before(path);
        world.asked.push(path);
        if (world.failure) return { outcome: { kind: "failed", failure: world.failure }, body: null };
        const [, , from, to] = path.split("/");
        return { outcome: { kind: "ok" }, body: { from, to } };
      },
    },
  });
  const history: History = createHistory({ store: own, clock });
  const connections = {
    list: async (userId: string) => world.list.filter((one) => one.userId === userId),
    get: async (id: string) => world.list.find((one) => one.id === id) ?? null,
    forReading: async () => world.list,
    sourcePriority: async () => ["FITBIT" as const],
    noteSuccess: async () => {},
    all: async function* () {
      yield* world.list;
    },
  };
  const settings = () => ({ clientId: "c", overridden: true }) as never;
  const providers = [{ ...provider, webhook: { domains: ["ACTIVITY"] } as never }];
  const readings = createReadings({
    connections,
    providers,
    settings,
    history,
    fetcher,
    ledger,
    clock,
    onError: () => {},
  });
  const bus = createBus({ redisUrl: null, log });
  const queue: JobQueue = createEmbeddedQueue({ store: own, clock, timers: time.timers, log });
  const shared = { store: own, queue, connections, providers, readings, history, bus, clock, log };
  const backfills = createBackfills(shared);
  const prefetch = createPrefetch(shared);
  return {
    ...{ store: own, time, world, history, bus, queue, backfills, prefetch, connection },
    begin: () => queue.start({ [BACKFILL]: backfills.handler, [PREFETCH]: prefetch.handler }),
    [Symbol.asyncDispose]: async () => {
      await queue.close();
      await bus.close();
      if (!store) await own.close();
    },
  };
}

const input = (lastDays: number) => ({
  userId: "ada",
  provider: "FITBIT" as const,
  domains: null,
  range: { lastDays },
});

async function until(jobs: AsyncIterableIterator<BackfillJob>, status: BackfillJob["status"]) {
  for (let next = await jobs.next(); !next.done; next = await jobs.next()) {
    if (next.value.status === status) return next.value;
  }
  throw new Error(`The job ended without being ${status}.`);
}

test("fetches the range, tells of each step, and ends", async () => {
  await using b = await bench();
  const updates = b.bus.data("ada");
  const job = await b.backfills.start(input(60));
  expect(job).toMatchObject({ userId: "ada", status: "QUEUED", daysDone: 0, daysTotal: 60, resumesAt: null });
  const watched = b.backfills.watch(job.id);
  await b.begin();
  expect(await until(watched, "DONE")).toMatchObject({ daysDone: 60 });
  expect((await watched.next()).done).toBe(true);
  expect(b.world.asked).toHaveLength(6);
  const update: DataUpdate = (await updates.next()).value;
  expect(update).toMatchObject({ domain: "ACTIVITY", origin: "BACKFILL" });
  expect(update.dates).toHaveLength(60);
});

test("leaves a third of the budget to others, waits for the next window, and goes on where it was", async () => {
  await using b = await bench();
  const job = await b.backfills.start(input(365));
  const watched = b.backfills.watch(job.id);
  await b.begin();
  const waiting = await until(watched, "WAITING");
  expect(b.world.asked.length).toBeGreaterThanOrEqual(15);
  expect(b.world.asked.length).toBeLessThanOrEqual(20);
  expect(waiting.resumesAt).toBeGreaterThanOrEqual(start + HOUR);
  b.time.advance(HOUR + 60_000);
  await until(watched, "WAITING");
  b.time.advance(HOUR + 60_000);
  expect(await until(watched, "DONE")).toMatchObject({ daysDone: 365, resumesAt: null });
  const key = { field: "activity.steps" as const, day: "2025-11-21" };
  expect((await b.history.read("c1", [key])).get(key.field, key.day)?.known).toEqual({ value: 1000 });
  // Days that may still change are fetched once too, hours lie between the steps or not.
  expect(b.world.asked).toHaveLength(37);
  expect(new Set(b.world.asked).size).toBe(37);
});

test("an equal job that is under way is the job; a finished one is not", async () => {
  await using b = await bench();
  const [one, two] = await Promise.all([b.backfills.start(input(5)), b.backfills.start(input(5))]);
  expect(two.id).toBe(one.id);
  expect((await b.backfills.start(input(6))).id).not.toBe(one.id);
  const watched = b.backfills.watch(one.id);
  await b.begin();
  await until(watched, "DONE");
  expect((await b.backfills.start(input(5))).id).not.toBe(one.id);
  expect(await b.backfills.list("ada")).toHaveLength(3);
  expect(await b.backfills.list("ben")).toEqual([]);
});

test("a grant that is lost fails the job", async () => {
  await using b = await bench();
  const job = await b.backfills.start(input(5));
  b.world.list = [{ ...b.connection, status: "REAUTHORIZATION_REQUIRED" }];
  await b.begin();
  expect(await until(b.backfills.watch(job.id), "FAILED")).toMatchObject({ daysDone: 0 });
});

test("an outage is tried again later, and fails the job in the end", async () => {
  await using b = await bench();
  b.world.failure = { code: "UNAVAILABLE" };
  const job = await b.backfills.start(input(5));
  const ended = until(b.backfills.watch(job.id), "FAILED");
  let over = false;
  void ended.then(() => (over = true));
  await b.begin();
  while (!over) {
    b.time.advance(10 * 60_000);
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  }
  await ended;
  expect(b.world.asked).toHaveLength(MAX_ATTEMPTS);
});

test("days that could not be kept don't count as done", async () => {
  const store = await openStore("memory:");
  let broken = true;
  const faulty: Store = {
    ...store,
    collection: <T>(namespace: string) => {
      const real = store.collection<T>(namespace);
      if (namespace !== "history") return real;
      return {
        ...real,
        set: async (...given: Parameters<typeof real.set>) => {
          if (broken) throw new Error("disk full");
          await real.set(...given);
        },
      };
    },
  };
  await using b = await bench(faulty);
  const job = await b.backfills.start(input(5));
  const watched = b.backfills.watch(job.id);
  const firstAsked = new Promise<void>((resolve) => (b.world.before = async () => resolve()));
  await b.begin();
  await firstAsked;
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  expect(await b.backfills.get(job.id)).toMatchObject({ status: "RUNNING", daysDone: 0 });
  broken = false;
  b.time.advance(60_000);
  expect(await until(watched, "DONE")).toMatchObject({ daysDone: 5 });
  await store.close();
});

test("a forgotten user's job stops at its next step, and leaves nothing", async () => {
  await using b = await bench();
  const job = await b.backfills.start(input(5));
  let go = () => {};
  const asked = new Promise<void>((resolve) => {
    b.world.before = () => {
      resolve();
      return new Promise((release) => (go = release));
    };
  });
  await b.begin();
  await asked;
  await b.backfills.removeUser("ada");
  b.world.list = [];
  await b.history.forget("c1");
  go();
  await b.queue.close();
  expect(await b.backfills.get(job.id)).toBeNull();
  for (const namespace of ["backfills", "jobs"]) {
    for await (const [key] of b.store.collection(namespace).scan("")) throw new Error(`left over: ${namespace}/${key}`);
  }
});

test("a job that the queue lost is put back at the next start", async () => {
  await using b = await bench();
  const job = await b.backfills.start(input(5));
  await b.queue.remove(`${BACKFILL}/${job.id}`);
  await b.backfills.recover();
  await b.begin();
  await until(b.backfills.watch(job.id), "DONE");
});

test("without a connection there is nothing to fetch; a bad range is the caller's mistake", async () => {
  await using b = await bench();
  await expect(b.backfills.start({ ...input(5), userId: "ben" })).rejects.toMatchObject({
    code: "PROVIDER_NOT_CONNECTED",
  });
  await expect(b.backfills.start(input(0))).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
});

test("an unknown job is watched to its end at once", async () => {
  await using b = await bench();
  expect((await b.backfills.watch("nobody").next()).done).toBe(true);
});

test("a subscribed connection that nothing was heard of for a day is read, once a day, and what is new is told", async () => {
  await using b = await bench();
  await b.begin();
  await b.prefetch.quietLook();
  expect(b.world.asked).toEqual([]);
  b.time.advance(25 * HOUR);
  const updates = b.bus.data("ada");
  await b.prefetch.quietLook();
  await b.prefetch.quietLook();
  const update: DataUpdate = (await updates.next()).value;
  expect(update).toMatchObject({ domain: "ACTIVITY", origin: "LIVE" });
  expect(update.dates).toEqual(["2026-11-19", "2026-11-20", "2026-11-21"]);
  expect(b.world.asked).toHaveLength(1);
});
