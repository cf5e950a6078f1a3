import { isIP } from "node:net";
import { dirname } from "node:path";
import { z } from "zod";
import { type Provider, type ProviderId, type ProviderSettings, revokeUrlOf } from "../providers/provider.js";
import {
  type AppKey,
  type Config,
  ConfigError,
  confirmationRules,
  logLevels,
  tokenResolverNames,
  type UserTokens,
} from "./config.js";
import { keyFromFolder, newKey, readAppKey, readKey } from "./keys.js";
import { MOST_CONNECTIONS, poolSizeOf } from "./pool-size.js";
import { isProxyRange } from "./proxies.js";
import { allVariables, type GeneralVariable, inCapitals, providerVariable } from "./variables.js";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ReadConfigOptions {
  /** The registry. Whether and where each is reached is decided here. */
  readonly providers: readonly Provider[];
}

/**
 * The environment as one frozen `Config`. Throws a `ConfigError` that names every fault at once; no message shows a
 * value, since a secret may stand in the wrong variable. An empty variable counts as not set. Without ENCRYPTION_KEYS,
 * where that is allowed, this makes the key file in the data folder: the only thing it does beside reading.
 */
export function readConfig(env: Environment, { providers }: ReadConfigOptions): Config {
  const faults: string[] = [];
  const notices: string[] = [];

  function parse<T>(name: string, shape: z.ZodType<T, string>): T | undefined {
    const text = env[name]?.trim();
    if (!text) return undefined;
    const parsed = shape.safeParse(text);
    if (parsed.success) return parsed.data;
    // Our own sentences only: a message of zod's may quote what it was given.
    for (const issue of parsed.error.issues) faults.push(`${name} ${issue.message}`);
    return undefined;
  }
  const read = <T>(name: GeneralVariable, shape: z.ZodType<T, string>) => parse(name, shape);
  const isSet = (name: GeneralVariable) => Boolean(env[name]?.trim());

  const host = read("HOST", hostShape) ?? "127.0.0.1";
  const loopback = isLoopback(host);
  const port = read("PORT", integer(0, 65_535)) ?? 4_000;
  const publicUrl = read("PUBLIC_URL", baseUrl) ?? `http://${authority(host)}:${port}`;
  const production = env["NODE_ENV"] === "production";

  const storeUrl = read("STORE_URL", storeShape) ?? "sqlite:./data/pulsegate.db";
  const redisUrl = read("REDIS_URL", redisShape) ?? null;
  const dataFolder = storeUrl.startsWith("sqlite:") ? dirname(storeUrl.slice("sqlite:".length)) : "./data";

  const userTokens = readUserTokens();
  const appKeys = read("APP_KEYS", appKeysShape) ?? [];
  const singleUser = read("SINGLE_USER", z.string()) ?? null;
  // What is set but faulty counts as set: else one fault would bring others after it that are none.
  const hasCredentials = isSet("AUTH_JWKS_URL") || isSet("AUTH_JWT_SECRET") || isSet("APP_KEYS");

  const settings = new Map(providers.map((provider) => [provider, readProvider(provider)] as const));
  const anyClient = [...settings.values()].some(({ clientId }) => clientId !== null);
  const real = [...settings].filter(([, { clientId, overridden }]) => clientId !== null && !overridden);

  const sandbox = read("SANDBOX", flag) ?? (!anyClient && !hasCredentials && loopback);
  if (sandbox && real.length > 0) {
    const ids = real.map(([provider]) => providerVariable(provider, "CLIENT_ID")).join(", ");
    faults.push(`SANDBOX may not be 1 beside a real provider (${ids} set): anyone may read the sandbox`);
  }
  if (singleUser !== null && !loopback) {
    faults.push("SINGLE_USER needs a loopback HOST: everyone who reaches us would be that user");
  }
  if (!loopback && !sandbox && !hasCredentials) {
    faults.push(
      "HOST is not loopback and nobody could be told apart: set AUTH_JWKS_URL, AUTH_JWT_SECRET or APP_KEYS, or SANDBOX=1",
    );
  }
  if (loopback && !sandbox && !hasCredentials && singleUser === null) {
    notices.push("Every request will be refused: set AUTH_JWKS_URL, AUTH_JWT_SECRET, APP_KEYS or SINGLE_USER.");
  }

  const allowedRedirects = read("ALLOWED_REDIRECTS", origins) ?? [];
  const confirmConnections = read("CONFIRM_CONNECTIONS", oneOf(confirmationRules)) ?? null;
  const trustedProxies = read("TRUSTED_PROXIES", proxies) ?? [];
  const corsOrigins = read("CORS_ORIGINS", origins) ?? [];

  const resolverUrl = read("TOKEN_RESOLVER_URL", guardedUrl);
  const resolverSecret = read("TOKEN_RESOLVER_SECRET", z.string());
  const tokenResolvers =
    read("TOKEN_RESOLVERS", resolversShape) ??
    (isSet("TOKEN_RESOLVER_URL") ? (["vault", "remote"] as const) : (["vault"] as const));
  if (isSet("TOKEN_RESOLVER_URL") && !isSet("TOKEN_RESOLVER_SECRET")) {
    faults.push("TOKEN_RESOLVER_SECRET is required with TOKEN_RESOLVER_URL");
  }
  if (tokenResolvers.includes("remote")) {
    if (!isSet("TOKEN_RESOLVER_URL")) faults.push("TOKEN_RESOLVER_URL is required where TOKEN_RESOLVERS has remote");
  } else if (isSet("TOKEN_RESOLVER_URL")) {
    notices.push("TOKEN_RESOLVER_URL is not used: TOKEN_RESOLVERS is without remote.");
  }

  const operations = read("OPERATIONS", z.string()) ?? null;
  const prefetch = read("PREFETCH", flag) ?? false;
  const introspection = read("INTROSPECTION", flag) ?? !production;
  const explorer = read("EXPLORER", flag) ?? !production;
  const auditDays = read("AUDIT_DAYS", integer(0, MOST_AUDIT_DAYS)) ?? 365;
  const upstreamTimeoutMs = read("UPSTREAM_TIMEOUT_MS", integer(1, 600_000)) ?? 10_000;
  const drainSeconds = read("DRAIN_SECONDS", integer(0, 600)) ?? (production ? 5 : 0);
  const logLevel = read("LOG_LEVEL", oneOf(logLevels)) ?? "info";

  noteStrangers();
  const encryptionKeys = readEncryptionKeys();
  if (faults.length > 0) throw new ConfigError(faults);

  return frozen({
    host,
    port,
    publicUrl,
    loopback,
    production,
    sandbox,
    singleUser,
    viewerWithoutCredentials: singleUser ?? (sandbox ? "demo" : null),
    storeUrl,
    redisUrl,
    dataFolder,
    userTokens,
    appKeys,
    encryptionKeys,
    allowedRedirects,
    confirmConnections,
    trustedProxies,
    corsOrigins,
    tokenResolvers,
    tokenResolver: resolverUrl && resolverSecret ? { url: resolverUrl, secret: resolverSecret } : null,
    operations,
    prefetch,
    introspection,
    explorer,
    auditDays,
    upstreamTimeoutMs,
    drainSeconds,
    logLevel,
    providers: Object.fromEntries([...settings].map(([provider, value]) => [provider.id, value])) as Record<
      ProviderId,
      ProviderSettings
    >,
    notices,
  });

  function readUserTokens(): UserTokens | null {
    const url = read("AUTH_JWKS_URL", guardedUrl);
    const secret = read("AUTH_JWT_SECRET", secretShape);
    const issuer = read("AUTH_ISSUER", z.string()) ?? null;
    const audience = read("AUTH_AUDIENCE", z.string()) ?? null;
    if (isSet("AUTH_JWKS_URL") && isSet("AUTH_JWT_SECRET")) {
      faults.push("AUTH_JWKS_URL and AUTH_JWT_SECRET exclude each other");
    }
    if (isSet("AUTH_JWKS_URL")) {
      if (issuer === null) faults.push("AUTH_ISSUER is required with AUTH_JWKS_URL");
      if (audience === null) faults.push("AUTH_AUDIENCE is required with AUTH_JWKS_URL");
    } else if (!isSet("AUTH_JWT_SECRET") && (issuer ?? audience) !== null) {
      faults.push("AUTH_ISSUER and AUTH_AUDIENCE say nothing without AUTH_JWKS_URL or AUTH_JWT_SECRET");
    }
    if (url && issuer !== null && audience !== null) return { kind: "jwks", url, issuer, audience };
    return secret ? { kind: "secret", secret, issuer, audience } : null;
  }

  function readProvider(provider: Provider): ProviderSettings {
    const name = (what: string) => providerVariable(provider, what);
    const text = (what: string) => parse(name(what), z.string()) ?? null;
    const address = (what: string, shape: z.ZodType<string, string>) => {
      const url = parse(name(`${what}_URL`), shape);
      if (url?.startsWith("http:") && !isLoopback(new URL(url).hostname)) {
        notices.push(`${name(`${what}_URL`)} is plain http: tokens can be read on the way.`);
      }
      return url;
    };
    const vendor = new URL(provider.apiUrl);
    const apiUrl = address("API", baseUrl) ?? provider.apiUrl.replace(/\/$/, "");
    const overridden = apiUrl !== provider.apiUrl.replace(/\/$/, "");
    /** The operator's, else on the stand-in what the vendor has on the API's origin, else the vendor's. */
    const endpoint = (what: string, vendors: string) => {
      const given = address(what, fullUrl);
      if (given) return given;
      const url = new URL(vendors);
      return overridden && url.origin === vendor.origin ? `${apiUrl}${url.pathname}${url.search}` : vendors;
    };

    const clientId = text("CLIENT_ID");
    const clientSecret = text("CLIENT_SECRET");
    if (clientId === null && clientSecret !== null) {
      faults.push(`${name("CLIENT_ID")} is required with ${name("CLIENT_SECRET")}`);
    }
    if (clientId !== null && clientSecret === null) {
      faults.push(`${name("CLIENT_SECRET")} is required with ${name("CLIENT_ID")}`);
    }
    const { authorizeUrl, tokenUrl } = provider.oauth;
    const revokeUrl = revokeUrlOf(provider);
    const ownTokenUrl = endpoint("TOKEN", tokenUrl);
    /** What the vendor has beside its token endpoint is beside the stand-in's: a stand-in's tokens go nowhere else. */
    const beside = (key: string, vendors: string) => {
      const url = new URL(vendors);
      const isMoved = ownTokenUrl !== tokenUrl && url.origin === new URL(tokenUrl).origin;
      return endpoint(key, isMoved ? `${new URL(ownTokenUrl).origin}${url.pathname}${url.search}` : vendors);
    };
    return {
      clientId,
      clientSecret,
      apiUrl,
      authorizeUrl: endpoint("AUTHORIZE", authorizeUrl),
      tokenUrl: ownTokenUrl,
      revokeUrl: revokeUrl === null ? null : endpoint("REVOKE", revokeUrl),
      otherUrls: Object.fromEntries(
        Object.entries(provider.otherUrls ?? {}).map(([key, url]) => [key, beside(key, url)]),
      ),
      values: Object.fromEntries(
        (provider.settings ?? []).map(({ name: setting, shape, default: byDefault }) => {
          const given = shape ? z.string().regex(shape.pattern, `must be ${shape.sentence}`) : z.string();
          return [setting, parse(name(setting), given) ?? byDefault];
        }),
      ),
      overridden,
    };
  }

  /** A misspelt provider variable would otherwise be missed without a word. */
  function noteStrangers(): void {
    const known = new Set(allVariables(providers).map((variable) => variable.name));
    const prefixes = providers.map((provider) => `${inCapitals(provider.slug)}_`);
    for (const name of Object.keys(env).sort()) {
      if (!known.has(name) && prefixes.some((prefix) => name.startsWith(prefix))) {
        notices.push(`${name} is no variable of ours and is not used.`);
      }
    }
  }

  function readEncryptionKeys(): readonly Uint8Array[] {
    const given = read("ENCRYPTION_KEYS", encryptionKeysShape);
    if (given || isSet("ENCRYPTION_KEYS")) return given ?? [];
    if (!sandbox && singleUser === null) {
      faults.push("ENCRYPTION_KEYS is required (outside sandbox and single-user mode): openssl rand -base64 32");
      return [];
    }
    // A start that fails anyway leaves nothing behind.
    if (faults.length > 0) return [];
    if (storeUrl === "memory:") return [newKey()];
    try {
      const { key, notice } = keyFromFolder(dataFolder);
      if (notice) notices.push(notice);
      return [key];
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      faults.push(`ENCRYPTION_KEYS is not set and can't be kept in ${dataFolder} (${code ?? message})`);
      return [];
    }
  }
}

