import type { PersonWorkout } from "../person.js";
import { type ApiCall, type ApiRoute, reads } from "./call.js";
import { DEVICE_FEATURES, deviceOf } from "./device.js";
import { fail } from "./errors.js";
import { chance, round, scramble } from "./json.js";
import { type Listed, listPage, pagination } from "./listing.js";
import { addDays } from "./local-time.js";
import { readList } from "./params.js";
import type { FitbitSwitches } from "./switches.js";
import { tcx } from "./tcx.js";
import { distanceOf, elevationOf } from "./units.js";
import type { View } from "./view.js";
import type { Exercise } from "./written.js";
import { heartRateZones, zoneTimes } from "./zones.js";

interface ExerciseKind {
  /** The family, as the exercise list names it. */
  readonly id: number;
  readonly name: string;
  /** Often a finer kind, as the daily summary names it. */
  readonly detailId: number;
  readonly summaryName: string;
}

export const exerciseKinds: Readonly<Record<PersonWorkout["kind"], ExerciseKind>> = {
  walk: { id: 90013, name: "Walk", detailId: 17152, summaryName: "Walk" },
  run: { id: 90009, name: "Run", detailId: 12120, summaryName: "Run" },
  bike: { id: 90001, name: "Bike", detailId: 90001, summaryName: "Bike" },
  swim: { id: 90024, name: "Swim", detailId: 58002, summaryName: "Swimming" },
  yoga: { id: 52001, name: "Yoga", detailId: 52001, summaryName: "Yoga" },
  strength: { id: 2131, name: "Weights", detailId: 2131, summaryName: "Weights" },
  hike: { id: 90012, name: "Hike", detailId: 90012, summaryName: "Hike" },
};

const LIST_LIMIT = 100;
const POOL_METERS = 25;
const FLOOR_METERS = 3.048;
const LEVEL_NAMES = ["sedentary", "lightly", "fairly", "very"];
const ZONE_TYPES = ["OUT_OF_ZONE", "FAT_BURN", "CARDIO", "PEAK"];

export const exerciseRoutes: readonly ApiRoute[] = [
  reads("/1/user/:user/activities/list.json", "activity", list),
  {
    path: "/1/user/:user/activities/:logId.tcx",
    scopes: ["activity", "location"],
    contentType: "application/vnd.garmin.tcx+xml;charset=UTF-8",
    answer: track,
  },
];

/** What an activity is called; one that a client has named is its user's own. */
export function kindOf({ kind, manualName }: Exercise): ExerciseKind {
  if (manualName === undefined) return exerciseKinds[kind];
  const id = 100_000 + (scramble(manualName) % 900_000);
  return { id, name: manualName, detailId: id, summaryName: manualName };
}

export function exercisesOn(view: View, date: string): readonly Exercise[] {
  return view.workouts(date);
}

/** A walk that the device noticed by itself: it knows neither its source nor how far it went. */
function wasDetected(exercise: Exercise, switches: FitbitSwitches): boolean {
  return (
    !exercise.manual && switches.detectedWalks && exercise.kind === "walk" && chance(`detected ${exercise.id}`) < 0.4
  );
}

/** In metres; null where the log does not tell. */
export function reportedDistance(exercise: Exercise, switches: FitbitSwitches): number | null {
  return wasDetected(exercise, switches) ? null : exercise.distanceMeters;
}

function list(call: ApiCall): unknown {
  const query = readList(call, LIST_LIMIT);
  const { items, more } = listPage(call, query, (date) => listed(call.view, date));
  return {
    activities: items.map(({ date, exercise }) => toLog(call, date, exercise)),
    pagination: pagination(call, "/1/user/-/activities/list.json", query, more),
  };
}

function listed(view: View, date: string): Listed<{ date: string; exercise: Exercise }>[] {
  return view.workouts(date).map((exercise) => ({
    item: { date, exercise },
    date,
    localStart: view.clock(date, exercise.startMs),
  }));
}

