import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Field } from "../model/fields.js";
import type { Domain, LocalDate } from "../model/records.js";
import { eachDay, epochDay } from "../model/time.js";
import { openStore } from "../store/open-store.js";
import type { Store } from "../store/store.js";
import { createHistory, type StoredCellEntry } from "./history.js";

const clock = { now: () => 1_000 };
const cell = (field: Field, day: LocalDate | null, value: unknown): StoredCellEntry =>
  ({ field, day, known: { value }, at: 5, call: "c", settled: true }) as StoredCellEntry;
const series = (day: LocalDate) => ({
  ...{ metric: "HEART", start: `${day}T00:00:00Z`, localStart: `${day}T00:00:00`, stepSeconds: 60 },
  ...{ offsets: [0, 60], values: [61, 62] },
});
const since = (first: LocalDate, ...domains: readonly Domain[]) =>
  new Map(domains.map((domain) => [domain, epochDay(first)]));

describe.each(["memory", "sqlite"])("days that are not kept, in the %s store", (kind) => {
  let folder: string;
  let store: Store;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "old-days-"));
    store = await openStore(kind === "memory" ? "memory:" : `sqlite:${join(folder, "history.db")}`);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const make = (onChanged?: (id: string) => void) => createHistory({ store, clock, onChanged });
  const keys = async () => {
    const found: string[] = [];
    for await (const key of store.collection("history").keys("")) found.push(key);
    return found.sort();
  };
  const daysOf = async (id: string, field: Field) => {
    const found: string[] = [];
    for await (const entry of make().entries(id)) if (entry.field === field) found.push(entry.day!);
    return found.sort();
  };

  it("are erased: whole months by their keys, of the month of the first kept day those before it, and series", async () => {
    const history = make();
    const days = [...eachDay("2026-08-30", "2026-10-12")];
    for (const id of ["c", "other"])
      await history.write(id, [
        ...days.map((day, index) => cell("activity.steps", day, 4_000 + index)),
        ...days.map((day, index) => cell("heart.restingRate", day, 50 + index)),
        ...["2026-10-04", "2026-10-05"].map((day) => cell("heart.samples:ONE_MINUTE", day, series(day))),
        ...["2026-10-04", "2026-10-05"].map((day) => cell("activity.samples:STEPS:ONE_MINUTE", day, series(day))),
        cell("profile.height", null, 1.7),
      ]);
    const before = await keys();
    expect(await history.eraseBefore("c", since("2026-10-05", "HEART"))).toBe(true);
    expect(before.filter((key) => !key.startsWith("c/HEART/") && !key.startsWith("c/heart."))).toEqual(
      (await keys()).filter((key) => !key.startsWith("c/HEART/") && !key.startsWith("c/heart.")),
    );
    expect((await keys()).filter((key) => /^c.heart/i.test(key))).toEqual([
      "c/HEART/2026-10/columns",
      "c/heart.samples:ONE_MINUTE/2026-10-05",
    ]);
    expect(await daysOf("c", "heart.restingRate")).toEqual([...eachDay("2026-10-05", "2026-10-12")]);
    expect(await daysOf("c", "activity.steps")).toEqual(days);
    expect(await daysOf("other", "heart.restingRate")).toEqual(days);
    // What this process remembered went too.
    const read = await history.read("c", [{ field: "heart.restingRate", day: "2026-10-04" }]);
    expect(read.get("heart.restingRate", "2026-10-04")).toBeUndefined();
    expect(await history.eraseBefore("c", since("2026-10-05", "HEART"))).toBe(false);
  });

  it("go on the first of a month without a look at that month, and with the last of them the row", async () => {
    const history = make();
    await history.write("c", [cell("body.weight" as Field, "2026-09-30", []), cell("activity.steps", "2026-10-01", 7)]);
    expect(await history.eraseBefore("c", since("2026-10-01", "BODY", "ACTIVITY"))).toBe(true);
    expect(await keys()).toEqual(["c/ACTIVITY/2026-10/columns"]);
    expect(await history.eraseBefore("c", since("2026-10-02", "ACTIVITY"))).toBe(true);
    expect(await keys()).toEqual([]);
  });

  it("go from rows that an earlier release wrote too, which stay in its form", async () => {
    const at = (day: string, value: number) => ({ [day]: { known: { value }, at: 5, call: "c", settled: true } });
    await store
      .collection("history")
      .set("c/ACTIVITY/2026-10", { "activity.steps": { ...at("2026-10-03", 31), ...at("2026-10-04", 41) } });
    expect(await make().eraseBefore("c", since("2026-10-04", "ACTIVITY"))).toBe(true);
    expect(await store.collection("history").get("c/ACTIVITY/2026-10")).toEqual({
      "activity.steps": at("2026-10-04", 41),
    });
  });

  it("go whatever the row holds, but for the month of the first kept day, which waits", async () => {
    const rows = store.collection("history", { read: (value) => value, version: 99 });
    for (const month of ["2026-08", "2026-09", "2026-10"]) await rows.set(`c/ACTIVITY/${month}/columns`, "newer");
    expect(await make().eraseBefore("c", since("2026-10-04", "ACTIVITY"))).toBe(true);
    expect(await keys()).toEqual(["c/ACTIVITY/2026-10/columns"]);
  });

  it("lose their marks, and other replicas hear of it", async () => {
    const heard: string[] = [];
    const history = make((id) => heard.push(id));
    await history.invalidate("c", "ACTIVITY", { from: "2026-10-03", to: "2026-10-05" });
    await history.invalidate("c", "ACTIVITY", null);
    await history.invalidate("c", "SLEEP", { from: "2026-10-03", to: "2026-10-03" });
    heard.length = 0;
    expect(await history.eraseBefore("c", since("2026-10-05", "ACTIVITY"))).toBe(true);
    expect(await store.collection("marks").get("c")).toEqual({
      ACTIVITY: { "": 1_000, "2026-10-05": 1_000 },
      SLEEP: { "2026-10-03": 1_000 },
    });
    expect(heard).toEqual(["c"]);
  });
});
