import { type Unchecked, UnreadableAnswer } from "../../../http/json.js";
import { type Cell, cell } from "../../../model/cells.js";
import type {
  LocalDate,
  OffsetRecord,
  ScoreContributor,
  ScoreRecord,
  SleepRecord,
  SleepSegment,
  SleepStage,
  SleepStageTotal,
} from "../../../model/records.js";
import { epochDay, instantOf, normaliseInstant, offsetOf, withOffset } from "../../../model/time.js";
import { minutes } from "../../kit/figures.js";
import { isUnreadable } from "../../kit/members.js";
import { requiredDate } from "../../kit/times.js";
import { type Clocked, clocked, course, measured, members, moment } from "./wire.js";

/** https://www.polar.com/accesslink-api/#sleep: one record a day, from falling asleep to waking. */
interface RawSleep {
  /** The day of waking. */
  readonly date: LocalDate;
  /** With an offset. Without one it has been seen too. */
  readonly sleep_start_time: string;
  readonly sleep_end_time: string;
  // Seconds, between falling asleep and waking.
  readonly light_sleep: number;
  readonly deep_sleep: number;
  readonly rem_sleep: number;
  readonly unrecognized_sleep_stage: number;
  readonly total_interruption_duration: number;
  /** 1 to 100. */
  readonly sleep_score: number;
  /** 1 to 5; 0: not measured. */
  readonly continuity: number;
  /** 1 to 5; −1: none. */
  readonly sleep_charge: number;
  // 1 to 100.
  readonly group_duration_score: number;
  readonly group_solidity_score: number;
  readonly group_regeneration_score: number;
  /** A stage lasts until the next key. 0 awake, 1 REM, 2 and 3 light, 4 deep, all others unknown. */
  readonly hypnogram: Clocked<number>;
  /** Every five minutes. 0: no signal. */
  readonly heart_rate_samples: Clocked<number>;
}

export interface Night {
  /** The day of waking: Polar has one night for each. */
  readonly date: LocalDate;
  readonly record: SleepRecord;
  readonly score: ScoreRecord | null;
}

/** The offset that holds on a day, by the nights of an answer. */
export type OffsetOn = (day: LocalDate) => number | null;

/** By the night of that day, else by the nearest one that has an offset. */
export function offsetsOf(nights: readonly unknown[]): OffsetOn {
  const known = nights.flatMap((night): { day: LocalDate; seconds: number }[] => {
    try {
      const raw = members<RawSleep>(night, "sleep");
      const [end, start] = [normaliseInstant(raw.sleep_end_time), normaliseInstant(raw.sleep_start_time)];
      const found = end ?? start;
      return found === null ? [] : [{ day: requiredDate(raw.date, "sleep.date"), seconds: offsetOf(found)! }];
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return [];
    }
  });
  return (day) => nearestTo(day, known)?.seconds ?? null;
}

/** Of two that are equally near, the earlier one. */
export function nearestTo<T extends { readonly day: LocalDate }>(day: LocalDate, all: readonly T[]): T | undefined {
  const distance = (each: T) => Math.abs(epochDay(each.day) - epochDay(day));
  return [...all].sort((a, b) => distance(a) - distance(b) || (a.day < b.day ? -1 : 1))[0];
}

export function toNight(value: unknown, offsetOn: OffsetOn): Night {
  const raw = members<RawSleep>(value, "sleep");
  const day = requiredDate(raw.date, "sleep.date");
  const { start, end } = spanOf(raw, offsetOn(day));
  return {
    date: day,
    score: toScore(raw, day),
    record: {
      id: day,
      start,
      end,
      isMainSleep: true,
      minutesInBed: null,
      minutesAsleep: asleep(raw),
      minutesAwake: minutes(raw.total_interruption_duration),
      minutesToFallAsleep: null,
      efficiency: null,
      stages: toStageTotals(raw),
      ...hypnogramOf(raw, start, end),
      pending: false,
    },
  };
}

/**
 * The heart rates of a night, and the lowest of them as the resting rate of its day: Polar has none for a day. Throws
 * `UnreadableAnswer`.
 */
export function toHeartRates(value: unknown, offsetOn: OffsetOn): Cell[] {
  const raw = members<RawSleep>(value, "sleep");
  const day = requiredDate(raw.date, "sleep.date");
  const series = course(raw.heart_rate_samples, spanOf(raw, offsetOn(day)).start, "sleep.heart_rate_samples");
  if (series === null) return [];
  return [
    cell("sleep.course:HEART_RATE", day, [{ id: day, series }]),
    cell("heart.restingRate", day, Math.min(...series.values)),
  ];
}

