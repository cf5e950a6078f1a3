import { id, object, optionalObject, type Unchecked } from "../../../http/json.js";
import { type Cell, cell } from "../../../model/cells.js";
import type { VitalField } from "../../../model/figures.js";
import type { LocalDate, ScoreRecord, SleepRecord, SleepStageTotal } from "../../../model/records.js";
import { instantOf, localDateOf, offsetOf } from "../../../model/time.js";
import { minutes } from "../../kit/figures.js";
import { StillGoingOn } from "../../kit/members.js";
import { optionalDate } from "../../kit/times.js";
import { epoch, figureOrNone, firstPossible, rate, requiredZone, timeIn } from "./wire.js";

/** https://developer.withings.com/api-reference/#operation/sleepv2-getsummary */
interface RawNight {
  readonly id: number;
  readonly timezone: string;
  /** Seconds since 1970. */
  readonly startdate: number;
  readonly enddate: number;
  /** The local date of the end. */
  readonly date: LocalDate;
  /** False while the night goes on. Left out in recordings. */
  readonly completed: boolean;
  readonly data: Partial<RawFigures>;
}
/** −1 means that there is none. Durations are in seconds. */
interface RawFigures {
  readonly total_timeinbed: number;
  readonly total_sleep_time: number;
  /** In place of the stages, for nights of another maker. */
  readonly asleepduration: number;
  readonly lightsleepduration: number | null;
  readonly deepsleepduration: number | null;
  readonly remsleepduration: number | null;
  readonly wakeupduration: number;
  readonly wakeupcount: number;
  readonly nb_rem_episodes: number;
  readonly sleep_latency: number;
  /** A share, from 0 to 1. */
  readonly sleep_efficiency: number;
  /** 0 to 100. */
  readonly sleep_score: number;
  readonly hr_average: number;
  readonly hr_min: number;
  readonly rr_average: number;
  readonly rr_min: number;
  readonly rr_max: number;
  readonly breathing_disturbances_intensity: number;
  readonly apnea_hypopnea_index: number;
  readonly snoring: number;
}

export const nightKeys = [
  ...["total_timeinbed", "total_sleep_time", "asleepduration", "lightsleepduration", "deepsleepduration"],
  ...["remsleepduration", "wakeupduration", "wakeupcount", "nb_rem_episodes", "sleep_latency", "sleep_efficiency"],
  ...["sleep_score", "hr_average", "hr_min", "rr_average", "rr_min", "rr_max", "breathing_disturbances_intensity"],
  ...["apnea_hypopnea_index", "snoring"],
] as const satisfies readonly (keyof RawFigures)[];

const vitalFields = [
  "vitals.respiratoryRate",
  "vitals.breathingDisturbanceIndex",
  "vitals.apneaHypopneaIndex",
] as const satisfies readonly VitalField[];
export const nightFields = ["sleep.sessions", "scores.SLEEP", "heart.restingRate", ...vitalFields] as const;

/** One night or nap as listed. */
export interface Night {
  readonly id: string;
  readonly record: SleepRecord;
  readonly figures: Unchecked<RawFigures>;
}

export function toNight(value: unknown): Night {
  const raw: Unchecked<RawNight> = object(value, "series[]");
  if (raw.completed === false) throw new StillGoingOn("a night", dayOfNight(value));
  const zone = requiredZone(raw.timezone, "series[].timezone");
  const start = timeIn(zone, epoch(raw.startdate, "series[].startdate"));
  const end = timeIn(zone, epoch(raw.enddate, "series[].enddate"));
  const figures: Night["figures"] = optionalObject(raw.data) ?? {};
  const share = figureOrNone(figures.sleep_efficiency);
  const record: SleepRecord = {
    id: id(raw.id, "series[].id"),
    start,
    end,
    isMainSleep: null,
    minutesInBed: minutes(figureOrNone(figures.total_timeinbed)),
    minutesAsleep: minutes(figureOrNone(figures.total_sleep_time) ?? figureOrNone(figures.asleepduration)),
    minutesAwake: minutes(figureOrNone(figures.wakeupduration)),
    minutesToFallAsleep: minutes(figureOrNone(figures.sleep_latency)),
    efficiency: share === null ? null : Number((share * 100).toFixed(6)),
    stages: toStageTotals(figures),
    hypnogram: null,
    pending: false,
    averageHeartRate: rate(figures.hr_average),
    lowestHeartRate: rate(figures.hr_min),
    respiratoryRate: rate(figures.rr_average),
    awakenings: figureOrNone(figures.wakeupcount),
    snoringMinutes: minutes(figureOrNone(figures.snoring)),
    ...(offsetOf(start) !== offsetOf(end) && { zone }),
  };
  return { id: record.id, record, figures };
}

