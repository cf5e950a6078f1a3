import { UnreadableAnswer } from "../../http/json.js";
import type { Have, Known } from "../../model/cells.js";
import type { Field, FieldValue } from "../../model/fields.js";
import type { SleepRecord, WeighingRecord, WorkoutRecord } from "../../model/records.js";
import { toBodyMassIndexes } from "../kit/body-mass-index.js";
import type { Input } from "../provider.js";
import { googleHealth } from "./index.js";
import { toGrantedScopes } from "./mappers/account.js";
import { toWorkoutKind } from "./mappers/workout.js";

/** One figure after the other, each different from all others, at its edge and beside it. */

const input: Input = {
  from: "2026-11-17",
  to: "2026-11-19",
  today: "2026-11-19",
  connectedOn: "2016-01-15",
  providerUserId: null,
};
const knowing = (zone: FieldValue | undefined): Have => ({
  value: ((field: Field) => (field === "profile.timeZone" ? zone : undefined)) as Have["value"],
});
const tokyo = knowing("Asia/Tokyo");
const read = (name: string, answer: unknown, have = tokyo) => {
  const call = googleHealth.calls.find((each) => each.name === name)!;
  return call.read(answer, input, have, call.request(input, new Set(), have));
};
const shown = ({ known }: { readonly known: Known }) => ("value" in known ? known.value : known.nothing);
const valuesOf = (name: string, answer: unknown) =>
  Object.fromEntries(read(name, answer).cells.map((cell) => [`${cell.field} ${cell.day ?? ""}`.trim(), shown(cell)]));
const day = (day: number) => ({ year: 2026, month: 11, day });
const row = (key: string, value: unknown) => ({
  rollupDataPoints: [{ civilStartTime: { date: day(18) }, [key]: value }],
});

describe("the account", () => {
  it("files each of its texts under its own name", () => {
    const answer = { name: "Ada V", given_name: "Ada", family_name: "Vale", picture: "https://p/7", email: "a@b.test" };
    expect(valuesOf("userinfo names", answer)).toEqual({
      "profile.displayName": "Ada V",
      "profile.givenName": "Ada",
      "profile.familyName": "Vale",
      "profile.avatarUrl": "https://p/7",
    });
    expect(valuesOf("settings", { timeZone: null, languageLocale: "zh-Hant-TW" })).toEqual({
      "profile.locale": "zh_Hant_TW",
    });
    expect(toGrantedScopes({ scope: "a b", other: "c" })).toBe("a b");
    expect(() => toGrantedScopes({ other: "c" })).toThrow(UnreadableAnswer);
  });

  it("has the figure of its newest point alone, whatever lies behind it", () => {
    const answer = (...points: unknown[]) => ({ dataPoints: points, nextPageToken: "older" });
    const height = (millimetres: unknown) => ({ height: { heightMillimeters: millimetres } });
    const whole = read("height newest", answer(height("1803"), 7, height("1702")));
    expect([whole.cells.map(shown), whole.skipped, whole.next]).toEqual([[1.803], [], undefined]);
    const broken = read("height newest", answer(7, height("1702")));
    expect(broken.cells).toEqual([]);
    expect(broken.skipped).toEqual([expect.objectContaining({ field: "profile.height", day: null })]);
    const silent = (name: string, key: string) => read(name, answer({ [key]: {} })).cells;
    expect([silent("height newest", "height"), silent("weight newest", "weight")]).toEqual([[], []]);
  });
});

