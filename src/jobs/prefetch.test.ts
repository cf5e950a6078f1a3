import { bench, HOUR } from "../../test/support/jobs-bench.js";
import type { DataUpdate } from "../events/updates.js";
import type { Domain } from "../model/records.js";
import { PREFETCH } from "./prefetch.js";
import type { JobOutcome, NewJob } from "./queue.js";

type Bench = Awaited<ReturnType<typeof bench>>;

/** The jobs that wait, in the order of their ids. */
async function waiting(b: Bench): Promise<readonly { id: string; payload: unknown; dueAt: number }[]> {
  const found: { id: string; payload: unknown; dueAt: number }[] = [];
  for await (const [id, job] of b.store.collection<Omit<NewJob, "id"> & { dueAt: number }>("jobs").scan(""))
    found.push({ id, payload: job.payload, dueAt: job.dueAt });
  return found.sort((a, z) => (a.id < z.id ? -1 : 1));
}
const days = { from: "2026-11-10", to: "2026-11-12" };
const activity: readonly Domain[] = ["ACTIVITY"];

/** Runs the one job that waits, by hand. */
async function run(b: Bench): Promise<JobOutcome> {
  const [job] = await waiting(b);
  const signal = new AbortController().signal;
  return await b.prefetch.handler.run({ id: job!.id, payload: job!.payload, attempt: 1, signal, stopping: signal });
}

/** What listeners hear until the marker, which is sent last. */
async function heardBy(b: Bench, work: () => Promise<unknown>): Promise<readonly DataUpdate[]> {
  const updates = b.bus.data("ada");
  await updates.ready;
  await work();
  const marker = {
    userId: "ada",
    provider: "FITBIT",
    domain: "BODY",
    dates: [],
    receivedAt: 0,
    origin: "LIVE",
  } as const;
  await b.bus.dataUpdated(marker);
  const heard: DataUpdate[] = [];
  for (let next = await updates.next(); next.value.domain !== "BODY"; next = await updates.next())
    heard.push(next.value);
  await updates.return?.();
  return heard;
}

describe("a prefetch", () => {
  it("reads the days that it was given, and tells nobody what a notification has told", async () => {
    await using b = await bench();
    await b.prefetch.enqueue(b.connection, activity, days);
    expect(await heardBy(b, async () => expect(await run(b)).toEqual({ kind: "done" }))).toEqual([]);
    expect(b.world.asked).toEqual(["/steps/2026-11-10/2026-11-12"]);
  });

  it("without days reads those that the provider may still change", async () => {
    await using b = await bench();
    await b.prefetch.enqueue(b.connection, activity, null);
    await run(b);
    // The provider's revision window is one day.
    expect(b.world.asked).toEqual(["/steps/2026-11-20/2026-11-20"]);
  });

  it("reckons days in the person's own zone", async () => {
    await using b = await bench();
    const zone = { field: "profile.timeZone", day: null, known: { value: "Pacific/Kiritimati" } } as const;
    await b.history.write("c1", [{ ...zone, at: b.time.clock.now(), call: "profile", settled: false }]);
    await b.prefetch.enqueue(b.connection, activity, null);
    await run(b);
    expect(b.world.asked).toEqual(["/steps/2026-11-21/2026-11-21"]);
  });

  it("is one job for equal wishes, with one more after it for what changed while it ran", async () => {
    await using b = await bench();
    for (let times = 0; times < 3; times++) await b.prefetch.enqueue(b.connection, activity, days);
    const [first, next, ...more] = await waiting(b);
    expect([next!.id, next!.payload, more]).toEqual([`${first!.id}/next`, first!.payload, []]);
    expect(next!.dueAt - first!.dueAt).toBe(5_000);
    await b.prefetch.enqueue(b.connection, activity, { ...days, to: "2026-11-13" });
    await b.prefetch.enqueue(b.connection, ["SLEEP"], days);
    expect(await waiting(b)).toHaveLength(4);
  });

  it("is not left behind by a connection that was forgotten meanwhile", async () => {
    await using b = await bench();
    b.world.list = [];
    await b.prefetch.enqueue(b.connection, activity, days);
    expect(await waiting(b)).toEqual([]);
  });

  it.each(["REVOKED", "REAUTHORIZATION_REQUIRED", "RETIRED", "AWAITING_CONFIRMATION"] as const)(
    "asks nobody for a connection that is %s",
    async (status) => {
      await using b = await bench();
      await b.prefetch.enqueue(b.connection, activity, days);
      b.world.list = [{ ...b.connection, status }];
      expect(await run(b)).toEqual({ kind: "done" });
      expect(b.world.asked).toEqual([]);
    },
  );

  it("waits for the limit that it met, fails for an outage, and ends where only a person can help", async () => {
    await using b = await bench();
    await b.prefetch.enqueue(b.connection, activity, days);
    const retryAt = b.time.clock.now() + 1_234_000;
    b.world.failure = { code: "RATE_LIMITED", retryAt };
    expect(await run(b)).toEqual({ kind: "again", at: retryAt });
    b.time.advance(2 * HOUR);
    b.world.failure = { code: "UNAVAILABLE" };
    await expect(run(b)).rejects.toThrow("UNAVAILABLE");
    b.world.failure = { code: "CONSENT_LOST" };
    expect(await run(b)).toEqual({ kind: "done" });
  });

  it("of a connection that is forgotten while it reads ends, whatever it met", async () => {
    await using b = await bench();
    await b.prefetch.enqueue(b.connection, activity, days);
    b.world.failure = { code: "UNAVAILABLE" };
    b.world.before = async () => {
      b.world.list = [];
    };
    expect(await run(b)).toEqual({ kind: "done" });
  });
});

