import { readFileSync } from "node:fs";
import type { Cell, Have } from "../../model/cells.js";
import type { SampleSeries, SleepRecord } from "../../model/records.js";
import type { Input } from "../provider.js";
import { polar } from "./index.js";
import { toBody, toDevice, toEnd, toProfile, toStart, toUserId } from "./mappers/account.js";
import { toFigures, toSteps, toZoneMinutes } from "./mappers/activity.js";
import { toHeartRates as toDayRates } from "./mappers/heart-rate.js";
import { toCardioLoad } from "./mappers/load.js";
import { toOxygen, toSkinTemperature } from "./mappers/readings.js";
import { toCourse as toNightCourse, toRecharge } from "./mappers/recharge.js";
import { nearestTo, offsetsOf, toHeartRates, toNight } from "./mappers/sleep.js";
import { clocked, seconds } from "./mappers/wire.js";
import { toCourse, toWorkout } from "./mappers/workout.js";

// biome-ignore lint/suspicious/noExplicitAny: a recorded answer, of which tests change parts
const fixture = (name: string): any =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));
const valuesOf = (cells: readonly Cell[]) =>
  Object.fromEntries(cells.map(({ field, day, known }) => [`${field} ${day}`, (known as { value: unknown }).value]));
const call = (name: string) => polar.calls.find((each) => each.name === name)!;
const input = (from: string, to = from, today = "2026-03-20"): Input => ({
  ...{ from, to, today },
  ...{ connectedOn: "2026-01-09", providerUserId: "60412377" },
});
const nothing: Have = { value: () => undefined };
const seriesOf = (cells: readonly Cell[]) => (cells[0]!.known as unknown as { value: SampleSeries }).value;

describe("the account", () => {
  test("has names, and the measures of physical info alone", () => {
    expect(toUserId(fixture("user"))).toBe("60412377");
    expect(valuesOf([...toProfile(fixture("user")), ...toBody(fixture("physical-info"))])).toEqual({
      "profile.givenName null": "Nils",
      "profile.familyName null": "Aho",
      "profile.dateOfBirth null": "1991-11-30",
      "profile.sex null": "MALE",
      "profile.height null": 1.84,
      "profile.weight null": 79.5,
      "goals.sleep null": [{ metric: "SLEEP", period: "DAILY", target: 455, current: null, unit: "min" }],
    });
  });

  test.each(["SOURCE_DEFAULT", "SOURCE_ESTIMATE"])("a weight of %s is nobody's", (weight_source) => {
    const answer = { ...fixture("physical-info"), weight_source };
    expect(valuesOf(toBody(answer))).not.toHaveProperty("profile.weight null");
    const page = call("physical-info weight").read(answer, input("2026-03-01", "2026-03-20"), nothing, {} as never);
    expect(valuesOf(page.cells)).toEqual({ "body.weight 2026-03-02": [] });
  });

  test("a weight is of the local day on which it was changed, and says nothing of the days before", () => {
    const have: Have = { value: () => 7200 as never };
    const { read } = call("physical-info weight");
    const page = read(fixture("physical-info"), input("2026-03-01", "2026-03-20"), have, {} as never);
    expect(valuesOf(page.cells)).toEqual({
      "body.weight 2026-03-03": [
        {
          id: "weight 1772489744000",
          time: "2026-03-03T00:15:44+02:00",
          ...{ weight: 79.5, bodyMassIndex: null, fatPercentage: null },
        },
      ],
    });
    expect(page.covers).toEqual({ from: "2026-03-03", to: "2026-03-20" });
    expect(read(fixture("physical-info"), input("2026-03-10", "2026-03-20"), have, {} as never)).toEqual({
      cells: [],
      covers: { from: "2026-03-10", to: "2026-03-20" },
    });
  });

  test("the offset is that of a night's end or of an exercise, the device that of an exercise", () => {
    expect(toEnd({ date: "2026-03-29", end_time: "2026-03-29T08:10:00+03:00" })?.offsetSeconds).toBe(10_800);
    expect(toEnd({ date: "2026-03-29", end_time: "2026-03-29T08:10:00" })).toBeNull();
    expect(toStart(fixture("exercises")[1])).toEqual({
      at: Date.parse("2026-03-18T00:10:00+09:00"),
      offsetSeconds: 32_400,
    });
    const { read } = call("newest exercise");
    expect(valuesOf(read(fixture("exercises"), input("2026-03-20"), nothing, {} as never).cells)).toEqual({
      "devices.devices null": [toDevice(fixture("exercises")[1])!.device],
    });
    expect(toDevice(fixture("exercises")[1])!.device).toMatchObject({ id: "8B70C1D9", model: "Polar Vantage M3" });
  });
});

