import { object, optionalNumber, optionalObject, optionalString, UnreadableAnswer } from "../../../http/json.js";
import type { LocalDate, OffsetDateTime } from "../../../model/records.js";
import { instantOf, inZone, isLocalDate, offsetOf, withOffset } from "../../../model/time.js";

/** How Google writes protobuf as JSON: https://developers.google.com/health/endpoints */

/** 64-bit integers are texts: "12840". Ids are never read as numbers. */
export type Int64 = string;
/** RFC 3339 in UTC, up to nine digits after the point. */
export type Timestamp = string;
/** Decimal seconds: "900s", "-18000s". */
export type Duration = string;
/** In the person's own zone. */
export interface RawDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}
export interface RawCivilDateTime {
  readonly date: RawDate;
  /** Members that are zero are left out, so midnight is {}. */
  readonly time: { readonly hours?: number; readonly minutes?: number; readonly seconds?: number };
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#SessionTimeInterval */
export interface RawInterval {
  readonly startTime: Timestamp;
  /** Differs from the end's offset across a clock change, or a flight. */
  readonly startUtcOffset: Duration;
  readonly endTime: Timestamp;
  readonly endUtcOffset: Duration;
  /** Both civil times are missing in older points. */
  readonly civilStartTime: RawCivilDateTime;
  readonly civilEndTime: RawCivilDateTime;
}
/** https://developers.google.com/health/reference/rest/v4/users.dataTypes.dataPoints#ObservationSampleTime */
export interface RawSampleTime {
  readonly physicalTime: Timestamp;
  readonly utcOffset: Duration;
  readonly civilTime: RawCivilDateTime;
}

export function toSeconds(duration: unknown): number | null {
  const match = typeof duration === "string" ? /^(-?\d+(?:\.\d+)?)s$/.exec(duration) : null;
  return match ? Number(match[1]) : null;
}

export function toDate(value: unknown): LocalDate | null {
  const raw: Partial<RawDate> | null = optionalObject(value);
  const part = (given: unknown, digits: number) => String(optionalNumber(given)).padStart(digits, "0");
  const date = `${part(raw?.year, 4)}-${part(raw?.month, 2)}-${part(raw?.day, 2)}`;
  return isLocalDate(date) ? date : null;
}

export function requiredDate(value: unknown, path: string): LocalDate {
  const date = toDate(value);
  if (date === null) throw new UnreadableAnswer(`${path} is not a date`);
  return date;
}

/** Epoch ms. */
export function instant(value: unknown, path: string): number {
  const at = typeof value === "string" && offsetOf(value) !== null ? instantOf(value) : Number.NaN;
  if (Number.isNaN(at)) throw new UnreadableAnswer(`${path} is not a time`);
  return at;
}

/**
 * An instant with the person's offset: the offset in the point, else the offset that its civil time implies, else the
 * zone's. A point without these keeps UTC.
 */
function toMoment(
  time: { readonly physical: unknown; readonly offset: unknown; readonly civil: unknown },
  zone: string | undefined,
  path: string,
): OffsetDateTime {
  const at = instant(time.physical, path);
  const offset = toSeconds(time.offset) ?? clockOffset(time.offset) ?? offsetFromCivil(time.civil, at);
  if (offset !== null) return withOffset(at, offset);
  return zone === undefined ? withOffset(at, 0) : inZone(at, zone);
}

export function toStart(value: unknown, zone: string | undefined, path: string): OffsetDateTime {
  const { startTime, startUtcOffset, endUtcOffset, civilStartTime }: Partial<RawInterval> = object(value, path);
  const offset = startUtcOffset ?? endUtcOffset;
  return toMoment({ physical: startTime, offset, civil: civilStartTime }, zone, `${path}.startTime`);
}

export function toEnd(value: unknown, zone: string | undefined, path: string): OffsetDateTime {
  const { endTime, startUtcOffset, endUtcOffset, civilEndTime }: Partial<RawInterval> = object(value, path);
  const offset = endUtcOffset ?? startUtcOffset;
  return toMoment({ physical: endTime, offset, civil: civilEndTime }, zone, `${path}.endTime`);
}

export function toSpan(
  value: unknown,
  zone: string | undefined,
  path: string,
): { readonly start: OffsetDateTime; readonly end: OffsetDateTime } {
  return { start: toStart(value, zone, path), end: toEnd(value, zone, path) };
}

/** Whether an interval has begun and not ended. */
export function hasNoEnd(value: unknown): boolean {
  const { startTime, endTime }: Partial<RawInterval> = optionalObject(value) ?? {};
  return typeof startTime === "string" && (endTime === undefined || endTime === null || endTime === ("" as never));
}

export function toSampleMoment(value: unknown, zone: string | undefined, path: string): OffsetDateTime {
  const raw: Partial<RawSampleTime> = object(value, path);
  return toMoment({ physical: raw.physicalTime, offset: raw.utcOffset, civil: raw.civilTime }, zone, path);
}

/** Some recordings have offsets such as -07:00, which the API itself is not known to send. */
function clockOffset(value: unknown): number | null {
  return typeof value === "string" && /^[+-]\d{2}:\d{2}$/.test(value) ? offsetOf(value) : null;
}

function offsetFromCivil(value: unknown, at: number): number | null {
  const raw: Partial<RawCivilDateTime> | null = optionalObject(value);
  const date = toDate(raw?.date);
  const time = optionalObject(raw?.time);
  if (date === null || time === null) return null;
  const of = (key: string) => optionalNumber(time[key]) ?? 0;
  const local = Date.parse(`${date}T00:00:00Z`) + (of("hours") * 3600 + of("minutes") * 60 + of("seconds")) * 1000;
  return Math.round((local - at) / 60_000) * 60;
}

/** The last part of a resource name: the id itself. The part before it contains the person's id. */
export function lastSegment(name: unknown): string | null {
  return optionalString(optionalString(name)?.split("/").at(-1));
}

/** The name is in another member for merged points than for points of one source. Points of some types have none. */
export function pointId(point: Readonly<Record<string, unknown>>, fallback: string): string {
  return lastSegment(point["dataPointName"]) ?? lastSegment(point["name"]) ?? fallback;
}

/** The seconds are summed first, so that this is the only rounding. */
export function toMinutes(seconds: number): number {
  return Math.floor(seconds / 60 + 0.5);
}
