import { HourAxis } from "./axes.js";
import { round } from "./days.js";
import { type CardChart, Frame } from "./frame.js";
import { zoneHues } from "./hues.js";
import type { Canvas, Drawing } from "./plot.js";
import { croppedAxis, gutterFor, labelWidth, linear } from "./scale.js";
import { holes } from "./series.js";
import type { Place, Zone, ZoneKind } from "./types.js";

/** A sample, or a stretch of time without any. Minutes after midnight, by the wall clock. */
export type CoursePlace =
  | { readonly kind: "SAMPLE"; readonly minute: number; readonly value: number; readonly zone: ZoneKind | null }
  | { readonly kind: "HOLE"; readonly from: number; readonly to: number };

export interface DayCourseProps extends CardChart {
  readonly kind: "heart-day" | "glucose";
  readonly hue: "heart" | "vital";
  /** Minutes after midnight, by the wall clock, ascending: one for each value. */
  readonly minutes: readonly number[];
  readonly values: readonly number[];
  /** What the axis reaches over at least, so that noise is no drama. */
  readonly leastSpan: number;
  /** Lowest first. Without zones, or without their bounds, none is drawn. */
  readonly zones: readonly Zone[];
  /** How far the day has come, where it is today: the minute, and its words ("now 14:32"). Null for another day. */
  readonly now: { readonly minute: number; readonly text: string } | null;
  readonly say: (place: CoursePlace) => Place;
}

/** A hole that is longer is hatched; a shorter one is how the device samples. */
const LONGEST_PAUSE_MINUTES = 15;
/** By the wall clock; a day on which the clocks go back has one hour more. */
const dayMinutes = (minutes: readonly number[]) => Math.max(1440, 60 * Math.ceil((minutes.at(-1) ?? 0) / 60));

/** What was measured all through one day, in front of its zones. */
export function DayCourse(props: DayCourseProps) {
  return (
    <Frame
      {...props}
      places={placesOf(props)}
      // An hour of samples that come every five minutes.
      leap={12}
      isCourse
      draw={(canvas) => drawCourse(canvas, props)}
    />
  );
}

type Course = Pick<DayCourseProps, "minutes" | "values" | "zones" | "now">;

/** What can be pointed at, in the order of the day. */
function placesOf({ minutes, values, zones, now }: Course): readonly CoursePlace[] {
  const samples: readonly CoursePlace[] = minutes.map((minute, k) => ({
    kind: "SAMPLE",
    minute,
    value: values[k]!,
    zone: zoneOf(values[k]!, zones),
  }));
  const gaps: readonly CoursePlace[] = holesOf({ minutes, now }).map((hole) => ({ kind: "HOLE", ...hole }));
  const start = (place: CoursePlace) => (place.kind === "SAMPLE" ? place.minute : place.from + 0.5);
  return [...samples, ...gaps].sort((one, other) => start(one) - start(other));
}

const holesOf = ({ minutes, now }: Pick<Course, "minutes" | "now">) =>
  holes(minutes, now?.minute ?? dayMinutes(minutes), LONGEST_PAUSE_MINUTES);

/** The highest zone that begins at or below a value. */
function zoneOf(value: number, zones: readonly Zone[]): ZoneKind | null {
  return zones.findLast(({ minRate }) => minRate !== null && value >= minRate)?.kind ?? null;
}

