import type { PersonSleep, PersonSleepStage } from "../person.js";
import { type ApiCall, type ApiRoute, reads } from "./call.js";
import { invalid } from "./errors.js";
import { ALL_PERIODS, readDate, readDates } from "./params.js";
import type { View } from "./view.js";

/** Sleep as the API told it before there were stages; old clients still ask for it. */
const BASE = "/1/user/:user/sleep";
const SERIES_DAYS = 1095;

/** Of a minute: asleep, restless, awake. Stages are all sleep. */
const CODES: Readonly<Record<PersonSleepStage, 1 | 2 | 3>> = {
  deep: 1,
  light: 1,
  rem: 1,
  asleep: 1,
  restless: 2,
  awake: 3,
};

export const legacySleepRoutes: readonly ApiRoute[] = [
  reads(`${BASE}/date/:start.json`, "sleep", byDate),
  reads(`${BASE}/:resource/date/:start/:end.json`, "sleep", series),
];

function byDate({ view, params }: ApiCall): unknown {
  const date = readDate(params["start"], view);
  const sleep = view
    .sleeps(date)
    .reverse()
    .map((one) => toLog(view, date, one));
  return {
    sleep,
    summary: {
      totalMinutesAsleep: sleep.reduce((sum, { minutesAsleep }) => sum + minutesAsleep, 0),
      totalSleepRecords: sleep.length,
      totalTimeInBed: sleep.reduce((sum, { timeInBed }) => sum + timeInBed, 0),
    },
  };
}

function toLog(view: View, date: string, sleep: PersonSleep) {
  const codes = codesOf(sleep);
  const timeInBed = codes.length;
  const count = (code: number) => codes.filter((one) => one === code).length;
  const times = (code: number) => codes.filter((one, minute) => one === code && codes[minute - 1] !== code).length;
  const [minutesAsleep, restlessDuration, awakeDuration] = [count(1), count(2), count(3)];
  return {
    awakeCount: times(3),
    awakeDuration,
    awakeningsCount: times(2) + times(3),
    dateOfSleep: date,
    duration: timeInBed * 60_000,
    efficiency: Math.round((100 * minutesAsleep) / Math.max(1, timeInBed)),
    endTime: view.clock(date, sleep.endMs),
    isMainSleep: view.mainSleep(date)?.id === sleep.id,
    logId: BigInt(sleep.id),
    minuteData: codes.map((code, minute) => ({
      dateTime: view.clock(date, sleep.startMs + minute * 60_000).slice(11, 19),
      value: String(code),
    })),
    minutesAfterWakeup: 0,
    minutesAsleep,
    minutesAwake: timeInBed - minutesAsleep,
    minutesToFallAsleep: 0,
    restlessCount: times(2),
    restlessDuration,
    startTime: view.clock(date, sleep.startMs),
    timeInBed,
  };
}

/** One for each whole minute, by what it began with. */
function codesOf({ segments, startMs, endMs }: PersonSleep): (1 | 2 | 3)[] {
  let at = 0;
  return Array.from({ length: Math.floor((endMs - startMs) / 60_000) }, (_, minute) => {
    const ms = startMs + minute * 60_000;
    while (segments[at + 1] && segments[at + 1]!.startMs <= ms) at++;
    return CODES[segments[at]!.stage];
  });
}

type Log = ReturnType<typeof toLog>;

const seriesValues: Readonly<Record<string, (main: Log | undefined) => string>> = {
  startTime: (main) => main?.startTime.slice(11, 16) ?? "",
  timeInBed: (main) => String(main?.timeInBed ?? 0),
  minutesAsleep: (main) => String(main?.minutesAsleep ?? 0),
  awakeningsCount: (main) => String(main?.awakeningsCount ?? 0),
  minutesAwake: (main) => String(main?.minutesAwake ?? 0),
  minutesToFallAsleep: (main) => String(main?.minutesToFallAsleep ?? 0),
  minutesAfterWakeup: (main) => String(main?.minutesAfterWakeup ?? 0),
  efficiency: (main) => String(main?.efficiency ?? 0),
};

/** Of the main sleep of each day, as texts; a day without sleep is 0. */
function series(call: ApiCall): unknown {
  const { view } = call;
  const resource = call.params["resource"] ?? "";
  const value = Object.hasOwn(seriesValues, resource) ? seriesValues[resource] : undefined;
  if (!value) throw invalid("resource-path", `Invalid resource: ${resource}`);
  const dates = readDates(call, { maxDays: SERIES_DAYS, periods: ALL_PERIODS });
  const rows = dates.map((dateTime) => {
    const main = view.mainSleep(dateTime);
    return { dateTime, value: value(main ? toLog(view, dateTime, main) : undefined) };
  });
  return { [`sleep-${resource}`]: rows };
}
