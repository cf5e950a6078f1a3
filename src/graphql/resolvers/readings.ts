import { FieldResolver, Float, Resolver, Root } from "type-graphql";
import type { BloodGlucose, BloodPressure, ReadingHistory, TemperatureReading } from "../../health-data/views.js";
import type { Resolution } from "../../model/records.js";
import { courseAt } from "../../model/series.js";
import { BloodGlucoseType, BloodPressureType, ReadingHistoryType, TemperatureReadingType } from "../types/readings.js";
import { type Series, SeriesType } from "../types/series.js";
import { type GlucoseUnit, glucoseIn, type TemperatureUnit, temperatureIn } from "../units.js";
import { MISSING_LISTS, Missing } from "./missing.js";
import { FromFirstAt } from "./resolution.js";
import { InGlucose, InTemperature } from "./units.js";

@Resolver(() => ReadingHistoryType)
@Missing(MISSING_LISTS)
export class ReadingHistoryResolver {
  @FieldResolver(() => [SeriesType], {
    nullable: true,
    description:
      "The course that a glucose sensor recorded, one series for each day that has one, in mmol/L. Null when no provider could answer: `missing` says why.",
  })
  glucoseSeries(
    @Root() history: ReadingHistory,
    @FromFirstAt("FIVE_MINUTES") resolution: Resolution,
  ): readonly Series[] | null {
    return (
      history.glucoseSeries?.map((day) => Object.assign({}, courseAt(day, resolution), { unit: "mmol/L" })) ?? null
    );
  }
}

@Resolver(() => BloodPressureType)
export class BloodPressureResolver {
  @FieldResolver(() => Float, { description: "The upper figure, in mmHg, for example 118." })
  systolicMmHg(@Root() reading: BloodPressure) {
    return reading.systolic;
  }

  @FieldResolver(() => Float, { description: "The lower figure, in mmHg, for example 76." })
  diastolicMmHg(@Root() reading: BloodPressure) {
    return reading.diastolic;
  }
}

@Resolver(() => BloodGlucoseType)
export class BloodGlucoseResolver {
  @FieldResolver(() => Float, { description: "Concentration of glucose, for example 5.4 mmol/L." })
  value(@Root() reading: BloodGlucose, @InGlucose("MILLIMOLE_PER_LITER") unit: GlucoseUnit) {
    return glucoseIn(reading.value, unit);
  }
}

@Resolver(() => TemperatureReadingType)
export class TemperatureReadingResolver {
  @FieldResolver(() => Float, { description: "Temperature, for example 36.7 °C." })
  value(@Root() reading: TemperatureReading, @InTemperature("CELSIUS") unit: TemperatureUnit) {
    return temperatureIn(reading.value, unit);
  }
}
