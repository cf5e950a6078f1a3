import { Bedtimes as BedtimesChart, type BedtimesNight } from "../charts/index.js";
import type { Trends } from "../data/state.js";
import { ChartCard } from "../parts/chart-card.js";
import { type Page, usePage } from "../parts/page.js";
import { chartWords } from "../words/chart-words.js";
import { type Gap, gapWords } from "../words/gaps.js";
import { dayBefore, daysUntil } from "../words/moments.js";
import { mainOf, minutesOfDay } from "./nights.js";
import { grouped } from "./shared.js";

type History = NonNullable<Trends["sleep"]>;
type Session = NonNullable<History["sessions"]>[number];

const NOON = 720;

/** The strip of nights, each from going to bed to getting up. */
export function Bedtimes() {
  const page = usePage();
  const { say, state } = page;
  const history = state.trends?.sleep;
  return (
    <ChartCard
      kind="bedtimes"
      domain="SLEEP"
      title={say("bedtimes")}
      hue="sleep"
      sources={history?.sources}
      list={state.trends ? (history?.sessions ?? null) : undefined}
      none={say("nothingInDays", { n: state.trendDays })}
    >
      {(title) => <Strip page={page} history={history!} title={title} />}
    </ChartCard>
  );
}

interface StripProps {
  readonly page: Page;
  readonly history: History;
  readonly title: preact.ComponentChildren;
}

function Strip({ page, history, title }: StripProps) {
  const { say, format, state, today, name } = page;
  const statistics = history.statistics?.[0];
  const excluded = new Map(statistics?.minutesAsleep.excluded.map((one) => [one.date, one]));
  const sessions = grouped(history.sessions!, ({ date }) => date);
  const nights = daysUntil(today, state.trendDays).map((date) => {
    const night = mainOf(sessions.get(date) ?? []);
    const gap: Gap = excluded.get(date)?.missing ?? "NOT_RECORDED";
    const shown: BedtimesNight = {
      date,
      source: night?.source ?? null,
      settled: night?.settled ?? true,
      night: night ? spanOf(night) : gap,
    };
    return { shown, session: night };
  });
  const byDate = new Map(nights.map(({ shown, session }) => [shown.date, session]));
  const bed = statistics?.bedtimeMinutes;
  const counted = nights.filter(({ shown, session }) => session && !excluded.has(shown.date));
  const rises = counted.map(({ session }) => spanOf(session!).rise);
  const meanRise = rises.length === 0 ? null : rises.reduce((sum, rise) => sum + rise, 0) / rises.length;
  const meanBed = bed?.mean ?? null;
  const span = (from: number, to: number) => [
    { value: format.clock(from + NOON), unit: `\u00a0${say("to")}` },
    { value: format.clock(to + NOON) },
  ];
  const asleep = statistics?.minutesAsleep.mean;
  return (
    <BedtimesChart
      title={title}
      label={say("bedtimes")}
      rest={
        meanBed !== null && meanRise !== null
          ? {
              figures: span(meanBed, meanRise),
              details: [
                say("meanOfNights", { n: bed!.days }),
                ...(asleep == null ? [] : [say("asleepMean", { duration: format.duration(asleep) })]),
              ],
            }
          : { figures: say("noneCounted"), details: [] }
      }
      foot={meanBed !== null && <span>{say("bedtimesNote")}</span>}
      columns={[say("day"), say("figureOrReason"), say("source")]}
      words={chartWords(page)}
      nights={nights.map(({ shown }) => shown)}
      meanBed={meanBed}
      meanRise={meanRise}
      say={({ date, night, source }) => {
        const day = say("nightOf", { day: format.fullDay(date) });
        if (typeof night === "string") {
          const reason = gapWords(page, night, source);
          return { figures: reason, details: [day], cells: [format.weekday(date), reason, "–"] };
        }
        const minutes = byDate.get(date)?.minutesAsleep;
        return {
          figures: span(night.bed, night.rise),
          details: [
            day,
            ...(minutes == null ? [] : [say("asleepMean", { duration: format.duration(minutes) })]),
            name(source!),
          ],
          cells: [
            format.weekday(date),
            say("range", { from: format.clock(night.bed + NOON), to: format.clock(night.rise + NOON) }),
            name(source!),
          ],
        };
      }}
    />
  );
}

/** Minutes after noon of the day before the night's own. */
function spanOf({ date, start, end }: Session) {
  const since = (instant: string) =>
    minutesOfDay(instant) -
    NOON +
    (instant.slice(0, 10) === date ? 1440 : instant.slice(0, 10) === dayBefore(date) ? 0 : -1440);
  return { bed: since(start), rise: since(end) };
}
