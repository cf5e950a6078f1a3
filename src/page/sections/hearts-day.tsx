import { type CoursePlace, DayCourse, ZoneBar } from "../charts/index.js";
import type { HeartDay as Day } from "../data/state.js";
import { HeartOfDayDocument } from "../generated/operations.js";
import { ChartCard } from "../parts/chart-card.js";
import { DayArrows, useDayOf } from "../parts/day-arrows.js";
import { figureOf, type Page, usePage } from "../parts/page.js";
import { ZoneList, zoneName } from "../parts/zones.js";
import { chartWords } from "../words/chart-words.js";
import { dayAtStart, nowLine } from "../words/moments.js";

const LEAST_RATE_SPAN = 40;

/** The heart through one day: today, or another that is asked for by itself. */
export function HeartsDay() {
  const page = usePage();
  const { say, state, data, today } = page;
  const chosen = useDayOf(today, async (date) => (await data.look(HeartOfDayDocument, { date })).viewer);
  const history = chosen.date === today ? state.today?.heart : chosen.answer?.heart;
  const day = history?.days?.[0];
  const isLoading = chosen.date === today ? !state.today : chosen.isLoading;
  return (
    <ChartCard
      kind="heart-day"
      domain="HEART"
      title={say("heartsDay")}
      hue="heart"
      sources={history?.sources}
      list={isLoading ? undefined : history?.days ? (day?.samples?.values ?? []) : null}
      none={say("noSamplesOfDay")}
      corner={<DayArrows chosen={chosen} last={today} />}
    >
      {(title) => <Course page={page} day={day!} title={title} />}
    </ChartCard>
  );
}

interface CourseProps {
  readonly page: Page;
  readonly day: Day;
  readonly title: preact.ComponentChildren;
}

function Course({ page, day, title }: CourseProps) {
  const { say, format, name, today } = page;
  const { offsets, values, stepSeconds } = day.samples!;
  const minutes = offsets.map((seconds) => seconds / 60);
  const last = minutes.at(-1)!;
  const isToday = day.date === today;
  const zones = day.zones ?? [];
  const source = name(day.source);
  const until = isToday ? `${say("today")}, ${format.clock(last)}` : dayAtStart(page, day.date);
  const step = stepSeconds === null ? null : Math.round(stepSeconds / 60);
  return (
    <>
      <DayCourse
        kind="heart-day"
        hue="heart"
        leastSpan={LEAST_RATE_SPAN}
        title={title}
        label={say("heartsDay")}
        rest={{
          figures: [
            {
              value: say("lowToHigh", { low: Math.min(...values), high: Math.max(...values) }),
              unit: say("bpm"),
            },
          ],
          of: figureOf(page, "course", day.date),
          details: [until, ...(step ? [say("everyMinutes", { n: step })] : []), source],
        }}
        columns={[say("time"), say("rateOrReason"), say("zone")]}
        words={chartWords(page)}
        minutes={minutes}
        values={values}
        zones={zones}
        now={isToday ? nowLine(page) : null}
        say={(place) => placeWords(page, place, source)}
      />
      {zones.length > 0 && (
        <>
          <ZoneList zones={zones} />
          <ZoneBar
            label={say("zonesNote")}
            zones={zones}
            rest={{ figures: say("zonesNote"), details: [] }}
            size="thick"
            say={(zone) => ({ figures: zoneName(page, zone.kind), details: [format.duration(zone.minutes ?? 0)] })}
          />
        </>
      )}
    </>
  );
}

function placeWords({ say, format }: Page, place: CoursePlace, source: string) {
  if (place.kind === "HOLE")
    return {
      figures: say("noSamples"),
      details: [say("noSamplesFromTo", { from: format.clock(place.from), to: format.clock(place.to) })],
      cells: [say("range", { from: format.clock(place.from), to: format.clock(place.to) }), say("noSamples"), "–"],
    };
  const rate = format.number(place.value);
  const zone = place.zone === null ? [] : [zoneName({ say }, place.zone)];
  return {
    figures: [{ value: rate, unit: say("bpm") }],
    details: [format.clock(place.minute), ...zone, source],
    cells: [format.clock(place.minute), `${rate} ${say("bpm")}`, zone[0] ?? "–"],
  };
}
