/** What Withings's answers say, by fixtures in which every number differs: shapes of the documents and of recordings. */
import { readFileSync } from "node:fs";
import { UnreadableAnswer } from "../../http/json.js";
import { cell, type Have, nothing } from "../../model/cells.js";
import type { Field, FieldValue } from "../../model/fields.js";
import type { SleepRecord } from "../../model/records.js";
import type { Input } from "../provider.js";
import { withings } from "./index.js";

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}
const fixture = (name: string): Answer =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));
const call = (name: string) => withings.calls.find((each) => each.name === name)!;
const knowing = (values: Readonly<Record<string, FieldValue>>): Have => ({
  value: ((field: Field, day?: string | null) => values[`${field} ${day ?? ""}`.trim()]) as Have["value"],
});
const input: Input = {
  from: "2026-03-16",
  to: "2026-03-19",
  today: "2026-03-20",
  connectedOn: "2026-01-15",
  providerUserId: "30718264",
};
const read = (name: string, answer: unknown, have: Have = knowing({}), over: Partial<Input> = {}) => {
  const own = { ...input, ...over };
  return call(name).read(answer, own, have, call(name).request(own, new Set(), have));
};
const valuesOf = (cells: readonly { field: Field; day: string | null; known: object }[], field: Field) =>
  Object.fromEntries(
    cells.filter((each) => each.field === field).map(({ day, known }) => [day, (known as { value?: unknown }).value]),
  );

