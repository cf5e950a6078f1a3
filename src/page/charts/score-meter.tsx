import { useState } from "preact/hooks";
import { Lines } from "./days.js";
import { type Canvas, type Drawing, Plot, useDrawing } from "./plot.js";
import { BETWEEN, Figures, InPlace, inSmall, spokenOf } from "./read-out.js";
import { linear } from "./scale.js";
import { lines } from "./series.js";
import type { ChartDay, Known, Reading } from "./types.js";

/** A maker's score of one day. */
export interface ScoreDay extends ChartDay {
  readonly value: Known;
}

export interface ScoreMeterProps {
  /** The maker's name. */
  readonly maker: string;
  /** What the maker calls its score. */
  readonly name: string;
  /** The ends of the maker's scale. Null where it is open: then nothing is measured against it. */
  readonly scaleMin: number | null;
  readonly scaleMax: number | null;
  /** The newest score. Its figure may be the maker's word, where it has no number. */
  readonly rest: Reading;
  /** The days up to now, oldest first: shown while pointed at. */
  readonly days: readonly ScoreDay[];
  readonly say: (day: ScoreDay) => Reading;
  /** The ends in words. */
  readonly ends: readonly [string, string] | null;
}

/**
 * A score on its maker's own scale. It is drawn in ink: what is good is the maker's to say. Pointing at it shows the days
 * before, in the same place.
 */
export function ScoreMeter(props: ScoreMeterProps) {
  const { maker, name, rest, days, say, ends } = props;
  const [at, point] = useState<number | null>(null);
  const day = at === null ? undefined : days[Math.min(at, days.length - 1)];
  const drawn = useDrawing((canvas) => (day ? drawDays(canvas, props) : drawMeter(canvas, props)));
  const reading = day ? say(day) : rest;
  const pointed = day ? inSmall(reading) : null;
  const figures = pointed?.figures ?? rest.figures;
  return (
    <div class="chart-score">
      <p class="chart-maker">{maker}</p>
      <h4>{name}</h4>
      {typeof figures === "string" ? <p class="chart-reason">{figures}</p> : <Figures figures={figures} />}
      {days.length > 0 && (
        <Plot
          kind="score-plot"
          label={`${maker}, ${name}`}
          count={days.length}
          at={at}
          leap={7}
          spoken={spokenOf(reading)}
          onPoint={point}
          drawn={drawn}
        />
      )}
      {ends && (
        <p class="chart-ends">
          <span>{ends[0]}</span>
          <span>{ends[1]}</span>
        </p>
      )}
      <InPlace rest={captionOf(rest)} pointed={pointed && captionOf(pointed)} />
    </div>
  );
}

const captionOf = ({ details }: Reading) => <p class="chart-caption">{details.join(BETWEEN)}</p>;

type Scaled = Pick<ScoreMeterProps, "days" | "scaleMin" | "scaleMax">;

/** Places are the days, in both forms: pointing anywhere shows the day of that position. */
const daySpans = (count: number, width: number) =>
  Array.from({ length: count }, (_, k) => [(k / count) * width, ((k + 1) / count) * width] as const);

function drawMeter({ width, height }: Canvas, { days, scaleMin, scaleMax }: Scaled): Drawing {
  const newest = days.findLast(({ value }) => typeof value === "number");
  const middle = height / 2;
  const filled =
    newest && scaleMin !== null && scaleMax !== null
      ? linear([scaleMin, scaleMax], [0, width])(newest.value as number)
      : null;
  const marks = filled !== null && (
    <>
      <rect class="fill-off" x="0" y={middle - 3} width={width} height="6" rx="3" />
      <rect class="fill-ink" x="0" y={middle - 3} width={Math.max(6, Math.min(width, filled))} height="6" rx="3" />
    </>
  );
  return {
    marks,
    spans: daySpans(days.length, width),
    cursor: { top: 0, bottom: height, form: "line" },
  };
}

function drawDays({ width, height }: Canvas, { days, scaleMin, scaleMax }: Scaled): Drawing {
  const figures = days.flatMap(({ value }) => (typeof value === "number" ? [value] : []));
  const low = Math.min(scaleMin ?? 0, ...figures);
  const high = Math.max(scaleMax ?? low + 1, ...figures);
  const y = linear([low, high], [height - 3, 3]);
  const spans = daySpans(days.length, width);
  const x = (k: number) => (spans[k]![0] + spans[k]![1]) / 2;
  const marks = (
    <>
      <path class="chart-grid" d={`M0 ${height - 0.5}H${width}M0 .5H${width}`} />
      <Lines
        runs={lines(
          days,
          ({ value }) => value,
          (k, value) => ({ x: x(k), y: y(value) }),
        )}
        hue="ink"
        marked={false}
      />
    </>
  );
  return {
    marks,
    spans,
    cursor: { top: 0, bottom: height, form: "line" },
    dots: days.map(({ value }) => (typeof value === "number" ? [{ y: y(value), hue: "ink" }] : [])),
  };
}
