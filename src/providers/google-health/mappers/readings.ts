import { object, optionalObject, optionalString, type Unchecked } from "../../../http/json.js";
import type {
  ElectrocardiogramRecord,
  GlucoseRecord,
  LocalDate,
  NightBreathing,
  OffsetDateTime,
  OxygenRecord,
  RhythmAlertRecord,
  SampleSeries,
  SleepRecord,
  TemperatureRecord,
  VitalMethod,
  Vo2MaxTestRecord,
} from "../../../model/records.js";
import { instantOf, inZone, localDateOf, offsetOf } from "../../../model/time.js";
import { figure } from "../../kit/figures.js";
import type { Sample } from "./samples.js";
import {
  type Int64,
  pointId,
  type RawInterval,
  type RawSampleTime,
  toDate,
  toSampleMoment,
  toSpan,
  toStart,
} from "./wire.js";

/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#CoreBodyTemperature */
interface RawCoreBodyTemperature {
  readonly sampleTime: RawSampleTime;
  readonly temperatureCelsius: number;
  readonly measurementLocation: string;
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#OxygenSaturation */
interface RawOxygenSaturation {
  readonly sampleTime: RawSampleTime;
  readonly percentage: number;
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#BloodGlucose */
interface RawBloodGlucose {
  readonly sampleTime: RawSampleTime;
  readonly bloodGlucoseMilligramsPerDeciliter: number;
  readonly measurementTiming: string;
  readonly measurementSource: string;
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#VO2Max */
interface RawVo2Max {
  readonly sampleTime: RawSampleTime;
  readonly vo2Max: number;
  readonly measurementMethod: string;
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#RunVO2Max */
interface RawRunVo2Max {
  readonly sampleTime: RawSampleTime;
  readonly runVo2Max: number;
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#Electrocardiogram */
interface RawElectrocardiogram {
  /** Both ends are the time of the reading. */
  readonly interval: RawInterval;
  readonly beatsPerMinuteAvg: Int64;
  readonly resultClassification: string;
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#RespiratoryRateSleepSummary */
interface RawRespiratoryRateSleepSummary {
  readonly sampleTime: RawSampleTime;
  readonly fullSleepStats: { readonly breathsPerMinute: number };
}

/** The member of a point that has its time: samples only. */
type SampleKey = "coreBodyTemperature" | "oxygenSaturation" | "bloodGlucose" | "vo2Max" | "runVo2Max";

function sampleOf(value: unknown, key: SampleKey, zone: string | undefined) {
  const point = object(value, "dataPoints[]");
  const raw = object(point[key], key);
  const time = toSampleMoment(raw["sampleTime"], zone, `${key}.sampleTime`);
  return { raw, moment: { id: pointId(point, time), time } };
}

/** The day of a sample that can't be read: the day of its civil time. */
export const dayOfSample =
  (key: string) =>
  (point: unknown): LocalDate | null => {
    const time: Partial<RawSampleTime> = object(
      object(object(point, "dataPoints[]")[key], key)["sampleTime"],
      `${key}.sampleTime`,
    );
    return toDate(optionalObject(time.civilTime)?.["date"]);
  };

const skinSites: ReadonlySet<unknown> = new Set(["FINGER", "TOE", "WRIST"]);
const anySites: ReadonlySet<unknown> = new Set(["MEASUREMENT_LOCATION_UNSPECIFIED", "OTHER", "ARMPIT", "BODY"]);

export function toTemperature(point: unknown, zone: string | undefined): TemperatureRecord[] {
  const { raw, moment } = sampleOf(point, "coreBodyTemperature", zone);
  const { temperatureCelsius, measurementLocation: at }: Partial<RawCoreBodyTemperature> = raw;
  const value = figure(temperatureCelsius);
  const site = skinSites.has(at) ? "SKIN" : at === undefined || anySites.has(at) ? "BODY" : "CORE";
  return value === null ? [] : [{ ...moment, value, site }];
}

export function toOxygen(point: unknown, zone: string | undefined): OxygenRecord[] {
  const { raw, moment } = sampleOf(point, "oxygenSaturation", zone);
  const percent = figure((raw as Partial<RawOxygenSaturation>).percentage);
  return percent === null ? [] : [{ ...moment, percent }];
}

/** mg/dL of one mmol/L: a tenth of the molar mass of glucose. */
const MILLIGRAMS_PER_MILLIMOLE = 18.0156;
const relations = { FASTING: "FASTING", BEFORE_MEAL: "BEFORE_MEAL", AFTER_MEAL: "AFTER_MEAL" } as const;
const unnamedTimings: ReadonlySet<unknown> = new Set([undefined, null, "", "MEASUREMENT_TIMING_UNSPECIFIED"]);

/** One point: a reading that a person took, or a sample of a sensor. */
export function toGlucose(point: unknown, zone: string | undefined): { reading: GlucoseRecord; isSensor: boolean }[] {
  const { raw, moment } = sampleOf(point, "bloodGlucose", zone);
  const { bloodGlucoseMilligramsPerDeciliter, measurementTiming, measurementSource }: Partial<RawBloodGlucose> = raw;
  const milligrams = figure(bloodGlucoseMilligramsPerDeciliter);
  if (milligrams === null) return [];
  const mealRelation = unnamedTimings.has(measurementTiming)
    ? null
    : (relations[measurementTiming as keyof typeof relations] ?? "OTHER");
  const value = Number((milligrams / MILLIGRAMS_PER_MILLIMOLE).toFixed(6));
  const isSensor = measurementSource === "CONTINUOUS_GLUCOSE_MONITORING";
  return [{ reading: { ...moment, value, mealRelation }, isSensor }];
}

const vo2MaxMethods: Readonly<Record<string, VitalMethod | undefined>> = {
  FITBIT_RUN: "EXERCISE_TEST",
  COOPER_TEST: "EXERCISE_TEST",
  METABOLIC_CART: "EXERCISE_TEST",
  MULTISTAGE_FITNESS_TEST: "EXERCISE_TEST",
  ROCKPORT_FITNESS_TEST: "EXERCISE_TEST",
  MAX_EXERCISE: "EXERCISE_TEST",
  PREDICTION_SUB_MAX_EXERCISE: "EXERCISE_TEST",
  GOOGLE_DEMOGRAPHIC: "ESTIMATED",
  HEART_RATE_RATIO: "ESTIMATED",
  PREDICTION_NON_EXERCISE: "ESTIMATED",
};

export function toVo2MaxTest(point: unknown, zone: string | undefined): Vo2MaxTestRecord[] {
  const { raw, moment } = sampleOf(point, "vo2Max", zone);
  const { vo2Max, measurementMethod }: Partial<RawVo2Max> = raw;
  const value = figure(vo2Max);
  return value === null ? [] : [{ ...moment, value, method: vo2MaxMethods[String(measurementMethod)] ?? null }];
}

export function toRunVo2Max(point: unknown, zone: string | undefined): Vo2MaxTestRecord[] {
  const { raw, moment } = sampleOf(point, "runVo2Max", zone);
  const value = figure((raw as Partial<RawRunVo2Max>).runVo2Max);
  return value === null ? [] : [{ ...moment, value, method: "EXERCISE_TEST" }];
}

const findings: Readonly<Record<string, ElectrocardiogramRecord["finding"] | undefined>> = {
  NORMAL_SINUS_RHYTHM: "SINUS_RHYTHM",
  ATRIAL_FIBRILLATION: "ATRIAL_FIBRILLATION",
  INCONCLUSIVE: "INCONCLUSIVE",
  INCONCLUSIVE_HIGH_HEART_RATE: "INCONCLUSIVE",
  INCONCLUSIVE_LOW_HEART_RATE: "INCONCLUSIVE",
  UNREADABLE: "INCONCLUSIVE",
  NOT_ANALYZED: null,
  RESULT_CLASSIFICATION_UNSPECIFIED: null,
};

/** Without the waveform, which is not asked for, its length is not known. */
export function toElectrocardiogram(value: unknown, zone: string | undefined): ElectrocardiogramRecord {
  const point = object(value, "dataPoints[]");
  const raw: Unchecked<RawElectrocardiogram> = object(point["electrocardiogram"], "electrocardiogram");
  const time = timeOfElectrocardiogram(value, zone);
  const given = optionalString(raw.resultClassification);
  const finding = given === null ? null : findings[given];
  return {
    id: pointId(point, time),
    time,
    averageHeartRate: figure(raw.beatsPerMinuteAvg),
    finding: finding === undefined ? "OTHER" : finding,
    durationSeconds: null,
  };
}

/** Old readings lack their offset, or have 0 in its place: then the zone's counts. */
function timeOfElectrocardiogram(value: unknown, zone: string | undefined): OffsetDateTime {
  const raw = object(object(value, "dataPoints[]")["electrocardiogram"], "electrocardiogram");
  const time = toStart(raw["interval"], zone, "electrocardiogram.interval");
  return zone !== undefined && offsetOf(time) === 0 ? inZone(instantOf(time), zone) : time;
}

export function dayOfElectrocardiogram(value: unknown, zone: string | undefined): LocalDate {
  return localDateOf(timeOfElectrocardiogram(value, zone));
}

export function toRhythmAlert(value: unknown, zone: string | undefined): RhythmAlertRecord {
  const point = object(value, "dataPoints[]");
  const raw = object(point["irregularRhythmNotification"], "irregularRhythmNotification");
  const { start, end } = toSpan(raw["interval"], zone, "irregularRhythmNotification.interval");
  return { id: pointId(point, start), start, end };
}

export function dayOfRhythmAlert(value: unknown, zone: string | undefined): LocalDate {
  const raw = object(object(value, "dataPoints[]")["irregularRhythmNotification"], "irregularRhythmNotification");
  return localDateOf(toStart(raw["interval"], zone, "irregularRhythmNotification.interval"));
}

/** A summary is stamped with the end of its night, which is found by it: half an hour beside it is the same night. */
const BESIDE_MS = 30 * 60_000;

export function toNightBreathing(
  value: unknown,
  zone: string | undefined,
  nights: readonly SleepRecord[],
): (NightBreathing & { readonly date: LocalDate })[] {
  const raw = object(object(value, "dataPoints[]")["respiratoryRateSleepSummary"], "respiratoryRateSleepSummary");
  const { sampleTime, fullSleepStats }: Partial<RawRespiratoryRateSleepSummary> = raw;
  const at = instantOf(toSampleMoment(sampleTime, zone, "respiratoryRateSleepSummary.sampleTime"));
  const stats: { readonly breathsPerMinute?: unknown } = optionalObject(fullSleepStats) ?? {};
  const respiratoryRate = figure(stats.breathsPerMinute);
  const night = nights.find(({ start, end }) => instantOf(start) < at && at <= instantOf(end) + BESIDE_MS);
  return night && respiratoryRate !== null ? [{ id: night.id, respiratoryRate, date: localDateOf(night.end) }] : [];
}

/** One five-minute figure of a night. */
export function toHrvSample(point: unknown): readonly Sample[] {
  const raw = object(object(point, "dataPoints[]")["heartRateVariability"], "heartRateVariability");
  const at = instantOf(toSampleMoment(raw["sampleTime"], undefined, "heartRateVariability.sampleTime"));
  const value = figure(raw["rootMeanSquareOfSuccessiveDifferencesMilliseconds"]);
  return value === null ? [] : [[at, value]];
}

/** The readings of one day as a course from the first of them. */
export function toOxygenCourse(readings: readonly OxygenRecord[] | undefined): SampleSeries | null {
  const sorted = [...(readings ?? [])].sort((a, b) => instantOf(a.time) - instantOf(b.time));
  const start = sorted[0]?.time;
  if (start === undefined) return null;
  return {
    start,
    localStart: start.slice(0, 19),
    stepSeconds: null,
    offsets: sorted.map(({ time }) => Math.round((instantOf(time) - instantOf(start)) / 1000)),
    values: sorted.map(({ percent }) => percent),
  };
}
