import { addDays, dateAt } from "../people/index.js";
import type { Person, PersonDay } from "../person.js";
import type { SourceId } from "./points/shape.js";
import { MINUTE_MS, offsetSecondsAt } from "./time.js";
import { googleHealthUserId } from "./user-id.js";
import type { PersonsPoints } from "./writing/written-points.js";

/** How the lab bends what it tells of a person; the switches of the lab that concern data. */
export interface ViewOptions {
  /** The newest sleep has no stages yet. */
  readonly newestSleepUnprocessed: boolean;
  /** People whose night goes on: from its first hour on it is listed, without an end. */
  readonly nightsInProgress: ReadonlySet<string>;
  /** Short awakenings carry the stage beneath them; else `AWAKE`. */
  readonly shortAwakeningsAsStages: boolean;
  /** How long it took to fall asleep, and how long they stayed in bed, is 0 on every night; else it is measured. */
  readonly latenciesUnmeasured: boolean;
  /** Naps have stages; else they are classic, as documented. */
  readonly stagedNaps: boolean;
  /** Naps of less than an hour say that they are the main sleep as well. */
  readonly shortNapsAreMain: boolean;
  /** On somebody's first nights the average variability is 0, which no heart has. */
  readonly firstVariabilityZero: boolean;
  /** Sessions say their wall clocks beside the instants. */
  readonly sessionCivilTimes: boolean;
  /** A pulse every two or three seconds, as captured; else every six. */
  readonly denseHeartRate: boolean;
  /** Members that some captured accounts and devices lacked are left out. */
  readonly membersMissing: boolean;
  /** `en-US`; else `en_US`. */
  readonly hyphenatedLocales: boolean;
  /** A zone without a minute says "0" in a rollup of zone minutes; else it is left out. */
  readonly zeroZoneMinutes: boolean;
}

/** A person as Google's cloud knows them now: what the wearable has not delivered yet does not exist. */
export class View {
  readonly healthUserId: string;
  readonly today: string;
  #last: PersonDay | null = null;

  constructor(
    readonly person: Person,
    /** Nothing recorded after this instant has arrived. */
    readonly untilMs: number,
    readonly options: ViewOptions,
    /** What apps have written about the person. It needs no sync. */
    readonly written: PersonsPoints,
    /** Whose points a rollup is made of; null for everybody's. */
    readonly sources: readonly SourceId[] | null = null,
  ) {
    this.healthUserId = googleHealthUserId(person.id);
    this.today = this.dayAt(untilMs).date;
  }

  /** The same person, seen by some of the sources alone. */
  from(sources: readonly SourceId[]): View {
    return new View(this.person, this.untilMs, this.options, this.written, sources);
  }

  /** The local day that holds an instant: a traveller's may lie a date away from the one UTC would give. */
  dayAt(ms: number): PersonDay {
    if (this.#last && ms >= this.#last.startMs && ms < this.#last.endMs) return this.#last;
    this.#last = this.person.day(dateAt(this.person, ms));
    return this.#last;
  }

  offsetAt(ms: number): number {
    return offsetSecondsAt(this.dayAt(ms).timeZone, ms);
  }

  /** Whether the person's own devices can have recorded anything on a day. */
  hasRecords(date: string): boolean {
    return date >= this.person.memberSince && date <= this.today;
  }

  /** The last day on which there can be anything. */
  get lastDate(): string {
    const { span } = this.written;
    return span && span.last > this.today ? span.last : this.today;
  }

  get firstDate(): string {
    const { span } = this.written;
    return span && span.first < this.person.memberSince ? span.first : this.person.memberSince;
  }

  exists(date: string): boolean {
    return date >= this.firstDate && date <= this.lastDate;
  }

  /** The minutes of a window that have arrived, as index ranges of the days they belong to. */
  *slices(fromMs: number, toMs: number): Generator<MinuteSlice> {
    const end = Math.min(toMs, this.untilMs);
    if (fromMs >= end) return;
    let date = this.dayAt(fromMs).date;
    if (date < this.person.memberSince) date = this.person.memberSince;
    for (; date <= this.today; date = addDays(date, 1)) {
      const day = this.person.day(date);
      if (day.startMs >= end) return;
      if (!day.worn) continue;
      const first = Math.max(0, Math.ceil((fromMs - day.startMs) / MINUTE_MS));
      const arrived = Math.floor((this.untilMs - day.startMs) / MINUTE_MS);
      const beforeEnd = Math.ceil((end - day.startMs) / MINUTE_MS);
      // Not the length of the columns: whoever only asks whether there are any must not have them made.
      const elapsed = Math.floor((day.endMs - day.startMs) / MINUTE_MS);
      const last = Math.min(elapsed, arrived, beforeEnd);
      if (first < last) yield { day, first, last };
    }
  }
}

export interface MinuteSlice {
  readonly day: PersonDay;
  readonly first: number;
  /** Exclusive. */
  readonly last: number;
}

/** The minutes of one day that have arrived, or null when there are none. */
export function arrivedMinutes(view: View, day: PersonDay): MinuteSlice | null {
  for (const slice of view.slices(day.startMs, day.endMs)) if (slice.day.date === day.date) return slice;
  return null;
}

/** On the wrist: a minute without a pulse is a minute without the wearable. */
export function onWrist(day: PersonDay, minute: number): boolean {
  return day.minutes.heartRate[minute]! > 0;
}
