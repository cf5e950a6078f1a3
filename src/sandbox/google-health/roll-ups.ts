import { addDays } from "../people/index.js";
import type { PersonDay } from "../person.js";
import {
  ACTIVE_LEVELS,
  activeKcalOf,
  activeLevelOf,
  floorsOf,
  gainMillimetersOf,
  isSedentary,
  LEVELS,
  type MinuteValue,
  millimetersOf,
  stepsOf,
} from "./points/activity.js";
import * as body from "./points/body.js";
import * as sessions from "./points/exercise.js";
import * as heart from "./points/heart.js";
import * as night from "./points/night.js";
import * as nutrition from "./points/nutrition.js";
import type { PointsOn } from "./points/point.js";
import type { Point } from "./points/shape.js";
import { withWritten } from "./points/with-written.js";
import { duration } from "./time.js";
import { onWrist, type View } from "./view.js";
import { ZONE_MINUTE_WEIGHTS, ZONES, zoneIndex, zonesOf } from "./zones.js";

/** The value of one window, or null where the wearable was not worn in it: such a window is left out of the answer. */
export type RollUp = (view: View, fromMs: number, toMs: number) => Record<string, unknown> | null;

const thousandth = (value: number) => Math.round(value * 1000) / 1000;
const int64 = (value: number) => `${value}`;

function sum(member: string, value: MinuteValue, write: (sum: number) => unknown): RollUp {
  return (view, fromMs, toMs) => {
    let total: number | null = null;
    for (const { day, first, last } of view.slices(fromMs, toMs))
      for (let minute = first; minute < last; minute++) {
        const amount = value(day, minute);
        if (amount !== null) total = (total ?? 0) + amount;
      }
    return total === null ? null : { [member]: write(total) };
  };
}

/** How much falls to each class of minute; a class without a minute is not listed, a window without any is not there. */
function byClass(
  amountAndClass: (view: View, day: PersonDay) => (minute: number) => readonly [index: number, amount: number] | null,
  write: (amounts: readonly number[], view: View) => Record<string, unknown>,
): RollUp {
  return (view, fromMs, toMs) => {
    const amounts = [0, 0, 0, 0];
    let any = false;
    for (const { day, first, last } of view.slices(fromMs, toMs)) {
      const read = amountAndClass(view, day);
      for (let minute = first; minute < last; minute++) {
        const found = onWrist(day, minute) ? read(minute) : null;
        if (!found) continue;
        amounts[found[0]]! += found[1];
        any = true;
      }
    }
    return any ? write(amounts, view) : null;
  };
}

const present = <T extends object>(amounts: readonly number[], entry: (amount: number, index: number) => T): T[] =>
  amounts.flatMap((amount, index) => (amount > 0 ? [entry(amount, index)] : []));

const inZone = (amountOf: (day: PersonDay, minute: number) => number) => (view: View, day: PersonDay) => {
  const zones = zonesOf(view, day);
  return (minute: number) => [zoneIndex(zones, day.minutes.heartRate[minute]!), amountOf(day, minute)] as const;
};

/** Average and, where the type has names for them, extremes of the points of a window. */
function average(pointsOn: PointsOn, field: string, names: readonly [avg: string, min?: string, max?: string]): RollUp {
  return (view, fromMs, toMs) => {
    const values = pointsIn(view, pointsOn, fromMs, toMs).map((point) => Number(point.body[field]));
    if (values.length === 0) return null;
    const [avg, min, max] = names;
    return {
      [avg]: thousandth(values.reduce((total, value) => total + value, 0) / values.length),
      ...(min && { [min]: Math.min(...values) }),
      ...(max && { [max]: Math.max(...values) }),
    };
  };
}

function pointsIn(view: View, pointsOn: PointsOn, fromMs: number, toMs: number) {
  const points: Point[] = [];
  for (let date = view.dayAt(fromMs).date; view.exists(date); date = addDays(date, 1)) {
    const day = view.person.day(date);
    if (day.startMs >= toMs) break;
    points.push(...pointsOn(view, day).filter(({ startMs }) => startMs >= fromMs && startMs < toMs));
  }
  return points;
}

