import type { Connection } from "../connections/connection.js";
import type { Known } from "../model/cells.js";
import type { Field } from "../model/fields.js";
import type { WeighingRecord } from "../model/records.js";
import type { Provider } from "../providers/index.js";
import { bodyMassIndexes } from "../providers/kit/body-mass-index.js";
import { ConnectionReader } from "./connection-reader.js";
import { dayNumber } from "./days.js";

const day = "2026-10-06";
const calls = [
  { name: "weighings", yields: ["body.weight"] },
  { name: "person", yields: ["profile.height"] },
  { name: "walks", yields: ["activity.steps", "activity.distance"] },
];
const provider = { id: "ACME", calls, derive: [bodyMassIndexes] } as unknown as Provider;

function knowing(cells: readonly (readonly [Field, string | null, Known, settled?: boolean])[]): ConnectionReader {
  const reader = new ConnectionReader(
    provider,
    { scopes: [], dataThrough: null } as unknown as Connection,
    null,
    false,
  );
  for (const [field, of, known, settled = true] of cells)
    reader.columnFor(field).set(dayNumber(of), known, { at: 1, call: "any", settled });
  return reader;
}

const weighing: WeighingRecord = { id: "w", time: null, weight: 81, bodyMassIndex: null, fatPercentage: null };
const height = ["profile.height", null, { value: 1.8 }] as const;

test("what is derived from an incomplete part is incomplete, too", () => {
  const whole = knowing([["body.weight", day, { value: [weighing] }], height]);
  expect(whole.look("body.bodyMassIndex", day)).toEqual({ value: [expect.objectContaining({ bodyMassIndex: 25 })] });
  const part = knowing([["body.weight", day, { value: [weighing], lacks: "PROVIDER_ERROR" }], height]);
  expect(part.look("body.bodyMassIndex", day)).toMatchObject({ lacks: "PROVIDER_ERROR" });
});

test("a derived figure is answered once all that it is derived from is", () => {
  expect(knowing([height]).answered("body.bodyMassIndex", day)).toBe(false);
  expect(knowing([["body.weight", day, { nothing: "NOT_RECORDED" }], height]).answered("body.bodyMassIndex", day)).toBe(
    true,
  );
});

test("one figure that may change keeps its day from being settled; what has no day does not", () => {
  const fields: readonly Field[] = ["activity.steps", "activity.distance"];
  const walked = (settled: boolean) =>
    knowing([
      ["activity.steps", day, { value: 8_000 }, settled],
      ["activity.distance", day, { value: 6_000 }],
    ]).settled(fields, day);
  expect([walked(true), walked(false)]).toEqual([true, false]);
  const weighed = knowing([
    ["body.weight", day, { value: [weighing] }],
    ["profile.height", null, { value: 1.8 }, false],
  ]);
  expect(weighed.settled(["body.bodyMassIndex"], day)).toBe(true);
  expect(knowing([height]).settled(["body.bodyMassIndex"], day)).toBe(false);
});
