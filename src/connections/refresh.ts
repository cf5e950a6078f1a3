import type { HttpClient } from "../http/client.js";
import type { Log } from "../log.js";
import type { Clock } from "../model/time.js";
import type { Provider, ProviderId, ProviderSettings } from "../providers/provider.js";
import type { Store } from "../store/store.js";
import type { ConnectionStatus } from "./connection.js";
import { grantEnd } from "./grant-ends.js";
import { type Delay, withLease } from "./lease.js";
import { requestTokens, type TokenResult } from "./oauth.js";
import { fail, type ProviderFailure } from "./provider-failure.js";
import { type Owner, type StoredTokens, tokensLease, type Vault } from "./vault.js";

/** Longer than two token requests with their time limits and the writes around them. */
export const TOKENS_LEASE_MS = 45_000;
const FIRST_BACKOFF_MS = 2_000;
const LONGEST_BACKOFF_MS = 60_000;

export interface RefresherDeps {
  readonly store: Store;
  readonly vault: Vault;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "warn">;
  readonly delay: Delay;
  provider(owner: Owner): { readonly provider: Provider; readonly settings: ProviderSettings };
  setStatus(connectionId: string, status: ConnectionStatus): Promise<unknown>;
  readonly onRefresh?: RefreshListener;
  /** When the new grant ends by itself. */
  noteGrantEnd?(owner: Owner, at: number | null): Promise<void>;
}

/** Told how each question at a token endpoint ended: renewed, refused for good, or failed for now. */
export type RefreshListener = (provider: ProviderId, outcome: "renewed" | "refused" | "failed") => void;

export interface Refresher {
  /**
   * Tokens newer than `known`, which its caller found wanting: somebody else's refresh or our own, never two at once in
   * any number of processes. The new pair is stored before anyone gets it. Throws `ProviderFailure`.
   */
  refresh(owner: Owner, known: StoredTokens): Promise<StoredTokens>;
  /** While passing trouble lasts: the failure to answer with instead of asking again. */
  backingOff(connectionId: string): ProviderFailure | null;
}

const endings: Readonly<Partial<Record<TokenResult["kind"], "renewed" | "refused">>> = {
  granted: "renewed",
  refused: "refused",
};

