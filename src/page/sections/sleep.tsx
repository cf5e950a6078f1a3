import { Hypnogram, type StagePlace, stageHues } from "../charts/index.js";
import type { Night } from "../data/state.js";
import { NightOfDayDocument, type SleepStage } from "../generated/operations.js";
import { Section } from "../parts/card.js";
import { ChartCard } from "../parts/chart-card.js";
import { DayArrows, useDayOf } from "../parts/day-arrows.js";
import { figureOf, type Page, usePage } from "../parts/page.js";
import { SourceLine } from "../parts/source-line.js";
import { chartWords } from "../words/chart-words.js";
import { Bedtimes } from "./bedtimes.js";
import { isNap, mainOf, segmentsOf } from "./nights.js";

export function Sleep() {
  const { say } = usePage();
  return (
    <Section id="sleep" title={say("sleep")}>
      <div class="grid">
        <LastNight />
        <Bedtimes />
      </div>
    </Section>
  );
}

function LastNight() {
  const page = usePage();
  const { say, state, data, today, format } = page;
  const chosen = useDayOf(today, async (date) => (await data.look(NightOfDayDocument, { date })).viewer);
  const isLast = chosen.date === today;
  const history = isLast ? state.today?.sleep : chosen.answer?.sleep;
  const isLoading = isLast ? !state.today : chosen.isLoading;
  const night = mainOf(history?.sessions ?? []);
  return (
    <ChartCard
      kind="hypnogram"
      domain="SLEEP"
      title={isLast ? say("lastNight") : say("nightOf", { day: format.weekday(chosen.date) })}
      hue="sleep"
      sources={history?.sources}
      list={isLoading ? undefined : history?.sessions ? (night ? [night] : []) : null}
      none={say("noNight")}
      corner={<DayArrows chosen={chosen} last={today} />}
    >
      {(title) => <Stages page={page} night={night!} naps={history!.sessions!.filter(isNap)} title={title} />}
    </ChartCard>
  );
}

const stageKeys = {
  AWAKE: "stageAwake",
  RESTLESS: "stageRestless",
  REM: "stageRem",
  LIGHT: "stageLight",
  ASLEEP: "stageAsleep",
  DEEP: "stageDeep",
} as const satisfies Readonly<Record<SleepStage, string>>;
const order: readonly SleepStage[] = ["DEEP", "REM", "LIGHT", "ASLEEP", "RESTLESS", "AWAKE"];

interface StagesProps {
  readonly page: Page;
  readonly night: Night;
  readonly naps: readonly Night[];
  readonly title: preact.ComponentChildren;
}

function Stages({ page, night, naps, title }: StagesProps) {
  const { say, format, name } = page;
  const source = name(night.source);
  const names = Object.fromEntries(order.map((stage) => [stage, say(stageKeys[stage])])) as Record<SleepStage, string>;
  const totals = (night.stages ?? []).toSorted((one, other) => order.indexOf(one.stage) - order.indexOf(other.stage));
  const sum = totals.reduce((minutes, one) => minutes + one.minutes, 0);
  const fromTo = say("fromTo", { from: format.time(night.start), to: format.time(night.end) });
  return (
    <>
      <Hypnogram
        title={title}
        label={say("lastNight")}
        rest={{
          figures: asleepFigures(page, night.minutesAsleep),
          of: figureOf(page, "asleep", night.date),
          details: [
            night.minutesInBed === null
              ? say("asleepOnly")
              : say("asleepOf", { inBed: format.duration(night.minutesInBed) }),
            fromTo,
            ...(night.efficiency === null ? [] : [say("efficiency", { percent: Math.round(night.efficiency) })]),
          ],
        }}
        columns={[say("time"), say("stage"), say("duration")]}
        words={chartWords(page)}
        segments={segmentsOf(night)}
        stages={totals.map(({ stage }) => stage)}
        stageNames={names}
        none={say("noStages", { source })}
        say={(place: StagePlace) => {
          const stage = place.stage === null ? say("gapUnknown") : names[place.stage];
          const span = say("range", { from: format.clock(place.from), to: format.clock(place.to) });
          const length = format.duration(place.to - place.from);
          return { figures: stage, details: [span, length, source], cells: [span, stage, length] };
        }}
      />
      {sum > 0 && (
        <dl class="stages">
          {totals.map(({ stage, minutes }) => (
            <div key={stage}>
              <dt>
                <i class={`dot ground-${stageHues[stage]}`} />
                {names[stage]}
              </dt>
              <dd>
                {format.duration(minutes)}
                <small>{say("percent", { n: Math.round((100 * minutes) / sum) })}</small>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <div class="card-foot">
        <SourceLine
          source={night.source}
          text={night.minutesAsleep === null ? "–" : format.duration(night.minutesAsleep)}
          others={night.alternatives.map((other) => ({
            source: other.source,
            text: other.minutesAsleep === null ? "–" : format.duration(other.minutesAsleep),
          }))}
        />
        {naps.map((nap) => (
          <p key={nap.id} class="source">
            {say("nap", {
              from: format.time(nap.start),
              to: format.time(nap.end),
              duration: format.duration(nap.minutesAsleep ?? 0),
            })}
          </p>
        ))}
      </div>
    </>
  );
}

function asleepFigures({ say }: Page, minutes: number | null) {
  if (minutes === null) return say("asleepOnly");
  return [
    { value: String(Math.floor(minutes / 60)), unit: say("hours") },
    { value: String(Math.round(minutes % 60)), unit: say("minutes") },
  ];
}
