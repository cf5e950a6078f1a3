import { object, optionalObject, optionalString, type Unchecked } from "../../../http/json.js";
import {
  type LocalDate,
  type SleepRecord,
  type SleepSegment,
  type SleepStage,
  type SleepStageTotal,
  sleepStages,
} from "../../../model/records.js";
import { overlaid, type Spell } from "../../../model/spells.js";
import { addDays, instantOf, localDateOf, offsetOf, withOffset } from "../../../model/time.js";
import { omittableList } from "../../kit/envelope.js";
import { figure } from "../../kit/figures.js";
import { firstOfEach, isUnreadable, StillGoingOn } from "../../kit/members.js";
import { hasNoEnd, type Int64, pointId, type RawInterval, toEnd, toSpan, toStart } from "./wire.js";

/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#Sleep */
interface RawSleep {
  readonly interval: RawInterval;
  /** Without gaps or overlaps. STAGES nights: AWAKE, LIGHT, DEEP, REM. CLASSIC nights: AWAKE, RESTLESS, ASLEEP. */
  readonly stages: readonly RawSleepStage[];
  /** Wakes too short for a stage of their own. They overlap the stages, and have the type of the stage below. */
  readonly shortAwakenings: readonly RawSleepStage[];
  readonly metadata: {
    /** True for one night a day. Left out if false. */
    readonly mainSleep: boolean;
    /** On short records seen together with `mainSleep`. A nap is never main sleep. */
    readonly nap: boolean;
    /** False while stages are being computed. */
    readonly processed: boolean;
    readonly stagesStatus: string;
  };
  readonly summary: {
    /** Time in bed. */
    readonly minutesInSleepPeriod: Int64;
    readonly minutesAsleep: Int64;
    readonly minutesAwake: Int64;
    /** 0 on every captured night: 0 counts as "not measured", unless `minutesAfterWakeUp` is above 0. */
    readonly minutesToFallAsleep: Int64;
    readonly minutesAfterWakeUp: Int64;
    /** Captured with every type twice where sources are merged. */
    readonly stagesSummary: readonly { readonly type: string; readonly minutes: Int64; readonly count: Int64 }[];
  };
}
interface RawSleepStage extends Pick<RawInterval, "startTime" | "startUtcOffset" | "endTime" | "endUtcOffset"> {
  readonly type: string;
}

const stageOf = (type: unknown): SleepStage | null => sleepStages.find((stage) => stage === type) ?? null;

export function toSleep(value: unknown, zone: string | undefined, today: LocalDate): SleepRecord {
  const point = object(value, "dataPoints[]");
  const raw: Unchecked<RawSleep> = object(point["sleep"], "sleep");
  if (hasNoEnd(raw.interval)) throw new StillGoingOn("sleep", dayOfOpenNight(raw.interval, zone, today));
  const { start, end } = toSpan(raw.interval, zone, "sleep.interval");
  const summary = optionalObject(raw.summary) ?? {};
  const minutesInBed = figure(summary["minutesInSleepPeriod"]);
  const minutesAsleep = figure(summary["minutesAsleep"]);
  const metadata: Partial<RawSleep["metadata"]> | null = optionalObject(raw.metadata);
  const parts = partsOf(() => toHypnogram(raw, zone));
  const totals = partsOf(() => toStageTotals(summary));
  const refused = [...(totals === UNREADABLE ? ["stages"] : []), ...(parts === UNREADABLE ? ["hypnogram"] : [])];
  const hypnogram = parts === UNREADABLE ? null : parts;
  return {
    id: pointId(point, start),
    start,
    end,
    isMainSleep: metadata ? metadata.mainSleep === true && metadata.nap !== true : null,
    minutesInBed,
    minutesAsleep,
    minutesAwake: figure(summary["minutesAwake"]),
    minutesToFallAsleep: toMinutesToFallAsleep(summary),
    // Google does not give it. By Google's own guide it is the part of the time in bed that was sleep.
    efficiency: minutesInBed && minutesAsleep !== null ? (minutesAsleep / minutesInBed) * 100 : null,
    stages: totals === UNREADABLE ? null : totals,
    hypnogram,
    pending: isPending(metadata, hypnogram !== null),
    awakenings: totals === UNREADABLE ? null : (totals?.find(({ stage }) => stage === "AWAKE")?.count ?? null),
    ...(refused.length > 0 && { refused }),
  };
}

