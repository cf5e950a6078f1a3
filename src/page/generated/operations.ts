/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Charge of a device's battery. */
export type BatteryLevel =
  | 'HIGH'
  /** Low or empty. */
  | 'LOW'
  | 'MEDIUM';

/** State of a connection. */
export type ConnectionStatus =
  /** The user gave consent and has not confirmed it yet: call `confirmConnection`. */
  | 'AWAITING_CONFIRMATION'
  | 'CONNECTED'
  /** The provider no longer accepts the grant. The user has to connect again. */
  | 'REAUTHORIZATION_REQUIRED'
  /** The vendor switched the service off. Stored data is still served. */
  | 'RETIRED'
  /** The user disconnected. Stored data is still served. */
  | 'REVOKED';

/** Inclusive at both ends. Give `from`, optionally with `to` (default: today), or give `lastDays` (1 means today only). `to` alone, both forms together, or a reversed range is an error. Days in the future are left out. At most 1,100 days. */
export type DateRange = {
  /** First day. */
  readonly from?: string | null | undefined;
  /** Number of days up to today, today included. */
  readonly lastDays?: number | null | undefined;
  /** IANA time zone that decides which day is today. Default: the user's own zone. */
  readonly timeZone?: string | null | undefined;
  /** Last day. Default: today. */
  readonly to?: string | null | undefined;
};

/** A kind of data. Each has its own history on `User`. */
export type Domain =
  | 'ACTIVITY'
  | 'BODY'
  | 'DEVICES'
  | 'GOALS'
  | 'HEART'
  | 'NUTRITION'
  | 'PROFILE'
  | 'READINGS'
  | 'SCORES'
  | 'SLEEP'
  | 'VITALS'
  | 'WORKOUTS';

/** What the provider's algorithm found in an electrocardiogram. Not a diagnosis. */
export type EcgFinding =
  | 'ATRIAL_FIBRILLATION'
  | 'INCONCLUSIVE'
  | 'OTHER'
  | 'SINUS_RHYTHM';

/** Why a day does not count in statistics. */
export type ExclusionReason =
  /** The day has no such figure. */
  | 'MISSING'
  /** Today, or a day that is not proven synced to its end. */
  | 'NOT_COMPLETE'
  /** The device was not worn: see `worn`. */
  | 'NOT_WORN';

/** Units for blood glucose. */
export type GlucoseUnit =
  | 'MILLIGRAM_PER_DECILITER'
  | 'MILLIMOLE_PER_LITER';

/** What a goal measures. */
export type GoalMetric =
  | 'ACTIVE_ENERGY_BURNED'
  | 'ACTIVE_MINUTES'
  | 'ACTIVE_ZONE_MINUTES'
  | 'BODY_FAT'
  | 'DISTANCE'
  | 'ENERGY_BURNED'
  | 'ENERGY_CONSUMED'
  | 'FLOORS'
  | 'POINTS'
  | 'SLEEP'
  | 'STEPS'
  | 'WATER'
  | 'WEIGHT';

/** The period in which a goal is to be reached. */
export type GoalPeriod =
  | 'DAILY'
  /** No period: a value to reach once, such as a target weight. */
  | 'OPEN'
  | 'WEEKLY';

/** Heart-rate zones, lowest first. Fitbit's Out of Range, Fat Burn, Cardio and Peak are LIGHT, MODERATE, VIGOROUS and PEAK. Custom zones of the user are not included. */
export type HeartZoneKind =
  /** Below all zones. Only for providers that report it. */
  | 'BELOW_ZONES'
  | 'LIGHT'
  | 'MODERATE'
  | 'PEAK'
  | 'VIGOROUS';

/** Over which time heart-rate variability was taken. Figures of two windows are not comparable. */
export type HrvWindow =
  | 'DAY'
  | 'DEEP_SLEEP'
  /** Four hours of sleep that begin soon after falling asleep. */
  | 'FOUR_HOURS_OF_SLEEP'
  | 'NIGHT';

/** State of a background job. */
export type JobStatus =
  | 'DONE'
  | 'FAILED'
  | 'QUEUED'
  | 'RUNNING'
  /** The job waits for the provider's rate limit. `resumesAt` says when it continues. */
  | 'WAITING';

/** Units for lengths and distances. */
export type LengthUnit =
  | 'CENTIMETER'
  | 'FOOT'
  | 'INCH'
  | 'KILOMETER'
  | 'METER'
  | 'MILE';

/** Units for weights. */
export type MassUnit =
  | 'GRAM'
  | 'KILOGRAM'
  | 'POUND'
  | 'STONE';

/** When blood glucose was measured, relative to a meal. */
export type MealRelation =
  | 'AFTER_MEAL'
  | 'BEFORE_MEAL'
  | 'FASTING'
  | 'OTHER';

/** Why a figure is null. UNKNOWN when no reason was observed. */
export type MissingReason =
  /** The user did not grant access to it. Connect again with the scope. */
  | 'INSUFFICIENT_SCOPE'
  /** The provider was not asked: its rate limit was used up, the request said only-if-cached, or the provider is retired. */
  | 'NOT_FETCHED'
  /** This gateway keeps only more recent days of this domain. Nobody is asked for older ones. */
  | 'NOT_KEPT'
  /** The provider does not give this data to this app, for example because of a missing plan or permission. */
  | 'NOT_PERMITTED_TO_APP'
  /** The provider answered that it has no data. */
  | 'NOT_RECORDED'
  /** The device has not sent this data to the provider yet. */
  | 'NOT_YET_SYNCED'
  /** The provider gives only more recent days. */
  | 'OUT_OF_REACH'
  /** The provider was asked and failed, or its answer could not be read. */
  | 'PROVIDER_ERROR'
  | 'UNKNOWN'
  /** The provider does not offer this figure. */
  | 'UNSUPPORTED';

/** A wearable provider. */
export type ProviderId =
  | 'FITBIT'
  | 'GOOGLE_HEALTH'
  | 'MISFIT'
  | 'OURA'
  | 'POLAR'
  | 'WHOOP'
  | 'WITHINGS';

/** Whether a provider can be used in this gateway. */
export type ProviderStatus =
  | 'AVAILABLE'
  /** The operator has not set the provider's credentials. */
  | 'NOT_CONFIGURED'
  /** The vendor switched the service off. Stored data is still served. */
  | 'RETIRED'
  /** The provider is simulated inside this gateway, with demo people. */
  | 'SANDBOX';

/** How a resting heart rate is found. Rates that are found differently differ by several beats. */
export type RestingRateMethod =
  /** The rate in deep sleep. */
  | 'DEEP_SLEEP'
  /** The lowest rate of the night. */
  | 'LOWEST_OF_NIGHT'
  /** By a method of the provider's own, which it does not publish in full. */
  | 'PROVIDER';

/** What a provider's own score is about. */
export type ScoreKind =
  | 'ACTIVITY'
  /** How ready the body is, from the night before. */
  | 'READINESS'
  /** Over weeks: the balance of load and recovery. */
  | 'RESILIENCE'
  | 'SLEEP'
  /** How much was asked of the body. */
  | 'STRAIN';