describe("measures", () => {
  const reading = read("getmeas", fixture("measures"));
  const time = "2026-03-17T06:40:00+01:00";

  it("have units that are exponents, and figures of the whole body alone", () => {
    expect(valuesOf(reading.cells, "body.weight")).toEqual({
      "2026-03-17": [
        { id: "6120044871", time, weight: 71.35, bodyMassIndex: null, fatPercentage: null },
        { id: "6120077707", time: "2026-03-17T07:46:47+01:00", weight: 72, bodyMassIndex: null, fatPercentage: null },
      ],
    });
    expect(valuesOf(reading.cells, "body.fatPercentage")).toEqual({
      "2026-03-17": [{ id: "6120044871", time, weight: null, bodyMassIndex: null, fatPercentage: 22.2 }],
    });
    expect(valuesOf(reading.cells, "body.composition")).toEqual({
      "2026-03-17": [
        {
          ...{ id: "6120044871", time, weight: null, bodyMassIndex: null, fatPercentage: null },
          ...{ fatMass: 15.84, leanMass: 55.5107, muscleMass: 52.73, waterMass: 39.11, boneMass: 2.77 },
          ...{ visceralFatIndex: 4.6, basalEnergyBurned: 1649 },
        },
      ],
    });
  });

  it("tell of pressures, pulses, temperatures and oxygen, by the local day of the moment", () => {
    expect(valuesOf(reading.cells, "readings.bloodPressures")).toEqual({
      "2026-03-17": [
        { id: "6120055503", time: "2026-03-17T07:31:01+01:00", systolic: 121.2, diastolic: 78, pulse: 66 },
      ],
    });
    // A pulse of 0 is none.
    expect(valuesOf(reading.cells, "readings.pulses")).toEqual({
      "2026-03-17": [
        { id: "6120044872", time, rate: 64 },
        { id: "6120055503", time: "2026-03-17T07:31:01+01:00", rate: 66 },
      ],
    });
    expect(valuesOf(reading.cells, "readings.temperatures")["2026-03-18"]).toEqual([
      { id: "6120066604-71", time: "2026-03-18T06:40:00+01:00", value: 36.67, site: "BODY" },
      { id: "6120066604-73", time: "2026-03-18T06:40:00+01:00", value: 33.41, site: "SKIN" },
      { id: "6120066605-12", time: "2026-03-18T07:40:01+01:00", value: 37.2, site: "BODY" },
    ]);
    // The one is a share.
    expect(valuesOf(reading.cells, "readings.oxygenSaturations")["2026-03-18"]).toMatchObject([
      { percent: 96 },
      { percent: 97 },
    ]);
  });

  it("tell the vitals of a day", () => {
    expect(valuesOf(reading.cells, "vitals.pulseWaveVelocity")).toEqual({ "2026-03-17": { value: 7.43 } });
    expect(valuesOf(reading.cells, "vitals.vascularAgeYears")).toEqual({ "2026-03-17": { value: 37 } });
    expect(valuesOf(reading.cells, "vitals.vo2Max")).toEqual({ "2026-03-18": { value: 43.12 } });
  });

  it("go on on the next page, and prove nothing before the last one", () => {
    expect(reading.covers).toBeNull();
    expect(reading.next?.form).toMatchObject({ action: "getmeas", category: "1", offset: "312" });
    const last = fixture("measures");
    expect(read("getmeas", { ...last, body: { ...last.body, more: 0 } }).covers).toEqual({
      from: "2026-03-16",
      to: "2026-03-19",
    });
    expect(() => read("getmeas", { ...last, body: { ...last.body, offset: null } })).toThrow(UnreadableAnswer);
  });

  it("are asked for with a day on both sides, since the zone comes with the answer", () => {
    const { form } = call("getmeas").request(input, new Set(), knowing({}));
    expect(form).toMatchObject({ startdate: "1773532800", enddate: "1774051200" });
    expect(form!["meastypes"]!.split(",")).not.toContain("4");
  });

  it("can't be placed without a zone", () => {
    const { body } = fixture("measures");
    const bare = { status: 0, body: { ...body, timezone: "Mars/Olympus" } };
    expect(() => read("getmeas", bare)).toThrow("body.timezone is no time zone");
    const tokyo = read("getmeas", bare, knowing({ "profile.timeZone": "Asia/Tokyo" }));
    expect(valuesOf(tokyo.cells, "vitals.pulseWaveVelocity")).toEqual({ "2026-03-17": { value: 7.43 } });
  });

  it("of a group that can't be read cost its own day alone", () => {
    const { body } = fixture("measures");
    const broken = { grpid: 1, date: 1773726000, measures: "none" };
    const { cells, skipped } = read("getmeas", {
      status: 0,
      body: { ...body, measuregrps: [broken, ...body["measuregrps"]!] },
    });
    expect(new Set(skipped!.map(({ day }) => day))).toEqual(new Set(["2026-03-17"]));
    expect(valuesOf(cells, "body.weight")["2026-03-17"]).toHaveLength(2);
  });

  it("give the profile its newest height and weight, in whichever order they come", () => {
    const of = (date: number, value: number, attrib = 0) => ({
      ...{ grpid: date, attrib, date, category: 1 },
      measures: [
        { value, type: 1, unit: -1 },
        { value: value + 1000, type: 4, unit: -3 },
      ],
    });
    const answer = {
      status: 0,
      body: {
        timezone: "Europe/Oslo",
        measuregrps: [of(1773000000, 701), of(1773500000, 713), of(1773900000, 834, 1)],
      },
    };
    expect(read("getmeas weight", answer).cells).toEqual([cell("profile.weight", null, 71.3)]);
    expect(read("getmeas height", answer).cells).toEqual([
      cell("profile.timeZone", null, "Europe/Oslo"),
      cell("profile.height", null, 1.713),
    ]);
    const none = { status: 0, body: { timezone: "Europe/Oslo", measuregrps: [] } };
    expect(read("getmeas height", none).cells).toEqual([cell("profile.timeZone", null, "Europe/Oslo")]);
  });

  it("give each weighing a body mass index by the height", () => {
    const { derive } = withings.derive![0]!;
    const weighing = { id: "1", time, weight: 72, bodyMassIndex: null, fatPercentage: null };
    expect(derive([[weighing, { ...weighing, weight: null }], 2])).toEqual([
      { id: "1", time, weight: null, bodyMassIndex: 18, fatPercentage: null },
    ]);
    expect([derive([[weighing], undefined]), derive([[], 2]), derive([undefined, 2])]).toEqual([null, [], null]);
  });
});

