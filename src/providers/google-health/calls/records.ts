import { localDateOf } from "../../../model/time.js";
import type { Call } from "../../provider.js";
import { dayOfWeighing, toBodyFat, toWeight } from "../mappers/body.js";
import { dayOfLog, toDrink, toFood } from "../mappers/nutrition.js";
import { dayOfSleep, toSleep } from "../mappers/sleep.js";
import { dayOfWorkout, toWorkout } from "../mappers/workout.js";
import { scopes } from "../scopes.js";
import { points } from "./points.js";
import { LARGEST_PAGE, LARGEST_SESSION_PAGE } from "./requests.js";

/** Records that come as one point each. */
export const recordCalls: readonly Call[] = [
  points({
    type: "sleep",
    // Sleep can only be filtered by its end, which is also the day that it belongs to.
    member: "interval.civil_end_time",
    field: "sleep.sessions",
    scope: scopes.sleep,
    reach: { kind: "pages", size: LARGEST_SESSION_PAGE, perDay: 1.2 },
    pageSize: LARGEST_SESSION_PAGE,
    toRecords: toSleep,
    dayOfUnread: dayOfSleep,
    dayOf: ({ end }) => localDateOf(end),
  }),
  points({
    type: "exercise",
    member: "interval.civil_start_time",
    field: "workouts.workouts",
    scope: scopes.activity,
    reach: { kind: "pages", size: LARGEST_SESSION_PAGE, perDay: 1 },
    pageSize: LARGEST_SESSION_PAGE,
    toRecords: toWorkout,
    dayOfUnread: dayOfWorkout,
    dayOf: ({ start }) => localDateOf(start),
  }),
  points({
    type: "weight",
    member: "sample_time.civil_time",
    field: "body.weight",
    scope: scopes.measurements,
    reach: { kind: "days", max: 3650 },
    pageSize: LARGEST_PAGE,
    toRecords: toWeight,
    dayOfUnread: (point) => dayOfWeighing(point, "weight"),
    dayOf: ({ time }) => localDateOf(time ?? ""),
  }),
  points({
    type: "body-fat",
    member: "sample_time.civil_time",
    field: "body.fatPercentage",
    scope: scopes.measurements,
    reach: { kind: "days", max: 3650 },
    pageSize: LARGEST_PAGE,
    toRecords: toBodyFat,
    dayOfUnread: (point) => dayOfWeighing(point, "bodyFat"),
    dayOf: ({ time }) => localDateOf(time ?? ""),
  }),
  points({
    type: "nutrition-log",
    member: "interval.civil_start_time",
    field: "nutrition.foods",
    scope: scopes.nutrition,
    reach: { kind: "pages", size: LARGEST_PAGE, perDay: 8 },
    pageSize: LARGEST_PAGE,
    toRecords: toFood,
    dayOfUnread: dayOfLog("nutritionLog"),
    dayOf: ({ time }) => localDateOf(time ?? ""),
  }),
  points({
    type: "hydration-log",
    member: "interval.civil_start_time",
    field: "nutrition.drinks",
    scope: scopes.nutrition,
    reach: { kind: "pages", size: LARGEST_PAGE, perDay: 6 },
    pageSize: LARGEST_PAGE,
    toRecords: toDrink,
    dayOfUnread: dayOfLog("hydrationLog"),
    dayOf: ({ time }) => localDateOf(time ?? ""),
  }),
];
