import { object, optionalObject, optionalString } from "../../http/json.js";
import type { Meal, OffsetDateTime } from "../../model/records.js";
import { addDays, instantOf, localDateOf, offsetOf } from "../../model/time.js";
import { carriesError, envelope, omittableList } from "../kit/envelope.js";
import { workoutName } from "../kit/workout-name.js";
import type { ApiRequest, RecordEntry, Recording } from "../provider.js";
import { lastSegment } from "./mappers/wire.js";
import { exerciseTypeOf } from "./mappers/workout.js";
import { writeScopes } from "./scopes.js";

/*
 * https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints/create
 * The id may be chosen, which makes a repeat harmless; Google was seen to replace it, so what counts is the name in the
 * finished operation. Scopes for writing can read back what this app wrote, and nothing else.
 */

const collection = (type: string) => `/v4/users/me/dataTypes/${type}/dataPoints`;

/** Google's answer to a create that it has carried out before. */
const ALREADY_THERE = 409;
/** Sleep and exercise have pages of 25 at most. */
const pageSizeOf = (type: string) => (type === "sleep" || type === "exercise" ? 25 : 1000);

interface Point {
  readonly type: string;
  readonly key: string;
  /** By which lists can be filtered. */
  readonly member: string;
  /** The time in that member. */
  readonly filed: OffsetDateTime;
  readonly value: Readonly<Record<string, unknown>>;
}

export const googleRecords: readonly Recording[] = [
  {
    kind: "WEIGHING",
    scope: writeScopes.measurements,
    entries: (record, id) => {
      if (record.kind !== "WEIGHING") return [];
      const { time, weight, fatPercentage } = record;
      const at = { member: "sample_time.civil_time", filed: time };
      const sampleTime = { physicalTime: timestamp(time), utcOffset: duration(time) };
      // Two points with one time, which the histories show as one weighing.
      return [
        ...(weight === null
          ? []
          : [{ ...at, type: "weight", key: "weight", value: { sampleTime, weightGrams: grams(weight) } }]),
        ...(fatPercentage === null
          ? []
          : [{ ...at, type: "body-fat", key: "bodyFat", value: { sampleTime, percentage: fatPercentage } }]),
      ].map((point) => entry(point, id));
    },
    remove,
  },
  {
    kind: "WORKOUT",
    scope: writeScopes.activity,
    entries: (record, id) => {
      if (record.kind !== "WORKOUT") return [];
      const { workout, start, end, distance, energyBurned } = record;
      const value = {
        interval: interval(start, end),
        exerciseType: exerciseTypeOf(workout),
        // Google writes its own for every type but OTHER.
        displayName: workoutName(workout),
        metricsSummary: {
          ...(distance !== null && { distanceMillimeters: distance * 1000 }),
          ...(energyBurned !== null && { caloriesKcal: energyBurned }),
        },
      };
      const filed = { member: "interval.civil_start_time", filed: start };
      return [entry({ ...filed, type: "exercise", key: "exercise", value }, id)];
    },
    remove,
  },
  {
    kind: "SLEEP",
    scope: writeScopes.sleep,
    entries: (record, id) => {
      if (record.kind !== "SLEEP") return [];
      const value = { interval: interval(record.start, record.end) };
      const filed = { member: "interval.civil_end_time", filed: record.end };
      return [entry({ ...filed, type: "sleep", key: "sleep", value }, id)];
    },
    remove,
  },
  {
    kind: "WATER",
    scope: writeScopes.nutrition,
    entries: (record, id) => {
      if (record.kind !== "WATER") return [];
      const value = { interval: interval(record.time, record.time), amountConsumed: { milliliters: record.water } };
      const filed = { member: "interval.civil_start_time", filed: record.time };
      return [entry({ ...filed, type: "hydration-log", key: "hydrationLog", value }, id)];
    },
    remove,
  },
  {
    kind: "FOOD",
    scope: writeScopes.nutrition,
    entries: (record, id) => {
      if (record.kind !== "FOOD") return [];
      const { time, name, meal, energyConsumed, carbohydrateGrams, fatGrams, proteinGrams } = record;
      const value = {
        interval: interval(time, time),
        foodDisplayName: name,
        mealType: mealTypes[meal],
        energy: { kcal: energyConsumed },
        ...(carbohydrateGrams !== null && { totalCarbohydrate: { grams: carbohydrateGrams } }),
        ...(fatGrams !== null && { totalFat: { grams: fatGrams } }),
        ...(proteinGrams !== null && { nutrients: [{ nutrient: "PROTEIN", quantity: { grams: proteinGrams } }] }),
      };
      const filed = { member: "interval.civil_start_time", filed: time };
      return [entry({ ...filed, type: "nutrition-log", key: "nutritionLog", value }, id)];
    },
    remove,
  },
];

