import { id, object, optionalObject, optionalString, type Unchecked, UnreadableAnswer } from "../../../http/json.js";
import type { HeartZoneKind, LocalDate, WorkoutKind, WorkoutRecord, WorkoutZone } from "../../../model/records.js";
import { instantOf, localDateOf } from "../../../model/time.js";
import { figure } from "../../kit/figures.js";
import { moment, type Offset, type ScoreState, type Timestamp, toKilocalories, toMinutes } from "./wire.js";

/** https://developer.whoop.com/api#tag/Workout */
interface RawWorkout {
  readonly id: string;
  readonly start: Timestamp;
  readonly end: Timestamp;
  readonly timezone_offset: Offset;
  /** In lower case, with hyphens: "functional-fitness". The number of the sport was announced to vanish. */
  readonly sport_name: string;
  readonly score_state: ScoreState;
  readonly score: {
    readonly strain: number;
    readonly average_heart_rate: number;
    readonly max_heart_rate: number;
    readonly kilojoule: number;
    readonly distance_meter: number;
    readonly altitude_gain_meter: number;
    readonly zone_durations: Readonly<Record<(typeof zoneMembers)[number][0], number>>;
  };
}

const zoneMembers = [
  ["zone_zero_milli", "BELOW_ZONES"],
  ["zone_one_milli", "LIGHT"],
  ["zone_two_milli", "MODERATE"],
  ["zone_three_milli", "VIGOROUS"],
  ["zone_four_milli", "VIGOROUS"],
  ["zone_five_milli", "PEAK"],
] as const satisfies readonly (readonly [string, HeartZoneKind])[];

/** Every sport that has a kind of its own. Other and new sports are OTHER and keep their name. */
const sportsByKind: Readonly<Partial<Record<WorkoutKind, readonly string[]>>> = {
  WALKING: ["walking", "dog walking", "stroller walking"],
  RUNNING: ["running", "stroller jogging", "track & field", "trail running", "cross country", "obstacle course racing"],
  CYCLING: ["cycling", "mountain biking", "spin", "assault bike", "bmx", "hand cycling", "motocross"],
  SWIMMING: ["swimming"],
  TENNIS: ["tennis"],
  BASKETBALL: ["basketball", "wheelchair basketball"],
  SOCCER: ["soccer", "futsal"],
  YOGA: ["yoga", "hot yoga"],
  PILATES: ["pilates", "reformer pilates", "barre"],
  STRENGTH: ["weightlifting", "powerlifting", "functional fitness", "strength trainer", "strongman"],
  HIKING: ["hiking/rucking", "hiking", "rucking"],
  DANCE: ["dance", "circus arts"],
  ROWING: ["rowing"],
  ELLIPTICAL: ["elliptical", "stairmaster"],
  SKIING: ["skiing", "cross country skiing", "snowboarding"],
  GOLF: ["golf"],
  MARTIAL_ARTS: ["martial arts", "boxing", "jiu jitsu", "kickboxing", "wrestling", "fencing", "box fitness"],
  CLIMBING: ["rock climbing", "climber"],
  PADDLING: ["kayaking", "paddleboarding", "canoeing"],
  SKATING: ["ice skating", "inline skating", "skateboarding"],
  WATER_SPORTS: ["surfing", "sailing", "diving", "water polo", "water skiing", "wakeboarding", "kite boarding"],
  TEAM_SPORTS: [
    ...["baseball", "cricket", "field hockey", "football", "australian football", "gaelic football", "handball"],
    ...["ice hockey", "lacrosse", "netball", "rugby", "softball", "ultimate", "volleyball", "hurling/camogie"],
  ],
  INTERVAL_TRAINING: ["hiit", "f45 training", "barry's"],
  RECOVERY: [
    ...["meditation", "stretching", "sauna", "ice bath", "massage therapy", "percussive massage", "cryotherapy"],
    ...["air compression", "breathwork", "steam room", "cold shower", "nsdr", "hot tub"],
  ],
};
const kindBySport = new Map(
  Object.entries(sportsByKind).flatMap(([kind, sports]) => sports.map((sport) => [sport, kind as WorkoutKind])),
);

function toKind(sport: string | null): WorkoutKind {
  const plain = sport?.toLowerCase().replaceAll(/[-_]/g, " ") ?? "";
  return (kindBySport.get(plain) as WorkoutKind | undefined) ?? "OTHER";
}

export function toWorkout(value: unknown): WorkoutRecord {
  const raw: Unchecked<RawWorkout> = object(value, "workout");
  const { start, end } = spanOf(raw);
  const score = scoreOf(raw);
  const name = optionalString(raw.sport_name);
  const strain = figure(score.strain);
  return {
    id: id(raw.id, "workout.id"),
    kind: toKind(name),
    name,
    start,
    end,
    durationSeconds: Math.round((instantOf(end) - instantOf(start)) / 1000),
    distance: figure(score.distance_meter),
    energyBurned: toKilocalories(figure(score.kilojoule)),
    steps: null,
    averageHeartRate: figure(score.average_heart_rate),
    points: null,
    maxHeartRate: figure(score.max_heart_rate),
    elevationGain: figure(score.altitude_gain_meter),
    zones: toZones(score.zone_durations),
    load: strain,
    loadName: strain === null ? null : "Strain",
  };
}

/** The day on which it began. */
export function dayOfWorkout(value: unknown): LocalDate {
  return localDateOf(spanOf(object(value, "workout")).start);
}

/** Whether its figures are still being computed. */
export function isPending(value: unknown): boolean {
  return optionalObject(value)?.["score_state"] === "PENDING_SCORE";
}

function spanOf(raw: Unchecked<RawWorkout>) {
  const of = (instant: unknown) => moment(instant, raw.timezone_offset, "workout");
  return { start: of(raw.start), end: of(raw.end) };
}

function scoreOf(raw: Unchecked<RawWorkout>): Unchecked<RawWorkout["score"]> {
  if (raw.score_state === "SCORED") return object(raw.score, "workout.score");
  if (raw.score_state === "PENDING_SCORE" || raw.score_state === "UNSCORABLE") return {};
  throw new UnreadableAnswer("workout.score_state is unknown");
}

/** Two of WHOOP's zones are one of ours. */
function toZones(value: unknown): readonly WorkoutZone[] | null {
  const raw: Unchecked<RawWorkout["score"]["zone_durations"]> = optionalObject(value) ?? {};
  const minutes = new Map<HeartZoneKind, number>();
  for (const [member, kind] of zoneMembers) {
    const part = toMinutes(figure(raw[member]));
    if (part !== null) minutes.set(kind, (minutes.get(kind) ?? 0) + part);
  }
  const zones = [...minutes].map(([kind, sum]): WorkoutZone => {
    return { kind, minRate: null, maxRate: null, minutes: sum, energyBurned: null };
  });
  return zones.length > 0 ? zones : null;
}
