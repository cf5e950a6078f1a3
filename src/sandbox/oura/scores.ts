import { isFortnightly } from "../kit/day-uuid.js";
import { type ListView, withOffset } from "../kit/list-lab.js";
import { addDays, bodyOn, sleepTotals, totalsOn } from "../people/index.js";
import { between, random } from "../people/random.js";
import type { Person, PersonDay, PersonSleep } from "../person.js";
import { daily, mean, nightly, nightOf, rounded, score, usual } from "./document.js";

/** The scores of a day, with their parts. Every part is a score too: none of them is a measurement. */

const midnightOf = ({ date, startMs, timeZone }: PersonDay) =>
  // The offset is often wrong: the vendor's, not the person's.
  Number(date.slice(-2)) % 2 === 0 ? withOffset(startMs, timeZone) : `${date}T00:00:00+00:00`;

function sleepParts(person: Person, night: PersonSleep, day: PersonDay) {
  const { asleepSeconds, deepSeconds, remSeconds, inBedSeconds, latencySeconds, awakenings } = sleepTotals(night);
  const middle = ((night.startMs + night.endMs) / 2 - day.startMs) / 3_600_000;
  return {
    deep_sleep: score((100 * deepSeconds) / 5_400),
    efficiency: score(108 * (asleepSeconds / inBedSeconds)),
    latency: score(100 - Math.abs(latencySeconds - 600) / 12),
    rem_sleep: score((100 * remSeconds) / 6_000),
    restfulness: score(100 - 2.5 * awakenings - 5 * random(person.id, day.date, "restfulness")()),
    timing: score(100 - 14 * Math.abs(middle - 3)),
    total_sleep: score((100 * asleepSeconds) / 28_800),
  };
}

export const dailySleep = nightly("daily_sleep", ({ person }, day, night) => {
  const contributors = sleepParts(person, night, day);
  return { contributors, score: score(mean(Object.values(contributors))), timestamp: midnightOf(day) };
});

export function readinessOf(view: ListView, day: PersonDay) {
  const { person, syncedUntil } = view;
  const { temperatureDeviation } = bodyOn(person, day.date);
  const next = random(person.id, day.date, "readiness");
  const rate = usual(person, day.date, (each) => each.restingHeartRate);
  const variability = usual(person, day.date, (each) => each.hrvRmssd);
  const asleep = usual(person, day.date, (each) => {
    const main = each.sleeps.find((sleep) => sleep.main);
    return main ? sleepTotals(main).asleepSeconds : null;
  });
  const { steps } = totalsOn(person, addDays(day.date, -1), syncedUntil);
  const contributors = {
    activity_balance: score(between(next, 68, 98)),
    body_temperature: score(100 - 60 * Math.abs(temperatureDeviation)),
    // There is none in the first weeks, and after a night without variability.
    hrv_balance: variability && day.hrvRmssd && score(82 + 60 * (day.hrvRmssd / variability - 1)),
    previous_day_activity: steps === 0 ? null : score(100 - Math.abs(steps - 9_500) / 160),
    previous_night: score(mean(Object.values(sleepParts(person, nightOf(view, day)!, day)))),
    recovery_index: score(between(next, 55, 100)),
    resting_heart_rate: score(88 - 7 * ((day.restingHeartRate ?? 60) - (rate ?? 60))),
    sleep_balance: asleep && score(asleep / 288),
    sleep_regularity: score(between(next, 60, 96)),
  };
  return {
    contributors,
    score: score(mean(Object.values(contributors).filter((part): part is number => part !== null))),
    temperature_deviation: rounded(temperatureDeviation, 2),
    temperature_trend_deviation: isFortnightly(day, 3) ? null : rounded(temperatureDeviation * 0.4, 2),
  };
}

export const dailyReadiness = nightly("daily_readiness", (view, day) => ({
  ...readinessOf(view, day),
  timestamp: midnightOf(day),
}));

export const dailySpo2 = nightly("daily_spo2", ({ person }, day) =>
  // A night without oxygen readings has an average of 0 and no index.
  isFortnightly(day, 11)
    ? { breathing_disturbance_index: null, spo2_percentage: { average: 0 } }
    : {
        breathing_disturbance_index: Math.floor(9 * random(person.id, day.date, "disturbances")()),
        spo2_percentage: { average: rounded(bodyOn(person, day.date).oxygenPercentage, 3) },
      },
);

export const dailyStress = daily("daily_stress", ({ person, syncedUntil }, day) => {
  if (!day.worn || day.startMs + 10 * 3_600_000 > syncedUntil) return null;
  const next = random(person.id, day.date, "stress");
  const [stress, recovery] = [900 * Math.floor(18 * next()), 900 * Math.floor(14 * next())];
  const summary = recovery > stress + 3_600 ? "restored" : stress > recovery + 7_200 ? "stressful" : "normal";
  const day_summary = syncedUntil >= day.endMs ? summary : null;
  return { day_summary, recovery_high: recovery, stress_high: stress };
});

const LEVELS = ["limited", "adequate", "solid", "strong", "exceptional"] as const;

export const dailyResilience = nightly("daily_resilience", ({ person }, day) => {
  // A level needs two weeks of history.
  if (day.date < addDays(person.memberSince, 14)) return null;
  const next = random(person.id, day.date.slice(0, 7), "resilience");
  const contributors = {
    sleep_recovery: rounded(between(next, 40, 98), 1),
    daytime_recovery: rounded(between(next, 15, 90), 1),
    stress: rounded(between(next, 20, 95), 1),
  };
  return { contributors, level: LEVELS[Math.min(4, Math.floor(mean(Object.values(contributors)) / 20))] };
});

export const cardiovascularAge = nightly("daily_cardiovascular_age", ({ person }, day) => {
  const speed = bodyOn(person, day.date).pulseWaveVelocity;
  return isFortnightly(day, 2)
    ? { pulse_wave_velocity: null, vascular_age: null }
    : { pulse_wave_velocity: rounded(speed, 2), vascular_age: Math.round(6.2 * speed) };
});

/** Estimated once a week, after a walk. */
export const vo2Max = daily("vO2_max", ({ person, syncedUntil }, day) => {
  const noonMs = day.startMs + 12 * 3_600_000;
  if (!(isFortnightly(day, 1) || isFortnightly(day, 8)) || !day.worn || noonMs > syncedUntil) return null;
  return { timestamp: withOffset(noonMs, day.timeZone), vo2_max: Math.round(bodyOn(person, day.date).vo2Max) };
});

export const sleepTime = nightly("sleep_time", (_view, day) => {
  if (isFortnightly(day, 4)) return { optimal_bedtime: null, recommendation: null, status: "not_enough_recent_nights" };
  const day_tz = (Date.parse(`${withOffset(day.startMs, day.timeZone).slice(0, 19)}Z`) - day.startMs) / 1000;
  const optimal_bedtime = { day_tz, start_offset: -4_500, end_offset: 1_800 };
  return { optimal_bedtime, recommendation: "follow_optimal_bedtime", status: "optimal_found" };
});
