import { type Cell, cell, type Have } from "../../../model/cells.js";
import type { LocalDate, SampleSeries } from "../../../model/records.js";
import { addDays, eachDay, inZone, localDateOf, startOfDay } from "../../../model/time.js";
import { page, readMembers, readRecords } from "../../kit/members.js";
import type { ApiRequest, Call, Input } from "../../provider.js";
import { type Day, dateOfDay, dayFields, dayKeys, toDay, toDayCells } from "../mappers/activity.js";
import { type Sample, samplesIn, slotSeries } from "../mappers/intraday.js";
import { bodyOf, byDay, listIn, objectIn, pageAfter, reading, requiredZone } from "../mappers/wire.js";
import { dayOfWorkout, toWorkout, workoutKeys } from "../mappers/workout.js";
import { scopes } from "../scopes.js";

const PATH = "/v2/measure";
/** A page holds 200 rows, and a day may have one of a tracker and one of a phone: so a span is one page. */
const DAYS_A_PAGE = 100;

const days: Call = {
  name: "getactivity",
  yields: dayFields,
  reach: { kind: "days", max: DAYS_A_PAGE },
  scope: scopes.activity,
  request: ({ from, to }) =>
    reading(PATH, "getactivity", { startdateymd: from, enddateymd: to, data_fields: dayKeys.join(",") }),
  read: (answer, input, _have, asked) => {
    const body = bodyOf(answer);
    const { found, skipped } = readMembers<Day>(listIn(body, "activities"), {
      fields: dayFields,
      read: toDay,
      dayOfUnread: dateOfDay,
    });
    const cells = [...byDay(found, ({ date }) => date).values()].flatMap(toDayCells);
    return page(input, { cells, skipped }, pageAfter(asked, body));
  },
};

/** Withings cuts a longer span without a word. */
const LONGEST_SECONDS = 86_400;
const sampleFields = slotSeries.map(({ field }) => field);

/**
 * The samples of a day, in UTC without an offset. They are asked for from midnight to midnight of the zone in which
 * Withings counted that day, which is a traveller's too. A day of 25 hours takes two requests.
 */
const samples: Call = {
  name: "getintradayactivity",
  yields: sampleFields,
  reach: { kind: "days", max: 1 },
  scope: scopes.activity,
  needs: ["activity.timeZone", "profile.timeZone"],
  request: (input, _fields, have) => slots(spanOf(input.from, have).start, input, have),
  read: (answer, input, have, asked) => {
    const found = objectIn(bodyOf(answer), "series");
    const until = Number(asked.form?.["enddate"]);
    const cells = slotSeries.flatMap((of) => {
      const all = samplesIn(found, of);
      return [...eachDay(input.from, input.to)].flatMap((day): Cell[] => {
        const series = seriesOf(day, all, have);
        return series === null ? [] : [cell(of.field, day, series)];
      });
    });
    const isLast = until >= spanOf(input.to, have).end;
    return page(input, { cells }, isLast ? undefined : slots(until, input, have));
  },
};

function slots(start: number, { to }: Input, have: Have): ApiRequest {
  const end = Math.min(start + LONGEST_SECONDS, spanOf(to, have).end);
  return reading(PATH, "getintradayactivity", {
    startdate: String(start),
    enddate: String(end),
    data_fields: slotSeries.map(({ key }) => key).join(","),
  });
}

/** Seconds since 1970 of both midnights. */
function spanOf(day: LocalDate, have: Have): { readonly start: number; readonly end: number; readonly zone: string } {
  const zone = requiredZone(have.value("activity.timeZone", day) ?? have.value("profile.timeZone"), "the day's zone");
  return { start: startOfDay(day, zone) / 1000, end: startOfDay(addDays(day, 1), zone) / 1000, zone };
}

function seriesOf(day: LocalDate, all: readonly Sample[], have: Have): SampleSeries | null {
  const { start, end, zone } = spanOf(day, have);
  const own = all.filter(([at]) => at >= start && at < end);
  if (own.length === 0) return null;
  const [began, ended] = [inZone(start * 1000, zone), inZone(end * 1000, zone)];
  return {
    start: began,
    localStart: `${day}T00:00:00`,
    stepSeconds: null,
    ...(began.slice(-6) !== ended.slice(-6) && { zone }),
    offsets: own.map(([at]) => at - start),
    values: own.map(([, value]) => value),
  };
}

const workouts: Call = {
  name: "getworkouts",
  yields: ["workouts.workouts"],
  reach: { kind: "pages", size: 200, perDay: 0.7 },
  scope: scopes.activity,
  request: ({ from, to }) =>
    reading(PATH, "getworkouts", { startdateymd: from, enddateymd: to, data_fields: workoutKeys.join(",") }),
  read: (answer, input, _have, asked) => {
    const body = bodyOf(answer);
    const parts = readRecords(listIn(body, "series"), {
      field: "workouts.workouts",
      span: input,
      read: toWorkout,
      dayOf: ({ start }) => localDateOf(start),
      dayOfUnread: dayOfWorkout,
    });
    return page(input, parts, pageAfter(asked, body));
  },
};

export const activityCalls: readonly Call[] = [days, samples, workouts];
