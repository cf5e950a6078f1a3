import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Budgets } from "../../budgets/budgets.js";
import type { HttpClient } from "../../http/client.js";
import type { Log } from "../../log.js";
import type { Clock } from "../../model/time.js";
import type { Provider, ProviderId } from "../../providers/index.js";
import type { ProviderSettings } from "../../providers/provider.js";
import { type Delay, withLease } from "../../store/lease.js";
import { rowsOf } from "../../store/row.js";
import type { Lease, Store } from "../../store/store.js";
import { TOKENS_LEASE_MS } from "../tokens/unsaved-pairs.js";
import { type Cipher, type Sealed, sealedSchema, tokensLease, VaultUnreadable } from "../tokens/vault.js";
import { needsAccess, type Renew, renewAlone, type Withdrawable, type Withdrawal, withdraw } from "./withdrawal.js";

/** After this time the grant has most likely died of itself, and a token must not be kept for ever. */
const KEPT_MS = 7 * 86_400_000;

interface Owed {
  readonly provider: ProviderId;
  /** `Withdrawable`, or the one token that is enough. */
  readonly token: Sealed;
  /** Epoch ms after which it is given up. */
  readonly until: number;
}

const owedRows = rowsOf<Owed>(z.looseObject({ provider: z.string(), token: sealedSchema, until: z.number() }));

/** Withdraws grants at the providers, and remembers those that a provider could not take just then. */
export interface Revocations {
  /** `true` once withdrawn; `false` where the provider has no way to; `"later"` where it will be tried again. */
  revoke(connectionId: string, provider: ProviderId, grant: Withdrawable, renew: Renew): Promise<boolean | "later">;
  /** From now on the grant is owed: `retry` asks for it, in this process or a later one. */
  owe(connectionId: string, provider: ProviderId, grant: Withdrawable): Promise<void>;
  /** The connection lives again: what is owed must not kill the new grant. Callers hold the lease of its tokens. */
  forget(connectionId: string): Promise<void>;
  /** Asks for these connections, or for all, once more. One whose tokens somebody is at work on waits for the next time. */
  retry(connectionIds?: readonly string[]): Promise<void>;
  /**
   * The connection is forgotten: what is owed of it goes on waiting under a name that says nothing. Callers hold the lease
   * of its tokens.
   */
  detach(connectionId: string): Promise<void>;
  /** Connections whose grant is still to be withdrawn, and whether the token is under the first key. */
  owed(): AsyncIterable<{ readonly connectionId: string; readonly isCurrent: boolean }>;
  /** Encrypts under the first key what is under another. Callers hold the lease of the connection's tokens. */
  reseal(connectionId: string): Promise<void>;
}

/** Bound to the connection alone: the user may be forgotten by then. */
export const revocationBinding = (connectionId: string, provider: ProviderId) => ["revocation", connectionId, provider];

