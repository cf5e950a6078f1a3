import { dirname } from "node:path";
import type { Provider, ProviderId } from "../providers/index.js";
import type { ProviderSettings } from "../providers/provider.js";
import { type Facts, faultChecks, noticeChecks } from "./checks.js";
import { type Config, ConfigError, type Given, type UserTokens } from "./config.js";
import { authority, isLoopback } from "./hosts.js";
import { keyFromFolder, newKey } from "./keys.js";
import { readProvider } from "./provider-settings.js";
import { createReader, type Environment } from "./variable.js";
import { variables } from "./variables.js";

export interface ReadConfigOptions {
  /** The registry. This function decides whether and where each provider is reached. */
  readonly providers: readonly Provider[];
}

/**
 * Reads the environment into one frozen `Config`. Throws a `ConfigError` that names every fault at once. No message
 * shows a value, since a secret may be in the wrong variable. An empty variable counts as not set. If ENCRYPTION_KEYS
 * is not set and that is allowed, it makes the key file in the data folder: its only effect.
 */
export function readConfig(env: Environment, options: ReadConfigOptions): Config {
  const reader = createReader(env);
  const given = reader.read(variables);
  const providers = options.providers.map((provider) => readProvider(provider, reader));
  const { isSet, production } = reader;

  const loopback = isLoopback(given.host);
  const hasCredentials = isSet("AUTH_JWKS_URL") || isSet("AUTH_JWT_SECRET") || isSet("APP_KEYS");
  const anyClient = providers.some(({ settings }) => settings.clientId !== null);
  const sandbox = given.sandbox ?? (!anyClient && !hasCredentials && loopback);
  const tokenResolvers = given.tokenResolvers ?? (isSet("TOKEN_RESOLVER_URL") ? ["vault", "remote"] : ["vault"]);

  const facts: Facts = { env, given, isSet, loopback, sandbox, hasCredentials, tokenResolvers, providers };
  const faults = [...reader.faults, ...faultChecks.flatMap((check) => [...check(facts)])];
  // A start that fails must not leave a key file.
  if (faults.length > 0) throw new ConfigError(faults);
  const dataFolder = dataFolderOf(given.storeUrl);
  const { encryptionKeys, notice } = encryptionKeysOf(given, dataFolder);

  const { nodeEnv: _, authJwksUrl, authJwtSecret, authIssuer, authAudience, ...others } = given;
  const { tokenResolverUrl: url, tokenResolverSecret: secret, ...plain } = others;
  return frozen({
    ...plain,
    publicUrl: given.publicUrl ?? `http://${authority(given.host)}:${given.port}`,
    loopback,
    production,
    sandbox,
    mcp: given.mcp ?? (sandbox || given.operations !== null),
    // Nobody real is in a sandbox that was asked for, as in a container.
    introspection: given.introspection || (given.sandbox === true && !isSet("INTROSPECTION")),
    explorer: given.explorer || (given.sandbox === true && !isSet("EXPLORER")),
    viewerWithoutCredentials: given.singleUser ?? (sandbox ? "demo" : null),
    dataFolder,
    userTokens: userTokensOf(given),
    appKeys: given.appKeys ?? [],
    encryptionKeys,
    trustedProxies: given.trustedProxies ?? [],
    tokenResolvers,
    tokenResolver: url && secret ? { url, secret } : null,
    providers: Object.fromEntries(providers.map(({ provider, settings }) => [provider.id, settings])) as Record<
      ProviderId,
      ProviderSettings
    >,
    notices: [...noticeChecks.flatMap((check) => [...check(facts)]), ...(notice ? [notice] : [])],
  });
}

function userTokensOf({ authJwksUrl: url, authJwtSecret: secret, authIssuer, authAudience }: Given): UserTokens | null {
  const [issuer, audience] = [authIssuer, authAudience];
  if (url !== null && issuer !== null && audience !== null) return { kind: "jwks", url, issuer, audience };
  return secret && { kind: "secret", secret, issuer, audience };
}

function dataFolderOf(storeUrl: string): string {
  return storeUrl.startsWith("sqlite:") ? dirname(storeUrl.slice("sqlite:".length)) : "./data";
}

/** The given keys, else one that lasts as long as the store does. Throws a `ConfigError` if the key can't be stored. */
function encryptionKeysOf({ encryptionKeys, storeUrl }: Given, dataFolder: string) {
  if (encryptionKeys !== null) return { encryptionKeys, notice: null };
  if (storeUrl === "memory:") return { encryptionKeys: [newKey()], notice: null };
  try {
    const { key, notice } = keyFromFolder(dataFolder);
    return { encryptionKeys: [key], notice };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigError([`ENCRYPTION_KEYS is not set and can't be kept in ${dataFolder} (${code ?? message})`]);
  }
}

/** Freezes all levels. Bytes can't be frozen, and no code writes to a key. */
function frozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === "object" && part !== null && !ArrayBuffer.isView(part)) frozen(part);
  }
  return Object.freeze(value);
}
