import type { SamplesField } from "../model/fields.js";
import type { TotalFigure } from "../model/figure-tables.js";
import type { ActivityFigure, HeartFigure, NutritionFigure, VitalFigure } from "../model/figures.js";
import type {
  BloodPressureRecord,
  DeviceRecord,
  DistanceMethod,
  ElectrocardiogramRecord,
  GlucoseRecord,
  GoalRecord,
  HeartZoneKind,
  HrvWindow,
  LocalDate,
  MissingReason,
  NutritionRecord,
  OxygenRecord,
  PulseRecord,
  RestingRateMethod,
  RhythmAlertRecord,
  SampleSeries,
  ScoreKind,
  ScoreRecord,
  Sex,
  SleepRecord,
  TemperatureRecord,
  VitalMethod,
  Vo2MaxTestRecord,
  WeighingRecord,
  WorkoutRecord,
} from "../model/records.js";
import type { ProviderId } from "../providers/index.js";
import type { StatisticDay } from "./statistics.js";

/** What a session answers: the history types of the API as plain objects, in SI units, property names as in the schema. */

export const sourceStatuses = [
  "OK",
  "STALE",
  "UNSUPPORTED",
  "INSUFFICIENT_SCOPE",
  "REAUTHORIZATION_REQUIRED",
  "RATE_LIMITED",
  "UNAVAILABLE",
  "RETIRED",
  "NOT_CONNECTED",
  "NOT_CONFIGURED",
  "ACTION_REQUIRED",
] as const;
export type SourceStatus = (typeof sourceStatuses)[number];

export interface SourceReport {
  readonly provider: ProviderId;
  readonly status: SourceStatus;
  readonly message: string | null;
  /** Epoch ms, as is the next. */
  readonly retryAt: number | null;
  readonly asOf: number | null;
  readonly servedFromStore: boolean;
  /** The first day that the provider can still tell of. Null if that is the whole range. */
  readonly reachesFrom: LocalDate | null;
}

/**
 * Why asked fields of an object are null, by the name that `missing` shows: "steps", "samples(STEPS,ONE_MINUTE)".
 * Holds the fields of the selection that the object was read for.
 */
export type Absent = ReadonlyMap<string, MissingReason>;

/** Every day of the range for statistics. Null where nobody could answer. Left out where they were not asked for. */
export type StatisticDays = readonly StatisticDay[] | null;

type Figures<Name extends string> = { readonly [F in Name]: number | null };

export interface ActivityDay extends Figures<ActivityFigure> {
  readonly id: string;
  readonly date: LocalDate;
  readonly source: ProviderId;
  readonly distanceMethod: DistanceMethod | null;
  /** Left out where it was not asked for. */
  readonly worn?: boolean | null;
  readonly absent: Absent;
  readonly settled: boolean;
  /** Asked series by field; null values have their reason in `absent`. */
  readonly series: ReadonlyMap<SamplesField, SampleSeries | null>;
  readonly alternatives: readonly ActivityDay[];
}
export interface ActivityTotals extends Figures<TotalFigure> {
  readonly days: number;
}
export interface ActivityHistory {
  readonly days: readonly ActivityDay[] | null;
  readonly totals: ActivityTotals | null;
  readonly statisticDays?: StatisticDays;
  readonly sources: readonly SourceReport[];
}

export interface HeartZone {
  readonly kind: HeartZoneKind;
  readonly minRate: number | null;
  readonly maxRate: number | null;
  readonly minutes: number | null;
  readonly energyBurned: number | null;
}
export interface HeartDay extends Figures<HeartFigure> {
  readonly id: string;
  readonly date: LocalDate;
  readonly source: ProviderId;
  readonly absent: Absent;
  readonly settled: boolean;
  /** Left out where it was not asked for. */
  readonly worn?: boolean | null;
  readonly restingRateMethod: RestingRateMethod | null;
  readonly hrvWindow: HrvWindow | null;
  readonly zones: readonly HeartZone[] | null;
  readonly series: ReadonlyMap<SamplesField, SampleSeries | null>;
  readonly alternatives: readonly HeartDay[];
}
export interface HeartHistory {
  readonly days: readonly HeartDay[] | null;
  readonly statisticDays?: StatisticDays;
  readonly sources: readonly SourceReport[];
}

/** Asked courses of a night or a workout, by metric, as recorded. Null values have their reason in `absent`. */
export type Courses = ReadonlyMap<string, SampleSeries | null>;

/** `id` is the gateway's own opaque one here, not the provider's. */
export interface SleepSession extends Omit<SleepRecord, "pending"> {
  readonly date: LocalDate;
  readonly source: ProviderId;
  readonly absent: Absent;
  readonly courses: Courses;
  readonly settled: boolean;
  readonly alternatives: readonly SleepSession[];
}
export interface SleepHistory {
  readonly sessions: readonly SleepSession[] | null;
  readonly statisticDays?: StatisticDays;
  readonly sources: readonly SourceReport[];
}

export interface BodyMeasurement extends WeighingRecord {
  readonly date: LocalDate;
  readonly source: ProviderId;
  readonly absent: Absent;
}
export interface BodyHistory {
  readonly measurements: readonly BodyMeasurement[] | null;
  readonly latest: BodyMeasurement | null;
  readonly sources: readonly SourceReport[];
}

