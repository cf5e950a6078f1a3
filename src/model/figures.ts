/**
 * The figures that a provider gives for a whole day, one row each. These follow from the row: the field of the model,
 * its bounds, how it is stored, the view's type, the GraphQL field with its unit argument, what a selection asks for
 * and what `missing` names. To add a figure, add a row, and read it in the providers that have it.
 */
export interface Figure {
  /** With Int the API gives a whole number, and the provider's number is rounded. */
  readonly type: "Int" | "Float";
  /**
   * Stored in m or kcal, and answered in the unit that the caller names. If left out, the name or the description gives
   * the unit.
   */
  readonly quantity?: "length" | "energy";
  /**
   * The least and the most that a person can have. A figure outside these bounds is a fault of the provider: it is
   * answered as null with PROVIDER_ERROR. The bounds are wide on purpose, so that records in endurance sports are
   * inside.
   */
  readonly least: number;
  readonly most: number;
  /** The description in the schema. */
  readonly description: string;
  /** Set if `totals` has the sum over the days: the description of that sum in the schema. */
  readonly total?: string;
}

/** The longest day has 25 hours. */
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
    // Minutes in the higher zones count twice.
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
