import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon, type IconName, Mark } from "../parts/icon.js";
import { usePage } from "../parts/page.js";
import type { Key } from "../strings/say.js";

interface Place {
  readonly id: string;
  readonly icon: IconName;
  readonly key: Extract<Key, "today" | "activity" | "heart" | "sleep" | "body" | "workouts" | "sources">;
  /** Whether the phone's bar has room for it. */
  readonly isInTabs: boolean;
}

const places: readonly Place[] = [
  { id: "today", icon: "today", key: "today", isInTabs: true },
  { id: "activity", icon: "activity", key: "activity", isInTabs: true },
  { id: "heart", icon: "heart", key: "heart", isInTabs: true },
  { id: "sleep", icon: "sleep", key: "sleep", isInTabs: true },
  { id: "body", icon: "body", key: "body", isInTabs: false },
  { id: "workouts", icon: "workouts", key: "workouts", isInTabs: false },
  { id: "sources", icon: "sources", key: "sources", isInTabs: true },
];

export interface ShellProps {
  /** Whether there are sections to go to. */
  readonly hasPlaces: boolean;
  /** Whether all of them are there. */
  readonly isWhole: boolean;
  /** The explorer's address, where this gateway has one. */
  readonly explorer: string | null;
  onSettings(): void;
  readonly children: ComponentChildren;
}

/** What stands around the page: the rail on a wide screen, a bar at the top and one at the foot on a narrow one. */
export function Shell({ hasPlaces, isWhole, explorer, onSettings, children }: ShellProps) {
  const { say, state } = usePage();
  const here = usePlace(hasPlaces && isWhole);
  const isSandbox = state.providers?.some(({ status }) => status === "SANDBOX");
  const name = state.person?.id;
  return (
    <>
      <a class="skip" href="#main">
        {say("skip")}
      </a>
      <header class="top">
        <Brand />
        <div>
          {hasPlaces && <LiveSign />}
          <button type="button" class="icon-button" aria-label={say("settings")} onClick={onSettings}>
            <Icon name="settings" />
          </button>
        </div>
      </header>
      <div class="shell">
        <div class="rail">
          <Brand />
          <p class="who">{name && (isSandbox ? say("inSandbox", { name }) : name)}</p>
          {hasPlaces && (
            <nav class="places" aria-label={say("places")}>
              {places.map((place) => (
                <a key={place.id} href={`#${place.id}`} aria-current={here === place.id ? "true" : undefined}>
                  <Icon name={place.icon} />
                  {say(place.key)}
                </a>
              ))}
            </nav>
          )}
          <div class="rail-end">
            {hasPlaces && <LiveSign />}
            <button type="button" onClick={onSettings}>
              <Icon name="settings" />
              {say("settings")}
            </button>
            {explorer !== null && (
              <a href={explorer}>
                <Icon name="code" />
                {say("explorer")}
              </a>
            )}
          </div>
        </div>
        <main id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
      {hasPlaces && (
        <nav class="tabs" aria-label={say("places")}>
          {places
            .filter(({ isInTabs }) => isInTabs)
            .map((place) => (
              <a key={place.id} href={`#${place.id}`} aria-current={here === place.id ? "true" : undefined}>
                <Icon name={place.icon} />
                {say(place.key)}
              </a>
            ))}
        </nav>
      )}
    </>
  );
}

function Brand() {
  const { say } = usePage();
  return (
    <a class="brand" href="#today">
      <Mark />
      {say("appName")}
    </a>
  );
}

function LiveSign() {
  const { say, state, format } = usePage();
  const since = state.loadedAt === null ? null : format.time(new Date(state.loadedAt).toISOString());
  const word =
    state.loadedAt === null
      ? say("loading")
      : state.trouble?.kind === "offline"
        ? say("offlineSince", { time: since! })
        : say(state.isLive ? "live" : "notLive");
  return (
    <p class={`live ${state.isLive && state.trouble === null ? "is-live" : ""}`}>
      <i aria-hidden="true" />
      {word}
    </p>
  );
}

/** The section that is being looked at. */
function usePlace(hasPlaces: boolean): string {
  const [here, setHere] = useState("today");
  useEffect(() => {
    if (!hasPlaces) return;
    const seen = new IntersectionObserver(
      (entries) => {
        const entered = entries.find(({ isIntersecting }) => isIntersecting);
        if (entered) setHere(entered.target.id);
      },
      { rootMargin: "-20% 0px -70% 0px" },
    );
    for (const { id } of places) {
      const section = document.getElementById(id);
      if (section) seen.observe(section);
    }
    return () => seen.disconnect();
  }, [hasPlaces]);
  return here;
}
