import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type Band, BandMark, Lines } from "./days.js";
import { type Canvas, type Drawing, Plot, Still, useDrawing } from "./plot.js";
import { BETWEEN, Figures, InPlace, inSmall, spokenOf } from "./read-out.js";
import { columns, linear } from "./scale.js";
import { isGap, lines } from "./series.js";
import type { ChartDay, Known, Reading } from "./types.js";

/** A day of a small line. */
export interface SparkDay extends ChartDay {
  readonly value: Known;
}

interface SparklineProps {
  readonly days: readonly SparkDay[];
  /** The least that the line's box reaches over, so that noise is no drama. */
  readonly leastSpan: number;
  /** Names the style: heart, vital, body. */
  readonly hue: string;
  /** What is usual. Null where fewer than five days count. */
  readonly band?: Band | null;
}

/** A small line without an axis, for a figure that is told in words beside it: hidden from screen readers. */
export function Sparkline(props: SparklineProps) {
  return <Still kind="spark" draw={(canvas) => drawSpark(canvas, props).marks} />;
}

export interface VitalRowProps extends SparklineProps {
  /** "Oxygen in the blood". */
  readonly name: string;
  /** The latest figure and its method; its source is the last detail. */
  readonly rest: Reading;
  readonly say: (day: SparkDay) => Reading;
  /** Further sources, under the words. */
  readonly children?: ComponentChildren;
}

/** One vital of a list: its name, what it is, its small line and its figure. Pointing at a day reads that day. */
export function VitalRow({ name, rest, say, children, ...spark }: VitalRowProps) {
  const [at, point] = useState<number | null>(null);
  const drawn = useDrawing((canvas) => drawSpark(canvas, spark));
  const day = at === null ? undefined : spark.days[Math.min(at, spark.days.length - 1)];
  const reading = day ? say(day) : rest;
  return (
    <li class="chart-vital">
      <div class="chart-vital-words">
        <b>{name}</b>
        <InPlace rest={linesOf(rest)} pointed={day && linesOf(reading)} />
        {children}
      </div>
      {spark.days.some(({ value }) => !isGap(value)) && (
        <Plot
          kind="vital-plot"
          label={name}
          count={spark.days.length}
          at={at}
          leap={7}
          spoken={spokenOf(reading)}
          onPoint={point}
          drawn={drawn}
        />
      )}
      <div class="chart-vital-figure">
        <InPlace rest={figuresOf(rest)} pointed={day && figuresOf(reading)} />
      </div>
    </li>
  );
}

const figuresOf = (reading: Reading) => <Figures {...inSmall(reading)} />;

/** The source has a line of its own. */
function linesOf(reading: Reading) {
  const { details } = inSmall(reading);
  return [details.slice(0, -1).join(BETWEEN), details.at(-1)].map(
    (line) =>
      line && (
        <p key={line} class="chart-caption">
          {line}
        </p>
      ),
  );
}

function drawSpark({ width, height }: Canvas, { days, leastSpan, hue, band }: SparklineProps): Drawing {
  const figures = days.flatMap(({ value }) => (typeof value === "number" ? [value] : []));
  const across = columns(days.length, width - 4);
  const x = (k: number) => (days.length > 1 ? 2 + (k / (days.length - 1)) * (width - 8) : width - 6);
  const low = Math.min(...figures);
  const high = Math.max(...figures);
  const half = Math.max(leastSpan, high - low) / 2;
  const middle = (low + high) / 2;
  const y = linear([middle - half, middle + half], [height - 4, 4]);
  const shown = band && clipped(band, middle - half, middle + half);
  const last = days.findLastIndex(({ value }) => typeof value === "number");
  const marks = last >= 0 && (
    <>
      {shown && <BandMark band={shown} y={y} width={width} hue={hue} />}
      <Lines
        runs={lines(
          days,
          ({ value }) => value,
          (k, value) => ({ x: x(k), y: y(value) }),
        )}
        hue={hue}
        marked={false}
      />
      <circle class={`chart-end fill-${hue}`} cx={x(last)} cy={y(days[last]!.value as number)} r="3.5" />
    </>
  );
  return {
    marks,
    spans: days.map((_, k) => across.span(k)),
    cursor: { top: 0, bottom: height, form: "line" },
    dots: days.map(({ value }) => (typeof value === "number" ? [{ y: y(value), hue }] : [])),
  };
}

/** The part of a band that the box holds; none where it holds nothing of it. */
function clipped({ mean, deviation }: Band, from: number, to: number): Band | null {
  const low = Math.max(from, mean - deviation);
  const high = Math.min(to, mean + deviation);
  return low < high ? { mean: (low + high) / 2, deviation: (high - low) / 2 } : null;
}
