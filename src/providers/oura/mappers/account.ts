import { id, object, optionalString, type Unchecked } from "../../../http/json.js";
import { type Cell, present } from "../../../model/cells.js";
import type { BatteryRecord, DeviceRecord, OffsetDateTime, Sex } from "../../../model/records.js";
import { instantOf, normaliseInstant } from "../../../model/time.js";
import { envelope } from "../../kit/envelope.js";
import { figure, figureCells } from "../../kit/figures.js";

/** https://cloud.ouraring.com/v2/docs#tag/Personal-Info-Routes. Without its scope a member is null or left out. */
interface RawPersonalInfo {
  /** Also the user id of notifications. */
  readonly id: string;
  readonly age: number | null;
  /** kg */
  readonly weight: number | null;
  /** m */
  readonly height: number | null;
  readonly biological_sex: string | null;
  readonly email: string | null;
}
/** https://cloud.ouraring.com/v2/docs#tag/Ring-Configuration-Routes */
interface RawRing {
  readonly id: string;
  readonly hardware_type: string | null;
  readonly firmware_version: string | null;
  /** 1970-01-01 if it is not known. */
  readonly set_up_at: OffsetDateTime | null;
}
/** One level of the ring that is in use. */
interface RawBatteryLevel {
  readonly timestamp: OffsetDateTime;
  /** Percent. */
  readonly level: number;
  readonly charging: boolean | null;
}

export function toUserId(answer: unknown): string {
  return id(envelope(answer, "personal_info")["id"], "personal_info.id");
}

export function toPerson(answer: unknown): Cell[] {
  const raw: Partial<RawPersonalInfo> = envelope(answer, "personal_info");
  return [
    ...figureCells("profile.age", null, raw.age),
    ...present("profile.sex", null, toSex(raw.biological_sex)),
    ...figureCells("profile.height", null, raw.height),
    ...figureCells("profile.weight", null, raw.weight),
  ];
}

export function toEmail(answer: unknown): Cell[] {
  const raw: Partial<RawPersonalInfo> = envelope(answer, "personal_info");
  return present("profile.email", null, optionalString(raw.email));
}

function toSex(value: unknown): Sex | null {
  const word = optionalString(value);
  if (word === "female") return "FEMALE";
  if (word === "male") return "MALE";
  return word === null ? null : "OTHER";
}

/** A ring, and since when it is in use. The level of the battery is of the ring in use only. */
export function toRing(value: unknown): DeviceRecord & { readonly setUpAt: number } {
  const raw: Unchecked<RawRing> = object(value, "ring_configuration");
  const setUp = normaliseInstant(raw.set_up_at);
  return {
    id: id(raw.id, "ring_configuration.id"),
    model: optionalString(raw.hardware_type),
    kind: "RING",
    firmware: optionalString(raw.firmware_version),
    batteryPercent: null,
    lastSyncAt: null,
    setUpAt: setUp === null ? 0 : instantOf(setUp),
  };
}

export function toBattery(value: unknown): BatteryRecord {
  const raw: Unchecked<RawBatteryLevel> = object(value, "ring_battery_level");
  const time = normaliseInstant(raw.timestamp);
  return { id: time ?? "", time, percent: figure(raw.level), isCharging: toFlag(raw.charging) };
}

const toFlag = (value: unknown) => (typeof value === "boolean" ? value : null);

/** The newest ring first, with the level of its battery. */
export function toDevices(
  rings: readonly ReturnType<typeof toRing>[],
  battery: BatteryRecord | undefined,
): DeviceRecord[] {
  return [...rings]
    .sort((a, b) => b.setUpAt - a.setUpAt)
    .map(({ setUpAt: _, ...ring }, index) =>
      index > 0 ? ring : { ...ring, batteryPercent: battery?.percent ?? null, isCharging: battery?.isCharging ?? null },
    );
}
