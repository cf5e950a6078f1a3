import type { Connection } from "../../connections/connection.js";
import type { Log } from "../../log.js";
import type { Clock } from "../../model/time.js";
import type { ProviderId } from "../../providers/index.js";
import { numberRows } from "../../store/row.js";
import type { Store } from "../../store/store.js";

const DAY_MS = 86_400_000;

/** Looks after every subscription, once a day over all replicas: the function is called every hour. */
export function createDailyLook(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
  readonly connections: { all(): AsyncIterable<Connection> };
  /** Brings the app's own subscription at a provider into line, where it has one. */
  ensure(provider: ProviderId): Promise<unknown>;
  repair(connection: Connection): Promise<boolean>;
}): () => Promise<void> {
  const looks = deps.store.collection("repair-looks", numberRows);
  return async () => {
    const now = deps.clock.now();
    if (!(await looks.putIfAbsent(new Date(now).toISOString().slice(0, 10), now, 2 * DAY_MS))) return;
    const apps = new Set<ProviderId>();
    for await (const connection of deps.connections.all()) {
      if (connection.status !== "CONNECTED" || connection.subscriptions.length === 0) continue;
      const isFirst = !apps.has(connection.provider);
      apps.add(connection.provider);
      try {
        if (isFirst) await deps.ensure(connection.provider);
        await deps.repair(connection);
      } catch (error) {
        // The next day looks again.
        deps.log.warn({ err: error, connectionId: connection.id }, "the provider's subscriptions could not be checked");
      }
    }
  };
}
