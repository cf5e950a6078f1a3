import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { PulsegateError } from "../../errors.js";
import type { ShownWebhook, WebhookOwner } from "../../outbound/outbound.js";
import { type Caller, userOf } from "../caller.js";
import type { RequestContext } from "../context.js";
import {
  CreateWebhookInput,
  CreateWebhookPayload,
  DeleteWebhookInput,
  DeleteWebhookPayload,
  EnableWebhookInput,
  EnableWebhookPayload,
  OutboundWebhookType,
  ReplayWebhookInput,
  ReplayWebhookPayload,
  RotateWebhookSecretInput,
} from "../types/webhooks.js";

const Input = (type: () => object) => Arg("input", type as never, { description: "Arguments of the mutation." });

/** FORBIDDEN for everybody but an app key. */
function ownerFor(caller: Caller): WebhookOwner {
  if (caller.kind === "app") return { app: caller.name, userId: null };
  if (caller.appKey === undefined) throw new PulsegateError("FORBIDDEN", "Only an app key may do that.");
  return { app: caller.appKey, userId: caller.userId };
}

@Resolver(() => OutboundWebhookType)
export class WebhookResolver {
  @Query(() => [OutboundWebhookType], {
    nullable: true,
    description: "The webhooks that this app key made, oldest first. App keys only.",
  })
  async webhooks(@Ctx() { caller, services }: RequestContext): Promise<readonly ShownWebhook[]> {
    return await services.outbound.list(ownerFor(caller));
  }

  @FieldResolver(() => Int, { description: "Messages that wait to be delivered." })
  async pending(@Root() { id }: ShownWebhook, @Ctx() { services }: RequestContext): Promise<number> {
    return await services.outbound.pending(id);
  }

  @Mutation(() => CreateWebhookPayload, {
    description:
      "Has an operation's answers, or events, sent to an address. A webhook belongs to the app key that made it, which has at most 1,000. App keys only.",
  })
  async createWebhook(
    @Input(() => CreateWebhookInput) input: CreateWebhookInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<CreateWebhookPayload> {
    const owner = ownerFor(caller);
    const { url, operation = null, events = null, minimumGapSeconds } = input;
    const named = input.userId ?? null;
    const userId = named === null ? null : userOf(caller, named);
    return await services.outbound.create(owner, { url, operation, events, userId, minimumGapSeconds });
  }

  @Mutation(() => DeleteWebhookPayload, { description: "Ends a webhook, with all that waits for it. App keys only." })
  async deleteWebhook(
    @Input(() => DeleteWebhookInput) { id }: DeleteWebhookInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<DeleteWebhookPayload> {
    await services.outbound.remove(ownerFor(caller), id);
    return { id };
  }

  @Mutation(() => EnableWebhookPayload, {
    description: "After DISABLED: tries again, from the oldest message that is kept. App keys only.",
  })
  async enableWebhook(
    @Input(() => EnableWebhookInput) { id }: EnableWebhookInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<EnableWebhookPayload> {
    return { webhook: await services.outbound.enable(ownerFor(caller), id) };
  }

  @Mutation(() => CreateWebhookPayload, {
    description: "Makes a new secret. The old one signs too, until `overlapHours` are over. App keys only.",
  })
  async rotateWebhookSecret(
    @Input(() => RotateWebhookSecretInput) { id, overlapHours }: RotateWebhookSecretInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<CreateWebhookPayload> {
    return await services.outbound.rotate(ownerFor(caller), id, overlapHours);
  }

  @Mutation(() => ReplayWebhookPayload, {
    description: "Sends everything since then once more, with the same ids. Seven days are kept. App keys only.",
  })
  async replayWebhook(
    @Input(() => ReplayWebhookInput) { id, since }: ReplayWebhookInput,
    @Ctx() { caller, services }: RequestContext,
  ): Promise<ReplayWebhookPayload> {
    const at = typeof since === "string" ? Date.parse(since) : since;
    return { webhook: await services.outbound.replay(ownerFor(caller), id, at) };
  }
}
