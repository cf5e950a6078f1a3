import type { Budgets } from "../../budgets/budgets.js";
import { PulsegateError } from "../../errors.js";
import type { HttpClient } from "../../http/client.js";
import type { Log } from "../../log.js";
import type { Domain } from "../../model/records.js";
import type { Clock } from "../../model/time.js";
import type { Provider, ProviderId } from "../../providers/index.js";
import type { FailureCode, ProviderSettings } from "../../providers/provider.js";
import { providerAt } from "../../providers/registry.js";
import { createBelongings } from "../../store/belongings.js";
import { type Delay, pause } from "../../store/lease.js";
import type { Store } from "../../store/store.js";
import { type Connection, newConnectionId } from "../connection.js";
import { CONFIRMATION_MS, type Directory } from "../directory/directory.js";
import { authorizationUrl, bareScopes, type Granted, hashOf, randomSecret, requestTokens } from "../oauth/oauth.js";
import { allowedRedirect, type CallbackResult, redirectFault, redirectUri } from "../oauth/redirects.js";
import type { ProviderApi } from "../provider-api.js";
import { grantEnd } from "../tokens/grant-ends.js";
import type { Sealed, StoredTokens, Vault } from "../tokens/vault.js";
import { type Adoption, unstoredConnection } from "./adoption.js";
import {
  type Awaiting,
  type AwaitingGrant,
  awaitingRows,
  type BegunConsent,
  begunRows,
  type Ended,
  endedRows,
} from "./consent-rows.js";
import { createConsentSlots } from "./consent-slots.js";
import { runSteps } from "./identity.js";

export interface BeginInput {
  readonly userId: string;
  readonly provider: ProviderId;
  /** Null: what `ConnectionsDeps.usualScopes` says. */
  readonly scopes?: readonly string[] | null;
  readonly domains?: readonly Domain[] | null;
  readonly redirectTo?: string | null;
  readonly confirm?: boolean;
}

const STATE_MS = 10 * 60_000;
/** How long a used state remembers where it led: for reloads, and for those who come back by the browser's history. */
const REMEMBERED_MS = 10 * 60_000;
/** How long a repeat waits for the end of the first, counted in pauses. */
const PATIENCE_MS = 20_000;

export interface ConsentDeps {
  readonly store: Store;
  readonly vault: Vault;
  readonly directory: Directory;
  readonly adoption: Adoption;
  readonly api: ProviderApi;
  readonly http: HttpClient;
  readonly budgets: Pick<Budgets, "count">;
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "warn">;
  readonly delay: Delay;
  readonly publicUrl: string;
  readonly allowedRedirects: readonly string[];
  readonly providers: readonly Provider[];
  usualScopes(provider: Provider, domains: readonly Domain[] | null): readonly string[];
  /** PROVIDER_NOT_CONFIGURED and PROVIDER_RETIRED come from here. */
  usable(id: ProviderId): { readonly provider: Provider; readonly settings: ProviderSettings };
}

type Kind = "oauth-states" | "awaiting-confirmation" | "ended-consents";

