import { type ApiCall, type ApiRoute, reads } from "./call.js";
import { type FitbitTotals, sum, totalsOf } from "./day-totals.js";
import { invalid } from "./errors.js";
import { exercisesOn, kindOf, reportedDistance } from "./exercises.js";
import { activityGoals } from "./goals.js";
import { round } from "./json.js";
import { addDays, datesBetween, timeOfMinute } from "./local-time.js";
import { ALL_PERIODS, type IntradayPart, readDate, readDates, readIntraday } from "./params.js";
import { distanceOf, elevationOf, type UnitSystem } from "./units.js";
import type { FitbitDay } from "./view.js";
import type { Exercise } from "./written.js";
import { heartRateZones, zoneTimes } from "./zones.js";

const BASE = "/1/user/:user/activities";

export const activityRoutes: readonly ApiRoute[] = [
  reads(`${BASE}/date/:start.json`, "activity", dailySummary),
  { ...reads(`${BASE}/:resource/date/:start/:end/:detail.json`, "activity", intraday), intraday: true },
  { ...reads(`${BASE}/:resource/date/:start/:end/:detail/time/:from/:to.json`, "activity", intraday), intraday: true },
  reads(`${BASE}/tracker/:resource/date/:start/:end.json`, "activity", (call) => series(call, "tracker-")),
  reads(`${BASE}/:resource/date/:start/:end.json`, "activity", (call) => series(call, "")),
  reads(`${BASE}.json`, "activity", lifetime),
];

/** A series sends texts: whole numbers for most, and for lengths what a double looks like, noise included. */
const seriesValues: Readonly<Record<string, (totals: FitbitTotals, units: UnitSystem) => string>> = {
  activityCalories: (totals) => whole(totals.activityKcal),
  calories: (totals) => whole(totals.kcal),
  caloriesBMR: (totals) => whole(totals.basalKcal),
  distance: (totals, units) => double(distanceOf(totals.meters, units)),
  elevation: (totals, units) => double(elevationOf(totals.climbMeters, units)),
  floors: (totals) => whole(totals.floors),
  minutesSedentary: (totals) => whole(totals.minutesByLevel[0]),
  minutesLightlyActive: (totals) => whole(totals.minutesByLevel[1]),
  minutesFairlyActive: (totals) => whole(totals.minutesByLevel[2]),
  minutesVeryActive: (totals) => whole(totals.minutesByLevel[3]),
  steps: (totals) => whole(totals.steps),
  "swimming-strokes": (totals) => whole(totals.strokes),
};
const NOT_OF_TRACKERS = ["caloriesBMR", "swimming-strokes"];
const ACTIVITY_CALORIES_DAYS = 30;
const SERIES_DAYS = 1095;

/** Every day of the range has its row, also those without data or still to come. */
function series(call: ApiCall, prefix: "" | "tracker-"): unknown {
  const resource = call.params["resource"] ?? "";
  const value = Object.hasOwn(seriesValues, resource) ? seriesValues[resource] : undefined;
  if (!value || (prefix && NOT_OF_TRACKERS.includes(resource))) throw unknownResource(resource);
  const timezone = call.query.get("timezone");
  if (timezone !== null && timezone !== "UTC") throw invalid("timezone", `Invalid timezone: ${timezone}`);
  const dates = readDates(call, {
    maxDays: resource === "activityCalories" ? ACTIVITY_CALORIES_DAYS : SERIES_DAYS,
    periods: ALL_PERIODS,
    tooLong: call.switches.activityRangeStatus,
    max: "withdrawn",
  });
  const rows = dates.map((dateTime) => ({ dateTime, value: value(totalsOf(call.view, dateTime), call.units) }));
  return { [`activities-${prefix}${resource}`]: rows };
}

interface IntradayResource {
  /** The sum of the cells from one to another. */
  readonly total: (day: FitbitDay, from: number, until: number, units: UnitSystem) => number;
  readonly text: (total: number) => string;
}