describe("a night", () => {
  const [night] = fixture("sleep").nights;
  const only = offsetsOf([night]);

  test("has its stages, each for as long as it lasts, also past midnight", () => {
    const { record, score, date } = toNight(night, only);
    expect(date).toBe("2026-03-18");
    expect(record).toEqual({
      id: "2026-03-18",
      start: "2026-03-17T23:16:20+02:00",
      end: "2026-03-18T06:31:00+02:00",
      isMainSleep: true,
      minutesInBed: null,
      minutesAsleep: 408.5,
      minutesAwake: 27,
      minutesToFallAsleep: null,
      efficiency: null,
      stages: [
        { stage: "AWAKE", minutes: 27, count: null },
        { stage: "ASLEEP", minutes: 1.5, count: null },
        { stage: "LIGHT", minutes: 234, count: null },
        { stage: "DEEP", minutes: 81, count: null },
        { stage: "REM", minutes: 92, count: null },
      ],
      hypnogram: [
        { stage: "LIGHT", start: "2026-03-17T23:16:20+02:00", seconds: 880 },
        { stage: "LIGHT", start: "2026-03-17T23:31:00+02:00", seconds: 1620 },
        { stage: "DEEP", start: "2026-03-17T23:58:00+02:00", seconds: 2520 },
        { stage: "LIGHT", start: "2026-03-18T00:40:00+02:00", seconds: 1920 },
        { stage: "REM", start: "2026-03-18T01:12:00+02:00", seconds: 1380 },
        { stage: "AWAKE", start: "2026-03-18T01:35:00+02:00", seconds: 180 },
        { stage: "LIGHT", start: "2026-03-18T01:38:00+02:00", seconds: 15_840 },
        { stage: "ASLEEP", start: "2026-03-18T06:02:00+02:00", seconds: 60 },
        { stage: "LIGHT", start: "2026-03-18T06:03:00+02:00", seconds: 1680 },
      ],
      pending: false,
    });
    expect(score).toEqual({
      id: "2026-03-18",
      name: "Sleep score",
      ...{ value: 83, scaleMin: 1, scaleMax: 100, level: null },
      contributors: [
        { name: "Sleep duration", value: 91, scaleMin: 1, scaleMax: 100 },
        { name: "Sleep solidity", value: 77.5, scaleMin: 1, scaleMax: 100 },
        { name: "Sleep regeneration", value: 80.1, scaleMin: 1, scaleMax: 100 },
        { name: "Continuity", value: 3.4, scaleMin: 1, scaleMax: 5 },
        { name: "Sleep charge", value: 4, scaleMin: 1, scaleMax: 5 },
      ],
    });
  });

  test("has its heart rates, of which the lowest is the resting rate, and 0 is no signal", () => {
    expect(valuesOf(toHeartRates(night, only))).toEqual({
      "sleep.course:HEART_RATE 2026-03-18": [
        {
          id: "2026-03-18",
          series: {
            start: "2026-03-17T23:18:00+02:00",
            localStart: "2026-03-17T23:18:00",
            stepSeconds: null,
            offsets: [0, 300, 3000],
            values: [61, 58, 49],
          },
        },
      ],
      "heart.restingRate 2026-03-18": 49,
    });
    expect(toHeartRates({ ...night, heart_rate_samples: { "23:18": 0 } }, only)).toEqual([]);
  });

  test("without an offset takes that of its other end, else that of the nearest night", () => {
    const naive = { ...night, sleep_start_time: "2026-03-17T23:16:20" };
    expect(toNight(naive, offsetsOf([naive])).record.start).toBe("2026-03-17T23:16:20+02:00");
    const none = { ...naive, sleep_end_time: "2026-03-18T06:31:00" };
    const beside = (date: string, offset: string) => ({
      ...{ ...night, date },
      sleep_end_time: `${date}T06:31:00${offset}`,
    });
    const known = offsetsOf([beside("2026-03-14", "+09:00"), none, beside("2026-03-21", "-05:00"), null]);
    expect(toNight(none, known).record.end).toBe("2026-03-18T06:31:00-05:00");
    expect(() => toNight(none, offsetsOf([none]))).toThrow("no night tells an offset");
  });

  test("what is no measure is none", () => {
    const blind = { ...night, sleep_score: 0, continuity: 0, sleep_charge: -1, sleep_rating: 0 };
    expect(toNight(blind, only).score).toBeNull();
    const { score } = toNight({ ...blind, sleep_score: 61 }, only);
    expect(score!.contributors.map(({ name }) => name)).toEqual([
      "Sleep duration",
      "Sleep solidity",
      "Sleep regeneration",
    ]);
    const { deep_sleep: _, ...shallow } = night;
    expect(toNight(shallow, only).record).toMatchObject({ minutesAsleep: null, stages: { length: 4 } });
  });

  test("is kept if its stages can't be read, and its other nights with it", () => {
    expect(toNight({ ...night, hypnogram: [3] }, only).record).toMatchObject({
      hypnogram: null,
      refused: ["hypnogram"],
    });
    const page = call("sleep").read(
      { nights: [{ ...night, date: "2026-03-17", heart_rate_samples: { soon: 3 } }, night, {}] },
      input("2026-02-21", "2026-03-20"),
      nothing,
      {} as never,
    );
    const days = (field: string) => page.cells.filter((each) => each.field === field).map(({ day }) => day);
    expect([days("sleep.sessions"), days("heart.restingRate")]).toEqual([["2026-03-17", "2026-03-18"], ["2026-03-18"]]);
    expect(page.skipped!.map(({ field, day }) => [field, day])).toEqual([
      ["sleep.sessions", null],
      ["sleep.offsets", null],
      ["scores.SLEEP", null],
      ["sleep.course:HEART_RATE", "2026-03-17"],
      ["heart.restingRate", "2026-03-17"],
      ["sleep.course:HEART_RATE", null],
      ["heart.restingRate", null],
    ]);
  });

  test("in which clocks go back has each hour in its place, whichever offset its keys have", () => {
    const autumn = "2026-10-24T23:40:00+03:00";
    const keys = (...all: string[]) => Object.fromEntries(all.map((key) => [key, 1]));
    const times = (value: object) =>
      clocked(value, autumn, "test").map(([at]) => (at - Date.parse(autumn)) / 60_000 + 23 * 60 + 40);
    // At the offset of the start, and at the device's clock.
    expect(times(keys("23:40", "03:50", "04:10"))).toEqual([1420, 1670, 1690]);
    expect(times(keys("23:40", "03:50", "03:10", "04:20"))).toEqual([1420, 1670, 1690, 1760]);
    expect(times(keys("23:39", "00:10"))).toEqual([1419, 1450]);
  });
});

