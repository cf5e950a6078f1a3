import type { Figure, Reading } from "./types.js";

interface ReadOutProps {
  readonly rest: Reading;
  /** What is pointed at; null at rest. */
  readonly reading: Reading | null;
}

/** The large figure of a chart. What is pointed at takes the place of what is there at rest, and none of its room. */
export function ReadOut({ rest, reading }: ReadOutProps) {
  return (
    <div class="chart-read">
      <Lines reading={rest} hidden={reading !== null} />
      {reading && <Lines reading={reading} />}
    </div>
  );
}

function Lines({
  reading: { figures, details },
  hidden = false,
}: {
  readonly reading: Reading;
  readonly hidden?: boolean;
}) {
  return (
    <div class={hidden ? "chart-lines chart-held" : "chart-lines"}>
      {typeof figures === "string" ? <p class="chart-reason">{figures}</p> : <Figures figures={figures} />}
      <p class="chart-caption">{details.join(" · ")}</p>
    </div>
  );
}

/** Figures with their units: 6 h 52 min. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <p class="chart-figure">
      {figures.map(({ value, unit }, k) => (
        <span key={k}>
          {value}
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
