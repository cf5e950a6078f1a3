import { Temporal } from "temporal-polyfill";
import { dateAt, MINUTE_MS, offsetMinutes } from "../people/calendar.js";
import { between, random } from "../people/random.js";
import type { Person, PersonDay } from "../person.js";

export const METERS_PER_MILE = 1609.344;

/** What Misfit's tracker counted on one day up to the last sync. */
export interface MisfitTotals {
  readonly steps: number;
  readonly miles: number;
  readonly kcal: number;
  readonly activeKcal: number;
}

/**
 * How far Misfit's sensor reads beside the truth: one to four percent, steady for a person, a day and an aspect. Never
 * less than one: a figure equal to another brand's would hide a reader that takes the wrong one.
 */
export function bias(person: Person, date: string, aspect: string): number {
  const next = random(person.id, date, aspect, "misfit");
  const size = between(next, 0.011, 0.038);
  return next() < 0.5 ? 1 - size : 1 + size;
}

/** A biased count, one off where rounding would undo the bias. */
export function biasedCount(count: number, factor: number): number {
  const biased = Math.round(count * factor);
  return biased === count && count > 0 ? count + (factor > 1 ? 1 : -1) : biased;
}

/**
 * The day, if Misfit saw any of it: null before sign-up, on the shelf, under another brand, or not synced yet.
 * Touches no minute, so that lists of nights stay cheap.
 */
export function dayOf(person: Person, date: string, syncedMs: number): PersonDay | null {
  if (date < person.memberSince || !person.wearablesOn(date).includes("MISFIT")) {
    return null;
  }
  const day = person.day(date);
  return day.worn && day.startMs + MINUTE_MS <= syncedMs ? day : null;
}

export function totalsOf(person: Person, day: PersonDay, syncedMs: number): MisfitTotals {
  const { steps, distanceMeters, energyKcal, basalKcal } = day.minutes;
  const minutes = Math.min(steps.length, Math.floor((syncedMs - day.startMs) / MINUTE_MS));
  const sum = { steps: 0, meters: 0, kcal: 0, basalKcal: 0 };
  for (let minute = 0; minute < minutes; minute++) {
    sum.steps += steps[minute] ?? 0;
    sum.meters += distanceMeters[minute] ?? 0;
    sum.kcal += energyKcal[minute] ?? 0;
    sum.basalKcal += basalKcal[minute] ?? 0;
  }
  const energyBias = bias(person, day.date, "energy");
  return {
    steps: biasedCount(sum.steps, bias(person, day.date, "steps")),
    miles: decimals((sum.meters * bias(person, day.date, "distance")) / METERS_PER_MILE, 5),
    kcal: decimals(sum.kcal * energyBias, 1),
    activeKcal: decimals(Math.max(0, sum.kcal - sum.basalKcal) * energyBias, 2),
  };
}

/** What the person's own clock showed, with its offset and whole seconds: 2016-02-29T07:30:00+01:00. */
export function localTime(person: Person, instantMs: number): string {
  return Temporal.Instant.fromEpochMilliseconds(instantMs)
    .toZonedDateTimeISO(zoneAt(person, instantMs))
    .toString({ timeZoneName: "never", smallestUnit: "second" });
}

/** Hours ahead of UTC, with a fraction in zones that have one. */
export function offsetHours(person: Person, instantMs: number): number {
  return offsetMinutes(instantMs, zoneAt(person, instantMs)) / 60;
}

function zoneAt(person: Person, instantMs: number): string {
  return person.zoneOn(dateAt(person, instantMs));
}

export function decimals(value: number, places: number): number {
  return Number(value.toFixed(places));
}
