import { readFileSync } from "node:fs";
import { UnreadableAnswer } from "../../http/json.js";
import { checked } from "../../model/bounds.js";
import { type Cell, cell, type Have } from "../../model/cells.js";
import type { Field, FieldValue } from "../../model/fields.js";
import type { OffsetRecord } from "../../model/records.js";
import { addDays } from "../../model/time.js";
import type { Input } from "../provider.js";
import { oura } from "./index.js";

// biome-ignore lint/suspicious/noExplicitAny: tests change recorded answers as a stranger would.
const fixture = (name: string): any =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));
const day = "2026-11-18";
const call = (name: string) => oura.calls.find((each) => each.name === name)!;
const input: Input = { from: day, to: day, today: "2026-11-20", connectedOn: "2026-01-15", providerUserId: null };
const knowing = (values: Readonly<Record<string, FieldValue>>): Have => ({
  value: ((field: Field, of: string | null = null) => values[`${field} ${of ?? ""}`.trim()]) as Have["value"],
});
const nothing = knowing({});
const request = (name: string, over: Partial<Input> = {}, have = nothing) =>
  call(name).request({ ...input, ...over }, new Set(), have);
const read = (name: string, answer: unknown, over: Partial<Input> = {}, have = nothing) =>
  call(name).read(answer, { ...input, ...over }, have, request(name, over, have));
const valueIn = (cells: readonly Cell[], field: Field, of: string | null = day) => {
  const known = cells.find((each) => each.field === field && each.day === of)?.known;
  return known && "value" in known ? known.value : undefined;
};
const answerOf = (...documents: object[]) => ({ data: documents, next_token: null });

describe("requests", () => {
  const path = "/v2/usercollection/";

  it.each([
    ["daily_activity", { start_date: "2026-11-17", end_date: "2026-11-20" }],
    ["daily_readiness", { start_date: "2026-11-17", end_date: "2026-11-19" }],
    ["daily_sleep", { start_date: "2026-11-17", end_date: "2026-11-19" }],
    ["daily_resilience", { start_date: "2026-11-17", end_date: "2026-11-19" }],
    ["daily_spo2", { start_date: "2026-11-17", end_date: "2026-11-19" }],
    ["daily_stress", { start_date: "2026-11-17", end_date: "2026-11-19" }],
    ["daily_cardiovascular_age", { start_date: "2026-11-17", end_date: "2026-11-19" }],
    ["vO2_max", { start_date: "2026-11-17", end_date: "2026-11-19" }],
    ["sleep", { start_date: "2026-11-17", end_date: "2026-11-19" }],
    ["workout", { start_date: "2026-11-17", end_date: "2026-11-19" }],
    ["ring_battery_level", { latest: "true" }],
  ])("of %s has the path and the query of the description", (name, query) => {
    expect(request(name)).toEqual({ method: "GET", path: path + name, query });
  });

  it.each(["personal_info", "ring_configuration"])("of %s has no query", (name) => {
    expect(request(name)).toEqual({ method: "GET", path: path + name });
  });

  it("of a next page repeats the parameters, and proves nothing before the last", () => {
    const { covers, next } = read("sleep", { data: [], next_token: "b3Zlci0x" });
    expect(covers).toBeNull();
    expect(next).toEqual({ ...request("sleep"), query: { ...request("sleep").query, next_token: "b3Zlci0x" } });
    expect(read("sleep", { data: [], next_token: "" })).toEqual({
      cells: [],
      skipped: [],
      covers: { from: day, to: day },
    });
    expect(() => read("sleep", { data: [], next_token: 7 })).toThrow(UnreadableAnswer);
    expect(() => read("sleep", { data: [], next_token: "x".repeat(5000) })).toThrow("no token");
  });

  it("of no answer without its list reads a day without data", () => {
    for (const { name } of oura.calls) expect(() => read(name, [])).toThrow(UnreadableAnswer);
    for (const { name } of oura.calls.filter(({ reach }) => reach.kind === "days"))
      expect(() => read(name, {})).toThrow("data is not a list");
  });
});

