import { id, object, optionalString, string } from "../../../http/json.js";
import { type Cell, present } from "../../../model/cells.js";
import type { DeviceRecord } from "../../../model/records.js";
import { isTimeZone, normaliseInstant } from "../../../model/time.js";
import { envelope } from "../../kit/envelope.js";
import { figure } from "../../kit/figures.js";
import { type Duration, lastSegment, type RawDate, type Timestamp, toDate, toSeconds } from "./wire.js";

/** https://developers.google.com/health/reference/rest/v4/users/getIdentity */
interface RawIdentity {
  /** Decimal digits beyond 2^53. */
  readonly healthUserId: string;
  /** The id in the Fitbit Web API. Not every account has one. */
  readonly legacyUserId: string;
}
/** https://developers.google.com/health/reference/rest/v4/users/getProfile */
interface RawProfile {
  readonly age: number;
  readonly membershipStartDate: RawDate;
}
/** https://developers.google.com/health/reference/rest/v4/users/getSettings */
interface RawSettings {
  /** IANA name. */
  readonly timeZone: string;
  readonly utcOffset: Duration;
  readonly languageLocale: string;
}
/** https://developers.google.com/identity/openid-connect/openid-connect */
interface RawUserInfo {
  readonly name: string;
  readonly given_name: string;
  readonly family_name: string;
  readonly email: string;
  readonly picture: string;
}
/** https://developers.google.com/health/reference/rest/v4/users.pairedDevices */
interface RawPairedDevice {
  readonly name: string;
  /** TRACKER or SCALE. */
  readonly deviceType: string;
  /** Name of the model: Charge 6. */
  readonly deviceVersion: string;
  readonly batteryLevel: number;
  /** High, Medium, Low or Empty. */
  readonly batteryStatus: string;
  readonly lastSyncTime: Timestamp;
}

export function toIdentity(answer: unknown): { providerUserId: string; legacyUserId?: string } {
  const raw: Partial<RawIdentity> = envelope(answer, "identity");
  const legacyUserId = optionalString(raw.legacyUserId);
  return {
    providerUserId: id(raw.healthUserId, "identity.healthUserId"),
    ...(legacyUserId === null ? {} : { legacyUserId }),
  };
}

export function toProfile(answer: unknown): Cell[] {
  const raw: Partial<RawProfile> = envelope(answer, "profile");
  return [
    ...present("profile.age", null, figure(raw.age)),
    ...present("profile.memberSince", null, toDate(raw.membershipStartDate)),
  ];
}

export function toSettings(answer: unknown): Cell[] {
  const raw: Partial<RawSettings> = envelope(answer, "settings");
  const zone = optionalString(raw.timeZone);
  return [
    ...present("profile.timeZone", null, zone !== null && isTimeZone(zone) ? zone : null),
    ...present("profile.utcOffsetSeconds", null, toSeconds(raw.utcOffset)),
    // Google writes en-US. The API writes en_US, as Fitbit does.
    ...present("profile.locale", null, optionalString(raw.languageLocale)?.replaceAll("-", "_")),
  ];
}

/**
 * https://developers.google.com/identity/protocols/oauth2: all scopes that the owner of the token granted to the app.
 */
export function toGrantedScopes(answer: unknown): string {
  return string(envelope(answer, "tokeninfo")["scope"], "tokeninfo.scope");
}

export function toNames(answer: unknown): Cell[] {
  const raw: Partial<RawUserInfo> = envelope(answer, "userinfo");
  return [
    ...present("profile.displayName", null, optionalString(raw.name)),
    ...present("profile.givenName", null, optionalString(raw.given_name)),
    ...present("profile.familyName", null, optionalString(raw.family_name)),
    ...present("profile.avatarUrl", null, optionalString(raw.picture)),
  ];
}

export function toEmail(answer: unknown): Cell[] {
  const raw: Partial<RawUserInfo> = envelope(answer, "userinfo");
  return present("profile.email", null, optionalString(raw.email));
}

/** A device may lack everything but its name. */
export function toDevice(value: unknown): DeviceRecord {
  const raw: Partial<RawPairedDevice> = object(value, "pairedDevices[]");
  return {
    id: id(lastSegment(raw.name), "pairedDevices[].name"),
    model: optionalString(raw.deviceVersion),
    kind: optionalString(raw.deviceType),
    firmware: null,
    batteryPercent: figure(raw.batteryLevel),
    lastSyncAt: normaliseInstant(raw.lastSyncTime),
    batteryLevel: batteryLevels[String(raw.batteryStatus)] ?? null,
  };
}

const batteryLevels: Readonly<Record<string, DeviceRecord["batteryLevel"]>> = {
  High: "HIGH",
  Medium: "MEDIUM",
  Low: "LOW",
  Empty: "LOW",
};
