import type { Band } from "../charts/index.js";
import type { FiguresFragment } from "../generated/operations.js";
import type { Page } from "../parts/page.js";

type Telling = Pick<Page, "say" | "today">;

/** Below this many days nothing is usual. */
const FEWEST_DAYS = 5;

/** The range's median where enough days count. */
export const usualOf = (figures: FiguresFragment | undefined): number | null =>
  figures && figures.days >= FEWEST_DAYS ? figures.median : null;

/** Mean ± one standard deviation, where enough days count. */
export function bandOf(figures: FiguresFragment | undefined): Band | null {
  if (!figures || figures.days < FEWEST_DAYS) return null;
  const { mean, standardDeviation } = figures;
  return mean === null || standardDeviation === null ? null : { mean, deviation: standardDeviation };
}

/** "4 not worn, 1 without a figure, today"; null where every day counts. */
export function leftOut({ say, today }: Telling, figures: FiguresFragment): string | null {
  const days = figures.excluded.filter(({ date }) => date !== today);
  const count = (reason: FiguresFragment["excluded"][number]["reason"]) =>
    days.filter((one) => one.reason === reason).length;
  const [notWorn, notComplete, missing] = [count("NOT_WORN"), count("NOT_COMPLETE"), count("MISSING")];
  const parts = [
    notWorn > 0 && say("leftOutNotWorn", { n: notWorn }),
    missing > 0 && say("leftOutUnknown", { n: missing }),
    notComplete > 0 && say("leftOutNotComplete", { n: notComplete }),
    figures.excluded.length > days.length && say("todayInside"),
  ].filter((part) => part !== false);
  return parts.length === 0 ? null : say("leftOut", { list: parts.join(", ") });
}
