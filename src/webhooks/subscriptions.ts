import { createHash } from "node:crypto";
import type { Connection, ConnectionSubscription } from "../connections/connection.js";
import type { Connections } from "../connections/connections.js";
import { payload, urlOf } from "../connections/oauth/provider-request.js";
import type { ProviderAnswer, ProviderApi } from "../connections/provider-api.js";
import { PulsegateError } from "../errors.js";
import type { HttpClient } from "../http/client.js";
import { jsonIn } from "../http/json.js";
import type { Log } from "../log.js";
import type { Domain } from "../model/records.js";
import type { Clock } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/index.js";
import type { AppApi, ProviderSettings, SubscriptionScheme } from "../providers/provider.js";
import { allows, providerOf, standingOf } from "../providers/registry.js";
import { type Delay, wait, withLease } from "../store/lease.js";
import { numberRows } from "../store/row.js";
import type { Store } from "../store/store.js";
import { createMuted } from "./muted.js";

/** Has providers notify this gateway, per connection. */
export interface ProviderSubscriptions {
  /** `domains` null: all that the provider can notify of. Throws `PulsegateError`. */
  subscribe(input: SubscriptionInput): Promise<SubscriptionResult>;
  unsubscribe(input: SubscriptionInput): Promise<SubscriptionResult>;
}

interface SubscriptionInput {
  readonly userId: string;
  readonly provider: ProviderId;
  readonly domains: readonly Domain[] | null;
}

interface SubscriptionResult {
  readonly connection: Connection;
  /** What a person must still do, such as setting a hook in the provider's portal. */
  readonly notices: readonly string[];
}

export interface SubscriptionsDeps {
  readonly store: Store;
  readonly connections: Pick<Connections, "list" | "get" | "all" | "require" | "update">;
  readonly api: ProviderApi;
  readonly providers: readonly Provider[];
  settings(provider: ProviderId): ProviderSettings;
  /** For requests in the operator's own name. */
  readonly http: HttpClient;
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly delay?: Delay;
}

export interface Subscriptions extends ProviderSubscriptions {
  /** Fits `ConnectionHooks.onDisconnect`: takes down what the provider would still send. */
  onDisconnect(connection: Connection): Promise<readonly string[]>;
  /**
   * What a person has to do so that the provider notifies at all; an app-wide subscriber is brought into line first.
   * Throws `PulsegateError`.
   */
  appNotices(provider: ProviderId): Promise<readonly string[]>;
  /** Compares the provider's list with ours, and mends the provider's. Answers whether anything had drifted. */
  repair(connection: Connection): Promise<boolean>;
  /** Repairs every subscribed connection and every app-wide subscriber. Once a day over all replicas; call it hourly. */
  repairAll(): Promise<void>;
  /** Forgets what these people did not want to hear of. Their subscriptions went with the connection. */
  forgetConnections(connectionIds: readonly string[]): Promise<void>;
}

type PerUser = Extract<SubscriptionScheme, { kind: "per-user" }>;

const DAY_MS = 86_400_000;

