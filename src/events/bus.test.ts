/** In one process, and between two through Redis where TEST_REDIS_URL names one. */
import { randomBytes } from "node:crypto";
import { jest } from "@jest/globals";
import { Redis } from "ioredis";
import type { Connection } from "../connections/connection.js";
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

/** The time in which live news are gathered ends when the test says so. */
function byHand() {
  const due: (() => void)[] = [];
  const asked: number[] = [];
  return {
    asked,
    after: (ms: number, callback: () => void) => {
      asked.push(ms);
      due.push(callback);
      return () => void due.splice(due.indexOf(callback), 1);
    },
    isOver: () => {
      for (const callback of due.splice(0)) callback();
    },
    waiting: () => due.length,
  };
}

describe("a bus in one process", () => {
  let bus: Bus;
  let gathering: ReturnType<typeof byHand>;
  beforeEach(() => {
    gathering = byHand();
    bus = createBus({ redisUrl: null, log, after: gathering.after });
  });
  afterEach(() => bus.close());

  test("tells each listener of a user what happens to that user, in order", async () => {
    const [one, two, other] = [bus.data("ada"), bus.data("ada"), bus.data("ben")];
    for (const [user, date] of [["ada", "2026-01-01"] as const, ["ada", "2026-01-02"], ["ben", "2026-01-03"]]) {
      await bus.dataUpdated(update(user!, date!));
      gathering.isOver();
    }
    for (const listener of [one, two]) {
      expect((await listener.next()).value.dates).toEqual(["2026-01-01"]);
      expect((await listener.next()).value.dates).toEqual(["2026-01-02"]);
    }
    expect((await other.next()).value.dates).toEqual(["2026-01-03"]);
  });

  test("tells a listener to all users what happens to each of them, one user's news apart from another's", async () => {
    const [all, ada, connections] = [bus.data(null), bus.data("ada"), bus.connections(null)];
    expect(await bus.isListenedTo("nobody-in-particular")).toBe(true);
    for (const [user, date] of [["ada", "2026-01-01"] as const, ["ben", "2026-01-01"], ["ada", "2026-01-02"]])
      await bus.dataUpdated(update(user!, date!));
    await bus.dataUpdated({ ...update("cyd", "2026-01-07"), origin: "BACKFILL" });
    gathering.isOver();
    const heard = [];
    for (let n = 0; n < 3; n++) heard.push((await all.next()).value);
    expect(heard.map(({ userId, dates }) => [userId, ...dates])).toEqual([
      ["cyd", "2026-01-07"],
      ["ada", "2026-01-01", "2026-01-02"],
      ["ben", "2026-01-01"],
    ]);
    expect((await ada.next()).value.dates).toEqual(["2026-01-01", "2026-01-02"]);
    for (const userId of ["ada", "ben"]) await bus.connectionChanged({ id: userId, userId } as Connection);
    for (const userId of ["ada", "ben"]) expect((await connections.next()).value.userId).toBe(userId);
    await all.return?.();
    expect([await bus.isListenedTo("ada"), await bus.isListenedTo("ben")]).toEqual([true, false]);
  });

  test("a listener to all users who stops reading is ended, after ten thousand events, and no other", async () => {
    const [slow, quick, ada] = [bus.data(null), bus.data(null), bus.data("ada")];
    let heard = 0;
    for (let n = 0; n < 10_001; n++) {
      await bus.dataUpdated({ ...update(n === 10_000 ? "ada" : `user-${n}`, "2026-01-01"), origin: "BACKFILL" });
      if ((await quick.next()).value.userId !== undefined) heard++;
    }
    await expect(slow.next()).rejects.toThrow("too far behind");
    expect([heard, (await ada.next()).value.userId]).toEqual([10_001, "ada"]);
    await bus.dataUpdated({ ...update("last", "2026-01-02"), origin: "BACKFILL" });
    expect((await quick.next()).value.userId).toBe("last");
  });

  test("the news of one sync are one event for each person, provider and domain, and none of their days is lost", async () => {
    const [ada, ben] = [bus.data("ada"), bus.data("ben")];
    const news: DataUpdate[] = [
      { ...update("ada", "2026-01-02"), receivedAt: 7 },
      { ...update("ada", "2026-01-02"), domain: "HEART" },
      { ...update("ada", "2026-01-02"), provider: "MISFIT" },
      { ...update("ben", "2026-01-02") },
      { ...update("ada", "2026-01-01"), receivedAt: 9 },
      { ...update("ada", "2026-01-02"), receivedAt: 8 },
      { ...update("ada", "2026-01-05"), domain: "HEART", dates: [] },
      { ...update("ada", "2026-01-06"), domain: "HEART" },
    ];
    for (const one of news) await bus.dataUpdated(one);
    expect([gathering.asked, gathering.waiting()]).toEqual([[500, 500], 2]);
    gathering.isOver();
    const heard: unknown[] = [];
    for (let n = 0; n < 3; n++) heard.push((await ada.next()).value);
    expect(heard).toEqual([
      { ...update("ada", ""), dates: ["2026-01-01", "2026-01-02"], receivedAt: 9 },
      // One of them was of the whole domain.
      { ...update("ada", ""), domain: "HEART", dates: [] },
      { ...update("ada", "2026-01-02"), provider: "MISFIT" },
    ]);
    expect((await ben.next()).value).toEqual(update("ben", "2026-01-02"));
    // What comes afterwards is news again, though it is of the same day.
    await bus.dataUpdated(update("ada", "2026-01-01"));
    gathering.isOver();
    expect((await ada.next()).value.dates).toEqual(["2026-01-01"]);
  });

  test("what a backfill read is told at once", async () => {
    const listener = bus.data("ada");
    await bus.dataUpdated({ ...update("ada", "2026-01-01"), origin: "BACKFILL" });
    await bus.dataUpdated({ ...update("ada", "2026-01-01"), origin: "BACKFILL" });
    for (let n = 0; n < 2; n++) expect((await listener.next()).value.origin).toBe("BACKFILL");
    expect(gathering.waiting()).toBe(0);
  });

  test("nothing is gathered where nobody listens, nor once it is closed", async () => {
    await bus.dataUpdated(update("ada", "2026-01-01"));
    expect(gathering.waiting()).toBe(0);
    const listener = bus.data("ada");
    await bus.dataUpdated(update("ada", "2026-01-02"));
    expect(gathering.waiting()).toBe(1);
    await bus.close();
    expect(gathering.waiting()).toBe(0);
    expect((await listener.next()).done).toBe(true);
  });

  test("a listener that waits is ended by its return, and is a listener no more", async () => {
    const listener = bus.data("ada");
    expect(await bus.isListenedTo("ada")).toBe(true);
    const waiting = listener.next();
    await listener.return?.();
    expect(await waiting).toEqual({ value: undefined, done: true });
    expect(await bus.isListenedTo("ada")).toBe(false);
  });

  test("one who leaves takes nothing from the others", async () => {
    const [one, other] = [bus.data("ada"), bus.data("ada")];
    await one.return?.();
    await bus.dataUpdated({ ...update("ada", "2026-01-04"), origin: "BACKFILL" });
    expect((await other.next()).value.dates).toEqual(["2026-01-04"]);
  });

  test("closing ends every listener", async () => {
    const waiting = bus.job("j").next();
    await bus.close();
    expect((await waiting).done).toBe(true);
  });

  test("a listener that stopped reading is told so, and holds nothing", async () => {
    const listener = bus.data("ada");
    for (let n = 0; n < 10_001; n++) void bus.dataUpdated({ ...update("ada", "2026-01-01"), origin: "BACKFILL" });
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
      await one.dataUpdated({ ...update("ada", "2026-01-01"), origin: "BACKFILL" });
      await two.dataUpdated({ ...update("ada", "2026-01-02"), origin: "BACKFILL" });
      for (const listener of [here, there]) {
        const dates = [(await listener.next()).value.dates[0], (await listener.next()).value.dates[0]];
        expect(dates.sort()).toEqual(["2026-01-01", "2026-01-02"]);
      }
      const third = here.next();
      await here.return?.();
      expect((await third).done).toBe(true);
    });

    test("one event is made of the notifications of one sync, whichever process they reached", async () => {
      const listener = one.data("ada");
      await listener.ready;
      await Promise.all([
        one.dataUpdated(update("ada", "2026-01-02")),
        two.dataUpdated(update("ada", "2026-01-01")),
        two.dataUpdated(update("ada", "2026-01-02")),
      ]);
      expect((await listener.next()).value.dates).toEqual(["2026-01-01", "2026-01-02"]);
    });

    test("what another release or a stranger says reaches nobody, and takes nothing from what follows", async () => {
      const space = `test_${randomBytes(4).toString("hex")}`;
      const warned: object[] = [];
      const bus = createBus({ redisUrl, log: { warn: (details) => void warned.push(details) }, space });
      const stranger = new Redis(redisUrl);
      const [data, connections, jobs] = [bus.data("ada"), bus.connections("ada"), bus.job("j1")];
      const dropped: string[] = [];
      bus.onHistoryChanged((id) => dropped.push(id));
      await Promise.all([data.ready, connections.ready, jobs.ready]);
      const good = { ...update("ada", "2026-01-02"), origin: "BACKFILL" };
      const connection = { id: "c1", userId: "ada", provider: "MISFIT", status: "REVOKED", providerUserId: null };
      const known = { ...connection, connectedAt: 3, lastAttemptAt: null, lastSuccessAt: null, identityReadAt: 4 };
      const job = { id: "j1", userId: "ada", status: "RUNNING", daysDone: 3, daysTotal: 9, resumesAt: null };
      const said: [string, unknown][] = [
        ["data/ada", { ...good, provider: "A_LATER_ONE" }],
        ["data/ada", { ...good, domain: "LUNAR" }],
        ["data/ada", { ...good, origin: "REPLAY" }],
        ["data/ada", { ...good, dates: ["yesterday"] }],
        ["data/ada", { ...good, dates: null }],
        ["data/ada", { ...good, receivedAt: 8.64e15 + 1 }],
        ["data/ada", { ...good, userId: "ben" }],
        ["data/ada", null],
        ["data", { ...good, domain: "LUNAR" }],
        ["data", null],
        ["connection", { ...known, provider: "A_LATER_ONE" }],
        ["connection/ada", { ...known, provider: "A_LATER_ONE" }],
        ["connection/ada", { ...known, status: "PAUSED" }],
        ["connection/ada", { ...known, userId: "ben" }],
        ["connection/ada", "c1"],
        ["job/j1", { ...job, status: "PAUSED" }],
        ["job/j1", { ...job, daysDone: -1 }],
        ["job/j1", { ...job, daysTotal: 2 ** 31 }],
        ["job/j1", { ...job, resumesAt: "soon" }],
        ["job/j1", { ...job, id: "j2" }],
        ["history", "c1"],
        ["history", [1]],
      ];
      const channel = (topic: string) => `${space}:events:${topic}`;
      const from = "another process";
      for (const topic of ["data/ada", "connection/ada", "job/j1", "history"])
        for (const text of ["", "{", "null", "[]", "7", `{"from":"${from}"}`])
          await stranger.publish(channel(topic), text);
      for (const [topic, message] of said) await stranger.publish(channel(topic), JSON.stringify({ from, message }));
      for (const [topic, message] of said) {
        // As the release itself would say it: but for who says so.
        await stranger.publish(channel(topic), JSON.stringify({ from: 7, message }));
      }
      const last: [string, unknown][] = [
        ["data/ada", { ...good, more: "of a later release" }],
        ["connection/ada", known],
        ["job/j1", job],
        ["history", ["c2", "c3"]],
      ];
      for (const [topic, message] of last) await stranger.publish(channel(topic), JSON.stringify({ from, message }));
      expect((await data.next()).value).toEqual({ ...good, more: "of a later release" });
      expect((await connections.next()).value).toMatchObject(known);
      expect((await jobs.next()).value).toEqual(job);
      while (dropped.length < 2) await new Promise(setImmediate);
      expect(dropped).toEqual(["c2", "c3"]);
      // Once, and without whom it was about.
      expect(warned).toEqual([{ kind: "data" }]);
      stranger.disconnect();
      await bus.close();
    });

    test("what happens to anybody at one is told to a listener to all users at the other, once", async () => {
      const [all, connections] = [two.data(null), two.connections(null)];
      const ada = two.data("ada");
      await Promise.all([all.ready, connections.ready, ada.ready]);
      expect(await one.isListenedTo("ben")).toBe(true);
      for (const userId of ["ada", "ben"])
        await one.dataUpdated({ ...update(userId, "2026-01-01"), origin: "BACKFILL" });
      for (const userId of ["ada", "ben"]) expect((await all.next()).value.userId).toBe(userId);
      await two.dataUpdated({ ...update("cyd", "2026-01-01"), origin: "BACKFILL" });
      expect((await all.next()).value.userId).toBe("cyd");
      const changed = { id: "c1", provider: "FITBIT", status: "REVOKED", providerUserId: null, connectedAt: 1 };
      for (const userId of ["ada", "ben"]) await one.connectionChanged({ ...changed, userId } as Connection);
      for (const userId of ["ada", "ben"]) expect((await connections.next()).value.userId).toBe(userId);
      await all.return?.();
      while (await one.isListenedTo("ben")) await new Promise(setImmediate);
      expect(await one.isListenedTo("ada")).toBe(true);
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

    test("a Redis that takes no writes does not pass for one that works", async () => {
      const full = new Redis(redisUrl);
      await expect(one.ping()).resolves.toBeUndefined();
      // This user may read, and nothing else: as on a replica, or where memory is full.
      await full.call(
        "ACL",
        "SETUSER",
        "pulsegate-reader",
        "on",
        "nopass",
        "~*",
        "&*",
        "+@read",
        "+@connection",
        "+info",
      );
      const reader = new URL(redisUrl);
      reader.username = "pulsegate-reader";
      reader.password = "x";
      const other = createBus({ redisUrl: reader.href, log: { warn: () => {} } });
      await expect(other.ping()).rejects.toThrow("NOPERM");
      await other.close();
      await full.call("ACL", "DELUSER", "pulsegate-reader");
      full.disconnect();
    });

    test("a job's progress and a connection's state cross over", async () => {
      const [jobs, connections] = [two.job("j1"), two.connections("ada")];
      await Promise.all([jobs.ready, connections.ready]);
      const job = { id: "j1", userId: "ada", status: "RUNNING", daysDone: 3, daysTotal: 9, resumesAt: null } as const;
      await one.jobChanged(job);
      expect((await jobs.next()).value).toEqual(job);
      const connection: Connection = {
        id: "c1",
        userId: "ada",
        provider: "FITBIT",
        status: "REVOKED",
        providerUserId: "P1",
        legacyUserId: null,
        scopes: ["sleep"],
        connectedAt: 1,
        lastAttemptAt: 2,
        lastSuccessAt: 3,
        dataThrough: "2026-01-04",
        identityReadAt: 5,
        subscriptions: [{ id: "s", collection: "sleep", domains: ["SLEEP"], createdAt: 6, expiresAt: null }],
        budgets: [{ scope: "CONNECTION", windowSeconds: 7, limit: 8, remaining: 0, resetsAt: 9 }],
      };
      await one.connectionChanged(connection);
      expect((await connections.next()).value).toEqual(connection);
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
  const mayBeHeard = await bus.isListenedTo("ben");
  expect(warned).toContain("Redis does not answer");
  const waits = jest.spyOn(globalThis, "setTimeout");
  await bus.close();
  // Whether anybody listens elsewhere can't be asked: somebody may.
  expect(mayBeHeard).toBe(true);
  // Nothing that is waited for keeps the process from ending.
  expect(waits.mock.calls.filter(([, ms]) => ms! > 500)).toEqual([]);
  waits.mockRestore();
});
