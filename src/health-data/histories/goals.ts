import type { Field } from "../../model/fields.js";
import { sumOf } from "../../model/numbers.js";
import type { GoalMetric, GoalRecord, LocalDate, SleepRecord, WeighingRecord } from "../../model/records.js";
import { addDays, eachDay, epochDay } from "../../model/time.js";
import type * as views from "../views.js";
import { type Assembly, type Demand, demand, held, opaqueId, type Scene, type Source } from "./scene.js";

const goalFields: readonly Field[] = ["goals.daily", "goals.weekly", "goals.weight", "goals.bodyFat", "goals.sleep"];

/** The day's figure that a goal is measured against. */
const goalActivity: Partial<Record<GoalMetric, readonly Field[]>> = {
  STEPS: ["activity.steps"],
  DISTANCE: ["activity.distance"],
  FLOORS: ["activity.floors"],
  ENERGY_BURNED: ["activity.energyBurned"],
  ACTIVE_ENERGY_BURNED: ["activity.activeEnergyBurned"],
  ACTIVE_MINUTES: ["activity.moderatelyActiveMinutes", "activity.veryActiveMinutes"],
  ACTIVE_ZONE_MINUTES: ["activity.activeZoneMinutes"],
  POINTS: ["activity.points"],
};

const goalRecord: Partial<Record<GoalMetric, Field>> = {
  WEIGHT: "body.weight",
  BODY_FAT: "body.fatPercentage",
  SLEEP: "sleep.sessions",
};

/** All that a goal's progress may be reckoned from: which of them depends on the goals that somebody has. */
export const goalProgressFields: readonly Field[] = [
  ...Object.values(goalActivity).flat(),
  ...Object.values(goalRecord),
];

/** How far back the weighing is looked for that a weight goal is measured against. */
const WEIGHING_DAYS = 30;

export function* goals(scene: Scene): Assembly<Omit<views.GoalList, "sources">> {
  const all = scene.sources.filter(({ reader }) => goalFields.some((field) => reader.supports(field)));
  yield all.map((source) => demand(source, goalFields, []));
  const known = all.flatMap((source) => {
    const lists = goalFields.map((field) => held<readonly GoalRecord[]>(source.reader.look(field, null)));
    if (lists.every((list) => list === null)) return [];
    return [{ source, goals: lists.flatMap((list) => list ?? []) }];
  });
  if (known.length === 0) return { goals: null };
  if (scene.ask.goalProgress) {
    yield known.flatMap(({ source, goals }) =>
      goals.filter(({ current }) => current === null).map((goal) => progressDemand(source, goal, scene.today)),
    );
  }
  return {
    goals: known.flatMap(({ source, goals }) =>
      goals.map((goal) => ({
        ...goal,
        id: opaqueId("goal", source.reader.connection.id, goal.metric, goal.period),
        source: source.reader.provider.id,
        current: goal.current ?? (scene.ask.goalProgress ? progress(source, goal, scene.today) : null),
      })),
    ),
  };
}

/** Today, or the days since Monday. */
function periodDays(goal: GoalRecord, today: LocalDate): readonly LocalDate[] {
  const sinceMonday = (epochDay(today) + 3) % 7;
  return [...eachDay(goal.period === "WEEKLY" ? addDays(today, -sinceMonday) : today, today)];
}

function progressDemand(source: Source, goal: GoalRecord, today: LocalDate): Demand {
  const record = goalRecord[goal.metric];
  if (!record) return demand(source, goalActivity[goal.metric] ?? [], periodDays(goal, today));
  return demand(source, [record], record === "sleep.sessions" ? periodDays(goal, today) : weighingDays(today));
}

function weighingDays(today: LocalDate): readonly LocalDate[] {
  return [...eachDay(addDays(today, 1 - WEIGHING_DAYS), today)];
}

function progress({ reader }: Source, goal: GoalRecord, today: LocalDate): number | null {
  const record = goalRecord[goal.metric];
  if (record === "sleep.sessions") {
    const nights = periodDays(goal, today).flatMap(
      (day) => held<readonly SleepRecord[]>(reader.look(record, day)) ?? [],
    );
    const minutes = nights.flatMap(({ minutesAsleep }) => (minutesAsleep === null ? [] : [minutesAsleep]));
    return sumOf(minutes);
  }
  if (record) {
    const figure = record === "body.weight" ? "weight" : "fatPercentage";
    const weighings = weighingDays(today).flatMap(
      (day) => held<readonly WeighingRecord[]>(reader.look(record, day)) ?? [],
    );
    return weighings.flatMap((each) => (each[figure] === null ? [] : [each[figure]])).at(-1) ?? null;
  }
  // A week with a day that could not be asked would read as less than was done.
  const isKnown = (day: LocalDate) =>
    (goalActivity[goal.metric] ?? []).every((field) => !reader.supports(field) || reader.answered(field, day));
  if (!periodDays(goal, today).every(isKnown)) return null;
  const figures = periodDays(goal, today).flatMap((day) =>
    (goalActivity[goal.metric] ?? []).flatMap((field) => {
      const value = held<number>(reader.look(field, day));
      return value === null ? [] : [value];
    }),
  );
  return sumOf(figures);
}
