import { createHash } from "node:crypto";
import { dayUuid, isFortnightly } from "../kit/day-uuid.js";
import { type LabRecord, type ListView, withOffset } from "../kit/list-lab.js";
import { remembered } from "../kit/remembered.js";
import { addDays, bodyOn, dayNumber, heartRatesIn, minutesIn, sleepTotals } from "../people/index.js";
import { between, integer, random } from "../people/random.js";
import type { Person, PersonDay, PersonSleep, PersonWorkout } from "../person.js";

const HOUR_MS = 3_600_000;

const numberOf = (text: string) => Number.parseInt(createHash("sha256").update(text).digest("hex").slice(0, 8), 16);

export const userIdOf = ({ id }: Pick<Person, "id">) => 10_000 + (numberOf(`whoop ${id}`) % 89_999);

/** The day of the id can be read from it: cycles have integers, not UUIDs. */
export const cycleIdOf = ({ id }: Pick<Person, "id">, date: string) => dayNumber(date) * 100 + (numberOf(id) % 100);
export const dayOfCycle = (id: string) =>
  /^\d{6,8}$/.test(id) ? addDays("1970-01-01", Math.floor(Number(id) / 100)) : null;

const sleepIdOf = (person: Person, date: string, index: number) => dayUuid(person, "sleep", date, index);

/** When a record was. It is not part of a recovery, whose list is still asked for by time. */
export interface Span {
  readonly startMs: number;
  /** Null while it runs. */
  readonly endMs: number | null;
}
const spans = new WeakMap<LabRecord, Span>();
export const spanOf = (record: LabRecord): Span => spans.get(record)!;

function during(span: Span, record: LabRecord): LabRecord {
  spans.set(record, span);
  return record;
}

const instant = (ms: number) => new Date(ms).toISOString();
const hundredth = (value: number) => Number(value.toFixed(2));

/** On one day of a fortnight the offset is not known, which looks like UTC. */
const offsetOf = (day: PersonDay, ms: number) => (isFortnightly(day, 6) ? "Z" : withOffset(ms, day.timeZone).slice(-6));

const stamps = (view: ListView, day: PersonDay, ms: number, seed: string) => {
  const next = random(view.person.id, day.date, "whoop", seed);
  const created = ms + integer(next, 20_000, 400_000);
  const updated = created + integer(next, 500, 90_000);
  return { user_id: Number(view.userId), created_at: instant(created), updated_at: instant(updated) };
};

/** What is not scored yet, or can't be, has no score. */
const scored = (state: "SCORED" | "PENDING_SCORE" | "UNSCORABLE", score: () => object) => ({
  score_state: state,
  ...(state === "SCORED" && { score: score() }),
});

const mainOf = (day: PersonDay) => day.sleeps.find(({ main }) => main);
const arrived = ({ syncedUntil }: ListView, sleep: PersonSleep | undefined): sleep is PersonSleep =>
  sleep !== undefined && sleep.endMs <= syncedUntil;

/** A sleep is computed for a quarter of an hour after it has arrived, and once a fortnight never. */
const stateOf = ({ syncedUntil }: ListView, day: PersonDay, { main, endMs }: PersonSleep) =>
  syncedUntil - endMs < HOUR_MS / 4 ? "PENDING_SCORE" : main && isFortnightly(day, 10) ? "UNSCORABLE" : "SCORED";

/** 0 to 21, of heart rates: every further minute counts less. */
function strainOf(rates: readonly number[], rest: number): number {
  const load = rates.reduce((sum, rate) => sum + Math.max(0, rate - rest - 25) ** 1.5, 0);
  return Number((21 * (1 - Math.exp(-load / 45_000))).toFixed(4));
}

function exertion(view: ListView, day: PersonDay, startMs: number, endMs: number) {
  const minutes = minutesIn(view.person, startMs, endMs);
  const rates = minutes.map((minute) => minute.day.minutes.heartRate[minute.index]!).filter((rate) => rate > 0);
  const energy = minutes.reduce((sum, minute) => sum + minute.day.minutes.energyKcal[minute.index]!, 0);
  return {
    strain: strainOf(rates, day.restingHeartRate ?? 60),
    kilojoule: Number((energy * 4.184).toFixed(3)),
    average_heart_rate: Math.round(rates.reduce((sum, rate) => sum + rate, 0) / Math.max(1, rates.length)),
    max_heart_rate: Math.max(0, ...rates),
  };
}

