import { existsSync, readFileSync } from "node:fs";
import { UnreadableAnswer } from "../../http/json.js";
import { type Cell, cell, type Have } from "../../model/cells.js";
import type { Field, FieldValue } from "../../model/fields.js";
import type { WeighingRecord } from "../../model/records.js";
import type { ApiRequest, Input } from "../provider.js";
import { googleHealth } from "./index.js";
import { toWorkoutKind } from "./mappers/workout.js";

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));
const call = (name: string) => googleHealth.calls.find((each) => each.name === name)!;
const knowing = (values: Partial<Record<Field, FieldValue>>): Have => ({
  value: ((field: Field) => values[field]) as Have["value"],
});
const paris = knowing({ "profile.timeZone": "Europe/Paris" });
const nothingKnown = knowing({});
const input: Input = {
  from: "2026-11-17",
  to: "2026-11-18",
  today: "2026-11-19",
  connectedOn: "2026-01-15",
  providerUserId: null,
};
const covers = { from: "2026-11-17", to: "2026-11-18" };
const read = (name: string, answer: unknown, have: Have = paris, over: Partial<Input> = {}) =>
  call(name).read(answer, { ...input, ...over }, have, request(name, over, have));
const request = (name: string, over: Partial<Input> = {}, have: Have = paris) =>
  call(name).request({ ...input, ...over }, new Set(), have);
const civil = (day: number) => ({ date: { year: 2026, month: 11, day }, time: {} });
const days = (key: string, ...values: readonly (readonly [number, unknown])[]) => ({
  rollupDataPoints: values.map(([day, value]) => ({
    civilStartTime: civil(day),
    civilEndTime: civil(day + 1),
    [key]: value,
  })),
});

describe("the account", () => {
  const [identity, settings] = googleHealth.afterConsent;

  it("is named by two ids, of which the old one may be missing", () => {
    const healthUserId = "4815162342108151623";
    expect(identity!.read({ healthUserId, legacyUserId: "7XK2QP" })).toEqual({
      providerUserId: healthUserId,
      legacyUserId: "7XK2QP",
    });
    expect(identity!.read({ healthUserId })).toEqual({ providerUserId: healthUserId });
    expect(() => identity!.read({})).toThrow(UnreadableAnswer);
  });

  it("has a zone, an offset and a locale", () => {
    const answer = { timeZone: "Europe/Paris", utcOffset: "3600s", languageLocale: "fr_FR" };
    expect(settings!.read(answer).cells).toEqual([
      cell("profile.timeZone", null, "Europe/Paris"),
      cell("profile.utcOffsetSeconds", null, 3600),
      cell("profile.locale", null, "fr_FR"),
    ]);
    expect(settings!.read({ languageLocale: "en-US" }).cells).toEqual([cell("profile.locale", null, "en_US")]);
    expect(() => settings!.read({ error: { code: 403 }, timeZone: "Europe/Paris" })).toThrow("carries an error");
    expect(settings!.read({ timeZone: "Nowhere/Land" }).cells).toEqual([]);
  });

  it("has an age and a beginning", () => {
    expect(read("profile", { age: 34, membershipStartDate: { year: 2019, month: 1, day: 5 } }).cells).toEqual([
      cell("profile.age", null, 34),
      cell("profile.memberSince", null, "2019-01-05"),
    ]);
  });

  it("has names and an address at Google's own", () => {
    const answer = {
      name: "Ada Vale",
      given_name: "Ada",
      family_name: "Vale",
      email: "a@b.test",
      picture: "https://p",
    };
    expect(request("userinfo names")).toEqual({ method: "GET", path: "", base: "USERINFO", optional: true });
    expect(read("userinfo names", answer).cells.map(({ known }) => known)).toEqual(
      ["Ada Vale", "Ada", "Vale", "https://p"].map((value) => ({ value })),
    );
    expect(read("userinfo email", answer).cells).toEqual([cell("profile.email", null, "a@b.test")]);
  });

  it("has the newest height and weight, behind empty pages if need be", () => {
    const height = { dataPoints: [{ height: { heightMillimeters: "1780" } }], nextPageToken: "older" };
    expect(read("height newest", height)).toEqual({
      cells: [cell("profile.height", null, 1.78)],
      skipped: [],
      covers: null,
    });
    expect(read("weight newest", { nextPageToken: "t" }).next?.query).toEqual({ pageSize: 1, pageToken: "t" });
    expect(read("weight newest", {})).toEqual({ cells: [], covers: null, next: undefined });
  });

  it("has devices, page by page", () => {
    const device = {
      name: "users/me/pairedDevices/2750123456",
      deviceType: "TRACKER",
      deviceVersion: "Charge 6",
      batteryLevel: 84,
      batteryStatus: "High",
      lastSyncTime: "2026-11-20T07:58:12.123456789Z",
    };
    const { cells, next } = read("pairedDevices", { pairedDevices: [device], nextPageToken: "p2" });
    expect(cells).toEqual([
      cell("devices.devices", null, [
        {
          id: "2750123456",
          model: "Charge 6",
          kind: "TRACKER",
          firmware: null,
          batteryPercent: 84,
          lastSyncAt: "2026-11-20T07:58:12.123+00:00",
          batteryLevel: "HIGH",
        },
      ]),
    ]);
    expect(next?.query).toEqual({ pageSize: 100, pageToken: "p2" });
  });
});

