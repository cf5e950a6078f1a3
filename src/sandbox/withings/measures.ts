import { isFortnightly } from "../kit/day-uuid.js";
import type { LabRecord, ListView } from "../kit/list-lab.js";
import { remembered } from "../kit/remembered.js";
import { ageOn, bodyOn, MINUTE_MS, minutesIn, totalsOn } from "../people/index.js";
import { between, integer, pick, random } from "../people/random.js";
import type { Person, PersonDay, PersonWorkout } from "../person.js";
import { DEVICES, type Device, deviceIdOf, numberOf } from "./devices.js";

const seconds = (ms: number) => Math.floor(ms / 1000);

/** Who took a measure: 0 the device, 1 the device, but perhaps of another person, 2 the person by hand. */
type Attribution = 0 | 1 | 2;
type Measure = readonly [type: number, value: number, digits: number, position?: number];

interface Taken {
  readonly timeMs: number;
  readonly device: Device | null;
  readonly measures: readonly Measure[];
  readonly attrib?: Attribution;
  /** A scale without its network sends days later. */
  readonly sentMs?: number;
}

function measured({ person, syncedUntil }: ListView, day: PersonDay): readonly Taken[] {
  const body = bodyOn(person, day.date);
  const next = random(person.id, day.date, "withings");
  const late = isFortnightly(day, 5);
  const weighings = day.weighings.flatMap(({ timeMs, weightKg, fatPercentage }): readonly Taken[] => {
    const sentMs = timeMs + (late ? 2 * 86_400_000 : 31_000);
    const fatKg = (weightKg * (fatPercentage ?? 0)) / 100;
    const composition: readonly Measure[] = [
      ...([
        [6, fatPercentage!, 3],
        [8, fatKg, 2],
        [5, weightKg - fatKg, 2],
      ] as const),
      ...([
        [76, weightKg * body.muscleShare, 2],
        [77, weightKg * body.waterShare, 2],
      ] as const),
      ...([
        [88, weightKg * body.boneShare, 2],
        [170, body.visceralFat, 1],
        [226, day.basalKcalPerMinute * 1440, 0],
        [9_999, 12, 0],
      ] as const),
      // Parts of the body, and the whole once more.
      ...([
        [174, fatKg * 0.19, 2, 10],
        [174, fatKg * 0.2, 2, 11],
        [174, fatKg * 0.5, 2, 12],
        [8, fatKg, 2, 7],
      ] as const),
    ];
    const measures: readonly Measure[] = [
      [1, weightKg, integer(next, 1, 3)],
      ...(fatPercentage === null ? [] : composition),
    ];
    const pulse = (day.restingHeartRate ?? 62) + integer(next, 3, 12);
    return [
      { timeMs, device: "scale", measures, sentMs },
      // Pulse and pulse wave come in a group of their own with the same second.
      {
        timeMs,
        device: "scale",
        measures: [
          [11, pulse, 0],
          [91, body.pulseWaveVelocity, 2],
          [155, ageOn(person, day.date) + body.pulseWaveVelocity - 6, 0],
        ],
        sentMs,
      },
    ];
  });
  const others: readonly Taken[] = [
    ...(isFortnightly(day, 8)
      ? [{ timeMs: day.startMs + 9.2 * 3_600_000, device: "scale", measures: [[1, 83.4, 1]], attrib: 1 } as const]
      : []),
    ...(isFortnightly(day, 11)
      ? [
          {
            timeMs: day.startMs + 20 * 3_600_000,
            device: null,
            measures: [[1, Math.round(day.weightKg), 0]],
            attrib: 2,
          } as const,
        ]
      : []),
    // Oxygen is a percentage from one device and a share from another.
    ...(day.worn && isFortnightly(day, 2)
      ? [
          {
            timeMs: day.startMs + 13 * 3_600_000,
            device: "watch",
            measures: [[54, Math.round(body.oxygenPercentage), 0]],
          } as const,
        ]
      : []),
    ...(day.worn && isFortnightly(day, 9)
      ? [
          {
            timeMs: day.startMs + 13 * 3_600_000,
            device: "watch",
            measures: [
              [54, Math.round(body.oxygenPercentage) / 100, 2],
              [123, body.vo2Max, 0],
            ],
          } as const,
        ]
      : []),
    ...(isFortnightly(day, 6)
      ? [
          {
            timeMs: day.startMs + 19.5 * 3_600_000,
            device: null,
            measures: [
              [71, 36.6 + body.temperatureDeviation, 1],
              [73, body.skinTemperature, 1],
            ],
            attrib: 2,
          } as const,
        ]
      : []),
    ...pressures(person, day),
    ...(day.date === person.memberSince
      ? [
          {
            timeMs: day.startMs + 18.6 * 3_600_000,
            device: null,
            measures: [[4, person.heightCm / 100, 2]],
            attrib: 2,
          } as const,
        ]
      : []),
  ];
  return [...weighings, ...others].filter(({ timeMs, sentMs = timeMs }) => sentMs <= syncedUntil);
}

