import { id, object, optionalList, optionalString } from "../../../http/json.js";
import { type Cell, present } from "../../../model/cells.js";
import { envelope } from "../../kit/envelope.js";
import { figureCells } from "../../kit/figures.js";
import { type Offset, secondsOf } from "./wire.js";

/** https://developer.whoop.com/api#tag/User/operation/getProfileBasic */
interface RawProfile {
  readonly user_id: number;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
}
/** https://developer.whoop.com/api#tag/User/operation/getBodyMeasurement: as of now, without a date. */
interface RawBody {
  readonly height_meter: number;
  readonly weight_kilogram: number;
}

export function toUserId(answer: unknown): string {
  const raw: Partial<RawProfile> = envelope(answer, "profile");
  return id(raw.user_id, "profile.user_id");
}

export function toProfile(answer: unknown): Cell[] {
  const raw: Partial<RawProfile> = envelope(answer, "profile");
  return [
    ...present("profile.givenName", null, optionalString(raw.first_name)),
    ...present("profile.familyName", null, optionalString(raw.last_name)),
    ...present("profile.email", null, optionalString(raw.email)),
  ];
}

/** Empty for a member who has not entered any. */
export function toBody(answer: unknown): Cell[] {
  const raw: Partial<RawBody> = envelope(answer, "body");
  return [
    ...figureCells("profile.height", null, raw.height_meter),
    ...figureCells("profile.weight", null, raw.weight_kilogram),
  ];
}

/** The offset of the newest cycle. None for a member who never wore the strap. */
export function toUtcOffset(answer: unknown): Cell[] {
  const [newest] = optionalList(envelope(answer, "cycles")["records"]);
  if (newest === undefined) return [];
  const raw: { readonly timezone_offset?: Offset } = object(newest, "cycle");
  return present("profile.utcOffsetSeconds", null, secondsOf(raw.timezone_offset, "cycle"));
}
