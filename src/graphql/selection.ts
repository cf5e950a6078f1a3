import {
  type FieldNode,
  type GraphQLArgument,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  getNamedType,
  isEnumType,
  isNonNullType,
} from "graphql";
import { PulsegateError } from "../errors.js";
import type { Ask } from "../health-data/ask.js";
import type { Field, PlainField, SamplesField } from "../model/fields.js";
import { namesOf, vitalCourses } from "../model/figure-tables.js";
import { activityFigures, heartFigures, nutritionFigures, vitalFigures } from "../model/figures.js";
import { type ActivityMetric, type Domain, type Resolution, type ScoreKind, scoreKinds } from "../model/records.js";
import { argumentsOf, type Document, fieldOf, type Selecting, selectedFields } from "./walk.js";
import type { Place } from "./writing/plain-fields.js";

/** What the selection of a history reads. */
export type Selection = Pick<Ask, "fields" | "alternatives" | "alternativesTo" | "worn" | "goalProgress">;

type Info = Pick<GraphQLResolveInfo, "schema" | "fragments" | "variableValues" | "fieldNodes" | "returnType">;

/**
 * Finds the fields that one history needs for its selection. Pure. Throws BAD_USER_INPUT for a name in
 * `missing(fields:)` that its object does not have: otherwise a misspelt name would mean "nothing is missing".
 */
export function selectionOf(domain: Domain, info: Info): Selection {
  const asked = new Asked(info);
  readers[domain](asked, getNamedType(info.returnType), info.fieldNodes);
  const { fields, alternatives, alternativesTo, worn, goalProgress } = asked;
  return { fields, alternatives, goalProgress, ...(alternativesTo && { alternativesTo }), ...(worn && { worn }) };
}

class Asked {
  readonly fields = new Set<Field>();
  alternatives = false;
  alternativesTo: Set<Field> | undefined;
  worn = false;
  goalProgress = false;
  constructor(readonly document: Document) {}

  /** The selected fields of an object, by name. */
  under(type: GraphQLNamedType, nodes: readonly FieldNode[]): Map<string, FieldNode[]> {
    const byName = new Map<string, FieldNode[]>();
    for (const node of selectedFields(this.document, type, nodes)) {
      const same = byName.get(node.name.value);
      if (same) same.push(node);
      else byName.set(node.name.value, [node]);
    }
    return byName;
  }

  /** Names in `missing(fields:)`, in their canonical spelling. */
  missingNames(type: GraphQLNamedType, nodes: readonly FieldNode[] = []): string[] {
    return nodes.flatMap((node) =>
      namesArgument(argumentsOf(this.document, type, node)).map((name) => canonicalName(type, name)),
    );
  }
}

type Reader = (asked: Asked, type: GraphQLNamedType, nodes: readonly FieldNode[]) => void;

const childType = (type: GraphQLNamedType, node: FieldNode) => getNamedType(fieldOf(type, node)!.type);

