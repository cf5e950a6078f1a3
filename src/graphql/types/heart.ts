import { ID, Int, ObjectType } from "type-graphql";
import type { HeartDay, HeartHistory, HeartZone } from "../../health-data/views.js";
import type { HeartFigure } from "../../model/figures.js";
import { LocalDateScalar } from "../scalars.js";
import { HeartZoneKindEnum, HrvWindowEnum, ProviderIdEnum, RestingRateMethodEnum } from "./enums.js";
import { field, nullableField, optionalField } from "./field.js";
import { HistoryType } from "./history.js";

@ObjectType("HeartZone", { description: "A heart-rate zone, and the time spent in it.", simpleResolvers: true })
export class HeartZoneType implements Omit<HeartZone, "energyBurned"> {
  @field(() => HeartZoneKindEnum, "Which zone this is.") readonly kind!: HeartZone["kind"];
  @nullableField(() => Int, "Lower bound of the zone, in beats per minute.") readonly minRate!: HeartZone["minRate"];
  @nullableField(() => Int, "Upper bound of the zone, in beats per minute.") readonly maxRate!: HeartZone["maxRate"];
  @nullableField(() => Int, "Minutes spent in the zone.") readonly minutes!: HeartZone["minutes"];
}

// The figures are rows of model/figures.ts. resolvers/heart.ts adds their fields.
@ObjectType("HeartDay", {
  description: "Heart figures of one local day as one provider recorded them.",
  simpleResolvers: true,
})
export class HeartDayType implements Omit<HeartDay, HeartFigure | "absent" | "series"> {
  @field(() => ID, "Opaque identifier. It stays the same for this day of this provider.") readonly id!: HeartDay["id"];
  @field(() => LocalDateScalar, "Calendar day in the user's own time zone, for example 2026-03-29.")
  readonly date!: HeartDay["date"];
  @field(() => ProviderIdEnum, "The provider whose figures these are.") readonly source!: HeartDay["source"];
  @field(
    () => Boolean,
    "True when the provider will not change this day any more. False for today, and for a day that the device has not sent in full.",
  )
  readonly settled!: HeartDay["settled"];
  @nullableField(
    () => RestingRateMethodEnum,
    "How `restingRate` is found: providers differ by several beats. Null when `restingRate` is null, or when the provider does not tell.",
  )
  readonly restingRateMethod!: HeartDay["restingRateMethod"];
  @nullableField(
    () => HrvWindowEnum,
    "Over which time `hrvRmssd` or `hrvSdnn` was taken. Null when both are null, or when the provider does not tell.",
  )
  readonly hrvWindow!: HeartDay["hrvWindow"];
  @nullableField(() => [HeartZoneType], "Time in each heart-rate zone, lowest zone first.")
  readonly zones!: HeartDay["zones"];
  @optionalField(
    () => Boolean,
    "Whether the source saw the person, by the day's witness (resting heart rate, else its variability). True where it is above 0, or is 0 from a provider whose 0 means worn and still. False where the day is over and proven synced, and the provider has nothing, or 0 where that may be a day in the drawer. Null for everything else: `missing` says why. Selecting it asks for the witness.",
  )
  readonly worn?: HeartDay["worn"];
  @field(
    () => [HeartDayType],
    "The same day as the user's other providers recorded it, in the order of `sourcePriority`. The `providers` argument does not limit this list.",
  )
  readonly alternatives!: HeartDay["alternatives"];
}

@ObjectType("HeartHistory", {
  description: "Heart figures of a user, one entry for each day.",
  implements: HistoryType,
  simpleResolvers: true,
})
export class HeartHistoryType extends HistoryType implements Omit<HeartHistory, "statisticDays"> {
  @nullableField(
    () => [HeartDayType],
    "Oldest first. One entry for each day that a provider answered. Null when no provider could answer.",
  )
  readonly days!: HeartHistory["days"];
}
