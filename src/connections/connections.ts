import type { Budgets } from "../budgets/budgets.js";
import { PulsegateError } from "../errors.js";
import type { HttpClient } from "../http/client.js";
import type { Log } from "../log.js";
import type { Cell } from "../model/cells.js";
import type { Domain, LocalDate } from "../model/records.js";
import type { Clock } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/index.js";
import type { Failure, ProviderSettings } from "../providers/provider.js";
import { providerOf, standingOf } from "../providers/registry.js";
import { type Delay, wait } from "../store/lease.js";
import type { Store } from "../store/store.js";
import { inTime } from "../under-way.js";
import type { BreakerDeps } from "./breaker.js";
import type {
  Connection,
  ConnectionHooks,
  ConnectionStatus,
  HeaderTokens,
  TokenResolver,
  UsableToken,
} from "./connection.js";
import { createAdoption } from "./consent/adoption.js";
import { type BeginInput, createConsent } from "./consent/consent.js";
import { createIdentity } from "./consent/identity.js";
import { createImporting, type ImportInput } from "./consent/importing.js";
import type { Account } from "./directory/accounts.js";
import { type ConnectionEvents, createDirectory } from "./directory/directory.js";
import { createOwnership, type OwnedAccount, type OwnedConnection } from "./directory/ownership.js";
import type { ConnectionPage, PageAsked } from "./directory/pages.js";
import { createReading } from "./directory/reading.js";
import { createSourcePriority } from "./directory/source-priority.js";
import { createDeparture } from "./leaving/departure.js";
import { createRevocations } from "./leaving/revocations.js";
import { createMissingScopes } from "./missing-scopes.js";
import { createNotes } from "./notes.js";
import { scopesFor } from "./oauth/oauth.js";
import { ProviderFailure } from "./oauth/provider-failure.js";
import type { CallbackResult } from "./oauth/redirects.js";
import { createProblems } from "./problem.js";
import { createProviderApi, type ProviderApi, type ProviderApiDeps } from "./provider-api.js";
import { requireConnected } from "./require.js";
import { createGivenSecrets, type GivenSecrets } from "./tokens/given-secrets.js";
import { createGrantEnds } from "./tokens/grant-ends.js";
import { createKeyRotation, createKeyWatch, type KeyRotation } from "./tokens/key-rotation.js";
import { createRefresher, type RefreshListener } from "./tokens/refresh.js";
import { createRemoteResolver } from "./tokens/remote-resolver.js";
import { createTokens } from "./tokens/tokens.js";
import { createUnsavedPairs } from "./tokens/unsaved-pairs.js";
import { createVault, VaultUnreadable } from "./tokens/vault.js";

/** How long an ending process waits for refreshes and the store. */
const ENDING_MS = 8_000;

export interface ConnectionsDeps {
  readonly store: Store;
  /** The registry, in its order. */
  readonly providers: readonly Provider[];
  settings(provider: ProviderId): ProviderSettings;
  /** 32 bytes each; the first encrypts, all decrypt. */
  readonly encryptionKeys: readonly Uint8Array[];
  readonly http: HttpClient;
  readonly budgets: Budgets;
  readonly clock: Clock;
  readonly publicUrl: string;
  /** Exact origins; `publicUrl`'s own is always allowed. */
  readonly allowedRedirects: readonly string[];
  /** What `connect` asks for where it is not told; left out: what `scopesFor` says. */
  readonly usualScopes?: (provider: Provider, domains: readonly Domain[] | null) => readonly string[];
  readonly tokenResolvers: readonly TokenResolver[];
  readonly tokenResolverUrl: string | null;
  readonly tokenResolverSecret: string | null;
  readonly log: Pick<Log, "info" | "warn">;
  /** Looked up at each use: may be filled in later. */
  readonly hooks?: ConnectionHooks;
  /** Tells the other replicas; without it only listeners in this process hear of a change. */
  readonly events?: ConnectionEvents;
  readonly onRefresh?: RefreshListener;
  readonly onBreaker?: BreakerDeps["onChange"];
  readonly onClosed?: ProviderApiDeps["onClosed"];
  /** Waits before repeats and between looks at a taken lease. */
  readonly delay?: Delay;
  /** Has what requests to providers do to tokens and connections counted as under way. */
  readonly watch?: <T extends object>(service: T) => T;
}

interface OwnedThings {
  readonly connections: readonly OwnedConnection[];
  readonly accounts: readonly OwnedAccount[];
}

