import { UnreadableAnswer } from "../../http/json.js";
import type { Have } from "../../model/cells.js";
import type { Field } from "../../model/fields.js";
import type { SleepRecord, WeighingRecord, WorkoutRecord } from "../../model/records.js";
import type { Input, ReadPage } from "../provider.js";
import { fitbit } from "./index.js";
import { requiredLocalDateTime, secondsOfClock, spanClock } from "./wall-clock.js";

/** One part after the other, each different from all others, at its edge and beside it. */

const DAY = "2024-03-12";
const inZone = (zone?: string): Have => ({
  value: ((field: Field) => (field === "profile.timeZone" ? zone : undefined)) as Have["value"],
});
const berlin = inZone("Europe/Berlin");
const read = (name: string, answer: unknown, have = berlin, day = DAY): ReadPage => {
  const input: Input = { from: day, to: day, today: "2024-03-13", connectedOn: "2016-01-15", providerUserId: "9XYZ12" };
  const call = fitbit.calls.find((one) => one.name === name)!;
  return call.read(answer, input, have, call.request(input, new Set(), have));
};
const valuesOf = (reading: ReadPage) =>
  Object.fromEntries(
    reading.cells.map(({ field, known }) => [field, "value" in known ? (known.value as unknown) : known.nothing]),
  );
const reasonsOf = ({ skipped = [] }: ReadPage) => skipped.map(({ day, reason }) => [day, reason]);

describe("the profile", () => {
  const of = (user: object) => valuesOf(read("profile", { user }));

  it.each([
    ["MALE", { "profile.sex": "MALE" }],
    ["FEMALE", { "profile.sex": "FEMALE" }],
    ["NA", {}],
    ["male", {}],
  ])("of a person who is %s", (gender, expected) => expect(of({ gender })).toEqual(expected));

  it("has the largest picture that there is", () => {
    const [avatar, avatar150, avatar640] = ["https://p/a", "https://p/b", "https://p/c"];
    const url = (some: object) => of(some)["profile.avatarUrl"];
    expect([url({ avatar, avatar150, avatar640 }), url({ avatar, avatar150 }), url({ avatar })]).toEqual([
      avatar640,
      avatar150,
      avatar,
    ]);
  });

  it("has dates and a zone that there are, and no others", () => {
    expect(of({ dateOfBirth: "1985-02-09", memberSince: "2019-05-04", timezone: "Asia/Tokyo" })).toEqual({
      "profile.dateOfBirth": "1985-02-09",
      "profile.memberSince": "2019-05-04",
      "profile.timeZone": "Asia/Tokyo",
    });
    expect(of({ dateOfBirth: "1985-02-30", memberSince: "May", timezone: "Asia/Nowhere" })).toEqual({});
    expect(of({ dateOfBirth: 19_850_209, memberSince: null, timezone: 9 })).toEqual({});
  });
});

it("a device synced at no known instant where the zone is not known", () => {
  const answer = [{ id: "7", lastSyncTime: "2024-03-12T19:41:07.000" }];
  expect(valuesOf(read("devices", answer, inZone()))).toMatchObject({ "devices.devices": [{ lastSyncAt: null }] });
  const known = { "devices.devices": [{ lastSyncAt: "2024-03-12T19:41:07+01:00" }] };
  expect(valuesOf(read("devices", answer))).toMatchObject(known);
});

describe("a goal of sleep", () => {
  const of = (answer: object) => valuesOf(read("goal-sleep", answer))["goals.sleep"];

  it("is none where none is set and Fitbit only recommends one", () => {
    for (const goal of [{}, { goal: null }])
      expect(of({ ...goal, consistency: { awakeRestlessPercentage: 0 } })).toEqual([]);
    expect(of({ goal: {} })).toEqual([]);
    expect(of({ goal: { minDuration: 471 }, consistency: {} })).toMatchObject([{ target: 471 }]);
  });

  it.each([{}, { goal: null }, { consistency: null }, { goal: 7, consistency: {} }])("is not in %j", (answer) => {
    expect(() => of(answer)).toThrow(UnreadableAnswer);
  });
});

