import { readFileSync } from "node:fs";
import { parseLossless, UnreadableAnswer } from "../../http/json.js";
import type { Have } from "../../model/cells.js";
import type { Field } from "../../model/fields.js";
import { type Call, fieldsOf, type Input, type Reading } from "../provider.js";
import { fitbit } from "./index.js";

const fixture = (name: string): unknown =>
  parseLossless(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));

const call = (name: string): Call => fitbit.calls.find((one) => one.name === name)!;
const berlin: Have = {
  value: ((field: Field) => (field === "profile.timeZone" ? "Europe/Berlin" : undefined)) as never,
};
const nowhere: Have = { value: () => undefined };
const days = (from: string, to = from): Input => ({ from, to, today: "2024-03-13", providerUserId: "9XYZ12" });
const readAnswer = (name: string, answer: unknown, input: Input, have: Have): Reading =>
  call(name).read(answer, input, have, call(name).request(input, new Set(), have));
const read = (name: string, file: string, input = days("2024-03-12"), have = berlin): Reading =>
  readAnswer(name, fixture(file), input, have);
/** Cells as "field day" → value, or the reason why there is none. */
const cells = (reading: { readonly cells?: Reading["cells"] }) =>
  Object.fromEntries(
    (reading.cells ?? []).map(({ field, day, known }) => [
      day === null ? field : `${field} ${day}`,
      "value" in known ? known.value : known.nothing,
    ]),
  );

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
        },
        {
          id: "88f7c6a5b4e3",
          model: "Aria",
          kind: "SCALE",
          firmware: null,
          batteryPercent: null,
          lastSyncAt: "2024-01-09T06:05:04+01:00",
        },
        { id: "331122", model: null, kind: "SOMETHING_NEW", firmware: null, batteryPercent: null, lastSyncAt: null },
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
    });
    expect(reading.covers).toEqual({ from: "2024-03-12", to: "2024-03-12" });
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
    });
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
    expect(cells(read("distance-series", "distance-series"))).toEqual({
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
  });

  it.each([
    [{ "activities-steps": [{ dateTime: "2024-03-12" }] }],
    [{ "activities-steps": [{ value: "5" }] }],
    [{ "activities-floors": [] }],
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
    expect(() => readAnswer("heart-series", day({}), days("2024-03-12"), berlin)).toThrow(UnreadableAnswer);
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
      covers: null,
    });
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
        part(...aria, { weight: 71.4 }),
        part("2024-03-12T23:59:59/API", null, { weight: 71.2 }),
        part("2024-03-12T23:59:59/API#2", null, { weight: 70.9 }),
      ],
      "body.weight 2024-03-31": [part("2024-03-31T03:00:05/AriaAir", "2024-03-31T03:00:05+02:00", { weight: 70.1 })],
      "body.bodyMassIndex 2024-03-12": [
        part(...aria, { bodyMassIndex: 23.05 }),
        part("2024-03-12T23:59:59/API", null, { bodyMassIndex: 22.98 }),
        part("2024-03-12T23:59:59/API#2", null, { bodyMassIndex: 22.91 }),
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
        },
      ],
    });
  });

  it("end with the first page that leads past the span", () => {
    const reading = read("exercises", "exercises-past-the-end", span);
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