describe("days", () => {
  const { cells, skipped, next } = read("getactivity", fixture("activity"));
  const of = (field: Field) => valuesOf(cells, field);

  it("take a tracker's row first, and from a phone's what it lacks", () => {
    const day = "2026-03-17";
    const told = Object.fromEntries(cells.filter((each) => each.day === day).map(({ field, known }) => [field, known]));
    expect(told).toEqual(
      Object.fromEntries(
        Object.entries({
          "activity.steps": 8316,
          "activity.distance": 6420.5,
          "activity.floors": 7,
          "activity.energyBurned": 2291.7,
          "activity.activeEnergyBurned": 388.4,
          "activity.lightlyActiveMinutes": 121,
          "activity.moderatelyActiveMinutes": 34,
          "activity.veryActiveMinutes": 9,
          "heart.averageRate": 76,
          "heart.lowestRate": 49,
          "heart.highestRate": 161,
          "heart.zones.minutes": [
            { kind: "LIGHT", minutes: 684 },
            { kind: "MODERATE", minutes: 42 },
            { kind: "VIGOROUS", minutes: 10 },
            { kind: "PEAK", minutes: 2 },
          ],
          "activity.timeZone": "Europe/Oslo",
        }).map(([field, value]) => [field, { value }]),
      ),
    );
  });

  it("keep a 0 that is a 0, and take a heart rate of 0 for none", () => {
    expect([of("activity.steps"), of("activity.floors")].map((days) => days["2026-03-18"])).toEqual([0, 0]);
    expect(cells.filter(({ day, field }) => day === "2026-03-18" && field.startsWith("heart."))).toEqual([]);
    expect(of("activity.timeZone")["2026-03-18"]).toBe("Asia/Tokyo");
  });

  it("say of a figure that is no number that it is wrong, and of a row without a date nothing", () => {
    expect(cells).toContainEqual(nothing("activity.steps", "2026-03-16", "PROVIDER_ERROR"));
    expect(of("activity.distance")["2026-03-16"]).toBe(913.5);
    expect(new Set(skipped!.map(({ day }) => day))).toEqual(new Set([null]));
    expect(next?.form).toMatchObject({ startdateymd: "2026-03-16", enddateymd: "2026-03-19", offset: "200" });
  });

  it.each([[{ status: 0, body: {} }], [{ status: 0, body: [] }], [{ status: 0 }], [[]], [null], ["no object"]])(
    "are unreadable in %j, and never none",
    (answer) => {
      for (const name of ["getactivity", "getsummary", "getworkouts", "getmeas", "getdevice"])
        expect(() => read(name, answer)).toThrow(UnreadableAnswer);
    },
  );

  it("may be an empty object where a list belongs, and an empty list where an object does", () => {
    const none = (key: string, value: unknown) => ({ status: 0, body: { timezone: "Europe/Oslo", [key]: value } });
    for (const empty of [[], {}]) {
      expect(read("getactivity", none("activities", empty))).toMatchObject({ cells: [], covers: { from: input.from } });
      const day = { from: "2026-03-16", to: "2026-03-16" };
      const zone = knowing({ "profile.timeZone": "Europe/Oslo" });
      expect(read("getintradayactivity", none("series", empty), zone, day).cells).toEqual([]);
      expect(read("getgoals", none("goals", empty)).cells).toEqual([
        cell("goals.daily", null, []),
        cell("goals.sleep", null, []),
        cell("goals.weight", null, []),
      ]);
    }
  });
});