describe("the daily look for quiet connections", () => {
  const day = 24 * HOUR;

  it("reads a connection exactly a day after something was heard of it, and no sooner", async () => {
    for (const [silence, jobs] of [
      [day - 1, 0],
      [day, 1],
    ] as const) {
      await using b = await bench();
      await b.store.collection<number>("heard").set("c1", b.time.clock.now());
      b.time.advance(silence);
      await b.prefetch.quietLook();
      expect(await waiting(b)).toHaveLength(jobs);
    }
  });

  it("takes place once a day, over all replicas", async () => {
    await using b = await bench();
    b.time.advance(day);
    await b.prefetch.quietLook();
    await b.store.collection("jobs").delete((await waiting(b))[0]!.id);
    await b.prefetch.quietLook();
    expect(await waiting(b)).toEqual([]);
    b.time.advance(day);
    await b.prefetch.quietLook();
    expect(await waiting(b)).toHaveLength(1);
  });

  it("leaves out who has no subscription, or can't be asked", async () => {
    for (const change of [{ subscriptions: [] }, { status: "REAUTHORIZATION_REQUIRED" as const }]) {
      await using b = await bench();
      b.world.list = [{ ...b.connection, ...change }];
      b.time.advance(2 * day);
      await b.prefetch.quietLook();
      expect(await waiting(b)).toEqual([]);
    }
  });

  it("tells of the days that turn out to be new, and of no other", async () => {
    await using b = await bench();
    b.world.steps = (date) => (date === "2026-11-20" ? 2_000 : 1_000);
    await b.prefetch.enqueue(b.connection, activity, { from: "2026-11-19", to: "2026-11-20" });
    await run(b);
    await b.queue.removeAll("");
    b.time.advance(day);
    b.world.steps = (date) => (date === "2026-11-20" ? 2_111 : 1_000);
    const heard = await heardBy(b, async () => {
      await b.prefetch.quietLook();
      await run(b);
    });
    expect(heard).toMatchObject([{ provider: "FITBIT", domain: "ACTIVITY", origin: "LIVE" }]);
    expect(heard[0]!.dates).toEqual(["2026-11-20", "2026-11-21"]);
    expect(await heardBy(b, () => run(b))).toEqual([]);
  });

  it("is forgotten with its connection", async () => {
    await using b = await bench();
    await b.store.collection<number>("heard").set("c1", 1);
    await b.store.collection<number>("heard").set("c12", 2);
    await b.prefetch.enqueue(b.connection, activity, days);
    const other = { ...b.connection, id: "c12" };
    b.world.list = [b.connection, other];
    await b.prefetch.enqueue(other, activity, days);
    await b.prefetch.forgetConnections(["c1"]);
    expect((await waiting(b)).map(({ id }) => id.startsWith(`${PREFETCH}/c12/`))).toEqual([true]);
    const left: string[] = [];
    for await (const [id] of b.store.collection("heard").scan("")) left.push(id);
    expect(left).toEqual(["c12"]);
  });
});
