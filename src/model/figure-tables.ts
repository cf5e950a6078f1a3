import {
  type ActivityFigure,
  activityFigures,
  type Figure,
  type FigureField,
  heartFigures,
  nutritionFigures,
  type Vital,
  type VitalCourse,
  type VitalField,
  vitalFigures,
} from "./figures.js";

/** All figures of a day, by the field of the model. */
export const dayFigures = {
  ...prefixed<Figure>("activity", activityFigures),
  ...prefixed<Figure>("heart", heartFigures),
  ...prefixed<Figure>("nutrition", nutritionFigures),
} as Readonly<Record<FigureField, Figure>>;

/** All vitals, by the field of the model. */
export const vitalRows = prefixed<Vital>("vitals", vitalFigures) as Readonly<Record<VitalField, Vital>>;

/** The vitals whose course within the night is a field of the model. */
export const vitalCourses: readonly VitalCourse[] = namesOf(vitalFigures).filter(
  (name): name is VitalCourse => "course" in vitalFigures[name],
);

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

function prefixed<R>(prefix: string, rows: Readonly<Record<string, R>>): Readonly<Record<string, R>> {
  return Object.fromEntries(Object.entries(rows).map(([name, figure]) => [`${prefix}.${name}`, figure]));
}
