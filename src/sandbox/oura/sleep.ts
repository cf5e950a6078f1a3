import { dayUuid, isFortnightly } from "../kit/day-uuid.js";
import { type LabRecord, type ListView, withOffset } from "../kit/list-lab.js";
import {
  addDays,
  bodyOn,
  dayNumber,
  heartRatesIn,
  instantOf,
  localDate,
  meanBins,
  sleepTotals,
  stagesEvery,
} from "../people/index.js";
import { integer, random } from "../people/random.js";
import type { PersonDay, PersonSleep, PersonSleepStage } from "../person.js";
import { mean, rounded, score } from "./document.js";
import { readinessOf } from "./scores.js";

const PHASES: Readonly<Record<PersonSleepStage, string>> = {
  deep: "1",
  light: "2",
  asleep: "2",
  restless: "2",
  rem: "3",
  awake: "4",
};
const MOVEMENTS: Readonly<Record<PersonSleepStage, string>> = {
  deep: "1",
  asleep: "1",
  light: "1",
  rem: "2",
  restless: "3",
  awake: "4",
};
const LONG_MS = 3 * 3_600_000;

/** The sleep day changes at 18:00: what ends later is filed under tomorrow. */
function filedUnder(endMs: number, timeZone: string): string {
  const date = localDate(endMs, timeZone);
  return endMs >= instantOf(`${date}T18:00`, timeZone) ? addDays(date, 1) : date;
}

/** The sleep periods that ended on a local day: real ones, and what the ring took for sleep. */
export function periodsOf(view: ListView, day: PersonDay): readonly LabRecord[] {
  const arrived = day.sleeps.filter(({ endMs }) => endMs <= view.syncedUntil);
  const real = arrived.map((sleep, index) => periodOf(view, day, sleep, index));
  return [...real, ...falseAlarms(view, day, real.length)];
}

function periodOf(view: ListView, day: PersonDay, sleep: PersonSleep, index: number): LabRecord {
  const { person } = view;
  const next = random(person.id, day.date, "oura period", index);
  const long = sleep.main && sleep.endMs - sleep.startMs > LONG_MS;
  const totals = sleepTotals(sleep);
  const rates = heartRatesIn(person, sleep.startMs, sleep.endMs);
  const measured = rates.filter((rate) => rate > 0);
  // A ring that sits badly has no samples, and 255 for the lowest rate.
  const blind = measured.length === 0 || (!sleep.main && next() < 0.25);
  const bins = Math.ceil(totals.inBedSeconds / 300);
  const variability = day.hrvRmssd ?? 38;
  const heart = meanBins(rates, 5).map((rate) => rate && Math.round(rate));
  const hrv = heart.map((rate) => rate && Math.max(5, Math.round(variability + integer(next, -14, 14))));
  // One reading is lost in the course of every night.
  const lost = integer(next, 1, Math.max(1, bins - 2));
  const samples = (items: readonly (number | null)[]) => ({
    interval: 300,
    items: items.slice(0, bins).map((item, at) => (at === lost ? null : item)),
    timestamp: withOffset(sleep.startMs, day.timeZone).replace(/(?=[+-]\d\d:\d\d$)/, ".000"),
  });
  const filed = filedUnder(sleep.endMs, day.timeZone);
  const evening = filed !== localDate(sleep.endMs, day.timeZone);
  return {
    id: dayUuid(person, "sleep", day.date, index),
    average_breath: rounded(bodyOn(person, day.date).breathsPerMinute, 3),
    average_heart_rate: measured.length === 0 ? null : rounded(mean(measured), 2),
    average_hrv: blind ? null : Math.round(variability),
    awake_time: totals.awakeSeconds,
    bedtime_end: withOffset(sleep.endMs, day.timeZone),
    bedtime_start: withOffset(sleep.startMs, day.timeZone),
    day: filed,
    deep_sleep_duration: totals.deepSeconds,
    efficiency: score((100 * totals.asleepSeconds) / totals.inBedSeconds),
    heart_rate: blind ? null : samples(heart),
    hrv: blind ? null : samples(hrv),
    latency: totals.latencySeconds,
    light_sleep_duration: totals.lightSeconds,
    low_battery_alert: next() < 0.03,
    lowest_heart_rate: blind ? 255 : Math.min(...measured),
    movement_30_sec: stagesEvery(sleep, 30)
      .map((stage) => MOVEMENTS[stage])
      .join(""),
    period: index,
    readiness: long ? readinessOf(view, day) : null,
    readiness_score_delta: long ? 0 : null,
    rem_sleep_duration: totals.remSeconds,
    restless_periods: totals.awakenings + integer(next, 4, 20),
    sleep_algorithm_version: "v2",
    sleep_analysis_reason: "foreground_sleep_analysis",
    sleep_phase_30_sec: dayNumber(day.date) % 3 === 0 ? null : phases(sleep, 30),
    sleep_phase_5_min: phases(sleep, 300),
    sleep_score_delta: long ? 0 : null,
    time_in_bed: totals.inBedSeconds,
    total_sleep_duration: totals.asleepSeconds,
    // The app and the recordings do not agree on the name of an evening nap.
    type: long ? "long_sleep" : evening && next() < 0.5 ? "late_nap" : "sleep",
    ring_id: `ring-${view.userId.slice(0, 8)}`,
  };
}

/** Every digit is the stage that most of its seconds have. */
function phases(sleep: PersonSleep, seconds: number): string {
  const cells = stagesEvery(sleep, 30).map((stage) => PHASES[stage]);
  const size = seconds / 30;
  return Array.from({ length: Math.ceil(cells.length / size) }, (_, at) => {
    const own = cells.slice(at * size, (at + 1) * size);
    const count = (digit: string) => own.filter((cell) => cell === digit).length;
    return [...new Set(own)].reduce((most, digit) => (count(digit) > count(most) ? digit : most));
  }).join("");
}

/** Rest on a sofa that the person rejected, and a period that they removed: once a fortnight each. */
function falseAlarms(view: ListView, day: PersonDay, index: number): readonly LabRecord[] {
  const type = isFortnightly(day, 5) ? "rest" : isFortnightly(day, 9) ? "deleted" : null;
  const [startMs, endMs] = ["19:50", "20:40"].map((time) => instantOf(`${day.date}T${time}`, day.timeZone));
  if (type === null || !day.worn || endMs! > view.syncedUntil || endMs! > day.endMs) return [];
  return [
    {
      id: dayUuid(view.person, "sleep", day.date, index),
      bedtime_end: withOffset(endMs!, day.timeZone),
      bedtime_start: withOffset(startMs!, day.timeZone),
      day: filedUnder(endMs!, day.timeZone),
      average_hrv: null,
      awake_time: 3_000,
      deep_sleep_duration: 0,
      efficiency: 1,
      heart_rate: null,
      hrv: null,
      light_sleep_duration: 0,
      low_battery_alert: false,
      lowest_heart_rate: 255,
      period: index,
      rem_sleep_duration: 0,
      time_in_bed: 3_000,
      total_sleep_duration: 0,
      type,
    },
  ];
}
