import { object } from "../../../http/json.js";
import { type Cell, cell, type Have } from "../../../model/cells.js";
import type { SamplesField } from "../../../model/fields.js";
import type { ActivityMetric, LocalDate, Resolution } from "../../../model/records.js";
import { samplesField } from "../../../model/series.js";
import { addDays, dateIn, startOfDay } from "../../../model/time.js";
import { envelope, omittableList } from "../../kit/envelope.js";
import { page, readMembers } from "../../kit/members.js";
import type { ApiRequest, Call, Input, ReadPage } from "../../provider.js";
import { type Sample, toHeartSample, toSeriesByDay, toWindow, type WindowKey } from "../mappers/samples.js";
import { instant } from "../mappers/wire.js";
import { scopes } from "../scopes.js";
import { LONG, SHORT } from "./daily.js";
import { endOfRollUp, LARGEST_PAGE, pageAfter, reconcileBetween, rollUp } from "./requests.js";

const DAY_MS = 86_400_000;
/** One captured day: a sample every two to three seconds. */
const HEART_SAMPLES_A_DAY = 37_000;
/** A captured page had 5,000 samples at most, whatever size was requested. */
const HEART_PAGE = 5000;

interface Rolled {
  readonly metric: ActivityMetric | "HEART";
  readonly type: string;
  readonly key: WindowKey;
  readonly member: string;
  /** How many of the provider's units one of our units is. */
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
 * Windows, and the days whose windows fit into one page, with one day of 25 hours: 6 × 1440 + 60, 34 × 288 + 12 and 104
 * × 96 + 4 are below 10 000. So a request is one page, unless the provider makes its pages shorter.
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
    // Windows are counted from the start of the range, so the range starts at a midnight: otherwise the windows would
    // be shifted.
    request: (input, _fields, have) => {
      const { start, end } = spanOf(input, have);
      return rollUp(of.type, start, Math.min(end, start + of.maxDays * DAY_MS), seconds);
    },
    read: (answer, input, have, asked) => {
      const { end } = spanOf(input, have);
      const until = endOfRollUp(asked);
      // If the clocks go back within the longest range, it is one hour too long: that hour is a request of its own.
      const rest = until < end ? rollUp(of.type, until, end, seconds) : undefined;
      return inDays({
        field,
        members: omittableList(envelope(answer), "rollupDataPoints"),
        toSamples: (row) => toWindow(row, of.key, of.member, of.perUnit),
        dayOfUnread: (row) =>
          dateIn(zoneOf(have), instant(object(row, "rollupDataPoints[]")["startTime"], "startTime")),
        input,
        zone: zoneOf(have),
        stepSeconds: seconds,
        next: pageAfter(asked, answer) ?? rest,
      });
    },
  };
}

/** Every few seconds, merged over sources, on about eight pages a day. */
function heartAsRecorded(): Call {
  const field = samplesField("HEART", "ONE_SECOND");
  return {
    name: "reconcile heart-rate",
    yields: [field],
    reach: { kind: "pages", size: HEART_PAGE, perDay: HEART_SAMPLES_A_DAY, maxDays: 7 },
    scope: measurements,
    needs: ["profile.timeZone"],
    // Filters on civil time sometimes match nothing, without an error. Filters on physical time work.
    request: (input, _fields, have) => {
      const { start, end } = spanOf(input, have);
      return reconcileBetween("heart-rate", "sample_time.physical_time", start, end, LARGEST_PAGE);
    },
    read: (answer, input, have, asked) =>
      inDays({
        field,
        members: omittableList(envelope(answer), "dataPoints"),
        toSamples: toHeartSample,
        input,
        zone: zoneOf(have),
        stepSeconds: null,
        next: pageAfter(asked, answer),
      }),
  };
}

/** One page of samples as a series for each day of the zone, from midnight to midnight. */
function inDays(of: {
  readonly field: SamplesField;
  readonly members: readonly unknown[];
  readonly toSamples: (member: unknown) => readonly Sample[];
  readonly dayOfUnread?: (member: unknown) => LocalDate;
  readonly input: Input;
  readonly zone: string;
  readonly stepSeconds: number | null;
  readonly next: ApiRequest | undefined;
}): ReadPage {
  const { found, skipped } = readMembers(of.members, {
    fields: [of.field],
    // Wrapped in an object, since a sample is itself a list.
    read: (member) => of.toSamples(member).map((sample) => ({ sample })),
    dayOfUnread: of.dayOfUnread,
  });
  const samples = found.map(({ sample }) => sample);
  const cells = toSeriesByDay(samples, of.input, of.zone, of.stepSeconds).map(
    ([day, series]): Cell => cell(of.field, day, series),
  );
  return page(of.input, { cells, skipped }, of.next);
}

function spanOf({ from, to }: Input, have: Have): { start: number; end: number } {
  const zone = zoneOf(have);
  return { start: startOfDay(from, zone), end: startOfDay(addDays(to, 1), zone) };
}

/** Planned first, so it is known: windows are in physical time, days are not. */
function zoneOf(have: Have): string {
  const zone = have.value("profile.timeZone");
  if (zone === undefined) throw new TypeError("profile.timeZone is needed first");
  return zone;
}
