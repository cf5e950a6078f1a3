import { LRUCache } from "lru-cache";
import type { Person, PersonDay, PersonDrink, PersonFood } from "../person.js";
import { addDays, dayNumber, localDate, offsetDateTime, offsetMs, wallClock } from "./local-time.js";
import type { Exercise, Sleep, Weighing, WrittenLogs } from "./written.js";

const MINUTE_MS = 60_000;
export const DAY_MINUTES = 1440;

/**
 * One day as Fitbit files it: by the minutes of the wall clock, always 1440 of them. The hour that spring skips stays
 * empty, and the hour that autumn gives twice (or a traveller lives twice) is added up in one place.
 */
export interface FitbitDay {
  readonly date: string;
  readonly person: PersonDay;
  /** Something was recorded with a Fitbit and has arrived. */
  readonly worn: boolean;
  /** How many intraday rows there are: all, or those before the last sync. */
  readonly rows: number;
  /** Minutes that the day's account of activity covers: 1440 once the day is over. */
  readonly elapsed: number;
  readonly steps: Float64Array;
  readonly meters: Float64Array;
  readonly floors: Float64Array;
  readonly climbMeters: Float64Array;
  readonly kcal: Float64Array;
  readonly basalKcal: Float64Array;
  readonly strokes: Float64Array;
  readonly heartRate: Uint8Array;
  readonly level: Uint8Array;
  /** Which elapsed minute the heart rate of a cell was read in; -1 for none. */
  readonly heartMinute: Int16Array;
}

/** A person's Fitbit account as the cloud knows it now: what has not been synced does not exist. */
export class View {
  readonly today: string;
  readonly #days = new LRUCache<string, FitbitDay>({ max: 40 });

  constructor(
    readonly person: Person,
    readonly syncedMs: number,
    readonly nowMs: number,
    readonly written: WrittenLogs,
  ) {
    this.today = localDate(person.timeZone, nowMs);
  }

  day(date: string): FitbitDay {
    let day = this.#days.get(date);
    if (!day) {
      day = this.#read(date);
      this.#days.set(date, day);
    }
    return day;
  }

  /** Whether a Fitbit was part of their life at all on that day. */
  wears(date: string): boolean {
    return date >= this.person.memberSince && date <= this.today && this.person.wearablesOn(date).includes("FITBIT");
  }

  /** Filed under the local day on which they ended; oldest first. */
  sleeps(date: string): Sleep[] {
    const arrived = this.#logged(date, "sleeps").filter(({ endMs }) => endMs <= this.syncedMs);
    const written = this.written.sleeps.filter((sleep) => sleep.date === date);
    return [...arrived, ...written].sort((a, b) => a.startMs - b.startMs);
  }

  /** The longest of the date, whatever the hour. */
  mainSleep(date: string): Sleep | null {
    const lengths = this.sleeps(date).sort((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs));
    return lengths[0] ?? null;
  }

  workouts(date: string): Exercise[] {
    const arrived = this.#logged(date, "workouts").filter(({ endMs }) => endMs <= this.syncedMs);
    const written = this.written.exercises.filter((exercise) => exercise.date === date);
    return [...arrived, ...written].sort((a, b) => a.startMs - b.startMs);
  }

  weighings(date: string): Weighing[] {
    const recorded = this.#logged(date, "weighings").filter(({ timeMs }) => timeMs <= this.syncedMs);
    return byTime([...recorded, ...this.written.weighings.filter((weighing) => weighing.date === date)]);
  }

  foods(date: string): PersonFood[] {
    const logged = this.#logged(date, "meals").filter(({ id, timeMs }) => this.#stands("foods", id, timeMs));
    return byTime([...logged, ...this.written.foods.filter((food) => food.date === date)]);
  }

  drinks(date: string): PersonDrink[] {
    const logged = this.#logged(date, "drinks").filter(({ id, timeMs }) => this.#stands("drinks", id, timeMs));
    return byTime([...logged, ...this.written.drinks.filter((drink) => drink.date === date)]);
  }

