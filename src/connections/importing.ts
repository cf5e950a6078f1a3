import { PulsegateError } from "../errors.js";
import type { Clock } from "../model/time.js";
import type { Failure, Provider, ProviderId } from "../providers/provider.js";
import { type Adoption, unstoredConnection } from "./adoption.js";
import type { Connection } from "./connection.js";
import type { Directory } from "./directory.js";
import { type Identity, runSteps } from "./identity.js";
import { scopesFor } from "./oauth.js";
import type { ProviderApi } from "./provider-api.js";
import type { StoredTokens, Vault } from "./vault.js";

export interface ImportInput {
  readonly userId: string;
  readonly provider: ProviderId;
  readonly accessToken: string;
  readonly refreshToken?: string | null;
  /** Epoch ms. */
  readonly expiresAt?: number | null;
  readonly providerUserId?: string | null;
  /** Left out: taken to be all that the provider's calls need. */
  readonly scopes?: readonly string[] | null;
}

/** Adopts tokens that the app already holds. */
export function createImporting(deps: {
  readonly vault: Vault;
  readonly directory: Directory;
  readonly adoption: Adoption;
  readonly api: ProviderApi;
  readonly clock: Clock;
  usable(id: ProviderId): { readonly provider: Provider };
}) {
  const { vault, clock } = deps;

  return async (input: ImportInput): Promise<Connection> => {
    const { provider } = deps.usable(input.provider);
    const { userId } = input;
    if (input.accessToken === "") throw new PulsegateError("BAD_USER_INPUT", "accessToken is empty.");
    const named = input.providerUserId || null;
    if (named !== null) {
      // Before anyone is asked: a refresh of somebody else's tokens could not be undone.
      const holder = await deps.directory.byProviderUser(provider.id, named);
      if (holder && holder.userId !== userId && holder.status !== "REVOKED")
        throw new PulsegateError("PROVIDER_ACCOUNT_IN_USE");
    }
    const scopes = [...new Set(input.scopes ?? scopesFor(provider))];
    const brought: StoredTokens = {
      accessToken: input.accessToken,
      refreshToken: input.refreshToken || null,
      expiresAt: input.expiresAt ?? null,
      obtainedAt: clock.now(),
    };
    const stranger = unstoredConnection(userId, provider.id, scopes, clock.now());
    try {
      await vault.save(stranger, brought);
      const result = await runSteps(deps.api, provider, stranger);
      const tokens = (await vault.read(stranger)) ?? brought;
      if (result.kind === "ok") {
        const providerUserId = result.identity.providerUserId ?? named;
        if (named !== null && providerUserId !== named) {
          throw new PulsegateError("BAD_USER_INPUT", "providerUserId is not whom the access token is for.");
        }
        const identity = { ...result.identity, providerUserId };
        return await deps.adoption.adopt({
          userId,
          provider: provider.id,
          tokens,
          scopes,
          identity,
          cells: result.cells,
        });
      }
      // A pair that was renewed on the way is the only valid one left: turning it down would lock the person out.
      const renewed = tokens.accessToken !== brought.accessToken;
      const passing = isPassing(result.failure) && (named !== null || renewed);
      if (!passing && !isAboutIdentityAlone(result.failure)) throw refusal(provider, result.failure);
      const identity: Identity | null =
        named === null ? null : { providerUserId: named, legacyUserId: null, complete: false };
      const status = result.failure.code === "RETIRED" ? "RETIRED" : "CONNECTED";
      return await deps.adoption.adopt({ userId, provider: provider.id, tokens, scopes, identity, cells: [], status });
    } finally {
      await vault.drop(stranger.id);
    }
  };
}

/** The tokens are good, but do not reach as far as the profile: everything else can still be read with them. */
function isAboutIdentityAlone({ code }: Failure): boolean {
  return code === "INSUFFICIENT_SCOPE" || code === "NOT_PERMITTED_TO_APP" || code === "REJECTED";
}

/** Whether the provider just can't be asked, as opposed to having said no. */
function isPassing(failure: Failure): boolean {
  return failure.code === "UNAVAILABLE" || failure.code === "RETIRED" || failure.code === "RATE_LIMITED";
}

function refusal(provider: Provider, failure: Failure): PulsegateError {
  if (failure.code === "RETIRED") return new PulsegateError("PROVIDER_RETIRED");
  if (isPassing(failure)) return new PulsegateError("PROVIDER_UNAVAILABLE");
  if (failure.code === "NOT_CONFIGURED") return new PulsegateError("PROVIDER_NOT_CONFIGURED", failure.message);
  return new PulsegateError("BAD_USER_INPUT", failure.message ?? `${provider.name} does not accept these tokens.`);
}