describe("samples", () => {
  const slot = (over: object) => ({ deviceid: null, model: "ScanWatch", model_id: 93, ...over });
  const day = (date: string) => ({ from: date, to: date });

  it("are asked for from midnight to midnight of the zone of their own day", () => {
    const have = knowing({ "activity.timeZone 2026-03-17": "Asia/Tokyo", "profile.timeZone": "Europe/Oslo" });
    const request = (date: string) => call("getintradayactivity").request({ ...input, ...day(date) }, new Set(), have);
    // Tokyo's midnight, and on a day without a row Oslo's.
    expect(request("2026-03-17").form).toMatchObject({ startdate: "1773673200", enddate: "1773759600" });
    expect(request("2026-03-18").form).toMatchObject({ startdate: "1773788400", enddate: "1773874800" });
    const answer = {
      status: 0,
      body: {
        series: {
          "1773759599": slot({ heart_rate: 63, duration: 60 }),
          "1773673200": slot({ steps: 42, distance: 31.2, elevation: 0, calories: 1.7, duration: 60 }),
          "1773673260": slot({ duration: 540 }),
          "1773673800": slot({ heart_rate: 71, spo2_auto: 97 }),
          "1773673860": slot({ heart_rate: 0 }),
          "1773759600": slot({ heart_rate: 99 }),
        },
      },
    };
    const { cells, covers } = read("getintradayactivity", answer, have, day("2026-03-17"));
    const series = (offsets: number[], values: number[]) => ({
      ...{ start: "2026-03-17T00:00:00+09:00", localStart: "2026-03-17T00:00:00", stepSeconds: null },
      ...{ offsets, values },
    });
    expect(cells).toEqual([
      cell("heart.samples:ONE_SECOND", "2026-03-17", series([600, 86_399], [71, 63])),
      cell("activity.samples:STEPS:ONE_MINUTE", "2026-03-17", series([0], [42])),
      cell("activity.samples:DISTANCE:ONE_MINUTE", "2026-03-17", series([0], [31.2])),
      cell("activity.samples:FLOORS:ONE_MINUTE", "2026-03-17", series([0], [0])),
      cell("vitals.course:oxygenSaturation", "2026-03-17", series([600], [97])),
    ]);
    expect(covers).toEqual(day("2026-03-17"));
  });

  it("of a day of 25 hours are two requests, of one of 23 one", () => {
    const have = knowing({ "profile.timeZone": "Europe/Oslo" });
    const autumn = { ...input, ...day("2026-10-25") };
    const first = call("getintradayactivity").request(autumn, new Set(), have);
    expect(first.form).toMatchObject({ startdate: "1792879200", enddate: "1792965600" });
    const answer = { status: 0, body: { series: { "1792965540": slot({ steps: 7 }) } } };
    const { next, covers, cells } = call("getintradayactivity").read(answer, autumn, have, first);
    expect([next?.form, covers]).toMatchObject([{ startdate: "1792965600", enddate: "1792969200" }, null]);
    expect(cells[0]!.known).toMatchObject({ value: { zone: "Europe/Oslo", offsets: [86_340], values: [7] } });
    expect(call("getintradayactivity").read(answer, autumn, have, next!)).toMatchObject({ covers: day("2026-10-25") });
    const spring = call("getintradayactivity").request({ ...input, ...day("2026-03-29") }, new Set(), have);
    expect(Number(spring.form!["enddate"]) - Number(spring.form!["startdate"])).toBe(82_800);
  });
});

