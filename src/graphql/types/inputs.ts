import { Field, ID, InputType, Int } from "type-graphql";
import type { DateRange } from "../../health-data/ask.js";
import type { Domain } from "../../model/records.js";
import type { ProviderId } from "../../providers/index.js";
import { DateTimeScalar, LocalDateScalar, UrlScalar } from "../scalars.js";
import { DomainEnum, ProviderIdEnum } from "./enums.js";
import { field, optionalField } from "./field.js";

@InputType("DateRange", {
  description:
    "Inclusive at both ends. Give `from`, optionally with `to` (default: today), or give `lastDays` (1 means today only). `to` alone, both forms together, or a reversed range is an error. Days in the future are left out. At most 1,100 days.",
})
export class DateRangeInput implements DateRange {
  @optionalField(() => LocalDateScalar, "First day.") from?: DateRange["from"];
  @optionalField(() => LocalDateScalar, "Last day. Default: today.") to?: DateRange["to"];
  @optionalField(() => Int, "Number of days up to today, today included.") lastDays?: DateRange["lastDays"];
  @optionalField(() => String, "IANA time zone that decides which day is today. Default: the user's own zone.")
  timeZone?: DateRange["timeZone"];
}

export const USER_ID =
  "The app's own identifier of the user. Required with an app key; not allowed for another user with a user token.";

@InputType("ConnectInput", {
  description: "How to connect. The OAuth scopes follow from `domains`, unless `scopes` is given.",
})
export class ConnectInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => ProviderIdEnum, "The provider to connect.") provider!: ProviderId;
  @optionalField(
    () => [DomainEnum],
    "The kinds of data that the app wants to read. Default: all but READINGS and NUTRITION, which have to be named; or, where the gateway knows the app's operations, what these read.",
  )
  domains?: readonly Domain[] | null;
  @optionalField(() => [String], "The provider's own scopes, instead of those that `domains` need.")
  scopes?: readonly string[] | null;
  @optionalField(
    () => UrlScalar,
    "Where the user's browser goes after the consent. Its origin must be one that the operator allows.",
  )
  redirectTo?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      "Whether the connection waits until `confirmConnection` is called with the handle that the browser brings back; `redirectTo` is then required. Only app keys can choose: with a user token it always waits, unless the operator configures otherwise (CONFIRM_CONNECTIONS).",
  })
  confirm?: boolean | null;
}

@InputType("ConfirmConnectionInput", { description: "The connection to confirm." })
export class ConfirmConnectionInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => String, "The `handle` parameter of the redirect.") handle!: string;
}

@InputType("DisconnectInput", { description: "The connection to end." })
export class DisconnectInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => ProviderIdEnum, "The provider to disconnect.") provider!: ProviderId;
  @Field(() => Boolean, { nullable: true, defaultValue: false, description: "Whether to delete the stored data too." })
  deleteData?: boolean | null;
}

@InputType("SubscribeInput", {
  description: "What to subscribe to. Without `domains`: everything that the provider can send notifications of.",
})
export class SubscribeInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => ProviderIdEnum, "The provider that sends the notifications.") provider!: ProviderId;
  @optionalField(() => [DomainEnum], "The kinds of data. Default: all that the provider can send notifications of.")
  domains?: readonly Domain[] | null;
}

@InputType("BackfillInput", { description: "What to fetch in the background." })
export class BackfillInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => ProviderIdEnum, "The provider to fetch from.") provider!: ProviderId;
  @optionalField(() => [DomainEnum], "The kinds of data. Default: all.") domains?: readonly Domain[] | null;
  @field(() => DateRangeInput, "The days to fetch.") range!: DateRangeInput;
}

@InputType("SourcePriorityInput", {
  description: "The order of providers. It decides which provider is used for a day that several recorded.",
})
export class SourcePriorityInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
  @field(() => [ProviderIdEnum], "Best first. Providers that are left out follow in their default order.")
  providers!: readonly ProviderId[];
}

@InputType("ImportConnectionInput", { description: "Tokens that the app already has." })
export class ImportConnectionInput {
  @field(() => ID, "The app's own identifier of the user whose tokens these are.") userId!: string;
  @field(() => ProviderIdEnum, "The provider that issued the tokens.") provider!: ProviderId;
  @field(() => String, "Stored encrypted, and never shown again.") accessToken!: string;
  @optionalField(() => String, "Without it, the connection lasts as long as the access token.")
  refreshToken?: string | null;
  @optionalField(() => DateTimeScalar, "When the access token expires.") expiresAt?: string | number | null;
  @optionalField(
    () => String,
    "The user's identifier at the provider. Required for a provider that gives it only at the consent.",
  )
  providerUserId?: string | null;
  @optionalField(
    () => [String],
    "The scopes that the user granted. Default: what the provider says of the token, else all scopes.",
  )
  scopes?: readonly string[] | null;
}

@InputType("DeleteUserDataInput", { description: "The user whose data is deleted." })
export class DeleteUserDataInput {
  @optionalField(() => ID, USER_ID) userId?: string | null;
}
