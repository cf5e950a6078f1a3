import type { ProviderId, ProviderSettings } from "../providers/provider.js";

export const tokenResolverNames = ["header", "vault", "remote"] as const;
type TokenResolverName = (typeof tokenResolverNames)[number];

export const confirmationRules = ["always", "caller", "never"] as const;
type ConfirmationRule = (typeof confirmationRules)[number];

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** How user tokens are checked. Nothing but what is named here is ever accepted. */
export type UserTokens =
  /** Asymmetric algorithms of the key set only. */
  | { readonly kind: "jwks"; readonly url: string; readonly issuer: string; readonly audience: string }
  /** HS256 only. Issuer and audience are checked where they are given. */
  | {
      readonly kind: "secret";
      readonly secret: Uint8Array;
      readonly issuer: string | null;
      readonly audience: string | null;
    };

/** An app's key: we hold only its SHA-256. */
export interface AppKey {
  readonly name: string;
  readonly sha256: Uint8Array;
  /** The one person it speaks for; null: for everybody, naming them. */
  readonly userId: string | null;
  /** Whether mutations are refused. */
  readonly readOnly: boolean;
}

/**
 * Everything the operator decided, validated as a whole and frozen. Made by `readConfig`; nothing else reads the
 * environment. Holds secrets: log `describeConfig(config)`, never the object.
 */
export interface Config {
  readonly host: string;
  /** 0: any free port, for tests. */
  readonly port: number;
  /** Where browsers and providers find us: http or https, perhaps with a path, without a trailing slash. */
  readonly publicUrl: string;
  /** Whether `host` is reachable from this machine only. */
  readonly loopback: boolean;
  /** NODE_ENV is production. */
  readonly production: boolean;

  /** The provider lab runs inside, with demo people; without credentials `viewer` is one of them. */
  readonly sandbox: boolean;
  /** The id that SINGLE_USER names. */
  readonly singleUser: string | null;
  /** Who `viewer` is for a request without credentials: the single user, else the sandbox's `demo`, else nobody. */
  readonly viewerWithoutCredentials: string | null;

  /** memory:, sqlite:path, postgres://… or redis://…; for `openStore`. */
  readonly storeUrl: string;
  /** Null: cache, locks, jobs and publish/subscribe stay inside this process. */
  readonly redisUrl: string | null;
  /** Folder for files of ours: the SQLite file's, else ./data. Made when first needed. */
  readonly dataFolder: string;

  /** Null: no user tokens are accepted. */
  readonly userTokens: UserTokens | null;
  readonly appKeys: readonly AppKey[];
  /** 32 bytes each, at least one: the first encrypts, all decrypt. */
  readonly encryptionKeys: readonly Uint8Array[];

  /** Exact origins that `redirectTo` may be of. */
  readonly allowedRedirects: readonly string[];
  /**
   * Whether connections wait to be confirmed by the user who began them. Null: as `confirmationPolicy` says for each kind
   * of caller.
   */
  readonly confirmConnections: ConfirmationRule | null;
  /** Proxies whose `X-Forwarded-For` is believed: addresses and networks, or how many of them stand before us. */
  readonly trustedProxies: readonly string[] | number;
  /** Exact origins whose pages may call us. */
  readonly corsOrigins: readonly string[];

  /** Those switched on, in the order in which they are tried. */
  readonly tokenResolvers: readonly TokenResolverName[];
  /** The app's own token service; not null where `remote` is switched on. */
  readonly tokenResolver: { readonly url: string; readonly secret: string } | null;

  /** File or folder of the app's GraphQL documents, which `connect` takes the scopes from. Read by `readOperations`. */
  readonly operations: string | null;

  /** Refetch at every notification, listened to or not. */
  readonly prefetch: boolean;
  readonly introspection: boolean;
  readonly explorer: boolean;
  /** How long a line of the audit log is kept; 0: none is written. */
  readonly auditDays: number;
  /** Longest wait for one provider call. */
  readonly upstreamTimeoutMs: number;
  /** At the end: how long the port still takes requests after `/readyz` has begun to say draining. */
  readonly drainSeconds: number;
  readonly logLevel: LogLevel;

  /** One for every provider of the registry, configured or not: `clientId` null says not. */
  readonly providers: Readonly<Record<ProviderId, ProviderSettings>>;

  /** What the operator should know though it stops nothing, a sentence each; logged at the start, holds no secret. */
  readonly notices: readonly string[];
}

/** The environment can't be used. `faults` names every one, so that they are mended in one go; none shows a secret. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly faults: readonly string[]) {
    super(`The configuration is not valid:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
  }
}
