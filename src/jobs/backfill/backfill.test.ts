import { bench, HOUR, start } from "../../../test/support/jobs-bench.js";
import type { BackfillJob, DataUpdate } from "../../events/updates.js";
import { eachDay } from "../../model/time.js";
import { openStore } from "../../store/open-store.js";
import type { RowForm } from "../../store/row.js";
import type { Store } from "../../store/store.js";
import { MAX_ATTEMPTS } from "../queue.js";
import { BACKFILL } from "./backfill.js";

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

test("a job that two processes are given is worked on by one, and the other looks again later", async () => {
  await using b = await bench();
  const { id } = await b.backfills.start(input(60));
  const { signal } = new AbortController();
  const run = () => b.backfills.handler.run({ id, payload: { jobId: id }, attempt: 1, signal, stopping: signal });
  let others: Promise<unknown> | undefined;
  b.world.before = async () => {
    others ??= run();
    await others;
  };
  expect(await run()).toEqual({ kind: "done" });
  expect(await others).toEqual({ kind: "again", at: start + 15_000 });
  expect(b.world.asked).toHaveLength(6);
  // It is over, and its lease with it.
  expect(await run()).toEqual({ kind: "done" });
});

test("gets on over days of which not every domain is kept, and does not store what comes along", async () => {
  const days = { SLEEP: 5 };
  const retention = { days, isForRetired: false, of: () => days };
  await using b = await bench(undefined, 30, { retention, lists: ["sleep.sessions"] });
  b.world.failureOf = (path) => (path < "/steps/2026-09" ? { code: "UNAVAILABLE" } : null);
  const job = await b.backfills.start(input(120));
  const watched = b.backfills.watch(job.id);
  await b.begin();
  let done: BackfillJob;
  do done = (await watched.next()).value;
  while (done.daysDone === 0);
  // 2026-09-02 is the first day of a request.
  expect(done).toMatchObject({ daysDone: 80, daysTotal: 120 });
  const all = [...eachDay("2026-09-02", "2026-11-20")];
  const fields = ["activity.steps", "sleep.sessions"] as const;
  const keys = all.flatMap((day) => fields.map((field) => ({ field, day })));
  const stored = await b.history.read("c1", keys, true);
  const first = (field: (typeof fields)[number]) => all.find((day) => stored.get(field, day));
  expect(fields.map(first)).toEqual(["2026-09-02", "2026-11-16"]);
});

test("asks for each day of several years once, the joints between its steps included", async () => {
  await using b = await bench();
  const job = await b.backfills.start(input(800));
  const watched = b.backfills.watch(job.id);
  await b.begin();
  let seen: BackfillJob;
  do {
    seen = (await watched.next()).value;
    if (seen.status === "WAITING") b.time.advance(HOUR + 60_000);
  } while (seen.status !== "DONE");
  const days = b.world.asked.flatMap((path) => [...eachDay(path.split("/")[2]!, path.split("/")[3]!)]).sort();
  expect(days).toEqual([...eachDay("2024-09-12", "2026-11-20")]);
  expect(seen.daysDone).toBe(800);
});

test("does the last day too where it lies alone behind a whole year", async () => {
  await using b = await bench(undefined, 1_000);
  const watched = b.backfills.watch((await b.backfills.start(input(366))).id);
  await b.begin();
  expect(await until(watched, "DONE")).toMatchObject({ daysDone: 366 });
  expect(b.world.asked.at(-1)).toBe("/steps/2025-11-20/2025-11-20");
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
    collection: <T>(namespace: string, form?: RowForm<T>) => {
      const real = store.collection(namespace, form);
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

test("a queue that is away costs nobody the job: it is taken, and done once the queue is back", async () => {
  await using b = await bench();
  const { enqueue } = b.queue;
  Object.assign(b.queue, { enqueue: () => Promise.reject(new Error("Redis is away")) });
  const job = await b.backfills.start(input(5));
  expect(job.status).toBe("QUEUED");
  await b.begin();
  await expect(b.backfills.recover()).rejects.toThrow("Redis is away");
  Object.assign(b.queue, { enqueue });
  expect(await b.backfills.get(job.id)).toMatchObject({ status: "QUEUED" });
  await b.backfills.recover();
  await until(b.backfills.watch(job.id), "DONE");
});

test("a stopping process ends its job at the end of a step, and the next goes on from there", async () => {
  const store = await openStore("memory:");
  const asked: string[] = [];
  {
    await using b = await bench(store);
    let stopped: Promise<void> | undefined;
    b.world.before = async (path) => {
      asked.push(path);
      stopped ??= b.queue.stop(10_000);
    };
    const job = await b.backfills.start(input(20));
    await b.begin();
    while (!stopped) await new Promise((resolve) => setImmediate(resolve));
    await stopped;
    // It was not cut: the step is done to its end and kept.
    expect(asked).toHaveLength(2);
    expect(await b.backfills.get(job.id)).toMatchObject({ status: "RUNNING", daysDone: 20 });
  }
  await using next = await bench(store);
  const [job] = await next.backfills.list("ada");
  next.time.advance(500);
  await next.begin();
  await until(next.backfills.watch(job!.id), "DONE");
  expect(next.world.asked).toEqual([]);
  await store.close();
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
