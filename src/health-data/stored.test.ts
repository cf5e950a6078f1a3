import fc from "fast-check";
import type { Field } from "../model/fields.js";
import { missingReasons } from "../model/records.js";
import { eachDay, epochDay } from "../model/time.js";
import type { Backend } from "../store/backend.js";
import { keyvStore } from "../store/keyv-store.js";
import { memoryBackend } from "../store/memory.js";
import type { Store } from "../store/store.js";
import type { StoredCell } from "./column.js";
import { createHistory, type StoredCellEntry } from "./history.js";
import { bucketRows, markRows } from "./stored.js";

const cellOf = (known: unknown) => ({ known, at: 7, call: "steps", settled: true });
const weighing = { id: "w", time: null, weight: 70.5, bodyMassIndex: null, fatPercentage: null };
const sleep = {
  ...{ id: "s", start: "2026-11-18T23:00:00Z", end: "2026-11-19T07:00:00Z", isMainSleep: true, pending: false },
  ...{ minutesInBed: 480, minutesAsleep: 450, minutesAwake: 30, minutesToFallAsleep: null, efficiency: 94 },
  ...{ stages: [{ stage: "DEEP", minutes: 80, count: 3 }], hypnogram: null },
};
const series = { start: null, localStart: "2026-11-19T00:00:00", stepSeconds: 60, offsets: [0, 60], values: [71, 73] };

/** What is read of one cell, and whether something was left out. */
function read(field: string, cell: unknown) {
  let isWhole = true;
  const bucket = bucketRows.read({ [field]: { "2026-11-19": cell } }, () => {
    isWhole = false;
  });
  return [bucket?.columns.get(field)?.cell(epochDay("2026-11-19")), isWhole];
}

test.each<[Field | "moon.phase", unknown]>([
  ["activity.steps", 0],
  ["activity.steps", 5_264],
  ["profile.timeZone", "Europe/Berlin"],
  ["profile.sex", "OTHER"],
  ["profile.dateOfBirth", "1990-02-28"],
  ["body.weight", [weighing]],
  ["body.weight", []],
  ["sleep.sessions", [sleep]],
  ["heart.samples:ONE_MINUTE", series],
  ["heart.zones.minutes", [{ kind: "PEAK", minutes: 4 }]],
  // Of another release: never asked for here.
  ["moon.phase", "waning"],
])("%s is read as it was stored: %j", (field, value) => {
  expect(read(field, cellOf({ value }))).toEqual([cellOf({ value }), true]);
});

test.each<[Field, unknown]>([
  ["activity.steps", "5264"],
  ["activity.steps", null],
  ["activity.steps", [5264]],
  ["profile.timeZone", "Mars/Phobos"],
  ["profile.sex", "UNHEARD"],
  ["profile.dateOfBirth", "1990-02-30"],
  ["body.weight", null],
  ["body.weight", weighing],
  ["body.weight", [{ ...weighing, weight: "70.5" }]],
  ["body.weight", [weighing, null]],
  ["sleep.sessions", [{ ...sleep, start: "yesterday" }]],
  ["sleep.sessions", [{ ...sleep, stages: [{ stage: "LUNAR", minutes: 1, count: 1 }] }]],
  ["heart.samples:ONE_MINUTE", { ...series, values: [71] }],
  ["heart.samples:ONE_MINUTE", { ...series, values: [71, "73"] }],
  ["heart.samples:ONE_MINUTE", { ...series, offsets: null }],
  ["heart.samples:ONE_MINUTE", { ...series, offsets: [0, "60"] }],
  ["heart.samples:ONE_MINUTE", { ...series, localStart: 0 }],
  ["heart.zones.minutes", [{ kind: "SOMEWHERE", minutes: 4 }]],
])("%s that is no such thing is unknown: %j", (field, value) => {
  expect(read(field, cellOf({ value }))).toEqual([undefined, false]);
});

test.each([
  null,
  7,
  [],
  {},
  { ...cellOf({ value: 1 }), at: "7" },
  { ...cellOf({ value: 1 }), call: null },
  { ...cellOf({ value: 1 }), settled: 1 },
  { ...cellOf(null) },
  cellOf({ nothing: "LUNAR" }),
])("a cell that is %j is unknown", (cell) => {
  expect(read("activity.steps", cell)).toEqual([undefined, false]);
});

