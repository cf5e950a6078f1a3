import { type FieldNode, type GraphQLNamedType, type GraphQLResolveInfo, getNamedType, isNonNullType } from "graphql";
import { PulsegateError } from "../errors.js";
import type { Ask } from "../health-data/ask.js";
import type { Field, PlainField, SamplesField } from "../model/fields.js";
import { namesOf } from "../model/figure-tables.js";
import { activityFigures, heartFigures } from "../model/figures.js";
import { type ActivityMetric, activityMetrics, type Domain, type Resolution, resolutions } from "../model/records.js";
import { argumentsOf, type Document, fieldOf, type Selecting, selectedFields } from "./walk.js";
import type { Place } from "./writing/plain-fields.js";

/** What the selection of a history reads. */
export type Selection = Pick<Ask, "fields" | "alternatives" | "goalProgress">;

type Info = Pick<GraphQLResolveInfo, "schema" | "fragments" | "variableValues" | "fieldNodes" | "returnType">;

/**
 * Finds the fields that one history needs for its selection. Pure. Throws BAD_USER_INPUT for a name in
 * `missing(fields:)` that its object does not have: otherwise a misspelt name would mean "nothing is missing".
 */
export function selectionOf(domain: Domain, info: Info): Selection {
  const asked = new Asked(info);
  readers[domain](asked, getNamedType(info.returnType), info.fieldNodes);
  return { fields: asked.fields, alternatives: asked.alternatives, goalProgress: asked.goalProgress };
}

class Asked {
  readonly fields = new Set<Field>();
  alternatives = false;
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
    if ((days || totals) && asked.fields.size === 0) asked.fields.add(activityDay.witness);
  },
  HEART: (asked, type, nodes) => {
    const days = asked.under(type, nodes).get("days");
    if (!days) return;
    readDay(asked, childType(type, days[0]!), days, heartDay);
    if (asked.fields.size === 0) asked.fields.add(heartDay.witness);
  },
  SLEEP: (asked, type, nodes) => {
    const names = readRecords(asked, type, nodes, "sessions", ["sleep.sessions"]);
    if (names.has("hypnogram")) asked.fields.add("sleep.hypnograms");
  },
  WORKOUTS: (asked, type, nodes) => void readRecords(asked, type, nodes, "workouts", ["workouts.workouts"]),
  DEVICES: (asked, type, nodes) => void readRecords(asked, type, nodes, "devices", ["devices.devices"]),
  GOALS: (asked, type, nodes) => void readRecords(asked, type, nodes, "goals", goalFields),
  BODY: (asked, type, nodes) => {
    const selected = asked.under(type, nodes);
    const measurements = [...(selected.get("measurements") ?? []), ...(selected.get("latest") ?? [])];
    if (measurements.length === 0) return;
    for (const name of asked.under(childType(type, measurements[0]!), measurements).keys()) {
      if (bodyFigures.has(name)) asked.fields.add(`body.${name}` as PlainField);
    }
    if (asked.fields.size === 0) asked.fields.add("body.weight");
  },
};

/** The names of a day's figures in the schema and in the model. */
interface DayFields {
  readonly figures: ReadonlySet<string>;
  readonly prefix: "activity" | "heart";
  /** Read if a day is selected without any figure: the day's date and source depend on which providers have data. */
  readonly witness: Field;
}
const figureSet = (rows: object): ReadonlySet<string> => new Set(namesOf(rows));
const activityDay: DayFields = { figures: figureSet(activityFigures), prefix: "activity", witness: "activity.steps" };
const heartDay: DayFields = { figures: figureSet(heartFigures), prefix: "heart", witness: "heart.restingRate" };
const bodyFigures: ReadonlySet<string> = new Set(["weight", "bodyMassIndex", "fatPercentage"]);
const goalFields: readonly Field[] = ["goals.daily", "goals.weekly", "goals.weight", "goals.bodyFat", "goals.sleep"];

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
  for (const name of selected.keys())
    if (day.figures.has(name)) asked.fields.add(`${day.prefix}.${name}` as PlainField);
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

/** The field for a series' canonical name: samples(STEPS,ONE_MINUTE). */
export function seriesField(name: string): SamplesField | null {
  const match = /^samples\((?:(\w+),)?(\w+)\)$/.exec(name);
  return match ? samplesField({ metric: match[1], resolution: match[2] }) : null;
}

function namesArgument(args: Readonly<Record<string, unknown>>): readonly string[] {
  return Array.isArray(args["fields"]) ? (args["fields"] as string[]) : [];
}

function canonicalName(type: GraphQLNamedType, written: string): string {
  const name = written.replace(/\s/g, "");
  const head = /^[^(]*/.exec(name)![0];
  const definition =
    "getFields" in type
      ? (type.getFields() as Record<string, { args?: readonly { name: string; defaultValue?: unknown }[] }>)[head]
      : undefined;
  const unknown = () =>
    new PulsegateError("BAD_USER_INPUT", `missing: ${type.name} has no field ${JSON.stringify(written.slice(0, 60))}.`);
  if (!definition) throw unknown();
  if (head !== "samples") {
    if (name !== head) throw unknown();
    return name;
  }
  const hasMetric = definition.args?.some((arg) => arg.name === "metric") ?? false;
  const given = name === head ? [] : (/^samples\(([\w,]*)\)$/.exec(name)?.[1]?.split(",") ?? [""]);
  const byDefault = definition.args?.find((arg) => arg.name === "resolution")?.defaultValue;
  const metric = hasMetric ? given.shift() : undefined;
  const resolution = given.shift() ?? byDefault;
  const fits =
    (hasMetric ? activityMetrics.includes(metric as ActivityMetric) : true) &&
    resolutions.includes(resolution as Resolution);
  if (!fits || given.length > 0) throw unknown();
  return hasMetric ? `samples(${metric},${resolution})` : `samples(${resolution})`;
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
    else {
      const { metric, resolution } = argumentsOf(document, type, node);
      names.add(metric === undefined ? `samples(${resolution})` : `samples(${metric},${resolution})`);
    }
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
