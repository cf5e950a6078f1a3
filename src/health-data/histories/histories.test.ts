import { shown } from "../../../test/support/shown.js";
import { answerOf, type Cells, day, pauses, type Question, source, today } from "../../../test/support/sources.js";
import type { Field } from "../../model/fields.js";
import type { GoalRecord, SampleSeries, SleepRecord, WorkoutRecord } from "../../model/records.js";
import { addDays, eachDay } from "../../model/time.js";
import { goalProgressFields } from "./goals.js";
import { missingName, type Source } from "./scene.js";

const activityDay = (everyone: readonly Source[], question: Question = {}) =>
  answerOf("ACTIVITY", everyone, { fields: ["activity.floors"], ...question }).days![0]!;

const idle = source("IDLE", { "activity.steps": 0, "activity.floors": 3 });
const busy = source("BUSY", { "activity.steps": 7_654, "activity.floors": 12 });
const third = source("THIRD", { "activity.steps": 6_543, "activity.floors": 11 });

const everyActivityFigure = {
  steps: 7_001,
  distance: 5_002.5,
  energyBurned: 2_003,
  activeEnergyBurned: 604,
  basalEnergyBurned: 1_399,
  floors: 15,
  elevation: 46.5,
  sedentaryMinutes: 701,
  lightlyActiveMinutes: 202,
  moderatelyActiveMinutes: 33,
  veryActiveMinutes: 24,
  activeZoneMinutes: 57,
  points: 888,
} as const;
const named = (domain: string, figures: object, factor = 1): Cells =>
  Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      `${domain}.${name}`,
      typeof value === "number" ? value * factor : value,
    ]),
  );

