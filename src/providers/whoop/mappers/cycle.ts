import { id, object, type Unchecked, UnreadableAnswer } from "../../../http/json.js";
import type { CycleRecord, LocalDate, ScoreRecord, WakingDay } from "../../../model/records.js";
import { instantOf, localDateOf, plusSeconds } from "../../../model/time.js";
import { figure } from "../../kit/figures.js";
import { StillGoingOn } from "../../kit/members.js";
import { longestOf } from "./recovery.js";
import { moment, type Offset, type ScoreState, type Timestamp, toKilocalories } from "./wire.js";

/** https://developer.whoop.com/api#tag/Cycle: from the beginning of one sleep to that of the next. */
interface RawCycle {
  readonly id: number;
  readonly start: Timestamp;
  /** Left out while the cycle runs. */
  readonly end: Timestamp;
  readonly timezone_offset: Offset;
  readonly score_state: ScoreState;
  readonly score: {
    readonly strain: number;
    /** All energy of the cycle. */
    readonly kilojoule: number;
  };
}

const HALF_A_DAY_SECONDS = 43_200;

export type DatedCycle = CycleRecord & { readonly day: LocalDate };

/** None for a cycle that can't be scored. */
export function toCycle(value: unknown, sleeps: readonly WakingDay[]): DatedCycle | null {
  const raw: Unchecked<RawCycle> = object(value, "cycle");
  const day = dayOfCycle(value, sleeps);
  if (raw.score_state === "PENDING_SCORE") throw new StillGoingOn("cycle", day);
  if (raw.score_state === "UNSCORABLE") return null;
  if (raw.score_state !== "SCORED") throw new UnreadableAnswer("cycle.score_state is unknown");
  const score: Unchecked<RawCycle["score"]> = object(raw.score, "cycle.score");
  return {
    id: id(raw.id, "cycle.id"),
    day,
    start: moment(raw.start, raw.timezone_offset, "cycle"),
    end: isRunning(raw) ? null : moment(raw.end, raw.timezone_offset, "cycle"),
    energyBurned: toKilocalories(figure(score.kilojoule)),
    strain: figure(score.strain),
  };
}

/**
 * The waking day: that of the cycle's main sleep, else the local date twelve hours after the cycle began. Never the date
 * of its end: whoever goes to bed after midnight would have every cycle a day late.
 */
export function dayOfCycle(value: unknown, sleeps: readonly WakingDay[]): LocalDate {
  const raw: Unchecked<RawCycle> = object(value, "cycle");
  const cycleId = id(raw.id, "cycle.id");
  const main = longestOf(sleeps.filter((each) => each.cycleId === cycleId));
  if (main) return main.day;
  return localDateOf(plusSeconds(moment(raw.start, raw.timezone_offset, "cycle"), HALF_A_DAY_SECONDS));
}

function isRunning({ end }: Unchecked<RawCycle>): boolean {
  return end === undefined || end === null || end === "";
}

/** The energy of a day: the sum over its cycles, which are different hours. Null if none has a figure. */
export function toEnergy(cycles: readonly CycleRecord[]): number | null {
  const parts = cycles.flatMap(({ energyBurned }) => energyBurned ?? []);
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0);
}

/** The strain of the longest cycle of a day. One that still runs counts if it is alone. */
export function toStrain(cycles: readonly CycleRecord[]): readonly ScoreRecord[] {
  const secondsOf = ({ start, end }: CycleRecord) => (end === null ? 0 : instantOf(end) - instantOf(start));
  const [longest] = [...cycles].sort((a, b) => secondsOf(b) - secondsOf(a));
  if (!longest || longest.strain === null) return [];
  return [
    {
      id: longest.id,
      name: "Strain",
      value: longest.strain,
      scaleMin: 0,
      scaleMax: 21,
      level: null,
      contributors: [],
    },
  ];
}
