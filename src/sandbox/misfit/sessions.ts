import { between, integer, random } from "../people/random.js";
import type { Person, PersonDay, PersonWorkout } from "../person.js";
import { objectId } from "./ids.js";
import { bias, biasedCount, decimals, localTime, METERS_PER_MILE } from "./view.js";

export interface MisfitSession {
  readonly id: string;
  readonly activityType: string;
  readonly startTime: string;
  readonly duration: number;
  readonly points: number;
  readonly steps?: number;
  readonly calories?: number;
  readonly distance?: number;
}

/** What Misfit calls them. It never knew weight training: a tracker on the wrist feels none of it. */
const activityTypes: Partial<Record<PersonWorkout["kind"], string>> = {
  walk: "Walking",
  run: "Running",
  bike: "Cycling",
  swim: "Swimming",
  hike: "Hiking",
  yoga: "Yoga",
};

/** Points per minute beyond those for steps: Misfit rewards sport that has no steps. */
const bonusPoints: Partial<Record<PersonWorkout["kind"], number>> = { run: 4, bike: 7.5, swim: 9, hike: 1, yoga: 2.5 };

const SHORTEST_SECONDS = 300;

/** The day's sessions that were over and synced, in order. Each lies inside what really happened: Misfit notices late. */
export function sessionsOf(person: Person, day: PersonDay, syncedMs: number): MisfitSession[] {
  return day.workouts.flatMap((workout) => {
    const activityType = activityTypes[workout.kind];
    const next = random(workout.id, "misfit session");
    const startMs = workout.startMs + Math.round(between(next, 60, 180)) * 1000;
    const endMs = workout.endMs - Math.round(between(next, 60, 120)) * 1000;
    const duration = Math.floor((endMs - startMs) / 1000);
    if (activityType === undefined || duration < SHORTEST_SECONDS || endMs > syncedMs) {
      return [];
    }
    const share = (endMs - startMs) / (workout.endMs - workout.startMs);
    const { distanceMeters } = workout;
    const steps = workout.steps === null ? null : stepsWithin(person, day, startMs, endMs);
    const kcal = workout.energyKcal * share * bias(person, workout.id, "session energy");
    const bonus = (bonusPoints[workout.kind] ?? 0) * (duration / 60);
    return [
      {
        id: objectId("session", `${person.id} ${workout.id}`, startMs),
        activityType,
        startTime: localTime(person, startMs),
        duration,
        points: decimals((steps ?? 0) / 10 + bonus + integer(next, 1, 9) / 10, 1),
        ...(steps === null ? {} : { steps }),
        calories: decimals(kcal, 1),
        ...(distanceMeters === null
          ? {}
          : { distance: decimals((distanceMeters * share * bias(person, day.date, "distance")) / METERS_PER_MILE, 4) }),
      },
    ];
  });
}

/** Counted with the day's own bias over whole minutes, so that sessions never hold more steps than their day. */
function stepsWithin(person: Person, day: PersonDay, startMs: number, endMs: number): number {
  const first = Math.ceil((startMs - day.startMs) / 60_000);
  const end = Math.floor((endMs - day.startMs) / 60_000);
  let steps = 0;
  for (const minute of day.minutes.steps.subarray(first, end)) {
    steps += minute;
  }
  return biasedCount(steps, bias(person, day.date, "steps"));
}
