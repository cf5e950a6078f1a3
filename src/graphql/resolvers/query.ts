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
    description: "The user that the caller's token speaks for; null for app keys.",
  })
  viewer(@Ctx() { caller }: RequestContext): User | null {
    return caller.kind === "user" ? { id: caller.userId } : null;
  }

  @Query(() => UserType, {
    nullable: true,
    description: "Any user of this deployment who ever had a connection. App keys only.",
  })
  async user(
    @Arg("id", () => ID, { description: "The app's own id of the user." }) id: string,
    @Ctx() { caller, loaders }: RequestContext,
  ): Promise<User | null> {
    requireApp(caller);
    const userId = userOf(caller, id);
    return (await loaders.isKnown(userId)) ? { id: userId } : null;
  }

  @Query(() => [ProviderType], {
    description: "Every provider the gateway knows, what it can deliver, and whether it is configured here.",
  })
  providers(@Ctx() { providers }: RequestContext): readonly ProviderView[] {
    return [...providers.values()];
  }
}
