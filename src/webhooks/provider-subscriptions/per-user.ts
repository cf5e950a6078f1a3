import { createHash } from "node:crypto";
import type { Connection, ConnectionSubscription } from "../../connections/connection.js";
import type { ProviderAnswer, ProviderApi } from "../../connections/provider-api.js";
import { PulsegateError } from "../../errors.js";
import type { Domain } from "../../model/records.js";
import type { Clock } from "../../model/time.js";
import type { Provider } from "../../providers/index.js";
import type { UserSubscription } from "../../providers/provider.js";
import { allows } from "../../providers/registry.js";
import {
  type Changed,
  joined,
  type PerUser,
  RENEWED_AHEAD_MS,
  soundEnd,
  webhookUrlOf,
  withoutDomains,
} from "./scheme.js";

type Collection = PerUser["scheme"]["collections"][number];

/** Subscriptions of one person and collection, made with the person's own token. Callers hold the connection's lease. */
interface PerUserSubscriptions {
  subscribe(at: PerUser, connection: Connection, domains: readonly Domain[]): Promise<Changed>;
  unsubscribe(at: PerUser, connection: Connection, domains: readonly Domain[]): Promise<Changed>;
  /**
   * Makes the provider's list equal to ours, and renews what ends within a week. Answers what is ours afterwards. Throws
   * `PulsegateError`.
   */
  repair(at: PerUser, connection: Connection): Promise<Pick<Changed, "entries"> & { readonly hasDrifted: boolean }>;
  /** Answers how many could not be taken down. */
  takeDown(at: PerUser, connection: Connection): Promise<number>;
}

export function createPerUser({ api, clock }: { readonly api: ProviderApi; readonly clock: Clock }) {
  const wantedOf = (at: PerUser, connection: Connection, collection: string): UserSubscription => ({
    collection,
    subscriptionId: subscriptionId(connection.id, collection),
    webhookUrl: webhookUrlOf(at),
  });

  const heldOf = (
    at: PerUser,
    connection: Connection,
    { collection, id }: ConnectionSubscription,
  ): UserSubscription => ({
    ...wantedOf(at, connection, collection),
    subscriptionId: id,
  });

  /** What is listed, with what the provider does not list as we made it. */
  const listed = async (at: PerUser, connection: Connection) => {
    const answer = await api.send(connection, at.scheme.list(at.settings));
    if (answer.kind !== "ok") throw trouble(null, answer);
    const theirs = at.scheme.readList(answer.body);
    return theirs.map((one) => ({ ...wantedOf(at, connection, one.collection), ...one }));
  };

  const remove = async ({ settings, scheme }: PerUser, connection: Connection, stale: UserSubscription) => {
    const answer = await api.send(connection, scheme.remove(stale, settings));
    // What is not there need not be removed.
    if (answer.kind !== "ok" && answer.status !== 404) throw trouble(null, answer);
  };

  /** Adds a collection at the provider. Answers a notice where the person did not grant it. */
  const create = async (at: PerUser, connection: Connection, collection: Collection): Promise<Made> => {
    const { provider, settings, scheme } = at;
    const refused = { notice: `The permission for ${collection.name} at ${provider.name} was not granted.` };
    if (!allows(provider, connection.scopes, collection.scope)) return refused;
    const wanted = wantedOf(at, connection, collection.name);
    const ask = () => api.send(connection, scheme.create(wanted, settings));
    let answer = await ask();
    if (answer.status === 409) {
      // This collection has another id, or this id another collection: what stands in the way is ours and stale.
      for (const stale of await listed(at, connection)) {
        const isInTheWay = stale.collection === wanted.collection || stale.subscriptionId === wanted.subscriptionId;
        if (isInTheWay && !isSame(stale, wanted)) await remove(at, connection, stale);
      }
      answer = await ask();
    }
    if (answer.kind === "ok") return { expiresAt: endIn(scheme, answer) };
    if (codeOf(answer) === "INSUFFICIENT_SCOPE") return refused;
    throw trouble(provider, answer);
  };

  const renew = async (at: PerUser, connection: Connection, collection: Collection): Promise<Made> => {
    const wanted = wantedOf(at, connection, collection.name);
    if (!at.scheme.renew) return await create(at, connection, collection);
    const answer = await api.send(connection, at.scheme.renew(wanted, at.settings));
    if (answer.kind === "ok") return { expiresAt: endIn(at.scheme, answer) };
    // It ended in between.
    if (answer.status === 404) return await create(at, connection, collection);
    throw trouble(at.provider, answer);
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
          if ("notice" in made) {
            notices.push(made.notice);
            continue;
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
            expiresAt: made.expiresAt ?? before?.expiresAt ?? null,
          };
          entries = [...entries.filter((one) => one !== before), entry];
        } catch (failure) {
          return { entries, notices, failure };
        }
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
          await remove(at, connection, heldOf(at, connection, one));
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
      const theirs = await listed(at, connection);
      const { collections } = at.scheme;
      const isListed = (one: UserSubscription, ours: ConnectionSubscription) =>
        isSame(one, heldOf(at, connection, ours));
      let hasDrifted = false;
      for (const stale of theirs.filter((one) => collections.some(({ name }) => name === one.collection))) {
        if (connection.subscriptions.some((ours) => isListed(stale, ours))) continue;
        hasDrifted = true;
        await remove(at, connection, stale);
      }
      const entries: ConnectionSubscription[] = [];
      for (const ours of connection.subscriptions) {
        const found = theirs.find((one) => isListed(one, ours));
        const expiresAt = found?.expiresAt === undefined ? ours.expiresAt : soundEnd(found.expiresAt);
        if (!found) hasDrifted = true;
        const isDue = !found || (expiresAt !== null && expiresAt < clock.now() + RENEWED_AHEAD_MS);
        if (!isDue) {
          entries.push({ ...ours, expiresAt });
          continue;
        }
        const collection = collections.find(({ name }) => name === ours.collection);
        const made = collection && (await (found ? renew : create)(at, connection, collection));
        if (made && "expiresAt" in made) entries.push({ ...ours, expiresAt: made.expiresAt ?? expiresAt });
      }
      return { entries, hasDrifted };
    },

    takeDown: async (at, connection) => {
      let failures = 0;
      for (const one of connection.subscriptions) {
        try {
          await remove(at, connection, heldOf(at, connection, one));
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

/** What came of asking for a subscription. `expiresAt` null: the answer does not say. */
type Made = { readonly expiresAt: number | null } | { readonly notice: string };

function isSame(one: UserSubscription, other: UserSubscription): boolean {
  const { collection, subscriptionId: id, webhookUrl } = other;
  return one.collection === collection && one.subscriptionId === id && one.webhookUrl === webhookUrl;
}

/** An answer that can't be read says nothing of the end: the provider's list will. */
function endIn({ expiryOf }: PerUser["scheme"], { body }: ProviderAnswer): number | null {
  try {
    return soundEnd(expiryOf?.(body));
  } catch {
    return null;
  }
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
