import type { Field } from "../../../model/fields.js";
import type { LocalDate } from "../../../model/records.js";
import { localDateOf } from "../../../model/time.js";
import { envelope, omittableList } from "../../kit/envelope.js";
import { page, readRecords } from "../../kit/members.js";
import type { Call } from "../../provider.js";
import { dayOfWeighing, toBodyFat, toWeight } from "../mappers/body.js";
import { dayOfLog, toDrink, toFood } from "../mappers/nutrition.js";
import { dayOfSleep, toSleep } from "../mappers/sleep.js";
import { dayOfWorkout, toWorkout } from "../mappers/workout.js";
import { scopes } from "../scopes.js";
import { LARGEST_PAGE, LARGEST_SESSION_PAGE, pageAfter, reconcile } from "./requests.js";

/** Records that come as one point each. The filters use civil time, so that a day can be named without a zone. */
export const recordCalls: readonly Call[] = [
  records({
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
  records({
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
  records({
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
  records({
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
  records({
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
  records({
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

function records<R extends { readonly id: string }>(of: {
  readonly type: string;
  readonly member: string;
  readonly field: Field;
  readonly scope: string;
  readonly reach: Call["reach"];
  readonly pageSize: number;
  readonly toRecords: (point: unknown, zone: string | undefined, today: LocalDate) => R | readonly R[];
  readonly dayOfUnread: (point: unknown, zone: string | undefined) => LocalDate | null;
  readonly dayOf: (record: R) => LocalDate;
}): Call {
  return {
    name: `reconcile ${of.type}`,
    yields: [of.field],
    reach: of.reach,
    scope: of.scope,
    request: (input) => reconcile(of.type, of.member, input, of.pageSize),
    read: (answer, input, have, asked) => {
      // Needed only for points without an offset of their own, which are rare.
      const zone = have.value("profile.timeZone");
      const parts = readRecords<R>(omittableList(envelope(answer), "dataPoints"), {
        field: of.field,
        span: input,
        read: (point) => of.toRecords(point, zone, input.today),
        dayOf: of.dayOf,
        dayOfUnread: (point) => of.dayOfUnread(point, zone),
      });
      return page(input, parts, pageAfter(asked, answer));
    },
  };
}