const UNREADABLE = Symbol("unreadable");

/** A night is kept even if its stages can't be read. */
function partsOf<T>(read: () => T): T | typeof UNREADABLE {
  try {
    return read();
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return UNREADABLE;
  }
}

/** The day of a night that can't be read: the day of its end. */
export function dayOfSleep(value: unknown, zone: string | undefined): LocalDate {
  return localDateOf(toEnd(object(object(value, "dataPoints[]")["sleep"], "sleep")["interval"], zone, "sleep"));
}

/** A night that began today or yesterday ends today at the earliest. An older one without an end is faulty. */
function dayOfOpenNight(interval: unknown, zone: string | undefined, today: LocalDate): LocalDate {
  const began = localDateOf(toStart(interval, zone, "sleep.interval"));
  return began >= addDays(today, -1) ? today : began;
}

function toMinutesToFallAsleep(summary: Readonly<Record<string, unknown>>): number | null {
  const minutes = figure(summary["minutesToFallAsleep"]);
  return minutes === 0 && !figure(summary["minutesAfterWakeUp"]) ? null : minutes;
}

/**
 * A false may be left out, so a missing `processed` alone proves nothing. It counts as false only if there are neither
 * stages nor a status of the stages.
 */
function isPending(metadata: Partial<RawSleep["metadata"]> | null, hasStages: boolean): boolean {
  if (!metadata || metadata.processed === true) return false;
  return metadata.processed === false || (!hasStages && optionalString(metadata.stagesStatus) === null);
}

/** One entry for each type: repeated entries are not added up. */
function toStageTotals(summary: Readonly<Record<string, unknown>>): readonly SleepStageTotal[] | null {
  const totals = omittableList(summary, "stagesSummary").flatMap((entry): SleepStageTotal[] => {
    const raw: Partial<RawSleep["summary"]["stagesSummary"][number]> = object(entry, "stagesSummary[]");
    const stage = stageOf(raw.type);
    const minutes = figure(raw.minutes);
    return stage === null || minutes === null ? [] : [{ stage, minutes, count: figure(raw.count) }];
  });
  return totals.length > 0 ? firstOfEach(totals, ({ stage }) => stage) : null;
}

function toHypnogram(raw: Unchecked<RawSleep>, zone: string | undefined): SleepSegment[] | null {
  // The offset that is valid from an instant on: a part of a stage has no offset of its own.
  const offsets = new Map<number, number>();
  const spells = (key: "stages" | "shortAwakenings", toStage: (type: unknown) => SleepStage | null): Spell[] =>
    omittableList(raw, key).map((entry) => {
      const stage: Partial<RawSleepStage> = object(entry, "sleep.stages[]");
      const { start, end } = toSpan(stage, zone, "sleep.stages[]");
      const [from, to] = [instantOf(start), instantOf(end)];
      offsets.set(from, offsetOf(start)!);
      offsets.set(to, offsetOf(end)!);
      return { from, to, stage: toStage(stage.type) };
    });
  // An entry in the list of short wakes is a wake, whatever its type.
  const laid = overlaid(
    spells("stages", stageOf),
    spells("shortAwakenings", () => "AWAKE"),
  );
  if (laid.length === 0) return null;
  const changes = [...offsets].sort(([a], [b]) => a - b);
  const offsetAt = (at: number) => changes.findLast(([since]) => since <= at)![1];
  return laid.map(({ stage, from, to }) => ({
    stage,
    start: withOffset(from, offsetAt(from)),
    seconds: Math.round((to - from) / 1000),
  }));
}
