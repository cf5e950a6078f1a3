import { Changing } from "../charts/index.js";

export interface FigureProps {
  readonly value: string;
  readonly unit?: string | undefined;
  /** What it is the figure of: see `Changing`. */
  readonly of: string | undefined;
}

/** One large figure with its unit. */
export function Figure({ value, unit, of }: FigureProps) {
  return (
    <p class="figure">
      <Changing text={value} of={of}>
        {value}
      </Changing>
      {unit !== undefined && <small>{unit}</small>}
    </p>
  );
}

/** 6 h 52 min, in large type. */
export function DurationFigure({ minutes, of }: { readonly minutes: number; readonly of: string | undefined }) {
  const whole = Math.round(minutes);
  return (
    <p class="figure">
      <Changing text={String(whole)} of={of}>
        {Math.floor(whole / 60)}
        <small>h</small> {whole % 60}
        <small>min</small>
      </Changing>
    </p>
  );
}
