import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  type OperationDefinitionNode,
} from "graphql";
import { MAX_LOOKED_AT } from "../connections/directory/pages.js";
import { PulsegateError } from "../errors.js";
import type { DateRange, ReadingCounts } from "../health-data/ask.js";
import { MAX_RANGE_DAYS } from "../health-data/range.js";
import { namesOf } from "../model/figure-tables.js";
import { vitalFigures } from "../model/figures.js";
import { resolutions } from "../model/records.js";
import { daysInclusive, isLocalDate } from "../model/time.js";
import { MAX_PAGE } from "./connection-page.js";
import { readingFields } from "./selection.js";
import { checkTexts } from "./texts.js";
import { argumentsOf, type Document, fieldOf, type Selecting, selectedFields } from "./walk.js";

export interface Limits {
  /** Fields below each other. */
  readonly depth: number;
  /** Fields in all, fragments opened wherever they are used. */
  readonly fields: number;
  /** Milliseconds of one core that the answer may cost, as far as can be told beforehand. */
  readonly costMs: number;
  /** Mutations in one operation. */
  readonly mutations: number;
  /** Tokens of the document, before it is parsed. */
  readonly tokens: number;
  /** Brackets within each other in a document, or in variables, before anything walks through them. */
  readonly nesting: number;
  /** Pairs of equal names in a document: validation compares every two fields of one name. */
  readonly pairs: number;
}

/**
 * Room for weeks of one-second heart rate as columns or a month of minutes as points, not for a year of seconds. Users
 * meet none of these but `costMs`, and that only by asking for more than they could look at.
 */
export const defaultLimits: Limits = {
  depth: 14,
  fields: 4_000,
  costMs: 600,
  mutations: 20,
  tokens: 4_000,
  nesting: 100,
  pairs: 200_000,
};

/** One point of a caller's minute: see `server/rate-limit.ts`. */
const POINT_MS = 1;

/**
 * What an answer costs us, in milliseconds of one core, measured with a year of three providers' data
 * (docs/reliability.md names the figures).
 */
const cost = {
  /** One figure, or one object, that goes through GraphQL. */
  value: 0.0025,
  /** The same in a sample: those objects are small and plain. */
  sampleValue: 0.001,
  /** A number in a column is written as it is. */
  columnValue: 0.0001,
  /** One thing of a user, such as a history: planning, looking up what is stored, telling of its sources. */
  history: 0.4,
  /** One mutation: it writes, and most of them call a provider. */
  mutation: 5,
  /** The whole schema, told of itself. */
  schema: 20,
  /** One type of it. */
  type: 2,
} as const;
/** Each connection that a page looks at is read and parsed. */
const ROW_MS = 0.02;
/** What a field costs that asks the store by itself. */
const ownCost: Readonly<Record<string, number>> = { "Connection.problem": 0.1 };
const introspection: Readonly<Record<string, number>> = { __schema: cost.schema, __type: cost.type };
/** One day of a history, read and merged, whatever is selected of it. */
const dayCost: Readonly<Record<string, number>> = {
  ActivityHistory: 0.012,
  HeartHistory: 0.04,
  SleepHistory: 0.05,
  BodyHistory: 0.012,
  WorkoutHistory: 0.015,
  VitalHistory: 0.04,
  ReadingHistory: 0.04,
  ScoreHistory: 0.03,
  NutritionHistory: 0.05,
};

/** Samples a day has in one series at most, by resolution. */
const binsPerDay: Readonly<Record<string, number>> = Object.fromEntries(
  resolutions.map((resolution) => [
    resolution,
    { ONE_SECOND: 86_400, ONE_MINUTE: 1_440, FIVE_MINUTES: 288, FIFTEEN_MINUTES: 96 }[resolution],
  ]),
);

/**
 * How many items a list is reckoned to have, each day or in all. Of readings this holds for days of which nothing is
 * stored.
 */
