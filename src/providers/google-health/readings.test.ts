import { type Cell, cell, type Have } from "../../model/cells.js";
import type { Field, FieldValue } from "../../model/fields.js";
import type { OxygenRecord, SleepRecord } from "../../model/records.js";
import type { Input } from "../provider.js";
import { googleHealth } from "./index.js";

const input: Input = {
  ...{ from: "2026-11-17", to: "2026-11-18", today: "2026-11-19", connectedOn: "2026-01-15" },
  providerUserId: null,
};
const call = (name: string) => googleHealth.calls.find((each) => each.name === name)!;
const night = {
  id: "n18",
  start: "2026-11-17T23:10:00+01:00",
  end: "2026-11-18T06:40:00+01:00",
} as unknown as SleepRecord;
const have: Have = {
  value: ((field: Field, day?: string | null) => {
    const known: Partial<Record<string, FieldValue>> = {
      "profile.timeZone null": "Europe/Paris",
      "sleep.sessions 2026-11-18": [night],
    };
    return known[`${field} ${day ?? null}`];
  }) as Have["value"],
};
const request = (name: string) => call(name).request(input, new Set(), have);
const read = (name: string, ...dataPoints: object[]) => call(name).read({ dataPoints }, input, have, request(name));
const date = { year: 2026, month: 11, day: 18 };
const at = (time: string) => ({ sampleTime: { physicalTime: `2026-11-18T${time}Z`, utcOffset: "3600s" } });
const cellsOf = (name: string, ...dataPoints: object[]): readonly Cell[] => read(name, ...dataPoints).cells;

describe("vitals of a day", () => {
  it.each<[string, object, readonly Cell[]]>([
    [
      "reconcile daily-oxygen-saturation",
      {
        dailyOxygenSaturation: { date, averagePercentage: 95.9, lowerBoundPercentage: 93.1, upperBoundPercentage: 98 },
      },
      [cell("vitals.oxygenSaturation", "2026-11-18", { value: 95.9, method: "MEASURED" })],
    ],
    [
      "reconcile daily-respiratory-rate",
      { dailyRespiratoryRate: { date, breathsPerMinute: 14.6 } },
      [cell("vitals.respiratoryRate", "2026-11-18", { value: 14.6, method: "MEASURED" })],
    ],
    [
      "reconcile daily-sleep-temperature-derivations",
      {
        dailySleepTemperatureDerivations: {
          ...{ date, nightlyTemperatureCelsius: 34.12, baselineTemperatureCelsius: 33.95 },
          relativeNightlyStddev30dCelsius: 0.31,
        },
      },
      [
        cell("vitals.skinTemperature", "2026-11-18", { value: 34.12, method: "MEASURED" }),
        cell("vitals.skinTemperatureDeviation", "2026-11-18", { value: 0.17, method: "MEASURED" }),
      ],
    ],
    [
      "reconcile daily-sleep-temperature-derivations",
      {
        dailySleepTemperatureDerivations: {
          ...{ date, nightlyTemperatureCelsius: 33.42, baselineTemperatureCelsius: "NaN" },
        },
      },
      [cell("vitals.skinTemperature", "2026-11-18", { value: 33.42, method: "MEASURED" })],
    ],
    [
      "reconcile daily-vo2-max",
      { dailyVo2Max: { date, vo2Max: 43.5, cardioFitnessLevel: "GOOD", estimated: true, vo2MaxCovariance: 3.2 } },
      [cell("vitals.vo2Max", "2026-11-18", { value: 43.5, method: "ESTIMATED" })],
    ],
    [
      "reconcile daily-vo2-max",
      { dailyVo2Max: { date, vo2Max: 44.5 } },
      [cell("vitals.vo2Max", "2026-11-18", { value: 44.5, method: null })],
    ],
    ["reconcile daily-respiratory-rate", { dailyRespiratoryRate: { date } }, []],
    ["reconcile daily-oxygen-saturation", { dailyOxygenSaturation: { date, averagePercentage: "NaN" } }, []],
  ])("%s reads %j", (name, point, cells) => {
    expect(cellsOf(name, point)).toEqual(cells);
  });

  it("come by the date alone, years in one request", () => {
    const names = googleHealth.calls.filter(({ yields }) => yields.some((field) => field.startsWith("vitals.")));
    expect(names.map(({ name, reach, scope }) => [name, reach, scope?.split(".").at(-2)])).toEqual(
      ["oxygen-saturation", "respiratory-rate", "sleep-temperature-derivations", "vo2-max"].map((type) => [
        `reconcile daily-${type}`,
        { kind: "days", max: 10_000 },
        type === "vo2-max" ? "activity_and_fitness" : "health_metrics_and_measurements",
      ]),
    );
    expect(request("reconcile daily-vo2-max").query).toEqual({
      filter: 'daily_vo2_max.date >= "2026-11-17" AND daily_vo2_max.date < "2026-11-19"',
      pageSize: 10_000,
    });
  });

  it("one that can't be read costs its own day alone", () => {
    const { cells, skipped } = read(
      "reconcile daily-sleep-temperature-derivations",
      { dailySleepTemperatureDerivations: { date, nightlyTemperatureCelsius: 34.2 } },
      { dailySleepTemperatureDerivations: null },
      {},
    );
    expect(cells).toHaveLength(1);
    expect(skipped).toHaveLength(4);
  });
});