/** Sleep stages. Devices without a heart-rate sensor distinguish AWAKE, RESTLESS and ASLEEP; others AWAKE, LIGHT, DEEP and REM. */
export type SleepStage =
  | 'ASLEEP'
  | 'AWAKE'
  | 'DEEP'
  | 'LIGHT'
  | 'REM'
  | 'RESTLESS';

/** How a provider answered. When several apply, the first of this order: REAUTHORIZATION_REQUIRED, RETIRED, NOT_CONNECTED, NOT_CONFIGURED, ACTION_REQUIRED, RATE_LIMITED, UNAVAILABLE, STALE; then INSUFFICIENT_SCOPE or UNSUPPORTED when none of the requested fields could be answered; otherwise OK, with reasons in `missing`. */
export type SourceStatus =
  /** The user has to do something at the provider (link an account, accept terms). `message` says what. */
  | 'ACTION_REQUIRED'
  | 'INSUFFICIENT_SCOPE'
  /** The operator has to correct something (credentials, an API to enable). `message` says what. */
  | 'NOT_CONFIGURED'
  | 'NOT_CONNECTED'
  | 'OK'
  | 'RATE_LIMITED'
  | 'REAUTHORIZATION_REQUIRED'
  | 'RETIRED'
  /** Stored data was served because of a temporary problem (rate limit, outage). `retryAt` says when to ask again. */
  | 'STALE'
  | 'UNAVAILABLE'
  | 'UNSUPPORTED';

/** Where a temperature was measured. */
export type TemperatureSite =
  /** Elsewhere, or the provider does not say where. */
  | 'BODY'
  /** Inside: ear, mouth, forehead artery or the like. Fever is judged by these. */
  | 'CORE'
  /** At the skin, for example the wrist. */
  | 'SKIN';

/** Units for temperatures. */
export type TemperatureUnit =
  | 'CELSIUS'
  | 'FAHRENHEIT'
  | 'KELVIN';

/** Why data has changed. */
export type UpdateOrigin =
  /** A backfill fetched past data. */
  | 'BACKFILL'
  /** The provider reported new data. */
  | 'LIVE';

/** How a vital was found. */
export type VitalMethod =
  /** Reckoned from other figures, such as age, weight and resting heart rate. */
  | 'ESTIMATED'
  /** By exercise, such as a run or a test on a treadmill. */
  | 'EXERCISE_TEST'
  /** By a sensor, over the night or the day. */
  | 'MEASURED'
  /** The provider gives a range. `value` is its middle. */
  | 'RANGE'
  /** By one measurement at a moment. */
  | 'SPOT';

/** Type of exercise. Later versions may have more: clients must accept values that they do not know. */
export type WorkoutKind =
  | 'BASKETBALL'
  | 'CLIMBING'
  | 'CYCLING'
  | 'DANCE'
  | 'ELLIPTICAL'
  | 'GOLF'
  | 'HIKING'
  | 'INTERVAL_TRAINING'
  | 'MARTIAL_ARTS'
  | 'OTHER'
  /** Canoe, kayak, stand-up paddling. */
  | 'PADDLING'
  | 'PILATES'
  /** Stretching, breathing and the like. */
  | 'RECOVERY'
  | 'ROWING'
  | 'RUNNING'
  | 'SKATING'
  | 'SKIING'
  | 'SOCCER'
  | 'STRENGTH'
  | 'SWIMMING'
  /** But for basketball and soccer, which are kinds of their own. */
  | 'TEAM_SPORTS'
  | 'TENNIS'
  | 'WALKING'
  /** On or in the water, but for swimming, rowing and paddling. */
  | 'WATER_SPORTS'
  | 'YOGA';

export type StepsOfAllQueryVariables = Exact<{
  range: DateRange;
}>;


export type StepsOfAllQuery = { readonly viewer: { readonly id: string, readonly activity: { readonly days: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly steps: number | null, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly source: ProviderId, readonly steps: number | null }> }> | null } | null } | null };

export type RatesOfAllQueryVariables = Exact<{
  range: DateRange;
}>;


export type RatesOfAllQuery = { readonly viewer: { readonly id: string, readonly heart: { readonly days: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly restingRate: number | null, readonly hrvRmssd: number | null, readonly hrvSdnn: number | null, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly restingRate: number | null, readonly hrvRmssd: number | null, readonly hrvSdnn: number | null }> }> | null } | null } | null };

export type VitalsOfAllQueryVariables = Exact<{
  range: DateRange;
  temperature: TemperatureUnit;
}>;


export type VitalsOfAllQuery = { readonly viewer: { readonly id: string, readonly vitals: { readonly oxygenSaturation: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null }> }> | null, readonly respiratoryRate: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null }> }> | null, readonly apneaHypopneaIndex: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null }> }> | null, readonly breathingDisturbanceIndex: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null }> }> | null, readonly skinTemperatureDeviation: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null }> }> | null, readonly skinTemperature: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null }> }> | null, readonly stressMinutes: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null }> }> | null, readonly recoveryMinutes: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null }> }> | null, readonly vo2Max: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null }> }> | null, readonly pulseWaveVelocity: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null }> }> | null, readonly vascularAgeYears: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null }> }> | null } | null } | null };

export type RateOfOneFragment = { readonly id: string, readonly date: string, readonly source: ProviderId, readonly restingRate: number | null, readonly hrvRmssd: number | null, readonly hrvSdnn: number | null };

export type VitalOfOneFragment = { readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null };

export type PersonQueryVariables = Exact<{ [key: string]: never; }>;


export type PersonQuery = { readonly providers: ReadonlyArray<{ readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus, readonly domains: ReadonlyArray<Domain> }>, readonly viewer: { readonly id: string, readonly sourcePriority: ReadonlyArray<ProviderId>, readonly connections: ReadonlyArray<{ readonly id: string, readonly status: ConnectionStatus, readonly dataThrough: string | null, readonly lastAttemptAt: string | null, readonly lastSuccessAt: string | null, readonly problem: string | null, readonly provider: { readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus }, readonly subscriptions: ReadonlyArray<{ readonly id: string }> }>, readonly backfillJobs: ReadonlyArray<{ readonly id: string, readonly status: JobStatus, readonly daysDone: number, readonly daysTotal: number, readonly resumesAt: string | null }> } | null };

export type ConnectMutationVariables = Exact<{
  provider: ProviderId;
  redirectTo: string;
  domains?: ReadonlyArray<Domain> | Domain | null | undefined;
}>;


export type ConnectMutation = { readonly connect: { readonly authorizationUrl: string } };

export type ConfirmMutationVariables = Exact<{
  handle: string;
}>;


export type ConfirmMutation = { readonly confirmConnection: { readonly connection: { readonly id: string, readonly status: ConnectionStatus, readonly dataThrough: string | null, readonly lastAttemptAt: string | null, readonly lastSuccessAt: string | null, readonly problem: string | null, readonly provider: { readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus }, readonly subscriptions: ReadonlyArray<{ readonly id: string }> } } };

