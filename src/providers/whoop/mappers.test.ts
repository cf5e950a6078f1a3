import { readFileSync } from "node:fs";
import type { Cell, Have } from "../../model/cells.js";
import type { CycleRecord, WakingDay } from "../../model/records.js";
import type { ReadPage } from "../provider.js";
import { whoop } from "./index.js";
import { toBody, toProfile, toUserId, toUtcOffset } from "./mappers/account.js";
import { dayOfCycle, toCycle, toEnergy, toStrain } from "./mappers/cycle.js";
import { toRecovery } from "./mappers/recovery.js";
import { toPerformance, toRespiratoryRate, toSleep, toWakingDay } from "./mappers/sleep.js";
import { toWorkout } from "./mappers/workout.js";

// biome-ignore lint/suspicious/noExplicitAny: a recorded answer, of which tests change parts
const fixture = (name: string): any =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));

const waking: WakingDay = {
  id: "4f0b7f4e-2b3b-4dfc-9f7a-6f1c0f9f2a61",
  cycleId: "771204",
  day: "2026-03-18",
  seconds: 27_330,
};

const valuesOf = (cells: readonly Cell[]) =>
  Object.fromEntries(cells.map(({ field, day, known }) => [`${field} ${day}`, (known as { value: unknown }).value]));

describe("the account", () => {
  test("has names, e-mail, height in metres and weight in kilograms", () => {
    expect(toUserId(fixture("profile"))).toBe("48213");
    expect(valuesOf([...toProfile(fixture("profile")), ...toBody(fixture("body"))])).toEqual({
      "profile.givenName null": "Ada",
      "profile.familyName null": "Marsh",
      "profile.email null": "person@example.test",
      "profile.height null": 1.7145,
      "profile.weight null": 63.7,
    });
    expect(toBody({})).toEqual([]);
  });

  test.each([
    ["+01:00", 3600],
    ["-09:30", -34_200],
    ["+14:00", 50_400],
    ["Z", 0],
  ])("its offset is that of the newest cycle: %s", (timezone_offset, seconds) => {
    const [newest, ...older] = fixture("cycles").records;
    const cells = toUtcOffset({ records: [{ ...newest, timezone_offset }, ...older] });
    expect(valuesOf(cells)).toEqual({ "profile.utcOffsetSeconds null": seconds });
  });

  test("has no offset before the first cycle", () => {
    expect(toUtcOffset({ records: [] })).toEqual([]);
  });
});

