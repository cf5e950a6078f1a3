import type { ChartWords, SourceRun } from "../charts/index.js";
import type { Page } from "../parts/page.js";
import { type Gap, gapWords } from "./gaps.js";

/** The words that every drawing holds. */
export function chartWords(page: Page): ChartWords {
  const { say, format, name } = page;
  const gap = (of: Gap) => gapWords(page, of, null);
  return {
    number: (value) => format.number(value, Number.isInteger(value) ? 0 : 1),
    day: format.day,
    hour: format.hour,
    source: name,
    sourceRuns: (runs) => runs.map((run, k) => runWords(page, run, k, runs.length)).join(", "),
    sign: (of, days) => say("gapDays", { gap: gap(of), n: days }),
    outOfReach: (source) => gapWords(page, "OUT_OF_REACH", source),
    today: say("todaySoFar"),
    notFinal: (n) => say("notFinalDays", { n }),
    asTable: say("asTable"),
  };
}

/** "A until 2 Nov, B since" */
function runWords({ say, format, name }: Page, { source, from, to }: SourceRun, at: number, count: number): string {
  if (count === 1) return name(source);
  if (at === 0) return say("sourceUntil", { source: name(source), day: format.day(to) });
  if (at === count - 1) return say("sourceSince", { source: name(source) });
  return say("sourceFromTo", { source: name(source), from: format.day(from), to: format.day(to) });
}
