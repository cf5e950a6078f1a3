import { id, list, number, optionalList, optionalString, string, type Unchecked } from "../../../http/json.js";
import { type Cell, cell } from "../../../model/cells.js";
import type { Field } from "../../../model/fields.js";
import { withoutNoise } from "../../../model/numbers.js";
import type {
  CourseRecord,
  HeartZoneKind,
  LocalDate,
  OffsetDateTime,
  WorkoutKind,
  WorkoutRecord,
  WorkoutZone,
} from "../../../model/records.js";
import { instantOf, localDateOf, offsetOf, plusSeconds } from "../../../model/time.js";
import { figure } from "../../kit/figures.js";
import { atOffset, type Duration, measured, members, seconds, toSeries, wallClock } from "./wire.js";

/** https://www.polar.com/accesslink-api/#exercises */
interface RawExercise {
  readonly id: string;
  /** On the device's clock. */
  readonly start_time: string;
  /** Minutes. */
  readonly start_time_utc_offset: number;
  readonly duration: Duration;
  /** kcal */
  readonly calories: number;
  /** m */
  readonly distance: number;
  readonly heart_rate: { readonly average: number; readonly maximum: number };
  /** Coarse: OTHER for many. */
  readonly sport: string;
  readonly detailed_sport_info: string;
  readonly training_load: number;
  /** −1: none. */
  readonly training_load_pro: { readonly cardio_load: number };
  /** Five by default. */
  readonly heart_rate_zones: readonly {
    readonly index: number;
    readonly lower_limit: number;
    readonly upper_limit: number;
    readonly in_zone: Duration;
  }[];
  readonly samples: readonly {
    /** Seconds. */
    readonly recording_rate: number;
    readonly sample_type: string;
    /** "97,104,null,118" */
    readonly data: string;
  }[];
}

/** The first that fits, over the words of Polar's name of a sport. Other sports are OTHER and keep their name. */
const kinds: readonly (readonly [WorkoutKind, RegExp])[] = [
  ["WATER_SPORTS", /^WATERSPORTS|SURFING|SAILING|WATERSKI|WAKEBOARD|DIVING/],
  ["SKIING", /SKIING|SNOWBOARD/],
  ["SKATING", /SKATING|SKATEBOARD/],
  ["PADDLING", /KAYAK|CANOE|PADDL/],
  ["ROWING", /ROWING/],
  ["SWIMMING", /SWIMMING/],
  ["CYCLING", /CYCLING|BIKING|SPINNING/],
  ["HIKING", /HIKING|TREKKING/],
  ["WALKING", /WALKING/],
  ["RUNNING", /RUNNING|JOGGING|ORIENTEERING/],
  ["MARTIAL_ARTS", /BOXING|JUDO|KARATE|TAEKWONDO|JITSU|MARTIAL|WRESTLING|FENCING/],
  ["CLIMBING", /CLIMBING|BOULDERING/],
  ["ELLIPTICAL", /CROSS_TRAINER|ELLIPTICAL/],
  ["INTERVAL_TRAINING", /HIIT|INTERVAL|TABATA/],
  ["STRENGTH", /STRENGTH|CIRCUIT|CORE|WEIGHT/],
  ["YOGA", /YOGA/],
  ["PILATES", /PILATES|BARRE/],
  ["DANCE", /DANC|ZUMBA|BALLET/],
  ["TENNIS", /^TENNIS/],
  ["BASKETBALL", /BASKETBALL/],
  ["SOCCER", /SOCCER|FUTSAL/],
  ["GOLF", /GOLF/],
  ["TEAM_SPORTS", /FOOTBALL|HOCKEY|HANDBALL|VOLLEYBALL|FLOORBALL|BASEBALL|SOFTBALL|RUGBY|CRICKET|NETBALL|LACROSSE/],
  ["RECOVERY", /STRETCHING|MOBILITY|MEDITATION|BREATHING|SAUNA/],
];

function toKind(...names: readonly (string | null)[]): WorkoutKind {
  for (const name of names) {
    const found = kinds.find(([, words]) => words.test(name ?? ""));
    if (found) return found[0];
  }
  return "OTHER";
}

export function toWorkout(value: unknown): WorkoutRecord {
  const raw = members<RawExercise>(value, "exercise");
  const { start, end, durationSeconds } = spanOf(raw);
  const [fine, coarse] = [optionalString(raw.detailed_sport_info), optionalString(raw.sport)];
  const rates = raw.heart_rate ? members<RawExercise["heart_rate"]>(raw.heart_rate, "exercise.heart_rate") : {};
  return {
    id: id(raw.id, "exercise.id"),
    kind: toKind(fine, coarse),
    name: fine ?? coarse,
    start,
    end,
    durationSeconds: Math.round(durationSeconds),
    distance: figure(raw.distance),
    energyBurned: figure(raw.calories),
    steps: null,
    averageHeartRate: measured(rates.average),
    points: null,
    maxHeartRate: measured(rates.maximum),
    zones: toZones(raw.heart_rate_zones),
    ...toLoad(raw),
  };
}

