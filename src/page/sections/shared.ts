import type { PersonState, Today } from "../data/state.js";

/** The steps that a person wants to reach on a day, by their first source that has such a goal. */
export function stepsGoal(today: Today | null): number | null {
  const goals = today?.goals?.goals ?? [];
  return goals.find(({ metric, period }) => metric === "STEPS" && period === "DAILY")?.target ?? null;
}

/** Sources that are asked no more: their strips are dotted. */
export const pastSources = (person: PersonState | null): readonly string[] =>
  (person?.connections ?? [])
    .filter(({ status }) => status === "RETIRED" || status === "REVOKED")
    .map(({ provider }) => provider.id);

/** Items by a key, in the order in which they come. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