describe("a day's totals", () => {
  it.each([undefined, null])("with %p in place of its value is a day without it", (value) => {
    expect(read("dailyRollUp steps", row("steps", value))).toMatchObject({ cells: [], skipped: [] });
  });

  it("keeps three levels apart, each as it is listed first", () => {
    const level = (activityLevel: string, activeMinutesSum: unknown) => ({ activityLevel, activeMinutesSum });
    const levels = [level("VIGOROUS", "31"), level("MODERATE", "47"), level("LIGHT", "183"), level("NEW", "5")];
    const again = [level("LIGHT", "1"), level("MODERATE", "2"), level("VIGOROUS", "3")];
    const minutes = (...activeMinutesRollupByActivityLevel: object[]) =>
      valuesOf("dailyRollUp active-minutes", row("activeMinutes", { activeMinutesRollupByActivityLevel }));
    expect(minutes(...levels, ...again)).toEqual({
      "activity.lightlyActiveMinutes 2026-11-18": 183,
      "activity.moderatelyActiveMinutes 2026-11-18": 47,
      "activity.veryActiveMinutes 2026-11-18": 31,
    });
    expect(minutes(level("MODERATE", "47"))).toEqual({ "activity.moderatelyActiveMinutes 2026-11-18": 47 });
  });

  it("adds up the zone minutes that there are, and has none where there are none", () => {
    const minutes = (...sums: unknown[]) => {
      const names = ["sumInFatBurnHeartZone", "sumInCardioHeartZone", "sumInPeakHeartZone"];
      const value = Object.fromEntries(names.map((name, index) => [name, sums[index]]));
      return read("dailyRollUp active-zone-minutes", row("activeZoneMinutes", value)).cells.map(shown);
    };
    expect([minutes("18", "40", "7"), minutes("18"), minutes(undefined, "40"), minutes(null, null, "7")]).toEqual([
      [65],
      [18],
      [40],
      [7],
    ]);
    expect([minutes("0"), minutes()]).toEqual([[0], []]);
  });

  it("has each zone as it is listed first, without those that say nothing", () => {
    const [time, kcal] = ["time-in-heart-rate-zone", "calories-in-heart-rate-zone"];
    const zone = (heartRateZone: string, some: object) => ({ heartRateZone, ...some });
    const minutes = (...timeInHeartRateZones: object[]) =>
      read(`dailyRollUp ${time}`, row("timeInHeartRateZone", { timeInHeartRateZones })).cells.map(shown);
    const zones = [zone("MODERATE", { duration: "1320s" }), zone("PEAK", {}), zone("LIGHT", { duration: "4500s" })];
    expect(minutes(...zones, zone("MODERATE", { duration: "60s" }))).toEqual([
      [
        { kind: "MODERATE", minutes: 22 },
        { kind: "LIGHT", minutes: 75 },
      ],
    ]);
    expect(minutes(zone("VIGOROUS", { duration: "540s" }))).toEqual([[{ kind: "VIGOROUS", minutes: 9 }]]);
    expect([minutes(zone("NEW", { duration: "540s" })), minutes()]).toEqual([[], []]);
    const energy = (...caloriesInHeartRateZones: object[]) =>
      read(`dailyRollUp ${kcal}`, row("caloriesInHeartRateZone", { caloriesInHeartRateZones })).cells.map(shown);
    expect(energy(zone("PEAK", { kcal: 61.5 }), zone("LIGHT", { kcal: 902 }), zone("PEAK", { kcal: 3 }))).toEqual([
      [
        { kind: "PEAK", energyBurned: 61.5 },
        { kind: "LIGHT", energyBurned: 902 },
      ],
    ]);
    expect([energy(zone("PEAK", {})), energy(zone("NEW", { kcal: 4 })), energy()]).toEqual([[], [], []]);
  });

  it("takes no duration for nothing, and a bad one for the provider's error", () => {
    const sat = (durationSum: unknown) =>
      read("dailyRollUp sedentary-period", row("sedentaryPeriod", { durationSum })).cells.map(shown);
    expect([sat("36090s"), sat(undefined), sat(null)]).toEqual([[602], [], []]);
    expect([sat("long"), sat(7)]).toEqual([[Number.NaN], [Number.NaN]]);
    const timeInHeartRateZones = [{ heartRateZone: "PEAK", duration: 90 }];
    const zones = read("dailyRollUp time-in-heart-rate-zone", row("timeInHeartRateZone", { timeInHeartRateZones }));
    expect(zones.cells.map(shown)).toEqual([[{ kind: "PEAK", minutes: Number.NaN }]]);
  });
});

