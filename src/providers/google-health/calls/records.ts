import { object, optionalList } from "../../../http/json.js";
import { type Cell, cell } from "../../../model/cells.js";
import type { LocalDate } from "../../../model/records.js";
import { eachDay, localDateOf } from "../../../model/time.js";
import type { Call } from "../../provider.js";
import { toBodyFat, toWeight } from "../mappers/body.js";
import { toSleep } from "../mappers/sleep.js";
import { toWorkout } from "../mappers/workout.js";
import { scopes } from "../scopes.js";
import { LARGEST_PAGE, LARGEST_SESSION_PAGE, pageAfter, reconcile } from "./requests.js";

/** What comes as one point each. The filters are on civil time, so that no zone is needed to name a day. */
export const recordCalls: readonly Call[] = [
  records({
    type: "sleep",
    // Sleep is found by its end alone, which is also whose day it belongs to.
    member: "interval.civil_end_time",
    field: "sleep.sessions",
    scope: scopes.sleep,
    reach: { kind: "pages", size: LARGEST_SESSION_PAGE, perDay: 1.2 },
    pageSize: LARGEST_SESSION_PAGE,
    toRecords: (point, zone) => [toSleep(point, zone)],
    dayOf: ({ end }) => localDateOf(end),
    toCell: (day, own) => cell("sleep.sessions", day, own),
  }),
  records({
    type: "exercise",
    member: "interval.civil_start_time",
    field: "workouts.workouts",
    scope: scopes.activity,
    reach: { kind: "pages", size: LARGEST_SESSION_PAGE, perDay: 1 },
    pageSize: LARGEST_SESSION_PAGE,
    toRecords: (point, zone) => [toWorkout(point, zone)],
    dayOf: ({ start }) => localDateOf(start),
    toCell: (day, own) => cell("workouts.workouts", day, own),
  }),
  records({
    type: "weight",
    member: "sample_time.civil_time",
    field: "body.weight",
    scope: scopes.measurements,
    reach: { kind: "days", max: 3650 },
    pageSize: LARGEST_PAGE,
    toRecords: toWeight,
    dayOf: ({ time }) => localDateOf(time ?? ""),
    toCell: (day, own) => cell("body.weight", day, own),
  }),
  records({
    type: "body-fat",
    member: "sample_time.civil_time",
    field: "body.fatPercentage",
    scope: scopes.measurements,
    reach: { kind: "days", max: 3650 },
    pageSize: LARGEST_PAGE,
    toRecords: toBodyFat,
    dayOf: ({ time }) => localDateOf(time ?? ""),
    toCell: (day, own) => cell("body.fatPercentage", day, own),
  }),
];

function records<R>(of: {
  readonly type: string;
  readonly member: string;
  readonly field: Call["yields"][number];
  readonly scope: string;
  readonly reach: Call["reach"];
  readonly pageSize: number;
  readonly toRecords: (point: unknown, zone: string | undefined) => readonly R[];
  readonly dayOf: (record: R) => LocalDate;
  readonly toCell: (day: LocalDate, own: readonly R[]) => Cell;
}): Call {
  return {
    name: `reconcile ${of.type}`,
    yields: [of.field],
    reach: of.reach,
    scope: of.scope,
    request: (input) => reconcile(of.type, of.member, input, of.pageSize),
    read: (answer, input, have, asked) => {
      // Only for points without an offset of their own, which are rare.
      const zone = have.value("profile.timeZone");
      const all = optionalList(object(answer, "answer")["dataPoints"]).flatMap((point) => of.toRecords(point, zone));
      const byDay = new Map<LocalDate, R[]>();
      for (const record of all) byDay.set(of.dayOf(record), [...(byDay.get(of.dayOf(record)) ?? []), record]);
      const cells = [...eachDay(input.from, input.to)].flatMap((day) => {
        // Newest first, as it came: a day reads forward.
        const own = byDay.get(day);
        return own ? [of.toCell(day, own.toReversed())] : [];
      });
      const next = pageAfter(asked, answer);
      return { cells, covers: next ? null : { from: input.from, to: input.to }, next };
    },
  };
}
