import { answerOf, day, source } from "../../../test/support/sources.js";
import type { Field } from "../../model/fields.js";

const [before, after] = ["2026-10-05", "2026-10-07"];
const days = [before, day, after];
const oxygen = "vitals.oxygenSaturation" as const;
const skin = "vitals.skinTemperature" as const;
const nothing = { [oxygen]: "NOT_RECORDED", [skin]: "NOT_RECORDED" } as const;

describe("vitals", () => {
  it("are chosen one by one: each day of each is of the first source that has it", () => {
    const first = source("FIRST", { [day]: { [oxygen]: { value: 95.1 } } }, { reasons: nothing });
    const second = source(
      "SECOND",
      { [before]: { [oxygen]: { value: 96.2 } }, [day]: { [oxygen]: { value: 97.3 }, [skin]: { value: 34.4 } } },
      { reasons: nothing },
    );
    const history = answerOf("VITALS", [first, second], { fields: [oxygen, skin], days, alternatives: false });
    expect(history.oxygenSaturation!.map(({ date, source: from, value }) => [date, from, value])).toEqual([
      [before, "SECOND", 96.2],
      [day, "FIRST", 95.1],
      [after, "FIRST", null],
    ]);
    expect(history.skinTemperature!.map(({ source: from, value, reason }) => [from, value, reason])).toEqual([
      ["FIRST", null, "NOT_RECORDED"],
      ["SECOND", 34.4, null],
      ["FIRST", null, "NOT_RECORDED"],
    ]);
    expect(history.vo2Max).toBeNull();
  });

  it("ask the next source only for the days that the better ones lack, and for no other vital", () => {
    const first = source("FIRST", { [day]: { [oxygen]: { value: 95.1 } } }, { reasons: nothing });
    const second = source("SECOND", { [oxygen]: { value: 96.2 } });
    answerOf("VITALS", [first, second], { fields: [oxygen], days, alternatives: false });
    expect(first.asked).toEqual([[oxygen, days]]);
    expect(second.asked).toEqual([[oxygen, [before, after]]]);
  });

  it("ask every source for those that are shown beside each other, and for no other vital", () => {
    const first = source("FIRST", { [oxygen]: { value: 95.1 }, [skin]: { value: 34.4 } });
    const second = source("SECOND", { [oxygen]: { value: 96.2 }, [skin]: { value: 34.6 } });
    const fields = [oxygen, skin] as const;
    const { oxygenSaturation, skinTemperature } = answerOf("VITALS", [first, second], {
      ...{ fields, days, alternatives: true, alternativesTo: new Set([oxygen]) },
    });
    expect(second.asked).toEqual([[oxygen, days]]);
    expect(oxygenSaturation![0]!.alternatives).toMatchObject([{ source: "SECOND", value: 96.2 }]);
    expect(skinTemperature![0]!.alternatives).toEqual([]);
  });

  it("have a range and a method where the provider gives them", () => {
    const one = source("ONE", { "vitals.vo2Max": { value: 46, low: 44, high: 48, method: "RANGE" } });
    const { vo2Max } = answerOf("VITALS", [one], { fields: ["vitals.vo2Max"] });
    expect(vo2Max).toMatchObject([{ value: 46, low: 44, high: 48, method: "RANGE", reason: null, settled: true }]);
  });

  it("are a null list where nobody could answer, with the reason of the best source that offers them", () => {
    const without = source("WITHOUT", {}, { lacks: () => true });
    const refused = source("REFUSED", {}, { reasons: {} });
    const history = answerOf("VITALS", [without, refused], { fields: [oxygen, skin] });
    expect(history).toMatchObject({ oxygenSaturation: null, skinTemperature: null });
    expect([...history.absent]).toEqual([
      ["oxygenSaturation", "UNKNOWN"],
      ["skinTemperature", "UNKNOWN"],
    ]);
    const alone = answerOf("VITALS", [without], { fields: [oxygen] });
    expect([...alone.absent]).toEqual([["oxygenSaturation", "UNSUPPORTED"]]);
    expect(without.asked).toEqual([]);
  });

  it("show every other source beside the chosen one, and a joined account never twice", () => {
    const heir = source("HEIR", { [oxygen]: { value: 95.5 } }, { group: "account" });
    const forebear = source("FOREBEAR", { [oxygen]: { value: 95.6 } }, { group: "account" });
    const other = source("OTHER", { [oxygen]: { value: 94.4 } });
    const { oxygenSaturation } = answerOf("VITALS", [heir, forebear, other], { fields: [oxygen] });
    const [chosen] = oxygenSaturation!;
    expect([chosen!.source, chosen!.alternatives.map(({ source: from, value }) => [from, value])]).toEqual([
      "HEIR",
      [["OTHER", 94.4]],
    ]);
  });

  it("prefer a source that can be asked to an unsettled day of one that can't", () => {
    const gone = source("GONE", { [oxygen]: { value: 95.5 } }, { gone: true, unsettled: [day] });
    const living = source("ALIVE", { [oxygen]: { value: 96.6 } });
    const { oxygenSaturation } = answerOf("VITALS", [gone, living], { fields: [oxygen], days: [before, day] });
    expect(oxygenSaturation!.map(({ source: from }) => from)).toEqual(["GONE", "ALIVE"]);
  });

  it("have a course where it is asked for, read from the source that is shown alone", () => {
    const course = "vitals.course:oxygenSaturation";
    const series = { start: `${day}T00:05:00+02:00`, offsets: [0, 60], values: [95, 96] };
    const first = source("FIRST", { [oxygen]: { value: 95.1 }, [course]: series });
    const second = source("SECOND", { [oxygen]: { value: 96.2 } });
    const asked = { fields: [oxygen, course] as Field[], alternatives: false };
    expect(answerOf("VITALS", [first, second], asked).oxygenSaturation![0]!.course).toBe(series);
    expect(second.asked).toEqual([]);
    expect(answerOf("VITALS", [first], { fields: [oxygen] }).oxygenSaturation![0]!.course).toBeNull();
  });
});

