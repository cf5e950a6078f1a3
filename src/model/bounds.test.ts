import { type Bounds, checked, figureBounds, goalBounds, inBounds, isFiledRightly, sampleBounds } from "./bounds.js";
import { type Cell, cell } from "./cells.js";
import type { Field } from "./fields.js";
import type { DeviceRecord, GoalRecord, SampleSeries, SleepRecord, WeighingRecord, WorkoutRecord } from "./records.js";
import { samplesField } from "./series.js";

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

describe.each(Object.entries(figureBounds) as [Field, Bounds][])("%s", (field, { least, most, whole }) => {
  it("is answered at its bounds, and refused beyond them", () => {
    expect([least, most].map((value) => known(field, value))).toEqual([{ value: least }, { value: most }]);
    const step = whole ? 1 : 0.001;
    for (const value of [least - step, most + step, 4_294_967_295, -1e9, Number.NaN, Number.POSITIVE_INFINITY])
      expect([value, known(field, value)]).toEqual([value, refused]);
    for (const value of ["12", null, {}, [], true]) expect(known(field, value)).toEqual(refused);
  });

  it("is whole where the API says so, and else as it came", () => {
    const middle = Math.floor((least + most) / 2) + 0.5;
    expect(known(field, middle)).toEqual({ value: whole ? Math.ceil(middle) : middle });
  });
});

it("a figure of a day never breaks the API's 32-bit integers, not even as a sum over three years", () => {
  for (const { most } of Object.values(figureBounds)) expect(most * 1100).toBeLessThan(2 ** 31);
});

it("an absent value stays absent, and what is right stays the very same", () => {
  const absent: Cell = { field: "activity.steps", day: DAY, known: { nothing: "NOT_RECORDED" } };
  expect(checked(absent, TODAY)).toBe(absent);
  const steps = cell("activity.steps", DAY, 5123);
  expect(checked(steps, TODAY)).toBe(steps);
  expect(Object.is(inBounds(-0, { least: 0, most: 1, whole: true }), 0)).toBe(true);
});

describe("the account", () => {
  it.each([
    [TODAY, true],
    ["2026-11-30", false],
    ["1896-11-29", true],
    ["1896-11-28", false],
    ["1990-02-30", false],
    ["1990-02", false],
  ])("born on %s is believed: %p", (date, isBelieved) => {
    expect(known("profile.dateOfBirth", date)).toEqual(isBelieved ? { value: date } : refused);
  });

  it.each([
    ["profile.memberSince", TODAY, true],
    ["profile.memberSince", "2026-11-30", false],
    ["profile.memberSince", "1990-01-01", true],
    ["profile.memberSince", "1989-12-31", false],
    ["profile.timeZone", "Europe/Paris", true],
    ["profile.timeZone", "Mars/Olympus", false],
    ["profile.displayName", "n".repeat(500), true],
    ["profile.displayName", "n".repeat(501), false],
    ["profile.email", "", false],
    ["profile.givenName", "Zoë 🏃", true],
    ["profile.familyName", 7, false],
    ["profile.avatarUrl", "https://a.example/p.png", true],
    ["profile.avatarUrl", `https://a.example/${"p".repeat(2048 - 18)}`, true],
    ["profile.avatarUrl", `https://a.example/${"p".repeat(2048 - 17)}`, false],
    ["profile.avatarUrl", "javascript:alert(1)", false],
  ] as const)("%s of %p is believed: %p", (field, value, isBelieved) => {
    expect(known(field, value)).toEqual(isBelieved ? { value } : refused);
  });
});

it("a text that not every store can hold is refused", () => {
  for (const text of ["en\0US", "\ud800"]) expect(known("profile.locale", text)).toEqual(refused);
});

it("nobody takes half a million steps or has a resting rate of 19", () => {
  expect(figureBounds["activity.steps"]).toEqual({ least: 0, most: 400_000, whole: true });
  expect(figureBounds["heart.restingRate"]).toEqual({ least: 20, most: 250, whole: true });
  expect(sampleBounds.HEART).toEqual({ least: 20, most: 300 });
});