/** Measured with a cuff, on some mornings. */
function pressures(person: Person, day: PersonDay): readonly Taken[] {
  const next = random(person.id, day.date, "cuff");
  if (next() >= 0.35) return [];
  const { systolic, diastolic } = bodyOn(person, day.date);
  const risen = Math.max(
    day.startMs + 420 * MINUTE_MS,
    ...day.sleeps.filter(({ main }) => main).map(({ endMs }) => endMs),
  );
  const timeMs = Math.floor(risen / MINUTE_MS) * MINUTE_MS + integer(next, 300, 1_500) * 1_000;
  const pulse = (day.restingHeartRate ?? 60) + integer(next, 4, 15);
  const measures: readonly Measure[] = [
    [10, systolic + between(next, -4, 4), 0],
    [9, diastolic + between(next, -3, 3), 0],
    [11, pulse, 0],
  ];
  return [{ timeMs, device: "cuff", measures }];
}

/** Skin temperature, pulse wave velocity, VO2 max and vascular age. */
const PAID_TYPES = [73, 91, 123, 155];

/** One group is one moment. */
export const groupsOf = (view: ListView, day: PersonDay, paid: boolean) => (paid ? paidGroups : freeGroups)(view, day);

const paidGroups = remembered((view, day) => groups(view, day, true), 3000);
const freeGroups = remembered((view, day) => groups(view, day, false), 3000);

function groups(view: ListView, day: PersonDay, paid: boolean): readonly LabRecord[] {
  return measured(view, day).map(({ timeMs, device, measures, attrib = 0, sentMs = timeMs + 31_000 }, index) => {
    const deviceid = device && deviceIdOf(view.person, device);
    return {
      grpid: numberOf("group", view.person.id, day.date, index),
      attrib,
      date: seconds(timeMs),
      created: seconds(sentMs),
      modified: seconds(sentMs),
      category: 1,
      deviceid,
      hash_deviceid: deviceid,
      measures: measures
        .filter(([type]) => paid || !PAID_TYPES.includes(type))
        .map(([type, value, digits, position]) => ({
          value: Math.round(value * 10 ** digits),
          type,
          unit: digits === 0 ? 0 : -digits,
          ...(device === "scale" && { algo: 3, fm: 3 }),
          ...(position !== undefined && { position }),
        })),
      modelid: device && DEVICES[device].model_id,
      model: device && DEVICES[device].model,
      comment: null,
    };
  });
}

const TRACKER = ["hr_average", "hr_min", "hr_max", "hr_zone_0", "hr_zone_1", "hr_zone_2", "hr_zone_3"];

