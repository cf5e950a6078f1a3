import type { DayMinutes, Person, PersonDay } from "../person.js";
import { addDays, dateAt, datesBetween, heartSamples, MINUTE_MS, midnight, people, person } from "./index.js";

// Both clock changes of autumn 2026, the journey and the days after it.
const weeks = datesBetween("2026-10-12", "2026-11-29");
const everybody = [...people.values()];
const columns = (day: PersonDay) => Object.values(day.minutes) as ArrayLike<number>[];

test("seven people live in the lab, and nobody else is found", () => {
  expect([...people.keys()]).toEqual([
    "demo",
    "both",
    "google",
    "switcher",
    "unticked",
    "empty",
    "napper",
    "collector",
  ]);
  expect(() => person("nobody")).toThrow("demo, both, google");
});

function sum(column: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < column.length; index++) {
    total += column[index]!;
  }
  return total;
}

function contradicts({ steps, level, heartRate, inBed, ...rest }: DayMinutes, minute: number): boolean {
  const still = inBed[minute] === 1 || heartRate[minute] === 0;
  const climbed = rest.elevationMeters[minute]! - rest.floors[minute]! * 3.048;
  return (
    (still && (steps[minute]! > 0 || level[minute]! > 0)) ||
    rest.distanceMeters[minute]! > 0 !== steps[minute]! > 0 ||
    Math.abs(climbed) > 0.001 ||
    rest.basalKcal[minute]! <= 0 ||
    rest.energyKcal[minute]! < rest.basalKcal[minute]!
  );
}

describe.each(everybody.map((someone) => [someone.id, someone] as const))("%s", (_, someone) => {
  const days = weeks.map((date) => someone.day(date));
  const worn = days.filter((day) => day.worn);

  test("days follow each other without a gap, and every minute of them has a row", () => {
    for (const day of days) {
      expect(someone.day(addDays(day.date, 1)).startMs).toBe(day.endMs);
      expect(new Set(columns(day).map((column) => column.length))).toEqual(
        new Set([(day.endMs - day.startMs) / MINUTE_MS]),
      );
      expect(dateAt(someone, day.startMs)).toBe(day.date);
      expect(dateAt(someone, day.endMs - 1)).toBe(day.date);
    }
  });

  test("a day that was not worn holds nothing but perhaps a weighing", () => {
    for (const day of days.filter((each) => !each.worn)) {
      expect(columns(day).map(sum)).toEqual(columns(day).map(() => 0));
      expect([day.sleeps, day.workouts, day.restingHeartRate, day.hrvRmssd]).toEqual([[], [], null, null]);
    }
  });

  test("minutes do not contradict each other", () => {
    const contradictory = worn.flatMap(({ date, minutes }) =>
      [...minutes.steps.keys()].filter((minute) => contradicts(minutes, minute)).map((minute) => `${date} ${minute}`),
    );
    expect(contradictory).toEqual([]);
  });

  test("sleeps end on their day and are cut without a gap", () => {
    for (const day of days) {
      for (const sleep of day.sleeps) {
        expect(sleep.endMs > day.startMs && sleep.endMs <= day.endMs).toBe(true);
        const { segments } = sleep;
        const ends = segments.map(({ startMs, seconds }) => startMs + seconds * 1000);
        expect([...segments.map(({ startMs }) => startMs), sleep.endMs].join()).toBe([sleep.startMs, ...ends].join());
        expect(segments.filter(({ seconds }) => seconds % (sleep.staged ? 30 : 60) !== 0)).toEqual([]);
      }
      expect(day.sleeps.filter((sleep) => sleep.main).length).toBeLessThanOrEqual(1);
    }
  });

  test("a sleep across midnight marks the minutes in bed of both days", () => {
    for (const day of worn) {
      const expected = new Uint8Array(day.minutes.inBed.length);
      for (const { startMs, endMs } of [...day.sleeps, ...someone.day(addDays(day.date, 1)).sleeps]) {
        const [first, last] = [startMs, endMs].map((at) => Math.max(0, Math.floor((at - day.startMs) / MINUTE_MS)));
        expected.fill(1, first, last);
      }
      expect(day.minutes.inBed.join("")).toBe(expected.join(""));
    }
  });

  test("workouts take place while awake, have ids that no double can hold, and are in the minutes", () => {
    for (const day of days) {
      for (const workout of day.workouts) {
        expect(String(Number(workout.id))).not.toBe(workout.id);
        expect(BigInt(workout.id) < 2n ** 63n).toBe(true);
        expect(workout.startMs >= day.startMs && workout.endMs < day.endMs).toBe(true);
        expect(workout.activeSeconds * 1000).toBeLessThanOrEqual(workout.endMs - workout.startMs);
        const first = Math.floor((workout.startMs - day.startMs) / MINUTE_MS);
        const last = Math.ceil((workout.endMs - day.startMs) / MINUTE_MS);
        expect(sum(day.minutes.inBed.subarray(first, last))).toBe(0);
        expect(sum(day.minutes.energyKcal.subarray(first, last))).toBeCloseTo(workout.energyKcal, -1);
        if (workout.steps !== null) {
          expect(sum(day.minutes.steps.subarray(first, last))).toBe(workout.steps);
        }
      }
      expect(day.workouts.length).toBeLessThanOrEqual(2);
    }
  });

  test("the same day comes out the same, whatever was asked before", () => {
    const sample = someone.day("2026-11-04");
    const before = JSON.stringify({ ...sample, minutes: columns(sample).map(sum) });
    // More days than are kept.
    for (const date of datesBetween("2024-06-01", "2025-10-01")) {
      someone.day(date);
    }
    const again = someone.day("2026-11-04");
    expect(again).not.toBe(sample);
    expect(JSON.stringify({ ...again, minutes: columns(again).map(sum) })).toBe(before);
  });

  test("there is nothing before they became a member", () => {
    const day = someone.day(addDays(someone.memberSince, -1));
    expect([day.worn, day.sleeps, day.workouts, day.weighings]).toEqual([false, [], [], []]);
  });
});

