import { Float, Int, ObjectType } from "type-graphql";
import type { ExcludedDay, PeriodDays, Statistic } from "../../health-data/statistics.js";
import { LocalDateScalar } from "../scalars.js";
import { ExclusionReasonEnum, MissingReasonEnum } from "./enums.js";
import { field, nullableField } from "./field.js";

@ObjectType("ExcludedDay", { description: "A day that an average would have got wrong.", simpleResolvers: true })
class ExcludedDayType implements ExcludedDay {
  @field(() => LocalDateScalar, "The day that does not count.") readonly date!: ExcludedDay["date"];
  @field(
    () => ExclusionReasonEnum,
    "Why it does not count. When several apply, the first of this order: NOT_COMPLETE, NOT_WORN, MISSING.",
  )
  readonly reason!: ExcludedDay["reason"];
  @nullableField(() => MissingReasonEnum, "Why the figure is null. Set where `reason` is MISSING, else null.")
  readonly missing!: ExcludedDay["missing"];
}

@ObjectType("Statistic", {
  description:
    "Reckoned over the chosen days, each by its own source. A day counts when it is over and proven synced (a later day has data, or the device synced past its end), was worn (`worn` is not false) and has the figure. Each other day of the period is named in `excluded`. All figures are null when no day counts.",
  simpleResolvers: true,
})
export class StatisticType implements Statistic {
  @field(() => Int, "How many days count.") readonly days!: Statistic["days"];
  @nullableField(() => Float, "Sum of the days' figures, divided by `days`.") readonly mean!: Statistic["mean"];
  @nullableField(() => Float, "Least figure of a day.") readonly minimum!: Statistic["minimum"];
  @nullableField(() => Float, "Greatest figure of a day.") readonly maximum!: Statistic["maximum"];
  @nullableField(
    () => Float,
    "Half of the days have no more than this. Of an even number of days, the mean of the middle two.",
  )
  readonly median!: Statistic["median"];
  @nullableField(
    () => Float,
    "Standard deviation of a sample (divided by one less than `days`). Null when fewer than two days count.",
  )
  readonly standardDeviation!: Statistic["standardDeviation"];
  @field(() => [ExcludedDayType], "Days of the period that don't count, oldest first, each with the reason.")
  readonly excluded!: Statistic["excluded"];
}

/** What every period has. It is no type of the schema: types inherit its fields. */
@ObjectType({ simpleResolvers: true })
abstract class PeriodType implements Pick<PeriodDays, "from" | "to"> {
  @field(() => LocalDateScalar, "First day of the period within the range.") readonly from!: PeriodDays["from"];
  @field(() => LocalDateScalar, "Last day of the period within the range.") readonly to!: PeriodDays["to"];
}

// resolvers/statistics.ts adds a field for each figure.

@ObjectType("ActivityStatistics", { description: "Averages of activity over one period.", simpleResolvers: true })
export class ActivityStatisticsType extends PeriodType {}

@ObjectType("HeartStatistics", { description: "Averages of heart figures over one period.", simpleResolvers: true })
export class HeartStatisticsType extends PeriodType {}

@ObjectType("SleepStatistics", {
  description:
    "Averages of main sleeps over one period, the longest where a day has several. A day without one is MISSING, never NOT_WORN.",
  simpleResolvers: true,
})
export class SleepStatisticsType extends PeriodType {}
