import { RateAndHrv, type RateDay } from "../charts/index.js";
import type { Trends } from "../data/state.js";
import { RatesOfAllDocument, type RatesOfAllQuery } from "../generated/operations.js";
import { Section } from "../parts/card.js";
import { ChartCard } from "../parts/chart-card.js";
import { OtherSources, othersOf, type Told, useOthers } from "../parts/other-sources.js";
import { figureOf, type Page, usePage } from "../parts/page.js";
import { chartWords } from "../words/chart-words.js";
import { gapWords, knownOf } from "../words/gaps.js";
import { daysUntil } from "../words/moments.js";
import { hasOthers } from "../words/sources.js";
import { bandOf, leftOut } from "../words/statistics.js";
import { HeartsDay } from "./hearts-day.js";
import { pastSources } from "./shared.js";

export function Heart() {
  const page = usePage();
  const { say, state } = page;
  const history = state.trends?.heart;
  return (
    <Section id="heart" title={say("heart")}>
      <div class="grid">
        <ChartCard
          kind="rate"
          domain="HEART"
          title={say("restingAndHrv")}
          hue="heart"
          sources={history?.sources}
          list={state.trends ? (history?.days ?? null) : undefined}
          none={say("nothingInDays", { n: state.trendDays })}
        >
          {(title) => <Rates page={page} history={history!} title={title} />}
        </ChartCard>
        <HeartsDay />
      </div>
    </Section>
  );
}

type History = NonNullable<Trends["heart"]>;
type Day = NonNullable<History["days"]>[number];
type HrvField = "hrvRmssd" | "hrvSdnn";

const windows = {
  DAY: "windowDay",
  DEEP_SLEEP: "windowDeepSleep",
  FOUR_HOURS_OF_SLEEP: "windowFourHours",
  NIGHT: "windowNight",
} as const;
const methods = {
  DEEP_SLEEP: "methodDeepSleep",
  LOWEST_OF_NIGHT: "methodLowestOfNight",
  PROVIDER: "methodProvider",
} as const;

interface RatesProps {
  readonly page: Page;
  readonly history: History;
  readonly title: preact.ComponentChildren;
}

function Rates({ page, history, title }: RatesProps) {
  const { say, format, state, data, today, name } = page;
  const known = new Map(history.days!.map((day) => [day.date, day]));
  // One method in one panel: that which more days have.
  const count = (field: HrvField) => history.days!.filter((day) => day[field] !== null).length;
  const field: HrvField = count("hrvSdnn") > count("hrvRmssd") ? "hrvSdnn" : "hrvRmssd";
  const statistics = history.statistics?.[0];
  const [rate, hrv] = [statistics?.restingRate, statistics?.[field]];
  const lastWithHrv = history.days!.findLast((day) => day[field] !== null);
  const days: readonly RateDay[] = daysUntil(today, state.trendDays).map((date) => {
    const day = known.get(date);
    if (!day) return { date, source: null, settled: true, rate: "UNKNOWN", hrv: "UNKNOWN" };
    return {
      date,
      source: day.source,
      settled: day.settled,
      rate: knownOf(day, "restingRate", day.restingRate),
      hrv: knownOf(day, field, day[field]),
    };
  });
  const hrvFigure = (value: number) => ({ value: format.number(value), unit: say("msHrv") });
  const others = useOthers(page, async (n) =>
    toldOf(page, field, (await data.look(RatesOfAllDocument, { range: { lastDays: n } })).viewer),
  );
  const method = lastWithHrv
    ? [say(field === "hrvRmssd" ? "hrvRmssd" : "hrvSdnn"), windowWords(page, lastWithHrv)].filter(
        (part) => part !== null,
      )
    : [];
  return (
    <RateAndHrv
      title={title}
      label={say("restingAndHrv")}
      rest={
        rate && rate.mean !== null
          ? {
              figures: [
                { value: format.number(rate.mean, 1), unit: say("bpm") },
                ...(hrv && hrv.mean !== null ? [hrvFigure(hrv.mean)] : []),
              ],
              of: figureOf(page, "mean rates"),
              details: [
                say("meansOverWorn", { n: rate.days }),
                ...[leftOut(page, rate)].filter((part) => part !== null),
                ...(method.length > 0 ? [method.join(", ")] : []),
              ],
            }
          : { figures: say("noneCounted"), details: [] }
      }
      foot={bandOf(rate) && <span>{say("bandNote")}</span>}
      columns={[say("day"), say("figureOrReason"), say("source")]}
      more={hasOthers(state, "HEART") && <OtherSources label={say("restingAndHrv")} others={others} />}
      words={chartWords(page)}
      days={days}
      rateBand={bandOf(rate)}
      hrvBand={bandOf(hrv)}
      rateName={say("restingAxis")}
      hrvName={say("hrvAxis")}
      past={pastSources(state.person)}
      today={today}
      say={(one) => {
        const source = one.source === null ? "–" : name(one.source);
        const figures = [
          ...(typeof one.rate === "number" ? [{ value: format.number(one.rate), unit: say("bpm") }] : []),
          ...(typeof one.hrv === "number" ? [hrvFigure(one.hrv)] : []),
        ];
        if (figures.length === 0) {
          const reason = gapWords(page, typeof one.rate === "string" ? one.rate : "UNKNOWN", one.source);
          return {
            figures: reason,
            details: [format.fullDay(one.date), say("notInMean")],
            cells: [format.weekday(one.date), reason, source],
          };
        }
        const day = known.get(one.date);
        const how = day?.restingRateMethod && say(methods[day.restingRateMethod], { source } as never);
        return {
          figures,
          details: [
            format.fullDay(one.date),
            source,
            ...(how ? [how] : []),
            ...othersOf(page, others, one.date, one.source ?? ""),
          ],
          cells: [format.weekday(one.date), figures.map(({ value, unit }) => `${value} ${unit}`).join(", "), source],
        };
      }}
    />
  );
}

const windowWords = ({ say }: Page, { hrvWindow }: Day): string | null => hrvWindow && say(windows[hrvWindow]);

/** The rates of every source, by the day, with its variability where that is found by the method of the chart. */
function toldOf({ say, format }: Page, field: HrvField, viewer: RatesOfAllQuery["viewer"]): readonly Told[] | null {
  const days = viewer?.heart?.days;
  if (!days) return null;
  return days.flatMap((day) =>
    [day, ...day.alternatives].flatMap((one) => {
      const parts = [
        ...(one.restingRate === null ? [] : [`${format.number(one.restingRate)} ${say("bpm")}`]),
        ...(one[field] === null ? [] : [`${format.number(one[field])} ms`]),
      ];
      return parts.length === 0 ? [] : [{ date: day.date, source: one.source, text: parts.join(" · ") }];
    }),
  );
}
