import type { PersonDay } from "../../person.js";
import { MINUTE_MS } from "../time.js";
import { arrivedMinutes, onWrist, type View } from "../view.js";
import { ZONE_MINUTE_NAMES, ZONE_MINUTE_WEIGHTS, ZONES, zoneIndex, zonesOf } from "../zones.js";
import { intervalPoint, type PointsOn } from "./point.js";
import type { Point } from "./shape.js";

/** What a minute is worth, or null where there is nothing to tell. */
export type MinuteValue = (day: PersonDay, minute: number) => number | null;

const worn =
  (value: MinuteValue): MinuteValue =>
  (day, minute) =>
    onWrist(day, minute) ? value(day, minute) : null;

const thousandth = (value: number) => Math.round(value * 1000) / 1000;

// Whole units per minute, so that a day's rollup is the sum of its points to the last digit.
export const stepsOf = worn((day, minute) => day.minutes.steps[minute]!);
export const millimetersOf = worn((day, minute) => Math.round(day.minutes.distanceMeters[minute]! * 1000));
export const floorsOf = worn((day, minute) => day.minutes.floors[minute]!);
export const gainMillimetersOf = worn((day, minute) => Math.round(day.minutes.elevationMeters[minute]! * 1000));
export const activeKcalOf = worn((day, minute) => {
  const active = thousandth(day.minutes.energyKcal[minute]! - day.minutes.basalKcal[minute]!);
  return active > 0 ? active : null;
});
const basalKcalOf: MinuteValue = (day, minute) => thousandth(day.minutes.basalKcal[minute]!);

/** One point for each minute that has a value: 0 means worn and idle, no point means not worn. */
function eachMinute(value: MinuteValue, body: (value: number) => Point["body"]): PointsOn {
  return (view, day) => {
    const arrived = arrivedMinutes(view, day);
    if (!arrived) return [];
    const points: Point[] = [];
    for (let minute = arrived.first; minute < arrived.last; minute++) {
      const amount = value(day, minute);
      if (amount === null) continue;
      const startMs = day.startMs + minute * MINUTE_MS;
      points.push(intervalPoint(view, startMs, startMs + MINUTE_MS, body(amount)));
    }
    return points;
  };
}

/**
 * The phone in the same person's pocket: five-minute points over the same minutes, a fifth short of the tracker. `list`
 * returns both; whoever adds them up counts the walk twice.
 */
function withPhone(tracker: PointsOn, value: MinuteValue, body: (value: number) => Point["body"]): PointsOn {
  return (view, day) => {
    const arrived = arrivedMinutes(view, day);
    if (!arrived) return [];
    const phone: Point[] = [];
    for (let minute = arrived.first; minute + 5 <= arrived.last; minute += 5) {
      let sum = 0;
      for (let i = minute; i < minute + 5; i++) sum += value(day, i) ?? 0;
      if (sum === 0) continue;
      const startMs = day.startMs + minute * MINUTE_MS;
      phone.push(intervalPoint(view, startMs, startMs + 5 * MINUTE_MS, body(Math.floor(sum * 0.8)), "phone"));
    }
    return [...tracker(view, day), ...phone].sort((a, b) => a.startMs - b.startMs);
  };
}

/** Neighbouring worn minutes of the same class are one point. */
function eachRun<T extends string>(
  classify: (view: View, day: PersonDay) => (minute: number) => T | null,
  body: (name: T) => Point["body"],
): PointsOn {
  return (view, day) => {
    const arrived = arrivedMinutes(view, day);
    if (!arrived) return [];
    const nameOf = classify(view, day);
    const points: Point[] = [];
    let since = arrived.first;
    let current: T | null = null;
    for (let minute = arrived.first; minute <= arrived.last; minute++) {
      const name = minute < arrived.last && onWrist(day, minute) ? nameOf(minute) : null;
      if (name === current) continue;
      if (current !== null) {
        const startMs = day.startMs + since * MINUTE_MS;
        points.push(intervalPoint(view, startMs, day.startMs + minute * MINUTE_MS, body(current)));
      }
      current = name;
      since = minute;
    }
    return points;
  };
}

const count = (value: number) => ({ count: `${value}` });
const millimeters = (value: number) => ({ millimeters: `${value}` });
const kcal = (value: number) => ({ kcal: value });

export const steps = withPhone(eachMinute(stepsOf, count), stepsOf, count);
export const distance = withPhone(eachMinute(millimetersOf, millimeters), millimetersOf, millimeters);
export const floors = eachMinute(floorsOf, count);
export const altitude = eachMinute(gainMillimetersOf, (value) => ({ gainMillimeters: `${value}` }));
export const activeEnergyBurned = eachMinute(activeKcalOf, kcal);
export const basalEnergyBurned = eachMinute(basalKcalOf, kcal);

export const ACTIVE_LEVELS = [null, "LIGHT", "MODERATE", "VIGOROUS"] as const;
export const LEVELS = ["SEDENTARY", "LIGHTLY_ACTIVE", "MODERATELY_ACTIVE", "VERY_ACTIVE"] as const;

export const activeLevelOf = worn((day, minute) => day.minutes.level[minute]! || null);

export const activeMinutes = eachMinute(activeLevelOf, (level) => ({
  activeMinutesByActivityLevel: [{ activityLevel: ACTIVE_LEVELS[level as 1 | 2 | 3], activeMinutes: "1" }],
}));

export const activityLevel = eachRun(
  (_, day) => (minute) => LEVELS[day.minutes.level[minute] as 0 | 1 | 2 | 3],
  (activityLevelType) => ({ activityLevelType }),
);

/** Sitting still while awake; a night in bed is sleep. */
export const isSedentary = (day: PersonDay, minute: number) =>
  day.minutes.level[minute] === 0 && day.minutes.inBed[minute] === 0;

export const sedentaryPeriod = eachRun(
  (_, day) => (minute) => (isSedentary(day, minute) ? "SEDENTARY" : null),
  () => ({}),
);

export const timeInHeartRateZone = eachRun(
  (view, day) => {
    const zones = zonesOf(view, day);
    return (minute) => ZONES[zoneIndex(zones, day.minutes.heartRate[minute]!) as 0 | 1 | 2 | 3];
  },
  (heartRateZoneType) => ({ heartRateZoneType }),
);

export const activeZoneMinutes: PointsOn = (view, day) => {
  const zones = zonesOf(view, day);
  const zoneOf = worn((_, minute) => zoneIndex(zones, day.minutes.heartRate[minute]!) || null);
  return eachMinute(zoneOf, (zone) => ({
    heartRateZone: ZONE_MINUTE_NAMES[zone as 1 | 2 | 3],
    activeZoneMinutes: `${ZONE_MINUTE_WEIGHTS[zone as 1 | 2 | 3]}`,
  }))(view, day);
};
