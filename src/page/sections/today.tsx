import { Changing, NightStrip, Sparkline, type StepsHour, StepsToday } from "../charts/index.js";
import type { ActivityToday } from "../data/state.js";
import { DurationFigure, Figure } from "../parts/figure.js";
import { figureOf, type Page, usePage } from "../parts/page.js";
import { Skeleton } from "../parts/skeleton.js";
import { SourceLine } from "../parts/source-line.js";
import { Tile } from "../parts/tile.js";
import { chartWords } from "../words/chart-words.js";
import { gapWords, knownOf } from "../words/gaps.js";
import { dayAtStart, daysUntil } from "../words/moments.js";
import { bandOf, usualOf } from "../words/statistics.js";
import { massUnit, weighingsOf } from "./body.js";
import { mainOf, segmentsOf } from "./nights.js";
import { stepsGoal } from "./shared.js";
import { Worn } from "./worn.js";

/** Today at a glance. */
export function Today() {
  const page = usePage();
  const { state, today } = page;
  const day = state.today?.activity?.days?.find(({ date }) => date === today);
  return (
    <section id="today" aria-labelledby="page-title">
      <div class="grid">
        <article class="card ring-card">{state.today ? <Steps page={page} day={day} /> : <RingSkeleton />}</article>
        <RestingRate />
        <LastNight />
        <Weight />
        <Worn day={day} />
      </div>
    </section>
  );
}

function Steps({ page, day }: { readonly page: Page; readonly day: ActivityToday | undefined }) {
  const { say, format, state } = page;
  const goal = stepsGoal(state.today, state.person);
  const steps = day ? knownOf({ missing: day.missing }, "steps", day.steps) : "NOT_RECORDED";
  const isKnown = typeof steps === "number";
  const below =
    goal === null
      ? say("noGoal")
      : isKnown && steps >= goal
        ? say("goalMet")
        : say("ofGoal", { goal: format.number(goal) });
  return (
    <>
      <StepsToday
        steps={isKnown ? steps : null}
        goal={goal}
        rest={
          isKnown
            ? {
                figures: [{ value: format.number(steps) }],
                details: [say("stepsTitle"), below],
                of: figureOf(page, "steps"),
              }
            : { figures: "–", details: [say("stepsTitle"), gapWords(page, steps, day?.source ?? null)] }
        }
        hours={day?.samples ? hoursOf(day.samples) : null}
        hoursLabel={say("stepsByHour")}
        noHours=""
        say={({ hour, steps: count }) => ({
          figures: count === null ? "–" : [{ value: format.number(count) }],
          details: [say("range", { from: format.clock(hour * 60), to: format.clock((hour + 1) * 60) }), say("steps")],
        })}
        words={chartWords(page)}
      >
        <Facts page={page} day={day} toGo={goal !== null && isKnown && steps < goal ? goal - steps : null} />
      </StepsToday>
      {day && (
        <SourceLine
          source={day.source}
          text={isKnown ? format.number(steps) : "–"}
          others={day.alternatives.map((other) => ({
            source: other.source,
            text: other.steps === null ? "–" : format.number(other.steps),
          }))}
        />
      )}
    </>
  );
}

interface FactsProps {
  readonly page: Page;
  readonly day: ActivityToday | undefined;
  readonly toGo: number | null;
}

