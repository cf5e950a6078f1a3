import { object, UnreadableAnswer } from "../../../http/json.js";
import type { LocalDate, OffsetDateTime, SampleSeries } from "../../../model/records.js";
import { instantOf, offsetOf, withOffset } from "../../../model/time.js";
import { figure } from "../../kit/figures.js";
import { instant, requiredDate } from "../../kit/times.js";

/** What every document of Oura may contain, before it is checked. */
export type Loose = Readonly<Record<string, unknown>>;

/** https://cloud.ouraring.com/v2/docs: a measure at regular intervals. Null items mean that there was no reading. */
interface RawSample {
  /** Seconds between items. */
  readonly interval: number;
  readonly items: readonly (number | null)[];
  /** The instant of the first item. */
  readonly timestamp: OffsetDateTime;
}

/** Oura's own day of a document. */
export function dayOf(raw: Loose, path: string): LocalDate {
  return requiredDate(raw["day"], `${path}.day`);
}

/** The readings of a sample as a series that begins with the first of them. Null if there are none. */
export function toSeries(value: unknown, path: string): SampleSeries | null {
  if (value === null || value === undefined) return null;
  const raw: Partial<RawSample> = object(value, path);
  const began = instant(raw.timestamp, `${path}.timestamp`);
  const step = figure(raw.interval);
  const { items } = raw;
  if (!Array.isArray(items) || step === null || !(step > 0)) throw new UnreadableAnswer(`${path} has no items`);
  const readings = items.flatMap((item: unknown, index): [number, number][] => {
    const reading = figure(item);
    return reading === null ? [] : [[index * step, reading]];
  });
  const first = readings[0]?.[0];
  if (first === undefined) return null;
  const start = withOffset(instantOf(began) + first * 1000, offsetOf(began)!);
  return {
    start,
    localStart: start.slice(0, 19),
    stepSeconds: step,
    offsets: readings.map(([at]) => Math.round(at - first)),
    values: readings.map(([, reading]) => reading),
  };
}