describe("a sleep", () => {
  test("has the minutes of its stages, each as it stands", () => {
    expect(toSleep(fixture("sleep"))).toEqual({
      id: waking.id,
      start: "2026-03-17T23:05:30+01:00",
      end: "2026-03-18T06:41:00+01:00",
      isMainSleep: true,
      minutesInBed: 455.5,
      minutesAsleep: 420,
      minutesAwake: 35.5,
      minutesToFallAsleep: null,
      efficiency: 92.2064,
      stages: [
        { stage: "AWAKE", minutes: 35.5, count: null },
        { stage: "LIGHT", minutes: 216, count: null },
        { stage: "DEEP", minutes: 94, count: null },
        { stage: "REM", minutes: 110, count: null },
      ],
      hypnogram: null,
      pending: false,
      respiratoryRate: 14.8828,
      awakenings: 9,
      minutesNeeded: 29_000_699 / 60_000,
    });
    expect(toWakingDay(fixture("sleep"))).toEqual(waking);
  });

  test("has its performance as a score of WHOOP's own, from 0 to 100", () => {
    const scale = { scaleMin: 0, scaleMax: 100 };
    expect(toPerformance(fixture("sleep"))).toEqual({
      id: waking.id,
      name: "Sleep performance",
      value: 87,
      ...scale,
      level: null,
      contributors: [{ name: "Sleep consistency", value: 74, ...scale }],
    });
  });

  test.each(["PENDING_SCORE", "UNSCORABLE"])("without a score has its times only: %s", (score_state) => {
    const { score: _, ...rest } = fixture("sleep");
    const isPending = score_state === "PENDING_SCORE";
    const sleep = { ...rest, score_state };
    const figures = { minutesInBed: null, minutesAsleep: null, minutesAwake: null, efficiency: null, stages: null };
    expect(toSleep(sleep)).toMatchObject({ ...figures, minutesNeeded: null, isMainSleep: true, pending: isPending });
    expect(toPerformance(sleep)?.pending ?? false).toBe(isPending);
    expect(toWakingDay(sleep)).toEqual(waking);
  });

  test("a zero is a zero, and a figure that is left out stays out", () => {
    const sleep = fixture("sleep");
    sleep.score.stage_summary.total_rem_sleep_time_milli = 0;
    sleep.score.stage_summary.disturbance_count = 0;
    delete sleep.score.respiratory_rate;
    delete sleep.score.sleep_needed.baseline_milli;
    expect(toSleep(sleep)).toMatchObject({
      ...{ minutesAsleep: 310, awakenings: 0, respiratoryRate: null, minutesNeeded: null },
      stages: expect.arrayContaining([{ stage: "REM", minutes: 0, count: null }]),
    });
    delete sleep.score.stage_summary.total_light_sleep_time_milli;
    expect(toSleep(sleep).minutesAsleep).toBeNull();
  });

  test("a nap is no main sleep, has no score and begins no cycle", () => {
    const nap = { ...fixture("sleep"), nap: true };
    expect(toSleep(nap).isMainSleep).toBe(false);
    expect(toPerformance(nap)).toBeNull();
    expect(toWakingDay(nap)).toBeNull();
  });

  test("gives the day its breathing if it is the longest main sleep", () => {
    const night = toSleep(fixture("sleep"));
    const short = { ...night, id: "short", start: "2026-03-18T08:00:00+01:00", end: "2026-03-18T09:30:00+01:00" };
    const nap = { ...night, start: "2026-03-17T20:00:00+01:00", isMainSleep: false, respiratoryRate: 17 };
    const all = [{ ...short, respiratoryRate: 13 }, nap, night];
    expect(toRespiratoryRate(all)).toEqual({ value: 14.8828, method: "MEASURED" });
    expect(toRespiratoryRate([nap])).toBeNull();
    expect(toRespiratoryRate([])).toBeNull();
  });

  test.each([
    ["no offset", { timezone_offset: undefined }],
    ["a zone for an offset", { timezone_offset: "Europe/Paris" }],
    ["no end", { end: undefined }],
    ["an unknown state", { score_state: "SCORING" }],
    ["no score though it is scored", { score: undefined }],
  ])("with %s can't be read", (_, change) => {
    expect(() => toSleep({ ...fixture("sleep"), ...change })).toThrow(/^sleep/);
  });
});

describe("a recovery", () => {
  test("is of the waking day of its sleep, and its variability is in milliseconds already", () => {
    expect(valuesOf(toRecovery(fixture("recovery"), [waking]))).toEqual({
      "heart.restingRate 2026-03-18": 53,
      "heart.hrvRmssd 2026-03-18": 72.418,
      "vitals.oxygenSaturation 2026-03-18": { value: 96.25, method: "MEASURED" },
      "vitals.skinTemperature 2026-03-18": { value: 33.9, method: "MEASURED" },
      "scores.READINESS 2026-03-18": [
        {
          ...{ id: waking.id, name: "Recovery", value: 61, scaleMin: 0, scaleMax: 100, level: null },
          contributors: [],
        },
      ],
    });
  });

  test("says that WHOOP is calibrating, and has no oxygen and no temperature from an old strap", () => {
    const { spo2_percentage: _, skin_temp_celsius: __, ...score } = fixture("recovery").score;
    const cells = toRecovery({ ...fixture("recovery"), score: { ...score, user_calibrating: true } }, [waking]);
    expect(cells.map(({ field }) => field)).toEqual(["heart.restingRate", "heart.hrvRmssd", "scores.READINESS"]);
    expect(cells[2]!.known).toMatchObject({ value: [{ value: 61, level: "calibrating" }] });
  });

  test("is nobody's if its sleep is of another day, nothing if it can't be scored, and still to come while it is pending", () => {
    const { score: _, ...rest } = fixture("recovery");
    expect(toRecovery(fixture("recovery"), [{ ...waking, id: "another" }])).toEqual([]);
    expect(toRecovery({ ...rest, score_state: "UNSCORABLE" }, [waking])).toEqual([]);
    expect(() => toRecovery({ ...rest, score_state: "PENDING_SCORE" }, [waking])).toThrow("not over yet");
  });

  test("of two of one day the one of the longer sleep counts", () => {
    const second = { ...waking, id: "second", cycleId: "771205", seconds: 9_000 };
    expect(toRecovery(fixture("recovery"), [second, waking])).toHaveLength(5);
    expect(toRecovery({ ...fixture("recovery"), sleep_id: "second" }, [second, waking])).toEqual([]);
  });
});

