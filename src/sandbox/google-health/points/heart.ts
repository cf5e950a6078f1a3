import { LRUCache } from "lru-cache";
import { heartSamples } from "../../people/index.js";
import type { PersonDay, PersonSleep } from "../../person.js";
import { MINUTE_MS } from "../time.js";
import { arrivedMinutes, type View } from "../view.js";
import { zonesOf } from "../zones.js";
import { dailyPoint, type PointsOn, samplePoint } from "./point.js";
import type { Point } from "./shape.js";

const FIVE_MINUTES_MS = 5 * MINUTE_MS;
/** The samples of a day that have arrived, oldest first. */
export function samplesOf(view: View, day: PersonDay, fromMs: number, toMs: number): ReturnType<typeof heartSamples> {
  const arrived = arrivedMinutes(view, day);
  if (!arrived) return [];
  const untilMs = Math.min(toMs, day.startMs + arrived.last * MINUTE_MS);
  return heartSamples(view.person, day, fromMs, untilMs, view.options.denseHeartRate ? 4 : 11);
}

/** A day is asked for page by page, thousands of points each time. */
const recentDays = new LRUCache<string, Point[]>({ max: 4 });

export const heartRate: PointsOn = (view, day) => {
  const density = view.options.denseHeartRate;
  const key = `${view.person.id} ${day.date} ${Math.min(view.untilMs, day.endMs)} ${density}`;
  const known = recentDays.get(key);
  if (known) return known;
  const points = samplesOf(view, day, day.startMs, day.endMs).map(({ timeMs, bpm }) => {
    const minute = Math.floor((timeMs - day.startMs) / MINUTE_MS);
    const motionContext = day.minutes.level[minute]! > 0 ? "ACTIVE" : "SEDENTARY";
    return samplePoint(view, timeMs, {
      beatsPerMinute: `${bpm}`,
      metadata: { motionContext, sensorLocation: "WRIST" },
    });
  });
  recentDays.set(key, points);
  return points;
};

/** The night of a day, once it has arrived; what the sleeper's body did is known only then. */
export function nightOf(view: View, day: PersonDay): PersonSleep | null {
  const night = day.sleeps.find((sleep) => sleep.main && sleep.endMs <= view.untilMs);
  return night && day.worn ? night : null;
}

export const dailyRestingHeartRate: PointsOn = (view, day) => {
  if (day.restingHeartRate === null || !arrivedMinutes(view, day)) return [];
  const calculationMethod = day.sleeps.some((sleep) => sleep.main) ? "WITH_SLEEP" : "ONLY_WITH_AWAKE_DATA";
  return [
    dailyPoint(day, {
      beatsPerMinute: `${Math.round(day.restingHeartRate)}`,
      dailyRestingHeartRateMetadata: { calculationMethod },
    }),
  ];
};

const tenth = (value: number) => Math.round(value * 10) / 10;

export const heartRateVariability: PointsOn = (view, day) => {
  const night = nightOf(view, day);
  if (!night || day.hrvRmssd === null) return [];
  const points: Point[] = [];
  const start = Math.ceil(night.startMs / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
  for (let ms = start, i = 0; ms < night.endMs; ms += FIVE_MINUTES_MS, i++) {
    const swing = 1 + 0.15 * Math.sin(i * 0.7);
    points.push(
      samplePoint(view, ms, {
        rootMeanSquareOfSuccessiveDifferencesMilliseconds: Math.min(200, Math.max(1, tenth(day.hrvRmssd * swing))),
        ...(day.hrvSdnn !== null && { standardDeviationMilliseconds: tenth(day.hrvSdnn * swing) }),
        metadata: { lowFrequencyPower: tenth(620 * swing), highFrequencyPower: tenth(410 / swing) },
      }),
    );
  }
  return points;
};

/** So many nights somebody's first ones are. */
const FIRST_NIGHTS_MS = 5 * 86_400_000;

export const dailyHeartRateVariability: PointsOn = (view, day) => {
  if (!nightOf(view, day) || day.hrvRmssd === null) return [];
  const first = day.startMs - Date.parse(`${view.person.memberSince}T00:00:00Z`) < FIRST_NIGHTS_MS;
  return [
    dailyPoint(day, {
      averageHeartRateVariabilityMilliseconds: view.options.firstVariabilityZero && first ? 0 : tenth(day.hrvRmssd),
      deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds: tenth(day.hrvRmssd * 1.1),
      ...(day.restingHeartRate !== null && {
        nonRemHeartRateBeatsPerMinute: `${Math.round(day.restingHeartRate) - 2}`,
      }),
      entropy: Math.round((2 + day.hrvRmssd / 60) * 100) / 100,
    }),
  ];
};

export const dailyHeartRateZones: PointsOn = (view, day) => {
  if (!arrivedMinutes(view, day)) return [];
  const heartRateZones = zonesOf(view, day).map(({ type, min, max }) => ({
    heartRateZoneType: type,
    minBeatsPerMinute: `${min}`,
    maxBeatsPerMinute: `${max}`,
  }));
  return [dailyPoint(day, { heartRateZones })];
};
