import { readFileSync } from "node:fs";
import { parseLossless, UnreadableAnswer } from "../../http/json.js";
import { checked } from "../../model/bounds.js";
import type { Have } from "../../model/cells.js";
import type { Field } from "../../model/fields.js";
import { type Call, fieldsOf, type Input, type ReadPage } from "../provider.js";
import { fitbit } from "./index.js";

const fixture = (name: string): unknown =>
  parseLossless(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));

const call = (name: string): Call => fitbit.calls.find((one) => one.name === name)!;
const berlin: Have = {
  value: ((field: Field) => (field === "profile.timeZone" ? "Europe/Berlin" : undefined)) as never,
};
const nowhere: Have = { value: () => undefined };
const days = (from: string, to = from): Input => ({
  from,
  to,
  today: "2024-03-13",
  connectedOn: "2026-01-15",
  providerUserId: "9XYZ12",
});
const readAnswer = (name: string, answer: unknown, input: Input, have: Have): ReadPage =>
  call(name).read(answer, input, have, call(name).request(input, new Set(), have));
const read = (name: string, file: string, input = days("2024-03-12"), have = berlin): ReadPage =>
  readAnswer(name, fixture(file), input, have);
/** Cells as "field day" → value, or the reason why there is none. */
const cells = (reading: { readonly cells?: ReadPage["cells"] }) =>
  Object.fromEntries(
    (reading.cells ?? []).map(({ field, day, known }) => [
      day === null ? field : `${field} ${day}`,
      "value" in known ? known.value : known.nothing,
    ]),
  );

/** What was left out: field, day and reason of each. */
const skipped = (reading: ReadPage) =>
  (reading.skipped ?? []).map(({ field, day, reason }) => [field, day, reason].filter(Boolean).join(" "));

/** As it is stored, held against what a person can have. */
const believed = (reading: ReadPage) => cells({ cells: reading.cells.map((cell) => checked(cell, "2024-03-13")) });

describe("who a person is", () => {
  const expected = {
    "profile.displayName": "Kim T.",
    "profile.givenName": "Kim",
    "profile.familyName": "Tester",
    "profile.dateOfBirth": "1985-02-09",
    "profile.sex": "FEMALE",
    "profile.height": 1.763,
    "profile.weight": 71.4,
    "profile.avatarUrl": "https://example.invalid/a640.jpg",
    "profile.timeZone": "Europe/Berlin",
    "profile.utcOffsetSeconds": 7200,
    "profile.locale": "de_DE",
    "profile.memberSince": "2019-05-04",
  };

  it("is metric whatever units the person prefers to see", () => {
    expect(cells(read("profile", "profile"))).toEqual(expected);
  });

  it("is read once after consent, with the id under which notifications come", () => {
    const after = fitbit.afterConsent[0]!.read(fixture("profile"));
    expect(after.providerUserId).toBe("9XYZ12");
    expect(cells(after)).toEqual(expected);
  });

  it("leaves out what was not said, and an offset is no zone", () => {
    expect(cells(read("profile", "profile-minimal"))).toEqual({
      "profile.weight": 64.2,
      "profile.avatarUrl": "https://example.invalid/b100.jpg",
    });
  });

  it("is not connected without an id", () => {
    expect(() => fitbit.afterConsent[0]!.read({ user: { displayName: "Kim" } })).toThrow(UnreadableAnswer);
  });
});

describe("devices", () => {
  it("synced at a local time that the zone dates, summer and winter", () => {
    expect(cells(read("devices", "devices"))).toEqual({
      "devices.devices": [
        {
          id: "2501234567",
          model: "Charge 6",
          kind: "TRACKER",
          firmware: null,
          batteryPercent: 82,
          lastSyncAt: "2024-07-12T19:41:07+02:00",
          batteryLevel: "HIGH",
        },
        {
          id: "88f7c6a5b4e3",
          model: "Aria",
          kind: "SCALE",
          firmware: null,
          batteryPercent: null,
          lastSyncAt: "2024-01-09T06:05:04+01:00",
          batteryLevel: "LOW",
        },
        {
          id: "331122",
          model: null,
          kind: "SOMETHING_NEW",
          firmware: null,
          batteryPercent: null,
          lastSyncAt: null,
          batteryLevel: null,
        },
      ],
    });
  });
});

describe("goals", () => {
  const goal = (metric: string, period: string, target: number, unit: string) => ({
    metric,
    period,
    target,
    current: null,
    unit,
  });

  it("of a day are SI", () => {
    expect(cells(read("goals-daily", "goals-daily"))["goals.daily"]).toEqual([
      goal("STEPS", "DAILY", 10500, "count"),
      goal("DISTANCE", "DAILY", 8050, "m"),
      goal("FLOORS", "DAILY", 12, "count"),
      goal("ENERGY_BURNED", "DAILY", 2650, "kcal"),
      goal("ACTIVE_MINUTES", "DAILY", 31, "min"),
      goal("ACTIVE_ZONE_MINUTES", "DAILY", 22, "min"),
    ]);
  });

  it("of a week are those that are given", () => {
    expect(cells(read("goals-weekly", "goals-weekly"))["goals.weekly"]).toEqual([
      goal("STEPS", "WEEKLY", 71000, "count"),
      goal("DISTANCE", "WEEKLY", 56330, "m"),
      goal("FLOORS", "WEEKLY", 70, "count"),
      goal("ACTIVE_ZONE_MINUTES", "WEEKLY", 150, "min"),
    ]);
  });

  it("of body and sleep", () => {
    expect(cells(read("goal-weight", "goal-weight"))["goals.weight"]).toEqual([goal("WEIGHT", "OPEN", 69.8, "kg")]);
    expect(cells(read("goal-fat", "goal-fat"))["goals.bodyFat"]).toEqual([goal("BODY_FAT", "OPEN", 21.5, "%")]);
    expect(cells(read("goal-sleep", "goal-sleep"))["goals.sleep"]).toEqual([goal("SLEEP", "DAILY", 465, "min")]);
  });

  it("that are not set are an empty list, and another answer is none", () => {
    expect(cells(read("goal-weight", "goal-unset"))["goals.weight"]).toEqual([]);
    expect(() => read("goal-sleep", "hrv")).toThrow(UnreadableAnswer);
    expect(() => read("goals-daily", "hrv")).toThrow(UnreadableAnswer);
  });
});