describe("totals by day", () => {
  it("are asked for by civil day, the end exclusive, without a page size", () => {
    expect(request("dailyRollUp total-calories")).toEqual({
      method: "POST",
      reads: true,
      path: "/v4/users/me/dataTypes/total-calories/dataPoints:dailyRollUp",
      json: { range: { start: civil(17), end: civil(19) }, windowSizeDays: 1 },
    });
  });

  it.each([
    ["steps", "steps", { countSum: "12840" }, cell("activity.steps", "2026-11-18", 12_840)],
    ["distance", "distance", { millimetersSum: "5723100" }, cell("activity.distance", "2026-11-18", 5723.1)],
    ["floors", "floors", { countSum: "0" }, cell("activity.floors", "2026-11-18", 0)],
    ["altitude", "altitude", { gainMillimetersSum: "43500" }, cell("activity.elevation", "2026-11-18", 43.5)],
    ["total-calories", "totalCalories", { kcalSum: 2210.5 }, cell("activity.energyBurned", "2026-11-18", 2210.5)],
    [
      "active-energy-burned",
      "activeEnergyBurned",
      { kcalSum: 612.25 },
      cell("activity.activeEnergyBurned", "2026-11-18", 612.25),
    ],
    [
      "active-zone-minutes",
      "activeZoneMinutes",
      { sumInFatBurnHeartZone: "18", sumInPeakHeartZone: "4" },
      cell("activity.activeZoneMinutes", "2026-11-18", 22),
    ],
    [
      "sedentary-period",
      "sedentaryPeriod",
      { durationSum: "36030s" },
      cell("activity.sedentaryMinutes", "2026-11-18", 601),
    ],
    [
      "time-in-heart-rate-zone",
      "timeInHeartRateZone",
      {
        timeInHeartRateZones: [
          { heartRateZone: "LIGHT", duration: "3600s" },
          { heartRateZone: "PEAK", duration: "89.5s" },
          { heartRateZone: "NEW", duration: "5s" },
        ],
      },
      cell("heart.zones.minutes", "2026-11-18", [
        { kind: "LIGHT", minutes: 60 },
        { kind: "PEAK", minutes: 1 },
      ]),
    ],
    [
      "calories-in-heart-rate-zone",
      "caloriesInHeartRateZone",
      { caloriesInHeartRateZones: [{ heartRateZone: "VIGOROUS", kcal: 77.5 }] },
      cell("heart.zones.energyBurned", "2026-11-18", [{ kind: "VIGOROUS", energyBurned: 77.5 }]),
    ],
  ])("of %s read as they are meant", (type, key, value, expected) => {
    expect(read(`dailyRollUp ${type}`, days(key, [18, value], [17, {}], [25, value]))).toEqual({
      cells: [expected],
      skipped: [],
      covers,
      readsOthers: true,
    });
    expect(read(`dailyRollUp ${type}`, {}).cells).toEqual([]);
  });

  it("of active minutes keep their levels apart", () => {
    const levels = [
      { activityLevel: "LIGHT", activeMinutesSum: "180" },
      { activityLevel: "VIGOROUS", activeMinutesSum: "31" },
    ];
    const answer = days("activeMinutes", [18, { activeMinutesRollupByActivityLevel: levels }]);
    expect(read("dailyRollUp active-minutes", answer).cells).toEqual([
      cell("activity.lightlyActiveMinutes", "2026-11-18", 180),
      cell("activity.veryActiveMinutes", "2026-11-18", 31),
    ]);
  });

  it("go on with the same parameters, and prove nothing before the last page", () => {
    const reading = read("dailyRollUp steps", { nextPageToken: "t" });
    expect(reading.covers).toBeNull();
    expect(reading.next).toEqual({
      ...request("dailyRollUp steps"),
      json: { ...(request("dailyRollUp steps").json as object), pageToken: "t" },
    });
  });

  it.each([
    [30, 7 * 1 + 2 * 3],
    [365, 7 * 5 + 2 * 27],
  ])("of every activity figure take, for %i days, %i requests", (days, least) => {
    const figures = googleHealth.calls.filter(({ yields }) => /^activity\.(?!samples)/.test(yields[0]!));
    const requests = figures.map(({ reach }) => (reach.kind === "days" ? Math.ceil(days / reach.max) : Number.NaN));
    expect(requests.reduce((a, b) => a + b, 0)).toBe(least);
  });
});

