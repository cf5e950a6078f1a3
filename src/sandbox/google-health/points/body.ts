import { MINUTE_MS } from "../time.js";
import { steadyFraction } from "../user-id.js";
import { type PointsOn, samplePoint } from "./point.js";

/** Ids of measurements are their time in milliseconds, as in the samples of the reference; neighbours differ by one. */
const measured = (ms: number, neighbour: number) => `${ms + neighbour}`;

export const weight: PointsOn = (view, day) =>
  day.weighings
    .filter(({ timeMs }) => timeMs <= view.untilMs)
    .map(({ timeMs, weightKg }) => ({
      ...samplePoint(view, timeMs, { weightGrams: Math.round(weightKg * 1000) }, "scale"),
      id: measured(timeMs, 0),
    }));

/** Not every weighing knows it, and where it does it is a data point of its own. */
export const bodyFat: PointsOn = (view, day) =>
  day.weighings
    .filter(({ timeMs, fatPercentage }) => timeMs <= view.untilMs && fatPercentage !== null)
    .map(({ timeMs, fatPercentage }) => ({
      ...samplePoint(view, timeMs, { percentage: fatPercentage }, "scale"),
      id: measured(timeMs, 1),
    }));

/** Entered once, on the day the account was made: whoever asks for last week's finds none. */
export const height: PointsOn = (view, day) => {
  const timeMs = day.startMs + 9 * 60 * MINUTE_MS;
  if (day.date !== view.person.memberSince || timeMs > view.untilMs) return [];
  const heightMillimeters = `${Math.round(view.person.heightCm * 10)}`;
  return [{ ...samplePoint(view, timeMs, { heightMillimeters }, "manual"), id: measured(timeMs, 2) }];
};

/** Typed in now and then by whoever owns a thermometer. */
export const coreBodyTemperature: PointsOn = (view, day) => {
  const dice = steadyFraction(`thermometer:${view.person.id}:${day.date}`);
  const timeMs = day.startMs + 8 * 60 * MINUTE_MS;
  if (dice > 0.1 || view.person.hasTracker === false || timeMs > view.untilMs) return [];
  const temperatureCelsius = Math.round((36.3 + dice * 9) * 10) / 10;
  const point = samplePoint(view, timeMs, { temperatureCelsius, measurementLocation: "EAR" }, "manual");
  return [{ ...point, id: measured(timeMs, 3) }];
};
