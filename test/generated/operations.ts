/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
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

/** State of a background job. */
export type JobStatus =
  | 'DONE'
  | 'FAILED'
  | 'QUEUED'
  | 'RUNNING'
  /** The job waits for the provider's rate limit. `resumesAt` says when it continues. */
  | 'WAITING';

/** The meal that something belongs to. */
export type Meal =
  | 'AFTERNOON_SNACK'
  /** Between meals, or of a meal that nobody named. */
  | 'ANYTIME'
  | 'BREAKFAST'
  | 'DINNER'
  | 'LUNCH'
  | 'MORNING_SNACK';

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

/** Which requests a rate limit counts. */
export type RateLimitScope =
  /** Requests for all users of this gateway together. */
  | 'APP'
  /** Requests for one user's connection. */
  | 'CONNECTION';

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

/** Why data has changed. */
export type UpdateOrigin =
  /** A backfill fetched past data. */
  | 'BACKFILL'
  /** The provider reported new data. */
  | 'LIVE';

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

export type ConnectionsQueryVariables = Exact<{ [key: string]: never; }>;


export type ConnectionsQuery = { readonly providers: ReadonlyArray<{ readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus, readonly domains: ReadonlyArray<Domain>, readonly hourlyRequestLimit: number | null }>, readonly viewer: { readonly id: string, readonly sourcePriority: ReadonlyArray<ProviderId>, readonly connections: ReadonlyArray<{ readonly id: string, readonly status: ConnectionStatus, readonly connectedAt: string, readonly lastSuccessAt: string | null, readonly dataThrough: string | null, readonly rateLimits: ReadonlyArray<{ readonly scope: RateLimitScope, readonly windowSeconds: number, readonly limit: number, readonly remaining: number, readonly resetsAt: string }>, readonly subscriptions: ReadonlyArray<{ readonly id: string, readonly domains: ReadonlyArray<Domain> }>, readonly provider: { readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus } }> } | null };

export type ConnectMutationVariables = Exact<{
  provider?: ProviderId;
  redirectTo?: string | null | undefined;
}>;


export type ConnectMutation = { readonly connect: { readonly authorizationUrl: string, readonly expiresAt: string } };

export type DisconnectMutationVariables = Exact<{
  provider: ProviderId;
}>;


export type DisconnectMutation = { readonly disconnect: { readonly revokedAtProvider: boolean, readonly notices: ReadonlyArray<string>, readonly user: { readonly id: string, readonly connections: ReadonlyArray<{ readonly id: string, readonly status: ConnectionStatus, readonly connectedAt: string, readonly lastSuccessAt: string | null, readonly dataThrough: string | null, readonly provider: { readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus } }> } } };

export type ConnectionStateFragment = { readonly id: string, readonly status: ConnectionStatus, readonly connectedAt: string, readonly lastSuccessAt: string | null, readonly dataThrough: string | null, readonly provider: { readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus } };

export type DayQueryVariables = Exact<{
  range?: DateRange;
  providers?: ReadonlyArray<ProviderId> | ProviderId | null | undefined;
}>;


export type DayQuery = { readonly viewer: { readonly id: string, readonly activity: { readonly days: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly settled: boolean, readonly steps: number | null, readonly distance: number | null, readonly energyBurned: number | null, readonly activeEnergyBurned: number | null, readonly basalEnergyBurned: number | null, readonly floors: number | null, readonly elevation: number | null, readonly sedentaryMinutes: number | null, readonly lightlyActiveMinutes: number | null, readonly moderatelyActiveMinutes: number | null, readonly veryActiveMinutes: number | null, readonly activeZoneMinutes: number | null, readonly points: number | null, readonly samples: { readonly unit: string, readonly start: string | null, readonly localStart: string, readonly stepSeconds: number | null, readonly offsets: readonly number[], readonly values: readonly number[] } | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }> }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly heart: { readonly days: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly restingRate: number | null, readonly hrvRmssd: number | null, readonly hrvSdnn: number | null, readonly zones: ReadonlyArray<{ readonly kind: HeartZoneKind, readonly minRate: number | null, readonly maxRate: number | null, readonly minutes: number | null, readonly energyBurned: number | null }> | null, readonly samples: { readonly unit: string, readonly start: string | null, readonly localStart: string, readonly stepSeconds: number | null, readonly offsets: readonly number[], readonly values: readonly number[] } | null }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly workouts: { readonly workouts: ReadonlyArray<{ readonly id: string, readonly kind: WorkoutKind, readonly name: string | null, readonly source: ProviderId, readonly start: string, readonly end: string, readonly durationSeconds: number, readonly distance: number | null, readonly energyBurned: number | null, readonly averageHeartRate: number | null }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null } | null };