describe("a day's summary", () => {
  const of = (some: object) => valuesOf(read("daily-summary", { summary: { steps: 5, ...some } }));

  it.each([undefined, null, []])("has no distance where the list is %j", (distances) => {
    expect(of({ distances })).not.toHaveProperty(["activity.distance"]);
  });

  it("has the total that is listed first", () => {
    const total = (distance: number) => ({ activity: "total", distance });
    expect(of({ distances: [{ activity: "tracker", distance: 1 }, null, total(2.5), total(3.5)] })).toMatchObject({
      "activity.distance": 2500,
    });
  });

  it("speaks of the heart where one zone has its bounds alone", () => {
    const heartRateZones = [{ name: "Peak", min: 163, max: 219 }];
    expect(of({ heartRateZones })).toEqual({
      "activity.steps": 5,
      "heart.zones.bounds": [{ kind: "PEAK", minRate: 163, maxRate: 219 }],
    });
  });

  it("hides no defect of ours", () => {
    const zone = {
      get name(): never {
        throw new SyntaxError("ours");
      },
    };
    expect(() => of({ heartRateZones: [zone] })).toThrow("ours");
  });
});

it("a night's variability without its figure is none", () => {
  const reading = read("hrv", { hrv: [{ dateTime: DAY, value: { deepRmssd: 51.5 } }] });
  expect([reading.cells, reasonsOf(reading)]).toEqual([[], []]);
});

describe("samples", () => {
  const series = (raw: object, have = berlin, day = DAY) => {
    const dataset = [{ time: "05:00:00", value: 61 }];
    const answer = { "activities-heart-intraday": { dataset, ...raw } };
    return Object.values(valuesOf(read("heart-1min", answer, have, day)))[0];
  };

  it.each([
    [{ datasetInterval: 15, datasetType: "minute" }, 900],
    [{ datasetInterval: 5 }, 300],
    [{ datasetInterval: 30, datasetType: "second" }, 30],
    [{ datasetType: "minute" }, null],
  ])("of %j have a step of %p s", (raw, stepSeconds) => expect(series(raw)).toMatchObject({ stepSeconds }));

  it("begin where the day does, which need not be midnight", () => {
    expect(series({}, inZone("America/Sao_Paulo"), "2018-11-04")).toMatchObject({
      start: "2018-11-04T01:00:00-02:00",
      localStart: "2018-11-04T01:00:00",
      offsets: [4 * 3600],
    });
    expect(series({}, inZone())).toMatchObject({ start: null, localStart: `${DAY}T00:00:00`, offsets: [5 * 3600] });
  });
});

describe("a night", () => {
  const night = (some: object, day = DAY): SleepRecord => {
    const log = { logId: 7, dateOfSleep: day, startTime: `${day}T00:30:00.000`, endTime: `${day}T07:10:00.000` };
    return (
      valuesOf(read("sleep", { sleep: [{ ...log, ...some }] }, berlin, day))["sleep.sessions"] as SleepRecord[]
    )[0]!;
  };

  it("counts no spells of what lasted no time, and keeps minutes without a count", () => {
    const summary = {
      deep: { minutes: 1, count: 0 },
      rem: { minutes: 44 },
      light: { count: 3 },
      wake: { minutes: 1, count: 1 },
    };
    expect(night({ levels: { summary } }).stages).toEqual([
      { stage: "AWAKE", minutes: 1, count: 1 },
      { stage: "DEEP", minutes: 1, count: null },
      { stage: "REM", minutes: 44, count: null },
    ]);
    expect(night({ levels: { summary: { rem: { minutes: 44, count: 2 } } } }).stages).toHaveLength(1);
    expect(night({ levels: null }).stages).toBeNull();
  });

  it("that has begun is filed under the day that Fitbit gives, else under today", () => {
    const open = (some: object) => reasonsOf(read("sleep", { sleep: [{ logId: 1, ...some }] }));
    const startTime = "2024-03-12T23:05:00.000";
    expect(open({ startTime, dateOfSleep: "2024-03-14" })).toEqual([["2024-03-14", "NOT_YET_SYNCED"]]);
    expect(open({ startTime })).toEqual([["2024-03-13", "NOT_YET_SYNCED"]]);
    expect(open({ startTime: "2024-03-12T00:00:00.000" })).toEqual([["2024-03-13", "NOT_YET_SYNCED"]]);
    expect(open({ startTime: "2024-03-11T23:59:59.000" })).toEqual([[null, "PROVIDER_ERROR"]]);
    expect(open({ dateOfSleep: DAY })).toEqual([[DAY, "PROVIDER_ERROR"]]);
  });

  describe("through the hour that autumn gives twice", () => {
    const wakes = (...short: readonly (readonly [string, number])[]) => {
      const at = (time: string) => `2024-10-27T${time}.000`;
      const data = [{ dateTime: at("01:40:00"), level: "light", seconds: 7200 }];
      const shortData = short.map(([time, seconds]) => ({ dateTime: at(time), level: "wake", seconds }));
      const span = { startTime: at("01:40:00"), endTime: at("02:40:00"), duration: 7_200_000 };
      const { hypnogram } = night({ ...span, levels: { data, shortData } }, "2024-10-27");
      return hypnogram!
        .filter(({ stage }) => stage === "AWAKE")
        .map(({ start, seconds }) => [start.slice(11), seconds]);
    };

    it("a short wake that begins as the last one ends is in the same hour", () => {
      expect(wakes(["02:20:00", 60], ["02:21:00", 30])).toEqual([["02:20:00+02:00", 90]]);
    });

    it("a short wake of before the last one's end is in the second hour, or, where that is over too, in the first", () => {
      expect(wakes(["02:20:00", 60], ["02:20:59", 30])).toEqual([
        ["02:20:00+02:00", 60],
        ["02:20:59+01:00", 30],
      ]);
      expect(wakes(["02:20:00", 60], ["02:20:30", 60], ["02:10:00", 20])).toEqual([
        ["02:10:00+02:00", 20],
        ["02:20:00+02:00", 60],
        ["02:20:30+01:00", 60],
      ]);
    });

    it("a spell as far from the last one either way is in the first hour", () => {
      const data = [
        { dateTime: "2024-10-27T01:40:00.000", level: "light", seconds: 4800 },
        { dateTime: "2024-10-27T02:30:00.000", level: "deep", seconds: 600 },
      ];
      const span = { startTime: data[0]!.dateTime, endTime: "2024-10-27T02:40:00.000", duration: 7_200_000 };
      const { hypnogram } = night({ ...span, levels: { data } }, "2024-10-27");
      expect(hypnogram!.find(({ stage }) => stage === "DEEP") ?? hypnogram).toMatchObject([
        { stage: "LIGHT", start: "2024-10-27T01:40:00+02:00", seconds: 4800 },
      ]);
    });
  });
});

