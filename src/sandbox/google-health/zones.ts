import { zoneBounds } from "../people/index.js";
import type { PersonDay } from "../person.js";
import type { View } from "./view.js";

/** Google has two vocabularies for the same four zones; the first one has no word for the lightest. */
export const ZONES = ["LIGHT", "MODERATE", "VIGOROUS", "PEAK"] as const;
export const ZONE_MINUTE_NAMES = [null, "FAT_BURN", "CARDIO", "PEAK"] as const;
/** What one minute in each zone is worth as active zone minutes. */
export const ZONE_MINUTE_WEIGHTS = [0, 1, 2, 2] as const;

export interface Zone {
  readonly type: (typeof ZONES)[number];
  readonly min: number;
  readonly max: number;
}

/** The same bounds as the person's Fitbit account has: one wearable, one algorithm. */
export function zonesOf(view: View, day: PersonDay): readonly Zone[] {
  const { outOfRange, fatBurn, cardio, peak } = zoneBounds(view.person, day);
  return [
    { type: "LIGHT", min: outOfRange, max: fatBurn - 1 },
    { type: "MODERATE", min: fatBurn, max: cardio - 1 },
    { type: "VIGOROUS", min: cardio, max: peak - 1 },
    { type: "PEAK", min: peak, max: 220 },
  ];
}

export function zoneIndex(zones: readonly Zone[], bpm: number): number {
  let index = 0;
  for (let i = 1; i < zones.length; i++) if (bpm >= zones[i]!.min) index = i;
  return index;
}
