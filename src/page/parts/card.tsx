import type { ComponentChildren } from "preact";

export type Hue = "activity" | "heart" | "sleep" | "body" | "vital" | "plain";

export interface CardProps {
  readonly title: string;
  readonly hue?: Hue;
  /** Columns of twelve, where there is room. */
  readonly span?: 5 | 6 | 7 | 12;
  readonly children: ComponentChildren;
}

export function Card({ title, hue, span = 6, children }: CardProps) {
  return (
    <article class={`card span-${span}`}>
      <h3 class={hue && `hue hue-${hue}`}>{title}</h3>
      {children}
    </article>
  );
}

export interface SectionProps {
  readonly id: string;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** A part of the page that the navigation leads to. */
export function Section({ id, title, children }: SectionProps) {
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`} class="section-title">
        {title}
      </h2>
      {children}
    </section>
  );
}
