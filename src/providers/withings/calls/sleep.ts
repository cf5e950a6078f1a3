import { UnreadableAnswer } from "../../../http/json.js";
import { type Cell, cell, type Have } from "../../../model/cells.js";
import type { CourseRecord, NightHypnogram, SleepRecord } from "../../../model/records.js";
import { eachDay, instantOf } from "../../../model/time.js";
import { page, readMembers } from "../../kit/members.js";
import type { ApiRequest, Call, Input } from "../../provider.js";
import {
  byWeight,
  dayOf,
  dayOfNight,
  type Night,
  nightFields,
  nightKeys,
  toNight,
  toNightCells,
} from "../mappers/sleep.js";
import { courseKeys, meanOf, type Segment, segmentsOf, toCourse, toHypnogram, toSegment } from "../mappers/stages.js";
import { bodyOf, byDay, listIn, pageAfter, reading } from "../mappers/wire.js";
import { scopes } from "../scopes.js";

const PATH = "/v2/sleep";
/** A page holds 300 nights: with two sleeps a day and the same night from two devices now and then, a span is one page. */
const DAYS_A_PAGE = 122;

const nights: Call = {
  name: "getsummary",
  yields: nightFields,
  reach: { kind: "days", max: DAYS_A_PAGE },
  scope: scopes.activity,
  request: ({ from, to }) =>
    reading(PATH, "getsummary", { startdateymd: from, enddateymd: to, data_fields: nightKeys.join(",") }),
  read: (answer, input, _have, asked) => {
    const body = bodyOf(answer);
    const { found, skipped } = readMembers<Night>(listIn(body, "series"), {
      fields: nightFields,
      read: toNight,
      dayOfUnread: dayOfNight,
    });
    const cells = [...byDay(found, dayOf)].flatMap(([day, own]) => toNightCells(day, own));
    return page(input, { cells, skipped }, pageAfter(asked, body));
  },
};

/** Withings cuts a longer span without a word. */
const LONGEST_SECONDS = 86_400;

const courses = {
  "sleep.course:HEART_RATE": "hr",
  "sleep.course:RESPIRATORY_RATE": "rr",
  "sleep.course:HRV_RMSSD": "rmssd",
} as const;
const courseFields = Object.keys(courses) as (keyof typeof courses)[];
const variabilities = { "heart.hrvRmssd": "rmssd", "heart.hrvSdnn": "sdnn_1" } as const;
const variabilityFields = Object.keys(variabilities) as (keyof typeof variabilities)[];

/** One request for each night: stages, and what was measured minute by minute. */
const stages: Call = {
  name: "sleep get",
  yields: ["sleep.hypnograms", ...courseFields, ...variabilityFields],
  reach: { kind: "days", max: 1 },
  scope: scopes.activity,
  needs: ["sleep.sessions"],
  isNeedless: (input, have) => spansOf(input, have).length === 0,
  request: (input, _fields, have) => {
    const [first] = spansOf(input, have);
    // Not asked for a day without a night.
    if (!first) throw new UnreadableAnswer("there is no night to ask for");
    return segments(first);
  },
  read: (answer, input, have, asked) => {
    const { found, skipped } = readMembers<Segment>(listIn(bodyOf(answer), "series"), {
      fields: stages.yields,
      read: toSegment,
      dayOfUnread: () => input.from,
    });
    const asksUntil = Number(asked.form?.["enddate"]);
    const spans = spansOf(input, have);
    const next = spans.find(([start]) => start >= asksUntil);
    const cells = [...eachDay(input.from, input.to)].flatMap((day) =>
      toCells(day, have.value("sleep.sessions", day) ?? [], found),
    );
    return page(input, { cells, skipped }, next && segments(next));
  },
};

function toCells(day: string, sessions: readonly SleepRecord[], found: readonly Segment[]): Cell[] {
  const parts = sessions.map((night) => ({ night, own: segmentsOf(night, found) })).filter(({ own }) => own.length > 0);
  const hypnograms = parts.flatMap(({ night, own }): NightHypnogram[] => {
    const hypnogram = toHypnogram(night, own);
    return hypnogram === null ? [] : [{ id: night.id, hypnogram }];
  });
  const ranked = byWeight(sessions).map(({ id }) => parts.find(({ night }) => night.id === id));
  return [
    ...(hypnograms.length > 0 ? [cell("sleep.hypnograms", day, hypnograms)] : []),
    ...courseFields.flatMap((field): Cell[] => {
      const records = parts.flatMap(({ night, own }): CourseRecord[] => {
        const series = toCourse(night, own, courses[field]);
        return series === null ? [] : [{ id: night.id, series }];
      });
      return records.length > 0 ? [cell(field, day, records)] : [];
    }),
    ...variabilityFields.flatMap((field): Cell[] => {
      const means = ranked.flatMap((part) => (part ? (meanOf(part.night, part.own, variabilities[field]) ?? []) : []));
      return means[0] === undefined ? [] : [cell(field, day, means[0])];
    }),
  ];
}

type Span = readonly [start: number, end: number];

/** As few spans as hold all nights and naps, each of at most 24 hours. */
function spansOf({ from, to }: Input, have: Have): readonly Span[] {
  const sessions = [...eachDay(from, to)]
    .flatMap((day) => have.value("sleep.sessions", day) ?? [])
    .map(({ start, end }): Span => [instantOf(start) / 1000, instantOf(end) / 1000])
    .sort(([a], [b]) => a - b);
  const spans: [number, number][] = [];
  for (const [start, end] of sessions) {
    const last = spans.at(-1);
    if (last && end - last[0] <= LONGEST_SECONDS) last[1] = Math.max(last[1], end);
    else if (!last || start >= last[1]) spans.push([start, end]);
    else if (end > last[1]) spans.push([last[1], end]);
  }
  return spans.flatMap(([start, end]) => inParts(start, end));
}

function inParts(start: number, end: number): Span[] {
  if (end - start <= LONGEST_SECONDS) return [[start, end]];
  return [[start, start + LONGEST_SECONDS], ...inParts(start + LONGEST_SECONDS, end)];
}

function segments([start, end]: Span): ApiRequest {
  return reading(PATH, "get", {
    startdate: String(start),
    enddate: String(end),
    data_fields: courseKeys.join(","),
  });
}

export const sleepCalls: readonly Call[] = [nights, stages];
