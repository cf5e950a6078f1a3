import { object } from "../../../http/json.js";
import type { Field } from "../../../model/fields.js";
import { figureOrNone, type Json, rate } from "./wire.js";

/** https://developer.withings.com/api-reference/#operation/measurev2-getintradayactivity: what was measured in one slot. */
interface RawSlot {
  readonly heart_rate: number;
  readonly steps: number;
  /** m */
  readonly distance: number;
  /** Floors. */
  readonly elevation: number;
  readonly spo2_auto: number;
}

interface SlotSeries {
  readonly field: Extract<Field, `heart.samples:${string}` | `activity.samples:${string}` | `vitals.course:${string}`>;
  readonly key: keyof RawSlot;
  readonly read: (value: unknown) => number | null;
}

/** Energy is left out: that of a slot is of activity alone, and samples of energy hold resting energy too. */
export const slotSeries: readonly SlotSeries[] = [
  { field: "heart.samples:ONE_SECOND", key: "heart_rate", read: rate },
  { field: "activity.samples:STEPS:ONE_MINUTE", key: "steps", read: figureOrNone },
  { field: "activity.samples:DISTANCE:ONE_MINUTE", key: "distance", read: figureOrNone },
  { field: "activity.samples:FLOORS:ONE_MINUTE", key: "elevation", read: figureOrNone },
  { field: "vitals.course:oxygenSaturation", key: "spo2_auto", read: rate },
];

/** Seconds since 1970 of a sample and its value. */
export type Sample = readonly [at: number, value: number];

/** The samples of one measure, in order of time. The keys of the answer are seconds since 1970. */
export function samplesIn(slots: Json, { key, read }: Pick<SlotSeries, "key" | "read">): Sample[] {
  const samples = Object.entries(slots).flatMap(([at, slot]): Sample[] => {
    const value = /^\d{9,11}$/.test(at) ? read(object(slot, "series.*")[key]) : null;
    return value === null ? [] : [[Number(at), value]];
  });
  return samples.sort(([a], [b]) => a - b);
}