export function createSubscriptions(deps: SubscriptionsDeps): Subscriptions {
  const { store, connections, api, clock, log } = deps;
  const muted = createMuted(store);
  const looks = store.collection("repair-looks", numberRows);

  const exclusively = async <T>(connectionId: string, work: () => Promise<T>): Promise<T> => {
    const times = { ttlMs: 120_000, waitMs: 30_000, delay: deps.delay ?? wait };
    const done = await withLease(store, leaseOf(connectionId), times, work);
    if (!done)
      throw new PulsegateError("PROVIDER_UNAVAILABLE", "Another change of these subscriptions takes too long.");
    return done.value;
  };

  const required = (id: ProviderId) => {
    const provider = providerOf(deps.providers, id);
    const settings = provider && deps.settings(id);
    if (!provider || !settings) throw new PulsegateError("PROVIDER_NOT_CONFIGURED");
    if (standingOf(provider, settings) === "RETIRED")
      throw new PulsegateError("PROVIDER_RETIRED", provider.retired?.message);
    return { provider, settings };
  };

  const connected = ({ userId, provider }: SubscriptionInput) => connections.require(userId, provider);

  const save = async (connection: Connection, subscriptions: readonly ConnectionSubscription[]) =>
    (await connections.update(connection.id, (before) => ({ ...before, subscriptions }))) ?? connection;

  const webhookUrl = (provider: Provider) => `${deps.publicUrl.replace(/\/$/, "")}/webhooks/${provider.slug}`;

  const unnotified = (provider: Provider, domains: readonly Domain[] | null) => {
    const never = (domains ?? []).filter((domain) => !provider.webhook?.domains.includes(domain));
    return never.length === 0 ? [] : [`${provider.name} does not notify of ${never.join(", ")}.`];
  };

  /** Adds a collection at the provider. Answers a notice where the person did not grant it. */
  const create = async (
    { provider, settings }: ReturnType<typeof required>,
    scheme: PerUser,
    connection: Connection,
    collection: PerUser["collections"][number],
  ): Promise<"created" | { readonly notice: string }> => {
    const refused = { notice: `The permission for ${collection.name} at ${provider.name} was not granted.` };
    if (!allows(provider, connection.scopes, collection.scope)) return refused;
    const id = subscriptionId(connection.id, collection.name);
    const ask = () => api.send(connection, scheme.create(collection.name, id, settings));
    let answer = await ask();
    if (answer.status === 409) {
      // This collection has another id, or this id another collection: what stands in the way is ours and stale.
      for (const stale of await list(scheme, settings, connection)) {
        const isWanted = stale.collection === collection.name && stale.subscriptionId === id;
        const isInTheWay = stale.collection === collection.name || stale.subscriptionId === id;
        if (isInTheWay && !isWanted) await remove(scheme, settings, connection, stale.collection, stale.subscriptionId);
      }
      answer = await ask();
    }
    if (answer.kind === "ok") return "created";
    if (codeOf(answer) === "INSUFFICIENT_SCOPE") return refused;
    throw trouble(provider, answer);
  };

  const remove = async (
    scheme: PerUser,
    settings: ProviderSettings,
    connection: Connection,
    collection: string,
    id: string,
  ): Promise<void> => {
    const answer = await api.send(connection, scheme.remove(collection, id, settings));
    // What is not there need not be removed.
    if (answer.kind !== "ok" && answer.status !== 404) throw trouble(null, answer);
  };

  const list = async (scheme: PerUser, settings: ProviderSettings, connection: Connection) => {
    const answer = await api.send(connection, scheme.list(settings));
    if (answer.kind !== "ok") throw trouble(null, answer);
    return scheme.readList(answer.body);
  };

  /** All that an app-wide scheme can do for one person is ours: it is kept as one entry of the connection. */
  const entryOf = (connection: Connection, scheme: SubscriptionScheme, domains: readonly Domain[]) => {
    const before = connection.subscriptions[0];
    const id = before?.id ?? subscriptionId(connection.id, scheme.kind);
    return { id, collection: scheme.kind, domains, createdAt: before?.createdAt ?? clock.now(), expiresAt: null };
  };

  const appNotices = async ({ provider, settings }: ReturnType<typeof required>): Promise<readonly string[]> => {
    const scheme = provider.webhook!.subscriptions;
    if (scheme.kind === "portal") return scheme.notices(settings, webhookUrl(provider));
    if (scheme.kind !== "per-app") return [];
    try {
      return (await scheme.ensure(createAppApi(deps.http, settings, webhookUrl(provider), clock))).notices;
    } catch (error) {
      if (error instanceof PulsegateError) throw error;
      log.warn(
        { err: error, provider: provider.id },
        "the app's subscription at the provider could not be checked or repaired",
      );
      throw new PulsegateError("PROVIDER_UNAVAILABLE", `${provider.name} could not be asked to notify this gateway.`);
    }
  };

  const subscribe = async (input: SubscriptionInput): Promise<SubscriptionResult> => {
    const found = required(input.provider);
    const { provider } = found;
    const { id } = await connected(input);
    const scheme = provider.webhook?.subscriptions;
    if (!provider.webhook || !scheme) {
      return { connection: await connected(input), notices: [`${provider.name} does not notify of anything.`] };
    }
    const domains = (input.domains ?? provider.webhook.domains).filter((one) =>
      provider.webhook!.domains.includes(one),
    );
    const notices = unnotified(provider, input.domains);
    return await exclusively(id, async () => {
      const connection = await connected(input);
      if (domains.length === 0) return { connection, notices };
      if (scheme.kind !== "per-user") {
        notices.push(...(await appNotices(found)));
        const all = unique([...connection.subscriptions.flatMap((one) => one.domains as Domain[]), ...domains]);
        await muted.unmute(connection.id, domains);
        return { connection: await save(connection, [entryOf(connection, scheme, all)]), notices };
      }
      let entries = connection.subscriptions;
      let failure: unknown = null;
      const served = scheme.collections.filter((one) => one.domains.some((domain) => domains.includes(domain)));
      // Those that serve no domain go with any subscription, last: alone they are of no use.
      const companions = scheme.collections.filter((one) => one.domains.length === 0);
      for (const collection of [...served, ...companions]) {
        if (collection.domains.length === 0 && !entries.some(({ domains: some }) => some.length > 0)) continue;
        try {
          const made = await create(found, scheme, connection, collection);
          if (made !== "created") {
            notices.push(made.notice);
            continue;
          }
        } catch (error) {
          // Those made before are real: they are kept before this is told.
          failure = error;
          break;
        }
        const asked = collection.domains.filter((domain) => domains.includes(domain));
        const before = entries.find((one) => one.collection === collection.name);
        const entry = {
          id: subscriptionId(connection.id, collection.name),
          collection: collection.name,
          domains: unique([...((before?.domains ?? []) as Domain[]), ...asked]),
          createdAt: before?.createdAt ?? clock.now(),
          expiresAt: null,
        };
        entries = [...entries.filter((one) => one !== before), entry];
      }
      const saved = await save(connection, entries);
      if (failure !== null) throw failure;
      await muted.unmute(connection.id, domains);
      return { connection: saved, notices };
    });
  };

  const unsubscribe = async (input: SubscriptionInput): Promise<SubscriptionResult> => {
    const found = required(input.provider);
    const { provider, settings } = found;
    const { id } = await connected(input);
    const scheme = provider.webhook?.subscriptions;
    if (!provider.webhook || !scheme) return { connection: await connected(input), notices: [] };
    const domains = input.domains ?? provider.webhook.domains;
    const drops = (domain: string) => domains.includes(domain as Domain);
    return await exclusively(id, async () => {
      const connection = await connected(input);
      await muted.mute(
        connection.id,
        domains.filter((domain) => provider.webhook!.domains.includes(domain)),
      );
      const notices: string[] = [];
      if (scheme.kind !== "per-user") {
        notices.push(
          `${provider.name} notifies for the whole app: its messages about this user are no longer passed on.`,
        );
        const kept = connection.subscriptions
          .map((one) => ({ ...one, domains: one.domains.filter((domain) => !drops(domain)) }))
          .filter((one) => one.domains.length > 0);
        return { connection: await save(connection, kept), notices };
      }
      let kept: readonly ConnectionSubscription[] = connection.subscriptions.map((one) => ({
        ...one,
        domains: one.domains.filter((domain) => !drops(domain)),
      }));
      const companion = (name: string) =>
        scheme.collections.some((one) => one.name === name && one.domains.length === 0);
      const served = kept.some((one) => one.domains.length > 0);
      const leaving = kept.filter((one) => one.domains.length === 0 && !(companion(one.collection) && served));
      let failure: unknown = null;
      for (const one of leaving) {
        try {
          await remove(scheme, settings, connection, one.collection, one.id);
          kept = kept.filter((other) => other !== one);
        } catch (error) {
          failure = error;
          // Still there at the provider: it stays in our list as it was.
          kept = kept.map((other) =>
            other === one ? (connection.subscriptions.find((before) => before.id === one.id) ?? other) : other,
          );
        }
      }
      const saved = await save(connection, kept);
      if (failure !== null) throw failure;
      return { connection: saved, notices };
    });
  };

  const repair = async (given: Connection): Promise<boolean> => {
    const found = required(given.provider);
    const scheme = found.provider.webhook?.subscriptions;
    if (scheme?.kind !== "per-user") return false;
    return await exclusively(given.id, async () => {
      const connection = await connections.get(given.id);
      if (connection?.status !== "CONNECTED") return false;
      const theirs = await list(scheme, found.settings, connection);
      const names = new Set(scheme.collections.map(({ name }) => name));
      const isOurs = (one: (typeof theirs)[number]) =>
        connection.subscriptions.some(
          ({ collection, id }) => collection === one.collection && id === one.subscriptionId,
        );
      let drifted = false;
      for (const stale of theirs.filter((one) => names.has(one.collection) && !isOurs(one))) {
        drifted = true;
        await remove(scheme, found.settings, connection, stale.collection, stale.subscriptionId);
      }
      const lost = new Set<string>();
      for (const ours of connection.subscriptions) {
        if (theirs.some((one) => one.collection === ours.collection && one.subscriptionId === ours.id)) continue;
        drifted = true;
        const collection = scheme.collections.find(({ name }) => name === ours.collection);
        if (!collection || (await create(found, scheme, connection, collection)) !== "created") lost.add(ours.id);
      }
      if (lost.size > 0) {
        await connections.update(connection.id, (before) => ({
          ...before,
          subscriptions: before.subscriptions.filter(({ id }) => !lost.has(id)),
        }));
      }
      if (drifted)
        log.info({ connectionId: connection.id, lost: lost.size }, "the provider's subscriptions are repaired");
      return drifted;
    });
  };

  return {
    subscribe,
    unsubscribe,
    repair,
    appNotices: async (provider) => await appNotices(required(provider)),

    forgetConnections: async (ids) => {
      for (const id of ids) {
        const forget = () => muted.forget(id);
        // After an unsubscribe that is under way; should it hang, it is not waited for for ever.
        const times = { ttlMs: 120_000, waitMs: 10_000, delay: deps.delay ?? wait };
        if (!(await withLease(store, leaseOf(id), times, forget))) await forget();
      }
    },

    onDisconnect: async (connection) => {
      await muted.forget(connection.id);
      const { provider, settings } = required(connection.provider);
      const scheme = provider.webhook?.subscriptions;
      if (scheme?.kind !== "per-user") return [];
      let failures = 0;
      for (const one of connection.subscriptions) {
        try {
          await remove(scheme, settings, connection, one.collection, one.id);
        } catch (error) {
          if (!(error instanceof PulsegateError)) throw error;
          failures++;
        }
      }
      return failures === 0
        ? []
        : [`${provider.name}'s notifications could not all be switched off; they are ignored from now on.`];
    },

    repairAll: async () => {
      const now = clock.now();
      if (!(await looks.putIfAbsent(new Date(now).toISOString().slice(0, 10), now, 2 * DAY_MS))) return;
      const apps = new Set<ProviderId>();
      for await (const connection of connections.all()) {
        if (connection.status !== "CONNECTED" || connection.subscriptions.length === 0) continue;
        try {
          const found = required(connection.provider);
          if (found.provider.webhook?.subscriptions.kind === "per-app" && !apps.has(connection.provider)) {
            apps.add(connection.provider);
            await appNotices(found);
          }
          await repair(connection);
        } catch (error) {
          // The next day looks again.
          log.warn({ err: error, connectionId: connection.id }, "the provider's subscriptions could not be checked");
        }
      }
    },
  };
}

