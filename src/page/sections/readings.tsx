import { useEffect, useState } from "preact/hooks";
import { Table } from "../charts/index.js";
import { ReadingsDocument, type ReadingsQuery } from "../generated/operations.js";
import { Button } from "../parts/button.js";
import { Refusals } from "../parts/chart-card.js";
import { type Page, usePage } from "../parts/page.js";
import { Skeleton } from "../parts/skeleton.js";
import { unitsOf } from "../settings/settings.js";
import { dayAtStart } from "../words/moments.js";
import { isOffered, sourceSentence } from "../words/sources.js";
import { Glucose } from "./glucose.js";
import { type Reading, type ReadingKind, readingKinds } from "./reading-kinds.js";

type Viewer = NonNullable<ReadingsQuery["viewer"]>;

/** A watch that measures its wearer's oxygen through the night has hundreds of readings; so has a glucose sensor. */
const DENSE_DAYS = 3;

/** What was taken by hand or told of now and then. Nobody is asked for it until somebody wants to see it. */
export function Readings() {
  const page = usePage();
  const { say, state } = page;
  const { isOpen, answer, open } = useReadings(page);
  if (!isOffered(state, "READINGS")) return null;
  return (
    <article class="card span-12 readings">
      <h3 class="hue hue-vital">{say("readings")}</h3>
      {!isOpen ? (
        <>
          <p class="caption">{say("readingsNote")}</p>
          <Button asks label={say("showReadings")} onClick={open}>
            {say("show")}
          </Button>
        </>
      ) : answer === undefined ? (
        <Skeleton of="line" />
      ) : (
        <Lists page={page} answer={answer} />
      )}
    </article>
  );
}

/** Undefined while nobody has answered yet, null where nobody could. */
function useReadings({ state, data }: Page) {
  const [isOpen, setOpen] = useState(false);
  const [answer, take] = useState<Viewer | null | undefined>(undefined);
  // In the units of what stands around it.
  const { trends, trendDays, trendUnits } = state;
  useEffect(() => {
    if (!isOpen) return;
    let isWanted = true;
    const { temperature, glucose } = unitsOf(trendUnits);
    const variables = { range: { lastDays: trendDays }, lately: { lastDays: DENSE_DAYS }, temperature, glucose };
    void data
      .look(ReadingsDocument, variables)
      .then(({ viewer }) => viewer)
      .catch(() => null)
      .then((viewer) => isWanted && take(viewer));
    return () => {
      isWanted = false;
    };
  }, [isOpen, trends, trendDays, trendUnits]);
  return { isOpen, answer, open: () => setOpen(true) };
}

function Lists({ page, answer }: { readonly page: Page; readonly answer: Viewer | null }) {
  const { say, state } = page;
  const sources = answer?.readings?.sources ?? [];
  const refusals = sources.filter(({ status }) => status === "INSUFFICIENT_SCOPE");
  const isBehind = sources.some(
    (source) => source.status !== "INSUFFICIENT_SCOPE" && sourceSentence(page, source) !== null,
  );
  const series = answer?.lately?.glucoseSeries ?? [];
  const lists = readingKinds.flatMap((kind) => {
    const list = answer ? kind.list(answer) : null;
    return list && list.length > 0 ? [{ kind, list }] : [];
  });
  return (
    <>
      {series.length > 0 && <Glucose page={page} series={series} />}
      {lists.length > 0 ? (
        <ul class="rows reading-kinds">
          {lists.map(({ kind, list }) => (
            <Kind key={kind.name} page={page} kind={kind} list={list} />
          ))}
        </ul>
      ) : (
        refusals.length === 0 &&
        series.length === 0 && (
          <p class="caption">
            {isBehind || answer === null ? say("notAnswered") : say("noReadings", { n: state.trendDays })}{" "}
            {isBehind && <a href="#sources">{say("seeWhy")}</a>}
          </p>
        )
      )}
      {refusals.length > 0 && <Refusals sources={refusals} domain="READINGS" />}
    </>
  );
}

interface KindProps {
  readonly page: Page;
  readonly kind: ReadingKind;
  readonly list: readonly Reading[];
}

function Kind({ page, kind, list }: KindProps) {
  const { say, format, name } = page;
  const latest = list.at(-1)!;
  const [value, unit] = latest.write(page);
  const note = latest.note?.(page) ?? null;
  return (
    <li class="reading-kind">
      <div>
        <b>{say(kind.name)}</b>
        <p class="caption">
          {[
            say("atTime", { day: dayAtStart(page, latest.date), time: format.time(latest.at) }),
            ...(note === null ? [] : [note]),
          ].join(" · ")}
        </p>
        <p class="source">{name(latest.source)}</p>
      </div>
      <p class="workout-figure">
        {value} {unit !== "" && <small>{unit}</small>}
      </p>
      {list.length > 1 && (
        <Table
          summary={say("allReadings", { n: list.length })}
          label={say(kind.name)}
          columns={[say("time"), say("figure"), say("source")]}
          rows={() =>
            list.map((one) => [
              `${format.weekday(one.date)}, ${format.time(one.at)}`,
              [one.write(page).join(" ").trim(), ...[one.note?.(page) ?? []].flat()].join(", "),
              name(one.source),
            ])
          }
        />
      )}
    </li>
  );
}