/** 127.0.0.0/8, ::1 and localhost, with or without brackets. */
export function isLoopback(host: string): boolean {
  const bare = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return bare === "localhost" || bare === "::1" || (isIP(bare) === 4 && bare.startsWith("127."));
}

/** As it stands in a URL. One listening on all addresses is reached here as localhost. */
function authority(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return isIP(host) === 6 ? `[${host}]` : host;
}

/** Ten years. */
const MOST_AUDIT_DAYS = 3_650;

const hostShape = z
  .string()
  .transform((text) => text.replace(/^\[(.*)\]$/, "$1"))
  .refine(
    (text) => isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text),
    "must be an address or a host name",
  );

const flag = z
  .string()
  .refine((text) => /^(0|1|true|false)$/i.test(text), "must be 1 or 0")
  .transform((text) => /^(1|true)$/i.test(text));

function integer(least: number, most: number) {
  return z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most, {
      message: `must be a whole number from ${least} to ${most}`,
    })
    .transform(Number);
}

function oneOf<T extends string>(allowed: readonly T[]) {
  return z
    .string()
    .transform((text) => text.toLowerCase() as T)
    .refine((text) => allowed.includes(text), `must be one of ${allowed.join(", ")}`);
}

function parsedUrl(text: string): URL | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.username === "" && url.password === "" && url.hash === "" ? url : null;
}