function spanOf(raw: Unchecked<RawSleep>, offset: number | null): { readonly start: string; readonly end: string } {
  const start = moment(raw.sleep_start_time, offset, "sleep.sleep_start_time");
  const end = moment(raw.sleep_end_time, offset, "sleep.sleep_end_time");
  if (start === null || end === null) throw new UnreadableAnswer("no night tells an offset");
  return { start, end };
}

export function dayOfNight(value: unknown): LocalDate {
  return requiredDate(members<RawSleep>(value, "sleep").date, "sleep.date");
}

const totals = [
  ["AWAKE", "total_interruption_duration"],
  ["ASLEEP", "unrecognized_sleep_stage"],
  ["LIGHT", "light_sleep"],
  ["DEEP", "deep_sleep"],
  ["REM", "rem_sleep"],
] as const satisfies readonly (readonly [SleepStage, keyof RawSleep])[];

function toStageTotals(raw: Unchecked<RawSleep>): readonly SleepStageTotal[] | null {
  const stages = totals.flatMap(([stage, member]): SleepStageTotal[] => {
    const found = minutes(raw[member]);
    // A night whose stages are all recognised has none of the others.
    return found === null || (stage === "ASLEEP" && found === 0) ? [] : [{ stage, minutes: found, count: null }];
  });
  return stages.some(({ stage }) => stage !== "AWAKE") ? stages : null;
}

/** All that is neither awake nor an interruption. Null if one of the three stages is left out. */
function asleep(raw: Unchecked<RawSleep>): number | null {
  const parts = [raw.light_sleep, raw.deep_sleep, raw.rem_sleep].flatMap((part) => minutes(part) ?? []);
  if (parts.length < 3) return null;
  return parts.reduce((sum, part) => sum + part, minutes(raw.unrecognized_sleep_stage) ?? 0);
}

const stageOf: Readonly<Record<string, SleepStage>> = { 0: "AWAKE", 1: "REM", 2: "LIGHT", 3: "LIGHT", 4: "DEEP" };

/** A night is kept even if its stages can't be read. */
function hypnogramOf(raw: Unchecked<RawSleep>, start: string, end: string): Pick<SleepRecord, "hypnogram" | "refused"> {
  try {
    return { hypnogram: toHypnogram(raw, start, end) };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { hypnogram: null, refused: ["hypnogram"] };
  }
}

/** Keys have no seconds: the first stage begins with the sleep. */
function toHypnogram({ hypnogram }: Unchecked<RawSleep>, start: string, end: string): readonly SleepSegment[] | null {
  const [from, to] = [instantOf(start), instantOf(end)];
  const changes = clocked(hypnogram, start, "sleep.hypnogram");
  const at = (index: number) => (index === 0 ? from : Math.min(Math.max(changes[index]?.[0] ?? to, from), to));
  const segments = changes.flatMap(([, stage], index): SleepSegment[] => {
    const length = (at(index + 1) - at(index)) / 1000;
    if (length <= 0) return [];
    const begin = withOffset(at(index), offsetOf(start)!);
    return [{ stage: stageOf[String(stage)] ?? "ASLEEP", start: begin, seconds: length }];
  });
  return segments.length > 0 ? segments : null;
}

/** Null without a score of its own. */
function toScore(raw: Unchecked<RawSleep>, day: LocalDate): ScoreRecord | null {
  const value = measured(raw.sleep_score);
  if (value === null) return null;
  const part = (name: string, given: unknown, scaleMax: number): ScoreContributor[] => {
    const found = measured(given);
    return found === null ? [] : [{ name, value: found, scaleMin: 1, scaleMax }];
  };
  return {
    id: day,
    name: "Sleep score",
    value,
    scaleMin: 1,
    scaleMax: 100,
    level: null,
    contributors: [
      ...part("Sleep duration", raw.group_duration_score, 100),
      ...part("Sleep solidity", raw.group_solidity_score, 100),
      ...part("Sleep regeneration", raw.group_regeneration_score, 100),
      ...part("Continuity", raw.continuity, 5),
      ...part("Sleep charge", raw.sleep_charge, 5),
    ],
  };
}

export function toOffsetRecord({ date: id, record: { start, end } }: Night): OffsetRecord {
  return { id, start, end };
}
