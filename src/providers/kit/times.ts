import { UnreadableAnswer } from "../../http/json.js";
import type { LocalDate, OffsetDateTime } from "../../model/records.js";
import { isLocalDate, normaliseInstant } from "../../model/time.js";

/** Null if the value is not a calendar date. */
export function optionalDate(value: unknown): LocalDate | null {
  return typeof value === "string" && isLocalDate(value) ? value : null;
}

/** Throws `UnreadableAnswer` for anything but a calendar date. */
export function requiredDate(value: unknown, path: string): LocalDate {
  const date = optionalDate(value);
  if (date === null) throw new UnreadableAnswer(`${path} is not a date`);
  return date;
}

/** An instant with its offset. Throws `UnreadableAnswer` for anything else. */
export function instant(value: unknown, path: string): OffsetDateTime {
  const found = normaliseInstant(value);
  if (found === null) throw new UnreadableAnswer(`${path} is not a time with offset`);
  return found;
}
