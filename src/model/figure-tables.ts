import { type ActivityFigure, activityFigures, type Figure, type FigureField, heartFigures } from "./figures.js";

/** All figures of a day, by the field of the model. */
export const dayFigures = {
  ...prefixed("activity", activityFigures),
  ...prefixed("heart", heartFigures),
} as Readonly<Record<FigureField, Figure>>;

/** The figures whose sum over the days `totals` has. */
export type TotalFigure = {
  [K in ActivityFigure]: (typeof activityFigures)[K] extends { readonly total: string } ? K : never;
}[ActivityFigure];
export const totalFigures: readonly TotalFigure[] = namesOf(activityFigures).filter(
  (name): name is TotalFigure => "total" in activityFigures[name],
);

/** The names of the rows of a table, in the table's order. */
export function namesOf<R extends object>(rows: R): readonly (keyof R & string)[] {
  return Object.keys(rows) as (keyof R & string)[];
}

/** An object with one value for each name. */
export function valuesBy<K extends string, V>(names: readonly K[], value: (name: K) => V): Record<K, V> {
  const values = {} as Record<K, V>;
  for (const name of names) values[name] = value(name);
  return values;
}

function prefixed(prefix: string, rows: Readonly<Record<string, Figure>>): Readonly<Record<string, Figure>> {
  return Object.fromEntries(Object.entries(rows).map(([name, figure]) => [`${prefix}.${name}`, figure]));
}
