import { type CoursePlace, DayCourse, Empty } from "../charts/index.js";
import { type CourseFragment, GlucoseOfDayDocument } from "../generated/operations.js";
import { DayArrows, useDayOf } from "../parts/day-arrows.js";
import { figureOf, type Page } from "../parts/page.js";
import { Skeleton } from "../parts/skeleton.js";
import { chartWords } from "../words/chart-words.js";
import { dayAtStart, nowLine } from "../words/moments.js";
import { glucoseDigits, glucoseUnit } from "./reading-kinds.js";

/** A series has no unit of its own choosing: what comes in mmol/L is shown as the readings are. */
const MILLIGRAMS_PER_DECILITER = 18.0156;
const leastSpan = { metric: 4, us: 72 } as const;

interface GlucoseProps {
  readonly page: Page;
  /** Of the last days, oldest first: not empty. */
  readonly series: readonly CourseFragment[];
}

/** What a glucose sensor recorded through one day: the last that it has, or another that is asked for by itself. */
export function Glucose({ page, series }: GlucoseProps) {
  const { say, data, format } = page;
  const last = dateOf(series.at(-1)!);
  const chosen = useDayOf(last, async (date) => (await data.look(GlucoseOfDayDocument, { date })).viewer);
  const known = series.find((one) => dateOf(one) === chosen.date) ?? chosen.answer?.readings?.glucoseSeries?.[0];
  const title = <h4>{say("glucoseSensor")}</h4>;
  return (
    <div class="glucose">
      {known ? (
        <Course page={page} course={known} title={title} />
      ) : chosen.isLoading ? (
        <>
          {title}
          <Skeleton of="chart" />
        </>
      ) : (
        <Empty kind="heart-day" title={title} rest={{ figures: "–", details: [format.weekday(chosen.date)] }}>
          {say("noSamplesOfDay")}
        </Empty>
      )}
      <div class="corner">
        <DayArrows chosen={chosen} last={last} />
      </div>
    </div>
  );
}

const dateOf = ({ localStart }: CourseFragment) => localStart.slice(0, 10);

interface CourseProps {
  readonly page: Page;
  readonly course: CourseFragment;
  readonly title: preact.ComponentChildren;
}

function Course({ page, course, title }: CourseProps) {
  const { say, format, today, state } = page;
  const date = dateOf(course);
  const start = 60 * Number(course.localStart.slice(11, 13)) + Number(course.localStart.slice(14, 16));
  const minutes = course.offsets.map((seconds) => start + seconds / 60);
  const factor = state.trendUnits === "us" ? MILLIGRAMS_PER_DECILITER : 1;
  const values = course.values.map((value) => value * factor);
  const write = (value: number) => format.number(value, glucoseDigits(page));
  const unit = glucoseUnit(page);
  const step = course.stepSeconds === null ? null : Math.round(course.stepSeconds / 60);
  const tell = (place: CoursePlace) => {
    if (place.kind === "HOLE") {
      const [from, to] = [format.clock(place.from), format.clock(place.to)];
      const details = [say("noSamplesFromTo", { from, to })];
      return { figures: say("noSamples"), details, cells: [say("range", { from, to }), say("noSamples")] };
    }
    const figure = write(place.value);
    const at = format.clock(place.minute);
    return { figures: [{ value: figure, unit }], details: [at], cells: [at, `${figure} ${unit}`] };
  };
  return (
    <DayCourse
      kind="glucose"
      hue="vital"
      leastSpan={leastSpan[state.trendUnits]}
      title={title}
      label={say("glucoseSensor")}
      rest={{
        figures: [
          { value: say("lowToHigh", { low: write(Math.min(...values)), high: write(Math.max(...values)) }), unit },
        ],
        of: figureOf(page, "glucose", date),
        details: [dayAtStart(page, date), ...(step ? [say("everyMinutes", { n: step })] : [])],
      }}
      columns={[say("time"), say("figure")]}
      words={chartWords(page)}
      minutes={minutes}
      values={values}
      zones={[]}
      now={date === today ? nowLine(page) : null}
      say={tell}
    />
  );
}
