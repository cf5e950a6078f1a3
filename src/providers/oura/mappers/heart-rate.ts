import { object, type Unchecked } from "../../../http/json.js";
import type {
  CourseRecord,
  LocalDate,
  OffsetDateTime,
  OffsetRecord,
  SampleSeries,
  WorkoutRecord,
} from "../../../model/records.js";
import { addDays, instantOf, localDateOf, offsetOf, withOffset } from "../../../model/time.js";
import { figure } from "../../kit/figures.js";
import { instant } from "../../kit/times.js";

/** https://cloud.ouraring.com/v2/docs#tag/Heart-Rate-Routes: in UTC, without the person's offset. */
interface RawHeartRate {
  readonly timestamp: OffsetDateTime;
  readonly bpm: number;
}

/** Epoch ms of a sample and its value. */
export type Sample = readonly [at: number, value: number];

export function toSample(value: unknown): readonly Sample[] {
  const raw: Unchecked<RawHeartRate> = object(value, "heartrate");
  const at = instantOf(instant(raw.timestamp, "heartrate.timestamp"));
  const rate = figure(raw.bpm);
  return rate === null ? [] : [[at, rate]];
}

/** What tells the person's offset from UTC around some days. */
export interface Offsets {
  readonly sleeps: readonly OffsetRecord[];
  /** By the day of the record, which begins at 04:00. */
  readonly activity: ReadonlyMap<LocalDate, OffsetRecord>;
}

/** The most by which clocks are changed. Who has another offset by more than that has travelled. */
const CLOCK_CHANGE_SECONDS = 3600;

/**
 * The first instant of a local day: by the offset of the sleep that holds the midnight, else by the daily records, which
 * begin at 04:00. Clocks change after midnight, so that the record of the day before still holds. After a journey it is
 * the day's own. Each day ends where the next one begins.
 */
export function midnightOf(day: LocalDate, { sleeps, activity }: Offsets): OffsetDateTime {
  for (const { start, end } of sleeps) {
    const midnight = midnightAt(day, offsetOf(start) ?? 0);
    const at = instantOf(midnight);
    if (instantOf(start) <= at && at <= instantOf(end)) return midnight;
  }
  const offsetIn = (record: OffsetRecord | undefined) => (record === undefined ? null : offsetOf(record.start));
  const [before, own] = [offsetIn(activity.get(addDays(day, -1))), offsetIn(activity.get(day))];
  const hasTravelled = before !== null && own !== null && Math.abs(own - before) > CLOCK_CHANGE_SECONDS;
  const known = hasTravelled ? own : (before ?? own);
  return midnightAt(day, known ?? offsetIn([...activity.values(), ...sleeps].at(-1)) ?? 0);
}

function midnightAt(day: LocalDate, offsetSeconds: number): OffsetDateTime {
  return withOffset(Date.parse(`${day}T00:00:00Z`) - offsetSeconds * 1000, offsetSeconds);
}

/** The samples from one instant up to another as a series. Null if there are none. Samples are in ascending order. */
export function toDay(samples: readonly Sample[], start: OffsetDateTime, end: number): SampleSeries | null {
  const own = samples.filter(([at]) => at >= instantOf(start) && at < end);
  return own.length === 0 ? null : toSeries(own, start);
}

/** The samples within one workout. */
export function toCourse(samples: readonly Sample[], { id, start, end }: WorkoutRecord): CourseRecord | null {
  const own = samples.filter(([at]) => at >= instantOf(start) && at <= instantOf(end));
  const first = own[0]?.[0];
  return first === undefined ? null : { id, series: toSeries(own, withOffset(first, offsetOf(start) ?? 0)) };
}

function toSeries(samples: readonly Sample[], start: OffsetDateTime): SampleSeries {
  return {
    start,
    localStart: start.slice(0, 19),
    stepSeconds: null,
    offsets: samples.map(([at]) => Math.floor((at - instantOf(start)) / 1000)),
    values: samples.map(([, value]) => value),
  };
}

/** In ascending order. Of two samples of one instant the later one in the list counts. */
export function inOrder(samples: readonly Sample[]): readonly Sample[] {
  return [...new Map(samples)].sort(([a], [b]) => a - b);
}

export function activityByDay(records: readonly OffsetRecord[]): ReadonlyMap<LocalDate, OffsetRecord> {
  return new Map(records.map((record) => [localDateOf(record.start), record] as const));
}
