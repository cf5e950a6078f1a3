import { isFortnightly } from "../kit/day-uuid.js";
import type { LabRecord, ListView } from "../kit/list-lab.js";
import { bodyOn, heartRatesIn, MINUTE_MS, stagesEvery } from "../people/index.js";
import { integer, random } from "../people/random.js";
import type { PersonDay, PersonSleepStage } from "../person.js";
import { DEVICES, deviceIdOf, numberOf } from "./devices.js";

/** 0 awake, 1 light, 2 deep, 3 REM, 15 out of bed. */
type State = 0 | 1 | 2 | 3 | 15;
const STATES: Readonly<Record<PersonSleepStage, State>> = {
  awake: 0,
  light: 1,
  asleep: 1,
  restless: 1,
  deep: 2,
  rem: 3,
};

/** A night as this vendor sees it: whole minutes, and one stay out of bed in some of them. */
interface Night {
  readonly id: number;
  readonly day: PersonDay;
  readonly startMs: number;
  readonly endMs: number;
  readonly states: readonly State[];
  readonly rates: readonly number[];
  /** From the phone: it knows when the person slept, and no stages. */
  readonly external: boolean;
  readonly device: "mat" | "watch";
}

export function nightsOf({ person, syncedUntil }: ListView, day: PersonDay): readonly Night[] {
  const arrived = day.sleeps.filter(({ endMs }) => endMs <= syncedUntil);
  return arrived.map((sleep, index) => {
    const startMs = Math.floor(sleep.startMs / MINUTE_MS) * MINUTE_MS;
    const states = stagesEvery(sleep, 60).map((stage) => STATES[stage]);
    const endMs = startMs + states.length * MINUTE_MS;
    const id = numberOf("night", person.id, day.date, index);
    const own = { id, day, startMs, endMs, rates: heartRatesIn(person, startMs, endMs) };
    const walked = sleep.main && id % 3 === 0 ? outOfBed(states, id) : states;
    return { ...own, states: walked, external: isFortnightly(day, 3), device: sleep.main ? "mat" : "watch" };
  });
}

/** Five minutes after the middle of the night, with a minute awake on both sides. */
function outOfBed(states: readonly State[], id: number): readonly State[] {
  const from = Math.floor(states.length / 2) + (id % 40);
  return states.map((state, minute) =>
    minute >= from && minute < from + 5 ? 15 : minute === from - 1 || minute === from + 5 ? 0 : state,
  );
}

const PAID = /^(rmssd|sdnn|hrv|core_body)/;

export function summariesOf(view: ListView, day: PersonDay, paid: boolean): readonly LabRecord[] {
  return nightsOf(view, day).map((night) => {
    const { states, external, device } = night;
    const count = (...wanted: readonly State[]) => 60 * states.filter((state) => wanted.includes(state)).length;
    const isAsleep = (state: State) => state === 1 || state === 2 || state === 3;
    const fell = Math.max(0, states.findIndex(isAsleep));
    const woke = states.findLastIndex(isAsleep) + 1;
    const asleep = count(1, 2, 3);
    const awake = count(0);
    const spells = (wanted: State) => states.filter((state, at) => state === wanted && states[at - 1] !== wanted);
    const rates = night.rates.filter((rate) => rate > 0);
    const next = random(view.person.id, day.date, "withings night", night.id);
    const breaths = Math.round(bodyOn(view.person, day.date).breathsPerMinute);
    // The mat heard nothing in one night of eight: −1, not 0.
    const heard = next() >= 0.12;
    const rmssd = day.hrvRmssd ?? 40;
    const stages = {
      lightsleepduration: count(1),
      deepsleepduration: count(2),
      remsleepduration: count(3),
      sleep_score: Math.min(100, Math.round(asleep / 330)),
      hr_average: rates.length === 0 ? 0 : Math.round(rates.reduce((sum, rate) => sum + rate, 0) / rates.length),
      hr_min: rates.length === 0 ? 0 : Math.min(...rates),
      hr_max: rates.length === 0 ? 0 : Math.max(...rates),
      ...{ rr_average: breaths, rr_min: breaths - 3, rr_max: breaths + 5 },
      snoring: heard ? 60 * integer(next, 0, 45) : -1,
      snoringepisodecount: heard ? integer(next, 0, 6) : -1,
      breathing_disturbances_intensity: heard ? integer(next, 2, 30) : -1,
      apnea_hypopnea_index: heard ? integer(next, 0, 9) : -1,
      rmssd_start_avg: Math.round(rmssd * 0.93),
      rmssd_end_avg: Math.round(rmssd * 1.06),
      nb_rem_episodes: spells(3).length,
    };
    const none = { lightsleepduration: null, deepsleepduration: null, remsleepduration: null };
    const latency = 60 * states.slice(0, fell).filter((state) => state === 0).length;
    const wakeup = 60 * states.slice(woke).filter((state) => state === 0).length;
    const data = {
      total_timeinbed: asleep + awake,
      total_sleep_time: asleep,
      ...(external ? { ...none, asleepduration: asleep } : stages),
      wakeupduration: awake,
      wakeupcount: spells(0).length,
      sleep_latency: latency,
      durationtosleep: latency,
      wakeup_latency: wakeup,
      durationtowakeup: wakeup,
      waso: awake - latency - wakeup,
      out_of_bed_count: spells(15).length,
      sleep_efficiency: Math.round((100 * asleep) / (asleep + awake)) / 100,
      night_events: { "1": [0], "2": [60 * fell], "3": [60 * woke], "4": [60 * states.length] },
    };
    const hasModel = !external && {
      hash_deviceid: deviceIdOf(view.person, device),
      model_id: DEVICES[device].model_id,
    };
    return {
      id: night.id,
      timezone: day.timeZone,
      model: device === "mat" ? 32 : 16,
      ...(hasModel || {}),
      startdate: night.startMs / 1_000,
      enddate: night.endMs / 1_000,
      date: day.date,
      data: Object.fromEntries(Object.entries(data).filter(([name]) => paid || !PAID.test(name))),
      created: night.endMs / 1_000 + 900,
      modified: night.endMs / 1_000 + 900,
    };
  });
}

