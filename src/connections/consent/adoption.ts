import { PulsegateError, StoreUnavailable } from "../../errors.js";
import type { Cell } from "../../model/cells.js";
import type { Clock } from "../../model/time.js";
import type { ProviderId } from "../../providers/index.js";
import type { BudgetState } from "../../providers/provider.js";
import { type Delay, withLease } from "../../store/lease.js";
import type { Store } from "../../store/store.js";
import { type Connection, type ConnectionHooks, newConnectionId } from "../connection.js";
import type { Directory } from "../directory/directory.js";
import type { Revocations } from "../leaving/revocations.js";
import { withdrawable } from "../leaving/withdrawal.js";
import { mergeBudgets } from "../provider-api.js";
import type { GrantEnds } from "../tokens/grant-ends.js";
import { TOKENS_LEASE_MS } from "../tokens/unsaved-pairs.js";
import { readable, type StoredTokens, tokensLease, type Vault } from "../tokens/vault.js";
import type { Identity } from "./identity.js";

interface Grant {
  readonly userId: string;
  readonly provider: ProviderId;
  /** Null where the app's own service keeps them. */
  readonly tokens: StoredTokens | null;
  readonly scopes: readonly string[];
  /** Null where the provider could not be asked yet. */
  readonly identity: Identity | null;
  readonly cells: readonly Cell[];
  /** The id to give the connection if it is a new one. */
  readonly connectionId?: string;
  readonly status?: "CONNECTED" | "RETIRED";
  /** What was heard of the provider's limits on the way. */
  readonly budgets?: readonly BudgetState[];
}

/** A connection that nobody has stored: to ask the provider who somebody is before there is one. */
export function unstoredConnection(
  userId: string,
  provider: ProviderId,
  scopes: readonly string[],
  now: number,
): Connection {
  return {
    id: newConnectionId(now),
    userId,
    provider,
    status: "CONNECTED",
    providerUserId: null,
    legacyUserId: null,
    scopes,
    connectedAt: now,
    lastAttemptAt: null,
    lastSuccessAt: null,
    dataThrough: null,
    identityReadAt: null,
    subscriptions: [],
    budgets: [],
  };
}

export interface Adoption {
  /**
   * Makes a grant the user's connection to the provider. A connection to the same account keeps its id, so that its
   * history stays; another account gets a connection of its own, and the one before is let go, never mixed with it: its
   * grant is withdrawn at the provider, now or as soon as the provider can take it.
   * Throws PROVIDER_ACCOUNT_IN_USE, with nothing stored.
   */
  adopt(grant: Grant): Promise<Connection>;
  /** Lists a connection that waits for the user's confirmation, under this id, unless there is one already. */
  await(userId: string, provider: ProviderId, connectionId: string): Promise<Connection>;
  /** The connection that a grant for this account (null: unknown) would continue. Null if it would be a new one. */
  continues(userId: string, provider: ProviderId, providerUserId: string | null): Promise<string | null>;
  /** Changes the tokens of a connection while no refresh is under way. */
  withTokens<T>(connectionId: string, work: () => Promise<T>): Promise<T>;
}

