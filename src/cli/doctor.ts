import { type Config, ConfigError } from "../config/config.js";
import { readConfig } from "../config/read-config.js";
import { redirectFault } from "../connections/oauth/redirects.js";
import type { Gateway } from "../gateway.js";
import { createHttpClient, type HttpClient, TransportError } from "../http/client.js";
import { type Provider, type ProviderId, providers as registry } from "../providers/index.js";
import { providerOf, standingOf } from "../providers/registry.js";
import { inTime } from "../under-way.js";
import { CommandFailed, type Io } from "./io.js";
import { withGateway } from "./session.js";

const LONGEST_WAIT_MS = 5_000;
/** The most that is read of a start page. */
const LONGEST_PAGE_BYTES = 64 * 1024;

/** Checks everything that must be right before the gateway can serve, and prints what is wrong. Sends no token. */
export async function doctor(io: Io, providers: readonly Provider[] = registry): Promise<void> {
  let troubles = 0;
  const tell = async (good: boolean | null, text: string) => {
    if (good === false) troubles++;
    await io.out(`${good === null ? "note" : good ? "ok  " : "FAIL"}  ${text}\n`);
  };
  const config = await readConfiguration(io, providers, tell);
  if (config) {
    for (const notice of config.notices) await tell(null, notice);
    if (config.operations !== null && !(await lookAtOperations(config.operations, tell))) {
      // Faulty documents would stop the gateway from opening. The other checks do not need them.
      io = { ...io, env: { ...io.env, OPERATIONS: "" } };
    }
    await lookAtStores(io, config, tell);
    const http = createHttpClient({ timeoutMs: Math.min(config.upstreamTimeoutMs, LONGEST_WAIT_MS) });
    try {
      if (config.sandbox) await tell(null, "sandbox: the providers' labs run inside, nothing outside is asked");
      else for (const provider of providers) await lookAtProvider(http, config, provider, tell);
      if (config.userTokens?.kind === "jwks") await lookAtKeySet(http, config.userTokens.url, tell);
    } finally {
      http.close();
    }
  }
  if (troubles > 0) throw new CommandFailed(`${troubles} ${troubles === 1 ? "thing is" : "things are"} not right.`);
}

type Tell = (good: boolean | null, text: string) => Promise<void>;

async function readConfiguration(io: Io, providers: readonly Provider[], tell: Tell): Promise<Config | null> {
  try {
    const config = readConfig(io.env, { providers });
    await tell(true, "configuration");
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const fault of error.faults) await tell(false, fault);
    return null;
  }
}

async function lookAtOperations(path: string, tell: Tell): Promise<boolean> {
  try {
    await (await import("../operations/index.js")).readOperations(path);
    await tell(true, "operations");
    return true;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const fault of error.faults) await tell(false, fault);
    return false;
  }
}

async function lookAtStores(io: Io, config: Config, tell: Tell): Promise<void> {
  const kind = config.storeUrl.split(":")[0];
  const check = async (name: string, ping: () => Promise<void>) => {
    const answers = await soon(ping);
    await tell(answers, answers ? `${name} answers` : `${name} does not answer`);
  };
  const look = async (gateway: Gateway) => {
    await check(`store (${kind})`, () => gateway.store.ping());
    if (config.redisUrl !== null) await check("redis", () => gateway.bus.ping());
    await lookAtKeys(gateway, tell);
    await lookAtGrants(gateway, tell);
    await lookAtSeries(gateway, tell);
  };
  const opened = await soon(() => withGateway(io, { asksProviders: false }, look), 4 * LONGEST_WAIT_MS);
  if (!opened) await tell(false, `store (${kind})${config.redisUrl === null ? "" : " or redis"} can't be opened`);
}

async function lookAtKeys({ connections }: Gateway, tell: Tell): Promise<void> {
  const keyless = await connections.keylessTokens();
  if (keyless === 0) return;
  const what = keyless === 1 ? "1 stored token is" : `${keyless} stored tokens are`;
  await tell(false, `${what} under a key that ENCRYPTION_KEYS does not list`);
}