const leaseOf = (connectionId: string) => `subscriptions/${connectionId}`;

/** Unique per connection and collection, within every provider's limits, and silent about who it is. */
export function subscriptionId(connectionId: string, collection: string): string {
  return `pg-${createHash("sha256").update(`${connectionId}/${collection}`).digest("hex").slice(0, 40)}`;
}

/** Requests in the operator's own name; `url` is for addresses that are not below the API's, such as a token endpoint. */
function createAppApi(http: HttpClient, settings: ProviderSettings, webhookUrl: string, clock: Clock): AppApi {
  return {
    settings,
    webhookUrl,
    now: clock.now(),
    send: async (request) => {
      let url = urlOf(request.url === undefined ? request : { ...request, path: "/" }, settings);
      if (request.url !== undefined) {
        const own = new URL(request.url);
        for (const [name, value] of Object.entries(request.query ?? {})) own.searchParams.append(name, String(value));
        url = own.href;
      }
      if (url === null) throw new TypeError("The request is for an address that is not the provider's.");
      const answer = await http.send({ method: request.method, url, ...payload(request) });
      return { status: answer.status, headers: answer.headers, body: jsonIn(answer.text), receivedAt: clock.now() };
    },
  };
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

function codeOf(answer: ProviderAnswer) {
  return answer.kind === "failed" ? answer.outcome.failure.code : null;
}

function trouble(provider: Provider | null, answer: ProviderAnswer): PulsegateError {
  const failure = answer.kind === "failed" ? answer.outcome.failure : null;
  switch (failure?.code) {
    case "CONSENT_LOST":
    case "TOKEN_REJECTED":
      return new PulsegateError("PROVIDER_NOT_CONNECTED", "The user has to connect this provider again.");
    case "RETIRED":
      return new PulsegateError("PROVIDER_RETIRED", failure.message);
    case "NOT_CONFIGURED":
      return new PulsegateError("PROVIDER_NOT_CONFIGURED", failure.message);
    default: {
      const retryAt = failure?.retryAt === undefined ? {} : { retryAt: new Date(failure.retryAt).toISOString() };
      const sentence = failure?.message ?? `${provider?.name ?? "The provider"} did not take the subscription.`;
      return new PulsegateError("PROVIDER_UNAVAILABLE", sentence, retryAt);
    }
  }
}
