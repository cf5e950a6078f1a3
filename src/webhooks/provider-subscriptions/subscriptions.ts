import type { Budgets } from "../../budgets/budgets.js";
import type { Connection, ConnectionSubscription } from "../../connections/connection.js";
import type { Connections } from "../../connections/connections.js";
import type { ProviderApi } from "../../connections/provider-api.js";
import { PulsegateError } from "../../errors.js";
import type { HttpClient } from "../../http/client.js";
import type { Log } from "../../log.js";
import type { Domain } from "../../model/records.js";
import type { Clock } from "../../model/time.js";
import type { Provider, ProviderId } from "../../providers/index.js";
import type { ProviderSettings } from "../../providers/provider.js";
import { providerOf, standingOf } from "../../providers/registry.js";
import { type Delay, wait, withLease } from "../../store/lease.js";
import type { Store } from "../../store/store.js";
import { doorOf } from "../address.js";
import { createMuted } from "../muted.js";
import { createAppWide } from "./app-wide.js";
import { createDailyLook } from "./daily-look.js";
import { createPerUser } from "./per-user.js";
import type { AppWide, PerUser } from "./scheme.js";

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
  readonly connections: Pick<Connections, "list" | "get" | "all" | "require" | "update" | "givenSecrets">;
  readonly api: ProviderApi;
  readonly providers: readonly Provider[];
  settings(provider: ProviderId): ProviderSettings;
  /** For requests in the operator's own name. */
  readonly http: HttpClient;
  readonly budgets: Pick<Budgets, "count">;
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly delay?: Delay;
}

export interface Subscriptions extends ProviderSubscriptions {
  /** Fits `ConnectionHooks.onDisconnect`: takes down what the provider would still send. */
  onDisconnect(connection: Connection): Promise<readonly string[]>;
  /**
   * What an operator has to do so that the provider notifies at all; an app-wide subscriber is brought into line first.
   * It may name our whole address, its secret included: nothing for a caller, nor for a log. Throws `PulsegateError`.
   */
  appNotices(provider: ProviderId): Promise<readonly string[]>;
  /** Compares the provider's list with ours, and mends the provider's. Answers whether anything had drifted. */
  repair(connection: Connection): Promise<boolean>;
  /** Repairs every subscribed connection and every app-wide subscriber. Once a day over all replicas; call it hourly. */
  repairAll(): Promise<void>;
  /** Forgets what these people did not want to hear of. Their subscriptions went with the connection. */
  forgetConnections(connectionIds: readonly string[]): Promise<void>;
}