const wearers = everybody.filter((someone) => someone.hasTracker !== false);
const yearOf = (someone: Person) => datesBetween("2025-11-01", "2026-10-31").map((date) => someone.day(date));

test.each(wearers.map((someone) => [someone.id, someone] as const))("%s lives a plausible life", (_, someone) => {
  const days = yearOf(someone);
  const worn = days.filter((day) => day.worn);
  // A quarter of the days says as much of an average as all of them.
  const some = worn.filter((_day, index) => index % 4 === 0);
  const average = (read: (day: PersonDay) => number) => some.reduce((total, day) => total + read(day), 0) / some.length;

  expect(worn.length / days.length).toBeGreaterThan(0.87);
  expect(worn.length).toBeLessThan(days.length);
  expect(average((day) => sum(day.minutes.steps))).toBeGreaterThan(5_000);
  expect(average((day) => sum(day.minutes.steps))).toBeLessThan(14_000);
  expect(average((day) => day.sleeps.filter((sleep) => sleep.main).length)).toBeGreaterThan(0.8);
  expect(average((day) => sum(day.minutes.inBed))).toBeGreaterThan(330);
  expect(days.flatMap((day) => day.weighings).length).toBeGreaterThan(70);
  const asleep = average((day) => meanHeart(day, 1));
  const awake = average((day) => meanHeart(day, 0));
  expect(awake - asleep).toBeGreaterThan(8);
});

function meanHeart(day: PersonDay, inBed: 0 | 1): number {
  const beats = day.minutes.heartRate.filter((rate, minute) => rate > 0 && day.minutes.inBed[minute] === inBed);
  return beats.length === 0 ? 60 : sum(beats) / beats.length;
}

test("no two people, days or sleeps share an id", () => {
  const ids = wearers.flatMap((someone) =>
    weeks.flatMap((date) => [...someone.day(date).sleeps, ...someone.day(date).workouts].map(({ id }) => id)),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => /^[0-9]+$/.test(id))).toBe(true);
});

test("an account without a device has no data on any day", () => {
  const empty = person("empty");
  expect(empty.hasTracker).toBe(false);
  expect(yearOf(empty).filter((day) => day.worn || day.sleeps.length + day.weighings.length > 0)).toEqual([]);
});

test("clock changes make days of 23 and 25 hours", () => {
  const length = (id: string, date: string) => person(id).day(date).minutes.steps.length;
  expect(length("demo", "2026-03-29")).toBe(1380);
  expect(length("demo", "2026-10-25")).toBe(1500);
  expect(length("google", "2026-03-08")).toBe(1380);
  expect(length("google", "2026-11-01")).toBe(1500);
  expect(length("unticked", "2026-10-25")).toBe(1440);
});

test("the traveller's days end where the next one begins, in another zone", () => {
  const traveller = person("switcher");
  const hours = (date: string) => traveller.day(date).minutes.steps.length / 60;
  expect([traveller.timeZone, traveller.zoneOn("2026-11-01")]).toEqual(["Europe/Paris", "America/Los_Angeles"]);
  expect(hours("2026-10-27")).toBe(32);
  expect(hours("2026-11-01")).toBe(25);
  expect(hours("2026-11-08")).toBe(15);
  expect(traveller.day("2026-10-28").startMs).toBe(midnight("2026-10-28", "America/Los_Angeles"));
  expect(dateAt(traveller, Date.parse("2026-10-28T02:00:00Z"))).toBe("2026-10-27");
  expect(traveller.wearablesOn("2026-11-01")).toEqual(["FITBIT"]);
  expect(traveller.wearablesOn("2026-11-02")).toEqual(["GOOGLE_HEALTH"]);
});

test("the napper naps, sleeps classic and staged nights, and some nights in two pieces", () => {
  const days = yearOf(person("napper")).filter((day) => day.worn);
  const naps = days.flatMap((day) => day.sleeps.filter(({ main, endMs, startMs }) => !main && endMs - startMs < 6e6));
  expect(naps.length / days.length).toBeGreaterThan(0.95);
  expect(naps.some((nap) => nap.staged)).toBe(false);
  const mains = days.flatMap((day) => day.sleeps.filter(({ main }) => main));
  expect(new Set(mains.map(({ staged }) => staged)).size).toBe(2);
  expect(days.filter((day) => day.sleeps.length === 3).length).toBeGreaterThan(10);
});

test("heart samples are irregular, 1 to 15 seconds apart, and a part is the same as in the whole", () => {
  const demo = person("demo");
  const day = demo.day("2026-11-04");
  const samples = heartSamples(demo, day);
  const gaps = samples.slice(1).map(({ timeMs }, index) => (timeMs - samples[index]!.timeMs) / 1000);
  const offWrist = day.minutes.heartRate.filter((rate) => rate === 0).length;
  expect(Math.min(...gaps)).toBe(1);
  expect(gaps.filter((gap) => gap > 15).length).toBe(offWrist > 0 ? 1 : 0);
  expect(new Set(gaps).size).toBeGreaterThan(8);
  const from = day.startMs + 10 * 3_600_000 + 7_000;
  const until = from + 1_800_000;
  expect(heartSamples(demo, day, from, until)).toEqual(
    samples.filter(({ timeMs }) => timeMs >= from && timeMs < until),
  );
});
