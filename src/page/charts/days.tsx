import { type Columns, labelWidth, type Scale } from "./scale.js";
import { gapStretches, type Point, sourceRuns } from "./series.js";
import { Sign } from "./signs.js";
import type { ChartDay, ChartWords } from "./types.js";

/** Room for a column's own sign. Where columns are narrower, neighbours of one reason share a sign. */
const SIGN_PIXELS = 9;

interface GapColumnsProps<D> {
  readonly days: readonly D[];
  readonly known: (day: D) => unknown;
  readonly columns: Columns;
  readonly top: number;
  readonly bottom: number;
  readonly hatch: string;
  readonly words: ChartWords;
}

/** Days without a figure: each keeps its place, hatched over the full height, with the sign of its reason at the foot. */
export function GapColumns<D extends { readonly source: string | null }>(props: GapColumnsProps<D>) {
  const { days, known, columns, top, bottom, hatch, words } = props;
  const gaps = gapStretches(days, known);
  let free = Number.NEGATIVE_INFINITY;
  return (
    <>
      {gaps.flatMap(({ first, last, gap }) => {
        const [from, to] = columns.span(first, last);
        const whole = gap === "OUT_OF_REACH";
        if (whole) {
          const sentence = words.outOfReach(days[first]!.source);
          const fits = labelWidth(sentence) + 16 < to - from;
          return [
            <rect key={first} fill={hatch} x={from} y={top} width={to - from} height={bottom - top} />,
            fits && <Plate key={`${first} sentence`} text={sentence} x={(from + to) / 2} y={(top + bottom) / 2} />,
          ];
        }
        const days_ = Array.from({ length: last - first + 1 }, (_, k) => columns.span(first + k));
        const hatches = days_.map(([left, right]) => (
          <rect
            key={left}
            fill={hatch}
            x={left + 0.5}
            y={top}
            width={Math.max(1, right - left - 1)}
            height={bottom - top}
          />
        ));
        const middles =
          columns.step >= SIGN_PIXELS ? days_.map(([left, right]) => (left + right) / 2) : [(from + to) / 2];
        const signs = middles.map((x) => {
          if (x - free < SIGN_PIXELS - 1) return null;
          free = x;
          return (
            <Sign key={`${x} sign`} gap={gap} x={x} y={bottom - 8} scale={columns.step >= SIGN_PIXELS ? 1 : 0.8} />
          );
        });
        return [...hatches, ...signs];
      })}
    </>
  );
}

/** A sentence on the drawing, with the card behind it so that the hatch does not run through its letters. */
export function Plate({ text, x, y }: { readonly text: string; readonly x: number; readonly y: number }) {
  const width = labelWidth(text) + 12;
  return (
    <g>
      <rect class="chart-plate" x={x - width / 2} y={y - 10} width={width} height={20} rx="6" />
      <text class="chart-label" x={x} y={y + 4} text-anchor="middle">
        {text}
      </text>
    </g>
  );
}

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
        const form = past.includes(source) ? "chart-strip chart-past" : "chart-strip";
        return (
          <g key={first}>
            <path class={form} d={`M${from + 1.5} ${y}H${to - 1.5}`} />
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
