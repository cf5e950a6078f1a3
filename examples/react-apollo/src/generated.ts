/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
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

export type WeekQueryVariables = Exact<{ [key: string]: never; }>;


export type WeekQuery = { readonly viewer: { readonly id: string, readonly activity: { readonly days: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly steps: number | null, readonly worn: boolean | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }> }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null }> } | null } | null };

export type WeekUpdatedSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type WeekUpdatedSubscription = { readonly dataUpdated: { readonly receivedAt: string, readonly user: { readonly id: string, readonly activity: { readonly days: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly steps: number | null, readonly worn: boolean | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }> }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null }> } | null } } };

export type WeekOfStepsFragment = { readonly days: ReadonlyArray<{ readonly id: string, readonly date: string, readonly source: ProviderId, readonly steps: number | null, readonly worn: boolean | null, readonly missing: ReadonlyArray<{ readonly field: string, readonly reason: MissingReason }> }> | null, readonly sources: ReadonlyArray<{ readonly provider: ProviderId, readonly status: SourceStatus, readonly message: string | null }> };

export const WeekOfStepsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"WeekOfSteps"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ActivityHistory"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"days"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"worn"}},{"kind":"Field","name":{"kind":"Name","value":"missing"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"fields"},"value":{"kind":"ListValue","values":[{"kind":"StringValue","value":"steps","block":false}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<WeekOfStepsFragment, unknown>;
export const WeekDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Week"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"activity"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"lastDays"},"value":{"kind":"IntValue","value":"7"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"WeekOfSteps"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"WeekOfSteps"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ActivityHistory"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"days"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"worn"}},{"kind":"Field","name":{"kind":"Name","value":"missing"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"fields"},"value":{"kind":"ListValue","values":[{"kind":"StringValue","value":"steps","block":false}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<WeekQuery, WeekQueryVariables>;
export const WeekUpdatedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"WeekUpdated"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataUpdated"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"domains"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"ACTIVITY"}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"receivedAt"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"activity"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"range"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"lastDays"},"value":{"kind":"IntValue","value":"7"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"WeekOfSteps"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"WeekOfSteps"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ActivityHistory"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"days"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"steps"}},{"kind":"Field","name":{"kind":"Name","value":"worn"}},{"kind":"Field","name":{"kind":"Name","value":"missing"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"fields"},"value":{"kind":"ListValue","values":[{"kind":"StringValue","value":"steps","block":false}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<WeekUpdatedSubscription, WeekUpdatedSubscriptionVariables>;