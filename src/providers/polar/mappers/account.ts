import { id, number, optionalString } from "../../../http/json.js";
import { type Cell, cell, present } from "../../../model/cells.js";
import type { DeviceRecord, GoalRecord, LocalDate, Sex, WeighingRecord } from "../../../model/records.js";
import { instantOf, normaliseInstant, offsetOf, withOffset } from "../../../model/time.js";
import { figure, figureCells } from "../../kit/figures.js";
import { type Duration, members, seconds, wallClock } from "./wire.js";

/** https://www.polar.com/accesslink-api/#users: kebab-case. */
interface RawUser {
  readonly polar_user_id: number;
  readonly first_name: string;
  readonly last_name: string;
  readonly birthdate: LocalDate;
  readonly gender: "MALE" | "FEMALE";
}
/** https://www.polar.com/accesslink-api/#physical-info: as of now. */
interface RawPhysicalInfo {
  /** kg */
  readonly weight: number;
  /** cm */
  readonly height: number;
  /** UTC, of any of its members. */
  readonly modified: string;
  readonly weight_source: string;
  readonly sleep_goal: Duration;
}
/** What an exercise says of the device, and when it was uploaded. */
interface RawDeviceOfExercise {
  readonly device: string;
  readonly device_id: string;
  readonly upload_time: string;
  readonly start_time: string;
  readonly start_time_utc_offset: number;
}

const sexes: Readonly<Record<string, Sex>> = { MALE: "MALE", FEMALE: "FEMALE" };

export function toUserId(answer: unknown): string {
  return id(members<RawUser>(answer, "user").polar_user_id, "user.polar-user-id");
}

export function toProfile(answer: unknown): Cell[] {
  const raw = members<RawUser>(answer, "user");
  const sex = optionalString(raw.gender);
  return [
    ...present("profile.givenName", null, optionalString(raw.first_name)),
    ...present("profile.familyName", null, optionalString(raw.last_name)),
    ...present("profile.dateOfBirth", null, optionalString(raw.birthdate)),
    ...present("profile.sex", null, sex === null ? null : (sexes[sex] ?? "OTHER")),
  ];
}

/** Polar's guesses are no figures of the person. */
const guesses: ReadonlySet<unknown> = new Set(["SOURCE_DEFAULT", "SOURCE_ESTIMATE"]);
const weighings: ReadonlySet<unknown> = new Set(["SOURCE_USER", "SOURCE_MEASURED"]);

export function toBody(answer: unknown): Cell[] {
  const raw = members<RawPhysicalInfo>(answer, "physical-info");
  const goal = seconds(raw.sleep_goal, "physical-info.sleep_goal");
  const goals: GoalRecord[] =
    goal === null ? [] : [{ metric: "SLEEP", period: "DAILY", target: goal / 60, current: null, unit: "min" }];
  return [
    ...figureCells("profile.height", null, raw.height, (centimeters) => centimeters / 100),
    ...(guesses.has(raw.weight_source) ? [] : figureCells("profile.weight", null, raw.weight)),
    cell("goals.sleep", null, goals),
  ];
}

/** When something of the answer was changed last, at the person's offset. Null if it does not say. */
export function changedAt(answer: unknown, offsetSeconds: number | undefined): string | null {
  const { modified } = members<RawPhysicalInfo>(answer, "physical-info");
  const at = normaliseInstant(modified);
  return at === null || offsetSeconds === undefined ? at : withOffset(instantOf(at), offsetSeconds);
}

/** The weight as entered or measured at that time. Polar keeps the newest one only. */
export function toWeighings(answer: unknown, time: string): readonly WeighingRecord[] {
  const raw = members<RawPhysicalInfo>(answer, "physical-info");
  const weight = figure(raw.weight);
  if (weight === null || !weighings.has(raw.weight_source)) return [];
  return [{ id: `weight ${instantOf(time)}`, time, weight, bodyMassIndex: null, fatPercentage: null }];
}

/** What a record says of its own time, to find the newest one. */
interface Dated {
  /** Epoch ms. */
  readonly at: number;
  readonly offsetSeconds: number;
}

/** The end of a night in the list of available nights. Null if it has no offset. */
export function toEnd(value: unknown): Dated | null {
  const end = normaliseInstant(members<{ end_time: unknown }>(value, "available").end_time);
  return end === null ? null : { at: instantOf(end), offsetSeconds: offsetOf(end)! };
}

export function toStart(value: unknown): Dated {
  const raw = members<RawDeviceOfExercise>(value, "exercise");
  const offsetSeconds = number(raw.start_time_utc_offset, "exercise.start_time_utc_offset") * 60;
  return { at: wallClock(raw.start_time, "exercise.start_time") - offsetSeconds * 1000, offsetSeconds };
}

/** The device of an exercise: there is no list of devices. Null if it names none. */
export function toDevice(value: unknown): (Pick<Dated, "at"> & { readonly device: DeviceRecord }) | null {
  const raw = members<RawDeviceOfExercise>(value, "exercise");
  const [deviceId, uploaded] = [optionalString(raw.device_id), normaliseInstant(raw.upload_time)];
  if (deviceId === null || uploaded === null) return null;
  const unknown = { kind: null, firmware: null, batteryPercent: null, lastSyncAt: null };
  return { at: instantOf(uploaded), device: { id: deviceId, model: optionalString(raw.device), ...unknown } };
}

export function newest<T extends Pick<Dated, "at">>(found: readonly T[]): T | undefined {
  return [...found].sort((a, b) => a.at - b.at).at(-1);
}
