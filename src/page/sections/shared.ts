import type { PersonState, Today } from "../data/state.js";

/**
 * The steps that a person wants to reach on a day, by the first of their sources that has such a goal. One that is
 * connected no more may have an old goal: it counts where no other has any.
 */
export function stepsGoal(today: Pick<Today, "goals"> | null, person: Pick<PersonState, "connections"> | null) {
  const goals = today?.goals?.goals?.filter(({ metric, period }) => metric === "STEPS" && period === "DAILY") ?? [];
  const connected = new Set(
    person?.connections.flatMap(({ status, provider }) => (status === "CONNECTED" ? [provider.id] : [])),
  );
  return (goals.find(({ source }) => connected.has(source)) ?? goals[0])?.target ?? null;
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