export type ReadPastMutationVariables = Exact<{
  provider: ProviderId;
  range: DateRange;
}>;


export type ReadPastMutation = { readonly backfill: { readonly job: { readonly id: string, readonly status: JobStatus, readonly daysDone: number, readonly daysTotal: number, readonly resumesAt: string | null } } };

export type BeNotifiedMutationVariables = Exact<{
  provider: ProviderId;
}>;


export type BeNotifiedMutation = { readonly subscribe: { readonly connection: { readonly id: string, readonly status: ConnectionStatus, readonly dataThrough: string | null, readonly lastAttemptAt: string | null, readonly lastSuccessAt: string | null, readonly problem: string | null, readonly provider: { readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus }, readonly subscriptions: ReadonlyArray<{ readonly id: string }> } } };

export type DisconnectMutationVariables = Exact<{
  provider: ProviderId;
  deleteData: boolean;
}>;


export type DisconnectMutation = { readonly disconnect: { readonly notices: ReadonlyArray<string>, readonly user: { readonly id: string, readonly sourcePriority: ReadonlyArray<ProviderId>, readonly connections: ReadonlyArray<{ readonly id: string, readonly status: ConnectionStatus, readonly dataThrough: string | null, readonly lastAttemptAt: string | null, readonly lastSuccessAt: string | null, readonly problem: string | null, readonly provider: { readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus }, readonly subscriptions: ReadonlyArray<{ readonly id: string }> }>, readonly backfillJobs: ReadonlyArray<{ readonly id: string, readonly status: JobStatus, readonly daysDone: number, readonly daysTotal: number, readonly resumesAt: string | null }> } } };

export type PreferMutationVariables = Exact<{
  providers: ReadonlyArray<ProviderId> | ProviderId;
}>;


export type PreferMutation = { readonly setSourcePriority: { readonly user: { readonly id: string, readonly sourcePriority: ReadonlyArray<ProviderId>, readonly connections: ReadonlyArray<{ readonly id: string, readonly status: ConnectionStatus, readonly dataThrough: string | null, readonly lastAttemptAt: string | null, readonly lastSuccessAt: string | null, readonly problem: string | null, readonly provider: { readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus }, readonly subscriptions: ReadonlyArray<{ readonly id: string }> }>, readonly backfillJobs: ReadonlyArray<{ readonly id: string, readonly status: JobStatus, readonly daysDone: number, readonly daysTotal: number, readonly resumesAt: string | null }> } } };

export type DeleteEverythingMutationVariables = Exact<{ [key: string]: never; }>;


export type DeleteEverythingMutation = { readonly deleteUserData: { readonly userId: string } };

export type DataUpdatedSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type DataUpdatedSubscription = { readonly dataUpdated: { readonly receivedAt: string, readonly origin: UpdateOrigin } };

export type ConnectionChangedSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type ConnectionChangedSubscription = { readonly connectionChanged: { readonly id: string, readonly status: ConnectionStatus, readonly dataThrough: string | null, readonly lastAttemptAt: string | null, readonly lastSuccessAt: string | null, readonly problem: string | null, readonly provider: { readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus }, readonly subscriptions: ReadonlyArray<{ readonly id: string }> } };

export type PastReadSubscriptionVariables = Exact<{
  jobId: string | number;
}>;


export type PastReadSubscription = { readonly backfillProgress: { readonly id: string, readonly status: JobStatus, readonly daysDone: number, readonly daysTotal: number, readonly resumesAt: string | null } };

export type ProviderStateFragment = { readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus, readonly domains: ReadonlyArray<Domain> };

export type PersonStateFragment = { readonly id: string, readonly sourcePriority: ReadonlyArray<ProviderId>, readonly connections: ReadonlyArray<{ readonly id: string, readonly status: ConnectionStatus, readonly dataThrough: string | null, readonly lastAttemptAt: string | null, readonly lastSuccessAt: string | null, readonly problem: string | null, readonly provider: { readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus }, readonly subscriptions: ReadonlyArray<{ readonly id: string }> }>, readonly backfillJobs: ReadonlyArray<{ readonly id: string, readonly status: JobStatus, readonly daysDone: number, readonly daysTotal: number, readonly resumesAt: string | null }> };

export type PersonConnectionFragment = { readonly id: string, readonly status: ConnectionStatus, readonly dataThrough: string | null, readonly lastAttemptAt: string | null, readonly lastSuccessAt: string | null, readonly problem: string | null, readonly provider: { readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus }, readonly subscriptions: ReadonlyArray<{ readonly id: string }> };

export type PastReadingFragment = { readonly id: string, readonly status: JobStatus, readonly daysDone: number, readonly daysTotal: number, readonly resumesAt: string | null };

export type ReadingsQueryVariables = Exact<{
  range: DateRange;
  lately: DateRange;
  temperature: TemperatureUnit;
  glucose: GlucoseUnit;
}>;


