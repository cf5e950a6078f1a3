import { Arg } from "type-graphql";
import { EnergyUnitEnum, LengthUnitEnum, MassUnitEnum } from "../types/enums.js";
import type { EnergyUnit, LengthUnit, MassUnit } from "../units.js";

const description = "Unit of the answer.";

export const InLength = (defaultValue: LengthUnit) => Arg("unit", () => LengthUnitEnum, { defaultValue, description });
export const InMass = (defaultValue: MassUnit) => Arg("unit", () => MassUnitEnum, { defaultValue, description });
export const InEnergy = (defaultValue: EnergyUnit) => Arg("unit", () => EnergyUnitEnum, { defaultValue, description });
