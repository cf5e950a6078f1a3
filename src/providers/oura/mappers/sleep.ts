import { string, type Unchecked } from "../../../http/json.js";
import type {
  LocalDate,
  OffsetDateTime,
  SampleSeries,
  SleepRecord,
  SleepSegment,
  SleepStage,
  SleepStageTotal,
} from "../../../model/records.js";
import { instantOf, localDateOf, plusSeconds } from "../../../model/time.js";
import { figure, minutes } from "../../kit/figures.js";
import { isUnreadable } from "../../kit/members.js";
import { instant } from "../../kit/times.js";
import { type Loose, toSeries } from "./document.js";

/** https://cloud.ouraring.com/v2/docs#tag/Sleep-Routes: one document for each sleep period, naps included. */
interface RawSleep {
  readonly id: string;
  /** The day before or after, for naps: it says to which day's scores the sleep counts. Not read. */
  readonly day: LocalDate;
  readonly bedtime_start: OffsetDateTime;
  readonly bedtime_end: OffsetDateTime;
  /** long_sleep, sleep, late_nap, rest or deleted. */
  readonly type: string | null;
  // Durations in seconds. Latency is part of the time awake.
  readonly time_in_bed: number;
  readonly total_sleep_duration: number | null;
  readonly awake_time: number | null;
  readonly latency: number | null;
  readonly deep_sleep_duration: number | null;
  readonly light_sleep_duration: number | null;
  readonly rem_sleep_duration: number | null;
  /** Percent. */
  readonly efficiency: number | null;
  /** One digit for each 5 minutes, and for each 30 seconds: 1 deep, 2 light, 3 REM, 4 awake. */
  readonly sleep_phase_5_min: string | null;
  readonly sleep_phase_30_sec: string | null;
  readonly average_heart_rate: number | null;
  /** 255 means that there is none. */
  readonly lowest_heart_rate: number | null;
  /** RMSSD of the whole period, in ms. */
  readonly average_hrv: number | null;
  /** Breaths a minute. */
  readonly average_breath: number | null;
  readonly heart_rate: object | null;
  readonly hrv: object | null;
}

/** One sleep period with what it says of its day. */
export interface Night {
  readonly id: string;
  /** The local day of its end. */
  readonly date: LocalDate;
  readonly isLong: boolean;
  readonly record: SleepRecord;
  readonly hrvRmssd: number | null;
  readonly heartRates: SampleSeries | null | Unreadable;
  readonly variability: SampleSeries | null | Unreadable;
}

export const UNREADABLE = Symbol("unreadable");
type Unreadable = typeof UNREADABLE;

const NO_RATE = 255;
/** Oura found a sleep where the person says that there was none, or the person deleted it. */
const noSleep: ReadonlySet<unknown> = new Set(["rest", "deleted"]);
const naps: ReadonlySet<unknown> = new Set(["sleep", "late_nap"]);

export function toNight(raw: Loose): Night | null {
  const { type, lowest_heart_rate: lowest, ...of }: Unchecked<RawSleep> = raw;
  if (noSleep.has(type)) return null;
  const [start, end] = [instant(of.bedtime_start, "sleep.bedtime_start"), dayEnd(raw)];
  const id = string(of.id, "sleep.id");
  const isLong = type === "long_sleep";
  return {
    id,
    date: localDateOf(end),
    isLong,
    hrvRmssd: figure(of.average_hrv),
    heartRates: course(of.heart_rate, "sleep.heart_rate"),
    variability: course(of.hrv, "sleep.hrv"),
    record: {
      id,
      start,
      end,
      isMainSleep: isLong || (naps.has(type) ? false : null),
      minutesInBed: minutes(of.time_in_bed),
      minutesAsleep: minutes(of.total_sleep_duration),
      minutesAwake: minutes(of.awake_time),
      minutesToFallAsleep: minutes(of.latency),
      efficiency: figure(of.efficiency),
      stages: toStageTotals(raw),
      hypnogram: toHypnogram(raw, start, end),
      pending: false,
      averageHeartRate: figure(of.average_heart_rate),
      lowestHeartRate: lowest === NO_RATE ? null : figure(lowest),
      respiratoryRate: figure(of.average_breath),
      ...(isDigits(of.sleep_phase_30_sec) && isDigits(of.sleep_phase_5_min) ? {} : { refused: ["hypnogram"] }),
    },
  };
}

/** The day of a sleep that can't be read. */
export function dayOfNight(raw: Loose): LocalDate {
  return localDateOf(dayEnd(raw));
}

const dayEnd = (raw: Loose) => instant(raw["bedtime_end"], "sleep.bedtime_end");

/** A night is kept even if its samples can't be read. */
function course(value: unknown, path: string): SampleSeries | null | Unreadable {
  try {
    return toSeries(value, path);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return UNREADABLE;
  }
}

const durations = {
  AWAKE: "awake_time",
  LIGHT: "light_sleep_duration",
  DEEP: "deep_sleep_duration",
  REM: "rem_sleep_duration",
} as const satisfies Partial<Record<SleepStage, keyof RawSleep>>;

/** From the durations: the digits only approximate them. */
function toStageTotals(raw: Loose): readonly SleepStageTotal[] | null {
  const totals = Object.entries(durations).flatMap(([stage, member]): SleepStageTotal[] => {
    const found = minutes(raw[member]);
    return found === null ? [] : [{ stage: stage as SleepStage, minutes: found, count: null }];
  });
  // The time awake alone is no account of stages.
  return totals.some(({ stage }) => stage !== "AWAKE") ? totals : null;
}

const isDigits = (value: unknown) => value === undefined || value === null || typeof value === "string";

const stageOf: Readonly<Record<string, SleepStage>> = { 1: "DEEP", 2: "LIGHT", 3: "REM", 4: "AWAKE" };

/** Equal digits in a row are one segment. The last digit may reach beyond the end of the sleep, and is cut there. */
function toHypnogram(raw: Loose, start: OffsetDateTime, end: OffsetDateTime): readonly SleepSegment[] | null {
  const [fine, coarse] = [raw["sleep_phase_30_sec"], raw["sleep_phase_5_min"]];
  const [digits, step] = typeof fine === "string" && fine !== "" ? [fine, 30] : [coarse, 300];
  if (typeof digits !== "string") return null;
  const whole = (instantOf(end) - instantOf(start)) / 1000;
  const segments = [...digits.matchAll(/(.)\1*/g)].flatMap(({ 0: run, 1: digit, index }): SleepSegment[] => {
    const stage = stageOf[digit!];
    const from = index * step;
    const seconds = Math.min(from + run.length * step, whole) - from;
    return stage === undefined || seconds <= 0 ? [] : [{ stage, start: plusSeconds(start, from), seconds }];
  });
  return segments.length > 0 ? segments : null;
}