describe("a cycle", () => {
  const [running, scored, unscorable] = fixture("cycles").records;

  test("has its energy in kcal and its strain, on the waking day", () => {
    expect(toCycle(scored, [])).toEqual({
      id: "770395",
      day: "2026-03-17",
      start: "2026-03-16T22:58:04+01:00",
      end: "2026-03-17T23:05:30+01:00",
      energyBurned: 8903.515 / 4.184,
      strain: 9.7421,
    });
    expect(toCycle(unscorable, [])).toBeNull();
    expect(() => toCycle(running, [waking])).toThrow("not over yet");
    expect(toCycle({ ...running, score_state: "SCORED", score: scored.score }, [waking])).toMatchObject({ end: null });
  });

  // Asleep from 00:40 to 08:10, and to bed at 00:40 again: the cycle ends on the day after its waking day.
  test.each(["-12:00", "-09:30", "-05:00", "Z", "+01:00", "+05:45", "+14:00"])(
    "of a late sleeper is of the waking day at %s, with its sleep and without",
    (timezone_offset) => {
      const at = (local: string) => new Date(`${local}:00.000${timezone_offset}`).toISOString();
      const cycle = { ...scored, id: 5, start: at("2026-06-10T00:40"), end: at("2026-06-11T00:40"), timezone_offset };
      const sleep = {
        ...fixture("sleep"),
        cycle_id: 5,
        start: cycle.start,
        end: at("2026-06-10T08:10"),
        timezone_offset,
      };
      expect(dayOfCycle(cycle, [toWakingDay(sleep)!])).toBe("2026-06-10");
      expect(dayOfCycle(cycle, [])).toBe("2026-06-10");
      expect(toSleep(sleep).end).toContain("2026-06-10T08:10:00");
    },
  );

  test.each([
    [
      "over the hour that is skipped",
      "2026-03-28T23:40:00.000Z",
      "+01:00",
      "2026-03-29T06:10:00.000Z",
      "+02:00",
      "2026-03-29",
    ],
    [
      "over the hour that comes twice",
      "2026-10-24T22:40:00.000Z",
      "+02:00",
      "2026-10-25T07:10:00.000Z",
      "+01:00",
      "2026-10-25",
    ],
    [
      "on a flight to the west",
      "2026-06-09T22:40:00.000Z",
      "+02:00",
      "2026-06-10T06:10:00.000Z",
      "-07:00",
      "2026-06-09",
    ],
    [
      "on a flight to the east",
      "2026-06-09T15:40:00.000Z",
      "-07:00",
      "2026-06-09T23:10:00.000Z",
      "+09:00",
      "2026-06-10",
    ],
  ])("of a night %s is of the day of the sleep's own offset", (_, start, before, end, after, day) => {
    const cycle = { ...scored, id: 5, start, end: undefined, timezone_offset: before };
    const night = toWakingDay({ ...fixture("sleep"), cycle_id: 5, start, end, timezone_offset: after })!;
    expect(dayOfCycle(cycle, [night])).toBe(day);
  });

  const part = (id: string, hours: number | null, energyBurned: number | null, strain: number): CycleRecord => {
    const end = hours === null ? null : new Date(Date.UTC(2026, 2, 17, hours)).toISOString();
    return { id, start: "2026-03-17T00:00:00Z", end, energyBurned, strain };
  };

  test("of two of one day the energies are added, and the strain is that of the longer", () => {
    const two = [part("short", 5, 700, 3.1), part("long", 19, 1900, 11.2)];
    expect(toEnergy(two)).toBe(2600);
    expect(toStrain(two)).toMatchObject([{ id: "long", name: "Strain", value: 11.2, scaleMin: 0, scaleMax: 21 }]);
    expect(toStrain([part("running", null, 300, 2.2), part("ended", 7, 900, 4.4)])).toMatchObject([{ id: "ended" }]);
    expect(toStrain([part("running", null, 300, 2.2)])).toMatchObject([{ value: 2.2 }]);
    expect([toEnergy([]), toStrain([])]).toEqual([null, []]);
    expect(toEnergy([part("silent", 5, null, 3)])).toBeNull();
  });
});

