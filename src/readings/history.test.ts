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
    const history = make();
    const days = datesBetween("2020-01-01", "2023-12-31");
    const fields = [1, 5, 15].map(
      (n) => `activity.samples:STEPS:${{ 1: "ONE_MINUTE", 5: "FIVE_MINUTES", 15: "FIFTEEN_MINUTES" }[n]}`,
    );
    const keys = fields.flatMap((field) => days.map((each) => ({ field: field as "activity.steps", day: each })));
    await history.write("c", [cell(7, 5, keys[0]), cell(8, 5, keys.at(-1))]);
    const reader = await history.read("c", keys);
    expect(keys.length).toBeGreaterThan(4_000);
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
