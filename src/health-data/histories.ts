import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Known } from "../model/cells.js";
import { type Field, isDated, isSamples, type SamplesField } from "../model/fields.js";
import { namesOf, totalFigures, valuesBy } from "../model/figure-tables.js";
import { activityFigures, heartFigures } from "../model/figures.js";
import { sumOf } from "../model/numbers.js";
import {
  type Domain,
  type GoalMetric,
  type GoalRecord,
  type HeartZoneKind,
  heartZoneKinds,
  type LocalDate,
  type MissingReason,
  type NightHypnogram,
  type SampleSeries,
  type SleepRecord,
  type WeighingRecord,
  type WorkoutRecord,
  type ZoneBounds,
  type ZoneEnergy,
  type ZoneMinutes,
} from "../model/records.js";
import { samplesOf } from "../model/series.js";
import { addDays, eachDay, epochDay, instantOf, inZone, localDateOf, offsetOf } from "../model/time.js";
import type { Ask } from "./ask.js";
import type { ConnectionReader, Wanted } from "./connection-reader.js";
import {
  alternativesTo,
  chooseDay,
  chooseField,
  chooseRecords,
  daysOfSpan,
  daysOfWeighing,
  isSameSleep,
  isSameWeighing,
  isSameWorkout,
  joinWeighings,
  type Ranked,
} from "./merge.js";
import type * as views from "./views.js";

/** One connected source of a person, as an answer is put together from it. Best first wherever they come as a list. */
export interface Source extends Ranked {
  readonly reader: ConnectionReader;
}

export interface Demand {
  readonly source: Source;
  readonly wanted: Wanted;
}

/** What putting one answer together knows. `sources` are those asked; `others` only ever become alternatives. */
export interface Scene {
  readonly ask: Ask;
  readonly days: readonly LocalDate[];
  readonly today: LocalDate;
  readonly sources: readonly Source[];
  readonly others: readonly Source[];
  /** Both, by priority. */
  readonly everyone: readonly Source[];
  /** The person's own zone, where it is known by name. */
  readonly zone: string | null;
}

type History = Omit<views.Histories[Domain], "sources">;

/**
 * Puts an answer together. Yields what it needs to know next, is resumed when that is known (or known not to be had),
 * and so asks no source for what a better one has already said. What wants nothing is a pause in long work.
 */
export type Assembly<H extends History = History> = Generator<readonly Demand[], H, void>;

export const assemblies: { readonly [D in Domain]: (scene: Scene) => Assembly<Omit<views.Histories[D], "sources">> } = {
  PROFILE: profile,
  ACTIVITY: activity,
  HEART: heart,
  SLEEP: sleep,
  BODY: body,
  WORKOUTS: workouts,
  DEVICES: devices,
  GOALS: goals,
};

/** Hashing is most of what a day out of the store costs, and the same days are read again and again. */
const ids = new LRUCache<string, string>({ max: 20_000 });

/** Opaque and stable: says nothing of the person, the provider's ids or the date. */
function opaqueId(...parts: readonly string[]): string {
  const whole = parts.join("\n");
  let id = ids.get(whole);
  if (id === undefined) {
    id = hash("sha256", whole, "base64url").slice(0, 22);
    ids.set(whole, id);
  }
  return id;
}

function held<T>(known: Known): T | null {
  return "value" in known ? (known.value as T) : null;
}

/** As `missing` names it: the schema's field, a series with its arguments. */
export function missingName(field: Field): string {
  if (isSamples(field)) {
    const { metric, resolution } = samplesOf(field);
    return metric === "HEART" ? `samples(${resolution})` : `samples(${metric},${resolution})`;
  }
  const name = field.slice(field.indexOf(".") + 1);
  return name.startsWith("zones.") ? "zones" : name;
}

function demand(source: Source, fields: Iterable<Field>, days: readonly LocalDate[]): Demand {
  const wanted = new Map<Field, readonly (LocalDate | null)[]>();
  for (const field of fields) {
    if (source.reader.supports(field) && (days.length > 0 || !isDated(field)))
      wanted.set(field, isDated(field) ? days : [null]);
  }
  return { source, wanted };
}

