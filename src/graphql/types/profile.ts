import { ID, Int, ObjectType } from "type-graphql";
import type { Profile } from "../../readings/views.js";
import { LocalDateScalar, UrlScalar } from "../scalars.js";
import { SexEnum } from "./enums.js";
import { field, nullableField } from "./field.js";
import { FieldSourceType, HistoryType } from "./history.js";

@ObjectType("Profile", {
  description: "Who the user is, merged field by field from their providers.",
  implements: HistoryType,
  simpleResolvers: true,
})
export class ProfileType extends HistoryType implements Omit<Profile, "absent" | "height" | "weight"> {
  @field(() => ID, "Opaque, one for each user.") readonly id!: Profile["id"];
  @nullableField(() => String, "The name they show.") readonly displayName!: Profile["displayName"];
  @nullableField(() => String, "First name.") readonly givenName!: Profile["givenName"];
  @nullableField(() => String, "Last name.") readonly familyName!: Profile["familyName"];
  @nullableField(() => String, "Their address at the provider.") readonly email!: Profile["email"];
  @nullableField(() => LocalDateScalar, "Birthday.") readonly dateOfBirth!: Profile["dateOfBirth"];
  @nullableField(() => Int, "Whole years, today, in the user's time zone.") readonly age!: Profile["age"];
  @nullableField(() => SexEnum, "As told to the provider.") readonly sex!: Profile["sex"];
  @nullableField(() => UrlScalar, "A picture.") readonly avatarUrl!: Profile["avatarUrl"];
  @nullableField(() => String, "IANA name.") readonly timeZone!: Profile["timeZone"];
  @nullableField(() => Int, "The offset from UTC that the provider last saw.")
  readonly utcOffsetSeconds!: Profile["utcOffsetSeconds"];
  @nullableField(() => String, "Language and region, as en_GB.") readonly locale!: Profile["locale"];
  @nullableField(() => LocalDateScalar, "The day they joined the provider.")
  readonly memberSince!: Profile["memberSince"];
  @field(() => [FieldSourceType], "Which provider each merged field came from.")
  readonly provenance!: Profile["provenance"];
}
