import type { Clock } from "../../model/time.js";
import type { Provider, ProviderId } from "../../providers/index.js";
import type { FailureCode, ProviderSettings } from "../../providers/provider.js";
import type { Connection, ConnectionStatus, HeaderTokens, TokenResolver, UsableToken } from "../connection.js";
import { hashOf, isBearerToken } from "../oauth/oauth.js";
import { fail, ProviderFailure } from "../oauth/provider-failure.js";
import { unopened } from "../problem.js";
import { consentLost, type Refresher } from "./refresh.js";
import type { RemoteResolver } from "./remote-resolver.js";
import { type StoredTokens, type Vault, VaultUnreadable } from "./vault.js";

/** How long before its end a token is renewed, so that none dies on its way. */
const MARGIN_MS = 5 * 60_000;

export interface TokensDeps {
  readonly resolvers: readonly TokenResolver[];
  readonly vault: Vault;
  readonly refresher: Refresher;
  readonly remote: RemoteResolver | null;
  readonly clock: Clock;
  provider(id: ProviderId): { readonly provider: Provider; readonly settings: ProviderSettings };
  setStatus(connectionId: string, status: ConnectionStatus): Promise<unknown>;
}

const passing: ReadonlySet<FailureCode> = new Set(["UNAVAILABLE", "NOT_CONFIGURED"]);

/** The id of a connection that exists only through a header token, and the scope under which its data are kept. */
export const headerConnectionId = (accessToken: string) => `header-${hashOf(accessToken)}`;

export interface Tokens {
  token(connection: Connection, headerTokens?: HeaderTokens): Promise<UsableToken>;
  renewed(connection: Connection, rejected: UsableToken, headerTokens?: HeaderTokens): Promise<UsableToken>;
  /**
   * For a request whose refusal may be about the scope: another token, if the refused one may just have been too old.
   * Null where it is known to be good, or can't be replaced. Throws as `renewed`.
   */
  newer(connection: Connection, refused: UsableToken): Promise<UsableToken | null>;
  rejectedForGood(connection: Connection, rejected: UsableToken): Promise<void>;
}

