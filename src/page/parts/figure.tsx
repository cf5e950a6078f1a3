import type { ComponentChildren } from "preact";

export interface FigureProps {
  readonly value: ComponentChildren;
  readonly unit?: string;
}

/** One large figure with its unit. */
export function Figure({ value, unit }: FigureProps) {
  return (
    <p class="figure">
      {value}
      {unit !== undefined && <small>{unit}</small>}
    </p>
  );
}

/** 6 h 52 min, in large type. */
export function DurationFigure({ minutes }: { readonly minutes: number }) {
  const whole = Math.round(minutes);
  return (
    <p class="figure">
      {Math.floor(whole / 60)}
      <small>h</small> {whole % 60}
      <small>min</small>
    </p>
  );
}
