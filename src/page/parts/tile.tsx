import type { ComponentChildren } from "preact";
import type { Hue } from "./card.js";
import { Skeleton } from "./skeleton.js";

export interface TileProps {
  readonly title: string;
  readonly hue: Hue;
  readonly isLoading: boolean;
  readonly children: ComponentChildren;
}

/** One figure of today. */
export function Tile({ title, hue, isLoading, children }: TileProps) {
  return (
    <article class="card tile">
      <h2 class={`hue hue-${hue}`}>{title}</h2>
      {isLoading ? (
        <>
          <Skeleton of="figure" />
          <Skeleton of="short" />
          <div class="tile-chart">
            <Skeleton of="spark" />
          </div>
          <p class="source" />
        </>
      ) : (
        children
      )}
    </article>
  );
}
