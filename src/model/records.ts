/**
 * What the gateway knows of a person, in one form for all providers. SI units throughout: m, kg, kcal, s, bpm. Null
 * means that the provider gave no value. It never means 0.
 */

/** A calendar day in the user's own zone, YYYY-MM-DD. */
export type LocalDate = string;
/** RFC 3339 with the user's offset at that instant: 2026-03-29T01:59:00+01:00. */
export type OffsetDateTime = string;
/** Wall-clock time without offset: 2026-03-29T00:00:00. */
export type LocalDateTime = string;

export const domains = [
  "PROFILE",
  "ACTIVITY",
  "HEART",
  "SLEEP",
  "BODY",
  "WORKOUTS",
  "VITALS",
  "READINGS",
  "SCORES",
  "NUTRITION",
  "DEVICES",
  "GOALS",
] as const;
export type Domain = (typeof domains)[number];

export const sexes = ["FEMALE", "MALE", "OTHER"] as const;
export type Sex = (typeof sexes)[number];

export const activityMetrics = ["STEPS", "DISTANCE", "ENERGY_BURNED", "FLOORS", "ELEVATION"] as const;
export type ActivityMetric = (typeof activityMetrics)[number];

/** Ordered from the finest to the coarsest. */
export const resolutions = ["ONE_SECOND", "ONE_MINUTE", "FIVE_MINUTES", "FIFTEEN_MINUTES"] as const;
export type Resolution = (typeof resolutions)[number];

export const sleepStages = ["AWAKE", "RESTLESS", "ASLEEP", "LIGHT", "DEEP", "REM"] as const;
export type SleepStage = (typeof sleepStages)[number];

export const heartZoneKinds = ["BELOW_ZONES", "LIGHT", "MODERATE", "VIGOROUS", "PEAK"] as const;
export type HeartZoneKind = (typeof heartZoneKinds)[number];

export const workoutKinds = [
  "WALKING",
  "RUNNING",
  "CYCLING",
  "SWIMMING",
  "TENNIS",
  "BASKETBALL",
  "SOCCER",
  "YOGA",
  "PILATES",
  "STRENGTH",
  "HIKING",
  "DANCE",
  "ROWING",
  "ELLIPTICAL",
  "SKIING",
  "GOLF",
  "MARTIAL_ARTS",
  "CLIMBING",
  "PADDLING",
  "SKATING",
  "WATER_SPORTS",
  "TEAM_SPORTS",
  "INTERVAL_TRAINING",
  "RECOVERY",
  "OTHER",
] as const;
export type WorkoutKind = (typeof workoutKinds)[number];

/** What is measured in the course of a night. */
export const sleepMetrics = ["HEART_RATE", "HRV_RMSSD", "RESPIRATORY_RATE"] as const;
export type SleepMetric = (typeof sleepMetrics)[number];

/** What is measured in the course of a workout. */
export const workoutMetrics = ["HEART_RATE", "SPEED", "CADENCE", "POWER", "ALTITUDE"] as const;
export type WorkoutMetric = (typeof workoutMetrics)[number];

/** How a resting heart rate is found. PROVIDER: by a method of the provider's own. */
export const restingRateMethods = ["PROVIDER", "LOWEST_OF_NIGHT", "DEEP_SLEEP"] as const;
export type RestingRateMethod = (typeof restingRateMethods)[number];

/** Over which time a day's heart-rate variability is taken. */
export const hrvWindows = ["NIGHT", "DEEP_SLEEP", "FOUR_HOURS_OF_SLEEP", "DAY"] as const;
export type HrvWindow = (typeof hrvWindows)[number];

/** How a day's distance is found. EQUIVALENT: the walk that would burn as much energy. */
export const distanceMethods = ["MEASURED", "EQUIVALENT"] as const;
export type DistanceMethod = (typeof distanceMethods)[number];

export const vitalMethods = ["MEASURED", "ESTIMATED", "EXERCISE_TEST", "RANGE", "SPOT"] as const;
export type VitalMethod = (typeof vitalMethods)[number];

export const mealRelations = ["FASTING", "BEFORE_MEAL", "AFTER_MEAL", "OTHER"] as const;
type MealRelation = (typeof mealRelations)[number];

