import * as activity from "./points/activity.js";
import * as body from "./points/body.js";
import * as sessions from "./points/exercise.js";
import * as heart from "./points/heart.js";
import * as night from "./points/night.js";
import * as nutrition from "./points/nutrition.js";
import type { PointsOn } from "./points/point.js";
import * as readings from "./points/readings.js";
import type { Point } from "./points/shape.js";
import { sleep } from "./points/sleep.js";
import { withWritten } from "./points/with-written.js";
import * as rollUps from "./roll-ups.js";
import type { View } from "./view.js";

/** `catalogue`: entries that belong to no time. */
type Kind = "interval" | "sample" | "session" | "daily" | "rollup" | "catalogue";

/** By the letters of the matrix in the provider's documentation. */
const METHODS = {
  L: ["list"],
  G: ["get"],
  R: ["reconcile"],
  U: ["rollUp"],
  D: ["dailyRollUp"],
  W: ["create", "patch", "batchDelete"],
} as const;
export type Method = (typeof METHODS)[keyof typeof METHODS][number];

type Recording = "DERIVED" | "PASSIVELY_MEASURED" | "ACTIVELY_MEASURED";

/** One row of the matrix: what a type is called, what can be asked of it, and who knows the answer. */
export interface DataType {
  /** In URLs; in filters with underscores. */
  readonly id: string;
  /** In JSON. */
  readonly key: string;
  readonly kind: Kind;
  readonly methods: ReadonlySet<Method>;
  /** The part of the scope between prefix and `.readonly`. */
  readonly scope: string;
  readonly notifies: boolean;
  readonly recording: Recording;
  readonly pointsOn: PointsOn;
  /** Whether there can be points on a date: nobody should make up years of days to find the one on which there are. */
  mayHavePoints(view: View, date: string): boolean;
  readonly rollUp: rollUps.RollUp;
  /** Where the rolled-up member has another name. */
  readonly rollUpKey: string;
  readonly maxRangeDays: 14 | 90;
  /** How many points come without a `pageSize`, and at most. */
  readonly pageSizes: readonly [usual: number, most: number];
}

interface Row {
  readonly points?: PointsOn;
  /** Where points lie on no other dates. */
  readonly only?: DataType["mayHavePoints"];
  readonly rollUp?: rollUps.RollUp;
  readonly rollUpKey?: string;
  readonly recording?: Recording;
  readonly pageSizes?: DataType["pageSizes"];
}

const FORTNIGHT_TYPES = ["heart-rate", "active-minutes", "total-calories", "calories-in-heart-rate-zone"];
const SILENT = [
  "total-calories",
  "active-energy-burned",
  "basal-energy-burned",
  "active-minutes",
  "swim-lengths-data",
  "vo2-max",
  "daily-vo2-max",
  "oxygen-saturation",
  "core-body-temperature",
  "electrocardiogram",
  "irregular-rhythm-notification",
  "food",
  "food-measurement-unit",
];

const A = "activity_and_fitness";
const H = "health_metrics_and_measurements";
const rare: DataType["pageSizes"] = [25, 25];

function row(id: string, kind: Kind, methods: string, scope: string, about: Row = {}): DataType {
  const key = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return {
    id,
    key,
    kind,
    methods: new Set([...methods].flatMap((letter) => METHODS[letter as keyof typeof METHODS])),
    scope,
    notifies: !SILENT.includes(id),
    recording: about.recording ?? "DERIVED",
    pointsOn: withWritten(id, about.points ?? (() => [])),
    mayHavePoints: (view, date) =>
      (about.points !== undefined && view.hasRecords(date) && (about.only?.(view, date) ?? true)) ||
      view.written.on(id, date).length > 0,
    rollUp: about.rollUp ?? (() => null),
    rollUpKey: about.rollUpKey ?? key,
    maxRangeDays: FORTNIGHT_TYPES.includes(id) ? 14 : 90,
    pageSizes: about.pageSizes ?? [1440, 10_000],
  };
}

