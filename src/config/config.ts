import type { ProviderId } from "../providers/index.js";
import type { ProviderSettings } from "../providers/provider.js";
import type { AppKey } from "./keys.js";
import type { ValuesOf } from "./variable.js";
import type { variables } from "./variables.js";

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

/** What is written in the variables, each by itself. */
export type Given = ValuesOf<typeof variables>;

/** Those that mean something only together with others. `Config` has what follows from them. */
type Combined =
  | "publicUrl"
  | "nodeEnv"
  | "sandbox"
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
 * Everything the operator decided, validated as a whole and frozen: each variable of `variables.ts`, and what follows
 * from several. Made by `readConfig`; nothing else reads the environment. Holds secrets: log `describeConfig(config)`,
 * never the object.
 */
export interface Config extends Omit<Given, Combined> {
  /** Where browsers and providers find us: http or https, perhaps with a path, without a trailing slash. */
  readonly publicUrl: string;
  /** Whether `host` is reachable from this machine only. */
  readonly loopback: boolean;
  /** NODE_ENV is production. */
  readonly production: boolean;
  /** The provider lab runs inside, with demo people; without credentials `viewer` is one of them. */
  readonly sandbox: boolean;
  /** Who `viewer` is for a request without credentials: the single user, else the sandbox's `demo`, else nobody. */
  readonly viewerWithoutCredentials: string | null;
  /** Folder for files of ours: the SQLite file's, else ./data. Made when first needed. */
  readonly dataFolder: string;
  /** Null: no user tokens are accepted. */
  readonly userTokens: UserTokens | null;
  readonly appKeys: readonly AppKey[];
  /** 32 bytes each, at least one: the first encrypts, all decrypt. */
  readonly encryptionKeys: readonly Uint8Array[];
  /** Proxies whose `X-Forwarded-For` is believed: addresses and networks, or how many of them stand before us. */
  readonly trustedProxies: readonly string[] | number;
  /** Those switched on, in the order in which they are tried. */
  readonly tokenResolvers: NonNullable<Given["tokenResolvers"]>;
  /** The app's own token service; not null where `remote` is switched on. */
  readonly tokenResolver: { readonly url: string; readonly secret: string } | null;
  /** One for every provider of the registry, configured or not: `clientId` null says not. */
  readonly providers: Readonly<Record<ProviderId, ProviderSettings>>;
  /** What the operator should know though it stops nothing, a sentence each; logged at the start, holds no secret. */
  readonly notices: readonly string[];
}

export type LogLevel = Config["logLevel"];

/** The environment can't be used. `faults` names every one, so that they are mended in one go; none shows a secret. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly faults: readonly string[]) {
    super(`The configuration is not valid:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
  }
}
