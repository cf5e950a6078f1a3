import type { ComponentChildren } from "preact";

export interface WholePageProps {
  readonly sign: ComponentChildren;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** A state that takes the whole page: one card, one question. */
export function WholePage({ sign, title, children }: WholePageProps) {
  return (
    <div class="whole">
      <article class="card">
        <span class="whole-sign">{sign}</span>
        <h1>{title}</h1>
        {children}
      </article>
    </div>
  );
}
