import { Float, ID, ObjectType } from "type-graphql";
import type { Score, ScoreHistory } from "../../health-data/views.js";
import type { ScoreContributor } from "../../model/records.js";
import { LocalDateScalar } from "../scalars.js";
import { MissingReasonEnum, ProviderIdEnum, ScoreKindEnum } from "./enums.js";
import { field, nullableField } from "./field.js";
import { HistoryType } from "./history.js";

@ObjectType("ScoreContributor", { description: "One part of a provider's score.", simpleResolvers: true })
class ScoreContributorType implements ScoreContributor {
  @field(() => String, "As the provider calls it, for example HRV Balance.") readonly name!: ScoreContributor["name"];
  @nullableField(() => Float, "Null when the provider gives none.") readonly value!: ScoreContributor["value"];
  @nullableField(() => Float, "The low end of its scale. Null where it is open.")
  readonly scaleMin!: ScoreContributor["scaleMin"];
  @nullableField(() => Float, "The high end of its scale. Null where it is open.")
  readonly scaleMax!: ScoreContributor["scaleMax"];
}

@ObjectType("Score", {
  description:
    "One of a provider's own scores, of one day. A recovery of one maker is not a readiness of another: compare a score with those of the same name alone.",
  simpleResolvers: true,
})
class ScoreType implements Omit<Score, "refused"> {
  @field(() => ID, "Opaque identifier. It stays the same for this score.") readonly id!: Score["id"];
  @field(() => LocalDateScalar, "Calendar day in the user's own time zone, for example 2026-03-29.")
  readonly date!: Score["date"];
  @field(() => ProviderIdEnum, "The provider whose score this is.") readonly source!: Score["source"];
  @field(() => ScoreKindEnum, "What it is about.") readonly kind!: Score["kind"];
  @field(() => String, "As the provider calls it: Readiness, Recovery, Nightly Recharge, Day Strain.")
  readonly name!: Score["name"];
  @nullableField(
    () => Float,
    "On the provider's own scale, for example 81. Null when there is none: `level` or `reason` says more.",
  )
  readonly value!: Score["value"];
  @nullableField(() => Float, "The low end of the provider's scale. Null where it is open.")
  readonly scaleMin!: Score["scaleMin"];
  @nullableField(() => Float, "The high end of the provider's scale. Null where it is open.")
  readonly scaleMax!: Score["scaleMax"];
  @nullableField(() => String, "The provider's own word, where it has one (solid, PRODUCTIVE).")
  readonly level!: Score["level"];
  @field(() => [ScoreContributorType], "What the provider says that the score is made of. Empty where it does not say.")
  readonly contributors!: Score["contributors"];
  @nullableField(() => MissingReasonEnum, "Why `value` and `level` are null. Null when one of them is not.")
  readonly reason!: Score["reason"];
  @field(() => Boolean, "True when the provider will not change it any more.") readonly settled!: Score["settled"];
}

@ObjectType("ScoreHistory", {
  description:
    "The providers' own scores. They are never merged, averaged or converted: every source's are listed, by day, then kind, then priority.",
  implements: HistoryType,
  simpleResolvers: true,
})
export class ScoreHistoryType extends HistoryType implements ScoreHistory {
  @nullableField(
    () => [ScoreType],
    "Null when no provider could answer; empty when a provider answered that there are none.",
  )
  readonly scores!: ScoreHistory["scores"];
}
