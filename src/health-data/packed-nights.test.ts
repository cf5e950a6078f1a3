import fc from "fast-check";
import type { FieldValue } from "../model/fields.js";
import { type SleepRecord, type SleepSegment, sleepStages } from "../model/records.js";
import { withOffset } from "../model/time.js";
import { keyvStore } from "../store/keyv-store.js";
import { memoryBackend } from "../store/memory.js";
import { createHistory } from "./history.js";
import { PackedNights } from "./packed-nights.js";

const begin = Date.parse("2026-10-24T21:40:30Z");
const night = (hypnogram: readonly SleepSegment[] | null, more: Partial<SleepRecord> = {}): SleepRecord => ({
  ...{ id: "n1", start: withOffset(begin, 7_200), end: withOffset(begin + 28_800_000, 7_200), isMainSleep: true },
  ...{ minutesInBed: 480, minutesAsleep: 431, minutesAwake: 49, minutesToFallAsleep: 7, efficiency: 90 },
  ...{ stages: [{ stage: "DEEP", minutes: 81, count: 3 }], hypnogram, pending: false, ...more },
});
const segment = (stage: SleepSegment["stage"], afterSeconds: number, seconds: number, offset = 7_200) => ({
  stage,
  start: withOffset(begin + afterSeconds * 1000, offset),
  seconds,
});
const plain = [segment("LIGHT", 0, 90), segment("REM", 90, 30), segment("AWAKE", 8_400, 1_800)];
const everything = () => true;
const back = (value: unknown) => {
  const packed = PackedNights.of("sleep.sessions", value as FieldValue);
  return packed instanceof PackedNights ? packed.unpacked() : packed;
};

test("nights come back as they were, over random segments", () => {
  const segments = fc.array(
    fc.record({
      stage: fc.constantFrom(...sleepStages),
      after: fc.oneof(fc.nat(70_000), fc.nat(100_000_000)),
      seconds: fc.oneof(fc.nat(70_000), fc.double({ min: 0, max: 9, noNaN: true })),
      offset: fc.constantFrom(7_200, 7_200, 7_200, 3_600, -34_200),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(fc.array(fc.option(segments), { maxLength: 3 }), (nights) => {
      const value = nights.map((each, at) =>
        night(each?.map(({ stage, after, seconds, offset }) => segment(stage, after, seconds, offset)) ?? null, {
          id: `n${at}`,
        }),
      );
      expect(back(value)).toEqual(value);
      const packed = PackedNights.of("sleep.sessions", value as unknown as FieldValue);
      const stored = JSON.parse(JSON.stringify(packed));
      const read = PackedNights.read(stored, everything);
      expect(read?.unpacked() ?? stored).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("a packed night takes less than a fifth of what its segments take as text", () => {
  const long = Array.from({ length: 60 }, (_, at) => segment(sleepStages[at % 6]!, at * 480, 480));
  const value = [night(long)] as unknown as FieldValue;
  const segments = JSON.stringify(long).length;
  const rest = JSON.stringify([night(null)]).length;
  expect((JSON.stringify(PackedNights.of("sleep.sessions", value)).length - rest) / segments).toBeLessThan(0.2);
});

test.each<[string, readonly SleepSegment[]]>([
  ["whose clock changes", [...plain, segment("DEEP", 12_000, 600, 3_600)]],
  ["with fractions of a second", [segment("LIGHT", 0, 29.5)]],
  ["whose segments go back before the first", [segment("LIGHT", 60, 30), segment("REM", 0, 30)]],
  ["spelt otherwise", [{ stage: "REM", start: "2026-10-24T21:40:30Z", seconds: 30 }]],
  ["without segments", []],
])("a night %s stays as it is", (_, hypnogram) => {
  const value = [night(hypnogram)] as unknown as FieldValue;
  expect(PackedNights.of("sleep.sessions", value)).toBe(value);
  expect(back([night(plain), night(hypnogram)])).toEqual([night(plain), night(hypnogram)]);
});

test.each<unknown>([
  { start: "yesterday", segments: [0, 0, 30] },
  { start: "2026-10-24T23:40:30", segments: [0, 0, 30] },
  { start: "2026-10-24T23:40:30+02:00", segments: [6, 0, 30] },
  { start: "2026-10-24T23:40:30+02:00", segments: [1, 0] },
  { start: "2026-10-24T23:40:30+02:00", segments: [1, 0, -30] },
  { start: "2026-10-24T23:40:30+02:00", segments: [1, 0, 70_000] },
  { start: "2026-10-24T23:40:30+02:00", segments: "x" },
  null,
])("what is no packed hypnogram of ours is not read: %j", (packed) => {
  expect(PackedNights.read({ nights: [{ ...night(null), packed }] }, everything)).toBeNull();
});

test("a history gives back the nights that it stored, beside one that it can't read", async () => {
  const store = keyvStore(memoryBackend());
  const make = () => createHistory({ store, clock: { now: () => 9 } });
  const cells = ["2026-10-25", "2026-10-26"].map((day, at) => ({
    ...{ field: "sleep.sessions" as const, day, at: 5, call: "sleep", settled: true },
    known: { value: [night(plain, { id: `n${at}` })] as readonly SleepRecord[] },
  }));
  await make().write("c", cells);
  const known = async () => {
    const reader = await make().read("c", cells);
    return cells.map(({ field, day }) => reader.get(field, day)?.known);
  };
  expect(await known()).toEqual(cells.map(({ known }) => known));
  const rows = store.collection<{ columns: { "sleep.sessions": { values: { nights: object[] }[] } } }>("history");
  const row = JSON.parse(JSON.stringify(await rows.get("c/SLEEP/2026-10/columns")));
  row.columns["sleep.sessions"].values[0].nights[0].packed.segments[0] = 99;
  await rows.set("c/SLEEP/2026-10/columns", row);
  expect(await known()).toEqual([undefined, cells[1]!.known]);
  await store.close();
});