describe("what is reckoned once a day", () => {
  it("is asked for by date", () => {
    expect(request("reconcile daily-resting-heart-rate").query?.["filter"]).toBe(
      'daily_resting_heart_rate.date >= "2026-11-17" AND daily_resting_heart_rate.date < "2026-11-19"',
    );
  });

  it("reads resting rate, variability and bounds", () => {
    const date = { year: 2026, month: 11, day: 18 };
    const one = (key: string, value: object) => ({ dataPoints: [{ [key]: { date, ...value } }] });
    expect(
      read("reconcile daily-resting-heart-rate", one("dailyRestingHeartRate", { beatsPerMinute: "57" })).cells,
    ).toEqual([cell("heart.restingRate", "2026-11-18", 57)]);
    const hrv = {
      averageHeartRateVariabilityMilliseconds: 41.8,
      deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds: 46.2,
    };
    expect(read("reconcile daily-heart-rate-variability", one("dailyHeartRateVariability", hrv)).cells).toEqual([
      cell("heart.hrvRmssd", "2026-11-18", 41.8),
    ]);
    const heartRateZones = [{ heartRateZoneType: "MODERATE", minBeatsPerMinute: "115", maxBeatsPerMinute: "139" }];
    expect(read("reconcile daily-heart-rate-zones", one("dailyHeartRateZones", { heartRateZones })).cells).toEqual([
      cell("heart.zones.bounds", "2026-11-18", [{ kind: "MODERATE", minRate: 115, maxRate: 139 }]),
    ]);
  });
});

