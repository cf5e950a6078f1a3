import type { ComponentChildren } from "preact";
import { DayAxis, ValueAxis } from "./axes.js";
import { type Band, BandMark, GapColumns, Lines, SourceStrip, sourceRemark } from "./days.js";
import { type CardChart, Empty, Frame } from "./frame.js";
import type { Canvas, Drawing } from "./plot.js";
import { type Axis, columns, croppedAxis, labelWidth, linear } from "./scale.js";
import { countGaps, lines } from "./series.js";
import { SignLegend } from "./signs.js";
import type { ChartDay, Gap, Known, Place } from "./types.js";

/** A day's resting rate, and its variability: both of one source. */
export interface RateDay extends ChartDay {
  /** In beats per minute. */
  readonly rate: Known;
  /** In milliseconds, all by one method: RMSSD and SDNN are not comparable. */
  readonly hrv: Known;
}

export interface RateAndHrvProps extends CardChart {
  readonly days: readonly RateDay[];
  /** Null where fewer than five days count. */
  readonly rateBand: Band | null;
  readonly hrvBand: Band | null;
  /** The panels' own headings, with units: "Resting rate, bpm". */
  readonly rateName: string;
  readonly hrvName: string;
  readonly past: readonly string[];
  readonly today: string;
  readonly say: (day: RateDay) => Place;
  readonly none: string;
}

const LEAST_RATE_SPAN = 20;
const LEAST_HRV_SPAN = 50;

/** Resting rate and its variability by day: two panels with scales of their own, which share the days and the cursor. */
export function RateAndHrv(props: RateAndHrvProps) {
  const { days, today, none, words, ...frame } = props;
  if (days.length === 0) {
    return (
      <Empty kind="rate" title={frame.title}>
        {none}
      </Empty>
    );
  }
  const open = days.filter(({ settled, rate, hrv }) => !settled && [rate, hrv].some((one) => typeof one === "number"));
  return (
    <Frame
      {...frame}
      words={words}
      kind="rate"
      places={days}
      draw={(canvas) => drawRates(canvas, props)}
      legend={
        <SignLegend
          gaps={countGaps(days.map(reasonOf))}
          today={open.some(({ date }) => date === today)}
          notFinal={open.filter(({ date }) => date !== today).length}
          hue="heart"
          words={words}
        />
      }
    />
  );
}

/** Why a day lacks one of the two. */
const reasonOf = ({ rate, hrv }: RateDay) => (typeof rate === "string" ? rate : hrv);

/** Where both are missing for one reason, a hatch runs through both panels. */
function gapOf(panel: "rate" | "hrv" | "both") {
  return (day: RateDay): Gap | null => {
    const same = typeof day.rate === "string" && day.rate === day.hrv;
    if (panel === "both") return same ? (day.rate as Gap) : null;
    const known = day[panel];
    return !same && typeof known === "string" ? known : null;
  };
}

function drawRates({ width, height, hatch }: Canvas, props: RateAndHrvProps): Drawing {
  const { days, rateBand, hrvBand, rateName, hrvName, past, words } = props;
  const rateAxis = axisOf(
    days.map(({ rate }) => rate),
    rateBand,
    LEAST_RATE_SPAN,
    [50, 60, 70],
  );
  const hrvAxis = axisOf(
    days.map(({ hrv }) => hrv),
    hrvBand,
    LEAST_HRV_SPAN,
    [25, 50, 75],
  );
  const gutter = Math.max(...[...rateAxis.ticks, ...hrvAxis.ticks].map((tick) => labelWidth(words.number(tick)))) + 12;
  const plotWidth = width - gutter;
  const across = columns(days.length, plotWidth);
  const first = 24;
  const last = height - 46;
  const middle = first + (last - first) * 0.52;
  const rateBottom = middle - 12;
  const hrvTop = middle + 20;
  const y = { rate: linear(rateAxis.domain, [rateBottom, first]), hrv: linear(hrvAxis.domain, [last - 18, hrvTop]) };
  const gaps = (panel: "rate" | "hrv" | "both", top: number, bottom: number) => (
    <GapColumns
      days={days}
      known={gapOf(panel)}
      columns={across}
      top={top}
      bottom={bottom}
      hatch={hatch}
      words={words}
    />
  );
  const panel = (
    of: "rate" | "hrv",
    axis: Axis,
    band: Band | null,
    hue: string,
    name: ComponentChildren,
    nameY: number,
  ) => (
    <>
      {band && <BandMark band={band} y={y[of]} width={plotWidth} hue={hue} />}
      <ValueAxis ticks={axis.ticks} y={y[of]} width={width} plotWidth={plotWidth} text={words.number} />
      <Lines
        runs={lines(
          days,
          (day) => day[of],
          (k, value) => ({ x: across.x(k), y: y[of](value) }),
        )}
        hue={hue}
        marked={days.length < 40}
      />
      {name && (
        <text class="chart-label chart-strong" x="0" y={nameY}>
          {name}
        </text>
      )}
    </>
  );
  const marks = (
    <>
      {gaps("both", first, last)}
      {gaps("rate", first, rateBottom + 6)}
      {gaps("hrv", hrvTop, last)}
      <rect class="chart-plate" x="0" y={middle - 4} width={labelWidth(hrvName) + 6} height="17" />
      {panel("rate", rateAxis, rateBand, "heart", rateName, 10)}
      {panel("hrv", hrvAxis, hrvBand, "hrv", hrvName, middle + 9)}
      <DayAxis days={days} columns={across} y={last + 17} words={words} />
      <SourceStrip days={days} columns={across} y={last + 27} past={past} words={words} />
    </>
  );
  return {
    marks,
    spans: days.map((_, k) => across.span(k)),
    cursor: { top: first, bottom: last, form: "line" },
    dots: days.map(({ rate, hrv }) => [
      ...(typeof rate === "number" ? [{ y: y.rate(rate), hue: "heart" }] : []),
      ...(typeof hrv === "number" ? [{ y: y.hrv(hrv), hue: "hrv" }] : []),
    ]),
    remark: sourceRemark(days, across, words),
  };
}

function axisOf(knowns: readonly Known[], band: Band | null, leastSpan: number, blank: readonly number[]): Axis {
  const figures = knowns.filter((known) => typeof known === "number");
  if (figures.length === 0) return { domain: [blank[0]!, blank.at(-1)!], ticks: [] };
  const ends = band ? [band.mean - band.deviation, band.mean + band.deviation] : [];
  return croppedAxis([...figures, ...ends], leastSpan);
}
