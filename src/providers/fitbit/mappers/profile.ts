import { object, optionalString, type Unchecked } from "../../../http/json.js";
import { type Cell, present } from "../../../model/cells.js";
import { withoutNoise } from "../../../model/numbers.js";
import type { Sex } from "../../../model/records.js";
import { isTimeZone } from "../../../model/time.js";
import { envelope } from "../../kit/envelope.js";
import { figureCells } from "../../kit/figures.js";
import { optionalDate } from "../../kit/times.js";

/** https://dev.fitbit.com/build/reference/web-api/user/get-profile/ */
export interface RawProfile {
  readonly encodedId: string;
  readonly displayName: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly dateOfBirth: string;
  /** MALE, FEMALE or NA. */
  readonly gender: string;
  /** cm, whatever `heightUnit` says: that is the unit of the person's app. */
  readonly height: number;
  /** kg, whatever `weightUnit` says. */
  readonly weight: number;
  readonly avatar: string;
  readonly avatar150: string;
  readonly avatar640: string;
  readonly timezone: string;
  /** The offset of today, with daylight saving. */
  readonly offsetFromUTCMillis: number;
  readonly locale: string;
  readonly memberSince: string;
}

/** NA means that the person did not answer, so there is no cell. */
const sexes: ReadonlyMap<unknown, Sex> = new Map([
  ["MALE", "MALE"],
  ["FEMALE", "FEMALE"],
]);

export function rawProfile(answer: unknown): Unchecked<RawProfile> {
  return object(envelope(answer, "profile")["user"], "profile.user");
}

export function toProfile(answer: unknown): Cell[] {
  const raw = rawProfile(answer);
  const zone = optionalString(raw.timezone);
  return [
    ...present("profile.displayName", null, optionalString(raw.displayName)),
    ...present("profile.givenName", null, optionalString(raw.firstName)),
    ...present("profile.familyName", null, optionalString(raw.lastName)),
    ...present("profile.dateOfBirth", null, optionalDate(raw.dateOfBirth)),
    ...present("profile.sex", null, sexes.get(raw.gender)),
    ...figureCells("profile.height", null, raw.height, (cm) => withoutNoise(cm / 100)),
    ...figureCells("profile.weight", null, raw.weight),
    ...present(
      "profile.avatarUrl",
      null,
      optionalString(raw.avatar640) ?? optionalString(raw.avatar150) ?? optionalString(raw.avatar),
    ),
    ...present("profile.timeZone", null, zone !== null && isTimeZone(zone) ? zone : null),
    ...figureCells("profile.utcOffsetSeconds", null, raw.offsetFromUTCMillis, (ms) => ms / 1000),
    ...present("profile.locale", null, optionalString(raw.locale)),
    ...present("profile.memberSince", null, optionalDate(raw.memberSince)),
  ];
}
