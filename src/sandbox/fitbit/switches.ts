/** What the lab can be told to do differently, at any moment. The defaults are the service of its last year. */
export interface FitbitSwitches {
  /** After 2 November 2026: every path, also of OAuth, answers 410. */
  sunset: boolean;
  /** The right to minutes and seconds, which a server or a client has to ask for; a personal app has its owner's anyhow. */
  intraday: boolean;
  /** Scopes that were not granted are refused in the words of the Google gateway. */
  googleStyle403: boolean;
  /** The gateway refuses paths that contain this, although the scope was granted: "/br/". */
  forbiddenPath: string | null;
  /** Says Retry-After beside a 429, as documented; it was missing in the field for a long time. */
  retryAfter: boolean;
  /** What a range that is too long gets; 422 was seen for activity series only. */
  activityRangeStatus: 400 | 422;
  /** An exercise's `totalMinutes` of active zone minutes counts cardio and peak twice, as in 2022 and unlike 2024. */
  weightedZoneMinutes: boolean;
  /** So many further answers of the sleep of one date say that the stages are still being computed. */
  pendingSleepAnswers: number;
  /** A refresh is answered 409, as when several clients refresh one token. */
  refreshConflict: boolean;
  /** A write without Content-Length is a 411, also a DELETE. */
  lengthRequired: boolean;
  /** The app was registered as read-only: every write but a subscription is a 403. */
  readOnly: boolean;
  /** People whose device does not count floors. */
  withoutAltimeter: readonly string[];
  /** No answer has its keys in the order of the one before. */
  shuffledKeys: boolean;
  /** Heart rate zones that were not reached lack their figures on some days. */
  lackingZoneKeys: boolean;
  /** Some walks were detected, not started: without a source and without a distance. */
  detectedWalks: boolean;
}

export function defaultSwitches(): FitbitSwitches {
  return {
    sunset: false,
    intraday: true,
    googleStyle403: false,
    forbiddenPath: null,
    retryAfter: true,
    activityRangeStatus: 400,
    weightedZoneMinutes: true,
    pendingSleepAnswers: 0,
    refreshConflict: false,
    lengthRequired: true,
    readOnly: false,
    withoutAltimeter: [],
    shuffledKeys: true,
    lackingZoneKeys: true,
    detectedWalks: true,
  };
}
