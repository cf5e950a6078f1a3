import type { PersonDay } from "../../person.js";
import { duration, MINUTE_MS, timestamp } from "../time.js";
import { steadyFraction } from "../user-id.js";
import type { View } from "../view.js";
import { intervalPoint, type PointsOn, samplePoint } from "./point.js";
import type { Point } from "./shape.js";

/** What people measure by themselves now and then, and what a watch notices. */

/** A fraction that is the same whenever it is asked for; a person without a wearable measures nothing. */
function dice(view: View, day: PersonDay, name: string): number {
  return view.person.hasTracker === false ? 1 : steadyFraction(`${name}:${view.person.id}:${day.date}`);
}

const atMinute = (day: PersonDay, minute: number) => day.startMs + minute * MINUTE_MS;
const tenth = (value: number) => Math.round(value * 10) / 10;

/** Pricked before breakfast on some days; a sensor under the skin measures every five minutes besides. */
export const bloodGlucose: PointsOn = (view, day) => {
  const chance = dice(view, day, "glucose");
  const timeMs = atMinute(day, 7 * 60 + 12);
  const points: Point[] = [];
  if (view.person.glucoseSensor) {
    const level = 92 + 20 * steadyFraction(`sugar:${view.person.id}:${day.date}`);
    for (let minute = 3; atMinute(day, minute) < Math.min(day.endMs, view.untilMs); minute += 5) {
      const meal = 28 * Math.max(0, Math.sin(((minute - 380) / 1440) * 6 * Math.PI));
      points.push(
        samplePoint(view, atMinute(day, minute), {
          bloodGlucoseMilligramsPerDeciliter: tenth(level + meal),
          measurementSource: "CONTINUOUS_GLUCOSE_MONITORING",
          specimen: "INTERSTITIAL_FLUID",
        }),
      );
    }
  }
  if (chance < 0.15 && timeMs <= view.untilMs)
    points.push({
      ...samplePoint(
        view,
        timeMs,
        {
          bloodGlucoseMilligramsPerDeciliter: tenth(84 + 120 * chance),
          measurementTiming: chance < 0.1 ? "FASTING" : "GENERAL",
          measurementSource: "SELF_MONITORING_BLOOD_GLUCOSE",
          specimen: "CAPILLARY_BLOOD",
        },
        "manual",
      ),
      id: `${timeMs}`,
    });
  return points.sort((a, b) => a.startMs - b.startMs);
};

const SAMPLES_A_SECOND = 250;
const ECG_SECONDS = 30;

/** Half a minute with a finger on the watch. Both ends of its interval are the time of the reading. */
export const electrocardiogram: PointsOn = (view, day) => {
  const chance = dice(view, day, "ecg");
  const timeMs = atMinute(day, 12 * 60 + 34);
  if (chance > 0.06 || !day.worn || timeMs > view.untilMs) return [];
  const rate = Math.round(62 + 300 * chance);
  const beat = Math.round((SAMPLES_A_SECOND * 60) / rate);
  const waveformSamples = Array.from({ length: SAMPLES_A_SECOND * ECG_SECONDS }, (_, index) =>
    index % beat === 0 ? 9_100 : Math.round(400 * Math.sin((index % beat) / 7)),
  );
  return [
    {
      ...intervalPoint(view, timeMs, timeMs, {
        beatsPerMinuteAvg: `${rate}`,
        resultClassification: chance < 0.01 ? "INCONCLUSIVE_HIGH_HEART_RATE" : "NORMAL_SINUS_RHYTHM",
        waveformSamples,
        samplingFrequencyHertz: SAMPLES_A_SECOND,
        millivoltsScalingFactor: 10_922,
        leadNumber: 1,
        medicalDeviceInfo: { firmwareVersion: "1.203.4", featureVersion: "1.2.3", deviceModel: "Charge 6" },
      }),
      id: `${timeMs}`,
    },
  ];
};

/** A night in which the watch was not sure of the rhythm, some four times a year. */
export const irregularRhythmNotification: PointsOn = (view, day) => {
  const chance = dice(view, day, "irn");
  const [fromMs, toMs] = [atMinute(day, 2 * 60 + 5), atMinute(day, 4 * 60 + 20)];
  if (chance > 0.02 || !day.worn || toMs > view.untilMs) return [];
  const windows = [0, 30, 60].map((minute) => {
    const [startMs, endMs] = [fromMs + minute * MINUTE_MS, fromMs + (minute + 60) * MINUTE_MS];
    const beats = [0, 1, 2].map((index) => ({
      physicalTime: timestamp(startMs + index * 900),
      utcOffset: duration(view.offsetAt(startMs)),
      beatsPerMinute: 61 + 17 * index,
    }));
    return {
      startTime: timestamp(startMs),
      startUtcOffset: duration(view.offsetAt(startMs)),
      endTime: timestamp(endMs),
      endUtcOffset: duration(view.offsetAt(endMs)),
      positive: true,
      heartBeats: beats,
    };
  });
  const medicalDeviceInfo = { algorithmVersion: "3.1", serviceVersion: "2.8", deviceModel: "Charge 6" };
  return [{ ...intervalPoint(view, fromMs, toMs, { alertWindows: windows, medicalDeviceInfo }), id: `${fromMs}` }];
};