export type ColumnsFragment = { readonly unit: string, readonly start: string | null, readonly localStart: string, readonly stepSeconds: number | null, readonly offsets: readonly number[], readonly values: readonly number[] };

export type SourceFragment = { readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean };

export type FirstQueryQueryVariables = Exact<{ [key: string]: never; }>;


export type FirstQueryQuery = { readonly viewer: { readonly id: string, readonly connections: ReadonlyArray<{ readonly id: string, readonly status: ConnectionStatus, readonly connectedAt: string, readonly lastSuccessAt: string | null, readonly dataThrough: string | null, readonly provider: { readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus } }>, readonly activity: { readonly days: ReadonlyArray<{ readonly date: string, readonly source: ProviderId, readonly steps: number | null, readonly distance: number | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }> }> | null, readonly totals: { readonly days: number, readonly steps: number | null, readonly distance: number | null } | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null, readonly heart: { readonly days: ReadonlyArray<{ readonly date: string, readonly source: ProviderId, readonly restingRate: number | null }> | null } | null } | null };

export type SubscribeMutationVariables = Exact<{
  provider?: ProviderId;
}>;


export type SubscribeMutation = { readonly subscribe: { readonly notices: ReadonlyArray<string> } };

export type DataUpdatedSubscriptionVariables = Exact<{
  domains?: ReadonlyArray<Domain> | Domain | null | undefined;
}>;


export type DataUpdatedSubscription = { readonly dataUpdated: { readonly provider: ProviderId, readonly domain: Domain, readonly dates: ReadonlyArray<string>, readonly receivedAt: string, readonly origin: UpdateOrigin, readonly user: { readonly id: string, readonly activity: { readonly days: ReadonlyArray<{ readonly id: string, readonly date: string, readonly steps: number | null }> | null } | null } } };

export type ConnectionChangedSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type ConnectionChangedSubscription = { readonly connectionChanged: { readonly id: string, readonly status: ConnectionStatus, readonly connectedAt: string, readonly lastSuccessAt: string | null, readonly dataThrough: string | null, readonly provider: { readonly id: ProviderId, readonly name: string, readonly status: ProviderStatus } } };

export type BackfillMutationVariables = Exact<{
  provider?: ProviderId;
  range?: DateRange;
}>;


export type BackfillMutation = { readonly backfill: { readonly job: { readonly id: string, readonly status: JobStatus, readonly daysDone: number, readonly daysTotal: number, readonly resumesAt: string | null } } };

export type BackfillProgressSubscriptionVariables = Exact<{
  jobId: string | number;
}>;


export type BackfillProgressSubscription = { readonly backfillProgress: { readonly id: string, readonly status: JobStatus, readonly daysDone: number, readonly daysTotal: number, readonly resumesAt: string | null } };

export type JobFragment = { readonly id: string, readonly status: JobStatus, readonly daysDone: number, readonly daysTotal: number, readonly resumesAt: string | null };

export type NightQueryVariables = Exact<{
  range?: DateRange;
}>;


export type NightQuery = { readonly viewer: { readonly id: string, readonly sleep: { readonly sessions: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly settled: boolean, readonly start: string, readonly end: string, readonly isMainSleep: boolean | null, readonly minutesInBed: number | null, readonly minutesAsleep: number | null, readonly minutesAwake: number | null, readonly minutesToFallAsleep: number | null, readonly efficiency: number | null, readonly stages: ReadonlyArray<{ readonly stage: SleepStage, readonly minutes: number, readonly count: number | null }> | null, readonly hypnogram: ReadonlyArray<{ readonly stage: SleepStage, readonly start: string, readonly seconds: number }> | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }> }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null, readonly retryAt: string | null, readonly asOf: string | null, readonly servedFromStore: boolean }> } | null } | null };