describe("samples", () => {
  const windowsOf = (key: string, ...entries: readonly (readonly [string, unknown])[]) => ({
    rollupDataPoints: entries.map(([startTime, value]) => ({ startTime, [key]: value })),
  });

  it("are asked for from midnight to midnight where the person lives", () => {
    expect(request("rollUp steps 900s")).toEqual({
      method: "POST",
      reads: true,
      path: "/v4/users/me/dataTypes/steps/dataPoints:rollUp",
      json: {
        range: { startTime: "2026-11-16T23:00:00Z", endTime: "2026-11-18T23:00:00Z" },
        windowSize: "900s",
        pageSize: 192,
      },
    });
  });

  it("are filed by the day of the zone, unworn windows absent", () => {
    const answer = windowsOf(
      "distance",
      ["2026-11-18T07:15:00Z", { millimetersSum: "81500" }],
      ["2026-11-16T23:00:00Z", { millimetersSum: "1500" }],
      ["2026-11-17T22:45:00Z", { millimetersSum: "0" }],
      ["2026-11-18T07:30:00Z", {}],
    );
    expect(read("rollUp distance 900s", answer)).toEqual({
      covers,
      skipped: [],
      cells: [
        cell("activity.samples:DISTANCE:FIFTEEN_MINUTES", "2026-11-17", {
          start: "2026-11-17T00:00:00+01:00",
          localStart: "2026-11-17T00:00:00",
          stepSeconds: 900,
          offsets: [0, 85_500],
          values: [1.5, 0],
        }),
        cell("activity.samples:DISTANCE:FIFTEEN_MINUTES", "2026-11-18", {
          start: "2026-11-18T00:00:00+01:00",
          localStart: "2026-11-18T00:00:00",
          stepSeconds: 900,
          offsets: [29_700],
          values: [81.5],
        }),
      ],
    });
  });

  it("are read on where a page was not the last", () => {
    const page = windowsOf("heartRate", ["2026-11-18T07:01:00Z", { beatsPerMinuteAvg: 81.5 }]);
    const { next, covers: proven } = read("rollUp heart-rate 60s", { ...page, nextPageToken: "t" });
    expect(next?.json).toEqual({ ...(request("rollUp heart-rate 60s").json as object), pageToken: "t" });
    expect(proven).toBeNull();
  });

  it("of the longest span ask for the hour that autumn adds by itself", () => {
    const rolling = call("rollUp total-calories 900s");
    const autumn: Input = { ...input, from: "2026-10-20", to: "2026-11-02" };
    const range = (asked: ApiRequest | undefined) => (asked?.json as { range: unknown } | undefined)?.range;
    expect(range(rolling.request(autumn, new Set(), paris))).toEqual({
      startTime: "2026-10-19T22:00:00Z",
      endTime: "2026-11-02T22:00:00Z",
    });
    const more = rolling.read({}, autumn, paris, rolling.request(autumn, new Set(), paris));
    expect(more.covers).toBeNull();
    expect(range(more.next)).toEqual({ startTime: "2026-11-02T22:00:00Z", endTime: "2026-11-02T23:00:00Z" });
    expect(rolling.read({}, autumn, paris, more.next!)).toEqual({
      cells: [],
      skipped: [],
      covers: { from: "2026-10-20", to: "2026-11-02" },
    });
  });

  it("stay within what a page may hold and a range may span", () => {
    for (const { name, reach } of googleHealth.calls.filter(({ name }) => name.startsWith("rollUp"))) {
      if (reach.kind !== "days") throw new Error(name);
      const from = "2026-10-20";
      const to = new Date(Date.parse(from) + (reach.max - 1) * 86_400_000).toISOString().slice(0, 10);
      const { range, windowSize, pageSize } = request(name, { from, to }).json as {
        range: { startTime: string; endTime: string };
        windowSize: string;
        pageSize: number;
      };
      const seconds = (Date.parse(range.endTime) - Date.parse(range.startTime)) / 1000;
      expect(seconds).toBeLessThanOrEqual((/heart-rate|total-calories/.test(name) ? 14 : 90) * 86_400);
      expect(pageSize).toBe(seconds / Number.parseInt(windowSize, 10));
      expect(pageSize).toBeLessThanOrEqual(10_000);
    }
  });

  it("of the heart as recorded are asked for by physical time, and filed by the day of the zone", () => {
    const sample = (physicalTime: string, beatsPerMinute: unknown) => ({
      heartRate: { sampleTime: { physicalTime, utcOffset: "3600s" }, beatsPerMinute },
    });
    expect(request("reconcile heart-rate").query).toEqual({
      filter:
        'heart_rate.sample_time.physical_time >= "2026-11-16T23:00:00Z" AND ' +
        'heart_rate.sample_time.physical_time < "2026-11-18T23:00:00Z"',
      pageSize: 10_000,
    });
    // Newest first, one of them twice, one beyond the end, and two that can't be read.
    const { cells, skipped } = read("reconcile heart-rate", {
      dataPoints: [
        sample("2026-11-18T23:00:00Z", "90"),
        sample("2026-11-18T22:59:59.9Z", "71"),
        sample("2026-11-18T07:31:12Z", "78"),
        sample("2026-11-18T07:31:12Z", "79"),
        sample("2026-11-17T22:59:00Z", "66"),
        { heartRate: { sampleTime: { physicalTime: "2026-11-17T23:00:00Z" }, beatsPerMinute: "61" } },
        { heartRate: { beatsPerMinute: "62" } },
        { heartRate: { sampleTime: { physicalTime: "noon" }, beatsPerMinute: "63" } },
      ],
    });
    const series = (day: string, offsets: readonly number[], values: readonly number[]) =>
      cell("heart.samples:ONE_SECOND", day, {
        start: `${day}T00:00:00+01:00`,
        localStart: `${day}T00:00:00`,
        stepSeconds: null,
        offsets,
        values,
      });
    expect(cells).toEqual([
      series("2026-11-17", [86_340], [66]),
      series("2026-11-18", [0, 30_672, 86_399], [61, 79, 71]),
    ]);
    expect(skipped).toEqual([
      expect.objectContaining({ day: null, reason: "PROVIDER_ERROR" }),
      expect.objectContaining({ day: null, reason: "PROVIDER_ERROR" }),
    ]);
  });

  it("of the heart as recorded are 37,000 a day, on pages of 5,000", () => {
    expect(call("reconcile heart-rate").reach).toEqual({ kind: "pages", size: 5000, perDay: 37_000, maxDays: 7 });
    expect(call("reconcile heart-rate").needs).toEqual(["profile.timeZone"]);
  });
});

