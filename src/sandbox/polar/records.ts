import { createHash } from "node:crypto";
import { isFortnightly } from "../kit/day-uuid.js";
import { type LabRecord, type ListView, withOffset } from "../kit/list-lab.js";
import { remembered } from "../kit/remembered.js";
import { addDays, bodyOn, heartRatesIn, heartSamples, MINUTE_MS, minutesUntil, totalsOn } from "../people/index.js";
import { integer, random } from "../people/random.js";
import type { Person, PersonDay, PersonSleep, PersonSleepStage, PersonWorkout } from "../person.js";

const hash = (text: string) => createHash("sha256").update(`polar ${text}`).digest("hex");

export const userIdOf = ({ id }: Pick<Person, "id">) =>
  60_000_000 + (Number.parseInt(hash(id).slice(0, 8), 16) % 999_999);
const userUrl = (userId: string) => `https://www.polaraccesslink.com/v3/users/${userId}`;
const DEVICE_ID = "9C81D2E0";

/** PT3H11M */
function isoDuration(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  return `PT${hours > 0 ? `${hours}H` : ""}${minutes > 0 ? `${minutes}M` : ""}${rest > 0 || seconds === 0 ? `${rest}S` : ""}`;
}

/** The wall clock of a day, without a zone: 2026-03-17T08:04. */
const wallClock = (ms: number, day: PersonDay, characters = 16) => withOffset(ms, day.timeZone).slice(0, characters);

export const activities = remembered(({ person, syncedUntil }, day) => {
  if (!day.worn || day.startMs + MINUTE_MS > syncedUntil) return [];
  const until = Math.min(day.endMs, syncedUntil);
  const total = totalsOn(person, day.date, until);
  const [still, light, moderate, vigorous] = total.minutesByLevel;
  const minutes = minutesUntil(day, until);
  return [
    {
      start_time: `${day.date}T00:00`,
      end_time: `${day.date}T23:59`,
      active_duration: isoDuration(60 * (light + moderate + vigorous)),
      inactive_duration: isoDuration(60 * still),
      daily_activity: Number((total.steps / 110).toFixed(1)),
      calories: Math.round(total.energyKcal),
      active_calories: Math.round(total.energyKcal - total.basalKcal),
      steps: total.steps,
      inactivity_alert_count: integer(random(person.id, day.date, "alerts"), 0, 3),
      distance_from_steps: Number(total.distanceMeters.toFixed(1)),
      samples: samplesOf(day, minutes, total.steps),
    },
  ];
});

function samplesOf(day: PersonDay, minutes: number, total_steps: number) {
  const { steps, level, inBed, heartRate } = day.minutes;
  const at = (index: number) => wallClock(day.startMs + index * MINUTE_MS, day);
  const zoneOf = (index: number) => {
    if (heartRate[index] === 0) return "NON_WEAR";
    return inBed[index] ? "SLEEP" : ["SEDENTARY", "LIGHT", "MODERATE", "VIGOROUS"][level[index]!]!;
  };
  // A value holds until the next one.
  const changes = <T>(read: (index: number) => T) =>
    Array.from({ length: minutes }, (_, index) => index).filter(
      (index) => index === 0 || read(index) !== read(index - 1),
    );
  return {
    date: day.date,
    steps: {
      interval_ms: 60_000,
      total_steps,
      samples: changes((index) => steps[index]).map((index) => ({ steps: steps[index]!, timestamp: at(index) })),
    },
    activity_zones: { samples: changes(zoneOf).map((index) => ({ zone: zoneOf(index), timestamp: at(index) })) },
    inactivity_stamps: { samples: minutes > 920 ? [{ stamp: at(920) }] : [] },
  };
}

/** Those of workouts are not among them, and 0 is no signal. */
export function heartRates(
  { person, userId, syncedUntil }: ListView,
  day: PersonDay,
  dense: boolean,
): readonly LabRecord[] {
  if (!day.worn || day.startMs >= syncedUntil) return [];
  const beats = heartSamples(person, day, day.startMs, Math.min(day.endMs, syncedUntil));
  const outside = beats.filter(
    ({ timeMs }) => !day.workouts.some(({ startMs, endMs }) => timeMs >= startMs && timeMs < endMs),
  );
  const chosen = outside.filter((_beat, index) => index % (dense ? 1 : 48) === 0);
  const heart_rate_samples = chosen.map(({ timeMs, bpm }, index) => ({
    heart_rate: index % 211 === 200 ? 0 : bpm,
    sample_time: wallClock(timeMs, day, 19).slice(11),
  }));
  return [{ polar_user: userUrl(userId), date: day.date, heart_rate_samples }];
}

