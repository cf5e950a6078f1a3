import {
  BREAK,
  type FieldNode,
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  GraphQLString,
  getNamedType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  visit,
} from "graphql";
import { argumentsOf, type Document, fieldOf, type Selecting, selectedFields } from "../walk.js";
import { type Place, plainField, type Read, type Write } from "./plain-fields.js";
import { Texts } from "./texts.js";

/** Waits for its turn if the work has held the loop for some milliseconds: see `turns.ts`. */
export type Pace = () => Promise<void> | undefined;

/** Writes an object as JSON, in texts that belong one after the other; others have their turn between items of lists. */
export type Writer = (source: object, pace: Pace) => Promise<readonly string[]>;

/** Thrown where only GraphQL's own execution gives the right answer: an error to tell of, or a value to await. */
class NotPlain extends Error {}

type Info = Pick<GraphQLResolveInfo, "schema" | "fragments" | "variableValues" | "fieldNodes" | "returnType">;

/**
 * A writer for an object that the current field returns: it gives the same JSON as GraphQL's execution, without an
 * object, a resolver or a promise for each value. It throws where it can't. Null if the selection has fields that are not
 * plain. It is compiled once for each document, unless variables decide what is below the field.
 */
export function writerFor(info: Info): Writer | null {
  const first = info.fieldNodes[0]!;
  let known = kept.get(first);
  if (!known || !isSame(known.nodes, info.fieldNodes)) {
    known = { nodes: info.fieldNodes, writer: dependsOnVariables(info) ? undefined : compiled(info) };
    kept.set(first, known);
  }
  return known.writer === undefined ? compiled(info) : known.writer;
}

interface Kept {
  readonly nodes: readonly FieldNode[];
  /** Undefined if it depends on variables. */
  readonly writer: Writer | null | undefined;
}
/** Documents are kept (`documents.ts`), and their nodes with them. */
const kept = new WeakMap<FieldNode, Kept>();

const isSame = (one: readonly unknown[], other: readonly unknown[]) =>
  one.length === other.length && one.every((item, index) => item === other[index]);

/** Whether variables decide what is below a field. */
export function dependsOnVariables({ fieldNodes, fragments }: Info): boolean {
  let found = false;
  const seen = new Set<string>();
  const look = (node: Selecting) => {
    if (!node.selectionSet) return;
    visit(node.selectionSet, {
      Variable() {
        found = true;
        return BREAK;
      },
      FragmentSpread({ name }) {
        const fragment = fragments[name.value];
        if (fragment && !seen.has(name.value)) {
          seen.add(name.value);
          look(fragment);
        }
      },
    });
  };
  fieldNodes.forEach(look);
  return found;
}

function compiled(info: Info): Writer | null {
  const type = getNamedType(info.returnType);
  try {
    return isObjectType(type) ? inTurns(propertiesOf(type, info.fieldNodes, info)) : null;
  } catch {
    // Wrong arguments, for example: GraphQL's execution tells of them.
    return null;
  }
}

interface Property {
  /** `"name":`, with a comma before it unless it is the first. */
  readonly opening: string;
  readonly read: Read;
  readonly write: Write;
  /** Writes an item, if the value is a list of objects. */
  readonly item: Write | null;
}

function propertiesOf(type: GraphQLObjectType, object: readonly Selecting[], document: Document): Property[] {
  // A check that GraphQL would make of each object.
  if (type.isTypeOf) throw new NotPlain();
  const byName = new Map<string, FieldNode[]>();
  for (const node of selectedFields(document, type, object)) {
    const name = (node.alias ?? node.name).value;
    const same = byName.get(name);
    if (same) same.push(node);
    else byName.set(name, [node]);
  }
  return [...byName].map(([name, nodes], index) => {
    const opening = `${index === 0 ? "" : ","}${JSON.stringify(name)}:`;
    return { opening, ...propertyOf(type, object, nodes, document) };
  });
}