describe("a day of activity", () => {
  it("has its figures all from its winner, and every other source beside it", () => {
    const chosen = activityDay([idle, busy, third]);
    expect([chosen.source, chosen.floors]).toEqual(["BUSY", 12]);
    expect(chosen.alternatives.map((each) => [each.source, each.floors])).toEqual([
      ["IDLE", 3],
      ["THIRD", 11],
    ]);
  });

  it("has alternatives by priority whatever was filtered, and never the winner among them", () => {
    const chosen = activityDay([busy, idle, third], { asked: [idle] });
    expect([chosen.source, chosen.floors]).toEqual(["IDLE", 3]);
    expect(chosen.alternatives.map((each) => each.source)).toEqual(["BUSY", "THIRD"]);
  });

  it("has the same winner whatever is selected", () => {
    const fields: Field[] = ["activity.steps", "activity.floors", "activity.elevation"];
    for (const field of fields) expect(activityDay([idle, busy], { fields: [field] }).source).toBe("BUSY");
  });

  it("shows every figure under its own name, and sums each into its own total", () => {
    const cells = {
      [day]: named("activity", everyActivityFigure),
      "2026-10-07": named("activity", everyActivityFigure, 2),
    };
    const fields = Object.keys(named("activity", everyActivityFigure)) as Field[];
    const history = answerOf("ACTIVITY", [source("ONE", cells)], { fields, days: [day, "2026-10-07"] });
    expect(history.days![0]).toMatchObject({ ...everyActivityFigure, date: day, source: "ONE", settled: true });
    expect(history.days![1]).toMatchObject({ date: "2026-10-07", steps: 14_002, points: 1_776 });
    expect(shown(history.totals)).toEqual({
      days: 2,
      steps: 3 * 7_001,
      distance: 3 * 5_002.5,
      energyBurned: 3 * 2_003,
      activeEnergyBurned: 3 * 604,
      floors: 45,
    });
  });

  it("sums over the days that have a figure, and has no total where none has", () => {
    const cells = { [day]: { "activity.steps": 5 }, "2026-10-07": { "activity.steps": 0, "activity.floors": 4 } };
    const fields: Field[] = ["activity.steps", "activity.floors", "activity.distance"];
    const { totals } = answerOf("ACTIVITY", [source("ONE", cells)], { fields, days: [day, "2026-10-07"] });
    expect(totals).toMatchObject({ days: 2, steps: 5, floors: 4, distance: null, energyBurned: null });
  });

  it("tells why each figure that was asked for is null, and speaks of no other", () => {
    const reasons = { "activity.distance": "NOT_RECORDED", "activity.points": "UNSUPPORTED" } as const;
    const one = source("ONE", { "activity.steps": 9 }, { reasons });
    const chosen = activityDay([one], { fields: ["activity.steps", "activity.distance", "activity.points"] });
    expect([...chosen.absent]).toEqual([
      ["distance", "NOT_RECORDED"],
      ["points", "UNSUPPORTED"],
      ["distanceMethod", "UNSUPPORTED"],
    ]);
  });

  it("is not settled while it is not over, or one of its figures may still change", () => {
    const one = source("ONE", { "activity.steps": 9 }, { unsettled: ["2026-10-07"] });
    const days = [day, "2026-10-07", today];
    const history = answerOf("ACTIVITY", [one], { fields: ["activity.steps"], days });
    expect(history.days!.map(({ settled }) => settled)).toEqual([true, false, false]);
  });

  it("asks the second source only for the days that the first did not witness", () => {
    const days = ["2026-10-01", "2026-10-02", "2026-10-03"];
    const first = source("FIRST", {
      "2026-10-01": { "activity.steps": 1 },
      "2026-10-02": { "activity.steps": 0 },
    });
    const second = source("SECOND", { "activity.steps": 2 });
    const history = answerOf("ACTIVITY", [first, second], { fields: ["activity.floors"], days, alternatives: false });
    expect(history.days!.map(({ source }) => source)).toEqual(["FIRST", "SECOND", "SECOND"]);
    expect(first.asked).toEqual([
      ["activity.floors", days],
      ["activity.steps", days],
    ]);
    expect(second.asked).toEqual([
      ["activity.floors", days.slice(1)],
      ["activity.steps", days.slice(1)],
    ]);
  });

  it("asks for no witness where there is nobody to choose from", () => {
    const one = source("ONE", { "activity.floors": 2 });
    activityDay([one], { alternatives: false });
    expect(one.asked).toEqual([["activity.floors", [day]]]);
  });

  it("ranks a source without steps after those that count them, and lets its energy witness the day", () => {
    const scale = source(
      "WITHOUT_STEPS",
      { "activity.energyBurned": 1_900, "activity.floors": 1 },
      { lacks: (field) => field === "activity.steps" },
    );
    expect(activityDay([scale, busy]).source).toBe("BUSY");
    expect(activityDay([scale, idle]).source).toBe("WITHOUT_STEPS");
  });

  it("is nobody's where nobody answered, and no days are no failure", () => {
    const silent = source("SILENT", {});
    const none = { days: null, totals: null, statisticDays: null };
    expect(answerOf("ACTIVITY", [silent], { fields: ["activity.steps"] })).toEqual(none);
    expect(answerOf("ACTIVITY", [silent], { fields: ["activity.steps"], days: [] }).days).toEqual([]);
    expect(answerOf("ACTIVITY", [], { fields: ["activity.steps"], days: [] }).days).toBeNull();
  });
});

