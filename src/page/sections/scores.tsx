import { type ScoreDay, ScoreMeter } from "../charts/index.js";
import type { Trends } from "../data/state.js";
import { ChartCard } from "../parts/chart-card.js";
import { type Page, usePage } from "../parts/page.js";
import { levelWords } from "../words/levels.js";
import { dayAfter, dayAtStart, daysUntil } from "../words/moments.js";
import { grouped } from "./shared.js";

type Score = NonNullable<NonNullable<Trends["scores"]>["scores"]>[number];

const SHOWN_DAYS = 14;

export function Scores() {
  const page = usePage();
  const { say, state } = page;
  const history = state.trends?.scores;
  const told = history?.scores?.filter(({ value, level }) => value !== null || level !== null);
  return (
    <ChartCard
      kind="list"
      domain="SCORES"
      title={say("scores")}
      hue="plain"
      sources={history?.sources}
      list={state.trends ? (history?.scores ? (told ?? []) : null) : undefined}
      none={say("noScores")}
    >
      {(title) => (
        <>
          {title}
          <p class="caption">{say("scoresNote")}</p>
          <div class="scores">
            {[...grouped(told!, ({ source, name }) => `${source} ${name}`)].map(([key, scores]) => (
              <One key={key} page={page} scores={scores} />
            ))}
          </div>
        </>
      )}
    </ChartCard>
  );
}

/** One score of one maker, through its last days. */
function One({ page, scores }: { readonly page: Page; readonly scores: readonly Score[] }) {
  const { say, format, name, today } = page;
  const latest = scores.at(-1)!;
  const known = new Map(scores.map((score) => [score.date, score]));
  const reading = (score: Score, day: string) => ({
    figures:
      score.value === null
        ? levelWords(page, score.level)
        : [{ value: format.number(score.value, Number.isInteger(score.value) ? 0 : 1) }],
    details: [day, ...(score.value !== null && score.level !== null ? [levelWords(page, score.level)] : [])],
  });
  const isOld = latest.date < dayAfter(today, -1);
  const when = isOld
    ? say("lastKnown", { day: format.weekday(latest.date) })
    : latest.settled
      ? dayAtStart(page, latest.date)
      : say("todaySoFar");
  const days: readonly ScoreDay[] = daysUntil(today, SHOWN_DAYS).map((date) => {
    const score = known.get(date);
    return {
      date,
      source: score?.source ?? null,
      settled: score?.settled ?? true,
      value: score?.value ?? "NOT_RECORDED",
    };
  });
  const { scaleMin, scaleMax, contributors } = latest;
  const hasNumbers = scores.some(({ value }) => value !== null);
  return (
    <div class="score">
      <ScoreMeter
        maker={name(latest.source)}
        name={latest.name}
        scaleMin={scaleMin}
        scaleMax={scaleMax}
        rest={reading(latest, when)}
        days={hasNumbers ? days : []}
        ends={scaleMin === null || scaleMax === null ? null : [format.number(scaleMin), format.number(scaleMax)]}
        say={({ date }) => {
          const score = known.get(date);
          return score
            ? reading(score, format.weekday(date))
            : { figures: say("gapNotRecorded"), details: [format.weekday(date)] };
        }}
      />
      {contributors.some(({ value }) => value !== null) && (
        <details class="contributors">
          <summary>{say("contributors")}</summary>
          <dl>
            {contributors.map((part) => (
              <div key={part.name}>
                <dt>{part.name}</dt>
                <dd>{part.value === null ? "–" : format.number(part.value, Number.isInteger(part.value) ? 0 : 1)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  );
}
