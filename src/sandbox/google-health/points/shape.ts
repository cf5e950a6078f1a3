/** `self`: written by the lab's own client; `otherApp`: by another one. */
export type SourceId = "tracker" | "phone" | "scale" | "manual" | "self" | "otherApp";

export const APPS: readonly SourceId[] = ["self", "otherApp"];

/** One data point before it is written as JSON. A sample starts and ends at once; a daily point has a date as well. */
export interface Point {
  readonly source: SourceId;
  readonly startMs: number;
  readonly endMs: number;
  readonly startOffset: number;
  readonly endOffset: number;
  readonly date?: string;
  /** A session that has not ended; `endMs` is then how far it has got. */
  readonly ongoing?: boolean;
  /** Only for identifiable types. */
  readonly id?: string;
  /** What an app has said of its source. */
  readonly dataSource?: Readonly<Record<string, unknown>>;
  /** The value, without its time. */
  readonly body: Readonly<Record<string, unknown>>;
}
