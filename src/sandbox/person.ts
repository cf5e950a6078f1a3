export const wearables = ["FITBIT", "GOOGLE_HEALTH", "MISFIT", "OURA", "WITHINGS", "WHOOP", "POLAR"] as const;

export type Wearable = (typeof wearables)[number];

/**
 * The people of the lab. They are deterministic and lifelike, and every provider's lab has the same people, so that two
 * wearables can see one walk. Everything that a provider reports is computed from these minutes. No provider's shapes
 * are used here.
 */
export interface Person {
  /** The lab's own id, also shown on consent pages: "demo". */
  readonly id: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly dateOfBirth: string;
  readonly sex: "female" | "male";
  readonly heightCm: number;
  /** YYYY-MM-DD. Earlier days have no data. */
  readonly memberSince: string;
  /** The zone that is set in the account now. */
  readonly timeZone: string;
  readonly locale: string;
  /** False for an account without a device. Left out for all other people. */
  readonly hasTracker?: boolean;
  /** The wearables that the person wore at that time: a person who changed brands has another one later. */
  wearablesOn(date: string): readonly Wearable[];
  /** What the wearable measures through the night that ends on that day. */
  nightSensorsOn(date: string): readonly NightSensor[];
  /** True for a person with a sensor under the skin that measures glucose all day. */
  readonly glucoseSensor?: boolean;
  /** The zone of the person on that local day. A traveller's differs from `timeZone`. */
  zoneOn(date: string): string;
  /** The whole local day, as if everything had been synced. */
  day(date: string): PersonDay;
}

export type NightSensor = "oxygen" | "breathing" | "skin";

export interface PersonDay {
  readonly date: string;
  readonly timeZone: string;
  /** Epoch ms of local midnight and of the next one: 23, 24 or 25 hours apart, or another span on a day of travel. */
  readonly startMs: number;
  readonly endMs: number;
  /** False if the wearable was not worn on that day: every column is then zero. */
  readonly worn: boolean;
  /** One entry for each elapsed minute of the day since `startMs`. */
  readonly minutes: DayMinutes;
  readonly restingHeartRate: number | null;
  readonly hrvRmssd: number | null;
  readonly hrvSdnn: number | null;
  /** The body's weight, whether it was measured or not. */
  readonly weightKg: number;
  /** Energy at rest: some providers report it even for a day without the wearable. */
  readonly basalKcalPerMinute: number;
  /** Sleeps that ended on this local day, main sleep and naps. */
  readonly sleeps: readonly PersonSleep[];
  /** Workouts that started on this local day. */
  readonly workouts: readonly PersonWorkout[];
  readonly weighings: readonly PersonWeighing[];
  /** What the person wrote down of their food on this local day, in the order of eating. Many days have none. */
  readonly meals: readonly PersonFood[];
  readonly drinks: readonly PersonDrink[];
}

/** Columns of equal length. While the wearable is off the wrist, heartRate is 0 and steps is 0. */
export interface DayMinutes {
  readonly steps: Uint16Array;
  readonly distanceMeters: Float32Array;
  readonly floors: Uint8Array;
  readonly elevationMeters: Float32Array;
  /** All energy, basal included, so never 0. */
  readonly energyKcal: Float32Array;
  readonly basalKcal: Float32Array;
  readonly heartRate: Uint8Array;
  /** 0 sedentary (or asleep), 1 lightly, 2 moderately, 3 very active. */
  readonly level: Uint8Array;
  /** 1 while the person is asleep or in bed during a recorded sleep. */
  readonly inBed: Uint8Array;
}

export type PersonSleepStage = "awake" | "light" | "deep" | "rem" | "asleep" | "restless";

export interface PersonSleep {
  /** Decimal digits, unique over all people. */
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly main: boolean;
  /**
   * Classic sleeps (naps, poor signal) have awake, restless and asleep. Staged ones have awake, light, deep and rem.
   */
  readonly staged: boolean;
  /** Without gaps from start to end, on a grid of 30 seconds (60 for classic). */
  readonly segments: readonly {
    readonly stage: PersonSleepStage;
    readonly startMs: number;
    readonly seconds: number;
  }[];
}

export interface PersonWorkout {
  /** Decimal digits above 2^53. */
  readonly id: string;
  readonly kind: "walk" | "run" | "bike" | "swim" | "yoga" | "strength" | "hike";
  readonly startMs: number;
  readonly endMs: number;
  readonly activeSeconds: number;
  readonly distanceMeters: number | null;
  readonly energyKcal: number;
  readonly steps: number | null;
  readonly averageHeartRate: number | null;
}

export interface PersonWeighing {
  readonly timeMs: number;
  readonly weightKg: number;
  readonly fatPercentage: number | null;
}

export type PersonMeal =
  | "breakfast"
  | "morningSnack"
  | "lunch"
  | "afternoonSnack"
  | "dinner"
  | "eveningSnack"
  | "anytime";

/** One food of a meal. */
export interface PersonFood {
  /** Decimal digits, unique over all people. */
  readonly id: string;
  readonly meal: PersonMeal;
  readonly timeMs: number;
  /** Its number in a catalogue. Null for what the person typed in: a name and an energy, and nothing else. */
  readonly foodId: number | null;
  readonly name: string;
  /** So many units of the catalogue's serving. */
  readonly amount: number;
  /** In the singular: "slice". */
  readonly unit: string;
  readonly energyKcal: number;
  readonly nutrients: PersonNutrients | null;
}

/** In grams, for the amount that was eaten. Null: the catalogue does not say. */
export interface PersonNutrients {
  readonly carbohydrate: number;
  readonly fat: number;
  readonly protein: number;
  readonly saturatedFat: number | null;
  readonly fiber: number | null;
  readonly sugar: number | null;
  readonly sodium: number | null;
  readonly caffeine: number | null;
}

export interface PersonDrink {
  /** Decimal digits, unique over all people and no food's. */
  readonly id: string;
  readonly timeMs: number;
  readonly milliliters: number;
  /** The unit in which the person wrote it down. */
  readonly unit: "milliliter" | "cup" | "fluidOunce";
}