describe("sleep", () => {
  it("is asked for by its end", () => {
    expect(request("reconcile sleep")).toEqual({
      method: "GET",
      path: "/v4/users/me/dataTypes/sleep/dataPoints:reconcile",
      query: {
        filter: 'sleep.interval.civil_end_time >= "2026-11-17" AND sleep.interval.civil_end_time < "2026-11-19"',
        pageSize: 25,
      },
    });
  });

  it("keeps its stages, with the short wakes laid over them", () => {
    const { cells, covers: proven, next } = read("reconcile sleep", fixture("sleep"), nothingKnown);
    expect(proven).toBeNull();
    expect(next?.query).toMatchObject({ pageSize: 25, pageToken: "sleep-2" });
    expect(cells).toEqual([
      cell("sleep.sessions", "2026-11-17", [
        {
          id: "77",
          start: "2026-11-17T14:00:00+01:00",
          end: "2026-11-17T14:40:00+01:00",
          isMainSleep: false,
          minutesInBed: null,
          minutesAsleep: null,
          minutesAwake: null,
          minutesToFallAsleep: null,
          efficiency: null,
          stages: null,
          hypnogram: null,
          pending: true,
          awakenings: null,
        },
      ]),
      cell("sleep.sessions", "2026-11-18", [
        {
          id: "6120457781234509871",
          start: "2026-11-17T23:10:00+01:00",
          end: "2026-11-18T07:40:00+02:00",
          isMainSleep: true,
          minutesInBed: 450,
          minutesAsleep: 414,
          minutesAwake: 31,
          minutesToFallAsleep: 11,
          efficiency: 92,
          stages: [
            { stage: "AWAKE", minutes: 32, count: 2 },
            { stage: "LIGHT", minutes: 129, count: 3 },
            { stage: "REM", minutes: 230, count: 4 },
          ],
          hypnogram: [
            { stage: "AWAKE", start: "2026-11-17T23:10:00+01:00", seconds: 630 },
            { stage: "LIGHT", start: "2026-11-17T23:20:30+01:00", seconds: 3060 },
            { stage: "AWAKE", start: "2026-11-18T00:11:30+01:00", seconds: 90 },
            { stage: "LIGHT", start: "2026-11-18T00:13:00+01:00", seconds: 4620 },
            { stage: "REM", start: "2026-11-18T03:50:00+02:00", seconds: 13_800 },
          ],
          pending: false,
          awakenings: 2,
        },
      ]),
    ]);
  });
});