const intradayResources: Readonly<Record<string, IntradayResource>> = {
  calories: { total: (day, from, until) => sum(day.kcal, from, until), text: whole },
  distance: { total: (day, from, until, units) => distanceOf(sum(day.meters, from, until), units), text: double },
  elevation: {
    total: (day, from, until, units) => elevationOf(sum(day.climbMeters, from, until), units),
    text: double,
  },
  floors: { total: (day, from, until) => sum(day.floors, from, until), text: whole },
  steps: { total: (day, from, until) => sum(day.steps, from, until), text: whole },
  "swimming-strokes": { total: (day, from, until) => sum(day.strokes, from, until), text: whole },
};

/** With a window, the daily row is the total of the window and not of the day. */
function intraday(call: ApiCall): unknown {
  const name = call.params["resource"] ?? "";
  const resource = Object.hasOwn(intradayResources, name) ? intradayResources[name] : undefined;
  if (!resource) throw unknownResource(name);
  const { parts, interval } = readIntraday(call);
  const dataset: object[] = [];
  const daily: object[] = [];
  for (const part of parts) {
    const day = call.view.day(part.date);
    const { from, until } = cellsOf(part, day, interval);
    for (let cell = from; cell < until; cell += interval) {
      const end = Math.min(cell + interval, until);
      const value = resource.total(day, cell, end, call.units);
      const row = { time: timeOfMinute(cell), value };
      dataset.push(name === "calories" ? { ...effort(day, cell, end), ...row } : row);
    }
    // A day without data has its zeros, and nothing to say about the day.
    if (day.worn)
      daily.push({ dateTime: part.date, value: resource.text(resource.total(day, from, until, call.units)) });
  }
  const rows = { dataset, datasetInterval: interval, datasetType: "minute" };
  return { [`activities-${name}`]: daily, [`activities-${name}-intraday`]: rows };
}

/** Which cells a part of an intraday answer covers: from the interval it begins in to the one it ends in. */
export function cellsOf(part: IntradayPart, day: FitbitDay, interval: number): { from: number; until: number } {
  const step = interval * 60;
  const from = Math.floor(part.from / step) * interval;
  const until = Math.min(day.rows, (Math.floor(part.to / step) + 1) * interval);
  return { from, until: Math.max(from, until) };
}

/** The level of the interval, and ten times its metabolic equivalent. */
function effort(day: FitbitDay, from: number, until: number): { level: number; mets: number } {
  let level = 0;
  for (let cell = from; cell < until; cell++) level = Math.max(level, day.level[cell]!);
  const basal = sum(day.basalKcal, from, until);
  return { level, mets: basal > 0 ? Math.round((10 * sum(day.kcal, from, until)) / basal) : 0 };
}

