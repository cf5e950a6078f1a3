import { randomUUID } from "node:crypto";
import type { Budgets } from "../../budgets/budgets.js";
import type { HttpClient } from "../../http/client.js";
import type { Log } from "../../log.js";
import { type Backoff, backoffMs } from "../../model/backoff.js";
import type { Clock } from "../../model/time.js";
import type { Provider, ProviderId } from "../../providers/index.js";
import type { ProviderSettings } from "../../providers/provider.js";
import { longestPauseMs, waitEnd } from "../../providers/waits.js";
import { type Delay, pause, withLease } from "../../store/lease.js";
import type { Lease, Store } from "../../store/store.js";
import { tellTrace, traced } from "../../tracing.js";
import { createBreaker } from "../breaker.js";
import type { ConnectionStatus } from "../connection.js";
import { type Granted, requestTokens, type TokenResult } from "../oauth/oauth.js";
import { fail, type ProviderFailure } from "../oauth/provider-failure.js";
import { grantEnd } from "./grant-ends.js";
import { TOKENS_LEASE_MS, type UnsavedPairs } from "./unsaved-pairs.js";
import { type Owner, type StoredTokens, tokensLease, type Vault } from "./vault.js";

const trials: Backoff = { firstMs: 2_000, longestMs: 60_000 };
/** How long a refusal is doubted while somebody else may hold the pair that this refresh token was used up for. */
const HOLDER_MS = 120_000;
/** How long one request waits for that holder. Whoever holds a pair writes at least every two seconds. */
const HOLDER_WAIT_MS = 5_000;

export interface RefresherDeps {
  readonly store: Store;
  readonly vault: Vault;
  readonly unsaved: UnsavedPairs;
  readonly http: HttpClient;
  readonly budgets: Pick<Budgets, "count">;
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "warn">;
  readonly delay: Delay;
  provider(owner: Owner): { readonly provider: Provider; readonly settings: ProviderSettings };
  setStatus(connectionId: string, status: ConnectionStatus): Promise<unknown>;
  /** What the operator has to set right. */
  setTrouble(connectionId: string, sentence: string): Promise<unknown>;
  readonly onRefresh?: RefreshListener;
  /** When the new grant ends by itself. */
  noteGrantEnd?(owner: Owner, at: number | null): Promise<void>;
}

/** Told how each question at a token endpoint ended: renewed, refused for good, or failed for now. */
export type RefreshListener = (provider: ProviderId, outcome: "renewed" | "refused" | "failed") => void;

export interface Refresher {
  /**
   * Tokens newer than `known`, which its caller found wanting: somebody else's refresh or our own, never two at once in
   * any number of processes. A new pair that the store does not take is kept in hand until it does. Throws
   * `ProviderFailure`.
   */
  refresh(owner: Owner, known: StoredTokens): Promise<StoredTokens>;
  /** A fresh token was refused too: the grant is gone, unless the stored pair is another one by now. */
  refusedForGood(owner: Owner, accessToken: string): Promise<void>;
  /**
   * Resolves once no refresh is under way. Who waits for somebody else's meanwhile is told to come back later: whoever
   * holds that lease may have died, and nothing of ours is in the balance.
   */
  idle(): Promise<void>;
  /** While passing trouble lasts: the failure to answer with instead of asking again. */
  backingOff(connectionId: string): ProviderFailure | null;
}

const endings: Readonly<Partial<Record<TokenResult["kind"], "renewed" | "refused">>> = {
  granted: "renewed",
  refused: "refused",
};

/** A refusal that is not believed yet. */
const DOUBTED = Symbol("doubted");

