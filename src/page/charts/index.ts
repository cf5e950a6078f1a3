/**
 * The charts of the page. They draw what they are given: they ask nobody, and every word comes with the properties. Each
 * is drawn by hand: hatches for what is unknown, lines that break at gaps and at changes of source, and places that a
 * keyboard can point at are most of the work, and no chart library brings them.
 */

export { Bedtimes, type BedtimesNight } from "./bedtimes.js";
export { Changing } from "./changing.js";
export { type CoursePlace, DayCourse } from "./day-course.js";
export type { Band } from "./days.js";
export { Empty, Unknown } from "./frame.js";
export { stageHues, zoneHues } from "./hues.js";
export { Hypnogram, type StagePlace } from "./hypnogram.js";
export { RateAndHrv, type RateDay } from "./rate-and-hrv.js";
export { type ScoreDay, ScoreMeter } from "./score-meter.js";
export { type SparkDay, Sparkline, VitalRow } from "./sparkline.js";
export { StepsBars, type StepsDay } from "./steps-bars.js";
export { type StepsHour, StepsToday } from "./steps-today.js";
export { NightStrip, WornStrip } from "./strips.js";
export { Table } from "./table.js";
export { trendOf } from "./trend.js";
export type { ChartWords, SourceRun, Zone, ZoneKind } from "./types.js";
export { Weight, type WeightPlace } from "./weight.js";
export { ZoneBar } from "./zone-bar.js";
