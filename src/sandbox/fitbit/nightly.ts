import type { NightSensor } from "../person.js";
import { type ApiCall, type ApiRoute, reads } from "./call.js";
import { chance, round } from "./json.js";
import { dayNumber } from "./local-time.js";
import { readDates } from "./params.js";
import { temperatureOf } from "./units.js";
import type { View } from "./view.js";

/** What is measured in the main sleep, filed under its date: days without such a night have no row. */

const MONTH_DAYS = 30;
const USER = "/1/user/:user";

export const nightlyRoutes: readonly ApiRoute[] = [
  ...withDetail("/hrv", "heartrate", hrvMinutes),
  ...withRange("/hrv", "heartrate", hrv),
  ...withDetail("/spo2", "oxygen_saturation", oxygenMinutes),
  ...withRange("/spo2", "oxygen_saturation", oxygen),
  ...withDetail("/br", "respiratory_rate", breathingByStage),
  ...withRange("/br", "respiratory_rate", breathing),
  ...withRange("/temp/skin", "temperature", skinTemperature),
  ...withRange("/temp/core", "temperature", coreTemperature),
  ...withRange("/cardioscore", "cardio_fitness", cardioScore),
];

function withRange(path: string, scope: string, answer: ApiRoute["answer"]): ApiRoute[] {
  const base = `${USER}${path}/date/:start`;
  return [reads(`${base}.json`, scope, answer), reads(`${base}/:end.json`, scope, answer)];
}

/** To be listed before the ranges, which would take `all` for a date. */
function withDetail(path: string, scope: string, answer: ApiRoute["answer"]): ApiRoute[] {
  const base = `${USER}${path}/date/:start`;
  const routes = [reads(`${base}/all.json`, scope, answer), reads(`${base}/:end/all.json`, scope, answer)];
  return routes.map((route) => ({ ...route, intraday: path === "/hrv" }));
}

