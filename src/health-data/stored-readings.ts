import { domainOf, type Field } from "../model/fields.js";
import type { SampleSeries } from "../model/records.js";
import { epochDay } from "../model/time.js";
import type { ReadingCount, ReadingCounts } from "./ask.js";
import type { Column } from "./column.js";
import type { Scene, Source } from "./histories/scene.js";
import type { History } from "./history.js";

/** Fewer stored days without a reading say little of the others. */
const TELLING_DAYS = 7;

/**
 * How many readings an ask is about, by what is stored of its sources: those of the stored days, and as many a day on
 * the days that would have to be fetched. The rows are those that were read with the person: none is read here.
 */
export async function storedReadings(
  { ask, sources, days }: Pick<Scene, "ask" | "sources" | "days">,
  history: Pick<History, "columns">,
  isAskable: (source: Source) => boolean,
): Promise<ReadingCounts> {
  const fields = [...ask.fields].filter((field) => domainOf(field) === "READINGS");
  const numbers = days.map(epochDay);
  const counts = new Map<Field, ReadingCount>();
  for (const source of sources) {
    const { reader } = source;
    const wanted = new Map(fields.filter((field) => reader.supports(field)).map((field) => [field, numbers]));
    if (wanted.size === 0 || numbers.length === 0) continue;
    const stored = await history.columns(reader.connection.id, wanted);
    for (const field of wanted.keys()) {
      const parts = stored.parts(field).map(({ column }) => column);
      const own = countOf(parts, numbers, isAskable(source) && !reader.isUngranted(field));
      const before = counts.get(field) ?? NONE;
      counts.set(field, {
        records: before.records + own.records,
        samples: before.samples + own.samples,
        unknownDays: before.unknownDays + own.unknownDays,
      });
    }
  }
  return counts;
}

const NONE: ReadingCount = { records: 0, samples: 0, unknownDays: 0 };

function countOf(columns: readonly (Column | undefined)[], days: readonly number[], isFetched: boolean): ReadingCount {
  let [known, records, samples] = [0, 0, 0];
  const [first, last] = [days[0]!, days.at(-1)!];
  for (const column of columns) {
    for (const day of column?.days() ?? []) {
      if (day < first || day > last) continue;
      known++;
      const value = column!.value(day);
      if (Array.isArray(value)) records += value.length;
      else if (value !== undefined) {
        records++;
        samples += (value as SampleSeries).values.length;
      }
    }
  }
  const open = isFetched ? days.length - known : 0;
  if (records === 0 && known < TELLING_DAYS) return { records, samples, unknownDays: open };
  const share = 1 + open / known;
  return { records: records * share, samples: samples * share, unknownDays: 0 };
}