/** The three resolvers, always in the order header, vault, remote. */
export function createTokens(deps: TokensDeps): Tokens {
  const { vault, refresher, clock } = deps;
  const fromVault = (accessToken: string): UsableToken => ({ accessToken, resolver: "vault", cacheScope: null });
  const on = (resolver: TokenResolver) => deps.resolvers.includes(resolver);

  /** Tokens that can't be opened end nothing that is stored: whoever has the key may come, and history is served. */
  const opened = async <T>(connection: Connection, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof VaultUnreadable)) throw error;
      if (error.why !== "damaged") throw fail("NOT_CONFIGURED", unopened[error.why]);
      await deps.setStatus(connection.id, "REAUTHORIZATION_REQUIRED");
      throw consentLost(deps.provider(connection.provider).provider);
    }
  };

  /** Undefined: the vault has none for this connection. */
  const vaultToken = async (connection: Connection): Promise<UsableToken | undefined> => {
    const stored = await vault.read(connection);
    if (!stored) return undefined;
    const { provider } = deps.provider(connection.provider);
    if (stored.refused || connection.status === "REAUTHORIZATION_REQUIRED") throw consentLost(provider);
    if (!isDue(stored, clock.now()) || stored.refreshToken === null || provider.oauth.refresh === "none") {
      // Without a way to renew it, a token is good until the provider refuses it.
      return fromVault(stored.accessToken);
    }
    const stillGood = stored.expiresAt === null || stored.expiresAt > clock.now();
    const trouble = refresher.backingOff(connection.id);
    if (trouble) {
      if (stillGood) return fromVault(stored.accessToken);
      throw trouble;
    }
    try {
      return fromVault((await refresher.refresh(connection, stored)).accessToken);
    } catch (error) {
      // Renewed early, so that passing trouble at the token endpoint is nobody's trouble yet.
      if (stillGood && error instanceof ProviderFailure && passing.has(error.failure.code)) {
        return fromVault(stored.accessToken);
      }
      throw error;
    }
  };

  const renewedFromVault = async (connection: Connection, rejected: string): Promise<UsableToken> => {
    const stored = await vault.read(connection);
    if (!stored) throw consentLost(deps.provider(connection.provider).provider);
    if (stored.accessToken !== rejected) return fromVault(stored.accessToken);
    const trouble = refresher.backingOff(connection.id);
    if (trouble) throw trouble;
    return fromVault((await refresher.refresh(connection, stored)).accessToken);
  };

  const remoteToken = async (connection: Connection, instead?: string): Promise<UsableToken | undefined> => {
    const found = await deps.remote?.resolve(connection.userId, connection.provider, instead);
    return found ? { accessToken: found.accessToken, resolver: "remote", cacheScope: null } : undefined;
  };

  return {
    token: async (connection, headerTokens = {}) => {
      const { provider } = deps.provider(connection.provider);
      const header = headerTokens[connection.provider];
      if (header !== undefined && on("header")) {
        if (!isBearerToken(header)) {
          throw fail(
            "TOKEN_REJECTED",
            `The access token for ${provider.name} that came with the request is not a valid token.`,
          );
        }
        return { accessToken: header, resolver: "header", cacheScope: hashOf(header) };
      }
      if (connection.status === "RETIRED") throw fail("RETIRED", `${provider.name} was switched off.`);
      if (connection.status === "REVOKED" || connection.status === "AWAITING_CONFIRMATION") throw consentLost(provider);
      let refusal: ProviderFailure | null = null;
      if (on("vault")) {
        try {
          const found = await opened(connection, () => vaultToken(connection));
          if (found) return found;
        } catch (error) {
          if (!(error instanceof ProviderFailure) || error.failure.code !== "CONSENT_LOST") throw error;
          refusal = error;
        }
      }
      const found = await remoteToken(connection);
      if (found) return found;
      throw refusal ?? consentLost(provider);
    },

    newer: async (connection, refused) => {
      if (refused.resolver === "remote") {
        const found = await remoteToken(connection, refused.accessToken);
        return found && found.accessToken !== refused.accessToken ? found : null;
      }
      const stored = refused.resolver === "vault" ? await vault.read(connection) : undefined;
      if (!stored || stored.refused) return null;
      if (stored.accessToken !== refused.accessToken) return fromVault(stored.accessToken);
      const canRenew =
        stored.refreshToken !== null && deps.provider(connection.provider).provider.oauth.refresh !== "none";
      // One whose end is known is renewed before it: it can't be too old.
      if (stored.expiresAt !== null || !canRenew) return null;
      return await renewedFromVault(connection, refused.accessToken);
    },

    renewed: async (connection, rejected) => {
      const { provider } = deps.provider(connection.provider);
      if (rejected.resolver === "header") {
        throw fail("TOKEN_REJECTED", `${provider.name} refused the access token that came with the request.`);
      }
      if (rejected.resolver === "remote") {
        const found = await remoteToken(connection, rejected.accessToken);
        if (found && found.accessToken !== rejected.accessToken) return found;
        throw fail("TOKEN_REJECTED", `${provider.name} refused the access token of the app's token service.`);
      }
      return await opened(connection, () => renewedFromVault(connection, rejected.accessToken));
    },

    rejectedForGood: async (connection, rejected) => {
      if (rejected.resolver !== "vault") return;
      await refresher.refusedForGood(connection, rejected.accessToken);
    },
  };
}

/** Whether it's time to renew. The margin is a tenth of a short life, or every use of such a token would renew it. */
export function isDue(tokens: StoredTokens, now: number): boolean {
  // A refresh was begun and its end is not known: only repeating it tells which pair is the valid one.
  if (tokens.refreshStartedAt !== undefined) return true;
  if (tokens.expiresAt === null) return false;
  const margin = Math.min(MARGIN_MS, Math.max(0, tokens.expiresAt - tokens.obtainedAt) / 10);
  return now >= tokens.expiresAt - margin;
}
