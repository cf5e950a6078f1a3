import { FieldResolver, Resolver, Root } from "type-graphql";
import { plusSeconds } from "../../model/time.js";
import { type Sample, SampleType, type Series, SeriesType } from "../types/series.js";

@Resolver(() => SeriesType)
export class SeriesResolver {
  @FieldResolver(() => [SampleType], { description: "The samples one by one." })
  points(@Root() series: Series): readonly Sample[] {
    const { start, offsets, values } = series;
    return offsets.map((offset, index) => ({
      time: start === null ? null : plusSeconds(start, offset),
      value: values[index] as number,
    }));
  }
}
