import { FieldResolver, Resolver, Root } from "type-graphql";
import type { HeartDay } from "../../health-data/views.js";
import { heartFigures } from "../../model/figures.js";
import type { Resolution } from "../../model/records.js";
import { HeartDayType, HeartZoneType } from "../types/heart.js";
import { type Series, SeriesType } from "../types/series.js";
import { Figures } from "./figures.js";
import { MISSING, Missing } from "./missing.js";
import { OfDayAt } from "./resolution.js";

@Resolver(() => HeartDayType)
@Missing(MISSING)
@Figures(HeartDayType, heartFigures)
export class HeartDayResolver {
  @FieldResolver(() => SeriesType, {
    nullable: true,
    description: "Heart-rate samples within the day, in beats per minute.",
  })
  samples(@Root() day: HeartDay, @OfDayAt("ONE_MINUTE") resolution: Resolution): Series | null {
    const series = day.series.get(`heart.samples:${resolution}`);
    return series ? Object.assign({}, series, { unit: "bpm" }) : null;
  }
}

@Resolver(() => HeartZoneType)
@Figures(HeartZoneType, {
  energyBurned: { type: "Float", quantity: "energy", description: "Energy burned while in this zone." },
})
export class HeartZoneResolver {}
