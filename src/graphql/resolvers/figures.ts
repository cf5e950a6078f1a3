import { Field, Float, Int, Root } from "type-graphql";
import { energyIn, lengthIn, massIn, volumeIn } from "../units.js";
import { type Class, serve } from "./serve.js";
import { InEnergy, InLength, InMass, InVolume } from "./units.js";

const quantities = {
  mass: { argument: InMass("KILOGRAM"), convert: massIn },
  length: { argument: InLength("METER"), convert: lengthIn },
  energy: { argument: InEnergy("KILOCALORIE"), convert: energyIn },
  volume: { argument: InVolume("MILLILITER"), convert: volumeIn },
} as const;

interface Served {
  readonly type: "Int" | "Float";
  readonly quantity?: keyof typeof quantities;
  readonly description: string;
}

/**
 * Adds a nullable field for each row to an object type, as the decorators do for fields that are written by hand. For
 * the resolver class of that type: figures with a unit argument become its methods.
 */
export function Figures(type: Class, rows: Readonly<Record<string, Served>>) {
  return (resolver: Class): void => {
    for (const [name, { type: scalar, quantity, description }] of Object.entries(rows)) {
      const returns = () => (scalar === "Int" ? Int : Float);
      if (!quantity) {
        Field(returns, { nullable: true, description })(type.prototype, name);
        continue;
      }
      const { argument, convert } = quantities[quantity];
      const resolve = (day: Readonly<Record<string, number | null>>, unit: never) => convert(day[name] ?? null, unit);
      serve(resolver, name, { returns, nullable: true, description, resolve }, Root(), argument);
    }
  };
}