const perDay: Readonly<Record<string, number>> = {
  "ActivityHistory.days": 1,
  "HeartHistory.days": 1,
  "SleepHistory.sessions": 2,
  "BodyHistory.measurements": 1,
  "WorkoutHistory.workouts": 1,
  ...Object.fromEntries(namesOf(vitalFigures).map((name) => [`VitalHistory.${name}`, 1])),
  "ReadingHistory.bloodPressures": 2,
  "ReadingHistory.bloodGlucose": 6,
  "ReadingHistory.glucoseSeries": 1,
  "ReadingHistory.vo2MaxTests": 1,
  "ReadingHistory.pulses": 2,
  "ReadingHistory.temperatures": 2,
  // A watch that measures through the night, every minute.
  "ReadingHistory.oxygenSaturations": 400,
  "ReadingHistory.electrocardiograms": 1,
  "ReadingHistory.rhythmAlerts": 1,
  "ScoreHistory.scores": 5,
  "NutritionHistory.days": 1,
  "NutritionHistory.entries": 8,
};
/** A sensor that measures every minute. */
const COURSE_SAMPLES_A_DAY = 1_440;
/** Days of one period of statistics. The ends of a range cut one more. */
const daysOfPeriod: Readonly<Record<string, number>> = { WEEK: 7, MONTH: 28, RANGE: Number.POSITIVE_INFINITY };
const items: Readonly<Record<string, number>> = {
  "SleepSession.hypnogram": 50,
  "SleepSession.stages": 4,
  "HeartDay.zones": 4,
  "Workout.zones": 4,
  "Statistic.excluded": 2,
  "Score.contributors": 8,
  // One for each provider.
  "User.connections": 7,
};

/** What an operation is reckoned to cost. */
export interface Cost {
  readonly ms: number;
  /** The same in points, at least one. */
  readonly points: number;
  readonly mutations: number;
}

/**
 * Holds an operation against the limits before anything of it runs. The document has been validated: fragments exist
 * and do not contain themselves. Answers what it costs; throws QUERY_TOO_COSTLY.
 */
export function checkLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variableValues: Readonly<Record<string, unknown>>,
  now: number,
  limits: Limits = defaultLimits,
): Cost {
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const node of document.definitions) if (node.kind === "FragmentDefinition") fragments[node.name.value] = node;
  const root = schema.getRootType(operation.operation);
  if (!root) return { ms: 0, points: 1, mutations: 0 };
  const meter = new Meter({ schema, fragments, variableValues }, now, limits);
  const mutations = operation.operation === "mutation" ? meter.mutations(root, operation) : 0;
  const ms = mutations * cost.mutation + meter.measure(root, [operation], 1, { days: 1, bins: 1, value: cost.value });
  return { ms, points: pointsOf(ms), mutations };
}

const pointsOf = (ms: number) => Math.max(1, Math.ceil(ms / POINT_MS));

/** A cost with so much more. Throws QUERY_TOO_COSTLY. */
export function costWith({ ms, mutations }: Cost, moreMs: number, { costMs }: Limits): Cost {
  if (ms + moreMs > costMs) throw tooManyDays();
  return { ms: ms + moreMs, points: pointsOf(ms + moreMs), mutations };
}

/**
 * What so many readings cost below a history of readings, in milliseconds. `checkLimits` leaves them out: how many a
 * person has is not known before. Throws QUERY_TOO_COSTLY.
 */
export function costOfReadings(
  document: Document,
  history: GraphQLNamedType,
  nodes: readonly Selecting[],
  counts: ReadingCounts,
  limits: Limits,
): number {
  const measured = (of: ReadingCounts) =>
    new Meter(document, Number.NaN, limits, of).measure(history, nodes, 1, { days: 1, bins: 1, value: cost.value });
  return measured(counts) - measured(new Map());
}

/** By the field of a type, the names of both: an operation has hundreds of them. */
const places = new WeakMap<object, string>();

function placeOf(type: GraphQLNamedType, field: GraphQLField<unknown, unknown>): string {
  let place = places.get(field);
  if (place === undefined) {
    place = `${type.name}.${field.name}`;
    places.set(field, place);
  }
  return place;
}

interface Scale {
  /** Items of a page. */
  readonly page?: number;
  readonly days: number;
  readonly bins: number;
  readonly value: number;
}

/**
 * Libraries (graphql-query-complexity) add up estimates of fields, each from its arguments and what is below it. What is
 * below a history costs by the days of the range above it, so here the scale goes down while the costs come up.
 */
class Meter {
  private fields = 0;
  constructor(
    private readonly document: Document,
    private readonly now: number,
    private readonly limits: Limits,
    private readonly readings: ReadingCounts = new Map(),
  ) {}

  /** Mutations of an operation, an alias being one of its own. */
  mutations(root: GraphQLNamedType, operation: OperationDefinitionNode): number {
    const names = new Set(
      selectedFields(this.document, root, [operation])
        .filter(({ name }) => !name.value.startsWith("__"))
        .map(({ alias, name }) => alias?.value ?? name.value),
    );
    if (names.size > this.limits.mutations)
      throw tooCostly("send fewer mutations at once", { mutations: this.limits.mutations });
    return names.size;
  }

