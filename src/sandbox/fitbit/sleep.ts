import { type ApiCall, type ApiRoute, reads } from "./call.js";
import { chance } from "./json.js";
import { type Listed, listPage, pagination } from "./listing.js";
import { addDays, datesBetween } from "./local-time.js";
import { readDate, readDates, readList } from "./params.js";
import { legacySleepRoutes } from "./sleep-v1.js";
import type { View } from "./view.js";
import type { Sleep } from "./written.js";

const BASE = "/1.2/user/:user/sleep";
const RANGE_DAYS = 100;
const LIST_LIMIT = 100;
/** Waking up to this long is no part of `data` but stands in `shortData`. */
const SHORT_WAKE_SECONDS = 180;

export const sleepRoutes: readonly ApiRoute[] = [
  ...legacySleepRoutes,
  reads(`${BASE}/date/:start.json`, "sleep", byDate),
  reads(`${BASE}/date/:start/:end.json`, "sleep", byRange),
  reads(`${BASE}/list.json`, "sleep", list),
];

function byDate(call: ApiCall): unknown {
  const { view, switches } = call;
  const date = readDate(call.params["start"], view);
  if (switches.pendingSleepAnswers > 0) {
    switches.pendingSleepAnswers--;
    return { meta: { retryDuration: 3000, state: "pending" } };
  }
  const sleeps = view.sleeps(date).reverse();
  const logs = sleeps.map((sleep) => toLog(view, date, sleep, true));
  const staged = logs.filter(({ type }) => type === "stages");
  const total = (level: string) => staged.reduce((sum, { levels }) => sum + (levels.summary[level]?.minutes ?? 0), 0);
  const stages = { deep: total("deep"), light: total("light"), rem: total("rem"), wake: total("wake") };
  return {
    sleep: logs,
    summary: {
      ...(staged.length > 0 ? { stages } : {}),
      totalMinutesAsleep: logs.reduce((sum, log) => sum + log.minutesAsleep, 0),
      totalSleepRecords: logs.length,
      totalTimeInBed: logs.reduce((sum, log) => sum + log.timeInBed, 0),
    },
  };
}

/** Newest first, and without a summary. */
function byRange(call: ApiCall): unknown {
  const dates = readDates(call, { maxDays: RANGE_DAYS }).reverse();
  return { sleep: dates.flatMap((date) => logsOn(call.view, date).reverse()) };
}

function list(call: ApiCall): unknown {
  const query = readList(call, LIST_LIMIT);
  const byInstant = query.bound.includes("T");
  const { view } = call;
  const { items, more } = listPage(call, query, (date): Listed<object>[] =>
    view.sleeps(date).map((sleep) => ({
      item: toLog(view, date, sleep, false),
      date,
      // A bound that is a date is compared with the date under which the sleep is filed.
      localStart: byInstant ? view.clock(date, sleep.startMs) : `${date}T`,
    })),
  );
  return { pagination: pagination(call, "/1.2/user/-/sleep/list.json", query, more), sleep: items };
}

function logsOn(view: View, date: string): object[] {
  return view.sleeps(date).map((sleep) => toLog(view, date, sleep, false));
}

interface Stretch {
  readonly level: string;
  readonly startMs: number;
  readonly seconds: number;
}

interface LevelSummary {
  readonly count: number;
  readonly minutes: number;
  readonly thirtyDayAvgMinutes?: number;
}

export function toLog(view: View, date: string, sleep: Sleep, averages: boolean) {
  const timeInBed = Math.floor((sleep.endMs - sleep.startMs) / 60_000);
  const stretches = stretchesOf(sleep);
  const { data, shortData } = sleep.staged ? withoutShortWakes(stretches) : { data: stretches, shortData: [] };
  const summary = sleep.staged ? stagesSummary(view, date, stretches, timeInBed, averages) : classicSummary(stretches);
  const minutes = (level: string) => summary[level]?.minutes ?? 0;
  const minutesAsleep = sleep.staged ? minutes("deep") + minutes("light") + minutes("rem") : minutes("asleep");
  const written = (list: readonly Stretch[]) =>
    list.map(({ level, startMs, seconds }) => ({ dateTime: view.clock(date, startMs), level, seconds }));
  return {
    dateOfSleep: date,
    duration: timeInBed * 60_000,
    efficiency: efficiency(sleep, minutesAsleep, timeInBed),
    endTime: view.clock(date, sleep.endMs),
    infoCode: infoCode(sleep, timeInBed),
    isMainSleep: view.mainSleep(date)?.id === sleep.id,
    levels: { data: written(data), ...(sleep.staged ? { shortData: written(shortData) } : {}), summary },
    logId: BigInt(sleep.id),
    logType: sleep.manual ? "manual" : "auto_detected",
    minutesAfterWakeup: 0,
    minutesAsleep,
    minutesAwake: timeInBed - minutesAsleep,
    minutesToFallAsleep: 0,
    startTime: view.clock(date, sleep.startMs),
    timeInBed,
    type: sleep.staged ? "stages" : "classic",
  };
}

