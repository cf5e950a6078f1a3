import { Arg } from "type-graphql";
import {
  EnergyUnitEnum,
  GlucoseUnitEnum,
  LengthUnitEnum,
  MassUnitEnum,
  TemperatureUnitEnum,
  VolumeUnitEnum,
} from "../types/enums.js";
import type { EnergyUnit, GlucoseUnit, LengthUnit, MassUnit, TemperatureUnit, VolumeUnit } from "../units.js";

const description = "Unit of the answer.";

export const InLength = (defaultValue: LengthUnit) => Arg("unit", () => LengthUnitEnum, { defaultValue, description });
export const InMass = (defaultValue: MassUnit) => Arg("unit", () => MassUnitEnum, { defaultValue, description });
export const InEnergy = (defaultValue: EnergyUnit) => Arg("unit", () => EnergyUnitEnum, { defaultValue, description });
export const InTemperature = (defaultValue: TemperatureUnit) =>
  Arg("unit", () => TemperatureUnitEnum, { defaultValue, description });
export const InGlucose = (defaultValue: GlucoseUnit) =>
  Arg("unit", () => GlucoseUnitEnum, { defaultValue, description });
export const InVolume = (defaultValue: VolumeUnit) => Arg("unit", () => VolumeUnitEnum, { defaultValue, description });