describe("readings", () => {
  const at = (clock: string) => `${day}T${clock}+02:00`;
  const temperature = (id: string, clock: string, value: number) => ({ id, time: at(clock), value, site: "CORE" });
  const field = "readings.temperatures" as const;

  it("are listed once where two sources took one within two minutes with equal figures", () => {
    const first = source("FIRST", {
      [field]: [temperature("a", "08:00:00", 36.7), temperature("b", "21:30:00", 37.1)],
    });
    const second = source("SECOND", {
      [field]: [
        temperature("c", "08:02:00", 36.7),
        temperature("d", "08:01:00", 36.8),
        temperature("e", "21:32:01", 37.1),
      ],
    });
    const { temperatures } = answerOf("READINGS", [first, second], { fields: [field] });
    expect(temperatures!.map(({ source: from, time, value }) => [from, time.slice(11, 19), value])).toEqual([
      ["FIRST", "08:00:00", 36.7],
      ["SECOND", "08:01:00", 36.8],
      ["FIRST", "21:30:00", 37.1],
      ["SECOND", "21:32:01", 37.1],
    ]);
  });

  it("of one source are never joined, however equal", () => {
    const one = source("ONE", { [field]: [temperature("a", "08:00:00", 36.7), temperature("b", "08:00:30", 36.7)] });
    expect(answerOf("READINGS", [one], { fields: [field] }).temperatures).toHaveLength(2);
  });

  it("are empty where somebody answered so, and null with a reason where nobody could", () => {
    const one = source("ONE", { [field]: [] }, { reasons: { "readings.pulses": "PROVIDER_ERROR" } });
    const lacking = source("LACKING", {}, { lacks: () => true });
    const history = answerOf("READINGS", [lacking, one], { fields: [field, "readings.electrocardiograms"] });
    expect(history).toMatchObject({ temperatures: [], electrocardiograms: null, pulses: null });
    expect([...history.absent]).toEqual([["electrocardiograms", "UNKNOWN"]]);
  });

  it("have a glucose course for each day, of the first source with one", () => {
    const series = (start: string, value: number) => ({ start, offsets: [0], values: [value] });
    const glucose = "readings.glucoseCourse" as const;
    const reasons = { [glucose]: "NOT_RECORDED" } as const;
    const first = source("FIRST", { [day]: { [glucose]: series(at("00:00:00"), 5.1) } }, { reasons });
    const second = source("SECOND", { [glucose]: series(at("00:01:00"), 6.2) });
    const { glucoseSeries } = answerOf("READINGS", [first, second], { fields: [glucose], days: [before, day] });
    expect(glucoseSeries!.map(({ values }) => values)).toEqual([[6.2], [5.1]]);
  });
});