export function createSubscriptions(deps: SubscriptionsDeps): Subscriptions {
  const { store, connections, api, clock, log } = deps;
  const muted = createMuted(store);
  const delay = deps.delay ?? wait;
  const perUser = createPerUser({ api, clock });
  const { http, budgets } = deps;
  const { givenSecrets: secrets } = connections;
  const appWide = createAppWide({ store, http, budgets, clock, log, delay, secrets });

  const exclusively = async <T>(connectionId: string, work: () => Promise<T>): Promise<T> => {
    const times = { ttlMs: 120_000, waitMs: 30_000, delay };
    const done = await withLease(store, leaseOf(connectionId), times, work);
    if (!done)
      throw new PulsegateError("PROVIDER_UNAVAILABLE", "Another change of these subscriptions takes too long.");
    return done.value;
  };

  /** A provider that may be asked. Where it notifies of nothing, there is neither `ofPerson` nor `ofApp`. */
  const required = (id: ProviderId) => {
    const provider = providerOf(deps.providers, id);
    const settings = provider && deps.settings(id);
    if (!provider || !settings) throw new PulsegateError("PROVIDER_NOT_CONFIGURED");
    if (standingOf(provider, settings) === "RETIRED")
      throw new PulsegateError("PROVIDER_RETIRED", provider.retired?.message);
    const scheme = provider.webhook?.subscriptions;
    const door = doorOf(provider, settings, deps.publicUrl);
    const at = { provider, settings, door };
    const ofPerson: PerUser | null = scheme?.kind === "per-user" ? { ...at, scheme } : null;
    const ofApp: AppWide | null = scheme && scheme.kind !== "per-user" ? { ...at, scheme } : null;
    return { provider, door, ofPerson, ofApp, notifiable: provider.webhook?.domains ?? [] };
  };

  const connected = ({ userId, provider }: SubscriptionInput) => connections.require(userId, provider);

  const save = async (connection: Connection, subscriptions: readonly ConnectionSubscription[]) =>
    (await connections.update(connection.id, (before) => ({ ...before, subscriptions }))) ?? connection;

  const ensure = async (id: ProviderId) => {
    const { ofApp } = required(id);
    return ofApp && (await appWide.ensure(ofApp));
  };

  /** `appEnd`: when a subscription for the whole app ends, where that was just looked at. */
  const repair = async ({ id, provider, subscriptions }: Connection, appEnd?: number | null): Promise<boolean> => {
    const { ofPerson } = required(provider);
    if (!ofPerson) {
      if (appEnd === undefined || subscriptions.every(({ expiresAt }) => expiresAt === appEnd)) return false;
      await connections.update(id, (before) => ({
        ...before,
        subscriptions: before.subscriptions.map((one) => ({ ...one, expiresAt: appEnd })),
      }));
      return false;
    }
    return await exclusively(id, async () => {
      const connection = await connections.get(id);
      if (connection?.status !== "CONNECTED") return false;
      const { entries, hasDrifted } = await perUser.repair(ofPerson, connection);
      const isChanged = ({ id, expiresAt }: ConnectionSubscription) =>
        !entries.some((one) => one.id === id && one.expiresAt === expiresAt);
      if (connection.subscriptions.some(isChanged)) await save(connection, entries);
      const lost = connection.subscriptions.length - entries.length;
      if (hasDrifted) log.info({ connectionId: connection.id, lost }, "the provider's subscriptions are repaired");
      return hasDrifted;
    });
  };

  return {
    subscribe: async (input) => {
      const { provider, door, ofPerson, ofApp, notifiable } = required(input.provider);
      const { id } = await connected(input);
      if (!provider.webhook)
        return { connection: await connected(input), notices: [`${provider.name} does not notify of anything.`] };
      const domains = (input.domains ?? notifiable).filter((one) => notifiable.includes(one));
      const never = (input.domains ?? []).filter((one) => !notifiable.includes(one));
      const notices = never.length === 0 ? [] : [`${provider.name} does not notify of ${never.join(", ")}.`];
      return await exclusively(id, async () => {
        const connection = await connected(input);
        if (domains.length === 0) return { connection, notices };
        const made = ofPerson
          ? await perUser.subscribe(ofPerson, connection, domains)
          : await appWide.subscribe(ofApp!, connection, domains);
        const saved = await save(connection, made.entries);
        if (made.failure !== undefined) throw made.failure;
        await muted.unmute(connection.id, domains);
        return { connection: saved, notices: [...notices, ...made.notices.map(door.withoutSecret)] };
      });
    },

    unsubscribe: async (input) => {
      const { provider, ofPerson, ofApp, notifiable } = required(input.provider);
      const { id } = await connected(input);
      if (!provider.webhook) return { connection: await connected(input), notices: [] };
      const domains = input.domains ?? notifiable;
      return await exclusively(id, async () => {
        const connection = await connected(input);
        await muted.mute(
          connection.id,
          domains.filter((domain) => notifiable.includes(domain)),
        );
        const left = ofPerson
          ? await perUser.unsubscribe(ofPerson, connection, domains)
          : appWide.unsubscribe(ofApp!, connection, domains);
        const saved = await save(connection, left.entries);
        if (left.failure !== undefined) throw left.failure;
        return { connection: saved, notices: left.notices };
      });
    },

    repair: (connection) => repair(connection),
    appNotices: async (id) => (await ensure(id))?.notices ?? [],

    forgetConnections: async (ids) => {
      for (const id of ids) {
        const forget = () => muted.forget(id);
        // After an unsubscribe that is under way; should it hang, it is not waited for for ever.
        const times = { ttlMs: 120_000, waitMs: 10_000, delay };
        if (!(await withLease(store, leaseOf(id), times, forget))) await forget();
      }
    },

    onDisconnect: async (connection) => {
      await muted.forget(connection.id);
      const { provider, ofPerson } = required(connection.provider);
      const failures = ofPerson ? await perUser.takeDown(ofPerson, connection) : 0;
      if (failures === 0) return [];
      return [`${provider.name}'s notifications could not all be switched off; they are ignored from now on.`];
    },

    repairAll: createDailyLook({ store, clock, log, connections, ensure, repair }),
  };
}

const leaseOf = (connectionId: string) => `subscriptions/${connectionId}`;
