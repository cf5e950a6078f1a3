import type { DayMinutes, PersonSleep, PersonSleepStage } from "../person.js";
import { MINUTE_MS, minuteSpan } from "./calendar.js";
import { between, integer, type Random, random } from "./random.js";
import { ageOn, basalKcalPerMinute, type Character, restingHeartRateOn } from "./roster.js";
import { exertion, type PlannedWorkout } from "./workouts.js";

/** Ten feet: the height of a floor for barometers. */
const FLOOR_METERS = 3.048;

export interface DayFrame {
  readonly date: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly worn: boolean;
  /** Sleeps that end on this day or the next: a person who goes to bed before midnight is in bed on this day too. */
  readonly sleeps: readonly PersonSleep[];
  readonly workouts: readonly PlannedWorkout[];
  /** The minute of the local day. After a clock change it differs from the elapsed minute. */
  localMinute(elapsed: number): number;
}

function emptyMinutes(length: number): DayMinutes {
  return {
    steps: new Uint16Array(length),
    distanceMeters: new Float32Array(length),
    floors: new Uint8Array(length),
    elevationMeters: new Float32Array(length),
    energyKcal: new Float32Array(length),
    basalKcal: new Float32Array(length),
    heartRate: new Uint8Array(length),
    level: new Uint8Array(length),
    inBed: new Uint8Array(length),
  };
}

/** The minutes of one day. One pass writes all columns, so that they can't contradict each other. */
export function dayMinutes(character: Character, frame: DayFrame): DayMinutes {
  const length = (frame.endMs - frame.startMs) / MINUTE_MS;
  const minutes = emptyMinutes(length);
  if (!frame.worn) {
    return minutes;
  }
  const next = random(character.id, frame.date, "minutes");
  const stages = stagesByMinute(frame, length);
  const workouts = workoutsByMinute(frame, length);
  const gap = offWrist(character, frame, stages, workouts);
  const basal = basalKcalPerMinute(character, frame.date);
  const rest = restingHeartRateOn(character, frame.date);
  const reserve = 220 - ageOn(character, frame.date) - rest;
  const strideMeters = (character.heightCm / 100) * 0.414;
  const vigour = character.restlessness * between(random(character.id, frame.date, "vigour"), 0.65, 1.35);
  let heart = 0;
  let bout: Bout = stillness(next);

  for (let minute = 0; minute < length; minute++) {
    const stage = stages[minute];
    const workout = workouts[minute];
    minutes.basalKcal[minute] = basal;
    if (stage !== undefined) {
      minutes.inBed[minute] = 1;
      minutes.energyKcal[minute] = basal;
      heart = follow(heart, rest + sleepingHeart[stage], next);
      minutes.heartRate[minute] = heart;
      bout = stillness(next);
      continue;
    }
    if (minute >= gap.from && minute < gap.to) {
      minutes.energyKcal[minute] = basal;
      bout = stillness(next);
      continue;
    }
    const local = frame.localMinute(minute) % 1440;
    let cadence: number;
    let burn: number;
    let level: number;
    let target: number;
    if (workout) {
      const sport = exertion[workout.kind];
      const effort = 1 + 0.06 * (next() - 0.5);
      cadence = Math.round(sport.cadence * workout.effort * effort);
      burn = sport.mets * workout.effort * effort;
      level = sport.level;
      target = rest + reserve * sport.reserve * workout.effort;
      minutes.floors[minute] = next() < sport.floorChance ? 1 : 0;
      minutes.distanceMeters[minute] = cadence * strideMeters * sport.stride;
    } else {
      if (bout.minutes <= 0) {
        bout = bout.cadence > 0 ? stillness(next) : movement(next);
        // A person is still for longer at hours with little activity.
        bout.minutes /= bout.cadence > 0 ? 1 : Math.max(0.08, 0.6 * liveliness(local) * vigour);
      }
      bout.minutes--;
      cadence = bout.cadence > 0 ? Math.round(bout.cadence * between(next, 0.75, 1.2)) : 0;
      level = levelOf(cadence);
      burn = level === 0 ? 1 + 0.3 * next() : 1.4 + cadence / 38;
      target = rest + 9 + 6 * circadian(local) + cadence * 0.32;
      minutes.floors[minute] = cadence > 40 && next() < 0.06 ? 1 : 0;
      minutes.distanceMeters[minute] = cadence * strideMeters;
    }
    minutes.steps[minute] = cadence;
    minutes.elevationMeters[minute] = minutes.floors[minute]! * FLOOR_METERS;
    minutes.level[minute] = level;
    minutes.energyKcal[minute] = basal * burn;
    heart = follow(heart, target, next);
    minutes.heartRate[minute] = heart;
  }
  return minutes;
}

