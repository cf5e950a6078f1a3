import { FOODS, instantOf, nutrientsOf } from "../people/index.js";
import { summaryLog } from "./activity.js";
import { bodyFatLog, bodyWeightLog } from "./body.js";
import type { ApiCall } from "./call.js";
import { fail, invalid } from "./errors.js";
import { exerciseKinds } from "./exercises.js";
import { FOOD_UNITS, foodLog, foodSummary, mealOf } from "./foods.js";
import { localDate } from "./local-time.js";
import { readDate } from "./params.js";
import { toLog } from "./sleep.js";
import { weightFrom } from "./units.js";
import type { Exercise, Sleep } from "./written.js";

/** A write: what the lab keeps of it, and what it answers. Throws a FitbitError for what is refused. */
export interface WriteRoute {
  readonly method: "POST" | "DELETE";
  readonly path: string;
  readonly scope: string;
  readonly collection: "foods" | "body" | "activities" | "sleep";
  /** An answer without a body is a 204. */
  answer(call: WriteCall): { readonly status: 200 | 201 | 204; readonly date: string; readonly body?: object };
}

interface WriteCall extends ApiCall {
  /** Of the query and of the form: clients use either. */
  readonly given: ReadonlyMap<string, string>;
  /** Digits, larger than every id before. */
  newId(): string;
}

const USER = "/1/user/:user";
const LOG = `${USER}/foods/log`;
const BODY = `${USER}/body/log`;

export const writeRoutes: readonly WriteRoute[] = [
  { method: "POST", path: `${LOG}.json`, scope: "nutrition", collection: "foods", answer: addFood },
  { method: "POST", path: `${LOG}/water.json`, scope: "nutrition", collection: "foods", answer: addWater },
  { method: "POST", path: `${LOG}/water/:id.json`, scope: "nutrition", collection: "foods", answer: changeWater },
  { method: "DELETE", path: `${LOG}/water/:id.json`, scope: "nutrition", collection: "foods", answer: deleteWater },
  { method: "DELETE", path: `${LOG}/:id.json`, scope: "nutrition", collection: "foods", answer: deleteFood },
  { method: "POST", path: `${BODY}/weight.json`, scope: "weight", collection: "body", answer: addWeight },
  { method: "POST", path: `${BODY}/fat.json`, scope: "weight", collection: "body", answer: addFat },
  {
    method: "DELETE",
    path: `${BODY}/weight/:id.json`,
    scope: "weight",
    collection: "body",
    answer: deleteBody("weight"),
  },
  { method: "POST", path: `${USER}/activities.json`, scope: "activity", collection: "activities", answer: addExercise },
  {
    method: "DELETE",
    path: `${USER}/activities/:id.json`,
    scope: "activity",
    collection: "activities",
    answer: deleteExercise,
  },
  // The server takes all versions of these paths as the first.
  { method: "POST", path: `${USER}/sleep.json`, scope: "sleep", collection: "sleep", answer: addSleep },
  { method: "DELETE", path: `${USER}/sleep/:id.json`, scope: "sleep", collection: "sleep", answer: deleteSleep },
  { method: "DELETE", path: `${BODY}/fat/:id.json`, scope: "weight", collection: "body", answer: deleteBody("fat") },
];

function required({ given }: WriteCall, name: string): string {
  const value = given.get(name);
  if (value === undefined || value === "") throw invalid(name, `The parameter ${name} is required`);
  return value;
}

function amountOf(call: WriteCall, name: string, most: number): number {
  const value = Number(required(call, name));
  if (!(value > 0 && value <= most)) throw invalid(name, `Invalid value: ${call.given.get(name)}`);
  return value;
}

function dateOf(call: WriteCall): string {
  const date = readDate(required(call, "date"), call.view);
  if (date > call.view.today) throw invalid("date", "The date must not be in the future");
  return date;
}

/** Logs of food and water know a day, and no time on it. */
const noonOf = ({ view }: WriteCall, date: string) => instantOf(`${date}T12:00`, view.person.zoneOn(date));

