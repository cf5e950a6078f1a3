import { type Provider, revokeUrlOf } from "../providers/provider.js";

export interface Variable {
  readonly name: string;
  /** As in the README; empty where there is none. */
  readonly default: string;
  readonly description: string;
  /** Its value is never shown. */
  readonly secret?: boolean;
}

/** Every variable that is not one provider's. What isn't here is not read. */
const general = {
  HOST: ["127.0.0.1", "Address to listen on. Beyond this machine only with credentials for users or apps"],
  PORT: ["4000", "Port to listen on"],
  PUBLIC_URL: ["from HOST and PORT", "Where browsers and providers reach us"],
  NODE_ENV: ["", "`production` switches introspection and explorer off, and draining on, unless they are set"],
  SANDBOX: [
    "1 on a loopback host without any credentials, else 0",
    "1 starts the provider lab inside, with demo people. Refused beside a real provider",
  ],
  SINGLE_USER: ["", "Id that `viewer` has without credentials; on a loopback host only"],
  STORE_URL: [
    "sqlite:./data/pulsegate.db",
    "Tokens, connections, history: `memory:`, `sqlite:path`, `postgres://…` (with `?max=` connections, else 10) or `redis://…`",
  ],
  REDIS_URL: ["", "Cache, locks, jobs and publish/subscribe across replicas; inside the process without it"],
  AUTH_JWKS_URL: ["", "Key set that user tokens are checked with; needs AUTH_ISSUER and AUTH_AUDIENCE"],
  AUTH_JWT_SECRET: ["", "Secret of HS256 user tokens, at least 32 bytes; instead of AUTH_JWKS_URL", "secret"],
  AUTH_ISSUER: ["", "`iss` that user tokens must have"],
  AUTH_AUDIENCE: ["", "`aud` that user tokens must have"],
  APP_KEYS: [
    "",
    "Comma-separated `name:sha256-hex` of the keys that apps send as X-Api-Key; `:ro` after it: may only read; `:user=ID`: speaks for that person alone",
    "secret",
  ],
  ENCRYPTION_KEYS: [
    "generated into the data folder in sandbox or single-user mode, else required",
    "Comma-separated base64 keys of 32 bytes: the first encrypts, all decrypt",
    "secret",
  ],
  ALLOWED_REDIRECTS: ["", "Comma-separated exact origins that a consent may return to"],
  CONFIRM_CONNECTIONS: [
    "always for user tokens, caller for app keys, never in sandbox and single-user mode",
    "Whether a connection waits until the user who began it confirms it: `always`, as the `caller` of `connect` says, or `never`",
  ],
  TRUSTED_PROXIES: [
    "",
    "Proxies whose X-Forwarded-For tells the caller's address: comma-separated addresses, networks such as `10.0.0.0/8`, `loopback`, `linklocal` or `uniquelocal`; or their number",
  ],
  CORS_ORIGINS: ["", "Comma-separated exact origins whose pages may call us"],
  TOKEN_RESOLVERS: [
    "vault, and remote if TOKEN_RESOLVER_URL is set",
    "Comma-separated, of `header`, `vault`, `remote`; tried in this order whatever the order given",
  ],
  TOKEN_RESOLVER_URL: ["", "Your own token service; https, or http on a loopback host"],
  TOKEN_RESOLVER_SECRET: ["", "Signs the requests to it; required with it", "secret"],
  OPERATIONS: [
    "",
    "File or folder of the GraphQL documents that your app sends: `connect` then asks for the fewest scopes they need",
  ],
  PREFETCH: ["0", "1 refetches at every notification, listened to or not"],
  INTROSPECTION: ["1, in production 0", "Whether the schema can be asked for"],
  EXPLORER: ["1, in production 0", "Whether browsers get Apollo Sandbox"],
  AUDIT_DAYS: ["365", "How long the audit log keeps what was done with whose data, under pseudonyms; 0 keeps no log"],
  UPSTREAM_TIMEOUT_MS: ["10000", "Longest wait for one provider call"],
  DRAIN_SECONDS: [
    "5 in production, else 0",
    "How long the port still takes requests after SIGTERM, while `/readyz` says draining and balancers turn away",
  ],
  LOG_LEVEL: ["info", "trace, debug, info, warn, error, fatal or silent"],
} as const satisfies Record<string, readonly [string, string, "secret"?]>;

export type GeneralVariable = keyof typeof general;

const generalVariables: readonly (Variable & { readonly name: GeneralVariable })[] = Object.entries(general).map(
  ([name, [byDefault, description, secret]]: [string, readonly [string, string, "secret"?]]) => ({
    name: name as GeneralVariable,
    default: byDefault,
    description,
    ...(secret && { secret: true }),
  }),
);

/** `acme-band`, `webhookKeys`: ACME_BAND, WEBHOOK_KEYS. */
export function inCapitals(word: string): string {
  return word
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll("-", "_")
    .toUpperCase();
}

export function providerVariable(provider: Provider, what: string): string {
  return `${inCapitals(provider.slug)}_${inCapitals(what)}`;
}

/** What one provider can be told: its registration with the vendor, addresses, and settings of its own. */
function providerVariables(provider: Provider): readonly Variable[] {
  const { name, oauth } = provider;
  const revokeUrl = revokeUrlOf(provider);
  const url = (what: string, byDefault: string, description: string): Variable => ({
    name: providerVariable(provider, `${what}_URL`),
    default: byDefault,
    description,
  });
  return [
    { name: providerVariable(provider, "CLIENT_ID"), default: "", description: `${name}: your app's id` },
    {
      name: providerVariable(provider, "CLIENT_SECRET"),
      default: "",
      description: `${name}: your app's secret`,
      secret: true,
    },
    ...(provider.settings ?? []).map((setting) => ({
      name: providerVariable(provider, setting.name),
      default: setting.default ?? "",
      description: `${name}: ${setting.description}`,
      ...(setting.secret && { secret: true }),
    })),
    url("API", provider.apiUrl, `${name}: the API; addresses below that are on it follow`),
    url("AUTHORIZE", oauth.authorizeUrl, `${name}: consent page`),
    url("TOKEN", oauth.tokenUrl, `${name}: token endpoint`),
    ...(revokeUrl === null ? [] : [url("REVOKE", revokeUrl, `${name}: revocation endpoint`)]),
    ...Object.entries(provider.otherUrls ?? {}).map(([key, value]) => url(key, value, `${name}: ${key}`)),
  ];
}

export function allVariables(providers: readonly Provider[]): readonly Variable[] {
  return [...generalVariables, ...providers.flatMap(providerVariables)];
}

/** The README's table. */
export function variablesTable(providers: readonly Provider[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = allVariables(providers).map(({ name, default: byDefault, description }) => {
    // Words stay words; a value is shown as one would type it.
    const shown = byDefault === "" ? "–" : /[\s]/.test(byDefault) ? byDefault : `\`${byDefault}\``;
    return `| \`${name}\` | ${cell(shown)} | ${cell(description)} |`;
  });
  return ["| Variable | Default | |", "| --- | --- | --- |", ...rows, ""].join("\n");
}