/** From one main sleep to the next, and no longer than four days. The last one runs. */
export const cycles = remembered((view, day) => {
  const { person, syncedUntil } = view;
  const begin = mainOf(day);
  if (!arrived(view, begin)) return [];
  const later = [1, 2, 3, 4].map((days) => mainOf(person.day(addDays(day.date, days))));
  const limit = begin.startMs + 96 * HOUR_MS;
  const next = later.find((sleep) => arrived(view, sleep) && sleep.startMs < limit);
  const endMs = next?.startMs ?? (limit <= syncedUntil ? limit : null);
  const until = endMs ?? syncedUntil;
  const pending = endMs === null && syncedUntil - begin.endMs < HOUR_MS;
  return [
    during(
      { startMs: begin.startMs, endMs },
      {
        id: cycleIdOf(person, day.date),
        ...stamps(view, day, endMs ?? begin.endMs, "cycle"),
        start: instant(begin.startMs),
        ...(endMs !== null && { end: instant(endMs) }),
        timezone_offset: offsetOf(day, begin.startMs),
        ...scored(pending ? "PENDING_SCORE" : "SCORED", () => exertion(view, day, begin.startMs, until)),
      },
    ),
  ];
});

export const recoveries = remembered((view, day) => {
  const { person } = view;
  const night = mainOf(day);
  if (!arrived(view, night)) return [];
  const body = bodyOn(person, day.date);
  const rest = day.restingHeartRate ?? 60;
  const next = random(person.id, day.date, "recovery");
  const state = day.hrvRmssd === null ? "UNSCORABLE" : stateOf(view, day, night);
  // The older strap measured neither oxygen nor temperature.
  const old = day.date < addDays(person.memberSince, 365);
  const more = {
    spo2_percentage: hundredth(body.oxygenPercentage),
    skin_temp_celsius: hundredth(body.skinTemperature),
  };
  return [
    during(night, {
      cycle_id: cycleIdOf(person, day.date),
      sleep_id: sleepIdOf(person, day.date, day.sleeps.indexOf(night)),
      ...stamps(view, day, night.endMs, "recovery"),
      ...scored(state, () => ({
        user_calibrating: day.date < addDays(person.memberSince, 30),
        recovery_score: Math.round(
          Math.min(99, Math.max(1, 60 + (day.hrvRmssd! - 48) * 1.4 - (rest - 54) * 3 + between(next, -8, 8))),
        ),
        resting_heart_rate: rest,
        hrv_rmssd_milli: Number((day.hrvRmssd! * 1.0173).toFixed(5)),
        ...(!old && more),
      })),
    }),
  ];
});

