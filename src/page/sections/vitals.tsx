import { type SparkDay, VitalRow } from "../charts/index.js";
import type { VitalFragment } from "../generated/operations.js";
import { ChartCard } from "../parts/chart-card.js";
import { type Page, usePage } from "../parts/page.js";
import type { Key } from "../strings/say.js";
import { dayAtStart, daysUntil } from "../words/moments.js";

interface Vital {
  readonly field: "oxygenSaturation" | "respiratoryRate" | "skinTemperatureDeviation" | "vo2Max" | "pulseWaveVelocity";
  readonly name: Extract<Key, "oxygen" | "breathing" | "skin" | "vo2Max" | "pulseWave">;
  unit(page: Page): string;
  readonly digits: number;
  /** The least that the small line reaches over. */
  readonly leastSpan: number;
  /** Whether the figure is a difference: it is written with its sign. */
  readonly isChange?: boolean;
}

const vitals: readonly Vital[] = [
  { field: "oxygenSaturation", name: "oxygen", unit: ({ say }) => say("percentUnit"), digits: 1, leastSpan: 6 },
  { field: "respiratoryRate", name: "breathing", unit: ({ say }) => say("breathsUnit"), digits: 1, leastSpan: 4 },
  {
    field: "skinTemperatureDeviation",
    name: "skin",
    unit: ({ settings }) => (settings.units === "us" ? "°F" : "°C"),
    digits: 1,
    leastSpan: 2,
    isChange: true,
  },
  { field: "vo2Max", name: "vo2Max", unit: ({ say }) => say("vo2Unit"), digits: 0, leastSpan: 6 },
  { field: "pulseWaveVelocity", name: "pulseWave", unit: ({ say }) => say("speedUnit"), digits: 1, leastSpan: 2 },
];

/** What is measured through the night or day, one row each; what nobody measured has no row. */
export function Vitals() {
  const page = usePage();
  const { say, state } = page;
  const history = state.trends?.vitals;
  const known = vitals.flatMap((vital) => {
    const days = history?.[vital.field]?.filter(({ value }) => value !== null) ?? [];
    return days.length === 0 ? [] : [{ vital, days }];
  });
  const isUnknown = history == null || vitals.every(({ field }) => history[field] === null);
  return (
    <ChartCard
      kind="vitals"
      domain="VITALS"
      title={say("vitals")}
      hue="vital"
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
        </>
      )}
    </ChartCard>
  );
}

interface RowProps {
  readonly page: Page;
  readonly vital: Vital;
  readonly days: readonly VitalFragment[];
}

function Row({ page, vital, days }: RowProps) {
  const { format, name, say, state, today } = page;
  const write = (value: number) =>
    vital.isChange ? format.change(value, vital.digits) : format.number(value, vital.digits);
  const figures = (day: VitalFragment) => [{ value: write(day.value!), unit: vital.unit(page) }];
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
        details: [how(page, vital, latest, write), dayAtStart(page, latest.date), name(latest.source)],
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

/** How the figure was found, in words. */
function how(
  { say }: Page,
  vital: Vital,
  { method, low, high }: VitalFragment,
  write: (value: number) => string,
): string {
  if (method === "RANGE" && low !== null && high !== null) return say("aRange", { low: write(low), high: write(high) });
  if (method === "ESTIMATED") return say("estimated");
  if (method === "EXERCISE_TEST") return say("exerciseTest");
  if (method === "SPOT") return say("spot");
  if (vital.isChange) return say("againstBaseline");
  if (vital.field === "vo2Max" || vital.field === "pulseWaveVelocity") return say("measured");
  return low === null ? say("nightMean") : say("nightMeanLow", { low: write(low) });
}
