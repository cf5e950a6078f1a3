import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { HttpClient } from "../http/client.js";
import type { Log } from "../log.js";
import type { Clock } from "../model/time.js";
import type { Provider, ProviderId, ProviderSettings } from "../providers/provider.js";
import { rowsOf } from "../store/row.js";
import type { Store } from "../store/store.js";
import { type Cipher, type Sealed, sealedSchema, VaultUnreadable } from "./vault.js";
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
  /** The connection lives again: what is owed must not kill the new grant. */
  forget(connectionId: string): Promise<void>;
  /** Asks for these connections, or for all, once more. */
  retry(connectionIds?: readonly string[]): Promise<void>;
  /** The connection is forgotten: what is owed of it goes on waiting under a name that says nothing. */
  detach(connectionId: string): Promise<void>;
  /** Connections whose grant is still to be withdrawn, and whether the token is under the first key. */
  owed(): AsyncIterable<{ readonly connectionId: string; readonly isCurrent: boolean }>;
  /** Encrypts under the first key what is under another. Callers hold the lease of the connection's tokens. */
  reseal(connectionId: string): Promise<void>;
}

export function createRevocations(deps: {
  readonly store: Store;
  readonly cipher: Cipher;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "warn">;
  provider(id: ProviderId): { readonly provider: Provider; readonly settings: ProviderSettings };
  isRetired(provider: ProviderId): boolean;
  knows(provider: ProviderId): boolean;
}): Revocations {
  const owed = deps.store.collection<Owed>("owed-revocations", owedRows);
  // Bound to the connection alone: the user may be forgotten by then.
  const binding = (connectionId: string, provider: ProviderId) => ["revocation", connectionId, provider];

  const ask = async (id: ProviderId, grant: Withdrawable, renew?: Renew): Promise<Withdrawal> => {
    const { provider, settings } = deps.provider(id);
    if (deps.isRetired(id)) return { done: false, grant };
    return await withdraw(deps, provider, settings, grant, renew ?? renewAlone(deps, provider, settings));
  };

  /** What is kept of a grant: no more than its withdrawal takes. */
  const sealed = (name: string, id: ProviderId, grant: Withdrawable): Sealed => {
    const { revocation } = deps.provider(id).provider.oauth;
    const isOneToken = revocation?.kind === "token" && !needsAccess(revocation);
    return deps.cipher.seal(binding(name, id), isOneToken ? (grant.refreshToken ?? grant.accessToken) : grant);
  };

  const opened = (name: string, { provider, token }: Owed): Withdrawable => {
    const kept = deps.cipher.open<Withdrawable | string>(binding(name, provider), token);
    if (typeof kept !== "string") return kept;
    return { accessToken: kept, refreshToken: kept, expiresAt: null, providerUserId: null };
  };

  /** Null once nothing is owed. Without its key a token waits like one that the provider can't take, and no longer. */
  const askFor = async (connectionId: string, entry: Owed): Promise<Owed | null> => {
    let grant: Withdrawable;
    try {
      grant = opened(connectionId, entry);
    } catch (error) {
      if (error instanceof VaultUnreadable) return entry;
      throw error;
    }
    const { done, grant: newest } = await ask(entry.provider, grant);
    if (done !== "later") return null;
    return newest === grant ? entry : { ...entry, token: sealed(connectionId, entry.provider, newest) };
  };

  const entriesOf = async function* (ids: readonly string[]) {
    const found = await owed.getMany(ids);
    for (const [index, entry] of found.entries()) if (entry) yield [ids[index]!, entry] as const;
  };

  return {
    revoke: async (connectionId, provider, given, renew) => {
      const { done, grant } = await ask(provider, given, renew);
      if (done === "later") {
        const until = deps.clock.now() + KEPT_MS;
        await owed.set(connectionId, { provider, token: sealed(connectionId, provider, grant), until }, KEPT_MS);
        deps.log.warn({ connectionId, provider }, "the provider could not revoke a consent: it is asked again");
      }
      return done;
    },
    forget: async (connectionId) => {
      await owed.erase(connectionId);
    },
    retry: async (connectionIds) => {
      for await (const [connectionId, entry] of connectionIds ? entriesOf(connectionIds) : owed.scan("")) {
        // One of a provider that only another release knows waits for that release.
        if (!deps.knows(entry.provider)) continue;
        // Taken first: a consent given meanwhile finds nothing owed, and two processes never both ask.
        const taken = await owed.take(connectionId);
        if (!taken) continue;
        const left = taken.until - deps.clock.now();
        const rest = await askFor(connectionId, taken);
        if (rest && left > 0) await owed.putIfAbsent(connectionId, rest, left);
      }
    },
    detach: async (connectionId) => {
      const taken = await owed.take(connectionId);
      await owed.erase(connectionId);
      const left = taken ? taken.until - deps.clock.now() : 0;
      if (!taken || left <= 0) return;
      try {
        const kept = deps.cipher.open<unknown>(binding(connectionId, taken.provider), taken.token);
        const name = randomUUID();
        await owed.set(name, { ...taken, token: deps.cipher.seal(binding(name, taken.provider), kept) }, left);
      } catch (error) {
        if (!(error instanceof VaultUnreadable)) throw error;
        deps.log.warn({ provider: taken.provider }, "a consent cannot be revoked: its token cannot be decrypted");
      }
    },
    owed: async function* () {
      for await (const [connectionId, { token }] of owed.scan(""))
        yield { connectionId, isCurrent: deps.cipher.isCurrent(token) };
    },
    reseal: async (connectionId) => {
      const entry = await owed.get(connectionId);
      if (!entry || deps.cipher.isCurrent(entry.token)) return;
      const bound = binding(connectionId, entry.provider);
      const token = deps.cipher.seal(bound, deps.cipher.open<unknown>(bound, entry.token));
      // Should it be withdrawn meanwhile, it is withdrawn once more: that harms nobody.
      await owed.set(connectionId, { ...entry, token }, Math.max(1, entry.until - deps.clock.now()));
    },
  };
}