describe("a Nightly Recharge", () => {
  const [recharge] = fixture("recharges").recharges;

  test("has the variability of four hours, the breathing, and Polar's score with a charge of its own sign", () => {
    expect(valuesOf(toRecharge(recharge))).toEqual({
      "heart.hrvRmssd 2026-03-18": 63,
      "vitals.respiratoryRate 2026-03-18": { value: 13.6, method: "MEASURED" },
      "scores.READINESS 2026-03-18": [
        {
          id: "2026-03-18",
          name: "Nightly Recharge",
          ...{ value: 5, scaleMin: 1, scaleMax: 6, level: null },
          contributors: [
            { name: "ANS charge", value: -1.5, scaleMin: -10, scaleMax: 10 },
            { name: "ANS charge status", value: 3, scaleMin: 1, scaleMax: 5 },
          ],
        },
      ],
    });
    const none = { ...recharge, heart_rate_variability_avg: 0, breathing_rate_avg: 0, nightly_recharge_status: -1 };
    expect(toRecharge(none)).toEqual([]);
    expect(JSON.stringify(toRecharge({ ...recharge, ans_charge: -1 }))).toContain('"value":-1,');
  });

  test("has its courses at the offset of the night, past midnight too, and none without that night", () => {
    const night = { id: "2026-03-18", start: "2026-03-17T23:16:20+09:00" } as SleepRecord;
    expect(seriesOf(toNightCourse(recharge, "sleep.course:HRV_RMSSD", [night]) as never)).toEqual([
      {
        id: "2026-03-18",
        series: {
          start: "2026-03-17T23:41:00+09:00",
          localStart: "2026-03-17T23:41:00",
          ...{ stepSeconds: null, offsets: [0, 300, 1200], values: [58, 61, 66] },
        },
      },
    ]);
    const breathing = toNightCourse(recharge, "sleep.course:RESPIRATORY_RATE", [night]);
    expect(seriesOf(breathing as never)).toMatchObject([{ series: { stepSeconds: 300, values: [13.2, 13.9] } }]);
    expect(toNightCourse(recharge, "sleep.course:HRV_RMSSD", [{ ...night, id: "2026-03-19" }])).toEqual([]);
  });
});

