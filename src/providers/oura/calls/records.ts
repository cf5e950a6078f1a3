import { type Cell, cell, present } from "../../../model/cells.js";
import type { Field } from "../../../model/fields.js";
import type { CourseRecord, LocalDate, OffsetRecord } from "../../../model/records.js";
import { eachDay, localDateOf } from "../../../model/time.js";
import { vital } from "../../kit/figures.js";
import { page, readMembers, readRecords } from "../../kit/members.js";
import type { Call, Input, Skipped } from "../../provider.js";
import { dayOfNight, type Night, toNight, UNREADABLE } from "../mappers/sleep.js";
import { dayOfWorkout, toWorkout } from "../mappers/workout.js";
import { scopes } from "../scopes.js";
import { document, documents, LONGEST_DAYS, members, pageAfter } from "./requests.js";

const sleepFields = [
  "sleep.sessions",
  "sleep.course:HEART_RATE",
  "sleep.course:HRV_RMSSD",
  "sleep.offsets",
  "heart.restingRate",
  "heart.hrvRmssd",
  "vitals.respiratoryRate",
] as const satisfies readonly Field[];

const sleep: Call = {
  name: "sleep",
  yields: sleepFields,
  reach: { kind: "days", max: LONGEST_DAYS },
  scope: scopes.daily,
  request: (input) => documents("sleep", input),
  read: (answer, input, _have, asked) => {
    const { found, skipped } = readMembers<Night>(members(answer), {
      fields: sleepFields,
      read: (member) => toNight(document(member)),
      dayOfUnread: (member) => dayOfNight(document(member)),
    });
    const cells = [...eachDay(input.from, input.to)].flatMap((day) => [
      ...ofDay(
        day,
        found.filter(({ date }) => date === day),
      ),
      ...offsetsOf(day, found),
    ]);
    return page(input, { cells, skipped: [...skipped, ...unreadCourses(found, input)] }, pageAfter(asked, answer));
  },
};

/** The nights of one day, and the day's figures, which are those of its main sleep. */
function ofDay(day: LocalDate, nights: readonly Night[]): Cell[] {
  if (nights.length === 0) return [];
  const sorted = [...nights].sort((a, b) => Date.parse(a.record.start) - Date.parse(b.record.start));
  const [main, ...others] = sorted
    .filter(({ isLong }) => isLong)
    .sort((a, b) => (b.record.minutesInBed ?? 0) - (a.record.minutesInBed ?? 0));
  const sessions = sorted.map(({ record, id }) =>
    others.some((other) => other.id === id) ? { ...record, isMainSleep: false } : record,
  );
  return [
    cell("sleep.sessions", day, sessions),
    ...courses("sleep.course:HEART_RATE", day, sorted, ({ heartRates }) => heartRates),
    ...courses("sleep.course:HRV_RMSSD", day, sorted, ({ variability }) => variability),
    ...(main
      ? [
          ...present("heart.restingRate", day, main.record.lowestHeartRate),
          ...present("heart.hrvRmssd", day, main.hrvRmssd),
          ...vital("vitals.respiratoryRate", day, main.record.respiratoryRate ?? null, "MEASURED"),
        ]
      : []),
  ];
}

function courses(
  field: "sleep.course:HEART_RATE" | "sleep.course:HRV_RMSSD",
  day: LocalDate,
  nights: readonly Night[],
  of: (night: Night) => Night["heartRates"],
): Cell[] {
  const own = nights.flatMap((night): CourseRecord[] => {
    const series = of(night);
    return series === null || series === UNREADABLE ? [] : [{ id: night.id, series }];
  });
  return own.length === 0 ? [] : [cell(field, day, own)];
}

function unreadCourses(nights: readonly Night[], { from, to }: Input): Skipped[] {
  const skipped = (field: Field, { date: day }: Night): Skipped => ({
    ...{ field, day, reason: "PROVIDER_ERROR" },
    why: `${field} is no list of samples`,
  });
  return nights
    .filter(({ date }) => date >= from && date <= to)
    .flatMap((night) => [
      ...(night.heartRates === UNREADABLE ? [skipped("sleep.course:HEART_RATE", night)] : []),
      ...(night.variability === UNREADABLE ? [skipped("sleep.course:HRV_RMSSD", night)] : []),
    ]);
}

/** The sleeps that touch a day, those across its two midnights too: the request covers both. */
function offsetsOf(day: LocalDate, nights: readonly Night[]): Cell[] {
  const touching = nights.filter(({ record, date }) => localDateOf(record.start) <= day && date >= day);
  const spans = touching.map(({ record: { id, start, end } }): OffsetRecord => ({ id, start, end }));
  return spans.length === 0 ? [] : [cell("sleep.offsets", day, spans)];
}

const workouts: Call = {
  name: "workout",
  yields: ["workouts.workouts"],
  reach: { kind: "days", max: LONGEST_DAYS },
  scope: scopes.workout,
  request: (input) => documents("workout", input),
  read: (answer, input, _have, asked) => {
    const parts = readRecords(members(answer), {
      field: "workouts.workouts",
      span: input,
      read: (member) => toWorkout(document(member)),
      dayOf: ({ start }) => localDateOf(start),
      dayOfUnread: (member) => dayOfWorkout(document(member)),
    });
    return page(input, parts, pageAfter(asked, answer));
  },
};

export const recordCalls: readonly Call[] = [sleep, workouts];
