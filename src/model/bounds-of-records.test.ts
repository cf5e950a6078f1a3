import { type Bounds, checked, figureBounds, sampleBounds } from "./bounds.js";
import type { Cell } from "./cells.js";
import type { Field } from "./fields.js";
import type { DeviceRecord, GoalRecord, SleepRecord, WeighingRecord, WorkoutRecord } from "./records.js";

const TODAY = "2026-11-29";
const DAY = "2026-11-28";
/** What a value becomes on its way in. */
const known = (field: Field, value: unknown) =>
  checked({ field, day: DAY, known: { value } } as Cell, TODAY).known as {
    value?: never;
    nothing?: string;
    lacks?: string;
  };
const refused = { nothing: "PROVIDER_ERROR" };
const flawed = (value: unknown) => ({ value, lacks: "PROVIDER_ERROR" });

const records: Readonly<Partial<Record<Field, object>>> = {
  "sleep.sessions": {
    id: "n1",
    start: "2026-11-27T23:10:00+01:00",
    end: "2026-11-28T06:40:00+01:00",
    isMainSleep: true,
    minutesInBed: 450,
    minutesAsleep: 421,
    minutesAwake: 29,
    minutesToFallAsleep: 9,
    efficiency: 93.5,
    stages: [{ stage: "LIGHT", minutes: 250, count: 3 }],
    hypnogram: [{ stage: "DEEP", start: "2026-11-28T00:00:00+01:00", seconds: 3600 }],
    pending: false,
  } satisfies SleepRecord,
  "workouts.workouts": {
    id: "w1",
    kind: "RUNNING",
    name: "Morning run",
    start: "2026-11-28T08:00:00+01:00",
    end: "2026-11-28T08:40:00+01:00",
    durationSeconds: 2400,
    distance: 7100,
    energyBurned: 511,
    steps: 6204,
    averageHeartRate: 149,
    points: 77,
  } satisfies WorkoutRecord,
  ...Object.fromEntries(
    ["body.weight", "body.bodyMassIndex", "body.fatPercentage"].map((field): [string, WeighingRecord] => [
      field,
      { id: "k", time: null, weight: 71.5, bodyMassIndex: 22.5, fatPercentage: 21.5 },
    ]),
  ),
  "devices.devices": {
    ...{ id: "d", model: "Charge 6", kind: "TRACKER", firmware: "1.2", batteryPercent: 84 },
    lastSyncAt: "2026-11-28T00:00:00.000+00:00",
  } satisfies DeviceRecord,
  "heart.zones.minutes": { kind: "PEAK", minutes: 7 },
  "heart.zones.energyBurned": { kind: "PEAK", energyBurned: 7 },
};

/** What a person can have, said once more: whoever moves a bound says so in two places. */
const people: Readonly<Record<string, readonly [least: number, most: number, whole?: "whole"]>> = {
  "profile.age": [0, 130, "whole"],
  "profile.height": [0.2, 3],
  "profile.weight": [0.2, 700],
  "profile.utcOffsetSeconds": [-43_200, 50_400, "whole"],
  "activity.steps": [0, 400_000, "whole"],
  "activity.distance": [0, 1_500_000],
  "activity.energyBurned": [0, 30_000],
  "activity.activeEnergyBurned": [0, 30_000],
  "activity.basalEnergyBurned": [0, 10_000],
  "activity.floors": [0, 10_000, "whole"],
  "activity.elevation": [0, 40_000],
  "activity.sedentaryMinutes": [0, 3000, "whole"],
  "activity.lightlyActiveMinutes": [0, 3000, "whole"],
  "activity.moderatelyActiveMinutes": [0, 3000, "whole"],
  "activity.veryActiveMinutes": [0, 3000, "whole"],
  "activity.nonWearMinutes": [0, 3000, "whole"],
  "activity.activeZoneMinutes": [0, 6000, "whole"],
  "activity.points": [0, 100_000],
  "heart.restingRate": [20, 250, "whole"],
  "heart.hrvRmssd": [1, 500],
  "heart.hrvSdnn": [1, 500],
  "heart.averageRate": [20, 300, "whole"],
  "heart.lowestRate": [20, 300, "whole"],
  "heart.highestRate": [20, 300, "whole"],
  "nutrition.energyConsumed": [0, 30_000],
  "nutrition.carbohydrateGrams": [0, 10_000],
  "nutrition.fatGrams": [0, 5_000],
  "nutrition.proteinGrams": [0, 5_000],
  "nutrition.fiberGrams": [0, 2_000],
  "nutrition.sodiumMilligrams": [0, 200_000],
  "nutrition.water": [0, 50_000],
  HEART: [20, 300],
  STEPS: [0, 500],
  DISTANCE: [0, 3000],
  ENERGY_BURNED: [0, 100],
  FLOORS: [0, 300],
  ELEVATION: [0, 1000],
};

