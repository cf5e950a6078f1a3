import { list, object, optionalNumber, string, type Unchecked, UnreadableAnswer } from "../../../http/json.js";
import type {
  ElectrocardiogramRecord,
  LocalDate,
  OffsetDateTime,
  RhythmAlertRecord,
  TemperatureRecord,
} from "../../../model/records.js";
import { instantOf, localDateOf, localToOffset, normaliseInstant } from "../../../model/time.js";
import { figure } from "../../kit/figures.js";
import { requiredLocalDateTime } from "../wall-clock.js";

/** https://dev.fitbit.com/build/reference/web-api/temperature/get-temperature-core-summary-by-interval/ */
interface RawCoreTemperature {
  /** Local, without an offset. Several a day. */
  readonly dateTime: string;
  readonly value: number;
}
/** https://dev.fitbit.com/build/reference/web-api/electrocardiogram/get-ecg-log-list/ */
interface RawElectrocardiogram {
  readonly startTime: string;
  readonly averageHeartRate: number;
  readonly resultClassification: string;
  readonly numberOfWaveformSamples: number;
  /** A number, or a text that holds one. */
  readonly samplingFrequencyHz: number | string;
}
/** https://dev.fitbit.com/build/reference/web-api/irregular-rhythm-notifications/get-irn-alerts-list/ */
interface RawRhythmAlert {
  readonly detectedTime: string;
  readonly windows: readonly {
    readonly startTime: string;
    readonly bpmData: readonly { readonly dataTime: string }[];
  }[];
}

/** Times come with an offset, or as the wall clock showed them. */
function timeOf(value: unknown, zone: string | undefined, path: string): OffsetDateTime {
  const instant = normaliseInstant(value);
  if (instant !== null) return instant;
  if (zone === undefined) throw new UnreadableAnswer(`profile.timeZone is needed for ${path}`);
  return localToOffset(requiredLocalDateTime(value, path), zone);
}

export function toCoreTemperature(value: unknown, zone: string | undefined): TemperatureRecord | [] {
  const raw: Unchecked<RawCoreTemperature> = object(value, "tempCore[]");
  const time = timeOf(raw.dateTime, zone, "tempCore[].dateTime");
  const celsius = figure(raw.value);
  return celsius === null ? [] : { id: string(raw.dateTime, "dateTime"), time, value: celsius, site: "CORE" };
}

export const dayOfCoreTemperature = (value: unknown, zone: string | undefined): LocalDate =>
  localDateOf(timeOf(object(value, "tempCore[]")["dateTime"], zone, "tempCore[].dateTime"));

const findings: Readonly<Record<string, ElectrocardiogramRecord["finding"] | undefined>> = {
  "Normal Sinus Rhythm": "SINUS_RHYTHM",
  "Atrial Fibrillation": "ATRIAL_FIBRILLATION",
  Inconclusive: "INCONCLUSIVE",
  "Inconclusive: High heart rate": "INCONCLUSIVE",
  "Inconclusive: Low heart rate": "INCONCLUSIVE",
};

export function toElectrocardiogram(value: unknown, zone: string | undefined): ElectrocardiogramRecord {
  const raw: Unchecked<RawElectrocardiogram> = object(value, "ecgReadings[]");
  const time = timeOf(raw.startTime, zone, "ecgReadings[].startTime");
  const [samples, frequency] = [optionalNumber(raw.numberOfWaveformSamples), figure(raw.samplingFrequencyHz)];
  const given = raw.resultClassification;
  return {
    id: string(raw.startTime, "ecgReadings[].startTime"),
    time,
    averageHeartRate: figure(raw.averageHeartRate),
    finding: given === undefined || given === null || given === "" ? null : (findings[String(given)] ?? "OTHER"),
    durationSeconds: samples !== null && frequency !== null && frequency > 0 ? samples / frequency : null,
  };
}

export const dayOfElectrocardiogram = (value: unknown, zone: string | undefined): LocalDate =>
  localDateOf(timeOf(object(value, "ecgReadings[]")["startTime"], zone, "ecgReadings[].startTime"));

/** From the start of the first window to the last beat in any of them, or to the detection. */
export function toRhythmAlert(value: unknown, zone: string | undefined): RhythmAlertRecord {
  const raw: Unchecked<RawRhythmAlert> = object(value, "alerts[]");
  const windows = list(raw.windows, "alerts[].windows").map((each) => object(each, "alerts[].windows[]"));
  const detected = timeOf(raw.detectedTime, zone, "alerts[].detectedTime");
  const starts = windows.map(({ startTime }) => timeOf(startTime, zone, "alerts[].windows[].startTime"));
  const beats = windows.flatMap(({ bpmData }) =>
    Array.isArray(bpmData)
      ? bpmData.map((beat) => timeOf(object(beat, "bpmData[]")["dataTime"], zone, "dataTime"))
      : [],
  );
  const byTime = (times: readonly OffsetDateTime[]) => times.toSorted((a, b) => instantOf(a) - instantOf(b));
  const start = byTime([...starts, ...(starts.length === 0 ? [detected] : [])])[0]!;
  const end = byTime([...beats, start, ...(beats.length === 0 ? [detected] : [])]).at(-1)!;
  return { id: string(raw.detectedTime, "alerts[].detectedTime"), start, end };
}

export const dayOfRhythmAlert = (value: unknown, zone: string | undefined): LocalDate =>
  localDateOf(toRhythmAlert(value, zone).start);