describe("weighings", () => {
  const log = (some: object) => ({
    date: DAY,
    time: "07:15:30",
    source: "Aria",
    weight: 71.5,
    bmi: 23.5,
    fat: 24.5,
    ...some,
  });
  const of = (name: "weight" | "fat", field: Field, logs: readonly object[], have = berlin) =>
    valuesOf(read(name, { [name]: logs }, have))[field] as WeighingRecord[];
  const weights = (...logs: object[]) =>
    of("weight", "body.weight", logs).map(({ id, weight }) => [id.slice(16), weight]);

  it("that are listed twice are one, wherever the second stands", () => {
    expect(weights(log({}), log({ weight: 72.5 }), log({}))).toEqual([
      [":30/Aria", 71.5],
      [":30/Aria#2", 72.5],
    ]);
  });

  it.each([{ weight: 72.5 }, { bmi: 24 }, { fat: 25 }])("of one moment that differ in %j are two", (change) => {
    expect(weights(log({}), log(change))).toHaveLength(2);
  });

  it("without the part that is asked for are left out, and are no fault", () => {
    const logs = [log({ weight: null, bmi: undefined, fat: "" })];
    const [weight, fat] = [read("weight", { weight: logs }), read("fat", { fat: logs })];
    expect([weight.cells, reasonsOf(weight), fat.cells, reasonsOf(fat)]).toEqual([[], [], [], []]);
  });

  it("each have their own part under their own field", () => {
    const one = { id: `${DAY}T07:15:30/Aria`, time: `${DAY}T07:15:30+01:00` };
    const none = { weight: null, bodyMassIndex: null, fatPercentage: null };
    expect(of("weight", "body.weight", [log({})])).toEqual([{ ...one, ...none, weight: 71.5 }]);
    expect(of("weight", "body.bodyMassIndex", [log({})])).toEqual([{ ...one, ...none, bodyMassIndex: 23.5 }]);
    expect(of("fat", "body.fatPercentage", [log({})])).toEqual([{ ...one, ...none, fatPercentage: 24.5 }]);
  });

  it("are known by their day alone where no time was given, or no zone is known", () => {
    const time = (some: object, have = berlin) => of("weight", "body.weight", [log(some)], have)[0]!.time;
    expect([time({ source: "API" }), time({ source: "API", time: "23:59:59" }), time({ time: "23:59:59" })]).toEqual([
      `${DAY}T07:15:30+01:00`,
      null,
      `${DAY}T23:59:59+01:00`,
    ]);
    expect([time({ time: undefined }), time({}, inZone())]).toEqual([null, null]);
    expect(of("weight", "body.weight", [log({ time: undefined, source: null })])[0]!.id).toBe(`${DAY}T/`);
  });
});

