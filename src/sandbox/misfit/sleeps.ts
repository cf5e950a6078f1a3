import { localDate } from "../people/calendar.js";
import { integer, random } from "../people/random.js";
import type { Person, PersonDay, PersonSleep, PersonSleepStage } from "../person.js";
import { objectId } from "./ids.js";
import type { MisfitSwitches } from "./switches.js";
import { localTime } from "./view.js";

export interface MisfitSleep {
  readonly id: string;
  readonly autoDetected: boolean;
  readonly startTime: string;
  readonly duration: number;
  readonly sleepDetails?: readonly SleepDetail[];
}

interface SleepDetail {
  readonly datetime: string;
  readonly value: number;
}

interface Change {
  readonly atMs: number;
  readonly value: number;
}

/** Awake, sleep, deep sleep: there is no REM, and restlessness is sleep. */
const values: Record<PersonSleepStage, number> = { awake: 1, light: 2, rem: 2, asleep: 2, restless: 2, deep: 3 };

const MOST_CHANGES = 30;
/** Misfit tells deep sleep in every night, so a long stretch of undivided sleep has some in its middle. */
const DEEP_FROM_MS = 24 * 60_000;
const SHORTEST_SECONDS = 600;
const MINUTE_MS = 60_000;

/** A sleep, and the two local days it could be filed under. */
export interface FiledSleep {
  readonly startDate: string;
  readonly endDate: string;
  readonly sleep: MisfitSleep;
}

/** The sleeps that ended on this day and were synced, in order. */
export function sleepsOf(
  person: Person,
  day: PersonDay,
  syncedMs: number,
  mode: MisfitSwitches["sleepDetailsMode"],
): FiledSleep[] {
  return day.sleeps.flatMap((sleep) => {
    const next = random(sleep.id, "misfit sleep");
    // The night of another brand, begun a few minutes later and left a few minutes earlier, on whole minutes.
    const startMs = ceilMinute(sleep.startMs) + integer(next, 2, 8) * MINUTE_MS;
    const endMs = ceilMinute(sleep.endMs) - integer(next, 2, 5) * MINUTE_MS;
    const duration = (endMs - startMs) / 1000;
    if (duration < SHORTEST_SECONDS || endMs > syncedMs) {
      return [];
    }
    const startTime = localTime(person, startMs);
    const details = inMode(mode, changesOf(sleep, startMs, endMs), startMs, endMs)?.map(({ atMs, value }) => ({
      datetime: localTime(person, atMs),
      value,
    }));
    return [
      {
        startDate: startTime.slice(0, 10),
        endDate: localDate(endMs, day.timeZone),
        sleep: {
          id: objectId("sleep", `${person.id} ${sleep.id}`, endMs),
          // Whoever naps presses the button now and then, nobody does so at night.
          autoDetected: sleep.main || integer(next, 0, 1) === 0,
          startTime,
          duration: mode === "zeroDuration" ? 0 : duration,
          ...(details ? { sleepDetails: details } : {}),
        },
      },
    ];
  });
}

/** Change points on whole minutes within the record; the shortest stretches go first where there are too many. */
function changesOf(sleep: PersonSleep, startMs: number, endMs: number): Change[] {
  let changes: Change[] = [];
  for (const segment of sleep.segments) {
    const atMs = Math.max(startMs, ceilMinute(segment.startMs));
    const untilMs = Math.min(endMs, ceilMinute(segment.startMs + segment.seconds * 1000));
    if (atMs < untilMs) {
      changes.push({ atMs, value: values[segment.stage] });
      if (segment.stage === "asleep" && untilMs - atMs >= DEEP_FROM_MS) {
        const thirdMs = ceilMinute((untilMs - atMs) / 3);
        changes.push({ atMs: atMs + thirdMs, value: 3 }, { atMs: atMs + 2 * thirdMs, value: 2 });
      }
    }
  }
  changes = withoutRepeats(changes);
  while (changes.length > MOST_CHANGES) {
    const lengths = changes.map((change, index) => (changes[index + 1]?.atMs ?? endMs) - change.atMs);
    // Never the first: the record would begin with nothing known.
    const shortest = lengths.indexOf(Math.min(...lengths.slice(1)), 1);
    changes = withoutRepeats(changes.toSpliced(shortest, 1));
  }
  return changes;
}

function withoutRepeats(changes: readonly Change[]): Change[] {
  return changes.filter((change, index) => change.value !== changes[index - 1]?.value);
}

function inMode(
  mode: MisfitSwitches["sleepDetailsMode"],
  changes: readonly Change[],
  startMs: number,
  endMs: number,
): readonly Change[] | null {
  switch (mode) {
    case "missing":
      return null;
    case "empty":
      return [];
    case "outOfWindow":
      // The first lies before the record, two more after it, the last one while nobody was recording.
      return [
        { atMs: startMs - 25 * MINUTE_MS, value: changes[0]?.value ?? 2 },
        ...changes.slice(1),
        { atMs: endMs + 4 * MINUTE_MS, value: 3 },
        { atMs: endMs + 19 * MINUTE_MS, value: 1 },
      ];
    case "unsorted":
      return changes.toReversed();
    default:
      return changes;
  }
}

function ceilMinute(ms: number): number {
  return Math.ceil(ms / MINUTE_MS) * MINUTE_MS;
}
