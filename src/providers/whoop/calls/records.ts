import { type Cell, cell, type Have } from "../../../model/cells.js";
import type { Field } from "../../../model/fields.js";
import type { LocalDate, ScoreRecord, SleepRecord, WakingDay, WorkoutRecord } from "../../../model/records.js";
import { addDays, eachDay, localDateOf } from "../../../model/time.js";
import { envelope, requiredList } from "../../kit/envelope.js";
import { page, readMembers, readRecords, readRows } from "../../kit/members.js";
import type { ApiRequest, Call, Input, ReadPage, Skipped } from "../../provider.js";
import { type DatedCycle, dayOfCycle, toCycle } from "../mappers/cycle.js";
import { dayOfRecovery, toRecovery } from "../mappers/recovery.js";
import { dayOfSleep, toPerformance, toSleep, toWakingDay } from "../mappers/sleep.js";
import { dayOfWorkout, isPending, toWorkout } from "../mappers/workout.js";
import { scopes } from "../scopes.js";
import { LARGEST_PAGE, list, pageAfter } from "./requests.js";

type Parts = Pick<ReadPage, "cells" | "skipped">;

/** Naps are sleeps too. */
const SLEEPS_A_DAY = 1.2;

const sleeps: Call = {
  name: "sleeps",
  yields: ["sleep.sessions", "sleep.wakingDays", "scores.SLEEP"],
  reach: { kind: "pages", size: LARGEST_PAGE, perDay: SLEEPS_A_DAY },
  scope: scopes.sleep,
  // The day before too: the cycle of a day sleeper, twelve hours after its start, is on the day after its waking day.
  request: ({ from, to }) => list("activity/sleep", addDays(from, -1), to),
  read: (answer, input, _have, asked) =>
    paged(answer, input, asked, (members) => {
      const parts = readRecords<SleepRecord>(members, {
        field: "sleep.sessions",
        span: input,
        read: toSleep,
        dayOf: ({ end }) => localDateOf(end),
        dayOfUnread: dayOfSleep,
      });
      const others: Field[] = ["sleep.wakingDays", "scores.SLEEP"];
      const { found, skipped } = readMembers<Night>(members, {
        fields: others,
        read: (sleep) => ({
          day: dayOfSleep(sleep),
          wakingDay: toWakingDay(sleep),
          performance: toPerformance(sleep),
        }),
        dayOfUnread: dayOfSleep,
      });
      const cells = [...eachDay(input.from, input.to)].flatMap((day) => cellsOf(day, found));
      const pending = found.flatMap(({ day, performance }) =>
        performance?.pending ? [notOver("scores.SLEEP", day)] : [],
      );
      return { cells: [...parts.cells, ...cells], skipped: [...(parts.skipped ?? []), ...skipped, ...pending] };
    }),
};

interface Night {
  readonly day: LocalDate;
  readonly wakingDay: WakingDay | null;
  readonly performance: ScoreRecord | null;
}

function cellsOf(day: LocalDate, nights: readonly Night[]): readonly Cell[] {
  const beside = [addDays(day, -1), day, addDays(day, 1)];
  const wakingDays = nights.flatMap((night) => (beside.includes(night.day) ? (night.wakingDay ?? []) : []));
  const scores = nights.flatMap((night) => (night.day === day ? (night.performance ?? []) : []));
  return [
    ...(wakingDays.length > 0 ? [cell("sleep.wakingDays", day, wakingDays)] : []),
    ...(scores.length > 0 ? [cell("scores.SLEEP", day, scores)] : []),
  ];
}

