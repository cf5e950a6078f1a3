import { DayAxis, ValueAxis } from "./axes.js";
import { type Band, BandMark, Lines, SourceStrip, sourceRemark } from "./days.js";
import { type CardChart, Frame } from "./frame.js";
import { Hatches, Signs } from "./gaps.js";
import type { Canvas, Drawing } from "./plot.js";
import { type Axis, columns, croppedAxis, gutterFor, labelWidth, linear, type Scale } from "./scale.js";
import { countGaps, isGap, lines } from "./series.js";
import { SignLegend } from "./signs.js";
import type { ChartDay, Known, Place } from "./types.js";

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
}

const LEAST_RATE_SPAN = 20;
const LEAST_HRV_SPAN = 50;

/** Resting rate and its variability by day: two panels with scales of their own, which share the days and the cursor. */
export function RateAndHrv(props: RateAndHrvProps) {
  const { days, today, words } = props;
  const open = days.filter(({ settled, rate, hrv }) => !settled && [rate, hrv].some((one) => typeof one === "number"));
  return (
    <Frame
      {...props}
      kind="rate"
      places={days}
      draw={(canvas) => drawRates(canvas, props)}
      legend={
        <SignLegend
          gaps={countGaps(days.map(reasonOf(kindsOf(days))))}
          today={open.some(({ date }) => date === today)}
          notFinal={open.filter(({ date }) => date !== today).length}
          hue="heart"
          words={words}
        />
      }
    />
  );
}

type Kind = "rate" | "hrv";

/** One of the two, with a scale of its own. Its signs lie under its lowest line. */
interface Panel {
  readonly kind: Kind;
  readonly name: string;
  readonly hue: string;
  readonly band: Band | null;
  readonly axis: Axis;
  readonly y: Scale;
  readonly top: number;
  readonly bottom: number;
}

/** What no source of these days measures has no panel. */
function kindsOf(days: readonly RateDay[]): readonly Kind[] {
  const measured = (["rate", "hrv"] as const).filter((kind) => days.some((day) => day[kind] !== "UNSUPPORTED"));
  return measured.length > 0 ? measured : ["rate"];
}

/** Why a day lacks one of those that are drawn. */
const reasonOf = (kinds: readonly Kind[]) => (day: RateDay) =>
  kinds.map((kind) => day[kind]).find((known) => typeof known === "string");

/** The room between two panels, for the name of the lower one. */
const BETWEEN_PANELS = 32;
const NAME = 24;
const SIGN_ROOM = 18;

function panelsOf(props: RateAndHrvProps, bottom: number): readonly Panel[] {
  const { days, rateBand, hrvBand, rateName, hrvName } = props;
  const forms = {
    rate: { name: rateName, hue: "heart", band: rateBand, leastSpan: LEAST_RATE_SPAN },
    hrv: { name: hrvName, hue: "hrv", band: hrvBand, leastSpan: LEAST_HRV_SPAN },
  };
  const kinds = kindsOf(days);
  const tall = (bottom - NAME - SIGN_ROOM - BETWEEN_PANELS * (kinds.length - 1)) / kinds.length;
  return kinds.map((kind, k) => {
    const { leastSpan, band: given, ...form } = forms[kind];
    const figures = days.map((day) => day[kind]).filter((known) => typeof known === "number");
    const band = figures.length > 0 ? given : null;
    const ends = band ? [band.mean - band.deviation, band.mean + band.deviation] : [];
    const axis = croppedAxis([...figures, ...ends], leastSpan, "few");
    const top = NAME + k * (tall + BETWEEN_PANELS);
    return { kind, ...form, band, axis, y: linear(axis.domain, [top + tall, top]), top, bottom: top + tall };
  });
}

function drawRates({ width, height, hatch }: Canvas, props: RateAndHrvProps): Drawing {
  const { days, past, words } = props;
  const foot = height - 46;
  const panels = panelsOf(props, foot);
  const gutter = gutterFor(panels.flatMap(({ axis }) => axis.ticks.map((value) => words.number(value))));
  const plotWidth = width - gutter;
  const across = columns(days.length, plotWidth);
  // Where all of them are missing for one reason, a single hatch runs through.
  const shared = (day: RateDay) => {
    const [first, ...others] = panels.map(({ kind }) => day[kind]);
    return isGap(first) && others.every((known) => known === first) ? first : null;
  };
  const hatches = (known: (day: RateDay) => Known | null, top: number, bottom: number) => (
    <Hatches days={days} known={known} columns={across} top={top} bottom={bottom} hatch={hatch} words={words} />
  );
  const lowest = panels.at(-1)!.kind;
  const marks = (
    <>
      {hatches(shared, NAME, foot)}
      <Signs days={days} known={(day) => day[lowest]} columns={across} bottom={foot} />
      {panels.map(({ kind, name, hue, band, axis, y, top, bottom }, k) => (
        <g key={kind}>
          {hatches((day) => (shared(day) ? null : day[kind]), top, kind === lowest ? foot : bottom + SIGN_ROOM / 2)}
          {kind !== lowest && (
            <Signs
              days={days}
              known={(day) => (shared(day) ? null : day[kind])}
              columns={across}
              bottom={bottom + SIGN_ROOM / 2}
            />
          )}
          {k > 0 && <rect class="chart-plate" x="0" y={top - 22} width={labelWidth(name) + 6} height="17" />}
          <text class="chart-label chart-strong" x="0" y={top - 10}>
            {name}
          </text>
          {band && <BandMark band={band} y={y} width={plotWidth} hue={hue} />}
          <ValueAxis ticks={axis.ticks} y={y} width={width} plotWidth={plotWidth} text={words.number} />
          <Lines
            runs={lines(
              days,
              (day) => day[kind],
              (at, value) => ({ x: across.x(at), y: y(value) }),
            )}
            hue={hue}
            marked={days.length < 40}
          />
        </g>
      ))}
      <DayAxis days={days} columns={across} y={foot + 17} words={words} />
      <SourceStrip days={days} columns={across} y={foot + 27} past={past} words={words} />
    </>
  );
  return {
    marks,
    spans: days.map((_, k) => across.span(k)),
    cursor: { top: NAME, bottom: foot, form: "line" },
    dots: days.map((day) =>
      panels.flatMap(({ kind, y, hue }) => {
        const known = day[kind];
        return typeof known === "number" ? [{ y: y(known), hue }] : [];
      }),
    ),
    remark: sourceRemark(days, across, words),
  };
}