describe("nights", () => {
  const { cells, skipped, covers } = read("getsummary", fixture("nights"));
  const day = "2026-03-18";
  const sessions = valuesOf(cells, "sleep.sessions")[day] as readonly SleepRecord[];

  it("stand on the day of their end, with the stages in all", () => {
    expect(covers).toEqual({ from: "2026-03-16", to: "2026-03-19" });
    expect(sessions[0]).toEqual({
      ...{ id: "2290417735", start: "2026-03-17T23:14:00+01:00", end: "2026-03-18T07:09:00+01:00" },
      ...{ isMainSleep: true, minutesInBed: 470, minutesAsleep: 416, minutesAwake: 54, minutesToFallAsleep: 13 },
      ...{ efficiency: 89, hypnogram: null, pending: false },
      stages: [
        { stage: "LIGHT", minutes: 225, count: null },
        { stage: "DEEP", minutes: 101, count: null },
        { stage: "REM", minutes: 90, count: 4 },
        { stage: "AWAKE", minutes: 54, count: 2 },
      ],
      ...{ averageHeartRate: 57, lowestHeartRate: 48, respiratoryRate: 15, awakenings: 2, snoringMinutes: null },
    });
  });

  it("of two devices are both there, and the longest of the day is the main one", () => {
    expect(sessions.map(({ id, isMainSleep }) => [id, isMainSleep])).toEqual([
      ["2290417735", true],
      ["2290417736", false],
      ["2290417737", false],
    ]);
  });

  it("take −1 for none and keep 0, and know the minutes asleep of another maker's", () => {
    expect(sessions[1]).toMatchObject({
      snoringMinutes: 0,
      minutesToFallAsleep: 0,
      respiratoryRate: null,
      stages: null,
    });
    expect(sessions[2]).toMatchObject({ minutesAsleep: 39, stages: null, minutesInBed: 44 });
    expect(valuesOf(cells, "scores.SLEEP")[day]).toMatchObject([
      { id: "2290417735", name: "Sleep score", value: 78, scaleMin: 0, scaleMax: 100 },
      { id: "2290417736", value: 74 },
    ]);
  });

  it("tell the vitals of the night: those of the main sleep, and what it lacks of the other device", () => {
    // Not the nap's 41.
    expect(valuesOf(cells, "heart.restingRate")).toEqual({ [day]: 48 });
    expect(valuesOf(cells, "vitals.respiratoryRate")).toEqual({ [day]: { value: 15, low: 11, high: 19 } });
    expect(valuesOf(cells, "vitals.breathingDisturbanceIndex")).toEqual({ [day]: { value: 21 } });
    expect(valuesOf(cells, "vitals.apneaHypopneaIndex")).toEqual({ [day]: { value: 3 } });
  });

  it("that go on are not synced yet, and those without a zone can't be placed", () => {
    const of = (wanted: string) => [
      ...new Set(skipped!.filter((each) => each.day === wanted).map(({ reason }) => reason)),
    ];
    expect([of("2026-03-19"), of("2026-03-17")]).toEqual([["NOT_YET_SYNCED"], ["PROVIDER_ERROR"]]);
  });

  it("in which clocks change keep both offsets, and name their zone", () => {
    const [raw] = fixture("nights").body["series"]!;
    // 2026-03-29 01:00 UTC.
    const spring = { ...raw, startdate: 1774735200, enddate: 1774764000, date: "2026-03-29" };
    const { cells: own } = read("getsummary", { status: 0, body: { series: [spring] } }, undefined, {
      to: "2026-03-29",
    });
    const [night] = valuesOf(own, "sleep.sessions")["2026-03-29"] as readonly SleepRecord[];
    expect(night).toMatchObject({
      ...{ start: "2026-03-28T23:00:00+01:00", end: "2026-03-29T08:00:00+02:00", zone: "Europe/Oslo" },
    });
    const have = knowing({ "sleep.sessions 2026-03-29": [night!] });
    const segment = (startdate: number, enddate: number, state: number) => ({ startdate, enddate, state });
    const answer = {
      status: 0,
      body: { series: [segment(1774746000, 1774764000, 2), segment(1774735200, 1774746000, 1)] },
    };
    const stages = read("sleep get", answer, have, { from: "2026-03-29", to: "2026-03-29" });
    expect(valuesOf(stages.cells, "sleep.hypnograms")["2026-03-29"]).toEqual([
      {
        id: "2290417735",
        hypnogram: [
          { stage: "LIGHT", start: "2026-03-28T23:00:00+01:00", seconds: 10_800 },
          { stage: "DEEP", start: "2026-03-29T03:00:00+02:00", seconds: 18_000 },
        ],
      },
    ]);
  });
});

