import { createHash } from "node:crypto";
import type { Connection, ConnectionSubscription } from "../../connections/connection.js";
import type { ProviderAnswer, ProviderApi } from "../../connections/provider-api.js";
import { PulsegateError } from "../../errors.js";
import type { Domain } from "../../model/records.js";
import type { Clock } from "../../model/time.js";
import type { Provider } from "../../providers/index.js";
import { allows } from "../../providers/registry.js";
import { type Changed, joined, type PerUser, withoutDomains } from "./scheme.js";

type Collection = PerUser["scheme"]["collections"][number];

/** Subscriptions of one person and collection, made with the person's own token. Callers hold the connection's lease. */
interface PerUserSubscriptions {
  subscribe(at: PerUser, connection: Connection, domains: readonly Domain[]): Promise<Changed>;
  unsubscribe(at: PerUser, connection: Connection, domains: readonly Domain[]): Promise<Changed>;
  /** Makes the provider's list equal to ours. Null where it was. Throws `PulsegateError`. */
  repair(at: PerUser, connection: Connection): Promise<Pick<Changed, "entries"> | null>;
  /** Answers how many could not be taken down. */
  takeDown(at: PerUser, connection: Connection): Promise<number>;
}

export function createPerUser({ api, clock }: { readonly api: ProviderApi; readonly clock: Clock }) {
  /** Adds a collection at the provider. Answers a notice where the person did not grant it. */
  const create = async (
    { provider, settings, scheme }: PerUser,
    connection: Connection,
    collection: Collection,
  ): Promise<"created" | { readonly notice: string }> => {
    const refused = { notice: `The permission for ${collection.name} at ${provider.name} was not granted.` };
    if (!allows(provider, connection.scopes, collection.scope)) return refused;
    const id = subscriptionId(connection.id, collection.name);
    const ask = () => api.send(connection, scheme.create(collection.name, id, settings));
    let answer = await ask();
    if (answer.status === 409) {
      // This collection has another id, or this id another collection: what stands in the way is ours and stale.
      for (const stale of await list({ provider, settings, scheme }, connection)) {
        const isWanted = stale.collection === collection.name && stale.subscriptionId === id;
        const isInTheWay = stale.collection === collection.name || stale.subscriptionId === id;
        if (isInTheWay && !isWanted)
          await remove({ provider, settings, scheme }, connection, stale.collection, stale.subscriptionId);
      }
      answer = await ask();
    }
    if (answer.kind === "ok") return "created";
    if (codeOf(answer) === "INSUFFICIENT_SCOPE") return refused;
    throw trouble(provider, answer);
  };

  const remove = async (
    { settings, scheme }: PerUser,
    connection: Connection,
    collection: string,
    id: string,
  ): Promise<void> => {
    const answer = await api.send(connection, scheme.remove(collection, id, settings));
    // What is not there need not be removed.
    if (answer.kind !== "ok" && answer.status !== 404) throw trouble(null, answer);
  };

  const list = async ({ settings, scheme }: PerUser, connection: Connection) => {
    const answer = await api.send(connection, scheme.list(settings));
    if (answer.kind !== "ok") throw trouble(null, answer);
    return scheme.readList(answer.body);
  };

  const perUser: PerUserSubscriptions = {
    subscribe: async (at, connection, domains) => {
      const { collections } = at.scheme;
      const notices: string[] = [];
      let entries = connection.subscriptions;
      const served = collections.filter((one) => one.domains.some((domain) => domains.includes(domain)));
      // Those that serve no domain go with any subscription, last: alone they are of no use.
      const companions = collections.filter((one) => one.domains.length === 0);
      for (const collection of [...served, ...companions]) {
        if (collection.domains.length === 0 && !entries.some(({ domains: some }) => some.length > 0)) continue;
        try {
          const made = await create(at, connection, collection);
          if (made !== "created") {
            notices.push(made.notice);
            continue;
          }
        } catch (failure) {
          return { entries, notices, failure };
        }
        const before = entries.find((one) => one.collection === collection.name);
        const entry: ConnectionSubscription = {
          id: subscriptionId(connection.id, collection.name),
          collection: collection.name,
          domains: joined(
            before?.domains ?? [],
            collection.domains.filter((domain) => domains.includes(domain)),
          ),
          createdAt: before?.createdAt ?? clock.now(),
          expiresAt: null,
        };
        entries = [...entries.filter((one) => one !== before), entry];
      }
      return { entries, notices };
    },

    unsubscribe: async (at, connection, domains) => {
      let kept = withoutDomains(connection.subscriptions, domains);
      const isCompanion = (name: string) =>
        at.scheme.collections.some((one) => one.name === name && one.domains.length === 0);
      const served = kept.some((one) => one.domains.length > 0);
      const leaving = kept.filter((one) => one.domains.length === 0 && !(isCompanion(one.collection) && served));
      let failure: unknown;
      for (const one of leaving) {
        try {
          await remove(at, connection, one.collection, one.id);
          kept = kept.filter((other) => other !== one);
        } catch (error) {
          failure = error;
          // Still there at the provider: it stays in our list as it was.
          kept = kept.map((other) =>
            other === one ? (connection.subscriptions.find((before) => before.id === one.id) ?? other) : other,
          );
        }
      }
      return { entries: kept, notices: [], failure };
    },

    repair: async (at, connection) => {
      const theirs = await list(at, connection);
      const names = new Set(at.scheme.collections.map(({ name }) => name));
      const isOurs = (one: (typeof theirs)[number]) =>
        connection.subscriptions.some(
          ({ collection, id }) => collection === one.collection && id === one.subscriptionId,
        );
      let hasDrifted = false;
      for (const stale of theirs.filter((one) => names.has(one.collection) && !isOurs(one))) {
        hasDrifted = true;
        await remove(at, connection, stale.collection, stale.subscriptionId);
      }
      let entries = connection.subscriptions;
      for (const ours of connection.subscriptions) {
        if (theirs.some((one) => one.collection === ours.collection && one.subscriptionId === ours.id)) continue;
        hasDrifted = true;
        const collection = at.scheme.collections.find(({ name }) => name === ours.collection);
        if (!collection || (await create(at, connection, collection)) !== "created")
          entries = entries.filter((one) => one !== ours);
      }
      return hasDrifted ? { entries } : null;
    },

    takeDown: async (at, connection) => {
      let failures = 0;
      for (const one of connection.subscriptions) {
        try {
          await remove(at, connection, one.collection, one.id);
        } catch (error) {
          if (!(error instanceof PulsegateError)) throw error;
          failures++;
        }
      }
      return failures;
    },
  };
  return perUser;
}

/** Unique per connection and collection, within every provider's limits, and silent about who it is. */
export function subscriptionId(connectionId: string, collection: string): string {
  return `pg-${createHash("sha256").update(`${connectionId}/${collection}`).digest("hex").slice(0, 40)}`;
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
