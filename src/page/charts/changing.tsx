import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

interface ChangingProps {
  /** The figure as it is read. */
  readonly text: string;
  /** What it is the figure of, in which words: only while this stays can the figure itself change. Left out: never. */
  readonly of: string | undefined;
  readonly children: ComponentChildren;
}

/** A figure that is underlined for a moment when it has changed before the reader's eyes. */
export function Changing({ text, of, children }: ChangingProps) {
  const known = useRef({ text, of, times: 0 });
  if (known.current.of !== of) known.current = { text, of, times: 0 };
  else if (known.current.text !== text) known.current = { text, of, times: known.current.times + 1 };
  const { times } = known.current;
  // Another element for each change, so that each is underlined anew.
  return (
    <span key={times} class={of !== undefined && times > 0 ? "is-changed" : undefined}>
      {children}
    </span>
  );
}