describe("a day of the heart", () => {
  it("shows each figure under its own name", () => {
    const cells = { "heart.restingRate": 57, "heart.hrvRmssd": 41.5, "heart.hrvSdnn": 62.25 };
    const methods = { restingRate: "DEEP_SLEEP", hrv: "FOUR_HOURS_OF_SLEEP" } as const;
    const one = source("ONE", cells, { provider: { methods } });
    const [chosen] = answerOf("HEART", [one], { fields: Object.keys(cells) as Field[] }).days!;
    expect(chosen).toMatchObject({ restingRate: 57, hrvRmssd: 41.5, hrvSdnn: 62.25, zones: null });
    expect(chosen).toMatchObject({ restingRateMethod: "DEEP_SLEEP", hrvWindow: "FOUR_HOURS_OF_SLEEP" });
    expect([...chosen!.absent]).toEqual([]);
  });

  it("joins the parts of its zones by their kind, in the order of the kinds", () => {
    const cells: Cells = {
      "heart.zones.bounds": [
        { kind: "PEAK", minRate: 155, maxRate: 220 },
        { kind: "BELOW_ZONES", minRate: 30, maxRate: 97 },
      ],
      "heart.zones.minutes": [
        { kind: "BELOW_ZONES", minutes: 1_301 },
        { kind: "PEAK", minutes: 2 },
      ],
    };
    const fields = ["heart.zones.bounds", "heart.zones.minutes", "heart.zones.energyBurned"] as const;
    const reasons = { "heart.zones.energyBurned": "NOT_RECORDED" } as const;
    const [chosen] = answerOf("HEART", [source("ONE", cells, { reasons })], { fields }).days!;
    expect(chosen!.zones).toEqual([
      { kind: "BELOW_ZONES", minRate: 30, maxRate: 97, minutes: 1_301, energyBurned: null },
      { kind: "PEAK", minRate: 155, maxRate: 220, minutes: 2, energyBurned: null },
    ]);
    expect(chosen!.absent.has("zones")).toBe(false);
  });

  it("is witnessed by HRV where a source has no resting rate, and by its samples where it has neither", () => {
    const lacksRate = (field: Field) => field === "heart.restingRate";
    const zero = source("ZERO", { "heart.restingRate": 0, "heart.zones.minutes": [] });
    const variable = source("HRV", { "heart.hrvRmssd": 33, "heart.zones.minutes": [] }, { lacks: lacksRate });
    expect(answerOf("HEART", [zero, variable], { fields: ["heart.zones.minutes"] }).days![0]!.source).toBe("HRV");
    const onlySamples = (field: Field) => !field.startsWith("heart.samples:");
    const series = { start: `${day}T00:00:00Z`, offsets: [0, 60], values: [0, 61] };
    const sampled = source("SAMPLES", { "heart.samples:ONE_MINUTE": series }, { lacks: onlySamples });
    expect(answerOf("HEART", [zero, sampled], { fields: ["heart.restingRate"] }).days![0]!.source).toBe("SAMPLES");
  });

  it("names the zone of a series on the days on which its clocks change, and on no other", () => {
    const field = "heart.samples:ONE_MINUTE";
    const seriesOn = (date: string, offset: string) => ({
      [field]: { start: `${date}T00:00:00${offset}`, offsets: [0], values: [61], zone: null },
    });
    const cells = {
      "2026-10-24": seriesOn("2026-10-24", "+02:00"),
      "2026-10-25": seriesOn("2026-10-25", "+02:00"),
      "2026-10-26": seriesOn("2026-10-26", "+01:00"),
    };
    const days = Object.keys(cells);
    const history = answerOf("HEART", [source("ONE", cells)], { fields: [field], days, zone: "Europe/Berlin" });
    const zones = history.days!.map(({ series }) => (series.get(field) as SampleSeries).zone);
    expect(zones).toEqual([null, "Europe/Berlin", null]);
  });
});

const night = (id: string, start: string, end: string, more: Partial<SleepRecord> = {}): SleepRecord =>
  ({
    id,
    start,
    end,
    isMainSleep: true,
    minutesInBed: 481,
    minutesAsleep: 432,
    minutesAwake: 49,
    minutesToFallAsleep: 7,
    efficiency: 90,
    stages: [],
    hypnogram: [],
    ...more,
  }) as unknown as SleepRecord;

