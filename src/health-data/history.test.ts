import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jest } from "@jest/globals";
import { StoreUnavailable } from "../errors.js";
import type { Clock } from "../model/time.js";
import { datesBetween } from "../sandbox/people/index.js";
import { openStore } from "../store/open-store.js";
import type { Store } from "../store/store.js";
import { createHistory, type History, type StoredCellEntry } from "./history.js";

const day = "2026-10-06";
const cell = (value: number, at: number, more: Partial<StoredCellEntry> = {}): StoredCellEntry => ({
  field: "activity.steps",
  day,
  known: { value },
  at,
  call: "steps",
  settled: true,
  ...more,
});
const steps = { field: "activity.steps", day } as const;

describe.each(["memory", "sqlite"])("a history over the %s store", (kind) => {
  let folder: string;
  let store: Store;
  let at: number;
  const clock: Clock = { now: () => at };
  const make = () => createHistory({ store, clock });
  beforeEach(async () => {
    at = 1_000;
    folder = mkdtempSync(join(tmpdir(), "history-"));
    store = await openStore(kind === "memory" ? "memory:" : `sqlite:${join(folder, "history.db")}`);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const stepsOf = async (history: ReturnType<typeof make>, reread = false) =>
    (await history.read("c", [steps], reread)).get(steps.field, steps.day)?.known;

  it("gives back what was written, at once and to those who come later", async () => {
    const history = make();
    const writing = history.write("c", [cell(812, 5), cell(93, 5, { field: "profile.height", day: null })]);
    expect(await stepsOf(history)).toEqual({ value: 812 });
    await writing;
    const other = await make().read("c", [steps, { field: "profile.height", day: null }]);
    expect(other.get("activity.steps", day)).toEqual({ known: { value: 812 }, at: 5, call: "steps", settled: true });
    expect(other.get("profile.height", null)?.known).toEqual({ value: 93 });
    expect(other.get("activity.steps", "2026-10-07")).toBeUndefined();
    expect((await make().read("d", [steps])).get("activity.steps", day)).toBeUndefined();
  });

  it("keeps of two answers the one that was asked for later, whichever comes first", async () => {
    const [one, two] = [make(), make()];
    await Promise.all([one.write("c", [cell(222, 9)]), two.write("c", [cell(111, 8)])]);
    await one.write("c", [cell(33, 7)]);
    expect(await stepsOf(make())).toEqual({ value: 222 });
    expect(await stepsOf(one)).toEqual({ value: 222 });
  });

  it("loses nothing where two write different days of one month", async () => {
    const [one, two] = [make(), make()];
    const days = datesBetween("2026-10-01", "2026-10-20");
    await Promise.all(
      days.map((each, index) => (index % 2 ? one : two).write("c", [cell(100 + index, 5, { day: each })])),
    );
    const reader = await make().read(
      "c",
      days.map((each) => ({ field: "activity.steps", day: each })),
    );
    expect(days.map((each) => reader.get("activity.steps", each)?.known)).toEqual(
      days.map((_, index) => ({ value: 100 + index })),
    );
  });

  it("sees another's writes when it rereads, or is told to drop what it remembers", async () => {
    const [one, two] = [make(), make()];
    await one.write("c", [cell(1, 5)]);
    expect(await stepsOf(two)).toEqual({ value: 1 });
    await one.write("c", [cell(2, 6)]);
    expect(await stepsOf(two)).toEqual({ value: 1 });
    expect(await stepsOf(two, true)).toEqual({ value: 2 });
    await one.write("c", [cell(3, 7)]);
    two.dropRemembered("c");
    expect(await stepsOf(two)).toEqual({ value: 3 });
  });

  it("overtakes what a fetch asked for before the notification, though it answers after it", async () => {
    const history = make();
    const asked = at;
    at = 2_000;
    await history.invalidate("c", "ACTIVITY", { from: day, to: day });
    await history.write("c", [cell(55, asked)]);
    const overtaken = async (
      since: number,
      of: { field: "activity.steps" | "heart.restingRate"; day: string } = steps,
    ) => (await history.read("c", [of])).isOvertaken(of.field, of.day, since);
    expect([await overtaken(asked), await overtaken(2_000), await overtaken(2_001)]).toEqual([true, true, false]);
    expect(await overtaken(asked, { field: "activity.steps", day: "2026-10-07" })).toBe(false);
    expect(await overtaken(asked, { field: "heart.restingRate", day })).toBe(false);
    at = 3_000;
    await history.invalidate("c", "ACTIVITY", null);
    expect([await overtaken(2_500), await overtaken(3_001)]).toEqual([true, false]);
    expect((await make().read("c", [steps])).isOvertaken("activity.steps", day, 2_500)).toBe(true);
  });

  it("forgets, also what was still on its way", async () => {
    const history = make();
    await history.write("c", [cell(1, 5)]);
    await history.write("other", [cell(9, 5)]);
    const queued = history.write("c", [cell(2, 900)]);
    await history.forget("c");
    await queued;
    await history.write("c", [cell(3, 999)]);
    await make().write("c", [cell(4, 999)]);
    for (const each of [history, make()]) expect(await stepsOf(each)).toBeUndefined();
    const left = [];
    for await (const { field } of history.entries("c")) left.push(field);
    expect(left).toEqual([]);
    expect((await history.read("other", [steps])).get("activity.steps", day)?.known).toEqual({ value: 9 });
    // Whoever connects again starts anew.
    await history.write("c", [cell(6, 1_001)]);
    expect(await stepsOf(make())).toEqual({ value: 6 });
  });

  it("tells every cell for the export", async () => {
    const history = make();
    await history.write("c", [
      cell(2, 5, { day: "2026-10-07" }),
      cell(1, 5),
      cell(3, 5, { day: "2026-11-01" }),
      cell(4, 5, { field: "profile.height", day: null }),
    ]);
    const told = [];
    for await (const { field, day: on, cell: stored } of history.entries("c")) told.push([field, on, stored.known]);
    expect(told).toHaveLength(4);
    expect(told).toContainEqual(["profile.height", null, { value: 4 }]);
    expect(told.findIndex(([, on]) => on === day)).toBeLessThan(told.findIndex(([, on]) => on === "2026-10-07"));
  });

  it("answers more buckets at once than it remembers", async () => {
    const history = createHistory({ store, clock, maxRememberedBytes: 100_000 });
    const days = datesBetween("2020-01-01", "2023-12-31");
    const fields = [1, 5, 15].map(
      (n) => `activity.samples:STEPS:${{ 1: "ONE_MINUTE", 5: "FIVE_MINUTES", 15: "FIFTEEN_MINUTES" }[n]}`,
    );
    const keys = fields.flatMap((field) => days.map((each) => ({ field: field as "activity.steps", day: each })));
    await history.write("c", [cell(7, 5, keys[0]), cell(8, 5, keys.at(-1))]);
    const reader = await history.read("c", keys);
    expect([keys[0]!, keys.at(-1)!].map((key) => reader.get(key.field, key.day)?.known)).toEqual([
      { value: 7 },
      { value: 8 },
    ]);
  });
});

describe("a history that another process holds", () => {
  const held = async () => {
    const store = await openStore("memory:");
    const waited: number[] = [];
    const history = createHistory({ store, clock: { now: () => 1 }, delay: async (ms) => void waited.push(ms) });
    return { store, history, waited };
  };

  it.each([
    ["written", "c", (history: History) => history.write("c", [cell(4, 5)])],
    ["marked", "c/marks", (history: History) => history.invalidate("c", "ACTIVITY", null)],
    ["forgotten", "c", (history: History) => history.forget("c")],
  ])("is not waited for without end to be %s, and can be asked again", async (_what, name, work) => {
    const { store, history, waited } = await held();
    const lease = await store.lease(`history/${name}`, 60_000);
    await expect(work(history)).rejects.toThrow(StoreUnavailable);
    // Longer than the lease of one that died, and not much longer.
    const inAll = waited.reduce((sum, ms) => sum + ms, 0);
    expect([inAll >= 10_000, inAll < 16_000]).toEqual([true, true]);
    await lease?.release();
    await work(history);
    await store.close();
  });

  it("does not wait once more for each who stands in line", async () => {
    const { store, history } = await held();
    const real = performance.now.bind(performance);
    let passed = 0;
    jest.spyOn(performance, "now").mockImplementation(() => real() + passed);
    const waits: number[] = [];
    const slow = createHistory({
      store,
      clock: { now: () => 1 },
      delay: async (ms) => {
        passed += ms;
        waits.push(ms);
      },
    });
    await store.lease("history/c", 60_000);
    const results = await Promise.allSettled([1, 2, 3, 4].map((at) => slow.write("c", [cell(at, at)])));
    expect(results.map(({ status }) => status)).toEqual(Array(4).fill("rejected"));
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(17_000);
    jest.restoreAllMocks();
    await history.flush();
    await store.close();
  });

  it("is had as soon as the other lets go, and what was written stays written where the lease can't be given back", async () => {
    const { store, history } = await held();
    const lease = await store.lease("history/c", 60_000);
    const hurried = createHistory({ store, clock: { now: () => 1 }, delay: async () => await lease?.release() });
    await hurried.write("c", [cell(4, 5)]);
    const stubborn: Store = {
      ...store,
      lease: async (name, ttlMs) => {
        const given = await store.lease(name, ttlMs);
        return given && { ...given, release: () => Promise.reject(new StoreUnavailable("away")) };
      },
    };
    await createHistory({ store: stubborn, clock: { now: () => 1 } }).write("d", [cell(6, 7)]);
    expect((await history.read("c", [steps])).get("activity.steps", day)?.known).toEqual({ value: 4 });
    expect((await history.read("d", [steps])).get("activity.steps", day)?.known).toEqual({ value: 6 });
    await store.close();
  });
});

describe("a history beside others", () => {
  const DAY = 86_400_000;
  let at: number;
  let store: Store;
  const clock: Clock = { now: () => at };
  beforeEach(async () => {
    at = 1_000 * DAY;
    store = await openStore("memory:");
  });
  afterEach(() => store.close());
  const known = async (history: History, connectionId = "c", reread = false) =>
    (await history.read(connectionId, [steps], reread)).get(steps.field, steps.day)?.known;
  /** What is set in the store, and for how long. */
  const watched = (kept: (readonly [string, number | undefined])[], fails: () => boolean = () => false): Store => ({
    ...store,
    collection: (namespace, form) => {
      const own = store.collection(namespace, form);
      return {
        ...own,
        set: async (key, value, ttlMs) => {
          if (fails()) throw new StoreUnavailable("away");
          kept.push([`${namespace}:${key}`, ttlMs]);
          await own.set(key, value, ttlMs);
        },
      };
    },
  });

  it("takes of two answers asked for at one moment the one that came last", async () => {
    const history = createHistory({ store, clock });
    await history.write("c", [cell(1, 5)]);
    await history.write("c", [cell(2, 5)]);
    expect([await known(history), await known(createHistory({ store, clock }))]).toEqual([{ value: 2 }, { value: 2 }]);
  });

  it("keeps the marks of other days and domains, and drops those of more than 400 days ago", async () => {
    const history = createHistory({ store, clock });
    const [first, second] = ["2026-10-06", "2026-10-08"];
    await history.invalidate("c", "ACTIVITY", { from: first!, to: first! });
    await history.invalidate("c", "HEART", null);
    at += 400 * DAY;
    await history.invalidate("c", "SLEEP", null);
    at -= 1;
    await history.invalidate("c", "ACTIVITY", { from: second!, to: "2026-10-09" });
    const marks = store.collection<Record<string, object>>("marks");
    const begun = 1_000 * DAY;
    const later = begun + 400 * DAY - 1;
    expect(await marks.get("c")).toEqual({
      ACTIVITY: { [first!]: begun, [second!]: later, "2026-10-09": later },
      HEART: { "": begun },
      SLEEP: { "": later + 1 },
    });
    at += 1;
    await history.invalidate("c", "ACTIVITY", { from: second!, to: second! });
    expect((await marks.get("c"))?.["ACTIVITY"]).toEqual({ [second!]: later + 1, "2026-10-09": later });
  });

  it("tells other replicas of each write, mark and end, once it is stored, and of none that failed", async () => {
    const [told, errors]: [string[], unknown[]] = [[], []];
    let isDown = false;
    const history = createHistory({
      store: watched([], () => isDown),
      clock,
      onChanged: (id) => told.push(id),
      onError: (error) => errors.push(error),
    });
    await history.write("c1", [cell(1, 5)]);
    await history.invalidate("c2", "ACTIVITY", null);
    await history.forget("c3");
    expect([told, errors]).toEqual([["c1", "c2", "c3"], []]);
    isDown = true;
    await expect(history.write("c4", [cell(1, 5)])).rejects.toThrow(StoreUnavailable);
    await expect(history.invalidate("c5", "ACTIVITY", null)).rejects.toThrow(StoreUnavailable);
    expect([told.length, errors]).toEqual([3, [expect.any(StoreUnavailable)]]);
  });

  it("goes on with the next write after one that failed, and flush waits for all", async () => {
    let fails = 1;
    const history = createHistory({ store: watched([], () => fails-- > 0), clock });
    // Those that come at one moment are one write.
    const lost = [history.write("c", [cell(1, 5)]), history.write("c", [cell(1, 5, { day: "2026-10-08" })])];
    for (const one of lost) await expect(one).rejects.toThrow(StoreUnavailable);
    await history.write("c", [cell(2, 6)]);
    fails = 1;
    const failing = history.write("c", [cell(5, 6)]);
    const behindIt = history.forget("c");
    await expect(failing).rejects.toThrow(StoreUnavailable);
    await behindIt;
    at += 10;
    void history.write("c", [cell(3, at + 1)]);
    void history.write("d", [cell(4, 8)]);
    await history.flush();
    const other = createHistory({ store, clock });
    expect([await known(other), await known(other, "d")]).toEqual([{ value: 3 }, { value: 4 }]);
  });

  it("writes and marks in one turn each what comes at one moment, and leaves out of it what is too old alone", async () => {
    const turns: string[] = [];
    const counted = {
      ...store,
      lease: (name: string, ttlMs: number) => {
        turns.push(name);
        return store.lease(name, ttlMs);
      },
    };
    const [one, two] = [createHistory({ store: counted, clock }), createHistory({ store, clock })];
    await two.forget("c");
    const night = { field: "sleep.sessions", day } as const;
    await Promise.all([
      one.write("c", [cell(1, at - 1)]),
      one.write("c", [cell(2, at, { day: "2026-10-08" })]),
      one.write("c", [cell(3, at, { field: "heart.restingRate" })]),
      one.invalidate("c", "SLEEP", { from: day, to: day }),
      one.invalidate("c", "SLEEP", { from: "2026-10-20", to: "2026-10-20" }),
      one.invalidate("c", "ACTIVITY", null),
    ]);
    expect(turns.sort()).toEqual(["history/c", "history/c/marks"]);
    for (const history of [one, two]) {
      const others = [
        { field: "activity.steps", day: "2026-10-08" },
        { field: "heart.restingRate", day },
      ] as const;
      const cells = await history.read("c", [steps, night, ...others], true);
      expect([steps, ...others].map(({ field, day }) => cells.get(field, day)?.known)).toEqual([
        undefined,
        { value: 2 },
        { value: 3 },
      ]);
      expect([night, steps].map(({ field, day }) => cells.isOvertaken(field, day, at))).toEqual([true, true]);
      expect(cells.isOvertaken("sleep.sessions", "2026-10-20", at)).toBe(true);
      expect(cells.isOvertaken("sleep.sessions", "2026-10-09", at)).toBe(false);
    }
    // What comes later has a turn of its own.
    turns.length = 0;
    await one.write("c", [cell(4, at)]);
    await one.write("c", [cell(5, at + 1)]);
    expect([turns, await known(two, "c", true)]).toEqual([["history/c", "history/c"], { value: 5 }]);
  });

  it("keeps for a day what a caller's own token fetched, and the rest for good", async () => {
    const kept: (readonly [string, number | undefined])[] = [];
    const history = createHistory({ store: watched(kept), clock });
    await history.write("header-c", [cell(1, 5)]);
    await history.write("c-header-", [cell(1, 5)]);
    await history.forget("c-header-");
    expect(kept).toEqual([
      ["history:header-c/ACTIVITY/2026-10/columns", DAY],
      ["history:c-header-/ACTIVITY/2026-10/columns", undefined],
      [expect.stringMatching(/^marks:gone\/[\w-]{43}$/), 3_600_000],
    ]);
  });

  it("takes nothing that was asked for before the end, wherever that was told, and what was asked for then", async () => {
    const [one, two] = [createHistory({ store, clock }), createHistory({ store, clock })];
    await two.write("c", [cell(1, at - 5)]);
    await one.forget("c");
    // Not even for a moment.
    const late = one.write("c", [cell(2, at - 1)]);
    expect(await known(one)).toBeUndefined();
    await late;
    for (const history of [one, two]) {
      await history.write("c", [cell(2, at - 1)]);
      expect(await known(history, "c", true)).toBeUndefined();
    }
    await one.invalidate("c2", "ACTIVITY", null);
    for await (const key of store.collection("history").keys("")) throw new Error(`left over: ${key}`);
    await two.write("c", [cell(3, at)]);
    expect(await known(two)).toEqual({ value: 3 });
    await one.write("c", [cell(4, at)]);
    expect(await known(one)).toEqual({ value: 4 });
  });

  it("leaves to a connection whose name begins alike what is its own", async () => {
    const history = createHistory({ store, clock });
    const other = createHistory({ store, clock });
    for (const id of ["c", "c2"]) {
      await history.write(id, [cell(1, 5)]);
      await history.invalidate(id, "ACTIVITY", null);
    }
    await history.forget("c");
    expect(await known(createHistory({ store, clock }), "c2")).toEqual({ value: 1 });
    await other.write("c2", [cell(9, 9)]);
    history.dropRemembered("c");
    // Still as it remembers it.
    expect(await known(history, "c2")).toEqual({ value: 1 });
    history.dropRemembered("c2");
    expect(await known(history, "c2")).toEqual({ value: 9 });
    expect(await store.collection("marks").get("c")).toBeUndefined();
    expect(await store.collection("marks").get("c2")).toBeDefined();
  });

  it("rereads what others marked, and keeps what is still on its way to the store", async () => {
    const [one, two] = [createHistory({ store, clock }), createHistory({ store, clock })];
    const overtaken = async (reread: boolean) =>
      (await one.read("c", [steps], reread)).isOvertaken(steps.field, steps.day, at);
    expect(await overtaken(false)).toBe(false);
    await two.invalidate("c", "ACTIVITY", null);
    expect([await overtaken(false), await overtaken(true)]).toEqual([false, true]);
    at += 1;
    await two.invalidate("c", "ACTIVITY", { from: day, to: day });
    expect(await overtaken(false)).toBe(false);
    one.dropRemembered("c");
    expect(await overtaken(false)).toBe(true);

    const lease = await store.lease("history/c", 60_000);
    const writing = one.write("c", [cell(7, 9)]);
    expect(await known(one, "c", true)).toEqual({ value: 7 });
    await lease?.release();
    await writing;
  });

  it("tells those who watch of what it would read otherwise, and of nothing else", async () => {
    const [one, two] = [createHistory({ store, clock }), createHistory({ store, clock })];
    const told: string[] = [];
    const since = () => told.splice(0);
    one.watch((id) => told.push(id));
    await one.write("c", [cell(1, 5)]);
    expect(new Set(since())).toEqual(new Set(["c"]));
    await known(one);
    await known(one, "c", true);
    expect(since()).toEqual([]);
    await two.write("c", [cell(2, 6)]);
    await two.invalidate("c", "ACTIVITY", null);
    expect(since()).toEqual([]);
    await known(one, "c", true);
    expect(since()).toEqual(["c", "c"]);
    await known(one, "c", true);
    expect(since()).toEqual([]);
    one.dropRemembered("c");
    await one.invalidate("c", "ACTIVITY", null);
    expect(since()).toEqual(["c", "c"]);
  });
});
