import type { Connection } from "../connections/connection.js";
import { domainOf, type Field } from "../model/fields.js";
import { dayFigures, namesOf, vitalRows } from "../model/figure-tables.js";
import type { LocalDate } from "../model/records.js";
import { epochDay, fromEpochDay } from "../model/time.js";
import type { Provider } from "../providers/index.js";
import type { History, StoredColumns } from "./history.js";

/** A figure that a connection had on most days, and has had none of for a week. */
export interface StoppedSeries {
  readonly field: Field;
  /** The last day with a value. */
  readonly lastDay: LocalDate;
}

/** How long nothing must have come. */
const SILENT_DAYS = 7;
/** How far back the last value may be: what stopped before that is no news. */
const REMEMBERED_DAYS = 91;
/** Before the last value, on how many days it is looked for, and how many of these must have been answered. */
const USUAL_DAYS = 28;
const LEAST_ANSWERED = 14;

/** Whoever logs no more food has not lost a device. */
const figures: readonly Field[] = [...namesOf(dayFigures), ...namesOf(vitalRows)].filter(
  (field) => domainOf(field) !== "NUTRITION",
);

/**
 * Figures that stopped, from stored cells alone: no provider is asked. A day that was never fetched says nothing. Today
 * does not count, since it is not over.
 */
export async function stoppedSeries(
  history: Pick<History, "columns">,
  provider: Provider,
  connection: Pick<Connection, "id">,
  today: LocalDate,
): Promise<readonly StoppedSeries[]> {
  const answered = new Set(provider.calls.flatMap(({ yields }) => yields));
  const fields = figures.filter((field) => answered.has(field));
  if (fields.length === 0) return [];
  const end = epochDay(today);
  const days = Array.from({ length: REMEMBERED_DAYS }, (_, after) => end - REMEMBERED_DAYS + after);
  const stored = await history.columns(connection.id, new Map(fields.map((field) => [field, days])));
  return fields.flatMap((field) => {
    const lastDay = lastOf(daysOf(stored, field, days), end);
    return lastDay === null ? [] : [{ field, lastDay: fromEpochDay(lastDay) }];
  });
}

interface Answered {
  readonly day: number;
  readonly hasValue: boolean;
}

function daysOf(stored: StoredColumns, field: Field, days: readonly number[]): readonly Answered[] {
  return days.flatMap((day) => {
    const known = stored.at(field, day)?.known(day);
    return known === undefined ? [] : [{ day, hasValue: "value" in known }];
  });
}

/** The last day with a value, if the figure was usual until then and has stopped. */
function lastOf(answered: readonly Answered[], end: number): number | null {
  const last = answered.findLast(({ hasValue }) => hasValue)?.day;
  const isSilent =
    last !== undefined && last < end - SILENT_DAYS && answered.some(({ day }) => day >= end - SILENT_DAYS);
  if (!isSilent) return null;
  const before = answered.filter(({ day }) => day <= last && day > last - USUAL_DAYS);
  const usual = before.filter(({ hasValue }) => hasValue).length * 2 > before.length;
  return before.length >= LEAST_ANSWERED && usual ? last : null;
}
