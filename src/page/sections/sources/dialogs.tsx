import { useState } from "preact/hooks";
import type { ProviderState } from "../../data/state.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { usePage } from "../../parts/page.js";

export interface DisconnectDialogProps {
  /** Days can be deleted of what is disconnected already: then there is no choice. */
  readonly kind: "disconnect" | "delete-days";
  readonly provider: ProviderState;
  onClose(): void;
}

export function DisconnectDialog({ kind, provider, onClose }: DisconnectDialogProps) {
  const { say, data } = usePage();
  const [deletes, choose] = useState(kind === "delete-days");
  const P = provider.name;
  const isDeletion = kind === "delete-days";
  return (
    <Dialog
      title={say(isDeletion ? "deleteDaysTitle" : "disconnectTitle", { P })}
      text={say(isDeletion ? "deleteDaysNote" : "disconnectText", { P })}
      onClose={onClose}
    >
      {!isDeletion && (
        <fieldset class="options">
          <legend class="aside-only">{say("disconnectTitle", { P })}</legend>
          <Option
            name={say("keepDays")}
            note={say("keepDaysNote")}
            isChosen={!deletes}
            onChoose={() => choose(false)}
          />
          <Option
            name={say("deleteDaysToo")}
            note={say("deleteDaysNote", { P })}
            isChosen={deletes}
            onChoose={() => choose(true)}
          />
        </fieldset>
      )}
      <div class="dialog-actions">
        <Button onClick={onClose}>{say("cancel")}</Button>
        <Button
          kind="bad"
          asks
          onClick={() => {
            onClose();
            void data.disconnect(provider.id, deletes);
          }}
        >
          {say(isDeletion ? "deleteDaysNow" : "disconnectNow")}
        </Button>
      </div>
    </Dialog>
  );
}

interface OptionProps {
  readonly name: string;
  readonly note: string;
  readonly isChosen: boolean;
  onChoose(): void;
}

function Option({ name, note, isChosen, onChoose }: OptionProps) {
  return (
    <label class="option">
      <input type="radio" name="days" checked={isChosen} onChange={onChoose} />
      <span>
        <b>{name}</b>
        {note}
      </span>
    </label>
  );
}

export function DeleteEverythingDialog({ onClose }: { onClose(): void }) {
  const { say, data } = usePage();
  const [typed, type] = useState("");
  const word = say("deleteWord");
  const isMeant = typed.trim().toLowerCase() === word;
  return (
    <Dialog title={say("deleteTitle")} text={say("deleteText")} onClose={onClose}>
      <label class="field">
        {say("deleteTypeWord", { word })}
        <input
          autocomplete="off"
          spellcheck={false}
          value={typed}
          onInput={(event) => type(event.currentTarget.value)}
        />
      </label>
      <div class="dialog-actions">
        <Button onClick={onClose}>{say("cancel")}</Button>
        <button
          type="button"
          class="button button-bad"
          aria-disabled={!isMeant || undefined}
          onClick={() => {
            if (!isMeant) return;
            onClose();
            void data.deleteEverything();
          }}
        >
          {say("deleteNow")}
        </button>
      </div>
    </Dialog>
  );
}