const readers: Readonly<Record<Domain, Reader>> = {
  PROFILE: (asked, type, nodes) => {
    const selected = asked.under(type, nodes);
    for (const name of [...selected.keys(), ...asked.missingNames(type, selected.get("missing"))]) {
      for (const field of profileFields[name] ?? []) asked.fields.add(field);
    }
  },
  ACTIVITY: (asked, type, nodes) => {
    const selected = asked.under(type, nodes);
    const days = selected.get("days");
    const totals = selected.get("totals");
    if (days) readDay(asked, childType(type, days[0]!), days, activityDay);
    if (totals) {
      for (const name of asked.under(childType(type, totals[0]!), totals).keys()) {
        if (activityDay.figures.has(name)) asked.fields.add(`activity.${name}` as PlainField);
      }
    }
    const statistics = readStatistics(asked, type, selected.get("statistics"), activityDay);
    if ((days || totals || statistics) && asked.fields.size === 0) asked.fields.add(activityDay.witness);
  },
  HEART: (asked, type, nodes) => {
    const selected = asked.under(type, nodes);
    const days = selected.get("days");
    if (days) readDay(asked, childType(type, days[0]!), days, heartDay);
    const statistics = readStatistics(asked, type, selected.get("statistics"), heartDay);
    if ((days || statistics) && asked.fields.size === 0) asked.fields.add(heartDay.witness);
  },
  SLEEP: (asked, type, nodes) => {
    const names = readRecords(asked, type, nodes, "sessions", ["sleep.sessions"]);
    if (names.has("hypnogram")) asked.fields.add("sleep.hypnograms");
    if (names.has("respiratoryRate")) asked.fields.add("sleep.breathing");
    addCourses(asked, "sleep", names);
    if (!asked.under(type, nodes).has("statistics")) return;
    asked.fields.add("sleep.sessions");
    asked.worn = true;
  },
  WORKOUTS: (asked, type, nodes) => {
    addCourses(asked, "workouts", readRecords(asked, type, nodes, "workouts", ["workouts.workouts"]));
  },
  VITALS: (asked, type, nodes) => {
    const selected = asked.under(type, nodes);
    for (const name of [...selected.keys(), ...asked.missingNames(type, selected.get("missing"))]) {
      if (!vitalNames.has(name)) continue;
      asked.fields.add(`vitals.${name}` as PlainField);
      const days = selected.get(name);
      if (days) readVital(asked, childType(type, days[0]!), days, name);
    }
  },
  READINGS: (asked, type, nodes) => {
    const selected = asked.under(type, nodes);
    for (const name of [...selected.keys(), ...asked.missingNames(type, selected.get("missing"))]) {
      const field = (readingFields as Readonly<Record<string, PlainField | undefined>>)[name];
      if (field) asked.fields.add(field);
    }
  },
  SCORES: (asked, type, nodes) => {
    if (!asked.under(type, nodes).has("scores")) return;
    const user = asked.document.schema.getType("User")!;
    const kinds = argumentsOf(asked.document, user, nodes[0]!)["kinds"] as readonly ScoreKind[] | null | undefined;
    for (const kind of kinds ?? scoreKinds) asked.fields.add(`scores.${kind}`);
  },
  NUTRITION: (asked, type, nodes) => {
    const selected = asked.under(type, nodes);
    const names = new Set([...selected.keys(), ...asked.missingNames(type, selected.get("missing"))]);
    const days = selected.get("days");
    if (days) readDay(asked, childType(type, days[0]!), days, nutritionDay);
    if (names.has("days") && asked.fields.size === 0) asked.fields.add(nutritionDay.witness);
    if (names.has("entries")) for (const field of nutritionLists) asked.fields.add(field);
  },
  DEVICES: (asked, type, nodes) => void readRecords(asked, type, nodes, "devices", ["devices.devices"]),
  GOALS: (asked, type, nodes) => void readRecords(asked, type, nodes, "goals", goalFields),
  BODY: (asked, type, nodes) => {
    const selected = asked.under(type, nodes);
    const measurements = [...(selected.get("measurements") ?? []), ...(selected.get("latest") ?? [])];
    if (measurements.length === 0) return;
    const measurement = childType(type, measurements[0]!);
    const figures = asked.under(measurement, measurements);
    for (const name of [...figures.keys(), ...asked.missingNames(measurement, figures.get("missing"))]) {
      if (bodyFigures.has(name)) asked.fields.add(`body.${name}` as PlainField);
      else if (compositionFigures.has(name)) asked.fields.add("body.composition");
    }
    if (asked.fields.size === 0) asked.fields.add("body.weight");
  },
};

