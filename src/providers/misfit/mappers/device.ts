import { optionalNumber, optionalString } from "../../../http/json.js";
import type { DeviceRecord } from "../../../model/records.js";
import { withOffset } from "../../../model/time.js";
import { envelope } from "../../kit/envelope.js";

/** The last second that a date can hold. */
const LAST_SECOND = 8.64e12;

/** https://build.misfit.com/docs/cloudapi/api_references#device (the portal is gone) */
interface RawDevice {
  /** Missing where the person has no tracker. */
  readonly id: string;
  /** shine, flash, ray, co-branded names: an open set. */
  readonly deviceType: string;
  readonly firmwareVersion: string;
  /** Percent. */
  readonly batteryLevel: number;
  /** Seconds since the epoch, unlike every other time of this API. */
  readonly lastSyncTime: number;
}

/** The current tracker; none for the object without id that a person without one gets. */
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
      // An instant without any offset: the person's is not known, and UTC is what it was said in.
      lastSyncAt: synced === null || Math.abs(synced) > LAST_SECOND ? null : withOffset(synced * 1000, 0),
    },
  ];
}
