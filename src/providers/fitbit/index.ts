import { UnreadableAnswer } from "../../http/json.js";
import type { Have } from "../../model/cells.js";
import type { ActivitySamplesField, Field, HeartSamplesField } from "../../model/fields.js";
import type { ActivityMetric, LocalDate, Resolution, SleepRecord, WorkoutRecord } from "../../model/records.js";
import { addDays, localDateOf } from "../../model/time.js";
import { envelope, omittableList, requiredList } from "../kit/envelope.js";
import { isUnreadable, page, readRecords } from "../kit/members.js";
import type { ApiRequest, Call, Input, Provider, ReadPage } from "../provider.js";
import { type DayFigure, toActiveZoneMinutes, toDayFigures } from "./mappers/activity-series.js";
import { summaryZones, toDailySummary } from "./mappers/daily-summary.js";
import { toDevices } from "./mappers/devices.js";
import {
  type GoalField,
  type Goals,
  toActivityGoals,
  toFatGoal,
  toFoodGoal,
  toSleepGoal,
  toWaterGoal,
  toWeightGoal,
} from "./mappers/goals.js";
import { toHeartDays, toHrv } from "./mappers/heart.js";
import { rawProfile, toProfile } from "./mappers/profile.js";
import { kmToMetres } from "./mappers/raw.js";
import { toSamples } from "./mappers/samples.js";
import { dayOfSleep, refuseGoingOn, toSleep } from "./mappers/sleep.js";
import { toWeighings } from "./mappers/weighing.js";
import { dayOfWorkout, toWorkout } from "./mappers/workout.js";
import { nutritionCalls } from "./nutrition-calls.js";
import { hourlyBudget, isPending, outcome, retiredMessage } from "./outcome.js";
import { fitbitRecords } from "./records.js";
import { asStandard } from "./token-answer.js";
import { nextPage, vitalCalls } from "./vital-calls.js";
import { fitbitWebhook } from "./webhook.js";

/*
 * https://dev.fitbit.com/build/reference/web-api/
 * Accept-Language is never sent: without it all figures are metric, whatever units the person prefers.
 */

const get = (path: string, query?: ApiRequest["query"]): ApiRequest => ({
  method: "GET",
  path,
  ...(query && { query }),
});
const zoneOf = (have: Have): string | undefined => have.value("profile.timeZone");

/** Each call reads one line of the activity series: no other call covers so many days in one request. */
const series = (resource: string, field: DayFigure, maxDays: number, convert?: (given: number) => number): Call => ({
  name: `${resource}-series`,
  yields: [field],
  reach: { kind: "days", max: maxDays },
  scope: "activity",
  request: ({ from, to }) => get(`/1/user/-/activities/${resource}/date/${from}/${to}.json`),
  read: (answer, input) => page(input, toDayFigures(answer, resource, field, convert)),
});

const details = { ONE_SECOND: "1sec", ONE_MINUTE: "1min", FIVE_MINUTES: "5min", FIFTEEN_MINUTES: "15min" } as const;

/** Samples of one measure over one day: in an answer for two days, the days could not be told apart. */
const activitySamples = (resource: string, metric: ActivityMetric, convert?: (given: number) => number): Call[] =>
  (["ONE_MINUTE", "FIVE_MINUTES", "FIFTEEN_MINUTES"] as const).map((resolution: Resolution): Call => {
    const field: ActivitySamplesField = `activity.samples:${metric}:${resolution}`;
    return {
      name: `${resource}-${details[resolution]}`,
      yields: [field],
      reach: { kind: "days", max: 1 },
      scope: "activity",
      needs: ["profile.timeZone"],
      request: ({ from }) => get(`/1/user/-/activities/${resource}/date/${from}/1d/${details[resolution]}.json`),
      read: (answer, input, have) => {
        const samples = toSamples(answer, resource, field, input.from, zoneOf(have), { join: "sum", convert });
        return page(input, samples);
      },
    };
  });

