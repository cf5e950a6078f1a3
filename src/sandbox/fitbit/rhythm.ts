import { type ApiCall, type ApiRoute, reads } from "./call.js";
import { chance } from "./json.js";
import { type Listed, listPage, pagination } from "./listing.js";
import { readList } from "./params.js";
import type { View } from "./view.js";

/** Electrocardiograms that people take, and nights in which the watch was not sure of the rhythm. */

const LIST_LIMIT = 10;
const SAMPLES_A_SECOND = 250;
const ECG_SECONDS = 30;
const MINUTE_MS = 60_000;

export const rhythmRoutes: readonly ApiRoute[] = [
  reads("/1/user/:user/ecg/list.json", "electrocardiogram", (call) =>
    listOf(call, "ecgReadings", "/1/user/-/ecg/list.json", readingsOn),
  ),
  reads("/1/user/:user/irn/alerts/list.json", "irregular_rhythm_notifications", (call) =>
    listOf(call, "alerts", "/1/user/-/irn/alerts/list.json", alertsOn),
  ),
  reads("/1/user/:user/irn/profile.json", "irregular_rhythm_notifications", ({ view }) => ({
    onboarded: true,
    enrolled: true,
    lastUpdated: `${view.today}T06:00:00.000`,
  })),
];

/** The sort order comes back in capitals here, and the date with a time of day. */
function listOf(
  call: ApiCall,
  key: string,
  path: string,
  itemsOn: (view: View, date: string) => readonly Listed<object>[],
): unknown {
  const query = readList(call, LIST_LIMIT);
  const { items, more } = listPage(call, query, (date) => itemsOn(call.view, date));
  const paging = pagination(call, path, query, more) as Record<string, unknown>;
  const bound = query.bound.includes("T") ? query.bound : `${query.bound}T00:00:00.000`;
  return { [key]: items, pagination: { ...paging, [query.key]: bound, sort: query.sort.toUpperCase() } };
}

const startOf = (view: View, date: string) => view.person.day(date).startMs;

function readingsOn(view: View, date: string): Listed<object>[] {
  const dice = chance(`${view.person.id} ${date} ecg`);
  const timeMs = startOf(view, date) + (12 * 60 + 34) * MINUTE_MS;
  if (dice > 0.06 || !view.wears(date) || timeMs > view.syncedMs) return [];
  const rate = Math.round(62 + 300 * dice);
  const beat = Math.round((SAMPLES_A_SECOND * 60) / rate);
  const waveformSamples = Array.from({ length: SAMPLES_A_SECOND * ECG_SECONDS }, (_, index) =>
    index % beat === 0 ? 9_100 : Math.round(400 * Math.sin((index % beat) / 7)),
  );
  const startTime = view.clock(date, timeMs);
  return [
    {
      date,
      localStart: startTime,
      item: {
        startTime,
        averageHeartRate: rate,
        resultClassification: dice < 0.01 ? "Inconclusive: High heart rate" : "Normal Sinus Rhythm",
        waveformSamples,
        samplingFrequencyHz: SAMPLES_A_SECOND,
        scalingFactor: 10_922,
        numberOfWaveformSamples: waveformSamples.length,
        leadNumber: 1,
        featureVersion: "1.2.3-2.11-2.14",
        deviceName: "Sense",
        firmwareVersion: "1.203.4",
      },
    },
  ];
}

function alertsOn(view: View, date: string): Listed<object>[] {
  const dice = chance(`${view.person.id} ${date} irregular`);
  const noticedMs = startOf(view, date) + (7 * 60 + 30) * MINUTE_MS;
  if (dice > 0.03 || !view.wears(date) || noticedMs > view.syncedMs) return [];
  const at = (minute: number) => view.clock(date, startOf(view, date) + minute * MINUTE_MS);
  const windows = [125, 155, 185].map((minute) => ({
    startTime: at(minute),
    bpmData: [0, 20, 55].map((later) => ({ dataTime: at(minute + later), value: 61 + later })),
  }));
  const detectedTime = at(250);
  return [
    {
      date,
      localStart: detectedTime,
      item: {
        alertTime: view.clock(date, noticedMs),
        detectedTime,
        serviceVersion: "2.8",
        algoVersion: "3.1",
        deviceType: "Sense",
        windows,
      },
    },
  ];
}
