import { InterfaceType, ObjectType } from "type-graphql";
import type { FieldSource, SourceReport } from "../../health-data/views.js";
import type { MissingReason } from "../../model/records.js";
import { DateTimeScalar, LocalDateScalar } from "../scalars.js";
import { MissingReasonEnum, ProviderIdEnum, SourceStatusEnum } from "./enums.js";
import { field, nullableField } from "./field.js";

@ObjectType("SourceReport", {
  description:
    "How one provider contributed to an answer. A provider that fails does not affect the data of the others.",
  simpleResolvers: true,
})
class SourceReportType implements SourceReport {
  @field(() => ProviderIdEnum, "The provider.") readonly provider!: SourceReport["provider"];
  @field(() => SourceStatusEnum, "How the provider answered.") readonly status!: SourceReport["status"];
  @nullableField(
    () => String,
    "What happened and what to do, in a sentence for people. Null when there is nothing to say.",
  )
  readonly message!: SourceReport["message"];
  @nullableField(() => DateTimeScalar, "When it is worth asking again. Null when waiting does not help.")
  readonly retryAt!: SourceReport["retryAt"];
  @nullableField(
    () => DateTimeScalar,
    "When the provider sent the oldest part of this answer. Null when it contributed nothing.",
  )
  readonly asOf!: SourceReport["asOf"];
  @field(() => Boolean, "True when stored data was used because the provider could not be asked.")
  readonly servedFromStore!: SourceReport["servedFromStore"];
  @nullableField(
    () => LocalDateScalar,
    "The first day of the range that this provider can still tell of and that this gateway keeps; null where that is all of it. Lists say nothing of the days before. It is later than the range where that is none of its days.",
  )
  readonly reachesFrom!: SourceReport["reachesFrom"];
}

@InterfaceType("History", {
  description:
    'A list inside a history is null where no provider could answer, and empty where they answered that there is nothing: a failure never reads as "no data".',
})
export abstract class HistoryType {
  @field(
    () => [SourceReportType],
    "One for each provider that was asked or whose stored data is in this answer, and for each one named in `providers`.",
  )
  readonly sources!: readonly SourceReport[];
}

export interface MissingField {
  readonly field: string;
  readonly reason: MissingReason;
}

@ObjectType("MissingField", { description: "A figure that is null, and the reason.", simpleResolvers: true })
export class MissingFieldType implements MissingField {
  @field(
    () => String,
    "Name of the field. Samples are named with their arguments, for example samples(STEPS,ONE_MINUTE).",
  )
  readonly field!: string;
  @field(() => MissingReasonEnum, "Why the figure is null.") readonly reason!: MissingField["reason"];
}

@ObjectType("FieldSource", { description: "The provider that a field came from.", simpleResolvers: true })
export class FieldSourceType implements FieldSource {
  @field(() => String, "Name of the field.") readonly field!: FieldSource["field"];
  @field(() => ProviderIdEnum, "The provider of its value.") readonly provider!: FieldSource["provider"];
}
