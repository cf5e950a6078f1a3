import { trendOf, Weight, type WeightPlace } from "../charts/index.js";
import type { Trends } from "../data/state.js";
import { Section } from "../parts/card.js";
import { ChartCard } from "../parts/chart-card.js";
import { OtherSources, othersOf } from "../parts/other-sources.js";
import { figureOf, type Page, usePage } from "../parts/page.js";
import { chartWords } from "../words/chart-words.js";
import { daysUntil } from "../words/moments.js";
import { Readings } from "./readings.js";
import { FEW, knownVitals, Vitals } from "./vitals.js";

export function Body() {
  const page = usePage();
  const { say, state } = page;
  const history = state.trends?.body;
  const weighings = state.trends && weighingsOf(state.trends);
  return (
    <Section id="body" title={say("body")}>
      <div class="grid">
        <ChartCard
          kind="weight"
          domain="BODY"
          title={say("weight")}
          hue="body"
          span={knownVitals(state.trends).length > FEW ? 12 : 6}
          sources={history?.sources}
          list={state.trends ? weighings : undefined}
          none={say("noWeighingsInDays", { n: state.trendDays })}
        >
          {(title) => <Weighings page={page} weighings={weighings!} title={title} />}
        </ChartCard>
        <Vitals />
        <Readings />
      </div>
    </Section>
  );
}

export interface WeighingOf {
  readonly date: string;
  readonly time: string | null;
  readonly source: string;
  readonly value: number;
  readonly fatPercentage: number | null;
}

/** Measurements with a weight, oldest first; null where no provider could answer. */
export function weighingsOf({ body }: Trends): readonly WeighingOf[] | null {
  if (!body?.measurements) return null;
  return body.measurements.flatMap(({ date, time, source, weight, fatPercentage }) =>
    weight === null ? [] : [{ date, time, source, value: weight, fatPercentage }],
  );
}

export const massUnit = ({ state }: Page): string => (state.trendUnits === "us" ? "lb" : "kg");

interface WeighingsProps {
  readonly page: Page;
  readonly weighings: readonly WeighingOf[];
  readonly title: preact.ComponentChildren;
}

function Weighings({ page, weighings, title }: WeighingsProps) {
  const { say, format, state, today, name } = page;
  const unit = massUnit(page);
  // The trend that is told is of the scale that was stepped on last: two scales differ.
  const trend = trendOf(weighings).filter(({ source }) => source === weighings.at(-1)!.source);
  const last = trend.at(-1)!;
  const first = trend[trend.findLastIndex(({ anew }) => anew)] ?? trend[0]!;
  const change = last.trend - first.trend;
  const since =
    first === last
      ? say("trend")
      : say("trendSince", { change: `${format.change(change, 1)} ${unit}`, day: format.day(first.date) });
  // Every scale's weighings are in the chart already: nobody has to be asked.
  const told = weighings.map(({ date, source, value }) => ({ date, source, text: format.number(value, 1) }));
  const others = { told: told.toReversed(), isAsking: false, open: () => {} };
  const hasSeveral = new Set(told.map(({ source }) => source)).size > 1;
  const fats = new Map(weighings.map((one) => [`${one.date} ${one.source}`, one.fatPercentage]));
  return (
    <Weight
      title={title}
      label={say("weight")}
      rest={{
        figures: [{ value: format.number(last.trend, 1), unit }],
        of: figureOf(page, "trend"),
        details: [since, say("weighings", { n: weighings.length }), name(last.source)],
      }}
      foot={<span>{say("weightNote")}</span>}
      columns={[say("day"), say("weight"), say("source")]}
      more={hasSeveral && <OtherSources label={say("weight")} others={others} />}
      words={chartWords(page)}
      weighings={weighings}
      dates={daysUntil(today, state.trendDays)}
      leastSpan={state.trendUnits === "us" ? 9 : 4}
      gapText={say("noWeighings")}
      say={(place: WeightPlace) => {
        const fat = fats.get(`${place.date} ${place.source}`);
        return {
          figures: [{ value: format.number(place.value, 1), unit }],
          details: [
            format.fullDay(place.date),
            name(place.source),
            `${say("trend")} ${format.number(place.trend, 1)}`,
            ...othersOf(page, others, place.date, place.source),
            ...(fat == null ? [] : [say("fat", { percent: format.number(fat, 1) })]),
          ],
          cells: [format.weekday(place.date), `${format.number(place.value, 1)} ${unit}`, name(place.source)],
        };
      }}
    />
  );
}