export function createConsent(deps: ConsentDeps) {
  const { store, vault, clock, directory } = deps;
  const begun = store.collection<BegunConsent>("oauth-states", begunRows);
  const awaiting = store.collection<Awaiting>("awaiting-confirmation", awaitingRows);
  const belongings = createBelongings(store);
  const noteOf = (kind: Kind, userId: string, key: string) => ({
    owner: hashOf(userId),
    kind,
    key,
  });
  const ended = store.collection<Ended>("ended-consents", endedRows);
  const slots = createConsentSlots({ store, clock });

  const exchange = async (
    consent: BegunConsent,
    provider: Provider,
    settings: ProviderSettings,
    code: string,
    state: string,
  ) => {
    const verifier = vault.cipher.open<string>(["state", hashOf(state)], consent.verifier);
    return await requestTokens(deps, provider, settings, {
      grant_type: "authorization_code",
      code,
      redirect_uri: redirectUri(provider, deps.publicUrl),
      ...(provider.oauth.pkce ? { code_verifier: verifier } : {}),
    });
  };

  /** What the provider says of the person, asked under an id that nobody knows: on failure nothing stays. */
  const introduce = async (userId: string, provider: Provider, granted: Granted, scopes: readonly string[]) => {
    const stranger = unstoredConnection(userId, provider.id, scopes, clock.now());
    const connectionId = newConnectionId(clock.now());
    try {
      await vault.save(stranger, tokensOf(granted, clock.now()));
      const result = await runSteps(deps.api, provider, stranger, {
        kind: "consent",
        providerUserId: granted.providerUserId,
        now: clock.now(),
        connectionId: async (account) => (await deps.adoption.continues(userId, provider.id, account)) ?? connectionId,
      });
      // Read back: the steps may have renewed them.
      const tokens = (await vault.read(stranger)) ?? tokensOf(granted, clock.now());
      return { result, tokens, connectionId };
    } finally {
      await vault.drop(stranger.id);
    }
  };

  const isTaken = async (provider: Provider, account: string | null, userId: string) => {
    const holder = account === null ? null : await directory.byProviderUser(provider.id, account);
    return holder !== null && holder.userId !== userId && holder.status !== "REVOKED";
  };

  const hold = async (consent: BegunConsent, provider: Provider, grant: AwaitingGrant, answer: Answer) => {
    const handle = handleOf(answer);
    const key = hashOf(handle);
    const sealed = vault.cipher.seal(["awaiting", key, consent.userId, provider.id], grant);
    const expiresAt = clock.now() + CONFIRMATION_MS;
    const { userId } = consent;
    await belongings.note(noteOf("awaiting-confirmation", userId, `${provider.id}/${key}`), CONFIRMATION_MS);
    if (consent.place !== undefined) await slots.keep(consent.place, CONFIRMATION_MS);
    await awaiting.set(key, { userId, provider: provider.id, expiresAt, grant: sealed }, CONFIRMATION_MS);
    const connectionId = grant.connectionId ?? newConnectionId(clock.now());
    return { handle, connection: await deps.adoption.await(userId, provider.id, connectionId) };
  };

  const finish = async (consent: BegunConsent, answer: Answer): Promise<CallbackResult> => {
    const { provider, settings } = deps.usable(consent.provider);
    const { code, state } = answer;
    const { redirectTo } = consent;
    const failed = (error: string): CallbackResult => ({ provider: provider.slug, redirectTo, error });
    const result = await exchange(consent, provider, settings, code, state);
    if (result.kind === "client-refused") return failed("PROVIDER_NOT_CONFIGURED");
    if (result.kind === "refused") return failed("invalid_grant");
    if (result.kind === "retired") return failed("PROVIDER_RETIRED");
    if (result.kind !== "granted") return failed("PROVIDER_UNAVAILABLE");
    const scopes = result.scopes ?? consent.scopes;
    const { result: found, tokens, connectionId } = await introduce(consent.userId, provider, result, scopes);
    if (found.kind === "failed") return failed(publicCode(found.failure.code));
    const identity = { ...found.identity, providerUserId: result.providerUserId ?? found.identity.providerUserId };
    const grant: AwaitingGrant = { tokens, scopes, identity, cells: found.cells, connectionId };
    if (await isTaken(provider, identity.providerUserId, consent.userId)) return failed("PROVIDER_ACCOUNT_IN_USE");
    // The user left or was forgotten while the provider was asked: nothing of theirs comes back.
    if ((await ended.get(hashOf(state))) === undefined) return failed("invalid_state");
    if (consent.confirm) {
      const { handle, connection } = await hold(consent, provider, grant, answer);
      return {
        provider: provider.slug,
        redirectTo,
        status: "awaiting-confirmation",
        handle,
        connectionId: connection.id,
      };
    }
    const connection = await deps.adoption.adopt({
      ...{ userId: consent.userId, provider: provider.id, budgets: found.budgets },
      ...grant,
    });
    return { provider: provider.slug, redirectTo, status: "connected", connectionId: connection.id };
  };

  const remember = async (key: string, one: Omit<Ended, "expiresAt">) => {
    const { handle: _, ...result } = (one.result ?? {}) as { handle?: string };
    const shown = one.result && (result as CallbackResult);
    await ended.set(key, { ...one, result: shown, expiresAt: clock.now() + REMEMBERED_MS }, REMEMBERED_MS);
  };

  /** Where a remembered consent stands now; null where it leads nowhere any more. */
  const asItStands = async (result: CallbackResult, answer: Answer): Promise<CallbackResult | null> => {
    if ("error" in result) return result;
    const connection = await directory.get(result.connectionId);
    if (result.status === "awaiting-confirmation") {
      const handle = handleOf(answer);
      if ((await awaiting.get(hashOf(handle))) !== undefined) return { ...result, handle, repeated: true };
    }
    return connection?.status === "CONNECTED" ? { ...result, status: "connected", repeated: true } : null;
  };

  /** What a state that was used already is answered with: the same as the first time, if the same browser asks. */
  const again = async (provider: Provider, given: string, answer: Answer): Promise<CallbackResult> => {
    const invalid: CallbackResult = { provider: provider.slug, redirectTo: null, error: "invalid_state" };
    let waited = 0;
    for (let attempt = 0; ; attempt++) {
      const found = await ended.get(hashOf(answer.state));
      if (!found || clock.now() >= found.expiresAt) return invalid;
      if (found.provider !== provider.id || found.answer !== given) return invalid;
      if (found.result) return (await asItStands(found.result, answer)) ?? invalid;
      if (waited >= PATIENCE_MS) return { ...invalid, error: "unfinished" };
      const ms = pause(attempt);
      waited += ms;
      await deps.delay(ms);
    }
  };

  const judged = async (consent: BegunConsent, slug: string, error: string | undefined, answer: Answer) => {
    const failed = (error: string): CallbackResult => ({ provider: slug, redirectTo: consent.redirectTo, error });
    // Only codes travel on: a description is the provider's text, and could say anything in our name.
    if (error !== undefined) return failed(/^[a-z_]{1,40}$/.test(error) ? error : "PROVIDER_UNAVAILABLE");
    if (!answer.code) return failed("invalid_grant");
    try {
      return await finish(consent, answer);
    } catch (trouble) {
      if (trouble instanceof PulsegateError) return failed(trouble.code);
      throw trouble;
    }
  };

  return {
    begin: async (input: BeginInput) => {
      const { provider, settings } = deps.usable(input.provider);
      const fault = redirectFault(provider, settings, deps.publicUrl);
      if (fault !== null) throw new PulsegateError("PROVIDER_NOT_CONFIGURED", fault);
      const redirectTo = input.redirectTo ?? null;
      if (redirectTo !== null && !allowedRedirect(redirectTo, [deps.publicUrl, ...deps.allowedRedirects])) {
        throw new PulsegateError("BAD_USER_INPUT", "redirectTo is not on the list of allowed origins.");
      }
      if (input.confirm && redirectTo === null) {
        throw new PulsegateError(
          "BAD_USER_INPUT",
          "redirectTo is missing: this connection has to be confirmed (confirmConnection), and the handle for that travels in the address that the browser returns to.",
        );
      }
      // RFC 6749's own alphabet: anything else could only smuggle a second parameter or scope.
      if (input.scopes?.some((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))) {
        throw new PulsegateError("BAD_USER_INPUT", "scopes holds one that is no scope.");
      }
      const asked = input.scopes
        ? [...provider.oauth.baseScopes, ...input.scopes]
        : deps.usualScopes(provider, input.domains ?? null);
      const scopes = bareScopes(provider.oauth, asked);
      const [state, verifier] = [randomSecret(), randomSecret()];
      const place = await slots.take(input.userId, STATE_MS);
      const expiresAt = clock.now() + STATE_MS;
      await belongings.note(noteOf("oauth-states", input.userId, `${provider.id}/${hashOf(state)}`), STATE_MS);
      await begun.set(
        hashOf(state),
        {
          userId: input.userId,
          place,
          provider: provider.id,
          scopes,
          redirectTo,
          confirm: input.confirm ?? false,
          expiresAt,
          verifier: vault.cipher.seal(["state", hashOf(state)], verifier),
        },
        STATE_MS,
      );
      const grant = { redirectUri: redirectUri(provider, deps.publicUrl), state, scopes, verifier };
      return { authorizationUrl: authorizationUrl(provider, settings, grant), expiresAt };
    },

    callback: async (slug: string, query: Readonly<Record<string, string | undefined>>): Promise<CallbackResult> => {
      const { state = "", code = "", error } = query;
      const provider = providerAt(deps.providers, slug);
      const invalid: CallbackResult = {
        provider: provider?.slug ?? "unknown",
        redirectTo: null,
        error: "invalid_state",
      };
      if (!state || !provider) return invalid;
      const key = hashOf(state);
      const answer = { state, code };
      const given = hashOf(error === undefined ? `code ${code}` : `error ${error}`);
      const consent = await begun.get(key);
      if (!consent) return await again(provider, given, answer);
      if (consent.provider !== provider.id || clock.now() >= consent.expiresAt) return invalid;
      const { userId, place } = consent;
      const first: Ended = { userId, provider: provider.id, answer: given, expiresAt: 0, result: null };
      // Of any number of callbacks with one state exactly one goes on; the others wait for where it leads.
      await belongings.note(noteOf("ended-consents", userId, `${provider.id}/${key}`), REMEMBERED_MS);
      const isFirst = await ended.putIfAbsent(key, { ...first, expiresAt: clock.now() + REMEMBERED_MS }, REMEMBERED_MS);
      if (!isFirst) return await again(provider, given, answer);
      if (place !== undefined) await slots.keep(place, REMEMBERED_MS);
      if (!(await begun.delete(key))) {
        // Forgotten between the two looks.
        await ended.delete(key);
        return invalid;
      }
      try {
        const result = await judged(consent, slug, error, answer);
        if ((await ended.get(key)) !== undefined) await remember(key, { ...first, result });
        return result;
      } catch (trouble) {
        const result = { provider: slug, redirectTo: consent.redirectTo, error: "SERVICE_UNAVAILABLE" };
        await remember(key, { ...first, result }).catch(() => {});
        throw trouble;
      }
    },

    confirm: async (userId: string, handle: string): Promise<Connection> => {
      const key = hashOf(handle);
      const found = await awaiting.get(key);
      if (!found || clock.now() >= found.expiresAt) {
        throw new PulsegateError("BAD_USER_INPUT", "The handle is unknown, used or too old: connect again.");
      }
      // Looked at before it is taken, so that a stranger's try doesn't spoil it for the one it belongs to.
      if (found.userId !== userId) throw new PulsegateError("FORBIDDEN", "Another user began this connection.");
      const taken = await awaiting.take(key);
      if (!taken) throw new PulsegateError("BAD_USER_INPUT", "The handle is unknown, used or too old: connect again.");
      const { provider } = deps.usable(taken.provider);
      const grant = vault.cipher.open<AwaitingGrant>(["awaiting", key, userId, provider.id], taken.grant);
      return await deps.adoption.adopt({ userId, provider: provider.id, ...grant });
    },

    /** Consents under way that only an older key opens. Each ends by itself: within the hour at the latest. */
    underOldKeys: async (): Promise<number> => {
      let count = 0;
      const isOld = (box: Sealed, expiresAt: number) => clock.now() < expiresAt && !vault.cipher.isCurrent(box);
      for await (const [, one] of begun.scan("")) if (isOld(one.verifier, one.expiresAt)) count++;
      for await (const [, one] of awaiting.scan("")) if (isOld(one.grant, one.expiresAt)) count++;
      return count;
    },

    /** Drops what a user began and did not finish, at one provider or at all. */
    forget: async (userId: string, provider?: ProviderId) => {
      const prefix = provider === undefined ? "" : `${provider}/`;
      const collections = { "oauth-states": begun, "awaiting-confirmation": awaiting, "ended-consents": ended };
      for (const [kind, collection] of Object.entries(collections)) {
        for (const noted of await belongings.of(hashOf(userId), kind, prefix)) {
          await collection.erase(noted.slice(noted.indexOf("/") + 1));
          await belongings.drop(noteOf(kind as Kind, userId, noted));
        }
      }
      if (provider === undefined) await slots.clear(userId);
    },
  };
}

