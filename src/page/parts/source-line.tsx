import { useEffect, useRef } from "preact/hooks";
import { usePage } from "./page.js";

interface OtherSource {
  readonly source: string;
  readonly text: string;
}

export interface SourceLineProps {
  readonly source: string;
  /** The figure that is shown, as it is read. */
  readonly text: string;
  readonly others: readonly OtherSource[];
}

/** Whose figure it is. Where others have one too, it opens them; it closes on Escape and on what is outside. */
export function SourceLine({ source, text, others }: SourceLineProps) {
  const { say, name } = usePage();
  const opened = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const details = opened.current;
      if (!details?.open) return;
      const isKey = event instanceof KeyboardEvent;
      if (isKey ? event.key !== "Escape" : details.contains(event.target as Node)) return;
      details.open = false;
      if (isKey) details.querySelector("summary")?.focus();
    };
    document.addEventListener("pointerdown", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("keydown", close);
    };
  }, []);
  if (others.length === 0) return <p class="source">{name(source)}</p>;
  return (
    <details class="source more" ref={opened}>
      <summary>
        {name(source)} <span class="aside-only">{say("andOthers")}</span>
        <span aria-hidden="true">+{others.length}</span>
      </summary>
      <div class="pop">
        <dl>
          <dt>{say("shown", { source: name(source) })}</dt>
          <dd>{text}</dd>
          {others.map((other) => (
            <>
              <dt>{name(other.source)}</dt>
              <dd>{other.text}</dd>
            </>
          ))}
        </dl>
        <p>{say("othersNote")}</p>
      </div>
    </details>
  );
}
