import { Float, ID, Int, ObjectType } from "type-graphql";
import type { ActivityDay, ActivityHistory, ActivityTotals } from "../../readings/views.js";
import { LocalDateScalar } from "../scalars.js";
import { ProviderIdEnum } from "./enums.js";
import { field, nullableField } from "./field.js";
import { HistoryType } from "./history.js";

type Converted = "distance" | "energyBurned" | "activeEnergyBurned" | "basalEnergyBurned" | "elevation";

@ObjectType("ActivityDay", {
  description: "One day as one provider saw it: days are chosen between providers, never summed.",
  simpleResolvers: true,
})
export class ActivityDayType implements Omit<ActivityDay, Converted | "absent" | "series"> {
  @field(() => ID, "Opaque, and stable for this day of this source.") readonly id!: ActivityDay["id"];
  @field(() => LocalDateScalar, "The user's own calendar day.") readonly date!: ActivityDay["date"];
  @field(() => ProviderIdEnum, "Who saw it.") readonly source!: ActivityDay["source"];
  @field(() => Boolean, "False while the provider may still revise this day (today, or not synced past its end).")
  readonly settled!: ActivityDay["settled"];
  @nullableField(() => Int, "Steps taken.") readonly steps!: ActivityDay["steps"];
  @nullableField(() => Int, "Floors climbed.") readonly floors!: ActivityDay["floors"];
  @nullableField(() => Int, "Minutes of next to no movement.")
  readonly sedentaryMinutes!: ActivityDay["sedentaryMinutes"];
  @nullableField(() => Int, "Minutes of light movement.")
  readonly lightlyActiveMinutes!: ActivityDay["lightlyActiveMinutes"];
  @nullableField(() => Int, "Minutes of fair movement.")
  readonly moderatelyActiveMinutes!: ActivityDay["moderatelyActiveMinutes"];
  @nullableField(() => Int, "Minutes of brisk movement.") readonly veryActiveMinutes!: ActivityDay["veryActiveMinutes"];
  @nullableField(() => Int, "Minutes in heart zones, the upper ones counted twice, as the provider does.")
  readonly activeZoneMinutes!: ActivityDay["activeZoneMinutes"];
  @nullableField(() => Float, "The provider's own score, where it has one (Misfit points).")
  readonly points!: ActivityDay["points"];
  @field(
    () => [ActivityDayType],
    "The same day from the user's other sources, by priority, whatever `providers` filtered.",
  )
  readonly alternatives!: ActivityDay["alternatives"];
}

@ObjectType("ActivityTotals", {
  description: "Sums over the chosen days, each day counted once; null where no day has the figure.",
  simpleResolvers: true,
})
export class ActivityTotalsType implements Pick<ActivityTotals, "days" | "steps" | "floors"> {
  @field(() => Int, "How many days were chosen.") readonly days!: ActivityTotals["days"];
  @nullableField(() => Int, "Steps taken.") readonly steps!: ActivityTotals["steps"];
  @nullableField(() => Int, "Floors climbed.") readonly floors!: ActivityTotals["floors"];
}

@ObjectType("ActivityHistory", { description: "Movement, day by day.", implements: HistoryType, simpleResolvers: true })
export class ActivityHistoryType extends HistoryType implements ActivityHistory {
  @nullableField(
    () => [ActivityDayType],
    "Oldest first; one for each day on which someone answered, if only that there is nothing (null figures, NOT_RECORDED).",
  )
  readonly days!: ActivityHistory["days"];
  @nullableField(
    () => ActivityTotalsType,
    "Sums over the chosen days, each day counted once; null where no day has the figure.",
  )
  readonly totals!: ActivityHistory["totals"];
}
