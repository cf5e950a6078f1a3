import { InterfaceType, ObjectType } from "type-graphql";
import type { MissingReason } from "../../model/records.js";
import type { FieldSource, SourceReport } from "../../readings/views.js";
import { DateTimeScalar } from "../scalars.js";
import { MissingReasonEnum, ProviderIdEnum, SourceStatusEnum } from "./enums.js";
import { field, nullableField } from "./field.js";

@ObjectType("SourceReport", {
  description: "One per provider asked: a provider that fails takes nothing from the others.",
  simpleResolvers: true,
})
export class SourceReportType implements SourceReport {
  @field(() => ProviderIdEnum, "Who was asked.") readonly provider!: SourceReport["provider"];
  @field(() => SourceStatusEnum, "How it went.") readonly status!: SourceReport["status"];
  @nullableField(() => String, "What happened and what to do, for people.") readonly message!: SourceReport["message"];
  @nullableField(() => DateTimeScalar, "When asking again makes sense.") readonly retryAt!: SourceReport["retryAt"];
  @nullableField(() => DateTimeScalar, "When the oldest part of this answer left the provider.")
  readonly asOf!: SourceReport["asOf"];
  @field(() => Boolean, "Whether any of the answer came from the store because the provider could not be asked.")
  readonly servedFromStore!: SourceReport["servedFromStore"];
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

@ObjectType("MissingField", { description: "Why a figure is null.", simpleResolvers: true })
export class MissingFieldType implements MissingField {
  @field(() => String, "Its name; a series with its arguments: samples(STEPS,ONE_MINUTE).") readonly field!: string;
  @field(() => MissingReasonEnum, "The reason, as far as it was observed.") readonly reason!: MissingField["reason"];
}

@ObjectType("FieldSource", { description: "Where a merged field came from.", simpleResolvers: true })
export class FieldSourceType implements FieldSource {
  @field(() => String, "The field's name.") readonly field!: FieldSource["field"];
  @field(() => ProviderIdEnum, "Whose value it holds.") readonly provider!: FieldSource["provider"];
}