export function createAdoption(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly delay: Delay;
  readonly directory: Directory;
  readonly vault: Vault;
  readonly revocations: Revocations;
  readonly hooks: ConnectionHooks;
  readonly grantEnds: GrantEnds;
}): Adoption {
  const { directory, vault, clock } = deps;

  const withTokens = async <T>(connectionId: string, work: () => Promise<T>): Promise<T> => {
    const times = { ttlMs: TOKENS_LEASE_MS, waitMs: TOKENS_LEASE_MS + 5_000, delay: deps.delay };
    const done = await withLease(deps.store, tokensLease(connectionId), times, work);
    if (!done) throw new StoreUnavailable("The store did not give the lease on a connection's tokens in time.");
    return done.value;
  };

  /** The connection that this grant continues, if any. */
  const continued = async (
    userId: string,
    provider: ProviderId,
    account: string | null,
  ): Promise<{ id: string | null; current: Connection | null }> => {
    const entry = await directory.entry(userId);
    const currentId = entry.current[provider];
    const known = await directory.getMany([...(currentId === undefined ? [] : [currentId]), ...entry.former]);
    const own = known.filter((connection) => connection.provider === provider);
    const current = own.find((connection) => connection.id === currentId) ?? null;
    const same = account === null ? null : own.find((connection) => connection.providerUserId === account);
    if (same) return { id: same.id, current };
    const unnamed = current !== null && (account === null || current.providerUserId === null);
    return { id: unnamed ? current.id : null, current };
  };

  /** Its grant is owed from here on, and asked for once the new one is stored: that must not wait for a provider. */
  const letGo = async (former: Connection) => {
    await withTokens(former.id, async () => {
      const tokens = await readable(vault, former);
      // Nobody knows whose account one without a name is: it may be the one that is just being connected.
      if (tokens && former.providerUserId !== null)
        await deps.revocations.owe(former.id, former.provider, withdrawable(former, tokens));
      await vault.drop(former.id);
    });
    await directory.release(former);
    await directory.mutate(former.id, (before) => before && { ...before, status: "REVOKED", subscriptions: [] });
  };

  const list = async (userId: string, provider: ProviderId, id: string) => {
    const entry = await directory.entry(userId);
    const before = entry.current[provider];
    const former = entry.former.filter((other) => other !== id);
    if (before !== undefined && before !== id) former.push(before);
    await directory.saveEntry(userId, { current: { ...entry.current, [provider]: id }, former });
    await directory.markUser(userId);
  };

  return {
    withTokens,
    continues: async (userId, provider, account) => (await continued(userId, provider, account)).id,
    adopt: async (grant) => {
      const { connection, former } = await directory.exclusively(grant.userId, async () => {
        const account = grant.identity?.providerUserId ?? null;
        const { id: found, current } = await continued(grant.userId, grant.provider, account);
        let id = found ?? grant.connectionId ?? newConnectionId(clock.now());
        if (account !== null) id = await directory.claim(grant.provider, account, grant.userId, id);
        const former = current && current.id !== id ? current : null;
        if (former) await letGo(former);
        await withTokens(id, async () => {
          // A revocation still owed from an earlier disconnect would take the new grant with it.
          await deps.revocations.forget(id);
          if (grant.tokens) await vault.save({ id, userId: grant.userId, provider: grant.provider }, grant.tokens);
        });
        if ((grant.status ?? "CONNECTED") === "CONNECTED") await deps.hooks.onAdopting?.(id);
        const now = clock.now();
        const stored = await directory.mutate(id, (before) => {
          const base = before ?? { ...unstoredConnection(grant.userId, grant.provider, grant.scopes, now), id };
          const isReturn = base.status === "REVOKED" || base.status === "AWAITING_CONFIRMATION";
          return {
            ...base,
            status: grant.status ?? "CONNECTED",
            scopes: grant.scopes,
            providerUserId: account ?? base.providerUserId,
            legacyUserId: grant.identity?.legacyUserId ?? base.legacyUserId,
            grantEndsAt: grant.tokens?.refreshExpiresAt ?? null,
            connectedAt: isReturn ? now : base.connectedAt,
            budgets: mergeBudgets(base.budgets, grant.budgets ?? [], now),
            identityReadAt: grant.identity?.complete ? now : base.identityReadAt,
          };
        });
        deps.grantEnds.warn(grant.provider, grant.tokens?.refreshExpiresAt ?? null);
        await list(grant.userId, grant.provider, id);
        return { connection: stored ?? (await directory.get(id)), former };
      });
      if (former) await deps.revocations.retry([former.id]).catch(() => {});
      if (!connection) throw new PulsegateError("PROVIDER_NOT_CONNECTED");
      if (grant.cells.length > 0) await deps.hooks.storeCells?.(connection, grant.cells);
      await deps.hooks.onAdopted?.(connection);
      return connection;
    },
    await: (userId, provider, connectionId) =>
      directory.exclusively(userId, async () => {
        const entry = await directory.entry(userId);
        const currentId = entry.current[provider];
        const current = currentId === undefined ? null : await directory.get(currentId);
        if (current && current.status !== "AWAITING_CONFIRMATION") return current;
        const fresh = unstoredConnection(userId, provider, [], clock.now());
        const id = currentId ?? connectionId;
        const stored = await directory.mutate(id, () => ({ ...fresh, id, status: "AWAITING_CONFIRMATION" }));
        await list(userId, provider, id);
        return stored!;
      }),
  };
}