describe("what is reckoned once a day", () => {
  const zone = (heartRateZoneType: string, min: unknown, max: unknown) => ({
    heartRateZoneType,
    minBeatsPerMinute: min,
    maxBeatsPerMinute: max,
  });
  const bounds = (...heartRateZones: unknown[]) =>
    read("reconcile daily-heart-rate-zones", {
      dataPoints: [{ dailyHeartRateZones: { date: day(18), heartRateZones } }],
    });

  it("has the bounds of each zone as it is listed first", () => {
    const zones = [zone("PEAK", "162", "219"), zone("LIGHT", "31", "93"), zone("NEW", "1", "2")];
    expect(bounds(...zones, zone("PEAK", "163", "218")).cells.map(shown)).toEqual([
      [
        { kind: "PEAK", minRate: 162, maxRate: 219 },
        { kind: "LIGHT", minRate: 31, maxRate: 93 },
      ],
    ]);
    expect(bounds(zone("MODERATE", "94", undefined)).cells.map(shown)).toEqual([
      [{ kind: "MODERATE", minRate: 94, maxRate: null }],
    ]);
    expect([bounds().cells, bounds(zone("NEW", "1", "2")).cells]).toEqual([[], []]);
  });

  it("that can't be read is lost on its own day", () => {
    expect(bounds(7)).toMatchObject({
      cells: [],
      skipped: [{ field: "heart.zones.bounds", day: "2026-11-18", reason: "PROVIDER_ERROR" }],
    });
  });
});

describe("samples", () => {
  it.each([
    ["heart-rate", "heartRate", { beatsPerMinuteAvg: 71.5 }, "heart.samples", 71.5],
    ["steps", "steps", { countSum: "84" }, "activity.samples:STEPS", 84],
    ["distance", "distance", { millimetersSum: "61250" }, "activity.samples:DISTANCE", 61.25],
    ["floors", "floors", { countSum: "2" }, "activity.samples:FLOORS", 2],
    ["altitude", "altitude", { gainMillimetersSum: "6500" }, "activity.samples:ELEVATION", 6.5],
    ["total-calories", "totalCalories", { kcalSum: 3.25 }, "activity.samples:ENERGY_BURNED", 3.25],
  ])("of %s are filed by day and window, the broken and the silent left out", (type, key, value, field, expected) => {
    for (const [seconds, resolution] of [
      [60, "ONE_MINUTE"],
      [300, "FIVE_MINUTES"],
      [900, "FIFTEEN_MINUTES"],
    ] as const) {
      const at = (startTime: string, given: unknown = value) => ({ startTime, [key]: given });
      const { cells, skipped } = read(`rollUp ${type} ${seconds}s`, {
        rollupDataPoints: [
          at("2026-11-16T14:59:00Z"),
          at("2026-11-17T15:15:00Z"),
          at("2026-11-17T15:30:00Z", null),
          { startTime: "2026-11-17T15:45:00Z" },
          at("2026-11-17T16:00:00Z", {}),
          at("2026-11-17T16:15:00Z", 7),
          at("2026-11-19T15:00:00Z"),
        ],
      });
      const series = { start: "2026-11-18T00:00:00+09:00", localStart: "2026-11-18T00:00:00" };
      expect(cells).toEqual([
        {
          field: `${field}:${resolution}`,
          day: "2026-11-18",
          known: { value: { ...series, stepSeconds: seconds, offsets: [900], values: [expected] } },
        },
      ]);
      expect(skipped).toMatchObject([{ field: `${field}:${resolution}`, day: "2026-11-18", reason: "PROVIDER_ERROR" }]);
    }
  });

  it("of the heart as recorded need a figure", () => {
    const point = { heartRate: { sampleTime: { physicalTime: "2026-11-18T07:00:00Z" } } };
    expect(read("reconcile heart-rate", { dataPoints: [point] })).toMatchObject({ cells: [], skipped: [] });
  });

  it("can't be asked for without a zone, since windows are of physical time", () => {
    const call = googleHealth.calls.find(({ name }) => name === "rollUp steps 60s")!;
    expect(() => call.request(input, new Set(), knowing(undefined))).toThrow("profile.timeZone is needed first");
  });
});

