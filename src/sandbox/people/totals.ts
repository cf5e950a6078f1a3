import { LRUCache } from "lru-cache";
import type { Person, PersonDay } from "../person.js";
import { MINUTE_MS } from "./calendar.js";
import { ageOn } from "./roster.js";

export type HeartZone = "outOfRange" | "fatBurn" | "cardio" | "peak";

interface ZoneTotals {
  readonly minBpm: number;
  /** Not included. */
  readonly maxBpm: number;
  readonly minutes: number;
  readonly energyKcal: number;
  /** None out of range, one a minute for fat burn, two for cardio and peak. */
  readonly activeZoneMinutes: number;
}

/** In the order sedentary, lightly, moderately, very active. */
type ByLevel = readonly [number, number, number, number];

/** What the synced minutes of a day add up to. */
export interface DayTotals {
  /** How many minutes were counted. */
  readonly minutes: number;
  readonly steps: number;
  readonly distanceMeters: number;
  readonly floors: number;
  readonly elevationMeters: number;
  readonly energyKcal: number;
  readonly basalKcal: number;
  /** Without the minutes in bed: the four and `minutesInBed` are all the minutes counted. */
  readonly minutesByLevel: ByLevel;
  readonly minutesInBed: number;
  readonly distanceByLevel: ByLevel;
  readonly energyByLevel: ByLevel;
  readonly zones: Readonly<Record<HeartZone, ZoneTotals>>;
  readonly activeZoneMinutes: number;
}

/** How many minutes of the day's columns had wholly passed by that instant. */
export function minutesUntil(day: PersonDay, upToMs: number): number {
  const passed = Math.floor((Math.min(upToMs, day.endMs) - day.startMs) / MINUTE_MS);
  return Math.max(0, passed);
}

/** Lower bounds by heart rate reserve (40, 60 and 85 hundredths); the resting rate stands in for 60 when unknown. */
export function zoneBounds(person: Pick<Person, "dateOfBirth">, day: PersonDay): Readonly<Record<HeartZone, number>> {
  const rest = day.restingHeartRate ?? 60;
  const reserve = 220 - ageOn(person, day.date) - rest;
  const at = (share: number) => Math.round(rest + share * reserve);
  return { outOfRange: 30, fatBurn: at(0.4), cardio: at(0.6), peak: at(0.85) };
}

export function zoneOf(bounds: Readonly<Record<HeartZone, number>>, bpm: number): HeartZone {
  if (bpm >= bounds.peak) {
    return "peak";
  }
  if (bpm >= bounds.cardio) {
    return "cardio";
  }
  return bpm >= bounds.fatBurn ? "fatBurn" : "outOfRange";
}

const zoneMinuteFactor: Readonly<Record<HeartZone, 0 | 1 | 2>> = {
  outOfRange: 0,
  fatBurn: 1,
  cardio: 2,
  peak: 2,
};

/** Totals of the minutes that had passed by `upToMs`. Minutes off the wrist are in no heart zone. */
export function dayTotals(
  person: Pick<Person, "dateOfBirth">,
  day: PersonDay,
  upToMs: number = day.endMs,
  fromMs: number = day.startMs,
): DayTotals {
  const { steps, distanceMeters, floors, elevationMeters, energyKcal, basalKcal, heartRate, level, inBed } =
    day.minutes;
  const first = minutesUntil(day, fromMs);
  const until = minutesUntil(day, upToMs);
  const bounds = zoneBounds(person, day);
  const total = { steps: 0, distanceMeters: 0, floors: 0, elevationMeters: 0, energyKcal: 0, basalKcal: 0 };
  const minutesByLevel: [number, number, number, number] = [0, 0, 0, 0];
  const distanceByLevel: [number, number, number, number] = [0, 0, 0, 0];
  const energyByLevel: [number, number, number, number] = [0, 0, 0, 0];
  const zoneMinutes = { outOfRange: 0, fatBurn: 0, cardio: 0, peak: 0 };
  const zoneEnergy = { outOfRange: 0, fatBurn: 0, cardio: 0, peak: 0 };
  let minutesInBed = 0;
  for (let minute = first; minute < until; minute++) {
    const energy = energyKcal[minute]!;
    const rank = level[minute] as 0 | 1 | 2 | 3;
    total.steps += steps[minute]!;
    total.distanceMeters += distanceMeters[minute]!;
    total.floors += floors[minute]!;
    total.elevationMeters += elevationMeters[minute]!;
    total.energyKcal += energy;
    total.basalKcal += basalKcal[minute]!;
    distanceByLevel[rank] += distanceMeters[minute]!;
    energyByLevel[rank] += energy;
    if (inBed[minute]) {
      minutesInBed++;
    } else {
      minutesByLevel[rank]++;
    }
    if (heartRate[minute]! > 0) {
      const zone = zoneOf(bounds, heartRate[minute]!);
      zoneMinutes[zone]++;
      zoneEnergy[zone] += energy;
    }
  }
  const zone = (name: HeartZone, maxBpm: number): ZoneTotals => ({
    minBpm: bounds[name],
    maxBpm,
    minutes: zoneMinutes[name],
    energyKcal: zoneEnergy[name],
    activeZoneMinutes: zoneMinutes[name] * zoneMinuteFactor[name],
  });
  return {
    ...total,
    minutes: Math.max(0, until - first),
    minutesByLevel,
    minutesInBed,
    distanceByLevel,
    energyByLevel,
    zones: {
      outOfRange: zone("outOfRange", bounds.fatBurn),
      fatBurn: zone("fatBurn", bounds.cardio),
      cardio: zone("cardio", bounds.peak),
      peak: zone("peak", 220),
    },
    activeZoneMinutes: zoneMinutes.fatBurn + 2 * (zoneMinutes.cardio + zoneMinutes.peak),
  };
}

const finished = new WeakMap<Person, LRUCache<string, DayTotals>>();

/** The same by date, for series over years: totals of days that are over are kept when their minutes no longer are. */
export function totalsOn(person: Person, date: string, upToMs: number): DayTotals {
  let kept = finished.get(person);
  if (!kept) {
    kept = new LRUCache({ max: 2500 });
    finished.set(person, kept);
  }
  const known = kept.get(date);
  // Midnight of the next day needs no minutes either, but only the day knows it.
  if (known && person.day(date).endMs <= upToMs) {
    return known;
  }
  const day = person.day(date);
  const totals = dayTotals(person, day, upToMs);
  if (day.endMs <= upToMs) {
    kept.set(date, totals);
  }
  return totals;
}

/** Sums of `size` minutes each. A bin that has not begun by `until` is left out; the last one may be incomplete. */
export function sumBins(column: ArrayLike<number>, size: number, until: number = column.length): number[] {
  return bins(column, size, until, (values) => values.reduce((sum, value) => sum + value, 0));
}

/** Means of the values above 0, as heart rates are averaged; null where there is none. */
export function meanBins(column: ArrayLike<number>, size: number, until: number = column.length): (number | null)[] {
  return bins(column, size, until, (values) => {
    const present = values.filter((value) => value > 0);
    return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length;
  });
}

function bins<T>(column: ArrayLike<number>, size: number, until: number, read: (values: number[]) => T): T[] {
  const result: T[] = [];
  const end = Math.min(until, column.length);
  for (let first = 0; first < end; first += size) {
    result.push(read(Array.from({ length: Math.min(size, end - first) }, (_, index) => column[first + index]!)));
  }
  return result;
}