const night: SleepRecord = {
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
};

describe("a night", () => {
  const sleep = (...nights: unknown[]) => known("sleep.sessions", nights);

  it("as it may be stays the very same", () => {
    const given = cell("sleep.sessions", DAY, [night]);
    expect(checked(given, TODAY)).toBe(given);
    expect(sleep()).toEqual({ value: [] });
  });

  it.each(["minutesInBed", "minutesAsleep", "minutesAwake", "minutesToFallAsleep"] as const)(
    "whose %s nobody can have keeps the rest, and names it",
    (name) => {
      expect(sleep({ ...night, [name]: 2881 })).toEqual(flawed([{ ...night, [name]: null, refused: [name] }]));
      expect(sleep({ ...night, [name]: -1 })).toEqual(flawed([{ ...night, [name]: null, refused: [name] }]));
      expect(sleep({ ...night, [name]: 2880 })).toEqual({ value: [{ ...night, [name]: 2880 }] });
      expect(sleep({ ...night, [name]: null })).toEqual({ value: [{ ...night, [name]: null }] });
    },
  );

  it("has percents, stages and spells of sizes that there are", () => {
    expect(sleep({ ...night, efficiency: 100 })).toEqual({ value: [{ ...night, efficiency: 100 }] });
    expect(sleep({ ...night, efficiency: 100.1 })).toEqual(
      flawed([{ ...night, efficiency: null, refused: ["efficiency"] }]),
    );
    const stages = [{ stage: "LIGHT", minutes: 2881, count: 3 }];
    expect(sleep({ ...night, stages })).toEqual(flawed([{ ...night, stages: null, refused: ["stages"] }]));
    const hypnogram = [{ ...night.hypnogram![0]!, seconds: Number.NaN }];
    expect(sleep({ ...night, hypnogram })).toEqual(flawed([{ ...night, hypnogram: null, refused: ["hypnogram"] }]));
    const undated = [{ ...night.hypnogram![0]!, start: "midnight" }];
    expect(sleep({ ...night, hypnogram: undated, stages })).toEqual(
      flawed([{ ...night, hypnogram: null, stages: null, refused: ["stages", "hypnogram"] }]),
    );
    const rounded = [{ ...night.hypnogram![0]!, seconds: 3600.4 }];
    expect(sleep({ ...night, hypnogram: rounded })).toEqual({ value: [night] });
  });

  it.each([
    ["ends before it starts", { end: "2026-11-27T23:09:59+01:00" }],
    ["lasts longer than two days", { start: "2026-11-26T06:39:59+01:00" }],
    ["is still to come", { start: "2026-12-01T00:00:00+01:00", end: "2026-12-01T06:00:00+01:00" }],
    ["has no start", { start: "evening" }],
    ["has no id", { id: "" }],
    ["has an id that nobody could store", { id: "i".repeat(257) }],
  ])("that %s is none, and costs the others nothing", (_, change) => {
    expect(sleep({ ...night, ...change })).toEqual(refused);
    expect(sleep({ ...night, id: "n2" }, { ...night, ...change }, null)).toEqual(flawed([{ ...night, id: "n2" }]));
  });

  it.each([
    ["of no length", { end: night.start }],
    ["of two days", { start: "2026-11-26T06:40:00+01:00" }],
    [
      "of tomorrow, where a traveller already is",
      { end: "2026-11-30T06:00:00+14:00", start: "2026-11-29T23:00:00+14:00" },
    ],
    ["with the longest id", { id: "i".repeat(256) }],
  ])("%s is one", (_, change) => {
    expect(sleep({ ...night, ...change })).toEqual({ value: [{ ...night, ...change }] });
  });

  it("that its mapper could read in part only counts as lacking something", () => {
    const half = { ...night, stages: null, refused: ["stages"] };
    expect(sleep(half)).toEqual(flawed([half]));
    expect(sleep({ ...half, minutesAwake: -1 })).toEqual(
      flawed([{ ...half, minutesAwake: null, refused: ["stages", "minutesAwake"] }]),
    );
  });
});

const workout: WorkoutRecord = {
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
};

