import type { Field } from "../model/fields.js";
import type { LocalDate } from "../model/records.js";

/** Fields and the days that are wanted, ascending. `null` stands for the one cell of an undated field. */
export type Wanted = ReadonlyMap<Field, readonly (LocalDate | null)[]>;

/** All of it, each day once. Days that only one wants are taken as they are: mostly all fields share one list. */
export function mergedWanted(all: readonly Wanted[]): Wanted {
  if (all.length === 1) return all[0]!;
  const merged = new Map<Field, readonly (LocalDate | null)[]>();
  for (const wanted of all) {
    for (const [field, days] of wanted) {
      const before = merged.get(field);
      merged.set(field, before && before !== days ? [...new Set([...before, ...days])].sort() : days);
    }
  }
  return merged;
}
