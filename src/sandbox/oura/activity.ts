import { dayUuid, isFortnightly } from "../kit/day-uuid.js";
import { type LabRecord, type ListView, withOffset } from "../kit/list-lab.js";
import { addDays, instantOf, MINUTE_MS, type Minute, minutesIn } from "../people/index.js";
import { between, integer, pick, random } from "../people/random.js";
import type { PersonDay, PersonWorkout } from "../person.js";
import { daily, mean, type RecordsOf, rounded, score } from "./document.js";

/** Where a minute counts, by its digit in `class_5_min`. */
function classOf({ day, index }: Minute): 0 | 1 | 2 | 3 | 4 | 5 {
  const { heartRate, inBed, level } = day.minutes;
  if (heartRate[index] === 0) return 0;
  return inBed[index] ? 1 : ((level[index]! + 2) as 2 | 3 | 4 | 5);
}

/** Null while the ring was off. */
function metOf({ day, index }: Minute): number | null {
  const { energyKcal, basalKcal, inBed, heartRate } = day.minutes;
  if (heartRate[index] === 0) return null;
  // Not by `toFixed`, as elsewhere: it is slow, and a day has 1,440 of them.
  return inBed[index] ? 0.9 : Math.round((10 * energyKcal[index]!) / basalKcal[index]!) / 10;
}

/** The day of the ring, from four to four. */
export const dailyActivity = daily("daily_activity", ({ person, syncedUntil }, day) => {
  const startMs = instantOf(`${day.date}T04:00`, day.timeZone);
  const tomorrow = addDays(day.date, 1);
  const endMs = instantOf(`${tomorrow}T04:00`, person.zoneOn(tomorrow));
  if (!day.worn || startMs >= syncedUntil) return null;
  const minutes = minutesIn(person, startMs, Math.floor(Math.min(endMs, syncedUntil) / MINUTE_MS) * MINUTE_MS);
  const classes = minutes.map(classOf);
  const mets = minutes.map(metOf);
  const seconds = (wanted: number) => 60 * classes.filter((each) => each === wanted).length;
  const metMinutes = (wanted: number) =>
    Math.round(mets.reduce<number>((sum, met, at) => (classes[at] === wanted ? sum + Math.max(0, met! - 1) : sum), 0));
  const sum = (column: "steps" | "energyKcal" | "basalKcal") =>
    minutes.reduce((total, { day: own, index }) => total + own.minutes[column][index]!, 0);
  const [steps, energy] = [sum("steps"), sum("energyKcal")];
  const active = Math.round(energy - sum("basalKcal"));
  const next = random(person.id, day.date, "oura activity");
  const target = { calories: 50 * integer(next, 7, 10), meters: 500 * integer(next, 14, 20) };
  const walked = Math.round((active / (0.55 * day.weightKg)) * 1000);
  // On some days the ring lacks the history for a score.
  const scored = !isFortnightly(day, 6);
  const contributors = {
    meet_daily_targets: scored ? score((90 * active) / target.calories) : null,
    move_every_hour: score(between(next, 55, 100)),
    recovery_time: score(between(next, 70, 100)),
    stay_active: score(100 - (seconds(2) - 21_600) / 300),
    training_frequency: score(between(next, 60, 100)),
    training_volume: scored ? score(between(next, 50, 98)) : null,
  };
  return {
    active_calories: active,
    average_met_minutes: rounded(mean(mets.filter((met) => met !== null)), 5),
    class_5_min: Array.from({ length: Math.ceil(classes.length / 5) }, (_, at) => classes[at * 5]).join(""),
    contributors,
    equivalent_walking_distance: walked,
    high_activity_met_minutes: metMinutes(5),
    high_activity_time: seconds(5),
    inactivity_alerts: integer(next, 0, 4),
    low_activity_met_minutes: metMinutes(3),
    low_activity_time: seconds(3),
    medium_activity_met_minutes: metMinutes(4),
    medium_activity_time: seconds(4),
    met: {
      interval: 60,
      items: mets,
      timestamp: withOffset(startMs, day.timeZone).replace(/(?=[+-]\d\d:\d\d$)/, ".000"),
    },
    meters_to_target: target.meters - walked,
    non_wear_time: seconds(0),
    resting_time: seconds(1),
    score: scored ? score(mean(Object.values(contributors) as number[])) : null,
    sedentary_met_minutes: metMinutes(2),
    sedentary_time: seconds(2),
    steps,
    target_calories: target.calories,
    target_meters: target.meters,
    timestamp: withOffset(startMs, day.timeZone),
    total_calories: Math.round(energy),
  };
});

const inUtc = (ms: number) => withOffset(ms, "UTC");
const sampleAt = (ms: number) => ({ timestamp: inUtc(ms), timestamp_unix: ms });

/** Every five minutes, and every one within a workout. */
export function heartRates({ person, syncedUntil }: ListView, day: PersonDay): readonly LabRecord[] {
  return minutesIn(person, day.startMs, Math.min(day.endMs, syncedUntil)).flatMap((minute) => {
    const { startMs, index } = minute;
    const training = day.workouts.some((one) => startMs >= one.startMs && startMs < one.endMs);
    const bpm = day.minutes.heartRate[index]!;
    if (bpm === 0 || (index % 5 !== 0 && !training)) return [];
    const source = day.minutes.inBed[index] ? "sleep" : training ? "workout" : bpm < 62 ? "rest" : "awake";
    return [{ ...sampleAt(startMs + ((index * 7) % 60) * 1000), bpm, source }];
  });
}