describe("a night", () => {
  const [startTime, endTime] = ["2026-11-17T22:00:00Z", "2026-11-18T05:00:00Z"];
  const own = { startTime, startUtcOffset: "3600s", endTime, endUtcOffset: "7200s" };
  const night = (more: object): SleepRecord => {
    const { cells } = read("reconcile sleep", { dataPoints: [{ name: "a/n", sleep: { interval: own, ...more } }] });
    return (shown(cells[0]!) as unknown as SleepRecord[])[0]!;
  };
  const stages = [{ type: "LIGHT", startTime, startUtcOffset: "3600s", endTime, endUtcOffset: "7200s" }];

  it("has its own offset at each end", () => {
    expect(night({})).toMatchObject({ start: "2026-11-17T23:00:00+01:00", end: "2026-11-18T07:00:00+02:00" });
  });

  it.each([
    [undefined, undefined, false],
    [undefined, stages, false],
    [{}, undefined, true],
    [{}, stages, false],
    [{ processed: true }, undefined, false],
    [{ processed: true }, stages, false],
    [{ processed: false }, undefined, true],
    [{ processed: false }, stages, true],
    [{ processed: false, stagesStatus: "SUCCEEDED" }, undefined, true],
    [{ stagesStatus: "REJECTED" }, undefined, false],
    [{ stagesStatus: "" }, undefined, true],
    [{ stagesStatus: "SUCCEEDED" }, stages, false],
    [{ processed: true, stagesStatus: "SUCCEEDED" }, stages, false],
  ])("of which %j is told, with stages %j, is still computed: %p", (metadata, of, pending) => {
    expect(night({ metadata, stages: of }).pending).toBe(pending);
  });

  it("is told as efficient where time in bed and asleep are known, and there was some", () => {
    const efficiency = (bed?: string, asleep?: string) =>
      night({ summary: { minutesInSleepPeriod: bed, minutesAsleep: asleep } }).efficiency;
    expect([efficiency("400", "300"), efficiency("400", "0")]).toEqual([75, 0]);
    expect([efficiency("400"), efficiency(undefined, "300"), efficiency("0", "0"), efficiency()]).toEqual(
      Array(4).fill(null),
    );
  });

  it("has the stages that are known and have minutes, with or without a count", () => {
    const total = (type: string, minutes?: string, count?: string) => ({ type, minutes, count });
    const of = (...stagesSummary: object[]) => night({ summary: { stagesSummary } }).stages;
    expect(
      of(total("RESTLESS", "9", "5"), total("DREAM", "8", "1"), total("DEEP", undefined, "2"), total("ASLEEP", "77")),
    ).toEqual([
      { stage: "RESTLESS", minutes: 9, count: 5 },
      { stage: "ASLEEP", minutes: 77, count: null },
    ]);
    expect(of(total("REM", "41", "3"))).toEqual([{ stage: "REM", minutes: 41, count: 3 }]);
    expect([of(total("DREAM", "8")), of(total("REM")), of()]).toEqual([null, null, null]);
  });

  it("writes each spell with the offset that is in force when it begins", () => {
    const spell = (type: string, start: string, end: string, before: number, after: number) => ({
      type,
      startTime: `2026-11-18T0${start}Z`,
      startUtcOffset: `${before * 3600}s`,
      endTime: `2026-11-18T0${end}Z`,
      endUtcOffset: `${after * 3600}s`,
    });
    const { hypnogram } = night({
      stages: [spell("LIGHT", "0:00:00", "3:00:00", 1, 1), spell("REM", "3:00:00", "4:00:00.6", 2, 2)],
      shortAwakenings: [spell("LIGHT", "1:00:00", "1:10:00", 1, 3)],
    });
    expect(hypnogram).toEqual([
      { stage: "LIGHT", start: "2026-11-18T01:00:00+01:00", seconds: 3600 },
      { stage: "AWAKE", start: "2026-11-18T02:00:00+01:00", seconds: 600 },
      { stage: "LIGHT", start: "2026-11-18T04:10:00+03:00", seconds: 6600 },
      { stage: "REM", start: "2026-11-18T05:00:00+02:00", seconds: 3601 },
    ]);
  });

  it("has a gap where its stage is not known", () => {
    const odd = night({ stages: [{ ...stages[0]!, type: "DREAM" }] });
    expect([odd.hypnogram, odd.refused]).toEqual([null, undefined]);
  });

  it("that has begun is of today, unless it began the day before yesterday", () => {
    const dayOf = (start: string) => {
      const dataPoints = [{ sleep: { interval: { startTime: start, startUtcOffset: "3600s" } } }];
      return read("reconcile sleep", { dataPoints }).skipped![0]!.day;
    };
    const starts = ["2026-11-19T02:00:00Z", "2026-11-17T23:00:00Z", "2026-11-17T22:59:59Z"];
    expect(starts.map(dayOf)).toEqual(["2026-11-19", "2026-11-19", "2026-11-17"]);
  });

  it("hides no defect of ours", () => {
    const summary = {
      get stagesSummary(): never {
        throw new SyntaxError("ours");
      },
    };
    expect(() => night({ summary })).toThrow("ours");
  });
});

