import { number, optionalString } from "../../../http/json.js";
import type { Cell } from "../../../model/cells.js";
import type { LocalDate, OxygenRecord } from "../../../model/records.js";
import { withOffset } from "../../../model/time.js";
import { figure, vital } from "../../kit/figures.js";
import { requiredDate } from "../../kit/times.js";
import { measured, members } from "./wire.js";

/** https://www.polar.com/accesslink-api/#elixir-biosensing: a test that the person takes by hand. */
interface RawOxygenTest {
  /** Milliseconds by the text, seconds in the example. */
  readonly test_time: number;
  /** Minutes. */
  readonly time_zone_offset: number;
  readonly test_status: string;
  readonly blood_oxygen_percent: number;
}
/** Of one night. */
interface RawSkinTemperature {
  readonly sleep_date: LocalDate;
  readonly sleep_time_skin_temperature_celsius: number;
  readonly deviation_from_baseline_celsius: number;
}

/** A smaller number is in seconds: as milliseconds it would be before 1974. */
const LEAST_MILLISECONDS = 1e11;

/** Null for a test that did not succeed. */
export function toOxygen(value: unknown): OxygenRecord | null {
  const raw = members<RawOxygenTest>(value, "spo2");
  const time = timeOfTest(raw.test_time, raw.time_zone_offset);
  const percent = measured(raw.blood_oxygen_percent);
  if (raw.test_status !== "SPO2_TEST_PASSED" || percent === null) return null;
  return { id: `spo2 ${optionalString(raw.test_time) ?? number(raw.test_time, "spo2.test_time")}`, time, percent };
}

export function dayOfOxygen(value: unknown): LocalDate {
  const raw = members<RawOxygenTest>(value, "spo2");
  return timeOfTest(raw.test_time, raw.time_zone_offset).slice(0, 10);
}

function timeOfTest(time: unknown, offsetMinutes: unknown): string {
  const given = number(time, "spo2.test_time");
  const at = given < LEAST_MILLISECONDS ? given * 1000 : given;
  return withOffset(at, number(offsetMinutes, "spo2.time_zone_offset") * 60);
}

export function toSkinTemperature(value: unknown): Cell[] {
  const raw = members<RawSkinTemperature>(value, "skin temperature");
  const day = dayOfSkinTemperature(value);
  const [temperature, deviation] = [raw.sleep_time_skin_temperature_celsius, raw.deviation_from_baseline_celsius];
  return [
    ...vital("vitals.skinTemperature", day, figure(temperature), "MEASURED"),
    ...vital("vitals.skinTemperatureDeviation", day, figure(deviation), "MEASURED"),
  ];
}

export function dayOfSkinTemperature(value: unknown): LocalDate {
  return requiredDate(members<RawSkinTemperature>(value, "skin temperature").sleep_date, "sleep_date");
}
