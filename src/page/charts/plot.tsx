import type { ComponentChildren, TargetedKeyboardEvent, TargetedPointerEvent } from "preact";
import { useId, useMemo, useRef } from "preact/hooks";
import { moved, nearest } from "./pointing.js";
import type { Span } from "./scale.js";
import { Hatch } from "./signs.js";
import { useSize } from "./size.js";

/** What there is to draw on. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** The fill of whatever is unknown. */
  readonly hatch: string;
}

/** A drawing, and where its places are, so that they can be pointed at. */
export interface Drawing {
  readonly marks: ComponentChildren;
  /** From and to of each place, in pixels from the left. */
  readonly spans: readonly Span[];
  /** The cursor's upper and lower end. A line by itself; over bars, the whole column. */
  readonly cursor: { readonly top: number; readonly bottom: number; readonly form: "line" | "column" };
  /** Points of the drawing that the cursor marks, by place. */
  readonly dots?: ReadonlyArray<readonly { readonly y: number; readonly hue: string }[]>;
  /** What the drawing has no room for, to be said under it. */
  readonly remark?: string;
}

/** A drawing of the size that its box has. Null until the box is laid out. */
export function useDrawing(draw: (canvas: Canvas) => Drawing) {
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const id = useId();
  const drawing = useMemo(
    () => (width > 0 && height > 0 ? draw({ width, height, hatch: `url(#${id})` }) : null),
    [draw, width, height, id],
  );
  return { box, drawing, width, height, id };
}

interface PlotProps {
  /** Names the style of the box, which fixes its height. */
  readonly kind: string;
  /** What a screen reader calls it. */
  readonly label: string;
  /** The number of places. */
  readonly count: number;
  /** The place that is pointed at; null at rest. */
  readonly at: number | null;
  /** How far Page Up and Page Down go. */
  readonly leap: number;
  /** What is said of the place, or at rest. */
  readonly spoken: string;
  readonly onPoint: (at: number | null) => void;
  readonly drawn: ReturnType<typeof useDrawing>;
}

/**
 * A drawing in pixels of its own width that can be pointed at: by mouse and finger, and by keyboard as one slider. The
 * drawing itself is hidden from screen readers; the slider's value and the table say the same.
 */
export function Plot({ kind, label, count, at, leap, spoken, onPoint, drawn }: PlotProps) {
  const { box, drawing, width, height, id } = drawn;
  const last = count - 1;
  const place = at === null ? null : Math.min(at, last);

  const point = (event: TargetedPointerEvent<HTMLElement>) => {
    if (!drawing) return;
    onPoint(nearest(drawing.spans, event.clientX - event.currentTarget.getBoundingClientRect().left));
  };
  const press = (event: TargetedKeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const to = moved(event.key, place, last, leap);
    if (to === undefined) return;
    event.preventDefault();
    onPoint(to);
  };

  return (
    <div
      ref={box}
      class={`chart-plot chart-${kind}`}
      role="slider"
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={place ?? last}
      aria-valuetext={spoken}
      onPointerDown={point}
      onPointerMove={point}
      // A finger that is lifted leaves, too: what it showed stays until something else is touched.
      onPointerLeave={(event) => event.pointerType === "mouse" && onPoint(null)}
      onPointerCancel={() => onPoint(null)}
      onFocus={(event) => event.currentTarget.matches(":focus-visible") && onPoint(place ?? last)}
      onBlur={() => onPoint(null)}
      onKeyDown={press}
    >
      {drawing && (
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          <Hatch id={id} />
          {place !== null && drawing.cursor.form === "column" && <Cursor drawing={drawing} at={place} />}
          {drawing.marks}
          {place !== null && drawing.cursor.form === "line" && <Cursor drawing={drawing} at={place} />}
        </svg>
      )}
    </div>
  );
}

function Cursor({ drawing: { spans, cursor, dots }, at }: { readonly drawing: Drawing; readonly at: number }) {
  const [from, to] = spans[at] ?? [0, 0];
  const { top, bottom, form } = cursor;
  if (form === "column") {
    return (
      <rect
        class="chart-column"
        x={from}
        y={top}
        width={to - from}
        height={bottom - top}
        rx={Math.min(4, (to - from) / 3)}
      />
    );
  }
  const x = (from + to) / 2;
  return (
    <g>
      <path class="chart-cursor" d={`M${x} ${top}V${bottom}`} />
      {dots?.[at]?.map(({ y, hue }) => (
        <circle key={hue} class={`chart-dot fill-${hue}`} cx={x} cy={y} r="4.5" />
      ))}
    </g>
  );
}

/** A drawing that nothing points at, beside words that say the same: hidden from screen readers. */
export function Still({ kind, draw }: { readonly kind: string; readonly draw: (canvas: Canvas) => ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const id = useId();
  return (
    <div ref={box} class={`chart-${kind}`} aria-hidden="true">
      {width > 0 && height > 0 && (
        <svg width={width} height={height} aria-hidden="true">
          <Hatch id={id} />
          {draw({ width, height, hatch: `url(#${id})` })}
        </svg>
      )}
    </div>
  );
}
