import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import type { ShownWebhook } from "../../outbound/outbound.js";
import { type WebhookEvent, webhookEvents, webhookStatuses } from "../../outbound/webhook.js";
import { DateTimeScalar, UrlScalar } from "../scalars.js";
import { enumeration, field, nullableField, optionalField } from "./field.js";

const WebhookEventEnum = enumeration("WebhookEvent", webhookEvents, "What a webhook tells of.", {
  OPERATION_CHANGED: "The webhook's operation answers a person differently than when it was last sent.",
  CONNECTION_CHANGED: "A connection was made, ended, or needs a new consent.",
  BACKFILL_FINISHED: "A backfill is DONE or FAILED.",
  USER_DELETED: "A user's data was deleted.",
});
const WebhookStatusEnum = enumeration(
  "WebhookStatus",
  webhookStatuses,
  "Whether a webhook's receiver takes messages.",
  {
    FAILING: "The last attempt failed, and it is tried again: `lastFailure` says what it met.",
    DISABLED:
      "A message could not be delivered within three days, or the receiver answered 410. `enableWebhook` tries again.",
  },
);

@ObjectType("OutboundWebhook", {
  description: "An address of an app that is sent messages, after Standard Webhooks.",
  simpleResolvers: true,
})
export class OutboundWebhookType implements ShownWebhook {
  @field(() => ID, "Opaque.") readonly id!: ShownWebhook["id"];
  @field(() => UrlScalar, "Where messages are sent.") readonly url!: ShownWebhook["url"];
  @nullableField(() => String, "The configured operation whose answers are sent.")
  readonly operation!: ShownWebhook["operation"];
  @field(() => [WebhookEventEnum], "What is told.") readonly events!: ShownWebhook["events"];
  @field(() => WebhookStatusEnum, "Whether the receiver takes messages.") readonly status!: ShownWebhook["status"];
  @field(() => DateTimeScalar, "When it was made.") readonly createdAt!: ShownWebhook["createdAt"];
  @field(() => Int, "The least time in seconds between two OPERATION_CHANGED of one person.")
  readonly minimumGapSeconds!: ShownWebhook["minimumGapSeconds"];
  @nullableField(() => DateTimeScalar, "When the receiver last took a message, to within some seconds.")
  readonly lastDeliveredAt!: ShownWebhook["lastDeliveredAt"];
  @nullableField(
    () => String,
    "What the last failed attempt met: a status, a time-out. Or why the operation can't be run.",
  )
  readonly lastFailure!: ShownWebhook["lastFailure"];
}

@InputType("CreateWebhookInput", { description: "Where to send what." })
export class CreateWebhookInput {
  @field(() => UrlScalar, "https, on the public internet, at most 2,048 characters, without a user name or password.")
  url!: string;
  @optionalField(
    () => String,
    "The name of a configured operation (OPERATIONS): a query whose variables all have defaults. It is run as the person (`viewer`) when data that it reads changes, and its answer is sent if it differs from the one that was sent last.",
  )
  operation?: string | null;
  @optionalField(
    () => [WebhookEventEnum],
    "What else to tell. Default: OPERATION_CHANGED, which is told wherever `operation` is given. Required without `operation`.",
  )
  events?: readonly WebhookEvent[] | null;
  @optionalField(() => ID, "Only this person. Default: all that the app key speaks for.") userId?: string | null;
  @Field(() => Int, {
    defaultValue: 60,
    description: "The least time in seconds between two OPERATION_CHANGED of one person, 0 to 86,400.",
  })
  minimumGapSeconds!: number;
}

@InputType("DeleteWebhookInput", { description: "The webhook to delete." })
export class DeleteWebhookInput {
  @field(() => ID, "The webhook.") id!: string;
}

@InputType("EnableWebhookInput", { description: "The webhook to try again." })
export class EnableWebhookInput {
  @field(() => ID, "The webhook.") id!: string;
}

@InputType("RotateWebhookSecretInput", { description: "Which secret to replace." })
export class RotateWebhookSecretInput {
  @field(() => ID, "The webhook.") id!: string;
  @Field(() => Int, {
    defaultValue: 24,
    description: "For how many hours the old secret signs too, 0 to 168.",
  })
  overlapHours!: number;
}

@InputType("ReplayWebhookInput", { description: "What to send again." })
export class ReplayWebhookInput {
  @field(() => ID, "The webhook.") id!: string;
  @field(() => DateTimeScalar, "Messages that were made since then. Seven days are kept.") since!: string | number;
}

@ObjectType("CreateWebhookPayload", {
  description: "Result of `createWebhook` and `rotateWebhookSecret`.",
  simpleResolvers: true,
})
export class CreateWebhookPayload {
  @field(() => OutboundWebhookType, "The webhook.") readonly webhook!: ShownWebhook;
  @field(() => String, "The secret that signs messages. It is shown this once.") readonly secret!: string;
}

@ObjectType("DeleteWebhookPayload", { description: "Result of `deleteWebhook`.", simpleResolvers: true })
export class DeleteWebhookPayload {
  @field(() => ID, "The webhook that was deleted.") readonly id!: string;
}

@ObjectType("EnableWebhookPayload", { description: "Result of `enableWebhook`.", simpleResolvers: true })
export class EnableWebhookPayload {
  @field(() => OutboundWebhookType, "The webhook.") readonly webhook!: ShownWebhook;
}

@ObjectType("ReplayWebhookPayload", { description: "Result of `replayWebhook`.", simpleResolvers: true })
export class ReplayWebhookPayload {
  @field(() => OutboundWebhookType, "The webhook. What is sent again counts as `pending` a moment later.")
  readonly webhook!: ShownWebhook;
}