export const sleeps = remembered((view, day) => {
  const { person } = view;
  return day.sleeps
    .filter((sleep) => arrived(view, sleep))
    .map((sleep) => {
      const index = day.sleeps.indexOf(sleep);
      const totals = sleepTotals(sleep);
      const next = random(person.id, day.date, "whoop sleep", index);
      const noData = sleep.main && next() < 0.2 ? 60 * integer(next, 2, 12) : 0;
      // The newest cycle when it began: a nap belongs to the cycle of its day.
      return during(sleep, {
        id: sleepIdOf(person, day.date, index),
        cycle_id: cycleIdOf(person, day.date),
        ...stamps(view, day, sleep.endMs, `sleep ${index}`),
        start: instant(sleep.startMs),
        end: instant(sleep.endMs),
        timezone_offset: offsetOf(day, sleep.endMs),
        nap: !sleep.main,
        ...scored(stateOf(view, day, sleep), () => ({
          stage_summary: {
            total_in_bed_time_milli: 1_000 * totals.inBedSeconds,
            total_awake_time_milli: 1_000 * totals.awakeSeconds,
            total_no_data_time_milli: 1_000 * noData,
            total_light_sleep_time_milli: 1_000 * (totals.lightSeconds - noData),
            total_slow_wave_sleep_time_milli: 1_000 * totals.deepSeconds,
            total_rem_sleep_time_milli: 1_000 * totals.remSeconds,
            sleep_cycle_count: Math.max(1, totals.remEpisodes),
            disturbance_count: totals.awakenings,
          },
          sleep_needed: {
            baseline_milli: 27_650_412,
            need_from_sleep_debt_milli: integer(next, 0, 3_000_000),
            need_from_recent_strain_milli: integer(next, 0, 900_000),
            need_from_recent_nap_milli: -integer(next, 0, 1_200_000),
          },
          respiratory_rate: Number(bodyOn(person, day.date).breathsPerMinute.toFixed(4)),
          sleep_performance_percentage: Math.round(Math.min(100, totals.asleepSeconds / 288)),
          ...(sleep.main && { sleep_consistency_percentage: integer(next, 50, 92) }),
          sleep_efficiency_percentage: Number(((100 * totals.asleepSeconds) / totals.inBedSeconds).toFixed(4)),
        })),
      });
    });
});

const SPORTS: Readonly<Record<PersonWorkout["kind"], string>> = {
  ...{ walk: "walking", run: "running", bike: "cycling", swim: "swimming" },
  ...{ yoga: "yoga", strength: "weightlifting", hike: "hiking/rucking" },
};

export const workouts = remembered((view, day) => {
  const { person, syncedUntil } = view;
  const age = Number(day.date.slice(0, 4)) - Number(person.dateOfBirth.slice(0, 4));
  const done = day.workouts.filter(({ endMs }) => endMs <= syncedUntil);
  const trained = done.map((workout, index) => {
    const { startMs, endMs, kind, distanceMeters } = workout;
    const rates = heartRatesIn(person, startMs, endMs).filter((rate) => rate > 0);
    // Zones begin at 50, 60, 70, 80 and 90 hundredths of the highest rate.
    const zoneOf = (rate: number) => Math.min(5, Math.max(0, Math.floor((10 * rate) / (220 - age)) - 4));
    const zone = (wanted: number) => 60_000 * rates.filter((rate) => zoneOf(rate) === wanted).length;
    const next = random(person.id, day.date, "whoop workout", index);
    const [climbed, change] = [between(next, 2, 90), between(next, -6, 6)].map(hundredth);
    return {
      workout,
      record: {
        id: dayUuid(person, "workout", day.date, index),
        ...stamps(view, day, endMs, `workout ${index}`),
        start: instant(startMs),
        end: instant(endMs),
        timezone_offset: offsetOf(day, startMs),
        sport_name: SPORTS[kind],
        ...scored("SCORED", () => ({
          ...exertion(view, day, startMs, endMs),
          percent_recorded: integer(next, 92, 100),
          ...(distanceMeters !== null && {
            distance_meter: distanceMeters,
            altitude_gain_meter: climbed,
            altitude_change_meter: change,
          }),
          zone_durations: {
            ...{ zone_zero_milli: zone(0), zone_one_milli: zone(1), zone_two_milli: zone(2) },
            ...{ zone_three_milli: zone(3), zone_four_milli: zone(4), zone_five_milli: zone(5) },
          },
        })),
      },
    };
  });
  const [startMs, endMs] = [day.startMs + 20.2 * HOUR_MS, day.startMs + 20.5 * HOUR_MS];
  const sauna = {
    id: dayUuid(person, "workout", day.date, 9),
    ...stamps(view, day, endMs, "sauna"),
    start: instant(startMs),
    end: instant(endMs),
    timezone_offset: offsetOf(day, startMs),
    sport_name: "sauna",
    ...scored("UNSCORABLE", () => ({})),
  };
  const listed = trained.map(({ workout, record }) => during(workout, record));
  return day.worn && isFortnightly(day, 12) && endMs <= syncedUntil
    ? [...listed, during({ startMs, endMs }, sauna)]
    : listed;
});