describe("records", () => {
  it("of sleep say why each figure is null, and are not settled while the provider is still computing", () => {
    const done = night("1", `${day}T00:10:00+02:00`, `${day}T06:20:00+02:00`, { minutesToFallAsleep: null });
    const pending = night("2", `${day}T13:00:00+02:00`, `${day}T13:40:00+02:00`, { stages: null, pending: true });
    const one = source("ONE", { "sleep.sessions": [pending, done] }, { lacks: (field) => field === "sleep.breathing" });
    const { sessions } = answerOf("SLEEP", [one], { fields: ["sleep.sessions"] });
    const seldom = ["averageHeartRate", "lowestHeartRate", "awakenings", "snoringMinutes", "minutesNeeded"];
    const unsupported = seldom.map((name) => [name, "UNSUPPORTED"]);
    const told = sessions!.map(({ date, settled, absent }) => [date, settled, Object.fromEntries(absent)]);
    expect(told).toEqual([
      [
        day,
        true,
        Object.fromEntries([
          ...unsupported,
          ["respiratoryRate", "UNSUPPORTED"],
          ["minutesToFallAsleep", "NOT_RECORDED"],
        ]),
      ],
      [
        day,
        false,
        Object.fromEntries([...unsupported, ["respiratoryRate", "UNSUPPORTED"], ["stages", "NOT_YET_SYNCED"]]),
      ],
    ]);
    expect(sessions![0]).toMatchObject({ minutesInBed: 481, minutesAsleep: 432, minutesAwake: 49, efficiency: 90 });
  });

  it("that two sources saw are one, by priority, with the other beside it; what only one saw stays", () => {
    const long = night("1", `${day}T00:10:00Z`, `${day}T06:10:00Z`);
    const short = night("2", `${day}T00:30:00Z`, `${day}T05:00:00Z`, { minutesAsleep: 251 });
    const nap = night("3", `${day}T13:00:00Z`, `${day}T13:50:00Z`);
    const [first, second] = [
      source("FIRST", { "sleep.sessions": [long] }),
      source("SECOND", { "sleep.sessions": [short, nap] }),
    ];
    const { sessions } = answerOf("SLEEP", [first, second], { fields: ["sleep.sessions"] });
    expect(
      sessions!.map(({ source, alternatives }) => [source, alternatives.map((other) => other.minutesAsleep)]),
    ).toEqual([
      ["FIRST", [251]],
      ["SECOND", []],
    ]);
  });

  it("are null where nobody answered, also where others than those asked did", () => {
    const silent = source("SILENT", {});
    const other = source("OTHER", { "workouts.workouts": [] });
    const question = { fields: ["workouts.workouts"] as const, asked: [silent] };
    expect(answerOf("WORKOUTS", [silent, other], question).workouts).toBeNull();
    expect(answerOf("WORKOUTS", [other], { fields: ["workouts.workouts"] }).workouts).toEqual([]);
  });

  it("of workouts stand on the day of their start, oldest first", () => {
    const run = (id: string, start: string, end: string) =>
      ({ id, start, end, kind: "RUN" }) as unknown as WorkoutRecord;
    const late = run("late", `${day}T23:30:00+02:00`, "2026-10-07T00:40:00+02:00");
    const early = run("early", `${day}T07:00:00+02:00`, `${day}T08:00:00+02:00`);
    const one = source("ONE", { "workouts.workouts": [late, early] });
    const { workouts } = answerOf("WORKOUTS", [one], { fields: ["workouts.workouts"] });
    expect(workouts!.map(({ date, start }) => [date, start])).toEqual([
      [day, early.start],
      [day, late.start],
    ]);
  });
});