export function createRevocations(deps: {
  readonly store: Store;
  readonly cipher: Cipher;
  readonly http: HttpClient;
  readonly budgets: Pick<Budgets, "count">;
  readonly clock: Clock;
  readonly delay: Delay;
  readonly log: Pick<Log, "info" | "warn">;
  provider(id: ProviderId): { readonly provider: Provider; readonly settings: ProviderSettings };
  isRetired(provider: ProviderId): boolean;
  knows(provider: ProviderId): boolean;
}): Revocations {
  const owed = deps.store.collection<Owed>("owed-revocations", owedRows);

  const ask = async (id: ProviderId, grant: Withdrawable, renew: Renew): Promise<Withdrawal> => {
    const { provider, settings } = deps.provider(id);
    if (deps.isRetired(id)) return { done: false, grant };
    return await withdraw(deps, provider, settings, grant, renew);
  };

  /** What is kept of a grant: no more than its withdrawal takes. */
  const sealed = (name: string, id: ProviderId, grant: Withdrawable): Sealed => {
    const { revocation } = deps.provider(id).provider.oauth;
    const isOneToken = revocation?.kind === "token" && !needsAccess(revocation);
    return deps.cipher.seal(
      revocationBinding(name, id),
      isOneToken ? (grant.refreshToken ?? grant.accessToken) : grant,
    );
  };

  const opened = (name: string, { provider, token }: Owed): Withdrawable => {
    const kept = deps.cipher.open<Withdrawable | string>(revocationBinding(name, provider), token);
    if (typeof kept !== "string") return kept;
    return { accessToken: kept, refreshToken: kept, expiresAt: null, providerUserId: null };
  };

  const owe = async (connectionId: string, provider: ProviderId, grant: Withdrawable) => {
    const until = deps.clock.now() + KEPT_MS;
    await owed.set(connectionId, { provider, token: sealed(connectionId, provider, grant), until }, KEPT_MS);
  };

  /** Without its key a token waits like one that the provider can't take, and no longer. */
  const askFor = async (name: string, entry: Owed, keep: (grant: Withdrawable) => Promise<void>) => {
    let grant: Withdrawable;
    try {
      grant = opened(name, entry);
    } catch (error) {
      if (error instanceof VaultUnreadable) return "later";
      throw error;
    }
    const { provider, settings } = deps.provider(entry.provider);
    const renewed = renewAlone(deps, provider, settings);
    const { done } = await ask(entry.provider, grant, async (before) => {
      const next = await renewed(before);
      if (typeof next !== "string") await keep(next);
      return next;
    });
    return done;
  };

  /**
   * The row stays until the provider has answered, lest a crash lose it. The lease sees to it that two processes never
   * both ask, and that a consent given meanwhile comes before (and finds the row) or after (and finds nothing owed).
   */
  const settle = async (connectionId: string, lease: Lease) => {
    const entry = await owed.get(connectionId);
    if (!entry) return;
    const left = entry.until - deps.clock.now();
    const isOurs = () => lease.renew(TOKENS_LEASE_MS);
    const done = await askFor(connectionId, entry, async (grant) => {
      // Before it is used: the pair that it replaces is worth nothing any more.
      if (left > 0 && (await isOurs()))
        await owed.set(connectionId, { ...entry, token: sealed(connectionId, entry.provider, grant) }, left);
    });
    if ((done !== "later" || left <= 0) && (await isOurs())) await owed.erase(connectionId);
  };

  const entriesOf = async function* (ids: readonly string[]) {
    const found = await owed.getMany(ids);
    for (const [index, entry] of found.entries()) if (entry) yield [ids[index]!, entry] as const;
  };

  return {
    revoke: async (connectionId, provider, given, renew) => {
      const { done, grant } = await ask(provider, given, renew);
      if (done === "later") {
        await owe(connectionId, provider, grant);
        deps.log.warn({ connectionId, provider }, "the provider could not revoke a consent: it is asked again");
      }
      return done;
    },
    owe,
    forget: async (connectionId) => {
      await owed.erase(connectionId);
    },
    retry: async (connectionIds) => {
      const times = { ttlMs: TOKENS_LEASE_MS, waitMs: 0, delay: deps.delay };
      for await (const [connectionId, entry] of connectionIds ? entriesOf(connectionIds) : owed.scan("")) {
        // One of a provider that only another release knows waits for that release.
        if (!deps.knows(entry.provider)) continue;
        await withLease(deps.store, tokensLease(connectionId), times, (lease) => settle(connectionId, lease));
      }
    },
    detach: async (connectionId) => {
      const entry = await owed.get(connectionId);
      const left = entry ? entry.until - deps.clock.now() : 0;
      if (entry && left > 0) {
        try {
          const kept = deps.cipher.open<unknown>(revocationBinding(connectionId, entry.provider), entry.token);
          const name = randomUUID();
          // First: after a crash between it is withdrawn twice, which harms nobody.
          await owed.set(
            name,
            { ...entry, token: deps.cipher.seal(revocationBinding(name, entry.provider), kept) },
            left,
          );
        } catch (error) {
          if (!(error instanceof VaultUnreadable)) throw error;
          deps.log.warn({ provider: entry.provider }, "a consent cannot be revoked: its token cannot be decrypted");
        }
      }
      await owed.erase(connectionId);
    },
    owed: async function* () {
      for await (const [connectionId, { token }] of owed.scan(""))
        yield { connectionId, isCurrent: deps.cipher.isCurrent(token) };
    },
    reseal: async (connectionId) => {
      const entry = await owed.get(connectionId);
      if (!entry || deps.cipher.isCurrent(entry.token)) return;
      const bound = revocationBinding(connectionId, entry.provider);
      const token = deps.cipher.seal(bound, deps.cipher.open<unknown>(bound, entry.token));
      // Should it be withdrawn meanwhile, it is withdrawn once more: that harms nobody.
      await owed.set(connectionId, { ...entry, token }, Math.max(1, entry.until - deps.clock.now()));
    },
  };
}
