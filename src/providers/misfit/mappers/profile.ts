import { id, optionalString } from "../../../http/json.js";
import { type Cell, present } from "../../../model/cells.js";
import type { Sex } from "../../../model/records.js";
import { envelope } from "../../kit/envelope.js";
import { optionalDate } from "../../kit/times.js";

/** https://build.misfit.com/docs/cloudapi/api_references#profile (the portal is gone) */
interface RawProfile {
  readonly userId: string;
  /** Documented as always present; some real answers lack it. */
  readonly name: string;
  readonly birthday: string;
  /** male or female */
  readonly gender: string;
  readonly email: string;
  readonly avatar: string;
}

const sexes: Readonly<Record<string, Sex>> = { male: "MALE", female: "FEMALE" };

export function toUserId(answer: unknown): string {
  return id(envelope(answer, "profile")["userId"], "profile.userId");
}

export function toProfile(answer: unknown): Cell[] {
  const raw: Partial<RawProfile> = envelope(answer, "profile");
  return [
    // One name as the person wrote it. To split it into given and family name would be a guess.
    ...present("profile.displayName", null, optionalString(raw.name)),
    ...present("profile.email", null, optionalString(raw.email)),
    ...present("profile.dateOfBirth", null, optionalDate(raw.birthday)),
    ...present("profile.sex", null, sexes[(optionalString(raw.gender) ?? "").toLowerCase()]),
    ...present("profile.avatarUrl", null, optionalString(raw.avatar)),
  ];
}