/** As `mappers/nutrition.ts` reads them. */
const mealTypes: Readonly<Record<Meal, string>> = {
  BREAKFAST: "BREAKFAST",
  MORNING_SNACK: "BEFORE_LUNCH",
  LUNCH: "LUNCH",
  AFTERNOON_SNACK: "BEFORE_DINNER",
  DINNER: "DINNER",
  ANYTIME: "ANYTIME",
};

function entry(point: Point, id: string): RecordEntry {
  const { type, key, value } = point;
  const name = `users/me/dataTypes/${type}/dataPoints/${id}`;
  return {
    request: {
      method: "POST",
      path: collection(type),
      json: { name, dataSource: { recordingMethod: "MANUAL" }, [key]: value },
    },
    read: (answer) => {
      const { response, error, done } = object(answer, "operation");
      if (error !== undefined && error !== null) return "REFUSED";
      const given = optionalString(optionalObject(response)?.["name"]);
      return done === true && given !== null ? { name: given } : "PENDING";
    },
    repeated: { status: ALREADY_THERE, name },
    look: listOf(point),
    find: (answer) => {
      const points = omittableList(envelope(answer), "dataPoints").map((each) => optionalObject(each) ?? {});
      const named = (some: typeof points) => some.flatMap((each) => optionalString(each["name"]) ?? []);
      const [ours] = named(points.filter((each) => lastSegment(each["name"]) === id));
      return { ...(ours && { ours }), alike: named(points.filter((each) => isSame(each, point))) };
    },
    further: (answer) => {
      const pageToken = optionalString(object(answer, "answer")["nextPageToken"]);
      const look = listOf(point);
      return pageToken === null || pageToken === "" ? null : { ...look, query: { ...look.query, pageToken } };
    },
    idOf: (given) => lastSegment(given) ?? id,
  };
}

/** Points of the day on which an entry is filed. */
function listOf({ type, member, filed }: Point): ApiRequest {
  const field = `${type.replaceAll("-", "_")}.${member}`;
  const day = localDateOf(filed);
  const filter = `${field} >= "${day}" AND ${field} < "${addDays(day, 1)}"`;
  return { method: "GET", path: collection(type), query: { filter, pageSize: pageSizeOf(type) } };
}

/** Under another id than ours: of the same instant and with the same figures, and written through the API. */
function isSame(given: Readonly<Record<string, unknown>>, { key, value }: Point): boolean {
  const own = optionalObject(given[key]);
  if (own === null || optionalObject(given["dataSource"])?.["platform"] !== "GOOGLE_WEB_API") return false;
  return Object.entries(value).every(([name, wanted]) => name === "displayName" || holds(own[name], wanted));
}

/** Whether a value holds all of another one: Google adds civil times and the like. */
function holds(given: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return Array.isArray(given) && wanted.every((each, at) => holds(given[at], each));
  if (typeof wanted === "object" && wanted !== null) {
    const own = optionalObject(given);
    return own !== null && Object.entries(wanted).every(([name, value]) => holds(own[name], value));
  }
  if (typeof wanted === "string" && /^\d{4}-.*Z$/.test(wanted)) return Date.parse(String(given)) === Date.parse(wanted);
  return typeof wanted === "number" ? Number(given) === wanted : given === wanted;
}

function remove(names: readonly string[]) {
  return [
    {
      request: { method: "POST", path: `${collection("-")}:batchDelete`, json: { names } } as const,
      isDone: (answer: unknown) => !carriesError(answer),
    },
  ];
}

/** Without the dust of binary fractions, and without losing a pound. */
const grams = (kilograms: number) => Number((kilograms * 1000).toPrecision(12));
const timestamp = (time: OffsetDateTime) => new Date(instantOf(time)).toISOString().replace(".000Z", "Z");
const duration = (time: OffsetDateTime) => `${offsetOf(time) ?? 0}s`;

function interval(start: OffsetDateTime, end: OffsetDateTime) {
  return {
    ...{ startTime: timestamp(start), startUtcOffset: duration(start) },
    ...{ endTime: timestamp(end), endUtcOffset: duration(end) },
  };
}
