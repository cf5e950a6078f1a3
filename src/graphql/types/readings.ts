import { Float, ID, Int, ObjectType } from "type-graphql";
import type * as views from "../../health-data/views.js";
import { DateTimeScalar, LocalDateScalar } from "../scalars.js";
import { EcgFindingEnum, MealRelationEnum, ProviderIdEnum, TemperatureSiteEnum, VitalMethodEnum } from "./enums.js";
import { field, nullableField } from "./field.js";
import { HistoryType } from "./history.js";

/** What every reading has. It is no type of the schema: types inherit its fields. */
@ObjectType({ simpleResolvers: true })
abstract class ReadingType {
  @field(() => ID, "Opaque identifier. It stays the same for this reading.") readonly id!: string;
  @field(() => LocalDateScalar, "Calendar day in the user's own time zone, for example 2026-03-29.")
  readonly date!: string;
  @field(() => ProviderIdEnum, "The provider that recorded it.") readonly source!: views.PulseReading["source"];
}

@ObjectType({ simpleResolvers: true })
abstract class MomentType extends ReadingType {
  @field(() => DateTimeScalar, "When it was taken, with the offset that was valid then.") readonly time!: string;
}

@ObjectType("BloodPressure", { description: "One reading of blood pressure.", simpleResolvers: true })
export class BloodPressureType extends MomentType implements Pick<views.BloodPressure, "pulse"> {
  @nullableField(() => Int, "Pulse during the reading, in beats per minute. Null when the device does not give it.")
  readonly pulse!: views.BloodPressure["pulse"];
}

@ObjectType("BloodGlucose", { description: "One reading of blood glucose.", simpleResolvers: true })
export class BloodGlucoseType extends MomentType implements Pick<views.BloodGlucose, "mealRelation"> {
  @nullableField(() => MealRelationEnum, "When it was measured, relative to a meal. Null when nobody said.")
  readonly mealRelation!: views.BloodGlucose["mealRelation"];
}

@ObjectType("Vo2MaxTest", { description: "One test or estimate of VO2 max.", simpleResolvers: true })
class Vo2MaxTestType extends MomentType implements Pick<views.Vo2MaxTest, "value" | "method"> {
  @field(() => Float, "In millilitres of oxygen a minute for each kilogram, for example 43.5.")
  readonly value!: views.Vo2MaxTest["value"];
  @nullableField(() => VitalMethodEnum, "How it was found. Null when the provider does not tell.")
  readonly method!: views.Vo2MaxTest["method"];
}

@ObjectType("PulseReading", { description: "Heart rate taken at a scale or cuff.", simpleResolvers: true })
class PulseReadingType extends MomentType implements Pick<views.PulseReading, "rate"> {
  @field(() => Int, "In beats per minute.") readonly rate!: views.PulseReading["rate"];
}

@ObjectType("TemperatureReading", { description: "One reading of temperature.", simpleResolvers: true })
export class TemperatureReadingType extends MomentType implements Pick<views.TemperatureReading, "site"> {
  @field(() => TemperatureSiteEnum, "Where it was measured.") readonly site!: views.TemperatureReading["site"];
}

@ObjectType("OxygenReading", { description: "One reading of oxygen saturation.", simpleResolvers: true })
class OxygenReadingType extends MomentType implements Pick<views.OxygenReading, "percent"> {
  @field(() => Float, "In percent, for example 96.2.") readonly percent!: views.OxygenReading["percent"];
}

@ObjectType("Electrocardiogram", {
  description: "One electrocardiogram, without its curve.",
  simpleResolvers: true,
})
class ElectrocardiogramType
  extends MomentType
  implements Pick<views.Electrocardiogram, "averageHeartRate" | "finding" | "durationSeconds">
{
  @nullableField(
    () => Int,
    "Average heart rate during it, in beats per minute. Null when the provider does not give it.",
  )
  readonly averageHeartRate!: views.Electrocardiogram["averageHeartRate"];
  @nullableField(
    () => EcgFindingEnum,
    "What the provider's algorithm found. Not a diagnosis. Null when it was not analysed.",
  )
  readonly finding!: views.Electrocardiogram["finding"];
  @nullableField(() => Int, "Length in seconds. Null when the provider does not give it.")
  readonly durationSeconds!: views.Electrocardiogram["durationSeconds"];
}

@ObjectType("RhythmAlert", { description: "A notice of an irregular rhythm. Not a diagnosis.", simpleResolvers: true })
class RhythmAlertType extends ReadingType implements Pick<views.RhythmAlert, "start" | "end"> {
  @field(() => DateTimeScalar, "Start of the time in which the rhythm was irregular.")
  readonly start!: views.RhythmAlert["start"];
  @field(() => DateTimeScalar, "End of the time in which the rhythm was irregular.")
  readonly end!: views.RhythmAlert["end"];
}

const NULL_LIST = "Null when no provider could answer: `missing` says why.";

@ObjectType("ReadingHistory", {
  description:
    "Readings taken at a moment, one by one, oldest first. The same reading from two providers (within two minutes, with equal figures) is listed once.",
  implements: HistoryType,
  simpleResolvers: true,
})
export class ReadingHistoryType
  extends HistoryType
  implements
    Pick<views.ReadingHistory, "vo2MaxTests" | "pulses" | "oxygenSaturations" | "electrocardiograms" | "rhythmAlerts">
{
  @nullableField(() => [BloodPressureType], `Readings of blood pressure. ${NULL_LIST}`)
  readonly bloodPressures!: readonly BloodPressureType[] | null;
  @nullableField(
    () => [BloodGlucoseType],
    `Readings of blood glucose that a person took. A sensor's course is in \`glucoseSeries\`. ${NULL_LIST}`,
  )
  readonly bloodGlucose!: readonly BloodGlucoseType[] | null;
  @nullableField(
    () => [Vo2MaxTestType],
    `Tests of VO2 max one by one. The day's own figure is \`vitals.vo2Max\`. ${NULL_LIST}`,
  )
  readonly vo2MaxTests!: views.ReadingHistory["vo2MaxTests"];
  @nullableField(() => [PulseReadingType], `Heart rates taken at a scale or cuff. ${NULL_LIST}`)
  readonly pulses!: views.ReadingHistory["pulses"];
  @nullableField(() => [TemperatureReadingType], `Readings of temperature. ${NULL_LIST}`)
  readonly temperatures!: readonly TemperatureReadingType[] | null;
  @nullableField(
    () => [OxygenReadingType],
    `Readings of oxygen saturation. A watch that measures through the night has many. ${NULL_LIST}`,
  )
  readonly oxygenSaturations!: views.ReadingHistory["oxygenSaturations"];
  @nullableField(() => [ElectrocardiogramType], `Electrocardiograms. ${NULL_LIST}`)
  readonly electrocardiograms!: views.ReadingHistory["electrocardiograms"];
  @nullableField(() => [RhythmAlertType], `Notices of an irregular rhythm. Not a diagnosis. ${NULL_LIST}`)
  readonly rhythmAlerts!: views.ReadingHistory["rhythmAlerts"];
}
