import { Float, ID, ObjectType } from "type-graphql";
import type { BodyHistory, BodyMeasurement } from "../../readings/views.js";
import { DateTimeScalar, LocalDateScalar } from "../scalars.js";
import { ProviderIdEnum } from "./enums.js";
import { field, nullableField } from "./field.js";
import { HistoryType } from "./history.js";

@ObjectType("BodyMeasurement", { description: "One stand on a scale.", simpleResolvers: true })
export class BodyMeasurementType implements Omit<BodyMeasurement, "weight"> {
  @field(() => ID, "Opaque, and stable for this weighing.") readonly id!: BodyMeasurement["id"];
  @nullableField(() => DateTimeScalar, "Null where only the day is known.") readonly time!: BodyMeasurement["time"];
  @field(() => LocalDateScalar, "The user's own calendar day.") readonly date!: BodyMeasurement["date"];
  @field(() => ProviderIdEnum, "Who told us.") readonly source!: BodyMeasurement["source"];
  @nullableField(() => Float, "Weight over height squared, kg/m².")
  readonly bodyMassIndex!: BodyMeasurement["bodyMassIndex"];
  @nullableField(() => Float, "Percent of the weight that is fat.")
  readonly fatPercentage!: BodyMeasurement["fatPercentage"];
}

@ObjectType("BodyHistory", { description: "Weighings.", implements: HistoryType, simpleResolvers: true })
export class BodyHistoryType extends HistoryType implements BodyHistory {
  @nullableField(() => [BodyMeasurementType], "All measurements of these days, oldest first, whatever is selected.")
  readonly measurements!: BodyHistory["measurements"];
  @nullableField(() => BodyMeasurementType, "The newest in the range that has one of the selected figures.")
  readonly latest!: BodyHistory["latest"];
}
