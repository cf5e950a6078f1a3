import { Float, Int, ObjectType } from "type-graphql";
import type { OffsetDateTime, SampleSeries } from "../../model/records.js";
import { DateTimeScalar, FloatColumn, IntColumn } from "../scalars.js";
import { field, nullableField } from "./field.js";

export interface Sample {
  readonly time: OffsetDateTime | null;
  readonly value: number;
}

@ObjectType("Sample", { description: "One measured value.", simpleResolvers: true })
export class SampleType implements Sample {
  @nullableField(() => DateTimeScalar, "When, or null where the provider's local time has no known offset.")
  readonly time!: Sample["time"];
  @field(() => Float, "In the unit of its series.") readonly value!: Sample["value"];
}

export interface Series extends SampleSeries {
  readonly unit: string;
}

@ObjectType("Series", {
  description:
    "Samples of one measure, in time order. `points` reads well; `offsets` with `values` is the same data as two columns and many times cheaper: prefer it for whole days.",
  simpleResolvers: true,
})
export class SeriesType implements Omit<Series, "zone"> {
  @field(() => String, "SI unit of the values: bpm, count, m, kcal.") readonly unit!: Series["unit"];
  @nullableField(() => DateTimeScalar, "Null where the provider's local time has no known offset.")
  readonly start!: Series["start"];
  @field(() => String, "Wall-clock time of the start, without offset (2026-03-29T00:00:00).")
  readonly localStart!: Series["localStart"];
  @nullableField(() => Int, "Null where the samples keep no step.") readonly stepSeconds!: Series["stepSeconds"];
  @field(() => IntColumn, "Elapsed seconds after the start, one per value.") readonly offsets!: Series["offsets"];
  @field(() => FloatColumn, "One per offset.") readonly values!: Series["values"];
}