/** Methods that fail on the caller's account throw `PulsegateError`; a store outage throws `StoreUnavailable`. */
export interface Connections {
  /** Sends requests to providers with the connections' tokens. */
  readonly api: ProviderApi;
  /** What providers told once, of subscriptions for the whole app. */
  readonly givenSecrets: Pick<GivenSecrets, "read" | "keep">;
  /** One per provider, in registry order, REVOKED ones included. */
  list(userId: string): Promise<readonly Connection[]>;
  /**
   * What may be read for a user: the list, where a header token stands in for the stored connection of its provider
   * (a connection of its own id, `header-…`, never stored), and where the remote resolver knows further providers.
   */
  forReading(userId: string, headerTokens: HeaderTokens): Promise<readonly Connection[]>;
  get(connectionId: string): Promise<Connection | null>;
  /** The connection that may be used. Throws PROVIDER_RETIRED, or PROVIDER_NOT_CONNECTED where there is none. */
  require(userId: string, provider: ProviderId): Promise<Connection>;
  byProviderUser(provider: ProviderId, providerUserId: string): Promise<Connection | null>;
  /** Every connection with data of an account, of any user: the one that has it first, then those that had it. */
  everyOf(account: Account): Promise<readonly Connection[]>;
  /** What `list` answers for all users, oldest first, a page at a time. */
  page(asked: PageAsked): Promise<ConnectionPage>;
  /**
   * Every stored connection of every user, for maintenance. In no order; with `after`, the id of a connection: those behind
   * it, in the order of their ids.
   */
  all(after?: string): AsyncIterable<Connection>;
  hasEverConnected(userId: string): Promise<boolean>;

  /** PROVIDER_RETIRED, PROVIDER_NOT_CONFIGURED, RATE_LIMITED, or BAD_USER_INPUT for a redirect or scope that is not allowed. */
  begin(input: BeginInput): Promise<{ readonly authorizationUrl: string; readonly expiresAt: number }>;
  /**
   * Never throws for what a browser or provider sent. Store outages throw. The same answer of a provider again is told
   * where the first led, for ten minutes.
   */
  callback(slug: string, query: Readonly<Record<string, string | undefined>>): Promise<CallbackResult>;
  /** BAD_USER_INPUT for an unknown or expired handle, FORBIDDEN for another user's, PROVIDER_ACCOUNT_IN_USE. */
  confirm(userId: string, handle: string): Promise<Connection>;
  /** PROVIDER_NOT_CONNECTED where there is none. */
  disconnect(input: {
    readonly userId: string;
    readonly provider: ProviderId;
    readonly deleteData?: boolean;
    /** The provider told that the grant is gone: a consent that is under way meanwhile is not dropped. */
    readonly told?: boolean;
  }): Promise<{ readonly revokedAtProvider: boolean; readonly notices: readonly string[] }>;
  /** PROVIDER_ACCOUNT_IN_USE, PROVIDER_UNAVAILABLE, and as `begin`. */
  importConnection(input: ImportInput): Promise<Connection>;
  /** Takes one connection away with all its data; the user's others stay, those of the same provider too. */
  deleteConnection(connection: Connection): Promise<void>;
  deleteUser(userId: string): Promise<void>;
  /** What was ever noted for a user. */
  owned(userId: string): Promise<OwnedThings>;

  /** Throws `ProviderFailure`; the connection's status is already what the failure makes it. */
  token(connection: Connection, headerTokens?: HeaderTokens): Promise<UsableToken>;
  /** A token to use instead of one that the provider rejected. Throws as `token`. */
  renewed(connection: Connection, rejected: UsableToken, headerTokens?: HeaderTokens): Promise<UsableToken>;
  /** For a request whose refusal may be about the scope: see `Tokens.newer`. */
  newer(connection: Connection, refused: UsableToken): Promise<UsableToken | null>;
  /** A token fresh from `renewed` was rejected too: unless it was replaced meanwhile, the grant is gone. */
  rejectedForGood(connection: Connection, rejected: UsableToken): Promise<void>;

  /** Atomic over all processes. Null where there is no such connection (header tokens have none). */
  update(connectionId: string, change: (before: Connection) => Connection): Promise<Connection | null>;
  setStatus(connectionId: string, status: ConnectionStatus): Promise<Connection | null>;
  noteAttempt(connectionId: string): Promise<void>;
  noteSuccess(connectionId: string, seen?: { readonly dataThrough?: LocalDate | null }): Promise<void>;
  /**
   * Reads identity, zone and whatever else the connect steps give again, and hands the cells to `storeCells`. `proven`:
   * the provider has taken the token. A provider may have no step that asks anything.
   */
  readIdentity(
    connection: Connection,
    options?: { readonly headerTokens?: HeaderTokens; readonly signal?: AbortSignal },
  ): Promise<
    | { readonly kind: "ok"; readonly cells: readonly Cell[]; readonly proven: boolean }
    | { readonly kind: "failed"; readonly failure: Failure }
  >;