/** Only staged main sleeps are recorded, from falling asleep to waking. Naps do not appear. */
function nightOf({ syncedUntil }: ListView, day: PersonDay): PersonSleep | undefined {
  const main = day.sleeps.find((sleep) => sleep.main && sleep.staged && sleep.endMs <= syncedUntil);
  if (!main) return undefined;
  const isAwake = ({ stage }: { stage: PersonSleepStage }) => stage === "awake";
  const first = main.segments.findIndex((segment) => !isAwake(segment));
  const last = main.segments.findLastIndex((segment) => !isAwake(segment));
  const segments = main.segments.slice(first, last + 1);
  const ending = segments.at(-1)!;
  return { ...main, segments, startMs: segments[0]!.startMs, endMs: ending.startMs + ending.seconds * 1_000 };
}

const STAGES: Readonly<Record<PersonSleepStage, number>> = {
  awake: 0,
  rem: 1,
  light: 3,
  asleep: 3,
  restless: 2,
  deep: 4,
};

/** The clock of the offset at the beginning, also after a change of clocks. */
function clockOf(night: PersonSleep, day: PersonDay): (ms: number) => string {
  const local = Date.parse(`${wallClock(night.startMs, day, 19)}Z`);
  return (ms) => new Date(local + ms - night.startMs).toISOString().slice(11, 16);
}

export const nights = remembered((view, day) => {
  const night = nightOf(view, day);
  if (!night) return [];
  const { person } = view;
  const clock = clockOf(night, day);
  const next = random(person.id, day.date, "polar night");
  const seconds = (...stages: readonly PersonSleepStage[]) =>
    night.segments.reduce((sum, { stage, seconds: own }) => (stages.includes(stage) ? sum + own : sum), 0);
  const spells = night.segments.filter(({ stage }) => stage === "awake").map((segment) => segment.seconds);
  const sum = (values: readonly number[]) => values.reduce((all, each) => all + each, 0);
  // What was not measured: numbers that no scale has.
  const blind = isFortnightly(day, 4);
  const unknown = isFortnightly(day, 8) ? 60 : 0;
  const hypnogram: Record<string, number> = {};
  for (const [index, { stage, startMs }] of night.segments.entries()) {
    const isFirstLight = stage === "light" && index % 4 === 0;
    const key = clock(startMs);
    // Of two changes in one minute the later one is kept, but for the beginning.
    if (index > 0 && key === clock(night.startMs)) continue;
    hypnogram[key] = unknown > 0 && index === 3 ? 5 : isFirstLight ? 2 : STAGES[stage];
  }
  const rates = heartRatesIn(person, night.startMs, night.endMs);
  const heart_rate_samples: Record<string, number> = {};
  for (let minute = integer(next, 1, 4); minute < rates.length; minute += 5) {
    heart_rate_samples[clock(night.startMs + minute * MINUTE_MS)] = blind && minute % 3 === 0 ? 0 : rates[minute]!;
  }
  const started = withOffset(night.startMs, day.timeZone);
  return [
    {
      polar_user: userUrl(view.userId),
      date: day.date,
      device_id: isFortnightly(day, 2) ? "" : DEVICE_ID,
      // A time without an offset has been met.
      sleep_start_time: isFortnightly(day, 9) ? started.slice(0, 19) : started,
      sleep_end_time: withOffset(night.endMs, day.timeZone),
      light_sleep: seconds("light") - unknown,
      deep_sleep: seconds("deep"),
      rem_sleep: seconds("rem"),
      unrecognized_sleep_stage: unknown,
      total_interruption_duration: sum(spells),
      short_interruption_duration: sum(spells.filter((spell) => spell < 90)),
      long_interruption_duration: sum(spells.filter((spell) => spell >= 90)),
      sleep_cycles: night.segments.filter(({ stage }) => stage === "rem").length,
      sleep_score: integer(next, 45, 95),
      continuity: blind ? 0 : integer(next, 15, 50) / 10,
      continuity_class: blind ? 0 : integer(next, 1, 5),
      sleep_charge: blind ? -1 : integer(next, 1, 5),
      sleep_goal: 27_000,
      sleep_rating: blind ? 0 : integer(next, 0, 5),
      group_duration_score: integer(next, 400, 1_000) / 10,
      group_solidity_score: integer(next, 400, 1_000) / 10,
      group_regeneration_score: integer(next, 400, 1_000) / 10,
      hypnogram,
      heart_rate_samples,
    },
  ];
});