export function createRefresher(deps: RefresherDeps): Refresher {
  const { store, vault, unsaved, clock, log } = deps;
  /** Tells the intents of this process from those of others, who may hold a pair that we don't know. */
  const self = randomUUID();
  const inFlight = new Map<string, Promise<StoredTokens>>();
  /** Of token endpoints: one that does not answer costs each person's request a wait otherwise. */
  const tell = (level: "info" | "warn") => (details: object, message: string) =>
    log[level]({ ...details, endpoint: "token" }, message);
  const breaker = createBreaker({ clock, log: { info: tell("info"), warn: tell("warn") } });
  /** How many wait for the end of what is under way. */
  let ending = 0;
  const trouble = new Map<
    string,
    { readonly count: number; readonly until: number; readonly failure: ProviderFailure }
  >();

  const noteTrouble = (id: string, failure: ProviderFailure) => {
    const count = (trouble.get(id)?.count ?? 0) + 1;
    // A single hiccup may be followed at once by another try; only repeated trouble makes us wait.
    const pause = count === 1 ? 0 : backoffMs(trials, count - 1);
    trouble.set(id, { count, until: Math.max(clock.now() + pause, failure.failure.retryAt ?? 0), failure });
    return failure;
  };

  const notRenewed = (owner: Owner, retryAt?: number) =>
    fail("UNAVAILABLE", `${deps.provider(owner).provider.name} could not renew the access for now.`, retryAt);

  const ask = async (owner: Owner, tokens: StoredTokens, refreshToken: string): Promise<TokenResult> => {
    const { provider, settings } = deps.provider(owner);
    const grant = { grant_type: "refresh_token", refresh_token: refreshToken };
    const startedAt = tokens.refreshStartedAt ?? clock.now();
    const first = await requestTokens(deps, provider, settings, grant);
    const mayRepeat =
      provider.oauth.refresh === "reusable" || clock.now() - startedAt < provider.oauth.refreshRepeatSeconds * 1000;
    if (first.kind !== "unreachable" || !mayRepeat) return first;
    // The answer may have been lost on its way: the identical request fetches it again.
    return await requestTokens(deps, provider, settings, grant);
  };

  /**
   * Changes what is stored of the pair that we began with. Answers the pair that somebody stored in its place instead,
   * where there is one: a new consent, or whoever had the lease after us. Only a lease just renewed is surely ours.
   */
  const amend = async (
    { owner, current, lease }: Attempt,
    change: Partial<StoredTokens>,
  ): Promise<StoredTokens | undefined> => {
    const isOurs = await lease.renew(TOKENS_LEASE_MS);
    const stored = await vault.read(owner);
    if (stored && stored.accessToken !== current.accessToken) return stored;
    if (!isOurs) throw notRenewed(owner);
    if (!stored) throw consentLost(deps.provider(owner).provider);
    await vault.save(owner, { ...withoutIntent(current), ...change });
    return undefined;
  };

  const lost = async (attempt: Attempt): Promise<StoredTokens> => {
    const { owner, current } = attempt;
    const newer = await amend(attempt, { refused: true });
    if (newer) return newer;
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

  const granted = async ({ owner, current, lease }: Attempt, result: Granted): Promise<StoredTokens> => {
    trouble.delete(owner.id);
    const now = clock.now();
    const tokens: StoredTokens = {
      accessToken: result.accessToken,
      refreshToken: result.refreshToken ?? current.refreshToken,
      expiresAt: result.expiresInSeconds === null ? null : now + result.expiresInSeconds * 1000,
      obtainedAt: now,
      ...grantEnd(result, now, current.refreshExpiresAt),
    };
    const kept = await unsaved.save({ owner, replaced: current, tokens }, lease);
    if (!kept) throw consentLost(deps.provider(owner).provider);
    await deps.noteGrantEnd?.(owner, kept.refreshExpiresAt ?? null);
    log.info({ connectionId: owner.id, provider: owner.provider }, "refreshed an access token");
    return kept;
  };

  /**
   * The refresh token is refused. Where somebody else began a refresh with it whose end is not known, they may hold its
   * new pair and be unable to write it just now: then nothing is judged before they had the time to.
   */
  const refused = async (attempt: Attempt): Promise<StoredTokens | typeof DOUBTED> => {
    const { current, intent } = attempt;
    const others = intent.refreshStartedBy?.some((process) => process !== self);
    const since = current.refusedAt ?? clock.now();
    if (!others || clock.now() >= since + HOLDER_MS) return await lost(attempt);
    return (await amend(attempt, { ...intent, refusedAt: since })) ?? DOUBTED;
  };

  const failed = async (
    attempt: Attempt,
    result: Exclude<TokenResult, { kind: "granted" | "refused" }>,
  ): Promise<StoredTokens> => {
    const { owner, current } = attempt;
    const { provider } = deps.provider(owner);
    // The provider answered us, so nothing is in the balance any more; of an intent from before this says nothing.
    const isSettled = result.kind !== "unreachable" && current.refreshStartedAt === undefined;
    const newer = isSettled ? await amend(attempt, {}) : undefined;
    if (newer) return newer;
    if (result.kind === "retired") {
      await deps.setStatus(owner.id, "RETIRED");
      throw fail("RETIRED", `${provider.name} was switched off.`);
    }
    log.warn({ connectionId: owner.id, provider: owner.provider, outcome: result.kind }, "could not refresh a token");
    if (result.kind === "client-refused") {
      const sentence = `${provider.name} does not accept the client id or secret.`;
      await deps.setTrouble(owner.id, sentence);
      throw noteTrouble(owner.id, fail("NOT_CONFIGURED", sentence));
    }
    const told = result.kind === "unavailable" ? result.retryAfter : undefined;
    const retryAt = waitEnd(told, clock.now(), longestPauseMs(provider.budgets)) ?? undefined;
    throw noteTrouble(owner.id, notRenewed(owner, retryAt));
  };

  const refreshAlone = async (
    owner: Owner,
    known: StoredTokens,
    lease: Lease,
  ): Promise<StoredTokens | typeof DOUBTED> => {
    const { provider } = deps.provider(owner);
    const current = await vault.read(owner);
    if (!current || current.refused) throw consentLost(provider);
    if (current.accessToken !== known.accessToken) return current;
    // We have its new pair already, and it is on its way into the vault.
    const inHand = unsaved.successorOf(owner, current);
    if (inHand) return inHand;
    if (current.refreshToken === null || provider.oauth.refresh === "none")
      return await lost({ owner, current, intent: {}, lease });
    if (current.refusedAt !== undefined && clock.now() < current.refusedAt + HOLDER_MS) return DOUBTED;

    // The intent comes first: after a crash between answer and write it tells whoever comes next to repeat at once.
    // Whose last answer may have been lost is asked again at once: the provider may have used up what we have.
    const mayWait = current.refreshStartedAt === undefined;
    const until = mayWait ? breaker.openUntil(owner.provider) : null;
    if (until !== null) throw notRenewed(owner, until);
    const intent = intentOf(current);
    if (intent.refreshStartedBy !== current.refreshStartedBy) await vault.save(owner, { ...current, ...intent });
    const { refreshToken } = current;
    const send = () => ask(owner, current, refreshToken);
    const isDown = ({ kind }: TokenResult) => kind === "unreachable";
    const result = mayWait ? await breaker.send(owner.provider, send, isDown) : await send();
    if ("openUntil" in result) {
      // Found to be down since the look above. Nothing was sent, so nothing is in the balance.
      const newer = await amend({ owner, current, intent, lease }, {});
      if (newer) return newer;
      throw notRenewed(owner, result.openUntil);
    }
    const outcome = endings[result.kind] ?? "failed";
    tellTrace(() => ({ "pulsegate.outcome": outcome }));
    deps.onRefresh?.(owner.provider, outcome);
    const attempt: Attempt = { owner, current, intent, lease };
    if (result.kind === "granted") return await granted(attempt, result);
    return result.kind === "refused" ? await refused(attempt) : await failed(attempt, result);
  };

  /** Since when refreshes of this pair are under way, and which processes had a part in them. */
  const intentOf = ({ refreshStartedAt, refreshStartedBy }: StoredTokens): Intent => {
    if (refreshStartedBy?.includes(self)) return { refreshStartedAt, refreshStartedBy };
    // One that an older release began names nobody.
    const before = refreshStartedBy ?? (refreshStartedAt === undefined ? [] : ["unknown"]);
    return { refreshStartedAt: refreshStartedAt ?? clock.now(), refreshStartedBy: [...before, self] };
  };

  /** A pair in place of `known`, stored by somebody else. */
  const successor = async (owner: Owner, known: StoredTokens): Promise<StoredTokens | undefined> => {
    const current = await vault.read(owner);
    return current && !current.refused && current.accessToken !== known.accessToken ? current : undefined;
  };

  /** Without the lease, which the holder needs for writing. Counted in pauses: no clock can cheat it. */
  const awaitHolder = async (owner: Owner, known: StoredTokens): Promise<StoredTokens> => {
    let waited = 0;
    for (let looks = 0; waited < HOLDER_WAIT_MS && ending === 0; looks++) {
      const ms = pause(looks);
      waited += ms;
      await deps.delay(ms);
      const found = await successor(owner, known);
      if (found) return found;
    }
    const { refusedAt = clock.now() } = (await vault.read(owner)) ?? {};
    throw noteTrouble(owner.id, notRenewed(owner, refusedAt + HOLDER_MS));
  };

  const refresh = async (owner: Owner, known: StoredTokens): Promise<StoredTokens> => {
    const done = await withLease<StoredTokens | typeof DOUBTED>(
      store,
      tokensLease(owner.id),
      { ttlMs: TOKENS_LEASE_MS, waitMs: TOKENS_LEASE_MS + 5_000, delay: deps.delay },
      (lease) => refreshAlone(owner, known, lease),
      async () => {
        const found = await successor(owner, known);
        if (!found && ending > 0) throw notRenewed(owner);
        return found;
      },
    );
    if (!done) throw notRenewed(owner);
    return done.value === DOUBTED ? await awaitHolder(owner, known) : done.value;
  };

  return {
    refresh: (owner, known) => {
      const facts = () => ({ "pulsegate.provider": owner.provider, "pulsegate.connection.id": owner.id });
      return traced("refresh", facts, async (tell) => {
        const running = inFlight.get(owner.id);
        if (running) {
          tell({ "pulsegate.call.shared": true });
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
      });
    },
    refusedForGood: async (owner, accessToken) => {
      const times = { ttlMs: TOKENS_LEASE_MS, waitMs: TOKENS_LEASE_MS + 5_000, delay: deps.delay };
      // A new consent takes this lease too: it comes before, and the pairs differ, or after, and has the last word.
      await withLease(store, tokensLease(owner.id), times, async () => {
        const stored = await vault.read(owner);
        if (stored?.accessToken === accessToken) await deps.setStatus(owner.id, "REAUTHORIZATION_REQUIRED");
      });
    },
    idle: async () => {
      ending++;
      try {
        await Promise.allSettled(inFlight.values());
      } finally {
        ending--;
      }
    },
    backingOff: (connectionId) => {
      const found = trouble.get(connectionId);
      if (!found || clock.now() >= found.until) return null;
      return fail(found.failure.failure.code, found.failure.message, found.until);
    },
  };
}

/** One refresh: whose, of which pair, and under which lease. */
interface Attempt {
  readonly owner: Owner;
  /** As it was before we began. */
  readonly current: StoredTokens;
  readonly intent: Intent;
  readonly lease: Lease;
}

type Intent = Pick<StoredTokens, "refreshStartedAt" | "refreshStartedBy">;

function withoutIntent(tokens: StoredTokens): StoredTokens {
  const { refreshStartedAt: _, refreshStartedBy: __, refusedAt: ___, ...settled } = tokens;
  return settled;
}

export function consentLost(provider: Provider): ProviderFailure {
  return fail("CONSENT_LOST", `The access to ${provider.name} has ended: connect it again.`);
}
