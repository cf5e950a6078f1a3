import { Float, ID, ObjectType } from "type-graphql";
import type { VitalDay, VitalHistory } from "../../health-data/views.js";
import type { VitalFigure } from "../../model/figures.js";
import { LocalDateScalar } from "../scalars.js";
import { MissingReasonEnum, ProviderIdEnum, VitalMethodEnum } from "./enums.js";
import { field, nullableField } from "./field.js";
import { HistoryType } from "./history.js";

@ObjectType("VitalDay", {
  description:
    "One vital of one local day, as one provider measured it. Where several providers measured it, one is chosen; figures of two providers are never averaged.",
  simpleResolvers: true,
})
export class VitalDayType implements Omit<VitalDay, "course"> {
  @field(() => ID, "Opaque identifier. It is unique for the day, the source and the vital.")
  readonly id!: VitalDay["id"];
  @field(
    () => LocalDateScalar,
    "Calendar day in the user's own time zone, for example 2026-03-29. A night belongs to the day on which it ends.",
  )
  readonly date!: VitalDay["date"];
  @field(() => ProviderIdEnum, "The provider whose figure this is.") readonly source!: VitalDay["source"];
  @nullableField(
    () => Float,
    "In the unit that the vital's description gives. Null when there is none: `reason` says why.",
  )
  readonly value!: VitalDay["value"];
  @nullableField(
    () => Float,
    "Where the provider gives a range (a VO2 max of 44 to 48) or the night's extremes: the low end. Else null.",
  )
  readonly low!: VitalDay["low"];
  @nullableField(() => Float, "The high end of the range or of the night. Else null.") readonly high!: VitalDay["high"];
  @nullableField(() => VitalMethodEnum, "How the value was found. Null when the provider does not tell.")
  readonly method!: VitalDay["method"];
  @nullableField(() => MissingReasonEnum, "Why `value` is null. Null when it is not.")
  readonly reason!: VitalDay["reason"];
  @field(
    () => Boolean,
    "True when the provider will not change this figure any more. False for today, and for a day that the device has not sent in full.",
  )
  readonly settled!: VitalDay["settled"];
  @field(
    () => [VitalDayType],
    "The same vital of the same day from the user's other providers, in the order of `sourcePriority`. The `providers` argument does not limit this list.",
  )
  readonly alternatives!: VitalDay["alternatives"];
}

// The vitals are rows of model/figures.ts. resolvers/vitals.ts adds their fields.
@ObjectType("VitalHistory", {
  description:
    "What is measured through the night or day, each vital by itself: for each, the day is of the first source by priority that has it. Days are those on which a provider answered, oldest first. Each vital costs its own requests and no other's.",
  implements: HistoryType,
  simpleResolvers: true,
})
export class VitalHistoryType extends HistoryType implements Omit<VitalHistory, VitalFigure | "absent"> {}