export const temperatureSites = ["CORE", "SKIN", "BODY"] as const;
type TemperatureSite = (typeof temperatureSites)[number];

export const ecgFindings = ["SINUS_RHYTHM", "ATRIAL_FIBRILLATION", "INCONCLUSIVE", "OTHER"] as const;
type EcgFinding = (typeof ecgFindings)[number];

export const scoreKinds = ["READINESS", "STRAIN", "SLEEP", "ACTIVITY", "RESILIENCE"] as const;
export type ScoreKind = (typeof scoreKinds)[number];

export const batteryLevels = ["HIGH", "MEDIUM", "LOW"] as const;
export type BatteryLevel = (typeof batteryLevels)[number];

export const meals = ["BREAKFAST", "MORNING_SNACK", "LUNCH", "AFTERNOON_SNACK", "DINNER", "ANYTIME"] as const;
export type Meal = (typeof meals)[number];

export const goalMetrics = [
  "STEPS",
  "DISTANCE",
  "FLOORS",
  "ENERGY_BURNED",
  "ACTIVE_ENERGY_BURNED",
  "ACTIVE_MINUTES",
  "ACTIVE_ZONE_MINUTES",
  "POINTS",
  "WEIGHT",
  "BODY_FAT",
  "SLEEP",
  "WATER",
  "ENERGY_CONSUMED",
] as const;
export type GoalMetric = (typeof goalMetrics)[number];

export const goalPeriods = ["DAILY", "WEEKLY", "OPEN"] as const;
export type GoalPeriod = (typeof goalPeriods)[number];

/** Why a figure is absent. A reason other than UNKNOWN was observed, never guessed. */
export const missingReasons = [
  "UNSUPPORTED",
  "INSUFFICIENT_SCOPE",
  "NOT_RECORDED",
  "OUT_OF_REACH",
  "NOT_KEPT",
  "NOT_YET_SYNCED",
  "NOT_PERMITTED_TO_APP",
  "NOT_FETCHED",
  "PROVIDER_ERROR",
  "UNKNOWN",
] as const;
export type MissingReason = (typeof missingReasons)[number];

/** Samples of one measure over one local day, in time order. */
export interface SampleSeries {
  /** Local midnight with its offset. Null if the zone is not known. */
  readonly start: OffsetDateTime | null;
  readonly localStart: LocalDateTime;
  /** Null if the samples have no regular step. */
  readonly stepSeconds: number | null;
  /**
   * IANA name, set on days on which clocks change: it gives the offsets of later times. Without it the offset of the
   * start holds all day.
   */
  readonly zone?: string;
  /** Seconds elapsed since the start, ascending, one for each value. */
  readonly offsets: readonly number[];
  readonly values: readonly number[];
}

export interface ZoneBounds {
  readonly kind: HeartZoneKind;
  readonly minRate: number | null;
  readonly maxRate: number | null;
}
export interface ZoneMinutes {
  readonly kind: HeartZoneKind;
  readonly minutes: number;
}
export interface ZoneEnergy {
  readonly kind: HeartZoneKind;
  /** kcal */
  readonly energyBurned: number;
}

export interface SleepSegment {
  readonly stage: SleepStage;
  readonly start: OffsetDateTime;
  readonly seconds: number;
}
/** The stages of one night, for providers that give the stages and the night in different calls. */
export interface NightHypnogram extends Believed {
  /** The id of the `SleepRecord` that the stages belong to. */
  readonly id: string;
  readonly hypnogram: readonly SleepSegment[] | null;
}
export interface SleepStageTotal {
  readonly stage: SleepStage;
  readonly minutes: number;
  readonly count: number | null;
}
/** What `bounds.ts` adds to a record when it checks the figures. */
interface Believed {
  /** Names of the figures that the provider gave and that no person can have. They are null in this record. */
  readonly refused?: readonly string[];
}

