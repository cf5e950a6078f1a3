import type { ComponentChildren } from "preact";
import { Changing } from "./changing.js";
import type { Figure, Reading } from "./types.js";

interface ReadOutProps {
  readonly rest: Reading;
  /** What is pointed at; null at rest. */
  readonly reading: Reading | null;
}

/** The large figure of a chart, at rest or of what is pointed at. */
export function ReadOut({ rest, reading }: ReadOutProps) {
  return (
    <div class="chart-read">
      <InPlace rest={<Lines reading={rest} />} pointed={reading && <Lines reading={reading} />} />
    </div>
  );
}

function Lines({ reading: { figures, details, of } }: { readonly reading: Reading }) {
  return (
    <>
      {typeof figures === "string" ? <p class="chart-reason">{figures}</p> : <Figures figures={figures} of={of} />}
      <p class="chart-caption">{details.join(BETWEEN)}</p>
    </>
  );
}

interface InPlaceProps {
  readonly rest: ComponentChildren;
  /** Null at rest. */
  readonly pointed: ComponentChildren;
}

/** What is pointed at takes the place of what is there at rest, and no room of its own: nothing below moves. */
export function InPlace({ rest, pointed }: InPlaceProps) {
  return (
    <div class="chart-place">
      <div class={pointed ? "chart-held" : undefined}>{rest}</div>
      {pointed && <div class="chart-pointed">{pointed}</div>}
    </div>
  );
}

/** The reading where there is no room for a sentence as a figure: a reason is the first detail, and the figure a dash. */
export function inSmall({ figures, details, of }: Reading) {
  return typeof figures === "string"
    ? { figures: [{ value: "–" }], details: [figures, ...details], of }
    : { figures, details, of };
}

/** Between two details. A line breaks after it, never before. */
export const BETWEEN = "\u00a0· ";

/** Figures with their units: 6 h 52 min. */
export function Figures({ figures, of }: Pick<Reading, "of"> & { readonly figures: readonly Figure[] }) {
  return (
    <p class="chart-figure">
      {figures.map(({ value, unit }, k) => (
        <span key={k}>
          <Changing text={value} of={of}>
            {value}
          </Changing>
          {unit && <small>{unit}</small>}
        </span>
      ))}
    </p>
  );
}

/** A reading as a screen reader says it: "8,518 steps, Thursday 26 November, …". */
export function spokenOf({ figures, details }: Reading): string {
  const said =
    typeof figures === "string"
      ? figures
      : figures.map(({ value, unit }) => (unit ? `${value} ${unit}` : value)).join(" ");
  return [said, ...details].join(", ");
}
