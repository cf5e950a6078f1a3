import { integer, random } from "../people/random.js";
import type { Person, PersonDay } from "../person.js";
import { objectId } from "./ids.js";
import { sessionsOf } from "./sessions.js";
import { decimals, offsetHours, totalsOf } from "./view.js";

export interface MisfitGoal {
  readonly id: string;
  readonly date: string;
  readonly points: number;
  readonly targetPoints: number;
  readonly timeZoneOffset?: number;
}

/** Ten steps are a point, and sport without steps earns its own. */
export function pointsOf(person: Person, day: PersonDay, syncedMs: number): number {
  const sport = sessionsOf(person, day, syncedMs).reduce((sum, { points, steps = 0 }) => sum + points - steps / 10, 0);
  return decimals(totalsOf(person, day, syncedMs).steps / 10 + sport, 1);
}

/**
 * The goal of one day. Whoever changes their target during the day leaves two: the first stopped counting then.
 * A rest day has a target of 0.
 */
export function goalsOf(person: Person, day: PersonDay, syncedMs: number): MisfitGoal[] {
  const next = random(person.id, day.date, "misfit goal");
  const points = pointsOf(person, day, syncedMs);
  const timeZoneOffset = offsetHours(person, day.startMs);
  const goal = (part: number, reached: number, targetPoints: number): MisfitGoal => ({
    id: objectId("goal", `${person.id} ${day.date} ${part}`, day.startMs),
    date: day.date,
    points: reached,
    targetPoints,
    timeZoneOffset,
  });
  const target = integer(next, 12, 20) * 50;
  const mood = next();
  if (mood < 0.03) {
    return [goal(0, points, 0)];
  }
  return mood < 0.08
    ? [goal(0, decimals(points * 0.4, 1), target), goal(1, points, target + 150)]
    : [goal(0, points, target)];
}
