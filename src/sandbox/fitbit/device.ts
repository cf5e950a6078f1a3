import type { Person } from "../person.js";
import { scramble } from "./json.js";

const MODELS = ["Charge 6", "Sense 2", "Versa 4", "Charge 5"];

export const DEVICE_FEATURES = ["DISTANCE", "STEPS", "GPS", "PACE", "CALORIES", "HEARTRATE", "VO2_MAX"];

/** The device that a person wears: the same in the device list and as the source of their exercises. */
export function deviceOf(person: Person): { readonly id: string; readonly model: string; readonly mac: string } {
  const number = scramble(`device ${person.id}`);
  const mac = `A1${number.toString(16).toUpperCase().padStart(10, "B")}`;
  return { id: String(2_500_000_000 + (number % 90_000_000)), model: MODELS[number % MODELS.length]!, mac };
}
