import { z } from "zod";
import type { Known } from "../model/cells.js";
import { type CourseField, isSeries, type PlainField } from "../model/fields.js";
import { dayFigures, namesOf, valuesBy, vitalRows } from "../model/figure-tables.js";
import {
  batteryLevels,
  ecgFindings,
  goalMetrics,
  goalPeriods,
  heartZoneKinds,
  mealRelations,
  missingReasons,
  scoreKinds,
  sexes,
  sleepMetrics,
  sleepStages,
  temperatureSites,
  vitalMethods,
  workoutKinds,
  workoutMetrics,
} from "../model/records.js";
import { isLocalDate, isTimeZone } from "../model/time.js";
import type { RowForm } from "../store/row.js";

/**
 * How stored health data are read. By hand where a history has many of them: every cell of a bucket is looked at each time
 * the bucket is loaded. A cell that is no answer of ours is unknown, and its neighbours stay.
 */

export interface StoredCell {
  readonly known: Known;
  /** Epoch ms at which the request that answered it was sent: a change notified later is not in it. */
  readonly at: number;
  /** The call that answered. */
  readonly call: string;
  /** The provider will not change it any more, as far as was known when it was fetched. */
  readonly settled: boolean;
}

/** Cells by field and day; undated ones have the day "". */
export type Bucket = { [field: string]: { [day: string]: StoredCell } };
/** Epoch ms by domain and day. */
export type Marks = { [domain: string]: { [day: string]: number } };

type Check = (value: unknown) => boolean;

const isNumber: Check = (value) => Number.isFinite(value);
const isText: Check = (value) => typeof value === "string";
const isDate: Check = (value) => typeof value === "string" && isLocalDate(value);
const matches = (schema: z.ZodType): Check => {
  return (value) => schema.safeParse(value).success;
};
const list = (shape: z.ZodRawShape): Check => matches(z.array(z.looseObject(shape)));

const figure = z.number().nullable();
/** What a release before this one did not store is left out. */
const laterFigure = figure.optional();
const text = z.string().nullable();
const instant = z.string().refine((one) => !Number.isNaN(Date.parse(one)));
const zone = { kind: z.enum(heartZoneKinds) };
const stage = z.enum(sleepStages);
const hypnogram = z.array(z.looseObject({ stage, start: instant, seconds: z.number() })).nullable();
const weighings = list({
  id: z.string(),
  time: instant.nullable(),
  ...{ weight: figure, bodyMassIndex: figure, fatPercentage: figure },
  ...{ fatMass: laterFigure, leanMass: laterFigure, muscleMass: laterFigure, boneMass: laterFigure },
  ...{ waterMass: laterFigure, visceralFatIndex: laterFigure, basalEnergyBurned: laterFigure },
});
const moment = { id: z.string(), time: instant };
const vo2MaxTests = list({ ...moment, value: z.number(), method: z.enum(vitalMethods).nullable() });
const series = z.custom<object>(isStoredSeries);
const courses = list({ id: z.string(), series });
const scale = { scaleMin: figure, scaleMax: figure };
const scores = list({
  ...{ id: z.string(), name: z.string(), value: figure, level: text, ...scale },
  contributors: z.array(z.looseObject({ name: z.string(), value: figure, ...scale })),
  pending: z.boolean().optional(),
});
const methods: ReadonlySet<unknown> = new Set([...vitalMethods, null, undefined]);
const isFigure: Check = (value) => value === null || value === undefined || Number.isFinite(value);
const isVital: Check = (value) =>
  isObject(value) &&
  isNumber(value["value"]) &&
  isFigure(value["low"]) &&
  isFigure(value["high"]) &&
  methods.has(value["method"]);
const goals = list({
  metric: z.enum(goalMetrics),
  period: z.enum(goalPeriods),
  target: z.number(),
  current: figure,
  unit: z.string(),
});