const heartSamples = (["ONE_SECOND", "ONE_MINUTE", "FIVE_MINUTES", "FIFTEEN_MINUTES"] as const).map(
  (resolution): Call => {
    const field: HeartSamplesField = `heart.samples:${resolution}`;
    // One point every 1 to 15 seconds, so no step.
    const asRecorded = resolution === "ONE_SECOND";
    return {
      name: `heart-${details[resolution]}`,
      // The day's resting rate is in the answer too, but is not read here: most apps may not ask for samples, and a
      // refusal must not cost the resting rate.
      yields: [field],
      reach: { kind: "days", max: 1 },
      scope: "heartrate",
      needs: ["profile.timeZone"],
      request: ({ from }) => get(`/1/user/-/activities/heart/date/${from}/1d/${details[resolution]}.json`),
      read: (answer, input, have) => {
        const samples = toSamples(answer, "heart", field, input.from, zoneOf(have), { join: "average", asRecorded });
        return page(input, samples);
      },
    };
  },
);

/** An undated call whose answer is one list. */
const goals = (
  name: string,
  path: string,
  field: GoalField,
  scope: string,
  toGoals: (answer: unknown) => Goals,
): Call => ({
  name,
  yields: [field],
  reach: { kind: "once" },
  scope,
  request: () => get(path),
  read: (answer, input) => page(input, toGoals(answer)),
});

const profileFields = [
  "profile.displayName",
  "profile.givenName",
  "profile.familyName",
  "profile.dateOfBirth",
  "profile.sex",
  "profile.height",
  "profile.weight",
  "profile.avatarUrl",
  "profile.timeZone",
  "profile.utcOffsetSeconds",
  "profile.locale",
  "profile.memberSince",
] as const satisfies readonly Field[];

