import { PulsegateError, StoreUnavailable } from "../../errors.js";
import { domains } from "../../model/records.js";
import type { Clock } from "../../model/time.js";
import type { Provider, ProviderId } from "../../providers/index.js";
import type { Failure } from "../../providers/provider.js";
import { type Delay, withLease } from "../../store/lease.js";
import type { Store } from "../../store/store.js";
import { type Connection, newConnectionId } from "../connection.js";
import type { Directory } from "../directory/directory.js";
import { bareScopes, isBearerToken, isScope, LONGEST_LIFE_MS, MOST_SCOPES, scopesFor } from "../oauth/oauth.js";
import type { ProviderApi } from "../provider-api.js";
import { importId, readable, type StoredTokens, type Vault } from "../tokens/vault.js";
import { type Adoption, unstoredConnection } from "./adoption.js";
import { askScopes, type Identity, runSteps } from "./identity.js";

export interface ImportInput {
  readonly userId: string;
  readonly provider: ProviderId;
  readonly accessToken: string;
  readonly refreshToken?: string | null;
  /** Epoch ms. */
  readonly expiresAt?: number | null;
  readonly providerUserId?: string | null;
  /** What the provider itself says of them goes before. Left out: taken to be all that the provider's calls need. */
  readonly scopes?: readonly string[] | null;
}

/** Long enough for every connect step with its repeats. */
const IMPORT_LEASE_MS = 60_000;

/** Adopts tokens that the app already holds. */
export function createImporting(deps: {
  readonly store: Store;
  readonly delay: Delay;
  readonly vault: Vault;
  readonly directory: Directory;
  readonly adoption: Adoption;
  readonly api: ProviderApi;
  readonly clock: Clock;
  usable(id: ProviderId): { readonly provider: Provider };
}) {
  const { vault, clock } = deps;

  /** What becomes of the tokens, which wait under the stranger's id. */
  const introduce = async (input: ImportInput, provider: Provider, stranger: Connection, brought: StoredTokens) => {
    const { userId } = input;
    const named = input.providerUserId || null;
    const connectionId = newConnectionId(clock.now());
    const result = await runSteps(deps.api, provider, stranger, {
      kind: "import",
      providerUserId: named,
      now: clock.now(),
      connectionId: async (account) => (await deps.adoption.continues(userId, provider.id, account)) ?? connectionId,
    });
    const scopes = (await askScopes(deps.api, provider, stranger)) ?? stranger.scopes;
    const tokens = (await vault.read(stranger)) ?? brought;
    const grant = { userId, provider: provider.id, tokens, scopes, budgets: result.budgets, connectionId };
    if (result.kind === "ok") {
      const providerUserId = result.identity.providerUserId ?? named;
      if (named !== null && providerUserId !== named) {
        throw new PulsegateError("BAD_USER_INPUT", "providerUserId is not whom the access token is for.");
      }
      return await deps.adoption.adopt({
        ...grant,
        identity: { ...result.identity, providerUserId },
        cells: result.cells,
      });
    }
    // A pair that was renewed on the way is the only valid one left: turning it down would lock the person out.
    const renewed = tokens.accessToken !== input.accessToken;
    const passing = isPassing(result.failure) && (named !== null || renewed);
    if (!passing && !isAboutIdentityAlone(result.failure)) throw refusal(provider, result.failure);
    const identity: Identity | null =
      named === null ? null : { providerUserId: named, legacyUserId: null, complete: false };
    const status = result.failure.code === "RETIRED" ? "RETIRED" : "CONNECTED";
    return await deps.adoption.adopt({ ...grant, identity, cells: [], status });
  };

  /** What an earlier import of the same pair renewed it to, and could not make a connection of. */
  const leftBehind = (stranger: Connection) => readable(vault, stranger);

  const dropUnused = async (stranger: Connection, brought: StoredTokens) => {
    if ((await leftBehind(stranger))?.accessToken === brought.accessToken) await vault.drop(stranger.id);
  };

  const adoptAlone = async (input: ImportInput, provider: Provider, stranger: Connection): Promise<Connection> => {
    const brought: StoredTokens = {
      accessToken: input.accessToken,
      refreshToken: input.refreshToken || null,
      expiresAt: input.expiresAt ?? null,
      obtainedAt: clock.now(),
    };
    const before = await leftBehind(stranger);
    if (!before || before.refused) await vault.save(stranger, brought);
    try {
      const connection = await introduce(input, provider, stranger, brought);
      await vault.drop(stranger.id);
      return connection;
    } catch (error) {
      // A renewed pair stays for whoever imports the same again: the one that was brought is used up.
      await dropUnused(stranger, brought).catch(() => {});
      throw error;
    }
  };

  return async (input: ImportInput): Promise<Connection> => {
    const { provider } = deps.usable(input.provider);
    const { userId } = input;
    refuseUnfit(input, clock.now());
    refuseNameless(input, provider);
    if (input.providerUserId) {
      // Before anyone is asked: a refresh of somebody else's tokens could not be undone.
      const holder = await deps.directory.byProviderUser(provider.id, input.providerUserId);
      if (holder && holder.userId !== userId && holder.status !== "REVOKED")
        throw new PulsegateError("PROVIDER_ACCOUNT_IN_USE");
    }
    const scopes = bareScopes(provider.oauth, input.scopes ?? scopesFor(provider, domains));
    const pair = JSON.stringify([provider.id, input.refreshToken || input.accessToken]);
    const stranger = { ...unstoredConnection(userId, provider.id, scopes, clock.now()), id: importId(userId, pair) };
    const times = { ttlMs: IMPORT_LEASE_MS, waitMs: IMPORT_LEASE_MS + 5_000, delay: deps.delay };
    const work = () => adoptAlone(input, provider, stranger);
    const done = await withLease(deps.store, `import:${stranger.id}`, times, work);
    if (!done) throw new StoreUnavailable("The store did not give the lease on an import in time.");
    return done.value;
  };
}

