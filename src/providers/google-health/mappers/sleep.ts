import { object, optionalList, optionalNumber, optionalObject, optionalString } from "../../../http/json.js";
import {
  type SleepRecord,
  type SleepSegment,
  type SleepStage,
  type SleepStageTotal,
  sleepStages,
} from "../../../model/records.js";
import { overlaid, type Spell } from "../../../model/spells.js";
import { instantOf, offsetOf, withOffset } from "../../../model/time.js";
import { type Int64, pointId, type RawInterval, toSpan } from "./wire.js";

/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#Sleep */
export interface RawSleep {
  readonly interval: RawInterval;
  /** Without gaps or overlaps. STAGES nights: AWAKE, LIGHT, DEEP, REM. CLASSIC ones: AWAKE, RESTLESS, ASLEEP. */
  readonly stages: readonly RawSleepStage[];
  /** Wakes too short for a stage of their own: they lie over the stages. */
  readonly shortAwakenings: readonly RawSleepStage[];
  readonly metadata: {
    /** One a day. Left out when false. */
    readonly mainSleep: boolean;
    /** False while stages are still computed. */
    readonly processed: boolean;
    readonly stagesStatus: string;
  };
  readonly summary: {
    /** Time in bed. */
    readonly minutesInSleepPeriod: Int64;
    readonly minutesAsleep: Int64;
    readonly minutesAwake: Int64;
    readonly minutesToFallAsleep: Int64;
    readonly stagesSummary: readonly { readonly type: string; readonly minutes: Int64; readonly count: Int64 }[];
  };
}
export interface RawSleepStage extends Pick<RawInterval, "startTime" | "startUtcOffset" | "endTime" | "endUtcOffset"> {
  readonly type: string;
}

const stageOf = (type: unknown): SleepStage | null => sleepStages.find((stage) => stage === type) ?? null;

export function toSleep(value: unknown, zone: string | undefined): SleepRecord {
  const point = object(value, "dataPoints[]");
  const raw: Partial<Record<keyof RawSleep, unknown>> = object(point["sleep"], "sleep");
  const { start, end } = toSpan(raw.interval, zone, "sleep.interval");
  const summary = optionalObject(raw.summary) ?? {};
  const minutesInBed = optionalNumber(summary["minutesInSleepPeriod"]);
  const minutesAsleep = optionalNumber(summary["minutesAsleep"]);
  const metadata: Partial<RawSleep["metadata"]> | null = optionalObject(raw.metadata);
  const hypnogram = toHypnogram(raw, zone);
  return {
    id: pointId(point, start),
    start,
    end,
    isMainSleep: metadata ? metadata.mainSleep === true : null,
    minutesInBed,
    minutesAsleep,
    minutesAwake: optionalNumber(summary["minutesAwake"]),
    minutesToFallAsleep: optionalNumber(summary["minutesToFallAsleep"]),
    // Not told: what share of the time in bed was sleep, as Google's own guide reckons it.
    efficiency: minutesInBed && minutesAsleep !== null ? (minutesAsleep / minutesInBed) * 100 : null,
    stages: toStageTotals(summary["stagesSummary"]),
    hypnogram,
    pending: isPending(metadata, hypnogram !== null),
  };
}

/**
 * A false may be left out, so a missing `processed` alone proves nothing: only where neither stages nor a verdict on them
 * came is it taken for one.
 */
function isPending(metadata: Partial<RawSleep["metadata"]> | null, hasStages: boolean): boolean {
  if (!metadata || metadata.processed === true) return false;
  return metadata.processed === false || (!hasStages && optionalString(metadata.stagesStatus) === null);
}

function toStageTotals(value: unknown): SleepStageTotal[] | null {
  const totals = optionalList(value).flatMap((entry): SleepStageTotal[] => {
    const raw: Partial<RawSleep["summary"]["stagesSummary"][number]> = object(entry, "stagesSummary[]");
    const stage = stageOf(raw.type);
    const minutes = optionalNumber(raw.minutes);
    return stage === null || minutes === null ? [] : [{ stage, minutes, count: optionalNumber(raw.count) }];
  });
  return totals.length > 0 ? totals : null;
}

function toHypnogram(raw: Partial<Record<keyof RawSleep, unknown>>, zone: string | undefined): SleepSegment[] | null {
  // The offset in force from an instant on: a piece cut out of a stage has none of its own.
  const offsets = new Map<number, number>();
  const spells = (stages: unknown): Spell[] =>
    optionalList(stages).map((entry) => {
      const stage: Partial<RawSleepStage> = object(entry, "sleep.stages[]");
      const { start, end } = toSpan(stage, zone, "sleep.stages[]");
      const [from, to] = [instantOf(start), instantOf(end)];
      offsets.set(from, offsetOf(start) ?? 0);
      offsets.set(to, offsetOf(end) ?? 0);
      return { from, to, stage: stageOf(stage.type) };
    });
  const laid = overlaid(spells(raw.stages), spells(raw.shortAwakenings));
  if (laid.length === 0) return null;
  const changes = [...offsets].sort(([a], [b]) => a - b);
  const offsetAt = (at: number) => (changes.findLast(([since]) => since <= at) ?? changes[0]!)[1];
  return laid.map(({ stage, from, to }) => ({
    stage,
    start: withOffset(from, offsetAt(from)),
    seconds: Math.round((to - from) / 1000),
  }));
}