describe("stages", () => {
  const day = "2026-03-18";
  const sessions = valuesOf(read("getsummary", fixture("nights")).cells, "sleep.sessions")[day] as SleepRecord[];
  const have = knowing({ [`sleep.sessions ${day}`]: sessions });
  const own = { from: day, to: day };
  const { cells, covers } = read("sleep get", fixture("stages"), have, own);

  it("are joined to their night by its id, each night those of its own device", () => {
    expect(valuesOf(cells, "sleep.hypnograms")[day]).toEqual([
      {
        id: "2290417735",
        // Two neighbours are one, and out of bed is a gap.
        hypnogram: [
          { stage: "AWAKE", start: "2026-03-17T23:14:00+01:00", seconds: 780 },
          { stage: "LIGHT", start: "2026-03-17T23:27:00+01:00", seconds: 3600 },
          { stage: "ASLEEP", start: "2026-03-18T00:32:00+01:00", seconds: 23_820 },
        ],
      },
      { id: "2290417736", hypnogram: [{ stage: "DEEP", start: "2026-03-17T23:20:00+01:00", seconds: 27_900 }] },
      { id: "2290417737", hypnogram: [{ stage: "ASLEEP", start: "2026-03-18T14:20:00+01:00", seconds: 2700 }] },
    ]);
    expect(covers).toEqual(own);
  });

  it("come with the course of the night, in which 0 is nothing", () => {
    const course = (id: string, start: string, offsets: number[], values: number[]) => ({
      ...{ id, series: { start, localStart: start.slice(0, 19), stepSeconds: null, offsets, values } },
    });
    expect(valuesOf(cells, "sleep.course:HEART_RATE")[day]).toEqual([
      course("2290417735", "2026-03-17T23:14:00+01:00", [0, 780, 840, 1380], [66, 61, 60, 58]),
      course("2290417736", "2026-03-17T23:20:00+01:00", [0], [52]),
      course("2290417737", "2026-03-18T14:21:00+01:00", [0], [54]),
    ]);
    expect(valuesOf(cells, "sleep.course:RESPIRATORY_RATE")[day]).toHaveLength(1);
    expect(valuesOf(cells, "heart.hrvRmssd")).toEqual({ [day]: 49 });
    expect(valuesOf(cells, "heart.hrvSdnn")).toEqual({ [day]: 71 });
  });

  it("cost no request without a night, one for a night with its nap, and more where they span more than a day", () => {
    const asks = (...spans: readonly (readonly [string, string])[]) => {
      const nights = spans.map(([start, end], index) => ({ ...sessions[0]!, id: String(index), start, end }));
      const known = knowing({ [`sleep.sessions ${day}`]: nights });
      const get = call("sleep get");
      if (get.isNeedless!({ ...input, ...own }, known)) return [];
      const asked = [get.request({ ...input, ...own }, new Set(), known)];
      for (let at = 0; at < asked.length; at++) {
        const { next } = get.read({ status: 0, body: { series: [] } }, { ...input, ...own }, known, asked[at]!);
        if (next) asked.push(next);
      }
      return asked.map(({ form }) => [Number(form!["startdate"]), Number(form!["enddate"])]);
    };
    const night = ["2026-03-17T23:00:00+01:00", "2026-03-18T07:00:00+01:00"] as const;
    const at = (text: string) => Date.parse(text) / 1000;
    expect(asks()).toEqual([]);
    expect(call("sleep get").isNeedless!({ ...input, ...own }, knowing({}))).toBe(true);
    expect(asks(night, ["2026-03-18T14:00:00+01:00", "2026-03-18T14:45:00+01:00"])).toEqual([
      [at(night[0]), at("2026-03-18T14:45:00+01:00")],
    ]);
    expect(asks(["2026-03-18T23:05:00+01:00", "2026-03-18T23:50:00+01:00"], night)).toEqual([
      [at(night[0]), at(night[1])],
      [at("2026-03-18T23:05:00+01:00"), at("2026-03-18T23:50:00+01:00")],
    ]);
    expect(asks(["2026-03-17T02:00:00+01:00", "2026-03-18T05:00:00+01:00"])).toEqual([
      [at("2026-03-17T02:00:00+01:00"), at("2026-03-18T02:00:00+01:00")],
      [at("2026-03-18T02:00:00+01:00"), at("2026-03-18T05:00:00+01:00")],
    ]);
  });
});

it("workouts keep Withings's name, take what was typed in first, and know no rate of 0", () => {
  const { cells, skipped } = read("getworkouts", fixture("workouts"));
  expect(valuesOf(cells, "workouts.workouts")["2026-03-17"]).toEqual([
    {
      ...{ id: "4410098321", kind: "RUNNING", name: "Trail running", points: null },
      ...{ start: "2026-03-17T17:31:00+01:00", end: "2026-03-17T18:10:01+01:00", durationSeconds: 2341 },
      ...{ distance: 6480.5, energyBurned: 431, steps: 6012, averageHeartRate: 149, maxHeartRate: 172 },
      zones: [
        { kind: "LIGHT", minutes: 2, minRate: null, maxRate: null, energyBurned: null },
        { kind: "MODERATE", minutes: 8, minRate: null, maxRate: null, energyBurned: null },
        { kind: "VIGOROUS", minutes: 23, minRate: null, maxRate: null, energyBurned: null },
        { kind: "PEAK", minutes: 6, minRate: null, maxRate: null, energyBurned: null },
      ],
    },
    expect.objectContaining({
      id: "4410098322",
      kind: "OTHER",
      name: null,
      energyBurned: null,
      steps: null,
      zones: null,
    }),
    expect.objectContaining({
      ...{ id: "4410098323", kind: "SWIMMING", steps: 0, averageHeartRate: null, maxHeartRate: null },
      ...{ distance: 1500, energyBurned: 217 },
    }),
  ]);
  expect(skipped).toMatchObject([{ day: "2026-03-18", reason: "NOT_YET_SYNCED" }]);
});