  /** Milliseconds below an object, each list taken at its likely length. */
  measure(type: GraphQLNamedType, nodes: readonly Selecting[], depth: number, scale: Scale): number {
    let ms = 0;
    for (const node of selectedFields(this.document, type, nodes)) {
      const name = node.name.value;
      if (++this.fields > this.limits.fields)
        throw tooCostly("it selects too many fields", { fields: this.limits.fields });
      // Introspection is deep by nature, and its size is that of the schema.
      if (name.startsWith("__")) ms += introspection[name] ?? scale.value;
      else if (depth > this.limits.depth) throw tooCostly("it is nested too deeply", { depth: this.limits.depth });
      else ms += this.field(type, node, depth, scale);
      if (ms > this.limits.costMs) throw tooManyDays();
    }
    return ms;
  }

  private field(type: GraphQLNamedType, node: FieldNode, depth: number, scale: Scale): number {
    const definition = fieldOf(type, node);
    if (!definition) return 0;
    const place = placeOf(type, definition);
    if (place === "Series.offsets" || place === "Series.values") return scale.bins * cost.columnValue;
    // Most of a selection: a value, and nothing below it.
    if (!node.selectionSet && definition.args.length === 0 && type.name !== "User")
      return ownCost[place] ?? scale.value;
    const args = argumentsOf(this.document, type, node);
    checkTexts(definition.args, args);
    const inner = getNamedType(definition.type);
    const isSamples = place === "Series.points";
    const readings = type.name === "ReadingHistory" ? this.readingsOf(node.name.value, place) : null;
    let inside: Scale = {
      page: place === "Query.connections" ? clampTo(args["first"], MAX_PAGE) : scale.page,
      days: args["range"] === undefined ? scale.days : reckonedDays(args["range"] as DateRange | null, this.now),
      bins: args["resolution"] === undefined ? scale.bins : (binsPerDay[String(args["resolution"])] ?? 1),
      value: isSamples ? cost.sampleValue : scale.value,
    };
    if (readings?.samples) inside = { ...inside, bins: Math.min(inside.bins, readings.samples) };
    const count = isSamples
      ? scale.bins
      : readings
        ? readings.count
        : perDay[place] !== undefined
          ? perDay[place] * scale.days
          : inner.name.endsWith("Statistics")
            ? Math.ceil(scale.days / daysOfPeriod[String(args["by"])]!) + 1
            : place === "ConnectionPage.nodes"
              ? (scale.page ?? 1)
              : (items[place] ?? 1);
    const isRead = type.name === "User" && node.name.value !== "id";
    const looked = args["statuses"] || args["providers"] ? MAX_LOOKED_AT : (inside.page ?? 0);
    const itself = isRead
      ? cost.history + inside.days * (dayCost[inner.name] ?? 0)
      : place === "Query.connections"
        ? cost.history + looked * ROW_MS
        : (ownCost[place] ?? scale.value);
    return itself + count * (this.measure(inner, [node], depth + 1, inside) + (count > 1 ? inside.value : 0));
  }

  /** How many readings a list has, and how many samples each, where they have some. */
  private readingsOf(name: string, place: string): { count: number; samples: number } | null {
    if (perDay[place] === undefined) return null;
    const { records, samples, unknownDays } = this.readings.get(readingFields[name as keyof typeof readingFields]) ?? {
      ...{ records: 0, samples: 0, unknownDays: 0 },
    };
    return {
      count: records + perDay[place] * unknownDays,
      samples: unknownDays > 0 ? COURSE_SAMPLES_A_DAY : samples / records,
    };
  }
}

/** The days of a range that its history is reckoned by. A wrong range is told of later, by its own history. */
export function reckonedDays(range: DateRange | null, now: number): number {
  if (!range) return 1;
  if (typeof range.lastDays === "number") return clamp(range.lastDays);
  // A day later than in any zone, so that nothing is reckoned too low.
  const tomorrow = new Date(now + 86_400_000).toISOString().slice(0, 10);
  const to = range.to && range.to < tomorrow ? range.to : tomorrow;
  return range.from && isLocalDate(range.from) && isLocalDate(to) ? clamp(daysInclusive(range.from, to)) : 1;
}

const clampTo = (count: unknown, most: number) => Math.min(Math.max(Number(count) || 1, 1), most);
const clamp = (days: number) => clampTo(days, MAX_RANGE_DAYS);

const tooManyDays = () => tooCostly("ask for fewer days, or a coarser resolution", {});

const tooCostly = (why: string, details: object) =>
  new PulsegateError(
    "QUERY_TOO_COSTLY",
    `The query asks for more than one request may: ${why}.`,
    Object.keys(details).length === 0 ? {} : { limit: details },
  );
