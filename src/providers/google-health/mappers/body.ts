import { object, optionalObject } from "../../../http/json.js";
import type { LocalDate, WeighingRecord } from "../../../model/records.js";
import { figure } from "../../kit/figures.js";
import { type Int64, pointId, type RawSampleTime, toDate, toSampleMoment } from "./wire.js";

/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#Weight */
interface RawWeight {
  readonly sampleTime: RawSampleTime;
  readonly weightGrams: number;
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#BodyFat */
interface RawBodyFat {
  readonly sampleTime: RawSampleTime;
  readonly percentage: number;
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#Height */
interface RawHeight {
  readonly sampleTime: RawSampleTime;
  readonly heightMillimeters: Int64;
}

const nothing = { weight: null, bodyMassIndex: null, fatPercentage: null };

/** The weight of one weighing. None for a point without a figure. */
export function toWeight(point: unknown, zone: string | undefined): WeighingRecord[] {
  const kilograms = toKilograms(point);
  return kilograms === null ? [] : [{ ...weighing(point, "weight", zone), weight: kilograms }];
}

export function toBodyFat(point: unknown, zone: string | undefined): WeighingRecord[] {
  const raw: Partial<RawBodyFat> = object(object(point, "dataPoints[]")["bodyFat"], "bodyFat");
  const fatPercentage = figure(raw.percentage);
  return fatPercentage === null ? [] : [{ ...weighing(point, "bodyFat", zone), fatPercentage }];
}

export function toKilograms(point: unknown): number | null {
  const raw: Partial<RawWeight> = object(object(point, "dataPoints[]")["weight"], "weight");
  const grams = figure(raw.weightGrams);
  return grams === null ? null : grams / 1000;
}

export function toMetres(point: unknown): number | null {
  const raw: Partial<RawHeight> = object(object(point, "dataPoints[]")["height"], "height");
  const millimetres = figure(raw.heightMillimeters);
  return millimetres === null ? null : millimetres / 1000;
}

/** The day of a weighing that can't be read: the day of its civil time. */
export function dayOfWeighing(point: unknown, key: "weight" | "bodyFat"): LocalDate | null {
  const whole = object(point, "dataPoints[]");
  const time: Partial<RawSampleTime> = object(object(whole[key], key)["sampleTime"], `${key}.sampleTime`);
  return toDate(optionalObject(time.civilTime)?.["date"]);
}

function weighing(point: unknown, key: "weight" | "bodyFat", zone: string | undefined): WeighingRecord {
  const whole = object(point, "dataPoints[]");
  const time = toSampleMoment(object(whole[key], key)["sampleTime"], zone, `${key}.sampleTime`);
  return { ...nothing, id: pointId(whole, time), time };
}
