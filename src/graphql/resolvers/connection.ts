import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Connection, ConnectionSubscription } from "../../connections/connection.js";
import { domains } from "../../model/records.js";
import type { BudgetState } from "../../providers/provider.js";
import type { RequestContext } from "../context.js";
import type { ProviderView } from "../provider-view.js";
import { DateTimeScalar } from "../scalars.js";
import { ConnectionType, ProviderSubscriptionType, RateLimitType } from "../types/connection.js";
import { DomainEnum } from "../types/enums.js";
import { ProviderType } from "../types/provider.js";
import { type User, UserType } from "../types/user.js";

@Resolver(() => ConnectionType)
export class ConnectionResolver {
  @FieldResolver(() => ProviderType, { description: "The provider." })
  provider(@Root() connection: Connection, @Ctx() { providers }: RequestContext): ProviderView | undefined {
    return providers.get(connection.provider);
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description:
      "When the consent expires, for example after seven days in Google's Testing mode. Null when it is not known, or when it does not expire.",
  })
  consentEndsAt(@Root() { status, grantEndsAt }: Connection): number | null {
    return status === "REVOKED" ? null : (grantEndsAt ?? null);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "What the operator or the user has to correct, in a sentence. Null when nothing is wrong.",
  })
  async problem(@Root() connection: Connection, @Ctx() { services }: RequestContext): Promise<string | null> {
    return await services.connections.problem(connection);
  }

  @FieldResolver(() => [String], {
    description:
      "OAuth scopes that the configured operations (OPERATIONS) need and that the user did not grant. Empty when no operations are configured.",
  })
  missingScopes(@Root() connection: Connection, @Ctx() { services }: RequestContext): readonly string[] {
    return services.connections.missingScopes(connection);
  }

  @FieldResolver(() => UserType, { description: "The user whose connection this is. Query the histories here." })
  user(@Root() { userId }: Connection): User {
    return { id: userId };
  }

  @FieldResolver(() => [ProviderSubscriptionType], {
    description: "Subscriptions at the provider that notify this gateway of changes.",
  })
  subscriptions(@Root() connection: Connection): readonly ConnectionSubscription[] {
    // A subscription to changes of the connection itself (a withdrawn consent) has no domain to show.
    return connection.subscriptions.filter(({ domains }) => domains.some(isDomain));
  }

  @FieldResolver(() => [RateLimitType], {
    description:
      "What is left of the provider's rate limits, as the provider last reported. App-wide limits are shown to app keys only.",
  })
  rateLimits(@Root() connection: Connection, @Ctx() { caller }: RequestContext): readonly BudgetState[] {
    return connection.budgets.filter(({ scope }) => scope === "CONNECTION" || caller.kind === "app");
  }
}

@Resolver(() => ProviderSubscriptionType)
export class ProviderSubscriptionResolver {
  @FieldResolver(() => [DomainEnum], { description: "The kinds of data that the subscription covers." })
  domains(@Root() subscription: ConnectionSubscription): readonly string[] {
    return subscription.domains.filter(isDomain);
  }
}

/** Another release may have subscribed to domains that this release's enum lacks. */
function isDomain(domain: string): boolean {
  return domains.some((one) => one === domain);
}
