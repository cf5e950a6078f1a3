import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ProviderId } from "../../generated/operations.js";
import { Card } from "../../parts/card.js";
import { Icon } from "../../parts/icon.js";
import { usePage } from "../../parts/page.js";

/** The order of sources: by two buttons in each row, or by dragging. */
export function Order() {
  const { say, state, data, name, isReachable, announce } = usePage();
  const list = useRef<HTMLOListElement>(null);
  const [dragged, drag] = useState<ProviderId | null>(null);
  const focused = useRef<string | null>(null);
  const priority = state.person?.sourcePriority ?? [];
  const connected = new Set(state.person?.connections.map((one) => one.provider.id));
  const shown = priority.filter((id) => connected.has(id));

  // The moved row keeps the focus; its button may be at its end, then the other one has it.
  useLayoutEffect(() => {
    const wanted = focused.current;
    if (wanted === null) return;
    focused.current = null;
    const row = list.current?.querySelector(`[data-provider="${wanted.split(" ")[0]}"]`);
    const buttons = [...(row?.querySelectorAll("button") ?? [])];
    const usable = buttons.filter((one) => one.getAttribute("aria-disabled") === null);
    (usable.find((one) => one.dataset["step"] === wanted.split(" ")[1]) ?? usable[0])?.focus();
  }, [shown.join()]);

  function move(id: ProviderId, to: number, step?: "up" | "down"): void {
    const from = shown.indexOf(id);
    if (!isReachable || to < 0 || to >= shown.length || to === from) return;
    const order = shown.toSpliced(from, 1).toSpliced(to, 0, id);
    if (step) focused.current = `${id} ${step}`;
    announce(say("nowAt", { P: name(id), n: to + 1, all: order.length }));
    void data.prefer([...order, ...priority.filter((one) => !connected.has(one))]);
  }

  return (
    <Card title={say("whichWins")} span={12}>
      <p class="caption">{say(shown.length > 1 ? "whichWinsNote" : "whichWinsOne")}</p>
      {shown.length > 1 && (
        <ol class="order" ref={list}>
          {shown.map((id, at) => (
            <li
              key={id}
              data-provider={id}
              class={dragged === id ? "is-dragged" : undefined}
              draggable={isReachable}
              onDragStart={(event) => {
                event.dataTransfer?.setData("text/plain", id);
                drag(id);
              }}
              onDragEnd={() => drag(null)}
              onDragOver={(event) => event.preventDefault()}
              onDrop={(event) => {
                event.preventDefault();
                if (dragged !== null) move(dragged, at);
                drag(null);
              }}
            >
              <span class="grip">
                <Icon name="grip" />
              </span>
              <span class="place">{at + 1}</span>
              <b>{name(id)}</b>
              <span>
                <Step id={id} step="up" isEnd={at === 0} onStep={() => move(id, at - 1, "up")} />
                <Step id={id} step="down" isEnd={at === shown.length - 1} onStep={() => move(id, at + 1, "down")} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

interface StepProps {
  readonly id: ProviderId;
  readonly step: "up" | "down";
  readonly isEnd: boolean;
  onStep(): void;
}

function Step({ id, step, isEnd, onStep }: StepProps) {
  const { say, name, isReachable } = usePage();
  return (
    <button
      type="button"
      class="icon-button"
      data-step={step}
      aria-label={say(step === "up" ? "moveUp" : "moveDown", { P: name(id) })}
      aria-disabled={isEnd || !isReachable || undefined}
      onClick={onStep}
    >
      <Icon name={step} />
    </button>
  );
}