describe("workouts", () => {
  it("read elapsed time, and either spelling of distance", () => {
    expect(read("reconcile exercise", fixture("exercise")).cells).toEqual([
      cell("workouts.workouts", "2026-11-18", [
        {
          id: "c0ffee-1",
          kind: "OTHER",
          name: "PICKELBALL",
          start: "2026-11-18T09:00:00+01:00",
          end: "2026-11-18T09:10:00+01:00",
          durationSeconds: 600,
          distance: 777,
          energyBurned: null,
          steps: null,
          averageHeartRate: null,
          points: null,
          elevationGain: null,
          zones: null,
        },
        {
          id: "2026443605080188808",
          kind: "RUNNING",
          name: "Run in the woods",
          start: "2026-11-18T18:02:11+01:00",
          end: "2026-11-18T18:41:40+01:00",
          durationSeconds: 2369,
          distance: 6820.25,
          energyBurned: 412.5,
          steps: 6104,
          averageHeartRate: 151,
          points: null,
          elevationGain: 43.5,
          zones: [
            { kind: "LIGHT", minRate: null, maxRate: null, minutes: 2, energyBurned: null },
            { kind: "MODERATE", minRate: null, maxRate: null, minutes: 9, energyBurned: null },
            { kind: "VIGOROUS", minRate: null, maxRate: null, minutes: 24, energyBurned: null },
            { kind: "PEAK", minRate: null, maxRate: null, minutes: 4, energyBurned: null },
          ],
        },
      ]),
    ]);
  });
});

describe("body", () => {
  const sampleTime = { physicalTime: "2026-11-18T07:32:00Z", utcOffset: "3600s" };
  const base = { time: "2026-11-18T08:32:00+01:00", weight: null, bodyMassIndex: null, fatPercentage: null };

  it("is weight and fat of one weighing, each under its own id", () => {
    const weight = {
      dataPointName: "users/1/dataTypes/weight/dataPoints/1763451120000",
      weight: { sampleTime, weightGrams: 71_500 },
    };
    expect(read("reconcile weight", { dataPoints: [weight] }).cells).toEqual([
      cell("body.weight", "2026-11-18", [{ ...base, id: "1763451120000", weight: 71.5 }]),
    ]);
    const fat = { name: "users/1/dataTypes/body-fat/dataPoints/b1", bodyFat: { sampleTime, percentage: 21.4 } };
    expect(read("reconcile body-fat", { dataPoints: [fat] }).cells).toEqual([
      cell("body.fatPercentage", "2026-11-18", [{ ...base, id: "b1", fatPercentage: 21.4 }]),
    ]);
    expect(request("reconcile body-fat").query?.["filter"]).toBe(
      'body_fat.sample_time.civil_time >= "2026-11-17" AND body_fat.sample_time.civil_time < "2026-11-19"',
    );
  });

  it("has a BMI where the height is known", () => {
    const { derive } = googleHealth.derive!.find(({ yields }) => yields === "body.bodyMassIndex")!;
    const weighings: WeighingRecord[] = [{ ...base, id: "w", weight: 80 }];
    expect(derive([weighings, 2])).toEqual([{ ...base, id: "w", bodyMassIndex: 20 }]);
    expect(derive([weighings, undefined])).toBeNull();
    expect(derive([[], undefined])).toEqual([]);
    expect(derive([undefined, 2])).toBeNull();
  });
});

