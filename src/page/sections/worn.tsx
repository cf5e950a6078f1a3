import { WornStrip } from "../charts/index.js";
import type { ActivityToday, HeartDay } from "../data/state.js";
import { Figure } from "../parts/figure.js";
import { figureOf, usePage } from "../parts/page.js";
import { SourceLine } from "../parts/source-line.js";
import { Tile } from "../parts/tile.js";
import { chartWords } from "../words/chart-words.js";

/** Whether the device was on the body today, as far as its maker tells, and when it saw the heart. */
export function Worn({ day }: { readonly day: ActivityToday | undefined }) {
  const page = usePage();
  const { say, format, state, today } = page;
  const off = day?.nonWearMinutes ?? null;
  const heart = state.today?.heart?.days?.find(({ date }) => date === today);
  const spans = heart ? spansOf(heart) : [];
  const last = spans.at(-1)?.to;
  const note =
    off !== null && off > 0
      ? say("offMinutes", { duration: format.duration(off) })
      : last !== undefined
        ? say("heartSeen", { time: format.clock(last) })
        : day?.worn == null
          ? say("wornUnknownNote")
          : "";
  return (
    <Tile title={say("wornToday")} hue="vital" isLoading={!state.today}>
      <Figure
        value={day?.worn === true ? say("worn") : day?.worn === false ? say("gapNotWorn") : "–"}
        of={figureOf(page, "worn")}
      />
      <p class="caption">{note}</p>
      <div class="tile-chart">{spans.length > 0 && <WornStrip spans={spans} words={chartWords(page)} />}</div>
      {day && <SourceLine source={day.source} text="" others={[]} />}
    </Tile>
  );
}

/** A pause that is longer is a time of its own; a shorter one is how the device samples. */
const LONGEST_PAUSE_MINUTES = 15;

/** Stretches of the day with a heart rate, and the holes between them. */
function spansOf({ samples }: HeartDay) {
  const minutes = samples?.offsets.map((seconds) => seconds / 60) ?? [];
  const seen: { from: number; to: number }[] = [];
  for (const minute of minutes) {
    const open = seen.at(-1);
    if (open && minute - open.to <= LONGEST_PAUSE_MINUTES) open.to = minute;
    else seen.push({ from: minute, to: minute });
  }
  return seen.flatMap((span, k) => {
    const before = seen[k - 1];
    const worn = { ...span, worn: true };
    return before ? [{ from: before.to, to: span.from, worn: false }, worn] : [worn];
  });
}
