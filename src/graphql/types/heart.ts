import { Float, ID, Int, ObjectType } from "type-graphql";
import type { HeartDay, HeartHistory, HeartZone } from "../../readings/views.js";
import { LocalDateScalar } from "../scalars.js";
import { HeartZoneKindEnum, ProviderIdEnum } from "./enums.js";
import { field, nullableField } from "./field.js";
import { HistoryType } from "./history.js";

@ObjectType("HeartZone", { description: "A range of heart rates, and the time spent in it.", simpleResolvers: true })
export class HeartZoneType implements Omit<HeartZone, "energyBurned"> {
  @field(() => HeartZoneKindEnum, "Which zone.") readonly kind!: HeartZone["kind"];
  @nullableField(() => Int, "Where it begins, in beats a minute.") readonly minRate!: HeartZone["minRate"];
  @nullableField(() => Int, "Where it ends, in beats a minute.") readonly maxRate!: HeartZone["maxRate"];
  @nullableField(() => Int, "Time spent in it.") readonly minutes!: HeartZone["minutes"];
}

@ObjectType("HeartDay", { description: "One day of the heart as one provider saw it.", simpleResolvers: true })
export class HeartDayType implements Omit<HeartDay, "absent" | "series"> {
  @field(() => ID, "Opaque, and stable for this day of this source.") readonly id!: HeartDay["id"];
  @field(() => LocalDateScalar, "The user's own calendar day.") readonly date!: HeartDay["date"];
  @field(() => ProviderIdEnum, "Who saw it.") readonly source!: HeartDay["source"];
  @field(() => Boolean, "False while the provider may still revise this day (today, or not synced past its end).")
  readonly settled!: HeartDay["settled"];
  @nullableField(() => Int, "Resting heart rate, in beats a minute.") readonly restingRate!: HeartDay["restingRate"];
  @nullableField(() => Float, "Heart-rate variability as RMSSD, in milliseconds. Never mixed with SDNN.")
  readonly hrvRmssd!: HeartDay["hrvRmssd"];
  @nullableField(() => Float, "Heart-rate variability as SDNN, in milliseconds. Never mixed with RMSSD.")
  readonly hrvSdnn!: HeartDay["hrvSdnn"];
  @nullableField(() => [HeartZoneType], "Lowest first.") readonly zones!: HeartDay["zones"];
  @field(
    () => [HeartDayType],
    "The same day from the user's other sources, by priority, whatever `providers` filtered.",
  )
  readonly alternatives!: HeartDay["alternatives"];
}

@ObjectType("HeartHistory", { description: "The heart, day by day.", implements: HistoryType, simpleResolvers: true })
export class HeartHistoryType extends HistoryType implements HeartHistory {
  @nullableField(() => [HeartDayType], "Oldest first; one for each day on which someone answered.")
  readonly days!: HeartHistory["days"];
}
