import { id, list, object, optionalNumber, optionalString, type Unchecked } from "../../../http/json.js";
import { cell } from "../../../model/cells.js";
import type { DeviceRecord } from "../../../model/records.js";
import { localToOffset } from "../../../model/time.js";
import { readMembers } from "../../kit/members.js";
import type { ReadPage } from "../../provider.js";
import { localDateTime } from "../wall-clock.js";

/** https://dev.fitbit.com/build/reference/web-api/devices/get-devices/ */
interface RawDevice {
  readonly id: string;
  /** Name of the model: Charge 6. */
  readonly deviceVersion: string;
  /** TRACKER or SCALE. */
  readonly type: string;
  /** Percent. Absent on old devices, which give only High, Medium, Low or Empty in `battery`. */
  readonly batteryLevel: number;
  /** High, Medium, Low or Empty. */
  readonly battery: string;
  /** Local, without offset. */
  readonly lastSyncTime: string;
}

function toDevice(value: unknown, zone: string | undefined): DeviceRecord {
  const raw: Unchecked<RawDevice> = object(value, "devices[]");
  const lastSync = localDateTime(raw.lastSyncTime);
  return {
    id: id(raw.id, "devices[].id"),
    model: optionalString(raw.deviceVersion),
    kind: optionalString(raw.type),
    // Despite its name, deviceVersion is the model. Fitbit does not give the firmware.
    firmware: null,
    batteryPercent: optionalNumber(raw.batteryLevel),
    lastSyncAt: lastSync !== null && zone !== undefined ? localToOffset(lastSync, zone) : null,
    batteryLevel: batteryLevels[String(raw.battery)] ?? null,
  };
}

const batteryLevels: Readonly<Record<string, DeviceRecord["batteryLevel"]>> = {
  High: "HIGH",
  Medium: "MEDIUM",
  Low: "LOW",
  Empty: "LOW",
};

export function toDevices(answer: unknown, zone: string | undefined): Pick<ReadPage, "cells" | "skipped"> {
  const { found, skipped } = readMembers<DeviceRecord>(list(answer, "devices"), {
    fields: ["devices.devices"],
    read: (device) => toDevice(device, zone),
  });
  return { cells: [cell("devices.devices", null, found)], skipped };
}
