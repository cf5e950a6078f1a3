import type {
  LocalDate,
  MissingReason,
  OffsetDateTime,
  SleepRecord,
  WeighingRecord,
  WorkoutRecord,
} from "../model/records.js";
import { epochDay, instantOf } from "../model/time.js";

/**
 * Makes one answer of several sources. It chooses whole days and whole records: it never adds them up and never mixes
 * them. Pure. Sources are in order, the best first.
 */

/** A source, as merging needs it. Two sources of one `group` report one wearable account. */
export interface Ranked {
  readonly group: string;
}

export interface Chosen<S extends Ranked> {
  readonly winner: S;
  readonly alternatives: readonly S[];
}

/** What a source knows of a day: whether it answered, whether it answered its witness, and the witness's value. */
export interface DayView {
  readonly answered: boolean;
  /** Default: `answered`. */
  readonly witnessAnswered?: boolean;
  readonly witness: number | null;
  /**
   * True if the source can't be asked any more and the day was possibly incomplete when it was last fetched. The day of
   * any other source is then preferred. Default: false.
   */
  readonly isOutdated?: boolean;
}

/**
 * The source that the day is taken from: the first whose witness is above 0, else the first that answered its witness,
 * else the first that answered at all. So the other selected fields don't matter. Within each step, outdated days come
 * last. The other sources that answered are alternatives, except those of the chosen source's group: they report the
 * same steps.
 */
export function chooseDay<S extends Ranked>(sources: readonly S[], look: (source: S) => DayView): Chosen<S> | null {
  const all = sources.map((source) => ({ source, ...look(source) }));
  const seen = [...all.filter(({ isOutdated }) => !isOutdated), ...all.filter(({ isOutdated }) => isOutdated)];
  const winner = (
    seen.find(isWitnessed) ??
    seen.find(({ answered, witnessAnswered = answered }) => answered && witnessAnswered) ??
    seen.find(({ answered }) => answered)
  )?.source;
  return winner ? { winner, alternatives: alternativesTo(winner, sources, look) } : null;
}

/** The other sources that answered, one for each group: the first of the group with a reading, else its best. */
export function alternativesTo<S extends Ranked>(
  winner: S,
  sources: readonly S[],
  look: (source: S) => DayView,
): readonly S[] {
  const byGroup = new Map<string, { source: S } & DayView>();
  for (const source of sources) {
    const seen = { source, ...look(source) };
    if (source.group === winner.group || !seen.answered) continue;
    const before = byGroup.get(source.group);
    if (!before || (!isWitnessed(before) && isWitnessed(seen))) byGroup.set(source.group, seen);
  }
  return [...byGroup.values()].map(({ source }) => source);
}

function isWitnessed({ answered, witness }: DayView): boolean {
  return answered && witness !== null && witness > 0;
}

interface Sourced<S extends Ranked, R> {
  readonly source: S;
  readonly record: R;
}
export interface ChosenRecord<S extends Ranked, R> extends Sourced<S, R> {
  readonly alternatives: readonly Sourced<S, R>[];
}

/**
 * Joins records of several sources that are one event: the record of the best source is chosen. A record without a
 * match stays. Records of one source are never matched with each other. Within a group, the record of the better source
 * is chosen and the other is left out.
 * Only records that share a day are compared: years of two sources would make a million pairs.
 */
export function chooseRecords<S extends Ranked, R>(
  ranked: readonly { readonly source: S; readonly records: readonly R[] }[],
  isSame: (a: R, b: R) => boolean,
  daysOf: (record: R) => readonly number[],
): readonly ChosenRecord<S, R>[] {
  const chosen: { source: S; record: R; alternatives: Sourced<S, R>[] }[] = [];
  /** Places in `chosen`, lowest first. */
  const byDay = new Map<number, number[]>();
  for (const { source, records } of ranked) {
    for (const record of records) {
      const days = daysOf(record);
      let first = chosen.length;
      for (const day of days) {
        const at = byDay.get(day)?.find((place) => {
          const each = chosen[place]!;
          return each.source !== source && isSame(each.record, record);
        });
        if (at !== undefined) first = Math.min(first, at);
      }
      const match = chosen[first];
      if (!match) {
        for (const day of days) {
          const places = byDay.get(day);
          if (places) places.push(first);
          else byDay.set(day, [first]);
        }
        chosen.push({ source, record, alternatives: [] });
      } else if (
        match.source.group !== source.group &&
        !match.alternatives.some((a) => a.source === source && a.record === record)
      ) {
        match.alternatives.push({ source, record });
      }
    }
  }
  return chosen;
}

const DAY_MS = 86_400_000;

