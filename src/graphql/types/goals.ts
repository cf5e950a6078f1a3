import { Float, ID, ObjectType } from "type-graphql";
import type { Goal, GoalList } from "../../health-data/views.js";
import { GoalMetricEnum, GoalPeriodEnum, ProviderIdEnum } from "./enums.js";
import { field, nullableField } from "./field.js";
import { HistoryType } from "./history.js";

@ObjectType("Goal", { description: "A goal that the user has set at a provider.", simpleResolvers: true })
class GoalType implements Goal {
  @field(() => ID, "Opaque identifier. It stays the same for this goal.") readonly id!: Goal["id"];
  @field(() => ProviderIdEnum, "The provider that stores the goal.") readonly source!: Goal["source"];
  @field(() => GoalMetricEnum, "What the goal measures.") readonly metric!: Goal["metric"];
  @field(() => GoalPeriodEnum, "The period in which the goal is to be reached.") readonly period!: Goal["period"];
  @field(() => Float, "The value to reach, in `unit`.") readonly target!: Goal["target"];
  @nullableField(() => Float, "The value so far in the current period, in `unit`. Null when it is not known.")
  readonly current!: Goal["current"];
  @field(() => String, "Unit of `target` and `current`: count, m, kcal, min, kg, %, points or ml.")
  readonly unit!: Goal["unit"];
}

@ObjectType("GoalList", { description: "Goals of a user.", implements: HistoryType, simpleResolvers: true })
export class GoalListType extends HistoryType implements GoalList {
  @nullableField(() => [GoalType], "In the order of `sourcePriority`. Null when no provider could answer.")
  readonly goals!: GoalList["goals"];
}
