import type { Person, PersonDay } from "../person.js";
import { MINUTE_MS } from "./calendar.js";
import { memory } from "./memory.js";
import { ageOn } from "./roster.js";

export type HeartZone = "outOfRange" | "fatBurn" | "cardio" | "peak";

interface ZoneTotals {
  readonly minBpm: number;
  /** Exclusive. */
  readonly maxBpm: number;
  readonly minutes: number;
  readonly energyKcal: number;
  /** 0 for a minute out of range, 1 in fat burn, 2 in cardio and peak. */
  readonly activeZoneMinutes: number;
}

/** In the order sedentary, lightly, moderately and very active. */
type ByLevel = readonly [number, number, number, number];

/** The sums of the synced minutes of a day. */
export interface DayTotals {
  /** The number of minutes in the sums. */
  readonly minutes: number;
  readonly steps: number;
  readonly distanceMeters: number;
  readonly floors: number;
  readonly elevationMeters: number;
  readonly energyKcal: number;
  readonly basalKcal: number;
  /** Without the minutes in bed: these four and `minutesInBed` together are all minutes. */
  readonly minutesByLevel: ByLevel;
  readonly minutesInBed: number;
  readonly distanceByLevel: ByLevel;
  readonly energyByLevel: ByLevel;
  readonly zones: Readonly<Record<HeartZone, ZoneTotals>>;
  readonly activeZoneMinutes: number;
}

/** The number of minutes of the day's columns that had ended at that instant. */
export function minutesUntil(day: PersonDay, upToMs: number): number {
  const passed = Math.floor((Math.min(upToMs, day.endMs) - day.startMs) / MINUTE_MS);
  return Math.max(0, passed);
}

/** Lower bounds by heart rate reserve (40, 60 and 85 hundredths). If the resting rate is unknown, 60 is used. */
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

/** Totals of the minutes that had ended at `upToMs`. Minutes off the wrist are in no heart zone. */
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

const finished = memory<DayTotals>(2500);

/** Totals by date, for series over years: they are kept for ended days even when the minutes are not kept any more. */
export function totalsOn(person: Person, date: string, upToMs: number): DayTotals {
  const kept = finished(person);
  const known = kept.get(date);
  // Needs no minutes either, but only the day knows the next midnight.
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

/** Sums of `size` minutes each. A bin that begins at or after `until` is left out. The last bin may be incomplete. */
export function sumBins(column: ArrayLike<number>, size: number, until: number = column.length): number[] {
  return bins(column, size, until, (values) => values.reduce((sum, value) => sum + value, 0));
}

/** Means of the values above 0, as heart rates are averaged. Null for a bin without one. */
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
