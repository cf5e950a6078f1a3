import { ID, ObjectType } from "type-graphql";
import type { Connection } from "../../connections/connection.js";
import type { BackfillJob } from "../../events/updates.js";
import { DateTimeScalar, UrlScalar } from "../scalars.js";
import { ConnectionType } from "./connection.js";
import { field } from "./field.js";
import { BackfillJobType } from "./updates.js";
import { type User, UserType } from "./user.js";

@ObjectType("ConnectPayload", { description: "Where the user gives consent.", simpleResolvers: true })
export class ConnectPayload {
  @field(() => UrlScalar, "Send the user's browser there.") readonly authorizationUrl!: string;
  @field(() => DateTimeScalar, "Until when it can be used.") readonly expiresAt!: number;
}

@ObjectType("ConfirmConnectionPayload", { description: "The connection that now holds.", simpleResolvers: true })
export class ConfirmConnectionPayload {
  @field(() => ConnectionType, "As it stands now.") readonly connection!: Connection;
}

@ObjectType("DisconnectPayload", { description: "What came of disconnecting.", simpleResolvers: true })
export class DisconnectPayload {
  @field(() => UserType, "Whose connection it was.") readonly user!: User;
  @field(() => Boolean, "Whether the provider took the grant back; false where it can't, or failed.")
  readonly revokedAtProvider!: boolean;
  @field(() => [String], "What a person must still do.") readonly notices!: readonly string[];
}

@ObjectType("SubscribePayload", { description: "What came of (un)subscribing.", simpleResolvers: true })
export class SubscribePayload {
  @field(() => ConnectionType, "With the subscriptions that it has now.") readonly connection!: Connection;
  @field(() => [String], "What a person must still do, such as setting a hook in the provider's portal.")
  readonly notices!: readonly string[];
}

@ObjectType("BackfillPayload", { description: "The job that was started.", simpleResolvers: true })
export class BackfillPayload {
  @field(() => BackfillJobType, "Follow it with `backfillProgress`.") readonly job!: BackfillJob;
}

@ObjectType("SourcePriorityPayload", { description: "The user, with the new order.", simpleResolvers: true })
export class SourcePriorityPayload {
  @field(() => UserType, "Whose sources they are.") readonly user!: User;
}

@ObjectType("ImportConnectionPayload", { description: "The connection that was made.", simpleResolvers: true })
export class ImportConnectionPayload {
  @field(() => ConnectionType, "As it stands now.") readonly connection!: Connection;
}

@ObjectType("DeleteUserDataPayload", { description: "Who was forgotten.", simpleResolvers: true })
export class DeleteUserDataPayload {
  @field(() => ID, "The app's own id of the user.") readonly userId!: string;
}