/** Every half hour; it lasts five days and is charged on the sixth. */
export function batteryLevels({ syncedUntil }: ListView, day: PersonDay): readonly LabRecord[] {
  const until = Math.min(day.endMs, syncedUntil);
  const records: LabRecord[] = [];
  for (let ms = day.startMs; ms < until; ms += 30 * MINUTE_MS) {
    const charge = (ms / 3_600_000) % 121;
    const charging = charge < 1;
    const level = charging ? Math.round(20 + 80 * charge) : Math.round(100 - (charge / 120) * 82);
    records.push({ ...sampleAt(ms), charging, in_charger: charging, level });
  }
  return records;
}

const ACTIVITIES: Readonly<Record<PersonWorkout["kind"], string>> = {
  walk: "walking",
  run: "running",
  bike: "cycling",
  swim: "swimming",
  yoga: "yoga",
  strength: "strength_training",
  hike: "hiking",
};

export function workouts({ person, syncedUntil }: ListView, day: PersonDay): readonly LabRecord[] {
  const done = day.workouts.filter(({ endMs }) => endMs <= syncedUntil);
  return done.map((workout, index) => {
    const next = random(person.id, day.date, "oura workout", index);
    // Offsets are not reliable: the start of some workouts is in UTC and the end is not.
    const startZone = next() < 0.2 ? "UTC" : day.timeZone;
    const rate = workout.averageHeartRate ?? 0;
    return {
      id: dayUuid(person, "workout", day.date, index),
      activity: ACTIVITIES[workout.kind],
      calories: next() < 0.1 ? null : rounded(workout.energyKcal * 1.0137, 3),
      day: day.date,
      distance: workout.distanceMeters,
      end_datetime: withOffset(workout.endMs, day.timeZone),
      intensity: rate > 135 ? "hard" : rate > 105 ? "moderate" : "easy",
      label: next() < 0.15 ? "With the club" : null,
      source: pick(next, ["confirmed", "autodetected", "workout_heart_rate", "manual"]),
      start_datetime: withOffset(workout.startMs, startZone),
    };
  });
}

/** A guided moment on some evenings. */
export const sessions = daily("session", ({ person, syncedUntil }, day) => {
  const next = random(person.id, day.date, "moment");
  const startMs = instantOf(`${day.date}T21:05`, day.timeZone) + integer(next, 0, 900) * 1000;
  const seconds = 60 * integer(next, 4, 20);
  const endMs = startMs + seconds * 1000;
  if (!day.worn || next() > 0.2 || endMs > Math.min(syncedUntil, day.endMs)) return null;
  const samples = (low: number, high: number) => ({
    interval: 5,
    items: Array.from({ length: seconds / 5 }, () => (next() < 0.03 ? null : integer(next, low, high))),
    timestamp: withOffset(startMs, day.timeZone),
  });
  const rest = day.restingHeartRate ?? 60;
  return {
    end_datetime: withOffset(endMs, day.timeZone),
    heart_rate: samples(rest + 2, rest + 14),
    heart_rate_variability: samples(28, 66),
    mood: pick(next, ["same", "good", "great", null]),
    motion_count: next() < 0.5 ? null : samples(0, 9),
    start_datetime: withOffset(startMs, day.timeZone),
    type: pick(next, ["breathing", "meditation", "relaxation"]),
  };
});

/** What the person noted: coffee, mostly. */
function coffeeOn({ syncedUntil }: ListView, day: PersonDay): string | null {
  const ms = instantOf(`${day.date}T15:20`, day.timeZone);
  return isFortnightly(day, 10) && ms <= syncedUntil ? withOffset(ms, day.timeZone) : null;
}

export const oldTags = daily("tag", (view, day) => {
  const timestamp = coffeeOn(view, day);
  return timestamp === null ? null : { text: "A large one", timestamp, tags: ["tag_generic_coffee"] };
});

/** Documents of these two kinds have a first and a last day instead of one. */
const withoutDay =
  (recordsOf: RecordsOf): RecordsOf =>
  (view, day) =>
    recordsOf(view, day).map(({ day: _, ...rest }) => rest);

export const tags = withoutDay(
  daily("enhanced_tag", (view, day) => {
    const start_time = coffeeOn(view, day);
    const open = { end_time: null, end_day: null, custom_name: null };
    const said = { tag_type_code: "tag_generic_coffee", comment: "A large one" };
    return start_time === null ? null : { ...said, start_time, start_day: day.date, ...open };
  }),
);

/** A cold, now and then. */
export const restModes = withoutDay(
  daily("rest_mode_period", ({ person, syncedUntil }, day) => {
    const ms = instantOf(`${day.date}T09:00`, day.timeZone);
    if (!isFortnightly(day, 12) || ms > syncedUntil || random(person.id, day.date, "cold")() > 0.5) return null;
    const start_time = withOffset(ms, day.timeZone);
    const begun = { start_day: day.date, start_time };
    const episodes = [{ tags: ["tag_generic_fever"], timestamp: start_time }];
    const end_day = addDays(day.date, 2);
    const endMs = instantOf(`${end_day}T09:00`, person.zoneOn(end_day));
    if (endMs > syncedUntil) return { ...begun, episodes, end_day: null, end_time: null };
    return { ...begun, episodes, end_day, end_time: withOffset(endMs, person.zoneOn(end_day)) };
  }),
);