/** The names of a day's figures in the schema and in the model. */
interface DayFields {
  readonly figures: ReadonlySet<string>;
  readonly prefix: "activity" | "heart" | "nutrition";
  /** What fields that are no figures follow from. */
  readonly from: Readonly<Record<string, readonly Field[] | undefined>>;
  /** Read if a day is selected without any figure: the day's date and source depend on which providers have data. */
  readonly witness: Field;
}
const figureSet = (rows: object): ReadonlySet<string> => new Set(namesOf(rows));
const activityDay: DayFields = {
  figures: figureSet(activityFigures),
  prefix: "activity",
  from: { distanceMethod: ["activity.distance"] },
  witness: "activity.steps",
};
const heartDay: DayFields = {
  figures: figureSet(heartFigures),
  prefix: "heart",
  from: { restingRateMethod: ["heart.restingRate"], hrvWindow: ["heart.hrvRmssd", "heart.hrvSdnn"] },
  witness: "heart.restingRate",
};
const nutritionDay: DayFields = {
  figures: figureSet(nutritionFigures),
  prefix: "nutrition",
  from: {},
  witness: "nutrition.energyConsumed",
};
const nutritionLists: readonly Field[] = ["nutrition.foods", "nutrition.drinks"];
const bodyFigures: ReadonlySet<string> = new Set(["weight", "bodyMassIndex", "fatPercentage"]);
const compositionFigures: ReadonlySet<string> = new Set([
  "fatMass",
  "leanMass",
  "muscleMass",
  "boneMass",
  "waterMass",
  "visceralFatIndex",
  "basalEnergyBurned",
]);
const vitalNames = figureSet(vitalFigures);
const courseNames: ReadonlySet<string> = new Set(vitalCourses);
/** The lists of readings, each with its field in the model. */
export const readingFields = {
  bloodPressures: "readings.bloodPressures",
  bloodGlucose: "readings.bloodGlucose",
  glucoseSeries: "readings.glucoseCourse",
  vo2MaxTests: "readings.vo2MaxTests",
  pulses: "readings.pulses",
  temperatures: "readings.temperatures",
  oxygenSaturations: "readings.oxygenSaturations",
  electrocardiograms: "readings.electrocardiograms",
  rhythmAlerts: "readings.rhythmAlerts",
} as const satisfies Readonly<Record<string, PlainField>>;
const goalFields: readonly Field[] = [
  ...(["goals.daily", "goals.weekly", "goals.weight", "goals.bodyFat", "goals.sleep"] as const),
  ...(["goals.energyConsumed", "goals.water"] as const),
];

const profileFields: Readonly<Record<string, readonly Field[] | undefined>> = {
  displayName: ["profile.displayName"],
  givenName: ["profile.givenName"],
  familyName: ["profile.familyName"],
  email: ["profile.email"],
  dateOfBirth: ["profile.dateOfBirth"],
  // Some providers hide the date of birth and give the years.
  age: ["profile.dateOfBirth", "profile.age"],
  sex: ["profile.sex"],
  height: ["profile.height"],
  weight: ["profile.weight"],
  avatarUrl: ["profile.avatarUrl"],
  timeZone: ["profile.timeZone"],
  utcOffsetSeconds: ["profile.utcOffsetSeconds"],
  locale: ["profile.locale"],
  memberSince: ["profile.memberSince"],
};

function readDay(asked: Asked, type: GraphQLNamedType, nodes: readonly FieldNode[], day: DayFields): void {
  const selected = asked.under(type, nodes);
  for (const name of selected.keys()) {
    if (day.figures.has(name)) asked.fields.add(`${day.prefix}.${name}` as PlainField);
    for (const field of day.from[name] ?? []) asked.fields.add(field);
    if (name === "worn") asked.worn = true;
  }
  for (const node of selected.get("samples") ?? [])
    asked.fields.add(samplesField(argumentsOf(asked.document, type, node)));
  const zones = selected.get("zones");
  if (zones) {
    const parts = asked.under(childType(type, zones[0]!), zones);
    if (parts.has("minutes")) asked.fields.add("heart.zones.minutes");
    if (parts.has("energyBurned")) asked.fields.add("heart.zones.energyBurned");
    if (parts.has("minRate") || parts.has("maxRate")) asked.fields.add("heart.zones.bounds");
    if (!parts.has("minutes") && !parts.has("energyBurned")) asked.fields.add("heart.zones.bounds");
  }
  for (const name of asked.missingNames(type, selected.get("missing"))) {
    for (const field of day.from[name] ?? []) asked.fields.add(field);
    if (name === "worn") asked.worn = true;
    if (day.figures.has(name)) asked.fields.add(`${day.prefix}.${name}` as PlainField);
    else if (name === "zones") {
      if (!zones) asked.fields.add("heart.zones.minutes");
    } else {
      const series = seriesField(name);
      if (series) asked.fields.add(series);
    }
  }
  const alternatives = selected.get("alternatives");
  if (alternatives) {
    asked.alternatives = true;
    readDay(asked, type, alternatives, day);
  }
}