export function createRefresher(deps: RefresherDeps): Refresher {
  const { store, vault, clock, log } = deps;
  const inFlight = new Map<string, Promise<StoredTokens>>();
  const trouble = new Map<
    string,
    { readonly count: number; readonly until: number; readonly failure: ProviderFailure }
  >();
  /** Pairs that were granted while the store could not be written: kept here until it can. */
  const unsaved = new Map<string, { readonly insteadOf: string; readonly tokens: StoredTokens }>();

  const noteTrouble = (id: string, failure: ProviderFailure) => {
    const count = (trouble.get(id)?.count ?? 0) + 1;
    // A single hiccup may be followed at once by another try; only repeated trouble makes us wait.
    const backoff = count === 1 ? 0 : Math.min(FIRST_BACKOFF_MS * 2 ** (count - 2), LONGEST_BACKOFF_MS);
    trouble.set(id, { count, until: Math.max(clock.now() + backoff, failure.failure.retryAt ?? 0), failure });
    return failure;
  };

  /** Null where the connection was dropped or replaced meanwhile: then what we hold is nobody's any more. */
  const persist = async (owner: Owner, insteadOf: string, tokens: StoredTokens): Promise<StoredTokens | null> => {
    const current = await vault.read(owner);
    if (current?.refreshToken !== insteadOf) return current ?? null;
    await vault.save(owner, tokens);
    unsaved.delete(owner.id);
    return tokens;
  };

  const persistStubbornly = async (owner: Owner, insteadOf: string, tokens: StoredTokens) => {
    unsaved.set(owner.id, { insteadOf, tokens });
    for (let attempt = 0; ; attempt++) {
      try {
        const kept = await persist(owner, insteadOf, tokens);
        unsaved.delete(owner.id);
        return kept;
      } catch (error) {
        if (attempt === 2) throw error;
        await deps.delay(100 * 4 ** attempt);
      }
    }
  };

  const ask = async (owner: Owner, tokens: StoredTokens, refreshToken: string): Promise<TokenResult> => {
    const { provider, settings } = deps.provider(owner);
    const grant = { grant_type: "refresh_token", refresh_token: refreshToken };
    const startedAt = tokens.refreshStartedAt ?? clock.now();
    const first = await requestTokens(deps.http, provider, settings, grant);
    const mayRepeat =
      provider.oauth.refresh === "reusable" || clock.now() - startedAt < provider.oauth.refreshRepeatSeconds * 1000;
    if (first.kind !== "unreachable" || !mayRepeat) return first;
    // The answer may have been lost on its way: the identical request fetches it again.
    return await requestTokens(deps.http, provider, settings, grant);
  };

  const lost = async (owner: Owner, current: StoredTokens): Promise<never> => {
    const { refreshStartedAt: _, ...rest } = current;
    await vault.save(owner, { ...rest, refused: true });
    await deps.setStatus(owner.id, "REAUTHORIZATION_REQUIRED");
    const { provider } = deps.provider(owner);
    log.warn(
      {
        connectionId: owner.id,
        provider: owner.provider,
        interrupted: current.refreshStartedAt !== undefined,
        endedByItself: current.refreshExpiresAt !== undefined && clock.now() >= current.refreshExpiresAt,
      },
      "the grant is gone: the user has to connect again",
    );
    throw consentLost(provider);
  };

  const refreshAlone = async (owner: Owner, known: StoredTokens): Promise<StoredTokens> => {
    const { provider } = deps.provider(owner);
    const current = await vault.read(owner);
    if (!current || current.refused) throw consentLost(provider);
    if (current.accessToken !== known.accessToken) return current;
    if (current.refreshToken === null || provider.oauth.refresh === "none") return await lost(owner, current);

    const rescued = unsaved.get(owner.id);
    if (rescued?.insteadOf === current.refreshToken) {
      return (await persist(owner, rescued.insteadOf, rescued.tokens)) ?? rescued.tokens;
    }

    // The intent comes first: after a crash between answer and write it tells whoever comes next to repeat at once.
    if (current.refreshStartedAt === undefined) await vault.save(owner, { ...current, refreshStartedAt: clock.now() });
    const result = await ask(owner, current, current.refreshToken);
    const now = clock.now();
    deps.onRefresh?.(owner.provider, endings[result.kind] ?? "failed");

    if (result.kind === "granted") {
      trouble.delete(owner.id);
      const kept = await persistStubbornly(owner, current.refreshToken, {
        accessToken: result.accessToken,
        refreshToken: result.refreshToken ?? current.refreshToken,
        expiresAt: result.expiresInSeconds === null ? null : now + result.expiresInSeconds * 1000,
        obtainedAt: now,
        ...grantEnd(result, now, current.refreshExpiresAt),
      });
      if (!kept) throw consentLost(provider);
      await deps.noteGrantEnd?.(owner, kept.refreshExpiresAt ?? null);
      log.info({ connectionId: owner.id, provider: owner.provider }, "refreshed an access token");
      return kept;
    }
    if (result.kind === "refused") {
      // Somebody who had the lease while we were paused may have used this refresh token: then theirs is the truth.
      const after = await vault.read(owner);
      if (after && after.accessToken !== current.accessToken) return after;
      return await lost(owner, after ?? current);
    }
    // The provider answered, so nothing is in the balance any more.
    if (result.kind !== "unreachable") {
      const { refreshStartedAt: _, ...settled } = current;
      await vault.save(owner, settled);
    }
    if (result.kind === "retired") {
      await deps.setStatus(owner.id, "RETIRED");
      throw fail("RETIRED", `${provider.name} was switched off.`);
    }
    log.warn({ connectionId: owner.id, provider: owner.provider, outcome: result.kind }, "could not refresh a token");
    if (result.kind === "client-refused") {
      throw noteTrouble(owner.id, fail("NOT_CONFIGURED", `${provider.name} does not accept the client id or secret.`));
    }
    const wait = result.kind === "unavailable" ? result.retryAfterSeconds : null;
    const retryAt = wait === null ? undefined : now + wait * 1000;
    throw noteTrouble(owner.id, fail("UNAVAILABLE", `${provider.name} could not renew the access for now.`, retryAt));
  };

  const refresh = async (owner: Owner, known: StoredTokens): Promise<StoredTokens> => {
    const done = await withLease(
      store,
      tokensLease(owner.id),
      { ttlMs: TOKENS_LEASE_MS, waitMs: TOKENS_LEASE_MS + 5_000, delay: deps.delay },
      () => refreshAlone(owner, known),
      async () => {
        const current = await vault.read(owner);
        return current && !current.refused && current.accessToken !== known.accessToken ? current : undefined;
      },
    );
    if (done) return done.value;
    throw fail("UNAVAILABLE", `${deps.provider(owner).provider.name} could not renew the access for now.`);
  };

  return {
    refresh: async (owner, known) => {
      const running = inFlight.get(owner.id);
      if (running) {
        const found = await running;
        // A flight that began before `known` existed ends with `known` itself, which is no help to this caller.
        if (found.accessToken !== known.accessToken) return found;
      }
      const later = inFlight.get(owner.id);
      if (later && later !== running) return await later;
      const started = refresh(owner, known).finally(() => {
        if (inFlight.get(owner.id) === started) inFlight.delete(owner.id);
      });
      inFlight.set(owner.id, started);
      return await started;
    },
    backingOff: (connectionId) => {
      const found = trouble.get(connectionId);
      if (!found || clock.now() >= found.until) return null;
      return fail(found.failure.failure.code, found.failure.message, found.until);
    },
  };
}

export function consentLost(provider: Provider): ProviderFailure {
  return fail("CONSENT_LOST", `The access to ${provider.name} has ended: connect it again.`);
}
