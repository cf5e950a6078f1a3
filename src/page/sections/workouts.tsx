import { useState } from "preact/hooks";
import { ZoneBar } from "../charts/index.js";
import type { Trends } from "../data/state.js";
import { Button } from "../parts/button.js";
import { Section } from "../parts/card.js";
import { ChartCard } from "../parts/chart-card.js";
import { type Page, usePage } from "../parts/page.js";
import { zoneName } from "../parts/zones.js";
import { strings } from "../strings/strings.js";
import { isOffered } from "../words/sources.js";
import { Scores } from "./scores.js";

type Workout = NonNullable<NonNullable<Trends["workouts"]>["workouts"]>[number];

const FEW = 8;
/** As many as stand beside the scores, which are two in a row. */
const besideScores = (trends: Trends | null) =>
  Math.max(FEW, new Set(trends?.scores?.scores?.map(({ source, name }) => `${source} ${name}`)).size + 1);

export function Workouts() {
  const page = usePage();
  const { say, state } = page;
  const history = state.trends?.workouts;
  const hasScores = isOffered(state, "SCORES");
  return (
    <Section id="workouts" title={say(hasScores ? "workoutsAndScores" : "workouts")}>
      <div class="grid">
        <ChartCard
          kind="list"
          domain="WORKOUTS"
          title={say("workouts")}
          hue="activity"
          span={hasScores ? 6 : 12}
          sources={history?.sources}
          list={state.trends ? (history?.workouts ?? null) : undefined}
          none={say("noWorkouts", { n: state.trendDays })}
        >
          {(title) => (
            <List
              page={page}
              workouts={history!.workouts!}
              few={hasScores ? besideScores(state.trends) : FEW}
              title={title}
            />
          )}
        </ChartCard>
        {hasScores && <Scores />}
      </div>
    </Section>
  );
}

interface ListProps {
  readonly page: Page;
  readonly workouts: readonly Workout[];
  /** How many are shown at rest. */
  readonly few: number;
  readonly title: preact.ComponentChildren;
}

function List({ page, workouts, few, title }: ListProps) {
  const [isWhole, showWhole] = useState(false);
  const { say } = page;
  const newestFirst = workouts.toReversed();
  const shown = isWhole ? newestFirst : newestFirst.slice(0, few);
  return (
    <>
      {title}
      <ul class="rows workouts">
        {shown.map((workout) => (
          <Row key={workout.id} page={page} workout={workout} />
        ))}
      </ul>
      <div class="card-foot">
        <p class="source">{say("workoutBars")}</p>
        {workouts.length > few && (
          <Button kind="text" onClick={() => showWhole(!isWhole)}>
            {isWhole ? say("showFewer") : say("showAll", { n: workouts.length })}
          </Button>
        )}
      </div>
    </>
  );
}

function Row({ page, workout }: { readonly page: Page; readonly workout: Workout }) {
  const { say, format, name, state } = page;
  const length = format.duration(workout.durationSeconds / 60);
  const distance =
    workout.distance === null || workout.distance === 0
      ? null
      : `${format.number(workout.distance, 1)} ${state.trendUnits === "us" ? "mi" : "km"}`;
  const details = [
    `${format.weekday(workout.date)}, ${format.time(workout.start)}`,
    ...(distance === null ? [] : [length]),
    ...(workout.averageHeartRate === null ? [] : [say("meanRate", { rate: workout.averageHeartRate })]),
    ...(workout.load === null || workout.loadName === null
      ? []
      : [`${workout.loadName} ${format.number(workout.load, 1)}`]),
  ];
  return (
    <li class="workout">
      <div>
        <b>{kindName(page, workout)}</b>
        <p class="caption">{details.join(" · ")}</p>
        <p class="source">{name(workout.source)}</p>
      </div>
      <p class="workout-figure">{distance ?? length}</p>
      {workout.zones?.some(({ kind, minutes }) => kind !== "BELOW_ZONES" && (minutes ?? 0) > 0) && (
        <ZoneBar
          label={`${kindName(page, workout)}, ${say("workoutBars")}`}
          zones={workout.zones}
          rest={{ figures: "", details: [] }}
          size="thin"
          say={(zone) => ({ figures: zoneName(page, zone.kind), details: [format.duration(zone.minutes ?? 0)] })}
        />
      )}
    </li>
  );
}

/** The kind in the person's language; the maker's own name where no kind fits, or where it is one that we do not know. */
function kindName({ say }: Page, { kind, name }: Workout): string {
  const key = `kind${kind}` as const;
  return kind === "OTHER" || !(key in strings) ? (name ?? say("kindOTHER")) : say(key);
}
