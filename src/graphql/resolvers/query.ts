import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import { requireApp, userOf } from "../caller.js";
import type { RequestContext } from "../context.js";
import type { ProviderView } from "../provider-view.js";
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

  @Query(() => [ProviderType], {
    description: "All providers that this gateway supports: what they can deliver, and whether they are configured.",
  })
  providers(@Ctx() { providers }: RequestContext): readonly ProviderView[] {
    return [...providers.values()];
  }
}
