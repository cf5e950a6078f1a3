import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Page, PageContext, usePage } from "../parts/page.js";
import { TopNotice } from "../states/top-notice.js";
import { moment } from "../words/moments.js";
import { isBehind } from "../words/sources.js";
import { Activity } from "./activity.js";
import { Answered } from "./answered.js";
import { Body } from "./body.js";
import { Heart } from "./heart.js";
import { RangeBar } from "./range-bar.js";
import { Sleep } from "./sleep.js";
import { Sources } from "./sources/sources.js";
import { Today } from "./today.js";
import { Workouts } from "./workouts.js";

/** Who listens hears of new data no more often. */
const A_MINUTE_MS = 60_000;

export interface DayProps {
  /** The explorer's address, where this gateway has one. */
  readonly explorer: string | null;
  /** Whether what lies below today is drawn. */
  readonly isWhole: boolean;
}

/** The person's day first, then trends, then sources, then how it was answered. */
export function Day({ explorer, isWhole }: DayProps) {
  const page = usePage();
  const { say, format, today, zone, state, announce } = page;
  const heardAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (state.newDataAt === null || Date.now() - heardAt.current < A_MINUTE_MS) return;
    heardAt.current = Date.now();
    announce(say("newDataCame"));
  }, [state.newDataAt]);
  // The browser looked for the place before there was one.
  useEffect(() => {
    if (isWhole && location.hash !== "") document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [isWhole]);
  return (
    <>
      <TopNotice />
      <header class="hello">
        <h1 id="page-title">{format.fullDay(today)}</h1>
        <StateLine page={page} />
      </header>
      <Sections isWhole={isWhole} />
      {isWhole && <Answered explorer={explorer} />}
      {isWhole && (
        <footer class="colophon">
          <span>{say("zoneNote", { zone: zone.replaceAll("_", " ") })}</span>
          {explorer !== null && (
            <a class="narrow-only" href={explorer}>
              {say("explorer")}
            </a>
          )}
          <span>{say("notMedical")}</span>
        </footer>
      )}
    </>
  );
}

/** How long nothing is said of who is being asked: most answers are there before. */
const QUIET_MS = 1_000;

/**
 * What is drawn of the days and the sources. It is drawn again where those change, not with each word about the line to the
 * gateway.
 */
function Sections({ isWhole }: Pick<DayProps, "isWhole">) {
  const page = usePage();
  const { state, settings, say, format, today, zone, isReachable } = page;
  const { providers, person, trends, trendDays } = state;
  const kept = useMemo(
    () => page,
    [providers, person, state.today, trends, trendDays, settings, say, format, today, zone, isReachable],
  );
  const sections = useMemo(
    () => (
      <>
        <Today />
        {isWhole && (
          <>
            <RangeBar />
            <Activity />
            <Heart />
            <Sleep />
            <Body />
            <Workouts />
            <Sources />
          </>
        )}
      </>
    ),
    [isWhole],
  );
  return <PageContext.Provider value={kept}>{sections}</PageContext.Provider>;
}

/** Below the date: who is being asked, who is behind, or when data last came. */
function StateLine({ page }: { readonly page: Page }) {
  const { say, state, format, name } = page;
  const isSlow = useIsSlow(state.isRenewing);
  const loadedAt = state.loadedAt === null ? null : format.time(new Date(state.loadedAt).toISOString());
  const asked = state.person?.connections.filter(({ status }) => status === "CONNECTED") ?? [];
  const behind = behindOf(page);
  const line = () => {
    if (isSlow && asked.length > 0)
      return say("asking", { names: asked.map(({ provider }) => name(provider.id)).join(", ") });
    if (loadedAt === null) return "";
    if (state.newDataAt !== null && state.trouble === null)
      return say("newDataAt", { time: moment(page, state.newDataAt) });
    return say("loadedAt", { time: loadedAt });
  };
  if (behind === 0 || isSlow || state.trouble) return <p class="state-line">{line()}</p>;
  return (
    <p class="state-line">
      {behind === 1 ? say("behindOne", { all: asked.length }) : say("behind", { behind, all: asked.length })}{" "}
      <a href="#sources">{say("seeWhy")}</a>
    </p>
  );
}

/** How many sources are behind with what is on the page. */
function behindOf({ state: { today, trends } }: Page): number {
  const histories = [today?.activity, today?.heart, today?.sleep, trends?.body, trends?.vitals, trends?.workouts];
  const sources = histories.flatMap((history) => history?.sources ?? []).filter(isBehind);
  return new Set(sources.map(({ provider }) => provider)).size;
}

function useIsSlow(isRenewing: boolean): boolean {
  const [isSlow, set] = useState(false);
  useEffect(() => {
    if (!isRenewing) return set(false);
    const waiting = setTimeout(() => set(true), QUIET_MS);
    return () => clearTimeout(waiting);
  }, [isRenewing]);
  return isSlow;
}
