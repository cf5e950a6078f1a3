import { Float, ID, ObjectType } from "type-graphql";
import type { BodyHistory, BodyMeasurement } from "../../health-data/views.js";
import { DateTimeScalar, LocalDateScalar } from "../scalars.js";
import { ProviderIdEnum } from "./enums.js";
import { field, nullableField, optionalField } from "./field.js";
import { HistoryType } from "./history.js";

/** resolvers/records.ts serves them in the caller's unit. */
type MeasuredMass = "fatMass" | "leanMass" | "muscleMass" | "boneMass" | "waterMass";

@ObjectType("BodyMeasurement", {
  description: "One measurement of the body, for example on a scale.",
  simpleResolvers: true,
})
export class BodyMeasurementType
  implements Omit<BodyMeasurement, "weight" | "absent" | "refused" | MeasuredMass | "basalEnergyBurned">
{
  @field(() => ID, "Opaque identifier. It stays the same for this measurement.") readonly id!: BodyMeasurement["id"];
  @nullableField(() => DateTimeScalar, "Time of the measurement. Null when only the day is known.")
  readonly time!: BodyMeasurement["time"];
  @field(() => LocalDateScalar, "Calendar day in the user's own time zone, for example 2026-03-29.")
  readonly date!: BodyMeasurement["date"];
  @field(() => ProviderIdEnum, "The provider that recorded it.") readonly source!: BodyMeasurement["source"];
  @nullableField(() => Float, "Body mass index: weight divided by height squared, in kg/m².")
  readonly bodyMassIndex!: BodyMeasurement["bodyMassIndex"];
  @nullableField(() => Float, "Body fat in percent of the weight.")
  readonly fatPercentage!: BodyMeasurement["fatPercentage"];
  @optionalField(
    () => Float,
    "Visceral fat, as the scale maker's own index. Indexes of two makers are not comparable. Null when the scale does not measure it.",
  )
  readonly visceralFatIndex?: number | null;
}

@ObjectType("BodyHistory", {
  description: "Body measurements of a user.",
  implements: HistoryType,
  simpleResolvers: true,
})
export class BodyHistoryType extends HistoryType implements BodyHistory {
  @nullableField(
    () => [BodyMeasurementType],
    "All measurements on the days of the range, oldest first. The selection does not change which measurements are listed. Null when no provider could answer.",
  )
  readonly measurements!: BodyHistory["measurements"];
  @nullableField(() => BodyMeasurementType, "The newest measurement in the range that has one of the selected figures.")
  readonly latest!: BodyHistory["latest"];
}