/** The day of a night that can't be read. */
export function dayOfNight(value: unknown): LocalDate | null {
  return optionalDate(object(value, "series[]")["date"]);
}

/** Null for a night without stages, of which only the minutes asleep are known. */
function toStageTotals(figures: Night["figures"]): readonly SleepStageTotal[] | null {
  const asleep = [
    { stage: "LIGHT", seconds: figures.lightsleepduration, count: null },
    { stage: "DEEP", seconds: figures.deepsleepduration, count: null },
    { stage: "REM", seconds: figures.remsleepduration, count: figures.nb_rem_episodes },
  ] as const;
  if (asleep.every(({ seconds }) => figureOrNone(seconds) === null)) return null;
  const awake = { stage: "AWAKE", seconds: figures.wakeupduration, count: figures.wakeupcount } as const;
  return [...asleep, awake].flatMap(({ stage, seconds, count }): SleepStageTotal[] => {
    const spent = minutes(figureOrNone(seconds));
    return spent === null ? [] : [{ stage, minutes: spent, count: figureOrNone(count) }];
  });
}

/** The cells of one day: its nights and naps, and what the main one tells of the day. */
export function toNightCells(day: LocalDate, nights: readonly Night[]): Cell[] {
  const ranked = byWeight(nights.map(({ record }) => record));
  const sessions = nights
    .map(({ record }) => ({ ...record, isMainSleep: record.id === ranked[0]?.id }))
    .sort((a, b) => instantOf(a.start) - instantOf(b.start));
  const scores = nights.flatMap(toScore);
  const told = ranked.map(({ id }) => nights.find((night) => night.id === id)!.figures);
  const lowest = firstPossible(
    "heart.restingRate",
    told.map(({ hr_min }) => rate(hr_min)),
  );
  const breath = firstPossible(
    "vitals.respiratoryRate",
    told.map(({ rr_average }) => rate(rr_average)),
  );
  const breaths = told.find(({ rr_average }) => breath !== null && rate(rr_average) === breath);
  const indexes = indexKeys.map(([field, key]) => {
    const given = told.map((figures) => figureOrNone(figures[key]));
    return [field, firstPossible(field, given)] as const;
  });
  return [
    cell("sleep.sessions", day, sessions),
    ...(scores.length > 0 ? [cell("scores.SLEEP", day, scores)] : []),
    ...(lowest === null ? [] : [cell("heart.restingRate", day, lowest)]),
    ...(breaths ? [cell("vitals.respiratoryRate", day, toBreathing(breaths))] : []),
    ...indexes.flatMap(([field, value]) => (value === null ? [] : [cell(field, day, { value })])),
  ];
}

const indexKeys = [
  ["vitals.breathingDisturbanceIndex", "breathing_disturbances_intensity"],
  ["vitals.apneaHypopneaIndex", "apnea_hypopnea_index"],
] as const;

function toBreathing({ rr_average, rr_min, rr_max }: Night["figures"]) {
  return { value: rate(rr_average)!, low: rate(rr_min), high: rate(rr_max) };
}

/** Two days. A longer night is an error. */
const LONGEST_MS = 48 * 3_600_000;

/**
 * The sleeps of a day in the order in which they tell of it: the longest, then those that overlap it, which are the same
 * night as another device saw it, then naps. What the first lacks, the next may have.
 */
export function byWeight(sessions: readonly SleepRecord[]): readonly SleepRecord[] {
  const length = ({ start, end }: SleepRecord) => instantOf(end) - instantOf(start);
  const sorted = sessions
    .filter((each) => length(each) <= LONGEST_MS)
    .sort((a, b) => length(b) - length(a) || (a.id < b.id ? -1 : 1));
  const [main] = sorted;
  if (main === undefined) return [];
  const overlaps = ({ start, end }: SleepRecord) =>
    instantOf(start) < instantOf(main.end) && instantOf(end) > instantOf(main.start);
  return [...sorted.filter(overlaps), ...sorted.filter((each) => !overlaps(each))];
}

function toScore({ id, figures }: Night): ScoreRecord[] {
  const value = figureOrNone(figures.sleep_score);
  if (value === null) return [];
  return [{ id, name: "Sleep score", value, scaleMin: 0, scaleMax: 100, level: null, contributors: [] }];
}

export const dayOf = ({ record }: Night): LocalDate => localDateOf(record.end);
