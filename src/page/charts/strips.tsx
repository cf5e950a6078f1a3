import { HourAxis } from "./axes.js";
import { stageHues } from "./hues.js";
import { type Canvas, Still } from "./plot.js";
import { linear } from "./scale.js";
import type { ChartWords, SleepStage } from "./types.js";

/** A stretch of the day, in minutes after midnight. */
export interface WornSpan {
  readonly from: number;
  readonly to: number;
  readonly worn: boolean;
}

interface WornStripProps {
  readonly spans: readonly WornSpan[];
  readonly words: ChartWords;
}

/** When the device was worn today: hatched where it was off, blank ahead of now. Told in words beside it. */
export function WornStrip({ spans, words }: WornStripProps) {
  return <Still kind="worn" draw={(canvas) => drawWorn(canvas, spans, words)} />;
}

function drawWorn({ width, height, hatch }: Canvas, spans: readonly WornSpan[], words: ChartWords) {
  const x = linear([0, 1440], [0, width]);
  return (
    <>
      <rect class="fill-off" x="0" y="2" width={width} height="14" rx="4" />
      {spans.map(({ from, to, worn }) => {
        const wide = Math.max(1, x(to) - x(from));
        if (worn)
          return (
            <rect key={from} class="fill-vital" x={x(from)} y="2" width={wide} height="14" rx={Math.min(3, wide / 2)} />
          );
        return (
          <g key={from}>
            <rect class="chart-plate" x={x(from)} y="2" width={wide} height="14" />
            <rect fill={hatch} x={x(from)} y="2" width={wide} height="14" />
          </g>
        );
      })}
      <HourAxis from={0} to={1440} x={x} y={height - 3} width={width} words={words} />
    </>
  );
}

interface NightStripProps {
  /** In minutes, in time order. */
  readonly segments: readonly { readonly stage: SleepStage; readonly from: number; readonly to: number }[];
}

const heights: Record<SleepStage, number> = { AWAKE: 0, RESTLESS: 0, REM: 1, LIGHT: 2, ASLEEP: 2, DEEP: 3 };

/** A night in small, for a figure that is told in words beside it. */
export function NightStrip({ segments }: NightStripProps) {
  return <Still kind="spark" draw={(canvas) => drawStages(canvas, segments)} />;
}

function drawStages({ width, height }: Canvas, segments: NightStripProps["segments"]) {
  const x = linear([segments[0]?.from ?? 0, segments.at(-1)?.to ?? 1], [0, width]);
  const row = (height - 2) / 4;
  return segments.map(({ stage, from, to }) => (
    <rect
      key={from}
      class={`fill-${stageHues[stage]}`}
      x={x(from)}
      y={1 + row * heights[stage]}
      width={Math.max(1, x(to) - x(from))}
      height={row}
    />
  ));
}