describe("an activity", () => {
  const [day, still] = fixture("activities");

  test("has its figures on the day on which it began, and a 0 is a 0", () => {
    expect(valuesOf(toFigures(day))).toEqual({
      "activity.steps 2026-03-17": 10_377,
      "activity.distance 2026-03-17": 7702.4,
      "activity.energyBurned 2026-03-17": 2611,
      "activity.activeEnergyBurned 2026-03-17": 803,
    });
    expect(valuesOf(toFigures(still))).toEqual({
      "activity.steps 2026-03-18": 0,
      "activity.energyBurned 2026-03-18": 1702,
    });
  });

  test("has the minutes of its zones, each until the next one", () => {
    expect(valuesOf(toZoneMinutes(day, "2026-03-20"))).toEqual({
      "activity.sedentaryMinutes 2026-03-17": 751,
      "activity.lightlyActiveMinutes 2026-03-17": 76.5,
      "activity.moderatelyActiveMinutes 2026-03-17": 17,
      "activity.veryActiveMinutes 2026-03-17": 23,
      "activity.nonWearMinutes 2026-03-17": 161,
    });
    // How long the zone of now lasts is not known.
    expect(valuesOf(toZoneMinutes(day, "2026-03-17"))).toMatchObject({
      "activity.lightlyActiveMinutes 2026-03-17": 70.5,
    });
    expect(toZoneMinutes(still, "2026-03-20")).toEqual([]);
    const worn = { ...day.samples.activity_zones.samples[0], zone: "SEDENTARY" };
    const told = toZoneMinutes({ ...day, samples: { activity_zones: { samples: [worn] } } }, "2026-03-20");
    expect(told.map(({ field }) => field)).not.toContain("activity.nonWearMinutes");
  });

  test("has the steps of every minute, also of those that Polar leaves out", () => {
    const series = seriesOf(toSteps(day, "2026-03-20", () => []));
    expect(series).toMatchObject({ start: null, localStart: "2026-03-17T00:00:00", stepSeconds: 60 });
    expect(series.offsets).toHaveLength(1440);
    expect(series.values.slice(483, 488)).toEqual([0, 88, 88, 91, 0]);
    const today = seriesOf(toSteps(day, "2026-03-17", () => []));
    expect(today.offsets.at(-1)).toBe(487 * 60);
    const odd = { ...day, samples: { steps: { ...day.samples.steps, interval_ms: 30_000 } } };
    expect(() => toSteps(odd, "2026-03-20", () => [])).toThrow("not of minutes");
    expect(toSteps(still, "2026-03-20", () => [])).toEqual([]);
  });
});

