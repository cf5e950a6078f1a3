import type { ViewOptions } from "./view.js";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Whether answers look as they were captured from the service, or as its guide shows them. */
interface CapturedForms extends Omit<Writable<ViewOptions>, "newestSleepUnprocessed" | "nightsInProgress"> {
  /** Every entry of a night's `stagesSummary` comes twice under `reconcile`. */
  stagesSummaryTwice: boolean;
  /** Days of a rollup come newest first; else oldest first. */
  dailyRollUpNewestFirst: boolean;
  /** Days of a rollup are their start's date alone, without its time and without an end. */
  bareRollUpDays: boolean;
  /** The personal ranges of resting rate and variability, which the matrix promises and the service refuses. */
  personalRanges: boolean;
  /** All windows of a rollup must fit one page; else it pages. */
  rollUpOnOnePage: boolean;
  /** Reasons, metadata and the bare 401 as captured; else the reasons that the reference page lists. */
  capturedErrors: boolean;
  /** The id that a client chooses for a point is replaced by one of the service. */
  clientIdsReplaced: boolean;
}

/** Oddities of the service, to be thrown by tests while the lab runs. */
export interface GoogleHealthSwitches extends CapturedForms {
  /** The newest sleep has no stages yet. */
  newestSleepUnprocessed: boolean;
  /** People whose night goes on: from its first hour on it is listed, without an end. */
  readonly nightsInProgress: Set<string>;
  /** Pages without a point but with a token for the next: `sometimes` after a first full page, `always` before every page. */
  emptyPages: "never" | "sometimes" | "always";
  /** Pages come back: the second page's token leads to the first one again, for ever. */
  tokensGoRound: boolean;
  /** Whether a 429 says how long to wait; nobody has documented that it does. */
  retryAfter: boolean;
  /** The API is not enabled in the operator's project: 403 on everything. */
  serviceDisabled: boolean;
  /** People whose Google account has no health profile: 400 ACCOUNT_NOT_LINKED. */
  readonly accountsNotLinked: Set<string>;
  /** People whose consent is lost on Google's side although refreshing works: 403 RESOURCE_PERMISSION_DENIED. */
  readonly consentsLost: Set<string>;
  /**
   * Scopes of other Google APIs that people have granted to the same project: who asks with `include_granted_scopes=true`
   * gets them too, and then 403 DISALLOWED_OAUTH_SCOPES for every call.
   */
  readonly otherGrantedScopes: Set<string>;
  /** Types that this project may not read: 403 API_PRIVATE_PREVIEW_ACCESS_DENIED. */
  readonly privatePreviewTypes: Set<string>;
  /** By which of its two seen names a scope that was not granted is missed. */
  missingScopeReason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT" | "MISSING_OAUTH_SCOPE";
  /** One project's filters by the wall clock of samples silently matched nothing; in two others they worked. */
  civilSampleFilters: "work" | "match nothing";
  /** JSON without its defaults: a true zero is then a value object without its number, as in `"steps": {}`. */
  dropZeros: boolean;
  /**
   * What a write answers: an operation that is done, one that is still to be carried out (by the lab's
   * `finishOperations`; nobody can ask for it), or one that has failed.
   */
  writes: "done" | "pending" | "failed";
  /** Scopes that Google does not give to this app, by the part between prefix and access: "nutrition". Error 400 invalid_scope. */
  readonly refusedScopes: Set<string>;
  /** Life of the refresh tokens of a project in Testing, 604799 there; null when they do not end. */
  refreshTokenExpiresInSeconds: number | null;
  /** Refreshing usually brings no refresh token. When it does, it takes the place of the old one. */
  refreshTokenOnRefresh: boolean;
  /** Somebody who never had Fitbit has none. */
  legacyUserIds: boolean;
  /** By the schema, writing a subscriber answers an operation; the guide shows the subscriber itself. */
  subscriberAnswers: "operation" | "subscriber";
}

/** As the service was seen to answer. */
export const captured: Readonly<CapturedForms> = {
  stagesSummaryTwice: true,
  dailyRollUpNewestFirst: true,
  bareRollUpDays: true,
  personalRanges: false,
  rollUpOnOnePage: true,
  capturedErrors: true,
  clientIdsReplaced: true,
  shortAwakeningsAsStages: true,
  latenciesUnmeasured: true,
  stagedNaps: true,
  shortNapsAreMain: true,
  firstVariabilityZero: true,
  sessionCivilTimes: false,
  denseHeartRate: true,
  membersMissing: true,
  hyphenatedLocales: true,
  zeroZoneMinutes: true,
};

/** As the guide and the reference pages show it. */
export const tidy: Readonly<CapturedForms> = {
  stagesSummaryTwice: false,
  dailyRollUpNewestFirst: false,
  bareRollUpDays: false,
  personalRanges: true,
  rollUpOnOnePage: false,
  capturedErrors: false,
  clientIdsReplaced: false,
  shortAwakeningsAsStages: false,
  latenciesUnmeasured: false,
  stagedNaps: false,
  shortNapsAreMain: false,
  firstVariabilityZero: false,
  sessionCivilTimes: true,
  denseHeartRate: false,
  membersMissing: false,
  hyphenatedLocales: false,
  zeroZoneMinutes: false,
};

export function defaultSwitches(): GoogleHealthSwitches {
  return {
    ...captured,
    newestSleepUnprocessed: false,
    nightsInProgress: new Set(),
    emptyPages: "sometimes",
    tokensGoRound: false,
    retryAfter: false,
    serviceDisabled: false,
    accountsNotLinked: new Set(),
    consentsLost: new Set(),
    otherGrantedScopes: new Set(),
    privatePreviewTypes: new Set(),
    missingScopeReason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    civilSampleFilters: "work",
    dropZeros: false,
    writes: "done",
    refusedScopes: new Set(),
    refreshTokenExpiresInSeconds: null,
    refreshTokenOnRefresh: false,
    legacyUserIds: true,
    subscriberAnswers: "operation",
  };
}
