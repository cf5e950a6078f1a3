import { optionalObject, type Unchecked } from "../../../http/json.js";
import type { Cell } from "../../../model/cells.js";
import type { LocalDate } from "../../../model/records.js";
import { figure, minutes, vital } from "../../kit/figures.js";
import { dayOf, type Loose } from "./document.js";

/** https://cloud.ouraring.com/v2/docs: the smaller documents of a day. */
interface RawVitals {
  readonly day: LocalDate;
  /** daily_readiness: °C, to the person's own baseline. */
  readonly temperature_deviation: number | null;
  /** daily_spo2. An average of 0 was seen on nights without a measurement. */
  readonly spo2_percentage: { readonly average: number } | null;
  readonly breathing_disturbance_index: number | null;
  /** daily_stress: seconds. */
  readonly stress_high: number | null;
  readonly recovery_high: number | null;
  /** daily_cardiovascular_age: years, and m/s. */
  readonly vascular_age: number | null;
  readonly pulse_wave_velocity: number | null;
  /** vO2_max: ml of oxygen a minute for each kg. */
  readonly vo2_max: number;
}
type Raw = Unchecked<RawVitals>;

export function toTemperatureDeviation(document: Loose): Cell[] {
  const raw: Raw = document;
  const day = dayOf(document, "daily_readiness");
  return vital("vitals.skinTemperatureDeviation", day, figure(raw.temperature_deviation), "MEASURED");
}

export function toOxygen(document: Loose): Cell[] {
  const raw: Raw = document;
  const day = dayOf(document, "daily_spo2");
  const average = figure(optionalObject(raw.spo2_percentage)?.["average"]);
  return [
    ...vital("vitals.oxygenSaturation", day, average === 0 ? null : average, "MEASURED"),
    ...vital("vitals.breathingDisturbanceIndex", day, figure(raw.breathing_disturbance_index), "MEASURED"),
  ];
}

export function toStress(document: Loose): Cell[] {
  const raw: Raw = document;
  const day = dayOf(document, "daily_stress");
  return [
    ...vital("vitals.stressMinutes", day, minutes(raw.stress_high)),
    ...vital("vitals.recoveryMinutes", day, minutes(raw.recovery_high)),
  ];
}

export function toCardiovascularAge(document: Loose): Cell[] {
  const raw: Raw = document;
  const day = dayOf(document, "daily_cardiovascular_age");
  return [
    ...vital("vitals.vascularAgeYears", day, figure(raw.vascular_age)),
    ...vital("vitals.pulseWaveVelocity", day, figure(raw.pulse_wave_velocity)),
  ];
}

export function toVo2Max(document: Loose): Cell[] {
  const raw: Raw = document;
  return vital("vitals.vo2Max", dayOf(document, "vO2_max"), figure(raw.vo2_max));
}