function dailySummary(call: ApiCall): unknown {
  const { view, units, switches } = call;
  const date = readDate(call.params["start"], view);
  const totals = totalsOf(view, date);
  const day = view.day(date);
  const exercises = exercisesOn(view, date);
  const distance = (meters: number) => round(distanceOf(meters, units), 2);
  const [sedentary, lightly, fairly, very] = totals.metersByLevel;
  const logged = exercises.map((exercise) => ({
    activity: kindOf(exercise).summaryName,
    distance: distance(reportedDistance(exercise, switches) ?? 0),
  }));
  const altimeter = !switches.withoutAltimeter.includes(view.person.id);
  const [minutesSedentary, minutesLightly, minutesFairly, minutesVery] = totals.minutesByLevel;
  const resting = view.restingHeartRate(date);
  return {
    activities: exercises.map((exercise) => summaryLog(call, date, exercise)),
    // Of days long gone, the goals are forgotten.
    goals: date >= addDays(view.today, -30) ? activityGoals(call, "daily") : undefined,
    summary: {
      activeScore: -1,
      activityCalories: Math.round(totals.activityKcal),
      caloriesBMR: Math.round(totals.basalKcal),
      caloriesOut: Math.round(totals.kcal),
      customHeartRateZones: day.worn ? [] : undefined,
      distances: [
        { activity: "total", distance: distance(totals.meters) },
        { activity: "tracker", distance: distance(totals.meters) },
        {
          activity: "loggedActivities",
          distance: round(
            logged.reduce((all, each) => all + each.distance, 0),
            2,
          ),
        },
        { activity: "veryActive", distance: distance(very) },
        { activity: "moderatelyActive", distance: distance(fairly) },
        { activity: "lightlyActive", distance: distance(lightly) },
        { activity: "sedentaryActive", distance: distance(sedentary) },
        ...logged,
      ],
      elevation: altimeter ? round(elevationOf(totals.climbMeters, units), 3) : undefined,
      fairlyActiveMinutes: minutesFairly,
      floors: altimeter ? totals.floors : undefined,
      heartRateZones: day.worn
        ? heartRateZones(zoneTimes(view.person, day, 0, day.elapsed), date, switches.lackingZoneKeys)
        : undefined,
      lightlyActiveMinutes: minutesLightly,
      marginalCalories: Math.round(totals.marginalKcal),
      restingHeartRate: resting ?? undefined,
      sedentaryMinutes: minutesSedentary,
      steps: totals.steps,
      veryActiveMinutes: minutesVery,
    },
  };
}

/** An exercise as a day's summary has it, and as the answer to its writing does. */
export function summaryLog({ view, units, switches }: ApiCall, date: string, exercise: Exercise) {
  const kind = kindOf(exercise);
  const meters = reportedDistance(exercise, switches);
  return {
    activityId: kind.detailId,
    activityParentId: kind.id,
    activityParentName: kind.name,
    calories: Math.round(exercise.energyKcal),
    description: "",
    distance: meters === null ? undefined : round(distanceOf(meters, units), 2),
    duration: exercise.endMs - exercise.startMs,
    hasActiveZoneMinutes: true,
    hasStartTime: true,
    isFavorite: false,
    lastModified: new Date(exercise.endMs + 120_000).toISOString(),
    logId: BigInt(exercise.id),
    name: kind.summaryName,
    startDate: date,
    startTime: view.clock(date, exercise.startMs).slice(11, 16),
    steps: exercise.steps ?? undefined,
  };
}

const LIFETIME_DAYS = 365;

/** Looks back a year only: that is enough to be a large number, and years of minutes would keep a test waiting. */
function lifetime(call: ApiCall): unknown {
  const { view, units } = call;
  const since = addDays(view.today, -LIFETIME_DAYS);
  const total = { caloriesOut: 0, meters: 0, floors: 0, steps: 0 };
  const best = { distance: { date: "", value: -1 }, floors: { date: "", value: -1 }, steps: { date: "", value: -1 } };
  const dates = datesBetween(since, view.today).filter((date) => date >= view.person.memberSince);
  for (const date of dates) {
    const day = totalsOf(view, date);
    total.caloriesOut += Math.round(day.kcal);
    total.meters += day.meters;
    total.floors += day.floors;
    total.steps += day.steps;
    const values = { distance: round(distanceOf(day.meters, units), 5), floors: day.floors, steps: day.steps };
    for (const key of ["distance", "floors", "steps"] as const) {
      if (day.worn && values[key] > best[key].value) best[key] = { date, value: values[key] };
    }
  }
  const { meters, ...counts } = total;
  const sums = { activeScore: -1, ...counts, distance: round(distanceOf(meters, units), 2) };
  const found = best.steps.date === "" ? {} : best;
  return { best: { total: found, tracker: found }, lifetime: { total: sums, tracker: sums } };
}

function unknownResource(resource: string) {
  return invalid("resource-path", `Invalid resource: ${resource}`);
}

function whole(value: number): string {
  return String(Math.round(value));
}

/** As Java writes a double: never without a decimal point. */
function double(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
