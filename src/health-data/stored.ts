import { z } from "zod";
import { type CourseField, type Field, type FieldValue, isSeries, type PlainField } from "../model/fields.js";
import { dayFigures, namesOf, valuesBy, vitalRows } from "../model/figure-tables.js";
import {
  batteryLevels,
  ecgFindings,
  goalMetrics,
  goalPeriods,
  heartZoneKinds,
  type LocalDate,
  type MissingReason,
  mealRelations,
  meals,
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
import { Column, mergedColumns, type Provenance, type StoredCell } from "./column.js";
import { dayNumber, dayOf } from "./days.js";
import { hasNights, PackedNights } from "./packed-nights.js";

/**
 * How stored health data are written and read. A month of a domain is a row of columns; undated fields and the samples
 * of one day are rows of cells. Releases before the columns stored months as rows of cells too. Rows are checked by
 * hand where a history has many of them. What is no cell of ours is unknown, and its neighbours stay.
 */

/** Epoch ms by domain and day. */
export type Marks = { [domain: string]: { [day: string]: number } };

/** A row of cells, by field and day; an undated field has the day "". */
type CellRow = { [field: string]: { [day: string]: StoredCell } };

/** One field of a month, as it is stored. */
interface ColumnRow {
  readonly first: LocalDate;
  /** By day from `first` on. Null where there is no value. */
  readonly values: readonly (FieldValue | PackedNights | null)[];
  /** Stretches of days, in order, each with the request that answered them. A stretch without one is not known. */
  readonly requests: readonly (readonly [days: number] | readonly [days: number, ...request: RequestRow])[];
  /** By day: why there is no value, or what the value lacks. */
  readonly notes?: Readonly<Record<LocalDate, MissingReason>>;
}
type RequestRow = readonly [at: number, call: string, settled: boolean];

/** The columns of one row. */
export class Bucket {
  constructor(
    readonly columns: ReadonlyMap<string, Column>,
    private readonly isMonth: boolean,
  ) {}

  /** Of two answers for one cell, the one that was requested later counts. */
  mergedWith(change: Bucket): Bucket {
    const columns = new Map(this.columns);
    for (const [field, column] of change.columns) {
      const before = columns.get(field);
      columns.set(field, before ? mergedColumns(before, column) : column);
    }
    return new Bucket(columns, this.isMonth);
  }

  /** What it has from a day on. The bucket itself if that is all of it; null if nothing is left. */
  since(day: number): Bucket | null {
    const columns = new Map<string, Column>();
    let isWhole = true;
    for (const [field, column] of this.columns) {
      const all = [...column.days()];
      const left = all.filter((each) => each >= day);
      if (left.length < all.length) isWhole = false;
      if (left.length === 0) continue;
      const rest = new Column();
      for (const each of left) rest.take(column, each);
      columns.set(field, rest);
    }
    if (isWhole) return this;
    return columns.size === 0 ? null : new Bucket(columns, this.isMonth);
  }

  /** Whether it has cells of other requests than another bucket. */
  differsFrom(other: Bucket): boolean {
    for (const [field, column] of this.columns) {
      const before = other.columns.get(field);
      if (before === column) continue;
      for (const day of column.days()) if (!isSame(column.provenance(day)!, before?.provenance(day))) return true;
    }
    return false;
  }

  toJSON(): object {
    const entries = [...this.columns];
    if (!this.isMonth) return Object.fromEntries(entries.map(([field, column]) => [field, cellsOf(column)]));
    return { columns: Object.fromEntries(entries.map(([field, column]) => [field, rowOf(column)])) };
  }
}

/** Objects of one request are one object within a process, and equal ones after they were stored. */
function isSame(a: Provenance, b: Provenance | undefined): boolean {
  return a === b || (b !== undefined && a.at === b.at && a.call === b.call && a.settled === b.settled);
}

function cellsOf(column: Column): CellRow[string] {
  return Object.fromEntries([...column.days()].map((day) => [dayOf(day) ?? "", column.cell(day)!]));
}

function rowOf(column: Column): ColumnRow {
  const days = [...column.days()];
  const [first, last] = [days[0]!, days.at(-1)!];
  const values: (FieldValue | PackedNights | null)[] = [];
  const requests: [days: number, ...request: unknown[]][] = [];
  const notes: Record<LocalDate, MissingReason> = {};
  let before: Provenance | undefined;
  for (let day = first; day <= last; day++) {
    const provenance = column.provenance(day);
    const note = column.note(day);
    values.push(column.kept(day) ?? null);
    if (note !== undefined) notes[dayOf(day)!] = note;
    const stretch = requests.at(-1);
    const goesOn = stretch && (provenance ? isSame(provenance, before) : before === undefined);
    if (goesOn) stretch[0]++;
    else requests.push(provenance ? [1, provenance.at, provenance.call, provenance.settled] : [1]);
    before = provenance;
  }
  return { first: dayOf(first)!, values, requests: requests as never, ...(Object.keys(notes).length > 0 && { notes }) };
}

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
const offsets = list({ id: z.string(), start: instant, end: instant });
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
const nutrition = list({
  ...{ id: z.string(), time: instant.nullable(), name: text, meal: z.enum(meals).nullable() },
  ...{ energyConsumed: figure, carbohydrateGrams: figure, fatGrams: figure, proteinGrams: figure },
  ...{ fiberGrams: figure, sodiumMilligrams: figure, water: figure },
});
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
  "activity.timeZone": (value) => typeof value === "string" && isTimeZone(value),
  "profile.utcOffsetSeconds": isNumber,
  "profile.locale": isText,
  "profile.memberSince": isDate,
  ...valuesBy(namesOf(dayFigures), () => isNumber),
  ...valuesBy(namesOf(vitalRows), () => isVital),
  "activity.offsets": offsets,
  "sleep.offsets": offsets,
  "devices.batteries": list({
    id: z.string(),
    time: instant.nullable(),
    percent: figure,
    isCharging: z.boolean().nullable(),
  }),
  "activity.cycles": list({
    ...{ id: z.string(), start: instant, end: instant.nullable() },
    ...{ energyBurned: figure, strain: figure },
  }),
  "sleep.wakingDays": list({ id: z.string(), cycleId: z.string(), day: z.string(), seconds: z.number() }),
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
    zone: z.string().refine(isTimeZone).optional(),
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
  "nutrition.foods": nutrition,
  "nutrition.drinks": nutrition,
  "devices.devices": list({
    id: z.string(),
    ...{ model: text, kind: text, firmware: text },
    batteryPercent: figure,
    lastSyncAt: instant.nullable(),
    batteryLevel: z.enum(batteryLevels).nullish(),
    isCharging: z.boolean().nullish(),
    isWorn: z.boolean().optional(),
  }),
  "goals.daily": goals,
  "goals.weekly": goals,
  "goals.weight": goals,
  "goals.bodyFat": goals,
  "goals.sleep": goals,
  "goals.energyConsumed": goals,
  "goals.water": goals,
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

const isProvenance = (at: unknown, call: unknown, settled: unknown): boolean =>
  isNumber(at) && typeof call === "string" && typeof settled === "boolean";

/** A field that only another release knows is never asked for: its values stay as they are. */
function checkOf(field: string): Check {
  if (isSeries(field as Field)) return isStoredSeries;
  return Object.hasOwn(checks, field) ? checks[field as keyof typeof checks] : () => true;
}

/** Whether a value is what a field holds. */
export const isValueOf = (field: string, value: unknown): boolean => checkOf(field)(value);

function isCell(cell: unknown, check: Check): cell is StoredCell {
  if (!isObject(cell)) return false;
  const { known, at, call, settled } = cell;
  if (!isProvenance(at, call, settled) || !isObject(known)) return false;
  return "value" in known ? check(known["value"]) : reasons.has(known["nothing"]);
}

const isDay = (day: string) => /^(\d{4}-\d{2}-\d{2})?$/.test(day);

function readCells(row: Record<string, unknown>, leaveOut: () => void): Map<string, Column> {
  const columns = new Map<string, Column>();
  for (const [field, days] of Object.entries(row)) {
    if (!isObject(days)) {
      leaveOut();
      continue;
    }
    const check = checkOf(field);
    const column = new Column();
    for (const day of Object.keys(days).sort()) {
      const cell = days[day];
      if (!isDay(day) || !isCell(cell, check)) {
        leaveOut();
        continue;
      }
      const { known, at, call, settled } = cell;
      column.set(dayNumber(day === "" ? null : day), known, { at, call, settled });
    }
    if (hasNights(field as Field)) column.pack(field as Field);
    if (column.length > 0) columns.set(field, column);
  }
  return columns;
}

/** Longer than a month, so that a later release may store more in one row. */
const MOST_DAYS = 400;

function readColumn(row: unknown, check: Check, leaveOut: () => void): Column | null {
  if (!isObject(row) || !isDate(row["first"]) || !Array.isArray(row["values"])) return null;
  const { values, requests, notes = {} } = row;
  if (!Array.isArray(requests) || !isObject(notes) || values.length > MOST_DAYS) return null;
  const column = new Column();
  const first = dayNumber(row["first"] as LocalDate);
  let day = first;
  for (const stretch of requests) {
    if (!Array.isArray(stretch) || !Number.isInteger(stretch[0]) || stretch[0] < 1) return null;
    const [length, at, call, settled] = stretch;
    const end = Math.min(day + length, first + values.length);
    if (stretch.length === 1) {
      day = end;
      continue;
    }
    if (!isProvenance(at, call, settled)) {
      leaveOut();
      day = end;
      continue;
    }
    const provenance: Provenance = { at, call, settled };
    for (; day < end; day++) {
      const value = values[day - first];
      const note = notes[dayOf(day)!];
      const isKnown = note === undefined ? value !== null : reasons.has(note);
      const kept = value === null ? undefined : (PackedNights.read(value, check) ?? (check(value) ? value : null));
      if (isKnown && kept !== null) column.put(day, kept, note as MissingReason | undefined, provenance);
      else leaveOut();
    }
  }
  return column;
}

function readColumns(rows: unknown, leaveOut: () => void): Map<string, Column> {
  const columns = new Map<string, Column>();
  for (const [field, row] of Object.entries(isObject(rows) ? rows : {})) {
    const column = readColumn(row, checkOf(field), leaveOut);
    if (column === null) leaveOut();
    else if (column.length > 0) columns.set(field, column);
  }
  if (!isObject(rows)) leaveOut();
  return columns;
}

export const bucketRows: RowForm<Bucket> = {
  read: (value, leaveOut) => {
    if (!isObject(value)) return undefined;
    return "columns" in value
      ? new Bucket(readColumns(value["columns"], leaveOut), true)
      : new Bucket(readCells(value, leaveOut), false);
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
