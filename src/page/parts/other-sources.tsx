import { useEffect, useState } from "preact/hooks";
import { Table } from "../charts/index.js";
import { daysUntil } from "../words/moments.js";
import { type Page, usePage } from "./page.js";

/** One source's figure of a day, as it is read. */
export interface Told {
  readonly date: string;
  readonly source: string;
  readonly text: string;
}

/** What all sources say, once somebody wants to know. */
export interface Others<T = Told> {
  /** Null until they have been asked, and where they could not be. */
  readonly told: readonly T[] | null;
  readonly isAsking: boolean;
  open(isOpen: boolean): void;
}

/**
 * Asks all sources while the table is open: again where the range has changed, and whenever the chart's own days have.
 * `ask` answers null where nobody could.
 */
export function useOthers<T>({ state }: Page, ask: (days: number) => Promise<readonly T[] | null>): Others<T> {
  const [isOpen, open] = useState(false);
  const [told, tell] = useState<readonly T[] | null>(null);
  const [isAsking, setAsking] = useState(false);
  const { trends, trendDays } = state;
  useEffect(() => {
    if (!isOpen) return;
    let isWanted = true;
    setAsking(true);
    void ask(trendDays)
      .catch(() => null)
      .then((answer) => {
        if (!isWanted) return;
        tell(answer);
        setAsking(false);
      });
    return () => {
      isWanted = false;
    };
  }, [isOpen, trends, trendDays]);
  return { told, isAsking, open };
}

/** A name and "8,340" for each source of a day but the one that is shown. */
export const othersOf = ({ name }: Page, { told }: Pick<Others, "told">, date: string, shown: string): string[] =>
  (told ?? []).flatMap((one) => (one.date === date && one.source !== shown ? [`${name(one.source)} ${one.text}`] : []));

export interface OtherSourcesProps {
  /** What a screen reader calls the table. */
  readonly label: string;
  readonly others: Others;
}

/** A column for each source and a row for each day; a figure is never reckoned from two of them. */
export function OtherSources({ label, others: { told, isAsking, open } }: OtherSourcesProps) {
  const page = usePage();
  const { say, name, format, state, today } = page;
  const sources = inPriority(page, told ?? []);
  const rows = () =>
    daysUntil(today, state.trendDays).map((date) => [
      format.weekday(date),
      ...sources.map((source) => told?.find((one) => one.date === date && one.source === source)?.text ?? "–"),
    ]);
  return (
    <Table
      summary={say("otherSources")}
      label={`${label}, ${say("otherSources")}`}
      columns={[say("day"), ...sources.map(name)]}
      rows={rows}
      onOpen={open}
      note={told ? undefined : say(isAsking ? "askingSources" : "notAnswered")}
    />
  );
}

/** The sources that told something, the preferred one first. */
export function inPriority({ state }: Page, told: readonly Pick<Told, "source">[]): readonly string[] {
  const priority = state.person?.sourcePriority ?? [];
  const rank = (source: string) => priority.indexOf(source as never);
  return [...new Set(told.map(({ source }) => source))].toSorted((one, other) => rank(one) - rank(other));
}
