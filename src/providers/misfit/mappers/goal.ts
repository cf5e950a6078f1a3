import { list, object, optionalNumber, optionalString } from "../../../http/json.js";
import type { GoalRecord, LocalDate } from "../../../model/records.js";

/** https://build.misfit.com/docs/cloudapi/api_references#goal (the portal is gone) */
export interface RawGoal {
  /** The person's local day. Several goals may carry the same one. */
  readonly date: string;
  /** Progress made on that day. */
  readonly points: number;
  /** May be 0. */
  readonly targetPoints: number;
  /** Hours from UTC, half hours as decimals. Undocumented, often missing. */
  readonly timeZoneOffset: number;
}

function goalsOf(answer: unknown): Partial<RawGoal>[] {
  return list(object(answer, "goals")["goals"], "goals").map((goal) => object(goal, "goals[]"));
}

/** The goal of one day: of several the one with the most points, then the last listed. */
export function toDailyGoals(answer: unknown, day: LocalDate): GoalRecord[] {
  const chosen = goalsOf(answer)
    .filter((goal) => goal.date === day)
    .reduce<Partial<RawGoal> | null>((best, goal) => (best && pointsOf(best) > pointsOf(goal) ? best : goal), null);
  const target = optionalNumber(chosen?.targetPoints);
  if (!chosen || target === null) return [];
  return [{ metric: "POINTS", period: "DAILY", target, current: optionalNumber(chosen.points), unit: "points" }];
}

/** What the newest goal that says so has as the person's distance from UTC. */
export function toUtcOffsetSeconds(answer: unknown): number | null {
  const newest = goalsOf(answer)
    .filter((goal) => optionalNumber(goal.timeZoneOffset) !== null && optionalString(goal.date) !== null)
    .reduce<Partial<RawGoal> | null>((best, goal) => (best && best.date! > goal.date! ? best : goal), null);
  const hours = optionalNumber(newest?.timeZoneOffset);
  return hours === null ? null : Math.round(hours * 3600);
}

function pointsOf(goal: Partial<RawGoal>): number {
  return optionalNumber(goal.points) ?? Number.NEGATIVE_INFINITY;
}