describe("a day", () => {
  it("has its figures in our units", () => {
    const { cells, skipped } = read("daily_activity", fixture("daily-activity"));
    expect(skipped).toEqual([]);
    const figures = cells.filter(({ field }) => field.startsWith("activity.") && field !== "activity.offsets");
    expect(figures).toEqual([
      cell("activity.steps", day, 10_412),
      cell("activity.distance", day, 8764),
      cell("activity.energyBurned", day, 2391),
      cell("activity.activeEnergyBurned", day, 517),
      cell("activity.lightlyActiveMinutes", day, 241),
      cell("activity.moderatelyActiveMinutes", day, 49),
      cell("activity.veryActiveMinutes", day, 17),
      cell("activity.sedentaryMinutes", day, 573),
      cell("activity.nonWearMinutes", day, 35),
    ]);
  });

  it("tells the offset of its own day and of those beside, whose midnights it knows", () => {
    const { cells } = read("daily_activity", fixture("daily-activity"), {
      from: addDays(day, -1),
      to: addDays(day, 1),
    });
    const offsets = cells.filter(({ field }) => field === "activity.offsets");
    expect(offsets.map((each) => each.day)).toEqual([addDays(day, -1), day, addDays(day, 1)]);
    expect(new Set(offsets.map(({ known }) => JSON.stringify(known))).size).toBe(1);
  });

  it("keeps zeros, and is lost alone where it can't be read", () => {
    const [good] = fixture("daily-activity").data;
    const still = { ...good, steps: 0, non_wear_time: 0, timestamp: "?" };
    const { cells, skipped } = read("daily_activity", answerOf({ ...good, day: "18/11" }, still));
    expect(valueIn(cells, "activity.steps")).toBe(0);
    expect(valueIn(cells, "activity.nonWearMinutes")).toBe(0);
    expect(valueIn(cells, "activity.offsets")).toBeUndefined();
    expect(new Set(skipped!.map(({ day: of, reason }) => `${of} ${reason}`))).toEqual(new Set(["null PROVIDER_ERROR"]));
  });

  it("tells the offset and the goals of now by the newest document", () => {
    const [good] = fixture("daily-activity").data;
    const older = { ...good, day: "2026-11-17", timestamp: "2026-11-17T04:00:00+09:00", target_calories: 300 };
    expect(read("daily_activity newest", answerOf(good, older)).cells).toEqual([
      cell("profile.utcOffsetSeconds", null, 3600),
      cell("goals.daily", null, [
        { metric: "ACTIVE_ENERGY_BURNED", period: "DAILY", target: 450, current: null, unit: "kcal" },
        { metric: "DISTANCE", period: "DAILY", target: 7900, current: null, unit: "m" },
      ]),
    ]);
    expect(read("daily_activity newest", answerOf()).cells).toEqual([]);
    expect(request("daily_activity newest").query).toEqual({ start_date: "2026-11-13", end_date: "2026-11-22" });
  });
});

describe("scores", () => {
  const scale = { scaleMin: 1, scaleMax: 100 };

  it.each([
    [
      "daily_activity",
      "scores.ACTIVITY",
      { id: "5c1d9e70-1", name: "Activity", value: 83 },
      {
        "Meet daily targets": 79,
        "Move every hour": 94,
        "Recovery time": 98,
        "Stay active": 72,
        "Training frequency": 91,
        "Training volume": null,
      },
    ],
    [
      "daily_readiness",
      "scores.READINESS",
      { id: "r-18", name: "Readiness", value: 77 },
      {
        "Activity balance": 81,
        "Body temperature": 96,
        "HRV balance": null,
        "Previous day activity": 75,
        "Previous night": 68,
        "Recovery index": 59,
        "Resting heart rate": 87,
        "Sleep balance": 70,
      },
    ],
    [
      "daily_sleep",
      "scores.SLEEP",
      { id: "s-18", name: "Sleep", value: 74 },
      {
        "Deep sleep": 93,
        Efficiency: 84,
        Latency: 61,
        "REM sleep": 55,
        Restfulness: 66,
        Timing: 99,
        "Total sleep": 71,
      },
    ],
  ] as const)("of %s keep their scale and their contributors", (name, field, score, parts) => {
    const { cells } = read(name, fixture(name.replace("_", "-")));
    const contributors = Object.entries(parts).map(([of, value]) => ({ name: of, value, ...scale }));
    expect(valueIn(cells, field)).toEqual([{ ...score, ...scale, level: null, contributors }]);
  });

  it("of resilience are a word", () => {
    const percent = { scaleMin: 0, scaleMax: 100 };
    expect(valueIn(read("daily_resilience", fixture("daily-resilience")).cells, "scores.RESILIENCE")).toEqual([
      {
        ...{ id: "l-18", name: "Resilience", value: null, scaleMin: null, scaleMax: null, level: "solid" },
        contributors: [
          { name: "Sleep recovery", value: 64.2, ...percent },
          { name: "Daytime recovery", value: 31.7, ...percent },
          { name: "Stress", value: 58.9, ...percent },
        ],
      },
    ]);
  });

  it("beyond their own scale are none that can be believed", () => {
    const [good] = fixture("daily-sleep").data;
    const { cells } = read("daily_sleep", answerOf({ ...good, score: 101, contributors: { timing: 0 } }));
    const [score] = (checked(cells[0]!, day).known as { value: readonly object[] }).value;
    expect(score).toMatchObject({ value: null, refused: ["value"], contributors: [{ value: null }] });
  });

  it("may be there without a value", () => {
    const [good] = fixture("daily-sleep").data;
    const { cells } = read("daily_sleep", answerOf({ ...good, score: null, contributors: null }));
    expect(valueIn(cells, "scores.SLEEP")).toMatchObject([{ value: null, contributors: [] }]);
  });
});