export const available = (view: ListView, day: PersonDay): readonly LabRecord[] =>
  nights(view, day).map(({ date, sleep_start_time, sleep_end_time }) => ({
    date,
    start_time: sleep_start_time,
    end_time: sleep_end_time,
  }));

/** Of the four hours that begin half an hour after falling asleep. */
export const recharges = remembered((view, day) => {
  const night = nightOf(view, day);
  if (!night || day.hrvRmssd === null) return [];
  const clock = clockOf(night, day);
  const next = random(view.person.id, day.date, "recharge");
  const startMs = night.startMs + 30 * MINUTE_MS;
  const rates = heartRatesIn(view.person, startMs, startMs + 240 * MINUTE_MS).filter((rate) => rate > 0);
  const heart_rate_avg = Math.round(rates.reduce((sum, rate) => sum + rate, 0) / rates.length);
  const { breathsPerMinute } = bodyOn(view.person, day.date);
  const series = (value: () => number) =>
    Object.fromEntries(Array.from({ length: 48 }, (_, index) => [clock(startMs + index * 5 * MINUTE_MS), value()]));
  return [
    {
      polar_user: userUrl(view.userId),
      date: day.date,
      heart_rate_avg,
      beat_to_beat_avg: isFortnightly(day, 4) ? 0 : Math.round(60_000 / heart_rate_avg),
      heart_rate_variability_avg: Math.round(day.hrvRmssd * 1.04),
      breathing_rate_avg: Number(breathsPerMinute.toFixed(1)),
      nightly_recharge_status: integer(next, 1, 6),
      ans_charge: integer(next, -100, 100) / 10,
      ans_charge_status: integer(next, 1, 5),
      hrv_samples: series(() => Math.round(day.hrvRmssd! + integer(next, -12, 12))),
      breathing_samples: series(() => Number((breathsPerMinute + integer(next, -9, 9) / 10).toFixed(1))),
    },
  ];
});

const SPORTS: Readonly<Record<PersonWorkout["kind"], readonly [string, string]>> = {
  ...{
    walk: ["WALKING", "WALKING"],
    run: ["RUNNING", "ROAD_RUNNING"],
    hike: ["HIKING", "HIKING"],
    yoga: ["OTHER", "YOGA"],
  },
  ...{
    bike: ["CYCLING", "ROAD_BIKING"],
    swim: ["SWIMMING", "POOL_SWIMMING"],
    strength: ["OTHER", "STRENGTH_TRAINING"],
  },
};

export function exercises({ person, userId, syncedUntil }: ListView, day: PersonDay): readonly LabRecord[] {
  const done = day.workouts.filter(({ endMs }) => endMs <= syncedUntil);
  return done.map((workout, index) => {
    const { startMs, endMs, kind, distanceMeters } = workout;
    const rates = heartRatesIn(person, startMs, endMs);
    const next = random(person.id, day.date, "exercise", index);
    const local = withOffset(startMs, day.timeZone);
    const [sport, detailed_sport_info] = SPORTS[kind];
    const load = Number((rates.reduce((sum, rate) => sum + Math.max(0, rate - 80), 0) / 18).toFixed(1));
    const fat = integer(next, 20, 60);
    const limits = [94, 113, 132, 150, 169, 188];
    return {
      id: hash(`${person.id} ${day.date} ${index}`).slice(0, 7),
      upload_time: new Date(endMs + 300_000).toISOString(),
      polar_user: userUrl(userId),
      device: "Polar Vantage V3",
      device_id: DEVICE_ID,
      start_time: local.slice(0, 19),
      start_time_utc_offset: (Date.parse(`${local.slice(0, 19)}Z`) - startMs) / 60_000,
      duration: isoDuration((endMs - startMs) / 1_000 + integer(next, 1, 9) / 10),
      calories: workout.energyKcal,
      ...(distanceMeters !== null && { distance: distanceMeters }),
      ...(rates.some((rate) => rate > 0) && {
        heart_rate: { average: workout.averageHeartRate!, maximum: Math.max(...rates) },
      }),
      ...(next() < 0.8 && { training_load: load }),
      sport,
      has_route: false,
      detailed_sport_info,
      fat_percentage: fat,
      carbohydrate_percentage: 97 - fat,
      protein_percentage: 3,
      ...(kind === "run" && { "running-index": integer(next, 40, 60) }),
      training_load_pro: {
        ...{
          "cardio-load": load,
          "cardio-load-interpretation": "MEDIUM",
          "muscle-load": -1,
          "muscle-load-interpretation": "NOT_AVAILABLE",
        },
        ...{
          "perceived-load": -1,
          "perceived-load-interpretation": "NOT_AVAILABLE",
          "user-rpe": "UNKNOWN",
          date: day.date,
        },
      },
      heart_rate_zones: limits.slice(1).map((upper, zone) => ({
        index: zone + 1,
        "lower-limit": limits[zone]!,
        "upper-limit": upper,
        "in-zone": isoDuration(60 * rates.filter((rate) => rate >= limits[zone]! && rate < upper).length),
      })),
      samples: [
        {
          "recording-rate": 60,
          "sample-type": "0",
          data: rates.map((rate, at) => (at === 3 ? "null" : rate)).join(","),
        },
      ],
    };
  });
}

