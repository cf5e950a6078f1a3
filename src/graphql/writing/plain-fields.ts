import type { GraphQLField, GraphQLObjectType } from "graphql";
import type { Document, Selecting } from "../walk.js";

/** Where a document selects a field. */
export interface Place {
  readonly document: Document;
  /** The type that has the field. */
  readonly type: GraphQLObjectType;
  /** What selects the object that has the field. */
  readonly object: readonly Selecting[];
  /** What selects the field: several nodes if a fragment selects it again. */
  readonly nodes: readonly Selecting[];
  readonly args: Readonly<Record<string, unknown>>;
}

export type Read = (source: never) => unknown;
export type Write = (source: never) => string;

/** A field whose value follows from its object and its arguments, at once and without the caller's context. */
export interface PlainField {
  /** Prepared once for each place. The value is what a resolver would return. */
  read(place: Place): Read;
  /** For a field that is written straight from its object: the JSON of its value, or null if it must be read. */
  write?(place: Place): Write | null;
}

type Field = GraphQLField<unknown, unknown>;
const plain = new WeakMap<Field, PlainField>();

export function declarePlain(field: Field, how: PlainField): void {
  plain.set(field, how);
}

/** Null for a field that only GraphQL's own execution can resolve. A field without a resolver is a property. */
export function plainField(type: GraphQLObjectType, name: string): PlainField | null {
  const field = type.getFields()[name];
  if (!field) return null;
  return plain.get(field) ?? (field.resolve ? null : property(name));
}

const property = (name: string): PlainField => ({
  read: () => (source: Readonly<Record<string, unknown>>) => source[name],
});
