import { type Cell, cell, present } from "../../../model/cells.js";
import type { Field } from "../../../model/fields.js";
import type { LocalDate, ScoreContributor, SleepRecord } from "../../../model/records.js";
import { figure, vital } from "../../kit/figures.js";
import { requiredDate } from "../../kit/times.js";
import { type Clocked, course, measured, members } from "./wire.js";

/** https://www.polar.com/accesslink-api/#nightly-recharge */
interface RawRecharge {
  /** The day of waking. */
  readonly date: LocalDate;
  /** ms, RMSSD of the four hours that begin half an hour after falling asleep. */
  readonly heart_rate_variability_avg: number;
  /** Breaths a minute. */
  readonly breathing_rate_avg: number;
  /** 1 to 6. */
  readonly nightly_recharge_status: number;
  /** −10 to 10, with fractions. */
  readonly ans_charge: number;
  /** 1 to 5. */
  readonly ans_charge_status: number;
  // Every five minutes.
  readonly hrv_samples: Clocked<number>;
  readonly breathing_samples: Clocked<number>;
}

export function toRecharge(value: unknown): Cell[] {
  const raw = members<RawRecharge>(value, "recharge");
  const day = requiredDate(raw.date, "recharge.date");
  const status = measured(raw.nightly_recharge_status);
  const charge = figure(raw.ans_charge);
  const chargeStatus = measured(raw.ans_charge_status);
  const contributors: ScoreContributor[] = [
    // A charge of −1 is a charge.
    ...(charge === null ? [] : [{ name: "ANS charge", value: charge, scaleMin: -10, scaleMax: 10 }]),
    ...(chargeStatus === null ? [] : [{ name: "ANS charge status", value: chargeStatus, scaleMin: 1, scaleMax: 5 }]),
  ];
  const score = { id: day, name: "Nightly Recharge", value: status, scaleMin: 1, scaleMax: 6, level: null };
  return [
    ...present("heart.hrvRmssd", day, measured(raw.heart_rate_variability_avg)),
    ...vital("vitals.respiratoryRate", day, measured(raw.breathing_rate_avg), "MEASURED"),
    ...(status === null ? [] : [cell("scores.READINESS", day, [{ ...score, contributors }])]),
  ];
}

export function dayOfRecharge(value: unknown): LocalDate {
  return requiredDate(members<RawRecharge>(value, "recharge").date, "recharge.date");
}

export const courses = {
  "sleep.course:HRV_RMSSD": "hrv_samples",
  "sleep.course:RESPIRATORY_RATE": "breathing_samples",
} as const satisfies Partial<Record<Field, keyof RawRecharge>>;

/**
 * One of the courses, at the offset of the night of the same day. None without that night, since the offset is then not
 * known. Throws `UnreadableAnswer`.
 */
export function toCourse(value: unknown, field: keyof typeof courses, nights: readonly SleepRecord[]): Cell[] {
  const raw = members<RawRecharge>(value, "recharge");
  const night = nights.find(({ id }) => id === raw.date);
  const series = night ? course(raw[courses[field]], night.start, `recharge.${courses[field]}`) : null;
  return night && series ? [cell(field, night.id, [{ id: night.id, series }])] : [];
}
