import {
  id,
  number,
  object,
  optionalNumber,
  optionalObject,
  optionalString,
  type Unchecked,
  UnreadableAnswer,
} from "../../../http/json.js";
import type { LocalDate, SleepRecord, SleepSegment, SleepStage, SleepStageTotal } from "../../../model/records.js";
import { overlaid, type Spell } from "../../../model/spells.js";
import { addDays } from "../../../model/time.js";
import { omittableList } from "../../kit/envelope.js";
import { figure as figureOf } from "../../kit/figures.js";
import { StillGoingOn } from "../../kit/members.js";
import {
  between,
  type Instants,
  localDateTime,
  requiredLocalDateTime,
  type SpanClock,
  spanClock,
} from "../wall-clock.js";
import { dayOfRow } from "./raw.js";

/** https://dev.fitbit.com/build/reference/web-api/sleep/get-sleep-log-by-date-range/ */
interface RawSleep {
  readonly logId: number | string;
  /** The local day on which the sleep ended. */
  readonly dateOfSleep: string;
  /** Local time without an offset, as are all times here. */
  readonly startTime: string;
  readonly endTime: string;
  /** ms, in whole minutes: the true end may be up to 30 s later. */
  readonly duration: number;
  readonly isMainSleep: boolean;
  /** Percent. For nights with stages the formula is not published, so it is never recomputed. */
  readonly efficiency: number;
  readonly timeInBed: number;
  readonly minutesAsleep: number;
  readonly minutesAwake: number;
  readonly minutesToFallAsleep: number;
  /** stages (deep, light, rem, wake) or classic (asleep, restless, awake). */
  readonly type: string;
  readonly levels: {
    /** Without gaps. In nights with stages, wakes of up to three minutes are not here but in `shortData`. */
    readonly data: readonly RawSleepSegment[];
    readonly shortData: readonly RawSleepSegment[];
    readonly summary: Readonly<Record<string, { readonly count: number; readonly minutes: number }>>;
  };
}
interface RawSleepSegment {
  readonly dateTime: string;
  readonly level: string;
  readonly seconds: number;
}

/** "unknown" and new values are no stage: they become a gap in the hypnogram. */
const stages: ReadonlyMap<unknown, SleepStage> = new Map([
  ["wake", "AWAKE"],
  ["light", "LIGHT"],
  ["deep", "DEEP"],
  ["rem", "REM"],
  ["awake", "AWAKE"],
  ["restless", "RESTLESS"],
  ["asleep", "ASLEEP"],
]);

export const dayOfSleep = dayOfRow("dateOfSleep");

/** What is needed to read a night, besides the night itself. */
export interface NightContext {
  readonly zone: string;
  /** Whether stages of new nights are still being computed. */
  readonly computing: boolean;
}

export function toSleep(value: unknown, { zone, computing }: NightContext): SleepRecord {
  const raw: Unchecked<RawSleep> = object(value, "sleep[]");
  const figure = (key: keyof RawSleep) => figureOf(raw[key]);
  const span = between(
    requiredLocalDateTime(raw.startTime, "sleep[].startTime"),
    requiredLocalDateTime(raw.endTime, "sleep[].endTime"),
    optionalNumber(raw.duration),
    zone,
  );
  const clock = spanClock(span.start, span.end, zone);
  const levels: Unchecked<RawSleep["levels"]> = given(raw.levels) ? object(raw.levels, "sleep[].levels") : {};
  const totals = toStageTotals(levels.summary);
  return {
    id: id(raw.logId, "sleep[].logId"),
    start: clock.write(span.start),
    end: clock.write(span.end),
    isMainSleep: typeof raw.isMainSleep === "boolean" ? raw.isMainSleep : null,
    minutesInBed: figure("timeInBed"),
    minutesAsleep: figure("minutesAsleep"),
    minutesAwake: figure("minutesAwake"),
    minutesToFallAsleep: figure("minutesToFallAsleep"),
    efficiency: figure("efficiency"),
    stages: totals,
    awakenings: totals?.find(({ stage }) => stage === "AWAKE")?.count ?? null,
    hypnogram: toHypnogram(levels, span.start, clock),
    // Only stages are still being computed. A night that has stages is complete.
    pending: computing && optionalString(raw.type) !== "stages",
  };
}

const given = (value: unknown) => value !== undefined && value !== null;

/** Refuses a night of today or yesterday that began and has no end yet. An older night without an end is faulty. */
export function refuseGoingOn(value: unknown, today: LocalDate): void {
  const raw: Unchecked<RawSleep> = object(value, "sleep[]");
  const start = localDateTime(raw.startTime);
  if (start === null || (given(raw.endTime) && raw.endTime !== "")) return;
  if (start < addDays(today, -1)) throw new UnreadableAnswer("sleep[].endTime is missing");
  const filed = optionalString(raw.dateOfSleep);
  throw new StillGoingOn("sleep[]", filed ?? today);
}

/** In the order of our own list, since the vendor's order changes from answer to answer. */
function toStageTotals(summary: unknown): SleepStageTotal[] | null {
  const levels = given(summary) ? object(summary, "sleep[].levels.summary") : {};
  const totals = [...stages].flatMap(([level, stage]): SleepStageTotal[] => {
    const total = optionalObject(levels[String(level)]);
    const minutes = figureOf(total?.["minutes"]);
    const count = figureOf(total?.["count"]);
    if (minutes === null) return [];
    // In classic logs the count of sleep is 0 even if there are minutes: then the count is unknown.
    return [{ stage, minutes, count: count === 0 && minutes > 0 ? null : count }];
  });
  return totals.length > 0 ? totals : null;
}

function toHypnogram(levels: Unchecked<RawSleep["levels"]>, start: number, clock: SpanClock): SleepSegment[] | null {
  const laid = overlaid(
    toSpells(omittableList(levels, "data"), start, clock, nearest),
    toSpells(omittableList(levels, "shortData"), start, clock, firstAfter),
  );
  if (laid.length === 0) return null;
  return laid.map(({ stage, from, to }) => ({ stage, start: clock.write(from), seconds: (to - from) / 1000 }));
}

/** In the repeated hour of autumn there are two possible instants: `choose` gets the end of the last spell. */
function toSpells(
  segments: readonly unknown[],
  start: number,
  clock: SpanClock,
  choose: (candidates: Instants, lastEnd: number) => number,
): Spell[] {
  let lastEnd = start;
  return segments.map((segment) => {
    const raw: Unchecked<RawSleepSegment> = object(segment, "sleep[].levels[]");
    const local = requiredLocalDateTime(raw.dateTime, "sleep[].levels[].dateTime");
    const from = choose(clock.read(local), lastEnd);
    lastEnd = from + number(raw.seconds, "sleep[].levels[].seconds") * 1000;
    return { from, to: lastEnd, stage: stages.get(raw.level) ?? null };
  });
}

/** Without gaps, a spell begins where the last one ended. */
const nearest = (candidates: Instants, lastEnd: number): number =>
  candidates.reduce((best, one) => (Math.abs(one - lastEnd) < Math.abs(best - lastEnd) ? one : best));

/** A short wake is at its first occurrence that is neither before the night nor before the last wake. */
const firstAfter = (candidates: Instants, lastEnd: number): number =>
  candidates.find((one) => one >= lastEnd) ?? candidates[0];
