import type { Connection } from "../connections/connection.js";
import type { Connections } from "../connections/connections.js";
import { type Clock, dateIn } from "../model/time.js";
import type { Provider, ProviderId } from "../providers/index.js";
import { providerOf } from "../providers/registry.js";
import type { History } from "./history.js";
import { type StoppedSeries, stoppedSeries } from "./stopped-series.js";
import { storedZone } from "./zone.js";

/** How many connections have a figure that stopped: by provider, then by the model's field. */
export type StoppedCounts = ReadonlyMap<ProviderId, ReadonlyMap<string, number>>;

export interface StoppedCount {
  /** Connections with figures that stopped. */
  all(): AsyncIterable<{ readonly connection: Connection; readonly series: readonly StoppedSeries[] }>;
  counts(): Promise<StoppedCounts>;
}

export function createStoppedCount(deps: {
  readonly connections: Pick<Connections, "all">;
  readonly providers: readonly Provider[];
  readonly history: Pick<History, "columns" | "read">;
  readonly clock: Clock;
}): StoppedCount {
  async function* all() {
    for await (const connection of deps.connections.all()) {
      const provider = providerOf(deps.providers, connection.provider);
      if (!provider || connection.status !== "CONNECTED") continue;
      const today = dateIn((await storedZone(deps.history, connection.id)) ?? "UTC", deps.clock.now());
      const series = await stoppedSeries(deps.history, provider, connection, today);
      if (series.length > 0) yield { connection, series };
    }
  }
  return {
    all,
    counts: async () => {
      const counts = new Map<ProviderId, Map<string, number>>();
      for await (const { connection, series } of all()) {
        const own = counts.get(connection.provider) ?? new Map<string, number>();
        counts.set(connection.provider, own);
        for (const { field } of series) own.set(field, (own.get(field) ?? 0) + 1);
      }
      return counts;
    },
  };
}