export interface SleepRecord extends Believed {
  /** The provider's own id, exact, as text. */
  readonly id: string;
  readonly start: OffsetDateTime;
  readonly end: OffsetDateTime;
  readonly isMainSleep: boolean | null;
  readonly minutesInBed: number | null;
  readonly minutesAsleep: number | null;
  readonly minutesAwake: number | null;
  readonly minutesToFallAsleep: number | null;
  /** Percent. */
  readonly efficiency: number | null;
  readonly stages: readonly SleepStageTotal[] | null;
  readonly hypnogram: readonly SleepSegment[] | null;
  /** True while the provider still computes the stages. */
  readonly pending: boolean;
  // What few providers give may be left out.
  readonly averageHeartRate?: number | null;
  readonly lowestHeartRate?: number | null;
  /** Breaths a minute. */
  readonly respiratoryRate?: number | null;
  readonly awakenings?: number | null;
  readonly snoringMinutes?: number | null;
  readonly minutesNeeded?: number | null;
  /**
   * IANA name, set on nights on which clocks change, by providers that give the stages or samples of a night in a call
   * of its own: it gives the offsets of those. Without it the offset of the start holds all night.
   */
  readonly zone?: string;
}

/**
 * A main sleep and the local day on which it ended, for providers that count from sleep to sleep and not from midnight
 * to midnight. Calls find the day of other records by it.
 */
export interface WakingDay extends Believed {
  /** The id of the `SleepRecord`. */
  readonly id: string;
  /** The id of the `CycleRecord` that begins with this sleep. */
  readonly cycleId: string;
  readonly day: LocalDate;
  /** From the start of the sleep to its end. */
  readonly seconds: number;
}

/** A part of a day, from one sleep to the next, for providers that count so. A day may have two, when a person travels. */
export interface CycleRecord extends Believed {
  readonly id: string;
  readonly start: OffsetDateTime;
  /** Null while it goes on. */
  readonly end: OffsetDateTime | null;
  /** kcal */
  readonly energyBurned: number | null;
  /** The provider's own figure of strain. */
  readonly strain: number | null;
}

/** Breathing in one night, for providers that give it in a call of its own. */
export interface NightBreathing extends Believed {
  /** The id of the `SleepRecord` that it belongs to. */
  readonly id: string;
  /** Breaths a minute. */
  readonly respiratoryRate: number;
}

/** The course of one measure through a night or a workout. */
export interface CourseRecord extends Believed {
  /** The id of the `SleepRecord` or `WorkoutRecord`. */
  readonly id: string;
  /** Begins at its first sample, not at midnight. */
  readonly series: SampleSeries;
}

export interface WorkoutRecord extends Believed {
  readonly id: string;
  readonly kind: WorkoutKind;
  /** The provider's own name for the kind of workout. */
  readonly name: string | null;
  readonly start: OffsetDateTime;
  readonly end: OffsetDateTime;
  /** Elapsed time, pauses included. */
  readonly durationSeconds: number;
  /** m */
  readonly distance: number | null;
  /** kcal */
  readonly energyBurned: number | null;
  readonly steps: number | null;
  readonly averageHeartRate: number | null;
  readonly points: number | null;
  // What few providers give may be left out.
  readonly maxHeartRate?: number | null;
  /** m */
  readonly elevationGain?: number | null;
  readonly zones?: readonly WorkoutZone[] | null;
  /** The provider's own figure of load, and its name for it. */
  readonly load?: number | null;
  readonly loadName?: string | null;
}

/** Time in one heart-rate zone during a workout. */
export interface WorkoutZone {
  readonly kind: HeartZoneKind;
  readonly minRate: number | null;
  readonly maxRate: number | null;
  readonly minutes: number | null;
  /** kcal */
  readonly energyBurned: number | null;
}

/** One weighing, or one part of it: weight, body fat and BMI of one weighing may come from different calls. */
export interface WeighingRecord extends Believed {
  readonly id: string;
  /** Null if only the day is known. */
  readonly time: OffsetDateTime | null;
  /** kg */
  readonly weight: number | null;
  readonly bodyMassIndex: number | null;
  /** Percent. */
  readonly fatPercentage: number | null;
  // What few scales give may be left out. Masses in kg.
  readonly fatMass?: number | null;
  readonly leanMass?: number | null;
  readonly muscleMass?: number | null;
  readonly boneMass?: number | null;
  readonly waterMass?: number | null;
  readonly visceralFatIndex?: number | null;
  /** kcal a day */
  readonly basalEnergyBurned?: number | null;
}