// ---- Days: activity and heart ---------------------------------------------------------------------------------------

const heartWitnesses: readonly Field[] = [
  "heart.restingRate",
  "heart.hrvRmssd",
  "heart.hrvSdnn",
  "heart.samples:ONE_MINUTE",
];

/** The field by which a source shows that it saw the day. */
function witnessOf(domain: "ACTIVITY" | "HEART", { reader }: Source, fields: ReadonlySet<Field>): Field | null {
  if (domain === "ACTIVITY") {
    return reader.supports("activity.steps")
      ? "activity.steps"
      : reader.supports("activity.energyBurned")
        ? "activity.energyBurned"
        : null;
  }
  const found = heartWitnesses.find((field) => reader.supports(field)) ?? null;
  // Whichever series is read anyway tells the same: a second one would cost a call a day.
  return found !== null && isSamples(found) ? ([...fields].find(isSamples) ?? found) : found;
}

function witnessValue(field: Field, { reader }: Source, day: LocalDate): number | null {
  const known = reader.look(field, day);
  if (isSamples(field)) return held<SampleSeries>(known)?.values.find((value) => value > 0) ?? null;
  return held<number>(known);
}

interface DayChoice {
  readonly date: LocalDate;
  readonly winner: Source;
  readonly alternatives: readonly Source[];
}

/**
 * Chooses each day's source, asking the next best only for the days that the better ones did not witness. A witness is
 * wanted only where there is somebody to choose from.
 */
function* chooseDays(
  scene: Scene,
  domain: "ACTIVITY" | "HEART",
): Generator<readonly Demand[], readonly DayChoice[], void> {
  const { ask, days } = scene;
  const witnesses = new Map(scene.everyone.map((source) => [source, witnessOf(domain, source, ask.fields)]));
  const byRank = (sources: readonly Source[]): readonly Source[] => {
    const able = sources.filter((source) => witnesses.get(source) !== null);
    if (domain === "HEART") return able;
    // A source without steps ranks after those that count them.
    const counts = ({ reader }: Source) => reader.supports("activity.steps");
    return [...able.filter(counts), ...able.filter((source) => !counts(source))];
  };
  const ranked = byRank(scene.sources);
  const candidates = ask.alternatives ? byRank(scene.everyone) : ranked;
  const alone = candidates.length < 2 && ask.fields.size > 0;
  const fieldsOf = new Map(
    candidates.map((source) => [
      source,
      [...(alone ? ask.fields : new Set([...ask.fields, witnesses.get(source)!]))].filter((field) =>
        source.reader.supports(field),
      ),
    ]),
  );
  if (ask.alternatives) yield candidates.map((source) => demand(source, fieldsOf.get(source)!, days));

  const outdated = (source: Source, day: LocalDate) => source.reader.isOutdated([witnesses.get(source)!], day);
  const decides = (source: Source, day: LocalDate) =>
    (witnessValue(witnesses.get(source)!, source, day) ?? 0) > 0 && !outdated(source, day);
  let open = days;
  for (const source of ranked) {
    if (open.length === 0) break;
    yield [demand(source, fieldsOf.get(source)!, open)];
    if (ranked.length > 1) open = open.filter((day) => !decides(source, day));
  }
  const look = (day: LocalDate) => (source: Source) => ({
    answered: fieldsOf.get(source)!.some((field) => source.reader.answered(field, day)),
    witnessAnswered: source.reader.answered(witnesses.get(source)!, day),
    witness: candidates.length < 2 ? null : witnessValue(witnesses.get(source)!, source, day),
    isOutdated: outdated(source, day),
  });
  const choices = yield* inParts(days, (date): DayChoice | null => {
    const chosen = chooseDay(ranked, look(date));
    if (!chosen) return null;
    const alternatives = ask.alternatives ? alternativesTo(chosen.winner, candidates, look(date)) : [];
    return { date, winner: chosen.winner, alternatives };
  });
  return choices.filter((choice) => choice !== null);
}

