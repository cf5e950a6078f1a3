import { object, optionalObject, UnreadableAnswer } from "../../../http/json.js";
import type { GoalMetric, GoalPeriod, GoalRecord } from "../../../model/records.js";
import { kmToMetres, numberIfGiven, type Unchecked } from "./raw.js";

/** https://dev.fitbit.com/build/reference/web-api/activity/get-activity-goals/ — every key may be missing. */
export interface RawActivityGoals {
  readonly steps: number;
  /** km */
  readonly distance: number;
  readonly floors: number;
  /** kcal */
  readonly caloriesOut: number;
  readonly activeMinutes: number;
  readonly activeZoneMinutes: number;
}

export function toActivityGoals(answer: unknown, period: GoalPeriod): GoalRecord[] {
  const raw: Unchecked<RawActivityGoals> = object(object(answer, "goals answer")["goals"], "goals");
  const goals = (metric: GoalMetric, value: unknown, unit: string, convert = (given: number) => given) =>
    goal(metric, period, numberIfGiven(value, `goals.${metric}`), unit, convert);
  return [
    ...goals("STEPS", raw.steps, "count"),
    ...goals("DISTANCE", raw.distance, "m", kmToMetres),
    ...goals("FLOORS", raw.floors, "count"),
    ...goals("ENERGY_BURNED", raw.caloriesOut, "kcal"),
    ...goals("ACTIVE_MINUTES", raw.activeMinutes, "min"),
    ...goals("ACTIVE_ZONE_MINUTES", raw.activeZoneMinutes, "min"),
  ];
}

/** https://dev.fitbit.com/build/reference/web-api/body/get-body-goals/ — `{"goal": {}}` where none is set. */
export interface RawBodyGoal {
  /** kg */
  readonly weight: number;
  /** Percent. */
  readonly fat: number;
}

export function toWeightGoal(answer: unknown): GoalRecord[] {
  const raw: Unchecked<RawBodyGoal> = object(object(answer, "weight goal answer")["goal"], "weight goal");
  return goal("WEIGHT", "OPEN", numberIfGiven(raw.weight, "goal.weight"), "kg");
}

export function toFatGoal(answer: unknown): GoalRecord[] {
  const raw: Unchecked<RawBodyGoal> = object(object(answer, "fat goal answer")["goal"], "fat goal");
  return goal("BODY_FAT", "OPEN", numberIfGiven(raw.fat, "goal.fat"), "%");
}

/** https://dev.fitbit.com/build/reference/web-api/sleep/get-sleep-goals/ */
export interface RawSleepGoal {
  /** Minutes. */
  readonly minDuration: number;
}

export function toSleepGoal(answer: unknown): GoalRecord[] {
  const whole = object(answer, "sleep goal answer");
  const raw: Unchecked<RawSleepGoal> | null = optionalObject(whole["goal"]);
  // Without a goal there is still what Fitbit would recommend; without either this is some other answer.
  if (raw === null && optionalObject(whole["consistency"]) === null)
    throw new UnreadableAnswer("sleep goal is missing");
  return goal("SLEEP", "DAILY", numberIfGiven(raw?.minDuration, "goal.minDuration"), "min");
}

function goal(
  metric: GoalMetric,
  period: GoalPeriod,
  target: number | null,
  unit: string,
  convert = (given: number) => given,
): GoalRecord[] {
  return target === null ? [] : [{ metric, period, target: convert(target), current: null, unit }];
}
