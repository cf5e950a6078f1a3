import { object, optionalNumber, type Unchecked } from "../../../http/json.js";
import { type Cell, cell, nothing } from "../../../model/cells.js";
import type { FigureField } from "../../../model/figures.js";
import type { HeartZoneKind, LocalDate } from "../../../model/records.js";
import { figure, minutes } from "../../kit/figures.js";
import { optionalDate, requiredDate } from "../../kit/times.js";
import { firstPossible, isPossible, type Json, rate, zoneIn } from "./wire.js";

/** https://developer.withings.com/api-reference/#operation/measurev2-getactivity: all but `date` may be left out. */
interface RawDay {
  readonly date: LocalDate;
  readonly timezone: string;
  readonly steps: number;
  /** m */
  readonly distance: number;
  /** Floors climbed, despite the name. */
  readonly elevation: number;
  /** Seconds of light, moderate and vigorous activity. */
  readonly soft: number;
  readonly moderate: number;
  readonly intense: number;
  /** kcal of activity alone. */
  readonly calories: number;
  /** kcal, resting included. */
  readonly totalcalories: number;
  readonly hr_average: number;
  readonly hr_min: number;
  readonly hr_max: number;
  /** Seconds: light, moderate, intense, maximal. Limits are not given. */
  readonly hr_zone_0: number;
  readonly hr_zone_1: number;
  readonly hr_zone_2: number;
  readonly hr_zone_3: number;
  /** False for a phone, and for another maker's data. */
  readonly is_tracker: boolean;
  readonly modified: number;
}

export interface Day {
  readonly date: LocalDate;
  readonly raw: Unchecked<RawDay>;
}

export const zoneKinds: readonly (readonly [key: string, kind: HeartZoneKind])[] = [
  ["hr_zone_0", "LIGHT"],
  ["hr_zone_1", "MODERATE"],
  ["hr_zone_2", "VIGOROUS"],
  ["hr_zone_3", "PEAK"],
];

interface DayFigure {
  readonly key: keyof RawDay;
  readonly convert?: (value: number) => number | null;
}

const inMinutes = { convert: minutes };
const rates = { convert: rate };
const figures = {
  "activity.steps": { key: "steps" },
  "activity.distance": { key: "distance" },
  "activity.floors": { key: "elevation" },
  "activity.energyBurned": { key: "totalcalories" },
  "activity.activeEnergyBurned": { key: "calories" },
  "activity.lightlyActiveMinutes": { key: "soft", ...inMinutes },
  "activity.moderatelyActiveMinutes": { key: "moderate", ...inMinutes },
  "activity.veryActiveMinutes": { key: "intense", ...inMinutes },
  "heart.averageRate": { key: "hr_average", ...rates },
  "heart.lowestRate": { key: "hr_min", ...rates },
  "heart.highestRate": { key: "hr_max", ...rates },
} satisfies Partial<Record<FigureField, DayFigure>>;
const figureFields = Object.keys(figures) as (keyof typeof figures)[];

export const dayFields = [...figureFields, "heart.zones.minutes", "activity.timeZone"] as const;
/** The members that are asked for. The others come by themselves. */
export const dayKeys = [...Object.values(figures).map(({ key }) => key), ...zoneKinds.map(([key]) => key)];

export function toDay(value: unknown): Day {
  const raw: Day["raw"] = object(value, "activities[]");
  return { date: requiredDate(raw.date, "activities[].date"), raw };
}

export function dateOfDay(value: unknown): LocalDate | null {
  return optionalDate(object(value, "activities[]")["date"]);
}

/**
 * The cells of one day, of which there may be several rows: of a tracker, of a phone, of another maker. A tracker comes
 * before a phone, and what it does not have is taken from the others.
 */
export function toDayCells(rows: readonly Day[]): Cell[] {
  const [first] = rows;
  if (first === undefined) return [];
  const ranked = [...rows].sort(
    (a, b) => Number(b.raw.is_tracker === true) - Number(a.raw.is_tracker === true) || modified(b) - modified(a),
  );
  const { date } = first;
  const cells = figureFields.flatMap((field): Cell[] => {
    const { key, convert = (value: number) => value }: DayFigure = figures[field];
    const given = ranked.map(({ raw }) => figure(raw[key]));
    const values = given.map((value) => (value === null || Number.isNaN(value) ? null : convert(value)));
    const value = firstPossible(field, values);
    if (value !== null) return [cell(field, date, value)];
    return given.some(Number.isNaN) ? [nothing(field, date, "PROVIDER_ERROR")] : [];
  });
  const told = ranked.map(({ raw }) => toZoneMinutes(raw)).filter((each) => each.length > 0);
  const isWhole = (zones: (typeof told)[number]) =>
    zones.every(({ minutes: spent }) => isPossible("activity.nonWearMinutes", spent));
  const zones = told.find(isWhole) ?? told[0];
  if (zones) cells.push(cell("heart.zones.minutes", date, zones));
  const zone = ranked.map(({ raw }) => zoneIn(raw.timezone)).find((each) => each !== null);
  if (zone) cells.push(cell("activity.timeZone", date, zone));
  return cells;
}

/** Minutes in each zone of a day or a workout. */
export function toZoneMinutes(raw: Json): { readonly kind: HeartZoneKind; readonly minutes: number }[] {
  return zoneKinds.flatMap(([key, kind]) => {
    const spent = minutes(optionalNumber(raw[key]));
    return spent === null ? [] : [{ kind, minutes: spent }];
  });
}

const modified = ({ raw }: Day) => optionalNumber(raw.modified) ?? 0;
