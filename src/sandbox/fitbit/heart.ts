import { heartSamples } from "../people/index.js";
import { cellsOf } from "./activity.js";
import { type ApiCall, type ApiRoute, reads } from "./call.js";
import { timeOfMinute } from "./local-time.js";
import { ALL_PERIODS, type IntradayPart, readDates, readIntraday, SHORT_PERIODS } from "./params.js";
import { DAY_MINUTES, type FitbitDay } from "./view.js";
import { activeZoneMinutes, heartRateZones, zoneTimes } from "./zones.js";

const HEART = "/1/user/:user/activities/heart/date/:start/:end";
const ZONES = "/1/user/:user/activities/active-zone-minutes/date/:start/:end";
const YEAR_DAYS = 366;
const ZONE_SERIES_DAYS = 1095;
const MINUTE_MS = 60_000;

export const heartRoutes: readonly ApiRoute[] = [
  { ...reads(`${HEART}/:detail.json`, "heartrate", intraday), intraday: true },
  { ...reads(`${HEART}/:detail/time/:from/:to.json`, "heartrate", intraday), intraday: true },
  reads(`${HEART}.json`, "heartrate", series),
  { ...reads(`${ZONES}/:detail.json`, "activity", zoneIntraday), intraday: true },
  { ...reads(`${ZONES}/:detail/time/:from/:to.json`, "activity", zoneIntraday), intraday: true },
  reads(`${ZONES}.json`, "activity", zoneSeries),
];

function series(call: ApiCall): unknown {
  const dates = readDates(call, { maxDays: YEAR_DAYS, periods: SHORT_PERIODS });
  return { "activities-heart": dates.map((date) => dailyRow(call, date)) };
}

/** A day without wear still lists its zones, all of it out of range; only the resting rate is absent. */
function dailyRow(call: ApiCall, date: string): object {
  const { view, switches } = call;
  const day = view.day(date);
  const times = zoneTimes(view.person, day, 0, day.elapsed);
  const zones = heartRateZones(times, date, switches.lackingZoneKeys);
  const restingHeartRate = view.restingHeartRate(date) ?? undefined;
  return { dateTime: date, value: { customHeartRateZones: [], heartRateZones: zones, restingHeartRate } };
}

function intraday(call: ApiCall): unknown {
  const { view, switches } = call;
  const { parts, interval, windowed } = readIntraday(call, true);
  const dataset: object[] = [];
  const daily: object[] = [];
  for (const part of parts) {
    const day = view.day(part.date);
    dataset.push(...(interval === 0 ? seconds(call, part, day) : minutes(part, day, interval)));
    if (!windowed) {
      daily.push(dailyRow(call, part.date));
      continue;
    }
    // Of a window, the zones stand at the row itself, and the value is a mean, as text.
    const { from, until } = cellsOf(part, day, interval || 1);
    const times = zoneTimes(view.person, day, from, until);
    daily.push({
      customHeartRateZones: [],
      dateTime: part.date,
      heartRateZones: heartRateZones(times, part.date, switches.lackingZoneKeys),
      value: String(Math.round((meanOf(day, from, until) ?? 0) * 100) / 100),
    });
  }
  const rows = { dataset, datasetInterval: interval || 1, datasetType: interval === 0 ? "second" : "minute" };
  return { "activities-heart": daily, "activities-heart-intraday": rows };
}

/** What has no signal is left out. */
function minutes(part: IntradayPart, day: FitbitDay, interval: number): object[] {
  const { from, until } = cellsOf(part, day, interval);
  const rows: object[] = [];
  for (let cell = from; cell < until; cell += interval) {
    const mean = meanOf(day, cell, Math.min(cell + interval, until));
    if (mean !== null) rows.push({ time: timeOfMinute(cell), value: Math.round(mean) });
  }
  return rows;
}

function meanOf(day: FitbitDay, from: number, until: number): number | null {
  let total = 0;
  let count = 0;
  for (let cell = from; cell < until; cell++) {
    total += day.heartRate[cell]!;
    count += day.heartRate[cell]! > 0 ? 1 : 0;
  }
  return count === 0 ? null : total / count;
}

/** Irregular points, a few to the minute, in the minutes that the minute rows come from. */
function seconds(call: ApiCall, part: IntradayPart, day: FitbitDay): object[] {
  const { from, until } = cellsOf(part, day, 1);
  const rows: object[] = [];
  for (let cell = from; cell < Math.min(until, DAY_MINUTES); cell++) {
    const minute = day.heartMinute[cell]!;
    if (minute < 0) continue;
    const startMs = day.person.startMs + minute * MINUTE_MS;
    for (const { timeMs, bpm } of heartSamples(call.view.person, day.person, startMs, startMs + MINUTE_MS)) {
      const second = Math.round((timeMs - startMs) / 1000);
      const ofDay = cell * 60 + second;
      if (ofDay < part.from || ofDay > part.to) continue;
      rows.push({ time: `${timeOfMinute(cell).slice(0, 6)}${String(second).padStart(2, "0")}`, value: bpm });
    }
  }
  return rows;
}

/** Days without any have no row. */
function zoneSeries(call: ApiCall): unknown {
  const { view } = call;
  const dates = readDates(call, { maxDays: ZONE_SERIES_DAYS, periods: ALL_PERIODS });
  const rows = dates.flatMap((dateTime) => {
    const day = view.day(dateTime);
    const value = day.worn ? activeZoneMinutes(zoneTimes(view.person, day, 0, DAY_MINUTES)) : {};
    return value["activeZoneMinutes"] ? [{ dateTime, value }] : [];
  });
  return { "activities-active-zone-minutes": rows };
}

function zoneIntraday(call: ApiCall): unknown {
  const { view } = call;
  const { parts, interval } = readIntraday(call);
  const rows = parts.map((part) => {
    const day = view.day(part.date);
    const { from, until } = cellsOf(part, day, interval);
    const minutes: object[] = [];
    for (let cell = from; cell < until; cell += interval) {
      const value = activeZoneMinutes(zoneTimes(view.person, day, cell, Math.min(cell + interval, until)));
      if (value["activeZoneMinutes"]) minutes.push({ minute: timeOfMinute(cell), value });
    }
    return { dateTime: part.date, minutes };
  });
  return { "activities-active-zone-minutes-intraday": rows };
}
