import { Arg, Ctx, ID, Int, Query, Resolver } from "type-graphql";
import type { ConnectionStatus } from "../../connections/connection.js";
import type { ProviderId } from "../../providers/index.js";
import { requireApp, userOf } from "../caller.js";
import { connectionPage } from "../connection-page.js";
import type { RequestContext } from "../context.js";
import type { ProviderView } from "../provider-view.js";
import { ConnectionPageType } from "../types/connection.js";
import { ConnectionStatusEnum, ProviderIdEnum } from "../types/enums.js";
import { ProviderType } from "../types/provider.js";
import { type User, UserType } from "../types/user.js";

@Resolver()
export class QueryResolver {
  @Query(() => UserType, {
    nullable: true,
    description: "The user that the caller's token stands for. Null for app keys that are not bound to a user.",
  })
  viewer(@Ctx() { caller }: RequestContext): User | null {
    return caller.kind === "user" ? { id: caller.userId } : null;
  }

  @Query(() => UserType, {
    nullable: true,
    description: "A user of this gateway, by identifier. Null when the user has never had a connection. App keys only.",
  })
  async user(
    @Arg("id", () => ID, { description: "The app's own identifier of the user." }) id: string,
    @Ctx() { caller, loaders }: RequestContext,
  ): Promise<User | null> {
    requireApp(caller);
    const userId = userOf(caller, id);
    return (await loaders.isKnown(userId)) ? { id: userId } : null;
  }

  @Query(() => ConnectionPageType, {
    nullable: true,
    description:
      "Connections of all users, oldest first. App keys only; with a key that is bound to a user, those of that user.",
  })
  async connections(
    @Arg("statuses", () => [ConnectionStatusEnum], { nullable: true, description: "Only these states. Default: all." })
    statuses: ConnectionStatus[] | null,
    @Arg("providers", () => [ProviderIdEnum], { nullable: true, description: "Only these providers. Default: all." })
    providers: ProviderId[] | null,
    @Arg("first", () => Int, { defaultValue: 100, description: "How many, 1 to 500." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "Only those after this `endCursor`." })
    after: string | null,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<ConnectionPageType> {
    return await connectionPage(caller, services.connections, {
      ...{ statuses: statuses ?? null, providers: providers ?? null, first, after: after ?? null },
    });
  }

  @Query(() => [ProviderType], {
    description: "All providers that this gateway supports: what they can deliver, and whether they are configured.",
  })
  providers(@Ctx() { providers }: RequestContext): readonly ProviderView[] {
    return [...providers.values()];
  }
}
