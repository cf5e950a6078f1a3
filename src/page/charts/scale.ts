/** Two ends, in pixels or in the unit of an axis. */
export type Span = readonly [from: number, to: number];

/** Where a value lies, in pixels. */
export type Scale = (value: number) => number;

/** What an axis reaches over, and the values written on it. */
export interface Axis {
  readonly domain: Span;
  readonly ticks: readonly number[];
}

/** Of a span without length, every value lies at the start. */
export function linear([from, to]: Span, [start, end]: Span): Scale {
  const pixels = to === from ? 0 : (end - start) / (to - from);
  return (value) => start + (value - from) * pixels;
}

/** An axis for bars: it starts at zero, and has room for the greatest value and the goal. */
export function barAxis(values: readonly number[], goal: number | null): Axis {
  const top = Math.max(1.04 * Math.max(0, ...values), 1.1 * (goal ?? 0));
  if (top === 0) return { domain: [0, 1], ticks: [0] };
  return { domain: [0, top], ticks: multiples(roundStep(top / 4), 0, top) };
}

/**
 * An axis for lines: cropped to the values, with round ends that are both written. It reaches over `leastSpan` at least,
 * so that noise is no drama, and below zero only where a value is. Of all such axes it is the shortest, and of these the
 * one that has the values in its middle. A low drawing has room for `few` labels. Without values nothing is written.
 */
export function croppedAxis(values: readonly number[], leastSpan: number, labels: "few" | "many"): Axis {
  if (values.length === 0) return { domain: [0, leastSpan], ticks: [] };
  const low = Math.min(...values);
  const high = Math.max(...values);
  const least = Math.max(leastSpan, high - low);
  let best: { readonly from: number; readonly step: number; readonly intervals: number } | null = null;
  let cost = Number.POSITIVE_INFINITY;
  for (const intervals of labels === "few" ? [2, 3] : [4, 3, 2]) {
    for (const step of roundSteps(least / intervals)) {
      const span = intervals * step;
      if (span < least) continue;
      // 45, 55, 65 are as round as 40, 50, 60.
      const grid = step % 2 === 0 ? step / 2 : step;
      for (let k = Math.ceil((high - span) / grid); k * grid <= low; k++) {
        if (k < 0 && low >= 0) continue;
        const offMiddle = Math.abs(k * grid + span / 2 - (low + high) / 2);
        const price = span + offMiddle / 4;
        if (price < cost) {
          cost = price;
          best = { from: k * grid, step, intervals };
        }
      }
    }
  }
  const { from, step, intervals } = best!;
  const ticks = Array.from({ length: intervals + 1 }, (_, k) => exact(from + k * step));
  return { domain: [ticks[0]!, ticks.at(-1)!], ticks };
}

/** Multiples of a step between two ends, both included. */
export function multiples(step: number, from: number, to: number): readonly number[] {
  const found: number[] = [];
  for (let k = Math.ceil(from / step); k * step <= to; k++) found.push(exact(k * step));
  return found;
}

function roundStep(least: number): number {
  return roundSteps(least)[0]!;
}

/** The next greater round numbers: 1, 2, 2.5 or 5 times a power of ten. */
function roundSteps(least: number): readonly number[] {
  const power = 10 ** Math.floor(Math.log10(least));
  const round = [1, 2, 2.5, 5, 10, 20, 25].map((factor) => factor * power);
  return round.filter((step) => step >= least * (1 - 1e-9)).slice(0, 3);
}

/** Without the dust of binary fractions. */
const exact = (value: number) => Number(value.toPrecision(12));

/** About how wide a label of an axis is. Exact widths would ask for the face, which may come late. */
export const labelWidth = (text: string) => Math.ceil(text.length * 6.4);

/** The room at the right of a drawing for the labels of its axis. */
export const gutterFor = (labels: readonly string[]) => Math.max(12, ...labels.map(labelWidth)) + 12;

/** Columns of equal width, one for each day. */
export interface Columns {
  readonly step: number;
  /** The middle of a column. */
  x(index: number): number;
  /** From the first column's left edge to the last one's right edge. */
  span(first: number, last?: number): Span;
}

export function columns(count: number, width: number): Columns {
  const step = width / Math.max(1, count);
  return {
    step,
    x: (index) => step * (index + 0.5),
    span: (first, last = first) => [step * first, step * (last + 1)],
  };
}

/** Which days are written on the axis: Mondays, as far apart as their labels need; in a short range, single days. */
export function dayTicks(dates: readonly string[], step: number, leastPixels: number): readonly number[] {
  const weeks = Math.max(1, Math.ceil(leastPixels / (7 * step)));
  const single = dates.length < 14;
  const every = single ? Math.max(1, Math.ceil(leastPixels / step)) : 7 * weeks;
  const last = single ? dates.length - 1 : dates.findLastIndex(isMonday);
  const found: number[] = [];
  for (let k = last; k >= 0; k -= every) found.unshift(k);
  return found;
}

const isMonday = (date: string) => new Date(`${date}T00:00:00Z`).getUTCDay() === 1;

/** Days between two dates. */
export const daysBetween = (from: string, to: string) =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