describe("measurements of the body", () => {
  const weighing = (id: string, time: string | null, more: object) => ({
    id,
    time,
    weight: null,
    bodyMassIndex: null,
    fatPercentage: null,
    ...more,
  });
  const cells = {
    [day]: {
      "body.weight": [weighing("w1", `${day}T07:00:00+02:00`, { weight: 81.5 })],
      "body.bodyMassIndex": [weighing("w1", `${day}T07:00:00+02:00`, { bodyMassIndex: 24.4 })],
      "body.fatPercentage": [weighing("f1", `${day}T07:00:00+02:00`, { fatPercentage: 19.5 })],
    },
    "2026-10-07": { "body.fatPercentage": [weighing("f2", "2026-10-07T07:05:00+02:00", { fatPercentage: 18.75 })] },
    "2026-10-08": { "body.weight": [], "body.fatPercentage": [], "body.bodyMassIndex": [] },
  };
  const days = Object.keys(cells);
  const bodyOf = (fields: readonly Field[], sources = [source("ONE", cells)]) =>
    answerOf("BODY", sources, { fields, days });

  it("are as many whatever is selected, each with the figures of its own weighing", () => {
    const selections: Field[][] = [["body.weight"], ["body.fatPercentage"], ["body.bodyMassIndex"], []];
    for (const fields of selections)
      expect(bodyOf(fields).measurements!.map(({ date }) => date)).toEqual(days.slice(0, 2));
    expect(bodyOf(["body.bodyMassIndex"]).measurements).toMatchObject([
      { weight: 81.5, fatPercentage: 19.5, bodyMassIndex: 24.4 },
      { weight: null, fatPercentage: 18.75, bodyMassIndex: null },
    ]);
  });

  it("have as latest the newest that has a figure asked for", () => {
    expect(bodyOf(["body.weight"]).latest).toMatchObject({ date: day, weight: 81.5 });
    expect(bodyOf(["body.fatPercentage"]).latest).toMatchObject({ date: "2026-10-07", fatPercentage: 18.75 });
    expect(bodyOf(["body.weight", "body.fatPercentage"]).latest).toMatchObject({ date: "2026-10-07" });
    expect(
      answerOf("BODY", [source("ONE", cells)], { fields: ["body.weight"], days: ["2026-10-08"] }).latest,
    ).toBeNull();
  });

  it("of two sources within two minutes are one, and the second's stays where it says something else", () => {
    const at = (second: string, weight: number) => ({
      [day]: { "body.weight": [weighing(second, `${day}T07:0${second}+02:00`, { weight })], "body.fatPercentage": [] },
    });
    const first = source("FIRST", at("0:00", 81.5));
    const weightsWith = (other: Source) =>
      bodyOf(["body.weight"], [first, other] as never).measurements!.map(({ source, weight }) => [source, weight]);
    expect(weightsWith(source("SECOND", at("2:00", 81.5)))).toEqual([["FIRST", 81.5]]);
    expect(weightsWith(source("SECOND", at("2:01", 81.5)))).toHaveLength(2);
    expect(weightsWith(source("SECOND", at("1:00", 80)))).toEqual([
      ["FIRST", 81.5],
      ["SECOND", 80],
    ]);
  });

  it("of two sources that are one are of the source that tells most of it, whatever is selected", () => {
    const time = `${day}T07:00:00+02:00`;
    const of = (fat: number | null, more: object = {}) => ({
      [day]: { "body.weight": [weighing("w", time, { weight: 81.5, fatPercentage: fat })], ...more },
    });
    const composition = { "body.composition": [weighing("w", time, { muscleMass: 55.5 })] };
    const copy = { lacks: (field: Field) => field === "body.composition" };
    const shown = (sources: readonly Source[], fields: readonly Field[]) =>
      bodyOf(fields, sources as never).measurements!.map(({ source, fatPercentage, muscleMass }) => [
        source,
        fatPercentage,
        muscleMass ?? null,
      ]);
    const scale = () => source("SCALE", of(19.5, composition));
    for (const fields of [["body.weight"], ["body.weight", "body.composition"]] as const) {
      const muscle = fields.length > 1 ? 55.5 : null;
      expect(shown([source("COPY", of(19.5), copy), scale()], fields)).toEqual([["SCALE", 19.5, muscle]]);
      expect(shown([scale(), source("COPY", of(19.5), copy)], fields)).toEqual([["SCALE", 19.5, muscle]]);
      expect(shown([source("COPY", of(null), copy), source("OTHER", of(18.5), copy)], fields)).toEqual([
        ["OTHER", 18.5, null],
      ]);
    }
    const equal = [source("FIRST", of(19.5), copy), source("SECOND", of(19.5), copy)];
    expect(shown(equal, ["body.weight"])).toEqual([["FIRST", 19.5, null]]);
  });
});

describe("a profile", () => {
  it("takes each field from the first source that has it, and says which", () => {
    const first = source("FIRST", { "profile.displayName": "Ada", "profile.height": 1.71 });
    const second = source("SECOND", { "profile.displayName": "Countess", "profile.email": "ada@example.org" });
    const fields = ["profile.displayName", "profile.email", "profile.height", "profile.locale"] as const;
    const profile = answerOf("PROFILE", [first, second], { fields, days: [] });
    expect(profile).toMatchObject({ displayName: "Ada", height: 1.71, email: "ada@example.org", locale: null });
    expect(profile.provenance).toEqual([
      { field: "displayName", provider: "FIRST" },
      { field: "email", provider: "SECOND" },
      { field: "height", provider: "FIRST" },
    ]);
    expect(second.asked.map(([field]) => field)).toEqual(["profile.email", "profile.locale"]);
  });

  it("reckons the age on the person's own today, a birthday included", () => {
    const ageOf = (dateOfBirth: string) =>
      answerOf("PROFILE", [source("ONE", { "profile.dateOfBirth": dateOfBirth })], {
        fields: ["profile.dateOfBirth", "profile.age"],
        days: [],
      }).age;
    expect(["1990-11-19", "1990-11-20", "1990-11-21"].map(ageOf)).toEqual([36, 36, 35]);
  });

  it("has the age that a provider says where it hides the date of birth", () => {
    const one = source("ONE", { "profile.age": 41 }, { reasons: { "profile.dateOfBirth": "UNSUPPORTED" } });
    const profile = answerOf("PROFILE", [one], { fields: ["profile.dateOfBirth", "profile.age"], days: [] });
    expect([profile.age, profile.dateOfBirth, [...profile.absent]]).toEqual([
      41,
      null,
      [["dateOfBirth", "UNSUPPORTED"]],
    ]);
  });
});