  /** What the operator or the person has to set right, in a sentence; null where nothing is wrong. */
  problem(connection: Connection): Promise<string | null>;
  /** The scopes that the app's operations need and that were not granted. */
  missingScopes(connection: Connection): readonly string[];

  sourcePriority(userId: string): Promise<readonly ProviderId[]>;
  /** BAD_USER_INPUT for duplicates and unknown names; those left out follow in their usual order. */
  setSourcePriority(userId: string, providers: readonly string[]): Promise<readonly ProviderId[]>;

  /** How many stored tokens need a key that is not among the encryption keys. */
  keylessTokens(): Promise<number>;
  /**
   * Encrypts everything that lasts under the first of the encryption keys. Safe beside running gateways, which must have
   * these keys too; may be repeated.
   */
  rotateKeys(): Promise<KeyRotation>;
  /** Finishes what a crash, an outage or an older release left behind. At start, then every few minutes. */
  recover(): Promise<void>;
  /**
   * Resolves once refreshes under way came to their end and every token pair in hand is saved. What is not by `boundMs`
   * (8 s) is given up, and the log says so: this is for the end of the process.
   */
  idle(boundMs?: number): Promise<void>;
  /** Status and grants, not readings. Answers how to stop listening. */
  onChange(listener: (connection: Connection) => void): () => void;
  /** Changes of one connection that this process makes meanwhile are told as one, at the end of the work. */
  asOneChange<T>(connectionId: string, work: () => Promise<T>): Promise<T>;
}

