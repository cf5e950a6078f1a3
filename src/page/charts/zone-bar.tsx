import { useState } from "preact/hooks";
import { round } from "./days.js";
import { zoneHues } from "./hues.js";
import { type Canvas, type Drawing, Plot, useDrawing } from "./plot.js";
import { BETWEEN, InPlace, spokenOf } from "./read-out.js";
import type { Reading, Zone } from "./types.js";

export interface ZoneBarProps {
  /** What a screen reader calls it. */
  readonly label: string;
  /** Lowest first. Time below all zones is not drawn. */
  readonly zones: readonly Zone[];
  /** The line above the bar while nothing is pointed at. Without words it takes no room: a zone is told at its right. */
  readonly rest: Reading;
  readonly say: (zone: Zone) => Reading;
  /** A thin bar for a list, or one that stands by itself. */
  readonly size: "thin" | "thick";
}

/** Minutes in the heart zones, side by side. Without any minutes there is no bar. */
export function ZoneBar({ label, zones, rest, say, size }: ZoneBarProps) {
  const [at, point] = useState<number | null>(null);
  const shown = zones.filter(({ kind, minutes }) => kind !== "BELOW_ZONES" && (minutes ?? 0) > 0);
  const drawn = useDrawing((canvas) => drawZones(canvas, shown, size === "thin" ? 6 : 12));
  const zone = at === null ? undefined : shown[Math.min(at, shown.length - 1)];
  const reading = zone ? say(zone) : rest;
  const isQuiet = rest.figures.length === 0 && rest.details.length === 0;
  return (
    <div class={isQuiet ? "chart-zones chart-quiet" : "chart-zones"}>
      <InPlace rest={lineOf(rest)} pointed={zone && lineOf(reading)} />
      {shown.length > 0 && (
        <Plot
          kind="zone-bar"
          label={label}
          count={shown.length}
          at={at}
          leap={shown.length}
          // At rest, and without words for it, all there is.
          spoken={!zone && isQuiet ? shown.map((one) => spokenOf(say(one))).join("; ") : spokenOf(reading)}
          onPoint={point}
          drawn={drawn}
        />
      )}
    </div>
  );
}

/** A reading in one line of small type. */
function lineOf({ figures, details }: Reading) {
  const said =
    typeof figures === "string"
      ? figures
      : figures.map(({ value, unit }) => (unit ? `${value}\u202f${unit}` : value)).join(" ");
  return <p class="chart-caption">{[said, ...details].filter(Boolean).join(BETWEEN)}</p>;
}

function drawZones({ width, height }: Canvas, zones: readonly Zone[], thick: number): Drawing {
  const total = zones.reduce((sum, { minutes }) => sum + minutes!, 0);
  const gap = 2;
  const room = width - gap * (zones.length - 1);
  let left = 0;
  const spans = zones.map(({ minutes }) => {
    const from = left;
    const to = from + (room * minutes!) / total;
    left = to + gap;
    return [from, to] as const;
  });
  const top = (height - thick) / 2;
  const marks = zones.map(({ kind }, k) => {
    const [from, to] = spans[k]!;
    const start = k === 0 ? thick / 2 : 0;
    const end = k === zones.length - 1 ? thick / 2 : 0;
    return <path key={kind} class={`fill-${zoneHues[kind]}`} d={barPath(from, to, top, thick, start, end)} />;
  });
  return { marks, spans, cursor: { top: top - 4, bottom: top + thick + 4, form: "line" } };
}

/** A lying bar, round at the ends of the whole. */
function barPath(from: number, to: number, top: number, thick: number, start: number, end: number): string {
  const [left, right] = [Math.min(start, to - from), Math.min(end, to - from)].map(round) as [number, number];
  return [
    `M${round(from + left)} ${top}H${round(to - right)}`,
    `q${right} 0 ${right} ${right}V${round(top + thick - right)}q0 ${right} ${-right} ${right}`,
    `H${round(from + left)}q${-left} 0 ${-left} ${-left}V${round(top + left)}q0 ${-left} ${left} ${-left}z`,
  ].join("");
}
