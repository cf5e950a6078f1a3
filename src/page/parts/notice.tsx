import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.js";

export interface NoticeProps {
  readonly kind: "info" | "done" | "warn" | "bad";
  readonly icon: IconName;
  readonly title: string;
  readonly text?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** The one thing above the day. Refusals are told at once; the rest waits for its turn. */
export function Notice({ kind, icon, title, text, actions, children }: NoticeProps) {
  return (
    <div class={`notice notice-${kind}`} role={kind === "bad" ? "alert" : "status"}>
      <Icon name={icon} />
      <div>
        <p>
          <b>{title}</b> {text}
        </p>
        {children}
      </div>
      {actions && <div class="notice-actions">{actions}</div>}
    </div>
  );
}