const sleepingHeart: Record<PersonSleepStage, number> = {
  awake: 7,
  restless: 3,
  asleep: -1,
  light: -1,
  deep: -4,
  rem: 3,
};

interface Bout {
  readonly cadence: number;
  minutes: number;
}

function stillness(next: Random): Bout {
  return { cadence: 0, minutes: integer(next, 3, 16) };
}

function movement(next: Random): Bout {
  const kind = next();
  if (kind < 0.66) {
    return { cadence: between(next, 9, 50), minutes: integer(next, 2, 9) };
  }
  return kind < 0.95
    ? { cadence: between(next, 60, 108), minutes: integer(next, 3, 12) }
    : { cadence: between(next, 118, 128), minutes: integer(next, 1, 4) };
}

/** The activity at that hour: low at night, highest on the way to work, at lunch and in the early evening. */
function liveliness(localMinute: number): number {
  const hour = localMinute / 60;
  if (hour < 6 || hour >= 23.5) {
    return 0.1;
  }
  const peak = (at: number, width: number) => Math.exp(-(((hour - at) / width) ** 2));
  return 0.45 + 0.6 * peak(8.2, 1) + 0.45 * peak(12.7, 0.9) + 0.7 * peak(18, 1.4) - 0.2 * peak(22.5, 1);
}

/** -1 in the early morning, 1 in the late afternoon. */
function circadian(localMinute: number): number {
  return Math.cos(((localMinute - 1020) / 1440) * 2 * Math.PI);
}

function levelOf(cadence: number): number {
  if (cadence < 8) {
    return 0;
  }
  if (cadence < 85) {
    return 1;
  }
  return cadence < 125 ? 2 : 3;
}

/** The heart rate follows the body's activity with a delay of minutes. */
function follow(heart: number, target: number, next: Random): number {
  const from = heart === 0 ? target : heart;
  return Math.round(Math.min(205, Math.max(36, from + (target - from) * 0.45 + 3 * (next() - 0.5))));
}

function stagesByMinute(frame: DayFrame, length: number): (PersonSleepStage | undefined)[] {
  const stages = new Array<PersonSleepStage | undefined>(length).fill(undefined);
  for (const sleep of frame.sleeps) {
    // A sleep may begin at half past a minute. Both ends are rounded down, so the number of minutes is its duration.
    const first = Math.floor((sleep.startMs - frame.startMs) / MINUTE_MS);
    const last = Math.floor((sleep.endMs - frame.startMs) / MINUTE_MS);
    let segment = 0;
    for (let minute = first; minute < last; minute++) {
      const instant = Math.max(sleep.startMs, frame.startMs + minute * MINUTE_MS);
      while (sleep.segments[segment]!.startMs + sleep.segments[segment]!.seconds * 1000 <= instant) {
        segment++;
      }
      if (minute >= 0 && minute < length) {
        stages[minute] = sleep.segments[segment]!.stage;
      }
    }
  }
  return stages;
}

function workoutsByMinute(frame: DayFrame, length: number): (PlannedWorkout | undefined)[] {
  const busy = new Array<PlannedWorkout | undefined>(length).fill(undefined);
  for (const workout of frame.workouts) {
    const { first, last } = minuteSpan(workout, frame.startMs);
    busy.fill(workout, first, last);
  }
  return busy;
}

/** Time off the wrist (a shower, or charging): never in bed and never in a workout. */
function offWrist(
  character: Character,
  frame: DayFrame,
  stages: readonly unknown[],
  workouts: readonly unknown[],
): { readonly from: number; readonly to: number } {
  const next = random(character.id, frame.date, "off wrist");
  const wanted = next() < 0.6;
  const from = integer(next, 420, 1290);
  const to = from + integer(next, 7, 38);
  for (let minute = from; minute < to; minute++) {
    if (minute >= stages.length || stages[minute] !== undefined || workouts[minute] !== undefined) {
      return { from: 0, to: 0 };
    }
  }
  return wanted ? { from, to } : { from: 0, to: 0 };
}