  #logged<K extends "sleeps" | "workouts" | "weighings" | "meals" | "drinks">(
    date: string,
    kind: K,
  ): PersonDay[K] | [] {
    return this.wears(date) ? this.person.day(date)[kind] : [];
  }

  #stands(kind: string, id: string, timeMs: number): boolean {
    return timeMs <= this.syncedMs && !this.written.deleted.has(`${kind} ${id}`);
  }

  restingHeartRate(date: string): number | null {
    const day = this.day(date);
    return day.worn ? day.person.restingHeartRate : null;
  }

  /** What the watch showed at that instant. */
  clock(date: string, ms: number): string {
    return wallClock(this.zoneAt(date, ms), ms);
  }

  clockWithOffset(date: string, ms: number): string {
    return offsetDateTime(this.zoneAt(date, ms), ms);
  }

  /** Of an instant of that day. After a flight west the day goes on in the zone of the next one. */
  zoneAt(date: string, ms: number): string {
    const zone = this.person.zoneOn(date);
    return localDate(zone, ms) > date ? this.person.zoneOn(addDays(date, 1)) : zone;
  }

  /** The wall-clock minute in which an instant of that day lies. */
  cellAt(date: string, ms: number): number {
    const zone = this.zoneAt(date, ms);
    const minute = Math.floor((ms + offsetMs(zone, ms)) / MINUTE_MS) - dayNumber(date) * DAY_MINUTES;
    return Math.min(DAY_MINUTES - 1, Math.max(0, minute));
  }

  #read(date: string): FitbitDay {
    const source = this.person.day(date);
    const arrivedMs = Math.min(this.syncedMs, source.endMs);
    const worn = this.wears(date) && source.worn && arrivedMs > source.startMs;
    const column = () => new Float64Array(DAY_MINUTES);
    const day = {
      date,
      person: source,
      worn,
      rows: this.#rows(source),
      elapsed: this.#elapsed(source, worn),
      steps: column(),
      meters: column(),
      floors: column(),
      climbMeters: column(),
      kcal: column(),
      basalKcal: column(),
      strokes: column(),
      heartRate: new Uint8Array(DAY_MINUTES),
      level: new Uint8Array(DAY_MINUTES),
      heartMinute: new Int16Array(DAY_MINUTES).fill(-1),
    };
    if (worn) this.#fill(day, Math.floor((arrivedMs - source.startMs) / MINUTE_MS));
    // Fitbit reckons what the body burns at rest, device or not.
    else day.basalKcal.fill(source.basalKcalPerMinute, 0, day.elapsed);
    if (!worn) day.kcal.set(day.basalKcal);
    return day;
  }

  #fill(day: FitbitDay, arrived: number): void {
    const { minutes, startMs, endMs } = day.person;
    const usual = endMs - startMs === DAY_MINUTES * MINUTE_MS;
    for (let minute = 0; minute < arrived; minute++) {
      const cell = usual ? minute : this.cellAt(day.date, startMs + minute * MINUTE_MS);
      day.steps[cell]! += minutes.steps[minute]!;
      day.meters[cell]! += minutes.distanceMeters[minute]!;
      day.floors[cell]! += minutes.floors[minute]!;
      day.climbMeters[cell]! += minutes.elevationMeters[minute]!;
      day.kcal[cell]! += minutes.energyKcal[minute]!;
      day.basalKcal[cell]! += minutes.basalKcal[minute]!;
      day.level[cell] = Math.max(day.level[cell]!, minutes.level[minute]!);
      if (day.heartMinute[cell] === -1 && minutes.heartRate[minute]! > 0) {
        day.heartMinute[cell] = minute;
        day.heartRate[cell] = minutes.heartRate[minute]!;
      }
    }
    for (const swim of this.workouts(day.date).filter(({ kind, manual }) => kind === "swim" && !manual)) {
      for (let ms = swim.startMs; ms < swim.endMs; ms += MINUTE_MS) {
        const cell = this.cellAt(day.date, ms);
        day.strokes[cell]! += 21 + (cell % 6);
      }
    }
  }

  #rows(day: PersonDay): number {
    if (day.date > this.today) return 0;
    if (this.syncedMs >= day.endMs) return DAY_MINUTES;
    if (this.syncedMs > day.startMs) return this.cellAt(day.date, this.syncedMs);
    // Nothing arrived: an empty day if it is over, and no row yet if it is today.
    return day.date < this.today ? DAY_MINUTES : 0;
  }

  #elapsed(day: PersonDay, worn: boolean): number {
    if (day.date > this.today) return 0;
    const untilMs = worn ? this.syncedMs : this.nowMs;
    if (untilMs >= day.endMs) return DAY_MINUTES;
    return untilMs <= day.startMs ? 0 : this.cellAt(day.date, untilMs);
  }
}

function byTime<T extends { readonly timeMs: number }>(logs: T[]): T[] {
  return logs.sort((a, b) => a.timeMs - b.timeMs);
}
