import { ID, Int, ObjectType } from "type-graphql";
import type { Connection } from "../../connections/connection.js";
import type { BudgetState } from "../../providers/provider.js";
import { DateTimeScalar, LocalDateScalar } from "../scalars.js";
import { ConnectionStatusEnum, RateLimitScopeEnum } from "./enums.js";
import { field, nullableField } from "./field.js";

@ObjectType("RateLimit", { description: "A rate limit of a provider, and what is left of it.", simpleResolvers: true })
export class RateLimitType implements BudgetState {
  @field(() => RateLimitScopeEnum, "Which requests the limit counts.") readonly scope!: BudgetState["scope"];
  @field(() => Int, "Length of the window in seconds.")
  readonly windowSeconds!: BudgetState["windowSeconds"];
  @field(() => Int, "Requests allowed in one window.") readonly limit!: BudgetState["limit"];
  @field(() => Int, "Requests left in the current window, as the provider last reported.")
  readonly remaining!: BudgetState["remaining"];
  @field(() => DateTimeScalar, "When the current window ends.") readonly resetsAt!: BudgetState["resetsAt"];
}

type Subscription = Connection["subscriptions"][number];

@ObjectType("ProviderSubscription", {
  description: "A subscription at the provider: it notifies this gateway when data changes.",
})
export class ProviderSubscriptionType implements Pick<Subscription, "id" | "createdAt" | "expiresAt"> {
  @field(() => ID, "Opaque identifier.") readonly id!: Subscription["id"];
  @nullableField(() => DateTimeScalar, "When the subscription was made. Null when the provider does not say.")
  readonly createdAt!: Subscription["createdAt"];
  @nullableField(() => DateTimeScalar, "When the subscription expires. Null when it does not expire.")
  readonly expiresAt!: Subscription["expiresAt"];
}

type Hidden =
  | "userId"
  | "provider"
  | "legacyUserId"
  | "grantEndsAt"
  | "trouble"
  | "identityReadAt"
  | "subscriptions"
  | "budgets";

@ObjectType("Connection", { description: "The connection of a user to one provider.", simpleResolvers: true })
export class ConnectionType implements Omit<Connection, Hidden> {
  @field(() => ID, "Opaque identifier. It stays the same when the user gives consent again.")
  readonly id!: Connection["id"];
  @field(() => ConnectionStatusEnum, "State of the connection.") readonly status!: Connection["status"];
  @nullableField(() => String, "The user's identifier at the provider. Null when it is not known.")
  readonly providerUserId!: Connection["providerUserId"];
  @field(() => [String], "OAuth scopes that the user granted, in the provider's own words.")
  readonly scopes!: Connection["scopes"];
  @field(() => DateTimeScalar, "When the user gave consent.") readonly connectedAt!: Connection["connectedAt"];
  @nullableField(() => DateTimeScalar, "When the provider was last asked.")
  readonly lastAttemptAt!: Connection["lastAttemptAt"];
  @nullableField(() => DateTimeScalar, "When the provider last answered successfully.")
  readonly lastSuccessAt!: Connection["lastSuccessAt"];
  @nullableField(() => LocalDateScalar, "The newest day for which the provider has data.")
  readonly dataThrough!: Connection["dataThrough"];
}

@ObjectType("PageInfo", { description: "Where a page ends.", simpleResolvers: true })
export class PageInfoType {
  @field(
    () => Boolean,
    "Whether to ask for another page, with `after: endCursor`. Then this page may still have fewer items than asked for, or none.",
  )
  readonly hasNextPage!: boolean;
  @nullableField(() => String, "Opaque. It stays valid, whatever is added or deleted. Null when nothing was found.")
  readonly endCursor!: string | null;
}

@ObjectType("ConnectionPage", { description: "Some of all connections.", simpleResolvers: true })
export class ConnectionPageType {
  @field(() => [ConnectionType], "The connections, oldest first.") readonly nodes!: readonly Connection[];
  @field(() => PageInfoType, "Where the page ends.") readonly pageInfo!: PageInfoType;
}