function toLog(call: ApiCall, date: string, exercise: Exercise): object {
  const { view, units, switches } = call;
  const day = view.day(date);
  const kind = kindOf(exercise);
  const from = view.cellAt(date, exercise.startMs);
  const until = Math.max(from + 1, view.cellAt(date, exercise.endMs));
  const times = zoneTimes(view.person, day, from, until);
  const weight = (multiplier: number) => (switches.weightedZoneMinutes ? multiplier : Math.min(1, multiplier));
  const startTime = view.clockWithOffset(date, exercise.startMs);
  const duration = exercise.endMs - exercise.startMs;
  const activeSeconds = exercise.activeSeconds;
  const meters = reportedDistance(exercise, switches);
  const distance = meters === null ? null : round(distanceOf(meters, units), 6);
  const detected = wasDetected(exercise, switches);
  const swim = exercise.kind === "swim";
  const time = (ms: number) => view.clock(date, ms).slice(11, 19);
  const links = `${call.origin}/1/user/-/activities`;
  // A swimmer's wrist shows no pulse that could be trusted.
  const heart =
    exercise.averageHeartRate === null || swim
      ? {}
      : {
          averageHeartRate: exercise.averageHeartRate,
          heartRateLink: `${links}/heart/date/${date}/${date}/1sec/time/${time(exercise.startMs)}/${time(exercise.endMs)}.json`,
          heartRateZones: heartRateZones(times, date, false),
          tcxLink: `${links}/${exercise.id}.tcx`,
        };
  let climbed = 0;
  const levels = [0, 0, 0, 0];
  for (let cell = from; cell < until; cell++) {
    climbed += day.climbMeters[cell]!;
    levels[day.level[cell]!]!++;
  }
  return {
    activeDuration: activeSeconds * 1000,
    activeZoneMinutes: {
      minutesInHeartRateZones: times.map(({ name, minutes, multiplier }, order) => ({
        minuteMultiplier: multiplier,
        minutes,
        order,
        type: ZONE_TYPES[order],
        zoneName: name,
      })),
      totalMinutes: times.reduce((total, { minutes, multiplier }) => total + minutes * weight(multiplier), 0),
    },
    activityLevel: levels.map((minutes, level) => ({ minutes, name: LEVEL_NAMES[level] })),
    activityName: kind.name,
    activityTypeId: kind.id,
    ...heart,
    calories: Math.round(exercise.energyKcal),
    caloriesLink: `${links}/calories/date/${date}/${date}/1min/time/${time(exercise.startMs).slice(0, 5)}/${time(exercise.endMs).slice(0, 5)}.json`,
    ...(distance === null
      ? {}
      : {
          distance,
          distanceUnit: units === "en_US" ? "Mile" : "Kilometer",
          pace: activeSeconds / distance,
          speed: (distance * 3600) / activeSeconds,
        }),
    duration,
    elevationGain: round(elevationOf(Math.round(climbed / FLOOR_METERS) * FLOOR_METERS, units), 3),
    hasActiveZoneMinutes: true,
    hasGps: !detected && !exercise.manual && ["run", "bike", "hike"].includes(exercise.kind),
    inProgress: false,
    lastModified: new Date(exercise.endMs + 120_000).toISOString(),
    logId: BigInt(exercise.id),
    logType: exercise.manual ? "manual" : detected ? "auto_detected" : "tracker",
    manualValuesSpecified: {
      calories: exercise.manual ?? false,
      distance: (exercise.manual ?? false) && distance !== null,
      steps: false,
    },
    originalDuration: duration,
    originalStartTime: startTime,
    ...(detected ? {} : { source: exercise.manual ? appSource(call.clientId) : source(view) }),
    startTime,
    ...(exercise.steps === null ? {} : { steps: exercise.steps }),
    ...(swim && meters !== null
      ? { poolLength: POOL_METERS, poolLengthUnit: "Meter", swimLengths: Math.round(meters / POOL_METERS) }
      : {}),
  };
}

function source(view: View): object {
  const { id, model } = deviceOf(view.person);
  return { id, name: model, trackerFeatures: DEVICE_FEATURES, type: "tracker", url: "https://www.fitbit.com/" };
}

function appSource(clientId: string): object {
  return { id: clientId, name: "Pulsegate", trackerFeatures: [], type: "app", url: "https://example.invalid/" };
}

/** Read day by day from the newest: a client that asks for a track has just seen the log in a list. */
function track(call: ApiCall): unknown {
  const { view } = call;
  const id = call.params["logId"] ?? "";
  for (let date = view.today; date >= view.person.memberSince; date = addDays(date, -1)) {
    const exercise = view.workouts(date).find((workout) => workout.id === id);
    if (exercise)
      return tcx(view, date, exercise, deviceOf(view.person).model, call.query.get("includePartialTCX") === "true");
  }
  throw fail(404, "not_found", `Activity log ${id} not found`, "log-id");
}
