import { FieldResolver, Resolver, Root } from "type-graphql";
import { pointsOf } from "../points.js";
import { type Sample, SampleType, type Series, SeriesType } from "../types/series.js";

@Resolver(() => SeriesType)
export class SeriesResolver {
  @FieldResolver(() => [SampleType], {
    description: "The samples as objects. Large: prefer `offsets` and `values` for whole days.",
  })
  points(@Root() series: Series): readonly Sample[] {
    return pointsOf(series);
  }
}