/** What the browser brings back of one consent. */
interface Answer {
  readonly state: string;
  readonly code: string;
}

/**
 * The secret that confirms a connection. Whoever begins a consent knows its state, and whoever reads the store its hash;
 * the code is known to the browser that consented alone, which gets the same handle again if it comes back twice.
 */
const handleOf = ({ state, code }: Answer) => hashOf(`handle ${state} ${code}`);

export type Consent = ReturnType<typeof createConsent>;

function tokensOf(granted: Granted, now: number): StoredTokens {
  return {
    accessToken: granted.accessToken,
    refreshToken: granted.refreshToken,
    expiresAt: granted.expiresInSeconds === null ? null : now + granted.expiresInSeconds * 1000,
    obtainedAt: now,
    ...grantEnd(granted, now),
  };
}

/** A failure of the connect steps, as the page that the person returns to is told. */
function publicCode(code: FailureCode): string {
  if (code === "NOT_CONFIGURED") return "PROVIDER_NOT_CONFIGURED";
  if (code === "RETIRED") return "PROVIDER_RETIRED";
  if (code === "INSUFFICIENT_SCOPE" || code === "ACTION_REQUIRED" || code === "NOT_PERMITTED_TO_APP") return code;
  return "PROVIDER_UNAVAILABLE";
}
