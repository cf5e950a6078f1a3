import type { Field } from "../../model/fields.js";
import { namesOf, valuesBy, vitalCourses } from "../../model/figure-tables.js";
import { type VitalCourse, type VitalField, type VitalFigure, vitalFigures } from "../../model/figures.js";
import type { LocalDate, MissingReason, SampleSeries, VitalRecord } from "../../model/records.js";
import { alternativesTo, chooseDay } from "../merge.js";
import type * as views from "../views.js";
import type { DayChoice } from "./days.js";
import { reasonOfAll } from "./records.js";
import { type Assembly, type Demand, demand, held, inParts, opaqueId, type Scene, type Source } from "./scene.js";

const vitalNames = namesOf(vitalFigures);
const hasCourse: ReadonlySet<VitalFigure> = new Set(vitalCourses);

/** Each vital is chosen by itself: one source may have the oxygen of a night, and another its skin temperature. */
export function* vitals(scene: Scene): Assembly<Omit<views.VitalHistory, "sources">> {
  const { fields } = scene.ask;
  const asked = vitalNames.filter(
    (name) => fields.has(fieldOf(name)) || (hasCourse.has(name) && fields.has(courseOf(name))),
  );
  yield* ask(scene, asked);
  const absent = new Map<string, MissingReason>();
  const choices = new Map<VitalFigure, readonly DayChoice[]>();
  for (const name of asked) {
    const chosen = yield* choose(scene, name);
    if (chosen.length > 0 || (scene.days.length === 0 && scene.sources.length > 0)) choices.set(name, chosen);
    else absent.set(name, reasonOfAll(scene, fieldOf(name)));
  }
  yield coursesOf(scene, choices);
  const lists = new Map<VitalFigure, readonly views.VitalDay[]>();
  for (const [name, chosen] of choices) {
    const toDay = (source: Source, date: LocalDate, alternatives: readonly Source[]): views.VitalDay => ({
      alternatives: alternatives.map((other) => toDay(other, date, [])),
      ...dayOf(scene, source, name, date),
    });
    lists.set(name, yield* inParts(chosen, ({ date, winner, alternatives }) => toDay(winner, date, alternatives)));
  }
  return { ...valuesBy(vitalNames, (name) => lists.get(name) ?? null), absent };
}

const hasAlternatives = ({ ask: { alternatives, alternativesTo } }: Scene, name: VitalFigure) =>
  alternatives && (alternativesTo?.has(fieldOf(name)) ?? true);

const fieldOf = (name: VitalFigure): VitalField => `vitals.${name}`;

/** What shows that a source has a vital of a day: the value, or the course where the provider has no value. */
function witnessOf({ ask: { fields } }: Scene, { reader }: Source, name: VitalFigure): Field | null {
  if (reader.supports(fieldOf(name))) return fieldOf(name);
  const isCourseAsked = hasCourse.has(name) && fields.has(courseOf(name));
  return isCourseAsked && reader.supports(courseOf(name)) ? courseOf(name) : null;
}
const courseOf = (name: VitalFigure): Field => `vitals.course:${name as VitalCourse}`;

/**
 * Asks the next best source only for the days on which the better ones have no value, for each vital by itself. All are
 * asked for those that are shown beside each other.
 */
function* ask(scene: Scene, asked: readonly VitalFigure[]): Generator<readonly Demand[], void, void> {
  const witnesses = (source: Source, names: readonly VitalFigure[]) =>
    names.flatMap((name) => witnessOf(scene, source, name) ?? []);
  const compared = asked.filter((name) => hasAlternatives(scene, name));
  if (compared.length > 0)
    yield scene.everyone.map((source) => demand(source, witnesses(source, compared), scene.days));
  const open = new Map(asked.map((name) => [name, scene.days]));
  for (const source of scene.sources) {
    yield [...open].map(([name, days]) => demand(source, witnesses(source, [name]), days));
    for (const [name, days] of open) {
      const field = witnessOf(scene, source, name);
      if (field !== null)
        open.set(
          name,
          days.filter((day) => !decides(source, field, day)),
        );
    }
  }
}

function decides({ reader }: Source, field: Field, day: LocalDate): boolean {
  return held(reader.look(field, day)) !== null && !reader.isOutdated([field], day);
}

function* choose(scene: Scene, name: VitalFigure): Generator<readonly Demand[], readonly DayChoice[], void> {
  const witness = (source: Source) => witnessOf(scene, source, name);
  const able = (sources: readonly Source[]) => sources.filter((source) => witness(source) !== null);
  const [ranked, everyone] = [able(scene.sources), able(scene.everyone)];
  const look = (day: LocalDate) => (source: Source) => {
    const { reader } = source;
    const field = witness(source)!;
    return {
      answered: reader.answered(field, day),
      witness: held(reader.look(field, day)) === null ? null : 1,
      isOutdated: reader.isOutdated([field], day),
    };
  };
  const choices = yield* inParts(scene.days, (date): DayChoice | null => {
    const chosen = chooseDay(ranked, look(date));
    if (!chosen) return null;
    const alternatives = hasAlternatives(scene, name) ? alternativesTo(chosen.winner, everyone, look(date)) : [];
    return { date, winner: chosen.winner, alternatives };
  });
  return choices.filter((choice) => choice !== null);
}

/** The courses of the days that are shown, where they were asked for. */
function coursesOf(scene: Scene, choices: ReadonlyMap<VitalFigure, readonly DayChoice[]>): readonly Demand[] {
  return [...choices].flatMap(([name, chosen]) => {
    if (!hasCourse.has(name) || !scene.ask.fields.has(courseOf(name))) return [];
    return scene.everyone.map((source) => {
      const isShown = (choice: DayChoice) => choice.winner === source || choice.alternatives.includes(source);
      return demand(
        source,
        [courseOf(name)],
        chosen.filter(isShown).map(({ date }) => date),
      );
    });
  });
}

function dayOf(
  scene: Scene,
  { reader }: Source,
  name: VitalFigure,
  date: LocalDate,
): Omit<views.VitalDay, "alternatives"> {
  const field = fieldOf(name);
  const known = reader.look(field, date);
  const vital = held<VitalRecord>(known);
  const wantsCourse = hasCourse.has(name) && scene.ask.fields.has(courseOf(name));
  return {
    id: opaqueId(field, reader.connection.id, date),
    date,
    source: reader.provider.id,
    value: vital?.value ?? null,
    low: vital?.low ?? null,
    high: vital?.high ?? null,
    method: vital?.method ?? null,
    reason: "nothing" in known ? known.nothing : null,
    settled: date < scene.today && reader.settled([field], date),
    course: wantsCourse ? held<SampleSeries>(reader.look(courseOf(name), date)) : null,
  };
}
