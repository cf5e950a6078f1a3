import type { Config } from "./config/config.js";
import { type Connections, createConnections } from "./connections/connections.js";
import { createProviderApi, type ProviderApi } from "./connections/provider-api.js";
import { createHttpClient } from "./http/client.js";
import type { Logger } from "./log.js";
import { type Clock, systemClock } from "./model/time.js";
import { providers as registry } from "./providers/index.js";
import type { Provider, ProviderId } from "./providers/provider.js";
import type { Readings } from "./readings/ask.js";
import { createFetcher } from "./readings/fetch.js";
import { createHistory, type History } from "./readings/history.js";
import { createLedger, type Ledger } from "./readings/ledger.js";
import { createReadings } from "./readings/session.js";
import { openStore } from "./store/open-store.js";
import type { Store } from "./store/store.js";

/** Everything behind the doors: what the server, the command line and the tests all stand on. */
export interface Gateway {
  readonly config: Config;
  readonly providers: readonly Provider[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: Store;
  readonly connections: Connections;
  readonly api: ProviderApi;
  readonly history: History;
  readonly ledger: Ledger;
  readonly readings: Readings;
  /** Writes out what is on its way, then closes the store. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly providers?: readonly Provider[];
  readonly clock?: Clock;
  /** Told of each answer that could not be read, for the metrics. */
  readonly delay?: (ms: number) => Promise<void>;
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, log } = options;
  const providers = options.providers ?? registry;
  const clock = options.clock ?? systemClock;
  const delay = options.delay ?? wait;
  const settings = (id: ProviderId) => config.providers[id];
  const store = await openStore(config.storeUrl, {
    dataFolderLog: (folder) => log.info({ folder }, "made the data folder"),
  });
  const http = createHttpClient({ timeoutMs: config.upstreamTimeoutMs });
  const onError = (error: unknown) => log.error({ err: error }, "a reading could not be kept");
  const history = createHistory({ store, clock, onError });
  const connections = createConnections({
    store,
    providers,
    settings,
    encryptionKeys: config.encryptionKeys,
    http,
    clock,
    publicUrl: config.publicUrl,
    allowedRedirects: config.allowedRedirects,
    tokenResolvers: config.tokenResolvers,
    tokenResolverUrl: config.tokenResolver?.url ?? null,
    tokenResolverSecret: config.tokenResolver?.secret ?? null,
    log,
    delay,
    hooks: {
      deleteData: (connection) => history.forget(connection.id),
      storeCells: (connection, cells) => {
        const at = clock.now();
        const entries = cells.map((cell) => ({ ...cell, at, call: "connect", settled: false }));
        return history.write(connection.id, entries);
      },
    },
  });
  const api = createProviderApi({ connections, providers, settings, http, clock, log, delay });
  const ledger = createLedger(clock);
  const fetcher = createFetcher({
    sender: api,
    ledger,
    clock,
    delay,
    onUnreadable: (provider, call, error) =>
      log.warn({ provider: provider.id, call: call.name, reason: error.message }, "an answer could not be read"),
  });
  const readings = createReadings({ connections, providers, settings, history, fetcher, ledger, clock, onError });
  return {
    config,
    providers,
    clock,
    log,
    store,
    connections,
    api,
    history,
    ledger,
    readings,
    async close() {
      await history.flush();
      http.close();
      await store.close();
    },
  };
}
