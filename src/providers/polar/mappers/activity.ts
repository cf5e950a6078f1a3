import {
  list,
  optionalList,
  optionalObject,
  optionalString,
  type Unchecked,
  UnreadableAnswer,
} from "../../../http/json.js";
import { type Cell, cell } from "../../../model/cells.js";
import type { Field } from "../../../model/fields.js";
import type { LocalDate, OffsetRecord } from "../../../model/records.js";
import { addDays } from "../../../model/time.js";
import { figure, figureCells } from "../../kit/figures.js";
import { type Placed, placed } from "./day-clock.js";
import { type LocalTime, members, wallClock } from "./wire.js";

/** https://www.polar.com/accesslink-api/#daily-activity: one for each day, which has no date of its own. */
interface RawActivity {
  readonly start_time: LocalTime;
  readonly steps: number;
  /** m */
  readonly distance_from_steps: number;
  // kcal, with and without energy at rest.
  readonly calories: number;
  readonly active_calories: number;
  readonly samples: {
    /** A count holds until the next sample: equal ones in a row are left out. */
    readonly steps: {
      readonly interval_ms: number;
      readonly samples: readonly { readonly steps: number; readonly timestamp: LocalTime }[];
    };
    /** A zone lasts until the next one. */
    readonly activity_zones: {
      readonly samples: readonly { readonly zone: string; readonly timestamp: LocalTime }[];
    };
  };
}

export const figureFields = [
  "activity.steps",
  "activity.distance",
  "activity.energyBurned",
  "activity.activeEnergyBurned",
] as const satisfies readonly Field[];

export const minuteFields = [
  "activity.sedentaryMinutes",
  "activity.lightlyActiveMinutes",
  "activity.moderatelyActiveMinutes",
  "activity.veryActiveMinutes",
  "activity.nonWearMinutes",
] as const satisfies readonly Field[];

const [MINUTE_MS, DAY_MS] = [60_000, 86_400_000];

export function toFigures(value: unknown): Cell[] {
  const raw = members<RawActivity>(value, "activity");
  const day = dayOfActivity(value);
  return [
    ...figureCells("activity.steps", day, raw.steps),
    ...figureCells("activity.distance", day, raw.distance_from_steps),
    ...figureCells("activity.energyBurned", day, raw.calories),
    ...figureCells("activity.activeEnergyBurned", day, raw.active_calories),
  ];
}

/** A day is that of its beginning on the device's clock. */
export function dayOfActivity(value: unknown): LocalDate {
  const { start_time } = members<RawActivity>(value, "activity");
  return new Date(wallClock(start_time, "activity.start_time")).toISOString().slice(0, 10);
}

const fieldOfZone: Readonly<Record<string, (typeof minuteFields)[number]>> = {
  SEDENTARY: "activity.sedentaryMinutes",
  LIGHT: "activity.lightlyActiveMinutes",
  MODERATE: "activity.moderatelyActiveMinutes",
  VIGOROUS: "activity.veryActiveMinutes",
  NON_WEAR: "activity.nonWearMinutes",
};

/** None for a day without zones. How long the last zone of today lasts is not known, so it is not counted. */
export function toZoneMinutes(value: unknown, today: LocalDate): Cell[] {
  const day = dayOfActivity(value);
  const zones = samplesOf(value, "activity_zones").map((each) => {
    const raw = members<{ zone: string; timestamp: string }>(each, "activity_zones.samples[]");
    return { zone: optionalString(raw.zone) ?? "", at: wallClock(raw.timestamp, "activity_zones.timestamp") };
  });
  const end = Date.parse(addDays(day, 1));
  const ended = day < today ? [...zones, { zone: "", at: end }] : zones;
  const sums = new Map<string, number>(minuteFields.map((field) => [field, 0]));
  const isWornTold = zones.some(({ zone }) => zone === "NON_WEAR");
  for (const [index, { zone, at }] of ended.entries()) {
    const field = fieldOfZone[zone];
    const until = Math.min(ended[index + 1]?.at ?? at, end);
    // Less than none where the clock went back, or ran on past midnight on a journey.
    if (field && until > at) sums.set(field, sums.get(field)! + (until - at) / MINUTE_MS);
  }
  // Not every device tells that it is not worn.
  const told = minuteFields.filter((field) => field !== "activity.nonWearMinutes" || isWornTold);
  return zones.length === 0 ? [] : told.map((field) => cell(field, day, sums.get(field)!));
}

/** The steps of each minute. None for a day without samples. */
export function toSteps(value: unknown, today: LocalDate, offsetsOf: (day: LocalDate) => readonly OffsetRecord[]) {
  const day = dayOfActivity(value);
  const interval = figure(partOf(value, "steps")?.interval_ms);
  const changes = samplesOf(value, "steps").map((each) => {
    const raw = members<{ steps: number; timestamp: string }>(each, "steps.samples[]");
    return { steps: figure(raw.steps), at: wallClock(raw.timestamp, "steps.timestamp") };
  });
  if (changes.length === 0) return [];
  if (interval !== MINUTE_MS) throw new UnreadableAnswer("steps are not of minutes");
  const midnight = Date.parse(day);
  const minutes = changes.flatMap(({ steps, at }, index): Placed[] => {
    const until = changes[index + 1]?.at ?? (day < today ? midnight + DAY_MS : at + MINUTE_MS);
    if (steps === null || at < midnight || until > midnight + DAY_MS) return [];
    const count = Math.ceil((until - at) / MINUTE_MS);
    return Array.from({ length: Math.max(0, count) }, (_, minute) => [at - midnight + minute * MINUTE_MS, steps]);
  });
  const series = placed(day, minutes, offsetsOf(day), 60);
  return series === null ? [] : [cell("activity.samples:STEPS:ONE_MINUTE", day, series)];
}

type Part = keyof RawActivity["samples"];

function partOf(value: unknown, part: Part): Unchecked<RawActivity["samples"]["steps"]> | null {
  const samples = optionalObject(members<RawActivity>(value, "activity").samples);
  const found = samples && members<RawActivity["samples"]>(samples, "samples")[part];
  return found === undefined || found === null ? null : members(found, part);
}

function samplesOf(value: unknown, part: Part): readonly unknown[] {
  const found = partOf(value, part)?.samples;
  return found === undefined || found === null ? optionalList(found) : list(found, `${part}.samples`);
}