export type ReadingsQuery = { readonly viewer: { readonly id: string, readonly readings: { readonly bloodPressures: ReadonlyArray<{ readonly id: string, readonly date: string, readonly time: string, readonly source: ProviderId, readonly systolicMmHg: number, readonly diastolicMmHg: number, readonly pulse: number | null }> | null, readonly pulses: ReadonlyArray<{ readonly id: string, readonly date: string, readonly time: string, readonly source: ProviderId, readonly rate: number }> | null, readonly bloodGlucose: ReadonlyArray<{ readonly id: string, readonly date: string, readonly time: string, readonly source: ProviderId, readonly value: number, readonly mealRelation: MealRelation | null }> | null, readonly temperatures: ReadonlyArray<{ readonly id: string, readonly date: string, readonly time: string, readonly source: ProviderId, readonly value: number, readonly site: TemperatureSite }> | null, readonly electrocardiograms: ReadonlyArray<{ readonly id: string, readonly date: string, readonly time: string, readonly source: ProviderId, readonly finding: EcgFinding | null, readonly averageHeartRate: number | null }> | null, readonly rhythmAlerts: ReadonlyArray<{ readonly id: string, readonly date: string, readonly start: string, readonly end: string, readonly source: ProviderId }> | null, readonly vo2MaxTests: ReadonlyArray<{ readonly id: string, readonly date: string, readonly time: string, readonly source: ProviderId, readonly value: number, readonly method: VitalMethod | null }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly lately: { readonly oxygenSaturations: ReadonlyArray<{ readonly id: string, readonly date: string, readonly time: string, readonly source: ProviderId, readonly percent: number }> | null, readonly glucoseSeries: ReadonlyArray<{ readonly localStart: string, readonly offsets: readonly number[], readonly values: readonly number[], readonly stepSeconds: number | null }> | null } | null } | null };

export type GlucoseOfDayQueryVariables = Exact<{
  date: string;
}>;


export type GlucoseOfDayQuery = { readonly viewer: { readonly id: string, readonly readings: { readonly glucoseSeries: ReadonlyArray<{ readonly localStart: string, readonly offsets: readonly number[], readonly values: readonly number[], readonly stepSeconds: number | null }> | null } | null } | null };

export type ReportFragment = { readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean };

export type MissingFragment = { readonly field: string, readonly reason: MissingReason };

export type CourseFragment = { readonly localStart: string, readonly offsets: readonly number[], readonly values: readonly number[], readonly stepSeconds: number | null };

export type ZoneFragment = { readonly kind: HeartZoneKind, readonly minRate: number | null, readonly maxRate: number | null, readonly minutes: number | null };

export type TodayQueryVariables = Exact<{
  length: LengthUnit;
}>;


export type TodayQuery = { readonly providers: ReadonlyArray<{ readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus, readonly domains: ReadonlyArray<Domain> }>, readonly viewer: { readonly id: string, readonly sourcePriority: ReadonlyArray<ProviderId>, readonly activity: { readonly days: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly settled: boolean, readonly steps: number | null, readonly distance: number | null, readonly floors: number | null, readonly energyBurned: number | null, readonly activeZoneMinutes: number | null, readonly lightlyActiveMinutes: number | null, readonly moderatelyActiveMinutes: number | null, readonly veryActiveMinutes: number | null, readonly nonWearMinutes: number | null, readonly worn: boolean | null, readonly samples: { readonly localStart: string, readonly offsets: readonly number[], readonly values: readonly number[], readonly stepSeconds: number | null } | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }>, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly source: ProviderId, readonly steps: number | null }> }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly heart: { readonly days: ReadonlyArray<{ readonly restingRate: number | null, readonly restingRateMethod: RestingRateMethod | null, readonly id: string, readonly date: string, readonly source: ProviderId, readonly settled: boolean, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly source: ProviderId, readonly restingRate: number | null }>, readonly zones: ReadonlyArray<{ readonly kind: HeartZoneKind, readonly minRate: number | null, readonly maxRate: number | null, readonly minutes: number | null }> | null, readonly samples: { readonly localStart: string, readonly offsets: readonly number[], readonly values: readonly number[], readonly stepSeconds: number | null } | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }> }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly sleep: { readonly sessions: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly settled: boolean, readonly start: string, readonly end: string, readonly isMainSleep: boolean | null, readonly minutesInBed: number | null, readonly minutesAsleep: number | null, readonly efficiency: number | null, readonly stages: ReadonlyArray<{ readonly stage: SleepStage, readonly minutes: number }> | null, readonly hypnogram: ReadonlyArray<{ readonly stage: SleepStage, readonly start: string, readonly seconds: number }> | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }>, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly source: ProviderId, readonly minutesAsleep: number | null }> }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly goals: { readonly goals: ReadonlyArray<{ readonly id: string, readonly metric: GoalMetric, readonly period: GoalPeriod, readonly target: number, readonly unit: string, readonly source: ProviderId }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly profile: { readonly id: string, readonly timeZone: string | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly connections: ReadonlyArray<{ readonly id: string, readonly status: ConnectionStatus, readonly dataThrough: string | null, readonly lastAttemptAt: string | null, readonly lastSuccessAt: string | null, readonly problem: string | null, readonly provider: { readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus }, readonly subscriptions: ReadonlyArray<{ readonly id: string }> }>, readonly backfillJobs: ReadonlyArray<{ readonly id: string, readonly status: JobStatus, readonly daysDone: number, readonly daysTotal: number, readonly resumesAt: string | null }> } | null };

export type HeartOfDayQueryVariables = Exact<{
  date: string;
}>;


export type HeartOfDayQuery = { readonly viewer: { readonly id: string, readonly heart: { readonly days: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly settled: boolean, readonly zones: ReadonlyArray<{ readonly kind: HeartZoneKind, readonly minRate: number | null, readonly maxRate: number | null, readonly minutes: number | null }> | null, readonly samples: { readonly localStart: string, readonly offsets: readonly number[], readonly values: readonly number[], readonly stepSeconds: number | null } | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }> }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null } | null };

export type NightOfDayQueryVariables = Exact<{
  date: string;
}>;


export type NightOfDayQuery = { readonly viewer: { readonly id: string, readonly sleep: { readonly sessions: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly settled: boolean, readonly start: string, readonly end: string, readonly isMainSleep: boolean | null, readonly minutesInBed: number | null, readonly minutesAsleep: number | null, readonly efficiency: number | null, readonly stages: ReadonlyArray<{ readonly stage: SleepStage, readonly minutes: number }> | null, readonly hypnogram: ReadonlyArray<{ readonly stage: SleepStage, readonly start: string, readonly seconds: number }> | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }>, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly source: ProviderId, readonly minutesAsleep: number | null }> }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null } | null };

export type RateByTimeFragment = { readonly id: string, readonly date: string, readonly source: ProviderId, readonly settled: boolean, readonly zones: ReadonlyArray<{ readonly kind: HeartZoneKind, readonly minRate: number | null, readonly maxRate: number | null, readonly minutes: number | null }> | null, readonly samples: { readonly localStart: string, readonly offsets: readonly number[], readonly values: readonly number[], readonly stepSeconds: number | null } | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }> };

export type NightFragment = { readonly id: string, readonly date: string, readonly source: ProviderId, readonly settled: boolean, readonly start: string, readonly end: string, readonly isMainSleep: boolean | null, readonly minutesInBed: number | null, readonly minutesAsleep: number | null, readonly efficiency: number | null, readonly stages: ReadonlyArray<{ readonly stage: SleepStage, readonly minutes: number }> | null, readonly hypnogram: ReadonlyArray<{ readonly stage: SleepStage, readonly start: string, readonly seconds: number }> | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }>, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly source: ProviderId, readonly minutesAsleep: number | null }> };

export type TrendsQueryVariables = Exact<{
  range: DateRange;
  lately: DateRange;
  length: LengthUnit;
  mass: MassUnit;
  temperature: TemperatureUnit;
}>;


