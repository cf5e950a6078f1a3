import { object } from "../../../http/json.js";
import type { Cell } from "../../../model/cells.js";
import { figure, vital } from "../../kit/figures.js";
import { dayOf } from "./daily-heart.js";
import type { RawDate } from "./wire.js";

/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#DailyOxygenSaturation */
interface RawDailyOxygenSaturation {
  readonly date: RawDate;
  /** Its bounds are a confidence interval, not the extremes of the night: they are not read. */
  readonly averagePercentage: number;
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#DailyRespiratoryRate */
interface RawDailyRespiratoryRate {
  readonly date: RawDate;
  readonly breathsPerMinute: number;
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#DailySleepTemperatureDerivations */
interface RawDailySleepTemperatureDerivations {
  readonly date: RawDate;
  readonly nightlyTemperatureCelsius: number;
  /** The median of 30 days. "NaN" in the first nights. */
  readonly baselineTemperatureCelsius: number | "NaN";
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#DailyVO2Max */
interface RawDailyVo2Max {
  readonly date: RawDate;
  readonly vo2Max: number;
  /** True if the value is no longer backed by a recent measurement. */
  readonly estimated: boolean;
}

export function toOxygenSaturation(value: unknown): Cell[] {
  const raw: Partial<RawDailyOxygenSaturation> = object(value, "dailyOxygenSaturation");
  return vital("vitals.oxygenSaturation", dayOf(raw), figure(raw.averagePercentage), "MEASURED");
}

export function toRespiratoryRate(value: unknown): Cell[] {
  const raw: Partial<RawDailyRespiratoryRate> = object(value, "dailyRespiratoryRate");
  return vital("vitals.respiratoryRate", dayOf(raw), figure(raw.breathsPerMinute), "MEASURED");
}

/** The temperature of the night, and its difference to the baseline where there is one. */
export function toSkinTemperatures(value: unknown): Cell[] {
  const raw: Partial<RawDailySleepTemperatureDerivations> = object(value, "dailySleepTemperatureDerivations");
  const [nightly, baseline] = [figure(raw.nightlyTemperatureCelsius), figure(raw.baselineTemperatureCelsius)];
  const deviation = nightly === null || baseline === null ? null : rounded(nightly - baseline);
  return [
    ...vital("vitals.skinTemperature", dayOf(raw), nightly, "MEASURED"),
    ...vital("vitals.skinTemperatureDeviation", dayOf(raw), deviation, "MEASURED"),
  ];
}

export function toVo2Max(value: unknown): Cell[] {
  const raw: Partial<RawDailyVo2Max> = object(value, "dailyVo2Max");
  return vital("vitals.vo2Max", dayOf(raw), figure(raw.vo2Max), raw.estimated === true ? "ESTIMATED" : null);
}

/** Removes the noise of binary fractions: both temperatures have few decimals. */
const rounded = (difference: number) => Number(difference.toFixed(6)) + 0;