/** In Fitbit's words, neighbours of one level joined. */
function stretchesOf(sleep: Sleep): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { stage, startMs, seconds } of sleep.segments) {
    const level = sleep.staged && stage === "awake" ? "wake" : stage;
    const last = stretches.at(-1);
    if (last?.level === level) stretches[stretches.length - 1] = { ...last, seconds: last.seconds + seconds };
    else stretches.push({ level, startMs, seconds });
  }
  return stretches;
}

/**
 * Takes short wakes out. Who was in light sleep before and after was so throughout, says `data`; the gap goes to what
 * came before, or, at the very start, to what follows. Laying `shortData` over `data` gives back what really was.
 */
function withoutShortWakes(stretches: readonly Stretch[]): { data: Stretch[]; shortData: Stretch[] } {
  const data: Stretch[] = [];
  const shortData: Stretch[] = [];
  let pending = 0;
  for (const stretch of stretches) {
    const last = data.at(-1);
    const short = stretch.level === "wake" && stretch.seconds <= SHORT_WAKE_SECONDS;
    if (short) shortData.push(stretch);
    if (short && !last) pending += stretch.seconds;
    else if (last && (short || last.level === stretch.level)) {
      data[data.length - 1] = { ...last, seconds: last.seconds + stretch.seconds };
    } else {
      data.push({ ...stretch, startMs: stretch.startMs - pending * 1000, seconds: stretch.seconds + pending });
      pending = 0;
    }
  }
  return { data, shortData };
}

const STAGES = ["deep", "light", "rem", "wake"] as const;

function stagesSummary(view: View, date: string, stretches: readonly Stretch[], timeInBed: number, averages: boolean) {
  const minutes = stageMinutes(stretches, timeInBed);
  const usual = averages ? thirtyDayAverages(view, date) : null;
  const summary: Record<string, LevelSummary> = {};
  for (const level of STAGES) {
    const count = stretches.filter((stretch) => stretch.level === level).length;
    // The averages are 0 in the answers for ranges and lists.
    summary[level] = { count, minutes: minutes[level], thirtyDayAvgMinutes: usual?.[level] ?? 0 };
  }
  return summary;
}

type StageMinutes = Record<(typeof STAGES)[number], number>;

/** Half minutes are rounded so that the four add up to the time in bed. */
function stageMinutes(stretches: readonly Stretch[], timeInBed: number): StageMinutes {
  const minutes: StageMinutes = { deep: 0, light: 0, rem: 0, wake: 0 };
  const halves: (typeof STAGES)[number][] = [];
  let spare = timeInBed;
  for (const level of STAGES) {
    const own = stretches.filter((stretch) => stretch.level === level);
    const seconds = own.reduce((sum, stretch) => sum + stretch.seconds, 0);
    minutes[level] = Math.floor(seconds / 60);
    spare -= minutes[level];
    if (seconds % 60 > 0) halves.push(level);
  }
  for (const level of halves.slice(0, Math.max(0, spare))) minutes[level]++;
  return minutes;
}

function thirtyDayAverages(view: View, date: string): StageMinutes {
  const total: StageMinutes = { deep: 0, light: 0, rem: 0, wake: 0 };
  let nights = 0;
  for (const day of datesBetween(addDays(date, -30), addDays(date, -1))) {
    const sleep = view.mainSleep(day);
    if (!sleep?.staged) continue;
    nights++;
    const minutes = stageMinutes(stretchesOf(sleep), Math.floor((sleep.endMs - sleep.startMs) / 60_000));
    for (const level of STAGES) total[level] += minutes[level];
  }
  for (const level of STAGES) total[level] = nights === 0 ? 0 : Math.round(total[level] / nights);
  return total;
}

function classicSummary(stretches: readonly Stretch[]): Record<string, LevelSummary> {
  const summary: Record<string, LevelSummary> = {};
  for (const level of ["asleep", "awake", "restless"]) {
    const own = stretches.filter((stretch) => stretch.level === level);
    const minutes = Math.round(own.reduce((sum, stretch) => sum + stretch.seconds, 0) / 60);
    // How often somebody was asleep is never counted.
    summary[level] = { count: level === "asleep" ? 0 : own.length, minutes };
  }
  return summary;
}

/** Staged nights are scored by a formula that nobody knows; one in eight turns out far lower than it looks. */
function efficiency(sleep: Sleep, minutesAsleep: number, timeInBed: number): number {
  const plain = Math.round((100 * minutesAsleep) / Math.max(1, timeInBed));
  if (!sleep.staged) return plain;
  const mood = chance(`efficiency ${sleep.id}`);
  return mood < 0.125 ? Math.round(plain * 0.64) : Math.min(99, plain + 4 + Math.round(mood * 6));
}

/** Why there are no stages: under three hours, or a poor signal. */
function infoCode(sleep: Sleep, timeInBed: number): number {
  if (sleep.staged) return 0;
  return timeInBed < 180 ? 2 : 1;
}