export type TrendsQuery = { readonly viewer: { readonly id: string, readonly activity: { readonly days: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly settled: boolean, readonly steps: number | null, readonly worn: boolean | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }> }> | null, readonly statistics: ReadonlyArray<{ readonly steps: { readonly days: number, readonly mean: number | null, readonly median: number | null, readonly minimum: number | null, readonly maximum: number | null, readonly standardDeviation: number | null, readonly excluded: ReadonlyArray<{ readonly date: string, readonly reason: ExclusionReason, readonly missing: MissingReason | null }> } }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly heart: { readonly days: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly settled: boolean, readonly restingRate: number | null, readonly restingRateMethod: RestingRateMethod | null, readonly hrvRmssd: number | null, readonly hrvSdnn: number | null, readonly hrvWindow: HrvWindow | null, readonly worn: boolean | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }> }> | null, readonly statistics: ReadonlyArray<{ readonly restingRate: { readonly days: number, readonly mean: number | null, readonly median: number | null, readonly minimum: number | null, readonly maximum: number | null, readonly standardDeviation: number | null, readonly excluded: ReadonlyArray<{ readonly date: string, readonly reason: ExclusionReason, readonly missing: MissingReason | null }> }, readonly hrvRmssd: { readonly days: number, readonly mean: number | null, readonly median: number | null, readonly minimum: number | null, readonly maximum: number | null, readonly standardDeviation: number | null, readonly excluded: ReadonlyArray<{ readonly date: string, readonly reason: ExclusionReason, readonly missing: MissingReason | null }> }, readonly hrvSdnn: { readonly days: number, readonly mean: number | null, readonly median: number | null, readonly minimum: number | null, readonly maximum: number | null, readonly standardDeviation: number | null, readonly excluded: ReadonlyArray<{ readonly date: string, readonly reason: ExclusionReason, readonly missing: MissingReason | null }> } }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly sleep: { readonly sessions: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly settled: boolean, readonly start: string, readonly end: string, readonly isMainSleep: boolean | null, readonly minutesAsleep: number | null }> | null, readonly statistics: ReadonlyArray<{ readonly bedtimeMinutes: { readonly days: number, readonly mean: number | null, readonly median: number | null, readonly minimum: number | null, readonly maximum: number | null, readonly standardDeviation: number | null, readonly excluded: ReadonlyArray<{ readonly date: string, readonly reason: ExclusionReason, readonly missing: MissingReason | null }> }, readonly minutesAsleep: { readonly days: number, readonly mean: number | null, readonly median: number | null, readonly minimum: number | null, readonly maximum: number | null, readonly standardDeviation: number | null, readonly excluded: ReadonlyArray<{ readonly date: string, readonly reason: ExclusionReason, readonly missing: MissingReason | null }> } }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly body: { readonly measurements: ReadonlyArray<{ readonly id: string, readonly date: string, readonly time: string | null, readonly source: ProviderId, readonly weight: number | null, readonly fatPercentage: number | null }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly vitals: { readonly oxygenSaturation: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly low: number | null, readonly high: number | null, readonly method: VitalMethod | null, readonly settled: boolean }> | null, readonly respiratoryRate: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly low: number | null, readonly high: number | null, readonly method: VitalMethod | null, readonly settled: boolean }> | null, readonly skinTemperatureDeviation: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly low: number | null, readonly high: number | null, readonly method: VitalMethod | null, readonly settled: boolean }> | null, readonly vo2Max: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly low: number | null, readonly high: number | null, readonly method: VitalMethod | null, readonly settled: boolean }> | null, readonly pulseWaveVelocity: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly low: number | null, readonly high: number | null, readonly method: VitalMethod | null, readonly settled: boolean }> | null, readonly skinTemperature: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly low: number | null, readonly high: number | null, readonly method: VitalMethod | null, readonly settled: boolean }> | null, readonly apneaHypopneaIndex: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly low: number | null, readonly high: number | null, readonly method: VitalMethod | null, readonly settled: boolean }> | null, readonly breathingDisturbanceIndex: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly low: number | null, readonly high: number | null, readonly method: VitalMethod | null, readonly settled: boolean }> | null, readonly stressMinutes: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly low: number | null, readonly high: number | null, readonly method: VitalMethod | null, readonly settled: boolean }> | null, readonly recoveryMinutes: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly low: number | null, readonly high: number | null, readonly method: VitalMethod | null, readonly settled: boolean }> | null, readonly vascularAgeYears: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly low: number | null, readonly high: number | null, readonly method: VitalMethod | null, readonly settled: boolean }> | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }>, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly workouts: { readonly workouts: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly kind: WorkoutKind, readonly name: string | null, readonly start: string, readonly durationSeconds: number, readonly distance: number | null, readonly averageHeartRate: number | null, readonly load: number | null, readonly loadName: string | null, readonly zones: ReadonlyArray<{ readonly kind: HeartZoneKind, readonly minRate: number | null, readonly maxRate: number | null, readonly minutes: number | null }> | null }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly scores: { readonly scores: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly kind: ScoreKind, readonly name: string, readonly value: number | null, readonly level: string | null, readonly settled: boolean, readonly scaleMin: number | null, readonly scaleMax: number | null, readonly contributors: ReadonlyArray<{ readonly name: string, readonly value: number | null, readonly scaleMin: number | null, readonly scaleMax: number | null }> }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly devices: { readonly devices: ReadonlyArray<{ readonly id: string, readonly source: ProviderId, readonly kind: string | null, readonly model: string | null, readonly batteryPercent: number | null, readonly batteryLevel: BatteryLevel | null, readonly isCharging: boolean | null, readonly lastSyncAt: string | null }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null } | null };

export type FiguresFragment = { readonly days: number, readonly mean: number | null, readonly median: number | null, readonly minimum: number | null, readonly maximum: number | null, readonly standardDeviation: number | null, readonly excluded: ReadonlyArray<{ readonly date: string, readonly reason: ExclusionReason, readonly missing: MissingReason | null }> };

export type VitalFragment = { readonly id: string, readonly date: string, readonly source: ProviderId, readonly value: number | null, readonly low: number | null, readonly high: number | null, readonly method: VitalMethod | null, readonly settled: boolean };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const RateOfOneFragmentDoc = new TypedDocumentString(`
    fragment RateOfOne on HeartDay {
  id
  date
  source
  restingRate
  hrvRmssd
  hrvSdnn
}
    `, {"fragmentName":"RateOfOne"}) as unknown as TypedDocumentString<RateOfOneFragment, unknown>;
export const VitalOfOneFragmentDoc = new TypedDocumentString(`
    fragment VitalOfOne on VitalDay {
  id
  date
  source
  value
}
    `, {"fragmentName":"VitalOfOne"}) as unknown as TypedDocumentString<VitalOfOneFragment, unknown>;
export const ProviderStateFragmentDoc = new TypedDocumentString(`
    fragment ProviderState on Provider {
  id
  name
  status
  domains
}
    `, {"fragmentName":"ProviderState"}) as unknown as TypedDocumentString<ProviderStateFragment, unknown>;
export const PersonConnectionFragmentDoc = new TypedDocumentString(`
    fragment PersonConnection on Connection {
  id
  status
  dataThrough
  lastAttemptAt
  lastSuccessAt
  problem
  provider {
    id
    name
    status
  }
  subscriptions {
    id
  }
}
    `, {"fragmentName":"PersonConnection"}) as unknown as TypedDocumentString<PersonConnectionFragment, unknown>;
export const PastReadingFragmentDoc = new TypedDocumentString(`
    fragment PastReading on BackfillJob {
  id
  status
  daysDone
  daysTotal
  resumesAt
}
    `, {"fragmentName":"PastReading"}) as unknown as TypedDocumentString<PastReadingFragment, unknown>;
export const PersonStateFragmentDoc = new TypedDocumentString(`
    fragment PersonState on User {
  id
  sourcePriority
  connections {
    ...PersonConnection
  }
  backfillJobs {
    ...PastReading
  }
}
    fragment PersonConnection on Connection {
  id
  status
  dataThrough
  lastAttemptAt
  lastSuccessAt
  problem
  provider {
    id
    name
    status
  }
  subscriptions {
    id
  }
}
fragment PastReading on BackfillJob {
  id
  status
  daysDone
  daysTotal
  resumesAt
}`, {"fragmentName":"PersonState"}) as unknown as TypedDocumentString<PersonStateFragment, unknown>;
export const ReportFragmentDoc = new TypedDocumentString(`
    fragment Report on SourceReport {
  provider
  status
  message
  retryAt
  asOf
  servedFromStore
}
    `, {"fragmentName":"Report"}) as unknown as TypedDocumentString<ReportFragment, unknown>;
