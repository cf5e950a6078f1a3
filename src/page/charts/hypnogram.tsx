import { HourAxis } from "./axes.js";
import { round } from "./days.js";
import { type CardChart, Frame, Unknown } from "./frame.js";
import { stageHues } from "./hues.js";
import type { Canvas, Drawing } from "./plot.js";
import { labelWidth, linear } from "./scale.js";
import type { Place, SleepStage } from "./types.js";

/** A stretch of one stage, or of a time that nobody told of. */
export interface StagePlace {
  /** Null where the source has no stage. */
  readonly stage: SleepStage | null;
  /** Minutes after midnight of the day on which the night began: 1410 is 23:30, 1470 is 00:30. */
  readonly from: number;
  readonly to: number;
}

export interface HypnogramProps extends CardChart {
  /** In time order; without stretches that nobody told of, which the chart finds. */
  readonly segments: readonly (StagePlace & { readonly stage: SleepStage })[];
  /** The stages that the source can tell. A stage that it cannot tell has no row. */
  readonly stages: readonly SleepStage[];
  readonly stageNames: Readonly<Record<SleepStage, string>>;
  readonly say: (place: StagePlace) => Place;
  /** Why there are no segments, where the source has none of this night. */
  readonly none: string;
}

/** From the top: the lighter the sleep, the higher. */
const rows: readonly SleepStage[] = ["AWAKE", "RESTLESS", "REM", "LIGHT", "ASLEEP", "DEEP"];

const LONGEST_PAUSE_MINUTES = 15;

/** The stages of a night. */
export function Hypnogram(props: HypnogramProps) {
  const { segments, title, rest, none } = props;
  if (segments.length === 0) {
    return (
      <Unknown kind="hypnogram" title={title} rest={rest}>
        {none}
      </Unknown>
    );
  }
  return (
    <Frame
      {...props}
      kind="hypnogram"
      places={stagePlaces(segments)}
      isCourse
      draw={(canvas) => drawNight(canvas, props)}
    />
  );
}

/** The segments, and the stretches between them that nobody told of. */
function stagePlaces(segments: readonly StagePlace[]): readonly StagePlace[] {
  return segments.flatMap((segment, k) => {
    const before = segments[k - 1];
    const untold = before && segment.from - before.to > LONGEST_PAUSE_MINUTES;
    return untold ? [{ stage: null, from: before.to, to: segment.from }, segment] : [segment];
  });
}

function drawNight({ width, height, hatch }: Canvas, props: HypnogramProps): Drawing {
  const { segments, stages, stageNames, words } = props;
  const shown = rows.filter((stage) => stages.includes(stage) || segments.some((segment) => segment.stage === stage));
  const left = Math.max(...shown.map((stage) => labelWidth(stageNames[stage]))) + 14;
  const places = stagePlaces(segments);
  const from = segments[0]!.from;
  const to = segments.at(-1)!.to;
  const x = linear([from, to], [left, width]);
  const bottom = height - 26;
  const rowHeight = bottom / shown.length;
  const middle = (stage: SleepStage) => rowHeight * (shown.indexOf(stage) + 0.5);
  const blockHeight = Math.min(26, rowHeight * 0.62);
  const marks = (
    <>
      {shown.map((stage, k) => (
        <g key={stage}>
          <path class="chart-grid" d={`M${left} ${rowHeight * (k + 1) - 0.5}H${width}`} />
          <text class="chart-label chart-strong" x="0" y={middle(stage) + 4}>
            {stageNames[stage]}
          </text>
        </g>
      ))}
      {places.map(({ stage, from: start, to: end }, k) => {
        const before = places[k - 1]?.stage;
        if (stage === null) {
          return <rect key={start} fill={hatch} x={x(start)} y="0" width={x(end) - x(start)} height={bottom} />;
        }
        if (!before || before === stage) return null;
        return <path key={start} class="chart-base" d={`M${round(x(start))} ${middle(before)}V${middle(stage)}`} />;
      })}
      {segments.map(({ stage, from: start, to: end }) => (
        <rect
          key={start}
          class={`fill-${stageHues[stage]}`}
          x={x(start)}
          y={middle(stage) - blockHeight / 2}
          width={Math.max(2, x(end) - x(start))}
          height={blockHeight}
          rx={Math.min(4, Math.max(2, x(end) - x(start)) / 2)}
        />
      ))}
      <HourAxis from={from} to={to} x={x} y={height - 8} width={width} words={words} />
    </>
  );
  return {
    marks,
    spans: places.map((place) => [x(place.from), x(place.to)]),
    cursor: { top: 0, bottom, form: "column" },
  };
}
