import { optionalString } from "../../../http/json.js";
import type { LocalDate, ScoreContributor, ScoreRecord } from "../../../model/records.js";
import { figure } from "../../kit/figures.js";
import { requiredDate } from "../../kit/times.js";
import { members } from "./wire.js";

/** https://www.polar.com/accesslink-api/#cardio-load: every day has one, reckoned or not. */
interface RawCardioLoad {
  readonly date: LocalDate;
  // −1: none. A 0 is a 0.
  readonly cardio_load: number;
  /** The mean daily load of 7 days. */
  readonly strain: number;
  /** The mean daily load of 28 days. */
  readonly tolerance: number;
  readonly cardio_load_ratio: number;
  readonly cardio_load_status: string;
}

const NONE = -1;
const NO_STATUS = "LOAD_STATUS_NOT_AVAILABLE";
const noScale = { scaleMin: null, scaleMax: null };

export type DatedLoad = ScoreRecord & { readonly date: LocalDate };

/** Null if it has no figure at all. */
export function toCardioLoad(raw: unknown): DatedLoad | null {
  const load = members<RawCardioLoad>(raw, "cardio-load");
  const day = requiredDate(load.date, "cardio-load.date");
  const status = optionalString(load.cardio_load_status);
  const contributors = [
    ...part("Strain", load.strain),
    ...part("Tolerance", load.tolerance),
    ...part("Cardio load ratio", load.cardio_load_ratio),
  ];
  const value = orNone(load.cardio_load);
  if (value === null && contributors.length === 0) return null;
  const level = status === NO_STATUS ? null : status;
  return { id: day, date: day, name: "Cardio load", value, ...noScale, level, contributors };
}

export function dayOfLoad(raw: unknown): LocalDate {
  return requiredDate(members<RawCardioLoad>(raw, "cardio-load").date, "cardio-load.date");
}

function orNone(value: unknown): number | null {
  const found = figure(value);
  return found === NONE ? null : found;
}

function part(name: string, value: unknown): ScoreContributor[] {
  const found = orNone(value);
  return found === null ? [] : [{ name, value: found, ...noScale }];
}
