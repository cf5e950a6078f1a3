/** Which of several figures, rows and nights Withings' answers are told by. */

import { heartFigures } from "../../model/figures.js";
import type { SleepRecord } from "../../model/records.js";
import { toDayCells } from "./mappers/activity.js";
import { byWeight } from "./mappers/sleep.js";
import { meanOf, toSegment } from "./mappers/stages.js";
import { firstPossible } from "./mappers/wire.js";

const day = "2026-03-17";
const at = (hours: number) =>
  new Date(Date.parse("2026-03-16T20:00:00Z") + hours * 3_600_000).toISOString().replace(".000Z", "+00:00");
const asleep = (id: string, from: number, hours: number) =>
  ({ id, start: at(from), end: at(from + hours) }) as SleepRecord;

describe("of several figures", () => {
  it("the first counts that a person can have, wherever it stands", () => {
    expect(firstPossible("activity.steps", [-3, null, 8_117])).toBe(8_117);
    expect(firstPossible("activity.steps", [6_204, -3, 8_117])).toBe(6_204);
  });

  it("the first is told where none is possible, so that it is seen as an error", () => {
    expect(firstPossible("activity.steps", [null, -3, -4])).toBe(-3);
    expect(firstPossible("activity.steps", [null])).toBeNull();
  });
});

describe("of several rows of a day", () => {
  const row = (steps: number, modified: number, is_tracker = true) => ({
    date: day,
    raw: { steps, modified, is_tracker },
  });
  const stepsOf = (...rows: readonly ReturnType<typeof row>[]) =>
    toDayCells(rows).find(({ field }) => field === "activity.steps")?.known;

  it("that of the tracker changed last counts, in whatever order they come", () => {
    const [older, newer] = [row(5_021, 1_773_790_000), row(7_342, 1_773_800_000)];
    expect(stepsOf(older, newer)).toEqual({ value: 7_342 });
    expect(stepsOf(newer, older)).toEqual({ value: 7_342 });
  });

  it("a phone's comes after every tracker's, however new it is", () => {
    expect(stepsOf(row(9_115, 1_773_900_000, false), row(5_021, 1_773_790_000))).toEqual({ value: 5_021 });
  });
});

describe("of several sleeps of a day", () => {
  it("the longest is the night, but none of more than two days", () => {
    const [night, error] = [asleep("n", 1, 7), asleep("e", 2, 72)];
    expect(byWeight([error, night]).map(({ id }) => id)).toEqual(["n"]);
    const [twoDays, more] = [asleep("t", 0, 48), asleep("m", 0, 48 + 1 / 3_600)];
    expect(byWeight([night, more, twoDays]).map(({ id }) => id)).toEqual(["t", "n"]);
  });
});

describe("the mean variability of a night", () => {
  const { least, most } = heartFigures.hrvRmssd;
  const from = Date.parse(at(1)) / 1_000;
  const meanWith = (...values: readonly number[]) => {
    const samples = Object.fromEntries(values.map((value, minute) => [String(from + 60 * minute), value]));
    const segment = toSegment({ startdate: from, enddate: from + 7 * 3_600, state: 1, rmssd: samples });
    return meanOf(asleep("n", 1, 7), [segment], "rmssd");
  };

  it("is that of the samples that a person can have, the least and the most of them included", () => {
    expect(meanWith(41, 52, most + 1)).toBe(46.5);
    expect(meanWith(least, most)).toBe((least + most) / 2);
  });

  it("is null where no sample is possible", () => {
    expect(meanWith(most + 1, most + 7)).toBeNull();
  });
});
