import { number, object, optionalNumber, string, type Unchecked } from "../../../http/json.js";
import { cell, present } from "../../../model/cells.js";
import type { GoalRecord, LocalDate } from "../../../model/records.js";
import { envelope, requiredList } from "../../kit/envelope.js";
import { readMembers } from "../../kit/members.js";
import type { ReadPage } from "../../provider.js";

/** https://build.misfit.com/docs/cloudapi/api_references#goal (the portal is gone) */
interface RawGoal {
  /** The person's local day. Several goals may have one day. */
  readonly date: string;
  /** Points earned on that day. */
  readonly points: number;
  /** May be 0. */
  readonly targetPoints: number;
  /** Hours from UTC; half hours as decimals. Not documented, often missing. */
  readonly timeZoneOffset: number;
}

interface Goal {
  readonly date: LocalDate;
  readonly points: number | null;
  readonly target: number;
  readonly offsetHours: number | null;
}

/**
 * The goal of one day, and the person's offset from UTC. Some days lack the offset: the newest goal that has it counts.
 */
export function toGoals(answer: unknown, day: LocalDate): Pick<ReadPage, "cells" | "skipped"> {
  const { found, skipped } = readMembers(requiredList(envelope(answer, "goals"), "goals"), {
    fields: ["goals.daily"],
    read: toGoal,
  });
  const offset = toUtcOffsetSeconds(found);
  return {
    cells: [cell("goals.daily", null, toDailyGoals(found, day)), ...present("profile.utcOffsetSeconds", null, offset)],
    skipped,
  };
}

function toGoal(value: unknown): Goal {
  const raw: Unchecked<RawGoal> = object(value, "goals[]");
  return {
    date: string(raw.date, "goals[].date"),
    points: optionalNumber(raw.points),
    target: number(raw.targetPoints, "goals[].targetPoints"),
    offsetHours: optionalNumber(raw.timeZoneOffset),
  };
}

/** Of several goals of one day, the goal with the most points counts, then the last one in the list. */
function toDailyGoals(goals: readonly Goal[], day: LocalDate): GoalRecord[] {
  const points = (goal: Goal) => goal.points ?? Number.NEGATIVE_INFINITY;
  const chosen = goals
    .filter(({ date }) => date === day)
    .reduce<Goal | null>((best, goal) => (best && points(best) > points(goal) ? best : goal), null);
  if (!chosen) return [];
  return [{ metric: "POINTS", period: "DAILY", target: chosen.target, current: chosen.points, unit: "points" }];
}

function toUtcOffsetSeconds(goals: readonly Goal[]): number | null {
  const newest = goals
    .filter(({ offsetHours }) => offsetHours !== null)
    .reduce<Goal | null>((best, goal) => (best && best.date > goal.date ? best : goal), null);
  return newest === null ? null : Math.round(newest.offsetHours! * 3600);
}
