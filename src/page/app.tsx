import { useEffect, useMemo, useState } from "preact/hooks";
import type { PageData } from "./data/page-data.js";
import { painted } from "./data/painted.js";
import type { State } from "./data/state.js";
import { type Page, PageContext } from "./parts/page.js";
import { Day } from "./sections/day.js";
import { rememberedSettings, rememberSettings, type Settings } from "./settings/settings.js";
import { SettingsDialog } from "./shell/settings-dialog.js";
import { Shell } from "./shell/shell.js";
import { FirstVisit } from "./states/first-visit.js";
import { Confirm, SignIn, Unreachable } from "./states/whole-states.js";
import { createFormat } from "./strings/format.js";
import { createSay } from "./strings/say.js";

export interface AppProps {
  readonly data: PageData;
  /** The explorer's address, where this gateway has one. */
  readonly explorer: string | null;
  /** Whether a person signs in here, and so may sign out. */
  readonly hasToken: () => boolean;
}

export function App({ data, explorer, hasToken }: AppProps) {
  const state = usePageState(data);
  const [settings, choose] = useSettings(data);
  const [isSetting, openSettings] = useState(false);
  const [said, announce] = useState("");
  const page = usePageOf(data, state, settings, choose, announce);
  const view = viewOf(state);
  const isWhole = useIsWhole();
  useEffect(() => {
    document.documentElement.lang = settings.language;
  }, [settings.language]);
  return (
    <PageContext.Provider value={page}>
      <Shell hasPlaces={view === "day"} isWhole={isWhole} explorer={explorer} onSettings={() => openSettings(true)}>
        {view === "sign-in" ? (
          <SignIn />
        ) : view === "confirm" ? (
          <Confirm slug={state.toConfirm!.slug} />
        ) : view === "unreachable" ? (
          <Unreachable />
        ) : view === "first-visit" ? (
          <FirstVisit />
        ) : (
          <Day explorer={explorer} isWhole={isWhole} />
        )}
      </Shell>
      <p class="aside-only" role="status">
        {said}
      </p>
      {isSetting && <SettingsDialog canSignOut={hasToken()} onClose={() => openSettings(false)} />}
    </PageContext.Provider>
  );
}

type View = "sign-in" | "confirm" | "unreachable" | "first-visit" | "day";

function viewOf({ signIn, toConfirm, person, trouble }: State): View {
  if (signIn !== "not-needed") return "sign-in";
  if (!person) return trouble ? "unreachable" : "day";
  if (toConfirm) return "confirm";
  // A consent that nobody confirmed has brought nothing yet.
  return person.connections.every(({ status }) => status === "AWAITING_CONFIRMATION") ? "first-visit" : "day";
}

/** Whether what lies below today is drawn, too: it comes after the first frame, which would wait for it. */
function useIsWhole(): boolean {
  const [isWhole, set] = useState(false);
  useEffect(() => void painted().then(() => set(true)), []);
  return isWhole;
}

function usePageState(data: PageData): State {
  const [state, set] = useState(data.state);
  useEffect(() => {
    set(data.state);
    return data.listen(() => set(data.state));
  }, [data]);
  return state;
}

function useSettings(data: PageData): [Settings, (change: Partial<Settings>) => void] {
  const [settings, set] = useState(rememberedSettings);
  return [
    settings,
    (change) => {
      const chosen = { ...settings, ...change };
      set(chosen);
      rememberSettings(chosen);
      data.want(chosen);
    },
  ];
}

function usePageOf(
  data: PageData,
  state: State,
  settings: Settings,
  choose: Page["choose"],
  announce: Page["announce"],
): Page {
  const zone = state.today?.profile?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { language, clock } = settings;
  const format = useMemo(() => createFormat({ language, clock }, zone), [language, clock, zone]);
  const say = useMemo(() => createSay(language, (value) => format.number(value)), [language, format]);
  const names = new Map<string, string>(state.providers?.map(({ id, name }) => [id, name]));
  return {
    ...{ state, data, settings, choose, say, format, zone, announce },
    // The gateway's clock and zone decide which day is today; ours stand in until it has answered.
    today: state.today?.activity?.days?.at(-1)?.date ?? format.dateOf(new Date().toISOString()),
    name: (provider) => names.get(provider) ?? say("theSource"),
    isReachable: state.trouble === null || state.trouble.kind === "refused",
  };
}
