import { Field, FieldResolver, Float, Int, Root } from "type-graphql";
import type { Figure } from "../../model/figures.js";
import { energyIn, lengthIn, volumeIn } from "../units.js";
import { InEnergy, InLength, InVolume } from "./units.js";

const quantities = {
  length: { argument: InLength("METER"), convert: lengthIn },
  energy: { argument: InEnergy("KILOCALORIE"), convert: energyIn },
  volume: { argument: InVolume("MILLILITER"), convert: volumeIn },
} as const;

type Class = abstract new () => object;

/**
 * Adds a nullable field for each row to an object type, as the decorators do for fields that are written by hand.
 * `resolver` is the resolver class of that type. Figures with a unit argument become its methods.
 */
export function serveFigures(type: Class, resolver: Class, rows: Readonly<Record<string, Figure>>): void {
  for (const [name, { type: scalar, quantity, description }] of Object.entries(rows)) {
    const returns = () => (scalar === "Int" ? Int : Float);
    const options = { nullable: true, description };
    if (!quantity) {
      Field(returns, options)(type.prototype, name);
      continue;
    }
    const { argument, convert } = quantities[quantity];
    const resolve = (day: Readonly<Record<string, number | null>>, unit: never) => convert(day[name] ?? null, unit);
    Object.defineProperty(resolver.prototype, name, { value: resolve });
    Root()(resolver.prototype, name, 0);
    argument(resolver.prototype, name, 1);
    FieldResolver(returns, options)(resolver.prototype, name, { value: resolve });
  }
}
