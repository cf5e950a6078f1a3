import { optionalObject, optionalString, type Unchecked } from "../../../http/json.js";
import { type Cell, cell } from "../../../model/cells.js";
import type { LocalDate, ScoreContributor } from "../../../model/records.js";
import { figure } from "../../kit/figures.js";
import { dayOf, type Loose } from "./document.js";

/** https://cloud.ouraring.com/v2/docs: daily_readiness, daily_sleep, daily_activity and daily_resilience. */
interface RawScored {
  readonly id: string;
  readonly day: LocalDate;
  /** 1 to 100. Resilience has a level instead. */
  readonly score: number | null;
  /** limited, adequate, solid, strong or exceptional. */
  readonly level: string;
  /** Scores too, never the measure that they are named after. */
  readonly contributors: Readonly<Record<string, number | null>>;
}

const scored = {
  "scores.READINESS": {
    name: "Readiness",
    contributors: {
      activity_balance: "Activity balance",
      body_temperature: "Body temperature",
      hrv_balance: "HRV balance",
      previous_day_activity: "Previous day activity",
      previous_night: "Previous night",
      recovery_index: "Recovery index",
      resting_heart_rate: "Resting heart rate",
      sleep_balance: "Sleep balance",
      sleep_regularity: "Sleep regularity",
    },
  },
  "scores.SLEEP": {
    name: "Sleep",
    contributors: {
      deep_sleep: "Deep sleep",
      efficiency: "Efficiency",
      latency: "Latency",
      rem_sleep: "REM sleep",
      restfulness: "Restfulness",
      timing: "Timing",
      total_sleep: "Total sleep",
    },
  },
  "scores.ACTIVITY": {
    name: "Activity",
    contributors: {
      meet_daily_targets: "Meet daily targets",
      move_every_hour: "Move every hour",
      recovery_time: "Recovery time",
      stay_active: "Stay active",
      training_frequency: "Training frequency",
      training_volume: "Training volume",
    },
  },
} as const;
const resilience = { sleep_recovery: "Sleep recovery", daytime_recovery: "Daytime recovery", stress: "Stress" };

const hundred = { scaleMin: 1, scaleMax: 100 };
const percent = { scaleMin: 0, scaleMax: 100 };

export function toScore(field: keyof typeof scored, document: Loose): Cell {
  const raw: Unchecked<RawScored> = document;
  const value = onScale(raw.score, hundred);
  const day = dayOf(document, field);
  const { name, contributors: names } = scored[field];
  const contributors = toContributors(raw.contributors, names, hundred);
  return cell(field, day, [{ id: optionalString(raw.id) ?? day, name, value, ...hundred, level: null, contributors }]);
}

/** A level in Oura's word, without a figure. */
export function toResilience(document: Loose): Cell[] {
  const raw: Unchecked<RawScored> = document;
  const day = dayOf(document, "daily_resilience");
  return [
    cell("scores.RESILIENCE", day, [
      {
        id: optionalString(raw.id) ?? day,
        name: "Resilience",
        value: null,
        scaleMin: null,
        scaleMax: null,
        level: optionalString(raw.level),
        contributors: toContributors(raw.contributors, resilience, percent),
      },
    ]),
  ];
}

/** What is not on its own scale can't be true: the check of bounds refuses NaN. */
function onScale(given: unknown, { scaleMin, scaleMax }: typeof hundred): number | null {
  const value = figure(given);
  return value === null || (value >= scaleMin && value <= scaleMax) ? value : Number.NaN;
}

/** By Oura's names, as words. Older answers have fewer of them. */
function toContributors(value: unknown, names: Readonly<Record<string, string>>, scale: typeof hundred) {
  const raw = optionalObject(value) ?? {};
  return Object.entries(names).flatMap(([key, name]): ScoreContributor[] =>
    key in raw ? [{ name, value: onScale(raw[key], scale), ...scale }] : [],
  );
}
