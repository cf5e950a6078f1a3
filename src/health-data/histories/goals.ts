import type { Field } from "../../model/fields.js";
import { sumOf } from "../../model/numbers.js";
import type { GoalMetric, GoalRecord, LocalDate, SleepRecord, WeighingRecord } from "../../model/records.js";
import { addDays, eachDay, epochDay } from "../../model/time.js";
import { chooseDay, type DayView } from "../merge.js";
import type * as views from "../views.js";
import { type Assembly, type Demand, demand, held, opaqueId, type Scene, type Source } from "./scene.js";

const goalFields: readonly Field[] = [
  "goals.daily",
  "goals.weekly",
  "goals.weight",
  "goals.bodyFat",
  "goals.sleep",
  "goals.energyConsumed",
  "goals.water",
];

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
  WATER: ["nutrition.water"],
  ENERGY_CONSUMED: ["nutrition.energyConsumed"],
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
    const open = known.flatMap(({ source, goals }) =>
      goals.flatMap((goal) => (goal.current === null ? [{ goal, account: accountOf(scene, source) }] : [])),
    );
    const longest = Math.max(0, ...open.map(({ account }) => account.length));
    for (let rank = 0; rank < longest; rank++)
      yield open.flatMap(({ goal, account }) => progressDemand(account, rank, goal, scene.today));
  }
  return {
    goals: known.flatMap(({ source, goals }) =>
      goals.map((goal) =>
        Object.assign({}, goal, {
          id: opaqueId("goal", source.reader.connection.id, goal.metric, goal.period),
          source: source.reader.provider.id,
          current:
            goal.current ?? (scene.ask.goalProgress ? progress(accountOf(scene, source), goal, scene.today) : null),
        }),
      ),
    ),
  };
}

/**
 * The sources that report the same wearable account as the one that keeps the goal, best first. After a switch from one
 * provider to another, the goal may stay with the one while the days come from the other.
 */
function accountOf(scene: Scene, { group }: Source): readonly Source[] {
  return scene.sources.filter((source) => source.group === group);
}

/** What is measured for a goal, and the days that count: today, the days since Monday, or those with a recent weighing. */
function measureOf(goal: GoalRecord, today: LocalDate): { fields: readonly Field[]; days: readonly LocalDate[] } {
  const record = goalRecord[goal.metric];
  const fields = record ? [record] : (goalActivity[goal.metric] ?? []);
  const sinceMonday = goal.period === "WEEKLY" ? (epochDay(today) + 3) % 7 : 0;
  const daysBefore = isWeighed(goal) ? WEIGHING_DAYS - 1 : sinceMonday;
  return { fields, days: [...eachDay(addDays(today, -daysBefore), today)] };
}

const isWeighed = ({ metric }: GoalRecord) => metric === "WEIGHT" || metric === "BODY_FAT";

/** What a source has of a day: parts of a sum, or weighings. */
function figuresOn({ reader }: Source, goal: GoalRecord, fields: readonly Field[], day: LocalDate): readonly number[] {
  const figures = fields.flatMap((field): readonly (number | null)[] => {
    const known = reader.look(field, day);
    if (goal.metric === "SLEEP")
      return (held<readonly SleepRecord[]>(known) ?? []).map(({ minutesAsleep }) => minutesAsleep);
    if (!isWeighed(goal)) return [held<number>(known)];
    const figure = goal.metric === "WEIGHT" ? "weight" : "fatPercentage";
    return (held<readonly WeighingRecord[]>(known) ?? []).map((weighing) => weighing[figure]);
  });
  return figures.filter((figure) => figure !== null);
}

/** Of one account's sources the day is chosen as days of a history are; what the goal measures is its own witness. */
function viewOf(source: Source, goal: GoalRecord, fields: readonly Field[], day: LocalDate): DayView {
  const { reader } = source;
  const figures = figuresOn(source, goal, fields, day);
  return {
    answered: fields.some((field) => reader.answered(field, day)),
    witness: figures.length === 0 ? null : Math.max(...figures),
    isOutdated: reader.isOutdated(fields, day),
  };
}

const decides = ({ answered, witness, isOutdated }: DayView) => answered && !isOutdated && (witness ?? 0) > 0;

/** What is wanted of the source of this rank: the days that no better source of the account decides. */
function progressDemand(
  account: readonly Source[],
  rank: number,
  goal: GoalRecord,
  today: LocalDate,
): readonly Demand[] {
  const source = account[rank];
  if (!source) return [];
  const { fields, days } = measureOf(goal, today);
  const better = account.slice(0, rank);
  const open = days.filter((day) => !better.some((each) => decides(viewOf(each, goal, fields, day))));
  return open.length === 0 ? [] : [demand(source, fields, open)];
}

function progress(account: readonly Source[], goal: GoalRecord, today: LocalDate): number | null {
  const { fields, days } = measureOf(goal, today);
  const able = account.filter(({ reader }) => fields.some((field) => reader.supports(field)));
  const look = (day: LocalDate) => (source: Source) => viewOf(source, goal, fields, day);
  const chosen = days.map((day) => ({ day, winner: chooseDay(able, look(day))?.winner }));
  const figures = chosen.flatMap(({ day, winner }) => (winner ? figuresOn(winner, goal, fields, day) : []));
  if (isWeighed(goal)) return figures.at(-1) ?? null;
  if (goal.metric === "SLEEP") return sumOf(figures);
  // A week with a day that could not be asked would read as less than was done.
  const isKnown = ({ day, winner }: (typeof chosen)[number]) => {
    if (!winner) return false;
    const told = (source: Source) =>
      fields.every((field) => !source.reader.supports(field) || source.reader.answered(field, day));
    if (decides(look(day)(winner))) return told(winner);
    return able.every((source) => told(source) || !source.reader.canBeAsked);
  };
  return chosen.every(isKnown) ? sumOf(figures) : null;
}
