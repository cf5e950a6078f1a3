import type { VitalFragment } from "../generated/operations.js";
import type { Page } from "../parts/page.js";
import type { PlainKey } from "../strings/say.js";

export interface VitalKind {
  readonly field: VitalField;
  readonly name: PlainKey;
  unit(page: Page): string;
  readonly digits: number;
  /** The least that the small line reaches over. */
  readonly leastSpan: number;
  /** How the figure comes about, where its method says no more. */
  readonly how: PlainKey;
  /** Whether the figure is a difference: it is written with its sign. */
  readonly isChange?: boolean;
}

export type VitalField =
  | "oxygenSaturation"
  | "respiratoryRate"
  | "apneaHypopneaIndex"
  | "breathingDisturbanceIndex"
  | "skinTemperatureDeviation"
  | "skinTemperature"
  | "stressMinutes"
  | "recoveryMinutes"
  | "vo2Max"
  | "pulseWaveVelocity"
  | "vascularAgeYears";

const degrees = ({ state }: Page) => (state.trendUnits === "us" ? "°F" : "°C");
const minutes = ({ say }: Page) => say("minutes");

/** All vitals of the API, in the order of the page: the night's, the day's, and what changes over months. */
export const vitalKinds: readonly VitalKind[] = [
  {
    ...{ field: "oxygenSaturation", name: "oxygen", how: "nightMean", digits: 1, leastSpan: 6 },
    unit: ({ say }) => say("percentUnit"),
  },
  {
    ...{ field: "respiratoryRate", name: "breathing", how: "nightMean", digits: 1, leastSpan: 4 },
    unit: ({ say }) => say("breathsUnit"),
  },
  {
    ...{ field: "apneaHypopneaIndex", name: "apnea", how: "apneaNote", digits: 1, leastSpan: 6 },
    unit: ({ say }) => say("perHour"),
  },
  {
    ...{ field: "breathingDisturbanceIndex", name: "disturbances", how: "makersIndex", digits: 0, leastSpan: 10 },
    unit: () => "",
  },
  {
    ...{ field: "skinTemperatureDeviation", name: "skin", how: "againstBaseline", digits: 1, leastSpan: 2 },
    ...{ isChange: true, unit: degrees },
  },
  { field: "skinTemperature", name: "skinItself", how: "nightMean", digits: 1, leastSpan: 2, unit: degrees },
  { field: "stressMinutes", name: "stress", how: "makersCount", digits: 0, leastSpan: 60, unit: minutes },
  { field: "recoveryMinutes", name: "recovery", how: "makersCount", digits: 0, leastSpan: 60, unit: minutes },
  { field: "vo2Max", name: "vo2Max", how: "measured", digits: 0, leastSpan: 6, unit: ({ say }) => say("vo2Unit") },
  {
    ...{ field: "pulseWaveVelocity", name: "pulseWave", how: "measured", digits: 1, leastSpan: 2 },
    unit: ({ say }) => say("speedUnit"),
  },
  {
    ...{ field: "vascularAgeYears", name: "vascularAge", how: "makersReckoning", digits: 0, leastSpan: 6 },
    unit: ({ say }) => say("years"),
  },
];

export const writeVital = ({ format }: Page, { isChange, digits }: VitalKind, value: number): string =>
  isChange ? format.change(value, digits) : format.number(value, digits);

/** How the figure was found, in words. */
export function howFound(page: Page, vital: VitalKind, { method, low, high }: VitalFragment): string {
  const { say } = page;
  const write = (value: number) => writeVital(page, vital, value);
  if (method === "RANGE" && low !== null && high !== null) return say("aRange", { low: write(low), high: write(high) });
  if (method === "ESTIMATED") return say("estimated");
  if (method === "EXERCISE_TEST") return say("exerciseTest");
  if (method === "SPOT") return say("spot");
  if (vital.how === "nightMean" && low !== null) return say("nightMeanLow", { low: write(low) });
  return say(vital.how);
}
