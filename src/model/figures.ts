/**
 * The figures that a provider gives for a whole day, one row each. These follow from the row: the field of the model,
 * its bounds, how it is stored, the view's type, the GraphQL field with its unit argument, what a selection asks for
 * and what `missing` names. To add a figure, add a row, and read it in the providers that have it.
 */
export interface Figure {
  /** With Int the API gives a whole number, and the provider's number is rounded. */
  readonly type: "Int" | "Float";
  /**
   * Stored in m, kcal or ml, and answered in the unit that the caller names. If left out, the name or the description gives
   * the unit.
   */
  readonly quantity?: "length" | "energy" | "volume";
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

/** 24 hours, and 26 more for a person who flies from UTC+14 to UTC-12 and has the day once more. */
export const LONGEST_DAY_MINUTES = 50 * 60;
export const MOST_KILOCALORIES_A_DAY = 30_000;

const minutesOfDay = { type: "Int", least: 0, most: LONGEST_DAY_MINUTES } as const;
const kcalOfDay = { type: "Float", quantity: "energy", least: 0, most: MOST_KILOCALORIES_A_DAY } as const;
const rateOfDay = { type: "Int", least: 20, most: 300 } as const;
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
  nonWearMinutes: {
    ...minutesOfDay,
    description: "Minutes without the device on the body, as the provider detects it. Null when it does not tell.",
  },
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
  averageRate: {
    ...rateOfDay,
    description: "Average heart rate of the day, in beats per minute. Null when the provider does not give one.",
  },
  lowestRate: {
    ...rateOfDay,
    description: "Lowest heart rate of the day, in beats per minute. Null when the provider does not give one.",
  },
  highestRate: {
    ...rateOfDay,
    description: "Highest heart rate of the day, in beats per minute. Null when the provider does not give one.",
  },
});

const NOT_LOGGED = "Null when nothing was logged: `missing` says why.";

/** What a person ate and drank on a day, as far as it was logged. */
export const nutritionFigures = rowsOf({
  energyConsumed: { ...kcalOfDay, description: `Energy of all that was logged. ${NOT_LOGGED}` },
  carbohydrateGrams: {
    ...{ type: "Float", least: 0, most: 10_000 },
    description: `Carbohydrates of all that was logged, in grams. ${NOT_LOGGED}`,
  },
  fatGrams: {
    type: "Float",
    least: 0,
    most: 5_000,
    description: `Fat of all that was logged, in grams. ${NOT_LOGGED}`,
  },
  proteinGrams: {
    ...{ type: "Float", least: 0, most: 5_000 },
    description: `Protein of all that was logged, in grams. ${NOT_LOGGED}`,
  },
  fiberGrams: {
    ...{ type: "Float", least: 0, most: 2_000 },
    description: `Dietary fibre of all that was logged, in grams. ${NOT_LOGGED}`,
  },
  sodiumMilligrams: {
    ...{ type: "Float", least: 0, most: 200_000 },
    description: `Sodium of all that was logged, in milligrams. ${NOT_LOGGED}`,
  },
  water: {
    ...{ type: "Float", quantity: "volume", least: 0, most: 50_000 },
    description: `Water and other drinks that were logged as such. ${NOT_LOGGED}`,
  },
});

/**
 * What is measured through a night or a day, one row each: every vital is chosen by itself and has its own field in the
 * model. Its cell is a `VitalRecord`. To add a vital, add a row, and read it in the providers that have it.
 */
export interface Vital {
  /** Stored in °C, and answered in the unit that the caller names. A difference has no zero to shift. */
  readonly quantity?: "temperature" | "temperatureDifference";
  /** As of `Figure`. They hold for the value and for both ends of its range. */
  readonly least: number;
  readonly most: number;
  /** The description in the schema. */
  readonly description: string;
  /** Set if providers tell the course within the night: the unit of its samples. */
  readonly course?: string;
  /** True if providers reckon it for days without the device too: then it does not show that the device has synced. */
  readonly reckonedAnyway?: true;
}

const vitalsOf = <const R extends Readonly<Record<string, Vital>>>(rows: R): R => rows;

const NULL_LIST = "Null when no provider could answer: `missing` says why.";

export const vitalFigures = vitalsOf({
  oxygenSaturation: {
    ...{ least: 40, most: 100, course: "%" },
    description: `Oxygen saturation of the blood, mean of the night, in percent, for example 96.2. \`low\` and \`high\` are set only where the provider gives the night's extremes: a confidence interval is neither. ${NULL_LIST}`,
  },
  respiratoryRate: {
    ...{ least: 3, most: 80, course: "breaths/min" },
    description: `Breaths a minute, mean of the night, for example 14.6. ${NULL_LIST}`,
  },
  skinTemperature: {
    ...{ least: 15, most: 45, quantity: "temperature" },
    description: `Temperature at the skin through the night, for example 34.1 °C. It differs by the place of the device: compare a person with themselves alone. ${NULL_LIST}`,
  },
  skinTemperatureDeviation: {
    ...{ least: -20, most: 20, quantity: "temperatureDifference" },
    description: `Difference of the night's skin temperature to the person's own baseline, for example -0.3 °C. In FAHRENHEIT it is the difference in °C times 1.8, with nothing added. ${NULL_LIST}`,
  },
  vo2Max: {
    ...{ least: 5, most: 100, reckonedAnyway: true },
    description: `VO2 max (aerobic fitness), in millilitres of oxygen a minute for each kilogram, for example 43.5. ${NULL_LIST}`,
  },
  apneaHypopneaIndex: {
    ...{ least: 0, most: 200 },
    description: `Apnea-hypopnea index: interruptions of breathing an hour of sleep. Not a diagnosis. ${NULL_LIST}`,
  },
  breathingDisturbanceIndex: {
    ...{ least: 0, most: 200 },
    description: `The provider's own index of disturbed breathing in the night. Indexes of two providers are not comparable. ${NULL_LIST}`,
  },
  pulseWaveVelocity: {
    ...{ least: 1, most: 30 },
    description: `Speed of the pulse wave in the arteries, in metres a second, for example 7.4. ${NULL_LIST}`,
  },
  vascularAgeYears: {
    ...{ least: 1, most: 150, reckonedAnyway: true },
    description: `Age of the blood vessels in years, as the provider reckons it. ${NULL_LIST}`,
  },
  stressMinutes: {
    ...{ least: 0, most: LONGEST_DAY_MINUTES },
    description: `Minutes of the day that the provider counts as stress. ${NULL_LIST}`,
  },
  recoveryMinutes: {
    ...{ least: 0, most: LONGEST_DAY_MINUTES },
    description: `Minutes of the day that the provider counts as recovery. ${NULL_LIST}`,
  },
});

export type ActivityFigure = keyof typeof activityFigures;
export type HeartFigure = keyof typeof heartFigures;
export type NutritionFigure = keyof typeof nutritionFigures;
export type FigureField = `activity.${ActivityFigure}` | `heart.${HeartFigure}` | `nutrition.${NutritionFigure}`;
export type VitalFigure = keyof typeof vitalFigures;
export type VitalField = `vitals.${VitalFigure}`;
/** The vitals whose course within the night is a field of the model. */
export type VitalCourse = {
  [K in VitalFigure]: (typeof vitalFigures)[K] extends { readonly course: string } ? K : never;
}[VitalFigure];