describe("a day's activity", () => {
  it("is told whole by its summary", () => {
    const reading = read("daily-summary", "daily-summary");
    expect(cells(reading)).toEqual({
      "activity.steps 2024-03-12": 12840,
      "activity.distance 2024-03-12": 9630,
      "activity.energyBurned 2024-03-12": 2580,
      "activity.activeEnergyBurned 2024-03-12": 1180,
      "activity.basalEnergyBurned 2024-03-12": 1640,
      "activity.floors 2024-03-12": 5,
      "activity.elevation 2024-03-12": 15.24,
      "activity.sedentaryMinutes 2024-03-12": 957,
      "activity.lightlyActiveMinutes 2024-03-12": 195,
      "activity.moderatelyActiveMinutes 2024-03-12": 24,
      "activity.veryActiveMinutes 2024-03-12": 32,
      "heart.restingRate 2024-03-12": 58,
      "heart.zones.bounds 2024-03-12": [
        { kind: "LIGHT", minRate: 30, maxRate: 110 },
        { kind: "MODERATE", minRate: 111, maxRate: 134 },
        { kind: "VIGOROUS", minRate: 135, maxRate: 163 },
        { kind: "PEAK", minRate: 164, maxRate: 220 },
      ],
      "heart.zones.minutes 2024-03-12": [
        { kind: "LIGHT", minutes: 1385 },
        { kind: "MODERATE", minutes: 38 },
        { kind: "VIGOROUS", minutes: 15 },
        { kind: "PEAK", minutes: 2 },
      ],
    });
    expect(reading.covers).toEqual({ from: "2024-03-12", to: "2024-03-12" });
  });

  it("of which the heart is told without a rate, or without zones, leaves out what is not recorded", () => {
    const heart = (some: object) =>
      Object.fromEntries(
        Object.entries(
          cells(readAnswer("daily-summary", { summary: { steps: 3, ...some } }, days("2024-03-12"), berlin)),
        )
          .filter(([field]) => field.startsWith("heart."))
          .map(([field, value]) => [field.slice(6, -11), value]),
      );
    const heartRateZones = [{ name: "Peak", min: 163, max: 219, minutes: 7, caloriesOut: 61 }];
    const zones = {
      "zones.bounds": [{ kind: "PEAK", minRate: 163, maxRate: 219 }],
      "zones.minutes": [{ kind: "PEAK", minutes: 7 }],
    };
    const unknown = { restingRate: "UNKNOWN", "zones.bounds": "UNKNOWN", "zones.minutes": "UNKNOWN" };
    expect(heart({ heartRateZones })).toEqual(zones);
    expect(heart({ restingHeartRate: 59 })).toEqual({ restingRate: 59 });
    expect(heart({ restingHeartRate: 59, heartRateZones })).toEqual({ restingRate: 59, ...zones });
    expect(heart({})).toEqual(unknown);
    expect(heart({ heartRateZones: [] })).toEqual(unknown);
    expect(heart({ heartRateZones: {} })).toEqual({
      "zones.bounds": "PROVIDER_ERROR",
      "zones.minutes": "PROVIDER_ERROR",
    });
  });

  it("keeps zeros, leaves out floors without an altimeter, and does not guess why a rate is missing", () => {
    expect(cells(read("daily-summary", "daily-summary-no-heart-rate"))).toEqual({
      "activity.steps 2024-03-12": 0,
      "activity.distance 2024-03-12": 0,
      "activity.energyBurned 2024-03-12": 1642,
      "activity.activeEnergyBurned 2024-03-12": 0,
      "activity.basalEnergyBurned 2024-03-12": 1641,
      "activity.sedentaryMinutes 2024-03-12": 1440,
      "activity.lightlyActiveMinutes 2024-03-12": 0,
      "activity.moderatelyActiveMinutes 2024-03-12": 0,
      "activity.veryActiveMinutes 2024-03-12": 0,
      "heart.restingRate 2024-03-12": "UNKNOWN",
      "heart.zones.bounds 2024-03-12": "UNKNOWN",
      "heart.zones.minutes 2024-03-12": "UNKNOWN",
    });
  });

  it("loses no figure beside one that is no number", () => {
    const summary = { steps: "many", floors: 7, elevation: [], distances: [{ activity: "total", distance: null }] };
    const given = cells(readAnswer("daily-summary", { summary }, days("2024-03-12"), berlin));
    expect(given).toMatchObject({
      "activity.steps 2024-03-12": "PROVIDER_ERROR",
      "activity.floors 2024-03-12": 7,
      "activity.elevation 2024-03-12": "PROVIDER_ERROR",
    });
    expect(given).not.toHaveProperty(["activity.distance 2024-03-12"]);
    for (const [distances, expected] of [
      ["9.6", "PROVIDER_ERROR"],
      [[{ activity: "total", distance: "far" }], "PROVIDER_ERROR"],
      [
        [
          { activity: "tracker", distance: 3 },
          { activity: "total", distance: 4 },
        ],
        4000,
      ],
    ] as const) {
      const answer = { summary: { steps: 1, distances } };
      const read = cells(readAnswer("daily-summary", answer, days("2024-03-12"), berlin));
      expect(read["activity.distance 2024-03-12"]).toBe(expected);
    }
    for (const answer of [{}, { summary: [] }, { summary: {} }, { summary: { steps: null } }])
      expect(() => readAnswer("daily-summary", answer, days("2024-03-12"), berlin)).toThrow(UnreadableAnswer);
  });

  it("comes as a series of texts, days not worn with their zeros", () => {
    const span = days("2024-03-10", "2024-03-12");
    const reading = read("steps-series", "steps-series", span);
    expect(cells(reading)).toEqual({
      "activity.steps 2024-03-10": 8113,
      "activity.steps 2024-03-11": 0,
      "activity.steps 2024-03-12": 12840,
    });
    expect(reading.covers).toEqual({ from: "2024-03-10", to: "2024-03-12" });
    expect(call("steps-series").request(span, new Set(), berlin)).toEqual({
      method: "GET",
      path: "/1/user/-/activities/steps/date/2024-03-10/2024-03-12.json",
    });
  });

  it("has distance in metres without the noise of floats", () => {
    expect(cells(read("distance-series", "distance-series", days("2024-03-11", "2024-03-12")))).toEqual({
      "activity.distance 2024-03-11": 0,
      "activity.distance 2024-03-12": 5723.1,
    });
  });

  it("has active zone minutes only where a row says so: an absent day is no zero", () => {
    const reading = read("active-zone-minutes-series", "active-zone-minutes", days("2024-03-12", "2024-03-14"));
    expect(cells(reading)).toEqual({
      "activity.activeZoneMinutes 2024-03-12": 72,
      "activity.activeZoneMinutes 2024-03-14": 9,
    });
    expect(reading.covers).toEqual({ from: "2024-03-12", to: "2024-03-14" });
    const silent = { "activities-active-zone-minutes": [{ dateTime: "2024-03-13", value: {} }] };
    expect(readAnswer("active-zone-minutes-series", silent, days("2024-03-13"), berlin).cells).toEqual([]);
  });

  it.each([
    [{ "activities-steps": {} }],
    [{ "activities-floors": [] }],
    [{ "activities-steps": [], errors: [{ errorType: "system" }] }],
    [{}],
    [undefined],
  ])("is unreadable rather than empty: %j", (answer) => {
    expect(() => readAnswer("steps-series", answer, days("2024-03-12"), berlin)).toThrow(UnreadableAnswer);
  });
});

