import type { EcgFinding, MealRelation, ReadingsQuery, TemperatureSite } from "../generated/operations.js";
import type { Page } from "../parts/page.js";
import type { PlainKey } from "../strings/say.js";

type Viewer = NonNullable<ReadingsQuery["viewer"]>;

/** One reading of any kind. */
export interface Reading {
  readonly date: string;
  /** An instant. */
  readonly at: string;
  readonly source: string;
  readonly write: (page: Page) => readonly [value: string, unit: string];
  /** What belongs to the figure. */
  readonly note?: (page: Page) => string | null;
}

export interface ReadingKind {
  readonly name: PlainKey;
  /** Oldest first; null where nobody could answer. */
  list(answer: Viewer): readonly Reading[] | null;
}

const findings = {
  ATRIAL_FIBRILLATION: "ecgFibrillation",
  INCONCLUSIVE: "ecgInconclusive",
  OTHER: "ecgOther",
  SINUS_RHYTHM: "ecgSinus",
} as const satisfies Readonly<Record<EcgFinding, PlainKey>>;
const sites = { BODY: "siteBody", CORE: "siteCore", SKIN: "siteSkin" } as const satisfies Readonly<
  Record<TemperatureSite, PlainKey>
>;
const meals = {
  AFTER_MEAL: "mealAfter",
  BEFORE_MEAL: "mealBefore",
  FASTING: "mealFasting",
  OTHER: null,
} as const satisfies Readonly<Record<MealRelation, PlainKey | null>>;

export const glucoseDigits = ({ state }: Page) => (state.trendUnits === "us" ? 0 : 1);
export const glucoseUnit = ({ state }: Page) => (state.trendUnits === "us" ? "mg/dL" : "mmol/L");
const bpm = ({ say, format }: Page, rate: number) => [format.number(rate), say("bpm")] as const;

/** All readings of the API, in the order of the page. */
export const readingKinds: readonly ReadingKind[] = [
  {
    name: "readingPressure",
    list: ({ readings }) =>
      readings?.bloodPressures?.map((one) => ({
        ...{ date: one.date, at: one.time, source: one.source },
        write: ({ format }) => [`${format.number(one.systolicMmHg)}/${format.number(one.diastolicMmHg)}`, "mmHg"],
        note: (page) => (one.pulse === null ? null : bpm(page, one.pulse).join(" ")),
      })) ?? null,
  },
  {
    name: "readingPulse",
    list: ({ readings }) =>
      readings?.pulses?.map((one) => ({
        ...{ date: one.date, at: one.time, source: one.source },
        write: (page) => bpm(page, one.rate),
      })) ?? null,
  },
  {
    name: "readingEcg",
    list: ({ readings }) =>
      readings?.electrocardiograms?.map((one) => ({
        ...{ date: one.date, at: one.time, source: one.source },
        write: (page) => (one.averageHeartRate === null ? ["–", ""] : bpm(page, one.averageHeartRate)),
        note: ({ say }) => say(one.finding === null ? "ecgNone" : findings[one.finding]),
      })) ?? null,
  },
  {
    name: "readingRhythm",
    list: ({ readings }) =>
      readings?.rhythmAlerts?.map((one) => ({
        ...{ date: one.date, at: one.start, source: one.source },
        write: ({ format }) => [format.duration((Date.parse(one.end) - Date.parse(one.start)) / 60_000), ""],
        note: ({ say }) => say("notDiagnosis"),
      })) ?? null,
  },
  {
    name: "readingGlucose",
    list: ({ readings }) =>
      readings?.bloodGlucose?.map((one) => ({
        ...{ date: one.date, at: one.time, source: one.source },
        write: (page) => [page.format.number(one.value, glucoseDigits(page)), glucoseUnit(page)],
        note: ({ say }) => {
          const meal = one.mealRelation && meals[one.mealRelation];
          return meal ? say(meal) : null;
        },
      })) ?? null,
  },
  {
    name: "readingTemperature",
    list: ({ readings }) =>
      readings?.temperatures?.map((one) => ({
        ...{ date: one.date, at: one.time, source: one.source },
        write: ({ format, state }) => [format.number(one.value, 1), state.trendUnits === "us" ? "°F" : "°C"],
        note: ({ say }) => say(sites[one.site]),
      })) ?? null,
  },
  {
    name: "readingOxygen",
    list: ({ lately }) =>
      lately?.oxygenSaturations?.map((one) => ({
        ...{ date: one.date, at: one.time, source: one.source },
        write: ({ format, say }) => [format.number(one.percent, 1), say("percentUnit")],
      })) ?? null,
  },
  {
    name: "readingVo2",
    list: ({ readings }) =>
      readings?.vo2MaxTests?.map((one) => ({
        ...{ date: one.date, at: one.time, source: one.source },
        write: ({ format, say }) => [format.number(one.value, 1), say("vo2Unit")],
        note: ({ say }) =>
          one.method === "EXERCISE_TEST" ? say("exerciseTest") : one.method === "ESTIMATED" ? say("estimated") : null,
      })) ?? null,
  },
];
