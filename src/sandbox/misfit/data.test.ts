import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { labFor, range } from "../../../test/support/misfit-lab.js";
import { datesBetween, person } from "../people/index.js";
import { METERS_PER_MILE } from "./view.js";

describe.each(["demo", "both", "napper"])("what Misfit reports of %s", (personId) => {
  const first = "2026-10-20";
  const last = "2026-11-19";
  const someone = person(personId);
  let setup: Awaited<ReturnType<typeof labFor>>;
  beforeAll(async () => {
    setup = await labFor(personId);
  });
  afterAll(() => setup.lab.close());

  const list = async (type: string) =>
    (await setup.read(`me/activity/${type}?${range(first, last)}&detail=true`))[type];
  const happened = datesBetween(first, last).map((date) => someone.day(date));

  it("is near the truth of every day and never equal to it", async () => {
    const rows = await list("summary");
    expect(rows.map((row: { date: string }) => row.date)).toEqual(
      happened.filter((day) => day.worn).map((day) => day.date),
    );
    for (const row of rows) {
      const { minutes } = someone.day(row.date);
      const sum = (column: ArrayLike<number>) => Array.from(column).reduce((total, value) => total + value, 0);
      const truths: [number, number][] = [
        [row.steps, sum(minutes.steps)],
        [row.distance * METERS_PER_MILE, sum(minutes.distanceMeters)],
        [row.calories, sum(minutes.energyKcal)],
      ];
      for (const [reported, truth] of truths) {
        expect(Math.abs(reported / truth - 1)).toBeGreaterThan(0.009);
        expect(Math.abs(reported / truth - 1)).toBeLessThan(0.045);
      }
      expect(row.activityCalories).toBeLessThan(row.calories);
      expect(row.points).toBeGreaterThanOrEqual(Math.floor(row.steps / 10));
    }
  });

  it("has each session inside the workout that it is", async () => {
    const workouts = happened.flatMap((day) => day.workouts);
    const sessions = await list("sessions");
    const summary = new Map((await list("summary")).map((row: { date: string }) => [row.date, row]));
    expect(sessions.length).toBeGreaterThan(0);
    for (const { startTime, duration, steps = 0 } of sessions) {
      expect(startTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
      const startMs = Date.parse(startTime);
      const inside = workouts.filter((each) => each.startMs < startMs && startMs + duration * 1000 < each.endMs);
      expect(inside).toHaveLength(1);
      expect(steps).toBeLessThanOrEqual((summary.get(startTime.slice(0, 10)) as { steps: number }).steps);
    }
  });

  it("has each sleep within the one that was slept, in three stages", async () => {
    const slept = happened.flatMap((day) => day.sleeps);
    const sleeps = await list("sleeps");
    expect(sleeps.length).toBeGreaterThan(20);
    for (const { startTime, duration, sleepDetails } of sleeps) {
      const startMs = Date.parse(startTime);
      const endMs = startMs + duration * 1000;
      expect(slept.some((each) => each.startMs < startMs && endMs < each.endMs)).toBe(true);
      const times = sleepDetails.map(({ datetime }: { datetime: string }) => Date.parse(datetime));
      expect(times).toEqual([...new Set(times)].sort((a, b) => Number(a) - Number(b)));
      expect(times[0]).toBe(startMs);
      expect(times.at(-1)).toBeLessThan(endMs);
      expect(times.length).toBeLessThanOrEqual(30);
      for (const { value } of sleepDetails) {
        expect([1, 2, 3]).toContain(value);
      }
    }
  });

  it("keeps the offset of the day, before and after the clocks change", async () => {
    const goals: { date: string; timeZoneOffset: number }[] = await list("goals");
    const offsets = { demo: [2, 1], both: [1, 0], napper: [-3] }[personId];
    expect([...new Set(goals.map((goal) => goal.timeZoneOffset))]).toEqual(offsets);
  });
});

describe("the day that is not over", () => {
  it("grows with each sync", async () => {
    const { lab, read } = await labFor("demo");
    const today = () => read(`me/activity/summary?${range("2026-11-20", "2026-11-20")}&detail=true`);
    lab.sync.sync("demo", Date.parse("2026-11-20T08:00:00Z"), "MISFIT");
    const before = await today();
    lab.sync.sync("demo", Date.parse("2026-11-20T11:00:00Z"), "MISFIT");
    const after = await today();
    expect(after.summary[0].calories).toBeGreaterThan(before.summary[0].calories);
    expect(after.summary[0].steps).toBeGreaterThanOrEqual(before.summary[0].steps);
    await lab.close();
  });

  it("is followed by nothing", async () => {
    const { lab, read } = await labFor("demo");
    expect(await read(`me/activity/sleeps?${range("2026-11-21", "2026-11-30")}`)).toEqual({ sleeps: [] });
    expect(await read(`me/activity/summary?${range("2026-11-21", "2026-11-30")}&detail=true`)).toEqual({ summary: [] });
    await lab.close();
  });
});
