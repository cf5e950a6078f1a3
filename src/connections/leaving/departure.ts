import { PulsegateError } from "../../errors.js";
import type { Log } from "../../log.js";
import type { Provider, ProviderId } from "../../providers/index.js";
import type { Connection, ConnectionHooks } from "../connection.js";
import type { Adoption } from "../consent/adoption.js";
import type { Consent } from "../consent/consent.js";
import { accountKey } from "../directory/accounts.js";
import type { Directory } from "../directory/directory.js";
import type { OwnedConnection, Ownership } from "../directory/ownership.js";
import type { SourcePriority } from "../directory/source-priority.js";
import { ProviderFailure } from "../oauth/provider-failure.js";
import type { Refresher } from "../tokens/refresh.js";
import type { RemoteResolver } from "../tokens/remote-resolver.js";
import { readable, type StoredTokens, type Vault } from "../tokens/vault.js";
import type { Revocations } from "./revocations.js";
import { type Renew, withdrawable } from "./withdrawal.js";

/** Takes connections down: at the provider first, as long as there is a token to do it with, then here. */
export function createDeparture(deps: {
  readonly vault: Vault;
  readonly directory: Directory;
  readonly ownership: Ownership;
  readonly adoption: Adoption;
  readonly consent: Consent;
  readonly revocations: Revocations;
  readonly refresher: Pick<Refresher, "refresh">;
  readonly priority: SourcePriority;
  readonly remote: RemoteResolver | null;
  readonly log: Pick<Log, "info" | "warn">;
  readonly hooks: ConnectionHooks;
  isRetired(provider: ProviderId): boolean;
  provider(id: ProviderId): { readonly provider: Provider };
}) {
  const { directory, ownership, vault, hooks } = deps;

  const cleanUp = async (connection: Connection): Promise<readonly string[]> => {
    try {
      return (await hooks.onDisconnect?.(connection)) ?? [];
    } catch (error) {
      // The person wants to leave: what the provider still sends is dropped at the door.
      deps.log.warn(
        { connectionId: connection.id, reason: nameOf(error) },
        "the subscriptions at the provider could not be deleted",
      );
      return ["The provider's notifications could not be switched off; they are ignored from now on."];
    }
  };

  /** The tokens go whatever happens; unreadable ones can't be revoked. */
  const takeTokens = (connection: Connection) =>
    deps.adoption.withTokens(connection.id, () => readable(vault, connection));

  /** While the vault still has the tokens, they are renewed as ever: one at a time, over all processes. */
  const renewal =
    (connection: Connection, tokens: StoredTokens): Renew =>
    async () => {
      try {
        return withdrawable(connection, await deps.refresher.refresh(connection, tokens));
      } catch (error) {
        if (!(error instanceof ProviderFailure)) throw error;
        return error.failure.code === "CONSENT_LOST" ? "gone" : "later";
      }
    };

  const leave = async (connection: Connection, deleteData: boolean) => {
    const { provider } = deps.provider(connection.provider);
    const wasLive = connection.status !== "REVOKED";
    const notices = [...(wasLive && !deps.isRetired(connection.provider) ? await cleanUp(connection) : [])];
    const tokens = await takeTokens(connection);
    let revoked: boolean | "later" = false;
    if (tokens) {
      const { id, provider } = connection;
      revoked = await deps.revocations.revoke(
        id,
        provider,
        withdrawable(connection, tokens),
        renewal(connection, tokens),
      );
    }
    await deps.adoption.withTokens(connection.id, () => vault.drop(connection.id));
    deps.remote?.forget(connection.userId, connection.provider);
    await directory.release(connection);
    if (tokens && revoked === false) {
      notices.push(`The permission could not be withdrawn at ${provider.name}: remove this app in your account there.`);
    }
    if (revoked === "later")
      notices.push(`${provider.name} did not answer: the permission is withdrawn as soon as it does.`);
    await directory.mutate(
      connection.id,
      (before) => before && { ...before, status: "REVOKED", subscriptions: [], budgets: [] },
    );
    if (deleteData) {
      await hooks.deleteData?.(connection);
      await directory.mutate(connection.id, () => null);
    }
    return { revokedAtProvider: revoked === true, notices };
  };

  /** `left`: those that `leave` has just left. */
  const eraseConnections = async (userId: string, all: readonly OwnedConnection[], left: readonly Connection[]) => {
    for (const one of all) {
      const isLeft = left.some(({ id }) => id === one.id);
      await deps.adoption.withTokens(one.id, async () => {
        if (!isLeft) await vault.drop(one.id);
        await deps.revocations.detach(one.id);
      });
      if (!isLeft) await hooks.deleteData?.({ ...one, userId, providerUserId: null });
      await directory.mutate(one.id, () => null);
      await ownership.eraseConnection(userId, one);
    }
  };

  /**
   * Takes away by key what is left of connections that were once noted for the user: of those that `leave` has just
   * left, of rows that can't be read, that only another release knows, or that nobody confirmed in time, and what header
   * tokens fetched.
   */
  const erase = async (
    userId: string,
    all: readonly OwnedConnection[],
    left: readonly Connection[],
    provider?: ProviderId,
  ) => {
    const ids = all.map(({ id }) => id);
    const accounts = await ownership.accounts(userId, ids, provider);
    await eraseConnections(userId, all, left);
    for (const one of await ownership.headers(userId, provider)) {
      await hooks.deleteData?.({ ...one, userId, providerUserId: null });
      await ownership.dropHeader(userId, one);
    }
    for (const account of accounts) await ownership.eraseAccount(userId, account, ids);
  };

  /** Every connection of a user to a provider: the one in use, then those to other accounts. */
  const owned = async (userId: string, provider: ProviderId) => {
    const entry = await directory.entry(userId);
    const current = entry.current[provider];
    const known = await directory.getMany([...(current === undefined ? [] : [current]), ...entry.former]);
    return { entry, current, known: known.filter((connection) => connection.provider === provider) };
  };

  /** What was noted, and what the user's own list has that was not. */
  const everyOne = async (userId: string): Promise<readonly OwnedConnection[]> => {
    const { current, former } = await directory.entry(userId);
    const noted = await ownership.connections(userId);
    const listed = Object.entries(current).map(([provider, id]) => ({ id, provider: provider as ProviderId }));
    const known = new Set(noted.map(({ id }) => id));
    const others = await directory.getMany(former.filter((id) => !known.has(id)));
    return [
      ...noted,
      ...listed.filter(({ id }) => !known.has(id)),
      ...others.map(({ id, provider }) => ({ id, provider })),
    ];
  };

  return {
    disconnect: async (input: { userId: string; provider: ProviderId; deleteData?: boolean; told?: boolean }) => {
      const { userId, provider, deleteData = false } = input;
      // A provider tells of an earlier grant: the person may be giving a new one right now.
      if (!input.told) await deps.consent.forget(userId, provider);
      return await directory.exclusively(userId, async () => {
        const { entry, current, known } = await owned(userId, provider);
        const all = (await everyOne(userId)).filter((one) => one.provider === provider);
        await deps.revocations.retry(all.map(({ id }) => id)).catch(() => {});
        const connection = known.find(({ id }) => id === current);
        // A row that can't be read can't be left, but its data can be deleted.
        if (!connection && !(deleteData && all.length > 0)) throw new PulsegateError("PROVIDER_NOT_CONNECTED");
        const result = connection ? await leave(connection, deleteData) : { revokedAtProvider: false, notices: [] };
        if (deleteData) {
          for (const former of known) if (former !== connection) await leave(former, true);
          await erase(userId, all, known, provider);
          const { [provider]: _, ...others } = entry.current;
          const gone = new Set(all.map(({ id }) => id));
          await directory.saveEntry(userId, { current: others, former: entry.former.filter((id) => !gone.has(id)) });
        }
        return result;
      });
    },

    deleteConnection: async ({ id, userId, provider }: Connection) =>
      directory.exclusively(userId, async () => {
        const connection = await directory.get(id);
        if (!connection) return;
        await leave(connection, true);
        const { providerUserId } = connection;
        const key = providerUserId === null ? null : accountKey({ provider, providerUserId });
        for (const account of await ownership.accounts(userId, [id], provider))
          if (account.key === key) await ownership.eraseAccount(userId, account, [id]);
        await eraseConnections(userId, [connection], [connection]);
        const entry = await directory.entry(userId);
        const { [provider]: current, ...others } = entry.current;
        const rest = current === id ? others : entry.current;
        await directory.saveEntry(userId, { current: rest, former: entry.former.filter((one) => one !== id) });
      }),

    owned: async (userId: string) => {
      const all = await everyOne(userId);
      const ids = all.map(({ id }) => id);
      return { connections: all, accounts: await ownership.accounts(userId, ids) };
    },

    deleteUser: async (userId: string) => {
      await deps.consent.forget(userId);
      await directory.exclusively(userId, async () => {
        const all = await everyOne(userId);
        const ids = all.map(({ id }) => id);
        await deps.revocations.retry(ids).catch(() => {});
        const known = await directory.getMany(ids);
        for (const connection of known) await leave(connection, true);
        await erase(userId, all, known);
        await vault.dropImports(userId);
        await deps.priority.forget(userId);
        await directory.saveEntry(userId, null);
      });
    },
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}