/** Something eaten or drunk, as somebody logged it. */
export interface NutritionRecord extends Believed {
  readonly id: string;
  /** Null if only the day is known. */
  readonly time: OffsetDateTime | null;
  readonly name: string | null;
  readonly meal: Meal | null;
  /** kcal */
  readonly energyConsumed: number | null;
  readonly carbohydrateGrams: number | null;
  readonly fatGrams: number | null;
  readonly proteinGrams: number | null;
  readonly fiberGrams: number | null;
  readonly sodiumMilligrams: number | null;
  /** ml */
  readonly water: number | null;
}

/** One vital of one day. */
export interface VitalRecord {
  readonly value: number;
  /** The ends of the provider's range, or the extremes of the night. */
  readonly low?: number | null;
  readonly high?: number | null;
  readonly method?: VitalMethod | null;
}

/** Something that was measured at a moment. */
interface Reading extends Believed {
  readonly id: string;
  readonly time: OffsetDateTime;
}
export interface BloodPressureRecord extends Reading {
  readonly systolic: number;
  readonly diastolic: number;
  /** Beats per minute. */
  readonly pulse: number | null;
}
export interface GlucoseRecord extends Reading {
  /** mmol/L */
  readonly value: number;
  readonly mealRelation: MealRelation | null;
}
export interface Vo2MaxTestRecord extends Reading {
  /** ml of oxygen a minute for each kg */
  readonly value: number;
  readonly method: VitalMethod | null;
}
export interface PulseRecord extends Reading {
  readonly rate: number;
}
export interface TemperatureRecord extends Reading {
  /** °C */
  readonly value: number;
  readonly site: TemperatureSite;
}
export interface OxygenRecord extends Reading {
  readonly percent: number;
}
export interface ElectrocardiogramRecord extends Reading {
  readonly averageHeartRate: number | null;
  readonly finding: EcgFinding | null;
  readonly durationSeconds: number | null;
}
export interface RhythmAlertRecord extends Believed {
  readonly id: string;
  readonly start: OffsetDateTime;
  readonly end: OffsetDateTime;
}

/** One of a provider's own scores, of one day. */
export interface ScoreRecord extends Believed {
  readonly id: string;
  /** As the provider calls it. */
  readonly name: string;
  readonly value: number | null;
  readonly scaleMin: number | null;
  readonly scaleMax: number | null;
  /** The provider's own word. */
  readonly level: string | null;
  readonly contributors: readonly ScoreContributor[];
  /** True while the provider still computes it. */
  readonly pending?: boolean;
}
export interface ScoreContributor {
  readonly name: string;
  readonly value: number | null;
  readonly scaleMin: number | null;
  readonly scaleMax: number | null;
}

/** A span of time in which the person had an offset from UTC, as a provider's record of that time carries it. */
export interface OffsetRecord extends Believed {
  readonly id: string;
  readonly start: OffsetDateTime;
  readonly end: OffsetDateTime;
}

/** The battery of a device, for providers that give it in a call of its own. */
export interface BatteryRecord extends Believed {
  readonly id: string;
  /** Null if it is not known when the level was measured. */
  readonly time: OffsetDateTime | null;
  readonly percent: number | null;
  readonly isCharging: boolean | null;
}

export interface DeviceRecord extends Believed {
  readonly id: string;
  readonly model: string | null;
  readonly kind: string | null;
  readonly firmware: string | null;
  readonly batteryPercent: number | null;
  readonly lastSyncAt: OffsetDateTime | null;
  readonly batteryLevel?: BatteryLevel | null;
  readonly isCharging?: boolean | null;
  /** False for a scale, a cuff or a mat: that it has synced proves nothing of the days of a wearable. */
  readonly isWorn?: boolean;
}

export interface GoalRecord extends Believed {
  readonly metric: GoalMetric;
  readonly period: GoalPeriod;
  readonly target: number;
  /** Set only if the provider gives it. Otherwise it is calculated from the activity of the period. */
  readonly current: number | null;
  /** Unit of both figures: count, m, kcal, min, kg, %, points, ml. */
  readonly unit: string;
}
