import { list, UnreadableAnswer } from "../../../http/json.js";
import { type Cell, cell } from "../../../model/cells.js";
import type { LocalDate, OffsetRecord } from "../../../model/records.js";
import { requiredDate } from "../../kit/times.js";
import { type Placed, placed } from "./day-clock.js";
import { measured, members } from "./wire.js";

/** https://www.polar.com/accesslink-api/#continuous-heart-rate: one for each day, without the time of exercises. */
interface RawHeartRates {
  readonly date: LocalDate;
  /** On the device's clock. A rate of 0 means that there was no signal. */
  readonly heart_rate_samples: readonly { readonly heart_rate: number; readonly sample_time: string }[];
}

const timeForm = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?$/;

export function toHeartRates(value: unknown, offsetsOf: (day: LocalDate) => readonly OffsetRecord[]): Cell[] {
  const raw = members<RawHeartRates>(value, "heart_rates");
  const day = requiredDate(raw.date, "heart_rates.date");
  const samples = list(raw.heart_rate_samples, "heart_rate_samples").flatMap((each): Placed[] => {
    const sample = members<RawHeartRates["heart_rate_samples"][number]>(each, "heart_rate_samples[]");
    const rate = measured(sample.heart_rate);
    return rate === null ? [] : [[clockMs(sample.sample_time), rate]];
  });
  const series = placed(day, samples, offsetsOf(day), null);
  return series === null ? [] : [cell("heart.samples:ONE_SECOND", day, series)];
}

export function dayOfHeartRates(value: unknown): LocalDate {
  return requiredDate(members<RawHeartRates>(value, "heart_rates").date, "heart_rates.date");
}

function clockMs(value: unknown): number {
  const parts = typeof value === "string" ? timeForm.exec(value) : null;
  if (!parts) throw new UnreadableAnswer("heart_rate_samples.sample_time is no clock time");
  return (Number(parts[1]) * 3_600 + Number(parts[2]) * 60 + Number(parts[3] ?? 0)) * 1000;
}