it("what a person can have is neither more nor less", () => {
  const said = Object.entries({ ...figureBounds, ...sampleBounds } as Record<string, Bounds>).map(
    ([name, { least, most, whole }]) => [name, whole ? [least, most, "whole"] : [least, most]],
  );
  expect(Object.fromEntries(said)).toEqual(people);
});

it.each<[GoalRecord["metric"], least: number, most: number]>([
  ["STEPS", 0, 400_000],
  ["DISTANCE", 0, 1_500_000],
  ["FLOORS", 0, 10_000],
  ["ENERGY_BURNED", 0, 30_000],
  ["ACTIVE_ENERGY_BURNED", 0, 30_000],
  ["ACTIVE_MINUTES", 0, 1500],
  ["ACTIVE_ZONE_MINUTES", 0, 3000],
  ["POINTS", 0, 100_000],
  ["WEIGHT", 0.2, 700],
  ["BODY_FAT", 1, 90],
  ["SLEEP", 0, 1500],
  ["WATER", 0, 50_000],
  ["ENERGY_CONSUMED", 0, 30_000],
])("a goal of %s is one from %d to %d", (metric, least, most) => {
  const goal: GoalRecord = { metric, period: "DAILY", target: least, current: null, unit: "u" };
  const isKept = (period: GoalRecord["period"], figures: object) =>
    (["goals.daily", "goals.weekly", "goals.weight", "goals.bodyFat", "goals.sleep"] as const).map((field) => {
      const { value, lacks } = known(field, [{ ...goal, period, ...figures }]);
      return value !== undefined && lacks === undefined;
    });
  const yes = Array(5).fill(true);
  const no = Array(5).fill(false);
  expect([isKept("DAILY", { target: least }), isKept("OPEN", { target: most })]).toEqual([yes, yes]);
  expect([isKept("DAILY", { target: least - 0.1 }), isKept("DAILY", { target: most + 0.1 })]).toEqual([no, no]);
  expect([isKept("WEEKLY", { target: most * 7 }), isKept("WEEKLY", { target: most * 7 + 0.1 })]).toEqual([yes, no]);
  // Where one stands begins at nothing, whatever the goal.
  expect([isKept("DAILY", { target: most, current: 0 }), isKept("DAILY", { target: most, current: -0.1 })]).toEqual([
    yes,
    no,
  ]);
});

