import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  type OperationDefinitionNode,
} from "graphql";
import { PulsegateError } from "../errors.js";
import { resolutions } from "../model/records.js";
import { daysInclusive, isLocalDate } from "../model/time.js";
import type { DateRange } from "../readings/ask.js";
import { MAX_RANGE_DAYS } from "../readings/range.js";
import { argumentsOf, type Document, fieldOf, selectedFields } from "./walk.js";

export interface Limits {
  /** Fields below each other. */
  readonly depth: number;
  /** Fields in all, fragments opened wherever they are used. */
  readonly fields: number;
  /** Values that the answer may hold, as far as can be told beforehand. */
  readonly values: number;
  /** Tokens of the document, before it is parsed. */
  readonly tokens: number;
}

/**
 * Room for weeks of one-second heart rate as columns or a month of minutes as points, not for a year of seconds. Users
 * meet none of these but `values`, and that only by asking for more than they could look at.
 */
export const defaultLimits: Limits = { depth: 14, fields: 4_000, values: 1_000_000, tokens: 8_000 };

/** Values a day has in one series, by resolution. */
const binsPerDay: Readonly<Record<string, number>> = Object.fromEntries(
  resolutions.map((resolution) => [
    resolution,
    { ONE_SECOND: 86_400, ONE_MINUTE: 1_440, FIVE_MINUTES: 288, FIFTEEN_MINUTES: 96 }[resolution],
  ]),
);
/** A number in a column is written as it is; one in a list of objects goes through GraphQL field by field. */
const COLUMN_VALUE = 0.1;

/** How many items a list is reckoned to have, each day or in all. */
const perDay: Readonly<Record<string, number>> = {
  "ActivityHistory.days": 1,
  "HeartHistory.days": 1,
  "SleepHistory.sessions": 2,
  "BodyHistory.measurements": 1,
  "WorkoutHistory.workouts": 1,
};
const items: Readonly<Record<string, number>> = {
  "SleepSession.hypnogram": 50,
  "SleepSession.stages": 4,
  "HeartDay.zones": 4,
};

/**
 * Holds an operation against the limits before anything of it runs. The document has been validated: fragments exist
 * and do not contain themselves. Throws QUERY_TOO_COSTLY.
 */
export function checkLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variableValues: Readonly<Record<string, unknown>>,
  now: number,
  limits: Limits = defaultLimits,
): void {
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const node of document.definitions) if (node.kind === "FragmentDefinition") fragments[node.name.value] = node;
  const root = schema.getRootType(operation.operation);
  if (!root) return;
  new Meter({ schema, fragments, variableValues }, now, limits).measure(root, [operation], 1, { days: 1, bins: 1 });
}

interface Scale {
  readonly days: number;
  readonly bins: number;
}

class Meter {
  private fields = 0;
  constructor(
    private readonly document: Document,
    private readonly now: number,
    private readonly limits: Limits,
  ) {}

  /** Values below an object, each list taken at its likely length. */
  measure(
    type: GraphQLNamedType,
    nodes: readonly { readonly selectionSet?: FieldNode["selectionSet"] }[],
    depth: number,
    scale: Scale,
  ): number {
    let values = 0;
    for (const node of selectedFields(this.document, type, nodes)) {
      const name = node.name.value;
      if (++this.fields > this.limits.fields)
        throw tooCostly("it selects too many fields", { fields: this.limits.fields });
      // Introspection is deep by nature, and its size is that of the schema.
      if (name.startsWith("__")) continue;
      if (depth > this.limits.depth) throw tooCostly("it is nested too deeply", { depth: this.limits.depth });
      values += this.field(type, node, depth, scale);
      if (values > this.limits.values) throw tooCostly("ask for fewer days, or a coarser resolution", {});
    }
    return values;
  }

  private field(type: GraphQLNamedType, node: FieldNode, depth: number, scale: Scale): number {
    const definition = fieldOf(type, node);
    if (!definition) return 0;
    const place = `${type.name}.${node.name.value}`;
    if (place === "Series.offsets" || place === "Series.values") return scale.bins * COLUMN_VALUE;
    const args = definition.args.length === 0 ? {} : argumentsOf(this.document, type, node);
    const inside: Scale = {
      days: args["range"] === undefined ? scale.days : this.daysOf(args["range"] as DateRange),
      bins: args["resolution"] === undefined ? scale.bins : (binsPerDay[String(args["resolution"])] ?? 1),
    };
    const count =
      place === "Series.points"
        ? scale.bins
        : perDay[place] !== undefined
          ? perDay[place] * scale.days
          : (items[place] ?? 1);
    return 1 + count * this.measure(getNamedType(definition.type), [node], depth + 1, inside);
  }

  /** A wrong range is told of later, by its own history. */
  private daysOf(range: DateRange | null): number {
    if (!range) return 1;
    if (typeof range.lastDays === "number") return clamp(range.lastDays);
    // A day later than in any zone, so that nothing is reckoned too low.
    const tomorrow = new Date(this.now + 86_400_000).toISOString().slice(0, 10);
    const to = range.to && range.to < tomorrow ? range.to : tomorrow;
    return range.from && isLocalDate(range.from) && isLocalDate(to) ? clamp(daysInclusive(range.from, to)) : 1;
  }
}

const clamp = (days: number) => Math.min(Math.max(days, 1), MAX_RANGE_DAYS);

const tooCostly = (why: string, details: object) =>
  new PulsegateError(
    "QUERY_TOO_COSTLY",
    `The query asks for more than one request may: ${why}.`,
    Object.keys(details).length === 0 ? {} : { limit: details },
  );