/** Burnt at rest as well: where the wearable was worn for a part of the window, rest fills the other part. */
export const totalCalories: RollUp = (view, fromMs, toMs) => {
  let kcal = 0;
  let worn = false;
  for (const { day, first, last } of view.slices(fromMs, toMs))
    for (let minute = first; minute < last; minute++) {
      kcal += day.minutes.energyKcal[minute]!;
      worn ||= onWrist(day, minute);
    }
  return worn ? { kcalSum: thousandth(kcal) } : null;
};

export const steps = sum("countSum", stepsOf, int64);
export const distance = sum("millimetersSum", millimetersOf, int64);
export const floors = sum("countSum", floorsOf, int64);
export const altitude = sum("gainMillimetersSum", gainMillimetersOf, int64);
export const activeEnergyBurned = sum("kcalSum", activeKcalOf, thousandth);
export const sedentaryPeriod = sum(
  "durationSum",
  (day, minute) => (onWrist(day, minute) && isSedentary(day, minute) ? 60 : null),
  duration,
);

export const activeMinutes = byClass(
  (_, day) => (minute) => {
    const level = activeLevelOf(day, minute);
    return level === null ? null : [level, 1];
  },
  (amounts) => ({
    activeMinutesRollupByActivityLevel: present(amounts, (amount, level) => ({
      activityLevel: ACTIVE_LEVELS[level as 1 | 2 | 3],
      activeMinutesSum: int64(amount),
    })),
  }),
);

export const activityLevel = byClass(
  (_, day) => (minute) => [day.minutes.level[minute]!, 60],
  (amounts) => ({
    activityLevelRollupsByActivityLevelType: present(amounts, (seconds, level) => ({
      activityLevelType: LEVELS[level as 0 | 1 | 2 | 3],
      totalDuration: duration(seconds),
    })),
  }),
);

export const activeZoneMinutes = byClass(
  (view, day) => {
    const zones = zonesOf(view, day);
    return (minute) => {
      const zone = zoneIndex(zones, day.minutes.heartRate[minute]!) as 0 | 1 | 2 | 3;
      return zone === 0 ? null : [zone, ZONE_MINUTE_WEIGHTS[zone]];
    };
  },
  ([, fatBurn, cardio, peak], { options: { zeroZoneMinutes } }) => ({
    ...((fatBurn || zeroZoneMinutes) && { sumInFatBurnHeartZone: int64(fatBurn!) }),
    ...((cardio || zeroZoneMinutes) && { sumInCardioHeartZone: int64(cardio!) }),
    ...((peak || zeroZoneMinutes) && { sumInPeakHeartZone: int64(peak!) }),
  }),
);

export const timeInHeartRateZone = byClass(
  inZone(() => 60),
  (amounts) => ({
    timeInHeartRateZones: present(amounts, (seconds, zone) => ({
      heartRateZone: ZONES[zone as 0 | 1 | 2 | 3],
      duration: duration(seconds),
    })),
  }),
);

export const caloriesInHeartRateZone = byClass(
  inZone((day, minute) => day.minutes.energyKcal[minute]!),
  (amounts) => ({
    caloriesInHeartRateZones: present(amounts, (kcal, zone) => ({
      heartRateZone: ZONES[zone as 0 | 1 | 2 | 3],
      kcal: thousandth(kcal),
    })),
  }),
);

export const heartRate: RollUp = (view, fromMs, toMs) => {
  let total = 0;
  let count = 0;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = 0;
  for (const { day } of view.slices(fromMs - 60_000, toMs))
    for (const { bpm } of heart.samplesOf(view, day, Math.max(fromMs, day.startMs), toMs)) {
      total += bpm;
      count++;
      lowest = Math.min(lowest, bpm);
      highest = Math.max(highest, bpm);
    }
  if (count === 0) return null;
  return { beatsPerMinuteAvg: thousandth(total / count), beatsPerMinuteMin: lowest, beatsPerMinuteMax: highest };
};

export const weight = average(withWritten("weight", body.weight), "weightGrams", ["weightGramsAvg"]);
export const bodyFat = average(withWritten("body-fat", body.bodyFat), "percentage", ["bodyFatPercentageAvg"]);
export const runVo2Max = average(night.runVo2Max, "runVo2Max", ["rateAvg", "rateMin", "rateMax"]);
export const coreBodyTemperature = average(body.coreBodyTemperature, "temperatureCelsius", [
  "temperatureCelsiusAvg",
  "temperatureCelsiusMin",
  "temperatureCelsiusMax",
]);

