import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  type SelectionSetNode,
} from "graphql";
import { MAX_ITEMS } from "../graphql/texts.js";
import { fieldOf, type Selecting } from "../graphql/walk.js";
import { MAX_TEXT_LENGTH } from "../model/text.js";

/** JSON Schema, as far as tools need it. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly [keyword: string]: unknown;
}

/** How values of each scalar are written in JSON. */
const scalars: Readonly<Record<string, JsonSchema>> = {
  Int: { type: "integer" },
  Float: { type: "number" },
  Boolean: { type: "boolean" },
  String: { type: "string" },
  ID: { type: "string" },
  LocalDate: { type: "string", format: "date" },
  DateTime: { type: "string", format: "date-time" },
  URL: { type: "string", format: "uri" },
  IntColumn: { type: "array", items: { type: "integer" } },
  FloatColumn: { type: "array", items: { type: "number" } },
};

function scalarOf({ name }: GraphQLNamedType): JsonSchema {
  const found = scalars[name];
  if (!found) throw new Error(`the scalar ${name} has no form in JSON Schema`);
  return found;
}

interface Property {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

export function objectOf(properties: readonly Property[], more: Readonly<Record<string, unknown>> = {}): JsonSchema {
  const required = properties.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return {
    ...{ type: "object", ...more },
    properties: Object.fromEntries(properties.map(({ name, schema }) => [name, schema])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/**
 * What callers may send. What may be null may be left out as well, so null is not named: models do with fewer choices
 * better.
 */
export function inputOf(
  type: GraphQLInputType,
  { description, usual }: { readonly description?: string | null; readonly usual?: unknown } = {},
): JsonSchema {
  const bare = getNullableType(type);
  const words = description || ("description" in bare ? bare.description : null);
  const more = { ...(words && { description: words }), ...(usual !== undefined && { default: usual }) };
  if (isListType(bare)) return { type: "array", items: inputOf(bare.ofType), maxItems: MAX_ITEMS, ...more };
  if (isEnumType(bare)) return { type: "string", enum: bare.getValues().map(({ name }) => name), ...more };
  if (isInputObjectType(bare)) {
    const properties = Object.values(bare.getFields()).map((field) => ({
      name: field.name,
      schema: inputOf(field.type, { description: field.description, usual: field.defaultValue }),
      isRequired: isNonNullType(field.type) && field.defaultValue === undefined,
    }));
    return objectOf(properties, more);
  }
  const scalar = scalarOf(bare);
  return { ...scalar, ...(scalar.type === "string" && !scalar["format"] && { maxLength: MAX_TEXT_LENGTH }), ...more };
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** What one place of an answer is asked for, in all its parts. */
interface Asked {
  readonly nodes: FieldNode[];
  /** It can be left out by @skip and @include alone. */
  isCertain: boolean;
}

/** What selections make of one object. No field of the schema has an abstract type: every fragment applies. */
export function answerOf(type: GraphQLNamedType, selecting: readonly Selecting[], fragments: Fragments): JsonSchema {
  const asked = new Map<string, Asked>();
  const open = ({ selections }: SelectionSetNode, isOpen: boolean): void => {
    for (const one of selections) {
      const isCertain = isOpen && !one.directives?.some(({ name }) => /^(skip|include)$/.test(name.value));
      if (one.kind === Kind.FIELD) {
        const key = (one.alias ?? one.name).value;
        const known = asked.get(key) ?? { nodes: [], isCertain: false };
        known.nodes.push(one);
        known.isCertain ||= isCertain;
        asked.set(key, known);
      } else {
        const { selectionSet } = one.kind === Kind.INLINE_FRAGMENT ? one : fragments.get(one.name.value)!;
        open(selectionSet, isCertain);
      }
    }
  };
  // Of two selections of one place, either may be the one that is left out.
  for (const { selectionSet } of selecting) if (selectionSet) open(selectionSet, selecting.length === 1);
  return objectOf(
    [...asked].map(([name, { nodes, isCertain }]) => ({
      name,
      schema: fieldSchema(type, nodes, fragments),
      isRequired: isCertain,
    })),
  );
}

function fieldSchema(type: GraphQLNamedType, nodes: readonly FieldNode[], fragments: Fragments): JsonSchema {
  const name = nodes[0]!.name.value;
  if (name === "__typename") return { type: "string", enum: [type.name] };
  const field = fieldOf(type, nodes[0]!);
  // The schema told of itself.
  if (!field) return {};
  return valueSchema(field.type, nodes, fragments);
}

function valueSchema(type: GraphQLOutputType, nodes: readonly FieldNode[], fragments: Fragments): JsonSchema {
  if (isNonNullType(type)) return presentSchema(type.ofType, nodes, fragments);
  const { type: form, ...rest } = presentSchema(type, nodes, fragments);
  const values = rest["enum"] as readonly string[] | undefined;
  return { type: [form as string, "null"], ...rest, ...(values && { enum: [...values, null] }) };
}

function presentSchema(type: GraphQLOutputType, nodes: readonly FieldNode[], fragments: Fragments): JsonSchema {
  if (isListType(type)) return { type: "array", items: valueSchema(type.ofType, nodes, fragments) };
  const named = type as GraphQLNamedType;
  if (isEnumType(named)) return { type: "string", enum: named.getValues().map(({ name }) => name) };
  return "getFields" in named ? answerOf(named, nodes, fragments) : scalarOf(named);
}