describe("a workout", () => {
  test("has its figures, and two of WHOOP's zones as one", () => {
    expect(toWorkout(fixture("workout"))).toEqual({
      id: "c5a9d3c7-6a0e-4e34-8a5f-0f7e6c2b9d10",
      kind: "RUNNING",
      name: "running",
      start: "2026-03-17T17:31:00+01:00",
      end: "2026-03-17T18:13:00+01:00",
      durationSeconds: 2520,
      distance: 7215.6,
      energyBurned: 1594.7 / 4.184,
      steps: null,
      averageHeartRate: 148,
      points: null,
      maxHeartRate: 171,
      elevationGain: 41.3,
      zones: [
        ["BELOW_ZONES", 1],
        ["LIGHT", 4],
        ["MODERATE", 9],
        ["VIGOROUS", 26.5],
        ["PEAK", 1.5],
      ].map(([kind, minutes]) => ({ kind, minRate: null, maxRate: null, minutes, energyBurned: null })),
      load: 10.3318,
      loadName: "Strain",
    });
  });

  test.each([
    ["functional-fitness", "STRENGTH"],
    ["Ice Bath", "RECOVERY"],
    ["cross-country-skiing", "SKIING"],
    ["curling", "OTHER"],
  ])("of the sport %s is %s, and keeps the name", (sport_name, kind) => {
    expect(toWorkout({ ...fixture("workout"), sport_name })).toMatchObject({ kind, name: sport_name });
  });

  test("without a score keeps its time and sport", () => {
    const { score: _, ...rest } = fixture("workout");
    const bare = { distance: null, energyBurned: null, zones: null, load: null, loadName: null };
    expect(toWorkout({ ...rest, score_state: "UNSCORABLE" })).toMatchObject({
      kind: "RUNNING",
      durationSeconds: 2520,
      ...bare,
    });
  });
});

