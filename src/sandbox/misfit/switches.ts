/** What the sources leave open, and a reader must survive either way. All may be changed while the lab runs. */
export interface MisfitSwitches {
  /** `flaky` alternates with every request that has a range, beginning with the exclusive reading. */
  endDateInclusive: boolean | "flaky";
  /** A row of zeros for a day without data, instead of no row. */
  summaryZeroRows: boolean;
  /** Every other goal of a list has no id. */
  omitGoalIds: boolean;
  /** Sessions without `calories`. */
  omitCalories: boolean;
  omitProfileName: boolean;
  /** The undocumented `timeZoneOffset` of goals. */
  timeZoneOffsetOnGoals: boolean;
  /** The undocumented `lastSyncTime` of devices. */
  lastSyncTime: boolean;
  /** Fields that nobody has heard of, on every object. */
  unknownFields: boolean;
  /** Which of a sleep's two days puts it into a range. */
  sleepFiledBy: "start" | "end";
  sleepDetailsMode: "normal" | "empty" | "missing" | "outOfWindow" | "unsorted" | "zeroDuration";
  /** A range also answers what belongs to the day before it and the day after it. */
  duplicateAcrossWindows: boolean;
  /** `documented` takes for each error the shape in which it was seen; the others take one shape for all of them. */
  errorShape: "documented" | "code" | "error_code";
  /** Where the implicit flow puts its token. */
  tokenInFragment: boolean;
  rateLimitWindow: "fixed" | "sliding";
}

export function defaultSwitches(): MisfitSwitches {
  return {
    endDateInclusive: true,
    summaryZeroRows: false,
    omitGoalIds: false,
    omitCalories: false,
    omitProfileName: false,
    timeZoneOffsetOnGoals: true,
    lastSyncTime: true,
    unknownFields: false,
    sleepFiledBy: "end",
    sleepDetailsMode: "normal",
    duplicateAcrossWindows: false,
    errorShape: "documented",
    tokenInFragment: false,
    rateLimitWindow: "fixed",
  };
}