describe("samples", () => {
  it("begin at local midnight and keep the provider's zeros", () => {
    expect(cells(read("steps-15min", "steps-15min"))).toEqual({
      "activity.samples:STEPS:FIFTEEN_MINUTES 2024-03-12": {
        start: "2024-03-12T00:00:00+01:00",
        localStart: "2024-03-12T00:00:00",
        stepSeconds: 900,
        offsets: [0, 900, 1800],
        values: [0, 14, 43],
      },
    });
    expect(call("steps-15min").request(days("2024-03-12"), new Set(), berlin).path).toBe(
      "/1/user/-/activities/steps/date/2024-03-12/1d/15min.json",
    );
  });

  it("of distance are metres", () => {
    expect(
      cells(read("distance-1min", "distance-1min"))["activity.samples:DISTANCE:ONE_MINUTE 2024-03-12"],
    ).toMatchObject({
      stepSeconds: 60,
      offsets: [25200, 25260],
      values: [57.1, 60.9],
    });
  });

  it("of each second are as recorded, without a step", () => {
    expect(cells(read("heart-1sec", "heart-1sec"))["heart.samples:ONE_SECOND 2024-03-12"]).toEqual({
      start: "2024-03-12T00:00:00+01:00",
      localStart: "2024-03-12T00:00:00",
      stepSeconds: null,
      offsets: [3, 13, 86398],
      values: [61, 60, 66],
    });
  });

  it("without a zone have no start", () => {
    expect(cells(read("heart-1sec", "heart-1sec", days("2024-03-12"), nowhere))).toMatchObject({
      "heart.samples:ONE_SECOND 2024-03-12": {
        start: null,
        localStart: "2024-03-12T00:00:00",
        offsets: [3, 13, 86398],
      },
    });
  });

  it("that are none are known to be none", () => {
    expect(read("heart-1min", "heart-1min-empty")).toEqual({
      cells: [],
      skipped: [],
      covers: { from: "2024-03-12", to: "2024-03-12" },
    });
    expect(() => read("heart-1min", "heart-series")).toThrow(UnreadableAnswer);
  });
});

describe("the heart", () => {
  it("has its rate, and zones by kind; a person's own zones and new names are left out", () => {
    expect(cells(read("heart-series", "heart-series", days("2024-03-11", "2024-03-12")))).toEqual({
      "heart.zones.bounds 2024-03-11": [
        { kind: "LIGHT", minRate: 31, maxRate: 111 },
        { kind: "MODERATE", minRate: 112, maxRate: 135 },
        { kind: "VIGOROUS", minRate: 136, maxRate: 164 },
        { kind: "PEAK", minRate: 165, maxRate: 221 },
      ],
      "heart.zones.minutes 2024-03-11": [{ kind: "LIGHT", minutes: 1440 }],
      "heart.zones.energyBurned 2024-03-11": [{ kind: "LIGHT", energyBurned: 1640.9 }],
      "heart.restingRate 2024-03-12": 58,
      "heart.zones.bounds 2024-03-12": [
        { kind: "LIGHT", minRate: 30, maxRate: 110 },
        { kind: "MODERATE", minRate: 113, maxRate: 134 },
        { kind: "VIGOROUS", minRate: 137, maxRate: 163 },
        { kind: "PEAK", minRate: 166, maxRate: 220 },
      ],
      "heart.zones.minutes 2024-03-12": [
        { kind: "LIGHT", minutes: 1385 },
        { kind: "MODERATE", minutes: 38 },
        { kind: "VIGOROUS", minutes: 15 },
        { kind: "PEAK", minutes: 2 },
      ],
      "heart.zones.energyBurned 2024-03-12": [
        { kind: "LIGHT", energyBurned: 1925.4 },
        { kind: "MODERATE", energyBurned: 310.2 },
        { kind: "VIGOROUS", energyBurned: 301.9 },
        { kind: "PEAK", energyBurned: 42.5 },
      ],
    });
  });

  it("has its zones in the other shape too, and is unreadable in none", () => {
    const zone = { name: "Peak", min: 170, max: 219, minutes: 6, caloriesOut: 61.5 };
    const day = (some: object) => ({ "activities-heart": [{ dateTime: "2024-03-12", ...some }] });
    const windowed = readAnswer(
      "heart-series",
      day({ value: "148.37", heartRateZones: [zone] }),
      days("2024-03-12"),
      berlin,
    );
    expect(cells(windowed)).toEqual({
      "heart.zones.bounds 2024-03-12": [{ kind: "PEAK", minRate: 170, maxRate: 219 }],
      "heart.zones.minutes 2024-03-12": [{ kind: "PEAK", minutes: 6 }],
      "heart.zones.energyBurned 2024-03-12": [{ kind: "PEAK", energyBurned: 61.5 }],
    });
    expect(skipped(readAnswer("heart-series", day({}), days("2024-03-12"), berlin))).toEqual([
      "heart.restingRate 2024-03-12 PROVIDER_ERROR",
      "heart.zones.bounds 2024-03-12 PROVIDER_ERROR",
      "heart.zones.minutes 2024-03-12 PROVIDER_ERROR",
      "heart.zones.energyBurned 2024-03-12 PROVIDER_ERROR",
    ]);
  });

  it("varies by the whole night, not by its deep part", () => {
    expect(cells(read("hrv", "hrv", days("2024-03-12", "2024-03-14")))).toEqual({
      "heart.hrvRmssd 2024-03-12": 41.237,
      "heart.hrvRmssd 2024-03-13": 36.5,
    });
  });
});

