import { useEffect, useState } from "preact/hooks";
import { dayAfter } from "../words/moments.js";
import { Icon } from "./icon.js";
import { usePage } from "./page.js";

/** A day that somebody chose, and what is known of it. */
export interface ChosenDay<T> {
  readonly date: string;
  /** Null where it is the last day, which the page has anyway, and where nobody answered. */
  readonly answer: T | null;
  readonly isLoading: boolean;
  choose(date: string): void;
}

/** One day at a time: each is asked for when it is looked at, and kept while the page is open. */
export function useDayOf<T>(last: string, ask: (date: string) => Promise<T | null>): ChosenDay<T> {
  const [date, choose] = useState(last);
  const [answers, keep] = useState<ReadonlyMap<string, T | null>>(new Map());
  useEffect(() => {
    if (date === last || answers.has(date)) return;
    let isWanted = true;
    ask(date)
      .catch(() => null)
      .then((answer) => isWanted && keep((before) => new Map(before).set(date, answer)));
    return () => {
      isWanted = false;
    };
  }, [date, last]);
  return { date, answer: answers.get(date) ?? null, isLoading: date !== last && !answers.has(date), choose };
}

export interface DayArrowsProps {
  readonly chosen: Pick<ChosenDay<unknown>, "date" | "choose">;
  readonly last: string;
}

export function DayArrows({ chosen: { date, choose }, last }: DayArrowsProps) {
  const { say, isReachable } = usePage();
  const isLast = date === last;
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label={say("previousDay")}
        aria-disabled={!isReachable || undefined}
        onClick={() => isReachable && choose(dayAfter(date, -1))}
      >
        <Icon name="left" />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={say("nextDay")}
        aria-disabled={isLast || undefined}
        onClick={() => !isLast && choose(dayAfter(date, 1))}
      >
        <Icon name="right" />
      </button>
    </>
  );
}
