import type { SamplesField } from "../model/fields.js";
import type { TotalFigure } from "../model/figure-tables.js";
import type { ActivityFigure, HeartFigure } from "../model/figures.js";
import type {
  DeviceRecord,
  GoalRecord,
  HeartZoneKind,
  LocalDate,
  MissingReason,
  SampleSeries,
  Sex,
  SleepRecord,
  WeighingRecord,
  WorkoutRecord,
} from "../model/records.js";
import type { ProviderId } from "../providers/index.js";

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
}

/**
 * Why asked fields of an object are null, by the name that `missing` shows: "steps", "samples(STEPS,ONE_MINUTE)".
 * Holds the fields of the selection that the object was read for.
 */
export type Absent = ReadonlyMap<string, MissingReason>;

type Figures<Name extends string> = { readonly [F in Name]: number | null };

export interface ActivityDay extends Figures<ActivityFigure> {
  readonly id: string;
  readonly date: LocalDate;
  readonly source: ProviderId;
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
  readonly zones: readonly HeartZone[] | null;
  readonly series: ReadonlyMap<SamplesField, SampleSeries | null>;
  readonly alternatives: readonly HeartDay[];
}
export interface HeartHistory {
  readonly days: readonly HeartDay[] | null;
  readonly sources: readonly SourceReport[];
}

/** `id` is the gateway's own opaque one here, not the provider's. */
export interface SleepSession extends Omit<SleepRecord, "pending"> {
  readonly date: LocalDate;
  readonly source: ProviderId;
  readonly absent: Absent;
  readonly settled: boolean;
  readonly alternatives: readonly SleepSession[];
}
export interface SleepHistory {
  readonly sessions: readonly SleepSession[] | null;
  readonly sources: readonly SourceReport[];
}

export interface BodyMeasurement extends WeighingRecord {
  readonly date: LocalDate;
  readonly source: ProviderId;
}
export interface BodyHistory {
  readonly measurements: readonly BodyMeasurement[] | null;
  readonly latest: BodyMeasurement | null;
  readonly sources: readonly SourceReport[];
}

export interface Workout extends WorkoutRecord {
  readonly date: LocalDate;
  readonly source: ProviderId;
  readonly alternatives: readonly Workout[];
}
export interface WorkoutHistory {
  readonly workouts: readonly Workout[] | null;
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
  DEVICES: DeviceList;
  GOALS: GoalList;
}
