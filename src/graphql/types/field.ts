import type { GraphQLScalarType } from "graphql";
import { Field, registerEnumType } from "type-graphql";

type Ts<G> = G extends readonly [infer E]
  ? readonly Ts<E>[]
  : G extends GraphQLScalarType<infer I, infer _>
    ? I
    : G extends StringConstructor
      ? string
      : G extends BooleanConstructor
        ? boolean
        : G extends abstract new (
              ...args: never
            ) => infer O
          ? O
          : G extends Record<string, infer V>
            ? V
            : never;
type On<V> = <K extends string>(target: { readonly [P in K]: V }, key: K) => void;
type OnOptional<V> = <K extends string>(target: { readonly [P in K]?: V }, key: K) => void;

// type-graphql does not compare a decorator with its property. These wrappers do, and require a description.

/** A non-null field whose GraphQL type must fit the property that it decorates. */
export const field = <const G>(type: () => G, description: string): On<Ts<G>> =>
  Field(type as never, { description }) as never;

/** A nullable field whose GraphQL type must fit the nullable property that it decorates. */
export const nullableField = <const G>(type: () => G, description: string): On<Ts<G> | null> =>
  Field(type as never, { description, nullable: true }) as never;

/** A field that an input, or a record of a provider, may leave out. */
export const optionalField = <const G>(type: () => G, description: string): OnOptional<Ts<G> | null> =>
  Field(type as never, { description, nullable: true }) as never;

/** A GraphQL enumeration of names that the model lists. */
export function enumeration<const T extends readonly string[]>(
  name: string,
  names: T,
  description: string,
  values: Partial<Record<T[number], string>> = {},
): { readonly [K in T[number]]: K } {
  const object = Object.fromEntries(names.map((value) => [value, value])) as { readonly [K in T[number]]: K };
  const valuesConfig = Object.fromEntries(
    Object.entries(values).map(([value, text]) => [value, { description: text as string }]),
  );
  registerEnumType(object, { name, description, valuesConfig: valuesConfig as never });
  return object;
}
