import { UnreadableAnswer } from "../../http/json.js";
import type { Have } from "../../model/cells.js";
import type { SleepRecord, WorkoutRecord } from "../../model/records.js";
import type { Input } from "../provider.js";
import { googleHealth } from "./index.js";

/** Answers as they were captured, and as they break. */

const input: Input = {
  from: "2026-11-17",
  to: "2026-11-19",
  today: "2026-11-19",
  connectedOn: "2026-01-15",
  providerUserId: null,
};
const have: Have = {
  value: ((field: string) => (field === "profile.timeZone" ? "Europe/Paris" : undefined)) as Have["value"],
};
const read = (name: string, answer: unknown) => {
  const call = googleHealth.calls.find((each) => each.name === name)!;
  return call.read(answer, input, have, call.request(input, new Set(), have));
};
const interval = (startTime: string | undefined, endTime: string | undefined) => ({
  startTime,
  startUtcOffset: "3600s",
  endTime,
  endUtcOffset: "3600s",
});
const night = (id: string, day: number, more: object = {}) => ({
  dataPointName: `users/1/dataTypes/sleep/dataPoints/${id}`,
  sleep: { interval: interval(`2026-11-${day - 1}T22:10:00Z`, `2026-11-${day}T02:24:00Z`), ...more },
});
const sleeps = (...dataPoints: readonly unknown[]) => read("reconcile sleep", { dataPoints });
const onlyNight = (more: object) =>
  (sleeps(night("n", 18, more)).cells[0]!.known as { value: SleepRecord[] }).value[0]!;
const civil = (day: number) => ({ civilStartTime: { date: { year: 2026, month: 11, day } } });
const lost = (field: string, day: string | null, reason = "PROVIDER_ERROR") =>
  expect.objectContaining({ field, day, reason });

describe("an answer that is none", () => {
  const pages = googleHealth.calls.filter(({ yields }) => yields[0] !== "profile.age");
  const listOf = (name: string) =>
    /^dailyRollUp|^rollUp/.test(name) ? "rollupDataPoints" : name === "pairedDevices" ? "pairedDevices" : "dataPoints";

  it.each(pages.map(({ name }) => name))("is refused by %s, and never read as no data", (name) => {
    expect(() => read(name, { error: { code: 500, status: "INTERNAL" } })).toThrow(UnreadableAnswer);
    expect(() => read(name, [])).toThrow(UnreadableAnswer);
    if (!/^(settings|userinfo)/.test(name)) {
      expect(() => read(name, { [listOf(name)]: { 0: {} } })).toThrow(`${listOf(name)} is not a list`);
      if (/newest/.test(name)) return;
      for (const nextPageToken of [7, {}, true, "t".repeat(4097)])
        expect(() => read(name, { nextPageToken })).toThrow("nextPageToken is no token");
    }
  });
});

describe("a row", () => {
  it("without a day, or of an impossible one, costs itself only", () => {
    const rows = [
      { ...civil(17), steps: { countSum: "5101" } },
      { steps: { countSum: "5202" } },
      { ...civil(31), steps: { countSum: "5303" } },
      { ...civil(18), steps: 5404 },
      { ...civil(19), steps: { countSum: "5505" } },
    ];
    const { cells, skipped } = read("dailyRollUp steps", { rollupDataPoints: rows });
    expect(cells.map(({ day, known }) => [day, known])).toEqual([
      ["2026-11-17", { value: 5101 }],
      ["2026-11-19", { value: 5505 }],
    ]);
    expect(skipped).toEqual([
      lost("activity.steps", null),
      lost("activity.steps", null),
      lost("activity.steps", "2026-11-18"),
    ]);
  });

  it("lists a zone or a level twice, and they are not added up", () => {
    const zones = [
      { heartRateZone: "LIGHT", duration: "3600s" },
      { heartRateZone: "PEAK", duration: "60s" },
    ];
    const value = { timeInHeartRateZones: [...zones, ...zones] };
    const { cells } = read("dailyRollUp time-in-heart-rate-zone", {
      rollupDataPoints: [{ ...civil(18), timeInHeartRateZone: value }],
    });
    expect(cells[0]!.known).toEqual({
      value: [
        { kind: "LIGHT", minutes: 60 },
        { kind: "PEAK", minutes: 1 },
      ],
    });
    const levels = [{ activityLevel: "LIGHT", activeMinutesSum: "43" }];
    const minutes = { activeMinutesRollupByActivityLevel: [...levels, ...levels] };
    expect(
      read("dailyRollUp active-minutes", { rollupDataPoints: [{ ...civil(18), activeMinutes: minutes }] }).cells,
    ).toEqual([expect.objectContaining({ known: { value: 43 } })]);
  });

  it("has no variability where Google writes 0", () => {
    const point = (day: number, average: unknown) => ({
      dailyHeartRateVariability: {
        date: { year: 2026, month: 11, day },
        averageHeartRateVariabilityMilliseconds: average,
        deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds: 122.05,
      },
    });
    const { cells } = read("reconcile daily-heart-rate-variability", {
      dataPoints: [point(19, 0), point(18, "NaN"), point(17, 38.25)],
    });
    expect(cells.map(({ day, known }) => [day, known])).toEqual([["2026-11-17", { value: 38.25 }]]);
  });
});

