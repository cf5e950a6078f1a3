import type { ComponentChildren } from "preact";
import { usePage } from "./page.js";

export interface ButtonProps {
  readonly kind?: "first" | "quiet" | "text" | "bad";
  readonly onClick: () => void;
  /** What a screen reader says, where the words alone do not name what it is about. */
  readonly label?: string;
  /** Needs the gateway: while that is out of reach it stays focusable, and says why it does nothing. */
  readonly asks?: boolean;
  readonly children: ComponentChildren;
}

export function Button({ kind = "quiet", onClick, label, asks = false, children }: ButtonProps) {
  const { isReachable } = usePage();
  const isOff = asks && !isReachable;
  return (
    <button
      type="button"
      class={`button button-${kind}`}
      aria-label={label}
      aria-disabled={isOff || undefined}
      aria-describedby={isOff ? "needs-network" : undefined}
      onClick={() => !isOff && onClick()}
    >
      {children}
    </button>
  );
}

export interface ChoiceProps<T extends string | number> {
  readonly label: string;
  readonly options: readonly (readonly [value: T, text: string])[];
  readonly value: T;
  onChoose(value: T): void;
}

/** One of a few, side by side. */
export function Choice<T extends string | number>({ label, options, value, onChoose }: ChoiceProps<T>) {
  return (
    <fieldset class="choice">
      <legend class="aside-only">{label}</legend>
      {options.map(([one, text]) => (
        <button key={one} type="button" aria-pressed={one === value} onClick={() => onChoose(one)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}