describe("scores", () => {
  const score = (name: string, value: number | null, more: object = {}) => ({
    ...{ id: name, name, value, scaleMin: 0, scaleMax: 100, level: null, contributors: [] },
    ...more,
  });

  it("are listed from every source, by day, then kind, then priority, and never joined", () => {
    const first = source("FIRST", {
      "scores.READINESS": [score("Readiness", 81)],
      "scores.SLEEP": [score("Sleep", 77)],
    });
    const second = source("SECOND", { "scores.READINESS": [score("Recovery", 64)] });
    const history = answerOf("SCORES", [first, second], {
      fields: ["scores.SLEEP", "scores.READINESS"],
      days: [before, day],
    });
    const told = history.scores!.map(({ date, kind, name, value, source: from }) => [date, kind, name, value, from]);
    const ofDay = (date: string) => [
      [date, "READINESS", "Readiness", 81, "FIRST"],
      [date, "READINESS", "Recovery", 64, "SECOND"],
      [date, "SLEEP", "Sleep", 77, "FIRST"],
    ];
    expect(told).toEqual([...ofDay(before), ...ofDay(day)]);
    expect(new Set(history.scores!.map(({ id }) => id)).size).toBe(6);
  });

  it("say why there is neither a value nor a word, and nothing where there is one", () => {
    const one = source("ONE", {
      "scores.STRAIN": [
        score("Strain", null, { pending: true }),
        score("Load", null),
        score("Stress", null, { refused: ["value"] }),
        score("Cardio Load", null, { level: "PRODUCTIVE" }),
      ],
    });
    const { scores } = answerOf("SCORES", [one], { fields: ["scores.STRAIN"] });
    expect(scores!.map(({ name, reason, settled }) => [name, reason, settled])).toEqual([
      ["Strain", "NOT_YET_SYNCED", false],
      ["Load", "NOT_RECORDED", true],
      ["Stress", "PROVIDER_ERROR", true],
      ["Cardio Load", null, true],
    ]);
  });

  it("are null where no source could answer", () => {
    const none = source("NONE", {}, { lacks: () => true });
    expect(answerOf("SCORES", [none], { fields: ["scores.SLEEP"] }).scores).toBeNull();
    expect(answerOf("SCORES", [source("FAILED", {})], { fields: ["scores.SLEEP"] }).scores).toBeNull();
  });
});

