import type { DayMinutes, PersonSleep, PersonWorkout } from "../person.js";
import { dayNumber, MINUTE_MS, minuteSpan } from "./calendar.js";
import { between, integer, pick, random } from "./random.js";
import { type Character, isWorn } from "./roster.js";

/** Time and intensity of a workout. Its figures are computed from the minutes afterwards. */
export interface PlannedWorkout {
  readonly id: string;
  readonly kind: PersonWorkout["kind"];
  readonly startMs: number;
  readonly endMs: number;
  readonly activeSeconds: number;
  /** Around 1. */
  readonly effort: number;
  /** For cycling and swimming, whose metres are not steps. */
  readonly metersPerSecond: number | null;
}

interface Exertion {
  readonly cadence: number;
  /** The length of a walking step. */
  readonly stride: number;
  readonly mets: number;
  /** The share of the heart rate reserve. */
  readonly reserve: number;
  readonly level: 0 | 1 | 2 | 3;
  readonly floorChance: number;
  readonly minutes: readonly [number, number];
  readonly metersPerSecond: number | null;
}

const indoors = { cadence: 0, stride: 1, floorChance: 0 } as const;

export const exertion: Record<PersonWorkout["kind"], Exertion> = {
  walk: {
    cadence: 108,
    stride: 1.05,
    mets: 3.8,
    reserve: 0.38,
    level: 2,
    floorChance: 0.04,
    minutes: [18, 50],
    metersPerSecond: null,
  },
  run: {
    cadence: 164,
    stride: 1.42,
    mets: 9.6,
    reserve: 0.76,
    level: 3,
    floorChance: 0.05,
    minutes: [22, 58],
    metersPerSecond: null,
  },
  hike: {
    cadence: 101,
    stride: 1,
    mets: 5.6,
    reserve: 0.52,
    level: 2,
    floorChance: 0.45,
    minutes: [70, 165],
    metersPerSecond: null,
  },
  bike: { ...indoors, mets: 7.4, reserve: 0.64, level: 3, minutes: [28, 85], metersPerSecond: 6.1 },
  swim: { ...indoors, mets: 7, reserve: 0.6, level: 3, minutes: [24, 48], metersPerSecond: 0.72 },
  yoga: { ...indoors, mets: 2.6, reserve: 0.2, level: 1, minutes: [25, 62], metersPerSecond: null },
  strength: { ...indoors, mets: 4.6, reserve: 0.44, level: 2, minutes: [28, 60], metersPerSecond: null },
};

/** Local minutes at which people have time: before work, at lunch, after work. */
const occasions: readonly (readonly [number, number])[] = [
  [415, 470],
  [722, 745],
  [1035, 1130],
];

export function plannedWorkouts(
  character: Character,
  day: {
    readonly date: string;
    readonly startMs: number;
    readonly endMs: number;
    readonly sleeps: readonly PersonSleep[];
    localMinute(elapsed: number): number;
  },
): PlannedWorkout[] {
  if (!isWorn(character, day.date)) {
    return [];
  }
  const next = random(character.id, day.date, "workouts");
  const dice = next();
  const count = dice < character.workoutChance * 0.25 ? 2 : dice < character.workoutChance ? 1 : 0;
  const first = integer(next, 0, occasions.length - 1);
  const workouts: PlannedWorkout[] = [];
  for (let index = 0; index < count; index++) {
    // The second workout gets a later time; there is none if the first has the last one.
    const occasion = occasions[first + index];
    const kind = pick(next, character.sports);
    const sport = exertion[kind];
    const effort = between(next, 0.92, 1.08);
    const [shortest, longest] = sport.minutes;
    const seconds = integer(next, shortest * 60, longest * 60);
    const pausedSeconds = next() < 0.4 ? integer(next, 20, 240) : 0;
    const localStart = occasion ? integer(next, occasion[0], occasion[1]) : 0;
    const second = integer(next, 0, 59);
    const id = workoutId(character, day.date, index, next);
    const startMs = day.startMs + elapsedAt(day, localStart) * MINUTE_MS + second * 1000;
    const endMs = startMs + seconds * 1000;
    const free = day.sleeps.every(
      (sleep) => endMs + 20 * MINUTE_MS < sleep.startMs || startMs > sleep.endMs + 20 * MINUTE_MS,
    );
    const after = workouts.every((workout) => startMs > workout.endMs + 15 * MINUTE_MS);
    if (occasion && free && after && endMs < day.endMs) {
      const metersPerSecond = sport.metersPerSecond === null ? null : sport.metersPerSecond * effort;
      workouts.push({ id, kind, startMs, endMs, activeSeconds: seconds - pausedSeconds, effort, metersPerSecond });
    }
  }
  return workouts;
}

/** Nineteen digits and odd: read as a double, every such id would change. */
function workoutId(character: Character, date: string, index: number, next: () => number): string {
  const noise = String(integer(next, 0, 4_999_999_999) * 2 + 1).padStart(11, "0");
  return `6${character.number}${dayNumber(date)}${index}${noise.slice(-11)}`;
}

function elapsedAt(
  day: { readonly startMs: number; readonly endMs: number; localMinute(elapsed: number): number },
  localMinute: number,
): number {
  // A clock change moves the time by its difference: a second step corrects it.
  const guess = 2 * localMinute - day.localMinute(localMinute);
  return guess + (localMinute - day.localMinute(guess));
}

export function finishedWorkout(plan: PlannedWorkout, dayStartMs: number, minutes: DayMinutes): PersonWorkout {
  const { first, last } = minuteSpan(plan, dayStartMs);
  const onFoot = exertion[plan.kind].cadence > 0;
  const beats = minutes.heartRate.subarray(first, last).filter((rate) => rate > 0);
  const meters = onFoot
    ? sum(minutes.distanceMeters.subarray(first, last))
    : plan.metersPerSecond && plan.metersPerSecond * plan.activeSeconds;
  return {
    id: plan.id,
    kind: plan.kind,
    startMs: plan.startMs,
    endMs: plan.endMs,
    activeSeconds: plan.activeSeconds,
    distanceMeters: meters === null ? null : Math.round(meters * 10) / 10,
    energyKcal: Math.round(sum(minutes.energyKcal.subarray(first, last))),
    steps: onFoot ? sum(minutes.steps.subarray(first, last)) : null,
    averageHeartRate: beats.length === 0 ? null : Math.round(sum(beats) / beats.length),
  };
}

function sum(values: Uint8Array | Uint16Array | Float32Array): number {
  let total = 0;
  for (const value of values) {
    total += value;
  }
  return total;
}
