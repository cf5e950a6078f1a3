import { withoutNoise } from "../model/numbers.js";

export const lengthUnits = ["METER", "KILOMETER", "MILE", "FOOT", "CENTIMETER", "INCH"] as const;
export type LengthUnit = (typeof lengthUnits)[number];
export const massUnits = ["KILOGRAM", "POUND", "STONE", "GRAM"] as const;
export type MassUnit = (typeof massUnits)[number];
export const energyUnits = ["KILOCALORIE", "KILOJOULE"] as const;
export type EnergyUnit = (typeof energyUnits)[number];

export const volumeUnits = ["MILLILITER", "FLUID_OUNCE", "CUP"] as const;
export type VolumeUnit = (typeof volumeUnits)[number];

export const temperatureUnits = ["CELSIUS", "FAHRENHEIT", "KELVIN"] as const;
export type TemperatureUnit = (typeof temperatureUnits)[number];
export const glucoseUnits = ["MILLIMOLE_PER_LITER", "MILLIGRAM_PER_DECILITER"] as const;
export type GlucoseUnit = (typeof glucoseUnits)[number];

/** How much of each unit one of ours (m, kg, kcal, ml) is, as a fraction of exact numbers: 1 m is 100/1 cm, 1/0.3048 ft. */
type Ratio = readonly [by: number, per: number];
const lengths: Readonly<Record<LengthUnit, Ratio>> = {
  METER: [1, 1],
  KILOMETER: [1, 1000],
  MILE: [1, 1609.344],
  FOOT: [1, 0.3048],
  CENTIMETER: [100, 1],
  INCH: [1, 0.0254],
};
const masses: Readonly<Record<MassUnit, Ratio>> = {
  KILOGRAM: [1, 1],
  POUND: [1, 0.45359237],
  STONE: [1, 6.35029318],
  GRAM: [1000, 1],
};
const energies: Readonly<Record<EnergyUnit, Ratio>> = { KILOCALORIE: [1, 1], KILOJOULE: [4.184, 1] };

/** US customary: a cup is 8 fluid ounces, of which 128 are a gallon of 231 cubic inches. */
const volumes: Readonly<Record<VolumeUnit, Ratio>> = {
  MILLILITER: [1, 1],
  FLUID_OUNCE: [1, 29.5735295625],
  CUP: [1, 236.5882365],
};

function convert(value: number | null, [by, per]: Ratio): number | null {
  if (value === null || by === per) return value;
  // Twelve digits are far more than any device measures, and hide that 0.07 * 100 is 7.000000000000001.
  return Number(((value * by) / per).toPrecision(12));
}

export const lengthIn = (metres: number | null, unit: LengthUnit) => convert(metres, lengths[unit]);
export const massIn = (kilograms: number | null, unit: MassUnit) => convert(kilograms, masses[unit]);
export const energyIn = (kilocalories: number | null, unit: EnergyUnit) => convert(kilocalories, energies[unit]);

export const volumeIn = (millilitres: number | null, unit: VolumeUnit) => convert(millilitres, volumes[unit]);

/** The other way round: of what callers give. */
export const massFrom = (given: number | null, unit: MassUnit) => convert(given, inverse(masses[unit]));
export const volumeFrom = (given: number, unit: VolumeUnit) => convert(given, inverse(volumes[unit])) ?? given;
const inverse = ([by, per]: Ratio): Ratio => [per, by];

const degrees: Readonly<Record<TemperatureUnit, { readonly size: Ratio; readonly zero: number }>> = {
  CELSIUS: { size: [1, 1], zero: 0 },
  FAHRENHEIT: { size: [9, 5], zero: 32 },
  KELVIN: { size: [1, 1], zero: 273.15 },
};
/** The molar mass of glucose is 180.156 g: what meters and laboratories divide by is a tenth of it. */
const glucoses: Readonly<Record<GlucoseUnit, Ratio>> = {
  MILLIMOLE_PER_LITER: [1, 1],
  MILLIGRAM_PER_DECILITER: [18.0156, 1],
};

export function temperatureIn(celsius: number | null, unit: TemperatureUnit): number | null {
  const value = convert(celsius, degrees[unit].size);
  return value === null ? null : withoutNoise(value + degrees[unit].zero);
}
/** A difference of temperatures: nothing is added. */
export const temperatureDifferenceIn = (celsius: number | null, unit: TemperatureUnit) =>
  convert(celsius, degrees[unit].size);
export const glucoseIn = (millimoles: number | null, unit: GlucoseUnit) => convert(millimoles, glucoses[unit]);

/** For Ints of which the provider gave a fraction. */
export function roundHalfUp(value: number | null): number | null {
  // Adding 0 turns the -0 of small negatives into 0.
  return value === null ? null : Math.floor(value + 0.5) + 0;
}