/** What came along in recordings without `data_fields`. */
export const USUAL_FIELDS = [
  ...["wakeupduration", "wakeupcount", "durationtosleep", "remsleepduration", "durationtowakeup", "total_timeinbed"],
  ...["total_sleep_time", "sleep_efficiency", "sleep_latency", "wakeup_latency", "waso", "nb_rem_episodes"],
  ...["out_of_bed_count", "lightsleepduration", "deepsleepduration", "asleepduration"],
];

const SAMPLED = ["hr", "rr", "snoring", "sdnn_1", "rmssd", "mvt_score"];

/** The segments of the nights that touch a span, in no order, each with the samples that were asked for. */
export function segmentsOf(view: ListView, nights: readonly Night[], fields: readonly string[], paid: boolean) {
  const wanted = SAMPLED.filter((field) => fields.includes(field) && (paid || !PAID.test(field)));
  return nights
    .filter(({ external }) => !external)
    .flatMap((night) => {
      const { states, startMs, day, device } = night;
      const body = bodyOn(view.person, day.date);
      const value = (field: string, minute: number) => {
        const noise = (numberOf("sample", field, night.id, minute) % 9) - 4;
        if (field === "hr") return night.rates[minute]!;
        if (field === "rr") return Math.round(body.breathsPerMinute) + Math.round(noise / 2);
        if (field === "rmssd") return noise === 4 ? 0 : Math.round((day.hrvRmssd ?? 40) + 3 * noise);
        return field === "sdnn_1" ? Math.round((day.hrvSdnn ?? 52) + 3 * noise) : Math.max(0, noise);
      };
      const samples = (field: string, from: number, until: number) => {
        const minutes = Array.from({ length: until - from }, (_, index) => from + index);
        const known = minutes.filter((minute) => field !== "hr" || night.rates[minute]! > 0);
        return Object.fromEntries(known.map((minute) => [startMs / 1_000 + 60 * minute, value(field, minute)]));
      };
      const starts = states.flatMap((state, at) => (at === 0 || states[at - 1] !== state ? [at] : []));
      return starts.flatMap((from, index) => {
        const until = starts[index + 1] ?? states.length;
        // Only devices on a special plan tell when nobody lies in bed.
        if (states[from] === 15) return [];
        return [
          {
            startdate: startMs / 1_000 + 60 * from,
            enddate: startMs / 1_000 + 60 * until,
            state: states[from],
            model: DEVICES[device].model,
            model_id: DEVICES[device].model_id,
            hash_deviceid: deviceIdOf(view.person, device),
            ...Object.fromEntries(wanted.map((field) => [field, samples(field, from, until)])),
          },
        ];
      });
    })
    .toSorted((left, right) => numberOf("order", left.startdate) - numberOf("order", right.startdate));
}