function addFood(call: WriteCall) {
  const date = dateOf(call);
  const { given, view } = call;
  const meal = mealOf(required(call, "mealTypeId"));
  if (!meal) throw invalid("mealTypeId", `Invalid value: ${given.get("mealTypeId")}`);
  const unitId = required(call, "unitId");
  const unit = Object.keys(FOOD_UNITS).find((name) => String(FOOD_UNITS[name]) === unitId);
  if (!unit) throw invalid("unitId", `Invalid value: ${unitId}`);
  const amount = amountOf(call, "amount", 100_000);
  const common = { id: call.newId(), date, meal, timeMs: noonOf(call, date), amount, unit };
  const [foodId, name] = [given.get("foodId"), given.get("foodName")];
  if (!foodId && !name) throw invalid("foodId", "Either foodId or foodName must be provided");
  const known = FOODS.find(({ id }) => String(id) === foodId);
  if (foodId && !known) throw invalid("foodId", `Invalid value: ${foodId}`);
  const calories = Number(given.get("calories") ?? 0);
  if (!Number.isInteger(calories) || calories < 0 || calories > 100_000) throw invalid("calories", "Invalid value");
  if (known) {
    const { energyKcal, ...nutrients } = nutrientsOf(known, amount);
    view.written.foods.push({ ...common, foodId: known.id, name: known.name, energyKcal, nutrients });
  } else view.written.foods.push({ ...common, foodId: null, name: name!, energyKcal: calories, nutrients: null });
  const log = foodLog(date, view.written.foods.at(-1)!);
  return { status: 201 as const, date, body: { foodDay: { date, summary: foodSummary(call, date) }, foodLog: log } };
}

const MILLILITERS: Readonly<Record<string, number>> = { ml: 1, "fl oz": 29.5735, cup: 236.588 };

function millilitersOf(call: WriteCall): number {
  const unit = call.given.get("unit") ?? (call.units === "en_US" ? "fl oz" : "ml");
  const factor = Object.hasOwn(MILLILITERS, unit) ? MILLILITERS[unit] : undefined;
  if (factor === undefined) throw invalid("unit", `Invalid value: ${unit}`);
  return Math.round(amountOf(call, "amount", 100_000 / factor) * factor * 1000) / 1000;
}

function addWater(call: WriteCall) {
  const date = dateOf(call);
  const milliliters = millilitersOf(call);
  const id = call.newId();
  call.view.written.drinks.push({ id, date, timeMs: noonOf(call, date), milliliters, unit: "milliliter" });
  return waterLog(call, 201, date, id);
}

function waterLog(call: WriteCall, status: 200 | 201, date: string, id: string) {
  const amount = Number(call.given.get("amount"));
  return { status, date, body: { waterLog: { amount, logId: BigInt(id) } } };
}

function changeWater(call: WriteCall) {
  const { drinks } = call.view.written;
  const index = drinks.findIndex(({ id }) => id === call.params["id"]);
  const before = drinks[index];
  if (!before) throw noSuchLog(call);
  drinks[index] = { ...before, milliliters: millilitersOf(call) };
  return waterLog(call, 200, before.date, before.id);
}

const noSuchLog = ({ params }: WriteCall) => fail(404, "not_found", `The log ${params["id"]} was not found`, "log-id");

/** The date of a person's own log is in its id. */
function ownDate(id: string): string {
  const days = /^\d(\d{6})\d{4}$/.exec(id)?.[1];
  return days === undefined ? "" : new Date(Number(days) * 86_400_000).toISOString().slice(0, 10);
}

function deleteLog(call: WriteCall, kind: "foods" | "drinks") {
  const id = call.params["id"]!;
  const { written } = call.view;
  const index = written[kind].findIndex((log) => log.id === id);
  if (index >= 0) return { status: 204 as const, date: written[kind].splice(index, 1)[0]!.date };
  const date = ownDate(id);
  if (date === "" || !call.view[kind](date).some((log) => log.id === id)) throw noSuchLog(call);
  written.deleted.add(`${kind} ${id}`);
  return { status: 204 as const, date };
}

function deleteFood(call: WriteCall) {
  return deleteLog(call, "foods");
}

function deleteWater(call: WriteCall) {
  return deleteLog(call, "drinks");
}

function bodyTime(call: WriteCall, date: string): { readonly timeMs: number; readonly logId: number } {
  const time = call.given.get("time") ?? "23:59:59";
  if (!/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(time)) throw invalid("time", `Invalid value: ${time}`);
  const timeMs = instantOf(`${date}T${time}`, call.view.person.zoneOn(date));
  return { timeMs, logId: Date.parse(`${date}T${time}Z`) };
}

function addWeight(call: WriteCall) {
  const date = dateOf(call);
  const weightKg = weightFrom(amountOf(call, "weight", 3000), call.units);
  const weighing = { ...bodyTime(call, date), date, weightKg, fatPercentage: null };
  call.view.written.weighings.push(weighing);
  return { status: 201 as const, date, body: { weightLog: bodyWeightLog(call, date, weighing) } };
}

