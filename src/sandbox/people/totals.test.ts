import { dayTotals, meanBins, minutesUntil, people, person, sumBins, totalsOn, zoneBounds, zoneOf } from "./index.js";

const demo = person("demo");
const day = demo.day("2026-11-04");
const noonMs = day.startMs + 12 * 3_600_000;
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

test("levels and bed are all the minutes of the day", () => {
  for (const someone of people.values()) {
    for (const date of ["2026-10-25", "2026-10-27", "2026-11-01", "2026-11-08", "2026-11-18"]) {
      const each = someone.day(date);
      const totals = dayTotals(someone, each);
      expect(sum(totals.minutesByLevel) + totals.minutesInBed).toBe(each.minutes.steps.length);
      expect(totals.minutes).toBe(each.minutes.steps.length);
    }
  }
});

test("totals are the sums of the columns", () => {
  const totals = dayTotals(demo, day);
  expect(totals.steps).toBe(sum(day.minutes.steps));
  expect(totals.energyKcal).toBeCloseTo(sum(day.minutes.energyKcal), 6);
  expect(totals.basalKcal).toBeCloseTo(day.basalKcalPerMinute * 1440, 2);
  expect(sum(totals.energyByLevel)).toBeCloseTo(totals.energyKcal, 6);
  expect(sum(totals.distanceByLevel)).toBeCloseTo(totals.distanceMeters, 6);
});

test("minutes after the last sync do not count, and a day in the future has none", () => {
  const morning = dayTotals(demo, day, noonMs + 59_000);
  expect(morning.minutes).toBe(720);
  expect(morning.steps).toBe(sum(day.minutes.steps.subarray(0, 720)));
  expect(morning.steps + dayTotals(demo, day, day.endMs, noonMs).steps).toBe(dayTotals(demo, day).steps);
  expect(dayTotals(demo, day, day.startMs - 1).minutes).toBe(0);
  expect(minutesUntil(day, day.endMs + 1)).toBe(1440);
});

test("totals by date are those of the day, kept only once the day is over", () => {
  expect(totalsOn(demo, day.date, noonMs)).toEqual(dayTotals(demo, day, noonMs));
  const whole = totalsOn(demo, day.date, day.endMs);
  expect(whole).toEqual(dayTotals(demo, day));
  expect(totalsOn(demo, day.date, day.endMs + 1)).toBe(whole);
  expect(totalsOn(demo, day.date, noonMs).minutes).toBe(720);
});

test("zones rise with the heart, and every minute on the wrist is in one", () => {
  const bounds = zoneBounds(demo, day);
  expect(bounds.fatBurn < bounds.cardio && bounds.cardio < bounds.peak).toBe(true);
  expect(zoneOf(bounds, bounds.cardio)).toBe("cardio");
  expect(zoneOf(bounds, bounds.cardio - 1)).toBe("fatBurn");
  const { zones, activeZoneMinutes } = dayTotals(demo, day);
  const { outOfRange, fatBurn, cardio, peak } = zones;
  expect(outOfRange.minutes + fatBurn.minutes + cardio.minutes + peak.minutes).toBe(
    day.minutes.heartRate.filter((rate) => rate > 0).length,
  );
  expect(activeZoneMinutes).toBe(fatBurn.activeZoneMinutes + cardio.activeZoneMinutes + peak.activeZoneMinutes);
  expect(cardio.activeZoneMinutes).toBe(2 * cardio.minutes);
});

test("bins keep the sum, leave out what has not begun, and average only what was measured", () => {
  expect(sumBins([1, 2, 3, 4, 5], 2)).toEqual([3, 7, 5]);
  expect(sumBins([1, 2, 3, 4, 5], 2, 3)).toEqual([3, 3]);
  expect(sumBins([1, 2, 3], 2, 0)).toEqual([]);
  expect(meanBins([60, 0, 0, 0, 80, 90], 2)).toEqual([60, null, 85]);
  expect(sum(sumBins(day.minutes.steps, 15))).toBe(dayTotals(demo, day).steps);
});
