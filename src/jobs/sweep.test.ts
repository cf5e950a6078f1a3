import { manualTime } from "../../test/support/manual-time.js";
import type { Connection } from "../connections/connection.js";
import { StoreUnavailable } from "../errors.js";
import { createRetention, type DaysKept } from "../health-data/retention.js";
import type { Domain } from "../model/records.js";
import { fromEpochDay } from "../model/time.js";
import { providers } from "../providers/index.js";
import { openStore } from "../store/open-store.js";
import { createEmbeddedQueue } from "./embedded.js";
import type { JobOutcome } from "./queue.js";
import { createSweep, SWEEP } from "./sweep.js";

const DAY_MS = 86_400_000;
const start = Date.parse("2026-11-20T12:00:00Z");
const settings = () => ({ clientId: "c", overridden: false }) as never;

async function bench(people = 5) {
  const store = await openStore("memory:");
  const time = manualTime(start);
  const ids = Array.from({ length: people }, (_, index) => `c${10 + index}`);
  const world = {
    erased: [] as string[],
    before: async (_id: string) => {},
    providerOf: (_id: string): string => "GOOGLE_HEALTH",
  };
  const history = {
    eraseBefore: async (id: string, firstKept: ReadonlyMap<Domain, number>) => {
      await world.before(id);
      world.erased.push(`${id} ${[...firstKept].map(([domain, day]) => `${domain} ${fromEpochDay(day)}`).join()}`);
      return true;
    },
  };
  const connections = {
    all: async function* (after = "") {
      for (const id of ids)
        if (id > after) yield { id, provider: world.providerOf(id), status: "CONNECTED" } as Connection;
    },
  };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const replica = (days: DaysKept | null, isForRetired = false) => {
    const queue = createEmbeddedQueue({ store, clock: time.clock, timers: time.timers, log });
    const retention = createRetention({ days, isForRetired, providers, settings });
    const { clock } = time;
    return createSweep({ store, queue, connections, history, retention, clock, log, connectionsAtOnce: 2 });
  };
  const queued = async () => (await store.collection("jobs").get(SWEEP)) !== undefined;
  const run = (sweep: ReturnType<typeof replica>, stopping = new AbortController().signal): Promise<JobOutcome> =>
    sweep.handler.run({ id: SWEEP, payload: {}, attempt: 1, signal: new AbortController().signal, stopping });
  return { store, time, world, replica, queued, run, [Symbol.asyncDispose]: () => store.close() };
}

/** The first kept day of 30, a day earlier than in UTC: somewhere it is still that day. */
const first = "2026-10-21";

it("goes through all connections in parts, and stands in nobody's way between them", async () => {
  await using b = await bench();
  const sweep = b.replica({ HEART: 30 });
  expect(await b.run(sweep)).toEqual({ kind: "again", at: start + 100 });
  expect(b.world.erased).toEqual([`c10 HEART ${first}`, `c11 HEART ${first}`]);
  expect(await b.run(sweep)).toMatchObject({ kind: "again" });
  expect(await b.run(sweep)).toEqual({ kind: "done" });
  expect(b.world.erased.map((line) => line.slice(0, 3))).toEqual(["c10", "c11", "c12", "c13", "c14"]);
});

it("takes place once a day, whichever replica looks, and is not begun where every day is kept", async () => {
  await using b = await bench(1);
  await b.replica(null).look();
  expect(await b.queued()).toBe(false);
  const [one, two] = [b.replica({ HEART: 30 }), b.replica({ HEART: 30 })];
  await Promise.all([one.look(), two.look()]);
  expect(await b.queued()).toBe(true);
  await b.run(one);
  await b.store.collection("jobs").delete(SWEEP);
  await two.look();
  expect([await b.queued(), await b.run(two), b.world.erased.length]).toEqual([false, { kind: "done" }, 1]);
  b.time.advance(DAY_MS);
  await two.look();
  expect(await b.queued()).toBe(true);
  await b.run(two);
  expect(b.world.erased[1]).toBe("c10 HEART 2026-10-22");
});

it("goes on where another process ended, on the day after too", async () => {
  await using b = await bench();
  await b.run(b.replica({ HEART: 30 }));
  b.time.advance(DAY_MS);
  await b.run(b.replica({ HEART: 30 }));
  expect(b.world.erased.at(-1)).toBe(`c13 HEART ${first}`);
});

it("begins anew where the setting has changed", async () => {
  await using b = await bench(2);
  await b.run(b.replica({ HEART: 30 }));
  await b.run(b.replica({ HEART: 30 }));
  for (const changed of [b.replica({ HEART: 31 }), b.replica({ HEART: 31 }, true)]) {
    b.world.erased.length = 0;
    await changed.look();
    expect(await b.queued()).toBe(true);
    await b.run(changed);
    expect(b.world.erased).toHaveLength(2);
  }
});

it("leaves alone what only a retired provider has told, unless it is told to take that too", async () => {
  await using b = await bench(3);
  // Of one that this release does not know, too, nothing goes.
  b.world.providerOf = (id) => ({ c10: "MISFIT", c11: "OURA" })[id] ?? "SOMETHING_NEW";
  for (const sweep of [b.replica({ SLEEP: 30 })]) while ((await b.run(sweep)).kind === "again");
  expect(b.world.erased).toEqual([`c11 SLEEP ${first}`]);
  b.world.erased.length = 0;
  for (const sweep of [b.replica({ SLEEP: 30 }, true)]) while ((await b.run(sweep)).kind === "again");
  expect(b.world.erased.map((line) => line.slice(0, 3))).toEqual(["c10", "c11", "c12"]);
});

it("stops after the connection that it is at", async () => {
  await using b = await bench();
  const stopping = new AbortController();
  b.world.before = async () => stopping.abort();
  const sweep = b.replica({ HEART: 30 });
  expect(await b.run(sweep, stopping.signal)).toMatchObject({ kind: "again" });
  expect(b.world.erased).toHaveLength(1);
  await b.run(b.replica({ HEART: 30 }));
  expect(b.world.erased[1]).toMatch(/^c11/);
});

it("leaves a connection that can't be written to for the next day", async () => {
  await using b = await bench(2);
  b.world.before = async (id) => {
    if (id === "c10") throw new StoreUnavailable("held");
  };
  await b.run(b.replica({ HEART: 30 }));
  expect(b.world.erased).toEqual([`c11 HEART ${first}`]);
});
