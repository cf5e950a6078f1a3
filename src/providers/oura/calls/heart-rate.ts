import { type Cell, cell, type Have } from "../../../model/cells.js";
import type { LocalDate, WorkoutRecord } from "../../../model/records.js";
import { addDays, eachDay, instantOf } from "../../../model/time.js";
import { page, readMembers } from "../../kit/members.js";
import type { ApiRequest, Call, Input } from "../../provider.js";
import {
  activityByDay,
  inOrder,
  midnightOf,
  type Offsets,
  type Sample,
  toCourse,
  toDay,
  toSample,
} from "../mappers/heart-rate.js";
import { scopes } from "../scopes.js";
import { collection, members, pageAfter } from "./requests.js";

/** More than 30 days are refused. A day of travel may be longer than 24 hours, so that one day is left over. */
const LONGEST_DAYS = 29;

/** As recorded: about every five minutes, more often within workouts. */
const throughTheDay: Call = {
  name: "heartrate",
  yields: ["heart.samples:ONE_SECOND"],
  reach: { kind: "days", max: LONGEST_DAYS },
  scope: scopes.heartRate,
  // Samples are in UTC. Which day they are of follows from the records of the same days.
  needs: ["activity.offsets", "sleep.offsets"],
  request: ({ from, to }, _fields, have) => {
    const offsets = offsetsIn({ from, to }, have);
    return between(instantOf(midnightOf(from, offsets)), instantOf(midnightOf(addDays(to, 1), offsets)));
  },
  read: (answer, input, have, asked) => {
    const { samples, skipped } = samplesIn(answer, "heart.samples:ONE_SECOND");
    const offsets = offsetsIn(input, have);
    const cells = [...eachDay(input.from, input.to)].flatMap((day): Cell[] => {
      const series = toDay(samples, midnightOf(day, offsets), instantOf(midnightOf(addDays(day, 1), offsets)));
      return series === null ? [] : [cell("heart.samples:ONE_SECOND", day, series)];
    });
    return page(input, { cells, skipped }, pageAfter(asked, answer));
  },
};

/** A workout has no heart rates of its own: they are the samples within it. */
const throughWorkouts: Call = {
  name: "heartrate of workouts",
  yields: ["workouts.course:HEART_RATE"],
  reach: { kind: "days", max: LONGEST_DAYS },
  scope: scopes.heartRate,
  needs: ["workouts.workouts"],
  request: (input, _fields, have) => {
    const workouts = workoutsIn(input, have).flatMap(({ own }) => own);
    if (workouts.length === 0) return between(Date.parse(input.from), Date.parse(input.from));
    const ends = workouts.flatMap(({ start, end }) => [instantOf(start), instantOf(end)]);
    return between(Math.min(...ends), Math.max(...ends) + 1000);
  },
  read: (answer, input, have, asked) => {
    const { samples, skipped } = samplesIn(answer, "workouts.course:HEART_RATE");
    const cells = workoutsIn(input, have).flatMap(({ day, own }): Cell[] => {
      const courses = own.flatMap((workout) => toCourse(samples, workout) ?? []);
      return courses.length === 0 ? [] : [cell("workouts.course:HEART_RATE", day, courses)];
    });
    return page(input, { cells, skipped }, pageAfter(asked, answer));
  },
};

export const heartRateCalls: readonly Call[] = [throughTheDay, throughWorkouts];

function between(start: number, end: number): ApiRequest {
  const text = (at: number) => new Date(at).toISOString().replace(".000Z", "Z");
  return collection("heartrate", { start_datetime: text(start), end_datetime: text(end) });
}

function samplesIn(answer: unknown, field: "heart.samples:ONE_SECOND" | "workouts.course:HEART_RATE") {
  // Wrapped in an object, since a sample is itself a list.
  const read = (member: unknown) => toSample(member).map((sample): { readonly sample: Sample } => ({ sample }));
  const { found, skipped } = readMembers(members(answer), { fields: [field], read });
  return { samples: inOrder(found.map(({ sample }) => sample)), skipped };
}

function offsetsIn({ from, to }: Pick<Input, "from" | "to">, have: Have): Offsets {
  const days = [...eachDay(from, to)];
  return {
    sleeps: days.flatMap((day) => have.value("sleep.offsets", day) ?? []),
    activity: activityByDay(days.flatMap((day) => have.value("activity.offsets", day) ?? [])),
  };
}

function workoutsIn(
  { from, to }: Input,
  have: Have,
): { readonly day: LocalDate; readonly own: readonly WorkoutRecord[] }[] {
  return [...eachDay(from, to)].map((day) => ({ day, own: have.value("workouts.workouts", day) ?? [] }));
}