describe("sleep", () => {
  it("is a night rebuilt from its stages and short wakes, and a nap of its own, in time order", () => {
    const reading = read("sleep", "sleep");
    expect(reading.covers).toEqual({ from: "2024-03-12", to: "2024-03-12" });
    expect(cells(reading)).toEqual({
      "sleep.sessions 2024-03-12": [
        {
          id: "45010000001",
          start: "2024-03-11T23:10:00+01:00",
          end: "2024-03-12T02:20:00+01:00",
          isMainSleep: true,
          minutesInBed: 190,
          minutesAsleep: 179,
          minutesAwake: 12,
          minutesToFallAsleep: 2,
          efficiency: 94,
          awakenings: 4,
          stages: [
            { stage: "AWAKE", minutes: 11, count: 4 },
            { stage: "LIGHT", minutes: 98, count: 6 },
            { stage: "DEEP", minutes: 46, count: 1 },
            { stage: "REM", minutes: 35, count: 2 },
          ],
          hypnogram: [
            { stage: "AWAKE", start: "2024-03-11T23:10:00+01:00", seconds: 300 },
            { stage: "LIGHT", start: "2024-03-11T23:15:00+01:00", seconds: 1800 },
            { stage: "DEEP", start: "2024-03-11T23:45:00+01:00", seconds: 2700 },
            { stage: "LIGHT", start: "2024-03-12T00:30:00+01:00", seconds: 600 },
            { stage: "AWAKE", start: "2024-03-12T00:40:00+01:00", seconds: 60 },
            { stage: "LIGHT", start: "2024-03-12T00:41:00+01:00", seconds: 840 },
            { stage: "REM", start: "2024-03-12T00:55:00+01:00", seconds: 1200 },
            { stage: "LIGHT", start: "2024-03-12T01:15:00+01:00", seconds: 900 },
            { stage: "AWAKE", start: "2024-03-12T01:30:00+01:00", seconds: 120 },
            { stage: "LIGHT", start: "2024-03-12T01:32:00+01:00", seconds: 1380 },
            { stage: "AWAKE", start: "2024-03-12T01:55:00+01:00", seconds: 240 },
            { stage: "REM", start: "2024-03-12T01:59:00+01:00", seconds: 900 },
            { stage: "LIGHT", start: "2024-03-12T02:14:00+01:00", seconds: 360 },
          ],
          pending: false,
        },
        {
          id: "45010000002",
          start: "2024-03-12T14:00:00+01:00",
          end: "2024-03-12T14:45:30+01:00",
          isMainSleep: false,
          minutesInBed: 45,
          minutesAsleep: 39,
          minutesAwake: 5,
          minutesToFallAsleep: 3,
          efficiency: 89,
          awakenings: 2,
          stages: [
            { stage: "AWAKE", minutes: 1, count: 2 },
            { stage: "RESTLESS", minutes: 4, count: 1 },
            { stage: "ASLEEP", minutes: 40, count: null },
          ],
          // Ten minutes of an unknown level are a gap.
          hypnogram: [
            { stage: "ASLEEP", start: "2024-03-12T14:00:00+01:00", seconds: 1800 },
            { stage: "RESTLESS", start: "2024-03-12T14:30:00+01:00", seconds: 240 },
            { stage: "AWAKE", start: "2024-03-12T14:44:00+01:00", seconds: 60 },
          ],
          pending: false,
        },
      ],
    });
  });

  it("of old logs has what they say", () => {
    expect(cells(read("sleep", "sleep-old-classic", days("2016-05-02")))).toEqual({
      "sleep.sessions 2016-05-02": [
        {
          id: "11554400123",
          start: "2016-05-01T23:00:00+02:00",
          end: "2016-05-02T06:30:00+02:00",
          isMainSleep: null,
          minutesInBed: 450,
          minutesAsleep: null,
          minutesAwake: null,
          minutesToFallAsleep: null,
          efficiency: null,
          awakenings: null,
          stages: null,
          hypnogram: null,
          pending: false,
        },
      ],
    });
  });

  it("through the hour that autumn gives twice is placed by its duration and its order", () => {
    const [night] = cells(read("sleep", "sleep-autumn", days("2024-10-27")))["sleep.sessions 2024-10-27"] as [object];
    expect(night).toMatchObject({
      start: "2024-10-27T01:40:00+02:00",
      end: "2024-10-27T02:40:00+01:00",
      hypnogram: [
        { stage: "LIGHT", start: "2024-10-27T01:40:00+02:00", seconds: 2400 },
        { stage: "AWAKE", start: "2024-10-27T02:20:00+02:00", seconds: 60 },
        { stage: "LIGHT", start: "2024-10-27T02:21:00+02:00", seconds: 1140 },
        { stage: "DEEP", start: "2024-10-27T02:40:00+02:00", seconds: 1800 },
        { stage: "REM", start: "2024-10-27T02:10:00+01:00", seconds: 630 },
        { stage: "AWAKE", start: "2024-10-27T02:20:30+01:00", seconds: 90 },
        { stage: "REM", start: "2024-10-27T02:22:00+01:00", seconds: 1080 },
      ],
    });
  });

  it("that is still computed proves nothing of other days, and only new nights are in the making", () => {
    const reading = read("sleep", "sleep-pending", days("2024-03-01", "2024-03-12"));
    expect(reading.covers).toBeNull();
    expect(cells(reading)).toMatchObject({
      "sleep.sessions 2024-03-12": [{ id: "45010000004", pending: true }],
      "sleep.sessions 2024-03-11": [{ id: "45010000005", pending: false }],
      "sleep.sessions 2024-03-02": [{ id: "45010000006", pending: false }],
    });
    expect(readAnswer("sleep", { meta: { state: "pending" } }, days("2024-03-12"), berlin)).toEqual({
      cells: [],
      skipped: [],
      covers: null,
    });
    const odd = { meta: { state: "pending" }, sleep: {} };
    expect(() => readAnswer("sleep", odd, days("2024-03-12"), berlin)).toThrow(UnreadableAnswer);
  });

  it("is none where none is listed, and unreadable where nothing is", () => {
    expect(readAnswer("sleep", { sleep: [] }, days("2024-03-12"), berlin).covers).not.toBeNull();
    expect(() => readAnswer("sleep", {}, days("2024-03-12"), berlin)).toThrow(UnreadableAnswer);
    expect(() => read("sleep", "sleep", days("2024-03-12"), nowhere)).toThrow(UnreadableAnswer);
  });
});

