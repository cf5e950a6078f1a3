import { ID, Int, ObjectType } from "type-graphql";
import type { Profile } from "../../health-data/views.js";
import { LocalDateScalar, UrlScalar } from "../scalars.js";
import { SexEnum } from "./enums.js";
import { field, nullableField } from "./field.js";
import { FieldSourceType, HistoryType } from "./history.js";

@ObjectType("Profile", {
  description:
    "Profile of the user. Each field comes from the first provider in `sourcePriority` that has it: see `provenance`.",
  implements: HistoryType,
  simpleResolvers: true,
})
export class ProfileType extends HistoryType implements Omit<Profile, "absent" | "height" | "weight"> {
  @field(() => ID, "Opaque identifier, one for each user.") readonly id!: Profile["id"];
  @nullableField(() => String, "Display name.") readonly displayName!: Profile["displayName"];
  @nullableField(() => String, "First name.") readonly givenName!: Profile["givenName"];
  @nullableField(() => String, "Last name.") readonly familyName!: Profile["familyName"];
  @nullableField(() => String, "Email address that the provider has.") readonly email!: Profile["email"];
  @nullableField(() => LocalDateScalar, "Date of birth.") readonly dateOfBirth!: Profile["dateOfBirth"];
  @nullableField(() => Int, "Age in whole years, today in the user's time zone.") readonly age!: Profile["age"];
  @nullableField(() => SexEnum, "As the user entered it at the provider.") readonly sex!: Profile["sex"];
  @nullableField(() => UrlScalar, "Address of a profile picture.") readonly avatarUrl!: Profile["avatarUrl"];
  @nullableField(() => String, "IANA time zone name, for example Europe/Berlin.")
  readonly timeZone!: Profile["timeZone"];
  @nullableField(() => Int, "The last known offset from UTC, in seconds.")
  readonly utcOffsetSeconds!: Profile["utcOffsetSeconds"];
  @nullableField(() => String, "Language and region, for example en_GB.") readonly locale!: Profile["locale"];
  @nullableField(() => LocalDateScalar, "The day on which the user joined the provider.")
  readonly memberSince!: Profile["memberSince"];
  @field(() => [FieldSourceType], "The provider that each field came from.")
  readonly provenance!: Profile["provenance"];
}