/** Types without points are real ones that nobody in the lab has anything of. */
export const DATA_TYPES: readonly DataType[] = [
  row("steps", "interval", "LRUD", A, { points: activity.steps, rollUp: rollUps.steps }),
  row("distance", "interval", "LRUD", A, { points: activity.distance, rollUp: rollUps.distance }),
  row("floors", "interval", "RUD", A, { points: activity.floors, rollUp: rollUps.floors }),
  row("altitude", "interval", "LRUD", A, { points: activity.altitude, rollUp: rollUps.altitude }),
  row("total-calories", "rollup", "UD", A, { rollUp: rollUps.totalCalories }),
  row("active-energy-burned", "interval", "LRUD", A, {
    points: activity.activeEnergyBurned,
    rollUp: rollUps.activeEnergyBurned,
  }),
  row("basal-energy-burned", "interval", "LR", A, { points: activity.basalEnergyBurned }),
  row("active-minutes", "interval", "LRUD", A, { points: activity.activeMinutes, rollUp: rollUps.activeMinutes }),
  row("active-zone-minutes", "interval", "LRUD", A, {
    points: activity.activeZoneMinutes,
    rollUp: rollUps.activeZoneMinutes,
  }),
  row("activity-level", "interval", "LRUD", A, { points: activity.activityLevel, rollUp: rollUps.activityLevel }),
  row("sedentary-period", "interval", "LRUD", A, { points: activity.sedentaryPeriod, rollUp: rollUps.sedentaryPeriod }),
  row("time-in-heart-rate-zone", "interval", "LRUD", A, {
    points: activity.timeInHeartRateZone,
    rollUp: rollUps.timeInHeartRateZone,
  }),
  row("calories-in-heart-rate-zone", "rollup", "UD", A, { rollUp: rollUps.caloriesInHeartRateZone }),
  row("exercise", "session", "LGRW", A, {
    points: sessions.exercise,
    recording: "ACTIVELY_MEASURED",
    pageSizes: rare,
  }),
  row("swim-lengths-data", "interval", "LRUD", A, {
    points: sessions.swimLengthsData,
    rollUp: rollUps.swimLengthsData,
  }),
  row("vo2-max", "sample", "LR", A, { points: night.vo2Max }),
  row("daily-vo2-max", "daily", "LR", A, { points: night.dailyVo2Max }),
  row("run-vo2-max", "sample", "LRUD", A, { points: night.runVo2Max, rollUp: rollUps.runVo2Max }),
  // A client saw 50 points a page without a page size, and about 5000 when it asked for the maximum.
  row("heart-rate", "sample", "LRUD", H, {
    points: heart.heartRate,
    rollUp: rollUps.heartRate,
    recording: "PASSIVELY_MEASURED",
    pageSizes: [50, 5000],
  }),
  row("daily-resting-heart-rate", "daily", "LRD", H, {
    points: heart.dailyRestingHeartRate,
    rollUp: rollUps.restingHeartRatePersonalRange,
    rollUpKey: "restingHeartRatePersonalRange",
  }),
  row("heart-rate-variability", "sample", "LR", H, {
    points: heart.heartRateVariability,
    recording: "PASSIVELY_MEASURED",
  }),
  row("daily-heart-rate-variability", "daily", "LRD", H, {
    points: heart.dailyHeartRateVariability,
    rollUp: rollUps.heartRateVariabilityPersonalRange,
    rollUpKey: "heartRateVariabilityPersonalRange",
  }),
  row("daily-heart-rate-zones", "daily", "LR", H, { points: heart.dailyHeartRateZones }),
  row("oxygen-saturation", "sample", "LR", H, { points: night.oxygenSaturation, recording: "PASSIVELY_MEASURED" }),
  row("daily-oxygen-saturation", "daily", "LR", H, { points: night.dailyOxygenSaturation }),
  row("daily-respiratory-rate", "daily", "LR", H, { points: night.dailyRespiratoryRate }),
  row("respiratory-rate-sleep-summary", "sample", "LR", H, { points: night.respiratoryRateSleepSummary }),
  row("daily-sleep-temperature-derivations", "daily", "LR", H, { points: night.dailySleepTemperatureDerivations }),
  row("core-body-temperature", "sample", "LGRUD", H, {
    points: body.coreBodyTemperature,
    rollUp: rollUps.coreBodyTemperature,
  }),
  row("weight", "sample", "LGRUDW", H, {
    points: body.weight,
    rollUp: rollUps.weight,
    recording: "ACTIVELY_MEASURED",
  }),
  row("body-fat", "sample", "LGRUDW", H, {
    points: body.bodyFat,
    rollUp: rollUps.bodyFat,
    recording: "ACTIVELY_MEASURED",
  }),
  row("height", "sample", "LGRW", H, { points: body.height, only: (view, date) => date === view.person.memberSince }),
  row("blood-glucose", "sample", "LGRUD", H, { points: readings.bloodGlucose, recording: "ACTIVELY_MEASURED" }),
  row("sleep", "session", "LGRW", "sleep", { points: sleep, pageSizes: rare }),
  row("electrocardiogram", "session", "L", "ecg", {
    points: readings.electrocardiogram,
    recording: "ACTIVELY_MEASURED",
  }),
  row("irregular-rhythm-notification", "session", "L", "irn", { points: readings.irregularRhythmNotification }),
  row("hydration-log", "session", "LGRUDW", "nutrition", {
    points: nutrition.hydrationLog,
    rollUp: rollUps.hydrationLog,
  }),
  row("nutrition-log", "session", "LGRUDW", "nutrition", {
    points: nutrition.nutritionLog,
    rollUp: rollUps.nutritionLog,
  }),
  row("food", "catalogue", "LG", "nutrition"),
  row("food-measurement-unit", "catalogue", "LG", "nutrition"),
];

export const DATA_TYPE_BY_ID: ReadonlyMap<string, DataType> = new Map(DATA_TYPES.map((type) => [type.id, type]));

const FITBIT = { platform: "FITBIT" } as const;

/** Who recorded a point. Only `list` tells. */
export function dataSourceOf(type: DataType, { source, dataSource }: Point): Readonly<Record<string, unknown>> {
  if (dataSource) return dataSource;
  switch (source) {
    case "tracker":
      return {
        recordingMethod: type.recording,
        ...FITBIT,
        device: { displayName: "Charge 6", formFactor: "FITNESS_BAND", manufacturer: "Fitbit" },
      };
    case "phone":
      return {
        recordingMethod: "PASSIVELY_MEASURED",
        platform: "HEALTH_CONNECT",
        device: { formFactor: "PHONE", manufacturer: "Google" },
        application: { packageName: "com.example.pedometer" },
      };
    case "scale":
      return {
        recordingMethod: type.recording,
        ...FITBIT,
        device: { displayName: "Aria Air", formFactor: "SCALE", manufacturer: "Fitbit" },
      };
    default:
      return { recordingMethod: "MANUAL", ...FITBIT };
  }
}
