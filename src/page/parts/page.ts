import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { PageData } from "../data/page-data.js";
import type { State } from "../data/state.js";
import type { Settings } from "../settings/settings.js";
import type { Format } from "../strings/format.js";
import type { Say } from "../strings/say.js";

/** What every part of the page may need. */
export interface Page {
  readonly state: State;
  readonly data: PageData;
  readonly settings: Settings;
  choose(change: Partial<Settings>): void;
  readonly say: Say;
  readonly format: Format;
  /** Today in the person's own zone. */
  readonly today: string;
  readonly zone: string;
  /** A provider's name for people. */
  name(provider: string): string;
  /** Whether what needs the gateway can be done now. */
  readonly isReachable: boolean;
  /** Says something to a screen reader, politely. */
  announce(text: string): void;
}

/**
 * What a figure is of, and how it is written: where neither changes and the figure does, it is marked. Undefined while what
 * was stored is shown: what the providers say in its place has not changed before anybody's eyes.
 */
export function figureOf({ settings, today, state }: Page, ...what: readonly (string | number)[]): string | undefined {
  if (state.loadedAt === null) return undefined;
  const { language, clock } = settings;
  return [language, clock, today, state.todayUnits, state.trendUnits, state.trendDays, ...what].join(" ");
}

export const PageContext = createContext<Page | null>(null);

export const usePage = (): Page => useContext(PageContext)!;
