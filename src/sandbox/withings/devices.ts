import { createHash } from "node:crypto";
import type { ListView } from "../kit/list-lab.js";
import { dateAt, instantOf } from "../people/index.js";
import type { Person } from "../person.js";

/** What a person of this vendor owns: a scale, a watch, a mat under the bed and a cuff. */
export const DEVICES = {
  scale: { type: "Scale", model: "Body Scan", model_id: 13, battery: "medium" },
  watch: { type: "Activity Tracker", model: "ScanWatch", model_id: 93, battery: "high" },
  mat: { type: "Sleep Monitor", model: "Aura Sensor V2", model_id: 63, battery: "unknown" },
  cuff: { type: "Blood Pressure Monitor", model: "BPM Connect", model_id: 45, battery: "low" },
} as const;
export type Device = keyof typeof DEVICES;

const digest = (text: string) => createHash("sha256").update(`withings ${text}`).digest("hex");

export const deviceIdOf = ({ id }: Pick<Person, "id">, device: Device) => digest(`${id} ${device}`).slice(0, 40);

/** A number that is the same on every machine, below 2 to the 40th. */
export const numberOf = (...parts: readonly (string | number)[]) =>
  Number.parseInt(digest(parts.join(" ")).slice(0, 10), 16);

export const userIdOf = ({ id }: Pick<Person, "id">) => 30_000_000 + (numberOf("user", id) % 9_999_999);

export const isOwner = (person: Person) => person.wearablesOn(person.memberSince).includes("WITHINGS");

export function devicesOf({ person, syncedUntil }: ListView): readonly object[] {
  if (!isOwner(person)) return [];
  const first = instantOf(`${person.memberSince}T18:30`, person.zoneOn(person.memberSince)) / 1000;
  return (Object.keys(DEVICES) as Device[]).map((device) => ({
    ...DEVICES[device],
    deviceid: deviceIdOf(person, device),
    hash_deviceid: deviceIdOf(person, device),
    timezone: person.zoneOn(dateAt(person, syncedUntil)),
    first_session_date: device === "mat" ? null : first,
    last_session_date: Math.floor(syncedUntil / 1000),
  }));
}
