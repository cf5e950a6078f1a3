/** Why a day has no figure: `NOT_WORN` is `worn: false`, the others are the API's reasons. */
export type Gap =
  | "NOT_WORN"
  | "INSUFFICIENT_SCOPE"
  | "NOT_FETCHED"
  | "NOT_KEPT"
  | "NOT_PERMITTED_TO_APP"
  | "NOT_RECORDED"
  | "NOT_YET_SYNCED"
  | "OUT_OF_REACH"
  | "PROVIDER_ERROR"
  | "UNKNOWN"
  | "UNSUPPORTED";

/** A figure, or the reason why there is none. */
export type Known = number | Gap;

/** A day of a chart. A chart adds none: it is given one for each day of the range, oldest first. */
export interface ChartDay {
  /** Calendar day, for example 2026-03-29. */
  readonly date: string;
  /** The provider whose figure, or whose reason, it is. Null where no provider answered. */
  readonly source: string | null;
  /** False for today, and for a day that may still change. */
  readonly settled: boolean;
}

export type SleepStage = "ASLEEP" | "AWAKE" | "DEEP" | "LIGHT" | "REM" | "RESTLESS";

/** Heart zones, lowest first. */
export type ZoneKind = "BELOW_ZONES" | "LIGHT" | "MODERATE" | "VIGOROUS" | "PEAK";

/** Time in one heart zone, and its bounds in beats per minute. */
export interface Zone {
  readonly kind: ZoneKind;
  readonly minRate: number | null;
  readonly maxRate: number | null;
  readonly minutes: number | null;
}

/** Consecutive days of one source. */
export interface SourceRun {
  readonly source: string;
  /** First day. */
  readonly from: string;
  /** Last day. */
  readonly to: string;
}

/** A figure as it is read: "59.4" and "bpm". */
export interface Figure {
  readonly value: string;
  readonly unit?: string;
}

/** What a chart says, in the reader's language: at rest, or of the place that is pointed at. */
export interface Reading {
  /** Figures in large type; a reason, where there is no figure, as a sentence. */
  readonly figures: readonly Figure[] | string;
  /** What it is over, or the day and the source; one part each. */
  readonly details: readonly string[];
  /** What the figures are of, where they may change while they are looked at: then they are marked. */
  readonly of?: string;
}

/** The reading of one place of a chart, and its row of the table: one cell for each column. */
export interface Place extends Reading {
  readonly cells: readonly string[];
}

/** The words that the drawings hold. Those of a single chart are among its properties. */
export interface ChartWords {
  /** A figure on an axis: 15,000. */
  readonly number: (value: number) => string;
  /** A day on an axis: 9 Nov. */
  readonly day: (date: string) => string;
  /** A time of day on an axis: 06:00, 6 am. Minutes after midnight; 1500 is one o'clock of the next day. */
  readonly hour: (minutes: number) => string;
  /** A provider's name. */
  readonly source: (source: string) => string;
  /** Who gave the figures, where the strip has no room for the names: "A until 2 Nov, B since". */
  readonly sourceRuns: (runs: readonly SourceRun[]) => string;
  /** A row of the legend of signs: "Not worn, 4 days". */
  readonly sign: (gap: Gap, days: number) => string;
  /** The sentence in a hatch of days out of reach: "A tells only of more recent days". */
  readonly outOfReach: (source: string | null) => string;
  /** The legend of today's dashed mark: "Today, so far". */
  readonly today: string;
  /** The legend of other dashed marks: "Not final yet, 2 days". */
  readonly notFinal: (days: number) => string;
  /** What opens the table: "As a table". */
  readonly asTable: string;
}
