import { list, object, optionalObject, UnreadableAnswer } from "../../../http/json.js";
import { figureBounds, inBounds } from "../../../model/bounds.js";
import { vitalRows } from "../../../model/figure-tables.js";
import type { VitalField } from "../../../model/figures.js";
import type { LocalDate, OffsetDateTime } from "../../../model/records.js";
import { inZone, isTimeZone } from "../../../model/time.js";
import { envelope } from "../../kit/envelope.js";
import { figure } from "../../kit/figures.js";
import type { ApiRequest } from "../../provider.js";

/** How Withings writes its answers: https://developer.withings.com/api-reference */

export type Json = Readonly<Record<string, unknown>>;
/** Seconds since 1970. */
export type Epoch = number;

/** A procedure call that only reads. */
export function reading(path: string, action: string, form: Readonly<Record<string, string>> = {}): ApiRequest {
  return { method: "POST", path, reads: true, form: { action, ...form } };
}

/** The content of an answer with status 0. */
export function bodyOf(answer: unknown): Json {
  return object(envelope(answer)["body"], "body");
}

/** A list. Recordings have an empty object in the place of an empty list. */
export function listIn(whole: Json, key: string): readonly unknown[] {
  return isEmptyObject(whole[key]) ? [] : list(whole[key], key);
}

/** An object. Recordings have an empty list in the place of an empty object. */
export function objectIn(whole: Json, key: string): Json {
  const value = whole[key];
  return Array.isArray(value) && value.length === 0 ? {} : object(value, key);
}

function isEmptyObject(value: unknown): boolean {
  const found = optionalObject(value);
  return found !== null && Object.keys(found).length === 0;
}

/** The request for the page after an answer, if there is one. `more` is 0 or 1 in measures, and a boolean elsewhere. */
export function pageAfter(asked: ApiRequest, { more, offset }: Json): ApiRequest | undefined {
  if (more === undefined || more === null || more === false || figure(more) === 0) return undefined;
  const from = figure(offset);
  // If this counted as the end, a part would be read as the whole.
  if (from === null || !Number.isSafeInteger(from)) throw new UnreadableAnswer("more follows, and offset is no number");
  return { ...asked, form: { ...asked.form, offset: String(from) } };
}

export function epoch(value: unknown, path: string): Epoch {
  const seconds = figure(value);
  if (seconds === null || !Number.isFinite(seconds) || seconds <= 0 || seconds > LATEST)
    throw new UnreadableAnswer(`${path} is not a time`);
  return seconds;
}
/** The year 5138. Later instants have no date. */
const LATEST = 1e11;

export function timeIn(zone: string, seconds: Epoch): OffsetDateTime {
  return inZone(seconds * 1000, zone);
}

export function zoneIn(value: unknown): string | null {
  return typeof value === "string" && isTimeZone(value) ? value : null;
}

export function requiredZone(value: unknown, path: string): string {
  const zone = zoneIn(value);
  if (zone === null) throw new UnreadableAnswer(`${path} is no time zone`);
  return zone;
}

/** A figure of a night or a workout. −1 means that there is none: it was seen in 36 of 300 recorded nights. */
export function figureOrNone(value: unknown): number | null {
  const given = figure(value);
  return given === -1 ? null : given;
}

/** A heart rate, a breathing rate or a variability. A 0 means that nothing was read. */
export function rate(value: unknown): number | null {
  const given = figureOrNone(value);
  return given === 0 ? null : given;
}

/** What is of each day, in the order in which it is found. */
export function byDay<T>(found: readonly T[], dayOf: (each: T) => LocalDate): ReadonlyMap<LocalDate, readonly T[]> {
  const days = new Map<LocalDate, T[]>();
  for (const each of found) {
    const day = dayOf(each);
    days.set(day, [...(days.get(day) ?? []), each]);
  }
  return days;
}

/** Fields that are one number, and vitals. */
type Ranged = keyof typeof figureBounds | VitalField;

/**
 * The first figure that a person can have. Of several devices one may be wrong. If all are, the first: the check of bounds
 * then says that it is an error.
 */
export function firstPossible(field: Ranged, values: readonly (number | null)[]): number | null {
  const given = values.filter((value) => value !== null);
  return given.find((value) => isPossible(field, value)) ?? given[0] ?? null;
}

export function isPossible(field: Ranged, value: number): boolean {
  const bounds = field in vitalRows ? vitalRows[field as VitalField] : figureBounds[field as keyof typeof figureBounds];
  return inBounds(value, bounds) !== null;
}
