import type { Field } from "../../model/fields.js";
import type {
  CourseRecord,
  LocalDate,
  MissingReason,
  SampleSeries,
  SleepRecord,
  WorkoutRecord,
} from "../../model/records.js";
import { chooseField, chooseRecords, daysOfSpan } from "../merge.js";
import { type Demand, demand, held, inParts, type Scene, type Source } from "./scene.js";

interface RankedRecords<R> {
  readonly source: Source;
  readonly records: readonly R[];
}

/**
 * Best first. What a source that can no longer be asked knew of days that may have been incomplete comes after every
 * other source's records: a night half of which it saw must not hide the whole of it.
 */
export function outdatedLast<R>(
  answered: readonly { readonly source: Source; readonly records: readonly R[] }[],
  isOutdated: (source: Source, record: R) => boolean,
): readonly RankedRecords<R>[] {
  const parts = answered.map(({ source, records }) => {
    const late = new Set(records.filter((record) => isOutdated(source, record)));
    return { source, current: records.filter((record) => !late.has(record)), late: [...late] };
  });
  return [
    ...parts.map(({ source, current }) => ({ source, records: current })),
    ...parts.filter(({ late }) => late.length > 0).map(({ source, late }) => ({ source, records: late })),
  ];
}

/** Days on which a source answered a list; null where it answered none at all. */
export function recordsOf<R>(
  source: Source,
  field: Field,
  days: readonly LocalDate[],
): { day: LocalDate; records: readonly R[] }[] | null {
  const answered = days.flatMap((day) => {
    const records = held<readonly R[]>(source.reader.look(field, day));
    return records === null ? [] : [{ day, records }];
  });
  return answered.length === 0 && days.length > 0 ? null : answered;
}

/** Why no source answered a field: the best source's reason, of those that offer it. */
export function reasonOfAll(scene: Scene, field: Field): MissingReason {
  return reasonOfDay(scene, field, scene.days[0] ?? null);
}

export function reasonOfDay({ sources }: Scene, field: Field, day: LocalDate | null): MissingReason {
  const found = chooseField(sources, ({ reader }) => reader.look(field, day));
  return "nothing" in found ? found.nothing : "UNKNOWN";
}

/** The asked courses of one record by metric, and why there are none: under the name `samples(METRIC)`. */
export function coursesOf(
  { ask }: Scene,
  { reader }: Source,
  prefix: "sleep" | "workouts",
  { id, day }: { readonly id: string; readonly day: LocalDate },
  absent: Map<string, MissingReason>,
): ReadonlyMap<string, SampleSeries | null> {
  const courses = new Map<string, SampleSeries | null>();
  for (const field of ask.fields) {
    if (!field.startsWith(`${prefix}.course:`)) continue;
    const metric = field.slice(field.indexOf(":") + 1);
    const known = reader.look(field, day);
    const course = held<readonly CourseRecord[]>(known)?.find((each) => each.id === id)?.series ?? null;
    courses.set(metric, course);
    if (course !== null) continue;
    absent.set(`samples(${metric})`, "nothing" in known ? known.nothing : (known.lacks ?? "NOT_RECORDED"));
  }
  return courses;
}

/**
 * Why figures of a record are null. What a provider never has is left out of its records. `found`: what was looked for
 * elsewhere, and counts instead.
 */
export function reasonsIn<R extends { readonly refused?: readonly string[] }>(
  record: Partial<R>,
  names: readonly (keyof R & string)[],
  found: { readonly [K in keyof R]?: unknown } = {},
): Map<string, MissingReason> {
  const absent = new Map<string, MissingReason>();
  for (const name of names) {
    const value = name in found ? found[name] : record[name];
    if (value !== null && value !== undefined) continue;
    if (record.refused?.includes(name)) absent.set(name, "PROVIDER_ERROR");
    else absent.set(name, value === undefined ? "UNSUPPORTED" : "NOT_RECORDED");
  }
  return absent;
}

export function* recordList<
  R extends SleepRecord | WorkoutRecord,
  V extends { start: string; alternatives: readonly V[] },
>(
  scene: Scene,
  field: Field,
  isSame: (a: R, b: R) => boolean,
  toView: (source: Source, record: R, alternatives: readonly V[]) => V,
  detailsOf?: (source: Source, records: readonly R[]) => readonly Demand[],
): Generator<readonly Demand[], readonly V[] | null, void> {
  const others = scene.ask.alternatives ? scene.others : [];
  const all = [...scene.sources, ...others].filter(({ reader }) => reader.supports(field));
  yield all.map((source) => demand(source, [field], scene.days));
  const dayOf = new Map<R, LocalDate>();
  const answeredOf = (sources: readonly Source[]) =>
    sources.flatMap((source) => {
      const days = recordsOf<R>(source, field, scene.days);
      for (const { day, records } of days ?? []) for (const record of records) dayOf.set(record, day);
      return days === null ? [] : [{ source, records: days.flatMap(({ records }) => records) }];
    });
  const own = answeredOf(all.filter((source) => scene.sources.includes(source)));
  if (own.length === 0) return null;
  const isOutdated = ({ reader }: Source, record: R) => reader.isOutdated([field], dayOf.get(record)!);
  const rest = answeredOf(all.filter((source) => !scene.sources.includes(source)));
  const chosen = chooseRecords([...outdatedLast(own, isOutdated), ...rest], isSame, daysOfSpan).filter(({ source }) =>
    scene.sources.includes(source),
  );
  if (detailsOf) {
    const detailed = chosen.flatMap((each) => [each, ...(scene.ask.alternatives ? each.alternatives : [])]);
    yield all.flatMap((source) =>
      detailsOf(
        source,
        detailed.filter((each) => each.source === source).map(({ record }) => record),
      ),
    );
  }
  const shown = yield* inParts(chosen, ({ source, record, alternatives }) =>
    toView(
      source,
      record,
      scene.ask.alternatives
        ? [...alternatives]
            .sort((a, b) => scene.everyone.indexOf(a.source) - scene.everyone.indexOf(b.source))
            .map((other) => toView(other.source, other.record, []))
        : [],
    ),
  );
  return shown.toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start));
}