test("a known nothing is read", () => {
  const cell = cellOf({ nothing: "NOT_RECORDED" });
  expect(read("activity.steps", cell)).toEqual([cell, true]);
});

test("a bucket that is no object is none; its neighbours' fields and days stay", () => {
  for (const value of [null, [], "x", 7]) expect(bucketRows.read(value, () => {})).toBeUndefined();
  const good = cellOf({ value: 5 });
  const stored = { "activity.steps": { "2026-11-18": good, "2026-11-19": 7, today: good }, "activity.floors": null };
  let left = 0;
  expect(JSON.parse(JSON.stringify(bucketRows.read(stored, () => left++)))).toEqual({
    "activity.steps": { "2026-11-18": good },
  });
  expect(left).toBe(3);
});

test("marks of a domain that are no times are none, and the others stay", () => {
  for (const value of [null, [], "x"]) expect(markRows.read(value, () => {})).toBeUndefined();
  const marks = { ACTIVITY: { "": 7 }, SLEEP: { "": "7" }, HEART: null };
  expect(markRows.read(marks, () => {})).toEqual({ ACTIVITY: { "": 7 } });
});

const days = ["2026-11-18", "2026-11-19"].map((day) => ({ field: "activity.steps" as const, day }));
const nineteenth: StoredCellEntry = { ...days[1]!, known: { value: 20 }, at: 9, call: "steps", settled: true };

async function keysOf(backend: Backend): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const [key] of backend.scan("")) keys.push(key);
  return keys.sort();
}

