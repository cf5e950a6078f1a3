import type { Have } from "../../model/cells.js";
import type { DeviceRecord, SleepRecord, WorkoutRecord } from "../../model/records.js";
import type { Input, ReadPage } from "../provider.js";
import { misfit } from "./index.js";

/** One part after the other, each different from all others, at its edge and beside it. */

const input: Input = {
  from: "2016-02-28",
  to: "2016-02-29",
  today: "2016-02-29",
  connectedOn: "2016-01-15",
  providerUserId: null,
};
const have: Have = { value: () => undefined };
const read = (name: string, answer: unknown): ReadPage => {
  const call = misfit.calls.find((each) => each.name === name)!;
  return call.read(answer, input, have, call.request(input, new Set(), have));
};
const valuesOf = (reading: ReadPage) =>
  reading.cells.map(({ field, day, known }) => [
    field,
    day,
    "value" in known ? (known.value as unknown) : known.nothing,
  ]);
const first = (reading: ReadPage) => (valuesOf(reading)[0]![2] as readonly unknown[])[0];
const skipped = ({ skipped = [] }: ReadPage) => skipped.map(({ day, reason }) => [day, reason]);

describe("the profile", () => {
  it.each([
    ["male", "MALE"],
    ["Female", "FEMALE"],
    ["MALE", "MALE"],
  ])("of a person who is %s", (gender, sex) => {
    expect(valuesOf(read("profile", { gender }))).toEqual([["profile.sex", null, sex]]);
  });

  it.each(["1988-02-30", "14 March 1988", 19_880_314, null, ""])("has no date of birth in %j", (birthday) => {
    expect(read("profile", { gender: "other", birthday }).cells).toEqual([]);
  });
});

describe("the device", () => {
  const synced = (lastSyncTime: unknown) =>
    (first(read("device", { id: "7", lastSyncTime })) as DeviceRecord).lastSyncAt;

  it("synced at the last second that a date can hold, or the first, and at none beyond", () => {
    expect([synced(1_456_790_461), synced("1456790461")]).toEqual(Array(2).fill("2016-03-01T00:01:01+00:00"));
    expect([synced(8.64e12), synced(-8.64e12)]).toEqual([
      expect.stringContaining("+275760-09-13"),
      expect.stringContaining("-271821-04-20"),
    ]);
    expect([synced(8.64e12 + 1), synced(-8.64e12 - 1), synced(undefined)]).toEqual([null, null, null]);
  });
});

describe("the goals", () => {
  const goal = (date: string, targetPoints: number, some: object = {}) => ({ date, targetPoints, ...some });
  const of = (...goals: object[]) =>
    Object.fromEntries(valuesOf(read("goals", { goals })).map(([field, , value]) => [field, value]));
  const target = (...goals: object[]) =>
    (of(...goals)["goals.daily"] as { target: number; current: number | null }[])[0];

  it("of today are the one with the most points, one without any the least", () => {
    const [without, few, many] = [
      goal("2016-02-29", 600),
      goal("2016-02-29", 700, { points: 0 }),
      goal("2016-02-29", 800, { points: 9.5 }),
    ];
    expect(target(few, many, without)).toMatchObject({ target: 800, current: 9.5 });
    expect([target(without, few), target(few, without)]).toMatchObject([{ target: 700 }, { target: 700 }]);
    expect(target(without)).toMatchObject({ target: 600, current: null });
    expect(target(goal("2016-02-28", 900, { points: 99 }), few)).toMatchObject({ target: 700 });
  });

  it("tell the offset of the newest day that has one, of two of one day the last, to the second", () => {
    const offset = (date: string, timeZoneOffset?: number) => goal(date, 500, { timeZoneOffset });
    const seconds = (...goals: object[]) => of(...goals)["profile.utcOffsetSeconds"];
    expect(seconds(offset("2016-02-27", 1), offset("2016-02-28", 2), offset("2016-02-29"))).toBe(7200);
    expect(seconds(offset("2016-02-28", 3), offset("2016-02-27", 1))).toBe(10_800);
    expect(seconds(offset("2016-02-28", 3), offset("2016-02-28", 4))).toBe(14_400);
    expect(seconds(offset("2016-02-28", -9.50017))).toBe(-34_201);
    expect(seconds(offset("2016-02-28"))).toBeUndefined();
  });
});

it("a summary keeps each day's figures apart from those of another", () => {
  const row = (date: string, factor: number) => ({
    date,
    steps: 1000 * factor,
    distance: 2 * factor,
    calories: 30.5 * factor,
    activityCalories: 4.25 * factor,
    points: 5.5 * factor,
  });
  const summary = [row("2016-02-27", 3), row("2016-02-29", 7), row("2016-02-28", 1), row("2016-03-01", 9)];
  const of = (day: string, factor: number) => [
    ["activity.steps", day, 1000 * factor],
    ["activity.distance", day, 3218.688 * factor],
    ["activity.energyBurned", day, 30.5 * factor],
    ["activity.activeEnergyBurned", day, 4.25 * factor],
    ["activity.points", day, 5.5 * factor],
  ];
  expect(valuesOf(read("summary", { summary }))).toEqual([...of("2016-02-29", 7), ...of("2016-02-28", 1)]);
});

