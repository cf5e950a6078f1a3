import { id, object, optionalObject, type Unchecked, UnreadableAnswer } from "../../../http/json.js";
import type {
  LocalDate,
  ScoreRecord,
  SleepRecord,
  SleepStageTotal,
  VitalRecord,
  WakingDay,
} from "../../../model/records.js";
import { instantOf, localDateOf } from "../../../model/time.js";
import { figure } from "../../kit/figures.js";
import { firstOfEach } from "../../kit/members.js";
import { moment, type Offset, type ScoreState, type Timestamp, toMinutes } from "./wire.js";

/** https://developer.whoop.com/api#tag/Sleep */
interface RawSleep {
  readonly id: string;
  /** The cycle that begins with this sleep. */
  readonly cycle_id: number;
  readonly start: Timestamp;
  readonly end: Timestamp;
  /** Of the end as of the start. */
  readonly timezone_offset: Offset;
  readonly nap: boolean;
  readonly score_state: ScoreState;
  readonly score: RawSleepScore;
}
interface RawSleepScore {
  /** The parts do not add up to the time in bed in WHOOP's own example: each is read as it stands. */
  readonly stage_summary: Readonly<Record<(typeof stageMembers)[number][0], number>> & {
    readonly total_in_bed_time_milli: number;
    readonly disturbance_count: number;
  };
  readonly sleep_needed: Readonly<Record<(typeof needMembers)[number], number>>;
  readonly respiratory_rate: number;
  readonly sleep_performance_percentage: number;
  readonly sleep_consistency_percentage: number;
  readonly sleep_efficiency_percentage: number;
}

const stageMembers = [
  ["total_awake_time_milli", "AWAKE"],
  ["total_light_sleep_time_milli", "LIGHT"],
  ["total_slow_wave_sleep_time_milli", "DEEP"],
  ["total_rem_sleep_time_milli", "REM"],
] as const;

const needMembers = [
  "baseline_milli",
  "need_from_sleep_debt_milli",
  "need_from_recent_strain_milli",
  // Zero or less.
  "need_from_recent_nap_milli",
] as const;

export function toSleep(value: unknown): SleepRecord {
  const raw: Unchecked<RawSleep> = object(value, "sleep");
  const { start, end } = spanOf(raw);
  const score = scoreOf(raw);
  const summary: Unchecked<RawSleepScore["stage_summary"]> = optionalObject(score.stage_summary) ?? {};
  const stages = stageMembers.flatMap(([member, stage]): SleepStageTotal[] => {
    const minutes = toMinutes(figure(summary[member]));
    return minutes === null ? [] : [{ stage, minutes, count: null }];
  });
  return {
    id: id(raw.id, "sleep.id"),
    start,
    end,
    isMainSleep: typeof raw.nap === "boolean" ? !raw.nap : null,
    minutesInBed: toMinutes(figure(summary.total_in_bed_time_milli)),
    minutesAsleep: asleep(stages),
    minutesAwake: toMinutes(figure(summary.total_awake_time_milli)),
    minutesToFallAsleep: null,
    efficiency: figure(score.sleep_efficiency_percentage),
    stages: stages.length > 0 ? stages : null,
    hypnogram: null,
    pending: raw.score_state === "PENDING_SCORE",
    respiratoryRate: figure(score.respiratory_rate),
    awakenings: figure(summary.disturbance_count),
    minutesNeeded: toMinutesNeeded(score.sleep_needed),
  };
}

/** The waking day: the local date of the end. */
export function dayOfSleep(value: unknown): LocalDate {
  return localDateOf(spanOf(object(value, "sleep")).end);
}

/** Null for a nap, which begins no cycle. */
export function toWakingDay(value: unknown): WakingDay | null {
  const raw: Unchecked<RawSleep> = object(value, "sleep");
  if (raw.nap === true) return null;
  const { start, end } = spanOf(raw);
  return {
    id: id(raw.id, "sleep.id"),
    cycleId: id(raw.cycle_id, "sleep.cycle_id"),
    day: localDateOf(end),
    seconds: (instantOf(end) - instantOf(start)) / 1000,
  };
}

/** WHOOP's sleep performance: the part of the needed sleep that was slept. None for a nap. */
export function toPerformance(value: unknown): ScoreRecord | null {
  const raw: Unchecked<RawSleep> = object(value, "sleep");
  const score = scoreOf(raw);
  const performance = figure(score.sleep_performance_percentage);
  const consistency = figure(score.sleep_consistency_percentage);
  const pending = raw.score_state === "PENDING_SCORE";
  if (raw.nap === true || (performance === null && !pending)) return null;
  const scale = { scaleMin: 0, scaleMax: 100 };
  const contributors = consistency === null ? [] : [{ name: "Sleep consistency", value: consistency, ...scale }];
  return {
    id: id(raw.id, "sleep.id"),
    name: "Sleep performance",
    value: performance,
    ...scale,
    level: null,
    contributors,
    ...(pending && { pending }),
  };
}

function spanOf(raw: Unchecked<RawSleep>) {
  const of = (instant: unknown) => moment(instant, raw.timezone_offset, "sleep");
  return { start: of(raw.start), end: of(raw.end) };
}

/** A score counts only if the record says that it has one. */
function scoreOf(raw: Unchecked<RawSleep>): Unchecked<RawSleepScore> {
  if (raw.score_state === "SCORED") return object(raw.score, "sleep.score");
  if (raw.score_state === "PENDING_SCORE" || raw.score_state === "UNSCORABLE") return {};
  throw new UnreadableAnswer("sleep.score_state is unknown");
}

function asleep(stages: readonly SleepStageTotal[]): number | null {
  const parts = firstOfEach(stages, ({ stage }) => stage).filter(({ stage }) => stage !== "AWAKE");
  return parts.length === 3 ? parts.reduce((sum, { minutes }) => sum + minutes, 0) : null;
}

function toMinutesNeeded(value: unknown): number | null {
  const raw: Unchecked<RawSleepScore["sleep_needed"]> = optionalObject(value) ?? {};
  const parts = needMembers.flatMap((member) => figure(raw[member]) ?? []);
  return parts.length === needMembers.length ? toMinutes(parts.reduce((sum, part) => sum + part, 0)) : null;
}

/** The breathing of a day: that of its longest main sleep. */
export function toRespiratoryRate(sleeps: readonly SleepRecord[]): VitalRecord | null {
  const lengthOf = ({ start, end }: SleepRecord) => instantOf(end) - instantOf(start);
  const [longest] = sleeps.filter(({ isMainSleep }) => isMainSleep).sort((a, b) => lengthOf(b) - lengthOf(a));
  const value = longest?.respiratoryRate ?? null;
  return value === null ? null : { value, method: "MEASURED" };
}