describe("vitals", () => {
  const span = { from: "2026-11-17" };
  const measured = (value: number) => ({ value, method: "MEASURED" });

  it("an oxygen saturation of 0 is none, and no stress is 0 minutes", () => {
    const answers = fixture("vitals");
    expect(read("daily_spo2", answers.daily_spo2, span).cells).toEqual([
      cell("vitals.oxygenSaturation", day, { value: 96.813, method: "MEASURED" }),
      cell("vitals.breathingDisturbanceIndex", day, { value: 4, method: "MEASURED" }),
    ]);
    expect(read("daily_stress", answers.daily_stress, span).cells).toEqual([
      cell("vitals.stressMinutes", day, { value: 0, method: null }),
      cell("vitals.recoveryMinutes", day, { value: 105, method: null }),
    ]);
  });

  it("of the heart are read from documents without an id too", () => {
    const answers = fixture("vitals");
    const { cells } = read("daily_cardiovascular_age", answers.daily_cardiovascular_age);
    expect(valueIn(cells, "vitals.vascularAgeYears")).toEqual({ value: 38, method: null });
    expect(valueIn(cells, "vitals.pulseWaveVelocity")).toEqual({ value: 7.21, method: null });
    expect(valueIn(read("vO2_max", answers.vO2_max).cells, "vitals.vo2Max")).toEqual({ value: 41, method: null });
  });

  it("the deviation of the temperature is that of readiness", () => {
    const { cells } = read("daily_readiness", fixture("daily-readiness"));
    expect(valueIn(cells, "vitals.skinTemperatureDeviation")).toEqual(measured(-0.17));
  });
});

