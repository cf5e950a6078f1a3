import { number, object, optionalObject, type Unchecked, UnreadableAnswer } from "../../../http/json.js";
import { cell } from "../../../model/cells.js";
import type { Field } from "../../../model/fields.js";
import { withoutNoise } from "../../../model/numbers.js";
import type { GoalMetric, GoalPeriod, GoalRecord } from "../../../model/records.js";
import { envelope } from "../../kit/envelope.js";
import { figure as figureOf } from "../../kit/figures.js";
import { readMembers } from "../../kit/members.js";
import type { ReadPage } from "../../provider.js";
import { kmToMetres } from "./raw.js";

export type GoalField = Extract<Field, `goals.${string}`>;
export type Goals = Pick<ReadPage, "cells" | "skipped">;

interface Given {
  readonly metric: GoalMetric;
  readonly value: unknown;
  readonly unit: string;
  readonly convert?: (given: number) => number;
}

/** https://dev.fitbit.com/build/reference/web-api/activity/get-activity-goals/ (every key may be missing) */
interface RawActivityGoals {
  readonly steps: number;
  /** km */
  readonly distance: number;
  readonly floors: number;
  /** kcal */
  readonly caloriesOut: number;
  readonly activeMinutes: number;
  readonly activeZoneMinutes: number;
}

export function toActivityGoals(answer: unknown, period: "DAILY" | "WEEKLY"): Goals {
  const raw: Unchecked<RawActivityGoals> = object(envelope(answer, "goals answer")["goals"], "goals");
  return toGoals(period === "DAILY" ? "goals.daily" : "goals.weekly", period, [
    { metric: "STEPS", value: raw.steps, unit: "count" },
    { metric: "DISTANCE", value: raw.distance, unit: "m", convert: kmToMetres },
    { metric: "FLOORS", value: raw.floors, unit: "count" },
    { metric: "ENERGY_BURNED", value: raw.caloriesOut, unit: "kcal" },
    { metric: "ACTIVE_MINUTES", value: raw.activeMinutes, unit: "min" },
    { metric: "ACTIVE_ZONE_MINUTES", value: raw.activeZoneMinutes, unit: "min" },
  ]);
}

/** https://dev.fitbit.com/build/reference/web-api/body/get-body-goals/ (`{"goal": {}}` if none is set) */
interface RawBodyGoal {
  /** kg */
  readonly weight: number;
  /** Percent. */
  readonly fat: number;
}

export function toWeightGoal(answer: unknown): Goals {
  const raw: Unchecked<RawBodyGoal> = object(envelope(answer, "weight goal answer")["goal"], "weight goal");
  return toGoals("goals.weight", "OPEN", [{ metric: "WEIGHT", value: raw.weight, unit: "kg" }]);
}

export function toFatGoal(answer: unknown): Goals {
  const raw: Unchecked<RawBodyGoal> = object(envelope(answer, "fat goal answer")["goal"], "fat goal");
  return toGoals("goals.bodyFat", "OPEN", [{ metric: "BODY_FAT", value: raw.fat, unit: "%" }]);
}

/** https://dev.fitbit.com/build/reference/web-api/sleep/get-sleep-goals/ */
interface RawSleepGoal {
  /** Minutes. */
  readonly minDuration: number;
}

export function toSleepGoal(answer: unknown): Goals {
  const whole = envelope(answer, "sleep goal answer");
  const given = whole["goal"];
  const raw: Unchecked<RawSleepGoal> | null = given === undefined || given === null ? null : object(given, "goal");
  // Without a goal the answer still has Fitbit's recommendation. If both are missing, it is another kind of answer.
  if (raw === null && optionalObject(whole["consistency"]) === null)
    throw new UnreadableAnswer("sleep goal is missing");
  return toGoals("goals.sleep", "DAILY", [{ metric: "SLEEP", value: raw?.minDuration, unit: "min" }]);
}

/** https://dev.fitbit.com/build/reference/web-api/nutrition/get-food-goals/ (kcal) */
export function toFoodGoal(answer: unknown): Goals {
  const raw: Unchecked<{ readonly calories: number }> = object(envelope(answer, "food goal answer")["goals"], "goals");
  return toGoals("goals.energyConsumed", "DAILY", [{ metric: "ENERGY_CONSUMED", value: raw.calories, unit: "kcal" }]);
}

/** https://dev.fitbit.com/build/reference/web-api/nutrition/get-water-goal/ (ml; `{"goal": {}}` if none is set) */
export function toWaterGoal(answer: unknown): Goals {
  const raw: Unchecked<{ readonly goal: number }> = object(envelope(answer, "water goal answer")["goal"], "water goal");
  return toGoals("goals.water", "DAILY", [{ metric: "WATER", value: raw.goal, unit: "ml" }]);
}

/** The goals that are set. A goal that is not a number does not affect the others. */
function toGoals(field: GoalField, period: GoalPeriod, given: readonly Given[]): Goals {
  const { found, skipped } = readMembers<GoalRecord>(given, {
    fields: [field],
    read: (each) => {
      const { metric, value, unit, convert = withoutNoise } = each as Given;
      if (figureOf(value) === null) return null;
      const target = convert(number(value, `goals.${metric}`));
      return { metric, period, target, current: null, unit };
    },
  });
  return { cells: [cell(field, null, found)], skipped };
}
