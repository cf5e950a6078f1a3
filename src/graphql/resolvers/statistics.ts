import { Arg, FieldResolver, Resolver, Root } from "type-graphql";
import { inPeriods, type Period, type PeriodDays, type Statistic, statisticOf } from "../../health-data/statistics.js";
import type { StatisticDays } from "../../health-data/views.js";
import { ActivityHistoryType } from "../types/activity.js";
import { PeriodEnum } from "../types/enums.js";
import { HeartHistoryType } from "../types/heart.js";
import { SleepHistoryType } from "../types/sleep.js";
import {
  ActivityStatisticsType,
  HeartStatisticsType,
  SleepStatisticsType,
  StatisticType,
} from "../types/statistics.js";
import { energyIn, lengthIn } from "../units.js";
import { InEnergy, InLength } from "./units.js";

const quantities = {
  length: { argument: InLength("METER"), convert: lengthIn },
  energy: { argument: InEnergy("KILOCALORIE"), convert: energyIn },
} as const;

interface Row {
  readonly quantity?: keyof typeof quantities;
  readonly description: string;
}

const rows = {
  activity: {
    steps: { description: "Number of steps a day." },
    distance: { quantity: "length", description: "Distance covered a day." },
    energyBurned: { quantity: "energy", description: "Energy burned a day, resting included." },
    activeEnergyBurned: {
      quantity: "energy",
      description: "Energy burned by activity a day, without the resting part.",
    },
    floors: { description: "Number of floors climbed a day." },
    sedentaryMinutes: { description: "Minutes a day without notable movement." },
    activeZoneMinutes: { description: "Active zone minutes a day." },
  },
  heart: {
    restingRate: { description: "Resting heart rate, in beats per minute." },
    hrvRmssd: { description: "Heart-rate variability as RMSSD, in milliseconds." },
    hrvSdnn: { description: "Heart-rate variability as SDNN, in milliseconds." },
  },
  sleep: {
    minutesAsleep: { description: "Minutes asleep." },
    efficiency: { description: "Sleep efficiency in percent (0 to 100), as the provider calculates it." },
    bedtimeMinutes: {
      description:
        "When the person went to bed, in minutes after noon of the day before, for example 690 for 23:30 and 750 for 00:30: so nights on either side of midnight average right.",
    },
  },
} as const satisfies Record<string, Record<string, Row>>;

@Resolver(() => ActivityStatisticsType)
export class ActivityStatisticsResolver {}
@Resolver(() => HeartStatisticsType)
export class HeartStatisticsResolver {}
@Resolver(() => SleepStatisticsType)
export class SleepStatisticsResolver {}

const DESCRIPTION =
  "Averages over weeks (which begin on Monday), months, or the whole range, that say which days they leave out. The ends of the range cut the first and the last period. Null or empty as the list of days is.";
const InPeriod = () =>
  Arg("by", () => PeriodEnum, { defaultValue: "RANGE", description: "The periods to average over." });
interface History {
  readonly statisticDays?: StatisticDays;
}
const periodsIn = ({ statisticDays }: History, by: Period) => (statisticDays ? inPeriods(statisticDays, by) : null);

@Resolver(() => ActivityHistoryType)
export class ActivityHistoryResolver {
  @FieldResolver(() => [ActivityStatisticsType], { nullable: true, description: DESCRIPTION })
  statistics(@Root() history: History, @InPeriod() by: Period) {
    return periodsIn(history, by);
  }
}

@Resolver(() => HeartHistoryType)
export class HeartHistoryResolver {
  @FieldResolver(() => [HeartStatisticsType], { nullable: true, description: DESCRIPTION })
  statistics(@Root() history: History, @InPeriod() by: Period) {
    return periodsIn(history, by);
  }
}

@Resolver(() => SleepHistoryType)
export class SleepHistoryResolver {
  @FieldResolver(() => [SleepStatisticsType], { nullable: true, description: DESCRIPTION })
  statistics(@Root() history: History, @InPeriod() by: Period) {
    return periodsIn(history, by);
  }
}

type Class = abstract new () => object;

/** Adds a statistic for each row, as decorators do for fields that are written by hand. */
function serveStatistics(resolver: Class, figures: Readonly<Record<string, Row>>): void {
  const { prototype } = resolver;
  for (const [name, { quantity, description }] of Object.entries(figures)) {
    const resolve = ({ days }: PeriodDays, unit: never) => {
      const found = statisticOf(days, name);
      return quantity ? converted(found, (value) => quantities[quantity].convert(value, unit)) : found;
    };
    Object.defineProperty(prototype, name, { value: resolve });
    Root()(prototype, name, 0);
    if (quantity) quantities[quantity].argument(prototype, name, 1);
    FieldResolver(() => StatisticType, { description })(prototype, name, { value: resolve });
  }
}

function converted(found: Statistic, convert: (value: number | null) => number | null): Statistic {
  return {
    ...found,
    mean: convert(found.mean),
    minimum: convert(found.minimum),
    maximum: convert(found.maximum),
    median: convert(found.median),
    standardDeviation: convert(found.standardDeviation),
  };
}

serveStatistics(ActivityStatisticsResolver, rows.activity);
serveStatistics(HeartStatisticsResolver, rows.heart);
serveStatistics(SleepStatisticsResolver, rows.sleep);