const recoveries: Call = {
  name: "recoveries",
  yields: [
    "heart.restingRate",
    "heart.hrvRmssd",
    "vitals.oxygenSaturation",
    "vitals.skinTemperature",
    "scores.READINESS",
  ],
  reach: { kind: "pages", size: LARGEST_PAGE, perDay: 1 },
  scope: scopes.recovery,
  // A recovery has no day of its own.
  needs: ["sleep.wakingDays"],
  // Recoveries are listed by the window of their sleep.
  request: ({ from, to }) => list("recovery", from, to),
  read: (answer, input, have, asked) =>
    paged(answer, input, asked, (members) => {
      const known = wakingDaysOf(input, have);
      const { cells, skipped = [] } = readRows(members, {
        fields: recoveries.yields,
        read: (recovery) => toRecovery(recovery, known),
        dayOfUnread: (recovery) => dayOfRecovery(recovery, known),
      });
      return { cells, skipped: [...skipped, ...withoutSleeps(input, have)] };
    }),
};

const cycles: Call = {
  name: "cycles",
  // Energy and strain are derived from them: two cycles of one day may be on two pages.
  yields: ["activity.cycles"],
  reach: { kind: "pages", size: LARGEST_PAGE, perDay: 1 },
  scope: scopes.cycles,
  needs: ["sleep.wakingDays"],
  request: ({ from, to }) => list("cycle", from, to),
  read: (answer, input, have, asked) =>
    paged(answer, input, asked, (members) => {
      const known = wakingDaysOf(input, have);
      const { cells, skipped = [] } = readRecords<DatedCycle>(members, {
        field: "activity.cycles",
        span: input,
        read: (cycle) => toCycle(cycle, known),
        dayOf: ({ day }) => day,
        dayOfUnread: (cycle) => dayOfCycle(cycle, known),
      });
      const running = cells.flatMap(({ day, known: { value } }: Cell & { known: { value?: unknown } }) =>
        (value as readonly DatedCycle[]).some(({ end }) => end === null) ? [notOver("activity.cycles", day)] : [],
      );
      return { cells, skipped: [...skipped, ...running] };
    }),
};

const workouts: Call = {
  name: "workouts",
  yields: ["workouts.workouts"],
  reach: { kind: "pages", size: LARGEST_PAGE, perDay: 1 },
  scope: scopes.workouts,
  request: ({ from, to }) => list("activity/workout", from, to),
  read: (answer, input, _have, asked) =>
    paged(answer, input, asked, (members) => {
      const { cells, skipped = [] } = readRecords<WorkoutRecord>(members, {
        field: "workouts.workouts",
        span: input,
        read: toWorkout,
        dayOf: ({ start }) => localDateOf(start),
        dayOfUnread: dayOfWorkout,
      });
      const pending = readMembers(members.filter(isPending), { fields: [], read: dayOfWorkout }).found;
      return { cells, skipped: [...skipped, ...pending.map((day) => notOver("workouts.workouts", day))] };
    }),
};

export const recordCalls: readonly Call[] = [sleeps, recoveries, cycles, workouts];

function paged(
  answer: unknown,
  input: Input,
  asked: ApiRequest,
  read: (members: readonly unknown[]) => Parts,
): ReadPage {
  const whole = envelope(answer, "page");
  return page(input, read(requiredList(whole, "records")), pageAfter(asked, whole));
}

/** Each main sleep whose waking day is a day of the request, or one beside it. */
function wakingDaysOf({ from, to }: Input, have: Have): readonly WakingDay[] {
  const listed = [...eachDay(from, to)].flatMap((day) => have.value("sleep.wakingDays", day) ?? []);
  return [...new Map(listed.map((each) => [each.id, each])).values()];
}

/** Of a day whose sleeps could not be read, nobody can say that it has no recovery. */
function withoutSleeps({ from, to }: Input, have: Have): readonly Skipped[] {
  const days = [...eachDay(from, to)].filter((day) => have.value("sleep.wakingDays", day) === undefined);
  const why = "the sleeps of a day could not be read";
  return days.flatMap((day) =>
    recoveries.yields.map((field) => ({ field, day, reason: "PROVIDER_ERROR", why }) as const),
  );
}

/** What a day has of a record is not all. */
function notOver(field: Field, day: LocalDate | null): Skipped {
  return { field, day, reason: "NOT_YET_SYNCED", why: `${field} has a record that is not complete yet` };
}
