import { id, list, object, optionalNumber, type Unchecked } from "../../../http/json.js";
import type {
  BloodPressureRecord,
  OffsetDateTime,
  OxygenRecord,
  PulseRecord,
  TemperatureRecord,
  WeighingRecord,
} from "../../../model/records.js";
import { epoch, type Json, timeIn } from "./wire.js";

/** https://developer.withings.com/api-reference/#operation/measure-getmeas */
interface RawGroup {
  /** 64 bits. */
  readonly grpid: number;
  readonly attrib: number;
  readonly date: number;
  readonly category: number;
  readonly measures: readonly RawMeasure[];
}
interface RawMeasure {
  /** The real value is value × 10^unit. The unit differs within one type. */
  readonly value: number;
  readonly unit: number;
  readonly type: number;
  /** A part of the body. Left out for most measures; 7 is the whole body. */
  readonly position: number;
}

export const types = {
  weight: 1,
  height: 4,
  leanMass: 5,
  fatPercentage: 6,
  fatMass: 8,
  diastolic: 9,
  systolic: 10,
  pulse: 11,
  temperature: 12,
  oxygen: 54,
  bodyTemperature: 71,
  skinTemperature: 73,
  muscleMass: 76,
  waterMass: 77,
  boneMass: 88,
  pulseWaveVelocity: 91,
  vo2Max: 123,
  vascularAge: 155,
  visceralFat: 170,
  basalEnergy: 226,
} as const;

const WHOLE_BODY = 7;
const REAL = 1;
/** From a scale that several people use, and that is not sure whose weight it is. */
const MAYBE_SOMEBODY_ELSES = 1;

/** What was measured at one moment, by the number of the measure. */
export interface Group {
  readonly id: string;
  /** Seconds since 1970. */
  readonly date: number;
  readonly time: OffsetDateTime;
  readonly values: ReadonlyMap<number, number>;
}

/** None for a goal, and for a weight that may be of another person. */
export function toGroup(value: unknown, zone: string): Group[] {
  const raw: Unchecked<RawGroup> = object(value, "measuregrps[]");
  const date = epoch(raw.date, "measuregrps[].date");
  const group = {
    id: id(raw.grpid, "measuregrps[].grpid"),
    date,
    time: timeIn(zone, date),
    values: valuesOf(list(raw.measures, "measuregrps[].measures")),
  };
  const isOwn = optionalNumber(raw.attrib) !== MAYBE_SOMEBODY_ELSES && (optionalNumber(raw.category) ?? REAL) === REAL;
  return isOwn ? [group] : [];
}

/** A figure of the whole body is the one without a position, or with the position of the whole body. */
function valuesOf(measures: readonly unknown[]): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  const ofWhole = new Map<number, number>();
  for (const each of measures) {
    const raw: Unchecked<RawMeasure> = object(each, "measures[]");
    const type = optionalNumber(raw.type);
    const value = scaled(raw);
    if (type === null || value === null) continue;
    const position = optionalNumber(raw.position);
    const into = position === null ? values : position === WHOLE_BODY ? ofWhole : null;
    if (into && !into.has(type)) into.set(type, value);
  }
  return new Map([...ofWhole, ...values]);
}

/** Written as a decimal, so that 71350 × 10^-3 is 71.35 and not 71.35000000000001. */
export function scaled({ value, unit }: Json): number | null {
  const [given, exponent] = [optionalNumber(value), optionalNumber(unit)];
  return given === null || exponent === null || !Number.isInteger(exponent) ? null : Number(`${given}e${exponent}`);
}

const nothing = { weight: null, bodyMassIndex: null, fatPercentage: null };

/** A weighing is a group with a weight or a fat ratio. */
function isWeighing({ values }: Group): boolean {
  return values.has(types.weight) || values.has(types.fatPercentage);
}

export function toWeight(group: Group): WeighingRecord[] {
  return part(group, { weight: types.weight });
}

export function toFatPercentage(group: Group): WeighingRecord[] {
  return part(group, { fatPercentage: types.fatPercentage });
}

export function toComposition(group: Group): WeighingRecord[] {
  return isWeighing(group)
    ? part(group, {
        fatMass: types.fatMass,
        leanMass: types.leanMass,
        muscleMass: types.muscleMass,
        boneMass: types.boneMass,
        waterMass: types.waterMass,
        visceralFatIndex: types.visceralFat,
        basalEnergyBurned: types.basalEnergy,
      })
    : [];
}

function part({ id, time, values }: Group, names: Partial<Record<keyof WeighingRecord, number>>): WeighingRecord[] {
  const found = Object.entries(names).flatMap(([name, type]) => {
    const value = values.get(type);
    return value === undefined ? [] : [[name, value] as const];
  });
  return found.length === 0 ? [] : [{ ...nothing, id, time, ...Object.fromEntries(found) }];
}

export function toBloodPressure({ id, time, values }: Group): BloodPressureRecord[] {
  const [systolic, diastolic] = [values.get(types.systolic), values.get(types.diastolic)];
  if (systolic === undefined || diastolic === undefined) return [];
  return [{ id, time, systolic, diastolic, pulse: pulseOf(values) }];
}

/** Taken at a scale or a cuff. */
export function toPulse({ id, time, values }: Group): PulseRecord[] {
  const pulse = pulseOf(values);
  return pulse === null ? [] : [{ id, time, rate: pulse }];
}

/** 0: the scale found none. */
function pulseOf(values: Group["values"]): number | null {
  return values.get(types.pulse) || null;
}

/** Several temperatures may be of one moment, so the id names the type too. */
export function toTemperatures({ id, time, values }: Group): TemperatureRecord[] {
  return temperatureTypes.flatMap(({ type, site }) => {
    const value = values.get(type);
    return value === undefined ? [] : [{ id: `${id}-${type}`, time, value, site }];
  });
}
const temperatureTypes = [
  { type: types.temperature, site: "BODY" },
  { type: types.bodyTemperature, site: "BODY" },
  { type: types.skinTemperature, site: "SKIN" },
] as const;

/** A value of at most 1 is a share. */
export function toOxygen({ id, time, values }: Group): OxygenRecord[] {
  const value = values.get(types.oxygen);
  if (value === undefined) return [];
  return [{ id, time, percent: value > 1 ? value : Number((value * 100).toFixed(6)) }];
}
