import { type Columns, dayTicks, labelWidth, multiples, type Scale } from "./scale.js";
import type { ChartWords } from "./types.js";

/** Values written at the right, each with its line. */
export function ValueAxis(props: {
  readonly ticks: readonly number[];
  readonly y: Scale;
  readonly width: number;
  readonly plotWidth: number;
  readonly text: (value: number) => string;
  /** The value whose line is the baseline: bars stand on it. */
  readonly baseline?: number;
}) {
  const { ticks, y, width, plotWidth, text, baseline } = props;
  return (
    <>
      {ticks.map((tick) => (
        <g key={tick}>
          <path class={tick === baseline ? "chart-base" : "chart-grid"} d={`M0 ${y(tick)}H${plotWidth}`} />
          <text class="chart-label" x={width} y={y(tick) + 4} text-anchor="end">
            {text(tick)}
          </text>
        </g>
      ))}
    </>
  );
}

interface DayAxisProps {
  readonly days: readonly { readonly date: string }[];
  readonly columns: Columns;
  readonly y: number;
  readonly words: ChartWords;
}

/** Days under a drawing. */
export function DayAxis({ days, columns, y, words }: DayAxisProps) {
  const dates = days.map(({ date }) => date);
  const room = Math.max(...dates.slice(-1).map((date) => labelWidth(words.day(date))), 0) + 18;
  const [, right] = columns.span(0, dates.length - 1);
  return (
    <>
      {dayTicks(dates, columns.step, room).map((k) => {
        const text = words.day(dates[k]!);
        const half = labelWidth(text) / 2;
        return (
          <text key={k} class="chart-label" x={within(columns.x(k), half, right - half)} y={y} text-anchor="middle">
            {text}
          </text>
        );
      })}
    </>
  );
}

const within = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value));

interface HourAxisProps {
  /** Minutes after midnight. */
  readonly from: number;
  readonly to: number;
  readonly x: (minute: number) => number;
  readonly y: number;
  /** Right end of the axis. */
  readonly width: number;
  readonly words: ChartWords;
}

/** Full hours under a drawing, as many as there is room for. */
export function HourAxis({ from, to, x, y, width, words }: HourAxisProps) {
  // The first label is pushed aside by half of its width where it would reach out of the drawing.
  const room = 1.5 * labelWidth(words.hour(1320)) + 10;
  const step = [60, 120, 180, 240, 360, 720].find((minutes) => x(from + minutes) - x(from) >= room) ?? 1440;
  let taken = Number.NEGATIVE_INFINITY;
  return (
    <>
      {multiples(step, from, to - 1).map((minute) => {
        const text = words.hour(minute);
        const half = labelWidth(text) / 2;
        const middle = within(x(minute), x(from) + half, width - half);
        if (middle - half < taken) return null;
        taken = middle + half + 10;
        return (
          <text key={minute} class="chart-label" x={middle} y={y} text-anchor="middle">
            {text}
          </text>
        );
      })}
    </>
  );
}
