import { dateAt, dayNumber } from "../people/index.js";
import { integer, pick, random } from "../people/random.js";
import type { Person } from "../person.js";
import { misfitUserId, objectId } from "./ids.js";
import type { MisfitSwitches } from "./switches.js";

export interface MisfitProfile {
  readonly userId: string;
  readonly name?: string;
  readonly birthday: string;
  readonly gender: "female" | "male";
  readonly email: string;
  readonly avatar: string;
}

export interface MisfitDevice {
  readonly id: string;
  readonly deviceType: string;
  readonly serialNumber: string;
  readonly firmwareVersion: string;
  readonly batteryLevel: number;
  readonly lastSyncTime?: number;
}

export function profileOf(person: Person, { omitProfileName }: MisfitSwitches): MisfitProfile {
  const userId = misfitUserId(person.id);
  return {
    userId,
    ...(omitProfileName ? {} : { name: `${person.givenName} ${person.familyName}` }),
    birthday: person.dateOfBirth,
    gender: person.sex,
    email: person.email,
    avatar: `https://avatars.misfit.example/${userId}.png`,
  };
}

/** Null for somebody who wears none of Misfit's today. */
export function deviceOf(person: Person, syncedMs: number, { lastSyncTime }: MisfitSwitches): MisfitDevice | null {
  const today = dateAt(person, syncedMs);
  if (person.hasTracker === false || !person.wearablesOn(today).includes("MISFIT")) {
    return null;
  }
  const next = random(person.id, "misfit device");
  const model = pick(next, [
    { deviceType: "shine", prefix: "SH" },
    { deviceType: "flash", prefix: "F0" },
    { deviceType: "ray", prefix: "RA" },
  ]);
  return {
    id: objectId("device", person.id, Date.parse(person.memberSince)),
    deviceType: model.deviceType,
    serialNumber: `${model.prefix}${String(integer(next, 0, 99_999)).padStart(5, "0")}XZ`,
    firmwareVersion: `${model.prefix}0.0.${integer(next, 11, 89)}r`,
    // A coin cell lasts about four months.
    batteryLevel: 100 - Math.floor(((dayNumber(today) + integer(next, 0, 119)) % 120) * 0.8),
    ...(lastSyncTime ? { lastSyncTime: Math.floor(syncedMs / 1000) } : {}),
  };
}
