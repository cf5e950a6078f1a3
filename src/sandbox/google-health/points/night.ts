import type { NightSensor, PersonDay, PersonSleep } from "../../person.js";
import { MINUTE_MS } from "../time.js";
import { steadyFraction } from "../user-id.js";
import type { View } from "../view.js";
import { nightOf } from "./heart.js";
import { dailyPoint, type PointsOn, samplePoint } from "./point.js";
import type { Point } from "./shape.js";

const FIVE_MINUTES_MS = 5 * MINUTE_MS;
/** So many nights are needed before there is a baseline of skin temperature; until then it is not a number. */
const BASELINE_NIGHTS_MS = 5 * 86_400_000;

const tenth = (value: number) => Math.round(value * 10) / 10;
const hundredth = (value: number) => Math.round(value * 100) / 100;

/** A figure that belongs to the person, moved a little from day to day. */
function figure(view: View, day: PersonDay, name: string, low: number, high: number, swing: number): number {
  const own = low + (high - low) * steadyFraction(`${name}:${view.person.id}`);
  return own + swing * (steadyFraction(`${name}:${view.person.id}:${day.date}`) - 0.5);
}

const oxygenOn = (view: View, day: PersonDay) => figure(view, day, "oxygen", 94.5, 97, 1);
const breathsOn = (view: View, day: PersonDay) => figure(view, day, "breaths", 12.5, 17, 1.2);
const fitnessOn = (view: View, day: PersonDay) => figure(view, day, "fitness", 34, 52, 0.6);

/** The night of a day, if the wearable measured this in it. */
function measured(view: View, day: PersonDay, sensor: NightSensor): PersonSleep | null {
  return view.person.nightSensorsOn(day.date).includes(sensor) ? nightOf(view, day) : null;
}

export const oxygenSaturation: PointsOn = (view, day) => {
  const night = measured(view, day, "oxygen");
  if (!night) return [];
  const average = oxygenOn(view, day);
  const points: Point[] = [];
  const start = Math.ceil(night.startMs / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
  for (let ms = start, i = 0; ms < night.endMs; ms += FIVE_MINUTES_MS, i++)
    points.push(samplePoint(view, ms, { percentage: Math.min(100, tenth(average + Math.sin(i * 0.9))) }));
  return points;
};

export const dailyOxygenSaturation: PointsOn = (view, day) => {
  if (!measured(view, day, "oxygen")) return [];
  const averagePercentage = tenth(oxygenOn(view, day));
  return [
    dailyPoint(day, {
      averagePercentage,
      lowerBoundPercentage: tenth(averagePercentage - 2.3),
      upperBoundPercentage: Math.min(100, tenth(averagePercentage + 1.9)),
      standardDeviationPercentage: 0.8,
    }),
  ];
};

export const dailyRespiratoryRate: PointsOn = (view, day) =>
  measured(view, day, "breathing") ? [dailyPoint(day, { breathsPerMinute: tenth(breathsOn(view, day)) })] : [];

export const respiratoryRateSleepSummary: PointsOn = (view, day) => {
  const night = measured(view, day, "breathing");
  if (!night) return [];
  const full = breathsOn(view, day);
  const stats = (rate: number) => ({ breathsPerMinute: tenth(rate), standardDeviation: 1.9, signalToNoise: 2.3 });
  return [
    samplePoint(view, night.endMs, {
      fullSleepStats: stats(full),
      ...(night.staged && {
        deepSleepStats: stats(full - 0.5),
        lightSleepStats: stats(full + 0.1),
        remSleepStats: stats(full + 0.6),
      }),
    }),
  ];
};

export const dailySleepTemperatureDerivations: PointsOn = (view, day) => {
  if (!measured(view, day, "skin")) return [];
  const nightlyTemperatureCelsius = hundredth(figure(view, day, "skin", 33.4, 34.8, 0.7));
  const young = day.startMs - Date.parse(`${view.person.memberSince}T00:00:00Z`) < BASELINE_NIGHTS_MS;
  const baseline = 33.4 + 1.4 * steadyFraction(`skin:${view.person.id}`);
  return [
    dailyPoint(day, {
      nightlyTemperatureCelsius,
      baselineTemperatureCelsius: young ? "NaN" : hundredth(baseline),
      relativeNightlyStddev30dCelsius: young ? "NaN" : 0.31,
    }),
  ];
};

export const dailyVo2Max: PointsOn = (view, day) => {
  if (!nightOf(view, day)) return [];
  const vo2Max = tenth(fitnessOn(view, day));
  const cardioFitnessLevel = vo2Max < 38 ? "FAIR" : vo2Max < 43 ? "AVERAGE" : vo2Max < 48 ? "GOOD" : "VERY_GOOD";
  return [dailyPoint(day, { vo2Max, cardioFitnessLevel, estimated: true, vo2MaxCovariance: 3.2 })];
};

/** An estimate from age, weight and resting rate, made anew when the night is over. */
export const vo2Max: PointsOn = (view, day) => {
  const night = nightOf(view, day);
  if (!night) return [];
  return [
    samplePoint(view, night.endMs, { vo2Max: tenth(fitnessOn(view, day)), measurementMethod: "GOOGLE_DEMOGRAPHIC" }),
  ];
};

export const runVo2Max: PointsOn = (view, day) =>
  day.workouts
    .filter(({ kind, endMs }) => kind === "run" && endMs <= view.untilMs)
    .map(({ endMs }) => samplePoint(view, endMs, { runVo2Max: tenth(fitnessOn(view, day) + 0.4) }));