export type PlanQueryVariables = Exact<{
  range?: DateRange;
}>;


export type PlanQuery = { readonly viewer: { readonly id: string, readonly activity: { readonly days: ReadonlyArray<{ readonly date: string, readonly source: ProviderId, readonly steps: number | null, readonly floors: number | null, readonly alternatives: ReadonlyArray<{ readonly source: ProviderId, readonly steps: number | null }> }> | null } | null, readonly body: { readonly latest: { readonly date: string, readonly weight: number | null, readonly fatPercentage: number | null } | null } | null, readonly goals: { readonly goals: ReadonlyArray<{ readonly metric: GoalMetric, readonly period: GoalPeriod, readonly target: number, readonly current: number | null, readonly unit: string }> | null } | null, readonly profile: { readonly displayName: string | null, readonly age: number | null, readonly timeZone: string | null, readonly provenance: ReadonlyArray<{ readonly field: string, readonly provider: ProviderId }> } | null } | null };

export type RecordWeighingMutationVariables = Exact<{
  key?: string;
  time?: string;
  weight?: number;
}>;


export type RecordWeighingMutation = { readonly recordWeighing: { readonly id: string, readonly dates: ReadonlyArray<string>, readonly user: { readonly id: string, readonly body: { readonly measurements: ReadonlyArray<{ readonly id: string, readonly time: string | null, readonly weight: number | null, readonly fatPercentage: number | null, readonly source: ProviderId }> | null } | null } } };

export type RecordWorkoutMutationVariables = Exact<{
  key?: string;
  start?: string;
  end?: string;
}>;


export type RecordWorkoutMutation = { readonly recordWorkout: { readonly id: string, readonly dates: ReadonlyArray<string>, readonly user: { readonly id: string, readonly workouts: { readonly workouts: ReadonlyArray<{ readonly id: string, readonly kind: WorkoutKind, readonly start: string, readonly end: string, readonly distance: number | null, readonly energyBurned: number | null, readonly source: ProviderId }> | null } | null } } };

export type RecordSleepMutationVariables = Exact<{
  key?: string;
  start?: string;
  end?: string;
}>;


export type RecordSleepMutation = { readonly recordSleep: { readonly id: string, readonly dates: ReadonlyArray<string>, readonly user: { readonly id: string, readonly sleep: { readonly sessions: ReadonlyArray<{ readonly id: string, readonly start: string, readonly end: string, readonly isMainSleep: boolean | null, readonly source: ProviderId }> | null } | null } } };

export type RecordWaterMutationVariables = Exact<{
  key?: string;
  time?: string;
  cups?: number;
}>;


export type RecordWaterMutation = { readonly recordWater: { readonly id: string, readonly dates: ReadonlyArray<string>, readonly user: { readonly id: string, readonly nutrition: { readonly days: ReadonlyArray<{ readonly id: string, readonly date: string, readonly water: number | null }> | null, readonly entries: ReadonlyArray<{ readonly id: string, readonly time: string | null, readonly water: number | null }> | null } | null } } };

export type RecordFoodMutationVariables = Exact<{
  key?: string;
  time?: string;
  name?: string;
  kilocalories?: number;
}>;


export type RecordFoodMutation = { readonly recordFood: { readonly id: string, readonly dates: ReadonlyArray<string>, readonly user: { readonly id: string, readonly nutrition: { readonly days: ReadonlyArray<{ readonly id: string, readonly date: string, readonly energyConsumed: number | null }> | null, readonly entries: ReadonlyArray<{ readonly id: string, readonly time: string | null, readonly name: string | null, readonly meal: Meal | null, readonly energyConsumed: number | null, readonly proteinGrams: number | null }> | null } | null } } };

export type DeleteMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteMutation = { readonly deleteRecord: { readonly id: string, readonly dates: ReadonlyArray<string> } };

