import { Registry } from "prom-client";
import type { Config } from "./config/config.js";
import { describeConfig } from "./config/describe-config.js";
import { readConfig } from "./config/read-config.js";
import type { Environment } from "./config/variable.js";
import { createGateway, type Gateway, type GatewayOptions } from "./gateway.js";
import { greeting, isForPeople, type Terminal } from "./greeting.js";
import { createLogger, type Logger } from "./log.js";
import { servedOperations } from "./operations/index.js";
import { providers } from "./providers/index.js";
import type { Sandbox } from "./sandbox/start.js";
import { createMetrics } from "./server/metrics.js";
import { storeCheck } from "./server/readiness.js";
import { rehearse } from "./server/rehearsal.js";
import { createServer, type GatewayServer, GRACE_MS } from "./server/server.js";

export interface Serving {
  /** Where this process is reached on its own machine. */
  readonly url: string;
  readonly gateway: Gateway;
  /** The provider lab inside; null where there is none. */
  readonly sandbox: Sandbox | null;
  /**
   * Says on `/readyz` that it drains and goes on for `DRAIN_SECONDS`; then takes nothing new, lets what runs come to its
   * end (at most ten seconds), closes sockets, and lets go of everything, whatever a peer does. Twice is once.
   */
  close(): Promise<void>;
}

/** What a test brings of its own: with another clock the lab inside never waits. */
export interface ServeOptions extends Partial<Pick<GatewayOptions, "log" | "store" | "clock" | "delay" | "timers">> {
  /** Where people are told of the start, and the log is then kept short. Left out: the log alone tells. */
  readonly terminal?: Terminal;
}

/**
 * Reads the environment, starts what it asks for, and listens; what a crash left behind is recovered afterwards. In
 * sandbox mode the provider lab runs inside, and its people are connected before the first request is answered. Throws
 * `ConfigError` with every fault of the environment.
 */
export async function serve(env: Environment, { log: given, terminal, ...more }: ServeOptions = {}): Promise<Serving> {
  let config = readConfig(env, { providers });
  const people = terminal !== undefined && isForPeople(config, terminal) ? terminal : null;
  const level = people !== null && !env["LOG_LEVEL"]?.trim() ? "warn" : config.logLevel;
  const log = given ?? createLogger({ level });
  /** In the order of opening; closed the other way round, also where the start comes to nothing. */
  const open: { close(): Promise<void> }[] = [];
  const closeAll = async () => {
    for (let last = open.pop(); last; last = open.pop()) await last.close();
  };
  try {
    // Production never loads the lab.
    const sandbox = config.sandbox
      ? await (await import("./sandbox/start.js")).startSandbox({ log, clock: more.clock })
      : null;
    if (sandbox) open.push(sandbox);
    if (sandbox) {
      // A port that the system chooses is not known yet.
      const labs = config.port === 0 ? sandbox.env : sandbox.envBehind(config.publicUrl);
      config = readConfig({ ...env, ...labs, SANDBOX: "1" }, { providers });
    }

    const registry = new Registry();
    const metrics = createMetrics(registry);
    const gateway = await createGateway({
      config,
      log,
      ...more,
      resolveUrl: sandbox ? (address) => sandbox.resolve(address) : undefined,
      tell: metrics,
    });
    metrics.watch(gateway);
    let server: GatewayServer | null = null;
    open.push({ close: () => endWork(server, gateway) });
    server = await createServer({
      config,
      services: gateway,
      log,
      checks: {
        store: storeCheck(gateway.store),
        ...(config.redisUrl !== null && { redis: () => gateway.bus.ping() }),
      },
      webhooks: gateway.webhooks,
      lab: sandbox ?? undefined,
      audit: gateway.audit,
      operations: await servedOperations(gateway),
      registry,
      metrics,
    });
    const url = await server.listen(async () => await sandbox?.seed(gateway));
    sandbox?.notify(url);
    if (people !== null && sandbox !== null) await rehearse(url);
    announce(config, url, log, people !== null);
    people?.write(greeting(config, url, sandbox?.visitor ?? null));
    void gateway
      .startWork()
      .catch((error: unknown) => log.warn({ err: error }, "background work could not be started"));
    const { drainSeconds } = config;
    const draining = server;
    let closed: Promise<void> | undefined;
    const close = async () => {
      draining.drain();
      if (drainSeconds > 0) await new Promise((resolve) => setTimeout(resolve, drainSeconds * 1_000));
      await closeAll();
    };
    return { url, gateway, sandbox, close: () => (closed ??= close()) };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Requests and jobs end side by side, within one time for both; what they lean on is closed after them. */
async function endWork(server: GatewayServer | null, gateway: Gateway): Promise<void> {
  const end = performance.now() + GRACE_MS;
  await Promise.all([server?.close(GRACE_MS), gateway.stopWork(GRACE_MS)]);
  await gateway.close(Math.max(0, end - performance.now()));
}

/** `greeted`: people are told by other means what they should know. */
function announce(config: Config, url: string, log: Logger, greeted: boolean): void {
  if (!greeted) for (const notice of config.notices) log.warn(notice);
  log.info(
    describeConfig(config),
    `Pulsegate listens on ${url}${config.sandbox ? ", with the provider lab inside" : ""}`,
  );
}
