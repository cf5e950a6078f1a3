import { list } from "../../../http/json.js";
import { type Cell, cell } from "../../../model/cells.js";
import type { Field } from "../../../model/fields.js";
import type { OffsetRecord, SleepRecord, WorkoutRecord } from "../../../model/records.js";
import { eachDay, localDateOf } from "../../../model/time.js";
import { envelope, requiredList } from "../../kit/envelope.js";
import { page, readMembers, readRecords, readRows } from "../../kit/members.js";
import type { Call, Input } from "../../provider.js";
import { dayOfRecharge, courses as nightCourses, toCourse as toNightCourse, toRecharge } from "../mappers/recharge.js";
import {
  dayOfNight,
  type Night,
  nearestTo,
  offsetsOf,
  toHeartRates,
  toNight,
  toOffsetRecord,
} from "../mappers/sleep.js";
import { courseCells, courses, dayOfExercise, toCourse, toWorkout } from "../mappers/workout.js";
import { exercises, get, joined, type Parts, WINDOW_DAYS } from "./requests.js";

const trailing = { kind: "trailing", days: WINDOW_DAYS } as const;
/** Of uploads: what began later was uploaded later. */
const exerciseReach = { kind: "trailing", days: 30 } as const;

const nightFields = ["sleep.sessions", "sleep.offsets", "scores.SLEEP"] as const satisfies readonly Field[];
const heartFields = ["sleep.course:HEART_RATE", "heart.restingRate"] as const satisfies readonly Field[];

const sleep: Call = {
  name: "sleep",
  yields: [...nightFields, ...heartFields],
  reach: trailing,
  request: () => get("users/sleep"),
  read: (answer, input) => {
    const all = requiredList(envelope(answer, "sleep"), "nights");
    const offsetOn = offsetsOf(all);
    const { found, skipped } = readMembers<Night>(all, {
      fields: nightFields,
      read: (night) => toNight(night, offsetOn),
      dayOfUnread: dayOfNight,
    });
    const hearts = readRows(all, {
      fields: heartFields,
      read: (night) => toHeartRates(night, offsetOn),
      dayOfUnread: dayOfNight,
    });
    const nights = [...new Map(found.map((night) => [night.date, night])).values()];
    const cells = nights.flatMap(({ date, record, score }): Cell[] => [
      cell("sleep.sessions", date, [record]),
      ...(score ? [cell("scores.SLEEP", date, [score])] : []),
    ]);
    return page(input, {
      cells: [...cells, ...hearts.cells, ...offsetCells("sleep.offsets", input, nights.map(toOffsetRecord))],
      skipped: [...skipped, ...(hearts.skipped ?? [])],
    });
  },
};

const rechargeFields = [
  "heart.hrvRmssd",
  "vitals.respiratoryRate",
  "scores.READINESS",
] as const satisfies readonly Field[];

const rechargesIn = (answer: unknown) => requiredList(envelope(answer, "nightly-recharge"), "recharges");

const recharges: Call = {
  name: "nightly-recharge",
  yields: rechargeFields,
  reach: trailing,
  request: () => get("users/nightly-recharge"),
  read: (answer, input) =>
    page(
      input,
      readRows(rechargesIn(answer), { fields: rechargeFields, read: toRecharge, dayOfUnread: dayOfRecharge }),
    ),
};

const nightCourseFields = Object.keys(nightCourses) as (keyof typeof nightCourses)[];

/** The same address: only the courses need the nights. */
const rechargeCourses: Call = {
  name: "nightly-recharge courses",
  yields: [...rechargeFields, ...nightCourseFields],
  reach: trailing,
  needs: ["sleep.sessions"],
  request: () => get("users/nightly-recharge"),
  read: (answer, input, have) => {
    const nights = [...eachDay(input.from, input.to)].flatMap((day): readonly SleepRecord[] => {
      return have.value("sleep.sessions", day) ?? [];
    });
    const all = rechargesIn(answer);
    const figures = readRows(all, { fields: rechargeFields, read: toRecharge, dayOfUnread: dayOfRecharge });
    const of = nightCourseFields.map((field) =>
      readRows(all, {
        fields: [field],
        read: (recharge) => toNightCourse(recharge, field, nights),
        dayOfUnread: dayOfRecharge,
      }),
    );
    return page(input, joined([figures, ...of]));
  },
};

const workoutFields = ["workouts.workouts", "activity.offsets"] as const satisfies readonly Field[];

const workouts: Call = {
  name: "exercises",
  yields: workoutFields,
  reach: exerciseReach,
  sinceConnection: true,
  request: () => exercises("zones"),
  read: (answer, input) => page(input, workoutsIn(answer, input)),
};

const courseFields = Object.keys(courses) as (keyof typeof courses)[];

const workoutCourses: Call = {
  name: "exercises samples",
  yields: [...workoutFields, ...courseFields],
  reach: exerciseReach,
  sinceConnection: true,
  request: () => exercises("zones", "samples"),
  read: (answer, input) => {
    const of = courseFields.map((field): Parts => {
      const { found, skipped } = readMembers(list(answer, "exercises"), {
        fields: [field],
        read: (exercise) => toCourse(exercise, field),
        dayOfUnread: dayOfExercise,
      });
      return { cells: courseCells(field, found), skipped };
    });
    return page(input, joined([workoutsIn(answer, input), ...of]));
  },
};

export const recordCalls: readonly Call[] = [sleep, recharges, rechargeCourses, workouts, workoutCourses];

function workoutsIn(answer: unknown, input: Input): Parts {
  const all = list(answer, "exercises");
  const { cells, skipped } = readRecords<WorkoutRecord>(all, {
    field: "workouts.workouts",
    span: input,
    read: toWorkout,
    dayOf: ({ start }) => localDateOf(start),
    dayOfUnread: dayOfExercise,
  });
  const { found } = readMembers(all, { fields: [], read: toWorkout });
  const spans = found.map(({ id, start, end }): OffsetRecord => ({ id, start, end }));
  return { cells: [...cells, ...offsetCells("activity.offsets", input, spans)], skipped };
}

/** On each day the records that touch it, else the nearest one: a day on which none was made has an offset too. */
function offsetCells(
  field: "sleep.offsets" | "activity.offsets",
  { from, to }: Pick<Input, "from" | "to">,
  records: readonly OffsetRecord[],
): Cell[] {
  const dated = records.map((record) => ({ day: localDateOf(record.end), record }));
  return [...eachDay(from, to)].flatMap((day) => {
    const touching = records.filter(({ start, end }) => localDateOf(start) <= day && localDateOf(end) >= day);
    const near = touching.length > 0 ? [] : [nearestTo(day, dated)?.record ?? []].flat();
    const found = [...touching, ...near];
    return found.length > 0 ? [cell(field, day, found)] : [];
  });
}