describe("a workout", () => {
  const workout = (more: object): WorkoutRecord => {
    const interval = { startTime: "2026-11-18T07:00:00Z", endTime: "2026-11-18T07:10:00.6Z" };
    const { cells } = read("reconcile exercise", { dataPoints: [{ exercise: { interval, ...more } }] });
    return (shown(cells[0]!) as unknown as WorkoutRecord[])[0]!;
  };

  it("lasts whole seconds, is placed by the zone where it has no offset, and is named by its start", () => {
    expect(workout({})).toEqual({
      id: "2026-11-18T16:00:00+09:00",
      kind: "OTHER",
      name: null,
      start: "2026-11-18T16:00:00+09:00",
      end: "2026-11-18T16:10:00.600+09:00",
      durationSeconds: 601,
      distance: null,
      energyBurned: null,
      steps: null,
      averageHeartRate: null,
      points: null,
      elevationGain: null,
      zones: null,
    });
  });

  it("has no name but its type's where the person gave none", () => {
    expect([
      workout({ exerciseType: "YOGA" }).name,
      workout({ exerciseType: "YOGA", displayName: "Calm" }).name,
    ]).toEqual(["YOGA", "Calm"]);
  });

  it.each([
    ["WALKING", "WALKING", "INCLINE_WALK", "WALK_WITH_WEIGHTS"],
    ["RUNNING", "RUNNING", "TRAIL_RUN", "TREADMILL"],
    ["CYCLING", "BIKING", "MOUNTAIN_BIKE", "STATIONARY_BIKE"],
    ["SWIMMING", "SWIMMING", "SWIMMING_POOL", "SYNCHRONIZED_SWIMMING"],
    ["TENNIS", "TENNIS"],
    ["BASKETBALL", "BASKETBALL"],
    ["SOCCER", "SOCCER"],
    ["YOGA", "YOGA", "YOGA_HATHA", "YOGA_VINYASA"],
    ["PILATES", "PILATES"],
    ["STRENGTH", "STRENGTH_TRAINING", "CALISTHENICS", "WEIGHTS"],
    ["HIKING", "HIKING", "BACKPACKING", "RUCKING"],
    ["DANCE", "DANCING", "TANGO", "ZUMBA"],
    ["ROWING", "ROWING", "ROWING_MACHINE"],
    ["ELLIPTICAL", "ELLIPTICAL"],
    ["SKIING", "SKIING", "CROSS_COUNTRY_SKI"],
    ["GOLF", "GOLF"],
    ["MARTIAL_ARTS", "MARTIAL_ARTS", "BOXING", "TAI_CHI"],
    ["CLIMBING", "CLIMBING", "ROCK_CLIMBING"],
    ["PADDLING", "KAYAKING", "PADDLEBOARDING"],
    ["SKATING", "SKATING", "ICE_SKATING"],
    ["WATER_SPORTS", "WATER_SPORT", "SURFING", "WATER_POLO"],
    ["TEAM_SPORTS", "RUGBY", "VOLLEYBALL", "HOCKEY"],
    ["INTERVAL_TRAINING", "HIIT", "TABATA_WORKOUT"],
    ["RECOVERY", "STRETCHING", "MEDITATE"],
    ["OTHER", "TABLE_TENNIS", "SNOWBOARDING", "tennis", undefined],
  ])("is %s for its own types alone", (kind, ...types) => {
    expect(types.map(toWorkoutKind)).toEqual(types.map(() => kind));
  });
});