/** The row of the watch; on one day of a fortnight that of a phone instead, on another one both. */
export const activitiesOf = remembered(({ person, syncedUntil }, day) => {
  if (!day.worn || day.startMs + MINUTE_MS > syncedUntil) return [];
  const until = Math.min(day.endMs, syncedUntil);
  const total = totalsOn(person, day.date, until);
  const rates = day.minutes.heartRate.subarray(0, total.minutes).filter((rate) => rate > 0);
  const [, soft, moderate, intense] = total.minutesByLevel.map((minutes) => 60 * minutes) as [
    number,
    number,
    number,
    number,
  ];
  const zones = Object.values(total.zones).map(({ minutes }) => 60 * minutes);
  const deviceid = deviceIdOf(person, "watch");
  const row = {
    date: day.date,
    timezone: day.timeZone,
    steps: total.steps,
    distance: Number(total.distanceMeters.toFixed(2)),
    elevation: total.floors,
    ...{ soft, moderate, intense, active: moderate + intense },
    calories: Number((total.energyKcal - total.basalKcal).toFixed(3)),
    totalcalories: Number(total.energyKcal.toFixed(3)),
    hr_average: rates.length === 0 ? 0 : Math.round(rates.reduce((sum, rate) => sum + rate, 0) / rates.length),
    hr_min: Math.min(...rates),
    hr_max: Math.max(...rates),
    ...Object.fromEntries(zones.map((zone, index) => [`hr_zone_${index}`, zone])),
    ...{ deviceid, hash_deviceid: deviceid, brand: 1, is_tracker: true, modelid: 93, model: "ScanWatch" },
    modified: seconds(until),
  };
  const phone = Object.fromEntries(Object.entries(row).filter(([name]) => !TRACKER.includes(name)));
  const external = {
    brand: 18,
    is_tracker: false,
    deviceid: null,
    hash_deviceid: null,
    modelid: 1_055,
    model: "Health Connect",
  };
  const carried = {
    ...phone,
    ...external,
    steps: Math.round(total.steps * 0.7),
    distance: Math.round(total.distanceMeters * 0.7),
  };
  if (isFortnightly(day, 7)) return [carried];
  return isFortnightly(day, 4) ? [carried, row] : [row];
});

const CATEGORIES: Readonly<Record<PersonWorkout["kind"], number>> = {
  walk: 1,
  run: 2,
  hike: 3,
  bike: 6,
  swim: 7,
  strength: 16,
  yoga: 28,
};

export const workoutsOf = remembered(({ person, syncedUntil }, day) => {
  const done = day.workouts.filter(({ endMs }) => endMs <= syncedUntil);
  return done.map((workout, index) => {
    const next = random(person.id, day.date, "withings workout", index);
    const minutes = minutesIn(person, workout.startMs, workout.endMs);
    const rates = minutes.map(({ index: at }) => day.minutes.heartRate[at]!).filter((rate) => rate > 0);
    const basal = minutes.reduce((sum, { index: at }) => sum + day.minutes.basalKcal[at]!, 0);
    const paused = (workout.endMs - workout.startMs) / 1_000 - workout.activeSeconds;
    const inZone = (low: number, high: number) => 60 * rates.filter((rate) => rate >= low && rate < high).length;
    const noReading = next() < 0.1;
    const calories = Math.round(workout.energyKcal - basal);
    const data = {
      calories,
      distance: workout.distanceMeters ?? 0,
      steps: workout.steps ?? 0,
      elevation: minutes.reduce((sum, { index: at }) => sum + day.minutes.floors[at]!, 0),
      // 0 is no reading here.
      hr_average: noReading ? 0 : (workout.averageHeartRate ?? 0),
      hr_min: noReading ? 0 : Math.min(...rates),
      hr_max: noReading ? 0 : Math.max(...rates),
      ...{
        hr_zone_0: inZone(0, 100),
        hr_zone_1: inZone(100, 125),
        hr_zone_2: inZone(125, 150),
        hr_zone_3: inZone(150, 250),
      },
      intensity: integer(next, 20, 80),
      manual_calories: next() < 0.2 ? calories + 25 : 0,
      manual_distance: 0,
      pause_duration: paused,
      algo_pause_duration: null,
      spo2_average: null,
      ...(workout.kind === "swim" && {
        pool_laps: Math.floor((workout.distanceMeters ?? 0) / 25),
        pool_length: 25,
        strokes: integer(next, 300, 900),
      }),
    };
    const byHand = next() < 0.08;
    return {
      id: numberOf("workout", workout.id),
      category: CATEGORIES[workout.kind],
      timezone: day.timeZone,
      model: 93,
      attrib: byHand ? 2 : pick(next, [0, 7]),
      startdate: seconds(workout.startMs),
      enddate: seconds(workout.endMs),
      date: day.date,
      deviceid: byHand ? null : deviceIdOf(person, "watch"),
      modified: seconds(workout.endMs) + 600,
      data: byHand ? { algo_pause_duration: null } : data,
    };
  });
});

