import type { WeighingRecord } from "../../model/records.js";
import type { Derivation } from "../provider.js";

/** For providers that give weight and height, and no BMI. */
export const bodyMassIndexes: Derivation = {
  yields: "body.bodyMassIndex",
  from: ["body.weight", "profile.height"],
  derive: ([weighings, height]) => {
    if (!Array.isArray(weighings)) return null;
    if (weighings.length === 0) return [];
    return typeof height === "number" ? toBodyMassIndexes(weighings as readonly WeighingRecord[], height) : null;
  },
};

/** The BMI of each weighing. Height in m. */
export function toBodyMassIndexes(weighings: readonly WeighingRecord[], height: number): WeighingRecord[] {
  return weighings.flatMap(({ id, time, weight }) =>
    weight === null || height <= 0
      ? []
      : [{ id, time, weight: null, bodyMassIndex: weight / height ** 2, fatPercentage: null }],
  );
}