describe("a weighing", () => {
  const of = (key: "weight" | "bodyFat", value: object) =>
    read(key === "weight" ? "reconcile weight" : "reconcile body-fat", { dataPoints: [{ name: "a/w", [key]: value }] });
  const sampleTime = { physicalTime: "2026-11-17T20:00:00Z" };

  it("is placed by the zone where it has no offset", () => {
    const base = { id: "w", time: "2026-11-18T05:00:00+09:00", weight: null, bodyMassIndex: null, fatPercentage: null };
    const cell = (field: string, value: object) => [{ field, day: "2026-11-18", known: { value: [value] } }];
    expect(of("weight", { sampleTime, weightGrams: 70_250 }).cells).toEqual(
      cell("body.weight", { ...base, weight: 70.25 }),
    );
    expect(of("bodyFat", { sampleTime, percentage: 22.5 }).cells).toEqual(
      cell("body.fatPercentage", { ...base, fatPercentage: 22.5 }),
    );
  });

  it.each([
    ["weight", "body.weight"],
    ["bodyFat", "body.fatPercentage"],
  ] as const)("of %s without a figure is none, and one without a time is lost on its civil day", (key, field) => {
    expect(of(key, { sampleTime })).toMatchObject({ cells: [], skipped: [] });
    const figures = { weightGrams: 70_250, percentage: 22.5 };
    const civilTime = { date: day(18), time: {} };
    const lost = (when: object) => of(key, { ...figures, sampleTime: when }).skipped;
    expect(lost({ civilTime })).toEqual([expect.objectContaining({ field, day: "2026-11-18" })]);
    expect(lost({})).toEqual([expect.objectContaining({ field, day: null, reason: "PROVIDER_ERROR" })]);
  });

  it("has a BMI where it has a weight and the height is one", () => {
    const weighing = (id: string, weight: number | null): WeighingRecord => ({
      ...{ id, time: null, weight, bodyMassIndex: null, fatPercentage: null },
    });
    const indexes = (height: number, ...all: WeighingRecord[]) =>
      toBodyMassIndexes(all, height).map(({ id, weight, bodyMassIndex }) => [id, weight, bodyMassIndex]);
    expect(indexes(0.5, weighing("a", 6), weighing("b", null), weighing("c", 7))).toEqual([
      ["a", null, 24],
      ["c", null, 28],
    ]);
    expect([indexes(0, weighing("a", 6)), indexes(-1, weighing("a", 6))]).toEqual([[], []]);
  });
});