function addFat(call: WriteCall) {
  const date = dateOf(call);
  const fatPercentage = amountOf(call, "fat", 100);
  const weighing = { ...bodyTime(call, date), date, weightKg: null, fatPercentage };
  call.view.written.weighings.push(weighing);
  return { status: 201 as const, date, body: { fatLog: bodyFatLog(call, date, weighing) } };
}

/** Only what an app has written can be deleted here: ids of the scale's readings are not unique. */
function deleteBody(kind: "weight" | "fat") {
  return (call: WriteCall) => {
    const { weighings } = call.view.written;
    const has = kind === "weight" ? "weightKg" : "fatPercentage";
    const index = weighings.findIndex((each) => String(each.logId) === call.params["id"] && each[has] !== null);
    if (index < 0) throw noSuchLog(call);
    return { status: 204 as const, date: weighings.splice(index, 1)[0]!.date };
  };
}

const MOST_MS = 86_400_000;

/** When it began, and how long it took. */
function spanOf(
  call: WriteCall,
  duration: string,
): { readonly date: string; readonly startMs: number; readonly endMs: number } {
  const date = dateOf(call);
  const time = required(call, "startTime");
  if (!/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(time)) throw invalid("startTime", `Invalid value: ${time}`);
  const startMs = instantOf(`${date}T${time}`, call.view.person.zoneOn(date));
  const endMs = startMs + Math.floor(amountOf(call, duration, MOST_MS));
  if (endMs > call.view.nowMs) throw invalid("date", "The log must not end in the future");
  return { date, startMs, endMs };
}

const METERS: Readonly<Record<string, number>> = { Kilometer: 1000, Mile: 1609.344, Meter: 1 };
const KCAL_A_MINUTE = 6;

function addExercise(call: WriteCall) {
  const { given, units, view } = call;
  const [activityId, manualName] = [given.get("activityId"), given.get("activityName")];
  if (!activityId && !manualName) throw invalid("activityId", "Either activityId or activityName must be provided");
  const kinds = Object.keys(exerciseKinds) as Exercise["kind"][];
  const kind = activityId
    ? kinds.find((name) => [exerciseKinds[name].id, exerciseKinds[name].detailId].includes(Number(activityId)))
    : "walk";
  if (!kind) throw invalid("activityId", `Invalid value: ${activityId}`);
  const { date, startMs, endMs } = spanOf(call, "durationMillis");
  if (!activityId) required(call, "manualCalories");
  const unit = given.get("distanceUnit") ?? (units === "en_US" ? "Mile" : "Kilometer");
  const factor = Object.hasOwn(METERS, unit) ? METERS[unit] : undefined;
  if (factor === undefined) throw invalid("distanceUnit", `Invalid value: ${unit}`);
  const exercise = {
    id: call.newId(),
    date,
    kind,
    manual: true as const,
    ...(!activityId && { manualName }),
    startMs,
    endMs,
    activeSeconds: (endMs - startMs) / 1000,
    distanceMeters: given.has("distance") ? amountOf(call, "distance", 1_000_000) * factor : null,
    energyKcal: given.has("manualCalories")
      ? amountOf(call, "manualCalories", 100_000)
      : ((endMs - startMs) / 60_000) * KCAL_A_MINUTE,
    steps: null,
    averageHeartRate: null,
  };
  view.written.exercises.push(exercise);
  return { status: 201 as const, date, body: { activityLog: summaryLog(call, date, exercise) } };
}

function deleteExercise(call: WriteCall) {
  return deleteWritten(call, call.view.written.exercises);
}

function addSleep(call: WriteCall) {
  const { view } = call;
  const { startMs, endMs } = spanOf(call, "duration");
  // Filed under the day on which it ended.
  const date = localDate(view.person.timeZone, endMs);
  const seconds = Math.floor((endMs - startMs) / 60_000) * 60;
  if (seconds === 0) throw invalid("duration", `Invalid value: ${call.given.get("duration")}`);
  const sleep: Sleep & { date: string } = {
    id: call.newId(),
    date,
    manual: true,
    startMs,
    endMs,
    main: false,
    staged: false,
    segments: [{ stage: "asleep", startMs, seconds }],
  };
  view.written.sleeps.push(sleep);
  return { status: 201 as const, date, body: { sleep: toLog(view, date, sleep, false) } };
}

function deleteSleep(call: WriteCall) {
  return deleteWritten(call, call.view.written.sleeps);
}

/** What a device has recorded stays: only what an app has written is deleted here. */
function deleteWritten(call: WriteCall, logs: { readonly id: string; readonly date: string }[]) {
  const index = logs.findIndex(({ id }) => id === call.params["id"]);
  if (index < 0) throw noSuchLog(call);
  return { status: 204 as const, date: logs.splice(index, 1)[0]!.date };
}