it("electrocardiograms have a finding, and entries without a signal are none", () => {
  const entry = (over: object) => ({
    deviceid: "d",
    model: 44,
    heart_rate: 61,
    timestamp: 1773765060,
    modified: 9,
    ...over,
  });
  const answer = {
    status: 0,
    body: {
      series: [
        entry({ ecg: { signalid: 9_007_199_254, afib: 1 }, bloodpressure: { diastole: 74, systole: 118 } }),
        entry({ ecg: { signalid: 48, afib: 0 }, heart_rate: 0, timestamp: 1773765120 }),
        entry({ ecg: { signalid: 49, afib: 2 }, timestamp: 1773765180 }),
        entry({ ecg: { signalid: 50, afib: 7 }, timestamp: 1773765240 }),
        entry({ ecg: { signalid: 51 }, timestamp: 1773765300 }),
        entry({ stetho: { signalid: 52, vhd: 0 } }),
      ],
      more: false,
    },
  };
  const { cells } = read("heart list", answer, knowing({ "profile.timeZone": "Europe/Oslo" }));
  const found = valuesOf(cells, "readings.electrocardiograms")["2026-03-17"] as object[];
  expect(found[0]).toEqual({
    ...{ id: "9007199254", time: "2026-03-17T17:31:00+01:00", averageHeartRate: 61 },
    ...{ finding: "ATRIAL_FIBRILLATION", durationSeconds: null },
  });
  expect(found.slice(1)).toMatchObject([
    { finding: "SINUS_RHYTHM", averageHeartRate: null },
    { finding: "INCONCLUSIVE" },
    { finding: "OTHER" },
    { finding: null },
  ]);
});

it("devices have a level of charge and the time of their last sync, and say what is worn", () => {
  const device = {
    model_id: 1,
    deviceid: "d1",
    hash_deviceid: "h1",
    timezone: "Europe/Oslo",
    first_session_date: null,
  };
  const answer = {
    status: 0,
    body: {
      devices: [
        { ...device, type: "Scale", model: "Body+", battery: "medium", last_session_date: 1773726000 },
        {
          ...device,
          type: "Activity Tracker",
          model: "ScanWatch",
          battery: "high",
          deviceid: "d2",
          last_session_date: null,
        },
        { type: "Sleep Monitor", model: "Aura Sensor V2", battery: "unknown", hash_deviceid: "h3" },
        { type: "Scale" },
      ],
    },
  };
  const { cells, skipped } = read("getdevice", answer);
  const none = { firmware: null, batteryPercent: null };
  expect(cells).toEqual([
    cell("devices.devices", null, [
      {
        ...{ id: "d1", model: "Body+", kind: "Scale", ...none, batteryLevel: "MEDIUM", isWorn: false },
        lastSyncAt: "2026-03-17T06:40:00+01:00",
      },
      {
        id: "d2",
        model: "ScanWatch",
        kind: "Activity Tracker",
        ...none,
        batteryLevel: "HIGH",
        isWorn: true,
        lastSyncAt: null,
      },
      {
        id: "h3",
        model: "Aura Sensor V2",
        kind: "Sleep Monitor",
        ...none,
        batteryLevel: null,
        isWorn: false,
        lastSyncAt: null,
      },
    ]),
  ]);
  expect(skipped).toHaveLength(1);
});

it("goals are of steps, of sleep in minutes, and of weight; 0 is no goal", () => {
  const goals = (body: object) => read("getgoals", { status: 0, body: { goals: body } }).cells;
  expect(goals({ steps: 9500, sleep: 27_000, weight: { value: 652, unit: -1 } })).toEqual([
    cell("goals.daily", null, [{ metric: "STEPS", period: "DAILY", target: 9500, current: null, unit: "count" }]),
    cell("goals.sleep", null, [{ metric: "SLEEP", period: "DAILY", target: 450, current: null, unit: "min" }]),
    cell("goals.weight", null, [{ metric: "WEIGHT", period: "OPEN", target: 65.2, current: null, unit: "kg" }]),
  ]);
  expect(goals({ steps: 0 }).map(({ known }) => known)).toEqual([{ value: [] }, { value: [] }, { value: [] }]);
});