export const swimLengthsData: RollUp = (view, fromMs, toMs) => {
  const points = pointsIn(view, sessions.swimLengthsData, fromMs, toMs);
  const strokes = points.reduce((total, { body: { strokeCount } }) => total + Number(strokeCount), 0);
  return points.length === 0 ? null : { strokeCountSum: int64(strokes) };
};

type Rolled = Record<string, unknown>;

/** Sums one quantity of the logs of a window; it keeps the unit in which the last of them was written down. */
function quantity(bodies: readonly Rolled[], member: string, field: string): Rolled | null {
  const some = bodies.flatMap((body) => (body[member] ? [body[member] as Rolled] : []));
  if (some.length === 0) return null;
  const total = some.reduce((sum, each) => sum + Number(each[field] ?? 0), 0);
  const unit = some.findLast((each) => each.userProvidedUnit !== undefined)?.userProvidedUnit;
  return { [`${field}Sum`]: thousandth(total), ...(unit !== undefined && { userProvidedUnitLast: unit }) };
}

/** The bodies of the logs of a window in the order of time. */
function logsIn(view: View, typeId: string, pointsOn: PointsOn, fromMs: number, toMs: number): Rolled[] {
  const points = pointsIn(view, withWritten(typeId, pointsOn), fromMs, toMs);
  return points.sort((a, b) => a.startMs - b.startMs).map(({ body }) => body);
}

export const hydrationLog: RollUp = (view, fromMs, toMs) => {
  const bodies = logsIn(view, "hydration-log", nutrition.hydrationLog, fromMs, toMs);
  const amountConsumed = quantity(bodies, "amountConsumed", "milliliters");
  return amountConsumed && { amountConsumed };
};

export const nutritionLog: RollUp = (view, fromMs, toMs) => {
  const bodies = logsIn(view, "nutrition-log", nutrition.nutritionLog, fromMs, toMs);
  if (bodies.length === 0) return null;
  const listed = bodies.flatMap(({ nutrients }) => (nutrients ?? []) as { nutrient: string; quantity: Rolled }[]);
  const nutrients = [...new Set(listed.map(({ nutrient }) => nutrient))].map((nutrient) => ({
    nutrient,
    quantity: quantity(
      listed.filter((each) => each.nutrient === nutrient),
      "quantity",
      "grams",
    ),
  }));
  const sums = {
    energy: quantity(bodies, "energy", "kcal"),
    energyFromFat: quantity(bodies, "energyFromFat", "kcal"),
    totalCarbohydrate: quantity(bodies, "totalCarbohydrate", "grams"),
    totalFat: quantity(bodies, "totalFat", "grams"),
  };
  const known = Object.entries(sums).filter(([, sum]) => sum !== null);
  return { ...Object.fromEntries(known), ...(nutrients.length > 0 && { nutrients }) };
};

/** Not a rollup of the window: what has been usual for the person in the thirty days up to its end. */
function personalRange(pointsOn: PointsOn, field: string, [min, max]: readonly [string, string]): RollUp {
  return (view, fromMs, toMs) => {
    if (fromMs >= view.untilMs) return null;
    const last = view.dayAt(Math.min(toMs, view.untilMs) - 1).date;
    const values: number[] = [];
    for (let back = 0; back < 30; back++) {
      const date = addDays(last, -back);
      if (!view.exists(date)) break;
      values.push(...pointsOn(view, view.person.day(date)).map((point) => Number(point.body[field])));
    }
    return values.length === 0 ? null : { [min]: Math.min(...values), [max]: Math.max(...values) };
  };
}

export const restingHeartRatePersonalRange = personalRange(heart.dailyRestingHeartRate, "beatsPerMinute", [
  "beatsPerMinuteMin",
  "beatsPerMinuteMax",
]);
export const heartRateVariabilityPersonalRange = personalRange(
  heart.dailyHeartRateVariability,
  "averageHeartRateVariabilityMilliseconds",
  ["averageHeartRateVariabilityMillisecondsMin", "averageHeartRateVariabilityMillisecondsMax"],
);
