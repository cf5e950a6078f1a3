import { Arg, FieldResolver, Resolver, Root } from "type-graphql";
import type { ActivityDay } from "../../health-data/views.js";
import { totalFigures, valuesBy } from "../../model/figure-tables.js";
import { activityFigures } from "../../model/figures.js";
import type { ActivityMetric, Resolution } from "../../model/records.js";
import { samplesField, unitOfSamples } from "../../model/series.js";
import { ActivityDayType, ActivityTotalsType } from "../types/activity.js";
import { ActivityMetricEnum } from "../types/enums.js";
import { type Series, SeriesType } from "../types/series.js";
import { Figures } from "./figures.js";
import { MISSING, Missing } from "./missing.js";
import { OfDayAt } from "./resolution.js";

@Resolver(() => ActivityDayType)
@Missing(MISSING)
@Figures(ActivityDayType, activityFigures)
export class ActivityDayResolver {
  @FieldResolver(() => SeriesType, { nullable: true, description: "Samples of one measure within the day." })
  samples(
    @Root() day: ActivityDay,
    @Arg("metric", () => ActivityMetricEnum, { description: "Which measure." }) metric: ActivityMetric,
    @OfDayAt("FIFTEEN_MINUTES") resolution: Resolution,
  ): Series | null {
    const field = samplesField(metric, resolution);
    const series = day.series.get(field);
    return series ? Object.assign({}, series, { unit: unitOfSamples(field) }) : null;
  }
}

@Resolver(() => ActivityTotalsType)
@Figures(
  ActivityTotalsType,
  valuesBy(totalFigures, (name) => ({ ...activityFigures[name], description: activityFigures[name].total })),
)
export class ActivityTotalsResolver {}