export interface Workout extends WorkoutRecord {
  readonly date: LocalDate;
  readonly source: ProviderId;
  readonly absent: Absent;
  readonly courses: Courses;
  readonly alternatives: readonly Workout[];
}
export interface WorkoutHistory {
  readonly workouts: readonly Workout[] | null;
  readonly sources: readonly SourceReport[];
}

export interface VitalDay {
  readonly id: string;
  readonly date: LocalDate;
  readonly source: ProviderId;
  /** In °C where it is a temperature. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly method: VitalMethod | null;
  /** Why the value is null. */
  readonly reason: MissingReason | null;
  readonly settled: boolean;
  /** The course, as recorded. Null if none was asked for, too. */
  readonly course: SampleSeries | null;
  readonly alternatives: readonly VitalDay[];
}
export interface VitalHistory extends Readonly<Record<VitalFigure, readonly VitalDay[] | null>> {
  /** Why lists are null, by the name of the vital. */
  readonly absent: Absent;
  readonly sources: readonly SourceReport[];
}

/** `id` is the gateway's own opaque one here, not the provider's. */
type ReadingView<R> = R & { readonly date: LocalDate; readonly source: ProviderId };
export type BloodPressure = ReadingView<BloodPressureRecord>;
export type BloodGlucose = ReadingView<GlucoseRecord>;
export type Vo2MaxTest = ReadingView<Vo2MaxTestRecord>;
export type PulseReading = ReadingView<PulseRecord>;
export type TemperatureReading = ReadingView<TemperatureRecord>;
export type OxygenReading = ReadingView<OxygenRecord>;
export type Electrocardiogram = ReadingView<ElectrocardiogramRecord>;
export type RhythmAlert = ReadingView<RhythmAlertRecord>;
export interface ReadingHistory {
  readonly bloodPressures: readonly BloodPressure[] | null;
  readonly bloodGlucose: readonly BloodGlucose[] | null;
  /** A course for each day that has one, as recorded. */
  readonly glucoseSeries: readonly SampleSeries[] | null;
  readonly vo2MaxTests: readonly Vo2MaxTest[] | null;
  readonly pulses: readonly PulseReading[] | null;
  readonly temperatures: readonly TemperatureReading[] | null;
  readonly oxygenSaturations: readonly OxygenReading[] | null;
  readonly electrocardiograms: readonly Electrocardiogram[] | null;
  readonly rhythmAlerts: readonly RhythmAlert[] | null;
  /** Why lists are null, by their names. */
  readonly absent: Absent;
  readonly sources: readonly SourceReport[];
}

export interface Score extends Omit<ScoreRecord, "pending"> {
  readonly date: LocalDate;
  readonly source: ProviderId;
  readonly kind: ScoreKind;
  /** Why both value and level are null. */
  readonly reason: MissingReason | null;
  readonly settled: boolean;
}
export interface ScoreHistory {
  readonly scores: readonly Score[] | null;
  readonly sources: readonly SourceReport[];
}

export interface NutritionDay extends Figures<NutritionFigure> {
  readonly id: string;
  readonly date: LocalDate;
  readonly source: ProviderId;
  readonly absent: Absent;
  readonly settled: boolean;
  readonly alternatives: readonly NutritionDay[];
}
/** `id` is the gateway's own opaque one here, not the provider's. */
export interface NutritionEntry extends NutritionRecord {
  readonly date: LocalDate;
  readonly source: ProviderId;
  readonly absent: Absent;
}
export interface NutritionHistory {
  readonly days: readonly NutritionDay[] | null;
  readonly entries: readonly NutritionEntry[] | null;
  /** Why lists are null, by their names. */
  readonly absent: Absent;
  readonly sources: readonly SourceReport[];
}

export interface Device extends DeviceRecord {
  readonly source: ProviderId;
}
export interface DeviceList {
  readonly devices: readonly Device[] | null;
  readonly sources: readonly SourceReport[];
}

export interface Goal extends GoalRecord {
  readonly id: string;
  readonly source: ProviderId;
}
export interface GoalList {
  readonly goals: readonly Goal[] | null;
  readonly sources: readonly SourceReport[];
}

export interface FieldSource {
  readonly field: string;
  readonly provider: ProviderId;
}
export interface Profile {
  readonly id: string;
  readonly displayName: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly email: string | null;
  readonly dateOfBirth: LocalDate | null;
  readonly age: number | null;
  readonly sex: Sex | null;
  /** m */
  readonly height: number | null;
  /** kg */
  readonly weight: number | null;
  readonly avatarUrl: string | null;
  readonly timeZone: string | null;
  readonly utcOffsetSeconds: number | null;
  readonly locale: string | null;
  readonly memberSince: LocalDate | null;
  readonly absent: Absent;
  readonly provenance: readonly FieldSource[];
  readonly sources: readonly SourceReport[];
}

/** By domain: what a history of it answers. */
export interface Histories {
  PROFILE: Profile;
  ACTIVITY: ActivityHistory;
  HEART: HeartHistory;
  SLEEP: SleepHistory;
  BODY: BodyHistory;
  WORKOUTS: WorkoutHistory;
  VITALS: VitalHistory;
  READINGS: ReadingHistory;
  SCORES: ScoreHistory;
  NUTRITION: NutritionHistory;
  DEVICES: DeviceList;
  GOALS: GoalList;
}