/** By epoch seconds: minutes with steps, stretches without, and a pulse every ten minutes. */
export function intradayOf(
  view: ListView,
  fromMs: number,
  untilMs: number,
  paid: boolean,
): Readonly<Record<string, LabRecord>> {
  const series: Record<string, LabRecord> = {};
  const { person } = view;
  const until = Math.min(untilMs, view.syncedUntil);
  const own = { deviceid: deviceIdOf(person, "watch"), model: DEVICES.watch.model, model_id: DEVICES.watch.model_id };
  let stillSince: number | null = null;
  for (const { startMs, day, index } of fromMs < until ? minutesIn(person, fromMs, until) : []) {
    if (!day.worn) {
      stillSince = null;
      continue;
    }
    const { steps, distanceMeters, floors, energyKcal, basalKcal, heartRate } = day.minutes;
    const at = seconds(startMs);
    const moving = steps[index]! > 0;
    if ((moving || at % 600 === 0) && stillSince !== null) {
      series[stillSince] = { ...own, ...series[stillSince], duration: at - stillSince };
      stillSince = null;
    }
    if (moving) {
      const calories = Number((energyKcal[index]! - basalKcal[index]!).toFixed(2));
      const distance = Number(distanceMeters[index]!.toFixed(2));
      const climbed = floors[index]! > 0 && { elevation: floors[index] };
      series[at] = { ...own, steps: steps[index], distance, calories, ...climbed, duration: 60 };
    } else {
      stillSince ??= at;
    }
    if (at % 600 === 0 && heartRate[index]! > 0) {
      const body = bodyOn(person, day.date);
      const more = paid &&
        at % 3_600 === 0 && { spo2_auto: Math.round(body.oxygenPercentage), rr: Math.round(body.breathsPerMinute) };
      series[at] = { ...own, ...series[at], heart_rate: heartRate[index], ...more };
    }
  }
  return series;
}

/** Recordings of the heart that the person made with the watch. */
export function heartRecords({ person, syncedUntil }: ListView, day: PersonDay): readonly LabRecord[] {
  const timeMs = day.startMs + 10.4 * 3_600_000;
  if (!day.worn || !isFortnightly(day, 1) || timeMs > syncedUntil) return [];
  const next = random(person.id, day.date, "ecg");
  const { systolic, diastolic } = bodyOn(person, day.date);
  return [
    {
      deviceid: deviceIdOf(person, "watch"),
      model: DEVICES.watch.model_id,
      ecg: { signalid: numberOf("signal", person.id, day.date), afib: pick(next, [0, 0, 0, 2]) },
      ...(next() < 0.4 && { bloodpressure: { diastole: Math.round(diastolic), systole: Math.round(systolic) } }),
      heart_rate: (day.restingHeartRate ?? 60) + integer(next, 2, 9),
      timestamp: seconds(timeMs),
      modified: seconds(timeMs) + 40,
    },
  ];
}
