import { FieldResolver, type Root } from "type-graphql";

export type Class = abstract new () => object;

interface Served {
  readonly returns: Parameters<typeof FieldResolver>[0];
  readonly nullable?: true;
  readonly description: string;
  readonly resolve: (...given: never[]) => unknown;
}

/**
 * Adds a field to the type of a resolver class, as the decorators do for fields that are written by hand. `parameters`
 * says what each parameter of `resolve` is given.
 */
export function serve(
  { prototype }: Class,
  name: string,
  { returns, resolve, ...options }: Served,
  ...parameters: readonly ReturnType<typeof Root>[]
): void {
  Object.defineProperty(prototype, name, { value: resolve });
  for (const [index, parameter] of parameters.entries()) parameter(prototype, name, index);
  FieldResolver(returns, options)(prototype, name, { value: resolve });
}