/** Every day has an entry, measured or not. */
export const cardioLoads = remembered(({ person, syncedUntil }, day) => {
  if (day.startMs >= syncedUntil) return [];
  const loadOn = (date: string) => person.day(date).workouts.reduce((sum, { energyKcal }) => sum + energyKcal / 6, 0);
  const meanOf = (days: number) => {
    const loads = Array.from({ length: days }, (_, back) => loadOn(addDays(day.date, -back)));
    return loads.reduce((sum, load) => sum + load, 0) / days;
  };
  const [strain, tolerance] = [meanOf(7), meanOf(28)].map((value) => Number(value.toFixed(2))) as [number, number];
  const none = isFortnightly(day, 7);
  const ratio = tolerance > 0 ? Number((strain / tolerance).toFixed(3)) : 0;
  const status = ratio > 1.3 ? "OVERREACHING" : ratio > 1 ? "PRODUCTIVE" : ratio > 0.8 ? "MAINTAINING" : "DETRAINING";
  return [
    {
      date: day.date,
      cardio_load: none ? -1 : Number(loadOn(day.date).toFixed(2)),
      strain,
      tolerance: none ? -1 : tolerance,
      cardio_load_ratio: none ? -1 : ratio,
      cardio_load_status: none ? "LOAD_STATUS_NOT_AVAILABLE" : status,
      cardio_load_level: { very_low: 18.5, low: 41.25, medium: 77.5, high: 120.75, very_high: 180.25 },
    },
  ];
});

export function skinTemperatures(view: ListView, day: PersonDay): readonly LabRecord[] {
  if (!nightOf(view, day)) return [];
  const { skinTemperature, temperatureDeviation } = bodyOn(view.person, day.date);
  return [
    {
      sleep_date: day.date,
      sleep_time_skin_temperature_celsius: Number(skinTemperature.toFixed(2)),
      deviation_from_baseline_celsius: Number(temperatureDeviation.toFixed(2)),
    },
  ];
}

/** A test that the person makes by hand. Its time is in seconds on some days, whatever the text says. */
export function oxygenTests({ person, syncedUntil }: ListView, day: PersonDay): readonly LabRecord[] {
  const ms = day.startMs + 10 * 3_600_000;
  if (!day.worn || !(isFortnightly(day, 3) || isFortnightly(day, 10)) || ms > syncedUntil) return [];
  const passed = isFortnightly(day, 3);
  return [
    {
      source_device_id: DEVICE_ID,
      test_time: passed ? ms : ms / 1_000,
      time_zone_offset: (Date.parse(`${wallClock(ms, day, 19)}Z`) - ms) / 60_000,
      test_status:
        passed || day.date.endsWith("1") ? "SPO2_TEST_PASSED" : "SPO2_TEST_INCONCLUSIVE_TOO_LOW_OVERALL_QUALITY",
      blood_oxygen_percent: Math.round(bodyOn(person, day.date).oxygenPercentage),
      spo2_class: "SPO2_CLASS_NORMAL",
      spo2_value_deviation_from_baseline: "DEVIATION_USUAL",
      average_heart_rate_bpm: (day.restingHeartRate ?? 60) + 6,
      heart_rate_variability_ms: day.hrvRmssd ?? 40,
      altitude_meters: 31.5,
    },
  ];
}
