import { type Cell, cell, type Have } from "../../../model/cells.js";
import type { CourseRecord, GlucoseRecord, LocalDate, NightBreathing, SleepRecord } from "../../../model/records.js";
import { addDays, eachDay, instantOf, localDateOf, offsetOf, startOfDay, withOffset } from "../../../model/time.js";
import { envelope, omittableList } from "../../kit/envelope.js";
import { page, readMembers, readRecords } from "../../kit/members.js";
import type { ApiRequest, Call, Input } from "../../provider.js";
import {
  dayOfElectrocardiogram,
  dayOfRhythmAlert,
  dayOfSample,
  toElectrocardiogram,
  toGlucose,
  toHrvSample,
  toNightBreathing,
  toOxygen,
  toRhythmAlert,
  toRunVo2Max,
  toTemperature,
  toVo2MaxTest,
} from "../mappers/readings.js";
import { type Sample, toSeriesByDay } from "../mappers/samples.js";
import { scopes } from "../scopes.js";
import { points, readPoints } from "./points.js";
import { LARGEST_PAGE, listWithout, pageAfter, reconcile, reconcileBetween } from "./requests.js";

const { activity, measurements } = scopes;
const zoneOf = (have: Have): string | undefined => have.value("profile.timeZone");

const ofInstant = ({ time }: { readonly time: string }) => localDateOf(time);

/** Readings that are few: a span of years is one request. */
const few = {
  member: "sample_time.civil_time",
  reach: { kind: "days", max: 3650 },
  pageSize: LARGEST_PAGE,
  dayOf: ofInstant,
} as const;

/** Measurements at a moment, one point each. */
export const readingCalls: readonly Call[] = [
  points({
    ...few,
    type: "core-body-temperature",
    field: "readings.temperatures",
    scope: measurements,
    toRecords: toTemperature,
    dayOfUnread: dayOfSample("coreBodyTemperature"),
  }),
  points({
    ...few,
    type: "vo2-max",
    field: "readings.vo2MaxOthers",
    scope: activity,
    toRecords: toVo2MaxTest,
    dayOfUnread: dayOfSample("vo2Max"),
  }),
  points({
    ...few,
    type: "run-vo2-max",
    field: "readings.vo2MaxRuns",
    scope: activity,
    toRecords: toRunVo2Max,
    dayOfUnread: dayOfSample("runVo2Max"),
  }),
  {
    // A watch measures every few minutes of the night.
    name: "reconcile oxygen-saturation",
    yields: ["readings.oxygenSaturations"],
    reach: { kind: "pages", size: LARGEST_PAGE, perDay: 100 },
    scope: measurements,
    needs: ["profile.timeZone"],
    request: (input, _fields, have) => dense("oxygen-saturation", input, have),
    read: readPoints({
      field: "readings.oxygenSaturations",
      toRecords: toOxygen,
      dayOf: ofInstant,
      dayOfUnread: dayOfSample("oxygenSaturation"),
    }),
  },
  {
    name: "reconcile blood-glucose",
    yields: ["readings.bloodGlucose", "readings.glucoseCourse"],
    // A sensor measures every five minutes or more often. Few people wear one.
    reach: { kind: "pages", size: LARGEST_PAGE, perDay: 20 },
    scope: measurements,
    needs: ["profile.timeZone"],
    request: (input, _fields, have) => dense("blood-glucose", input, have),
    read: readGlucose,
  },
  {
    name: "list electrocardiogram",
    yields: ["readings.electrocardiograms"],
    reach: { kind: "pages", size: 100, perDay: 0.1 },
    scope: scopes.electrocardiograms,
    needs: ["profile.timeZone"],
    // The filter has no upper end, and the list begins with the newest. The waveform alone would be megabytes.
    request: ({ from }, _fields, have) => {
      const since = new Date(startOfDay(from, zoneOf(have) ?? "UTC")).toISOString();
      return listWithout("electrocardiogram", {
        filter: `electrocardiogram.interval.start_time >= "${since}"`,
        fields: "dataPoints(name,electrocardiogram(interval,beatsPerMinuteAvg,resultClassification)),nextPageToken",
      });
    },
    read: readPoints({
      field: "readings.electrocardiograms",
      toRecords: toElectrocardiogram,
      dayOf: ofInstant,
      dayOfUnread: dayOfElectrocardiogram,
    }),
  },
  {
    name: "list irregular-rhythm-notification",
    yields: ["readings.rhythmAlerts"],
    reach: { kind: "pages", size: 100, perDay: 0.02 },
    scope: scopes.rhythmNotifications,
    // Not every heart beat of the hours around it.
    request: ({ from, to }) => {
      const member = "irregular_rhythm_notification.interval.civil_start_time";
      return listWithout("irregular-rhythm-notification", {
        filter: `${member} >= "${from}" AND ${member} < "${addDays(to, 1)}"`,
        fields: "dataPoints(name,irregularRhythmNotification(interval)),nextPageToken",
      });
    },
    read: readPoints({
      field: "readings.rhythmAlerts",
      toRecords: toRhythmAlert,
      dayOf: ({ start }) => localDateOf(start),
      dayOfUnread: dayOfRhythmAlert,
    }),
  },
];