describe("a month", () => {
  const key = "history:c1/ACTIVITY/2026-11";
  let backend: Backend;
  let store: Store;
  const make = () => createHistory({ store, clock: { now: () => 9 } });
  const known = async (history = make()) => {
    const reader = await history.read("c1", days);
    return days.map(({ field, day }) => reader.get(field, day)?.known);
  };
  beforeEach(() => {
    backend = memoryBackend();
    store = keyvStore(backend);
  });
  afterEach(() => store.close());

  test("that an earlier release stored is read, day by day the newer answer, and stays for a release back", async () => {
    const cells = { "2026-11-18": cellOf({ value: 18 }), "2026-11-19": { ...cellOf({ value: 19 }), at: 8 } };
    const text = JSON.stringify({ v: 1, value: { "activity.steps": cells } });
    await backend.values.set(key, text);
    expect(await known()).toEqual([{ value: 18 }, { value: 19 }]);
    await make().write("c1", [{ ...nineteenth, at: 7 }]);
    expect(await known()).toEqual([{ value: 18 }, { value: 19 }]);
    await make().write("c1", [nineteenth]);
    expect(await known()).toEqual([{ value: 18 }, { value: 20 }]);
    expect(await backend.values.get(key)).toBe(text);
    const exported: unknown[] = [];
    for await (const { day, cell } of make().entries("c1")) exported.push([day, cell.known]);
    expect(exported).toEqual([
      ["2026-11-18", { value: 18 }],
      ["2026-11-19", { value: 20 }],
    ]);
    await make().forget("c1");
    expect(await keysOf(backend)).toEqual([expect.stringMatching(/^marks:gone\//)]);
  });

  test("of which a day can't be read is written anew, the others stay, and the old row is kept", async () => {
    const row = { first: "2026-11-18", values: [18, "19"], requests: [[2, 7, "steps", true]] };
    const text = JSON.stringify({ v: 1, value: { columns: { "activity.steps": row } } });
    await backend.values.set(`${key}/columns`, text);
    const history = make();
    expect(await known(history)).toEqual([{ value: 18 }, undefined]);
    await history.write("c1", [nineteenth]);
    expect(await known()).toEqual([{ value: 18 }, { value: 20 }]);
    expect(await backend.values.get(`set-aside:${key}/columns`)).toBe(text);
    await history.forget("c1");
    expect(await keysOf(backend)).toEqual([expect.stringMatching(/^marks:gone\//)]);
  });

  test("is one row, with one stretch for the days that one request answered", async () => {
    const cells = ["2026-11-02", "2026-11-03", "2026-11-05"].map((day, index) => ({
      ...{ field: "activity.steps" as const, day, at: 5, call: "steps", settled: true },
      known: index === 1 ? { nothing: "NOT_RECORDED" as const } : { value: 100 + index },
    }));
    await make().write("c1", cells);
    expect(await keysOf(backend)).toEqual([`${key}/columns`]);
    expect(JSON.parse((await backend.values.get(`${key}/columns`)) as string).value).toEqual({
      columns: {
        "activity.steps": {
          first: "2026-11-02",
          values: [100, null, null, 102],
          requests: [[2, 5, "steps", true], [1], [1, 5, "steps", true]],
          notes: { "2026-11-03": "NOT_RECORDED" },
        },
      },
    });
  });
});

test.each<[string, object]>([
  ["has no first day", { first: "x", values: [1], requests: [[1, 7, "steps", true]] }],
  ["has no values", { first: "2026-11-18", values: null, requests: [[1, 7, "steps", true]] }],
  ["has no requests", { first: "2026-11-18", values: [1] }],
  ["has a stretch of no days", { first: "2026-11-18", values: [1], requests: [[0, 7, "steps", true]] }],
  ["has more days than a row can", { first: "2026-11-18", values: Array(401).fill(1), requests: [] }],
  ["is no object", [1]],
])("a column that %s is unknown, and its neighbours stay", (_, damaged) => {
  const good = { first: "2026-11-18", values: [5], requests: [[3, 7, "steps", true]] };
  let left = 0;
  const bucket = bucketRows.read({ columns: { "activity.floors": damaged, "activity.steps": good } }, () => left++)!;
  expect([...bucket.columns].map(([field, column]) => [field, [...column.days()].length])).toEqual([
    ["activity.steps", 1],
  ]);
  expect(left).toBe(1);
});

const provenance = fc.record({
  at: fc.integer({ min: 1, max: 4 }),
  call: fc.constantFrom("steps", "summary"),
  settled: fc.boolean(),
});
const knownCell = fc.oneof(
  fc.record({ value: fc.nat(400_000) }),
  fc.record({ value: fc.nat(400_000), lacks: fc.constantFrom("PROVIDER_ERROR" as const, "NOT_YET_SYNCED" as const) }),
  fc.record({ nothing: fc.constantFrom(...missingReasons) }),
);
const cells = fc.array(
  fc
    .tuple(fc.constantFrom(...eachDay("2026-10-28", "2026-11-30")), knownCell, provenance)
    .map(([day, known, of]): StoredCellEntry => ({ field: "activity.steps", day, known, ...of })),
  { maxLength: 40 },
);

/** What a history of cells did: of two answers for one cell, the one that was requested later counts. */
function cellByCell(writes: readonly (readonly StoredCellEntry[])[]): Map<string, StoredCell> {
  const stored = new Map<string, StoredCell>();
  for (const write of writes) {
    for (const { field: _, day, ...cell } of write) {
      const before = stored.get(day!);
      if (!before || before.at <= cell.at) stored.set(day!, cell);
    }
  }
  return stored;
}

test("columns hold what cells held, over random writes, in memory and in the store", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(cells, { maxLength: 5 }), async (rounds) => {
      const writes = rounds.map((write) => [...new Map(write.map((each) => [each.day, each])).values()]);
      const store = keyvStore(memoryBackend());
      const history = createHistory({ store, clock: { now: () => 9 } });
      for (const write of writes) await history.write("c", write);
      const expected = cellByCell(writes);
      const keys = [...eachDay("2026-10-28", "2026-11-30")].map((day) => ({ field: "activity.steps" as const, day }));
      for (const each of [history, createHistory({ store, clock: { now: () => 9 } })]) {
        const reader = await each.read("c", keys);
        for (const { field, day } of keys) expect(reader.get(field, day)).toEqual(expected.get(day));
      }
      await store.close();
    }),
    { numRuns: 300 },
  );
});
