import { Arg, FieldResolver, Resolver, Root } from "type-graphql";
import type { ActivityDay } from "../../health-data/views.js";
import { totalFigures, valuesBy } from "../../model/figure-tables.js";
import { activityFigures } from "../../model/figures.js";
import type { ActivityMetric, Resolution } from "../../model/records.js";
import { ActivityDayType, ActivityTotalsType } from "../types/activity.js";
import { ActivityMetricEnum, ResolutionEnum } from "../types/enums.js";
import { type Series, SeriesType } from "../types/series.js";
import { Figures } from "./figures.js";
import { MISSING, Missing } from "./missing.js";

const unitOf: Readonly<Record<ActivityMetric, string>> = {
  STEPS: "count",
  DISTANCE: "m",
  ENERGY_BURNED: "kcal",
  FLOORS: "count",
  ELEVATION: "m",
};

@Resolver(() => ActivityDayType)
@Missing(MISSING)
@Figures(ActivityDayType, activityFigures)
export class ActivityDayResolver {
  @FieldResolver(() => SeriesType, { nullable: true, description: "Samples of one measure within the day." })
  samples(
    @Root() day: ActivityDay,
    @Arg("metric", () => ActivityMetricEnum, { description: "Which measure." }) metric: ActivityMetric,
    @Arg("resolution", () => ResolutionEnum, {
      defaultValue: "FIFTEEN_MINUTES",
      description: "Length of the intervals that the samples are grouped into.",
    })
    resolution: Resolution,
  ): Series | null {
    const series = day.series.get(`activity.samples:${metric}:${resolution}`);
    return series ? { ...series, unit: unitOf[metric] } : null;
  }
}

@Resolver(() => ActivityTotalsType)
@Figures(
  ActivityTotalsType,
  valuesBy(totalFigures, (name) => ({ ...activityFigures[name], description: activityFigures[name].total })),
)
export class ActivityTotalsResolver {}
