import { UnreadableAnswer } from "../../http/json.js";
import { cell, type Have } from "../../model/cells.js";
import type { Field } from "../../model/fields.js";
import type { Input } from "../provider.js";
import { fitbit } from "./index.js";

const input: Input = {
  ...{ from: "2024-03-11", to: "2024-03-12", today: "2024-03-20", connectedOn: "2024-01-01" },
  providerUserId: "9XYZ12",
};
const have: Have = {
  value: ((field: Field) => (field === "profile.timeZone" ? "Europe/Berlin" : undefined)) as Have["value"],
};
const call = (name: string) => fitbit.calls.find((each) => each.name === name)!;
const request = (name: string, over: Partial<Input> = {}) => call(name).request({ ...input, ...over }, new Set(), have);
const read = (name: string, answer: unknown, over: Partial<Input> = {}) =>
  call(name).read(answer, { ...input, ...over }, have, request(name, over));
const day = "2024-03-12";

describe("vitals of nights", () => {
  it.each([
    [
      "spo2",
      [{ dateTime: day, value: { avg: 96.4, min: 93.8, max: 98.9 } }],
      cell("vitals.oxygenSaturation", day, { value: 96.4, low: 93.8, high: 98.9, method: "MEASURED" }),
    ],
    [
      "spo2",
      { dateTime: day, value: { avg: 95.4, min: 92.8, max: 97.9 } },
      cell("vitals.oxygenSaturation", day, { value: 95.4, low: 92.8, high: 97.9, method: "MEASURED" }),
    ],
    [
      "br",
      { br: [{ value: { breathingRate: 15.4 }, dateTime: day }] },
      cell("vitals.respiratoryRate", day, { value: 15.4, method: "MEASURED" }),
    ],
    [
      "temp/skin",
      { tempSkin: [{ dateTime: day, value: { nightlyRelative: -0.3 }, logType: "dedicated_temp_sensor" }] },
      cell("vitals.skinTemperatureDeviation", day, { value: -0.3, method: "MEASURED" }),
    ],
    [
      "cardioscore",
      { cardioScore: [{ dateTime: day, value: { vo2Max: "44-48" } }] },
      cell("vitals.vo2Max", day, { value: 46, low: 44, high: 48, method: "RANGE" }),
    ],
    [
      "cardioscore",
      { cardioScore: [{ dateTime: day, value: { vo2Max: "47" } }] },
      cell("vitals.vo2Max", day, { value: 47, method: "EXERCISE_TEST" }),
    ],
    [
      "cardioscore",
      { cardioScore: [{ dateTime: day, value: { vo2Max: 45.5 } }] },
      cell("vitals.vo2Max", day, { value: 45.5, method: "EXERCISE_TEST" }),
    ],
  ])("%s reads %j", (name, answer, expected) => {
    expect(read(name, answer).cells).toEqual([expected]);
    expect(request(name).path).toBe(`/1/user/-/${name}/date/2024-03-11/2024-03-12.json`);
  });

  it("of which a stage has none are none, and one bad row costs its day alone", () => {
    const answer = {
      br: [
        { dateTime: "2024-03-11", value: { breathingRate: -1 } },
        { dateTime: day, value: 7 },
      ],
    };
    const { cells, skipped } = read("br", answer);
    expect(cells).toEqual([]);
    expect(skipped).toEqual([expect.objectContaining({ field: "vitals.respiratoryRate", day })]);
    for (const wrong of [{}, "", null, { spo2: [] }]) expect(() => read("spo2", wrong)).toThrow(UnreadableAnswer);
    expect(read("spo2", []).cells).toEqual([]);
  });

  it("need a scope of their own each", () => {
    const scopes = ["spo2", "br", "temp/skin", "cardioscore"].map((name) => call(name).scope);
    expect(scopes).toEqual(["oxygen_saturation", "respiratory_rate", "temperature", "cardio_fitness"]);
  });
});