function propertyOf(
  type: GraphQLObjectType,
  object: readonly Selecting[],
  nodes: readonly FieldNode[],
  document: Document,
): Omit<Property, "opening"> {
  const node = nodes[0]!;
  const name = node.name.value;
  if (name === "__typename") {
    const text = JSON.stringify(type.name);
    return { read: () => null, write: () => text, item: null };
  }
  const plain = plainField(type, name);
  const definition = fieldOf(type, node);
  if (!plain || !definition) throw new NotPlain();
  const place: Place = { document, type, object, nodes, args: argumentsOf(document, type, node) };
  const straight = plain.write?.(place);
  if (straight) return { read: (source) => source, write: straight, item: null };
  const list = isNonNullType(definition.type) ? definition.type.ofType : definition.type;
  const hasObjects = isListType(list) && isObjectType(getNamedType(list));
  return {
    read: plain.read(place),
    write: typeWriter(definition.type, nodes, document),
    item: hasObjects ? typeWriter(list.ofType, nodes, document) : null,
  };
}

function typeWriter(type: GraphQLOutputType, nodes: readonly FieldNode[], document: Document): Write {
  if (isNonNullType(type)) return presentWriter(type.ofType, nodes, document);
  const write = presentWriter(type, nodes, document);
  return (value: unknown) => (value === null || value === undefined ? "null" : write(value as never));
}

/** Writes a value that is there: null is refused by each of them. */
function presentWriter(type: GraphQLOutputType, nodes: readonly FieldNode[], document: Document): Write {
  if (isListType(type)) return listOf(typeWriter(type.ofType, nodes, document));
  if (isObjectType(type)) return objectOf(propertiesOf(type, nodes, document));
  if (isLeafType(type)) return leaf(type);
  throw new NotPlain();
}

const refuse = (): never => {
  throw new NotPlain();
};
const checkObject = (value: unknown): void => {
  if (typeof value !== "object" || value === null || value instanceof Error || value instanceof Promise) refuse();
};

function listOf(item: Write): Write {
  return (list: unknown) => {
    if (!Array.isArray(list)) return refuse();
    let text = "[";
    for (let at = 0; at < list.length; at++) text += at === 0 ? item(list[at] as never) : `,${item(list[at] as never)}`;
    return `${text}]`;
  };
}

function objectOf(properties: readonly Property[]): Write {
  return (source: never) => {
    checkObject(source);
    let text = "{";
    for (const { opening, read, write } of properties) text += opening + write(read(source) as never);
    return `${text}}`;
  };
}

function inTurns(properties: readonly Property[]): Writer {
  return async (given, pace) => {
    checkObject(given);
    const source = given as never;
    const texts = new Texts();
    texts.add("{");
    for (const { opening, read, write, item } of properties) {
      const value = read(source) as never;
      texts.add(opening);
      if (!item || !Array.isArray(value)) {
        texts.add(write(value));
        continue;
      }
      const list: readonly unknown[] = value;
      for (let at = 0; at < list.length; at++) {
        const wait = pace();
        if (wait) await wait;
        texts.add((at === 0 ? "[" : ",") + item(list[at] as never));
      }
      texts.add(list.length === 0 ? "[]" : "]");
    }
    texts.add("}");
    return texts.all();
  };
}

const MAX_INT = 2 ** 31 - 1;

function leaf(type: GraphQLLeafType): Write {
  if (type === GraphQLInt)
    return (value: number) => (Number.isInteger(value) && Math.abs(value) <= MAX_INT ? `${value}` : refuse());
  if (type === GraphQLFloat) return (value: number) => (Number.isFinite(value) ? `${value}` : refuse());
  if (type === GraphQLBoolean) return (value: unknown) => (typeof value === "boolean" ? `${value}` : refuse());
  if (type === GraphQLString || type === GraphQLID)
    return (value: unknown) => (typeof value === "string" ? JSON.stringify(value) : refuse());
  if (isEnumType(type)) {
    const names = new Map(type.getValues().map(({ name, value }) => [value as unknown, JSON.stringify(name)]));
    return (value: unknown) => names.get(value) ?? refuse();
  }
  return (value: unknown) => {
    const serialized: unknown = type.serialize(value);
    if (Array.isArray(serialized)) return columnText(serialized);
    return typeof serialized === "string" ? JSON.stringify(serialized) : refuse();
  };
}

/** By the stored column, which never changes: it is written once however often it is asked for, and goes with it. */
const columns = new WeakMap<readonly unknown[], string>();

function columnText(column: readonly unknown[]): string {
  const known = columns.get(column);
  if (known !== undefined) return known;
  const text = JSON.stringify(column);
  columns.set(column, text);
  return text;
}
