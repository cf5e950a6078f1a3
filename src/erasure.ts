import type { Connection } from "./connections/connection.js";
import type { Connections } from "./connections/connections.js";
import { noticeOwner } from "./connections/directory/accounts.js";
import type { History } from "./health-data/history.js";
import type { BackfillService } from "./jobs/backfill/backfill.js";
import type { OnConnect } from "./jobs/on-connect.js";
import type { Prefetch } from "./jobs/prefetch.js";
import type { Recorder } from "./recording/recorder.js";
import type { Subscriptions } from "./webhooks/provider-subscriptions/subscriptions.js";
import type { WebhookReceiver } from "./webhooks/receive.js";

/** Takes away what is kept of somebody in every folder: by key, whatever the rows hold, whoever else there is. */
export interface Erasure {
  /** One connection's data, jobs, receipts and marks. */
  connection(gone: Pick<Connection, "id" | "userId" | "provider" | "providerUserId">): Promise<void>;
  /** Everything of a user, what header tokens fetched included. May be repeated after it was interrupted. */
  user(userId: string): Promise<void>;
}

export function createErasure(deps: {
  readonly connections: Pick<Connections, "byProviderUser" | "deleteUser" | "owned">;
  readonly history: Pick<History, "forget">;
  readonly webhooks: Pick<WebhookReceiver, "forgetOwners">;
  readonly prefetch: Pick<Prefetch, "forgetConnections">;
  readonly onConnect: Pick<OnConnect, "forgetConnections">;
  readonly subscriptions: Pick<Subscriptions, "forgetConnections">;
  readonly backfills: Pick<BackfillService, "removeUser">;
  readonly recorder: Pick<Recorder, "forgetConnection" | "forgetUser">;
}): Erasure {
  const { connections, history } = deps;

  /** All that lies beside connections and tokens. */
  const forgetWork = async (ids: readonly string[], noticeOwners: readonly string[]) => {
    await deps.webhooks.forgetOwners(noticeOwners);
    await deps.prefetch.forgetConnections(ids);
    await deps.onConnect.forgetConnections(ids);
    await deps.subscriptions.forgetConnections(ids);
    for (const id of ids) await history.forget(id);
  };

  return {
    connection: async ({ id, userId, provider, providerUserId }) => {
      const holder = providerUserId === null ? null : await connections.byProviderUser(provider, providerUserId);
      // Another user may have the account by now: what is told of it is theirs.
      const isOthers = providerUserId === null || (holder !== null && holder.id !== id);
      await forgetWork([id], isOthers ? [] : [noticeOwner({ provider, providerUserId })]);
      await deps.recorder.forgetConnection(userId, id);
    },

    user: async (userId) => {
      const { connections: own, accounts } = await connections.owned(userId);
      await connections.deleteUser(userId);
      // Each connection took its work with it as it went; this is what was begun before and ended since.
      const told = accounts.filter(({ isHeld }) => isHeld).map((account) => account.noticeOwner);
      await forgetWork(
        own.map(({ id }) => id),
        told,
      );
      await deps.backfills.removeUser(userId);
      await deps.recorder.forgetUser(userId);
    },
  };
}
