import { id, object, type Unchecked, UnreadableAnswer } from "../../../http/json.js";
import { type Cell, cell } from "../../../model/cells.js";
import type { LocalDate, WakingDay } from "../../../model/records.js";
import { figure, figureCells, vital } from "../../kit/figures.js";
import { StillGoingOn } from "../../kit/members.js";
import type { ScoreState } from "./wire.js";

/** https://developer.whoop.com/api#tag/Recovery: without an id, a time or an offset of its own. */
interface RawRecovery {
  readonly cycle_id: number;
  readonly sleep_id: string;
  readonly score_state: ScoreState;
  readonly score: {
    /** True in a member's first days. */
    readonly user_calibrating: boolean;
    readonly recovery_score: number;
    readonly resting_heart_rate: number;
    /** In milliseconds already. */
    readonly hrv_rmssd_milli: number;
    /** Left out for straps before 4.0, as is the temperature. */
    readonly spo2_percentage: number;
    readonly skin_temp_celsius: number;
  };
}

/**
 * The cells of a recovery on the waking day of its sleep. None for a recovery of another day. Of two recoveries of one
 * day the one of the longer sleep counts.
 */
export function toRecovery(value: unknown, sleeps: readonly WakingDay[]): Cell[] {
  const raw: Unchecked<RawRecovery> = object(value, "recovery");
  const sleepId = id(raw.sleep_id, "recovery.sleep_id");
  const sleep = sleeps.find((each) => each.id === sleepId);
  if (!sleep) return [];
  const { day } = sleep;
  if (longestOf(sleeps.filter((each) => each.day === day)) !== sleep) return [];
  if (raw.score_state === "PENDING_SCORE") throw new StillGoingOn("recovery", day);
  if (raw.score_state === "UNSCORABLE") return [];
  if (raw.score_state !== "SCORED") throw new UnreadableAnswer("recovery.score_state is unknown");
  const score: Unchecked<RawRecovery["score"]> = object(raw.score, "recovery.score");
  return [
    ...figureCells("heart.restingRate", day, score.resting_heart_rate),
    ...figureCells("heart.hrvRmssd", day, score.hrv_rmssd_milli),
    ...vital("vitals.oxygenSaturation", day, figure(score.spo2_percentage), "MEASURED"),
    ...vital("vitals.skinTemperature", day, figure(score.skin_temp_celsius), "MEASURED"),
    cell("scores.READINESS", day, [
      {
        id: sleepId,
        name: "Recovery",
        value: figure(score.recovery_score),
        scaleMin: 0,
        scaleMax: 100,
        level: score.user_calibrating === true ? "calibrating" : null,
        contributors: [],
      },
    ]),
  ];
}

/** The waking day of a recovery that can't be read. Null if its sleep is not known. */
export function dayOfRecovery(value: unknown, sleeps: readonly WakingDay[]): LocalDate | null {
  const raw: Unchecked<RawRecovery> = object(value, "recovery");
  return sleeps.find((each) => each.id === raw.sleep_id)?.day ?? null;
}

export function longestOf(sleeps: readonly WakingDay[]): WakingDay | undefined {
  return sleeps.reduce<WakingDay | undefined>(
    (longest, each) => (longest && longest.seconds >= each.seconds ? longest : each),
    undefined,
  );
}