/** Whether statistics are selected: they need their figures, and which days were worn. */
function readStatistics(
  asked: Asked,
  type: GraphQLNamedType,
  statistics: readonly FieldNode[] | undefined,
  day: DayFields,
): boolean {
  if (!statistics) return false;
  asked.worn = true;
  for (const name of asked.under(childType(type, statistics[0]!), statistics).keys())
    if (day.figures.has(name)) asked.fields.add(`${day.prefix}.${name}` as PlainField);
  return true;
}

function readVital(asked: Asked, type: GraphQLNamedType, nodes: readonly FieldNode[], name: string): void {
  const selected = asked.under(type, nodes);
  if (selected.has("samples") && courseNames.has(name)) asked.fields.add(`vitals.course:${name}` as PlainField);
  const alternatives = selected.get("alternatives");
  if (!alternatives) return;
  asked.alternatives = true;
  asked.alternativesTo ??= new Set();
  asked.alternativesTo.add(`vitals.${name}` as PlainField);
  readVital(asked, type, alternatives, name);
}

/** The courses among the names of a record: samples(HEART_RATE,FIVE_MINUTES). */
function addCourses(asked: Asked, prefix: "sleep" | "workouts", names: ReadonlySet<string>): void {
  for (const name of names) {
    const series = namedSeries(name);
    if (series) asked.fields.add(`${prefix}.course:${series.metric}` as PlainField);
  }
}

/**
 * A list of records is read whole, with everything in its records. Answers the names that are selected of a record, or
 * named in `missing(fields:)`.
 */
function readRecords(
  asked: Asked,
  type: GraphQLNamedType,
  nodes: readonly FieldNode[],
  list: string,
  fields: readonly Field[],
): ReadonlySet<string> {
  const records = asked.under(type, nodes).get(list);
  if (!records) return new Set();
  for (const field of fields) asked.fields.add(field);
  return readRecord(asked, childType(type, records[0]!), records);
}

function readRecord(asked: Asked, type: GraphQLNamedType, nodes: readonly FieldNode[]): ReadonlySet<string> {
  const selected = asked.under(type, nodes);
  const names = new Set([...selected.keys(), ...asked.missingNames(type, selected.get("missing"))]);
  for (const node of selected.get("samples") ?? []) names.add(seriesName(argumentsOf(asked.document, type, node)));
  if (selected.has("current")) asked.goalProgress = true;
  const alternatives = selected.get("alternatives");
  if (alternatives) {
    asked.alternatives = true;
    for (const name of readRecord(asked, type, alternatives)) names.add(name);
  }
  return names;
}

/** The field of the model that `samples` reads with these arguments. */
function samplesField({ metric, resolution }: Readonly<Record<string, unknown>>): SamplesField {
  return metric === undefined
    ? `heart.samples:${resolution as Resolution}`
    : `activity.samples:${metric as ActivityMetric}:${resolution as Resolution}`;
}

/** The canonical name of a series: samples(STEPS,ONE_MINUTE), or samples(ONE_MINUTE) where there is one measure only. */
function seriesName({ metric, resolution }: Readonly<Record<string, unknown>>): string {
  return metric === undefined ? `samples(${resolution})` : `samples(${metric},${resolution})`;
}