const checks: Readonly<Record<Exclude<PlainField, CourseField>, Check>> = {
  "profile.displayName": isText,
  "profile.givenName": isText,
  "profile.familyName": isText,
  "profile.email": isText,
  "profile.dateOfBirth": isDate,
  "profile.age": isNumber,
  "profile.sex": matches(z.enum(sexes)),
  "profile.height": isNumber,
  "profile.weight": isNumber,
  "profile.avatarUrl": isText,
  "profile.timeZone": (value) => typeof value === "string" && isTimeZone(value),
  "profile.utcOffsetSeconds": isNumber,
  "profile.locale": isText,
  "profile.memberSince": isDate,
  ...valuesBy(namesOf(dayFigures), () => isNumber),
  ...valuesBy(namesOf(vitalRows), () => isVital),
  "heart.zones.bounds": list({ ...zone, minRate: figure, maxRate: figure }),
  "heart.zones.minutes": list({ ...zone, minutes: z.number() }),
  "heart.zones.energyBurned": list({ ...zone, energyBurned: z.number() }),
  "sleep.hypnograms": list({ id: z.string(), hypnogram }),
  "sleep.sessions": list({
    id: z.string(),
    ...{ start: instant, end: instant },
    isMainSleep: z.boolean().nullable(),
    ...{ minutesInBed: figure, minutesAsleep: figure, minutesAwake: figure, minutesToFallAsleep: figure },
    efficiency: figure,
    stages: z.array(z.looseObject({ stage, minutes: z.number(), count: figure })).nullable(),
    hypnogram,
    pending: z.boolean(),
    ...{ averageHeartRate: laterFigure, lowestHeartRate: laterFigure, respiratoryRate: laterFigure },
    ...{ awakenings: laterFigure, snoringMinutes: laterFigure, minutesNeeded: laterFigure },
  }),
  "sleep.breathing": list({ id: z.string(), respiratoryRate: z.number() }),
  ...valuesBy(
    sleepMetrics.map((metric) => `sleep.course:${metric}` as const),
    () => courses,
  ),
  "body.weight": weighings,
  "body.bodyMassIndex": weighings,
  "body.fatPercentage": weighings,
  "body.composition": weighings,
  "readings.bloodPressures": list({ ...moment, systolic: z.number(), diastolic: z.number(), pulse: figure }),
  "readings.bloodGlucose": list({ ...moment, value: z.number(), mealRelation: z.enum(mealRelations).nullable() }),
  "readings.vo2MaxTests": vo2MaxTests,
  "readings.vo2MaxRuns": vo2MaxTests,
  "readings.vo2MaxOthers": vo2MaxTests,
  "readings.pulses": list({ ...moment, rate: z.number() }),
  "readings.temperatures": list({ ...moment, value: z.number(), site: z.enum(temperatureSites) }),
  "readings.oxygenSaturations": list({ ...moment, percent: z.number() }),
  "readings.electrocardiograms": list({
    ...{ ...moment, averageHeartRate: figure, durationSeconds: figure },
    finding: z.enum(ecgFindings).nullable(),
  }),
  "readings.rhythmAlerts": list({ id: z.string(), start: instant, end: instant }),
  ...valuesBy(
    scoreKinds.map((kind) => `scores.${kind}` as const),
    () => scores,
  ),
  "workouts.workouts": list({
    id: z.string(),
    kind: z.enum(workoutKinds),
    name: text,
    ...{ start: instant, end: instant },
    durationSeconds: z.number(),
    ...{ distance: figure, energyBurned: figure, steps: figure, averageHeartRate: figure, points: figure },
    ...{ maxHeartRate: laterFigure, elevationGain: laterFigure, load: laterFigure, loadName: text.optional() },
    zones: z
      .array(z.looseObject({ ...zone, minRate: figure, maxRate: figure, minutes: figure, energyBurned: figure }))
      .nullish(),
  }),
  ...valuesBy(
    workoutMetrics.map((metric) => `workouts.course:${metric}` as const),
    () => courses,
  ),
  "devices.devices": list({
    id: z.string(),
    ...{ model: text, kind: text, firmware: text },
    batteryPercent: figure,
    lastSyncAt: instant.nullable(),
    batteryLevel: z.enum(batteryLevels).nullish(),
    isCharging: z.boolean().nullish(),
  }),
  "goals.daily": goals,
  "goals.weekly": goals,
  "goals.weight": goals,
  "goals.bodyFat": goals,
  "goals.sleep": goals,
};

function isStoredSeries(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { offsets, values, start, localStart, stepSeconds } = value;
  if (!Array.isArray(offsets) || !Array.isArray(values) || offsets.length !== values.length) return false;
  if (typeof localStart !== "string" || (start !== null && typeof start !== "string")) return false;
  if (stepSeconds !== null && !isNumber(stepSeconds)) return false;
  return offsets.every(isNumber) && values.every(isNumber);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const reasons: ReadonlySet<unknown> = new Set(missingReasons);

export function isStoredCell(field: string, cell: unknown): cell is StoredCell {
  if (!isObject(cell)) return false;
  const { known, at, call, settled } = cell;
  if (!isNumber(at) || typeof call !== "string" || typeof settled !== "boolean" || !isObject(known)) return false;
  if (!("value" in known)) return reasons.has(known["nothing"]);
  if (isSeries(field as PlainField)) return isStoredSeries(known["value"]);
  // A field that only another release knows is never asked for: it stays as it is.
  const check = Object.hasOwn(checks, field) ? checks[field as keyof typeof checks] : () => true;
  return check(known["value"]);
}

export const bucketRows: RowForm<Bucket> = {
  read: (value, leaveOut) => {
    if (!isObject(value)) return undefined;
    for (const [field, days] of Object.entries(value)) {
      if (!isObject(days)) {
        delete value[field];
        leaveOut();
        continue;
      }
      for (const day of Object.keys(days)) {
        if (/^(\d{4}-\d{2}-\d{2})?$/.test(day) && isStoredCell(field, days[day])) continue;
        delete days[day];
        leaveOut();
      }
    }
    return value as Bucket;
  },
};

export const markRows: RowForm<Marks> = {
  read: (value, leaveOut) => {
    if (!isObject(value)) return undefined;
    for (const [domain, days] of Object.entries(value)) {
      if (isObject(days) && Object.values(days).every(isNumber)) continue;
      delete value[domain];
      leaveOut();
    }
    return value as Marks;
  },
};
