import { checked, courseBounds } from "../model/bounds.js";
import type { Cell } from "../model/cells.js";
import type { Field } from "../model/fields.js";
import { namesOf, vitalRows } from "../model/figure-tables.js";
import type { VitalField } from "../model/figures.js";
import { isValueOf } from "./stored.js";

const TODAY = "2026-11-29";
const DAY = "2026-11-28";

const known = (field: Field, value: unknown) =>
  checked({ field, day: DAY, known: { value } } as Cell, TODAY).known as {
    value?: unknown;
    nothing?: string;
    lacks?: string;
  };
const refused = { nothing: "PROVIDER_ERROR" };
const flawed = (value: unknown) => ({ value, lacks: "PROVIDER_ERROR" });
const isStored = (field: string, value: unknown) => isValueOf(field, value);

/** Said once more: whoever moves a bound says so in two places. */
const vitals: Readonly<Record<VitalField, readonly [least: number, most: number]>> = {
  "vitals.oxygenSaturation": [40, 100],
  "vitals.respiratoryRate": [3, 80],
  "vitals.skinTemperature": [15, 45],
  "vitals.skinTemperatureDeviation": [-20, 20],
  "vitals.vo2Max": [5, 100],
  "vitals.apneaHypopneaIndex": [0, 200],
  "vitals.breathingDisturbanceIndex": [0, 200],
  "vitals.pulseWaveVelocity": [1, 30],
  "vitals.vascularAgeYears": [1, 150],
  "vitals.stressMinutes": [0, 3000],
  "vitals.recoveryMinutes": [0, 3000],
};

it("every vital has bounds that a person can have", () => {
  expect(
    Object.fromEntries(namesOf(vitalRows).map((name) => [name, [vitalRows[name].least, vitalRows[name].most]])),
  ).toEqual(vitals);
});

describe.each(Object.entries(vitals) as [VitalField, readonly [number, number]][])("%s", (field, [least, most]) => {
  it("is kept at its bounds, and stored", () => {
    for (const value of [least, most, (least + most) / 2]) {
      const vital = { value, low: least, high: most, method: "MEASURED" };
      expect(known(field, vital)).toEqual({ value: vital });
      expect([isStored(field, vital), isStored(field, { value })]).toEqual([true, true]);
    }
  });

  it("is refused beyond them, and where it is no figure", () => {
    for (const value of [least - 0.1, most + 0.1, Number.NaN, "7", null, undefined])
      expect([value, known(field, { value })]).toEqual([value, refused]);
    for (const value of [null, 7, "7", []]) expect([value, isStored(field, value)]).toEqual([value, false]);
    expect(isStored(field, { value: least, low: "1" })).toBe(false);
    expect(isStored(field, { value: least, method: "GUESSED" })).toBe(false);
  });

  it("stands without an end that can't be", () => {
    expect(known(field, { value: most, low: least - 1, high: most }).value).toEqual({
      value: most,
      low: null,
      high: most,
    });
  });
});

const time = "2026-11-28T08:00:00+01:00";
const moment = { id: "r", time };
const readings: [Field, object, required: string | null][] = [
  ["readings.bloodPressures", { ...moment, systolic: 118, diastolic: 76, pulse: 61 }, "systolic"],
  ["readings.bloodPressures", { ...moment, systolic: 118, diastolic: 76, pulse: null }, "diastolic"],
  ["readings.bloodGlucose", { ...moment, value: 5.4, mealRelation: "FASTING" }, "value"],
  ["readings.vo2MaxTests", { ...moment, value: 43.5, method: "EXERCISE_TEST" }, "value"],
  ["readings.pulses", { ...moment, rate: 62 }, "rate"],
  ["readings.temperatures", { ...moment, value: 36.7, site: "CORE" }, "value"],
  ["readings.oxygenSaturations", { ...moment, percent: 96.2 }, "percent"],
  ["readings.electrocardiograms", { ...moment, averageHeartRate: 63, finding: null, durationSeconds: 30 }, null],
  ["readings.rhythmAlerts", { id: "a", start: "2026-11-28T01:00:00+01:00", end: time }, null],
];

describe.each(readings)("%s", (field, record, required) => {
  it("stays the very same, is stored, and needs its id, its time and its figure", () => {
    const given = [record];
    expect(known(field, given).value).toBe(given);
    expect([isStored(field, given), isStored(field, [])]).toEqual([true, true]);
    const changes = [{ id: "" }, "start" in record ? { end: "soon" } : { time: "soon" }];
    if (required) changes.push({ [required]: -1 } as never, { [required]: null } as never);
    for (const change of changes) {
      expect([change, known(field, [{ ...record, ...change }])]).toEqual([change, refused]);
      expect(known(field, [record, { ...record, ...change }])).toEqual(flawed([record]));
    }
    expect(isStored(field, [{ ...record, id: 7 }])).toBe(false);
    expect(isStored(field, record)).toBe(false);
  });

  it("is not of the day after tomorrow", () => {
    const late = "2026-12-01T00:00:00+01:00";
    expect(known(field, [{ ...record, ...("start" in record ? { end: late } : { time: late }) }])).toEqual(refused);
  });
});

