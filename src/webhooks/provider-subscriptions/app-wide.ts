import type { Connection } from "../../connections/connection.js";
import { PulsegateError } from "../../errors.js";
import type { Log } from "../../log.js";
import type { Domain } from "../../model/records.js";
import type { Provider } from "../../providers/index.js";
import { type AppApiDeps, createAppApi } from "./app-api.js";
import { subscriptionId } from "./per-user.js";
import { type AppWide, type Changed, joined, withoutDomains } from "./scheme.js";

/** Providers that notify for the whole app, by a subscription that we make or that a person sets in the provider's portal. */
export interface AppWideSubscriptions {
  /** What a person has to do so that the provider notifies at all; a subscription of ours is brought into line first. */
  ensure(at: AppWide): Promise<readonly string[]>;
  subscribe(at: AppWide, connection: Connection, domains: readonly Domain[]): Promise<Changed>;
  unsubscribe(at: AppWide, connection: Connection, domains: readonly Domain[]): Changed;
}

export function createAppWide(
  deps: AppApiDeps & { readonly log: Pick<Log, "warn">; webhookUrl(provider: Provider): string },
): AppWideSubscriptions {
  const { clock } = deps;

  const ensure = async ({ provider, settings, scheme }: AppWide): Promise<readonly string[]> => {
    if (scheme.kind === "portal") return scheme.notices(settings, deps.webhookUrl(provider));
    try {
      return (await scheme.ensure(createAppApi(deps, provider, settings, deps.webhookUrl(provider)))).notices;
    } catch (error) {
      if (error instanceof PulsegateError) throw error;
      deps.log.warn(
        { err: error, provider: provider.id },
        "the app's subscription at the provider could not be checked or repaired",
      );
      throw new PulsegateError("PROVIDER_UNAVAILABLE", `${provider.name} could not be asked to notify this gateway.`);
    }
  };

  return {
    ensure,

    subscribe: async (at, connection, domains) => {
      const notices = await ensure(at);
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
        expiresAt: null,
      };
      return { entries: [entry], notices };
    },

    unsubscribe: ({ provider }, connection, domains) => ({
      entries: withoutDomains(connection.subscriptions, domains).filter((one) => one.domains.length > 0),
      notices: [`${provider.name} notifies for the whole app: its messages about this user are no longer passed on.`],
    }),
  };
}