describe("a night", () => {
  it("has each stage once, though merged sources list it twice", () => {
    const stages = [
      { type: "AWAKE", minutes: "13", count: "4" },
      { type: "LIGHT", minutes: "140", count: "9" },
      { type: "DEEP", minutes: "61", count: "3" },
      { type: "REM", minutes: "40", count: "2" },
    ];
    const { stages: read } = onlyNight({ summary: { stagesSummary: [...stages, ...stages] } });
    expect(read).toEqual([
      { stage: "AWAKE", minutes: 13, count: 4 },
      { stage: "LIGHT", minutes: 140, count: 9 },
      { stage: "DEEP", minutes: 61, count: 3 },
      { stage: "REM", minutes: 40, count: 2 },
    ]);
    expect(read!.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(254);
  });

  it("is awake in its short awakenings, whatever stage lies beneath", () => {
    const spell = (type: string, startTime: string, endTime: string) => ({ type, ...interval(startTime, endTime) });
    const { hypnogram } = onlyNight({
      stages: [spell("LIGHT", "2026-11-17T22:10:00Z", "2026-11-18T02:24:00Z")],
      shortAwakenings: [
        spell("LIGHT", "2026-11-17T23:11:30Z", "2026-11-17T23:13:00Z"),
        spell("DEEP", "2026-11-18T01:00:00Z", "2026-11-18T01:02:00Z"),
      ],
    });
    expect(hypnogram!.map(({ stage, seconds }) => [stage, seconds])).toEqual([
      ["LIGHT", 3690],
      ["AWAKE", 90],
      ["LIGHT", 6420],
      ["AWAKE", 120],
      ["LIGHT", 4920],
    ]);
  });

  it.each([
    [{ mainSleep: true }, true],
    [{ mainSleep: true, nap: false }, true],
    [{ mainSleep: true, nap: true }, false],
    [{ nap: true }, false],
    [{}, false],
  ])("with %j is the main sleep: %p", (metadata, isMainSleep) => {
    expect(onlyNight({ metadata }).isMainSleep).toBe(isMainSleep);
  });

  it.each([
    [{ minutesToFallAsleep: "0" }, null],
    [{ minutesToFallAsleep: "0", minutesAfterWakeUp: "0" }, null],
    [{ minutesToFallAsleep: "0", minutesAfterWakeUp: "6" }, 0],
    [{ minutesToFallAsleep: "1", minutesAfterWakeUp: "0" }, 1],
    [{}, null],
  ])("with %j took %p minutes to begin", (summary, minutes) => {
    expect(onlyNight({ summary }).minutesToFallAsleep).toBe(minutes);
  });

  it("that is not over yet is skipped as not yet synced, and its day is that of its end to be", () => {
    const open = (id: string, startTime: string) => ({
      ...night(id, 18),
      sleep: { interval: { startTime, startUtcOffset: "3600s" } },
    });
    const { cells, skipped } = sleeps(
      open("a", "2026-11-18T22:30:00Z"),
      night("b", 18),
      open("c", "2026-11-16T22:30:00Z"),
    );
    expect(cells.map(({ day }) => day)).toEqual(["2026-11-18"]);
    expect(skipped).toEqual([
      lost("sleep.sessions", "2026-11-19", "NOT_YET_SYNCED"),
      lost("sleep.sessions", "2026-11-16", "NOT_YET_SYNCED"),
    ]);
  });

  it("without its fields costs itself only, among eleven", () => {
    const nights = Array.from({ length: 10 }, (_, index) => night(String(index), 18, { summary: {} }));
    const { cells, skipped } = sleeps(...nights.slice(0, 6), { dataPointName: "x/y" }, ...nights.slice(6));
    expect((cells[0]!.known as { value: SleepRecord[] }).value.map(({ id }) => id)).toHaveLength(10);
    expect(skipped).toEqual([lost("sleep.sessions", null)]);
  });

  it("that can't be read tells the day of its end where that much can be read", () => {
    const broken = { sleep: { interval: interval("evening", "2026-11-18T05:40:00Z") } };
    expect(sleeps(broken).skipped).toEqual([lost("sleep.sessions", "2026-11-18")]);
  });

  it("is not lost with its stages, nor with one of its figures", () => {
    const read = onlyNight({
      stages: [{ type: "LIGHT", startTime: "2026-11-17T22:10:00Z" }],
      metadata: { mainSleep: true, processed: true },
      summary: { minutesInSleepPeriod: "254", minutesAsleep: "241", minutesAwake: {}, stagesSummary: "none" },
    });
    expect(read).toMatchObject({ minutesAsleep: 241, minutesAwake: Number.NaN, stages: null, hypnogram: null });
    expect(read.refused).toEqual(["stages", "hypnogram"]);
  });

  it("needs no civil times: its day is reckoned from its end and own offset", () => {
    const late = { sleep: { interval: interval("2026-11-17T17:00:00Z", "2026-11-17T23:30:00Z") } };
    expect(sleeps(late).cells.map(({ day }) => day)).toEqual(["2026-11-18"]);
  });

  it("listed twice is one", () => {
    const { cells } = sleeps(night("a", 18), night("b", 18), night("a", 18));
    expect((cells[0]!.known as { value: SleepRecord[] }).value.map(({ id }) => id).sort()).toEqual(["a", "b"]);
  });
});

describe("a workout", () => {
  const workout = (id: string, startTime: string, endTime?: string) => ({
    dataPointName: `users/1/dataTypes/exercise/dataPoints/${id}`,
    exercise: { interval: interval(startTime, endTime), exerciseType: "RUNNING" },
  });

  it("that is not over yet is skipped as not yet synced, on the day of its start", () => {
    const { cells, skipped } = read("reconcile exercise", {
      dataPoints: [workout("a", "2026-11-18T17:00:00Z"), workout("b", "2026-11-18T09:00:00Z", "2026-11-18T09:31:00Z")],
    });
    expect((cells[0]!.known as { value: WorkoutRecord[] }).value.map((each) => each.durationSeconds)).toEqual([1860]);
    expect(skipped).toEqual([lost("workouts.workouts", "2026-11-18", "NOT_YET_SYNCED")]);
  });

  it("that can't be read tells the day of its start", () => {
    const broken = workout("a", "2026-11-18T17:00:00Z", "late");
    expect(read("reconcile exercise", { dataPoints: [broken] }).skipped).toEqual([
      lost("workouts.workouts", "2026-11-18"),
    ]);
  });
});

describe("a device", () => {
  it("without a name costs itself only; without all but a name it is one", () => {
    const { cells, skipped } = read("pairedDevices", {
      pairedDevices: [{ deviceVersion: "Charge 6" }, { name: "users/me/pairedDevices/7" }],
    });
    const bare = {
      model: null,
      kind: null,
      firmware: null,
      batteryPercent: null,
      lastSyncAt: null,
      batteryLevel: null,
    };
    expect(cells.map(({ known }) => known)).toEqual([{ value: [{ id: "7", ...bare }] }]);
    expect(skipped).toEqual([lost("devices.devices", null)]);
    const none = read("pairedDevices", { pairedDevices: [{}] });
    expect([none.cells, none.skipped]).toEqual([[], [lost("devices.devices", null)]]);
    expect(read("pairedDevices", {}).cells.map(({ known }) => known)).toEqual([{ value: [] }]);
  });
});