it("a workout keeps what can be of it", () => {
  const check = (change: object) => known("workouts.workouts", [{ ...workout, ...change }]);
  for (const [name, most] of [
    ["distance", 5_000_000],
    ["energyBurned", 100_000],
    ["steps", 1_000_000],
    ["averageHeartRate", 300],
    ["points", 100_000],
  ] as const) {
    expect(check({ [name]: most })).toEqual({ value: [{ ...workout, [name]: most }] });
    expect(check({ [name]: most + 1 })).toEqual(flawed([{ ...workout, [name]: null, refused: [name] }]));
    expect(check({ [name]: -1 })).toEqual(flawed([{ ...workout, [name]: null, refused: [name] }]));
  }
  expect(check({ name: "n".repeat(501) })).toEqual(flawed([{ ...workout, name: null, refused: ["name"] }]));
  expect(check({ durationSeconds: 2400.4 })).toEqual({ value: [workout] });
  expect([check({ durationSeconds: -1 }), check({ durationSeconds: 604_801 })]).toEqual([refused, refused]);
  expect(check({ end: "2026-11-28T07:59:59+01:00" })).toEqual(refused);
});

it("a weighing has a figure that can be, or is none", () => {
  const weighing: WeighingRecord = { id: "k", time: null, weight: 71.5, bodyMassIndex: 22.5, fatPercentage: 21.5 };
  const check = (change: object) => known("body.weight", [{ ...weighing, ...change }]);
  for (const [name, least, most] of [
    ["weight", 0.2, 700],
    ["bodyMassIndex", 3, 300],
    ["fatPercentage", 1, 90],
  ] as const) {
    for (const value of [least, most])
      expect(check({ [name]: value })).toEqual({ value: [{ ...weighing, [name]: value }] });
    for (const value of [least - 0.01, most + 0.01])
      expect(check({ [name]: value })).toEqual(flawed([{ ...weighing, [name]: null, refused: [name] }]));
  }
  expect(check({ weight: 0, bodyMassIndex: null, fatPercentage: null })).toEqual(refused);
  expect(check({ time: "2026-12-01T08:00:00Z" })).toEqual(refused);
  expect(check({ time: "2026-11-30T08:00:00+14:00" })).toEqual({
    value: [{ ...weighing, time: "2026-11-30T08:00:00+14:00" }],
  });
});

it("a device that claims to have synced in times to come proves nothing by it", () => {
  const device: DeviceRecord = {
    id: "d",
    model: "Charge 6",
    kind: "TRACKER",
    firmware: "1.2",
    batteryPercent: 84,
    lastSyncAt: "2026-11-30T00:00:00.000+00:00",
  };
  const check = (change: object) =>
    checked(
      { field: "devices.devices", day: null, known: { value: [{ ...device, ...change }] } } as unknown as Cell,
      TODAY,
    ).known;
  expect(check({})).toEqual({ value: [device] });
  const late = { lastSyncAt: "2026-12-01T00:00:00.000+00:00" };
  expect(check(late)).toEqual(flawed([{ ...device, lastSyncAt: null, refused: ["lastSyncAt"] }]));
  expect(check({ batteryPercent: 101 })).toEqual(
    flawed([{ ...device, batteryPercent: null, refused: ["batteryPercent"] }]),
  );
  expect(check({ batteryPercent: 100, model: "m".repeat(501) })).toEqual(
    flawed([{ ...device, batteryPercent: 100, model: null, refused: ["model"] }]),
  );
});

it("a goal is for something that can be reached; a week's may be seven times a day's", () => {
  const goal: GoalRecord = { metric: "STEPS", period: "DAILY", target: 9000, current: 5100, unit: "count" };
  const check = (change: object) => known("goals.daily", [{ ...goal, ...change }]);
  const { most } = goalBounds.STEPS;
  expect(check({ target: most })).toEqual({ value: [{ ...goal, target: most }] });
  expect(check({ target: most + 1 })).toEqual(refused);
  const weekly = { period: "WEEKLY", target: most * 7, current: most * 7 };
  expect(check(weekly)).toEqual({ value: [{ ...goal, ...weekly }] });
  expect(check({ ...weekly, current: most * 7 + 1 })).toEqual(
    flawed([{ ...goal, ...weekly, current: null, refused: ["current"] }]),
  );
  expect(check({ metric: "toString" })).toEqual(refused);
});

