import { zoneBounds } from "../people/index.js";
import type { Person } from "../person.js";
import { chance, round } from "./json.js";
import type { FitbitDay } from "./view.js";

type ZoneName = "Out of Range" | "Fat Burn" | "Cardio" | "Peak";

interface Zone {
  readonly name: ZoneName;
  readonly min: number;
  readonly max: number;
  /** What a minute in it is worth. */
  readonly multiplier: 0 | 1 | 2;
}

/** Around the end of 2024 the zones stopped overlapping: `max` + 1 is the next `min` since. */
const APART_SINCE = "2024-11-01";

function zonesOn(person: Person, day: FitbitDay): readonly Zone[] {
  const bounds = zoneBounds(person, day.person);
  const gap = day.date >= APART_SINCE ? 1 : 0;
  return [
    { name: "Out of Range", min: 30, max: bounds.fatBurn - gap, multiplier: 0 },
    { name: "Fat Burn", min: bounds.fatBurn, max: bounds.cardio - gap, multiplier: 1 },
    { name: "Cardio", min: bounds.cardio, max: bounds.peak - gap, multiplier: 2 },
    { name: "Peak", min: bounds.peak, max: 220, multiplier: 2 },
  ];
}

function zoneIndex(zones: readonly Zone[], bpm: number): number {
  for (let index = zones.length - 1; index > 0; index--) if (bpm >= zones[index]!.min) return index;
  return 0;
}

export interface ZoneTime extends Zone {
  readonly minutes: number;
  readonly kcal: number;
}

/** Minutes by zone from cell to cell, the last one excluded. Off the wrist counts as Out of Range. */
export function zoneTimes(person: Person, day: FitbitDay, from: number, until: number): ZoneTime[] {
  const zones = zonesOn(person, day);
  const minutes = [0, 0, 0, 0];
  const kcal = [0, 0, 0, 0];
  for (let cell = from; cell < until; cell++) {
    const index = zoneIndex(zones, day.heartRate[cell]!);
    minutes[index]!++;
    kcal[index]! += day.kcal[cell]!;
  }
  return zones.map((zone, index) => ({ ...zone, minutes: minutes[index]!, kcal: kcal[index]! }));
}

/** As they stand in summaries, series and exercises. On some days a zone that was not reached lacks its figures. */
export function heartRateZones(times: readonly ZoneTime[], date: string, lackingKeys: boolean): object[] {
  const lacking = lackingKeys && chance(`zones ${date}`) < 0.2;
  return times.map(({ name, min, max, minutes, kcal }) =>
    lacking && minutes === 0 ? { max, min, name } : { caloriesOut: round(kcal, 5), max, min, minutes, name },
  );
}

/** Active zone minutes of a stretch: cardio and peak are worth two, and zones that were not reached are absent. */
export function activeZoneMinutes(times: readonly ZoneTime[]): Record<string, number> {
  const value: Record<string, number> = { activeZoneMinutes: 0 };
  const keys = { "Out of Range": "", "Fat Burn": "fatBurn", Cardio: "cardio", Peak: "peak" };
  for (const { name, minutes, multiplier } of times) {
    if (minutes * multiplier === 0) continue;
    value[`${keys[name]}ActiveZoneMinutes`] = minutes * multiplier;
    value["activeZoneMinutes"]! += minutes * multiplier;
  }
  return value;
}
