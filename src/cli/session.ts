import { pino } from "pino";
import type { Config } from "../config/config.js";
import { readConfig } from "../config/read-config.js";
import { createGateway, type Gateway } from "../gateway.js";
import { createLogger } from "../log.js";
import { isUserId } from "../model/text.js";
import { type Provider, providers } from "../providers/index.js";
import { providerAt } from "../providers/registry.js";
import { CommandFailed, type Io } from "./io.js";

/**
 * Runs the work of one command with the gateway that the environment describes, and closes everything afterwards. With
 * `asksProviders` in sandbox mode, labs run during the work. They get a store of their own unless STORE_URL is set:
 * tokens of a sandbox that runs beside this command must not be replaced by tokens of labs that end with the command.
 */
export async function withGateway<T>(
  io: Io,
  { asksProviders }: { readonly asksProviders: boolean },
  work: (gateway: Gateway) => Promise<T>,
): Promise<T> {
  let config = readConfig(io.env, { providers });
  const log = commandLog(io, config);
  if (!config.sandbox || !asksProviders) return await use(await createGateway({ config, log }), work);
  const { startSandbox } = await import("../sandbox/start.js");
  const sandbox = await startSandbox({ log });
  try {
    const env = { STORE_URL: "memory:", ...given(io), ...sandbox.env, SANDBOX: "1" };
    config = readConfig(env, { providers });
    const gateway = await createGateway({ config, log, resolveUrl: (url) => sandbox.resolve(url) });
    return await use(gateway, async () => {
      await sandbox.seed(gateway);
      return await work(gateway);
    });
  } finally {
    await sandbox.close();
  }
}

async function use<T>(gateway: Gateway, work: (gateway: Gateway) => Promise<T>): Promise<T> {
  try {
    return await work(gateway);
  } finally {
    await gateway.close();
  }
}

/** An empty variable counts as not set, as in the configuration. */
function given(io: Io): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(io.env).filter(([, value]) => value?.trim()));
}

/** Silent unless LOG_LEVEL is set: a program may read the command's output. */
function commandLog(io: Io, config: Config) {
  const level = io.env["LOG_LEVEL"]?.trim() ? config.logLevel : "silent";
  return createLogger({ level, destination: pino.destination({ dest: 2, sync: true }) });
}

/** The provider with this slug or id. */
export function providerCalled(name: string, among: readonly Provider[] = providers): Provider {
  const wanted = name.toLowerCase().replaceAll("_", "-");
  const provider = providerAt(among, wanted);
  if (provider) return provider;
  throw new CommandFailed(`There is no provider "${name}"; there are ${among.map((one) => one.slug).join(", ")}.`);
}

/** The user that a command is about: the named one, else the user that `viewer` is without credentials. */
export function userOf(config: Config, named: string | undefined): string {
  const user = named?.trim() || config.viewerWithoutCredentials;
  if (user && isUserId(user)) return user;
  if (user) throw new CommandFailed("No user can have this id: it is too long, or not well-formed text.");
  throw new CommandFailed("Which user? Name one with --user.");
}