it("zones lose the figures that can't be, and themselves where they are nothing else", () => {
  expect(known("heart.zones.bounds", [{ kind: "PEAK", minRate: 169, maxRate: 301 }])).toEqual(
    flawed([{ kind: "PEAK", minRate: 169, maxRate: null, refused: ["maxRate"] }]),
  );
  const minutes = [
    { kind: "LIGHT", minutes: 3000 },
    { kind: "PEAK", minutes: 3001 },
  ];
  expect(known("heart.zones.minutes", minutes)).toEqual(flawed([minutes[0]]));
  expect(known("heart.zones.minutes", [minutes[1]])).toEqual(refused);
  expect(known("heart.zones.energyBurned", [{ kind: "LIGHT", energyBurned: 30_000.5 }])).toEqual(refused);
  expect(known("heart.zones.minutes", {})).toEqual(refused);
  expect(known("heart.zones.minutes", [])).toEqual(refused);
});

describe("samples", () => {
  const series = (offsets: unknown[], values: unknown[], more: object = {}) =>
    ({
      start: "2026-11-28T00:00:00+01:00",
      localStart: `${DAY}T00:00:00`,
      stepSeconds: 60,
      offsets,
      values,
      ...more,
    }) as SampleSeries;

  it.each(Object.entries(sampleBounds))(
    "of %s are bounded, by the length of their window",
    (metric, { least, most }) => {
      const [minute, quarter] = (["ONE_MINUTE", "FIFTEEN_MINUTES"] as const).map((resolution) =>
        samplesField(metric as keyof typeof sampleBounds, resolution),
      );
      const good = series([0, 60], [least, most]);
      expect(known(minute!, good).value).toBe(good);
      expect(known(minute!, series([0, 60, 120], [least - 1, most, most + 1]))).toEqual(flawed(series([60], [most])));
      const longest = metric === "HEART" ? most : most * 15;
      expect(known(quarter!, series([0], [longest]))).toEqual({ value: series([0], [longest]) });
      expect(known(quarter!, series([0], [longest + 1]))).toEqual(refused);
    },
  );

  it("at times that can't be are left out", () => {
    const field = "heart.samples:ONE_SECOND";
    const offsets = [-180_001, -180_000, 0.5, 61, 180_000, 180_001];
    expect(known(field, series(offsets, [60, 61, 62, 63, 64, 65]))).toEqual(
      flawed(series([-180_000, 61, 180_000], [61, 63, 64])),
    );
    expect(known(field, series([0, 1], [60]))).toEqual(refused);
    expect(known(field, series([0], [60], { start: "midnight" }))).toEqual(refused);
    expect(known(field, series([], []))).toEqual({ value: series([], []) });
    for (const stepSeconds of [0.5, 86_400, null])
      expect(known(field, series([0], [60], { stepSeconds }))).toEqual({ value: series([0], [60], { stepSeconds }) });
    for (const stepSeconds of [0, -60, 86_401, Number.POSITIVE_INFINITY, Number.NaN])
      expect(known(field, series([0], [60], { stepSeconds }))).toEqual({
        value: series([0], [60], { stepSeconds: null }),
      });
    expect(known(field, series([0], [60], { start: null }))).toEqual({ value: series([0], [60], { start: null }) });
  });
});

it.each([
  ["activity.steps", DAY, true],
  ["activity.steps", "2026-11-30", true],
  ["activity.steps", "2026-12-01", false],
  ["activity.steps", "2026-02-30", false],
  ["activity.steps", "yesterday", false],
  ["activity.steps", null, false],
  ["profile.age", null, true],
  ["profile.age", DAY, false],
] as const)("%s of %p is filed rightly: %p", (field, day, isRight) => {
  expect(isFiledRightly({ field, day }, TODAY)).toBe(isRight);
});
