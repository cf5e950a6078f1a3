import { type ApiCall, type ApiRoute, reads } from "./call.js";
import { invalid } from "./errors.js";
import { chance, round } from "./json.js";
import { addDays } from "./local-time.js";
import { ALL_PERIODS, readDates, SHORT_PERIODS } from "./params.js";
import { weightOf } from "./units.js";
import type { View } from "./view.js";
import type { Weighing } from "./written.js";

const LOG = "/1/user/:user/body/log";
const WEIGHT_LOG_DAYS = 31;
const FAT_LOG_DAYS = 30;
const SERIES_DAYS = 1095;
const SEARCH_DAYS = 400;

export const bodyRoutes: readonly ApiRoute[] = [
  reads(`${LOG}/weight/date/:start.json`, "weight", weightLogs),
  reads(`${LOG}/weight/date/:start/:end.json`, "weight", weightLogs),
  reads(`${LOG}/fat/date/:start.json`, "weight", fatLogs),
  reads(`${LOG}/fat/date/:start/:end.json`, "weight", fatLogs),
  reads("/1/user/:user/body/:resource/date/:start/:end.json", "weight", series),
];

function weightLogs(call: ApiCall): unknown {
  const dates = readDates(call, { maxDays: WEIGHT_LOG_DAYS, periods: SHORT_PERIODS });
  const weight = dates.flatMap((date) =>
    call.view
      .weighings(date)
      .filter(({ weightKg }) => weightKg !== null)
      .map((weighing) => bodyWeightLog(call, date, weighing)),
  );
  return { weight };
}

export function bodyWeightLog({ view, units }: ApiCall, date: string, weighing: Weighing) {
  return {
    bmi: round(bmiOf(view, weighing.weightKg!), 2),
    ...entryOf(view, date, weighing),
    fat: weighing.fatPercentage ?? undefined,
    weight: weightOf(weighing.weightKg!, units),
  };
}

export function bodyFatLog({ view }: ApiCall, date: string, weighing: Weighing) {
  return { ...entryOf(view, date, weighing), fat: weighing.fatPercentage };
}

function fatLogs(call: ApiCall): unknown {
  const dates = readDates(call, { maxDays: FAT_LOG_DAYS, periods: SHORT_PERIODS });
  const fat = dates.flatMap((date) =>
    call.view
      .weighings(date)
      .filter(({ fatPercentage }) => fatPercentage !== null)
      .map((weighing) => bodyFatLog(call, date, weighing)),
  );
  return { fat };
}

/** The id is the local time read as if it were UTC: neither an instant nor unique. */
function entryOf(view: View, date: string, weighing: Weighing) {
  if (weighing.logId !== undefined) {
    const { logId } = weighing;
    return { date, logId, source: "API", time: new Date(logId).toISOString().slice(11, 19) };
  }
  const clock = view.clock(date, weighing.timeMs);
  // One in five was typed in, by somebody who gave no time for some of them.
  const mood = chance(`scale ${view.person.id} ${date}`);
  const typed = mood < 0.2 && weighing.fatPercentage === null;
  const time = typed && mood < 0.1 ? "23:59:59" : clock.slice(11, 19);
  const logId = Date.parse(`${date}T${time}Z`);
  return { date, logId, source: typed ? "API" : "Aria2", time };
}

function bmiOf(view: View, weightKg: number): number {
  return weightKg / (view.person.heightCm / 100) ** 2;
}

/** Every day has its row, and days without a weighing repeat the one before. */
function series(call: ApiCall): unknown {
  const { view, units } = call;
  const resource = call.params["resource"] ?? "";
  const reads: Readonly<Record<string, (weighing: Weighing) => number | null>> = {
    bmi: ({ weightKg }) => (weightKg === null ? null : Math.fround(bmiOf(view, weightKg))),
    fat: ({ fatPercentage }) => fatPercentage,
    weight: ({ weightKg }) => (weightKg === null ? null : weightOf(weightKg, units)),
  };
  const read = Object.hasOwn(reads, resource) ? reads[resource] : undefined;
  if (!read) throw invalid("resource-path", `Invalid resource: ${resource}`);
  const dates = readDates(call, { maxDays: SERIES_DAYS, periods: ALL_PERIODS, max: "all" });
  const valueOn = (date: string) =>
    view
      .weighings(date)
      .map(read)
      .findLast((value) => value !== null) ?? null;
  let value = dates[0] === undefined ? null : lastBefore(view, dates[0], valueOn);
  const rows = dates.map((dateTime) => {
    value = valueOn(dateTime) ?? value;
    return { dateTime, value: String(value ?? 0) };
  });
  return { [`body-${resource}`]: rows };
}

function lastBefore(view: View, date: string, valueOn: (date: string) => number | null): number | null {
  for (let back = 1; back <= SEARCH_DAYS; back++) {
    const day = addDays(date, -back);
    if (day < view.person.memberSince) break;
    const value = valueOn(day);
    if (value !== null) return value;
  }
  return null;
}