describe("the heart through the day", () => {
  const [day] = fixture("heart-rate").heart_rates;
  const rates = (times: readonly string[]) => ({
    date: "2026-10-25",
    heart_rate_samples: times.map((sample_time, index) => ({ sample_time, heart_rate: 50 + index })),
  });
  const night = (start: string, end: string) => [{ id: end.slice(0, 10), start, end }];

  test("is at the offset of the night that ended on the day, and a rate of 0 is no signal", () => {
    const all = [
      ...night("2026-03-16T23:10:00-05:00", "2026-03-17T06:00:00-05:00"),
      { id: "q7RtZ1", start: "2026-03-18T17:00:00+09:00", end: "2026-03-18T18:00:00+09:00" },
      ...night("2026-03-17T23:16:20+02:00", "2026-03-18T06:31:00+02:00"),
    ];
    const [found, exercise, nearest] = [all, all.slice(0, 2), all.slice(0, 1)].map((some) =>
      seriesOf(toDayRates(day, () => some)),
    );
    expect(found).toEqual({
      start: "2026-03-18T00:00:00+02:00",
      localStart: "2026-03-18T00:00:00",
      stepSeconds: null,
      offsets: [190, 494, 86_398],
      values: [54, 57, 118],
    });
    expect([exercise!.start, nearest!.start]).toEqual(["2026-03-18T00:00:00+09:00", "2026-03-18T00:00:00-05:00"]);
    expect(seriesOf(toDayRates(day, () => []))).toMatchObject({ start: null, offsets: [190, 494, 86_398] });
  });

  test("is in order where clocks change in the night", () => {
    const autumn = night("2026-10-25T00:40:00+03:00", "2026-10-25T08:10:00+02:00");
    expect(seriesOf(toDayRates(rates(["03:55:00", "03:05:00", "12:00:00"]), () => autumn))).toMatchObject({
      start: "2026-10-25T00:00:00+03:00",
      offsets: [14_100, 14_700, 46_800],
    });
    const spring = night("2026-10-25T00:40:00+02:00", "2026-10-25T08:10:00+03:00");
    expect(seriesOf(toDayRates(rates(["02:55:00", "04:05:00", "12:00:00"]), () => spring)).offsets).toEqual([
      10_500, 11_100, 39_600,
    ]);
    // Nothing shows when they were changed: by the waking.
    expect(seriesOf(toDayRates(rates(["02:55:00", "03:00:00", "12:00:00"]), () => autumn)).offsets).toEqual([
      10_500, 10_800, 46_800,
    ]);
    expect(seriesOf(toDayRates(rates(["02:55:00"]), () => autumn)).offsets).toEqual([10_500]);
  });

  test.each([
    ["an object with a list", fixture("heart-rate")],
    ["a bare list", fixture("heart-rate").heart_rates],
    ["one day alone", day],
  ])("may come as %s", (_, answer) => {
    const { cells } = call("continuous-heart-rate").read(answer, input("2026-03-18"), nothing, {} as never);
    expect(cells).toHaveLength(1);
  });

  test.each([[{}], [null], ["x"], [{ heart_rates: {} }]])("never is nothing in an answer like %j", (answer) => {
    const { read } = call("continuous-heart-rate");
    expect(() => read(answer, input("2026-03-18"), nothing, {} as never)).toThrow("heart_rates");
  });
});

describe("loads, readings and temperatures", () => {
  test("a cardio load of −1 is none, beside a strain that is one, and a 0 is a 0", () => {
    const [full, partly, none, zero] = fixture("cardio-load").map(toCardioLoad);
    const noScale = { scaleMin: null, scaleMax: null };
    expect(full).toEqual({
      ...{ id: "2026-03-17", date: "2026-03-17", name: "Cardio load", value: 96.25, level: "PRODUCTIVE", ...noScale },
      contributors: [
        { name: "Strain", value: 54.5, ...noScale },
        { name: "Tolerance", value: 48.75, ...noScale },
        { name: "Cardio load ratio", value: 1.118, ...noScale },
      ],
    });
    expect(partly).toMatchObject({ value: null, level: null, contributors: [{ name: "Strain", value: 53.5 }] });
    expect([none, zero?.value]).toEqual([null, 0]);
  });

  test("a test of oxygen counts if it was passed, in seconds as in milliseconds", () => {
    expect(fixture("spo2").map(toOxygen)).toEqual([
      { id: "spo2 1773905400000", time: "2026-03-19T09:30:00+02:00", percent: 97 },
      { id: "spo2 1773991860", time: "2026-03-19T22:01:00-09:30", percent: 95 },
      null,
    ]);
  });

  test("a temperature is of the day of the night, and a deviation of −1 is one", () => {
    expect(valuesOf(fixture("skin-temperature").flatMap(toSkinTemperature))).toEqual({
      "vitals.skinTemperature 2026-03-18": { value: 34.62, method: "MEASURED" },
      "vitals.skinTemperatureDeviation 2026-03-18": { value: -1, method: "MEASURED" },
      "vitals.skinTemperature 2026-03-19": { value: 34.18, method: "MEASURED" },
    });
  });
});