describe("a goal's progress", () => {
  const goal = (metric: string, period: string, more: object = {}) =>
    ({ metric, period, target: 10_000, current: null, ...more }) as unknown as GoalRecord;
  const progressOf = (one: GoalRecord, cells: Record<string, Cells>) => {
    const whole = { "": { "goals.daily": [one] }, ...cells };
    const owner = source("ONE", whole);
    const { goals } = answerOf("GOALS", [owner], { days: [], goalProgress: true });
    return { current: goals![0]!.current, asked: owner.asked.filter(([field]) => goalProgressFields.includes(field)) };
  };

  it("of a day is today's figure", () => {
    const { current, asked } = progressOf(goal("STEPS", "DAILY"), { [today]: { "activity.steps": 4_321 } });
    expect([current, asked]).toEqual([4_321, [["activity.steps", [today]]]]);
  });

  it("of a week is summed from Monday on, and unknown where one of its days is", () => {
    // The 20th of November 2026 is a Friday.
    const week = [...eachDay("2026-11-16", today)];
    const cells = Object.fromEntries(week.map((date, index) => [date, { "activity.floors": 10 ** index }]));
    const { current, asked } = progressOf(goal("FLOORS", "WEEKLY"), cells);
    expect([current, asked]).toEqual([11_111, [["activity.floors", week]]]);
    expect(progressOf(goal("FLOORS", "WEEKLY"), { ...cells, "2026-11-18": {} }).current).toBeNull();
  });

  it("of a week is free of the noise of added fractions", () => {
    const week = [...eachDay("2026-11-16", today)];
    const metres = [1_234.1, 2_345.2, 3_456.3, 456.4, 5.5];
    const cells = Object.fromEntries(week.map((date, index) => [date, { "activity.distance": metres[index] }]));
    expect(progressOf(goal("DISTANCE", "WEEKLY"), cells).current).toBe(7_497.5);
    const { totals } = answerOf("ACTIVITY", [source("ONE", cells)], { fields: ["activity.distance"], days: week });
    expect(totals!.distance).toBe(7_497.5);
  });

  it("of active minutes is moderate and vigorous ones together", () => {
    const cells = { [today]: { "activity.moderatelyActiveMinutes": 13, "activity.veryActiveMinutes": 8 } };
    expect(progressOf(goal("ACTIVE_MINUTES", "DAILY"), cells).current).toBe(21);
  });

  it("of a weight is the newest weighing of the last thirty days", () => {
    const weighing = (weight: number | null) => [{ id: `${weight}`, time: null, weight, fatPercentage: null }];
    const cells = { "2026-10-22": { "body.weight": weighing(80.5) }, "2026-11-02": { "body.weight": weighing(79.25) } };
    const { current, asked } = progressOf(goal("WEIGHT", "NONE"), cells);
    expect([current, asked[0]![1].length, asked[0]![1][0]]).toEqual([79.25, 30, "2026-10-22"]);
  });

  describe("of one wearable at two providers", () => {
    const heirOf = (cells: Record<string, Cells>) =>
      source("HEIR", cells, { group: "one", lacks: (field) => field.startsWith("goals.") });
    const owners = {
      "": { "goals.daily": [goal("STEPS", "DAILY")], "goals.weekly": [goal("STEPS", "WEEKLY")] },
      [addDays(today, -99)]: {},
    };
    const currents = (heir: ReturnType<typeof source>, owner: ReturnType<typeof source>) =>
      answerOf("GOALS", [heir, owner], { days: [], goalProgress: true }).goals!.map(({ current }) => current);
    const [monday, ...rest] = [...eachDay("2026-11-16", today)] as [string, ...string[]];
    const each = (dates: readonly string[], steps: number): Record<string, Cells> =>
      Object.fromEntries(dates.map((date) => [date, { "activity.steps": steps }]));

    it("is what the one tells that is asked, whatever the other had that was not final", () => {
      const heir = heirOf(each([monday, ...rest], 501));
      const owner = source(
        "OWNER",
        { ...owners, ...each([today], 3_000) },
        { group: "one", gone: true, unsettled: [today] },
      );
      expect(currents(heir, owner)).toEqual([501, 2_505]);
      expect(owner.asked.filter(([field]) => field === "activity.steps")).toEqual([]);
    });

    it("has the days before the switch from the other, which is asked for those alone", () => {
      const heir = heirOf({ ...each([monday], 0), ...each(rest, 503) });
      const owner = source("OWNER", { ...owners, ...each([monday], 7_000) }, { group: "one" });
      expect(currents(heir, owner)).toEqual([503, 7_000 + 4 * 503]);
      expect(owner.asked.filter(([field]) => field === "activity.steps")).toEqual([["activity.steps", [monday]]]);
    });

    it("is not known where the one that is asked did not answer, and is 0 where it says so", () => {
      const gone = { group: "one", gone: true, unsettled: [today] };
      const silent = heirOf(each(rest.slice(0, -1), 504));
      expect(currents(silent, source("OWNER", { ...owners, ...each([monday, today], 0) }, gone))).toEqual([null, null]);
      const still = heirOf(each([monday, ...rest], 0));
      expect(currents(still, source("OWNER", owners, gone))).toEqual([0, 0]);
    });

    it("is nobody else's", () => {
      const stranger = source("STRANGER", each([today], 9_999), { lacks: (field) => field.startsWith("goals.") });
      const owner = source("OWNER", { ...owners, ...each([monday, ...rest], 6) });
      expect(currents(stranger, owner)).toEqual([6, 30]);
    });
  });

  it("is the provider's own where it tells one", () => {
    expect(progressOf(goal("STEPS", "DAILY", { current: 77 }), { [today]: { "activity.steps": 4_321 } })).toEqual({
      current: 77,
      asked: [],
    });
  });
});

