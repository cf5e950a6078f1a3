import type { Field } from "../../model/fields.js";
import { namesOf } from "../../model/figure-tables.js";
import type { LocalDate, MissingReason, WeighingRecord } from "../../model/records.js";
import { chooseRecords, daysOfWeighing, isSameWeighing, joinWeighings } from "../merge.js";
import type * as views from "../views.js";
import { recordIdOf } from "./record-ids.js";
import { outdatedLast, recordsOf } from "./records.js";
import { type Assembly, demand, inParts, type Scene, type Source } from "./scene.js";

/** Each of these can be the only figure of a measurement. They are always asked for: what was selected must not decide how long the list is. */
const measured: readonly Field[] = ["body.weight", "body.fatPercentage"];

/** The figures of a measurement, each with the field that it is read from. */
const figureFields = {
  weight: "body.weight",
  bodyMassIndex: "body.bodyMassIndex",
  fatPercentage: "body.fatPercentage",
  fatMass: "body.composition",
  leanMass: "body.composition",
  muscleMass: "body.composition",
  boneMass: "body.composition",
  waterMass: "body.composition",
  visceralFatIndex: "body.composition",
  basalEnergyBurned: "body.composition",
} as const satisfies Partial<Record<keyof WeighingRecord, Field>>;

/** Why figures of a measurement are null. */
function absentIn({ reader }: Source, record: WeighingRecord, date: LocalDate): views.Absent {
  const absent = new Map<string, MissingReason>();
  for (const name of namesOf(figureFields)) {
    if (typeof record[name] === "number") continue;
    const known = reader.look(figureFields[name], date);
    if (record.refused?.includes(name)) absent.set(name, "PROVIDER_ERROR");
    else absent.set(name, "nothing" in known ? known.nothing : (known.lacks ?? "NOT_RECORDED"));
  }
  return absent;
}

export function* body(scene: Scene): Assembly<Omit<views.BodyHistory, "sources">> {
  const more = (["body.bodyMassIndex", "body.composition"] as const).filter((field) => scene.ask.fields.has(field));
  const asked: readonly Field[] = [...measured, ...more];
  const all = scene.sources.filter(({ reader }) => asked.some((field) => reader.supports(field)));
  yield all.map((source) => demand(source, asked, scene.days));
  type Dated = WeighingRecord & { readonly date: LocalDate };
  const answered = all.flatMap((source) => {
    const parts = asked
      .filter((field) => source.reader.supports(field))
      .map((field) => recordsOf<WeighingRecord>(source, field, scene.days));
    if (parts.every((part) => part === null)) return [];
    const byDay = new Map<LocalDate, WeighingRecord[]>();
    for (const { day, records } of parts.flatMap((part) => part ?? []))
      byDay.set(day, [...(byDay.get(day) ?? []), ...records]);
    const records = [...byDay].flatMap(([date, weighings]) =>
      joinWeighings(weighings).map((each): Dated => Object.assign({}, each, { date })),
    );
    return [{ source, records }];
  });
  if (answered.length === 0) return { measurements: null, latest: null };
  // Two minutes may hold a midnight; where only the day is known, it has to be the same.
  const isSame = (a: Dated, b: Dated) => (a.date === b.date || a.time !== null) && isSameWeighing(a, b);
  const isOutdated = ({ reader }: Source, { date }: Dated) => reader.isOutdated(asked, date);
  const chosen = chooseRecords(outdatedLast(answered, isOutdated), isSame, daysOfWeighing);
  const fullest = chosen.map(({ alternatives, ...first }) =>
    [first, ...alternatives.filter((each) => !isOutdated(each.source, each.record))].reduce((best, each) =>
      fullness(each) > fullness(best) ? each : best,
    ),
  );
  const shown = yield* inParts(fullest, ({ source, record }) =>
    Object.assign({}, record, {
      id: recordIdOf("WEIGHING", source.reader.connection.id, record.id, record.date),
      source: source.reader.provider.id,
      absent: absentIn(source, record, record.date),
    }),
  );
  const measurements = shown.toSorted((a, b) =>
    a.date < b.date ? -1 : a.date > b.date ? 1 : instant(a.time) - instant(b.time),
  );
  const figures = namesOf(figureFields).filter((name) => scene.ask.fields.has(figureFields[name]));
  // Whoever asks for the newest weight wants a weight, though fat alone may have been measured since.
  const latest = measurements.findLast(
    (each) => figures.length === 0 || figures.some((name) => typeof each[name] === "number"),
  );
  return { measurements, latest: latest ?? null };
}

/**
 * Of one weighing that several sources tell of, the source is chosen that tells most of it: a copy elsewhere often has
 * the weight alone. What a source offers counts and not what was asked, so that the selection does not decide.
 */
function fullness({ source, record }: { readonly source: Source; readonly record: WeighingRecord }): number {
  return (record.fatPercentage === null ? 0 : 2) + (source.reader.supports("body.composition") ? 1 : 0);
}

/** A measurement of which only the day is known counts as the day's first. */
function instant(time: string | null): number {
  return time === null ? Number.NEGATIVE_INFINITY : Date.parse(time);
}
