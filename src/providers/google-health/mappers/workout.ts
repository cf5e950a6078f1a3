import { object, optionalObject, optionalString, type Unchecked } from "../../../http/json.js";
import type { LocalDate, WorkoutKind, WorkoutRecord, WorkoutZone } from "../../../model/records.js";
import { instantOf, localDateOf } from "../../../model/time.js";
import { figure } from "../../kit/figures.js";
import { StillGoingOn } from "../../kit/members.js";
import {
  type Duration,
  hasNoEnd,
  type Int64,
  pointId,
  type RawInterval,
  toMinutes,
  toSeconds,
  toSpan,
  toStart,
} from "./wire.js";

/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#Exercise */
interface RawExercise {
  readonly interval: RawInterval;
  readonly exerciseType: string;
  readonly displayName: string;
  readonly metricsSummary: {
    readonly caloriesKcal: number;
    /** A double, unlike all other types. */
    readonly distanceMillimeters: number;
    readonly steps: Int64;
    readonly averageHeartRateBeatsPerMinute: Int64;
    /** A double in mm, as the distance. */
    readonly elevationGainMillimeters: number;
    readonly heartRateZoneDurations: Readonly<Record<keyof typeof zoneMembers, Duration>>;
  };
}

/** Every type that has a kind of its own. Other and new types are OTHER and keep their name. */
const typesByKind: Readonly<Partial<Record<WorkoutKind, readonly string[]>>> = {
  WALKING: [
    "WALKING",
    "INCLINE_WALK",
    "NORDIC_WALKING",
    "POWER_WALKING",
    "STROLLER_WALK",
    "TREADMILL_WALK",
    "WALK_WITH_WEIGHTS",
  ],
  RUNNING: ["RUNNING", "INCLINE_RUN", "TRAIL_RUN", "TREADMILL"],
  CYCLING: [
    "BIKING",
    "ASSAULT_BIKE",
    "ELECTRIC_BIKE",
    "HAND_CYCLING",
    "MOUNTAIN_BIKE",
    "OUTDOOR_BIKE",
    "SPINNING",
    "STATIONARY_BIKE",
  ],
  SWIMMING: ["SWIMMING", "SWIMMING_OPEN_WATER", "SWIMMING_POOL", "SYNCHRONIZED_SWIMMING"],
  TENNIS: ["TENNIS"],
  BASKETBALL: ["BASKETBALL"],
  SOCCER: ["SOCCER"],
  YOGA: ["YOGA", "YOGA_BIKRAM", "YOGA_HATHA", "YOGA_POWER", "YOGA_VINYASA"],
  PILATES: ["PILATES"],
  STRENGTH: [
    "STRENGTH_TRAINING",
    "BODY_WEIGHT",
    "CALISTHENICS",
    "CORE_TRAINING",
    "FREE_WEIGHTS",
    "FUNCTIONAL_STRENGTH_TRAINING",
    "POWERLIFTING",
    "RESISTANCE_BANDS",
    "TRX",
    "WEIGHTLIFTING",
    "WEIGHT_MACHINES",
    "WEIGHTS",
  ],
  HIKING: ["HIKING", "BACKPACKING", "RUCKING"],
  DANCE: [
    "DANCING",
    "BALLET",
    "BALLROOM_DANCE",
    "BREAKDANCING",
    "HIP_HOP",
    "JAZZ_DANCE",
    "MODERN_DANCE",
    "TANGO",
    "ZUMBA",
  ],
  ROWING: ["ROWING", "ROWING_MACHINE"],
  ELLIPTICAL: ["ELLIPTICAL"],
  SKIING: ["SKIING", "CROSS_COUNTRY_SKI"],
  GOLF: ["GOLF"],
  MARTIAL_ARTS: [
    "MARTIAL_ARTS",
    "BOXING",
    "JIU_JITSU",
    "KARATE",
    "KICKBOXING",
    "MUAY_THAI",
    "TAEKWONDO",
    "TAI_CHI",
    "WRESTLING",
  ],
  CLIMBING: ["CLIMBING", "INDOOR_CLIMBING", "ROCK_CLIMBING"],
  PADDLING: ["CANOEING", "KAYAKING", "PADDLEBOARDING"],
  SKATING: ["SKATING", "ICE_SKATING", "ROLLERBLADING", "ROLLER_SKATING", "SPEED_SKATING"],
  WATER_SPORTS: [
    "WATER_SPORT",
    "DIVING",
    "FOILING",
    "KITESURFING",
    "SAILING",
    "SCUBA_DIVING",
    "SNORKELING",
    "SURFING",
    "WAKEBOARDING",
    "WATER_AEROBICS",
    "WATER_JOGGING",
    "WATER_POLO",
    "WATER_SKIING",
    "WATER_VOLLEYBALL",
    "WINDSURFING",
  ],
  TEAM_SPORTS: [
    "BASEBALL",
    "CRICKET",
    "FIELD_HOCKEY",
    "FOOTBALL_AMERICAN",
    "FOOTBALL_AUSTRALIAN",
    "HANDBALL",
    "HOCKEY",
    "LACROSSE",
    "RUGBY",
    "SOFTBALL",
    "ULTIMATE_FRISBEE",
    "VOLLEYBALL",
    "VOLLEYBALL_BEACH",
  ],
  INTERVAL_TRAINING: ["HIIT", "INTERVAL_WORKOUT", "TABATA_WORKOUT"],
  RECOVERY: ["STRETCHING", "MEDITATE"],
};
const kindByType = new Map(
  Object.entries(typesByKind).flatMap(([kind, types]) => types.map((type) => [type, kind as WorkoutKind] as const)),
);