/** The day on which it began. */
export function dayOfExercise(value: unknown): LocalDate {
  return localDateOf(spanOf(members<RawExercise>(value, "exercise")).start);
}

function spanOf(raw: Unchecked<RawExercise>): { start: OffsetDateTime; end: OffsetDateTime; durationSeconds: number } {
  const offset = number(raw.start_time_utc_offset, "exercise.start_time_utc_offset") * 60;
  const start = atOffset(wallClock(raw.start_time, "exercise.start_time"), offset);
  const durationSeconds = seconds(string(raw.duration, "exercise.duration"), "exercise.duration") ?? 0;
  return { start, end: plusSeconds(start, durationSeconds), durationSeconds };
}

function toLoad(raw: Unchecked<RawExercise>): Pick<WorkoutRecord, "load" | "loadName"> {
  const load = none(raw.training_load);
  if (load !== null) return { load, loadName: "Training load" };
  const pro = raw.training_load_pro
    ? members<RawExercise["training_load_pro"]>(raw.training_load_pro, "training_load_pro")
    : {};
  const cardio = none(pro.cardio_load);
  return { load: cardio, loadName: cardio === null ? null : "Cardio load" };
}

function none(value: unknown): number | null {
  const found = figure(value);
  return found === -1 ? null : found;
}

/** Zones 3 and 4 are one of ours. */
const zoneKinds: readonly HeartZoneKind[] = ["LIGHT", "MODERATE", "VIGOROUS", "VIGOROUS", "PEAK"];

function toZones(value: unknown): readonly WorkoutZone[] | null {
  const zones = new Map<HeartZoneKind, WorkoutZone>();
  for (const each of optionalList(value)) {
    const raw = members<RawExercise["heart_rate_zones"][number]>(each, "heart_rate_zones[]");
    const kind = zoneKinds[number(raw.index, "heart_rate_zones.index") - 1];
    if (!kind) continue;
    const time = seconds(raw.in_zone, "heart_rate_zones.in-zone");
    const before = zones.get(kind);
    const minutes = time === null ? (before?.minutes ?? null) : (before?.minutes ?? 0) + time / 60;
    const minRate = before ? before.minRate : figure(raw.lower_limit);
    zones.set(kind, { kind, minRate, maxRate: figure(raw.upper_limit), minutes, energyBurned: null });
  }
  return zones.size > 0 ? [...zones.values()] : null;
}

const KILOMETERS_AN_HOUR = 1 / 3.6;

/** By the number of the type. Of the two cadences an exercise has one: of turns, or of steps. */
export const courses = {
  "workouts.course:HEART_RATE": { types: ["0"], factor: 1 },
  "workouts.course:SPEED": { types: ["1"], factor: KILOMETERS_AN_HOUR },
  "workouts.course:CADENCE": { types: ["2", "8"], factor: 1 },
  "workouts.course:ALTITUDE": { types: ["3"], factor: 1 },
  "workouts.course:POWER": { types: ["4"], factor: 1 },
} as const satisfies Partial<Record<Field, { types: readonly string[]; factor: number }>>;

/** One course of one exercise. None without it. Throws `UnreadableAnswer`. */
export function toCourse(value: unknown, field: keyof typeof courses): CourseOfDay | null {
  const { types, factor }: { types: readonly string[]; factor: number } = courses[field];
  const raw = members<RawExercise>(value, "exercise");
  const { start } = spanOf(raw);
  const all = raw.samples === undefined || raw.samples === null ? [] : list(raw.samples, "exercise.samples");
  for (const each of all) {
    const given = members<RawExercise["samples"][number]>(each, "exercise.samples[]");
    if (!types.includes(String(given.sample_type))) continue;
    const rate = number(given.recording_rate, "samples.recording-rate");
    const samples = string(given.data, "samples.data")
      .split(",")
      .flatMap((text, index): [number, number][] => {
        // The sensor was off.
        if (text === "null" || text === "") return [];
        return [[instantOf(start) + index * rate * 1000, withoutNoise(number(text, "samples.data") * factor)]];
      });
    const beats = field === "workouts.course:HEART_RATE" ? samples.filter(([, beat]) => beat > 0) : samples;
    const series = toSeries(beats, offsetOf(start)!);
    if (series) return { id: id(raw.id, "exercise.id"), day: localDateOf(start), course: series };
  }
  return null;
}

interface CourseOfDay {
  readonly id: string;
  readonly day: LocalDate;
  readonly course: CourseRecord["series"];
}

/** One cell for each day, since a day may have several exercises. */
export function courseCells(field: keyof typeof courses, found: readonly CourseOfDay[]): Cell[] {
  const byDay = new Map<LocalDate, CourseRecord[]>();
  for (const { id: own, day, course } of found)
    byDay.set(day, [...(byDay.get(day) ?? []), { id: own, series: course }]);
  return [...byDay].map(([day, all]) => cell(field, day, all));
}