describe("weighings", () => {
  const part = (id: string, time: string | null, some: object) => ({
    id,
    time,
    weight: null,
    bodyMassIndex: null,
    fatPercentage: null,
    ...some,
  });
  const aria = ["2024-03-12T07:15:30/Aria", "2024-03-12T07:15:30+01:00"] as const;

  it("have weight and index; one without a time of day has only its day, and equal entries are kept apart", () => {
    expect(cells(read("weight", "weight", days("2024-03-01", "2024-03-31")))).toEqual({
      "body.weight 2024-03-12": [
        part("2024-03-12T23:59:59/API", null, { weight: 71.2 }),
        part("2024-03-12T23:59:59/API#2", null, { weight: 70.9 }),
        part(...aria, { weight: 71.4 }),
      ],
      "body.weight 2024-03-31": [part("2024-03-31T03:00:05/AriaAir", "2024-03-31T03:00:05+02:00", { weight: 70.1 })],
      "body.bodyMassIndex 2024-03-12": [
        part("2024-03-12T23:59:59/API", null, { bodyMassIndex: 22.98 }),
        part("2024-03-12T23:59:59/API#2", null, { bodyMassIndex: 22.91 }),
        part(...aria, { bodyMassIndex: 23.05 }),
      ],
    });
  });

  it("have fat under the id of the weight that was measured with it", () => {
    expect(cells(read("fat", "fat"))).toEqual({
      "body.fatPercentage 2024-03-12": [part(...aria, { fatPercentage: 24.1 })],
    });
  });
});

describe("workouts", () => {
  const span = days("2024-03-11", "2024-03-13");

  it("are asked for oldest first, and the vendor's link is followed without its origin", () => {
    expect(call("exercises").request(span, new Set(), berlin)).toEqual({
      method: "GET",
      path: "/1/user/-/activities/list.json",
      query: { afterDate: "2024-03-11", sort: "asc", offset: 0, limit: 100 },
    });
    const reading = read("exercises", "exercises", span);
    expect(reading.covers).toBeNull();
    expect(reading.next).toEqual({
      method: "GET",
      path: "/1/user/-/activities/list.json?offset=100&limit=100&sort=asc&afterDate=2024-03-11",
    });
  });

  it("keep their exact id, their offset, and metres of miles", () => {
    expect(cells(read("exercises", "exercises", span))).toEqual({
      "workouts.workouts 2024-03-11": [
        {
          id: "6120483759201837465",
          kind: "RUNNING",
          name: "Run",
          start: "2024-03-11T18:05:10+01:00",
          end: "2024-03-11T18:37:40+01:00",
          durationSeconds: 1950,
          distance: 5120,
          energyBurned: 372,
          steps: 5230,
          averageHeartRate: 148,
          points: null,
          elevationGain: 21.336,
          zones: [
            { kind: "LIGHT", minRate: 30, maxRate: 110, minutes: 2, energyBurned: 12.5 },
            { kind: "MODERATE", minRate: 111, maxRate: 136, minutes: 9, energyBurned: 81.25 },
            { kind: "VIGOROUS", minRate: 137, maxRate: 169, minutes: 17, energyBurned: null },
            { kind: "PEAK", minRate: 170, maxRate: 220, minutes: null, energyBurned: null },
          ],
        },
        {
          id: "33445566",
          kind: "WALKING",
          name: "Treadmill walking",
          start: "2024-03-11T20:00:00.250+00:00",
          end: "2024-03-11T20:20:00.750+00:00",
          durationSeconds: 1200.5,
          distance: 2414.016,
          energyBurned: 101,
          steps: 2411,
          averageHeartRate: null,
          points: null,
          elevationGain: null,
          zones: null,
        },
      ],
    });
  });

  it("end with the first page that leads past the span", () => {
    const reading = read("exercises", "exercises-past-the-end", { ...span, today: "2024-03-20" });
    expect(reading.next).toBeUndefined();
    expect(reading.covers).toEqual({ from: "2024-03-11", to: "2024-03-13" });
    expect(cells(reading)).toEqual({
      "workouts.workouts 2024-03-12": [
        expect.objectContaining({ id: "33445567", kind: "DANCE", distance: null, end: "2024-03-12T06:40:00+01:00" }),
      ],
    });
  });

  it("end with an empty page or an empty link", () => {
    const empty = {
      activities: [],
      pagination: { next: "https://api.fitbit.com/1/user/-/activities/list.json?offset=9" },
    };
    expect(readAnswer("exercises", empty, span, berlin)).toEqual({
      cells: [],
      skipped: [],
      covers: { from: span.from, to: span.to },
    });
  });

  it("never send the token to another resource", () => {
    const page = (next: string) => ({
      activities: [{ logId: 1, duration: 1000, startTime: "2024-03-11T01:00:00+01:00" }],
      pagination: { next },
    });
    expect(() => readAnswer("exercises", page("https://api.fitbit.com/oauth2/revoke"), span, berlin)).toThrow(
      UnreadableAnswer,
    );
    expect(
      readAnswer("exercises", page("https://example.invalid/1/user/-/activities/list.json?offset=5"), span, berlin).next
        ?.path,
    ).toBe("/1/user/-/activities/list.json?offset=5");
    expect(readAnswer("exercises", page(""), span, berlin).covers).not.toBeNull();
  });

  it.each([
    [90013, "anything", "WALKING"],
    ["1071", "Outdoor Bike", "CYCLING"],
    [58002, "Swimming", "SWIMMING"],
    [undefined, "Table Tennis", "OTHER"],
    [undefined, "TENNIS", "TENNIS"],
    [7, "Weights", "STRENGTH"],
    [7, "Strength training", "STRENGTH"],
    [7, "Mountain Biking", "CYCLING"],
    [7, "Skiing", "SKIING"],
    [7, "Rowing machine", "ROWING"],
    [3001, "Aerobic Workout", "OTHER"],
    [15000, "Sport", "OTHER"],
    [undefined, undefined, "OTHER"],
  ])("are of a kind by id %s, then by name %s", (activityTypeId, activityName, kind) => {
    const log = { logId: 1, duration: 1000, startTime: "2024-03-11T01:00:00+01:00", activityTypeId, activityName };
    const reading = readAnswer("exercises", { activities: [log], pagination: {} }, span, berlin);
    expect(cells(reading)["workouts.workouts 2024-03-11"]).toMatchObject([{ kind }]);
  });
});

