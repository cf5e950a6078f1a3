import type { Field } from "../model/fields.js";
import { keyvStore } from "../store/keyv-store.js";
import { memoryBackend } from "../store/memory.js";
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
  return [bucket?.[field]?.["2026-11-19"], isWhole];
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
  expect(bucketRows.read(stored, () => left++)).toEqual({ "activity.steps": { "2026-11-18": good } });
  expect(left).toBe(3);
});

test("marks of a domain that are no times are none, and the others stay", () => {
  for (const value of [null, [], "x"]) expect(markRows.read(value, () => {})).toBeUndefined();
  const marks = { ACTIVITY: { "": 7 }, SLEEP: { "": "7" }, HEART: null };
  expect(markRows.read(marks, () => {})).toEqual({ ACTIVITY: { "": 7 } });
});

test("a day that can't be read is written anew, the others stay, and the old row is kept", async () => {
  const backend = memoryBackend();
  const store = keyvStore(backend);
  const key = "history:c1/ACTIVITY/2026-11";
  const bucket = { "activity.steps": { "2026-11-18": cellOf({ value: 18 }), "2026-11-19": cellOf({ value: "19" }) } };
  const text = JSON.stringify({ v: 1, value: bucket });
  await backend.values.set(key, text);
  const history = createHistory({ store, clock: { now: () => 9 } });
  const days = ["2026-11-18", "2026-11-19"].map((day) => ({ field: "activity.steps" as const, day }));
  const before = await history.read("c1", days);
  expect(days.map(({ field, day }) => before.get(field, day)?.known)).toEqual([{ value: 18 }, undefined]);
  const fresh: StoredCellEntry = { ...days[1]!, known: { value: 20 }, at: 9, call: "steps", settled: true };
  await history.write("c1", [fresh]);
  const after = await createHistory({ store, clock: { now: () => 9 } }).read("c1", days);
  expect(days.map(({ field, day }) => after.get(field, day)?.known)).toEqual([{ value: 18 }, { value: 20 }]);
  expect(await backend.values.get(`set-aside:${key}`)).toBe(text);
  await history.forget("c1");
  const left: string[] = [];
  for await (const [one] of backend.scan("")) left.push(one);
  expect(left).toEqual([expect.stringMatching(/^marks:gone\//)]);
  await store.close();
});
