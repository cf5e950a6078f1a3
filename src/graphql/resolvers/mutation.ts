import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { checkRange } from "../../health-data/range.js";
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

const Input = (type: () => object) => Arg("input", type as never, { description: "Arguments of the mutation." });

@Resolver()
export class MutationResolver {
  @Mutation(() => ConnectPayload, {
    description: "Starts an OAuth connection. Send the user's browser to `authorizationUrl`.",
  })
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
      "Confirms a connection with the handle that the user's browser brought back. Without this step, a person could be tricked into linking their wearable to another user's account.",
  })
  async confirmConnection(
    @Input(() => ConfirmConnectionInput) input: ConfirmConnectionInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<ConfirmConnectionPayload> {
    return { connection: await services.connections.confirm(userOf(caller, input.userId), input.handle) };
  }

  @Mutation(() => DisconnectPayload, {
    description:
      "Ends a connection: revokes the grant at the provider, deletes the tokens and ends the provider's subscriptions.",
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

  @Mutation(() => SubscribePayload, {
    description: "Subscribes this gateway to the provider's notifications of new data.",
  })
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

  @Mutation(() => SubscribePayload, { description: "Ends subscriptions to the provider's notifications." })
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
    description: "Fetches past data into the gateway's store, in the background and within the provider's rate limit.",
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

  @Mutation(() => SourcePriorityPayload, {
    description: "Sets which provider is preferred when several recorded the same day.",
  })
  async setSourcePriority(
    @Input(() => SourcePriorityInput) input: SourcePriorityInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<SourcePriorityPayload> {
    const userId = userOf(caller, input.userId);
    await services.connections.setSourcePriority(userId, input.providers);
    return { user: { id: userId } };
  }

  @Mutation(() => ImportConnectionPayload, {
    description: "Makes a connection from tokens that the app already has. App keys only.",
  })
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
    description:
      "Deletes everything that is stored about a user: tokens, subscriptions at providers, data. Allowed for app keys and for the user.",
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