describe("one bad part", () => {
  const span = days("2024-03-11", "2024-03-13");
  const of = (name: string, answer: unknown, input = span) => readAnswer(name, answer, input, berlin);
  const broken = [null, 7, "x", [], {}];

  it.each([
    ["steps-series", "activities-steps", "activity.steps", { value: "5" }],
    [
      "active-zone-minutes-series",
      "activities-active-zone-minutes",
      "activity.activeZoneMinutes",
      {
        value: { activeZoneMinutes: 9 },
      },
    ],
    ["hrv", "hrv", "heart.hrvRmssd", { value: { dailyRmssd: 41.2 } }],
  ])("of %s costs its own day only, and no day where it tells none", (name, key, field, good) => {
    const row = (day: string, some: object = good) => ({ dateTime: day, ...some });
    const reading = of(name, {
      [key]: [row("2024-03-11"), row("2024-03-12", { value: "a lot" }), ...broken, row("2024-03-13")],
    });
    expect(reading.cells.map(({ day }) => day)).toEqual(["2024-03-11", "2024-03-13"]);
    const unplaced = broken.map(() => `${field} PROVIDER_ERROR`);
    expect(skipped(reading)).toEqual([`${field} 2024-03-12 PROVIDER_ERROR`, ...unplaced]);
    expect(reading.covers).toEqual({ from: "2024-03-11", to: "2024-03-13" });
  });

  it("of the heart leaves what else was told of its day", () => {
    const zone = (minutes: unknown) => ({ name: "Peak", min: 163, max: 219, minutes, caloriesOut: 61 });
    const day = (dateTime: string, value: object) => ({ dateTime, value });
    const reading = of("heart-series", {
      "activities-heart": [
        day("2024-03-11", { restingHeartRate: "?", heartRateZones: [zone(7)] }),
        day("2024-03-12", { restingHeartRate: 57, heartRateZones: [zone("?")] }),
        day("2024-03-13", { restingHeartRate: 58, heartRateZones: [zone(8), null] }),
      ],
    });
    const bounds = [{ kind: "PEAK", minRate: 163, maxRate: 219 }];
    const energyBurned = [{ kind: "PEAK", energyBurned: 61 }];
    expect(believed(reading)).toEqual({
      "heart.restingRate 2024-03-11": "PROVIDER_ERROR",
      "heart.zones.bounds 2024-03-11": bounds,
      "heart.zones.minutes 2024-03-11": [{ kind: "PEAK", minutes: 7 }],
      "heart.zones.energyBurned 2024-03-11": energyBurned,
      "heart.restingRate 2024-03-12": 57,
      "heart.zones.bounds 2024-03-12": bounds,
      "heart.zones.minutes 2024-03-12": "PROVIDER_ERROR",
      "heart.zones.energyBurned 2024-03-12": energyBurned,
      "heart.restingRate 2024-03-13": 58,
      "heart.zones.bounds 2024-03-13": "PROVIDER_ERROR",
      "heart.zones.minutes 2024-03-13": "PROVIDER_ERROR",
      "heart.zones.energyBurned 2024-03-13": "PROVIDER_ERROR",
    });
    expect(reading.skipped).toEqual([]);
  });

  it("of samples is left out of its day's series", () => {
    const dataset = [
      { time: "00:00:00", value: 61 },
      { time: "25:00:00", value: 62 },
      ...broken,
      { time: "00:02:00", value: 63 },
    ];
    const reading = of(
      "heart-1min",
      { "activities-heart-intraday": { dataset, datasetInterval: 1 } },
      days("2024-03-12"),
    );
    expect(cells(reading)).toMatchObject({
      "heart.samples:ONE_MINUTE 2024-03-12": { offsets: [0, 120], values: [61, 63] },
    });
    expect(skipped(reading)).toEqual(Array(6).fill("heart.samples:ONE_MINUTE 2024-03-12 PROVIDER_ERROR"));
    const none = { "activities-heart-intraday": { dataset: {}, datasetInterval: 1 } };
    expect(() => of("heart-1min", none, days("2024-03-12"))).toThrow(UnreadableAnswer);
  });

  const night = (logId: number, dateOfSleep: string, some: object = {}) => ({
    logId,
    dateOfSleep,
    startTime: `${dateOfSleep}T00:30:00.000`,
    endTime: `${dateOfSleep}T07:10:00.000`,
    ...some,
  });

  it("of sleep loses one night of eleven", () => {
    const dates = Array.from({ length: 11 }, (_, index) => `2024-02-${11 + index}`);
    const wrongs: object[] = [
      { startTime: undefined, endTime: undefined },
      { startTime: "last night" },
      { endTime: null },
      { logId: {} },
      { levels: [] },
      { levels: { data: {} } },
      { levels: { data: [{ dateTime: "x", level: "wake", seconds: 3 }] } },
      { levels: { summary: [] } },
    ];
    for (const wrong of wrongs) {
      const sleep = dates.map((date, index) => night(100 + index, date, index === 4 ? wrong : {}));
      const reading = of("sleep", { sleep }, days("2024-02-11", "2024-02-21"));
      expect(reading.cells.map(({ day }) => day)).toEqual(dates.filter((date) => date !== "2024-02-15"));
      expect(skipped(reading)).toEqual(["sleep.sessions 2024-02-15 PROVIDER_ERROR"]);
    }
  });

  it("of sleep: no spells in no minutes are none, and no count where there were minutes", () => {
    const summary = {
      asleep: { minutes: 40, count: 0 },
      awake: { minutes: 0, count: 0 },
      restless: { minutes: 3, count: 2 },
    };
    const reading = cells(of("sleep", { sleep: [night(1, "2024-03-12", { type: "classic", levels: { summary } })] }));
    expect(reading["sleep.sessions 2024-03-12"]).toMatchObject([
      {
        stages: [
          { stage: "AWAKE", minutes: 0, count: 0 },
          { stage: "RESTLESS", minutes: 3, count: 2 },
          { stage: "ASLEEP", minutes: 40, count: null },
        ],
      },
    ]);
  });

  it("of sleep is in the making only within the days that Fitbit revises", () => {
    const sleep = ["2024-03-10", "2024-03-11", "2024-03-13"].map((day, index) =>
      night(index, day, { type: "classic" }),
    );
    const seen = cells(of("sleep", { meta: { state: "pending" }, sleep }, days("2024-03-10", "2024-03-13")));
    expect(Object.values(seen).map((list) => (list as unknown as { pending: boolean }[])[0]!.pending)).toEqual([
      false,
      true,
      true,
    ]);
  });

  it("of the weighings: the last second of a day is a time of day unless it was typed in", () => {
    const at = (source: string) => ({ date: "2024-03-12", time: "23:59:59", source, weight: 71.4 });
    const seen = cells(of("weight", { weight: [at("Aria"), at("API")] }))["body.weight 2024-03-12"];
    expect(seen).toMatchObject([
      { id: "2024-03-12T23:59:59/API", time: null },
      { id: "2024-03-12T23:59:59/Aria", time: "2024-03-12T23:59:59+01:00" },
    ]);
  });

  it("in a record costs the record one figure", () => {
    const levels = { summary: { wake: { minutes: "few", count: 3 }, rem: { minutes: 61, count: 4 } } };
    const sleep = [night(1, "2024-03-12", { timeInBed: "long", minutesAsleep: 371, levels })];
    expect(believed(of("sleep", { sleep }))).toEqual({
      "sleep.sessions 2024-03-12": [
        expect.objectContaining({
          minutesInBed: null,
          minutesAsleep: 371,
          stages: null,
          refused: ["stages", "minutesInBed"],
        }),
      ],
    });
    const startTime = "2024-03-12T06:30:00.000+01:00";
    const activities = [{ logId: 8, duration: 61_000, startTime, steps: "few", calories: 17 }];
    expect(believed(of("exercises", { activities, pagination: {} }))).toEqual({
      "workouts.workouts 2024-03-12": [expect.objectContaining({ steps: null, energyBurned: 17, refused: ["steps"] })],
    });
  });

  it("of sleep that is still going on is not synced yet; an old night without an end is broken", () => {
    const goingOn = (start: string, some: object = {}) => ({ logId: 1, startTime: `${start}T23:05:00.000`, ...some });
    const read = (log: object) => skipped(of("sleep", { sleep: [log] }));
    expect(read(goingOn("2024-03-12", { dateOfSleep: "2024-03-13" }))).toEqual([
      "sleep.sessions 2024-03-13 NOT_YET_SYNCED",
    ]);
    expect(read(goingOn("2024-03-13", { dateOfSleep: "2024-03-13", endTime: "" }))).toEqual([
      "sleep.sessions 2024-03-13 NOT_YET_SYNCED",
    ]);
    expect(read(goingOn("2024-03-11", { dateOfSleep: "2024-03-12" }))).toEqual([
      "sleep.sessions 2024-03-12 PROVIDER_ERROR",
    ]);
  });

  it("of a night that is listed twice is one night, and a night of another day is left out", () => {
    const twice = [night(7, "2024-03-12"), night(7, "2024-03-12", { efficiency: 91 }), night(8, "2024-03-10")];
    const reading = cells(of("sleep", { sleep: twice }));
    expect(reading).toEqual({ "sleep.sessions 2024-03-12": [expect.objectContaining({ id: "7", efficiency: 91 })] });
  });

  it("of the exercises loses that one, and reading goes on", () => {
    const log = (logId: unknown, some: object = {}) => ({
      logId,
      duration: 60_000 * 31,
      startTime: "2024-03-12T06:30:00.000+01:00",
      ...some,
    });
    const next = "https://api.fitbit.com/1/user/-/activities/list.json?offset=100";
    const activities = [
      log(1),
      log(2, { duration: undefined }),
      log(3, { duration: "long" }),
      log(4, { inProgress: true }),
      log({}),
      log(6, { startTime: "2083-03-12T06:30:00.000+01:00" }),
      log(7, { startTime: undefined }),
      ...broken,
      log(1, { calories: 207 }),
    ];
    const reading = of("exercises", { activities, pagination: { next } });
    expect(cells(reading)).toEqual({
      "workouts.workouts 2024-03-12": [expect.objectContaining({ id: "1", durationSeconds: 1860, energyBurned: 207 })],
    });
    const error = "workouts.workouts 2024-03-12 PROVIDER_ERROR";
    const unplaced = "workouts.workouts PROVIDER_ERROR";
    expect(skipped(reading)).toEqual([
      error,
      error,
      "workouts.workouts 2024-03-12 NOT_YET_SYNCED",
      error,
      ...Array(6).fill(unplaced),
    ]);
    expect(reading.next?.path).toContain("offset=100");
  });

  it("that claims to be of a day to come does not end the list before its time", () => {
    const at = (logId: number, day: string) => ({ logId, duration: 1000, startTime: `${day}T06:30:00.000+01:00` });
    const next = "https://api.fitbit.com/1/user/-/activities/list.json?offset=100";
    const leadsOn = (last: string, input: Input) =>
      of("exercises", { activities: [at(1, "2024-03-11"), at(2, last)], pagination: { next } }, input).next !==
      undefined;
    const past = { ...days("2024-03-05", "2024-03-09"), today: "2024-03-13" };
    expect(leadsOn("2024-03-10", past)).toBe(true);
    expect(leadsOn("2024-03-11", { ...past, to: "2024-03-10" })).toBe(true);
    expect(leadsOn("2024-03-12", { ...past, to: "2024-03-10" })).toBe(false);
    expect(leadsOn("2083-03-12", { ...past, to: "2024-03-10" })).toBe(true);
    expect(leadsOn("2024-03-14", { ...past, to: "2024-03-12" })).toBe(false);
    expect(leadsOn("2024-03-15", { ...past, to: "2024-03-12" })).toBe(true);
  });

  it("of the weighings loses its own part of its own day", () => {
    const log = (some: object) => ({
      date: "2024-03-12",
      time: "07:15:30",
      source: "Aria",
      weight: 71.4,
      bmi: 23,
      ...some,
    });
    const weight = [
      log({}),
      log({}),
      log({ weight: "heavy", time: "08:00:00" }),
      log({ date: "2024-03-13", bmi: [] }),
      log({ date: "someday" }),
      log({ date: "2024-03-10" }),
    ];
    const reading = of("weight", { weight });
    const ids = reading.cells.map(({ field, day, known }) => [
      field,
      day,
      (known as unknown as { value: { id: string }[] }).value.map(({ id }) => id),
    ]);
    expect(ids).toEqual([
      ["body.weight", "2024-03-12", ["2024-03-12T07:15:30/Aria"]],
      ["body.weight", "2024-03-13", ["2024-03-13T07:15:30/Aria"]],
      ["body.bodyMassIndex", "2024-03-12", ["2024-03-12T07:15:30/Aria", "2024-03-12T08:00:00/Aria"]],
    ]);
    expect(skipped(reading)).toEqual([
      "body.weight 2024-03-12 PROVIDER_ERROR",
      "body.weight PROVIDER_ERROR",
      "body.bodyMassIndex 2024-03-13 PROVIDER_ERROR",
      "body.bodyMassIndex PROVIDER_ERROR",
    ]);
  });

  it("of devices, goals and the profile leaves the others", () => {
    const devices = of("devices", [
      { id: "1", deviceVersion: "Luxe" },
      { deviceVersion: "Nameless" },
      null,
      { id: "2" },
    ]);
    expect(cells(devices)["devices.devices"]).toMatchObject([
      { id: "1", model: "Luxe" },
      { id: "2", model: null, kind: null },
    ]);
    expect(skipped(devices)).toEqual(Array(2).fill("devices.devices PROVIDER_ERROR"));
    const goals = of("goals-weekly", { goals: { steps: 70_001, floors: "high", distance: 56.349998474121094 } });
    expect(cells(goals)["goals.weekly"]).toMatchObject([
      { metric: "STEPS", target: 70_001 },
      { metric: "DISTANCE", target: 56_349.998474 },
    ]);
    expect(skipped(goals)).toEqual(["goals.weekly PROVIDER_ERROR"]);
    expect(cells(of("profile", { user: { height: "tall", weight: 64.2, offsetFromUTCMillis: [] } }))).toEqual({
      "profile.height": "PROVIDER_ERROR",
      "profile.weight": 64.2,
      "profile.utcOffsetSeconds": "PROVIDER_ERROR",
    });
  });

  it("that is the whole answer, or an error inside it, is no answer", () => {
    for (const one of fitbit.calls) {
      const input = days("2024-03-12");
      const request = one.request(input, new Set(), berlin);
      const wrongs = [
        null,
        undefined,
        "text",
        7,
        ["devices", "spo2", "spo2/all"].includes(one.name) ? {} : [],
        { errors: [{ errorType: "system" }] },
        { error: { code: 403 } },
      ];
      for (const wrong of wrongs) expect(() => one.read(wrong, input, berlin, request)).toThrow(UnreadableAnswer);
    }
  });
});