it.each<[Field, object]>([
  ["sleep.sessions", { stages: [{ stage: "LIGHT", minutes: 0, count: 0 }], hypnogram: [] }],
  ["sleep.sessions", { stages: [{ stage: "LIGHT", minutes: 2880, count: 2000 }], hypnogram: null }],
  ["sleep.sessions", { stages: null }],
  ["sleep.sessions", { hypnogram: [{ stage: "DEEP", start: "2026-11-28T00:00:00+01:00", seconds: 0 }] }],
  ["sleep.sessions", { hypnogram: [{ stage: "DEEP", start: "2026-11-28T00:00:00+01:00", seconds: 172_800 }] }],
  ["sleep.sessions", { minutesInBed: 0, minutesAsleep: 0, minutesAwake: 0, minutesToFallAsleep: 0, efficiency: 0 }],
  ["workouts.workouts", { distance: 0, energyBurned: 0, steps: 0, averageHeartRate: 20, points: 0, name: null }],
  ["workouts.workouts", { durationSeconds: 0 }],
  ["workouts.workouts", { durationSeconds: 604_800, start: "2026-11-21T08:40:00+01:00" }],
  ["devices.devices", { batteryPercent: 0, lastSyncAt: null, model: null, kind: null, firmware: null }],
  ["body.bodyMassIndex", { weight: null, fatPercentage: null }],
  ["body.fatPercentage", { weight: null, bodyMassIndex: null }],
  ["body.weight", { bodyMassIndex: null, fatPercentage: null }],
])("%s with %j stays the very same", (field, change) => {
  const given = [{ ...records[field], ...change }];
  expect(known(field, given).value).toBe(given);
});

it.each<[Field, object, string]>([
  ["sleep.sessions", { stages: [{ stage: "LIGHT", minutes: 3, count: 2001 }] }, "stages"],
  ["sleep.sessions", { stages: [{ stage: "LIGHT", minutes: 3, count: -1 }] }, "stages"],
  ["sleep.sessions", { hypnogram: [{ stage: "DEEP", start: "2026-11-28T00:00:00Z", seconds: 172_801 }] }, "hypnogram"],
  ["sleep.sessions", { hypnogram: [{ stage: "DEEP", start: "2026-11-28T00:00:00Z", seconds: -1 }] }, "hypnogram"],
  ["sleep.sessions", { efficiency: -0.1 }, "efficiency"],
  ["workouts.workouts", { averageHeartRate: 19 }, "averageHeartRate"],
  ["devices.devices", { batteryPercent: -1 }, "batteryPercent"],
  ["devices.devices", { kind: "k".repeat(501) }, "kind"],
  ["devices.devices", { firmware: "" }, "firmware"],
  ["devices.devices", { lastSyncAt: "yesterday" }, "lastSyncAt"],
])("%s with %j lacks that alone", (field, change, name) => {
  const record = { ...records[field], ...change };
  expect(known(field, [record])).toEqual(flawed([{ ...record, [name]: null, refused: [name] }]));
});

it.each<[Field, object]>([
  ["sleep.sessions", { end: "morning" }],
  ["sleep.sessions", { start: "2026-11-26T06:39:59.999+01:00" }],
  ["sleep.sessions", { start: `2026-11-27T23:10:00.${"0".repeat(14)}+01:00` }],
  ["workouts.workouts", { start: "2026-11-21T08:39:59.999+01:00" }],
  ["body.weight", { id: "" }],
  ["body.weight", { time: "morning" }],
  ["devices.devices", { id: "" }],
])("%s with %j is none", (field, change) => {
  const record = { ...records[field], ...change };
  expect(known(field, [record])).toEqual(refused);
  expect(known(field, [records[field], record])).toEqual(flawed([records[field]]));
});

it("figures are rounded one by one, each in its own place", () => {
  const rounded = (field: Field, change: object) =>
    (known(field, [{ ...records[field], ...change }]).value as unknown as object[])[0];
  const stages = [
    { stage: "LIGHT", minutes: 250.4, count: 3 },
    { stage: "DEEP", minutes: 61, count: 2.6 },
  ];
  expect(rounded("sleep.sessions", { stages, minutesAwake: 28.5 })).toEqual({
    ...records["sleep.sessions"],
    stages: [
      { stage: "LIGHT", minutes: 250, count: 3 },
      { stage: "DEEP", minutes: 61, count: 3 },
    ],
    minutesAwake: 29,
  });
  expect(rounded("heart.zones.minutes", { minutes: 7.5 })).toMatchObject({ minutes: 8 });
  expect(rounded("heart.zones.energyBurned", { energyBurned: 7.5 })).toMatchObject({ energyBurned: 7.5 });
});