/** What belongs to nights and comes in calls of its own: the nights of the same days are read first. */
export const nightCalls: readonly Call[] = [
  {
    name: "reconcile respiratory-rate-sleep-summary",
    yields: ["sleep.breathing"],
    reach: { kind: "days", max: 3650 },
    scope: measurements,
    needs: ["sleep.sessions"],
    request: (input) => reconcile("respiratory-rate-sleep-summary", "sample_time.civil_time", input, LARGEST_PAGE),
    read: (answer, input, have, asked) => {
      const nights = nightsIn(input, have);
      const parts = readRecords<NightBreathing & { readonly date: LocalDate }>(
        omittableList(envelope(answer), "dataPoints"),
        {
          field: "sleep.breathing",
          span: input,
          read: (point) => toNightBreathing(point, zoneOf(have), nights),
          dayOf: ({ date }) => date,
          dayOfUnread: dayOfSample("respiratoryRateSleepSummary"),
        },
      );
      return page(input, parts, pageAfter(asked, answer));
    },
  },
  {
    name: "reconcile heart-rate-variability",
    yields: ["sleep.course:HRV_RMSSD"],
    // About 85 figures a night.
    reach: { kind: "pages", size: LARGEST_PAGE, perDay: 90 },
    scope: measurements,
    needs: ["sleep.sessions", "profile.timeZone"],
    request: (input, _fields, have) => dense("heart-rate-variability", input, have),
    read: (answer, input, have, asked) => {
      const { found, skipped } = readMembers(omittableList(envelope(answer), "dataPoints"), {
        fields: ["sleep.course:HRV_RMSSD"],
        read: (point) => toHrvSample(point).map((sample) => ({ sample })),
        dayOfUnread: dayOfSample("heartRateVariability"),
      });
      const courses = nightsIn(input, have).flatMap((night) =>
        courseOf(
          night,
          found.map(({ sample }) => sample),
        ),
      );
      const cells = [...eachDay(input.from, input.to)].flatMap((day): Cell[] => {
        const own = courses.filter(({ date }) => date === day).map(({ course }) => course);
        return own.length === 0 ? [] : [cell("sleep.course:HRV_RMSSD", day, own)];
      });
      return page(input, { cells, skipped }, pageAfter(asked, answer));
    },
  },
];

/** A day more on both sides: by its own offset, a traveller's point may be of another day than by the zone. */
function dense(type: string, { from, to }: Input, have: Have): ApiRequest {
  const zone = zoneOf(have) ?? "UTC";
  const [start, end] = [startOfDay(addDays(from, -1), zone), startOfDay(addDays(to, 2), zone)];
  return reconcileBetween(type, "sample_time.physical_time", start, end, LARGEST_PAGE);
}

/** What a person took is a list, and what a sensor measured is a course. */
function readGlucose(answer: unknown, input: Input, have: Have, asked: ApiRequest) {
  const points = omittableList(envelope(answer), "dataPoints");
  const samples: Sample[] = [];
  const parts = readRecords<GlucoseRecord>(points, {
    field: "readings.bloodGlucose",
    span: input,
    read: (point) =>
      toGlucose(point, zoneOf(have)).flatMap(({ reading, isSensor }) => {
        if (!isSensor) return [reading];
        samples.push([instantOf(reading.time), reading.value]);
        return [];
      }),
    dayOf: ofInstant,
    dayOfUnread: dayOfSample("bloodGlucose"),
  });
  const courses = toSeriesByDay(samples, input, zoneOf(have) ?? "UTC", null).map(
    ([day, series]): Cell => cell("readings.glucoseCourse", day, series),
  );
  return page(input, { ...parts, cells: [...parts.cells, ...courses] }, pageAfter(asked, answer));
}

function nightsIn({ from, to }: Input, have: Have): readonly SleepRecord[] {
  return [...eachDay(from, to)].flatMap((day) => have.value("sleep.sessions", day) ?? []);
}

/** The samples within one night, as its course. */
function courseOf(
  { id, start, end }: SleepRecord,
  samples: readonly Sample[],
): { readonly date: LocalDate; readonly course: CourseRecord }[] {
  const [from, to] = [instantOf(start), instantOf(end)];
  const own = [...new Map(samples.filter(([at]) => at >= from && at <= to))].sort(([a], [b]) => a - b);
  const first = own[0]?.[0];
  if (first === undefined) return [];
  const began = withOffset(first, offsetOf(start) ?? 0);
  const series = {
    start: began,
    localStart: began.slice(0, 19),
    stepSeconds: null,
    offsets: own.map(([at]) => Math.round((at - first) / 1000)),
    values: own.map(([, value]) => value),
  };
  return [{ date: localDateOf(end), course: { id, series } }];
}