/** The days in UTC, counted since 1970, from one instant to another. */
function daysBetween(fromMs: number, toMs: number): readonly number[] {
  const [first, last] = [Math.floor(fromMs / DAY_MS), Math.floor(toMs / DAY_MS)];
  return Array.from({ length: Math.max(1, last - first + 1) }, (_, after) => first + after);
}

/** For `chooseRecords`: two nights or workouts that are the same share one of these. */
export const daysOfSpan = ({ start, end }: Timed): readonly number[] => daysBetween(instantOf(start), instantOf(end));

/** The same of weighings. */
export function daysOfWeighing({ time, date }: { readonly time: string | null; readonly date: LocalDate }) {
  return time === null ? [epochDay(date)] : daysOfReading(time);
}

/** The same of readings. */
export function daysOfReading(time: OffsetDateTime): readonly number[] {
  const at = instantOf(time);
  return daysBetween(at - SAME_MEASUREMENT_MS, at + SAME_MEASUREMENT_MS);
}

interface Timed {
  readonly start: string;
  readonly end: string;
}

/** The overlap of two spans as a share of the shorter one. 0 for spans without length. */
function overlapOfShorter(a: Timed, b: Timed): number {
  const [aStart, aEnd, bStart, bEnd] = [instantOf(a.start), instantOf(a.end), instantOf(b.start), instantOf(b.end)];
  const shorter = Math.min(aEnd - aStart, bEnd - bStart);
  return shorter <= 0 ? 0 : Math.max(0, Math.min(aEnd, bEnd) - Math.max(aStart, bStart)) / shorter;
}

export function isSameSleep(a: SleepRecord, b: SleepRecord): boolean {
  return overlapOfShorter(a, b) > 0.5;
}

export function isSameWorkout(a: WorkoutRecord, b: WorkoutRecord): boolean {
  return overlapOfShorter(a, b) >= 0.8 && (a.kind === b.kind || a.kind === "OTHER" || b.kind === "OTHER");
}

const SAME_MEASUREMENT_MS = 120_000;

/** Whether two measurements are close enough in time to be one. Null: only the day is known. */
export function isClose(a: OffsetDateTime | null, b: OffsetDateTime | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(instantOf(a) - instantOf(b)) <= SAME_MEASUREMENT_MS;
}

/** Whether two records are one weighing: close in time, and no figure differs. */
export function isSameWeighing(a: WeighingRecord, b: WeighingRecord): boolean {
  const agree = (x: number | null, y: number | null) => x === null || y === null || Math.abs(x - y) < 0.005;
  const shared = (a.weight !== null && b.weight !== null) || (a.fatPercentage !== null && b.fatPercentage !== null);
  return isClose(a.time, b.time) && shared && agree(a.weight, b.weight) && agree(a.fatPercentage, b.fatPercentage);
}

/**
 * Joins weight, BMI and fat of one source that come from different calls, if they belong to one weighing: they have the
 * same instant (or, if only the day is known, the same day) and no figure is there twice.
 */
export function joinWeighings(parts: readonly WeighingRecord[]): readonly WeighingRecord[] {
  const joined: WeighingRecord[] = [];
  for (const part of parts) {
    const at = joined.findIndex((each) => each.time === part.time && fits(each, part));
    if (at < 0) joined.push(part);
    else joined[at] = combine(joined[at]!, part);
  }
  return joined;
}

function fits(a: WeighingRecord, b: WeighingRecord): boolean {
  return (
    (a.weight === null || b.weight === null || a.weight === b.weight) &&
    (a.bodyMassIndex === null || b.bodyMassIndex === null || a.bodyMassIndex === b.bodyMassIndex) &&
    (a.fatPercentage === null || b.fatPercentage === null || a.fatPercentage === b.fatPercentage)
  );
}

function combine(a: WeighingRecord, b: WeighingRecord): WeighingRecord {
  const figuresOfA = Object.fromEntries(Object.entries(a).filter(([, value]) => value !== null));
  return { ...b, ...figuresOfA, id: a.weight === null && b.weight !== null ? b.id : a.id, time: a.time };
}

/** For each field the value of the first source that has one, and that source. */
export function chooseField<S, V>(
  sources: readonly S[],
  look: (source: S) => { readonly value: V } | { readonly nothing: MissingReason },
): { readonly value: V; readonly source: S } | { readonly nothing: MissingReason } {
  let reason: MissingReason | null = null;
  for (const source of sources) {
    const seen = look(source);
    if ("value" in seen) return { value: seen.value, source };
    // Of several reasons, the reason of the best source that supports the field.
    if (reason === null || (reason === "UNSUPPORTED" && seen.nothing !== "UNSUPPORTED")) reason = seen.nothing;
  }
  return { nothing: reason ?? "UNSUPPORTED" };
}
