import { Float, ID, ObjectType } from "type-graphql";
import type { Goal, GoalList } from "../../readings/views.js";
import { GoalMetricEnum, GoalPeriodEnum, ProviderIdEnum } from "./enums.js";
import { field, nullableField } from "./field.js";
import { HistoryType } from "./history.js";

@ObjectType("Goal", { description: "What the user set out to reach.", simpleResolvers: true })
export class GoalType implements Goal {
  @field(() => ID, "Opaque, and stable for this goal.") readonly id!: Goal["id"];
  @field(() => ProviderIdEnum, "Where it is kept.") readonly source!: Goal["source"];
  @field(() => GoalMetricEnum, "What it is about.") readonly metric!: Goal["metric"];
  @field(() => GoalPeriodEnum, "How often it is to be reached.") readonly period!: Goal["period"];
  @field(() => Float, "What is to be reached.") readonly target!: Goal["target"];
  @nullableField(() => Float, "Where the user stands in the current period.") readonly current!: Goal["current"];
  @field(() => String, "SI unit of both figures: count, m, kcal, min, kg, %, points.") readonly unit!: Goal["unit"];
}

@ObjectType("GoalList", { description: "The user's goals.", implements: HistoryType, simpleResolvers: true })
export class GoalListType extends HistoryType implements GoalList {
  @nullableField(() => [GoalType], "In the order of the sources.") readonly goals!: GoalList["goals"];
}
