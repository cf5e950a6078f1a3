import type { Columns } from "./scale.js";
import type { ChartDay, Gap, Known, SourceRun } from "./types.js";

/** A point of a line, in pixels. `settled: false` is drawn dashed. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly settled: boolean;
}

/** A stretch of items that belong together, by index; both ends are in it. */
export interface Stretch {
  readonly first: number;
  readonly last: number;
}

/** Neighbours that belong together. */
function stretches<T>(items: readonly T[], together: (one: T, next: T) => boolean): readonly Stretch[] {
  const found: { first: number; last: number }[] = [];
  items.forEach((item, k) => {
    const open = found.at(-1);
    if (open && together(items[k - 1]!, item)) open.last = k;
    else found.push({ first: k, last: k });
  });
  return found;
}

/**
 * The lines through a list of days: one for each stretch without a gap and of one source. Nothing is drawn across a gap,
 * nor from one maker's figure to another's.
 */
export function lines<D extends ChartDay>(
  days: readonly D[],
  known: (day: D) => Known,
  at: (index: number, value: number) => { readonly x: number; readonly y: number },
): readonly (readonly Point[])[] {
  const has = (day: D) => typeof known(day) === "number";
  return stretches(days, (one, next) => has(one) && has(next) && one.source === next.source)
    .filter(({ first }) => has(days[first]!))
    .map(({ first, last }) =>
      days.slice(first, last + 1).map((day, k) => ({ ...at(first + k, known(day) as number), settled: day.settled })),
    );
}

/** Stretches of days that have no figure for one and the same reason. */
export function gapStretches<D>(
  days: readonly D[],
  known: (day: D) => unknown,
): readonly (Stretch & { readonly gap: Gap })[] {
  return stretches(days, (one, next) => isGap(known(one)) && known(one) === known(next)).flatMap((stretch) => {
    const gap = known(days[stretch.first]!);
    return isGap(gap) ? [{ ...stretch, gap }] : [];
  });
}

/** Room for the sign of a single day. */
const SIGN_PIXELS = 9;

/**
 * Where the signs of missing days stand: one for each day, or for neighbours of one reason where days are narrower than a
 * sign. One that would touch the sign before it is left out; the legend counts it all the same. Days out of reach have a
 * sentence instead.
 */
export function signPlaces<D>(days: readonly D[], known: (day: D) => unknown, columns: Columns) {
  const isSmall = columns.step < SIGN_PIXELS;
  let free = Number.NEGATIVE_INFINITY;
  return gapStretches(days, known).flatMap(({ first, last, gap }) => {
    if (gap === "OUT_OF_REACH") return [];
    const spans = isSmall
      ? [columns.span(first, last)]
      : Array.from({ length: last - first + 1 }, (_, k) => columns.span(first + k));
    return spans.flatMap(([from, to]) => {
      const x = (from + to) / 2;
      if (x < free) return [];
      free = x + SIGN_PIXELS - 1;
      return [{ gap, x, isSmall }];
    });
  });
}

export const isGap = (known: unknown): known is Gap => typeof known === "string";

/** How many days have each reason, in the order in which they occur. */
export function countGaps(knowns: readonly unknown[]): ReadonlyMap<Gap, number> {
  const counts = new Map<Gap, number>();
  for (const known of knowns) if (isGap(known)) counts.set(known, (counts.get(known) ?? 0) + 1);
  return counts;
}

/** Who gave which days. Days that nobody answered are in no run. */
export function sourceRuns(days: readonly ChartDay[]): readonly (SourceRun & Stretch)[] {
  return stretches(days, (one, next) => one.source === next.source).flatMap(({ first, last }) => {
    const { source, date: from } = days[first]!;
    return source === null ? [] : [{ source, from, to: days[last]!.date, first, last }];
  });
}

/**
 * Stretches of the day without a sample, longer than `leastMinutes`: between two samples, before the first, and after the
 * last until `until`.
 */
export function holes(
  minutes: readonly number[],
  until: number,
  leastMinutes: number,
): readonly { readonly from: number; readonly to: number }[] {
  const ends = [0, ...minutes, until];
  return ends.slice(1).flatMap((to, k) => (to - ends[k]! > leastMinutes ? [{ from: ends[k]!, to }] : []));
}
