import { Registry } from "prom-client";
import type { Config } from "./config/config.js";
import { describeConfig } from "./config/describe-config.js";
import { type Environment, readConfig } from "./config/read-config.js";
import { createGateway, type Gateway, type GatewayOptions } from "./gateway.js";
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

/** What a test brings of its own: with another clock the lab inside never waits. */
export type ServeOptions = Partial<Pick<GatewayOptions, "log" | "clock" | "delay" | "timers">>;

/**
 * Reads the environment, starts what it asks for, and listens. In sandbox mode the provider lab runs inside, and its
 * people are connected before the first request is taken. Throws `ConfigError` with every fault of the environment.
 */
export async function serve(env: Environment, { log: given, ...time }: ServeOptions = {}): Promise<Serving> {
  let config = readConfig(env, { providers });
  const log = given ?? createLogger({ level: config.logLevel });
  /** In the order of opening; closed the other way round, also where the start comes to nothing. */
  const open: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (let last = open.pop(); last; last = open.pop()) await last.close();
  };
  try {
    // Production never loads the lab.
    const sandbox = config.sandbox
      ? await (await import("./sandbox/start.js")).startSandbox({ log, clock: time.clock })
      : null;
    if (sandbox) open.push(sandbox);
    if (sandbox) config = readConfig({ ...env, ...sandbox.env, SANDBOX: "1" }, { providers });

    const registry = new Registry();
    const metrics = createMetrics(registry);
    const gateway = await createGateway({
      config,
      log,
      ...time,
      resolveUrl: sandbox ? (address) => sandbox.resolve(address) : undefined,
      onUpstream: (provider, status, seconds) => metrics.upstream(provider, status, seconds),
      onRefresh: (provider, outcome) => metrics.refresh(provider, outcome),
      onNotification: (outcome, provider) => metrics.notification(provider, outcome),
      onNotice: (outcome, provider) => metrics.notice(provider, outcome),
      onUnreadableRow: ({ namespace, reason }) => metrics.unreadableRow(namespace, reason),
    });
    open.push(gateway);
    const server = await createServer({
      config,
      services: gateway,
      log,
      store: gateway.store,
      checks: config.redisUrl === null ? {} : { redis: () => gateway.bus.ping() },
      webhooks: gateway.webhooks,
      lab: sandbox ?? undefined,
      audit: gateway.audit,
      registry,
      metrics,
    });
    open.push(server);
    await sandbox?.seed(gateway);
    await gateway.startWork();
    const url = await server.listen();
    sandbox?.notify(url);
    announce(config, url, log);
    return { url, gateway, sandbox, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function announce(config: Config, url: string, log: Logger): void {
  for (const notice of config.notices) log.warn(notice);
  log.info(
    describeConfig(config),
    `Pulsegate listens on ${url}${config.sandbox ? ", with the provider lab inside" : ""}`,
  );
}