/** What could never work is refused before anybody is asked. Throws BAD_USER_INPUT. */
function refuseUnfit({ accessToken, refreshToken, expiresAt, providerUserId, scopes }: ImportInput, now: number): void {
  const refuse = (sentence: string): never => {
    throw new PulsegateError("BAD_USER_INPUT", sentence);
  };
  if (accessToken === "") refuse("accessToken is empty.");
  const rule = "must be 1 to 8,192 printable ASCII characters without spaces";
  if (!isBearerToken(accessToken)) refuse(`accessToken ${rule}: no HTTP header could carry it.`);
  if (refreshToken && !isBearerToken(refreshToken)) refuse(`refreshToken ${rule}.`);
  if (expiresAt != null && !(expiresAt >= 0 && expiresAt <= now + LONGEST_LIFE_MS)) {
    refuse("expiresAt must be after 1970 and within ten years from now. Leave it out where no end is known.");
  }
  if (providerUserId && !/^[\x21-\x7e]{1,256}$/.test(providerUserId)) {
    refuse("providerUserId must be 1 to 256 printable ASCII characters without spaces.");
  }
  if (scopes && (scopes.length > MOST_SCOPES || !scopes.every(isScope))) {
    refuse(`scopes must be at most ${MOST_SCOPES}, each 1 to 256 characters without spaces, quotes or backslashes.`);
  }
}

/**
 * Without the account's id, notifications and deletions never find the person. Throws BAD_USER_INPUT if the import has no
 * id and no step can find it.
 */
function refuseNameless({ providerUserId }: ImportInput, { name, afterConsent }: Provider): void {
  if (providerUserId || afterConsent.some(({ identifies, when }) => identifies && when !== "consent")) return;
  throw new PulsegateError(
    "BAD_USER_INPUT",
    `providerUserId is missing: ${name} names the account only at a consent, so an import has to give it.`,
  );
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