/** Reports grants that end on a fixed date. The operator can prevent that, the gateway can't. */
async function lookAtGrants({ connections, clock }: Gateway, tell: Tell): Promise<void> {
  const found = new Map<ProviderId, { count: number; first: number }>();
  for await (const { provider, status, grantEndsAt } of connections.all()) {
    if (status !== "CONNECTED" || !grantEndsAt || grantEndsAt < clock.now()) continue;
    const { count = 0, first = grantEndsAt } = found.get(provider) ?? {};
    found.set(provider, { count: count + 1, first: Math.min(first, grantEndsAt) });
  }
  for (const [id, { count, first }] of found) {
    const name = providerOf(registry, id)?.name ?? id;
    await tell(
      null,
      `${name}: ${count} ${count === 1 ? "connection ends by itself" : "connections end by themselves"}, the first on ${new Date(first).toISOString().slice(0, 10)}: an app that is not published there gets such grants`,
    );
  }
}

/** Reports figures that came on most days and have stopped: a sensor that an update switched off, a scope that was lost. */
async function lookAtSeries({ stopped }: Gateway, tell: Tell): Promise<void> {
  const found = new Map<string, { count: number; last: string }>();
  for await (const { connection, series } of stopped.all()) {
    const name = providerOf(registry, connection.provider)?.name ?? connection.provider;
    for (const { field, lastDay } of series) {
      const key = `${name}: ${field}`;
      const { count = 0, last = lastDay } = found.get(key) ?? {};
      found.set(key, { count: count + 1, last: [last, lastDay].sort()[1]! });
    }
  }
  for (const [name, { count, last }] of found) {
    const whose = count === 1 ? "1 connection" : `${count} connections`;
    await tell(null, `${name} has stopped for ${whose} that had it on most days, last on ${last}`);
  }
}

async function lookAtProvider(http: HttpClient, config: Config, provider: Provider, tell: Tell): Promise<void> {
  const settings = config.providers[provider.id];
  const standing = standingOf(provider, settings);
  if (standing === "RETIRED") return await tell(null, `${provider.name}: switched off by its vendor, not contacted`);
  if (standing === "NOT_CONFIGURED") return await tell(null, `${provider.name}: not configured`);
  const fault = redirectFault(provider, settings, config.publicUrl);
  if (fault !== null) await tell(false, fault);
  for (const origin of new Set([settings.apiUrl, settings.tokenUrl].map((url) => new URL(url).origin))) {
    await answers(http, `${origin}/`, provider.name, tell);
  }
}

/** Any answer is good: without a token, one can only learn that the host is there. */
async function answers(http: HttpClient, url: string, name: string, tell: Tell): Promise<void> {
  const { host } = new URL(url);
  try {
    const { status } = await http.send({ method: "GET", url, maxBytes: LONGEST_PAGE_BYTES });
    await tell(status < 500, `${name}: ${host} answers${status < 500 ? "" : ` ${status}`}`);
  } catch (error) {
    // It answered, with more than is read: the start page of a stand-in, for example.
    if (error instanceof TransportError && error.kind === "too-large")
      return await tell(true, `${name}: ${host} answers`);
    await tell(false, `${name}: ${error instanceof TransportError ? error.message : `${host} could not be asked`}`);
  }
}

async function lookAtKeySet(http: HttpClient, url: string, tell: Tell): Promise<void> {
  const { host } = new URL(url);
  try {
    const { status, text } = await http.send({ method: "GET", url, maxBytes: 1024 * 1024 });
    const keys: unknown = status === 200 ? JSON.parse(text)?.keys : null;
    const good = Array.isArray(keys) && keys.length > 0;
    await tell(
      good,
      `AUTH_JWKS_URL: ${host} ${good ? `has ${keys.length} ${keys.length === 1 ? "key" : "keys"}` : "has no keys there"}`,
    );
  } catch {
    await tell(false, `AUTH_JWKS_URL: ${host} gives no key set`);
  }
}

/** Whether the work succeeded in time. Clients of stores retry for longer than a diagnosis should take. */
async function soon(work: () => Promise<unknown>, ms = LONGEST_WAIT_MS): Promise<boolean> {
  let succeeded = false;
  await inTime(
    ms,
    work().then(() => {
      succeeded = true;
    }),
  );
  return succeeded;
}