describe("sleep", () => {
  it("keeps nights and naps, and leaves out what was none", () => {
    const { cells, skipped, covers } = read("sleep", fixture("sleep"));
    expect([skipped, covers]).toEqual([[], { from: day, to: day }]);
    expect(valueIn(cells, "sleep.sessions")).toEqual([
      {
        ...{ id: "n-18", start: "2026-11-18T02:20:00+01:00", end: "2026-11-18T02:52:00+01:00", isMainSleep: true },
        ...{ minutesInBed: 32, minutesAsleep: 25, minutesAwake: 7, minutesToFallAsleep: 4.5, efficiency: 78 },
        stages: [
          { stage: "AWAKE", minutes: 7, count: null },
          { stage: "LIGHT", minutes: 11.5, count: null },
          { stage: "DEEP", minutes: 8, count: null },
          { stage: "REM", minutes: 5.5, count: null },
        ],
        hypnogram: [
          { stage: "AWAKE", start: "2026-11-18T02:20:00+01:00", seconds: 300 },
          { stage: "LIGHT", start: "2026-11-18T02:25:00+01:00", seconds: 600 },
          { stage: "DEEP", start: "2026-11-18T02:35:00+01:00", seconds: 600 },
          { stage: "LIGHT", start: "2026-11-18T02:45:00+01:00", seconds: 300 },
          // Cut at the end of the night.
          { stage: "REM", start: "2026-11-18T02:50:00+01:00", seconds: 120 },
        ],
        ...{ pending: false, averageHeartRate: 57.25, lowestHeartRate: 51, respiratoryRate: 14.125 },
      },
      {
        // Oura files it under the next day: here it stands on its own evening.
        ...{ id: "n-nap", start: "2026-11-18T21:41:00+01:00", end: "2026-11-18T22:26:00+01:00", isMainSleep: false },
        // Whoever falls asleep at once needs 0 minutes.
        ...{ minutesInBed: 45, minutesAsleep: 36, minutesAwake: 9, minutesToFallAsleep: 0, efficiency: 80 },
        ...{ stages: null, hypnogram: null, pending: false },
        // 255 is none.
        ...{ averageHeartRate: 63.5, lowestHeartRate: null, respiratoryRate: null },
      },
    ]);
  });

  it("gives the day the figures of its main sleep alone, and each night its courses", () => {
    const { cells } = read("sleep", fixture("sleep"));
    expect(valueIn(cells, "heart.restingRate")).toBe(51);
    expect(valueIn(cells, "heart.hrvRmssd")).toBe(46);
    expect(valueIn(cells, "vitals.respiratoryRate")).toEqual({ value: 14.125, method: "MEASURED" });
    expect(valueIn(cells, "sleep.course:HEART_RATE")).toEqual([
      {
        id: "n-18",
        series: {
          ...{ start: "2026-11-18T02:25:00+01:00", localStart: "2026-11-18T02:25:00", stepSeconds: 300 },
          ...{ offsets: [0, 300, 900, 1200, 1500], values: [62, 58, 54, 53, 52] },
        },
      },
    ]);
    expect(valueIn(cells, "sleep.course:HRV_RMSSD")).toMatchObject([
      { id: "n-18", series: { start: "2026-11-18T02:20:00+01:00", values: [31, 40, 45, 57, 49, 44] } },
    ]);
  });

  it("has no resting rate where the lowest one is 255, and none by naps", () => {
    const [night, , , nap] = fixture("sleep").data;
    const none = read("sleep", answerOf({ ...night, lowest_heart_rate: 255, average_hrv: null })).cells;
    expect([valueIn(none, "heart.restingRate"), valueIn(none, "heart.hrvRmssd")]).toEqual([undefined, undefined]);
    const rested = read("sleep", answerOf({ ...nap, lowest_heart_rate: 58, average_hrv: 71 })).cells;
    expect([valueIn(rested, "heart.restingRate"), valueIn(rested, "heart.hrvRmssd")]).toEqual([undefined, undefined]);
  });

  it("of two long sleeps the longer one is the main sleep", () => {
    const [night] = fixture("sleep").data;
    const second = {
      ...{ ...night, id: "n-2", bedtime_start: "2026-11-18T05:01:00+01:00", bedtime_end: "2026-11-18T09:13:00+01:00" },
      ...{ time_in_bed: 15_120, lowest_heart_rate: 48 },
    };
    const { cells } = read("sleep", answerOf(second, night));
    expect(valueIn(cells, "sleep.sessions")).toMatchObject([
      { id: "n-18", isMainSleep: false },
      { id: "n-2", isMainSleep: true },
    ]);
    expect(valueIn(cells, "heart.restingRate")).toBe(48);
  });

  it("takes the finer digits, and skips digits that nobody knows", () => {
    const [night] = fixture("sleep").data;
    const fine = { ...night, sleep_phase_30_sec: "4411x2" };
    expect(valueIn(read("sleep", answerOf(fine)).cells, "sleep.sessions")).toMatchObject([
      {
        hypnogram: [
          { stage: "AWAKE", start: "2026-11-18T02:20:00+01:00", seconds: 60 },
          { stage: "DEEP", start: "2026-11-18T02:21:00+01:00", seconds: 60 },
          { stage: "LIGHT", start: "2026-11-18T02:22:30+01:00", seconds: 30 },
        ],
      },
    ]);
  });

  it("says that the stages could not be read where they are no digits", () => {
    const [night] = fixture("sleep").data;
    const odd = { ...night, sleep_phase_5_min: [4, 2, 2] };
    expect(valueIn(read("sleep", answerOf(odd)).cells, "sleep.sessions")).toMatchObject([
      { minutesAsleep: 25, hypnogram: null, refused: ["hypnogram"] },
    ]);
  });

  it("keeps a night whose samples can't be read, and one of an unknown type", () => {
    const [night] = fixture("sleep").data;
    const odd = { ...night, type: "siesta", heart_rate: { interval: 0, items: [70] } };
    const { cells, skipped } = read("sleep", answerOf(odd));
    expect(valueIn(cells, "sleep.sessions")).toMatchObject([{ isMainSleep: null, minutesAsleep: 25 }]);
    expect(valueIn(cells, "sleep.course:HRV_RMSSD")).toHaveLength(1);
    expect(skipped).toMatchObject([{ field: "sleep.course:HEART_RATE", day, reason: "PROVIDER_ERROR" }]);
  });

  it("across a change of clocks has both offsets, and lasts what elapses", () => {
    const [night] = fixture("sleep").data;
    const long = {
      ...{ ...night, bedtime_start: "2026-10-24T23:30:00+02:00", bedtime_end: "2026-10-25T07:10:00+01:00" },
      ...{ time_in_bed: 31_200, sleep_phase_5_min: "2".repeat(104) },
    };
    const [session] = valueIn(
      read("sleep", answerOf(long), { from: "2026-10-25", to: "2026-10-25" }).cells,
      "sleep.sessions",
      "2026-10-25",
    ) as readonly object[];
    expect(session).toMatchObject({
      ...{ start: "2026-10-24T23:30:00+02:00", end: "2026-10-25T07:10:00+01:00", minutesInBed: 520 },
      hypnogram: [{ stage: "LIGHT", start: "2026-10-24T23:30:00+02:00", seconds: 31_200 }],
    });
  });
});

