import { FieldResolver, Resolver, Root } from "type-graphql";
import type { VitalDay, VitalHistory } from "../../health-data/views.js";
import { namesOf } from "../../model/figure-tables.js";
import { type Vital, type VitalFigure, vitalFigures } from "../../model/figures.js";
import type { Resolution, SampleSeries } from "../../model/records.js";
import { courseAt } from "../../model/series.js";
import { type Series, SeriesType } from "../types/series.js";
import { VitalDayType, VitalHistoryType } from "../types/vitals.js";
import { type TemperatureUnit, temperatureDifferenceIn, temperatureIn } from "../units.js";
import { MISSING_LISTS, Missing } from "./missing.js";
import { FromFirstAt } from "./resolution.js";
import { serve } from "./serve.js";
import { InTemperature } from "./units.js";

type ServedVital = Omit<VitalDay, "course" | "alternatives"> & {
  readonly course: (SampleSeries & { readonly unit: string }) | null;
  readonly alternatives: readonly ServedVital[];
};

@Resolver(() => VitalDayType)
export class VitalDayResolver {
  @FieldResolver(() => SeriesType, {
    nullable: true,
    description:
      "The course of the night, from its first sample, or of the calendar day where the provider files samples by time. Null for vitals of which the provider tells no course: few tell more than that of oxygen and breathing.",
  })
  samples(@Root() day: ServedVital, @FromFirstAt("FIVE_MINUTES") resolution: Resolution): Series | null {
    return day.course && Object.assign({}, courseAt(day.course, resolution), { unit: day.course.unit });
  }
}

@Resolver(() => VitalHistoryType)
@Missing(MISSING_LISTS)
export class VitalHistoryResolver {}

const convert = { temperature: temperatureIn, temperatureDifference: temperatureDifferenceIn } as const;

for (const name of namesOf(vitalFigures)) {
  const { quantity, course = "", description }: Vital = vitalFigures[name];
  const toServed = (day: VitalDay, unit: TemperatureUnit): ServedVital => {
    const of = (value: number | null) => (quantity ? convert[quantity](value, unit) : value);
    return {
      ...day,
      value: of(day.value),
      low: of(day.low),
      high: of(day.high),
      course: day.course && Object.assign({}, day.course, { unit: course }),
      alternatives: day.alternatives.map((other) => toServed(other, unit)),
    };
  };
  const resolve = (history: Pick<VitalHistory, VitalFigure>, unit: TemperatureUnit) =>
    history[name]?.map((day) => toServed(day, unit)) ?? null;
  const served = { returns: () => [VitalDayType], nullable: true, description, resolve } as const;
  serve(VitalHistoryResolver, name, served, Root(), ...(quantity ? [InTemperature("CELSIUS")] : []));
}
