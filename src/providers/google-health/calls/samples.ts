import { type Cell, cell, type Have } from "../../../model/cells.js";
import type { ActivityMetric, LocalDate, Resolution } from "../../../model/records.js";
import { samplesField } from "../../../model/series.js";
import { addDays, startOfDay } from "../../../model/time.js";
import type { Call, Input } from "../../provider.js";
import {
  type HeartSample,
  toHeartSamples,
  toRecordedSeries,
  toSeriesByDay,
  toWindows,
  type WindowKey,
} from "../mappers/samples.js";
import { scopes } from "../scopes.js";
import { LONG, SHORT } from "./daily.js";
import { endOfRollUp, LARGEST_PAGE, pageAfter, reconcile, rollUp } from "./requests.js";

const DAY_MS = 86_400_000;

interface Rolled {
  readonly metric: ActivityMetric | "HEART";
  readonly type: string;
  readonly key: WindowKey;
  readonly member: string;
  /** How many of the provider's units are one of ours. */
  readonly perUnit: number;
  readonly maxDays: number;
  readonly scope: string;
}

const { activity, measurements } = scopes;
const rolled: readonly Rolled[] = [
  {
    metric: "HEART",
    type: "heart-rate",
    key: "heartRate",
    member: "beatsPerMinuteAvg",
    perUnit: 1,
    maxDays: SHORT,
    scope: measurements,
  },
  { metric: "STEPS", type: "steps", key: "steps", member: "countSum", perUnit: 1, maxDays: LONG, scope: activity },
  {
    metric: "DISTANCE",
    type: "distance",
    key: "distance",
    member: "millimetersSum",
    perUnit: 1000,
    maxDays: LONG,
    scope: activity,
  },
  { metric: "FLOORS", type: "floors", key: "floors", member: "countSum", perUnit: 1, maxDays: LONG, scope: activity },
  {
    metric: "ELEVATION",
    type: "altitude",
    key: "altitude",
    member: "gainMillimetersSum",
    perUnit: 1000,
    maxDays: LONG,
    scope: activity,
  },
  {
    metric: "ENERGY_BURNED",
    type: "total-calories",
    key: "totalCalories",
    member: "kcalSum",
    perUnit: 1,
    maxDays: SHORT,
    scope: activity,
  },
];

/**
 * Windows and the days whose windows fit into one page, a day of 25 hours among them: 6 × 1440 + 60, 34 × 288 + 12 and
 * 104 × 96 + 4 are below 10 000. So a request is one page, unless the provider cuts its pages shorter.
 */
const windows: readonly { readonly resolution: Resolution; readonly seconds: number; readonly pageDays: number }[] = [
  { resolution: "ONE_MINUTE", seconds: 60, pageDays: 6 },
  { resolution: "FIVE_MINUTES", seconds: 300, pageDays: 34 },
  { resolution: "FIFTEEN_MINUTES", seconds: 900, pageDays: 104 },
];

export const sampleCalls: readonly Call[] = [
  heartAsRecorded(),
  ...rolled.flatMap((of) => windows.map((window) => inWindows(of, window))),
];

function inWindows(of: Rolled, { resolution, seconds, pageDays }: (typeof windows)[number]): Call {
  const field = samplesField(of.metric, resolution);
  return {
    name: `rollUp ${of.type} ${seconds}s`,
    yields: [field],
    reach: { kind: "days", max: Math.min(pageDays, of.maxDays) },
    scope: of.scope,
    needs: ["profile.timeZone"],
    // Windows count from the start of the range, so that starts at a midnight: other starts would give shifted windows.
    request: (input, _fields, have) => {
      const { start, end } = spanOf(input, have);
      return rollUp(of.type, start, Math.min(end, start + of.maxDays * DAY_MS), seconds);
    },
    read: (answer, input, have, asked) => {
      const { end } = spanOf(input, have);
      const until = endOfRollUp(asked);
      // Where clocks go back, the longest reach is an hour too long: that hour is asked for by itself.
      const rest = until < end ? rollUp(of.type, until, end, seconds) : undefined;
      const next = pageAfter(asked, answer) ?? rest;
      const samples = toWindows(answer, of.key, of.member, of.perUnit);
      const cells = toSeriesByDay(samples, input, zoneOf(have), seconds).map(
        ([day, series]): Cell => cell(field, day, series),
      );
      return { cells, covers: next ? null : { from: input.from, to: input.to }, next };
    },
  };
}

/** Every few seconds, merged over sources; tens of thousands a day, on several pages. */
function heartAsRecorded(): Call {
  const field = samplesField("HEART", "ONE_SECOND");
  return {
    name: "reconcile heart-rate",
    yields: [field],
    // A sample every five seconds is what is typical.
    reach: { kind: "pages", size: LARGEST_PAGE, perDay: 17_280, maxDays: 7 },
    scope: measurements,
    request: (input) => reconcile("heart-rate", "sample_time.civil_time", input, LARGEST_PAGE),
    read: (answer, input, have, asked) => {
      const zone = have.value("profile.timeZone");
      const days = new Map<LocalDate, HeartSample[]>();
      for (const sample of toHeartSamples(answer, zone)) {
        if (sample.day < input.from || sample.day > input.to) continue;
        const day = days.get(sample.day);
        if (day) day.push(sample);
        else days.set(sample.day, [sample]);
      }
      const next = pageAfter(asked, answer);
      const cells = [...days].map(([day, samples]) => cell(field, day, toRecordedSeries(day, samples, zone)));
      return { cells, covers: next ? null : { from: input.from, to: input.to }, next };
    },
  };
}

function spanOf({ from, to }: Input, have: Have): { start: number; end: number } {
  const zone = zoneOf(have);
  return { start: startOfDay(from, zone), end: startOfDay(addDays(to, 1), zone) };
}

/** Planned first, so known: windows are of physical time, days are not. */
function zoneOf(have: Have): string {
  const zone = have.value("profile.timeZone");
  if (zone === undefined) throw new TypeError("profile.timeZone is needed first");
  return zone;
}