export const ZoneFragmentDoc = new TypedDocumentString(`
    fragment Zone on HeartZone {
  kind
  minRate
  maxRate
  minutes
}
    `, {"fragmentName":"Zone"}) as unknown as TypedDocumentString<ZoneFragment, unknown>;
export const CourseFragmentDoc = new TypedDocumentString(`
    fragment Course on Series {
  localStart
  offsets
  values
  stepSeconds
}
    `, {"fragmentName":"Course"}) as unknown as TypedDocumentString<CourseFragment, unknown>;
export const MissingFragmentDoc = new TypedDocumentString(`
    fragment Missing on MissingField {
  field
  reason
}
    `, {"fragmentName":"Missing"}) as unknown as TypedDocumentString<MissingFragment, unknown>;
export const RateByTimeFragmentDoc = new TypedDocumentString(`
    fragment RateByTime on HeartDay {
  id
  date
  source
  settled
  zones {
    ...Zone
  }
  samples(resolution: FIVE_MINUTES) {
    ...Course
  }
  missing {
    ...Missing
  }
}
    fragment Missing on MissingField {
  field
  reason
}
fragment Course on Series {
  localStart
  offsets
  values
  stepSeconds
}
fragment Zone on HeartZone {
  kind
  minRate
  maxRate
  minutes
}`, {"fragmentName":"RateByTime"}) as unknown as TypedDocumentString<RateByTimeFragment, unknown>;
export const NightFragmentDoc = new TypedDocumentString(`
    fragment Night on SleepSession {
  id
  date
  source
  settled
  start
  end
  isMainSleep
  minutesInBed
  minutesAsleep
  efficiency
  stages {
    stage
    minutes
  }
  hypnogram {
    stage
    start
    seconds
  }
  missing {
    ...Missing
  }
  alternatives {
    id
    source
    minutesAsleep
  }
}
    fragment Missing on MissingField {
  field
  reason
}`, {"fragmentName":"Night"}) as unknown as TypedDocumentString<NightFragment, unknown>;
export const FiguresFragmentDoc = new TypedDocumentString(`
    fragment Figures on Statistic {
  days
  mean
  median
  minimum
  maximum
  standardDeviation
  excluded {
    date
    reason
    missing
  }
}
    `, {"fragmentName":"Figures"}) as unknown as TypedDocumentString<FiguresFragment, unknown>;
export const VitalFragmentDoc = new TypedDocumentString(`
    fragment Vital on VitalDay {
  id
  date
  source
  value
  low
  high
  method
  settled
}
    `, {"fragmentName":"Vital"}) as unknown as TypedDocumentString<VitalFragment, unknown>;