const calls: readonly Call[] = [
  {
    name: "profile",
    yields: profileFields,
    reach: { kind: "once" },
    scope: "profile",
    request: () => get("/1/user/-/profile.json"),
    read: (answer, input) => page(input, { cells: toProfile(answer) }),
  },
  {
    name: "devices",
    yields: ["devices.devices"],
    reach: { kind: "once" },
    scope: "settings",
    needs: ["profile.timeZone"],
    request: () => get("/1/user/-/devices.json"),
    read: (answer, input, have) => page(input, toDevices(answer, zoneOf(have))),
  },
  goals("goals-daily", "/1/user/-/activities/goals/daily.json", "goals.daily", "activity", (answer) =>
    toActivityGoals(answer, "DAILY"),
  ),
  goals("goals-weekly", "/1/user/-/activities/goals/weekly.json", "goals.weekly", "activity", (answer) =>
    toActivityGoals(answer, "WEEKLY"),
  ),
  goals("goal-weight", "/1/user/-/body/log/weight/goal.json", "goals.weight", "weight", toWeightGoal),
  goals("goal-fat", "/1/user/-/body/log/fat/goal.json", "goals.bodyFat", "weight", toFatGoal),
  goals("goal-sleep", "/1.2/user/-/sleep/goal.json", "goals.sleep", "sleep", toSleepGoal),
  goals("goal-food", "/1/user/-/foods/log/goal.json", "goals.energyConsumed", "nutrition", toFoodGoal),
  goals("goal-water", "/1/user/-/foods/log/water/goal.json", "goals.water", "nutrition", toWaterGoal),

  {
    // One day with every figure. A series has one figure for every day.
    name: "daily-summary",
    yields: [
      "activity.steps",
      "activity.distance",
      "activity.energyBurned",
      "activity.activeEnergyBurned",
      "activity.basalEnergyBurned",
      "activity.floors",
      "activity.elevation",
      "activity.sedentaryMinutes",
      "activity.lightlyActiveMinutes",
      "activity.moderatelyActiveMinutes",
      "activity.veryActiveMinutes",
      "heart.restingRate",
      ...summaryZones,
    ],
    reach: { kind: "days", max: 1 },
    scope: "activity",
    request: ({ from }) => get(`/1/user/-/activities/date/${from}.json`),
    read: (answer, input) => page(input, { cells: toDailySummary(answer, input.from) }),
  },
  series("steps", "activity.steps", 1095),
  series("distance", "activity.distance", 1095, kmToMetres),
  series("calories", "activity.energyBurned", 1095),
  series("activityCalories", "activity.activeEnergyBurned", 30),
  series("caloriesBMR", "activity.basalEnergyBurned", 1095),
  series("floors", "activity.floors", 1095),
  series("elevation", "activity.elevation", 1095),
  series("minutesSedentary", "activity.sedentaryMinutes", 1095),
  series("minutesLightlyActive", "activity.lightlyActiveMinutes", 1095),
  series("minutesFairlyActive", "activity.moderatelyActiveMinutes", 1095),
  series("minutesVeryActive", "activity.veryActiveMinutes", 1095),
  {
    name: "active-zone-minutes-series",
    yields: ["activity.activeZoneMinutes"],
    reach: { kind: "days", max: 1095 },
    scope: "activity",
    request: ({ from, to }) => get(`/1/user/-/activities/active-zone-minutes/date/${from}/${to}.json`),
    read: (answer, input) => page(input, toActiveZoneMinutes(answer)),
  },
  ...activitySamples("steps", "STEPS"),
  ...activitySamples("distance", "DISTANCE", kmToMetres),
  ...activitySamples("calories", "ENERGY_BURNED"),
  ...activitySamples("floors", "FLOORS"),
  ...activitySamples("elevation", "ELEVATION"),

  {
    name: "heart-series",
    yields: ["heart.restingRate", "heart.zones.bounds", "heart.zones.minutes", "heart.zones.energyBurned"],
    // The limit is "one year". 365 days are within it in every year.
    reach: { kind: "days", max: 365 },
    scope: "heartrate",
    request: ({ from, to }) => get(`/1/user/-/activities/heart/date/${from}/${to}.json`),
    read: (answer, input) => page(input, toHeartDays(answer)),
  },
  ...heartSamples,
  {
    name: "hrv",
    yields: ["heart.hrvRmssd"],
    reach: { kind: "days", max: 30 },
    scope: "heartrate",
    request: ({ from, to }) => get(`/1/user/-/hrv/date/${from}/${to}.json`),
    read: (answer, input) => page(input, toHrv(answer)),
  },

  {
    name: "sleep",
    yields: ["sleep.sessions"],
    reach: { kind: "days", max: 100 },
    scope: "sleep",
    needs: ["profile.timeZone"],
    request: ({ from, to }) => get(`/1.2/user/-/sleep/date/${from}/${to}.json`),
    read: readSleep,
  },

  {
    // Not the body series: it repeats the last weighing on every later day.
    name: "weight",
    yields: ["body.weight", "body.bodyMassIndex"],
    reach: { kind: "days", max: 31 },
    scope: "weight",
    needs: ["profile.timeZone"],
    request: ({ from, to }) => get(`/1/user/-/body/log/weight/date/${from}/${to}.json`),
    read: (answer, input, have) => {
      const logs = requiredList(envelope(answer, "weight answer"), "weight");
      const weight = toWeighings(logs, "body.weight", input, zoneOf(have));
      const index = toWeighings(logs, "body.bodyMassIndex", input, zoneOf(have));
      return page(input, {
        cells: [...weight.cells, ...index.cells],
        skipped: [...(weight.skipped ?? []), ...(index.skipped ?? [])],
      });
    },
  },
  {
    name: "fat",
    yields: ["body.fatPercentage"],
    reach: { kind: "days", max: 30 },
    scope: "weight",
    needs: ["profile.timeZone"],
    request: ({ from, to }) => get(`/1/user/-/body/log/fat/date/${from}/${to}.json`),
    read: (answer, input, have) => {
      const logs = requiredList(envelope(answer, "fat answer"), "fat");
      return page(input, toWeighings(logs, "body.fatPercentage", input, zoneOf(have)));
    },
  },

  {
    name: "exercises",
    yields: ["workouts.workouts"],
    reach: { kind: "pages", size: 100, perDay: 1 },
    scope: "activity",
    request: ({ from }) =>
      get("/1/user/-/activities/list.json", { afterDate: from, sort: "asc", offset: 0, limit: 100 }),
    read: readWorkouts,
  },
  ...vitalCalls,
  ...nutritionCalls,
];