describe("workouts", () => {
  it("compare instants: a time in UTC takes the offset of the other one", () => {
    const { cells } = read("workout", fixture("workout"));
    const nothingElse = { steps: null, averageHeartRate: null, points: null };
    expect(valueIn(cells, "workouts.workouts")).toEqual([
      {
        ...{ id: "w-2", kind: "OTHER", name: "nordic_walking", ...nothingElse },
        ...{ start: "2026-11-18T10:35:00+01:00", end: "2026-11-18T10:53:00+01:00", durationSeconds: 1080 },
        ...{ distance: null, energyBurned: 0 },
      },
      {
        ...{ id: "w-1", kind: "RUNNING", name: "running", ...nothingElse },
        ...{ start: "2026-11-18T17:31:00+01:00", end: "2026-11-18T18:09:00+01:00", durationSeconds: 2280 },
        ...{ distance: 6120.53, energyBurned: 341.207 },
      },
    ]);
  });

  it("have the heart rates within them", () => {
    const workouts = valueIn(read("workout", fixture("workout")).cells, "workouts.workouts")!;
    const have = knowing({ [`workouts.workouts ${day}`]: workouts });
    expect(request("heartrate of workouts", {}, have)).toMatchObject({
      path: "/v2/usercollection/heartrate",
      query: { start_datetime: "2026-11-18T09:35:00Z", end_datetime: "2026-11-18T17:09:01Z" },
    });
    const { cells } = read("heartrate of workouts", fixture("heartrate"), {}, have);
    expect(cells).toEqual([
      cell("workouts.course:HEART_RATE", day, [
        {
          id: "w-1",
          series: {
            ...{ start: "2026-11-18T18:02:00+01:00", localStart: "2026-11-18T18:02:00" },
            ...{ stepSeconds: null, offsets: [0], values: [142] },
          },
        },
      ]),
    ]);
  });
});