describe("an exercise", () => {
  const [run, ski] = fixture("exercises");

  test("has its time, zones and load", () => {
    expect(toWorkout(run)).toEqual({
      id: "q7RtZ1",
      kind: "RUNNING",
      name: "ROAD_RUNNING",
      start: "2026-03-17T18:21:05+02:00",
      end: "2026-03-17T19:08:35.500+02:00",
      durationSeconds: 2851,
      distance: 8450,
      energyBurned: 566,
      steps: null,
      averageHeartRate: 151,
      points: null,
      maxHeartRate: 174,
      zones: [
        { kind: "LIGHT", minRate: 94, maxRate: 113, minutes: 130 / 60, energyBurned: null },
        { kind: "MODERATE", minRate: 113, maxRate: 132, minutes: 5.4, energyBurned: null },
        { kind: "VIGOROUS", minRate: 132, maxRate: 169, minutes: 33.2, energyBurned: null },
        { kind: "PEAK", minRate: 169, maxRate: 188, minutes: 404.5 / 60, energyBurned: null },
      ],
      load: 96.4,
      loadName: "Training load",
    });
    const { training_load: _, ...without } = run;
    expect(toWorkout(without)).toMatchObject({ load: 88.5, loadName: "Cardio load" });
  });

  test("of another zone is on its own day, and what it lacks is null", () => {
    expect(toWorkout(ski)).toMatchObject({
      ...{ kind: "WATER_SPORTS", start: "2026-03-18T00:10:00+09:00", end: "2026-03-19T00:10:02+09:00" },
      ...{ distance: null, averageHeartRate: null, zones: null, load: null, loadName: null },
    });
  });

  test.each([
    ["TRAIL_RUNNING", "RUNNING", "RUNNING"],
    ["INDOOR_CYCLING", "CYCLING", "CYCLING"],
    ["STRENGTH_TRAINING", "OTHER", "STRENGTH"],
    ["CROSS-COUNTRY_SKIING", "OTHER", "SKIING"],
    ["WATERSPORTS_KAYAKING", "OTHER", "WATER_SPORTS"],
    ["TABLE_TENNIS", "OTHER", "OTHER"],
    [undefined, "SWIMMING", "SWIMMING"],
    ["SOMETHING_NEW", "HIKING", "HIKING"],
  ])("%s of %s is %s", (detailed_sport_info, sport, kind) => {
    expect(toWorkout({ ...run, detailed_sport_info, sport }).kind).toBe(kind);
  });

  test("has a course of each sensor, from its start, without what the sensor missed", () => {
    const course = (name: "HEART_RATE" | "SPEED" | "CADENCE" | "ALTITUDE" | "POWER") =>
      toCourse(run, `workouts.course:${name}`)?.course;
    expect(course("HEART_RATE")).toEqual({
      start: "2026-03-17T18:21:05+02:00",
      localStart: "2026-03-17T18:21:05",
      ...{ stepSeconds: null, offsets: [0, 5, 15], values: [97, 104, 118] },
    });
    expect([course("SPEED"), course("CADENCE"), course("ALTITUDE"), course("POWER")]).toMatchObject([
      { stepSeconds: 1, values: [2.5, 3] },
      { stepSeconds: 2, values: [81, 82.5] },
      { stepSeconds: 3, values: [12.5, -4] },
      undefined,
    ]);
  });
});

test.each([
  ["PT3H11M", 11_460],
  ["PT12.5S", 12.5],
  ["P2DT1H", 176_400],
  ["PT0S", 0],
  [undefined, null],
  ["", null],
])("the duration %s is %s seconds", (text, expected) => expect(seconds(text, "duration")).toBe(expected));

test.each(["3H", "PT1H2", "-PT1H", "P1Y", 90, "PT1M1H"])("%s is no duration", (text) =>
  expect(() => seconds(text, "duration")).toThrow("not a duration"),
);

test("of two nights that are equally near to a day the earlier one tells its offset, in whatever order they come", () => {
  const [before, after] = [
    { day: "2026-03-10", seconds: 3_600 },
    { day: "2026-03-14", seconds: 7_200 },
  ];
  for (const all of [
    [before, after],
    [after, before],
  ])
    expect(nearestTo("2026-03-12", all)).toBe(before);
  expect(nearestTo("2026-03-13", [before, after])).toBe(after);
  expect(nearestTo("2026-03-13", [])).toBeUndefined();
});
