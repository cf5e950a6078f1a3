import type { SyncState } from "../kit/index.js";
import { addDays, dateAt, datesBetween } from "../people/index.js";
import type { Person } from "../person.js";
import { goalsOf, type MisfitGoal, pointsOf } from "./goals.js";
import { timeOf } from "./ids.js";
import { type MisfitSession, sessionsOf } from "./sessions.js";
import { type FiledSleep, type MisfitSleep, sleepsOf } from "./sleeps.js";
import type { MisfitSwitches } from "./switches.js";
import { dayOf, totalsOf } from "./view.js";

export interface MisfitSummary {
  readonly date: string;
  readonly points: number;
  readonly steps: number;
  readonly calories: number;
  readonly activityCalories: number;
  readonly distance: number;
}

interface DatedObjects {
  readonly goals: MisfitGoal;
  readonly sessions: MisfitSession;
  readonly sleeps: MisfitSleep;
}

export type DatedType = keyof DatedObjects;

/** What Misfit holds about people: derived from their days up to the last sync, then changed by hand where a test did. */
export interface MisfitObjects {
  summaries(person: Person, first: string, last: string): MisfitSummary[];
  list<T extends DatedType>(type: T, person: Person, first: string, last: string): DatedObjects[T][];
  find<T extends DatedType>(type: T, person: Person, id: string): DatedObjects[T] | null;
  /** Overwrites some of an object's fields. The day it is filed under stays. */
  change(id: string, fields: Readonly<Record<string, unknown>>): void;
  remove(id: string): void;
}

export function createObjects(sync: SyncState, switches: MisfitSwitches): MisfitObjects {
  const changed = new Map<string, Readonly<Record<string, unknown>>>();
  const removed = new Set<string>();
  const syncedUntil = (person: Person) => sync.syncedUntil(person.id, "MISFIT");

  function asHeld<T extends { readonly id: string }>(objects: readonly T[]): T[] {
    return objects.filter(({ id }) => !removed.has(id)).map((object) => ({ ...object, ...changed.get(object.id) }));
  }

  function sleepsEndingOn(person: Person, date: string): FiledSleep[] {
    const day = dayOf(person, date, syncedUntil(person));
    return day ? sleepsOf(person, day, syncedUntil(person), switches.sleepDetailsMode) : [];
  }

  const ofDay: { [T in DatedType]: (person: Person, date: string) => DatedObjects[T][] } = {
    goals(person, date) {
      const day = dayOf(person, date, syncedUntil(person));
      return day ? goalsOf(person, day, syncedUntil(person)).map(withoutOffset) : [];
    },
    sessions(person, date) {
      const day = dayOf(person, date, syncedUntil(person));
      return day ? sessionsOf(person, day, syncedUntil(person)).map(withoutCalories) : [];
    },
    sleeps(person, date) {
      const candidates = switches.sleepFiledBy === "end" ? [date] : [date, addDays(date, 1)];
      const filed = candidates.flatMap((endDate) => sleepsEndingOn(person, endDate));
      const own = filed.filter(
        ({ startDate, endDate }) => (switches.sleepFiledBy === "end" ? endDate : startDate) === date,
      );
      return own.map(({ sleep }) => sleep);
    },
  };

  function withoutOffset({ timeZoneOffset, ...goal }: MisfitGoal): MisfitGoal {
    return switches.timeZoneOffsetOnGoals ? { ...goal, timeZoneOffset } : goal;
  }

  function withoutCalories({ calories, ...session }: MisfitSession): MisfitSession {
    return switches.omitCalories ? session : { ...session, calories };
  }

  return {
    summaries(person, first, last) {
      return datesBetween(first, last).flatMap((date) => {
        const syncedMs = syncedUntil(person);
        const day = dayOf(person, date, syncedMs);
        if (!day) {
          return switches.summaryZeroRows && date <= dateAt(person, syncedMs) ? [zeroRow(date)] : [];
        }
        const { steps, miles, kcal, activeKcal } = totalsOf(person, day, syncedMs);
        const points = pointsOf(person, day, syncedMs);
        return [{ date, points, steps, calories: kcal, activityCalories: activeKcal, distance: miles }];
      });
    },
    list: (type, person, first, last) => datesBetween(first, last).flatMap((date) => asHeld(ofDay[type](person, date))),
    find(type, person, id) {
      const timeMs = timeOf(id);
      if (timeMs === null) {
        return null;
      }
      const date = dateAt(person, timeMs);
      // An id's time is an object's start or end, so the day it is filed under may be a neighbour.
      const near = datesBetween(addDays(date, -1), addDays(date, 1)).flatMap((day) => ofDay[type](person, day));
      return asHeld(near).find((object) => object.id === id) ?? null;
    },
    change(id, fields) {
      changed.set(id, { ...changed.get(id), ...fields });
    },
    remove(id) {
      removed.add(id);
    },
  };
}

function zeroRow(date: string): MisfitSummary {
  return { date, points: 0, steps: 0, calories: 0, activityCalories: 0, distance: 0 };
}
