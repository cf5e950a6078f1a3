import { round } from "./json.js";

/** Chosen by each request's Accept-Language and never by the user's settings. */
export type UnitSystem = "METRIC" | "en_US" | "en_GB";

const KG_PER_POUND = 0.45359237;

/**
 * Only the two documented spellings count, with their underscore. Anything else is metric: nothing at all, the `*` that
 * Node's own fetch adds, and the list that a browser sends.
 */
export function unitSystem(acceptLanguage: string | undefined): UnitSystem {
  return acceptLanguage === "en_US" || acceptLanguage === "en_GB" ? acceptLanguage : "METRIC";
}

/** Kilometres or miles. */
export function distanceOf(meters: number, units: UnitSystem): number {
  return units === "en_US" ? meters / 1609.344 : meters / 1000;
}

/** Metres or feet. */
export function elevationOf(meters: number, units: UnitSystem): number {
  return units === "en_US" ? meters / 0.3048 : meters;
}

/** Centimetres or inches. */
export function lengthOf(centimeters: number, units: UnitSystem): number {
  return units === "en_US" ? round(centimeters / 2.54, 1) : centimeters;
}

/** Kilograms, pounds or, for Britain, stones. */
export function weightOf(kilograms: number, units: UnitSystem): number {
  if (units === "METRIC") return kilograms;
  const pounds = kilograms / KG_PER_POUND;
  return round(units === "en_US" ? pounds : pounds / 14, 3);
}

/** What `weightOf` gave, in kilograms. */
export function weightFrom(weight: number, units: UnitSystem): number {
  if (units === "METRIC") return weight;
  return round(weight * KG_PER_POUND * (units === "en_US" ? 1 : 14), 6);
}

/** A temperature; `relative` is a difference, which has no freezing point to add. */
export function temperatureOf(celsius: number, units: UnitSystem, relative = false): number {
  if (units !== "en_US") return celsius;
  return round(celsius * 1.8 + (relative ? 0 : 32), 1);
}

/** Millilitres or fluid ounces. */
export function volumeOf(milliliters: number, units: UnitSystem): number {
  return units === "en_US" ? round(milliliters / 29.5735, 1) : milliliters;
}
