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
  @nullableField(
    () => DateTimeScalar,
    "Time of the measurement. Null when the provider gives local time and the offset from UTC is not known.",
  )
  readonly time!: Sample["time"];
  @field(() => Float, "In the unit of its series.") readonly value!: Sample["value"];
}

export interface Series extends SampleSeries {
  readonly unit: string;
}

@ObjectType("Series", {
  description:
    "Samples of one measure, in time order. `points` has one object for each sample. `offsets` and `values` hold the same data as two columns and are much cheaper: use them for whole days.",
  simpleResolvers: true,
})
export class SeriesType implements Omit<Series, "zone"> {
  @field(() => String, "Unit of the values: bpm, count, m, kcal, ms, %, breaths/min, mmol/L, m/s, W or 1/min.")
  readonly unit!: Series["unit"];
  @nullableField(
    () => DateTimeScalar,
    "Start of the series. Null when the provider gives local time and the offset from UTC is not known.",
  )
  readonly start!: Series["start"];
  @field(() => String, "Local time of the start, without an offset, for example 2026-03-29T00:00:00.")
  readonly localStart!: Series["localStart"];
  @nullableField(() => Int, "Seconds between two samples. Null when the samples are not evenly spaced.")
  readonly stepSeconds!: Series["stepSeconds"];
  @field(() => IntColumn, "Seconds since `start`, one for each value.") readonly offsets!: Series["offsets"];
  @field(() => FloatColumn, "Measured values, one for each offset, in `unit`.") readonly values!: Series["values"];
}
