import { Registry } from "prom-client";
import type { Config } from "./config/config.js";
import { describeConfig } from "./config/describe-config.js";
import { type Environment, readConfig } from "./config/read-config.js";
import { createGateway, type Gateway } from "./gateway.js";
import { createLogger, type Logger } from "./log.js";
import { providers } from "./providers/index.js";
import type { Sandbox } from "./sandbox/start.js";
import { createMetrics } from "./server/metrics.js";
import { createServer } from "./server/server.js";

export interface Serving {
  /** Where this process is reached on its own machine. */
  readonly url: string;
  readonly gateway: Gateway;
  /** The provider lab inside; null where there is none. */
  readonly sandbox: Sandbox | null;
  /** Takes nothing new, lets what runs come to its end, and lets go of everything. */
  close(): Promise<void>;
}

/**
 * Reads the environment, starts what it asks for, and listens. In sandbox mode the provider lab runs inside, and its
 * people are connected before the first request is taken. Throws `ConfigError` with every fault of the environment.
 */
export async function serve(env: Environment, given?: { readonly log?: Logger }): Promise<Serving> {
  let config = readConfig(env, { providers });
  const log = given?.log ?? createLogger({ level: config.logLevel });
  // Production never loads the lab.
  const sandbox = config.sandbox ? await (await import("./sandbox/start.js")).startSandbox({ log }) : null;
  if (sandbox) config = readConfig({ ...env, ...sandbox.env, SANDBOX: "1" }, { providers });

  const registry = new Registry();
  const metrics = createMetrics(registry);
  const gateway = await createGateway({
    config,
    log,
    resolveUrl: sandbox ? (address) => sandbox.resolve(address) : undefined,
    onUpstream: (provider, status, seconds) => metrics.upstream(provider, status, seconds),
  });
  const server = await createServer({
    config,
    services: gateway,
    log,
    store: gateway.store,
    checks: config.redisUrl === null ? {} : { redis: () => gateway.bus.ping() },
    webhooks: gateway.webhooks,
    registry,
    metrics,
  });
  await sandbox?.seed(gateway);
  await gateway.startWork();
  const url = await server.listen();
  sandbox?.notify(url);
  announce(config, url, log);
  return {
    url,
    gateway,
    sandbox,
    async close() {
      await server.close();
      await gateway.close();
      await sandbox?.close();
    },
  };
}

function announce(config: Config, url: string, log: Logger): void {
  for (const notice of config.notices) log.warn(notice);
  log.info(
    describeConfig(config),
    `Pulsegate listens on ${url}${config.sandbox ? ", with the provider lab inside" : ""}`,
  );
}
