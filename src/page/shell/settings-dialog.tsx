import { Button, Choice } from "../parts/button.js";
import { Dialog } from "../parts/dialog.js";
import { usePage } from "../parts/page.js";

export interface SettingsDialogProps {
  readonly canSignOut: boolean;
  onClose(): void;
}

export function SettingsDialog({ canSignOut, onClose }: SettingsDialogProps) {
  const { say, settings, choose, data } = usePage();
  return (
    <Dialog title={say("settings")} text={say("settingsNote")} onClose={onClose}>
      <div class="settings">
        <span>{say("units")}</span>
        <Choice
          label={say("units")}
          options={[
            ["metric", say("metric")],
            ["us", say("us")],
          ]}
          value={settings.units}
          onChoose={(units) => choose({ units })}
        />
        <span>{say("clock")}</span>
        <Choice
          label={say("clock")}
          options={[
            ["24", say("clock24")],
            ["12", say("clock12")],
          ]}
          value={settings.clock}
          onChoose={(clock) => choose({ clock })}
        />
        <span>{say("language")}</span>
        <Choice
          label={say("language")}
          options={[
            ["en", say("english")],
            ["de", say("german")],
          ]}
          value={settings.language}
          onChoose={(language) => choose({ language })}
        />
      </div>
      <div class="dialog-actions">
        {canSignOut && (
          <Button
            kind="text"
            onClick={() => {
              onClose();
              data.signOut();
            }}
          >
            {say("signOut")}
          </Button>
        )}
        <Button kind="first" onClick={onClose}>
          {say("done")}
        </Button>
      </div>
    </Dialog>
  );
}
