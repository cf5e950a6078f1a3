import type { NightSensor, Person, PersonWorkout, Wearable } from "../person.js";
import { dayNumber } from "./calendar.js";
import { drift, random } from "./random.js";

/** A person and their habits. Everything else follows from this and the date. */
export interface Character extends Omit<Person, "day"> {
  /** Part of every id, so that no two people share an id. */
  readonly number: number;
  /** The wearable is not worn on one day in so many. */
  readonly unwornOneIn: number;
  readonly weightKg: number;
  /** Per day. */
  readonly weighingChance: number;
  readonly fatChance: number;
  readonly restingHeartRate: number;
  readonly hrvRmssd: number;
  /** Minutes after midnight, negative before it. */
  readonly bedtimeMinute: number;
  readonly sleepMinutes: number;
  readonly napChance: number;
  /** The share of naps that end in the evening, some of them after six. */
  readonly eveningNapShare: number;
  readonly classicChance: number;
  /** The chance of a night in two parts. */
  readonly splitChance: number;
  /** A factor for walking: 1 gives about nine thousand steps. */
  readonly restlessness: number;
  readonly workoutChance: number;
  /** The share of days on which the person writes down what they eat, and what they drink. */
  readonly mealLogChance: number;
  readonly drinkLogChance: number;
  readonly sports: readonly PersonWorkout["kind"][];
}

const allSensors: readonly NightSensor[] = ["oxygen", "breathing", "skin"];

const usual = {
  nightSensorsOn: () => allSensors,
  unwornOneIn: 17,
  weighingChance: 0.3,
  fatChance: 0.5,
  napChance: 0.08,
  eveningNapShare: 0,
  classicChance: 0.07,
  splitChance: 0,
  workoutChance: 0.5,
  mealLogChance: 0,
  drinkLogChance: 0,
} as const;

const stays = (timeZone: string) => ({ timeZone, zoneOn: () => timeZone });
const wears = (...wearables: readonly Wearable[]) => ({ wearablesOn: () => wearables });