it("average, lowest and highest heart rate of a day come in one roll-up", () => {
  const answer = {
    rollupDataPoints: [
      {
        civilStartTime: { date, time: {} },
        heartRate: { beatsPerMinuteAvg: 71.25, beatsPerMinuteMin: 48, beatsPerMinuteMax: 163 },
      },
    ],
  };
  const name = "dailyRollUp heart-rate";
  expect(call(name).read(answer, input, have, request(name)).cells).toEqual([
    cell("heart.averageRate", "2026-11-18", 71.25),
    cell("heart.lowestRate", "2026-11-18", 48),
    cell("heart.highestRate", "2026-11-18", 163),
  ]);
});

describe("readings", () => {
  const time = "2026-11-18T09:00:00+01:00";

  it.each([
    ["EAR", "CORE"],
    ["MOUTH", "CORE"],
    ["WRIST", "SKIN"],
    ["ARMPIT", "BODY"],
    [undefined, "BODY"],
    ["MEASUREMENT_LOCATION_UNSPECIFIED", "BODY"],
  ] as const)("of temperature at %s are of %s", (measurementLocation, site) => {
    const point = {
      dataPointName: "users/1/dataTypes/core-body-temperature/dataPoints/t1",
      coreBodyTemperature: { ...at("08:00:00"), temperatureCelsius: 36.7, measurementLocation },
    };
    expect(cellsOf("reconcile core-body-temperature", point)).toEqual([
      cell("readings.temperatures", "2026-11-18", [{ id: "t1", time, value: 36.7, site }]),
    ]);
  });

  it("of glucose are those that a person took; a sensor's are a course", () => {
    const points = [
      { bloodGlucose: { ...at("08:00:00"), bloodGlucoseMilligramsPerDeciliter: 97.3, measurementTiming: "FASTING" } },
      {
        bloodGlucose: {
          ...{ ...at("12:00:00"), bloodGlucoseMilligramsPerDeciliter: 126, measurementTiming: "BEFORE_BED" },
          measurementSource: "SELF_MONITORING_BLOOD_GLUCOSE",
        },
      },
      ...[0, 5].map((minute) => ({
        bloodGlucose: {
          ...{ ...at(`10:0${minute}:00`), bloodGlucoseMilligramsPerDeciliter: 100 + minute },
          measurementSource: "CONTINUOUS_GLUCOSE_MONITORING",
        },
      })),
    ];
    expect(cellsOf("reconcile blood-glucose", ...points)).toEqual([
      cell("readings.bloodGlucose", "2026-11-18", [
        { id: time, time, value: 5.400875, mealRelation: "FASTING" },
        {
          ...{ id: "2026-11-18T13:00:00+01:00", time: "2026-11-18T13:00:00+01:00" },
          ...{ value: 6.993939, mealRelation: "OTHER" },
        },
      ]),
      cell("readings.glucoseCourse", "2026-11-18", {
        ...{ start: "2026-11-18T00:00:00+01:00", localStart: "2026-11-18T00:00:00", stepSeconds: null },
        ...{ offsets: [39_600, 39_900], values: [5.550745, 5.828282] },
      }),
    ]);
  });

  it("of VO2 max are tests or estimates, runs and others joined", () => {
    const other = cellsOf("reconcile vo2-max", {
      vo2Max: { ...at("08:00:00"), vo2Max: 43.5, measurementMethod: "GOOGLE_DEMOGRAPHIC" },
    });
    const run = cellsOf("reconcile run-vo2-max", { runVo2Max: { ...at("17:00:00"), runVo2Max: 46.5 } });
    const valueIn = ([first]: readonly Cell[]) => (first!.known as { value: FieldValue }).value;
    const derivation = googleHealth.derive!.find(({ yields }) => yields === "readings.vo2MaxTests")!;
    expect(derivation.derive([valueIn(other), valueIn(run)])).toEqual([
      { id: time, time, value: 43.5, method: "ESTIMATED" },
      {
        ...{ id: "2026-11-18T18:00:00+01:00", time: "2026-11-18T18:00:00+01:00" },
        ...{ value: 46.5, method: "EXERCISE_TEST" },
      },
    ]);
    expect(derivation.derive([undefined, []])).toEqual([]);
  });

  it("of oxygen are one by one, and the day's course", () => {
    const points = [5, 0].map((minute) => ({
      oxygenSaturation: { ...at(`01:0${minute}:00`), percentage: 96 + minute / 10 },
    }));
    const [found] = cellsOf("reconcile oxygen-saturation", ...points);
    const list = (found!.known as unknown as { value: readonly OxygenRecord[] }).value;
    expect(list.map(({ percent, time: when }) => [percent, when])).toEqual([
      [96, "2026-11-18T02:00:00+01:00"],
      [96.5, "2026-11-18T02:05:00+01:00"],
    ]);
    const { derive } = googleHealth.derive!.find(({ yields }) => yields === "vitals.course:oxygenSaturation")!;
    expect(derive([list])).toMatchObject({ start: "2026-11-18T02:00:00+01:00", offsets: [0, 300], values: [96, 96.5] });
    expect([derive([[]]), derive([undefined])]).toEqual([null, null]);
    // A traveller's points of these days may lie a day beside them by the zone.
    expect(request("reconcile oxygen-saturation").query?.["filter"]).toBe(
      'oxygen_saturation.sample_time.physical_time >= "2026-11-15T23:00:00Z" AND oxygen_saturation.sample_time.physical_time < "2026-11-19T23:00:00Z"',
    );
  });

  const interval = (offset: string | undefined) => ({
    startTime: "2026-11-18T11:34:00Z",
    endTime: "2026-11-18T11:34:00Z",
    ...(offset && { startUtcOffset: offset, endUtcOffset: offset }),
  });
  it.each([
    ["NORMAL_SINUS_RHYTHM", "SINUS_RHYTHM"],
    ["ATRIAL_FIBRILLATION", "ATRIAL_FIBRILLATION"],
    ["INCONCLUSIVE_LOW_HEART_RATE", "INCONCLUSIVE"],
    ["NOT_ANALYZED", null],
    ["SOMETHING_NEW", "OTHER"],
    [undefined, null],
  ])("of the heart's current that are %s are %s", (resultClassification, finding) => {
    const electrocardiogram = { interval: interval("3600s"), beatsPerMinuteAvg: "63", resultClassification };
    expect(cellsOf("list electrocardiogram", { name: "users/1/x/e1", electrocardiogram })).toEqual([
      cell("readings.electrocardiograms", "2026-11-18", [
        {
          ...{ id: "e1", time: "2026-11-18T12:34:00+01:00", averageHeartRate: 63 },
          ...({ finding, durationSeconds: null } as { finding: null; durationSeconds: null }),
        },
      ]),
    ]);
  });

  it.each(["0s", undefined])("of old electrocardiograms with the offset %s are placed by the zone", (offset) => {
    const [found] = cellsOf("list electrocardiogram", { electrocardiogram: { interval: interval(offset) } });
    expect(found).toMatchObject({ day: "2026-11-18", known: { value: [{ time: "2026-11-18T12:34:00+01:00" }] } });
  });

  it("ask for no waveform and no heart beats", () => {
    expect(request("list electrocardiogram").query).toEqual({
      filter: 'electrocardiogram.interval.start_time >= "2026-11-16T23:00:00.000Z"',
      fields: "dataPoints(name,electrocardiogram(interval,beatsPerMinuteAvg,resultClassification)),nextPageToken",
      pageSize: 100,
    });
    expect(request("list irregular-rhythm-notification").query).toMatchObject({
      fields: "dataPoints(name,irregularRhythmNotification(interval)),nextPageToken",
    });
  });

  it("of an irregular rhythm are its span", () => {
    const irregularRhythmNotification = {
      interval: {
        ...{ startTime: "2026-11-18T01:05:00Z", startUtcOffset: "3600s" },
        ...{ endTime: "2026-11-18T03:20:00Z", endUtcOffset: "3600s" },
      },
    };
    expect(cellsOf("list irregular-rhythm-notification", { name: "a/r1", irregularRhythmNotification })).toEqual([
      cell("readings.rhythmAlerts", "2026-11-18", [
        { id: "r1", start: "2026-11-18T02:05:00+01:00", end: "2026-11-18T04:20:00+01:00" },
      ]),
    ]);
  });

  it("are asked for only where they are named, and their scopes too", () => {
    const scopesOf = (domain: string) =>
      new Set(
        googleHealth.calls
          .filter(({ yields }) => yields.some((field) => field.startsWith(`${domain}.`)))
          .map(({ scope }) => scope?.split(".").at(-2)),
      );
    expect(scopesOf("readings")).toEqual(
      new Set(["health_metrics_and_measurements", "activity_and_fitness", "ecg", "irn"]),
    );
  });
});

