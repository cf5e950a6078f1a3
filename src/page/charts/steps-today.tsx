import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { HourAxis } from "./axes.js";
import { type Canvas, type Drawing, Plot, useDrawing } from "./plot.js";
import { Figures, spokenOf } from "./read-out.js";
import { columns, linear } from "./scale.js";
import type { ChartWords, Reading } from "./types.js";

/** An hour of the day. */
export interface StepsHour {
  /** 0 to 23, by the wall clock. */
  readonly hour: number;
  /** Null where nobody told of it. */
  readonly steps: number | null;
}

export interface StepsTodayProps {
  /** Steps so far. Null where they are not known: the ring is hatched. */
  readonly steps: number | null;
  /** Null without a goal: the ring stays empty. */
  readonly goal: number | null;
  /** What the ring says at rest: the steps. The first detail stands above the figure, the second below it. */
  readonly rest: Reading;
  /** The hours from midnight until now. Null where no provider tells of them. */
  readonly hours: readonly StepsHour[] | null;
  /** What a screen reader calls the hours. */
  readonly hoursLabel: string;
  /** In place of the hours when they are null. */
  readonly noHours: ComponentChildren;
  /** What the ring says of an hour: as at rest, one detail above and one below. */
  readonly say: (hour: StepsHour) => Reading;
  readonly words: ChartWords;
  /** The figures beside the ring. */
  readonly children?: ComponentChildren;
}

/** Today's steps: a ring against the goal, and the hours below. Pointing at an hour reads it in the ring. */
export function StepsToday(props: StepsTodayProps) {
  const { steps, goal, rest, hours, hoursLabel, noHours, say, words, children } = props;
  const [at, point] = useState<number | null>(null);
  const drawn = useDrawing((canvas) => drawHours(canvas, hours ?? [], words));
  const hour = at === null ? undefined : hours?.[Math.min(at, hours.length - 1)];
  const reading = hour ? say(hour) : rest;
  return (
    <>
      <div class="chart-today">
        <Ring steps={steps} goal={goal} reading={reading} />
        {children}
      </div>
      {hours && hours.length > 0 ? (
        <Plot
          kind="hours"
          label={hoursLabel}
          count={hours.length}
          at={at}
          leap={6}
          spoken={spokenInRing(reading)}
          onPoint={point}
          drawn={drawn}
        />
      ) : (
        <p class="chart-hours chart-caption">{noHours}</p>
      )}
    </>
  );
}

/** As it is read in the ring: the figure with what stands below it, then what stands above. */
function spokenInRing({ figures, details: [above = "", below = ""] }: Reading): string {
  return `${spokenOf({ figures, details: [] })} ${below}, ${above}`;
}

const RADIUS = 96;

/** How much of the goal there is. The number goes on where the ring is full. */
function Ring({ steps, goal, reading }: Pick<StepsTodayProps, "steps" | "goal"> & { readonly reading: Reading }) {
  const share = steps === null || !goal ? 0 : Math.min(1, steps / goal);
  const [above, below] = reading.details;
  const circle = { cx: 112, cy: 112, r: RADIUS, fill: "none", "stroke-width": 16 };
  return (
    <div class="chart-ring">
      <svg viewBox="0 0 224 224" width="100%" aria-hidden="true">
        <circle {...circle} class={steps === null ? "chart-track chart-unknown-track" : "chart-track"} />
        {share > 0 && (
          // A hundred is the whole way round.
          <circle
            {...circle}
            class="chart-progress stroke-activity"
            pathLength={100}
            stroke-linecap="round"
            stroke-dasharray="100 100"
            stroke-dashoffset={100 * (1 - share)}
            transform="rotate(-90 112 112)"
          />
        )}
      </svg>
      <div class="chart-ring-words">
        <p class="chart-caption">{above}</p>
        {typeof reading.figures === "string" ? (
          <p class="chart-reason">{reading.figures}</p>
        ) : (
          <Figures figures={reading.figures} of={reading.of} />
        )}
        <p class="chart-caption">{below}</p>
      </div>
    </div>
  );
}

function drawHours({ width, height, hatch }: Canvas, hours: readonly StepsHour[], words: ChartWords): Drawing {
  // A day on which the clocks go back has one hour more.
  const count = Math.max(24, ...hours.map(({ hour }) => hour + 1));
  const across = columns(count, width);
  const bottom = height - 18;
  const most = Math.max(1, ...hours.map(({ steps }) => steps ?? 0));
  const tall = linear([0, most], [3, bottom - 2]);
  const barWidth = across.step - 3;
  const marks = (
    <>
      {Array.from({ length: count }, (_, hour) => {
        const told = hours.find((one) => one.hour === hour);
        const left = across.x(hour) - barWidth / 2;
        const key = `hour ${hour}`;
        if (!told) return <rect key={key} class="fill-off" x={left} y={bottom - 2} width={barWidth} height="2" />;
        const { steps } = told;
        if (steps === null) return <rect key={key} fill={hatch} x={left} y="2" width={barWidth} height={bottom - 2} />;
        if (steps === 0)
          return <rect key={key} class="fill-strong" x={left} y={bottom - 2} width={barWidth} height="2" />;
        return (
          <rect
            key={key}
            class="fill-activity"
            x={left}
            y={bottom - tall(steps)}
            width={barWidth}
            height={tall(steps)}
            rx={Math.min(2, barWidth / 2)}
          />
        );
      })}
      <HourAxis
        from={0}
        to={60 * count}
        x={linear([0, 60 * count], [0, width])}
        y={height - 3}
        width={width}
        words={words}
      />
    </>
  );
  return {
    marks,
    spans: hours.map(({ hour }) => across.span(hour)),
    cursor: { top: 0, bottom, form: "column" },
  };
}
