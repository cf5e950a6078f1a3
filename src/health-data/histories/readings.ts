import type { PlainField } from "../../model/fields.js";
import { namesOf } from "../../model/figure-tables.js";
import type {
  BloodPressureRecord,
  ElectrocardiogramRecord,
  GlucoseRecord,
  LocalDate,
  MissingReason,
  OxygenRecord,
  PulseRecord,
  RhythmAlertRecord,
  SampleSeries,
  TemperatureRecord,
  Vo2MaxTestRecord,
} from "../../model/records.js";
import type { ProviderId } from "../../providers/index.js";
import { chooseRecords, daysOfReading, isClose } from "../merge.js";
import type * as views from "../views.js";
import { outdatedLast, reasonOfAll, recordsOf } from "./records.js";
import { type Assembly, type Demand, demand, held, inParts, opaqueId, type Scene, type Source } from "./scene.js";

type Same<R> = (a: R, b: R) => boolean;
/** Readings of two sources are one if they are close in time and these figures are equal. */
const equal =
  <R extends { readonly time: string }>(...figures: readonly (keyof R)[]): Same<R> =>
  (a, b) =>
    isClose(a.time, b.time) && figures.every((figure) => a[figure] === b[figure]);

interface Records {
  bloodPressures: BloodPressureRecord;
  bloodGlucose: GlucoseRecord;
  vo2MaxTests: Vo2MaxTestRecord;
  pulses: PulseRecord;
  temperatures: TemperatureRecord;
  oxygenSaturations: OxygenRecord;
  electrocardiograms: ElectrocardiogramRecord;
  rhythmAlerts: RhythmAlertRecord;
}
type ListName = keyof Records;

/** The lists of the schema, each a field of the model, and what makes two records of two sources one. */
const lists: { readonly [L in ListName]: Same<Records[L]> } = {
  bloodPressures: equal("systolic", "diastolic", "pulse"),
  bloodGlucose: equal("value"),
  vo2MaxTests: equal("value"),
  pulses: equal("rate"),
  temperatures: equal("value", "site"),
  oxygenSaturations: equal("percent"),
  electrocardiograms: equal("averageHeartRate", "finding"),
  rhythmAlerts: (a, b) => isClose(a.start, b.start) && isClose(a.end, b.end),
};

const glucose: Extract<PlainField, "readings.glucoseCourse"> = "readings.glucoseCourse";

export function* readings(scene: Scene): Assembly<Omit<views.ReadingHistory, "sources">> {
  const asked = namesOf(lists).filter((name) => scene.ask.fields.has(fieldOf(name)));
  const fields: readonly PlainField[] = [
    ...asked.map((name) => fieldOf(name)),
    ...(scene.ask.fields.has(glucose) ? [glucose] : []),
  ];
  yield scene.sources.map((source) => demand(source, fields, scene.days));
  const absent = new Map<string, MissingReason>();
  function* list<L extends ListName>(name: L): Generator<readonly Demand[], readonly View<L>[] | null, void> {
    if (!asked.includes(name)) return null;
    const shown = yield* listed(scene, name);
    if (shown === null) absent.set(name, reasonOfAll(scene, fieldOf(name)));
    return shown;
  }
  const glucoseSeries = scene.ask.fields.has(glucose) ? glucoseDays(scene) : null;
  if (glucoseSeries === null && scene.ask.fields.has(glucose)) absent.set("glucoseSeries", reasonOfAll(scene, glucose));
  return {
    bloodPressures: yield* list("bloodPressures"),
    bloodGlucose: yield* list("bloodGlucose"),
    glucoseSeries,
    vo2MaxTests: yield* list("vo2MaxTests"),
    pulses: yield* list("pulses"),
    temperatures: yield* list("temperatures"),
    oxygenSaturations: yield* list("oxygenSaturations"),
    electrocardiograms: yield* list("electrocardiograms"),
    rhythmAlerts: yield* list("rhythmAlerts"),
    absent,
  };
}

function fieldOf(name: ListName): `readings.${ListName}` {
  return `readings.${name}`;
}

type View<L extends ListName> = Records[L] & { readonly date: LocalDate; readonly source: ProviderId };

/** All readings of all sources, oldest first. Null if no source answered. */
function* listed<L extends ListName>(
  scene: Scene,
  name: L,
): Generator<readonly Demand[], readonly View<L>[] | null, void> {
  type Dated = { readonly record: Records[L]; readonly date: LocalDate };
  const field = fieldOf(name);
  const able = scene.sources.filter(({ reader }) => reader.supports(field));
  const answered = able.flatMap((source) => {
    const days = recordsOf<Records[L]>(source, field, scene.days);
    if (days === null) return [];
    return [
      { source, records: days.flatMap(({ day, records }) => records.map((record): Dated => ({ record, date: day }))) },
    ];
  });
  if (answered.length === 0) return null;
  const same: Same<Records[L]> = lists[name];
  const chosen = chooseRecords(
    outdatedLast<Dated>(answered, ({ reader }: Source, { date }) => reader.isOutdated([field], date)),
    (a, b) => same(a.record, b.record),
    ({ record }) => daysOfReading(timeOf(record)),
  );
  const shown = yield* inParts(chosen, ({ source, record: { record, date } }) =>
    Object.assign({}, record, {
      id: opaqueId(field, source.reader.connection.id, record.id),
      date,
      source: source.reader.provider.id,
    }),
  );
  return shown.toSorted((a, b) => Date.parse(timeOf(a)) - Date.parse(timeOf(b)));
}

const timeOf = (record: { readonly time: string } | { readonly start: string }) =>
  "time" in record ? record.time : record.start;

/** The course of each day, of the first source that has one. Null if no source answered. */
function glucoseDays({ sources, days }: Scene): readonly SampleSeries[] | null {
  const able = sources.filter(({ reader }) => reader.supports(glucose));
  const isAnswered = able.some(({ reader }) => days.some((day) => reader.answered(glucose, day)));
  if (!isAnswered) return null;
  return days.flatMap((day) => {
    const courses = able.map(({ reader }) => held<SampleSeries>(reader.look(glucose, day)));
    return courses.find((series) => series !== null) ?? [];
  });
}