/** The arguments in a series' canonical name. Null for any other name. */
export function namedSeries(name: string): { readonly metric?: string; readonly resolution: string } | null {
  const match = /^samples\((?:(\w+),)?(\w+)\)$/.exec(name);
  return match ? { metric: match[1], resolution: match[2]! } : null;
}

/** The field for a series' canonical name: samples(STEPS,ONE_MINUTE). */
export function seriesField(name: string): SamplesField | null {
  const series = namedSeries(name);
  return series && samplesField({ ...series });
}

function namesArgument(args: Readonly<Record<string, unknown>>): readonly string[] {
  return Array.isArray(args["fields"]) ? (args["fields"] as string[]) : [];
}

function canonicalName(type: GraphQLNamedType, written: string): string {
  const name = written.replace(/\s/g, "");
  const head = /^[^(]*/.exec(name)![0];
  const definition =
    "getFields" in type ? (type.getFields() as Record<string, { args?: readonly GraphQLArgument[] }>)[head] : undefined;
  const unknown = () =>
    new PulsegateError("BAD_USER_INPUT", `missing: ${type.name} has no field ${JSON.stringify(written.slice(0, 60))}.`);
  if (!definition) throw unknown();
  if (head !== "samples") {
    if (name !== head) throw unknown();
    return name;
  }
  const argument = (name: string) => definition.args?.find((arg) => arg.name === name);
  const allows = (name: string, value: unknown) => {
    const given = argument(name);
    const named = given && getNamedType(given.type);
    return isEnumType(named) && typeof value === "string" && named.getValue(value) !== undefined;
  };
  const hasMetric = argument("metric") !== undefined;
  const given = name === head ? [] : (/^samples\(([\w,]*)\)$/.exec(name)?.[1]?.split(",") ?? [""]);
  const metric = hasMetric ? given.shift() : undefined;
  const resolution = given.shift() ?? argument("resolution")?.defaultValue;
  const fits = (!hasMetric || allows("metric", metric)) && allows("resolution", resolution);
  if (!fits || given.length > 0) throw unknown();
  return seriesName({ metric, resolution });
}

export function namesForMissing(
  info: GraphQLResolveInfo,
  fields: readonly string[] | null | undefined,
): ReadonlySet<string> {
  return missingNamesAt({ document: info, type: info.parentType, object: nodesAt(info) }, fields);
}

/** The names that `missing` reports: the given ones, or the nullable fields that are selected of its own object. */
export function missingNamesAt(
  { document, type, object }: Pick<Place, "document" | "type" | "object">,
  fields: readonly string[] | null | undefined,
): ReadonlySet<string> {
  if (fields) return new Set(fields.map((name) => canonicalName(type, name)));
  const names = new Set<string>();
  for (const node of selectedFields(document, type, object)) {
    const definition = fieldOf(type, node);
    if (!definition || isNonNullType(definition.type)) continue;
    if (node.name.value !== "samples") names.add(node.name.value);
    else names.add(seriesName(argumentsOf(document, type, node)));
  }
  return names;
}

/** All nodes that select the object of the current field. */
function nodesAt(info: GraphQLResolveInfo): readonly Selecting[] {
  const keys: string[] = [];
  for (let at = info.path.prev; at; at = at.prev) if (typeof at.key === "string") keys.unshift(at.key);
  let type: GraphQLNamedType = info.schema.getRootType(info.operation.operation)!;
  let nodes: readonly Selecting[] = [info.operation];
  for (const key of keys) {
    const next: FieldNode[] = selectedFields(info, type, nodes).filter(
      (node) => (node.alias ?? node.name).value === key,
    );
    if (next.length === 0) return [];
    type = childType(type, next[0]!);
    nodes = next;
  }
  return nodes;
}

/** The place of a field in the operation, without list positions: equal for all items of one list. */
export function placeOf(info: Pick<GraphQLResolveInfo, "path">): string {
  let place = "";
  for (let at: GraphQLResolveInfo["path"] | undefined = info.path; at; at = at.prev) {
    if (typeof at.key === "string") place = `${at.key}.${place}`;
  }
  return place;
}