describe("a page", () => {
  const input = {
    ...{ from: "2026-03-17", to: "2026-03-18", today: "2026-03-18" },
    ...{ connectedOn: "2026-01-15", providerUserId: "48213" },
  };
  const nothing: Have = { value: () => undefined };
  const have: Have = { value: (field) => (field === "sleep.wakingDays" ? [waking] : undefined) as never };
  const read = (name: string, answer: unknown, known: Have = nothing): ReadPage => {
    const call = whoop.calls.find((each) => each.name === name)!;
    return call.read(answer, input, known, call.request(input, new Set(call.yields), known));
  };

  test("is followed by one with the same span and the token, and proves nothing itself", () => {
    const { covers, next } = read("cycles", fixture("cycles"), have);
    expect(covers).toBeNull();
    const span = { start: "2026-03-16T10:00:00.000Z", end: "2026-03-19T12:00:00.000Z", limit: 25 };
    expect(next).toEqual({
      method: "GET",
      path: "/developer/v2/cycle",
      query: { ...span, nextToken: "NDgyMTM6NzcwMzk1" },
    });
  });

  test.each([[{}], [{ next_token: null }], [{ next_token: "" }]])("is the last with %j", (end) => {
    expect(read("workouts", { records: [], ...end })).toMatchObject({
      covers: { from: input.from, to: input.to },
      cells: [],
    });
  });

  test("is not the last if its token can't be read", () => {
    expect(() => read("workouts", { records: [], next_token: 7 })).toThrow("next_token");
  });

  test.each(["sleeps", "recoveries", "cycles", "workouts"])("of %s without records can't be read", (name) => {
    expect(() => read(name, {}, have)).toThrow("records is not a list");
  });

  test("files cycles by the waking day, the running one as not complete", () => {
    const [running, scored] = fixture("cycles").records;
    const goesOn = { ...running, score_state: "SCORED", score: { ...scored.score, strain: 2.75 } };
    const { cells, skipped } = read("cycles", { records: [goesOn, scored] }, have);
    expect(cells.map(({ day, known }) => [day, (known as { value: CycleRecord[] }).value.map(({ id }) => id)])).toEqual(
      [
        ["2026-03-17", ["770395"]],
        ["2026-03-18", ["771204"]],
      ],
    );
    expect(skipped).toMatchObject([{ field: "activity.cycles", day: "2026-03-18", reason: "NOT_YET_SYNCED" }]);
    expect(read("cycles", fixture("cycles"), have).skipped).toMatchObject([
      { day: "2026-03-18", reason: "NOT_YET_SYNCED" },
    ]);
  });

  test("does not take the cycle of a day sleeper for that of the next day", () => {
    const cycle = {
      ...fixture("cycles").records[1],
      ...{ id: 9, start: "2026-03-16T12:30:00.000Z", end: "2026-03-17T12:30:00.000Z", timezone_offset: "Z" },
    };
    const sleep = { ...fixture("sleep"), ...cycle, id: "noon", cycle_id: 9, end: "2026-03-16T19:45:00.000Z" };
    // So the sleeps of the day before are asked for too.
    const call = whoop.calls.find((each) => each.name === "sleeps")!;
    expect(call.request(input, new Set(), nothing).query).toMatchObject({ start: "2026-03-15T10:00:00.000Z" });
    const nights = read("sleeps", { records: [sleep, fixture("sleep")] }).cells;
    const stored: Have = {
      value: (field, day) =>
        (nights.find((each) => each.field === field && each.day === day)?.known as { value: never } | undefined)?.value,
    };
    expect(stored.value("sleep.wakingDays", "2026-03-17")).toMatchObject([
      { id: "noon", day: "2026-03-16" },
      { id: waking.id },
    ]);
    expect(read("cycles", { records: [cycle] }, stored).cells).toEqual([]);
  });

  test("marks the day of what WHOOP has still to score", () => {
    const { score: _, ...workout } = fixture("workout");
    const pending = read("workouts", { records: [{ ...workout, score_state: "PENDING_SCORE" }] });
    expect(pending.cells).toMatchObject([{ day: "2026-03-17", known: { value: [{ kind: "RUNNING" }] } }]);
    expect(pending.skipped).toMatchObject([{ day: "2026-03-17", reason: "NOT_YET_SYNCED" }]);
    const { score: __, ...sleep } = fixture("sleep");
    const night = read("sleeps", { records: [{ ...sleep, score_state: "PENDING_SCORE" }] });
    expect(night.cells.find(({ field }) => field === "scores.SLEEP")).toMatchObject({
      known: { value: [{ pending: true }] },
    });
    expect(night.skipped).toMatchObject([{ field: "scores.SLEEP", day: "2026-03-18", reason: "NOT_YET_SYNCED" }]);
  });

  test("a record that can't be read costs its own day only", () => {
    const broken = { ...fixture("workout"), id: null };
    const { cells, skipped } = read("workouts", { records: [broken, { ...fixture("workout"), id: "w" }] });
    expect(cells).toMatchObject([{ day: "2026-03-17", known: { value: [{ id: "w" }] } }]);
    expect(skipped).toMatchObject([{ field: "workouts.workouts", day: "2026-03-17", reason: "PROVIDER_ERROR" }]);
  });
});