const DAY_SECONDS = 86_400;

/**
 * Names the zone of a series on the days on which its clocks change, so that times after the change are written with the
 * offset that then held. Only where the series begins with that zone's offset: a traveller's may not.
 */
function inClockOf(series: SampleSeries | null, zone: string | null): SampleSeries | null {
  if (series === null || series.start === null || zone === null) return series;
  const start = instantOf(series.start);
  const offset = offsetOf(series.start);
  const changes = offsetOf(inZone(start + DAY_SECONDS * 1000, zone)) !== offset;
  return changes && offsetOf(inZone(start, zone)) === offset ? { ...series, zone } : series;
}

/** Items that are put together in a millisecond or two. */
const ITEMS_AT_ONCE = 50;

/** Makes one of each. A step that wants nothing gives others their turn between parts of a long list. */
function* inParts<T, V>(items: readonly T[], make: (item: T) => V): Generator<readonly Demand[], readonly V[], void> {
  const made: V[] = [];
  for (const item of items) {
    if (made.length > 0 && made.length % ITEMS_AT_ONCE === 0) yield [];
    made.push(make(item));
  }
  return made;
}

/** Most days have no series, and miss nothing: they share these. */
const nothingAbsent: views.Absent = new Map();
const noSeries: views.ActivityDay["series"] = new Map();

function dayBase(kind: string, scene: Scene, source: Source, date: LocalDate) {
  const { reader } = source;
  let absent: Map<string, MissingReason> | undefined;
  let series: Map<SamplesField, SampleSeries | null> | undefined;
  for (const field of scene.ask.fields) {
    const known = reader.look(field, date);
    if ("nothing" in known) {
      absent ??= new Map();
      const name = missingName(field);
      if (name !== "zones" || !absent.has(name)) absent.set(name, known.nothing);
    }
    if (isSamples(field)) {
      series ??= new Map();
      series.set(field, inClockOf(held<SampleSeries>(known), scene.zone));
    }
  }
  // A selection of nothing but the day itself was answered by the witness.
  const domain = kind === "heart" ? "HEART" : "ACTIVITY";
  const asked = scene.ask.fields.size > 0 ? scene.ask.fields : [witnessOf(domain, source, scene.ask.fields)!];
  return {
    id: opaqueId(kind, reader.connection.id, date),
    date,
    source: reader.provider.id,
    settled: date < scene.today && reader.settled(asked, date),
    absent: absent ?? nothingAbsent,
    series: series ?? noSeries,
  };
}

/** The figures of a day, as far as they were asked for: which those are is found out once for all days. */
function figuresOf<K extends string>(scene: Scene, prefix: string, names: readonly K[]) {
  const asked = new Map(
    names
      .map((name) => [name, `${prefix}.${name}` as Field] as const)
      .filter(([, field]) => scene.ask.fields.has(field)),
  );
  return ({ reader }: Source, date: LocalDate): Record<K, number | null> =>
    valuesBy(names, (name) => {
      const field = asked.get(name);
      return field === undefined ? null : held<number>(reader.look(field, date));
    });
}

const activityNames = namesOf(activityFigures);
const heartNames = namesOf(heartFigures);

function* activity(scene: Scene): Assembly<Omit<views.ActivityHistory, "sources">> {
  const chosen = yield* chooseDays(scene, "ACTIVITY");
  if (chosen.length === 0)
    return { days: scene.days.length === 0 && scene.sources.length > 0 ? [] : null, totals: null };
  const figures = figuresOf(scene, "activity", activityNames);
  const toDay = (source: Source, date: LocalDate, alternatives: readonly Source[]): views.ActivityDay => ({
    ...figures(source, date),
    ...dayBase("activity", scene, source, date),
    alternatives: alternatives.map((other) => toDay(other, date, [])),
  });
  const days = yield* inParts(chosen, ({ date, winner, alternatives }) => toDay(winner, date, alternatives));
  const sums = valuesBy(totalFigures, (name) => sumOf(days.flatMap((day) => day[name] ?? [])));
  return { days, totals: { days: days.length, ...sums } };
}

