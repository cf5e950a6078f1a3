import type { ConnectionWords } from "../../words/connection.js";

/** The state of a connection as a shape: nobody has to tell it by its colour. */
export function StateSign({ sign }: Pick<ConnectionWords, "sign">) {
  return (
    <svg class={`state-sign state-${sign}`} width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      {sign === "triangle" ? (
        <>
          <path class="filled" d="M9 2.5 16.5 15.5h-15z" />
          <path class="cut" d="M9 7v4M9 13v.1" />
        </>
      ) : (
        <circle class={sign === "dot" ? "filled" : "drawn"} cx="9" cy="9" r="6" />
      )}
      {sign === "clock" && <path class="drawn" d="M9 5.8V9l2.2 1.5" />}
      {sign === "struck" && <path class="drawn" d="M5 13 13 5" />}
    </svg>
  );
}