it("basal energy is what total has beyond active, where both are known", () => {
  const { derive } = googleHealth.derive!.find(({ yields }) => yields === "activity.basalEnergyBurned")!;
  expect(derive([2210.3, 612.1])).toBe(1598.2);
  expect(derive([2210.3, undefined])).toBeNull();
  expect([derive([undefined, 612.1]), derive(["2210", 612]), derive([2210, "612"])]).toEqual([null, null, null]);
  expect([derive([100, 200]), derive([200, 200])]).toEqual([null, 0]);
});

/** What the mappers read, by schema: nothing here may be missing from Google's own description. */
const readMembers: Readonly<Record<string, readonly string[]>> = {
  Identity: ["healthUserId", "legacyUserId"],
  Profile: ["age", "membershipStartDate"],
  Settings: ["timeZone", "utcOffset", "languageLocale"],
  ListPairedDevicesResponse: ["pairedDevices", "nextPageToken"],
  PairedDevice: ["name", "deviceType", "deviceVersion", "batteryLevel", "batteryStatus", "lastSyncTime"],
  ListDataPointsResponse: ["dataPoints", "nextPageToken"],
  ReconcileDataPointsResponse: ["dataPoints", "nextPageToken"],
  DailyRollUpDataPointsResponse: ["rollupDataPoints", "nextPageToken"],
  RollUpDataPointsResponse: ["rollupDataPoints", "nextPageToken"],
  DataPoint: ["name", "height", "weight", "electrocardiogram", "irregularRhythmNotification"],
  ReconciledDataPoint: [
    ...["dataPointName", "sleep", "exercise", "weight", "bodyFat", "heartRate"],
    ...["dailyRestingHeartRate", "dailyHeartRateVariability", "dailyHeartRateZones", "heartRateVariability"],
    ...["dailyOxygenSaturation", "dailyRespiratoryRate", "dailySleepTemperatureDerivations", "dailyVo2Max"],
    ...[
      "oxygenSaturation",
      "respiratoryRateSleepSummary",
      "coreBodyTemperature",
      "bloodGlucose",
      "vo2Max",
      "runVo2Max",
    ],
  ],
  DailyRollupDataPoint: [
    ...["civilStartTime", "steps", "distance", "floors", "altitude", "totalCalories", "activeEnergyBurned"],
    ...["activeMinutes", "activeZoneMinutes", "sedentaryPeriod", "timeInHeartRateZone", "caloriesInHeartRateZone"],
    "heartRate",
  ],
  RollupDataPoint: ["startTime", "heartRate", "steps", "distance", "floors", "altitude", "totalCalories"],
  StepsRollupValue: ["countSum"],
  DistanceRollupValue: ["millimetersSum"],
  FloorsRollupValue: ["countSum"],
  AltitudeRollupValue: ["gainMillimetersSum"],
  TotalCaloriesRollupValue: ["kcalSum"],
  ActiveEnergyBurnedRollupValue: ["kcalSum"],
  ActiveMinutesRollupValue: ["activeMinutesRollupByActivityLevel"],
  ActiveMinutesRollupByActivityLevel: ["activityLevel", "activeMinutesSum"],
  ActiveZoneMinutesRollupValue: ["sumInFatBurnHeartZone", "sumInCardioHeartZone", "sumInPeakHeartZone"],
  SedentaryPeriodRollupValue: ["durationSum"],
  TimeInHeartRateZoneRollupValue: ["timeInHeartRateZones"],
  TimeInHeartRateZoneValue: ["heartRateZone", "duration"],
  CaloriesInHeartRateZoneRollupValue: ["caloriesInHeartRateZones"],
  CaloriesInHeartRateZoneValue: ["heartRateZone", "kcal"],
  HeartRateRollupValue: ["beatsPerMinuteAvg", "beatsPerMinuteMin", "beatsPerMinuteMax"],
  HeartRateVariability: ["sampleTime", "rootMeanSquareOfSuccessiveDifferencesMilliseconds"],
  DailyOxygenSaturation: ["date", "averagePercentage"],
  DailyRespiratoryRate: ["date", "breathsPerMinute"],
  DailySleepTemperatureDerivations: ["date", "nightlyTemperatureCelsius", "baselineTemperatureCelsius"],
  DailyVO2Max: ["date", "vo2Max", "estimated"],
  OxygenSaturation: ["sampleTime", "percentage"],
  RespiratoryRateSleepSummary: ["sampleTime", "fullSleepStats"],
  CoreBodyTemperature: ["sampleTime", "temperatureCelsius", "measurementLocation"],
  BloodGlucose: ["sampleTime", "bloodGlucoseMilligramsPerDeciliter", "measurementTiming", "measurementSource"],
  VO2Max: ["sampleTime", "vo2Max", "measurementMethod"],
  RunVO2Max: ["sampleTime", "runVo2Max"],
  Electrocardiogram: ["interval", "beatsPerMinuteAvg", "resultClassification"],
  IrregularRhythmNotification: ["interval"],
  HeartRate: ["sampleTime", "beatsPerMinute"],
  DailyRestingHeartRate: ["date", "beatsPerMinute"],
  DailyHeartRateVariability: ["date", "averageHeartRateVariabilityMilliseconds"],
  DailyHeartRateZones: ["date", "heartRateZones"],
  HeartRateZone: ["heartRateZoneType", "minBeatsPerMinute", "maxBeatsPerMinute"],
  Sleep: ["interval", "stages", "shortAwakenings", "metadata", "summary"],
  SleepStage: ["type", "startTime", "startUtcOffset", "endTime", "endUtcOffset"],
  SleepMetadata: ["mainSleep", "processed", "stagesStatus"],
  SleepSummary: ["minutesInSleepPeriod", "minutesAsleep", "minutesAwake", "minutesToFallAsleep", "stagesSummary"],
  StageSummary: ["type", "minutes", "count"],
  Exercise: ["interval", "exerciseType", "displayName", "metricsSummary"],
  MetricsSummary: [
    ...["caloriesKcal", "distanceMillimeters", "steps", "averageHeartRateBeatsPerMinute"],
    ...["elevationGainMillimeters", "heartRateZoneDurations"],
  ],
  Weight: ["sampleTime", "weightGrams"],
  BodyFat: ["sampleTime", "percentage"],
  Height: ["heightMillimeters"],
  SessionTimeInterval: ["startTime", "startUtcOffset", "endTime", "endUtcOffset", "civilStartTime", "civilEndTime"],
  ObservationSampleTime: ["physicalTime", "utcOffset", "civilTime"],
  CivilDateTime: ["date", "time"],
  Date: ["year", "month", "day"],
  TimeOfDay: ["hours", "minutes", "seconds"],
};

const schemasFile = new URL("../../../test/fixtures/google-health.schemas.json", import.meta.url);
(existsSync(schemasFile) ? describe : describe.skip)("Google's own description", () => {
  const { schemas } = existsSync(schemasFile)
    ? (JSON.parse(readFileSync(schemasFile, "utf8")) as {
        schemas: Record<string, { properties?: Record<string, { enum?: string[] }> }>;
      })
    : { schemas: {} };

  it.each(Object.entries(readMembers))("has what is read of %s", (name, members) => {
    const described = Object.keys(schemas[name]?.properties ?? {});
    expect(members.filter((member) => !described.includes(member))).toEqual([]);
  });

  it("lists every type of workout that has a kind here", () => {
    const types = schemas["Exercise"]?.properties?.["exerciseType"]?.enum ?? [];
    expect(types).toHaveLength(182);
    const kinds = types.map(toWorkoutKind).filter((kind) => kind !== "OTHER");
    expect(kinds).toHaveLength(115);
  });
});

it("cells are dated as their fields are", () => {
  const cells: readonly Cell[] = read("reconcile sleep", fixture("sleep")).cells;
  expect(cells.every(({ day }) => day !== null)).toBe(true);
});