function* heart(scene: Scene): Assembly<Omit<views.HeartHistory, "sources">> {
  const chosen = yield* chooseDays(scene, "HEART");
  if (chosen.length === 0) return { days: scene.days.length === 0 && scene.sources.length > 0 ? [] : null };
  const figures = figuresOf(scene, "heart", heartNames);
  const toDay = (source: Source, date: LocalDate, alternatives: readonly Source[]): views.HeartDay => {
    const get = <T>(field: Field) => (scene.ask.fields.has(field) ? held<T>(source.reader.look(field, date)) : null);
    const base = dayBase("heart", scene, source, date);
    const zones = heartZones(get("heart.zones.bounds"), get("heart.zones.minutes"), get("heart.zones.energyBurned"));
    // One part of the zones is enough for them not to be missing.
    const absent =
      zones !== null && base.absent.has("zones")
        ? new Map([...base.absent].filter(([name]) => name !== "zones"))
        : base.absent;
    return {
      ...figures(source, date),
      ...base,
      absent,
      zones,
      alternatives: alternatives.map((other) => toDay(other, date, [])),
    };
  };
  return { days: yield* inParts(chosen, ({ date, winner, alternatives }) => toDay(winner, date, alternatives)) };
}

function heartZones(
  bounds: readonly ZoneBounds[] | null,
  minutes: readonly ZoneMinutes[] | null,
  energy: readonly ZoneEnergy[] | null,
): readonly views.HeartZone[] | null {
  if (!bounds && !minutes && !energy) return null;
  const of = <T extends { kind: HeartZoneKind }>(parts: readonly T[] | null, kind: HeartZoneKind) =>
    parts?.find((part) => part.kind === kind) ?? null;
  return heartZoneKinds.flatMap((kind) => {
    const [bound, minute, burned] = [of(bounds, kind), of(minutes, kind), of(energy, kind)];
    if (!bound && !minute && !burned) return [];
    return [
      {
        kind,
        minRate: bound?.minRate ?? null,
        maxRate: bound?.maxRate ?? null,
        minutes: minute?.minutes ?? null,
        energyBurned: burned?.energyBurned ?? null,
      },
    ];
  });
}

// ---- Records: sleep, workouts, weighings ----------------------------------------------------------------------------

interface RankedRecords<R> {
  readonly source: Source;
  readonly records: readonly R[];
}

/**
 * Best first. What a source that can no longer be asked knew of days that may have been incomplete comes after every
 * other source's records: a night half of which it saw must not hide the whole of it.
 */
