/**
 * The figures that a provider tells of a whole day, one row each. The field of the model, its bounds, how it is stored,
 * the view's type, the GraphQL field with its unit argument, what a selection asks for and what `missing` names all
 * follow from the row. To add a figure, add a row, and read it in the providers that have it.
 */
export interface Figure {
  /** Int: the API gives it as a whole number, and what a provider gives is rounded to one. */
  readonly type: "Int" | "Float";
  /** Stored in m or kcal, and answered in the unit that the caller names. Left out: the unit is in the name or description. */
  readonly quantity?: "length" | "energy";
  /**
   * The least and the most that a person can have. What lies outside is no figure but a fault of the provider's, and is
   * answered as null with PROVIDER_ERROR. Wide on purpose: records of endurance lie inside.
   */
  readonly least: number;
  readonly most: number;
  /** As the schema shows it. */
  readonly description: string;
  /** Whether `totals` has its sum over the days, and what the schema says of that. */
  readonly total?: string;
}

/** A day of 25 hours, in minutes. */
export const LONGEST_DAY_MINUTES = 1500;
export const MOST_KILOCALORIES_A_DAY = 30_000;

const minutesOfDay = { type: "Int", least: 0, most: LONGEST_DAY_MINUTES } as const;
const kcalOfDay = { type: "Float", quantity: "energy", least: 0, most: MOST_KILOCALORIES_A_DAY } as const;
const milliseconds = { type: "Float", least: 1, most: 500 } as const;

const rowsOf = <const R extends Readonly<Record<string, Figure>>>(rows: R): R => rows;

export const activityFigures = rowsOf({
  steps: {
    ...{ type: "Int", least: 0, most: 400_000 },
    description: "Number of steps. Null when the provider has none for this day: `missing` says why.",
    total: "Number of steps. Null when the provider has none for this day: `missing` says why.",
  },
  distance: {
    ...{ type: "Float", quantity: "length", least: 0, most: 1_500_000 },
    description: "Distance covered. Null when the provider has none: `missing` says why.",
    total: "Distance covered. Null when the provider has none: `missing` says why.",
  },
  energyBurned: {
    ...kcalOfDay,
    description:
      "All energy burned, resting included. Each energy figure is as its provider defines it; the parts need not add up.",
    total: "Total energy burned, resting included.",
  },
  activeEnergyBurned: {
    ...kcalOfDay,
    description: "Energy burned by activity, without the resting part.",
    total: "Energy burned by activity, without the resting part.",
  },
  basalEnergyBurned: { ...kcalOfDay, most: 10_000, description: "Energy burned at rest (basal metabolism)." },
  floors: {
    ...{ type: "Int", least: 0, most: 10_000 },
    description: "Number of floors climbed. Null when the provider does not count floors.",
    total: "Number of floors climbed. Null when the provider does not count floors.",
  },
  elevation: { type: "Float", quantity: "length", least: 0, most: 40_000, description: "Elevation gained." },
  sedentaryMinutes: { ...minutesOfDay, description: "Minutes without notable movement." },
  lightlyActiveMinutes: {
    ...minutesOfDay,
    description: "Minutes of light activity, as the provider classifies it.",
  },
  moderatelyActiveMinutes: {
    ...minutesOfDay,
    description: "Minutes of moderate activity, as the provider classifies it.",
  },
  veryActiveMinutes: { ...minutesOfDay, description: "Minutes of vigorous activity, as the provider classifies it." },
  activeZoneMinutes: {
    ...minutesOfDay,
    // The upper zones count twice.
    most: 2 * LONGEST_DAY_MINUTES,
    description:
      "Active zone minutes: minutes in raised heart-rate zones. The provider counts minutes in the higher zones twice.",
  },
  points: {
    ...{ type: "Float", least: 0, most: 100_000 },
    description:
      "The provider's own activity score. Null for providers without one: scores of two providers are not comparable.",
  },
});

export const heartFigures = rowsOf({
  restingRate: {
    ...{ type: "Int", least: 20, most: 250 },
    description: "Resting heart rate, in beats per minute. Null when the provider has none for this day.",
  },
  hrvRmssd: {
    ...milliseconds,
    description: "Heart-rate variability, calculated as RMSSD, in milliseconds. RMSSD and SDNN are not comparable.",
  },
  hrvSdnn: {
    ...milliseconds,
    description: "Heart-rate variability, calculated as SDNN, in milliseconds. SDNN and RMSSD are not comparable.",
  },
});

export type ActivityFigure = keyof typeof activityFigures;
export type HeartFigure = keyof typeof heartFigures;
export type FigureField = `activity.${ActivityFigure}` | `heart.${HeartFigure}`;