export const StepsOfAllDocument = new TypedDocumentString(`
    query StepsOfAll($range: DateRange!) {
  viewer {
    id
    activity(range: $range) {
      days {
        id
        date
        source
        steps
        alternatives {
          id
          source
          steps
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<StepsOfAllQuery, StepsOfAllQueryVariables>;
export const RatesOfAllDocument = new TypedDocumentString(`
    query RatesOfAll($range: DateRange!) {
  viewer {
    id
    heart(range: $range) {
      days {
        ...RateOfOne
        alternatives {
          ...RateOfOne
        }
      }
    }
  }
}
    fragment RateOfOne on HeartDay {
  id
  date
  source
  restingRate
  hrvRmssd
  hrvSdnn
}`) as unknown as TypedDocumentString<RatesOfAllQuery, RatesOfAllQueryVariables>;
export const VitalsOfAllDocument = new TypedDocumentString(`
    query VitalsOfAll($range: DateRange!, $temperature: TemperatureUnit!) {
  viewer {
    id
    vitals(range: $range) {
      oxygenSaturation {
        ...VitalOfOne
        alternatives {
          ...VitalOfOne
        }
      }
      respiratoryRate {
        ...VitalOfOne
        alternatives {
          ...VitalOfOne
        }
      }
      apneaHypopneaIndex {
        ...VitalOfOne
        alternatives {
          ...VitalOfOne
        }
      }
      breathingDisturbanceIndex {
        ...VitalOfOne
        alternatives {
          ...VitalOfOne
        }
      }
      skinTemperatureDeviation(unit: $temperature) {
        ...VitalOfOne
        alternatives {
          ...VitalOfOne
        }
      }
      skinTemperature(unit: $temperature) {
        ...VitalOfOne
        alternatives {
          ...VitalOfOne
        }
      }
      stressMinutes {
        ...VitalOfOne
        alternatives {
          ...VitalOfOne
        }
      }
      recoveryMinutes {
        ...VitalOfOne
        alternatives {
          ...VitalOfOne
        }
      }
      vo2Max {
        ...VitalOfOne
        alternatives {
          ...VitalOfOne
        }
      }
      pulseWaveVelocity {
        ...VitalOfOne
        alternatives {
          ...VitalOfOne
        }
      }
      vascularAgeYears {
        ...VitalOfOne
        alternatives {
          ...VitalOfOne
        }
      }
    }
  }
}
    fragment VitalOfOne on VitalDay {
  id
  date
  source
  value
}`) as unknown as TypedDocumentString<VitalsOfAllQuery, VitalsOfAllQueryVariables>;
export const PersonDocument = new TypedDocumentString(`
    query Person {
  providers {
    ...ProviderState
  }
  viewer {
    ...PersonState
  }
}
    fragment ProviderState on Provider {
  id
  name
  status
  domains
}
fragment PersonState on User {
  id
  sourcePriority
  connections {
    ...PersonConnection
  }
  backfillJobs {
    ...PastReading
  }
}
fragment PersonConnection on Connection {
  id
  status
  dataThrough
  lastAttemptAt
  lastSuccessAt
  problem
  provider {
    id
    name
    status
  }
  subscriptions {
    id
  }
}
fragment PastReading on BackfillJob {
  id
  status
  daysDone
  daysTotal
  resumesAt
}`) as unknown as TypedDocumentString<PersonQuery, PersonQueryVariables>;
export const ConnectDocument = new TypedDocumentString(`
    mutation Connect($provider: ProviderId!, $redirectTo: URL!, $domains: [Domain!]) {
  connect(
    input: {provider: $provider, redirectTo: $redirectTo, domains: $domains, confirm: true}
  ) {
    authorizationUrl
  }
}
    `) as unknown as TypedDocumentString<ConnectMutation, ConnectMutationVariables>;
export const ConfirmDocument = new TypedDocumentString(`
    mutation Confirm($handle: String!) {
  confirmConnection(input: {handle: $handle}) {
    connection {
      ...PersonConnection
    }
  }
}
    fragment PersonConnection on Connection {
  id
  status
  dataThrough
  lastAttemptAt
  lastSuccessAt
  problem
  provider {
    id
    name
    status
  }
  subscriptions {
    id
  }
}`) as unknown as TypedDocumentString<ConfirmMutation, ConfirmMutationVariables>;
export const ReadPastDocument = new TypedDocumentString(`
    mutation ReadPast($provider: ProviderId!, $range: DateRange!) {
  backfill(input: {provider: $provider, range: $range}) {
    job {
      ...PastReading
    }
  }
}
    fragment PastReading on BackfillJob {
  id
  status
  daysDone
  daysTotal
  resumesAt
}`) as unknown as TypedDocumentString<ReadPastMutation, ReadPastMutationVariables>;
export const BeNotifiedDocument = new TypedDocumentString(`
    mutation BeNotified($provider: ProviderId!) {
  subscribe(input: {provider: $provider}) {
    connection {
      ...PersonConnection
    }
  }
}
    fragment PersonConnection on Connection {
  id
  status
  dataThrough
  lastAttemptAt
  lastSuccessAt
  problem
  provider {
    id
    name
    status
  }
  subscriptions {
    id
  }
}`) as unknown as TypedDocumentString<BeNotifiedMutation, BeNotifiedMutationVariables>;
export const DisconnectDocument = new TypedDocumentString(`
    mutation Disconnect($provider: ProviderId!, $deleteData: Boolean!) {
  disconnect(input: {provider: $provider, deleteData: $deleteData}) {
    notices
    user {
      ...PersonState
    }
  }
}
    fragment PersonState on User {
  id
  sourcePriority
  connections {
    ...PersonConnection
  }
  backfillJobs {
    ...PastReading
  }
}
fragment PersonConnection on Connection {
  id
  status
  dataThrough
  lastAttemptAt
  lastSuccessAt
  problem
  provider {
    id
    name
    status
  }
  subscriptions {
    id
  }
}
fragment PastReading on BackfillJob {
  id
  status
  daysDone
  daysTotal
  resumesAt
}`) as unknown as TypedDocumentString<DisconnectMutation, DisconnectMutationVariables>;
export const PreferDocument = new TypedDocumentString(`
    mutation Prefer($providers: [ProviderId!]!) {
  setSourcePriority(input: {providers: $providers}) {
    user {
      ...PersonState
    }
  }
}
    fragment PersonState on User {
  id
  sourcePriority
  connections {
    ...PersonConnection
  }
  backfillJobs {
    ...PastReading
  }
}
fragment PersonConnection on Connection {
  id
  status
  dataThrough
  lastAttemptAt
  lastSuccessAt
  problem
  provider {
    id
    name
    status
  }
  subscriptions {
    id
  }
}
fragment PastReading on BackfillJob {
  id
  status
  daysDone
  daysTotal
  resumesAt
}`) as unknown as TypedDocumentString<PreferMutation, PreferMutationVariables>;
export const DeleteEverythingDocument = new TypedDocumentString(`
    mutation DeleteEverything {
  deleteUserData(input: {}) {
    userId
  }
}
    `) as unknown as TypedDocumentString<DeleteEverythingMutation, DeleteEverythingMutationVariables>;
export const DataUpdatedDocument = new TypedDocumentString(`
    subscription DataUpdated {
  dataUpdated {
    receivedAt
    origin
  }
}
    `) as unknown as TypedDocumentString<DataUpdatedSubscription, DataUpdatedSubscriptionVariables>;
export const ConnectionChangedDocument = new TypedDocumentString(`
    subscription ConnectionChanged {
  connectionChanged {
    ...PersonConnection
  }
}
    fragment PersonConnection on Connection {
  id
  status
  dataThrough
  lastAttemptAt
  lastSuccessAt
  problem
  provider {
    id
    name
    status
  }
  subscriptions {
    id
  }
}`) as unknown as TypedDocumentString<ConnectionChangedSubscription, ConnectionChangedSubscriptionVariables>;
export const PastReadDocument = new TypedDocumentString(`
    subscription PastRead($jobId: ID!) {
  backfillProgress(jobId: $jobId) {
    ...PastReading
  }
}
    fragment PastReading on BackfillJob {
  id
  status
  daysDone
  daysTotal
  resumesAt
}`) as unknown as TypedDocumentString<PastReadSubscription, PastReadSubscriptionVariables>;
export const ReadingsDocument = new TypedDocumentString(`
    query Readings($range: DateRange!, $lately: DateRange!, $temperature: TemperatureUnit!, $glucose: GlucoseUnit!) {
  viewer {
    id
    readings(range: $range) {
      bloodPressures {
        id
        date
        time
        source
        systolicMmHg
        diastolicMmHg
        pulse
      }
      pulses {
        id
        date
        time
        source
        rate
      }
      bloodGlucose {
        id
        date
        time
        source
        value(unit: $glucose)
        mealRelation
      }
      temperatures {
        id
        date
        time
        source
        value(unit: $temperature)
        site
      }
      electrocardiograms {
        id
        date
        time
        source
        finding
        averageHeartRate
      }
      rhythmAlerts {
        id
        date
        start
        end
        source
      }
      vo2MaxTests {
        id
        date
        time
        source
        value
        method
      }
      sources {
        ...Report
      }
    }
    lately: readings(range: $lately) {
      oxygenSaturations {
        id
        date
        time
        source
        percent
      }
      glucoseSeries {
        ...Course
      }
    }
  }
}
    fragment Report on SourceReport {
  provider
  status
  message
  retryAt
  asOf
  servedFromStore
}
fragment Course on Series {
  localStart
  offsets
  values
  stepSeconds
}`) as unknown as TypedDocumentString<ReadingsQuery, ReadingsQueryVariables>;
export const GlucoseOfDayDocument = new TypedDocumentString(`
    query GlucoseOfDay($date: LocalDate!) {
  viewer {
    id
    readings(range: {from: $date, to: $date}) {
      glucoseSeries {
        ...Course
      }
    }
  }
}
    fragment Course on Series {
  localStart
  offsets
  values
  stepSeconds
}`) as unknown as TypedDocumentString<GlucoseOfDayQuery, GlucoseOfDayQueryVariables>;
export const TodayDocument = new TypedDocumentString(`
    query Today($length: LengthUnit!) {
  providers {
    ...ProviderState
  }
  viewer {
    ...PersonState
    activity(range: {lastDays: 1}) {
      days {
        id
        date
        source
        settled
        steps
        distance(unit: $length)
        floors
        energyBurned
        activeZoneMinutes
        lightlyActiveMinutes
        moderatelyActiveMinutes
        veryActiveMinutes
        nonWearMinutes
        worn
        samples(metric: STEPS) {
          ...Course
        }
        missing {
          ...Missing
        }
        alternatives {
          id
          source
          steps
        }
      }
      sources {
        ...Report
      }
    }
    heart(range: {lastDays: 1}) {
      days {
        ...RateByTime
        restingRate
        restingRateMethod
        alternatives {
          id
          source
          restingRate
        }
      }
      sources {
        ...Report
      }
    }
    sleep(range: {lastDays: 1}) {
      sessions {
        ...Night
      }
      sources {
        ...Report
      }
    }
    goals {
      goals {
        id
        metric
        period
        target
        unit
        source
      }
      sources {
        ...Report
      }
    }
    profile {
      id
      timeZone
      sources {
        ...Report
      }
    }
  }
}
    fragment ProviderState on Provider {
  id
  name
  status
  domains
}
fragment PersonState on User {
  id
  sourcePriority
  connections {
    ...PersonConnection
  }
  backfillJobs {
    ...PastReading
  }
}
fragment PersonConnection on Connection {
  id
  status
  dataThrough
  lastAttemptAt
  lastSuccessAt
  problem
  provider {
    id
    name
    status
  }
  subscriptions {
    id
  }
}
fragment PastReading on BackfillJob {
  id
  status
  daysDone
  daysTotal
  resumesAt
}
fragment Report on SourceReport {
  provider
  status
  message
  retryAt
  asOf
  servedFromStore
}
fragment Missing on MissingField {
  field
  reason
}
fragment Course on Series {
  localStart
  offsets
  values
  stepSeconds
}
fragment Zone on HeartZone {
  kind
  minRate
  maxRate
  minutes
}
fragment RateByTime on HeartDay {
  id
  date
  source
  settled
  zones {
    ...Zone
  }
  samples(resolution: FIVE_MINUTES) {
    ...Course
  }
  missing {
    ...Missing
  }
}
fragment Night on SleepSession {
  id
  date
  source
  settled
  start
  end
  isMainSleep
  minutesInBed
  minutesAsleep
  efficiency
  stages {
    stage
    minutes
  }
  hypnogram {
    stage
    start
    seconds
  }
  missing {
    ...Missing
  }
  alternatives {
    id
    source
    minutesAsleep
  }
}`) as unknown as TypedDocumentString<TodayQuery, TodayQueryVariables>;
export const HeartOfDayDocument = new TypedDocumentString(`
    query HeartOfDay($date: LocalDate!) {
  viewer {
    id
    heart(range: {from: $date, to: $date}) {
      days {
        ...RateByTime
      }
      sources {
        ...Report
      }
    }
  }
}
    fragment Report on SourceReport {
  provider
  status
  message
  retryAt
  asOf
  servedFromStore
}
fragment Missing on MissingField {
  field
  reason
}
fragment Course on Series {
  localStart
  offsets
  values
  stepSeconds
}
fragment Zone on HeartZone {
  kind
  minRate
  maxRate
  minutes
}
fragment RateByTime on HeartDay {
  id
  date
  source
  settled
  zones {
    ...Zone
  }
  samples(resolution: FIVE_MINUTES) {
    ...Course
  }
  missing {
    ...Missing
  }
}`) as unknown as TypedDocumentString<HeartOfDayQuery, HeartOfDayQueryVariables>;
export const NightOfDayDocument = new TypedDocumentString(`
    query NightOfDay($date: LocalDate!) {
  viewer {
    id
    sleep(range: {from: $date, to: $date}) {
      sessions {
        ...Night
      }
      sources {
        ...Report
      }
    }
  }
}
    fragment Report on SourceReport {
  provider
  status
  message
  retryAt
  asOf
  servedFromStore
}
fragment Missing on MissingField {
  field
  reason
}
fragment Night on SleepSession {
  id
  date
  source
  settled
  start
  end
  isMainSleep
  minutesInBed
  minutesAsleep
  efficiency
  stages {
    stage
    minutes
  }
  hypnogram {
    stage
    start
    seconds
  }
  missing {
    ...Missing
  }
  alternatives {
    id
    source
    minutesAsleep
  }
}`) as unknown as TypedDocumentString<NightOfDayQuery, NightOfDayQueryVariables>;
export const TrendsDocument = new TypedDocumentString(`
    query Trends($range: DateRange!, $lately: DateRange!, $length: LengthUnit!, $mass: MassUnit!, $temperature: TemperatureUnit!) {
  viewer {
    id
    activity(range: $range) {
      days {
        id
        date
        source
        settled
        steps
        worn
        missing {
          ...Missing
        }
      }
      statistics {
        steps {
          ...Figures
        }
      }
      sources {
        ...Report
      }
    }
    heart(range: $range) {
      days {
        id
        date
        source
        settled
        restingRate
        restingRateMethod
        hrvRmssd
        hrvSdnn
        hrvWindow
        worn
        missing {
          ...Missing
        }
      }
      statistics {
        restingRate {
          ...Figures
        }
        hrvRmssd {
          ...Figures
        }
        hrvSdnn {
          ...Figures
        }
      }
      sources {
        ...Report
      }
    }
    sleep(range: $range) {
      sessions {
        id
        date
        source
        settled
        start
        end
        isMainSleep
        minutesAsleep
      }
      statistics {
        bedtimeMinutes {
          ...Figures
        }
        minutesAsleep {
          ...Figures
        }
      }
      sources {
        ...Report
      }
    }
    body(range: $range) {
      measurements {
        id
        date
        time
        source
        weight(unit: $mass)
        fatPercentage
      }
      sources {
        ...Report
      }
    }
    vitals(range: $range) {
      oxygenSaturation {
        ...Vital
      }
      respiratoryRate {
        ...Vital
      }
      skinTemperatureDeviation(unit: $temperature) {
        ...Vital
      }
      vo2Max {
        ...Vital
      }
      pulseWaveVelocity {
        ...Vital
      }
      skinTemperature(unit: $temperature) {
        ...Vital
      }
      apneaHypopneaIndex {
        ...Vital
      }
      breathingDisturbanceIndex {
        ...Vital
      }
      stressMinutes {
        ...Vital
      }
      recoveryMinutes {
        ...Vital
      }
      vascularAgeYears {
        ...Vital
      }
      missing {
        ...Missing
      }
      sources {
        ...Report
      }
    }
    workouts(range: $range) {
      workouts {
        id
        date
        source
        kind
        name
        start
        durationSeconds
        distance(unit: $length)
        averageHeartRate
        load
        loadName
        zones {
          ...Zone
        }
      }
      sources {
        ...Report
      }
    }
    scores(range: $lately) {
      scores {
        id
        date
        source
        kind
        name
        value
        level
        settled
        scaleMin
        scaleMax
        contributors {
          name
          value
          scaleMin
          scaleMax
        }
      }
      sources {
        ...Report
      }
    }
    devices {
      devices {
        id
        source
        kind
        model
        batteryPercent
        batteryLevel
        isCharging
        lastSyncAt
      }
      sources {
        ...Report
      }
    }
  }
}
    fragment Report on SourceReport {
  provider
  status
  message
  retryAt
  asOf
  servedFromStore
}
fragment Missing on MissingField {
  field
  reason
}
fragment Zone on HeartZone {
  kind
  minRate
  maxRate
  minutes
}
fragment Figures on Statistic {
  days
  mean
  median
  minimum
  maximum
  standardDeviation
  excluded {
    date
    reason
    missing
  }
}
fragment Vital on VitalDay {
  id
  date
  source
  value
  low
  high
  method
  settled
}`) as unknown as TypedDocumentString<TrendsQuery, TrendsQueryVariables>;