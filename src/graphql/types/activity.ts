import { ID, Int, ObjectType } from "type-graphql";
import type { ActivityDay, ActivityHistory, ActivityTotals } from "../../health-data/views.js";
import type { ActivityFigure } from "../../model/figures.js";
import { LocalDateScalar } from "../scalars.js";
import { DistanceMethodEnum, ProviderIdEnum } from "./enums.js";
import { field, nullableField, optionalField } from "./field.js";
import { HistoryType } from "./history.js";

// The figures of both types are rows of model/figures.ts. resolvers/activity.ts adds their fields.

@ObjectType("ActivityDay", {
  description:
    "One local day as one provider recorded it. Where several providers recorded the day, one is chosen; figures of two providers are never added or mixed.",
  simpleResolvers: true,
})
export class ActivityDayType implements Omit<ActivityDay, ActivityFigure | "absent" | "series"> {
  @field(() => ID, "Opaque identifier. It stays the same for this day of this provider.")
  readonly id!: ActivityDay["id"];
  @field(() => LocalDateScalar, "Calendar day in the user's own time zone, for example 2026-03-29.")
  readonly date!: ActivityDay["date"];
  @field(() => ProviderIdEnum, "The provider whose figures these are.") readonly source!: ActivityDay["source"];
  @field(
    () => Boolean,
    "True when the provider will not change this day any more. False for today, and for a day that the device has not sent in full.",
  )
  readonly settled!: ActivityDay["settled"];
  @nullableField(
    () => DistanceMethodEnum,
    "How `distance` is found: some rings give the walk that would burn as much. Null when `distance` is null, or when the provider does not tell.",
  )
  readonly distanceMethod!: ActivityDay["distanceMethod"];
  @optionalField(
    () => Boolean,
    "Whether the source saw the person, by activity's witness (steps, else energy). The provider's 0 stays a 0 in `steps`. True where it is above 0, or is 0 from a provider whose 0 means worn and still. False where the day is over and proven synced, and the provider has nothing, or 0 where that may be a day in the drawer. Null for everything else: `missing` says why. Selecting it asks for the witness.",
  )
  readonly worn?: ActivityDay["worn"];
  @field(
    () => [ActivityDayType],
    "The same day as the user's other providers recorded it, in the order of `sourcePriority`. The `providers` argument does not limit this list.",
  )
  readonly alternatives!: ActivityDay["alternatives"];
}

@ObjectType("ActivityTotals", {
  description: "Sums over the days of this history. Each day counts once. A sum is null when no day has the figure.",
  simpleResolvers: true,
})
export class ActivityTotalsType implements Pick<ActivityTotals, "days"> {
  @field(() => Int, "Number of days that the sums cover.") readonly days!: ActivityTotals["days"];
}

@ObjectType("ActivityHistory", {
  description: "Activity of a user, one entry for each day.",
  implements: HistoryType,
  simpleResolvers: true,
})
export class ActivityHistoryType extends HistoryType implements Omit<ActivityHistory, "statisticDays"> {
  @nullableField(
    () => [ActivityDayType],
    "Oldest first. One entry for each day that a provider answered, also when the answer was that there is no data (null figures, reason NOT_RECORDED). Null when no provider could answer.",
  )
  readonly days!: ActivityHistory["days"];
  @nullableField(
    () => ActivityTotalsType,
    "Sums over the days of this history. Each day counts once. A sum is null when no day has the figure.",
  )
  readonly totals!: ActivityHistory["totals"];
}
