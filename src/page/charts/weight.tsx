import { DayAxis, ValueAxis } from "./axes.js";
import { round } from "./days.js";
import { type CardChart, Frame } from "./frame.js";
import { Plate } from "./gaps.js";
import type { Canvas, Drawing } from "./plot.js";
import { columns, croppedAxis, daysBetween, gutterFor, labelWidth, linear } from "./scale.js";
import { type TrendDay, trendOf, type Weighing } from "./trend.js";
import type { Place } from "./types.js";

/** A weighing, and the trend of its source on that day. */
export interface WeightPlace extends Weighing {
  readonly trend: number;
}

export interface WeightProps extends CardChart {
  /** Oldest first, in the unit that is shown. */
  readonly weighings: readonly Weighing[];
  /** The days of the range, oldest first. */
  readonly dates: readonly string[];
  /** The least that the axis reaches over, in the unit that is shown: 4 kg, 9 lb. */
  readonly leastSpan: number;
  /** What is written where no trend leads on: "no weighings". */
  readonly gapText: string;
  readonly say: (place: WeightPlace) => Place;
}

/** Weighings with their trend. */
export function Weight(props: WeightProps) {
  return (
    <Frame
      {...props}
      kind="weight"
      places={weightPlaces(props.weighings)}
      draw={(canvas) => drawWeight(canvas, props)}
    />
  );
}

/** Each weighing with the trend of its source on its day. */
function weightPlaces(weighings: readonly Weighing[]): readonly WeightPlace[] {
  const trends = new Map(trendOf(weighings).map(({ date, source, trend }) => [`${date} ${source}`, trend]));
  return weighings.map((weighing) => ({ ...weighing, trend: trends.get(`${weighing.date} ${weighing.source}`)! }));
}

function drawWeight({ width, height }: Canvas, props: WeightProps): Drawing {
  const { weighings, dates, leastSpan, gapText, words } = props;
  const { domain, ticks } = croppedAxis(
    weighings.map(({ value }) => value),
    leastSpan,
    "many",
  );
  const gutter = gutterFor(ticks.map((value) => words.number(value)));
  const plotWidth = width - gutter;
  const top = 8;
  const bottom = height - 28;
  const y = linear(domain, [bottom, top]);
  const across = columns(dates.length, plotWidth);
  const x = (date: string) => across.x(daysBetween(dates[0]!, date));
  const lines = trendLines(trendOf(weighings));
  // Two scales are told apart by their names.
  const ends = [...new Map(weightPlaces(weighings).map((place) => [place.source, place])).values()];
  /** The highest mark between two places: a name stands above it. */
  const topOf = (from: number, to: number) =>
    Math.min(
      ...weightPlaces(weighings)
        .filter(({ date }) => x(date) >= from - 4 && x(date) <= to + 4)
        .map(({ value, trend }) => Math.min(y(value), y(trend))),
    );
  const marks = (
    <>
      <ValueAxis ticks={ticks} y={y} width={width} plotWidth={plotWidth} text={words.number} />
      {lines.map((line) => (
        <path
          key={`${line[0]!.source} ${line[0]!.date}`}
          class="chart-line chart-bold stroke-body"
          d={`M${line.map(({ date, trend }) => `${round(x(date))} ${round(y(trend))}`).join("L")}`}
        />
      ))}
      {pauses(weighings).map(([from, to]) => {
        const middle = (x(from) + x(to)) / 2;
        const fits = x(to) - x(from) > labelWidth(gapText) + 20;
        return fits && <Plate key={from} text={gapText} x={middle} y={(top + bottom) / 2} />;
      })}
      {weighings.map(({ date, source, value }, k) => (
        <circle key={`${date} ${source} ${k}`} class="chart-point stroke-body" cx={x(date)} cy={y(value)} r="3" />
      ))}
      {ends.length > 1 &&
        ends.map(({ date, source }) => (
          <text
            key={source}
            class="chart-label chart-strong"
            x={Math.max(x(date), labelWidth(words.source(source)))}
            y={Math.max(10, topOf(x(date) - labelWidth(words.source(source)), x(date)) - 10)}
            text-anchor="end"
          >
            {words.source(source)}
          </text>
        ))}
      <DayAxis days={dates.map((date) => ({ date }))} columns={across} y={height - 8} words={words} />
    </>
  );
  return {
    marks,
    spans: weighings.map(({ date }) => [x(date), x(date)]),
    cursor: { top, bottom, form: "line" },
    dots: weighings.map(({ value }) => [{ y: y(value), hue: "body" }]),
  };
}

/** The lines of the trend: each from where it starts anew, by source. */
function trendLines(days: readonly TrendDay[]): readonly (readonly TrendDay[])[] {
  const found: TrendDay[][] = [];
  const open = new Map<string, TrendDay[]>();
  for (const day of days) {
    const line = day.anew ? undefined : open.get(day.source);
    if (line) line.push(day);
    else {
      const begun = [day];
      open.set(day.source, begun);
      found.push(begun);
    }
  }
  return found.filter((line) => line.length > 1);
}

/** Stretches of more than fourteen days without a weighing by any source. */
function pauses(weighings: readonly Weighing[]): readonly (readonly [string, string])[] {
  return trendOf(weighings.map((weighing) => ({ ...weighing, source: "" }))).flatMap(({ date, anew }, k, all) =>
    anew && k > 0 ? [[all[k - 1]!.date, date] as const] : [],
  );
}