function outdatedLast<R>(
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
function recordsOf<R>(
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

function* recordList<R extends SleepRecord | WorkoutRecord, V extends { start: string; alternatives: readonly V[] }>(
  scene: Scene,
  field: Field,
  isSame: (a: R, b: R) => boolean,
  toView: (source: Source, record: R, alternatives: readonly V[]) => V,
  detailsOf?: (source: Source, records: readonly R[]) => Demand,
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
    yield all.map((source) =>
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

const sleepFigures = [
  "isMainSleep",
  "minutesInBed",
  "minutesAsleep",
  "minutesAwake",
  "minutesToFallAsleep",
  "efficiency",
  "stages",
  "hypnogram",
] as const;

const hypnograms: Field = "sleep.hypnograms";

/** The stages of a night, and why there are none: in the record itself, or told by a call of their own. */
function hypnogramOf(
  { reader }: Source,
  record: SleepRecord,
): { known: SleepRecord["hypnogram"]; why?: MissingReason } {
  if (record.hypnogram !== null || !reader.supports(hypnograms)) return { known: record.hypnogram };
  const cell = reader.look(hypnograms, localDateOf(record.end));
  if ("nothing" in cell) return { known: null, why: cell.nothing };
  const night = (cell.value as readonly NightHypnogram[]).find(({ id }) => id === record.id);
  if (night?.refused?.includes("hypnogram")) return { known: null, why: "PROVIDER_ERROR" };
  return { known: night?.hypnogram ?? null, why: night ? undefined : cell.lacks };
}

function* sleep(scene: Scene): Assembly<Omit<views.SleepHistory, "sources">> {
  const toView = (
    source: Source,
    record: SleepRecord,
    alternatives: readonly views.SleepSession[],
  ): views.SleepSession => {
    const { pending, refused = [], ...told } = record;
    const { known: hypnogram, why } = hypnogramOf(source, record);
    const figures = { ...told, hypnogram };
    const date = localDateOf(record.end);
    const absent = new Map<string, MissingReason>();
    for (const name of sleepFigures) {
      if (figures[name] !== null) continue;
      if (name === "hypnogram" && why) {
        absent.set(name, why);
        continue;
      }
      absent.set(name, refused.includes(name) ? "PROVIDER_ERROR" : pending ? "NOT_YET_SYNCED" : "NOT_RECORDED");
    }
    return {
      ...figures,
      id: opaqueId("sleep", source.reader.connection.id, record.id),
      date,
      source: source.reader.provider.id,
      settled: !pending && source.reader.settled(["sleep.sessions"], date),
      absent,
      alternatives,
    };
  };
  // Only for the nights that are shown, and only where it is asked for: it may cost a call for each.
  const detailsOf = (source: Source, records: readonly SleepRecord[]): Demand => {
    const days = records.filter(({ hypnogram }) => hypnogram === null).map(({ end }) => localDateOf(end));
    return demand(source, [hypnograms], [...new Set(days)].sort());
  };
  const isAsked = scene.ask.fields.has(hypnograms);
  return {
    sessions: yield* recordList(scene, "sleep.sessions", isSameSleep, toView, isAsked ? detailsOf : undefined),
  };
}

function* workouts(scene: Scene): Assembly<Omit<views.WorkoutHistory, "sources">> {
  const toView = (source: Source, record: WorkoutRecord, alternatives: readonly views.Workout[]): views.Workout => ({
    ...record,
    id: opaqueId("workout", source.reader.connection.id, record.id),
    date: localDateOf(record.start),
    source: source.reader.provider.id,
    alternatives,
  });
  return { workouts: yield* recordList(scene, "workouts.workouts", isSameWorkout, toView) };
}

/** Each of these can be the only figure of a measurement. They are always asked for: what was selected must not decide how long the list is. */
const measured: readonly Field[] = ["body.weight", "body.fatPercentage"];

function* body(scene: Scene): Assembly<Omit<views.BodyHistory, "sources">> {
  const asked: readonly Field[] = scene.ask.fields.has("body.bodyMassIndex")
    ? [...measured, "body.bodyMassIndex"]
    : measured;
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
      joinWeighings(weighings).map((each): Dated => ({ ...each, date })),
    );
    return [{ source, records }];
  });
  if (answered.length === 0) return { measurements: null, latest: null };
  // Two minutes may hold a midnight; where only the day is known, it has to be the same.
  const isSame = (a: Dated, b: Dated) => (a.date === b.date || a.time !== null) && isSameWeighing(a, b);
  const isOutdated = ({ reader }: Source, { date }: Dated) => reader.isOutdated(asked, date);
  const chosen = chooseRecords(outdatedLast(answered, isOutdated), isSame, daysOfWeighing);
  const shown = yield* inParts(chosen, ({ source, record }) => ({
    ...record,
    id: opaqueId("weighing", source.reader.connection.id, record.id, record.date),
    source: source.reader.provider.id,
  }));
  const measurements = shown.toSorted((a, b) =>
    a.date < b.date ? -1 : a.date > b.date ? 1 : instant(a.time) - instant(b.time),
  );
  const figures = (["weight", "bodyMassIndex", "fatPercentage"] as const).filter((name) =>
    scene.ask.fields.has(`body.${name}`),
  );
  // Whoever asks for the newest weight wants a weight, though fat alone may have been measured since.
  const latest = measurements.findLast((each) => figures.length === 0 || figures.some((name) => each[name] !== null));
  return { measurements, latest: latest ?? null };
}

/** A measurement of which only the day is known counts as the day's first. */
function instant(time: string | null): number {
  return time === null ? Number.NEGATIVE_INFINITY : Date.parse(time);
}

// ---- Undated: profile, devices, goals -------------------------------------------------------------------------------

const profileNames = [
  "displayName",
  "givenName",
  "familyName",
  "email",
  "dateOfBirth",
  "sex",
  "height",
  "weight",
  "avatarUrl",
  "timeZone",
  "utcOffsetSeconds",
  "locale",
  "memberSince",
] as const;

function* profile(scene: Scene): Assembly<Omit<views.Profile, "sources">> {
  const { ask, today } = scene;
  // What a source that can no longer be asked knew of the person may have changed since.
  const sources = [
    ...scene.sources.filter(({ reader }) => reader.canBeAsked),
    ...scene.sources.filter(({ reader }) => !reader.canBeAsked),
  ];
  let open = [...ask.fields];
  for (const source of sources) {
    if (open.length === 0) break;
    yield [demand(source, open, [])];
    open = open.filter((field) => !("value" in source.reader.look(field, null)));
    // Who says the date of birth has said the age.
    if (ask.fields.has("profile.dateOfBirth") && !open.includes("profile.dateOfBirth"))
      open = open.filter((field) => field !== "profile.age");
  }
  const absent = new Map<string, MissingReason>();
  const provenance: views.FieldSource[] = [];
  const get = <T>(name: string): T | null => {
    const field = `profile.${name}` as Field;
    if (!ask.fields.has(field)) return null;
    const chosen = chooseField(sources, (source) => source.reader.look(field, null));
    if ("nothing" in chosen) {
      absent.set(name, chosen.nothing);
      return null;
    }
    provenance.push({ field: name, provider: chosen.source.reader.provider.id });
    return chosen.value as T;
  };
  const merged = Object.fromEntries(profileNames.map((name) => [name, get(name)])) as unknown as Omit<
    views.Profile,
    "id" | "age" | "absent" | "provenance" | "sources"
  >;
  const age = merged.dateOfBirth === null ? get<number>("age") : ageOn(merged.dateOfBirth, today);
  if (age !== null) absent.delete("age");
  if (age !== null && merged.dateOfBirth !== null) {
    const from = provenance.find(({ field }) => field === "dateOfBirth")!;
    provenance.push({ field: "age", provider: from.provider });
  }
  return { id: opaqueId("profile", ask.userId), ...merged, age, absent, provenance };
}

function ageOn(dateOfBirth: LocalDate, today: LocalDate): number {
  const years = Number(today.slice(0, 4)) - Number(dateOfBirth.slice(0, 4));
  return today.slice(5) < dateOfBirth.slice(5) ? years - 1 : years;
}

function* devices(scene: Scene): Assembly<Omit<views.DeviceList, "sources">> {
  const field: Field = "devices.devices";
  const all = scene.sources.filter(({ reader }) => reader.supports(field));
  yield all.map((source) => demand(source, [field], []));
  const known = all.flatMap((source) => {
    const list = held<readonly Omit<views.Device, "source">[]>(source.reader.look(field, null));
    return list === null
      ? []
      : [
          list.map((device) => ({
            ...device,
            id: opaqueId("device", source.reader.connection.id, device.id),
            source: source.reader.provider.id,
          })),
        ];
  });
  return { devices: known.length === 0 ? null : known.flat() };
}

const goalFields: readonly Field[] = ["goals.daily", "goals.weekly", "goals.weight", "goals.bodyFat", "goals.sleep"];

/** The day's figure that a goal is measured against. */
const goalActivity: Partial<Record<GoalMetric, readonly Field[]>> = {
  STEPS: ["activity.steps"],
  DISTANCE: ["activity.distance"],
  FLOORS: ["activity.floors"],
  ENERGY_BURNED: ["activity.energyBurned"],
  ACTIVE_ENERGY_BURNED: ["activity.activeEnergyBurned"],
  ACTIVE_MINUTES: ["activity.moderatelyActiveMinutes", "activity.veryActiveMinutes"],
  ACTIVE_ZONE_MINUTES: ["activity.activeZoneMinutes"],
  POINTS: ["activity.points"],
};
const goalRecord: Partial<Record<GoalMetric, Field>> = {
  WEIGHT: "body.weight",
  BODY_FAT: "body.fatPercentage",
  SLEEP: "sleep.sessions",
};
/** All that a goal's progress may be reckoned from: which of them depends on the goals that somebody has. */
export const goalProgressFields: readonly Field[] = [
  ...Object.values(goalActivity).flat(),
  ...Object.values(goalRecord),
];
/** How far back the weighing is looked for that a weight goal is measured against. */
const WEIGHING_DAYS = 30;

function* goals(scene: Scene): Assembly<Omit<views.GoalList, "sources">> {
  const all = scene.sources.filter(({ reader }) => goalFields.some((field) => reader.supports(field)));
  yield all.map((source) => demand(source, goalFields, []));
  const known = all.flatMap((source) => {
    const lists = goalFields.map((field) => held<readonly GoalRecord[]>(source.reader.look(field, null)));
    if (lists.every((list) => list === null)) return [];
    return [{ source, goals: lists.flatMap((list) => list ?? []) }];
  });
  if (known.length === 0) return { goals: null };
  if (scene.ask.goalProgress) {
    yield known.flatMap(({ source, goals }) =>
      goals.filter(({ current }) => current === null).map((goal) => progressDemand(source, goal, scene.today)),
    );
  }
  return {
    goals: known.flatMap(({ source, goals }) =>
      goals.map((goal) => ({
        ...goal,
        id: opaqueId("goal", source.reader.connection.id, goal.metric, goal.period),
        source: source.reader.provider.id,
        current: goal.current ?? (scene.ask.goalProgress ? progress(source, goal, scene.today) : null),
      })),
    ),
  };
}

/** Today, or the days since Monday. */
function periodDays(goal: GoalRecord, today: LocalDate): readonly LocalDate[] {
  const sinceMonday = (epochDay(today) + 3) % 7;
  return [...eachDay(goal.period === "WEEKLY" ? addDays(today, -sinceMonday) : today, today)];
}

function progressDemand(source: Source, goal: GoalRecord, today: LocalDate): Demand {
  const record = goalRecord[goal.metric];
  if (!record) return demand(source, goalActivity[goal.metric] ?? [], periodDays(goal, today));
  return demand(source, [record], record === "sleep.sessions" ? periodDays(goal, today) : weighingDays(today));
}

function weighingDays(today: LocalDate): readonly LocalDate[] {
  return [...eachDay(addDays(today, 1 - WEIGHING_DAYS), today)];
}

function progress({ reader }: Source, goal: GoalRecord, today: LocalDate): number | null {
  const record = goalRecord[goal.metric];
  if (record === "sleep.sessions") {
    const nights = periodDays(goal, today).flatMap(
      (day) => held<readonly SleepRecord[]>(reader.look(record, day)) ?? [],
    );
    const minutes = nights.flatMap(({ minutesAsleep }) => (minutesAsleep === null ? [] : [minutesAsleep]));
    return sumOf(minutes);
  }
  if (record) {
    const figure = record === "body.weight" ? "weight" : "fatPercentage";
    const weighings = weighingDays(today).flatMap(
      (day) => held<readonly WeighingRecord[]>(reader.look(record, day)) ?? [],
    );
    return weighings.flatMap((each) => (each[figure] === null ? [] : [each[figure]])).at(-1) ?? null;
  }
  // A week with a day that could not be asked would read as less than was done.
  const isKnown = (day: LocalDate) =>
    (goalActivity[goal.metric] ?? []).every((field) => !reader.supports(field) || reader.answered(field, day));
  if (!periodDays(goal, today).every(isKnown)) return null;
  const figures = periodDays(goal, today).flatMap((day) =>
    (goalActivity[goal.metric] ?? []).flatMap((field) => {
      const value = held<number>(reader.look(field, day));
      return value === null ? [] : [value];
    }),
  );
  return sumOf(figures);
}
