import { type SparkDay, Table, VitalRow } from "../charts/index.js";
import type { Trends } from "../data/state.js";
import { type VitalFragment, VitalsOfAllDocument } from "../generated/operations.js";
import { ChartCard } from "../parts/chart-card.js";
import { inPriority, useOthers } from "../parts/other-sources.js";
import { figureOf, type Page, usePage } from "../parts/page.js";
import { unitsOf } from "../settings/settings.js";
import { dayAtStart, dayInside, daysUntil } from "../words/moments.js";
import { hasOthers } from "../words/sources.js";
import { howFound, type VitalField, type VitalKind, vitalKinds, writeVital } from "./vital-kinds.js";

/** More than these stand in two columns, over the whole width. */
export const FEW = 6;

interface Known {
  readonly vital: VitalKind;
  readonly days: readonly VitalFragment[];
}

/** What is measured through the night or day, one row each; what nobody measured has no row. */
export function Vitals() {
  const page = usePage();
  const { say, state } = page;
  const history = state.trends?.vitals;
  const known = knownVitals(state.trends);
  const isUnknown = history == null || vitalKinds.every(({ field }) => history[field] === null);
  return (
    <ChartCard
      kind="vitals"
      domain="VITALS"
      title={say("vitals")}
      hue="vital"
      span={known.length > FEW ? 12 : 6}
      sources={history?.sources}
      list={state.trends ? (isUnknown ? null : known) : undefined}
      none={say("noVitals", { n: state.trendDays })}
    >
      {(title) => (
        <>
          {title}
          <ul class="rows vitals">
            {known.map(({ vital, days }) => (
              <Row key={vital.field} page={page} vital={vital} days={days} />
            ))}
          </ul>
          {hasOthers(state, "VITALS") && <OfAll page={page} known={known} />}
        </>
      )}
    </ChartCard>
  );
}

/** The vitals that have a figure, each with the days that have. */
export function knownVitals(trends: Trends | null): readonly Known[] {
  return vitalKinds.flatMap((vital) => {
    const days = trends?.vitals?.[vital.field]?.filter(({ value }) => value !== null) ?? [];
    return days.length === 0 ? [] : [{ vital, days }];
  });
}

interface RowProps {
  readonly page: Page;
  readonly vital: VitalKind;
  readonly days: readonly VitalFragment[];
}

function Row({ page, vital, days }: RowProps) {
  const { format, name, say, state, today } = page;
  const figures = (day: VitalFragment) => [{ value: writeVital(page, vital, day.value!), unit: vital.unit(page) }];
  const known = new Map(days.map((day) => [day.date, day]));
  const latest = days.at(-1)!;
  const spark: readonly SparkDay[] = daysUntil(today, state.trendDays).map((date) => {
    const day = known.get(date);
    return day
      ? { date, source: day.source, settled: day.settled, value: day.value! }
      : { date, source: null, settled: true, value: "NOT_RECORDED" };
  });
  return (
    <VitalRow
      name={say(vital.name)}
      days={spark}
      leastSpan={vital.leastSpan}
      hue="vital"
      rest={{
        figures: figures(latest),
        of: figureOf(page, vital.field),
        details: [howFound(page, vital, latest), dayAtStart(page, latest.date), name(latest.source)],
      }}
      say={({ date }) => {
        const day = known.get(date);
        return day
          ? { figures: figures(day), details: [format.weekday(date), name(day.source)] }
          : { figures: say("gapNotRecorded"), details: [format.weekday(date)] };
      }}
    />
  );
}

interface Latest {
  readonly field: VitalField;
  readonly source: string;
  readonly text: string;
}

/** The latest figure that each source has of each vital, once somebody wants to know. */
function OfAll({ page, known }: { readonly page: Page; readonly known: readonly Known[] }) {
  const { say, name, data, state, today } = page;
  const { told, isAsking, open } = useOthers<Latest>(page, async (days) => {
    const { temperature } = unitsOf(state.trendUnits);
    const { viewer } = await data.look(VitalsOfAllDocument, { range: { lastDays: days }, temperature });
    const vitals = viewer?.vitals;
    if (!vitals) return null;
    return vitalKinds.flatMap((vital) => {
      const figures = vitals[vital.field]?.flatMap((day) => [day, ...day.alternatives]) ?? [];
      const latest = new Map(figures.filter(({ value }) => value !== null).map((one) => [one.source, one]));
      return [...latest.values()].map(({ source, date, value }) => ({
        ...{ field: vital.field, source },
        text: [
          `${writeVital(page, vital, value!)} ${vital.unit(page)}`.trim(),
          ...(date === today ? [] : [dayInside(page, date)]),
        ].join(", "),
      }));
    });
  });
  const sources = inPriority(page, told ?? []);
  const textOf = (field: VitalField, source: string) =>
    told?.find((one) => one.field === field && one.source === source)?.text ?? "–";
  return (
    <div class="chart-foot">
      <Table
        summary={say("otherSources")}
        label={`${say("vitals")}, ${say("otherSources")}`}
        columns={[say("vital"), ...sources.map(name)]}
        rows={() =>
          known.map(({ vital }) => [say(vital.name), ...sources.map((source) => textOf(vital.field, source))])
        }
        isCourse
        onOpen={open}
        note={told ? undefined : say(isAsking ? "askingSources" : "notAnswered")}
      />
    </div>
  );
}
