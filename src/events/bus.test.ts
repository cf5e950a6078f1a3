/** In one process, and between two through Redis where TEST_REDIS_URL names one. */
import { randomBytes } from "node:crypto";
import { type Bus, createBus } from "./bus.js";
import type { DataUpdate } from "./updates.js";

const redisUrl = process.env["TEST_REDIS_URL"];
const log = { warn: () => {} };

const update = (userId: string, date: string): DataUpdate => ({
  userId,
  provider: "FITBIT",
  domain: "SLEEP",
  dates: [date],
  receivedAt: 1,
  origin: "LIVE",
});

describe("a bus in one process", () => {
  let bus: Bus;
  beforeEach(() => {
    bus = createBus({ redisUrl: null, log });
  });
  afterEach(() => bus.close());

  test("tells each listener of a user what happens to that user, in order", async () => {
    const [one, two, other] = [bus.data("ada"), bus.data("ada"), bus.data("ben")];
    await bus.dataUpdated(update("ada", "2026-01-01"));
    await bus.dataUpdated(update("ada", "2026-01-02"));
    await bus.dataUpdated(update("ben", "2026-01-03"));
    for (const listener of [one, two]) {
      expect((await listener.next()).value.dates).toEqual(["2026-01-01"]);
      expect((await listener.next()).value.dates).toEqual(["2026-01-02"]);
    }
    expect((await other.next()).value.dates).toEqual(["2026-01-03"]);
  });

  test("a listener that waits is ended by its return, and is a listener no more", async () => {
    const listener = bus.data("ada");
    expect(await bus.isListenedTo("ada")).toBe(true);
    const waiting = listener.next();
    await listener.return?.();
    expect(await waiting).toEqual({ value: undefined, done: true });
    expect(await bus.isListenedTo("ada")).toBe(false);
  });

  test("closing ends every listener", async () => {
    const waiting = bus.job("j").next();
    await bus.close();
    expect((await waiting).done).toBe(true);
  });

  test("a listener that stopped reading is told so, and holds nothing", async () => {
    const listener = bus.data("ada");
    for (let n = 0; n < 10_001; n++) void bus.dataUpdated(update("ada", "2026-01-01"));
    await expect(listener.next()).rejects.toThrow("too far behind");
    expect((await listener.next()).done).toBe(true);
    expect(await bus.isListenedTo("ada")).toBe(false);
  });

  test("its own changes of history are told to nobody", async () => {
    const heard: string[] = [];
    bus.onHistoryChanged((id) => heard.push(id));
    bus.historyChanged("c1");
    await new Promise(setImmediate);
    expect(heard).toEqual([]);
  });
});

if (redisUrl) {
  describe("two buses over Redis", () => {
    let one: Bus;
    let two: Bus;
    beforeEach(() => {
      const space = `test_${randomBytes(4).toString("hex")}`;
      one = createBus({ redisUrl, log, space });
      two = createBus({ redisUrl, log, space });
    });
    afterEach(async () => {
      await one.close();
      await two.close();
    });

    test("what one says the other hears, once, as does one itself", async () => {
      const [here, there] = [one.data("ada"), two.data("ada")];
      await Promise.all([here.ready, there.ready]);
      await one.dataUpdated(update("ada", "2026-01-01"));
      await two.dataUpdated(update("ada", "2026-01-02"));
      for (const listener of [here, there]) {
        const dates = [(await listener.next()).value.dates[0], (await listener.next()).value.dates[0]];
        expect(dates.sort()).toEqual(["2026-01-01", "2026-01-02"]);
      }
      const third = here.next();
      await here.return?.();
      expect((await third).done).toBe(true);
    });

    test("one knows whether anybody listens at the other", async () => {
      expect(await one.isListenedTo("ada")).toBe(false);
      const listener = two.data("ada");
      await listener.ready;
      expect(await one.isListenedTo("ada")).toBe(true);
      await listener.return?.();
      while (await one.isListenedTo("ada")) await new Promise(setImmediate);
    });

    test("a change of history reaches the others alone", async () => {
      const own: string[] = [];
      one.onHistoryChanged((id) => own.push(id));
      const heard = new Promise<string>((resolve) => two.onHistoryChanged(resolve));
      // The listening of a new bus takes a moment to be in place: told until heard.
      const telling = setInterval(() => one.historyChanged("c1"), 5);
      expect(await heard).toBe("c1");
      clearInterval(telling);
      expect(own).toEqual([]);
    });

    test("a job's progress and a connection's state cross over", async () => {
      const [jobs, connections] = [two.job("j1"), two.connections("ada")];
      await Promise.all([jobs.ready, connections.ready]);
      const job = { id: "j1", userId: "ada", status: "RUNNING", daysDone: 3, daysTotal: 9, resumesAt: null } as const;
      await one.jobChanged(job);
      expect((await jobs.next()).value).toEqual(job);
      await one.connectionChanged({ id: "c1", userId: "ada", status: "REVOKED" } as never);
      expect((await connections.next()).value).toMatchObject({ id: "c1", status: "REVOKED" });
    });
  });
} else if (process.env["CI_REQUIRE_SERVERS"] === "1") {
  test("two buses over Redis are tested", () => {
    throw new Error("CI_REQUIRE_SERVERS=1, but TEST_REDIS_URL is not set.");
  });
} else {
  test.skip("two buses over Redis: skipped, because TEST_REDIS_URL is not set", () => {});
}

test("a Redis that is away keeps nobody here from hearing, and is not waited for", async () => {
  const warned: string[] = [];
  // Nobody listens on port 1.
  const bus = createBus({ redisUrl: "redis://127.0.0.1:1", log: { warn: (_, message) => void warned.push(message) } });
  const listener = bus.data("ada");
  await bus.dataUpdated(update("ada", "2026-01-01"));
  expect((await listener.next()).value.dates).toEqual(["2026-01-01"]);
  await expect(bus.ping()).rejects.toThrow();
  expect(warned).toContain("Redis does not answer");
  await bus.close();
});