describe("what is declared", () => {
  it("has a name of its own for each call, and asks only under the user's own path", () => {
    const names = fitbit.calls.map((one) => one.name);
    expect(new Set(names).size).toBe(names.length);
    for (const one of fitbit.calls) {
      const request = one.request(days("2024-03-12"), new Set(one.yields), berlin);
      expect(request.path).toMatch(/^\/1(\.2)?\/user\/-\/\S+\.json$/);
      expect(request.headers).toBeUndefined();
    }
  });

  it("reaches as far as the vendor lets one request", () => {
    const reaches = Object.fromEntries(
      fitbit.calls.map(({ name, reach }) => [name, reach.kind === "days" ? reach.max : reach.kind]),
    );
    expect(reaches).toMatchObject({
      "steps-series": 1095,
      "activityCalories-series": 30,
      "active-zone-minutes-series": 1095,
      "heart-series": 365,
      "heart-1sec": 1,
      "daily-summary": 1,
      exercises: "pages",
      hrv: 30,
      sleep: 100,
      weight: 31,
      fat: 30,
      profile: "once",
    });
  });

  it("says each field's scope", () => {
    const scopes = Object.fromEntries(fitbit.calls.map(({ name, scope }) => [name, scope]));
    expect(scopes).toMatchObject({
      profile: "profile",
      devices: "settings",
      "steps-1min": "activity",
      exercises: "activity",
      "heart-1min": "heartrate",
      hrv: "heartrate",
      sleep: "sleep",
      "goal-sleep": "sleep",
      weight: "weight",
      "goal-fat": "weight",
    });
  });

  it("leaves the energy of zones to one call", () => {
    const owners = fitbit.calls.filter((one) => one.yields.includes("heart.zones.energyBurned")).map((one) => one.name);
    expect(owners).toEqual(["heart-series"]);
  });

  it("claims nothing that Fitbit does not tell", () => {
    const fields = fieldsOf(fitbit);
    for (const field of ["profile.email", "profile.age", "activity.points", "heart.hrvSdnn"] as const) {
      expect(fields.has(field)).toBe(false);
    }
  });
});
