/**
 * The charts of the page. They draw what they are given: they ask nobody, and every word comes with the properties. Each
 * is drawn by hand: hatches for what is unknown, lines that break at gaps and at changes of source, and places that a
 * keyboard can point at are most of the work, and no chart library brings them.
 */
export { Bedtimes, type BedtimesNight, type BedtimesProps } from "./bedtimes.js";
export type { Band } from "./days.js";
export { Empty, Unknown } from "./frame.js";
export { HeartDay, type HeartDayProps, type HeartPlace, zoneOf } from "./heart-day.js";
export { stageHues, zoneHues } from "./hues.js";
export { Hypnogram, type HypnogramProps, type StagePlace } from "./hypnogram.js";
export { RateAndHrv, type RateAndHrvProps, type RateDay } from "./rate-and-hrv.js";
export { type ScoreDay, ScoreMeter, type ScoreMeterProps } from "./score-meter.js";
export { type SparkDay, Sparkline, VitalRow, type VitalRowProps } from "./sparkline.js";
export { StepsBars, type StepsBarsProps, type StepsDay } from "./steps-bars.js";
export { type StepsHour, StepsToday, type StepsTodayProps } from "./steps-today.js";
export { NightStrip, type WornSpan, WornStrip } from "./strips.js";
export { type TrendDay, trendOf, type Weighing } from "./trend.js";
export type {
  ChartDay,
  ChartWords,
  Figure,
  Gap,
  Known,
  Place,
  Reading,
  SleepStage,
  SourceRun,
  Zone,
  ZoneKind,
} from "./types.js";
export { Weight, type WeightPlace, type WeightProps, weightPlaces } from "./weight.js";
export { ZoneBar, type ZoneBarProps } from "./zone-bar.js";