it("a figure that a reading can do without is null where it can't be", () => {
  const ecg = { ...moment, averageHeartRate: 999, finding: "OTHER", durationSeconds: 30 };
  expect(known("readings.electrocardiograms", [ecg])).toEqual(
    flawed([{ ...ecg, averageHeartRate: null, refused: ["averageHeartRate"] }]),
  );
});

describe("a score", () => {
  const score = {
    ...{ id: "s", name: "Readiness", value: 81, scaleMin: 0, scaleMax: 100, level: "good" },
    contributors: [{ name: "HRV Balance", value: 74, scaleMin: 1, scaleMax: 100 }],
  };

  it("stays the very same, and is stored", () => {
    const given = [score];
    expect(known("scores.READINESS", given).value).toBe(given);
    expect(isStored("scores.READINESS", given)).toBe(true);
    expect(isStored("scores.READINESS", [{ ...score, contributors: null }])).toBe(false);
  });

  it("needs a name; what else is wrong with it is left out", () => {
    expect(known("scores.SLEEP", [{ ...score, name: "" }])).toEqual(refused);
    expect(known("scores.SLEEP", [{ ...score, contributors: null }])).toEqual(refused);
    expect(known("scores.SLEEP", [{ ...score, value: 1e9 }])).toEqual(
      flawed([{ ...score, value: null, refused: ["value"] }]),
    );
    expect(known("scores.SLEEP", [{ ...score, level: "l".repeat(501) }])).toMatchObject({ value: [{ level: null }] });
    const nameless = [...score.contributors, { ...score.contributors[0]!, name: "" }];
    expect(known("scores.SLEEP", [{ ...score, contributors: nameless }]).value).toEqual([score]);
    const many = Array.from({ length: 500 }, () => score.contributors[0]!);
    expect(
      (known("scores.SLEEP", [{ ...score, contributors: many }]).value as (typeof score)[])[0]!.contributors,
    ).toHaveLength(50);
  });
});

describe("a course", () => {
  const series = { start: time, localStart: time.slice(0, 19), stepSeconds: 60, offsets: [0, 60], values: [51, 52] };

  it.each(Object.entries(courseBounds))("of %s leaves out samples that can't be", (metric, { least, most }) => {
    const field = (
      ["HEART_RATE", "HRV_RMSSD", "RESPIRATORY_RATE"].includes(metric)
        ? `sleep.course:${metric}`
        : `workouts.course:${metric}`
    ) as Field;
    const whole = { id: "n", series: { ...series, values: [least, most] } };
    const given = [whole];
    expect(known(field, given).value).toBe(given);
    expect(isStored(field, given)).toBe(true);
    const part = { id: "n", series: { ...series, values: [most, most + 1] } };
    expect(known(field, [part])).toEqual(
      flawed([{ id: "n", series: { ...series, offsets: [0], values: [most] }, refused: ["series"] }]),
    );
    expect(known(field, [{ id: "n", series: null }])).toEqual(refused);
    expect(isStored(field, [{ id: "n", series: { ...series, values: [1] } }])).toBe(false);
  });

  it.each([
    ["vitals.course:oxygenSaturation", 95, 39],
    ["vitals.course:respiratoryRate", 14, 81],
    ["readings.glucoseCourse", 5.4, 61],
  ] as const)("of %s is one series", (field, good, bad) => {
    const whole = { ...series, values: [good, good] };
    expect(known(field, whole).value).toBe(whole);
    expect(isStored(field, whole)).toBe(true);
    expect(known(field, { ...series, values: [good, bad] })).toEqual(
      flawed({ ...series, offsets: [0], values: [good] }),
    );
    expect([known(field, { ...series, values: [bad, bad] }), known(field, null)]).toEqual([refused, refused]);
    expect(isStored(field, [whole])).toBe(false);
  });
});

it("zones of a workout, and what a scale measured beside the weight, are held to bounds too", () => {
  const zone = { kind: "PEAK", minRate: 169, maxRate: 220, minutes: 4, energyBurned: 55 };
  const workout = {
    ...{ id: "w", kind: "RUNNING", name: "Run", start: "2026-11-28T08:00:00+01:00", end: "2026-11-28T08:40:00+01:00" },
    ...{ durationSeconds: 2400, distance: 7100, energyBurned: 511, steps: 6204, averageHeartRate: 149, points: null },
    ...{ maxHeartRate: 181, elevationGain: 43, load: 77, loadName: "Cardio Load", zones: [zone] },
  };
  const given = [workout];
  expect(known("workouts.workouts", given).value).toBe(given);
  expect(isStored("workouts.workouts", given)).toBe(true);
  expect(known("workouts.workouts", [{ ...workout, zones: [{ ...zone, minutes: -1 }] }])).toEqual(
    flawed([{ ...workout, zones: null, refused: ["zones"] }]),
  );
  const weighing = { id: "k", time: null, weight: null, bodyMassIndex: null, fatPercentage: null, muscleMass: 55.5 };
  expect(known("body.composition", [weighing]).value).toEqual([weighing]);
  expect(isStored("body.composition", [weighing])).toBe(true);
  expect(known("body.composition", [{ ...weighing, muscleMass: 701 }])).toEqual(refused);
});