describe("oxygen by the minute", () => {
  const nights = [
    {
      dateTime: day,
      minutes: [
        { value: 95.7, minute: "2024-03-11T23:59:17" },
        { value: 95.9, minute: "2024-03-12T00:00:17" },
      ],
    },
    { dateTime: "2024-03-13", minutes: [{ value: 97.1, minute: "2024-03-12T23:30:00" }] },
  ];

  it("is the course of a night, and readings under their own days", () => {
    const { cells } = read("spo2/all", nights);
    const reading = (time: string, percent: number) => ({ id: time, time, percent });
    expect(cells).toEqual([
      cell("vitals.course:oxygenSaturation", day, {
        ...{ start: "2024-03-11T23:59:17+01:00", localStart: "2024-03-11T23:59:17", stepSeconds: null },
        ...{ offsets: [0, 60], values: [95.7, 95.9] },
      }),
      cell("readings.oxygenSaturations", "2024-03-11", [reading("2024-03-11T23:59:17+01:00", 95.7)]),
      cell("readings.oxygenSaturations", day, [
        reading("2024-03-12T00:00:17+01:00", 95.9),
        reading("2024-03-12T23:30:00+01:00", 97.1),
      ]),
    ]);
    expect(request("spo2/all").path).toBe("/1/user/-/spo2/date/2024-03-11/2024-03-13/all.json");
    expect(request("spo2/all", { today: day }).path).toBe("/1/user/-/spo2/date/2024-03-11/2024-03-12/all.json");
  });

  it("has each minute and each night once", () => {
    const [night] = nights;
    const twice = [{ ...night!, minutes: night!.minutes.flatMap((each) => [each, each]) }, night];
    expect(read("spo2/all", twice).cells).toEqual(read("spo2/all", [night]).cells);
  });

  it("passes the repeated hour of autumn twice", () => {
    const minutes = ["02:30:00", "02:59:00", "02:05:00", "03:00:00"].map((clock, index) => ({
      ...{ value: 95 + index, minute: `2024-10-27T${clock}` },
    }));
    const span = { from: "2024-10-27", to: "2024-10-27", today: "2024-11-02" };
    const { cells } = read("spo2/all", [{ dateTime: "2024-10-27", minutes }], span);
    expect(cells[0]).toMatchObject({ known: { value: { offsets: [0, 1740, 2100, 5400], values: [95, 96, 97, 98] } } });
  });
});

describe("readings", () => {
  it("of temperature are several a day, at local times", () => {
    const answer = { tempCore: [{ dateTime: `${day}T07:30:00`, value: 36.8 }, { dateTime: `${day}T21:00:00` }] };
    expect(read("temp/core", answer).cells).toEqual([
      cell("readings.temperatures", day, [
        { id: `${day}T07:30:00`, time: `${day}T07:30:00+01:00`, value: 36.8, site: "CORE" },
      ]),
    ]);
  });

  it.each([
    ["Normal Sinus Rhythm", "SINUS_RHYTHM"],
    ["Atrial Fibrillation", "ATRIAL_FIBRILLATION"],
    ["Inconclusive: Low heart rate", "INCONCLUSIVE"],
    ["Something new", "OTHER"],
    [undefined, null],
  ] as const)("of electrocardiograms that are %s are %s, without the curve", (resultClassification, finding) => {
    const ecg = {
      ...{ startTime: "2024-03-12T12:34:00.000", averageHeartRate: 63, resultClassification },
      ...{ waveformSamples: [1, 2], samplingFrequencyHz: "250", numberOfWaveformSamples: 7500 },
    };
    const { cells, next } = read("ecg", { ecgReadings: [ecg], pagination: { next: "" } });
    expect(cells).toEqual([
      cell("readings.electrocardiograms", day, [
        {
          ...{ id: "2024-03-12T12:34:00.000", time: `${day}T12:34:00+01:00`, averageHeartRate: 63 },
          ...{ finding, durationSeconds: 30 },
        },
      ]),
    ]);
    expect(next).toBeUndefined();
  });

  it("of an irregular rhythm span its windows", () => {
    const window = (startTime: string, dataTime: string) => ({ startTime, bpmData: [{ dataTime, value: 71 }] });
    const alert = {
      ...{ alertTime: `${day}T07:30:00`, detectedTime: `${day}T04:10:00` },
      windows: [window(`${day}T02:35:00`, `${day}T03:30:00`), window(`${day}T02:05:00`, `${day}T03:00:00`)],
    };
    expect(read("irn", { alerts: [alert], pagination: {} }).cells).toEqual([
      cell("readings.rhythmAlerts", day, [
        { id: `${day}T04:10:00`, start: `${day}T02:05:00+01:00`, end: `${day}T03:30:00+01:00` },
      ]),
    ]);
  });

  it("go on by the vendor's link, at our own origin, until a page leads past the span", () => {
    expect(request("irn")).toEqual({
      ...{ method: "GET", path: "/1/user/-/irn/alerts/list.json" },
      query: { afterDate: "2024-03-10", sort: "asc", offset: 0, limit: 10 },
    });
    const ecg = (date: string) => ({ startTime: `${date}T12:00:00.000` });
    const page = (date: string, link: string) =>
      read("ecg", { ecgReadings: [ecg(date)], pagination: { next: link } }).next;
    const link = "https://api.fitbit.com/1/user/9XYZ12/ecg/list.json?offset=10&limit=10";
    expect(page(day, link)).toEqual({ method: "GET", path: "/1/user/9XYZ12/ecg/list.json?offset=10&limit=10" });
    expect(page("2024-03-14", link)).toBeUndefined();
    expect(() => page(day, "https://elsewhere.example/1/user/-/profile.json")).toThrow(UnreadableAnswer);
  });
});