function drawCourse({ width, height, hatch }: Canvas, props: DayCourseProps): Drawing {
  const { minutes, values, zones, now, words, hue, leastSpan } = props;
  const bounded = zones.filter(({ kind, minRate }) => kind !== "BELOW_ZONES" && minRate !== null);
  const { domain, ticks } = croppedAxis(values, leastSpan, "many");
  const gutter = gutterFor(domain.map((value) => words.number(value)));
  const plotWidth = width - gutter;
  // The words of now stand above the course, so that they hide none of it.
  const top = now ? 22 : 8;
  const bottom = height - 26;
  const y = linear(domain, [bottom, top]);
  const x = linear([0, dayMinutes(minutes)], [0, plotWidth]);
  const inside = bounded.map(({ minRate }) => minRate!).filter((rate) => rate > domain[0] && rate < domain[1]);
  // The bounds of the zones say more than round figures.
  const written = inside.length > 0 ? inside : ticks.slice(1, -1);
  const gaps = holesOf(props);
  const marks = (
    <>
      {bounded.map(({ kind, minRate }, k) => {
        const from = Math.max(minRate!, domain[0]);
        const to = Math.min(bounded[k + 1]?.minRate ?? domain[1], domain[1]);
        if (to <= from) return null;
        const tall = y(from) - y(to) - 1;
        return (
          <g key={kind}>
            <rect class={`chart-band fill-${zoneHues[kind]}`} x="0" y={y(to)} width={plotWidth} height={tall} />
            <rect class={`fill-${zoneHues[kind]}`} x={plotWidth - 1} y={y(to)} width="4" height={tall} />
          </g>
        );
      })}
      {spaced([domain[0], ...written, domain[1]], y).map((rate) => (
        <text key={rate} class="chart-label" x={width} y={y(rate) + (rate === domain[1] ? 8 : 4)} text-anchor="end">
          {words.number(rate)}
        </text>
      ))}
      <path class="chart-base" d={`M0 ${bottom}H${plotWidth}`} />
      {gaps.map(({ from, to }) => (
        <rect key={from} fill={hatch} x={x(from)} y={top} width={x(to) - x(from)} height={bottom - top} />
      ))}
      {coursePaths(minutes, values).map((part) => (
        <path
          key={part[0]![0]}
          class={`chart-line ${part.length > 1 ? "chart-fine" : "chart-lone"} stroke-${hue}`}
          d={`M${part.map(([minute, value]) => `${round(x(minute))} ${round(y(value))}`).join("L")}${part.length > 1 ? "" : "h.01"}`}
        />
      ))}
      {now && <NowLine {...now} x={x(now.minute)} top={top} bottom={bottom} plotWidth={plotWidth} />}
      <HourAxis from={0} to={dayMinutes(minutes)} x={x} y={height - 8} width={plotWidth} words={words} />
    </>
  );
  const places = placesOf(props);
  return {
    marks,
    spans: places.map((place) =>
      place.kind === "SAMPLE" ? [x(place.minute), x(place.minute)] : [x(place.from) + 1, x(place.to) - 1],
    ),
    cursor: { top, bottom, form: "line" },
    dots: places.map((place) => (place.kind === "SAMPLE" ? [{ y: y(place.value), hue }] : [])),
  };
}

/** The samples, parted at every hole. */
function coursePaths(minutes: readonly number[], values: readonly number[]): readonly (readonly [number, number][])[] {
  const parts: [number, number][][] = [];
  minutes.forEach((minute, k) => {
    const joined = k > 0 && minute - minutes[k - 1]! <= LONGEST_PAUSE_MINUTES;
    if (joined) parts.at(-1)!.push([minute, values[k]!]);
    else parts.push([[minute, values[k]!]]);
  });
  return parts;
}

/** Values whose labels do not touch. The ends come first. */
function spaced(values: readonly number[], y: (value: number) => number): readonly number[] {
  const kept: number[] = [values[0]!, values.at(-1)!];
  for (const value of values.slice(1, -1)) {
    if (kept.every((other) => Math.abs(y(other) - y(value)) >= 13)) kept.push(value);
  }
  return [...new Set(kept)];
}

interface NowLineProps {
  readonly text: string;
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
  readonly plotWidth: number;
}

/** How far the day has come. */
function NowLine({ text, x, top, bottom, plotWidth }: NowLineProps) {
  const half = labelWidth(text) / 2;
  return (
    <g>
      <path class="chart-now" d={`M${x} ${top - 4}V${bottom}`} />
      <text class="chart-label" x={Math.max(half, Math.min(plotWidth - half, x))} y={top - 8} text-anchor="middle">
        {text}
      </text>
    </g>
  );
}
