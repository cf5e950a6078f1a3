import { list, object, optionalList, optionalObject } from "../../../http/json.js";
import { type Cell, present } from "../../../model/cells.js";
import type { HeartZoneKind, LocalDate } from "../../../model/records.js";
import { numberIfGiven, requiredDate, type Unchecked } from "./raw.js";

/** https://dev.fitbit.com/build/reference/web-api/heartrate-timeseries/get-heartrate-timeseries-by-date-range/ */
export interface RawHeartDay {
  readonly dateTime: string;
  readonly value: {
    /** bpm; absent where unknown. */
    readonly restingHeartRate: number;
    readonly heartRateZones: readonly RawHeartZone[];
  };
}
export interface RawHeartZone {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** May be absent, like `caloriesOut`. */
  readonly minutes: number;
  /** kcal */
  readonly caloriesOut: number;
}

/** The person's own zones have names of their own, in a list of their own (`customHeartRateZones`): left out. */
const zoneKinds: ReadonlyMap<unknown, HeartZoneKind> = new Map([
  ["Out of Range", "LIGHT"],
  ["Fat Burn", "MODERATE"],
  ["Cardio", "VIGOROUS"],
  ["Peak", "PEAK"],
]);

export function toHeartDay(value: unknown): Cell[] {
  const path = "activities-heart[]";
  const item = object(value, path);
  // In answers about a part of the day `value` is that part's mean rate as a text, and the zones stand beside it.
  const aside = typeof item["value"] === "string";
  const raw: Unchecked<RawHeartDay["value"]> = aside ? item : object(item["value"], `${path}.value`);
  const day = requiredDate(item["dateTime"], `${path}.dateTime`);
  return [
    ...present("heart.restingRate", day, numberIfGiven(raw.restingHeartRate, `${path}.restingHeartRate`)),
    ...toZones(raw.heartRateZones, day),
  ];
}

export function toHeartDays(answer: unknown): Cell[] {
  return list(object(answer, "heart series")["activities-heart"], "activities-heart").flatMap(toHeartDay);
}

function toZones(zones: unknown, day: LocalDate): Cell[] {
  const known = optionalList(zones).flatMap((zone) => {
    const raw: Unchecked<RawHeartZone> | null = optionalObject(zone);
    const kind = zoneKinds.get(raw?.name);
    return raw && kind ? [{ kind, raw }] : [];
  });
  const figure = (raw: Unchecked<RawHeartZone>, key: keyof RawHeartZone) =>
    numberIfGiven(raw[key], `heartRateZones[].${key}`);
  const bounds = known.map(({ kind, raw }) => ({ kind, minRate: figure(raw, "min"), maxRate: figure(raw, "max") }));
  const minutes = known.flatMap(({ kind, raw }) => {
    const found = figure(raw, "minutes");
    return found === null ? [] : [{ kind, minutes: found }];
  });
  const energy = known.flatMap(({ kind, raw }) => {
    const found = figure(raw, "caloriesOut");
    return found === null ? [] : [{ kind, energyBurned: found }];
  });
  return [
    ...present("heart.zones.bounds", day, bounds.length > 0 ? bounds : null),
    ...present("heart.zones.minutes", day, minutes.length > 0 ? minutes : null),
    ...present("heart.zones.energyBurned", day, energy.length > 0 ? energy : null),
  ];
}

/** https://dev.fitbit.com/build/reference/web-api/heartrate-variability/get-hrv-summary-by-interval/ */
export interface RawHrvDay {
  readonly dateTime: string;
  /** ms, over the main sleep that ended on that day. `deepRmssd` beside it covers deep sleep alone and is not read. */
  readonly value: { readonly dailyRmssd: number };
}

/** Days without a value have no row. */
export function toHrv(answer: unknown): Cell[] {
  return list(object(answer, "hrv answer")["hrv"], "hrv").flatMap((value) => {
    const raw: Unchecked<RawHrvDay> = object(value, "hrv[]");
    const rmssd = numberIfGiven(object(raw.value, "hrv[].value")["dailyRmssd"], "hrv[].dailyRmssd");
    return present("heart.hrvRmssd", requiredDate(raw.dateTime, "hrv[].dateTime"), rmssd);
  });
}
