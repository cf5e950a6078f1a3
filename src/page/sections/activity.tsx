import { StepsBars, type StepsDay } from "../charts/index.js";
import type { Trends } from "../data/state.js";
import { StepsOfAllDocument, type StepsOfAllQuery } from "../generated/operations.js";
import { Section } from "../parts/card.js";
import { ChartCard } from "../parts/chart-card.js";
import { OtherSources, othersOf, type Told, useOthers } from "../parts/other-sources.js";
import { figureOf, type Page, usePage } from "../parts/page.js";
import { chartWords } from "../words/chart-words.js";
import { gapWords, knownOf } from "../words/gaps.js";
import { daysUntil } from "../words/moments.js";
import { hasOthers } from "../words/sources.js";
import { leftOut } from "../words/statistics.js";
import { pastSources, stepsGoal } from "./shared.js";

export function Activity() {
  const page = usePage();
  const { say, state } = page;
  const history = state.trends?.activity;
  return (
    <Section id="activity" title={say("activity")}>
      <div class="grid">
        <ChartCard
          kind="steps"
          domain="ACTIVITY"
          title={say("stepsTitle")}
          hue="activity"
          span={12}
          sources={history?.sources}
          list={state.trends ? (history?.days ?? null) : undefined}
          none={say("nothingInDays", { n: state.trendDays })}
        >
          {(title) => <Steps page={page} history={history!} title={title} />}
        </ChartCard>
      </div>
    </Section>
  );
}

interface StepsProps {
  readonly page: Page;
  readonly history: NonNullable<Trends["activity"]>;
  readonly title: preact.ComponentChildren;
}

function Steps({ page, history, title }: StepsProps) {
  const { say, format, state, data, today, name } = page;
  const goal = stepsGoal(state.today, state.person);
  const days = stepsDays(history, today, state.trendDays);
  const figures = history.statistics?.[0]?.steps;
  const counted = days.filter((day) => !figures?.excluded.some(({ date }) => date === day.date));
  const reached = goal === null ? [] : counted.filter(({ steps }) => typeof steps === "number" && steps >= goal);
  const others = useOthers(page, async (n) =>
    toldOf(page, (await data.look(StepsOfAllDocument, { range: { lastDays: n } })).viewer),
  );
  const best = counted.find(({ steps }) => steps === figures?.maximum);
  return (
    <StepsBars
      title={title}
      aside={
        figures && figures.days > 0 ? (
          <>
            {goal !== null && (
              <p class="beside">
                <b>{say("atGoal", { n: reached.length, all: figures.days })}</b>
                {say("atGoalNote")}
              </p>
            )}
            {best && (
              <p class="beside">
                <b>{format.number(figures.maximum!)}</b>
                {say("most", { day: format.day(best.date) })}
              </p>
            )}
          </>
        ) : null
      }
      label={say("stepsTitle")}
      rest={
        figures && figures.mean !== null
          ? {
              figures: [{ value: format.number(figures.mean), unit: say("stepsADay") }],
              of: figureOf(page, "mean steps"),
              details: [say("meanOverWorn", { n: figures.days }), leftOut(page, figures)].filter(
                (part) => part !== null,
              ),
            }
          : { figures: say("noneCounted"), details: [] }
      }
      columns={[say("day"), say("figureOrReason"), say("source")]}
      more={hasOthers(state, "ACTIVITY") && <OtherSources label={say("stepsTitle")} others={others} />}
      words={chartWords(page)}
      days={days}
      goal={goal}
      today={today}
      past={pastSources(state.person)}
      say={(day) => {
        const source = day.source === null ? null : name(day.source);
        if (typeof day.steps !== "number") {
          const reason = gapWords(page, day.steps, day.source);
          return {
            figures: reason,
            details: [format.fullDay(day.date), say("notInMean")],
            cells: [format.weekday(day.date), reason, source ?? "–"],
          };
        }
        const isOpen = day.date === today;
        return {
          figures: [{ value: format.number(day.steps), unit: say("steps") }],
          details: [
            isOpen ? `${format.fullDay(day.date)}, ${say("soFar")}` : format.fullDay(day.date),
            source ?? "",
            ...othersOf(page, others, day.date, day.source ?? ""),
          ],
          cells: [format.weekday(day.date), format.number(day.steps), source ?? "–"],
        };
      }}
    />
  );
}

/** One for each day of the range: a day that nobody told of keeps its place. */
function stepsDays({ days }: NonNullable<Trends["activity"]>, today: string, count: number): readonly StepsDay[] {
  const known = new Map(days!.map((day) => [day.date, day]));
  return daysUntil(today, count).map((date) => {
    const day = known.get(date);
    return day
      ? { date, source: day.source, settled: day.settled, steps: knownOf(day, "steps", day.steps) }
      : { date, source: null, settled: true, steps: "UNKNOWN" };
  });
}

/** The steps of every source, by the day. */
function toldOf({ format }: Page, viewer: StepsOfAllQuery["viewer"]): readonly Told[] | null {
  const days = viewer?.activity?.days;
  if (!days) return null;
  return days.flatMap((day) =>
    [day, ...day.alternatives].flatMap(({ source, steps }) =>
      steps === null ? [] : [{ date: day.date, source, text: format.number(steps) }],
    ),
  );
}
