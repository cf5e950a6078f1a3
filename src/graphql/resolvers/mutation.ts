import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { checkRange } from "../../readings/range.js";
import { requireApp, userOf } from "../caller.js";
import type { RequestContext } from "../context.js";
import {
  BackfillInput,
  ConfirmConnectionInput,
  ConnectInput,
  DeleteUserDataInput,
  DisconnectInput,
  ImportConnectionInput,
  SourcePriorityInput,
  SubscribeInput,
} from "../types/inputs.js";
import {
  BackfillPayload,
  ConfirmConnectionPayload,
  ConnectPayload,
  DeleteUserDataPayload,
  DisconnectPayload,
  ImportConnectionPayload,
  SourcePriorityPayload,
  SubscribePayload,
} from "../types/payloads.js";

const Input = (type: () => object) => Arg("input", type as never, { description: "What is wanted." });

@Resolver()
export class MutationResolver {
  @Mutation(() => ConnectPayload, { description: "Starts an OAuth connection: send the user to `authorizationUrl`." })
  async connect(
    @Input(() => ConnectInput) input: ConnectInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<ConnectPayload> {
    const { provider, domains, scopes, redirectTo } = input;
    const userId = userOf(caller, input.userId);
    const confirm = services.mustConfirm(caller, input.confirm ?? false);
    return await services.connections.begin({ userId, provider, domains, scopes, redirectTo, confirm });
  }

  @Mutation(() => ConfirmConnectionPayload, {
    description:
      "Completes a connection that waits to be confirmed, by the handle that the browser brought back: so that nobody can be led into linking their wearable to somebody else's account.",
  })
  async confirmConnection(
    @Input(() => ConfirmConnectionInput) input: ConfirmConnectionInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<ConfirmConnectionPayload> {
    return { connection: await services.connections.confirm(userOf(caller, input.userId), input.handle) };
  }

  @Mutation(() => DisconnectPayload, {
    description: "Revokes at the provider, drops the tokens and the provider's subscriptions.",
  })
  async disconnect(
    @Input(() => DisconnectInput) input: DisconnectInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<DisconnectPayload> {
    const userId = userOf(caller, input.userId);
    const { provider, deleteData } = input;
    const ended = await services.connections.disconnect({ userId, provider, deleteData: deleteData ?? false });
    return { user: { id: userId }, revokedAtProvider: ended.revokedAtProvider, notices: ended.notices };
  }

  @Mutation(() => SubscribePayload, { description: "Has the provider notify this gateway of new data." })
  async subscribe(
    @Input(() => SubscribeInput) input: SubscribeInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<SubscribePayload> {
    return await services.subscriptions.subscribe({
      userId: userOf(caller, input.userId),
      provider: input.provider,
      domains: input.domains ?? null,
    });
  }

  @Mutation(() => SubscribePayload, { description: "Has the provider notify this gateway no longer." })
  async unsubscribe(
    @Input(() => SubscribeInput) input: SubscribeInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<SubscribePayload> {
    return await services.subscriptions.unsubscribe({
      userId: userOf(caller, input.userId),
      provider: input.provider,
      domains: input.domains ?? null,
    });
  }

  @Mutation(() => BackfillPayload, {
    description: "Fetches history into the gateway's own store, in the background, inside the rate limit.",
  })
  async backfill(
    @Input(() => BackfillInput) input: BackfillInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<BackfillPayload> {
    const userId = userOf(caller, input.userId);
    const { provider, domains, range } = input;
    checkRange(range);
    return { job: await services.backfills.start({ userId, provider, domains: domains ?? null, range }) };
  }

  @Mutation(() => SourcePriorityPayload, { description: "Says which provider wins where two report the same day." })
  async setSourcePriority(
    @Input(() => SourcePriorityInput) input: SourcePriorityInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<SourcePriorityPayload> {
    const userId = userOf(caller, input.userId);
    await services.connections.setSourcePriority(userId, input.providers);
    return { user: { id: userId } };
  }

  @Mutation(() => ImportConnectionPayload, { description: "Adopts tokens that the app already holds. App keys only." })
  async importConnection(
    @Input(() => ImportConnectionInput) input: ImportConnectionInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<ImportConnectionPayload> {
    requireApp(caller);
    const { provider, accessToken, refreshToken, expiresAt, providerUserId, scopes } = input;
    const connection = await services.connections.importConnection({
      userId: userOf(caller, input.userId),
      provider,
      accessToken,
      refreshToken,
      expiresAt: typeof expiresAt === "string" ? Date.parse(expiresAt) : expiresAt,
      providerUserId,
      scopes,
    });
    return { connection };
  }

  @Mutation(() => DeleteUserDataPayload, {
    description: "Forgets a user wholly: tokens, subscriptions, stored data. App keys, or the user.",
  })
  async deleteUserData(
    @Input(() => DeleteUserDataInput) input: DeleteUserDataInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<DeleteUserDataPayload> {
    const userId = userOf(caller, input.userId);
    await services.eraseUser(userId);
    return { userId };
  }
}
