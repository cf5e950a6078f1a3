import { type Columns, labelWidth, type Scale } from "./scale.js";
import { type Point, sourceRuns } from "./series.js";
import type { ChartDay, ChartWords } from "./types.js";

interface SourceStripProps {
  readonly days: readonly ChartDay[];
  readonly columns: Columns;
  readonly y: number;
  /** Sources that are no longer asked. */
  readonly past: readonly string[];
  readonly words: ChartWords;
}

/** Who gave which days: solid for a source that is still asked, dotted for one that is past. */
export function SourceStrip({ days, columns, y, past, words }: SourceStripProps) {
  return (
    <>
      {sourceRuns(days).map(({ source, first, last }) => {
        const [from, to] = columns.span(first, last);
        // Narrow runs stay close together: a dotted line says something else.
        const inset = Math.min(1.5, (to - from) / 8);
        const form = past.includes(source) ? "chart-strip chart-past" : "chart-strip";
        return (
          <g key={first}>
            <path class={form} d={`M${from + inset} ${y}H${to - inset}`} />
            {nameFits(words.source(source), to - from) && (
              <text class="chart-label" x={from + 1} y={y + 15}>
                {words.source(source)}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

const nameFits = (name: string, pixels: number) => labelWidth(name) + 4 < pixels;

/** As many runs are told one by one; of more, the sources alone. */
const FEW_RUNS = 3;

/** Who gave which days, in words; nothing where the strip has room for every name. */
export function sourceRemark(days: readonly ChartDay[], columns: Columns, words: ChartWords): string | undefined {
  const runs = sourceRuns(days);
  const named = runs.every(({ source, first, last }) => {
    const [from, to] = columns.span(first, last);
    return nameFits(words.source(source), to - from);
  });
  if (named) return undefined;
  if (runs.length > FEW_RUNS) return [...new Set(runs.map(({ source }) => words.source(source)))].join(", ");
  return words.sourceRuns(runs.map(({ source, from, to }) => ({ source, from, to })));
}

interface LineProps {
  readonly runs: readonly (readonly Point[])[];
  readonly hue: string;
  /** Whether each day has a mark of its own. */
  readonly marked: boolean;
}

/** Lines through days. A day alone is a dot; a day that may still change is reached by a dashed line. */
export function Lines({ runs, hue, marked }: LineProps) {
  return (
    <>
      {runs.map((run) => {
        const settled = run.filter((point) => point.settled);
        const open = run.slice(Math.max(0, settled.length - 1));
        return (
          <g key={run[0]!.x}>
            {settled.length > 1 && <path class={`chart-line stroke-${hue}`} d={path(settled)} />}
            {open.length > 1 && <path class={`chart-line chart-open stroke-${hue}`} d={path(open)} />}
            {!marked && run.length === 1 && <circle class={`fill-${hue}`} cx={run[0]!.x} cy={run[0]!.y} r="2" />}
            {marked &&
              run.map(({ x, y, settled: final }) => (
                <circle
                  key={x}
                  class={`chart-point stroke-${hue}${final ? "" : " chart-open-point"}`}
                  cx={x}
                  cy={y}
                  r={final ? 2.6 : 3.2}
                />
              ))}
          </g>
        );
      })}
    </>
  );
}

const path = (points: readonly Point[]) => `M${points.map(({ x, y }) => `${round(x)} ${round(y)}`).join("L")}`;

/** A tenth of a pixel is more than anybody sees. */
export const round = (pixels: number) => Math.round(pixels * 10) / 10;

/** What is usual for a person: the mean of the days that count, and their standard deviation. */
export interface Band {
  readonly mean: number;
  readonly deviation: number;
}

interface BandMarkProps {
  readonly band: Band;
  readonly y: Scale;
  readonly width: number;
  readonly hue: string;
}

/** Mean plus and minus one standard deviation. */
export function BandMark({ band: { mean, deviation }, y, width, hue }: BandMarkProps) {
  const top = y(mean + deviation);
  return (
    <rect class={`chart-band fill-${hue}`} x="0" y={top} width={width} height={y(mean - deviation) - top} rx="3" />
  );
}
