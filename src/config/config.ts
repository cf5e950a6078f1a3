import type { ProviderId } from "../providers/index.js";
import type { ProviderSettings } from "../providers/provider.js";
import type { AppKey } from "./keys.js";
import type { ValuesOf } from "./variable.js";
import type { variables } from "./variables.js";

/** How user tokens are checked. Only what is named here is accepted. */
export type UserTokens =
  /** Accepts asymmetric algorithms of the key set only. */
  | { readonly kind: "jwks"; readonly url: string; readonly issuer: string; readonly audience: string }
  /** Accepts HS256 only. Issuer and audience are checked if they are given. */
  | {
      readonly kind: "secret";
      readonly secret: Uint8Array;
      readonly issuer: string | null;
      readonly audience: string | null;
    };

/** The value of each variable, read by itself. */
export type Given = ValuesOf<typeof variables>;

/** Variables that mean something only together with others. `Config` has the result. */
type Combined =
  | "publicUrl"
  | "nodeEnv"
  | "sandbox"
  | "mcp"
  | "appKeys"
  | "encryptionKeys"
  | "trustedProxies"
  | "tokenResolvers"
  | "tokenResolverUrl"
  | "tokenResolverSecret"
  | "authJwksUrl"
  | "authJwtSecret"
  | "authIssuer"
  | "authAudience";

/**
 * The whole configuration, validated and frozen: each variable of `variables.ts`, and what follows from several. Made
 * by `readConfig`; nothing else reads the environment. It contains secrets: log `describeConfig(config)`, never the
 * object.
 */
export interface Config extends Omit<Given, Combined> {
  /**
   * Where browsers and providers reach the gateway: http or https, with or without a path, without a trailing slash.
   */
  readonly publicUrl: string;
  /** Whether `host` is reachable from this machine only. */
  readonly loopback: boolean;
  /** NODE_ENV is production. */
  readonly production: boolean;
  /** The provider lab runs inside, with demo people; without credentials `viewer` is one of them. */
  readonly sandbox: boolean;
  /** Nothing is recorded at providers. */
  readonly readOnly: boolean;
  /** Assistants are answered at /mcp. */
  readonly mcp: boolean;
  /** The `viewer` of a request without credentials: the single user, else the sandbox's `demo`, else nobody. */
  readonly viewerWithoutCredentials: string | null;
  /** Folder for the gateway's own files: the SQLite file's folder, else ./data. Made at its first use. */
  readonly dataFolder: string;
  /** Null: no user tokens are accepted. */
  readonly userTokens: UserTokens | null;
  readonly appKeys: readonly AppKey[];
  /** 32 bytes each, at least one. The first encrypts, all of them decrypt. */
  readonly encryptionKeys: readonly Uint8Array[];
  /**
   * Proxies whose `X-Forwarded-For` is trusted: addresses and networks, or the number of proxies in front of the
   * gateway.
   */
  readonly trustedProxies: readonly string[] | number;
  /** The token resolvers that are switched on, in the order in which they are tried. */
  readonly tokenResolvers: NonNullable<Given["tokenResolvers"]>;
  /** The app's own token service. Not null if `remote` is switched on. */
  readonly tokenResolver: { readonly url: string; readonly secret: string } | null;
  /** One entry for every provider of the registry. `clientId` is null if the provider is not configured. */
  readonly providers: Readonly<Record<ProviderId, ProviderSettings>>;
  /**
   * What the operator should know but does not prevent the start, one sentence each. Logged at the start; no secret in
   * it.
   */
  readonly notices: readonly string[];
}

export type LogLevel = Config["logLevel"];

/**
 * The environment can't be used. `faults` has every fault, so that all can be repaired at once. None shows a secret.
 */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly faults: readonly string[]) {
    super(`The configuration is not valid:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
  }
}
