import type { ViewOptions } from "./view.js";

/** Oddities of the service, to be thrown by tests while the lab runs. */
export interface GoogleHealthSwitches extends ViewOptions {
  /** Pages without a point but with a token for the next: `sometimes` after a first full page, `always` before every page. */
  emptyPages: "never" | "sometimes" | "always";
  /** Whether a 429 says how long to wait; nobody has documented that it does. */
  retryAfter: boolean;
  /** The API is not enabled in the operator's project: 403 on everything. */
  serviceDisabled: boolean;
  /** People whose Google account has no health profile: 400 ACCOUNT_NOT_LINKED. */
  readonly accountsNotLinked: Set<string>;
  /** People whose consent is lost on Google's side although refreshing works: 403 RESOURCE_PERMISSION_DENIED. */
  readonly consentsLost: Set<string>;
  newestSleepUnprocessed: boolean;
  /** JSON without its defaults: a true zero is then a value object without its number. */
  dropZeros: boolean;
  /** The order of daily rollups is not documented. */
  dailyRollUpNewestFirst: boolean;
  /** Life of the refresh tokens of a project in Testing, 604799 there; null when they do not end. */
  refreshTokenExpiresInSeconds: number | null;
  /** Refreshing usually brings no refresh token. When it does, it takes the place of the old one. */
  refreshTokenOnRefresh: boolean;
  /** Somebody who never had Fitbit has none. */
  legacyUserIds: boolean;
  /** By the schema, writing a subscriber answers an operation; the guide shows the subscriber itself. */
  subscriberAnswers: "operation" | "subscriber";
}

export function defaultSwitches(): GoogleHealthSwitches {
  return {
    emptyPages: "sometimes",
    retryAfter: false,
    serviceDisabled: false,
    accountsNotLinked: new Set(),
    consentsLost: new Set(),
    newestSleepUnprocessed: false,
    dropZeros: false,
    dailyRollUpNewestFirst: false,
    refreshTokenExpiresInSeconds: null,
    refreshTokenOnRefresh: false,
    legacyUserIds: true,
    subscriberAnswers: "operation",
  };
}
