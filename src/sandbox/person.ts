export type Wearable = "FITBIT" | "GOOGLE_HEALTH" | "MISFIT";

/**
 * The people of the lab: deterministic, lifelike, and known to every provider's lab in the same way, so that one walk
 * is seen by two wearables. Everything a provider reports is derived from these minutes; no provider's shapes here.
 */
export interface Person {
  /** The lab's own id and the name used for it on consent pages: "demo". */
  readonly id: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly dateOfBirth: string;
  readonly sex: "female" | "male";
  readonly heightCm: number;
  /** YYYY-MM-DD; days before it hold nothing. */
  readonly memberSince: string;
  /** The zone the account is set to now. */
  readonly timeZone: string;
  readonly locale: string;
  /** False for an account without any device; left out for everybody else. */
  readonly hasTracker?: boolean;
  /** What was on the wrist in that part of their life: someone who switched brands wears another one later. */
  wearablesOn(date: string): readonly Wearable[];
  /** The zone the person was in on that local day: a traveller's differs from `timeZone`. */
  zoneOn(date: string): string;
  /** What happened on a local day, wholly, as if everything had been synced. */
  day(date: string): PersonDay;
}

export interface PersonDay {
  readonly date: string;
  readonly timeZone: string;
  /** Epoch ms of local midnight, and of the next one: 23, 24 or 25 hours apart, or otherwise on a day of travel. */
  readonly startMs: number;
  readonly endMs: number;
  /** False on a day when the wearable stayed on the shelf: every column is then zero. */
  readonly worn: boolean;
  /** One entry for each elapsed minute of the day since `startMs`. */
  readonly minutes: DayMinutes;
  readonly restingHeartRate: number | null;
  readonly hrvRmssd: number | null;
  readonly hrvSdnn: number | null;
  /** What the body weighs, on the scale or not. */
  readonly weightKg: number;
  /** What it burns at rest: some providers report this even for a day that was not worn. */
  readonly basalKcalPerMinute: number;
  /** Sleeps that ended on this local day, main sleep and naps. */
  readonly sleeps: readonly PersonSleep[];
  /** Workouts that started on this local day. */
  readonly workouts: readonly PersonWorkout[];
  readonly weighings: readonly PersonWeighing[];
}

/** Columns of equal length. Where the wearable was off the wrist, heartRate is 0 and steps is 0. */
export interface DayMinutes {
  readonly steps: Uint16Array;
  readonly distanceMeters: Float32Array;
  readonly floors: Uint8Array;
  readonly elevationMeters: Float32Array;
  /** All energy, basal included: never 0. */
  readonly energyKcal: Float32Array;
  readonly basalKcal: Float32Array;
  readonly heartRate: Uint8Array;
  /** 0 sedentary (or asleep), 1 lightly, 2 moderately, 3 very active. */
  readonly level: Uint8Array;
  /** 1 while asleep or in bed for a recorded sleep. */
  readonly inBed: Uint8Array;
}

export type PersonSleepStage = "awake" | "light" | "deep" | "rem" | "asleep" | "restless";

export interface PersonSleep {
  /** Decimal digits, unique over all people. */
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly main: boolean;
  /** Classic sleeps (naps, poor signal) know awake, restless and asleep; staged ones awake, light, deep and rem. */
  readonly staged: boolean;
  /** Contiguous from start to end, on a 30-second grid (60 for classic). */
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