export const roster: readonly Character[] = [
  {
    ...usual,
    ...stays("Europe/Berlin"),
    ...switches(["FITBIT", "MISFIT"], "2026-11-02", ["GOOGLE_HEALTH", "MISFIT"]),
    id: "demo",
    number: 1,
    givenName: "Demo",
    familyName: "Rivera",
    email: "demo@lab.example",
    dateOfBirth: "1988-02-09",
    sex: "female",
    heightCm: 168,
    memberSince: "2021-03-01",
    locale: "de_DE",
    unwornOneIn: 23,
    weightKg: 64.5,
    restingHeartRate: 58,
    hrvRmssd: 42,
    bedtimeMinute: -50,
    sleepMinutes: 455,
    mealLogChance: 0.86,
    drinkLogChance: 0.9,
    restlessness: 1,
    sports: ["run", "walk", "yoga", "bike", "hike"],
  },
  {
    ...usual,
    ...stays("Europe/London"),
    ...wears("FITBIT", "MISFIT"),
    id: "both",
    number: 2,
    givenName: "Robin",
    familyName: "Ashdown",
    email: "both@lab.example",
    dateOfBirth: "1979-07-23",
    sex: "male",
    heightCm: 183,
    memberSince: "2019-05-20",
    locale: "en_GB",
    weightKg: 84.2,
    restingHeartRate: 62,
    hrvRmssd: 31,
    bedtimeMinute: -35,
    sleepMinutes: 430,
    mealLogChance: 0.7,
    drinkLogChance: 0.55,
    restlessness: 0.9,
    sports: ["bike", "walk", "swim", "strength"],
  },
  {
    ...usual,
    ...stays("America/New_York"),
    ...wears("GOOGLE_HEALTH"),
    id: "google",
    number: 3,
    givenName: "Casey",
    familyName: "Lindqvist",
    email: "google@lab.example",
    dateOfBirth: "1995-11-30",
    sex: "female",
    heightCm: 174,
    memberSince: "2023-01-09",
    locale: "en_US",
    weightKg: 69.8,
    restingHeartRate: 55,
    hrvRmssd: 58,
    bedtimeMinute: -20,
    sleepMinutes: 440,
    mealLogChance: 0.92,
    drinkLogChance: 0.75,
    restlessness: 1.15,
    sports: ["run", "strength", "yoga", "bike"],
  },
  {
    ...usual,
    ...homeAndAway("Europe/Paris", { timeZone: "America/Los_Angeles", from: "2026-10-28", to: "2026-11-08" }),
    ...switches(["FITBIT"], "2026-11-02", ["GOOGLE_HEALTH"]),
    id: "switcher",
    number: 4,
    givenName: "Camille",
    familyName: "Verdier",
    email: "switcher@lab.example",
    dateOfBirth: "1991-04-17",
    sex: "male",
    heightCm: 178,
    memberSince: "2022-08-15",
    locale: "fr_FR",
    weightKg: 76.1,
    restingHeartRate: 60,
    hrvRmssd: 46,
    bedtimeMinute: -25,
    sleepMinutes: 435,
    drinkLogChance: 0.8,
    restlessness: 1.05,
    sports: ["walk", "run", "hike", "swim"],
  },
  {
    ...usual,
    ...stays("Asia/Kolkata"),
    ...wears("FITBIT", "GOOGLE_HEALTH"),
    // A software update: the watch measures the rest as before.
    ...measuresNoMore("oxygen", "2026-10-23"),
    id: "unticked",
    number: 5,
    givenName: "Ishaan",
    familyName: "Mehra",
    email: "unticked@lab.example",
    dateOfBirth: "1984-09-05",
    sex: "male",
    heightCm: 171,
    memberSince: "2024-02-26",
    locale: "en_IN",
    weightKg: 71.3,
    restingHeartRate: 66,
    hrvRmssd: 28,
    bedtimeMinute: -65,
    sleepMinutes: 420,
    restlessness: 0.8,
    sports: ["yoga", "walk", "strength"],
  },
  {
    ...usual,
    ...stays("Europe/Oslo"),
    ...wears(),
    id: "empty",
    number: 6,
    givenName: "Emery",
    familyName: "Blank",
    email: "empty@lab.example",
    dateOfBirth: "1990-06-12",
    sex: "female",
    heightCm: 165,
    memberSince: "2025-10-06",
    locale: "nb_NO",
    hasTracker: false,
    weighingChance: 0,
    weightKg: 61,
    restingHeartRate: 60,
    hrvRmssd: 40,
    bedtimeMinute: -60,
    sleepMinutes: 450,
    restlessness: 1,
    sports: ["walk"],
  },
  {
    ...usual,
    ...stays("America/Sao_Paulo"),
    ...wears("FITBIT", "GOOGLE_HEALTH", "MISFIT"),
    // An old tracker, which has no sensor for the night.
    nightSensorsOn: () => [],
    glucoseSensor: true,
    id: "napper",
    number: 7,
    givenName: "Nara",
    familyName: "Teixeira",
    email: "napper@lab.example",
    dateOfBirth: "2001-12-21",
    sex: "female",
    heightCm: 161,
    memberSince: "2023-06-05",
    locale: "pt_BR",
    unwornOneIn: 11,
    weightKg: 57.4,
    restingHeartRate: 63,
    hrvRmssd: 51,
    bedtimeMinute: 10,
    sleepMinutes: 385,
    napChance: 1,
    classicChance: 0.3,
    splitChance: 0.15,
    mealLogChance: 0.45,
    drinkLogChance: 0.6,
    restlessness: 0.85,
    workoutChance: 0.35,
    sports: ["walk", "yoga", "swim", "strength"],
  },
  {
    ...usual,
    ...homeAndAway("Europe/Helsinki", { timeZone: "Asia/Tokyo", from: "2026-11-09", to: "2026-11-15" }),
    ...wears("GOOGLE_HEALTH", "OURA", "WITHINGS", "WHOOP", "POLAR"),
    id: "collector",
    number: 8,
    givenName: "Aino",
    familyName: "Kallio",
    email: "collector@lab.example",
    dateOfBirth: "1986-03-27",
    sex: "female",
    heightCm: 172,
    memberSince: "2022-01-17",
    locale: "fi_FI",
    weighingChance: 0.6,
    fatChance: 0.8,
    weightKg: 66.7,
    restingHeartRate: 54,
    hrvRmssd: 49,
    bedtimeMinute: 45,
    sleepMinutes: 445,
    napChance: 0.3,
    eveningNapShare: 0.5,
    mealLogChance: 0.8,
    drinkLogChance: 0.85,
    restlessness: 1.1,
    workoutChance: 0.6,
    sports: ["run", "bike", "swim", "strength", "hike"],
  },
];

function homeAndAway(home: string, trip: { readonly timeZone: string; readonly from: string; readonly to: string }) {
  return {
    timeZone: home,
    zoneOn: (date: string) => (date >= trip.from && date <= trip.to ? trip.timeZone : home),
  };
}

function measuresNoMore(sensor: NightSensor, since: string) {
  const rest = allSensors.filter((each) => each !== sensor);
  return { nightSensorsOn: (date: string) => (date < since ? allSensors : rest) };
}

function switches(before: readonly Wearable[], since: string, after: readonly Wearable[]) {
  return { wearablesOn: (date: string) => (date < since ? before : after) };
}

export function isWorn(character: Character, date: string): boolean {
  if (character.hasTracker === false || date < character.memberSince) {
    return false;
  }
  return random(character.id, date, "worn today")() >= 1 / character.unwornOneIn;
}

export function weightOn(character: Character, date: string): number {
  const day = dayNumber(date);
  return (
    character.weightKg + 1.8 * drift(`${character.id}|weight`, day, 60) + 0.4 * drift(`${character.id}|water`, day, 3)
  );
}

export function restingHeartRateOn(character: Character, date: string): number {
  const day = dayNumber(date);
  const change = 3 * drift(`${character.id}|fitness`, day, 45) + 2 * drift(`${character.id}|strain`, day, 4);
  return Math.round(character.restingHeartRate + change);
}

export function ageOn(person: Pick<Person, "dateOfBirth">, date: string): number {
  const years = Number(date.slice(0, 4)) - Number(person.dateOfBirth.slice(0, 4));
  return date.slice(5) < person.dateOfBirth.slice(5) ? years - 1 : years;
}

/** The estimate of Mifflin and St Jeor. */
export function basalKcalPerMinute(character: Character, date: string): number {
  const constant = character.sex === "male" ? 5 : -161;
  const perDay = 10 * weightOn(character, date) + 6.25 * character.heightCm - 5 * ageOn(character, date) + constant;
  return perDay / 1440;
}
