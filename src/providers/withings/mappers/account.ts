import { id, object, optionalObject, optionalString, type Unchecked } from "../../../http/json.js";
import { type Cell, cell } from "../../../model/cells.js";
import type { BatteryLevel, DeviceRecord, ElectrocardiogramRecord, GoalRecord } from "../../../model/records.js";
import { figure } from "../../kit/figures.js";
import { scaled } from "./measures.js";
import { bodyOf, epoch, figureOrNone, objectIn, rate, timeIn, zoneIn } from "./wire.js";

/** https://developer.withings.com/api-reference/#operation/userv2-getdevice */
interface RawDevice {
  readonly type: string;
  readonly model: string;
  /** high above 75 %, medium above 30 %, low below. "unknown" was seen. */
  readonly battery: string;
  readonly deviceid: string;
  readonly hash_deviceid: string;
  readonly timezone: string;
  readonly last_session_date: number | null;
}
const batteryLevels: Readonly<Record<string, BatteryLevel>> = { high: "HIGH", medium: "MEDIUM", low: "LOW" };
/** What is worn all day. All other types are used for a moment or for the night. */
const WORN = "Activity Tracker";

export function toDevice(value: unknown): DeviceRecord {
  const raw: Unchecked<RawDevice> = object(value, "devices[]");
  const kind = optionalString(raw.type);
  const synced = figure(raw.last_session_date);
  return {
    id: id(optionalString(raw.deviceid) ?? raw.hash_deviceid, "devices[].deviceid"),
    model: optionalString(raw.model),
    kind,
    firmware: null,
    batteryPercent: null,
    lastSyncAt: synced ? timeIn(zoneIn(raw.timezone) ?? "UTC", epoch(synced, "devices[].last_session_date")) : null,
    batteryLevel: batteryLevels[String(raw.battery)] ?? null,
    isWorn: kind === WORN,
  };
}

/** https://developer.withings.com/api-reference/#operation/userv2-getgoals: an empty list if none is set. */
interface RawGoals {
  readonly steps: number;
  /** Seconds. */
  readonly sleep: number;
  readonly weight: { readonly value: number; readonly unit: number };
}

/** A goal of 0 is none. */
export function toGoals(answer: unknown): Cell[] {
  const raw: Unchecked<RawGoals> = objectIn(bodyOf(answer), "goals");
  const goal = (target: number | null, rest: Omit<GoalRecord, "target" | "current">): GoalRecord[] =>
    target !== null && target > 0 ? [{ ...rest, target, current: null }] : [];
  const sleep = figure(raw.sleep);
  const weight = optionalObject(raw.weight);
  return [
    cell("goals.daily", null, goal(figure(raw.steps), { metric: "STEPS", period: "DAILY", unit: "count" })),
    cell(
      "goals.sleep",
      null,
      goal(sleep === null ? null : sleep / 60, { metric: "SLEEP", period: "DAILY", unit: "min" }),
    ),
    cell("goals.weight", null, goal(weight && scaled(weight), { metric: "WEIGHT", period: "OPEN", unit: "kg" })),
  ];
}

/** https://developer.withings.com/api-reference/#operation/heartv2-list */
interface RawHeart {
  readonly timestamp: number;
  readonly heart_rate: number;
  readonly ecg: {
    readonly signalid: number;
    /** 0 negative, 1 positive, 2 inconclusive. */
    readonly afib: number;
  };
}
const findings: Readonly<Record<number, ElectrocardiogramRecord["finding"]>> = {
  0: "SINUS_RHYTHM",
  1: "ATRIAL_FIBRILLATION",
  2: "INCONCLUSIVE",
};

/** None for an entry without a signal, such as the sound of a heart. The signal itself is not read, so its length is not known. */
export function toElectrocardiogram(value: unknown, zone: string): ElectrocardiogramRecord[] {
  const raw: Unchecked<RawHeart> = object(value, "series[]");
  const time = timeIn(zone, epoch(raw.timestamp, "series[].timestamp"));
  const ecg: Partial<RawHeart["ecg"]> | null = optionalObject(raw.ecg);
  if (ecg === null || ecg.signalid === undefined || ecg.signalid === null) return [];
  const code = figureOrNone(ecg.afib);
  const finding = code === null ? null : (findings[code] ?? "OTHER");
  return [
    {
      id: id(ecg.signalid, "series[].ecg.signalid"),
      time,
      averageHeartRate: rate(raw.heart_rate),
      finding,
      durationSeconds: null,
    },
  ];
}