interface Night {
  readonly date: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** The nights in which the wearable measured this. */
function measured(call: ApiCall, maxDays: number | undefined, sensor: NightSensor): Night[] {
  return nights(call, maxDays).filter(({ date }) => call.view.person.nightSensorsOn(date).includes(sensor));
}

/** Nights of at least three hours; shorter ones do not suffice for any of these figures. */
function nights(call: ApiCall, maxDays: number | undefined): Night[] {
  return readDates(call, { maxDays }).flatMap((date) => {
    const sleep = call.view.mainSleep(date);
    const enough = sleep && sleep.endMs - sleep.startMs >= 3 * 3_600_000;
    return enough ? [{ date, startMs: sleep.startMs, endMs: sleep.endMs }] : [];
  });
}

/** Between two bounds, and the same whenever it is asked for. */
function figure(view: View, night: string, what: string, from: number, to: number, decimals: number): number {
  return round(from + (to - from) * chance(`${view.person.id} ${night} ${what}`), decimals);
}

function hrv(call: ApiCall): unknown {
  const rows = nights(call, MONTH_DAYS).flatMap(({ date }) => {
    const daily = call.view.person.day(date).hrvRmssd;
    if (daily === null) return [];
    const deepRmssd = round(daily * figure(call.view, date, "deep", 0.82, 1.08, 3), 3);
    const deepless = chance(`${call.view.person.id} ${date} deepless`) < 0.04;
    return [{ dateTime: date, value: { dailyRmssd: daily, deepRmssd: deepless ? null : deepRmssd } }];
  });
  return { hrv: rows };
}

function hrvMinutes(call: ApiCall): unknown {
  const { view } = call;
  const rows = nights(call, MONTH_DAYS).flatMap((night) => {
    const daily = view.person.day(night.date).hrvRmssd;
    if (daily === null) return [];
    const minutes: object[] = [];
    for (let ms = Math.ceil(night.startMs / 300_000) * 300_000; ms + 300_000 <= night.endMs; ms += 300_000) {
      const rmssd = round(daily * figure(view, String(ms), "rmssd", 0.7, 1.3, 4), 3);
      const value = {
        rmssd,
        coverage: figure(view, String(ms), "coverage", 0.88, 0.998, 3),
        hf: round(rmssd * figure(view, String(ms), "hf", 7, 14, 3), 3),
        lf: round(rmssd * figure(view, String(ms), "lf", 15, 27, 3), 3),
      };
      minutes.push({ minute: view.clock(night.date, ms), value });
    }
    return [{ dateTime: night.date, minutes }];
  });
  return { hrv: rows };
}

function oxygenOf(view: View, night: string): { avg: number; min: number; max: number } {
  const avg = figure(view, night, "oxygen", 94.6, 97.3, 1);
  const min = round(avg - figure(view, night, "oxygen low", 1.4, 3.9, 1), 1);
  return { avg, min, max: round(Math.min(100, avg + figure(view, night, "oxygen high", 1.1, 2.6, 1)), 1) };
}

/** A bare object for a date, which is empty without a value, and a bare array for a range. */
function oxygen(call: ApiCall): unknown {
  const rows = measured(call, undefined, "oxygen").map(({ date }) => ({
    dateTime: date,
    value: oxygenOf(call.view, date),
  }));
  return call.params["end"] === undefined ? (rows[0] ?? {}) : rows;
}

function oxygenMinutes(call: ApiCall): unknown {
  const { view } = call;
  const rows = measured(call, MONTH_DAYS, "oxygen").map(({ date, startMs, endMs }) => {
    const { min, max } = oxygenOf(view, date);
    const minutes: object[] = [];
    // Their seconds are those of the first one, and aligned to nothing.
    for (let ms = startMs + figure(view, date, "offset", 61, 340, 0) * 1000; ms < endMs; ms += 60_000) {
      minutes.push({
        value: figure(view, String(ms), "oxygen", min, max, 1),
        minute: view.clock(date, ms).slice(0, 19),
      });
    }
    return { dateTime: date, minutes };
  });
  return call.params["end"] === undefined ? (rows[0] ?? {}) : rows;
}

function breathingRate(view: View, night: string): number {
  return figure(view, night, "breathing", 12.8, 17.4, 1);
}

function breathing(call: ApiCall): unknown {
  const rows = measured(call, MONTH_DAYS, "breathing").map(({ date }) => ({
    dateTime: date,
    value: { breathingRate: breathingRate(call.view, date) },
  }));
  return { br: rows };
}

/** -1 stands for a stage without a value. */
function breathingByStage(call: ApiCall): unknown {
  const { view } = call;
  const rows = measured(call, MONTH_DAYS, "breathing").map(({ date }) => {
    const full = breathingRate(view, date);
    const near = (what: string, from: number, to: number) => round(full + figure(view, date, what, from, to, 1), 1);
    const rem = chance(`${view.person.id} ${date} no rem`) < 0.2 ? -1 : near("breathing rem", 0.3, 1.3);
    return {
      dateTime: date,
      value: {
        deepSleepSummary: { breathingRate: near("breathing deep", -1.1, -0.2) },
        fullSleepSummary: { breathingRate: full },
        lightSleepSummary: { breathingRate: near("breathing light", 0.1, 0.4) },
        remSleepSummary: { breathingRate: rem },
      },
    };
  });
  return { br: rows };
}

/** A difference to what is usual for the person. */
function skinTemperature(call: ApiCall): unknown {
  const rows = measured(call, MONTH_DAYS, "skin").map(({ date }) => {
    const difference = figure(call.view, date, "skin", -1.4, 1.3, 1);
    const nightlyRelative = temperatureOf(difference, call.units, true);
    return { dateTime: date, logType: "dedicated_temp_sensor", value: { nightlyRelative } };
  });
  return { tempSkin: rows };
}

/** Typed in by hand, which people do about every ninth morning. */
function coreTemperature(call: ApiCall): unknown {
  const { view, units } = call;
  const rows = readDates(call, { maxDays: MONTH_DAYS }).flatMap((date) => {
    const measured = view.wears(date) && chance(`${view.person.id} ${date} thermometer`) < 0.11;
    if (!measured || view.day(date).rows < 480) return [];
    const value = temperatureOf(figure(view, date, "core", 36.2, 37.3, 1), units);
    return [{ dateTime: `${date}T07:30:00`, value }];
  });
  return { tempCore: rows };
}

/** A text: an estimated range, or a single number after a run with GPS. */
function cardioScore(call: ApiCall): unknown {
  const { view } = call;
  const rows = readDates(call, { maxDays: MONTH_DAYS }).flatMap((dateTime) => {
    if (!view.day(dateTime).worn) return [];
    const week = Math.floor(dayNumber(dateTime) / 7);
    const low = Math.round(36 + 14 * chance(`${view.person.id} fitness`) + 2 * chance(`${view.person.id} ${week} vo2`));
    const exact = view.workouts(dateTime).some(({ kind }) => kind === "run");
    return [{ dateTime, value: { vo2Max: exact ? String(low + 2) : `${low}-${low + 4}` } }];
  });
  return { cardioScore: rows };
}