/** An endpoint: may have a path and a query. */
const fullUrl = z
  .string()
  .refine((text) => parsedUrl(text) !== null, "must be an http or https URL without credentials");

/** What paths are appended to. */
const baseUrl = z
  .string()
  .refine((text) => parsedUrl(text)?.search === "", "must be an http or https URL without credentials and query")
  .transform((text) => (parsedUrl(text)?.href ?? text).replace(/\/+$/, ""));

/** What we send a secret to, or believe. */
const guardedUrl = z.string().refine((text) => {
  const url = parsedUrl(text);
  return url !== null && (url.protocol === "https:" || isLoopback(url.hostname));
}, "must be an https URL (http on a loopback host) without credentials");

const redisShape = z
  .string()
  .refine((text) => /^rediss?:\/\//.test(text) && URL.canParse(text), "must be a redis:// or rediss:// URL");

const storeShape = z
  .string()
  .refine(
    (text) =>
      text === "memory:" ||
      /^sqlite:(?!\/\/).+/.test(text) ||
      (/^(postgres|postgresql|redis|rediss):\/\//.test(text) && URL.canParse(text)),
    "must be memory:, sqlite:path, postgres://… or redis://…",
  )
  .refine(
    (text) => !text.startsWith("postgres") || !URL.canParse(text) || poolSizeOf(text) !== null,
    `needs a whole number from 1 to ${MOST_CONNECTIONS} for its max, the most connections to PostgreSQL: postgres://…?max=10`,
  );

const secretShape = z
  .string()
  .transform((text) => new TextEncoder().encode(text))
  .refine((bytes) => bytes.length >= 32, "must be at least 32 bytes long");

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

const origins = list.refine(
  (parts) => parts.every((part) => parsedUrl(part)?.origin === part && !part.includes("*")),
  "must be exact origins such as https://app.example.com, without path or trailing slash, separated by commas",
);

const proxies = list
  .refine(
    (parts) => (parts.length === 1 && /^[1-9]$/.test(parts[0]!)) || (parts.length > 0 && parts.every(isProxyRange)),
    "must be addresses or networks such as 10.0.0.0/8, loopback, linklocal or uniquelocal, separated by commas, or the number of proxies from 1 to 9; never everybody",
  )
  .transform((parts) => (/^[1-9]$/.test(parts[0] ?? "") ? Number(parts[0]) : parts));

const appKeysShape = list
  .transform((parts) => parts.map(readAppKey))
  .refine(
    (keys): keys is AppKey[] => keys.length > 0 && keys.every((key) => key !== null),
    "must be name:sha256-hex, then perhaps :ro and :user=ID, separated by commas (pulsegate app-key create makes one)",
  )
  .refine((keys) => new Set(keys.map((key) => key?.name)).size === keys.length, "must not name two keys alike")
  .refine(haveOneMeaning, "must not give one key different rights")
  .transform((keys) => keys as AppKey[]);

/** Which entry a caller is let in by would be left to chance otherwise, and one may do more than the other. */
function haveOneMeaning(keys: readonly (AppKey | null)[]): boolean {
  const rights = new Map<string, string>();
  return keys.every((key) => {
    if (!key) return true;
    const hash = Buffer.from(key.sha256).toString("hex");
    const mine = JSON.stringify([key.userId, key.readOnly]);
    const same = rights.get(hash) ?? mine;
    rights.set(hash, same);
    return same === mine;
  });
}

const encryptionKeysShape = list
  .refine((parts) => parts.length > 0 && parts.every((part) => readKey(part)), {
    message: "must be base64 of exactly 32 bytes each, separated by commas: openssl rand -base64 32",
  })
  .transform((parts) => parts.map((part) => readKey(part) as Uint8Array));

const resolversShape = list
  .refine(
    (parts) => parts.length > 0 && parts.every((part) => (tokenResolverNames as readonly string[]).includes(part)),
    `must be of ${tokenResolverNames.join(", ")}, separated by commas`,
  )
  .transform((parts) => tokenResolverNames.filter((name) => parts.includes(name)));

/** All the way down. Bytes can't be frozen; nobody has a reason to write to a key. */
function frozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === "object" && part !== null && !ArrayBuffer.isView(part)) frozen(part);
  }
  return Object.freeze(value);
}
