import { DayAxis, ValueAxis } from "./axes.js";
import { type CardChart, Frame } from "./frame.js";
import { GapColumns } from "./gaps.js";
import type { Canvas, Drawing } from "./plot.js";
import { columns, gutterFor, linear, multiples } from "./scale.js";
import { countGaps } from "./series.js";
import { SignLegend } from "./signs.js";
import type { ChartDay, Gap, Place } from "./types.js";

/** From going to bed to getting up, in minutes after noon of the day before: 690 is 23:30, 750 is 00:30. */
interface BedSpan {
  readonly bed: number;
  readonly rise: number;
}

/** A night, on the day on which it ended. */
export interface BedtimesNight extends ChartDay {
  readonly night: BedSpan | Gap;
}

export interface BedtimesProps extends CardChart {
  readonly nights: readonly BedtimesNight[];
  /** Means of the nights that count. Null where there is none. */
  readonly meanBed: number | null;
  readonly meanRise: number | null;
  readonly say: (night: BedtimesNight) => Place;
}

/** Noon of the day before, in minutes before midnight. */
const NOON = 720;
const HOUR = 60;

/** A strip of nights, each from going to bed to getting up. */
export function Bedtimes(props: BedtimesProps) {
  const { nights, words } = props;
  return (
    <Frame
      {...props}
      kind="bedtimes"
      places={nights}
      draw={(canvas) => drawNights(canvas, props)}
      legend={
        <SignLegend
          gaps={countGaps(nights.map(({ night }) => night))}
          notFinal={nights.filter(({ settled, night }) => !settled && typeof night !== "string").length}
          hue="sleep"
          words={words}
        />
      }
    />
  );
}

function drawNights({ width, height, hatch }: Canvas, { nights, meanBed, meanRise, words }: BedtimesProps): Drawing {
  const known = nights.flatMap(({ night }) => (typeof night === "string" ? [] : [night]));
  const means = known.length > 0 ? [meanBed, meanRise].filter((mean) => mean !== null) : [];
  // An evening and a morning, where there is no night to go by.
  const ends = known.length > 0 ? [...known.flatMap(({ bed, rise }) => [bed, rise]), ...means] : [11 * HOUR, 18 * HOUR];
  const domain = [Math.min(...ends) - HOUR / 2, Math.max(...ends) + HOUR / 2] as const;
  const clock = (minutes: number) => words.hour(minutes + NOON);
  const gutter = gutterFor([clock(600), clock(1140)]);
  const plotWidth = width - gutter;
  const top = 4;
  const bottom = height - 26;
  const y = linear(domain, [top, bottom]);
  const across = columns(nights.length, plotWidth);
  const barWidth = Math.max(1.6, Math.min(12, across.step * 0.58));
  const step = domain[1] - domain[0] > 15 * HOUR ? 4 * HOUR : 3 * HOUR;
  // Counted from midnight, so that it is written.
  const ticks = multiples(step, domain[0] - NOON, domain[1] - NOON).map((minutes) => minutes + NOON);
  const marks = (
    <>
      <ValueAxis ticks={ticks} y={y} width={width} plotWidth={plotWidth} text={clock} />
      <GapColumns
        days={nights}
        known={({ night }) => night}
        columns={across}
        top={top}
        bottom={bottom}
        hatch={hatch}
        words={words}
      />
      {nights.map(({ date, night, settled }, k) => {
        if (typeof night === "string") return null;
        const form = settled ? "fill-sleep" : "chart-dashed stroke-sleep";
        return (
          <rect
            key={date}
            class={form}
            x={across.x(k) - barWidth / 2}
            y={y(night.bed)}
            width={barWidth}
            height={Math.max(2, y(night.rise) - y(night.bed))}
            rx={barWidth / 2}
          />
        );
      })}
      {means.map((mean) => (
        <path key={mean} class="chart-goal" d={`M0 ${y(mean)}H${plotWidth}`} />
      ))}
      <DayAxis days={nights} columns={across} y={height - 8} words={words} />
    </>
  );
  return {
    marks,
    spans: nights.map((_, k) => across.span(k)),
    cursor: { top, bottom, form: "column" },
  };
}
