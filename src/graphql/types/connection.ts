import { ID, Int, ObjectType } from "type-graphql";
import type { Connection } from "../../connections/connection.js";
import type { BudgetReading } from "../../providers/provider.js";
import { DateTimeScalar, LocalDateScalar } from "../scalars.js";
import { ConnectionStatusEnum, RateLimitScopeEnum } from "./enums.js";
import { field, nullableField } from "./field.js";

@ObjectType("RateLimit", { description: "What is left of a limit that a provider sets.", simpleResolvers: true })
export class RateLimitType implements BudgetReading {
  @field(() => RateLimitScopeEnum, "Whose requests it counts.") readonly scope!: BudgetReading["scope"];
  @field(() => Int, "How long it counts before it starts anew.")
  readonly windowSeconds!: BudgetReading["windowSeconds"];
  @field(() => Int, "Requests in one window.") readonly limit!: BudgetReading["limit"];
  @field(() => Int, "Requests left, as last heard.") readonly remaining!: BudgetReading["remaining"];
  @field(() => DateTimeScalar, "When the window ends.") readonly resetsAt!: BudgetReading["resetsAt"];
}

type Subscription = Connection["subscriptions"][number];

@ObjectType("ProviderSubscription", { description: "What a provider notifies this gateway of." })
export class ProviderSubscriptionType implements Pick<Subscription, "id" | "createdAt" | "expiresAt"> {
  @field(() => ID, "Opaque.") readonly id!: Subscription["id"];
  @nullableField(() => DateTimeScalar, "When it was made.") readonly createdAt!: Subscription["createdAt"];
  @nullableField(() => DateTimeScalar, "When it runs out, where it does.")
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

@ObjectType("Connection", { description: "A user's link to one provider.", simpleResolvers: true })
export class ConnectionType implements Omit<Connection, Hidden> {
  @field(() => ID, "Opaque, and kept when the user consents again.") readonly id!: Connection["id"];
  @field(() => ConnectionStatusEnum, "How it stands.") readonly status!: Connection["status"];
  @nullableField(() => String, "The user's id at the provider.") readonly providerUserId!: Connection["providerUserId"];
  @field(() => [String], "What the user granted, in the provider's words.") readonly scopes!: Connection["scopes"];
  @field(() => DateTimeScalar, "When the user consented.") readonly connectedAt!: Connection["connectedAt"];
  @nullableField(() => DateTimeScalar, "When the provider was last asked.")
  readonly lastAttemptAt!: Connection["lastAttemptAt"];
  @nullableField(() => DateTimeScalar, "When it last answered: a failure does not move it.")
  readonly lastSuccessAt!: Connection["lastSuccessAt"];
  @nullableField(() => LocalDateScalar, "How far its data reaches.") readonly dataThrough!: Connection["dataThrough"];
}
