import type { PersonDrink, PersonFood, PersonSleep, PersonWeighing, PersonWorkout } from "../person.js";

/** A reading of a scale, or one of the two figures alone, as an app writes them. */
export interface Weighing extends Omit<PersonWeighing, "weightKg"> {
  readonly weightKg: number | null;
  /** Only of what an app has written. */
  readonly logId?: number;
}

/** Of what an app has written: `manual`, and the name where it is none of the known activities. */
export interface Exercise extends PersonWorkout {
  readonly manual?: true;
  readonly manualName?: string;
}

export interface Sleep extends PersonSleep {
  readonly manual?: true;
}

/** What an app has written, by local day. */
export interface WrittenLogs {
  readonly foods: (PersonFood & { readonly date: string })[];
  readonly drinks: (PersonDrink & { readonly date: string })[];
  readonly weighings: (Weighing & { readonly date: string; readonly logId: number })[];
  readonly exercises: (Exercise & { readonly date: string })[];
  readonly sleeps: (Sleep & { readonly date: string })[];
  /** Ids of logs of the person's own that were deleted, each behind its kind: "drinks 12". */
  readonly deleted: Set<string>;
}

export function noLogs(): WrittenLogs {
  return { foods: [], drinks: [], weighings: [], exercises: [], sleeps: [], deleted: new Set() };
}