export function createConnections(deps: ConnectionsDeps): Connections {
  const { store, providers, http, clock, log, hooks = {}, delay = wait } = deps;
  const find = (id: ProviderId) => {
    const provider = providerOf(providers, id);
    if (!provider) throw new PulsegateError("PROVIDER_NOT_CONFIGURED");
    return { provider, settings: deps.settings(id) };
  };
  const isRetired = (id: ProviderId) => {
    const { provider, settings } = find(id);
    return standingOf(provider, settings) === "RETIRED";
  };
  const isConfigured = (id: ProviderId) => find(id).settings.clientId !== null;
  const usable = (id: ProviderId) => {
    const found = find(id);
    if (isRetired(id)) throw new PulsegateError("PROVIDER_RETIRED", found.provider.retired?.message);
    if (!isConfigured(id)) throw new PulsegateError("PROVIDER_NOT_CONFIGURED");
    return found;
  };
  const provider = (owner: { readonly provider: ProviderId }) => find(owner.provider);

  const order = providers.map((one) => one.id);
  const knows = (id: ProviderId) => order.includes(id);
  const ownership = createOwnership(store);
  const base = { ...deps, hooks, delay, ownership, order, isRetired };
  const directory = createDirectory(base);
  const setStatus = (id: string, status: ConnectionStatus) =>
    directory.mutate(id, (before) => (before && before.status !== status ? { ...before, status } : before));
  const update = (id: string, change: (before: Connection) => Connection) =>
    directory.mutate(id, (before) => before && change(before));
  /** What is heard of a connection after the person left it is not noted. */
  const note = async (id: string, change: (before: Connection) => Connection) => {
    await update(id, (before) => (before.status === "REVOKED" ? before : change(before)));
  };

  const grantEnds = createGrantEnds({ directory, clock, log });
  const vault = createVault(deps);
  const secrets = createGivenSecrets({ store, cipher: vault.cipher, delay });
  const revocations = createRevocations({ ...base, cipher: vault.cipher, provider: find, knows });
  const priority = createSourcePriority({ store, providers });
  const revive = (id: string) =>
    update(id, (before) =>
      before.status === "REAUTHORIZATION_REQUIRED" ? { ...before, status: "CONNECTED" } : before,
    );
  const unsaved = createUnsavedPairs({ store, vault, log, delay, revive });
  const refresher = createRefresher({
    ...base,
    vault,
    unsaved,
    provider,
    setStatus,
    setTrouble: (id, trouble) => update(id, (before) => (before.trouble === trouble ? before : { ...before, trouble })),
    noteGrantEnd: grantEnds.note,
  });
  const remote =
    deps.tokenResolvers.includes("remote") && deps.tokenResolverUrl !== null
      ? createRemoteResolver({ url: deps.tokenResolverUrl, secret: deps.tokenResolverSecret, http, clock })
      : null;
  const resolvers = deps.tokenResolvers;
  const tokens = createTokens({ resolvers, vault, refresher, remote, clock, provider: find, setStatus });
  const source = (deps.watch ?? ((service) => service))({ ...tokens, setStatus, update });
  const notes = createNotes(source.update, log);
  const api = createProviderApi({ ...base, notes, connections: source });
  const adoption = createAdoption({ ...base, directory, vault, revocations, grantEnds });
  const identity = createIdentity({ api, directory, clock, log, hooks, provider: find });
  const nameOf = (id: ProviderId) => providerOf(providers, id)?.name ?? id;
  const problem = createProblems({ vault, clock, resolvers, provider: find, nameOf });
  const lookAtKeys = createKeyWatch({ vault, secrets, log });
  const joining = { ...base, vault, directory, adoption, api, usable };
  const consent = createConsent({ ...joining, usualScopes: deps.usualScopes ?? scopesFor });
  const importing = createImporting(joining);
  const departure = createDeparture({
    ...base,
    ...{ vault, directory, adoption, consent, revocations, refresher, priority, remote },
    provider: find,
  });

  /** Rows of a release that did not note whose they are are looked through once in a process. */
  let isOwnershipNoted = false;
  const reading = createReading({ ...base, directory, adoption, remote, resolvers, isConfigured });

  return {
    require: async (userId, id) => requireConnected(await directory.list(userId), find(id).provider),
    list: async (userId) => {
      await notes.settled((connection) => connection.userId === userId);
      return await directory.list(userId);
    },
    get: async (id) => {
      await notes.settled((connection) => connection.id === id);
      return await directory.get(id);
    },
    ...{ byProviderUser: directory.byProviderUser, all: directory.all },
    ...{ hasEverConnected: directory.hasEverConnected, onChange: directory.onChange },
    ...{ asOneChange: directory.asOneChange, everyOf: directory.everyOf, page: directory.page },
    ...{ begin: consent.begin, callback: consent.callback, confirm: consent.confirm, importConnection: importing },
    keylessTokens: async () => {
      let count = 0;
      for (const boxes of [vault.stored(), secrets.stored()])
        for await (const { hasKey } of boxes) if (!hasKey) count++;
      return count;
    },
    rotateKeys: createKeyRotation({ vault, revocations, secrets, directory, adoption, consent }),
    ...{ owned: departure.owned, deleteConnection: departure.deleteConnection },
    disconnect: async (input) => {
      if (input.deleteData) reading.forgetNotes();
      return await departure.disconnect(input);
    },
    deleteUser: async (userId) => {
      reading.forgetNotes();
      await departure.deleteUser(userId);
    },

    givenSecrets: secrets,
    ...{ api, ...tokens, update, setStatus, readIdentity: identity.read },
    ...{ sourcePriority: priority.get, setSourcePriority: priority.set },

    forReading: reading.connections,
    noteAttempt: (id) => note(id, (before) => ({ ...before, lastAttemptAt: clock.now() })),
    noteSuccess: (id, { dataThrough = null } = {}) =>
      note(id, (before) => ({
        ...before,
        lastAttemptAt: clock.now(),
        lastSuccessAt: clock.now(),
        // It never goes back: a question about last year says nothing of how far the data reaches.
        dataThrough:
          dataThrough !== null && dataThrough > (before.dataThrough ?? "") ? dataThrough : before.dataThrough,
      })),

    idle: async (boundMs = ENDING_MS) => {
      const saved = refresher.idle().then(() => Promise.all([unsaved.idle(), notes.settled(() => true)]));
      if (!(await inTime(boundMs, saved))) unsaved.end();
    },

    problem,
    missingScopes: createMissingScopes({ usualScopes: deps.usualScopes, provider: find }),

    recover: async () => {
      await lookAtKeys();
      await revocations.retry();
      for await (const id of vault.begun()) {
        const connection = await directory.get(id);
        if (connection?.status !== "CONNECTED") continue;
        try {
          await tokens.token(connection);
        } catch (error) {
          if (!(error instanceof ProviderFailure) && !(error instanceof VaultUnreadable)) throw error;
        }
      }
      if (!isOwnershipNoted) await ownership.complete();
      isOwnershipNoted = true;
    },
  };
}