export const ConnectionStateFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ConnectionState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Connection"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"provider"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"connectedAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastSuccessAt"}},{"kind":"Field","name":{"kind":"Name","value":"dataThrough"}}]}}]} as unknown as DocumentNode<ConnectionStateFragment, unknown>;
export const ColumnsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Columns"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Series"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"unit"}},{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"localStart"}},{"kind":"Field","name":{"kind":"Name","value":"stepSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"offsets"}},{"kind":"Field","name":{"kind":"Name","value":"values"}}]}}]} as unknown as DocumentNode<ColumnsFragment, unknown>;
export const SourceFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Source"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SourceReport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"retryAt"}},{"kind":"Field","name":{"kind":"Name","value":"asOf"}},{"kind":"Field","name":{"kind":"Name","value":"servedFromStore"}}]}}]} as unknown as DocumentNode<SourceFragment, unknown>;
export const JobFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Job"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"BackfillJob"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"daysDone"}},{"kind":"Field","name":{"kind":"Name","value":"daysTotal"}},{"kind":"Field","name":{"kind":"Name","value":"resumesAt"}}]}}]} as unknown as DocumentNode<JobFragment, unknown>;
export const ConnectionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Connections"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"providers"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"domains"}},{"kind":"Field","name":{"kind":"Name","value":"hourlyRequestLimit"}}]}},{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sourcePriority"}},{"kind":"Field","name":{"kind":"Name","value":"connections"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ConnectionState"}},{"kind":"Field","name":{"kind":"Name","value":"rateLimits"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"scope"}},{"kind":"Field","name":{"kind":"Name","value":"windowSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"limit"}},{"kind":"Field","name":{"kind":"Name","value":"remaining"}},{"kind":"Field","name":{"kind":"Name","value":"resetsAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"domains"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ConnectionState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Connection"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"provider"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"connectedAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastSuccessAt"}},{"kind":"Field","name":{"kind":"Name","value":"dataThrough"}}]}}]} as unknown as DocumentNode<ConnectionsQuery, ConnectionsQueryVariables>;
export const ConnectDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Connect"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"provider"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ProviderId"}}},"defaultValue":{"kind":"EnumValue","value":"GOOGLE_HEALTH"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"redirectTo"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"URL"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"connect"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"provider"},"value":{"kind":"Variable","name":{"kind":"Name","value":"provider"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"redirectTo"},"value":{"kind":"Variable","name":{"kind":"Name","value":"redirectTo"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"authorizationUrl"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}}]}}]}}]} as unknown as DocumentNode<ConnectMutation, ConnectMutationVariables>;
export const DisconnectDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Disconnect"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"provider"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ProviderId"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"disconnect"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"provider"},"value":{"kind":"Variable","name":{"kind":"Name","value":"provider"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"revokedAtProvider"}},{"kind":"Field","name":{"kind":"Name","value":"notices"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"connections"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ConnectionState"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ConnectionState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Connection"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"provider"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"connectedAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastSuccessAt"}},{"kind":"Field","name":{"kind":"Name","value":"dataThrough"}}]}}]} as unknown as DocumentNode<DisconnectMutation, DisconnectMutationVariables>;
export const DayDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Day"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"range"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateRange"}}},"defaultValue":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"lastDays"},"value":{"kind":"IntValue","value":"1"}}]}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"providers"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ProviderId"}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"activity"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"Variable","name":{"kind":"Name","value":"range"}}},{"kind":"Argument","name":{"kind":"Name","value":"providers"},"value":{"kind":"Variable","name":{"kind":"Name","value":"providers"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"days"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"settled"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"distance"}},{"kind":"Field","name":{"kind":"Name","value":"energyBurned"}},{"kind":"Field","name":{"kind":"Name","value":"activeEnergyBurned"}},{"kind":"Field","name":{"kind":"Name","value":"basalEnergyBurned"}},{"kind":"Field","name":{"kind":"Name","value":"floors"}},{"kind":"Field","name":{"kind":"Name","value":"elevation"}},{"kind":"Field","name":{"kind":"Name","value":"sedentaryMinutes"}},{"kind":"Field","name":{"kind":"Name","value":"lightlyActiveMinutes"}},{"kind":"Field","name":{"kind":"Name","value":"moderatelyActiveMinutes"}},{"kind":"Field","name":{"kind":"Name","value":"veryActiveMinutes"}},{"kind":"Field","name":{"kind":"Name","value":"activeZoneMinutes"}},{"kind":"Field","name":{"kind":"Name","value":"points"}},{"kind":"Field","name":{"kind":"Name","value":"samples"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"metric"},"value":{"kind":"EnumValue","value":"STEPS"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Columns"}}]}},{"kind":"Field","name":{"kind":"Name","value":"missing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Source"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"heart"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"Variable","name":{"kind":"Name","value":"range"}}},{"kind":"Argument","name":{"kind":"Name","value":"providers"},"value":{"kind":"Variable","name":{"kind":"Name","value":"providers"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"days"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"restingRate"}},{"kind":"Field","name":{"kind":"Name","value":"hrvRmssd"}},{"kind":"Field","name":{"kind":"Name","value":"hrvSdnn"}},{"kind":"Field","name":{"kind":"Name","value":"zones"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"minRate"}},{"kind":"Field","name":{"kind":"Name","value":"maxRate"}},{"kind":"Field","name":{"kind":"Name","value":"minutes"}},{"kind":"Field","name":{"kind":"Name","value":"energyBurned"}}]}},{"kind":"Field","name":{"kind":"Name","value":"samples"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"resolution"},"value":{"kind":"EnumValue","value":"ONE_MINUTE"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Columns"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Source"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"workouts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"Variable","name":{"kind":"Name","value":"range"}}},{"kind":"Argument","name":{"kind":"Name","value":"providers"},"value":{"kind":"Variable","name":{"kind":"Name","value":"providers"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"workouts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}},{"kind":"Field","name":{"kind":"Name","value":"durationSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"distance"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"unit"},"value":{"kind":"EnumValue","value":"KILOMETER"}}]},{"kind":"Field","name":{"kind":"Name","value":"energyBurned"}},{"kind":"Field","name":{"kind":"Name","value":"averageHeartRate"}}]}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Source"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Columns"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Series"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"unit"}},{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"localStart"}},{"kind":"Field","name":{"kind":"Name","value":"stepSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"offsets"}},{"kind":"Field","name":{"kind":"Name","value":"values"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Source"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SourceReport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"retryAt"}},{"kind":"Field","name":{"kind":"Name","value":"asOf"}},{"kind":"Field","name":{"kind":"Name","value":"servedFromStore"}}]}}]} as unknown as DocumentNode<DayQuery, DayQueryVariables>;
export const FirstQueryDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FirstQuery"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"connections"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ConnectionState"}}]}},{"kind":"Field","name":{"kind":"Name","value":"activity"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"lastDays"},"value":{"kind":"IntValue","value":"7"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"days"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"distance"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"unit"},"value":{"kind":"EnumValue","value":"KILOMETER"}}]},{"kind":"Field","name":{"kind":"Name","value":"missing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"totals"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"days"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"distance"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"unit"},"value":{"kind":"EnumValue","value":"KILOMETER"}}]}]}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Source"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"heart"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"lastDays"},"value":{"kind":"IntValue","value":"1"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"days"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"restingRate"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ConnectionState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Connection"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"provider"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"connectedAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastSuccessAt"}},{"kind":"Field","name":{"kind":"Name","value":"dataThrough"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Source"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SourceReport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"retryAt"}},{"kind":"Field","name":{"kind":"Name","value":"asOf"}},{"kind":"Field","name":{"kind":"Name","value":"servedFromStore"}}]}}]} as unknown as DocumentNode<FirstQueryQuery, FirstQueryQueryVariables>;
export const SubscribeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Subscribe"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"provider"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ProviderId"}}},"defaultValue":{"kind":"EnumValue","value":"GOOGLE_HEALTH"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"subscribe"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"provider"},"value":{"kind":"Variable","name":{"kind":"Name","value":"provider"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"notices"}}]}}]}}]} as unknown as DocumentNode<SubscribeMutation, SubscribeMutationVariables>;
export const DataUpdatedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"DataUpdated"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"domains"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Domain"}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataUpdated"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"domains"},"value":{"kind":"Variable","name":{"kind":"Name","value":"domains"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"domain"}},{"kind":"Field","name":{"kind":"Name","value":"dates"}},{"kind":"Field","name":{"kind":"Name","value":"receivedAt"}},{"kind":"Field","name":{"kind":"Name","value":"origin"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"activity"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"lastDays"},"value":{"kind":"IntValue","value":"2"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"days"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<DataUpdatedSubscription, DataUpdatedSubscriptionVariables>;
export const ConnectionChangedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"ConnectionChanged"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"connectionChanged"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ConnectionState"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ConnectionState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Connection"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"provider"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"connectedAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastSuccessAt"}},{"kind":"Field","name":{"kind":"Name","value":"dataThrough"}}]}}]} as unknown as DocumentNode<ConnectionChangedSubscription, ConnectionChangedSubscriptionVariables>;
export const BackfillDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Backfill"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"provider"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ProviderId"}}},"defaultValue":{"kind":"EnumValue","value":"GOOGLE_HEALTH"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"range"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateRange"}}},"defaultValue":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"lastDays"},"value":{"kind":"IntValue","value":"90"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backfill"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"provider"},"value":{"kind":"Variable","name":{"kind":"Name","value":"provider"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"range"},"value":{"kind":"Variable","name":{"kind":"Name","value":"range"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Job"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Job"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"BackfillJob"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"daysDone"}},{"kind":"Field","name":{"kind":"Name","value":"daysTotal"}},{"kind":"Field","name":{"kind":"Name","value":"resumesAt"}}]}}]} as unknown as DocumentNode<BackfillMutation, BackfillMutationVariables>;
export const BackfillProgressDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"BackfillProgress"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"jobId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"backfillProgress"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"jobId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"jobId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Job"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Job"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"BackfillJob"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"daysDone"}},{"kind":"Field","name":{"kind":"Name","value":"daysTotal"}},{"kind":"Field","name":{"kind":"Name","value":"resumesAt"}}]}}]} as unknown as DocumentNode<BackfillProgressSubscription, BackfillProgressSubscriptionVariables>;
export const NightDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Night"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"range"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateRange"}}},"defaultValue":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"lastDays"},"value":{"kind":"IntValue","value":"7"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sleep"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"Variable","name":{"kind":"Name","value":"range"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sessions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"settled"}},{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}},{"kind":"Field","name":{"kind":"Name","value":"isMainSleep"}},{"kind":"Field","name":{"kind":"Name","value":"minutesInBed"}},{"kind":"Field","name":{"kind":"Name","value":"minutesAsleep"}},{"kind":"Field","name":{"kind":"Name","value":"minutesAwake"}},{"kind":"Field","name":{"kind":"Name","value":"minutesToFallAsleep"}},{"kind":"Field","name":{"kind":"Name","value":"efficiency"}},{"kind":"Field","name":{"kind":"Name","value":"stages"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"minutes"}},{"kind":"Field","name":{"kind":"Name","value":"count"}}]}},{"kind":"Field","name":{"kind":"Name","value":"hypnogram"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"seconds"}}]}},{"kind":"Field","name":{"kind":"Name","value":"missing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Source"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Source"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SourceReport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"retryAt"}},{"kind":"Field","name":{"kind":"Name","value":"asOf"}},{"kind":"Field","name":{"kind":"Name","value":"servedFromStore"}}]}}]} as unknown as DocumentNode<NightQuery, NightQueryVariables>;
export const PlanDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Plan"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"range"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateRange"}}},"defaultValue":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"lastDays"},"value":{"kind":"IntValue","value":"30"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"activity"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"Variable","name":{"kind":"Name","value":"range"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"days"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"floors"}},{"kind":"Field","name":{"kind":"Name","value":"alternatives"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"body"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"Variable","name":{"kind":"Name","value":"range"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"latest"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"weight"}},{"kind":"Field","name":{"kind":"Name","value":"fatPercentage"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"goals"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"goals"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"metric"}},{"kind":"Field","name":{"kind":"Name","value":"period"}},{"kind":"Field","name":{"kind":"Name","value":"target"}},{"kind":"Field","name":{"kind":"Name","value":"current"}},{"kind":"Field","name":{"kind":"Name","value":"unit"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"profile"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"timeZone"}},{"kind":"Field","name":{"kind":"Name","value":"provenance"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}}]}}]}}]}}]}}]} as unknown as DocumentNode<PlanQuery, PlanQueryVariables>;
export const RecordWeighingDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RecordWeighing"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"key"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},"defaultValue":{"kind":"StringValue","value":"weighing-1","block":false}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"time"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}},"defaultValue":{"kind":"StringValue","value":"2026-11-10T06:11:00Z","block":false}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"weight"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Float"}}},"defaultValue":{"kind":"FloatValue","value":"64.8"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"recordWeighing"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"provider"},"value":{"kind":"EnumValue","value":"GOOGLE_HEALTH"}},{"kind":"ObjectField","name":{"kind":"Name","value":"key"},"value":{"kind":"Variable","name":{"kind":"Name","value":"key"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"time"},"value":{"kind":"Variable","name":{"kind":"Name","value":"time"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"weight"},"value":{"kind":"Variable","name":{"kind":"Name","value":"weight"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"fatPercentage"},"value":{"kind":"FloatValue","value":"27.5"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"dates"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"body"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"from"},"value":{"kind":"StringValue","value":"2026-11-10","block":false}},{"kind":"ObjectField","name":{"kind":"Name","value":"to"},"value":{"kind":"StringValue","value":"2026-11-10","block":false}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"measurements"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"time"}},{"kind":"Field","name":{"kind":"Name","value":"weight"}},{"kind":"Field","name":{"kind":"Name","value":"fatPercentage"}},{"kind":"Field","name":{"kind":"Name","value":"source"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<RecordWeighingMutation, RecordWeighingMutationVariables>;
export const RecordWorkoutDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RecordWorkout"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"key"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},"defaultValue":{"kind":"StringValue","value":"workout-1","block":false}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"start"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}},"defaultValue":{"kind":"StringValue","value":"2026-11-10T12:05:00Z","block":false}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"end"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}},"defaultValue":{"kind":"StringValue","value":"2026-11-10T12:50:00Z","block":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"recordWorkout"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"provider"},"value":{"kind":"EnumValue","value":"GOOGLE_HEALTH"}},{"kind":"ObjectField","name":{"kind":"Name","value":"key"},"value":{"kind":"Variable","name":{"kind":"Name","value":"key"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"kind"},"value":{"kind":"EnumValue","value":"ROWING"}},{"kind":"ObjectField","name":{"kind":"Name","value":"start"},"value":{"kind":"Variable","name":{"kind":"Name","value":"start"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"end"},"value":{"kind":"Variable","name":{"kind":"Name","value":"end"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"distanceMeters"},"value":{"kind":"IntValue","value":"7200"}},{"kind":"ObjectField","name":{"kind":"Name","value":"energyBurnedKilocalories"},"value":{"kind":"IntValue","value":"410"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"dates"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"workouts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"from"},"value":{"kind":"StringValue","value":"2026-11-10","block":false}},{"kind":"ObjectField","name":{"kind":"Name","value":"to"},"value":{"kind":"StringValue","value":"2026-11-10","block":false}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"workouts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}},{"kind":"Field","name":{"kind":"Name","value":"distance"}},{"kind":"Field","name":{"kind":"Name","value":"energyBurned"}},{"kind":"Field","name":{"kind":"Name","value":"source"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<RecordWorkoutMutation, RecordWorkoutMutationVariables>;
export const RecordSleepDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RecordSleep"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"key"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},"defaultValue":{"kind":"StringValue","value":"nap-1","block":false}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"start"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}},"defaultValue":{"kind":"StringValue","value":"2026-11-10T13:20:00Z","block":false}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"end"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}},"defaultValue":{"kind":"StringValue","value":"2026-11-10T13:55:00Z","block":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"recordSleep"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"provider"},"value":{"kind":"EnumValue","value":"GOOGLE_HEALTH"}},{"kind":"ObjectField","name":{"kind":"Name","value":"key"},"value":{"kind":"Variable","name":{"kind":"Name","value":"key"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"start"},"value":{"kind":"Variable","name":{"kind":"Name","value":"start"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"end"},"value":{"kind":"Variable","name":{"kind":"Name","value":"end"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"dates"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sleep"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"from"},"value":{"kind":"StringValue","value":"2026-11-10","block":false}},{"kind":"ObjectField","name":{"kind":"Name","value":"to"},"value":{"kind":"StringValue","value":"2026-11-10","block":false}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sessions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}},{"kind":"Field","name":{"kind":"Name","value":"isMainSleep"}},{"kind":"Field","name":{"kind":"Name","value":"source"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<RecordSleepMutation, RecordSleepMutationVariables>;
export const RecordWaterDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RecordWater"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"key"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},"defaultValue":{"kind":"StringValue","value":"water-1","block":false}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"time"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}},"defaultValue":{"kind":"StringValue","value":"2026-11-10T09:30:00Z","block":false}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"cups"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Float"}}},"defaultValue":{"kind":"IntValue","value":"2"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"recordWater"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"provider"},"value":{"kind":"EnumValue","value":"GOOGLE_HEALTH"}},{"kind":"ObjectField","name":{"kind":"Name","value":"key"},"value":{"kind":"Variable","name":{"kind":"Name","value":"key"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"time"},"value":{"kind":"Variable","name":{"kind":"Name","value":"time"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"amount"},"value":{"kind":"Variable","name":{"kind":"Name","value":"cups"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"unit"},"value":{"kind":"EnumValue","value":"CUP"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"dates"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"nutrition"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"from"},"value":{"kind":"StringValue","value":"2026-11-10","block":false}},{"kind":"ObjectField","name":{"kind":"Name","value":"to"},"value":{"kind":"StringValue","value":"2026-11-10","block":false}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"days"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"water"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"unit"},"value":{"kind":"EnumValue","value":"CUP"}}]}]}},{"kind":"Field","name":{"kind":"Name","value":"entries"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"time"}},{"kind":"Field","name":{"kind":"Name","value":"water"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"unit"},"value":{"kind":"EnumValue","value":"CUP"}}]}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<RecordWaterMutation, RecordWaterMutationVariables>;
export const RecordFoodDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RecordFood"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"key"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},"defaultValue":{"kind":"StringValue","value":"food-1","block":false}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"time"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}},"defaultValue":{"kind":"StringValue","value":"2026-11-10T11:40:00Z","block":false}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},"defaultValue":{"kind":"StringValue","value":"Lentil soup","block":false}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"kilocalories"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Float"}}},"defaultValue":{"kind":"IntValue","value":"412"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"recordFood"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"provider"},"value":{"kind":"EnumValue","value":"GOOGLE_HEALTH"}},{"kind":"ObjectField","name":{"kind":"Name","value":"key"},"value":{"kind":"Variable","name":{"kind":"Name","value":"key"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"time"},"value":{"kind":"Variable","name":{"kind":"Name","value":"time"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"meal"},"value":{"kind":"EnumValue","value":"LUNCH"}},{"kind":"ObjectField","name":{"kind":"Name","value":"energyKilocalories"},"value":{"kind":"Variable","name":{"kind":"Name","value":"kilocalories"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"proteinGrams"},"value":{"kind":"IntValue","value":"22"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"dates"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"nutrition"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"from"},"value":{"kind":"StringValue","value":"2026-11-10","block":false}},{"kind":"ObjectField","name":{"kind":"Name","value":"to"},"value":{"kind":"StringValue","value":"2026-11-10","block":false}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"days"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"energyConsumed"}}]}},{"kind":"Field","name":{"kind":"Name","value":"entries"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"time"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"meal"}},{"kind":"Field","name":{"kind":"Name","value":"energyConsumed"}},{"kind":"Field","name":{"kind":"Name","value":"proteinGrams"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<RecordFoodMutation, RecordFoodMutationVariables>;
export const DeleteDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Delete"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteRecord"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"dates"}}]}}]}}]} as unknown as DocumentNode<DeleteMutation, DeleteMutationVariables>;