export function toWorkoutKind(type: unknown): WorkoutKind {
  return kindByType.get(String(type)) ?? "OTHER";
}

/** The day of a workout that can't be read: the day of its start. */
export function dayOfWorkout(value: unknown, zone: string | undefined): LocalDate {
  return localDateOf(
    toStart(object(object(value, "dataPoints[]")["exercise"], "exercise")["interval"], zone, "exercise"),
  );
}

export function toWorkout(value: unknown, zone: string | undefined): WorkoutRecord {
  const point = object(value, "dataPoints[]");
  const raw: Unchecked<RawExercise> = object(point["exercise"], "exercise");
  if (hasNoEnd(raw.interval)) throw new StillGoingOn("exercise", dayOfWorkout(value, zone));
  const { start, end } = toSpan(raw.interval, zone, "exercise.interval");
  const metrics = optionalObject(raw.metricsSummary) ?? {};
  // Google's own tutorial misspells the member. The schema has the right spelling.
  const millimetres = figure(metrics["distanceMillimeters"] ?? metrics["distanceMillimiters"]);
  const climbed = figure(metrics["elevationGainMillimeters"]);
  return {
    id: pointId(point, start),
    kind: toWorkoutKind(raw.exerciseType),
    name: optionalString(raw.displayName) ?? optionalString(raw.exerciseType),
    start,
    end,
    durationSeconds: Math.round((instantOf(end) - instantOf(start)) / 1000),
    distance: millimetres === null ? null : millimetres / 1000,
    energyBurned: figure(metrics["caloriesKcal"]),
    steps: figure(metrics["steps"]),
    averageHeartRate: figure(metrics["averageHeartRateBeatsPerMinute"]),
    points: null,
    elevationGain: climbed === null ? null : climbed / 1000,
    zones: toZones(metrics["heartRateZoneDurations"]),
  };
}

const zoneMembers = {
  lightTime: "LIGHT",
  moderateTime: "MODERATE",
  vigorousTime: "VIGOROUS",
  peakTime: "PEAK",
} as const;

/** Null if no zone has a time. The bounds of zones are those of the day, which is not read here. */
function toZones(value: unknown): readonly WorkoutZone[] | null {
  const durations = optionalObject(value) ?? {};
  const zones = Object.entries(zoneMembers).flatMap(([member, kind]): WorkoutZone[] => {
    const seconds = toSeconds(durations[member]);
    if (seconds === null) return [];
    return [{ kind, minRate: null, maxRate: null, minutes: toMinutes(seconds), energyBurned: null }];
  });
  return zones.length > 0 ? zones : null;
}

/** The exercise type under which a kind is recorded: the first that is read as that kind. */
export function exerciseTypeOf(kind: WorkoutKind): string {
  return typesByKind[kind]?.[0] ?? "OTHER";
}