describe("what belongs to nights", () => {
  it("has the breathing of the night that a summary ends", () => {
    const summary = (time: string, breathsPerMinute: number) => ({
      respiratoryRateSleepSummary: { ...at(time), fullSleepStats: { breathsPerMinute, standardDeviation: 1.9 } },
    });
    const name = "reconcile respiratory-rate-sleep-summary";
    expect(cellsOf(name, summary("05:40:00", 14.6))).toMatchObject([
      { field: "sleep.breathing", day: "2026-11-18", known: { value: [{ id: "n18", respiratoryRate: 14.6 }] } },
    ]);
    expect(cellsOf(name, summary("07:00:00", 14.7))).toEqual([]);
  });

  it("has the variability through the night, without what lies outside it", () => {
    const sample = (time: string, value: number) => ({
      heartRateVariability: { ...at(time), rootMeanSquareOfSuccessiveDifferencesMilliseconds: value },
    });
    const points = [sample("01:05:00", 41.5), sample("01:00:00", 40.5), sample("12:00:00", 99)];
    expect(cellsOf("reconcile heart-rate-variability", ...points)).toEqual([
      cell("sleep.course:HRV_RMSSD", "2026-11-18", [
        {
          id: "n18",
          series: {
            ...{ start: "2026-11-18T02:00:00+01:00", localStart: "2026-11-18T02:00:00", stepSeconds: null },
            ...{ offsets: [0, 300], values: [40.5, 41.5] },
          },
        },
      ]),
    ]);
  });
});
