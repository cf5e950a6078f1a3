import type { Connection } from "../../connections/connection.js";
import type { GivenSecrets } from "../../connections/tokens/given-secrets.js";
import { VaultUnreadable } from "../../connections/tokens/vault.js";
import { PulsegateError, StoreUnavailable } from "../../errors.js";
import type { Log } from "../../log.js";
import type { Domain } from "../../model/records.js";
import type { ProviderId } from "../../providers/index.js";
import type { AppApi } from "../../providers/provider.js";
import { type Delay, withLease } from "../../store/lease.js";
import type { Lease, Store } from "../../store/store.js";
import { type AppApiDeps, createAppApi } from "./app-api.js";
import { subscriptionId } from "./per-user.js";
import { type AppWide, type Changed, joined, soundEnd, webhookUrlOf, withoutDomains } from "./scheme.js";

/** Providers that notify for the whole app, by a subscription that we make or that a person sets in the provider's portal. */
export interface AppWideSubscriptions {
  /**
   * What a person has to do so that the provider notifies at all; a subscription of ours is made, renewed or brought into
   * line first, by one process at a time. Throws `PulsegateError`.
   */
  ensure(at: AppWide): Promise<Ensured>;
  subscribe(at: AppWide, connection: Connection, domains: readonly Domain[]): Promise<Changed>;
  unsubscribe(at: AppWide, connection: Connection, domains: readonly Domain[]): Changed;
}

interface Ensured {
  readonly notices: readonly string[];
  /** Null: it lasts. */
  readonly expiresAt: number | null;
}

type PerApp = AppWide & { readonly scheme: { readonly kind: "per-app" } };

/** Shorter than the patience: a process that was killed with the lease makes nobody fail. */
const LEASE_MS = 20_000;
const PATIENCE_MS = 30_000;

interface AppWideDeps extends AppApiDeps {
  readonly store: Store;
  readonly log: Pick<Log, "warn">;
  readonly delay: Delay;
  readonly secrets: Pick<GivenSecrets, "read" | "keep">;
}

export function createAppWide(deps: AppWideDeps): AppWideSubscriptions {
  const { clock, secrets } = deps;
  /** Many people may subscribe at once: they share one look at the provider. */
  const underWay = new Map<ProviderId, Promise<Ensured>>();

  const ensureOne = async (at: PerApp, lease: Lease): Promise<Ensured> => {
    const { provider, settings, scheme } = at;
    const webhookUrl = webhookUrlOf(at);
    const busy = new PulsegateError(
      "PROVIDER_UNAVAILABLE",
      `${provider.name}'s subscription is being changed elsewhere.`,
    );
    const api: AppApi = createAppApi(deps, provider, {
      ...{ settings, webhookUrl },
      secret: await secrets.read(provider.id),
      keepSecret: (given) => secrets.keep(provider.id, given),
      mayAct: async () => {
        if (!(await lease.renew(LEASE_MS))) throw busy;
      },
    });
    const { notices, expiresAt } = await scheme.ensure(api);
    return { notices, expiresAt: soundEnd(expiresAt) };
  };

  const ensureAlone = async (at: PerApp): Promise<Ensured> => {
    const { id, name } = at.provider;
    try {
      const times = { ttlMs: LEASE_MS, waitMs: PATIENCE_MS, delay: deps.delay };
      const done = await withLease(deps.store, `app-subscription/${id}`, times, (lease) => ensureOne(at, lease));
      if (done) return done.value;
    } catch (error) {
      if (error instanceof PulsegateError || error instanceof StoreUnavailable) throw error;
      // A new subscription would make the secret useless that replicas with the right keys can read.
      if (error instanceof VaultUnreadable) {
        const sentence = `ENCRYPTION_KEYS lacks the key to the secret that ${name} gave us: add that key again.`;
        throw new PulsegateError("PROVIDER_NOT_CONFIGURED", sentence);
      }
      deps.log.warn(
        { err: error, provider: id },
        "the app's subscription at the provider could not be checked or repaired",
      );
    }
    throw new PulsegateError("PROVIDER_UNAVAILABLE", `${name} could not be asked to notify this gateway.`);
  };

  const ensure = async (at: AppWide): Promise<Ensured> => {
    const { settings, scheme } = at;
    if (scheme.kind === "portal") return { notices: scheme.notices(settings, webhookUrlOf(at)), expiresAt: null };
    const { id } = at.provider;
    const shared = underWay.get(id);
    if (shared) return await shared;
    const own = ensureAlone({ ...at, scheme }).finally(() => underWay.delete(id));
    underWay.set(id, own);
    return await own;
  };

  return {
    ensure,

    subscribe: async (at, connection, domains) => {
      const { notices, expiresAt } = await ensure(at);
      // All that it can do for one person is ours: it is kept as one entry of the connection.
      const before = connection.subscriptions[0];
      const entry = {
        id: before?.id ?? subscriptionId(connection.id, at.scheme.kind),
        collection: at.scheme.kind,
        domains: joined(
          connection.subscriptions.flatMap((one) => one.domains),
          domains,
        ),
        createdAt: before?.createdAt ?? clock.now(),
        expiresAt,
      };
      return { entries: [entry], notices };
    },

    unsubscribe: ({ provider }, connection, domains) => ({
      entries: withoutDomains(connection.subscriptions, domains).filter((one) => one.domains.length > 0),
      notices: [`${provider.name} notifies for the whole app: its messages about this user are no longer passed on.`],
    }),
  };
}