describe("what joins nights, workouts and weighings", () => {
  const night = {
    id: "n",
    start: "2026-10-05T23:10:00+02:00",
    end: `${day}T06:20:00+02:00`,
    stages: [],
    hypnogram: [],
  };

  it("asks for the breathing of a night by itself, and joins it by the night's id", () => {
    const cells = { "sleep.sessions": [night], "sleep.breathing": [{ id: "n", respiratoryRate: 14.6 }] };
    const asked = source("ONE", cells);
    const fields: Field[] = ["sleep.sessions", "sleep.breathing"];
    expect(answerOf("SLEEP", [asked], { fields }).sessions).toMatchObject([{ respiratoryRate: 14.6 }]);
    expect(asked.asked).toEqual([
      ["sleep.sessions", [day]],
      ["sleep.breathing", [day]],
    ]);
    const other = source("ONE", { ...cells, "sleep.breathing": [{ id: "m", respiratoryRate: 14.6 }] });
    const [session] = answerOf("SLEEP", [other], { fields }).sessions!;
    expect([session!.respiratoryRate, session!.absent.get("respiratoryRate")]).toEqual([null, "NOT_RECORDED"]);
  });

  it("has courses of nights and workouts, and why there are none", () => {
    const series = { start: night.start, offsets: [0], values: [51] };
    const one = source("ONE", { "sleep.sessions": [night], "sleep.course:HEART_RATE": [{ id: "n", series }] });
    const fields: Field[] = ["sleep.sessions", "sleep.course:HEART_RATE", "sleep.course:HRV_RMSSD"];
    const [session] = answerOf("SLEEP", [one], { fields }).sessions!;
    expect([...session!.courses]).toEqual([
      ["HEART_RATE", series],
      ["HRV_RMSSD", null],
    ]);
    expect(session!.absent.get("samples(HRV_RMSSD)")).toBe("UNKNOWN");
    const workout = { id: "w", kind: "RUNNING", start: `${day}T08:00:00+02:00`, end: `${day}T08:40:00+02:00` };
    const power = { "workouts.workouts": [workout], "workouts.course:POWER": [{ id: "w", series }] };
    const asked: Field[] = ["workouts.workouts", "workouts.course:POWER"];
    const [shown] = answerOf("WORKOUTS", [source("ONE", power)], { fields: asked }).workouts!;
    expect(shown!.courses.get("POWER")).toBe(series);
    expect([shown!.absent.get("load"), shown!.absent.get("zones")]).toEqual(["UNSUPPORTED", "UNSUPPORTED"]);
  });

  it("has what a scale measured beside the weight, and why the rest is missing", () => {
    const part = { id: "k", time: `${day}T07:10:00+02:00`, weight: null, bodyMassIndex: null, fatPercentage: null };
    const one = source(
      "ONE",
      {
        "body.weight": [{ ...part, weight: 71.5 }],
        "body.fatPercentage": [],
        "body.composition": [{ ...part, muscleMass: 55.5, boneMass: null, refused: ["boneMass"] }],
      },
      { lacks: (field) => field === "body.bodyMassIndex" },
    );
    const fields: Field[] = ["body.weight", "body.composition"];
    const { measurements } = answerOf("BODY", [one], { fields });
    expect(measurements).toMatchObject([{ weight: 71.5, muscleMass: 55.5 }]);
    const { absent } = measurements![0]!;
    expect(
      ["weight", "bodyMassIndex", "fatPercentage", "boneMass", "waterMass"].map((name) => absent.get(name)),
    ).toEqual([undefined, "UNSUPPORTED", "NOT_RECORDED", "PROVIDER_ERROR", "NOT_RECORDED"]);
  });
});