describe("heart rates", () => {
  const record = (of: string, offset: string): OffsetRecord => ({
    ...{ id: of, start: `${of}T04:00:00${offset}`, end: `${of}T04:00:00${offset}` },
  });
  const have = (records: readonly OffsetRecord[], sleeps: readonly OffsetRecord[] = []) =>
    knowing({ [`activity.offsets ${day}`]: records, [`sleep.offsets ${day}`]: sleeps });
  const spanOf = (known: Have) => {
    const { query } = request("heartrate", {}, known);
    return [query!["start_datetime"], query!["end_datetime"]];
  };

  it("of a day are those between its midnights", () => {
    const known = have([record("2026-11-17", "+01:00"), record(day, "+01:00"), record("2026-11-19", "+01:00")]);
    expect(spanOf(known)).toEqual(["2026-11-17T23:00:00Z", "2026-11-18T23:00:00Z"]);
    expect(read("heartrate", fixture("heartrate"), {}, known).cells).toEqual([
      cell("heart.samples:ONE_SECOND", day, {
        ...{ start: "2026-11-18T00:00:00+01:00", localStart: "2026-11-18T00:00:00", stepSeconds: null },
        ...{ offsets: [0, 64_920, 86_399], values: [57, 142, 66] },
      }),
    ]);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ["a spring change of clocks", ["+01:00", "+02:00", "+02:00"], ["2026-11-17T23:00:00Z", "2026-11-18T22:00:00Z"]],
    ["an autumn one", ["+02:00", "+01:00", "+01:00"], ["2026-11-17T22:00:00Z", "2026-11-18T23:00:00Z"]],
    ["a journey on the day before", ["+02:00", "+09:00", "+09:00"], ["2026-11-17T15:00:00Z", "2026-11-18T15:00:00Z"]],
    ["a journey on the day", ["-05:00", "-05:00", "+01:00"], ["2026-11-18T05:00:00Z", "2026-11-18T23:00:00Z"]],
  ])("around %s begin and end at the midnights of the person", (_, [before, own, after], span) => {
    const records = [record("2026-11-17", before!), record(day, own!), record("2026-11-19", after!)];
    expect(spanOf(have(records))).toEqual(span);
  });

  it("take the offset of the sleep that holds a midnight", () => {
    const records = [record("2026-11-17", "+02:00"), record(day, "+02:00"), record("2026-11-19", "+02:00")];
    const sleep = { id: "n", start: "2026-11-18T23:10:00-03:00", end: "2026-11-19T06:40:00-03:00" };
    expect(spanOf(have(records, [sleep]))).toEqual(["2026-11-17T22:00:00Z", "2026-11-19T03:00:00Z"]);
  });

  it("make do with what is known", () => {
    expect(spanOf(have([record(day, "+05:30")]))).toEqual(["2026-11-17T18:30:00Z", "2026-11-18T18:30:00Z"]);
    expect(spanOf(nothing)).toEqual(["2026-11-18T00:00:00Z", "2026-11-19T00:00:00Z"]);
  });

  it("lose one sample to a bad one", () => {
    const answer = fixture("heartrate");
    answer.data.push({ bpm: 71 });
    const { cells, skipped } = read("heartrate", answer, {}, have([record(day, "+01:00")]));
    expect(valueIn(cells, "heart.samples:ONE_SECOND")).toMatchObject({ values: [57, 142, 66] });
    expect(skipped).toMatchObject([{ day: null, reason: "PROVIDER_ERROR" }]);
  });
});

describe("the account", () => {
  it("is named by an id, whatever was granted", () => {
    const [identity] = oura.afterConsent;
    expect(identity!.read({ id: "7d1f5c0a", age: null })).toEqual({ providerUserId: "7d1f5c0a" });
    expect(() => identity!.read({ age: 37 })).toThrow(UnreadableAnswer);
  });

  it("has figures of its own, in m and kg", () => {
    const { personal_info: answer } = fixture("account");
    expect(read("personal_info", answer).cells).toEqual([
      cell("profile.age", null, 37),
      cell("profile.sex", null, "FEMALE"),
      cell("profile.height", null, 1.72),
      cell("profile.weight", null, 68.4),
    ]);
    expect(read("personal_info email", answer).cells).toEqual([cell("profile.email", null, "person@example.test")]);
    expect(read("personal_info", { id: "x", biological_sex: "intersex" }).cells).toEqual([
      cell("profile.sex", null, "OTHER"),
    ]);
  });

  it("has rings, the newest first and with its battery", () => {
    const answers = fixture("account");
    const battery = valueIn(read("ring_battery_level", answers.ring_battery_level).cells, "devices.batteries", null)!;
    const { cells } = read(
      "ring_configuration",
      answers.ring_configuration,
      {},
      knowing({ "devices.batteries": battery }),
    );
    const ring = { kind: "RING", lastSyncAt: null };
    expect(cells).toEqual([
      cell("devices.devices", null, [
        { id: "ring-new", model: "gen4", firmware: "3.4.12", batteryPercent: 64, isCharging: true, ...ring },
        { id: "ring-old", model: "gen3", firmware: "2.9.31", batteryPercent: null, ...ring },
      ] as never),
    ]);
    const undated = read("ring_battery_level", answerOf({ timestamp: "?", level: 12 })).cells;
    expect(valueIn(undated, "devices.batteries", null)).toMatchObject([{ time: null, percent: 12 }]);
    expect(read("ring_configuration", answers.ring_configuration).cells[0]!.known).toMatchObject({
      value: [{ id: "ring-new", batteryPercent: null }, { id: "ring-old" }],
    });
  });
});
