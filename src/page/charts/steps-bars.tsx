import { DayAxis, ValueAxis } from "./axes.js";
import { round, SourceStrip, sourceRemark } from "./days.js";
import { type CardChart, Frame } from "./frame.js";
import { GapColumns } from "./gaps.js";
import type { Canvas, Drawing } from "./plot.js";
import { barAxis, columns, gutterFor, linear } from "./scale.js";
import { countGaps } from "./series.js";
import { SignLegend } from "./signs.js";
import type { ChartDay, Known, Place } from "./types.js";

/** A day's steps. */
export interface StepsDay extends ChartDay {
  /** 0 is a figure: who was not seen all day has `NOT_WORN`. */
  readonly steps: Known;
}

export interface StepsBarsProps extends CardChart {
  readonly days: readonly StepsDay[];
  /** Steps that the person wants to reach on a day. Null without a goal. */
  readonly goal: number | null;
  /** Today's date. */
  readonly today: string;
  /** Sources that are no longer asked. */
  readonly past: readonly string[];
  readonly say: (day: StepsDay) => Place;
}

/** Steps by day, against the goal. */
export function StepsBars(props: StepsBarsProps) {
  const { days, today, words } = props;
  const open = days.filter(({ settled, steps }) => !settled && typeof steps === "number");
  return (
    <Frame
      {...props}
      kind="steps"
      places={days}
      draw={(canvas) => drawSteps(canvas, props)}
      legend={
        <SignLegend
          gaps={countGaps(days.map(({ steps }) => steps))}
          today={open.some(({ date }) => date === today)}
          notFinal={open.filter(({ date }) => date !== today).length}
          hue="activity"
          words={words}
        />
      }
    />
  );
}

function drawSteps({ width, height, hatch }: Canvas, { days, goal, past, words }: StepsBarsProps): Drawing {
  const figures = days.flatMap(({ steps }) => (typeof steps === "number" ? [steps] : []));
  const { domain, ticks } = barAxis(figures, goal);
  const gutter = gutterFor([...ticks, goal ?? 0].map((value) => words.number(value)));
  const plotWidth = width - gutter;
  const top = 10;
  const bottom = height - 46;
  const y = linear(domain, [bottom, top]);
  const across = columns(days.length, plotWidth);
  const barWidth = Math.max(1.6, Math.min(20, across.step * 0.64));
  const apart = ticks.filter((tick) => goal === null || Math.abs(y(tick) - y(goal)) > 13);
  const marks = (
    <>
      <ValueAxis ticks={apart} y={y} width={width} plotWidth={plotWidth} text={words.number} baseline={0} />
      <GapColumns
        days={days}
        known={(day) => day.steps}
        columns={across}
        top={top}
        bottom={bottom}
        hatch={hatch}
        words={words}
      />
      {days.map(({ date, steps, settled }, k) => {
        if (typeof steps !== "number") return null;
        const bar = barPath(across.x(k), barWidth, bottom, y(steps));
        if (!settled) return <path key={date} class="chart-dashed stroke-activity" d={bar} />;
        const met = goal === null || steps >= goal;
        return <path key={date} class={met ? "fill-activity" : "fill-activity-below"} d={bar} />;
      })}
      {goal !== null && (
        <>
          <path class="chart-goal" d={`M0 ${y(goal)}H${plotWidth}`} />
          <text class="chart-label chart-strong" x={width} y={y(goal) + 4} text-anchor="end">
            {words.number(goal)}
          </text>
        </>
      )}
      <DayAxis days={days} columns={across} y={bottom + 17} words={words} />
      <SourceStrip days={days} columns={across} y={bottom + 27} past={past} words={words} />
    </>
  );
  return {
    marks,
    spans: days.map((_, k) => across.span(k)),
    cursor: { top, bottom, form: "column" },
    remark: sourceRemark(days, across, words),
  };
}

/** A bar with a round head. Zero is a mark on the baseline. */
function barPath(x: number, width: number, bottom: number, top: number): string {
  const head = Math.min(top, bottom - 2);
  const radius = Math.min(4, width / 2, bottom - head);
  const left = round(x - width / 2);
  const right = round(x + width / 2);
  return `M${left} ${bottom}V${round(head + radius)}q0 ${-radius} ${radius} ${-radius}H${round(right - radius)}q${radius} 0 ${radius} ${radius}V${bottom}z`;
}