/** The day's other figures; what the source does not tell has no row. */
function Facts({ page, day, toGo }: FactsProps) {
  const { say, format, state } = page;
  const active = day && activeMinutes(day);
  const facts: readonly (readonly [name: string, value: string | null, unit?: string])[] = [
    [say("toGo"), toGo === null ? null : format.number(toGo)],
    [
      say("distance"),
      day?.distance == null ? null : format.number(day.distance, 1),
      state.todayUnits === "us" ? "mi" : "km",
    ],
    [say("floors"), day?.floors == null ? null : format.number(day.floors)],
    [say("active"), active == null ? null : format.number(active), say("minutes")],
    [say("inZones"), day?.activeZoneMinutes == null ? null : format.number(day.activeZoneMinutes), say("minutes")],
    [say("energy"), day?.energyBurned == null ? null : format.number(day.energyBurned), say("kcal")],
  ];
  return (
    <dl class="facts">
      {facts.map(
        ([name, value, unit]) =>
          value !== null && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <Changing text={value} of={figureOf(page, name)}>
                  {value}
                </Changing>{" "}
                {unit && <small>{unit}</small>}
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}

function activeMinutes(day: ActivityToday): number | null {
  const parts = [day.lightlyActiveMinutes, day.moderatelyActiveMinutes, day.veryActiveMinutes];
  const known = parts.filter((part) => part !== null);
  return known.length === 0 ? null : known.reduce((sum, part) => sum + part, 0);
}

/** Steps by the hour until the last that was told of. */
function hoursOf({ offsets, values }: NonNullable<ActivityToday["samples"]>): readonly StepsHour[] {
  const last = Math.floor((offsets.at(-1) ?? -1) / 3_600);
  const sums = Array.from({ length: last + 1 }, (_, hour): { hour: number; steps: number | null } => ({
    hour,
    steps: null,
  }));
  offsets.forEach((seconds, k) => {
    const hour = sums[Math.floor(seconds / 3_600)]!;
    hour.steps = (hour.steps ?? 0) + values[k]!;
  });
  return sums;
}

function RestingRate() {
  const page = usePage();
  const { say, format, state, today } = page;
  const day = state.today?.heart?.days?.find(({ date }) => date === today);
  const history = state.trends?.heart;
  const statistics = history?.statistics?.[0]?.restingRate;
  const usual = usualOf(statistics);
  const band = bandOf(statistics);
  const known = new Map(history?.days?.map((one) => [one.date, one]));
  const rate = day?.restingRate ?? null;
  return (
    <Tile title={say("restingRate")} hue="heart" isLoading={!state.today}>
      <Figure
        value={rate === null ? "–" : format.number(rate)}
        unit={rate === null ? undefined : say("bpm")}
        of={figureOf(page, "rate")}
      />
      <p class="caption">
        {rate === null
          ? gapWords(page, (day && (knownOf(day, "restingRate", null) as never)) ?? "NOT_RECORDED", day?.source ?? null)
          : usual === null
            ? dayAtStart(page, today)
            : usualWords(page, rate, Math.round(usual))}
      </p>
      <div class="tile-chart">
        {history?.days ? (
          <Sparkline
            hue="heart"
            leastSpan={9}
            band={band}
            days={daysUntil(today, state.trendDays).map((date) => {
              const one = known.get(date);
              return one
                ? {
                    date,
                    source: one.source,
                    settled: one.settled,
                    value: knownOf(one, "restingRate", one.restingRate),
                  }
                : { date, source: null, settled: true, value: "UNKNOWN" };
            })}
          />
        ) : (
          !state.trends && <Skeleton of="spark" />
        )}
      </div>
      {day && (
        <SourceLine
          source={day.source}
          text={rate === null ? "–" : `${format.number(rate)} ${say("bpm")}`}
          others={day.alternatives.map((other) => ({
            source: other.source,
            text: other.restingRate === null ? "–" : `${format.number(other.restingRate)} ${say("bpm")}`,
          }))}
        />
      )}
    </Tile>
  );
}

function usualWords({ say, format }: Page, figure: number, usual: number): string {
  if (figure === usual) return say("asUsual");
  return say(figure < usual ? "belowUsual" : "aboveUsual", {
    n: format.number(Math.abs(figure - usual)),
    usual: format.number(usual),
  });
}

function LastNight() {
  const page = usePage();
  const { say, format, state } = page;
  const night = mainOf(state.today?.sleep?.sessions ?? []);
  const usual = usualOf(state.trends?.sleep?.statistics?.[0]?.minutesAsleep);
  const asleep = night?.minutesAsleep ?? null;
  return (
    <Tile title={say("lastNight")} hue="sleep" isLoading={!state.today}>
      {asleep === null ? <Figure value="–" of="" /> : <DurationFigure minutes={asleep} of={figureOf(page, "night")} />}
      <p class="caption">{asleep === null ? say("noNight") : usual === null ? "" : nightWords(page, asleep, usual)}</p>
      <div class="tile-chart">{night?.hypnogram && <NightStrip segments={segmentsOf(night)} />}</div>
      {night && (
        <SourceLine
          source={night.source}
          text={asleep === null ? "–" : format.duration(asleep)}
          others={night.alternatives.map((other) => ({
            source: other.source,
            text: other.minutesAsleep === null ? "–" : format.duration(other.minutesAsleep),
          }))}
        />
      )}
    </Tile>
  );
}

function nightWords({ say, format }: Page, asleep: number, usual: number): string {
  const difference = Math.round(asleep - usual);
  if (difference === 0) return say("asUsual");
  const duration = format.duration(Math.abs(difference));
  return say(difference < 0 ? "lessThanUsual" : "moreThanUsual", { duration });
}

function Weight() {
  const page = usePage();
  const { say, format, state, today } = page;
  const weighings = state.trends ? weighingsOf(state.trends) : undefined;
  const latest = weighings?.at(-1);
  const known = new Map(weighings?.map((one) => [one.date, one]));
  return (
    <Tile title={say("weight")} hue="body" isLoading={!state.trends}>
      <Figure
        value={latest ? format.number(latest.value, 1) : "–"}
        unit={latest && massUnit(page)}
        of={figureOf(page, "weight")}
      />
      <p class="caption">
        {!latest
          ? say(weighings === null ? "notAnswered" : "noWeighing")
          : latest.time === null
            ? dayAtStart(page, latest.date)
            : say("atTime", { day: dayAtStart(page, latest.date), time: format.time(latest.time) })}
      </p>
      <div class="tile-chart">
        {latest && (
          <Sparkline
            hue="body"
            leastSpan={state.trendUnits === "us" ? 2.6 : 1.2}
            days={daysUntil(today, state.trendDays).flatMap((date) => {
              const one = known.get(date);
              // A day without a weighing is no gap: nobody weighs every day.
              return one ? [{ date, source: one.source, settled: true, value: one.value }] : [];
            })}
          />
        )}
      </div>
      {latest ? <SourceLine source={latest.source} text="" others={[]} /> : <p class="source" />}
    </Tile>
  );
}

function RingSkeleton() {
  return (
    <div class="ring-skeleton" aria-hidden="true">
      <div>
        <svg viewBox="0 0 224 224" aria-hidden="true">
          <circle cx="112" cy="112" r="96" />
        </svg>
        <div>
          {[1, 2, 3, 4, 5].map((k) => (
            <Skeleton key={k} of="line" />
          ))}
        </div>
      </div>
      <Skeleton of="spark" />
    </div>
  );
}
