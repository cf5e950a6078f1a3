import { LRUCache } from "lru-cache";
import type { Person, PersonDay, PersonSleep, PersonWeighing } from "../person.js";
import { addDays, MINUTE_MS, midnight, offsetMinutes } from "./calendar.js";
import { drinksOn, mealsOn } from "./food.js";
import { dayMinutes } from "./minutes.js";
import { between, integer, random } from "./random.js";
import { basalKcalPerMinute, type Character, isWorn, restingHeartRateOn, roster, weightOn } from "./roster.js";
import { sleepsEndingOn } from "./sleep.js";
import { finishedWorkout, plannedWorkouts } from "./workouts.js";

export {
  addDays,
  dateAt,
  datesBetween,
  dayNumber,
  instantOf,
  localDate,
  MINUTE_MS,
  midnight,
} from "./calendar.js";
export { FOODS, nutrientsOf } from "./food.js";
export { heartSamples } from "./heart.js";
export * from "./night.js";
export { ageOn } from "./roster.js";
export * from "./totals.js";

/** Everybody in the lab, by id. An id and a date always give the same day, on every machine and in any order. */
export const people: ReadonlyMap<string, Person> = new Map(
  roster.map((character) => [character.id, toPerson(character)] as const),
);

/** Throws for an unknown id: a mistyped id in a test should not read as an empty account. */
export function person(id: string): Person {
  const found = people.get(id);
  if (!found) {
    throw new Error(`The lab has no person "${id}"; it has ${[...people.keys()].join(", ")}`);
  }
  return found;
}

function toPerson(character: Character): Person {
  // More than a year: a test that reads several figures over a year looks at each day once for each figure.
  const days = new LRUCache<string, PersonDay>({ max: 400 });
  // Each night is part of two days: the day on which it ends, and the day before, when the person goes to bed.
  const nights = new LRUCache<string, readonly PersonSleep[]>({ max: 400 });
  const sleepsOf = (date: string) => {
    const known = nights.get(date) ?? sleepsEndingOn(character, date);
    nights.set(date, known);
    return known;
  };
  return {
    ...character,
    day(date) {
      let day = days.get(date);
      if (!day) {
        day = toDay(character, date, sleepsOf);
        days.set(date, day);
      }
      return day;
    },
  };
}

function toDay(character: Character, date: string, sleepsOf: (date: string) => readonly PersonSleep[]): PersonDay {
  const tomorrow = addDays(date, 1);
  const timeZone = character.zoneOn(date);
  const startMs = midnight(date, timeZone);
  const endMs = midnight(tomorrow, character.zoneOn(tomorrow));
  const worn = isWorn(character, date);
  // Slow work waits until it is needed: a list of weighings over years needs no minutes and no nights.
  const frame = once(() => ({
    ...{ date, startMs, endMs, worn, localMinute: localMinutes(startMs, endMs, timeZone) },
    sleeps: [...sleepsOf(date), ...sleepsOf(tomorrow)],
  }));
  const plans = once(() => plannedWorkouts(character, frame()));
  const minutes = once(() => dayMinutes(character, { ...frame(), workouts: plans() }));
  const workouts = once(() => plans().map((plan) => finishedWorkout(plan, startMs, minutes())));
  const variability = once(() => heartRateVariability(character, date, sleepsOf(date)));
  const weighed = once(() => weighings(character, date, startMs, () => sleepsOf(date)));
  const meals = once(() => mealsOn(character, date, startMs, endMs));
  const drinks = once(() => drinksOn(character, date, startMs, endMs));
  return {
    date,
    timeZone,
    startMs,
    endMs,
    worn,
    get minutes() {
      return minutes();
    },
    get restingHeartRate() {
      return worn ? restingHeartRateOn(character, date) : null;
    },
    get hrvRmssd() {
      return variability().rmssd;
    },
    get hrvSdnn() {
      return variability().sdnn;
    },
    get weightKg() {
      return weightOn(character, date);
    },
    get basalKcalPerMinute() {
      return basalKcalPerMinute(character, date);
    },
    get sleeps() {
      return sleepsOf(date);
    },
    get workouts() {
      return workouts();
    },
    get weighings() {
      return weighed();
    },
    get meals() {
      return meals();
    },
    get drinks() {
      return drinks();
    },
  };
}

/** Computed over a whole night: without a night there is none. */
function heartRateVariability(character: Character, date: string, sleeps: readonly PersonSleep[]) {
  if (!sleeps.some((sleep) => sleep.main && sleep.staged)) return { rmssd: null, sdnn: null };
  const next = random(character.id, date, "hrv");
  const rmssd = character.hrvRmssd * between(next, 0.8, 1.2);
  return { rmssd: tenth(rmssd), sdnn: tenth(rmssd * between(next, 1.15, 1.45)) };
}

function weighings(
  character: Character,
  date: string,
  startMs: number,
  sleeps: () => readonly PersonSleep[],
): readonly PersonWeighing[] {
  const next = random(character.id, date, "scale");
  if (date < character.memberSince || next() >= character.weighingChance) {
    return [];
  }
  const morning = startMs + integer(next, 395, 500) * MINUTE_MS;
  const risen = Math.max(
    morning,
    ...sleeps()
      .filter((sleep) => sleep.main)
      .map((sleep) => sleep.endMs),
  );
  const weightKg = tenth(weightOn(character, date) + 0.3 * (next() - 0.5));
  const fat = (character.sex === "female" ? 27 : 19) + (weightKg - character.weightKg) * 0.8;
  const timeMs = Math.floor(risen / MINUTE_MS) * MINUTE_MS + integer(next, 61, 700) * 1000;
  return [{ timeMs, weightKg, fatPercentage: next() < character.fatChance ? tenth(fat + 0.6 * next()) : null }];
}

/** Converts elapsed to local minutes. Only a day that is not 24 hours long can have a clock change. */
function localMinutes(startMs: number, endMs: number, timeZone: string): (elapsed: number) => number {
  if (endMs - startMs === 1440 * MINUTE_MS) {
    return (elapsed) => elapsed;
  }
  const offset = offsetMinutes(startMs, timeZone);
  const changes: number[] = [];
  for (let hour = 0; startMs + hour * 60 * MINUTE_MS < endMs; hour++) {
    changes.push(offsetMinutes(startMs + hour * 60 * MINUTE_MS, timeZone) - offset);
  }
  return (elapsed) => elapsed + (changes[Math.floor(elapsed / 60)] ?? 0);
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
