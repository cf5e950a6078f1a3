import { optionalNumber, optionalString } from "../../../http/json.js";
import type { DeviceRecord } from "../../../model/records.js";
import { withOffset } from "../../../model/time.js";
import { envelope } from "../../kit/envelope.js";

/** The last second of a Date. */
const LAST_SECOND = 8.64e12;

/** https://build.misfit.com/docs/cloudapi/api_references#device (the portal is gone) */
interface RawDevice {
  /** Missing if the person has no tracker. */
  readonly id: string;
  /** shine, flash, ray or a co-branded name: an open set. */
  readonly deviceType: string;
  readonly firmwareVersion: string;
  /** Percent. */
  readonly batteryLevel: number;
  /** Seconds since the epoch, unlike all other times of this API. */
  readonly lastSyncTime: number;
}

/** The current tracker. None for an object without an id, which a person without a tracker gets. */
export function toDevices(answer: unknown): DeviceRecord[] {
  const raw: Partial<RawDevice> = envelope(answer, "device");
  const id = optionalString(raw.id);
  if (id === null) return [];
  const synced = optionalNumber(raw.lastSyncTime);
  return [
    {
      id,
      model: optionalString(raw.deviceType),
      kind: "tracker",
      firmware: optionalString(raw.firmwareVersion),
      batteryPercent: optionalNumber(raw.batteryLevel),
      // The time has no offset, and the person's offset is not known, so UTC stays.
      lastSyncAt: synced === null || Math.abs(synced) > LAST_SECOND ? null : withOffset(synced * 1000, 0),
    },
  ];
}
