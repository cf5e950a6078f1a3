import type { Person, PersonDay, PersonSleep, PersonSleepStage } from "../person.js";
import { dateAt, dayNumber, MINUTE_MS } from "./calendar.js";
import { memory } from "./memory.js";
import { between, drift, random } from "./random.js";

/** What can be said of a sleep by its stages alone. */
export interface SleepTotals {
  readonly inBedSeconds: number;
  readonly asleepSeconds: number;
  readonly awakeSeconds: number;
  /** Sleep without stages counts as light. */
  readonly lightSeconds: number;
  readonly deepSeconds: number;
  readonly remSeconds: number;
  /** Awake before the first sleep, and after the last. */
  readonly latencySeconds: number;
  readonly lastAwakeSeconds: number;
  /** Times awake between the first sleep and the last. */
  readonly awakenings: number;
  readonly remEpisodes: number;
}

const isAwake = (stage: PersonSleepStage) => stage === "awake";

export function sleepTotals({ startMs, endMs, segments }: PersonSleep): SleepTotals {
  const seconds = (...stages: readonly PersonSleepStage[]) =>
    segments.reduce((sum, each) => (stages.includes(each.stage) ? sum + each.seconds : sum), 0);
  const inBedSeconds = (endMs - startMs) / 1000;
  const awakeSeconds = seconds("awake");
  const [first, last] = [segments[0]!, segments.at(-1)!];
  const latencySeconds = isAwake(first.stage) ? first.seconds : 0;
  const lastAwakeSeconds = isAwake(last.stage) ? last.seconds : 0;
  return {
    ...{ inBedSeconds, awakeSeconds, latencySeconds, lastAwakeSeconds },
    asleepSeconds: inBedSeconds - awakeSeconds,
    lightSeconds: seconds("light", "asleep", "restless"),
    deepSeconds: seconds("deep"),
    remSeconds: seconds("rem"),
    awakenings: segments.slice(1, -1).filter(({ stage }) => isAwake(stage)).length,
    remEpisodes: segments.filter(({ stage }) => stage === "rem").length,
  };
}

/** The stage at each instant of a grid that begins with the sleep. */
export function stagesEvery({ startMs, endMs, segments }: PersonSleep, seconds: number): readonly PersonSleepStage[] {
  const stages: PersonSleepStage[] = [];
  let segment = 0;
  for (let ms = startMs; ms < endMs; ms += seconds * 1000) {
    while (segments[segment]!.startMs + segments[segment]!.seconds * 1000 <= ms) segment++;
    stages.push(segments[segment]!.stage);
  }
  return stages;
}

/** One minute of a day's columns. */
export interface Minute {
  readonly startMs: number;
  readonly day: PersonDay;
  /** Its index in the columns of the day. */
  readonly index: number;
}

/** The minutes of a span, which may lie in two days. */
export function minutesIn(person: Person, fromMs: number, untilMs: number): readonly Minute[] {
  const minutes: Minute[] = [];
  let day = person.day(dateAt(person, fromMs));
  for (let startMs = Math.floor(fromMs / MINUTE_MS) * MINUTE_MS; startMs < untilMs; startMs += MINUTE_MS) {
    if (startMs >= day.endMs) day = person.day(dateAt(person, startMs));
    minutes.push({ startMs, day, index: (startMs - day.startMs) / MINUTE_MS });
  }
  return minutes;
}

/** The heart rate of each minute of a span, 0 where the device was off. */
export function heartRatesIn(person: Person, fromMs: number, untilMs: number): readonly number[] {
  return minutesIn(person, fromMs, untilMs).map(({ day, index }) => day.minutes.heartRate[index]!);
}

/** What the body is like on a day, whether it was measured or not. */
export interface BodyState {
  readonly breathsPerMinute: number;
  readonly oxygenPercentage: number;
  readonly skinTemperature: number;
  /** From the person's own usual skin temperature. */
  readonly temperatureDeviation: number;
  readonly vo2Max: number;
  readonly pulseWaveVelocity: number;
  readonly systolic: number;
  readonly diastolic: number;
  /** Shares of the weight. */
  readonly muscleShare: number;
  readonly waterShare: number;
  readonly boneShare: number;
  readonly visceralFat: number;
}

const bodies = memory<BodyState>(2500);

export function bodyOn(person: Pick<Person, "id">, date: string): BodyState {
  const known = bodies(person).get(date) ?? bodyOf(person, date);
  bodies(person).set(date, known);
  return known;
}

function bodyOf(person: Pick<Person, "id">, date: string): BodyState {
  const own = random(person.id, "body");
  const day = dayNumber(date);
  /** Somewhere in the range for the person, and moving slowly around it. */
  const figure = (low: number, high: number, swing: number, days: number, name: string) =>
    between(own, low, high) + swing * drift(`${person.id}|${name}`, day, days);
  const temperatureDeviation = 0.35 * drift(`${person.id}|temperature`, day, 3);
  return {
    temperatureDeviation,
    breathsPerMinute: figure(12.5, 16.5, 0.9, 5, "breaths"),
    oxygenPercentage: Math.min(99.5, figure(95.5, 97.5, 0.9, 2, "oxygen")),
    skinTemperature: figure(33.2, 34.6, 0, 1, "skin") + temperatureDeviation,
    vo2Max: figure(34, 49, 1.5, 40, "fitness"),
    pulseWaveVelocity: figure(5.6, 7.4, 0.3, 20, "arteries"),
    systolic: figure(108, 128, 9, 4, "systolic"),
    diastolic: figure(68, 80, 6, 4, "diastolic"),
    muscleShare: figure(0.41, 0.47, 0.006, 50, "muscle"),
    waterShare: figure(0.5, 0.56, 0.012, 4, "hydration"),
    boneShare: figure(0.038, 0.044, 0, 1, "bones"),
    visceralFat: figure(2.1, 5.2, 0.4, 60, "visceral"),
  };
}