describe("a long history", () => {
  const days = [...eachDay("2024-01-01", "2026-09-26")];
  const at = (date: string, clock: string) => `${date}T${clock}+00:00`;
  const sleep = (date: string) => ({
    id: date,
    start: at(date, "01:00:00"),
    end: at(date, "07:00:00"),
    hypnogram: null,
  });
  const run = (date: string) => ({ id: date, start: at(date, "17:00:00"), end: at(date, "18:00:00"), kind: "RUNNING" });
  const weighing = (date: string) => ({ id: date, time: at(date, "08:00:00"), weight: 64.5, fatPercentage: null });
  const whole = Object.fromEntries(
    days.map((date) => [
      date,
      {
        "activity.steps": 6_101,
        "heart.restingRate": 57,
        "sleep.sessions": [sleep(date)],
        "workouts.workouts": [run(date)],
        "body.weight": [weighing(date)],
      } as Cells,
    ]),
  );

  // Days are first chosen, then put together.
  test.each([
    ["ACTIVITY", "activity.steps", 38],
    ["HEART", "heart.restingRate", 38],
    ["SLEEP", "sleep.sessions", 19],
    ["WORKOUTS", "workouts.workouts", 19],
    ["BODY", "body.weight", 19],
  ] as const)("gives others their turn after every fifty items: %s", (domain, field, expected) => {
    expect(days).toHaveLength(1_000);
    pauses.count = 0;
    const history = answerOf(domain, [source("FITBIT", whole)], { fields: [field], days });
    const list = Object.values(history).find(Array.isArray);
    expect([list?.length, pauses.count]).toEqual([1_000, expected]);
  });
});

