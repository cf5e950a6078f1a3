import { Field, ID, InputType, Int } from "type-graphql";
import type { DateRange } from "../../health-data/ask.js";
import type { Domain } from "../../model/records.js";
import type { ProviderId } from "../../providers/index.js";
import { DateTimeScalar, LocalDateScalar, UrlScalar } from "../scalars.js";
import { DomainEnum, ProviderIdEnum } from "./enums.js";
import { field, optionalField } from "./field.js";

@InputType("DateRange", {
  description:
    "Inclusive at both ends. Give `from` (and `to`, else today), or `lastDays` (1 is today alone). `to` alone, both forms, or a reversed range is a mistake; days in the future are cut. At most 1,100 days.",
})
export class DateRangeInput implements DateRange {
  @optionalField(() => LocalDateScalar, "First day.") from?: DateRange["from"];
  @optionalField(() => LocalDateScalar, "Last day. Default: today.") to?: DateRange["to"];
  @optionalField(() => Int, "Number of days up to today, today included.") lastDays?: DateRange["lastDays"];
  @optionalField(() => String, "IANA time zone that decides which day is today. Default: the user's own zone.")
  timeZone?: DateRange["timeZone"];
}

const USER_ID =
  "The app's own identifier of the user. Required with an app key; not allowed for another user with a user token.";

@InputType("ConnectInput", { description: "Scopes follow from `domains` (all, if left out) unless given." })
export class ConnectInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => ProviderIdEnum, "Whom to connect to.") provider!: ProviderId;
  @optionalField(() => [DomainEnum], "What the app wants to read.") domains?: readonly Domain[] | null;
  @optionalField(() => [String], "The provider's own scopes, instead of those that `domains` need.")
  scopes?: readonly string[] | null;
  @optionalField(() => UrlScalar, "Where the user's browser goes in the end; of an origin that the operator allowed.")
  redirectTo?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      "Whether the connection waits until `confirmConnection` is called with the handle that the browser brings back; `redirectTo` is needed then. App keys have the choice: for user tokens it always waits, unless the operator says otherwise (CONFIRM_CONNECTIONS).",
  })
  confirm?: boolean | null;
}

@InputType("ConfirmConnectionInput", { description: "What the browser brought back." })
export class ConfirmConnectionInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => String, "The `handle` parameter of the redirect.") handle!: string;
}

@InputType("DisconnectInput", { description: "Which connection to end." })
export class DisconnectInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => ProviderIdEnum, "Whom to disconnect from.") provider!: ProviderId;
  @Field(() => Boolean, { nullable: true, defaultValue: false, description: "Whether to forget what was read, too." })
  deleteData?: boolean | null;
}

@InputType("SubscribeInput", { description: "No domains: all that the provider can notify of." })
export class SubscribeInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => ProviderIdEnum, "Who is to notify.") provider!: ProviderId;
  @optionalField(() => [DomainEnum], "Of what.") domains?: readonly Domain[] | null;
}

@InputType("BackfillInput", { description: "What to fetch in the background." })
export class BackfillInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => ProviderIdEnum, "From whom.") provider!: ProviderId;
  @optionalField(() => [DomainEnum], "Of what kind; all, if left out.") domains?: readonly Domain[] | null;
  @field(() => DateRangeInput, "Which days.") range!: DateRangeInput;
}

@InputType("SourcePriorityInput", { description: "Which provider wins where two report the same day." })
export class SourcePriorityInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => [ProviderIdEnum], "Best first; those left out follow in their usual order.")
  providers!: readonly ProviderId[];
}

@InputType("ImportConnectionInput", { description: "Tokens that the app already holds." })
export class ImportConnectionInput {
  @field(() => ID, "Whose they are.") userId!: string;
  @field(() => ProviderIdEnum, "Who issued them.") provider!: ProviderId;
  @field(() => String, "Kept encrypted, and never shown again.") accessToken!: string;
  @optionalField(() => String, "Without it, the connection lasts as long as the access token.")
  refreshToken?: string | null;
  @optionalField(() => DateTimeScalar, "When the access token ends.") expiresAt?: string | number | null;
  @optionalField(
    () => String,
    "The user's id at the provider, where the app knows it. Needed where the provider tells it at the consent alone.",
  )
  providerUserId?: string | null;
  @optionalField(() => [String], "What was granted; taken to be everything, if left out.")
  scopes?: readonly string[] | null;
}

@InputType("DeleteUserDataInput", { description: "Whom to forget." })
export class DeleteUserDataInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
}