describe("workouts", () => {
  const of = (some: object): WorkoutRecord => {
    const log = { logId: 1, duration: 1_860_000, startTime: `${DAY}T06:30:00.000+01:00`, ...some };
    const reading = read("exercises", { activities: [log], pagination: {} });
    return (valuesOf(reading)["workouts.workouts"] as WorkoutRecord[])[0]!;
  };
  const kinds = (activityTypeId: unknown, activityName?: string) => of({ activityTypeId, activityName }).kind;

  it.each([
    ["WALKING", 90_013, 17_152, 17_200],
    ["RUNNING", 90_009, 12_120],
    ["CYCLING", 90_001, 1071, 55_001],
    ["SWIMMING", 90_024, 58_002],
  ])("are %s by id, whatever their name", (kind, ...given) => {
    const ids = given as number[];
    for (const id of ids) expect([id, kinds(id, "Yoga")]).toEqual([id, kind]);
    for (const id of ids) expect([id, kinds(id + 3, "Yoga")]).toEqual([id, "YOGA"]);
  });

  it.each([
    ["HIKING", "Hike", "Hiking uphill", "Backpacking"],
    ["WALKING", "Walk", "Dog walking"],
    ["RUNNING", "Run", "Running", "Jog", "Jogging", "Treadmill"],
    ["CYCLING", "Bike", "Biking", "Bicycle", "Bicycling", "Cycling", "Spinning"],
    ["SWIMMING", "Swim", "Swimming", "Swims"],
    ["TENNIS", "Tennis"],
    ["BASKETBALL", "Basketball"],
    ["SOCCER", "Soccer"],
    ["YOGA", "Yoga"],
    ["PILATES", "Pilates"],
    ["STRENGTH", "Weights", "Weightlifting", "Weight lifting", "Weight training", "Strength", "Powerlifting"],
    ["DANCE", "Dance", "Dancing", "Zumba", "Ballet"],
    ["ROWING", "Row", "Rowing", "Rower"],
    ["ELLIPTICAL", "Elliptical"],
    ["SKIING", "Ski", "Skiing"],
    ["OTHER", "Table tennis", "Prune", "Skipping", "Rowdy", "Weighty", ""],
  ])("are %s by name", (kind, ...names) => {
    for (const name of names) expect([name, kinds(undefined, name)]).toEqual([name, kind]);
  });

  it("have metres of what they say is their unit", () => {
    const metres = (distance: unknown, distanceUnit?: string) => of({ distance, distanceUnit }).distance;
    expect([metres(2.5, "Kilometer"), metres(2.5, "Mile"), metres(2.5, "Meter")]).toEqual([2500, 4023.36, 2.5]);
    expect([metres(2.5, "Furlong"), metres(2.5), metres(undefined, "Mile"), metres(null, "Kilometer")]).toEqual(
      Array(4).fill(null),
    );
  });
});

describe("the wall clock", () => {
  it("takes texts alone", () => {
    expect(() => requiredLocalDateTime([`${DAY}T07:15:30`], "a")).toThrow("a is not a local time");
    expect(requiredLocalDateTime(`${DAY}T07:15`, "a")).toBe(`${DAY}T07:15:00`);
    for (const wrong of [["07:15:30"], 7, null, "24:00:00", "7.15"])
      expect(() => secondsOfClock(wrong, "a")).toThrow("a is not a time of day");
  });

  it("of a span of one offset, and of one across a change, reads what it writes", () => {
    for (const [from, to, offsets] of [
      ["2024-03-11T22:00:00Z", "2024-03-12T05:00:00Z", ["+01:00", "+01:00"]],
      ["2024-03-30T22:00:00Z", "2024-03-31T05:00:00Z", ["+01:00", "+02:00"]],
    ] as const) {
      const [start, end] = [Date.parse(from), Date.parse(to)];
      const clock = spanClock(start, end, "Europe/Berlin");
      const written = [start, end].map((at) => clock.write(at));
      expect(written.map((text) => text.slice(19))).toEqual(offsets);
      expect(written.map((text) => clock.read(text.slice(0, 19)))).toEqual([[start], [end]]);
    }
  });

  it("of a span in the hour that comes twice names both instants", () => {
    const clock = spanClock(Date.parse("2024-10-26T22:00:00Z"), Date.parse("2024-10-27T05:00:00Z"), "Europe/Berlin");
    expect(clock.read("2024-10-27T02:30:00")).toEqual(
      ["00:30", "01:30"].map((at) => Date.parse(`2024-10-27T${at}:00Z`)),
    );
    const spring = spanClock(Date.parse("2024-03-30T22:00:00Z"), Date.parse("2024-03-31T05:00:00Z"), "Europe/Berlin");
    expect(spring.read("2024-03-31T02:30:00")).toEqual([Date.parse("2024-03-31T01:30:00Z")]);
  });
});