describe("a source that can no longer be asked", () => {
  const unsettled = { gone: true, unsettled: [day] };

  it("loses a day that may have been incomplete to one that can, and keeps a settled one", () => {
    const figures = { "activity.steps": 1_346, "activity.floors": 2 };
    const partial = source("GONE", figures, unsettled);
    const chosen = activityDay([partial, busy]);
    expect([chosen.source, chosen.floors]).toEqual(["BUSY", 12]);
    expect(chosen.alternatives.map(({ source, floors }) => [source, floors])).toEqual([["GONE", 2]]);
    expect(activityDay([source("GONE", figures, { gone: true }), busy]).source).toBe("GONE");
    expect(activityDay([source("ALIVE", figures, { unsettled: [day] }), busy]).source).toBe("ALIVE");
  });

  it("has the other asked for that day, without alternatives too, and for no settled one", () => {
    const days = [day, "2026-10-07"];
    const partial = source("GONE", { "activity.steps": 1_346 }, unsettled);
    const living = source("ALIVE", { "activity.steps": 7_902 });
    const history = answerOf("ACTIVITY", [partial, living], { fields: ["activity.steps"], days, alternatives: false });
    expect(history.days!.map(({ source }) => source)).toEqual(["ALIVE", "GONE"]);
    expect(living.asked).toEqual([["activity.steps", [day]]]);
  });

  it("keeps the day where nobody else witnessed it", () => {
    const partial = source("GONE", { "activity.steps": 1_346, "activity.floors": 2 }, unsettled);
    expect(activityDay([partial, idle]).source).toBe("GONE");
    expect(activityDay([partial]).source).toBe("GONE");
  });

  it("loses the heart's day likewise", () => {
    const partial = source("GONE", { "heart.restingRate": 71 }, unsettled);
    const living = source("ALIVE", { "heart.restingRate": 58 });
    const [chosen] = answerOf("HEART", [partial, living], { fields: ["heart.restingRate"] }).days!;
    expect([chosen!.source, chosen!.restingRate]).toEqual(["ALIVE", 58]);
  });

  it("does not hide a night, a workout or a weighing that another saw whole", () => {
    const half = night("1", `${day}T00:10:00Z`, `${day}T02:00:00Z`);
    const whole = night("2", `${day}T00:12:00Z`, `${day}T07:00:00Z`);
    const cells = (sleep: SleepRecord) => ({
      "sleep.sessions": [sleep],
      "workouts.workouts": [{ ...sleep, kind: "RUN" }],
    });
    const all = [source("GONE", cells(half), unsettled), source("ALIVE", cells(whole))];
    const { sessions } = answerOf("SLEEP", all, { fields: ["sleep.sessions"] });
    expect(sessions!.map(({ source, alternatives }) => [source, alternatives.map((other) => other.source)])).toEqual([
      ["ALIVE", ["GONE"]],
    ]);
    const { workouts } = answerOf("WORKOUTS", all, { fields: ["workouts.workouts"] });
    expect(workouts!.map(({ source }) => source)).toEqual(["ALIVE"]);
    const weighing = { id: "w", time: `${day}T07:00:00Z`, weight: 80, bodyMassIndex: null, fatPercentage: null };
    const scales = [
      source("GONE", { "body.weight": [weighing] }, unsettled),
      source("ALIVE", { "body.weight": [weighing] }),
    ];
    expect(answerOf("BODY", scales, { fields: ["body.weight"] }).measurements!.map(({ source }) => source)).toEqual([
      "ALIVE",
    ]);
  });

  it("keeps its own nights that nobody else saw, named sources or not", () => {
    const half = night("1", `${day}T00:10:00Z`, `${day}T02:00:00Z`);
    const gone = source("GONE", { "sleep.sessions": [half] }, unsettled);
    const living = source("ALIVE", { "sleep.sessions": [night("2", `${day}T00:12:00Z`, `${day}T07:00:00Z`)] });
    const question = { fields: ["sleep.sessions"] as const };
    expect(answerOf("SLEEP", [gone], question).sessions).toHaveLength(1);
    const { sessions } = answerOf("SLEEP", [gone, living], { ...question, asked: [gone] });
    expect(sessions!.map(({ source, alternatives }) => [source, alternatives.length])).toEqual([["GONE", 1]]);
  });

  it("tells of the person only what those that can be asked do not", () => {
    const gone = source("GONE", { "profile.displayName": "Old name", "profile.locale": "de" }, { gone: true });
    const living = source("ALIVE", { "profile.displayName": "New name" });
    const fields = ["profile.displayName", "profile.locale"] as const;
    const profile = answerOf("PROFILE", [gone, living], { fields, days: [] });
    expect([profile.displayName, profile.locale]).toEqual(["New name", "de"]);
  });
});

it("names what is missing as the schema does", () => {
  expect(
    ["activity.steps", "heart.zones.minutes", "heart.samples:ONE_SECOND", "activity.samples:STEPS:ONE_MINUTE"].map(
      (field) => missingName(field as Field),
    ),
  ).toEqual(["steps", "zones", "samples(ONE_SECOND)", "samples(STEPS,ONE_MINUTE)"]);
});