describe("a session", () => {
  const session = (some: object) => ({ id: "s", startTime: "2016-02-28T18:00:00+01:00", duration: 1861, ...some });
  const of = (some: object) => first(read("sessions", { sessions: [session(some)] })) as WorkoutRecord;

  it.each([
    ["CYCLING", "Cycling"],
    ["SWIMMING", "Swimming"],
    ["WALKING", "Walking"],
    ["TENNIS", "TENNIS"],
    ["BASKETBALL", "Basketball"],
    ["SOCCER", "Soccer"],
    ["RUNNING", "Running"],
    ["YOGA", "Yoga"],
    ["PILATES", "Pilates"],
    ["DANCE", "Dancing"],
    ["DANCE", "Dance"],
    ["HIKING", "Hiking"],
    ["ROWING", "Rowing"],
    ["ELLIPTICAL", "Elliptical"],
    ["SKIING", "Skiing"],
    ["OTHER", "Kitesurfing"],
    ["OTHER", undefined],
  ])("is %s by the name of %s", (kind, activityType) =>
    expect(of({ activityType })).toMatchObject({ kind, name: activityType ?? null }),
  );

  it("over midnight is of the day of its start, by its own offset", () => {
    const late = { startTime: "2016-02-28T23:50:00+01:00", duration: 1200 };
    const reading = read("sessions", { sessions: [session(late)] });
    expect(reading.cells.map(({ day }) => day)).toEqual(["2016-02-28"]);
    expect(first(reading)).toMatchObject({ end: "2016-02-29T00:10:00+01:00" });
  });

  it("that begins at no time is lost, on no day", () => {
    for (const startTime of ["evening", undefined, "2016-02-28T18:00:00"])
      expect(skipped(read("sessions", { sessions: [session({ startTime })] }))).toEqual([[null, "PROVIDER_ERROR"]]);
  });

  it("has each figure under its own name", () => {
    expect(of({ points: 31.5, steps: 2101, calories: 107.5, distance: 2 })).toMatchObject({
      ...{ points: 31.5, steps: 2101, energyBurned: 107.5, distance: 3218.688, durationSeconds: 1861 },
    });
    expect(of({ distance: 0 }).distance).toBe(0);
  });
});

describe("a sleep", () => {
  const sleep = (some: object) => ({ id: "n", startTime: "2016-02-27T23:10:00+01:00", duration: 24_000, ...some });
  const of = (some: object) => first(read("sleeps", { sleeps: [sleep(some)] })) as SleepRecord;
  const lostOn = (some: object) => skipped(read("sleeps", { sleeps: [sleep({ id: null, ...some })] }))[0]![0];

  it("that can't be read is lost on the day of waking, or where that is not told on the day of its start", () => {
    expect([lostOn({}), lostOn({ duration: 0 }), lostOn({ duration: 1 })]).toEqual([
      "2016-02-28",
      "2016-02-27",
      "2016-02-27",
    ]);
    expect([lostOn({ duration: null }), lostOn({ duration: -90_000 }), lostOn({ duration: "x" })]).toEqual(
      Array(3).fill("2016-02-27"),
    );
    for (const startTime of ["evening", undefined, "2016-02-27T23:10:00"]) expect(lostOn({ startTime })).toBeNull();
  });

  const detail = (minute: number, value: unknown) => ({
    datetime: new Date(Date.parse("2016-02-27T22:10:00Z") + minute * 60_000).toISOString(),
    value,
  });

  it("joins stages that follow each other, and not those that a gap parts", () => {
    const sleepDetails = [detail(0, 2), detail(10, 2), detail(20, null), detail(30, 2), detail(40, 9), detail(50, 3)];
    const { hypnogram, stages } = of({ duration: 3600, sleepDetails });
    expect(hypnogram!.map(({ stage, start, seconds }) => [stage, start.slice(11), seconds])).toEqual([
      ["ASLEEP", "23:10:00+01:00", 1200],
      ["ASLEEP", "23:40:00+01:00", 600],
      ["DEEP", "00:00:00+01:00", 600],
    ]);
    expect(stages).toEqual([
      { stage: "ASLEEP", minutes: 30, count: 2 },
      { stage: "DEEP", minutes: 10, count: 1 },
    ]);
  });

  it("is lost whole with a stage that begins at no time", () => {
    for (const datetime of ["later", undefined, "2016-02-27T23:10:00"])
      expect(skipped(read("sleeps", { sleeps: [sleep({ sleepDetails: [{ datetime, value: 2 }] })] }))).toEqual([
        ["2016-02-28", "PROVIDER_ERROR"],
      ]);
  });
});
