import type { ChartWords, Gap } from "./types.js";

/** The pattern of whatever is unknown. */
export function Hatch({ id }: { readonly id: string }) {
  return (
    <defs>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path class="chart-hatch" d="M1 0V6" />
      </pattern>
    </defs>
  );
}

const CIRCLE = "M-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0 -6.4 0z";

const RING = "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z";

/** One form for each reason, told apart without colour. About eight pixels wide, around its own middle. */
const forms: Record<Gap, string> = {
  NOT_WORN: CIRCLE,
  NOT_RECORDED: "M-4 0H4",
  NOT_YET_SYNCED: "M-3.6 0h.4M0 0h.4M3.6 0h.4",
  PROVIDER_ERROR: "M-3 -3L3 3M3 -3L-3 3",
  INSUFFICIENT_SCOPE: `${RING}M-2.8 2.8L2.8 -2.8`,
  NOT_PERMITTED_TO_APP: `${RING}M-2.8 -2.8L2.8 2.8`,
  NOT_FETCHED: "M0 -3.6L3.6 0L0 3.6L-3.6 0z",
  UNSUPPORTED: "M-2.6 -2.6H2.6V2.6H-2.6z",
  OUT_OF_REACH: "M3.5 -3.5V3.5M-3.5 0H1M-1 -2.5L-3.5 0L-1 2.5",
  NOT_KEPT: "M3.5 -3.5V3.5M1 -3.2L-3 0L1 3.2",
  UNKNOWN: "M-2 -1.6C-2 -4.6 2.4 -4.4 2.2 -1.7C2.1 -.4 0 -.2 0 1.3M0 3.8h.01",
};

interface SignProps {
  readonly gap: Gap;
  readonly x: number;
  readonly y: number;
  readonly scale?: number;
}

/** The sign of a reason. One that this page does not know yet is a question mark. */
export function Sign({ gap, x, y, scale = 1 }: SignProps) {
  const hue = gap === "PROVIDER_ERROR" ? "bad" : "soft";
  const place = `translate(${x} ${y})${scale === 1 ? "" : ` scale(${scale})`}`;
  return <path class={`chart-sign stroke-${hue}`} d={forms[gap] ?? forms.UNKNOWN} transform={place} />;
}

interface LegendProps {
  readonly gaps: ReadonlyMap<Gap, number>;
  /** Whether today is among the marks, and how many other days may still change. */
  readonly today?: boolean;
  readonly notFinal?: number;
  /** Colour of the dashed mark. */
  readonly hue: string;
  readonly words: ChartWords;
}

/** The signs that occur, each with its number of days, and no others. */
export function SignLegend({ gaps, today = false, notFinal = 0, hue, words }: LegendProps) {
  return (
    <>
      {[...gaps].map(([gap, days]) => (
        <span key={gap} class="chart-item">
          <svg width="12" height="12" aria-hidden="true">
            <Sign gap={gap} x={6} y={6} />
          </svg>
          {words.sign(gap, days)}
        </span>
      ))}
      {today && <Dashed hue={hue} text={words.today} />}
      {notFinal > 0 && <Dashed hue={hue} text={words.notFinal(notFinal)} />}
    </>
  );
}

function Dashed({ hue, text }: { readonly hue: string; readonly text: string }) {
  return (
    <span class="chart-item">
      <svg width="10" height="12" aria-hidden="true">
        <rect class={`chart-dashed stroke-${hue}`} x="1" y="1" width="8" height="10" rx="2" />
      </svg>
      {text}
    </span>
  );
}
