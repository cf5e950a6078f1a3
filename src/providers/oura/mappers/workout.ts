import { optionalString, string, type Unchecked } from "../../../http/json.js";
import type { LocalDate, OffsetDateTime, WorkoutKind, WorkoutRecord } from "../../../model/records.js";
import { instantOf, localDateOf, offsetOf, withOffset } from "../../../model/time.js";
import { figure } from "../../kit/figures.js";
import { instant } from "../../kit/times.js";
import type { Loose } from "./document.js";

/** https://cloud.ouraring.com/v2/docs#tag/Workout-Routes */
interface RawWorkout {
  readonly id: string;
  /** A word of Oura's, from a list that grows. */
  readonly activity: string;
  // The offsets are unreliable: one of the two may be UTC and the other the person's.
  readonly start_datetime: OffsetDateTime;
  readonly end_datetime: OffsetDateTime;
  /** kcal */
  readonly calories: number | null;
  /** m */
  readonly distance: number | null;
}

const kinds: Readonly<Record<string, WorkoutKind>> = {
  walking: "WALKING",
  running: "RUNNING",
  cycling: "CYCLING",
  swimming: "SWIMMING",
  tennis: "TENNIS",
  basketball: "BASKETBALL",
  soccer: "SOCCER",
  yoga: "YOGA",
  pilates: "PILATES",
  strength_training: "STRENGTH",
  hiking: "HIKING",
  dancing: "DANCE",
  dance: "DANCE",
  rowing: "ROWING",
  elliptical: "ELLIPTICAL",
  cross_country_skiing: "SKIING",
  downhill_skiing: "SKIING",
  golf: "GOLF",
  martial_arts: "MARTIAL_ARTS",
  boxing: "MARTIAL_ARTS",
  climbing: "CLIMBING",
  paddling: "PADDLING",
  kayaking: "PADDLING",
  skating: "SKATING",
  ice_skating: "SKATING",
  surfing: "WATER_SPORTS",
  volleyball: "TEAM_SPORTS",
  handball: "TEAM_SPORTS",
  hiit: "INTERVAL_TRAINING",
  stretching: "RECOVERY",
};

/** Words that are not in the list, and new ones, are OTHER: the name tells which. */
export function toWorkout(raw: Loose): WorkoutRecord {
  const { id, activity, calories, distance }: Unchecked<RawWorkout> = raw;
  const { start, end } = spanOf(raw);
  const name = optionalString(activity);
  return {
    id: string(id, "workout.id"),
    kind: name !== null && Object.hasOwn(kinds, name) ? kinds[name]! : "OTHER",
    name,
    start,
    end,
    durationSeconds: Math.round((instantOf(end) - instantOf(start)) / 1000),
    distance: figure(distance),
    energyBurned: figure(calories),
    steps: null,
    averageHeartRate: null,
    points: null,
  };
}

/** The day of a workout, also of one that can't be read. */
export function dayOfWorkout(raw: Loose): LocalDate {
  return localDateOf(spanOf(raw).start);
}

/** Where only one of the two is written in UTC, it takes the offset of the other. The instants stay. */
function spanOf(raw: Loose): { readonly start: OffsetDateTime; readonly end: OffsetDateTime } {
  const start = instant(raw["start_datetime"], "workout.start_datetime");
  const end = instant(raw["end_datetime"], "workout.end_datetime");
  const own = offsetOf(start) || offsetOf(end) || 0;
  const local = (time: OffsetDateTime) => (offsetOf(time) === 0 ? withOffset(instantOf(time), own) : time);
  return { start: local(start), end: local(end) };
}
