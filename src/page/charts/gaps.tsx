import { type Columns, labelWidth } from "./scale.js";
import { gapStretches, signPlaces } from "./series.js";
import { Sign } from "./signs.js";
import type { ChartWords } from "./types.js";

interface HatchesProps<D> {
  readonly days: readonly D[];
  readonly known: (day: D) => unknown;
  readonly columns: Columns;
  readonly top: number;
  readonly bottom: number;
  readonly hatch: string;
  readonly words: ChartWords;
}

/** Days without a figure: each keeps its place, hatched over the full height, with the sign of its reason at the foot. */
export const GapColumns = <D extends { readonly source: string | null }>(props: HatchesProps<D>) => (
  <>
    <Hatches {...props} />
    <Signs {...props} />
  </>
);

/** The hatches alone. Days out of reach have a single one, with the sentence in it. */
export function Hatches<D extends { readonly source: string | null }>(props: HatchesProps<D>) {
  const { days, known, columns, top, bottom, hatch, words } = props;
  const tall = bottom - top;
  return (
    <>
      {gapStretches(days, known).flatMap(({ first, last, gap }) => {
        if (gap !== "OUT_OF_REACH") {
          return Array.from({ length: last - first + 1 }, (_, k) => {
            const [from, to] = columns.span(first + k);
            return (
              <rect key={from} fill={hatch} x={from + 0.5} y={top} width={Math.max(1, to - from - 1)} height={tall} />
            );
          });
        }
        const [from, to] = columns.span(first, last);
        const sentence = words.outOfReach(days[first]!.source);
        return [
          <rect key={from} fill={hatch} x={from} y={top} width={to - from} height={tall} />,
          labelWidth(sentence) + 16 < to - from && (
            <Plate key="sentence" text={sentence} x={(from + to) / 2} y={(top + bottom) / 2} />
          ),
        ];
      })}
    </>
  );
}

interface SignsProps<D> {
  readonly days: readonly D[];
  readonly known: (day: D) => unknown;
  readonly columns: Columns;
  readonly bottom: number;
}

/** The signs alone, in one row. */
export function Signs<D>({ days, known, columns, bottom }: SignsProps<D>) {
  return (
    <>
      {signPlaces(days, known, columns).map(({ gap, x, isSmall }) => (
        <Sign key={x} gap={gap} x={x} y={bottom - 8} scale={isSmall ? 0.8 : 1} />
      ))}
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
