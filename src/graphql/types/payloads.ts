import { ID, ObjectType } from "type-graphql";
import type { Connection } from "../../connections/connection.js";
import type { BackfillJob } from "../../events/updates.js";
import { DateTimeScalar, UrlScalar } from "../scalars.js";
import { ConnectionType } from "./connection.js";
import { field } from "./field.js";
import { BackfillJobType } from "./updates.js";
import { type User, UserType } from "./user.js";

@ObjectType("ConnectPayload", { description: "Result of `connect`.", simpleResolvers: true })
export class ConnectPayload {
  @field(() => UrlScalar, "The provider's consent page. Send the user's browser to it.")
  readonly authorizationUrl!: string;
  @field(() => DateTimeScalar, "The consent page can be used until this time.") readonly expiresAt!: number;
}

@ObjectType("ConfirmConnectionPayload", { description: "Result of `confirmConnection`.", simpleResolvers: true })
export class ConfirmConnectionPayload {
  @field(() => ConnectionType, "The connection in its new state.") readonly connection!: Connection;
}

@ObjectType("DisconnectPayload", { description: "Result of `disconnect`.", simpleResolvers: true })
export class DisconnectPayload {
  @field(() => UserType, "The user who was disconnected.") readonly user!: User;
  @field(
    () => Boolean,
    "True when the provider confirmed that the grant is revoked. False when it cannot revoke or did not answer: see `notices`.",
  )
  readonly revokedAtProvider!: boolean;
  @field(() => [String], "What a person still has to do, in sentences.") readonly notices!: readonly string[];
}

@ObjectType("SubscribePayload", { description: "Result of `subscribe` and `unsubscribe`.", simpleResolvers: true })
export class SubscribePayload {
  @field(() => ConnectionType, "The connection with its current subscriptions.") readonly connection!: Connection;
  @field(
    () => [String],
    "What a person still has to do, in sentences, such as entering an address in the provider's developer portal.",
  )
  readonly notices!: readonly string[];
}

@ObjectType("BackfillPayload", { description: "Result of `backfill`.", simpleResolvers: true })
export class BackfillPayload {
  @field(() => BackfillJobType, "The job. Follow it with the subscription `backfillProgress`.")
  readonly job!: BackfillJob;
}

@ObjectType("SourcePriorityPayload", { description: "Result of `setSourcePriority`.", simpleResolvers: true })
export class SourcePriorityPayload {
  @field(() => UserType, "The user with the new order.") readonly user!: User;
}

@ObjectType("ImportConnectionPayload", { description: "Result of `importConnection`.", simpleResolvers: true })
export class ImportConnectionPayload {
  @field(() => ConnectionType, "The connection in its new state.") readonly connection!: Connection;
}

@ObjectType("DeleteUserDataPayload", { description: "Result of `deleteUserData`.", simpleResolvers: true })
export class DeleteUserDataPayload {
  @field(() => ID, "The app's own identifier of the user whose data was deleted.") readonly userId!: string;
}
