import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type Canvas, type Drawing, Plot, useDrawing } from "./plot.js";
import { ReadOut, spokenOf } from "./read-out.js";
import { Table } from "./table.js";
import type { ChartWords, Place, Reading } from "./types.js";

/** What every chart of a card is given. */
export interface CardChart {
  /** The heading of the card, with its element: the card knows the level. */
  readonly title: ComponentChildren;
  /** Further figures, at the right of the heading. */
  readonly aside?: ComponentChildren;
  /** What a screen reader calls the chart. */
  readonly label: string;
  /** What is read while nothing is pointed at. */
  readonly rest: Reading;
  /** Under the drawing, above its legend. */
  readonly below?: ComponentChildren;
  /** Between the legend and the table. */
  readonly foot?: ComponentChildren;
  /** Beside the table: further tables. */
  readonly more?: ComponentChildren;
  /** Headings of the table. Without them there is no table. */
  readonly columns?: readonly string[];
  readonly words: ChartWords;
}

interface FrameProps<S> extends CardChart {
  readonly kind: string;
  readonly places: readonly S[];
  readonly say: (place: S) => Place;
  readonly draw: (canvas: Canvas) => Drawing;
  readonly leap?: number;
  /** Whether the places are those of one day or night. */
  readonly isCourse?: boolean;
  readonly legend?: ComponentChildren;
}

/** A chart with its heading, its read-out, its legend and its table. */
export function Frame<S>(props: FrameProps<S>) {
  const { title, aside, below, label, rest, foot, more, columns, words, kind, places, say, draw, legend } = props;
  const { leap = 7, isCourse = false } = props;
  const [at, point] = useState<number | null>(null);
  const drawn = useDrawing(draw);
  const pointed = at === null ? null : places[Math.min(at, places.length - 1)];
  const reading = pointed == null ? null : say(pointed);
  return (
    <>
      <div class="chart-head">
        <div class="chart-lead">
          {title}
          <ReadOut rest={rest} reading={reading} />
        </div>
        {aside && <div class="chart-aside">{aside}</div>}
      </div>
      <Plot
        kind={kind}
        label={label}
        count={places.length}
        at={at}
        leap={leap}
        spoken={spokenOf(reading ?? rest)}
        onPoint={point}
        drawn={drawn}
      />
      {below}
      <div class="chart-foot">
        {legend}
        {drawn.drawing?.remark && <span class="chart-item">{drawn.drawing.remark}</span>}
        {foot}
        {columns && (
          <Table
            summary={words.asTable}
            label={label}
            columns={columns}
            rows={() => places.map((one) => say(one).cells)}
            isCourse={isCourse}
          />
        )}
        {more}
      </div>
    </>
  );
}

interface AbsentProps {
  /** Names the style of the box, which keeps the height of the chart. */
  readonly kind: string;
  readonly title: ComponentChildren;
  /** What is known all the same. */
  readonly rest?: Reading;
  readonly children: ComponentChildren;
}

/** In place of a chart whose list is null: unknown, so it is hatched. The children say why, and what to do. */
export const Unknown = (props: AbsentProps) => <Absent {...props} form="chart-absent chart-unknown" />;

/** In place of a chart whose list is empty: known to be nothing, so it is blank. The children say of what there is none. */
export const Empty = (props: AbsentProps) => <Absent {...props} form="chart-absent" />;

function Absent({ kind, title, rest, children, form }: AbsentProps & { readonly form: string }) {
  return (
    <>
      <div class="chart-head">
        <div class="chart-lead">
          {title}
          {rest && <ReadOut rest={rest} reading={null} />}
        </div>
      </div>
      <div class={`${form} absent-${kind}`}>
        <div>{children}</div>
      </div>
    </>
  );
}