describe("worn", () => {
  const days = ["2026-10-05", day, "2026-10-07"];
  const worn = (of: "ACTIVITY" | "HEART", cells: object, traits: object = {}) => {
    const { days: found } = answerOf(of, [source("ONE", cells, traits)], { fields: [], days, worn: true });
    return (found ?? []).map((each) => (each as { worn?: boolean | null }).worn);
  };
  const steps = "activity.steps" as const;
  const rate = "heart.restingRate" as const;

  it("never depends on what else was selected: it asks for the witness, with one source too", () => {
    const one = source("ONE", { [steps]: 7, "activity.floors": 3 });
    const { days: found } = answerOf("ACTIVITY", [one], {
      ...{ fields: ["activity.floors"], worn: true, alternatives: false },
    });
    expect(found).toMatchObject([{ worn: true, floors: 3, steps: null }]);
    expect(one.asked.map(([field]) => field)).toEqual(["activity.floors", steps]);
  });

  it.each([
    ["a reason other than NOT_RECORDED", { reasons: { [steps]: "PROVIDER_ERROR" } }, null],
    ["NOT_RECORDED", { reasons: { [steps]: "NOT_RECORDED" } }, false],
  ])("of a day with %s before a day with steps", (_, traits, expected) => {
    expect(worn("ACTIVITY", { "2026-10-07": { [steps]: 9 } }, traits)).toEqual([expected, expected, true]);
  });

  it("is not known of a day that nothing proves to be synced, but by a later sync of the device", () => {
    const traits = { reasons: { [steps]: "NOT_RECORDED" } };
    expect(worn("ACTIVITY", {}, traits)).toEqual([null, null, null]);
    expect(worn("ACTIVITY", {}, { ...traits, lastSyncAt: "2026-10-07T00:00:00+02:00" })).toEqual([false, false, null]);
    expect(worn("ACTIVITY", {}, { ...traits, dataThrough: "2026-10-06" })).toEqual([false, null, null]);
  });

  it("by the heart is that of the resting rate; a night without the device says nothing of its day", () => {
    const traits = { reasons: { [rate]: "NOT_RECORDED" }, dataThrough: "2026-11-01" };
    const cells = { [day]: { [rate]: 57 } };
    expect(worn("HEART", cells, { ...traits, provider: { methods: { restingRate: "PROVIDER" } } })).toEqual([
      false,
      true,
      false,
    ]);
    const night = { methods: { restingRate: "LOWEST_OF_NIGHT" } };
    expect(worn("HEART", cells, { ...traits, provider: night })).toEqual([null, true, null]);
    const onlyHrv = { lacks: (field: Field) => field === rate, reasons: { "heart.hrvRmssd": "NOT_RECORDED" } };
    expect(worn("HEART", {}, { ...traits, ...onlyHrv, provider: { methods: { hrv: "NIGHT" } } })).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("never asks for samples that nobody else asked for", () => {
    const one = source(
      "ONE",
      {},
      { lacks: (field) => !field.startsWith("heart.samples") && field !== "heart.zones.minutes" },
    );
    answerOf("HEART", [one], { fields: ["heart.zones.minutes"], worn: true, alternatives: false });
    expect(one.asked.map(([field]) => field)).toEqual(["heart.zones.minutes"]);
  });
});

describe("statistics of sleep", () => {
  const night = (id: string, start: string, end: string, more: object = {}) => ({
    ...{ id, start, end, isMainSleep: true, minutesAsleep: 400, efficiency: 91, stages: [], hypnogram: [] },
    ...more,
  });
  const field = "sleep.sessions" as const;

  it("are over the longest main sleep of each day, and a day without one is missing", () => {
    const cells = {
      "2026-10-05": {
        [field]: [
          night("a", "2026-10-04T23:30:00+02:00", "2026-10-05T06:30:00+02:00"),
          night("b", "2026-10-05T13:00:00+02:00", "2026-10-05T13:40:00+02:00", {
            isMainSleep: false,
            minutesAsleep: 35,
          }),
        ],
      },
      [day]: { [field]: [night("c", `${day}T00:30:00+02:00`, `${day}T07:00:00+02:00`, { minutesAsleep: 380 })] },
      "2026-10-07": { [field]: [] },
    };
    const one = source("ONE", cells, { dataThrough: "2026-10-07" });
    const days = ["2026-10-05", day, "2026-10-07"];
    const { statisticDays } = answerOf("SLEEP", [one], { fields: [field], days, worn: true });
    expect(
      statisticDays!.map(({ date, isComplete, values }) => [date, isComplete, Object.fromEntries(values)]),
    ).toEqual([
      ["2026-10-05", true, { minutesAsleep: 400, efficiency: 91, bedtimeMinutes: 690 }],
      [day, true, { minutesAsleep: 380, efficiency: 91, bedtimeMinutes: 750 }],
      ["2026-10-07", false, {}],
    ]);
    expect([...statisticDays![2]!.reasons.values()]).toEqual(["NOT_RECORDED", "NOT_RECORDED", "NOT_RECORDED"]);
  });
});
