import type { Connection } from "../../connections/connection.js";
import type { Log } from "../../log.js";
import type { Clock } from "../../model/time.js";
import type { ProviderId } from "../../providers/index.js";
import { numberRows } from "../../store/row.js";
import type { Store } from "../../store/store.js";

const DAY_MS = 86_400_000;

/**
 * Looks after every subscription, once a day over all replicas: the function is called at the start and every hour. What
 * ends within a week is renewed on the way, so that a day on which a provider is away costs nothing.
 */
export function createDailyLook(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
  readonly connections: { all(): AsyncIterable<Connection> };
  /** Brings the app's own subscription at a provider into line. Null where it has none. */
  ensure(provider: ProviderId): Promise<{ readonly expiresAt: number | null } | null>;
  /** `expiresAt` is the end of the app's own subscription. */
  repair(connection: Connection, expiresAt: number | null): Promise<boolean>;
}): () => Promise<void> {
  const looks = deps.store.collection("repair-looks", numberRows);
  return async () => {
    const now = deps.clock.now();
    if (!(await looks.putIfAbsent(new Date(now).toISOString().slice(0, 10), now, 2 * DAY_MS))) return;
    const apps = new Map<ProviderId, number | null>();
    for await (const connection of deps.connections.all()) {
      if (connection.status !== "CONNECTED" || connection.subscriptions.length === 0) continue;
      const { provider } = connection;
      const isFirst = !apps.has(provider);
      // Where it fails, it fails for the others too.
      if (isFirst) apps.set(provider, null);
      try {
        if (isFirst) apps.set(provider, (await deps.ensure(provider))?.expiresAt ?? null);
        await deps.repair(connection, apps.get(provider) ?? null);
      } catch (error) {
        // The next day looks again.
        deps.log.warn({ err: error, connectionId: connection.id }, "the provider's subscriptions could not be checked");
      }
    }
  };
}