function readSleep(answer: unknown, input: Input, have: Have): ReadPage {
  const zone = zoneOf(have);
  // Fitbit guarantees the zone. Without it the time of a night would be a guess.
  if (zone === undefined) throw new UnreadableAnswer("profile.timeZone is needed to date a night");
  const whole = envelope(answer, "sleep answer");
  const computing = isPending(answer);
  const logs = computing ? omittableList(whole, "sleep") : requiredList(whole, "sleep");
  // Only new nights can still be in computation.
  const newest = addDays(input.today, 1 - fitbit.revision.days);
  const days = new Map<string, LocalDate>();
  const nights = readRecords<SleepRecord>(logs, {
    field: "sleep.sessions",
    span: input,
    read: (log) => {
      refuseGoingOn(log, input.today);
      const day = dayOfSleep(log);
      const night = toSleep(log, { zone, computing: computing && day >= newest });
      days.set(night.id, day);
      return night;
    },
    dayOf: ({ id }) => days.get(id)!,
    dayOfUnread: dayOfSleep,
  });
  // While a night is being computed, a day without a night may still get one.
  return { covers: computing ? null : { from: input.from, to: input.to }, ...nights };
}

/**
 * The list begins at `afterDate` (inclusive) and has no end, so reading stops at the first page that leads past the
 * range. One day more is read for travellers: in another zone, a later workout can be of an earlier day.
 */
function readWorkouts(answer: unknown, input: Input): ReadPage {
  const whole = envelope(answer, "exercises");
  const logs = requiredList(whole, "activities");
  const workouts = readRecords<WorkoutRecord>(logs, {
    field: "workouts.workouts",
    span: input,
    read: toWorkout,
    dayOf: ({ start }) => localDateOf(start),
    dayOfUnread: dayOfWorkout,
  });
  // A day in the future is an error of its record, and does not show how far the page leads.
  const last = logs.map(dayIfTold).findLast((day) => day !== null && day <= addDays(input.today, 1));
  const leadsPast = !!last && last > addDays(input.to, 1);
  const next =
    logs.length > 0 && !leadsPast ? nextPage(whole["pagination"], "/1/user/-/activities/list.json") : undefined;
  return page(input, workouts, next);
}

function dayIfTold(log: unknown): LocalDate | null {
  try {
    return dayOfWorkout(log);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return null;
  }
}

export const fitbit: Provider<"FITBIT", "GOOGLE_HEALTH"> = {
  id: "FITBIT",
  slug: "fitbit",
  name: "Fitbit",
  apiUrl: "https://api.fitbit.com",
  oauth: {
    authorizeUrl: "https://www.fitbit.com/oauth2/authorize",
    tokenUrl: "https://api.fitbit.com/oauth2/token",
    revocation: { kind: "token", url: "https://api.fitbit.com/oauth2/revoke", in: "form" },
    clientAuth: "basic",
    pkce: true,
    scopeSeparator: " ",
    // The profile has the zone, without which no time can be computed.
    baseScopes: ["profile"],
    scopesAreEnforced: true,
    refresh: "rotating",
    // Within two minutes the same refresh gives the same answer, so it can be repeated if the answer was lost.
    refreshRepeatSeconds: 120,
    userIdKey: "user_id",
    asStandard,
  },
  settings: [
    {
      name: "SUBSCRIBER_ID",
      description: "Which subscriber of the portal notifications go to; without it, the default one.",
      optional: true,
    },
    { name: "VERIFICATION_CODE", description: "The code that the portal shows for the subscriber.", secret: true },
  ],
  retired: { since: "2026-11-02", successor: "GOOGLE_HEALTH", message: retiredMessage },
  // The variability is that of the main sleep. How the resting rate is found is Fitbit's own.
  methods: { restingRate: "PROVIDER", hrv: "NIGHT", distance: "MEASURED" },
  afterConsent: [
    {
      name: "profile",
      scope: "profile",
      required: true,
      identifies: true,
      request: () => get("/1/user/-/profile.json"),
      read: (answer) => {
        const { encodedId } = rawProfile(answer);
        if (typeof encodedId !== "string" || encodedId === "") throw new UnreadableAnswer("user.encodedId is missing");
        return { providerUserId: encodedId, cells: toProfile(answer) };
      },
    },
  ],
  budgets: [hourlyBudget],
  // Devices sync about every 15 minutes and rewrite the last days. A sync notification reports later changes.
  revision: { days: 3, freshSeconds: 900 },
  calls,
  records: fitbitRecords,
  outcome,
  webhook: fitbitWebhook,
};
